"""Traces as files: the native format, and those of other tools. See FORMAT.md."""

import csv
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from pullscope.engine.events import PullEvent, PullResolved
from pullscope.trace.attempts import attempts
from pullscope.trace.chrome import chrome_trace
from pullscope.trace.file import TraceError, write_trace

FORMATS: Mapping[str, str] = {
    ".jsonl": "Pullscope trace",
    ".json": "Chrome trace",
    ".csv": "CSV, a row per attempt",
}

CSV_COLUMNS = (
    "layer_digest", "chunk", "offset", "length", "attempt", "connection", "host", "status",
    "queued_s", "started_s", "first_byte_s", "received_s", "written_s", "outcome",
)  # fmt: skip


def check_target(path: Path) -> None:
    """Tell before a long pull whether `export_trace` could write to `path` after it.

    Raises:
        TraceError: the extension names no format, or there is no such folder.
    """
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise TraceError(f"{path}: a trace's format is told by its extension, one of {known}")
    if not path.parent.is_dir():
        raise TraceError(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        raise TraceError(f"{path}: is a folder")


def export_trace(events: Sequence[PullEvent], path: Path) -> None:
    """Write `events` to `path` in the format of its extension, one of `FORMATS`.

    The file appears whole or not at all.

    Raises:
        TraceError: the extension names no format, or the file cannot be written.
    """
    check_target(path)
    write = _WRITERS[path.suffix.lower()]
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            # A host or a path that is not Unicode must not lose a trace.
            with unfinished.open(
                "w", encoding="utf-8", errors="backslashreplace", newline=""
            ) as file:
                write(events, file)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror or error}") from error


def _write_chrome(events: Sequence[PullEvent], file: TextIO) -> None:
    json.dump(chrome_trace(events), file, separators=(",", ":"))


def _write_csv(events: Sequence[PullEvent], file: TextIO) -> None:
    digests: dict[int, str] = {}
    for event in events:
        if isinstance(event, PullResolved):
            digests = {index: layer.digest for index, layer in enumerate(event.layers)}
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for attempt in attempts(events):
        rows.writerow(
            (
                digests.get(attempt.layer, ""),
                attempt.chunk,
                attempt.offset,
                attempt.length,
                attempt.attempt,
                attempt.connection,
                attempt.host,
                "" if attempt.status is None else attempt.status,
                _seconds(attempt.queued),
                _seconds(attempt.started),
                _seconds(attempt.first_byte),
                _seconds(attempt.last_byte),
                _seconds(attempt.ended),
                attempt.outcome,
            )
        )


def _seconds(time: float | None) -> str:
    return "" if time is None else f"{time:.6f}"


_WRITERS: Mapping[str, Callable[[Sequence[PullEvent], TextIO], None]] = {
    ".jsonl": write_trace,
    ".json": _write_chrome,
    ".csv": _write_csv,
}
