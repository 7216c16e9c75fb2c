"""Pullscope itself, in a process of its own."""

import json
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pullscope import __version__
from pullscope.engine.message import Message
from pullscope.engine.model import RANGES, WriteMode
from pullscope.engine.reference import parse_reference
from pullscope.sweep.drivers.driver import DriverError, DriverRun, Told, write_tls_hosts
from pullscope.sweep.settings import KNOBS, TrialSettings
from pullscope.tuning.translate import untranslated

# Not the configuration: what a user keeps for a registry is part of a pull.
_REMEMBERED = ("XDG_DATA_HOME", "XDG_STATE_HOME")


OWN: Mapping[str, WriteMode] = {
    "pullscope": WriteMode.IN_PLACE,
    "pullscope-stream": WriteMode.STREAM,
}
"""The ways in which this program pulls, as if each were a program: how each of them writes."""


class PullscopeDriver:
    """`pullscope pull` into an OCI image layout, in one of its ways of writing."""

    package = "pullscope"
    knobs = frozenset(KNOBS)

    def __init__(self, name: str) -> None:
        self.name = name
        self._write = OWN[name]
        self.about = (
            untranslated(
                "sweeps",
                "Pullscope, with the chunks of a layer joined in order, as containerd does it.",
            )
            if self._write is WriteMode.STREAM
            else untranslated(
                "sweeps",
                "Writes each chunk at once where it belongs, and verifies it as it comes.",
            )
        )

    def found(self) -> str | None:
        """Return this program's version."""
        return __version__

    def command(
        self,
        reference: str,
        settings: TrialSettings,
        destination: Path,
        *,
        insecure: bool | None = None,
    ) -> DriverRun:
        """See `Driver.command`."""
        connections = min(
            max(1, settings.layers) * max(1, settings.parallelism), RANGES["connections"].greatest
        )
        arguments = [
            sys.executable, "-m", "pullscope", "pull", str(parse_reference(reference)),
            "--output", str(destination / "image"),
            f"--layers={max(1, settings.layers)}", f"--parallelism={max(1, settings.parallelism)}",
            f"--connections={connections}", f"--chunk-size={settings.chunk_size}",
            f"--write={self._write}", "--json", "--quiet",
        ]  # fmt: skip
        prepare = None
        if insecure:
            arguments.append("--plain-http")
        elif insecure is False and parse_reference(reference).is_loopback:
            hosts = destination / "hosts"
            arguments += ["--hosts-dir", str(hosts)]
            prepare = partial(write_tls_hosts, reference, hosts)
        home = destination / "home"
        return DriverRun(arguments, nothing_remembered(home), _told, prepare=prepare)


def nothing_remembered(home: Path) -> dict[str, str]:
    """Return an environment in which Pullscope knows no registry from an earlier pull.

    What it remembers of this one goes below `home`.
    """
    return {name: str(home / name.lower()) for name in _REMEMBERED}


def _told(output: str, destination: Path) -> Told:
    try:
        summary: Mapping[str, Any] = json.loads(output.strip().rpartition("\n")[2])
        return Told(
            pull_seconds=summary["timeline"]["committed"],
            network_seconds=summary["network_seconds"],
            requests=summary["requests"],
            wasted_bytes=summary["bytes_wasted"],
            network_bytes=summary["bytes_from_network"],
        )
    except (ValueError, LookupError, TypeError) as error:
        raise DriverError(
            Message(
                "{program} ended without its summary: {error}", program="pullscope", error=error
            )
        ) from error
