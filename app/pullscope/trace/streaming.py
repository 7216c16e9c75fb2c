"""A trace that is written while the pull runs, in bounded memory.

A thread of its own writes, so that a slow disk does not hold up the pull. A process that is killed
leaves what happened until a second before.
"""

import queue
import threading
import time
from pathlib import Path
from typing import BinaryIO

from pullscope.engine.events import PullEvent
from pullscope.engine.message import Message
from pullscope.trace.export import export_trace, extension_of
from pullscope.trace.file import (
    NATIVE,
    CompressedLines,
    TraceError,
    event_line,
    header_line,
    iterate_trace,
)

_FLUSHED_EVERY = 1.0  # seconds
_MOST_WAITING = 100_000  # events; about 50 MB


class StreamedTrace:
    """Writes the events of a pull to `path`: `pull.observe(trace)`, and `close` it at the end.

    A format that is not native is made at the end, from a native trace beside it, which stays
    when that does not come to pass.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        native = extension_of(path) in NATIVE
        self.native = path if native else path.with_name(f"{path.name}{NATIVE[0]}")
        """The native trace that is written."""
        self._events: queue.Queue[PullEvent | None] = queue.Queue(_MOST_WAITING)
        self._failure = ""
        self._ended = False
        self._writer = threading.Thread(target=self._write, name="trace", daemon=True)
        self._writer.start()

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        if self._failure:
            return
        try:
            self._events.put_nowait(event)
        except queue.Full:
            self._failure = Message("the disk is too slow for it")

    def close(self) -> None:
        """Write what is left, and make the format that was asked for.

        Raises:
            TraceError: the trace could not be written.
        """
        self._events.put(None)
        self._writer.join()
        if self._failure:
            raise TraceError(Message("{path}: {error}", path=self._path, error=self._failure))
        if self.native != self._path:
            try:
                export_trace(list(iterate_trace(self.native)), self._path)
            except TraceError as error:
                raise TraceError(
                    Message(
                        "{error}; what happened is in {path}",
                        error=error,
                        path=self.native,
                    )
                ) from error
            self.native.unlink(missing_ok=True)

    def _write(self) -> None:
        try:
            with self.native.open("wb") as file:
                compressed = extension_of(self.native) == NATIVE[0]
                lines = CompressedLines(file) if compressed else file
                lines.write(header_line())
                self._write_events(lines)
                if isinstance(lines, CompressedLines):
                    lines.close()
        except OSError as error:
            self._failure = error.strerror or str(error)
        except ValueError as error:  # a number that JSON does not know
            self._failure = str(error)
        if self._failure:
            self._drain()

    def _write_events(self, lines: CompressedLines | BinaryIO) -> None:
        due: float | None = (
            time.monotonic()
        )  # when what was written is to be seen by others; None: it is
        while True:
            if due is not None and time.monotonic() >= due:
                lines.flush()
                due = None
            try:
                event = self._events.get(
                    timeout=None if due is None else max(0.0, due - time.monotonic())
                )
            except queue.Empty:
                continue
            if event is None:
                self._ended = True
                return
            lines.write(event_line(event))
            if due is None:
                due = time.monotonic() + _FLUSHED_EVERY

    def _drain(self) -> None:
        """Let go of what nobody writes any more, so that `close` does not wait for room."""
        while not self._ended:
            self._ended = self._events.get() is None
