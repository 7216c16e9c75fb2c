"""What is made of a pull's settings for a runtime: the new text of its file, and what it means."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pullscope.engine.errors import PullError

LARGEST_FILE = 1024 * 1024
"""Bytes. No configuration of a runtime is larger."""

_SECRET = re.compile(
    r"""(["']?[\w.-]*(?:passw|secret|token|credential|authorization|\bauth\b)[\w.-]*["']?\s*[=:])"""
    r"""\s*\S.*""",
    re.IGNORECASE,
)
_USER_IN_ADDRESS = re.compile(r"(\w+://)[^/\s@\"']+@")


class RuntimeConfigError(PullError):
    """A runtime's file cannot be understood or changed. It is as it was. One line for people."""


class Runtime(StrEnum):
    """A program that pulls images for containers, as the command line names it."""

    CONTAINERD = "containerd"
    SOCI = "soci"
    DOCKER = "docker"
    PODMAN = "podman"


@dataclass(frozen=True, slots=True)
class Change:
    """A setting of the runtime.

    Attributes:
        name: with the table it is in, as the file has it.
        value: as the file has it.
        before: what it was; empty where the file did not say.
        meaning: what it does there, in a sentence.
    """

    name: str
    value: str
    before: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What one runtime's module makes of settings and a file.

    Attributes:
        text: of the file.
        changes: the settings in it, also where they were so before.
        notes: what the user should know in any case; sentences.
        warnings: what in the file keeps the settings from doing what they should; sentences.
        memory_bytes: what the settings may take at most per node, as far as it has a bound.
        memory_words: how that is reckoned, and where it does not hold.
    """

    text: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    memory_bytes: int
    memory_words: str


@dataclass(frozen=True, slots=True)
class RuntimeConfig(Draft):
    """A runtime's configuration with the settings in it.

    Attributes:
        runtime: whose.
        usual_path: where it keeps its file.
        apply: what makes the runtime read it, as a command; empty where its next pull does.
        diff: from the file as it was, in the unified form, with what may be a secret masked; empty
            when nothing changes.
    """

    runtime: Runtime
    usual_path: str
    apply: str
    diff: str


def unified_diff(before: str, after: str, name: str) -> str:
    """Return how a file called `name` changes. What may be a secret in it is masked."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        fromfile=name,
        tofile=f"{name} (new)",
    )
    return "".join(_shown(lines))


def _shown(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        text = line.rstrip("\r\n")
        masked = _USER_IN_ADDRESS.sub(r"\1***@", _SECRET.sub(r"\1 ***", text))
        ending = line[len(text) :]
        yield masked + (ending or "\n\\ No newline at end of file\n")
