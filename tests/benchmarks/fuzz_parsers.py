"""Feeds everything that reads hostile text with what a coverage-guided fuzzer makes up.

The property tests beside the parsers look at the same promises with less patience: a parser returns
a value or raises its own error, whatever it is given. Here a parser runs until it is stopped:

    pip install atheris
    PYTHONPATH=app python tests/benchmarks/fuzz_parsers.py manifest -max_total_time=600

atheris (https://pypi.org/project/atheris) is no dependency: it has no builds for all platforms. The
name of a parser comes first; what follows goes to libFuzzer, as a directory for its corpus.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pullscope"]):
    from pullscope.engine.auth import parse_challenges
    from pullscope.engine.errors import (
        BadReply,
        DigestMismatch,
        HostsError,
        InvalidReference,
        NotAnImage,
        PlatformNotFound,
    )
    from pullscope.engine.hosts import parse_hosts_file, parse_registries
    from pullscope.engine.manifests import (
        OCI_INDEX,
        OCI_MANIFEST,
        ImageIndex,
        as_oci,
        parse_manifest,
    )
    from pullscope.engine.model import Document
    from pullscope.engine.platforms import Platform
    from pullscope.engine.ranges import LONGEST_WAIT, Asked, Verdict, judge, retry_after
    from pullscope.engine.reference import parse_reference
    from pullscope.trace.file import TraceError, read_trace

_SIZE = 1000
_REFERENCE = parse_reference("registry.test/team/app:1")


def text_of(data: bytes) -> str:
    """Return any text, lone surrogates included."""
    return atheris.FuzzedDataProvider(data).ConsumeUnicode(len(data))


def fuzz_reference(data: bytes) -> None:
    """What is read is read again as the same."""
    try:
        reference = parse_reference(text_of(data))
    except InvalidReference:
        return
    assert parse_reference(str(reference)) == reference


def fuzz_challenge(data: bytes) -> None:
    """Any header gives challenges, each with a scheme."""
    assert all(challenge.scheme for challenge in parse_challenges(text_of(data)))


def fuzz_content_range(data: bytes) -> None:
    """No header but the right one makes a reply usable."""
    text = text_of(data)
    asked = Asked(10, 19, _SIZE)
    verdict = judge(asked, 206, {"content-range": text}).verdict
    assert verdict in (Verdict.PART, Verdict.RANGE_REFUSED)
    if verdict is Verdict.PART:
        assert text.lower().split() == ["bytes", f"10-19/{_SIZE}"]
    seconds = retry_after({"retry-after": text})
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


def check_words(text: str, named: str = "") -> None:
    """An error is short, can be shown in a terminal, and names what it is about."""
    assert text.isprintable()
    assert len(text) < 2000
    assert named in text


def fuzz_manifest(data: bytes) -> None:
    """Any body is an image, an index or an error in words."""
    for content_type in ("", OCI_MANIFEST, OCI_INDEX):
        try:
            manifest = parse_manifest(data, content_type)
            if isinstance(manifest, ImageIndex):
                manifest.choose(Platform("linux", "arm64", "v8"))
            else:
                as_oci(Document("sha256:" + "0" * 64, manifest.media_type, data))
        except (BadReply, DigestMismatch, NotAnImage, PlatformNotFound) as error:
            check_words(str(error))


def fuzz_hosts(data: bytes) -> None:
    """Any file gives hosts or an error that names it."""
    for read in (
        lambda text: parse_hosts_file(text, Path("hosts.toml"), _REFERENCE),
        lambda text: parse_registries(text, Path("registries.conf")),
    ):
        try:
            read(text_of(data))
        except HostsError as error:
            check_words(str(error))


def fuzz_trace(data: bytes) -> None:
    """Any file is a trace or an error that names it."""
    with tempfile.NamedTemporaryFile(dir=_SCRATCH) as file:
        for content in (data, b'{"format": "pullscope-trace", "version": 1}\n' + data):
            Path(file.name).write_bytes(content)
            try:
                read_trace(Path(file.name))
            except TraceError as error:
                check_words(str(error), file.name)


_SCRATCH = "/dev/shm" if Path("/dev/shm").is_dir() else None
PARSERS: dict[str, Callable[[bytes], None]] = {
    "reference": fuzz_reference,
    "challenge": fuzz_challenge,
    "content-range": fuzz_content_range,
    "manifest": fuzz_manifest,
    "hosts": fuzz_hosts,
    "trace": fuzz_trace,
}


def main() -> None:
    """Fuzz the parser that the command line names."""
    if len(sys.argv) < 2 or sys.argv[1] not in PARSERS:
        sys.exit(f"usage: fuzz_parsers.py {{{','.join(PARSERS)}}} [libFuzzer's options]")
    atheris.Setup([sys.argv[0], *sys.argv[2:]], PARSERS[sys.argv[1]])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
