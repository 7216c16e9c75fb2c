"""What is dropped on the window: a reference, traces, or something else, which is told."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from pullscope.engine.errors import PullError
from pullscope.engine.reference import parse_reference
from pullscope.gui.language import said
from pullscope.trace.export import extension_of
from pullscope.trace.file import NATIVE

_LONGEST = 80

translate = QCoreApplication.translate


class DropKind(Enum):
    """What was dropped."""

    REFERENCE = auto()
    TRACE = auto()
    EXPORT = auto()  # of a trace, for another tool
    FILE = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Drop:
    """What was dropped, and its text: the reference, the name of the file, or what is wrong.

    `traces` are the files, where traces were dropped.
    """

    kind: DropKind
    text: str
    traces: tuple[Path, ...] = ()

    @property
    def words(self) -> str:
        """Why nothing was done with it; empty where something is."""
        match self.kind:
            case DropKind.REFERENCE | DropKind.TRACE:
                return ""
            case DropKind.EXPORT:
                return translate(
                    "Drop",
                    "{0} is made for other tools. A .pullscope or .jsonl trace can be opened here.",
                ).format(self.text)
            case DropKind.FILE:
                return translate(
                    "Drop", "{0} is a file. Drop the reference of an image, as text."
                ).format(self.text)
            case DropKind.OTHER:
                return translate("Drop", "Not a reference: {0}.").format(self.text)


def can_be_dropped(data: QMimeData) -> bool:
    """Return whether `data` is something that a drop can say something about."""
    return data.hasText() or data.hasUrls()


def drop_of(data: QMimeData) -> Drop:
    """Return what `data` is."""
    if data.hasUrls():
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        traces = tuple(path for path in paths if extension_of(path) in NATIVE)
        if traces:
            return Drop(DropKind.TRACE, _short(traces[0].name), traces)
        url = data.urls()[0]
        if paths:
            kind = DropKind.EXPORT if extension_of(paths[0]) else DropKind.FILE
            return Drop(kind, _short(paths[0].name))
        text = url.toString()
    else:
        text = data.text()
    text = " ".join(text.split())
    try:
        parse_reference(text)
    except PullError as error:  # its words hold no password that may stand in the text
        return Drop(DropKind.OTHER, said(error))
    return Drop(DropKind.REFERENCE, text.removeprefix("docker://"))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
