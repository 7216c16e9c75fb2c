"""Python's collector of garbage, kept in the thread of the window.

It runs in whichever thread happens to allocate, and the engine's threads allocate much. A cycle
that holds an object of Qt's would be freed there, while Qt may just be sending it an event: the
program ends with a fault of memory. So the collector is switched off, and called from a timer.
"""

import gc
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500
_FULL_SHARE = 0.005
"""Of the time that full collections may take: they walk all that lives, a trace of 100,000 chunks
in a tenth of a second."""


class Collector(QObject):
    """Collects garbage in this thread alone, from now until `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._full_from = 0.0
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.collect_what_is_due)
        self._timer.start()

    def collect_what_is_due(self) -> None:
        """Collect the generations whose thresholds are passed, about as Python would by itself."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        now = perf_counter()
        for generation in (2, 1, 0):
            if counts[generation] <= thresholds[generation]:
                continue
            if generation < 2:
                gc.collect(generation)
                return
            if now >= self._full_from:
                gc.collect()
                ended = perf_counter()
                self._full_from = ended + (ended - now) / _FULL_SHARE
                return

    def stop(self) -> None:
        """Leave it to Python again, with nothing left that it would free in the midst of Qt.

        The destructor of an object of Qt's may allocate in Python while it holds a lock of Qt's.
        """
        self._timer.stop()
        gc.collect()
        gc.enable()
