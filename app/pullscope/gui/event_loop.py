"""asyncio on Qt's event loop, as qasync does it, with callbacks in batches.

qasync starts and kills one timer of Qt's for each callback, and sends a signal before that for each
that comes from a thread. A pull makes thousands a second. Here callbacks wait in one queue, and one
timer, or one event from whichever thread is first, runs all that wait.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimerEvent
from PySide6.QtWidgets import QApplication

import qasync  # isort: skip - it takes whichever Qt is loaded already

_WAKE = QEvent.Type(QEvent.registerEventType())


class WindowLoop(qasync.QEventLoop):  # type: ignore[misc]
    """The event loop of the window."""

    def __init__(self, app: QApplication) -> None:
        self._batch = _Batch(self)
        super().__init__(app)

    def call_soon(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` in the next turn of the loop."""
        handle = asyncio.Handle(callback, args, self, context)
        self._batch.add(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback` in the next turn of the loop; from any thread."""
        handle = asyncio.Handle(callback, args, self, context)
        self._batch.add_from_thread(handle)
        return handle

    def close(self) -> None:
        """End the loop; what still waits is not run."""
        self._batch.stop()
        super().close()


class _Batch(QObject):
    """Callbacks that wait for the next turn.

    A turn runs those that waited when it began: what they add comes in the turn after it, so that
    Qt's own events get theirs in between. Where a task lets Qt process events, the callbacks wait
    for that task to return: asyncio refuses to enter one task within another, and the one refused
    would never be woken again.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._ready: deque[asyncio.Handle] = deque()
        self._timer = 0
        self._woken = False  # an event is on its way
        self._stopped = False

    def add(self, handle: asyncio.Handle) -> None:
        """Run `handle` soon; called on the loop's thread."""
        self._ready.append(handle)
        if not self._timer:
            self._timer = self.startTimer(0)

    def add_from_thread(self, handle: asyncio.Handle) -> None:
        """Run `handle` soon; called on any thread."""
        self._ready.append(handle)
        if not self._woken and not self._stopped:
            self._woken = True
            QCoreApplication.postEvent(self, QEvent(_WAKE))

    def stop(self) -> None:
        """Run nothing any more."""
        self._stopped = True
        self._ready.clear()

    def timerEvent(self, event: QTimerEvent) -> None:
        """Run what waits."""
        self.killTimer(event.timerId())  # before: a loop within a callback needs a new one
        self._timer = 0
        self._run()

    def customEvent(self, event: QEvent) -> None:
        """Run what threads have added."""
        self._woken = False  # before: whoever adds from now on sends another event
        self._run()

    def _run(self) -> None:
        if asyncio.current_task(self._loop) is not None:
            return  # the turn that runs this task goes on with them
        for _ in range(len(self._ready)):
            if not self._ready:  # a loop within a callback has run the rest
                break
            handle = self._ready.popleft()
            if not handle.cancelled():
                handle._run()
        if self._ready and not self._timer:
            self._timer = self.startTimer(0)
