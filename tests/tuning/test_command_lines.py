"""A pull as command lines: what they say, and that ours is read back as the same pull."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pullscope import main
from pullscope.engine.archive import ArchiveFormat
from pullscope.engine.errors import InvalidReference
from pullscope.engine.manifests import ACCEPT
from pullscope.engine.model import KIB, MIB, LayerOrder, Protocol, Settings, WriteMode
from pullscope.engine.store import Durability
from pullscope.session import PullOptions
from pullscope.tuning.command_lines import (
    ctr_line,
    curl_blob_line,
    curl_manifest_line,
    pullscope_line,
    skopeo_line,
)

REFERENCE = "ghcr.io/team/app:1.0"
DIGEST = "sha256:" + "ab" * 32
PLAIN = PullOptions()


def read_back(line: str, kept: Mapping[str, int | str]) -> tuple[str, PullOptions, Settings]:
    """Return what our own program makes of a line."""
    program, *words = shlex.split(line)
    assert program == "pullscope"
    arguments = main._parser().parse_args(words)
    return arguments.reference, main._options(arguments), main._settings(arguments, kept)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(parallelism=16, chunk_size=4 * MIB, layers=5, connections=80),
        Settings(chunk_size=0, write=WriteMode.STREAM),
        Settings(chunk_size=300 * KIB + 1, rate_limit=12_345_678, memory_limit=99 * MIB),
        Settings(rate_limit=20_000_000, request_limit=9),
        Settings(layer_order=LayerOrder.LARGEST_FIRST, protocol=Protocol.HTTP_2),
    ],
)
@pytest.mark.parametrize("kept", [{}, {"parallelism": 3, "rate_limit": 5_000_000}])
def test_that_our_line_is_read_back_as_the_same_settings(
    settings: Settings, kept: Mapping[str, int | str]
) -> None:
    line = pullscope_line(REFERENCE, PLAIN, settings, kept)
    assert read_back(line, kept)[2] == settings


@pytest.mark.parametrize(
    "options",
    [
        PLAIN,
        PullOptions(output=Path("/tmp/with space/and 'quote'; $(rm -rf)")),
        PullOptions(output=Path("/x/a.tar"), archive=ArchiveFormat.DOCKER),
        PullOptions(durability=Durability.IMAGE, referrers=True, platform="linux/arm/v7"),
        PullOptions(plain_http=True, platform="all", hosts_dir=Path("/etc/hosts d")),
        PullOptions(tls_verify=False, transport="httpx"),
    ],
)
def test_that_our_line_is_read_back_as_the_same_options(options: PullOptions) -> None:
    line = pullscope_line(f"{REFERENCE}@{DIGEST}", options, Settings(), {})
    reference, read, _ = read_back(line, {})
    assert reference == f"{REFERENCE}@{DIGEST}"
    assert read == options


def test_that_a_relative_output_becomes_one_that_any_shell_finds() -> None:
    line = pullscope_line(REFERENCE, PullOptions(output=Path("out")), Settings(), {})
    assert str(Path("out").absolute()) in shlex.split(line)


@pytest.mark.parametrize(
    ("reference", "options", "line"),
    [
        ("alpine", PLAIN, "skopeo copy docker://docker.io/library/alpine:latest oci:alpine:latest"),
        (
            REFERENCE,
            PullOptions(output=Path("/my images"), platform="linux/arm64/v8"),
            "skopeo --override-os linux --override-arch arm64 --override-variant v8 copy"
            " docker://ghcr.io/team/app:1.0 'oci:/my images:1.0'",
        ),
        (
            f"{REFERENCE}@{DIGEST}",
            PullOptions(platform="all", tls_verify=False),
            f"skopeo copy --all --src-tls-verify=false docker://ghcr.io/team/app@{DIGEST}"
            " oci:app:1.0",
        ),
        (
            "127.0.0.1:5000/a:1",
            PullOptions(output=Path("/a.tar"), archive=ArchiveFormat.DOCKER),
            "skopeo copy --src-tls-verify=false docker://127.0.0.1:5000/a:1"
            " docker-archive:/a.tar:127.0.0.1:5000/a:1",
        ),
        (
            REFERENCE,
            PullOptions(output=Path("/a.tar"), archive=ArchiveFormat.OCI),
            "skopeo copy docker://ghcr.io/team/app:1.0 oci-archive:/a.tar:1.0",
        ),
    ],
)
def test_what_skopeo_is_told(reference: str, options: PullOptions, line: str) -> None:
    assert skopeo_line(reference, options) == line


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (PLAIN, "ctr images pull ghcr.io/team/app:1.0"),
        (
            PullOptions(platform="linux/arm64", hosts_dir=Path("/etc/certs d")),
            "ctr images pull --platform linux/arm64 --hosts-dir '/etc/certs d'"
            " ghcr.io/team/app:1.0",
        ),
        (
            PullOptions(platform="all", plain_http=True),
            "ctr images pull --all-platforms --plain-http ghcr.io/team/app:1.0",
        ),
        (PullOptions(tls_verify=False), "ctr images pull --skip-verify ghcr.io/team/app:1.0"),
    ],
)
def test_what_containerd_is_told(options: PullOptions, line: str) -> None:
    assert ctr_line(REFERENCE, options) == line


def test_that_curl_asks_for_the_manifest_as_a_pull_does() -> None:
    assert curl_manifest_line("alpine:3", PLAIN) == (
        'curl --fail --location --header "Authorization: Bearer $TOKEN"'
        f" --header 'Accept: {ACCEPT}'"
        " https://registry-1.docker.io/v2/library/alpine/manifests/3"
    )


def test_that_curl_asks_for_a_digest_where_there_is_one() -> None:
    assert curl_manifest_line(f"{REFERENCE}@{DIGEST}", PLAIN).endswith(f"/manifests/{DIGEST}")


def test_that_curl_asks_for_the_bytes_of_a_chunk() -> None:
    line = curl_blob_line(REFERENCE, PLAIN, DIGEST, (16 * MIB, 4 * MIB))
    assert line == (
        'curl --fail --location --header "Authorization: Bearer $TOKEN"'
        " --range 16777216-20971519 --output abababababab"
        f" https://ghcr.io/v2/team/app/blobs/{DIGEST}"
    )
    assert "--range" not in curl_blob_line(REFERENCE, PLAIN, DIGEST)
    assert "--range" not in curl_blob_line(REFERENCE, PLAIN, DIGEST, (0, 0))


@pytest.mark.parametrize(
    ("reference", "options", "scheme"),
    [
        ("127.0.0.1:5000/a:1", PLAIN, "http"),
        ("127.0.0.1:5000/a:1", PullOptions(plain_http=False), "https"),
        ("127.0.0.1:5000/a:1", PullOptions(tls_verify=False), "https"),
        (REFERENCE, PLAIN, "https"),
        (REFERENCE, PullOptions(plain_http=True), "http"),
    ],
)
def test_that_curl_speaks_as_the_pull_does(
    reference: str, options: PullOptions, scheme: str
) -> None:
    line = curl_manifest_line(reference, options)
    assert shlex.split(line)[-1].startswith(f"{scheme}://")
    assert ("--insecure" in line) is not options.tls_verify


def test_that_no_line_holds_a_secret_or_breaks_out_of_its_quotes() -> None:
    evil = replace(PLAIN, platform="linux/$(id)", output=Path("/tmp/`id`;'\"\n x"))
    for line in (
        pullscope_line(REFERENCE, evil, Settings(), {}),
        skopeo_line(REFERENCE, evil),
        ctr_line(REFERENCE, evil),
        curl_blob_line(REFERENCE, evil, "sha256:$(id) ;x"),
    ):
        known = line.replace('"Authorization: Bearer $TOKEN"', "x")
        assert not [word for word in shlex.split(known, posix=False) if word in (";", "`id`")]
        assert shlex.join(shlex.split(known)) == known
    for call in (ctr_line, skopeo_line, curl_manifest_line):
        with pytest.raises(InvalidReference) as caught:
            call("user:secret@ghcr.io/team/app", PLAIN)
        assert "secret" not in str(caught.value)
