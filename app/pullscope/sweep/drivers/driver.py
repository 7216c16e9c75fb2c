"""What a sweep needs to know of a program that pulls images."""

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pullscope.engine.errors import PullError
from pullscope.engine.reference import parse_reference
from pullscope.sweep.settings import TrialSettings

_ANSWERS_WITHIN = 10.0  # seconds
_LONGEST_LINE, _LONGEST_VERSION = 200, 40
_ESCAPED = re.compile(r"\\([0-7]{3})")


class DriverError(PullError):
    """A program cannot pull this image, or did not say what it should. One line for people."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a program tells of its pull itself; None where it does not tell.

    Attributes:
        pull_seconds: from the start of the pull to the image being complete.
        network_seconds: from the first request to the last byte.
        requests: HTTP requests sent, of every kind.
        wasted_bytes: received and thrown away.
        network_bytes: bytes of layers that came over the network, wasted ones included.
    """

    pull_seconds: float | None = None
    network_seconds: float | None = None
    requests: int | None = None
    wasted_bytes: int | None = None
    network_bytes: int | None = None


def tells_nothing(output: str, destination: Path) -> Told:
    """Be the `read` of a program that tells nothing."""
    return Told()


@dataclass(frozen=True, slots=True)
class DriverRun:
    """One pull by a program, ready to be started.

    Attributes:
        arguments: the command line; it ends when the image is complete.
        environment: added to that of the sweep. With it the program knows nothing of the image or
            the registry from before.
        read: makes what the program tells out of its stdout and the destination.
        prepare: what must be done before, and is no part of the pull; it may raise DriverError.
        clean: what must be undone before the destination can be removed, also after a failure.
    """

    arguments: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    read: Callable[[str, Path], Told] = tells_nothing
    prepare: Callable[[], None] | None = None
    clean: Callable[[], None] | None = None


class Driver(Protocol):
    """A program that pulls images.

    Attributes:
        name: of the program, as users call it.
        package: what to install to have it, in words.
        about: what it does differently from the others, and what it cannot do; one or two
            sentences, to be translated in the context "sweeps".
    """

    name: str
    package: str
    about: str

    @property
    def knobs(self) -> frozenset[str]:
        """Which of `settings.KNOBS` it can be told, in the version that is installed."""

    def found(self) -> str | None:
        """Return its version; None where it cannot be used here."""

    def command(
        self,
        reference: str,
        settings: TrialSettings,
        destination: Path,
        *,
        insecure: bool | None = None,
    ) -> DriverRun:
        """Return how it pulls an image once, cold.

        Args:
            reference: of the image.
            settings: those that are no knobs of it count for nothing.
            destination: a directory that exists and is empty. The program writes there alone.
            insecure: whether the registry is asked by HTTP without TLS; None means those on this
                machine are.

        Raises:
            InvalidReference: the reference cannot be read.
        """


def speaks_http(reference: str, insecure: bool | None) -> bool:
    """Return whether the registry of a reference is asked by HTTP without TLS.

    Raises:
        InvalidReference: the reference cannot be read.
    """
    return parse_reference(reference).is_loopback if insecure is None else insecure


def write_tls_hosts(reference: str, directory: Path) -> None:
    """Write a directory of hosts by which a registry on this machine is asked by TLS.

    Pullscope and ctr take it for granted that those speak HTTP.
    """
    domain = parse_reference(reference).domain
    file = directory / domain / "hosts.toml"
    file.parent.mkdir(parents=True)
    # containerd reads no file without the table.
    file.write_text(f'server = "https://{domain}"\n[host]\n', encoding="utf-8")


def unmount_below(folder: Path) -> None:
    """Unmount what a program that was killed while it unpacked has left mounted in a folder.

    It takes root; others cannot have mounted anything there that could be seen.
    """
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return
    lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    # Spaces and the like are written in octal there.
    places = [_ESCAPED.sub(lambda match: chr(int(match[1], 8)), line.split()[1]) for line in lines]
    for place in reversed(places):
        if place.startswith(f"{folder.resolve()}/"):
            unmount = ["umount", "--lazy", place]
            subprocess.run(unmount, capture_output=True, check=False)  # noqa: S603


def first_words(*command: str) -> str | None:
    """Return the first line that a command prints, which tells its version.

    None where there is no such program, it fails, or it says nothing.
    """
    output = output_of(*command)
    line = output.strip().partition("\n")[0].strip() if output else ""
    return line[:_LONGEST_LINE] or None


def output_of(*command: str) -> str | None:
    """Return what a command prints; None where there is no such program, or it fails."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - constants
            command, capture_output=True, text=True, errors="replace", timeout=_ANSWERS_WITHIN
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def version_in(line: str | None) -> str | None:
    """Return the word of a line that is a version, as "1.9.3" of "skopeo version 1.9.3"."""
    for word in (line or "").replace(",", " ").split():
        if word.removeprefix("v")[:1].isdigit() and "." in word:
            return word.removeprefix("v")[:_LONGEST_VERSION]
    return line and line[:_LONGEST_VERSION]
