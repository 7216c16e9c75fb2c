"""ctr, containerd's client, with a containerd of its own."""

import json
import os
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pullscope.engine.message import Message
from pullscope.engine.reference import parse_reference
from pullscope.sweep.drivers.driver import (
    DriverError,
    DriverRun,
    Told,
    first_words,
    output_of,
    speaks_http,
    unmount_below,
    version_in,
    write_tls_hosts,
)
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import untranslated

_SCRIPT = Path(__file__).with_name("private_containerd.py")
_SPLITS_FROM = (2, 1)
_OTHER_PLUGINS = (
    "io.containerd.grpc.v1.cri",
    "io.containerd.cri.v1.images",
    "io.containerd.cri.v1.runtime",
)


class CtrDriver:
    """`ctr images pull` into a private containerd, which keeps everything below the destination.

    From containerd 2.1 on the daemon pulls, by its configuration: that many requests in all, parts
    of that size. Before, ctr pulls, that many layers at once.
    """

    name = "ctr"
    package = "containerd (Debian, Fedora); it needs root"
    about = untranslated(
        "sweeps",
        "It also unpacks the layers, which the others leave to whoever starts the container; its "
        "network time is known where it unpacks afterwards, which is before containerd 2.1. From "
        "then on its parallelism is that of all layers together.",
    )

    @cached_property
    def knobs(self) -> frozenset[str]:
        """The layers before containerd 2.1; else all requests together, and their size."""
        return frozenset({"parallelism", "chunk_size"} if self._splits else {"layers"})

    def found(self) -> str | None:
        """Return containerd's version; None also without ctr, or without root."""
        if output_of("ctr", "--version") is None or os.name != "posix" or os.geteuid():
            return None
        return self._version

    @cached_property
    def _version(self) -> str | None:
        return version_in(first_words("containerd", "--version"))

    @property
    def _splits(self) -> bool:
        numbers = (self._version or "").split("-")[0].split("~")[0].split("+")[0].split(".")
        known = tuple(int(number) for number in numbers[:2] if number.isdecimal())
        return known >= _SPLITS_FROM

    def command(
        self,
        reference: str,
        settings: TrialSettings,
        destination: Path,
        *,
        insecure: bool | None = None,
    ) -> DriverRun:
        """See `Driver.command`."""
        parsed = parse_reference(reference)
        hosts = destination / "hosts"
        needs_telling = parsed.is_loopback and insecure is False

        def prepare() -> None:
            text = "\n".join(self._config(settings))
            (destination / "config.toml").write_text(text, encoding="utf-8")
            if needs_telling:
                write_tls_hosts(reference, hosts)

        # Isolated, and without what it would import at its start: a small program.
        arguments = [sys.executable, "-I", "-S", str(_SCRIPT), str(destination), "images", "pull"]
        if speaks_http(reference, insecure):
            arguments.append("--plain-http")
        if needs_telling:
            arguments += ["--hosts-dir", str(hosts)]
        if not self._splits:
            if (self._version or "").startswith("2."):
                arguments.append("--local")
            if settings.layers:
                arguments += ["--max-concurrent-downloads", str(settings.layers)]
        return DriverRun(
            [*arguments, str(parsed)],
            read=_told,
            prepare=prepare,
            clean=lambda: unmount_below(destination),
        )

    def _config(self, settings: TrialSettings) -> Iterator[str]:
        yield f"version = {3 if self._splits else 2}"
        yield f"disabled_plugins = {json.dumps(_OTHER_PLUGINS)}"
        if self._splits:
            yield '[plugins."io.containerd.transfer.v1.local"]'
            yield f"max_concurrent_downloads = {max(1, settings.parallelism)}"
            yield f"concurrent_layer_fetch_buffer = {settings.chunk_size}"
        yield ""


def _told(output: str, destination: Path) -> Told:
    try:
        found = json.loads(output)
        seconds, unpacking = float(found["seconds"]), found["unpacking"]
        return Told(seconds, None if unpacking is None else max(0.0, seconds - unpacking))
    except (ValueError, LookupError, TypeError) as error:
        raise DriverError(
            Message("{program} ended without its times: {error}", program="ctr", error=error)
        ) from error
