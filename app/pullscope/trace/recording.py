"""What is kept of pulls while they run: a trace file, what a collector is told, or both."""

import re
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from pullscope.engine.events import PullEvent
from pullscope.engine.message import words_of
from pullscope.trace.export import extension_of
from pullscope.trace.file import NATIVE, TraceError
from pullscope.trace.otlp_live import OtlpExport
from pullscope.trace.redact import Redactor
from pullscope.trace.streaming import StreamedTrace

_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def trace_name(reference: str) -> str:
    """Return a file name for the trace of `reference`, without its ending."""
    name = _FILE_NAME.sub("-", reference.rpartition("/")[2]).strip("-.")
    return name[:80] or "trace"


class Recordings:
    """Begins the recordings of a program's pulls.

    Args:
        trace: the file of the first pull, those after it get a number; or a folder, in which each
            file is named after the image. None for no trace.
        redact: whether names of hosts, repositories and folders, and addresses, are replaced.
        otlp: address of a collector, of `otlp_live.collector_address`; empty for none.
        headers: for the collector.
    """

    def __init__(
        self,
        trace: Path | None = None,
        *,
        redact: bool = False,
        otlp: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.trace = trace
        self.redact = redact
        self.otlp = otlp
        self._headers = headers or {}
        self._begun = 0
        self._paths: set[Path] = set()  # given to pulls, whose files may not be there yet

    def begin(self, reference: str) -> "Recording":
        """Return what records a pull of `reference`: `pull.observe(recording)`."""
        path = None if self.trace is None else self._path_for(self.trace, reference)
        self._begun += 1
        if path is not None:
            self._paths.add(path)
        return Recording(
            path,
            Redactor() if self.redact else lambda event: event,
            OtlpExport(self.otlp, self._headers) if self.otlp else None,
        )

    def _path_for(self, asked: Path, reference: str) -> Path:
        if asked.is_dir():
            name = "pull" if self.redact else trace_name(reference)
            return self._unused(asked / f"{name}{NATIVE[0]}", 1)
        return self._unused(asked, self._begun + 1) if self._begun else asked

    def _unused(self, path: Path, first: int) -> Path:
        """Return `path`, or the first with a number, that no file and no pull has."""
        ending = path.name[len(path.name) - len(extension_of(path)) :]
        stem = path.name.removesuffix(ending)
        numbered = (
            path if number == 1 else path.with_name(f"{stem}-{number}{ending}")
            for number in count(first)
        )
        return next(one for one in numbered if one not in self._paths and not one.exists())


class Recording:
    """Takes the events of one pull; `close` it at the end.

    Attributes:
        path: of the trace; None where there is none.
        trace_failure: why the trace could not be written, in words; empty unless so.
        otlp_failure: what did not reach the collector, and why; empty unless so.
    """

    def __init__(
        self,
        path: Path | None,
        redact: Callable[[PullEvent], PullEvent],
        otlp: OtlpExport | None,
    ) -> None:
        self.path = path
        self.trace_failure = ""
        self.otlp_failure = ""
        self._trace = None if path is None else StreamedTrace(path)
        self._redact = redact
        self._otlp = otlp

    @property
    def records(self) -> bool:
        """Whether anything was asked to be kept."""
        return self._trace is not None or self._otlp is not None

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        if not self.records:
            return
        event = self._redact(event)
        if self._trace is not None:
            self._trace(event)
        if self._otlp is not None:
            self._otlp(event)

    def close(self) -> None:
        """Write and send what is left. It takes ten seconds at most for a collector, and for the
        file as long as that takes."""
        if self._trace is not None:
            try:
                self._trace.close()
            except TraceError as error:
                self.trace_failure = words_of(error)
        if self._otlp is not None:
            self.otlp_failure = self._otlp.close()
