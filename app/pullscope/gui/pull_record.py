"""What stays of a pull when it has ended: its trace, and its place in the history.

The trace is written while the pull runs, so that a window that is killed leaves one, too.
"""

import itertools
import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pullscope.engine.model import Snapshot
from pullscope.engine.pull import Pull
from pullscope.history import History, HistoryError, past_pull
from pullscope.trace.file import TraceError
from pullscope.trace.recording import trace_name
from pullscope.trace.streaming import StreamedTrace

_LOG = logging.getLogger(__name__)
_COUNT = itertools.count(1)


class PullRecord:
    """Records one pull.

    Args:
        with_trace: whether a trace is written, into the history's folder.
    """

    def __init__(self, history: History, pull: Pull, *, with_trace: bool) -> None:
        self._history = history
        self._path: Path | None = None
        self._trace: StreamedTrace | None = None
        if not with_trace:
            return
        try:
            history.traces.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            _LOG.warning("no trace is kept: %s", error)
            return
        self._path = history.traces / _name(str(pull.reference))
        self._trace = StreamedTrace(self._path)
        pull.observe(self._trace)

    def abandon(self) -> None:
        """End the trace of a pull that did not end, without waiting for it."""
        if self._trace is not None:
            threading.Thread(target=self._trace.close, name="abandoned trace", daemon=True).start()

    def end(
        self, last: Snapshot, verdict: str, options: Mapping[str, Any], asked: Path | None
    ) -> None:
        """Put the pull into the history. It writes files: call it in a thread.

        `asked`: the trace that somebody asked for, if any; it is the pull's trace then.

        Raises:
            HistoryError: the history cannot be written.
        """
        trace = self._path
        if self._trace is not None and trace is not None:
            try:
                self._trace.close()
            except TraceError as error:
                _LOG.warning("the trace is not kept: %s", error)
                trace.unlink(missing_ok=True)
                trace = None
        try:
            self._history.add(past_pull(last, verdict, options, asked or trace))
        except HistoryError:
            if trace is not None:
                trace.unlink(missing_ok=True)
            raise


def _name(reference: str) -> str:
    """Return a file name that no other pull has: "20261124-150211-app-1-3.pullscope"."""
    now = datetime.now().astimezone()
    return f"{now:%Y%m%d-%H%M%S-%f}-{trace_name(reference)}-{next(_COUNT)}.pullscope"
