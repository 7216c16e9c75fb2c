"""Copies the pull that is shown as a command line.

The window says what is shown, and which layer or chunk is selected, by a `Subject`; the lines are
those of `tuning.command_lines`. curl's asks for what is selected, and for the manifest otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtGui import QAction, QGuiApplication

from pullscope.engine.errors import PullError
from pullscope.engine.model import Settings
from pullscope.gui.attempts import Attempts
from pullscope.session import PullOptions
from pullscope.tuning.command_lines import (
    ctr_line,
    curl_blob_line,
    curl_manifest_line,
    pullscope_line,
    skopeo_line,
)

COPY_AS = ("copy_as_pullscope", "copy_as_skopeo", "copy_as_curl", "copy_as_ctr")
"""The ids of the actions."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is copied.

    Attributes:
        kept: the settings kept for the registry.
        digest: of the selected layer; empty where none is.
        part: offset and length of the selected chunk, in bytes.
    """

    reference: str
    options: PullOptions
    settings: Settings
    kept: Mapping[str, int | str] = field(default_factory=dict)
    digest: str = ""
    part: tuple[int, int] | None = None


def line_of(action: str, subject: Subject) -> str:
    """Return the command line that an action copies; empty where the reference is none."""
    reference, options = subject.reference, subject.options
    try:
        match action:
            case "copy_as_pullscope":
                return pullscope_line(reference, options, subject.settings, subject.kept)
            case "copy_as_skopeo":
                return skopeo_line(reference, options)
            case "copy_as_ctr":
                return ctr_line(reference, options)
            case _ if subject.digest:
                return curl_blob_line(reference, options, subject.digest, subject.part)
            case _:
                return curl_manifest_line(reference, options)
    except PullError:
        return ""


def part_of(attempts: Attempts, chunk: int) -> tuple[int, int] | None:
    """Return the offset and the length of a chunk; None where nobody asked for it."""
    columns = attempts.columns
    rows = columns[columns["chunk"] == chunk]
    return (int(rows["offset"][-1]), int(rows["length"][-1])) if len(rows) else None


def connect(
    actions: Mapping[str, QAction], subject: Callable[[], Subject], tell: Callable[[str], object]
) -> None:
    """Let the actions copy; `tell` gets the line that was copied."""

    def copy(name: str) -> None:
        line = line_of(name, subject())
        if line:
            QGuiApplication.clipboard().setText(line)
            tell(line)

    for name in COPY_AS:
        actions[name].triggered.connect(lambda _=False, name=name: copy(name))
