"""Traces as files: the native format, and those of other tools. See FORMAT.md.

Each format is an entry of `FORMATS`, found by the extension of a file's name.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pullscope.engine.events import PullEvent
from pullscope.engine.message import Message
from pullscope.trace.chrome import chrome_trace
from pullscope.trace.file import TraceError, write_compressed, write_trace
from pullscope.trace.har import write_har
from pullscope.trace.openmetrics import write_openmetrics
from pullscope.trace.otlp import write_otlp
from pullscope.trace.perfetto import write_perfetto
from pullscope.trace.pictures import write_timeline
from pullscope.trace.report import write_report
from pullscope.trace.table import write_csv, write_parquet


@dataclass(frozen=True, slots=True)
class Format:
    """A format of traces.

    Attributes:
        name: for people.
        write: writes the events of a pull to a file.
    """

    name: str
    write: Callable[[Sequence[PullEvent], BinaryIO], None]


def _write_chrome(events: Sequence[PullEvent], file: BinaryIO) -> None:
    file.write(json.dumps(chrome_trace(events), separators=(",", ":")).encode())


FORMATS: Mapping[str, Format] = {
    ".pullscope": Format("Pullscope trace", write_compressed),
    ".jsonl": Format("Pullscope trace, plain", write_trace),
    ".pftrace": Format("Perfetto trace", write_perfetto),
    ".json": Format("Chrome trace", _write_chrome),
    ".otlp.json": Format("OpenTelemetry trace", write_otlp),
    ".html": Format("Report", write_report),
    ".svg": Format("Picture of the connections", write_timeline),
    ".har": Format("HTTP archive", write_har),
    ".csv": Format("CSV, a row per attempt", write_csv),
    ".parquet": Format("Parquet, a row per attempt", write_parquet),
    ".prom": Format("OpenMetrics", write_openmetrics),
}
"""By extension, which begins with a dot."""


def extension_of(path: Path) -> str:
    """Return the extension of `path` that names a format, the longest; empty where none does."""
    name = path.name.lower()
    return max((ending for ending in FORMATS if name.endswith(ending)), key=len, default="")


def check_target(path: Path) -> None:
    """Tell before a long pull whether `export_trace` could write to `path` after it.

    Raises:
        TraceError: the extension names no format, or there is no such folder.
    """
    if not extension_of(path):
        known = ", ".join(FORMATS)
        raise TraceError(
            Message(
                "{path}: a trace's format is told by its extension, one of {known}",
                path=path,
                known=known,
            )
        )
    if not path.parent.is_dir():
        raise TraceError(
            Message("{path}: there is no folder {folder}", path=path, folder=path.parent)
        )
    if path.is_dir():
        raise TraceError(Message("{path}: is a folder", path=path))


def export_trace(events: Sequence[PullEvent], path: Path) -> None:
    """Write `events` to `path` in the format of its extension, one of `FORMATS`.

    The file appears whole or not at all.

    Raises:
        TraceError: the extension names no format, or the file cannot be written.
    """
    check_target(path)
    write_whole(path, lambda file: FORMATS[extension_of(path)].write(events, file))


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` make the file at `path`, which appears whole or not at all.

    Raises:
        TraceError: the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with unfinished.open("wb") as file:
                write(file)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise TraceError(
            Message("{path}: {error}", path=path, error=error.strerror or error)
        ) from error
