"""Traces as a table, a row per attempt: CSV, and Parquet where pyarrow is installed."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from pullscope.engine.events import PullEvent
from pullscope.engine.message import Message
from pullscope.trace.attempts import connecting_times
from pullscope.trace.file import TraceError
from pullscope.trace.recorded import RecordedPull
from pullscope.trace.texts import clean

_TEXT, _WHOLE, _SECONDS, _FLAG = "string", "int64", "float64", "bool"

COLUMNS = {
    "layer_digest": _TEXT,
    "chunk": _WHOLE,
    "offset": _WHOLE,
    "length": _WHOLE,
    "attempt": _WHOLE,
    "connection": _WHOLE,
    "host": _TEXT,
    "status": _WHOLE,
    "queued_s": _SECONDS,
    "started_s": _SECONDS,
    "first_byte_s": _SECONDS,
    "received_s": _SECONDS,
    "written_s": _SECONDS,
    "outcome": _TEXT,
    "layer": _WHOLE,
    "protocol": _TEXT,
    "received": _WHOLE,
    "hedge": _FLAG,
    "peer": _TEXT,
    "connecting_s": _SECONDS,
    "connected_s": _SECONDS,
    "hashed_s": _SECONDS,
}
"""The columns, with their types as Arrow names them."""

_Value = str | int | float | None


def rows(events: Sequence[PullEvent]) -> Iterator[tuple[_Value, ...]]:
    """Return a row per attempt, in the order in which they started."""
    pull = RecordedPull(events)
    for attempt in pull.attempts:
        connecting, connected = connecting_times(attempt.connecting) or (None, None)
        yield (
            pull.digest_of(attempt.layer),
            attempt.chunk,
            attempt.offset,
            attempt.length,
            attempt.attempt,
            attempt.connection,
            attempt.host,
            attempt.status,
            attempt.queued,
            attempt.started,
            attempt.first_byte,
            attempt.last_byte,
            attempt.ended,
            attempt.outcome,
            attempt.layer,
            attempt.protocol,
            attempt.received,
            attempt.hedge,
            attempt.peer,
            connecting,
            connected,
            attempt.hashed,
        )


def write_csv(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the table as CSV; times to a microsecond.

    Raises:
        OSError: `file` cannot be written.
    """
    # A host that is not Unicode must not lose a trace.
    text = io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    kinds = tuple(COLUMNS.values())
    for row in rows(events):
        writer.writerow(_as_text(value, kind) for value, kind in zip(row, kinds, strict=True))
    text.flush()
    text.detach()


def _as_text(value: _Value, kind: str) -> _Value:
    if value is None:
        return ""
    if kind == _FLAG:
        return "true" if value else "false"
    return f"{value:.6f}" if kind == _SECONDS else value


def write_parquet(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the table as Parquet.

    Raises:
        OSError: `file` cannot be written.
        TraceError: pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise TraceError(
            Message("Parquet needs pyarrow; install it, or pullscope[parquet], or export .csv")
        ) from error
    schema = pyarrow.schema(
        [(name, pyarrow.type_for_alias(kind)) for name, kind in COLUMNS.items()]
    )
    told = [
        {
            name: clean(value) if isinstance(value, str) else value
            for name, value in zip(COLUMNS, row, strict=True)
        }
        for row in rows(events)
    ]
    parquet.write_table(pyarrow.Table.from_pylist(told, schema=schema), file)
