"""The window as a program: from the first event to the exit status.

Qt's event loop is asyncio's event loop here. Closing the window never ends that loop: `_live` waits
for the window to say that it was left, ends what is under way, and returns.
"""

import asyncio
import logging
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QSettings
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from pullscope import __version__
from pullscope.engine.model import PullState, Settings, Snapshot
from pullscope.gui import theme as themes
from pullscope.gui.main_window import MainWindow, Notice
from pullscope.gui.recents import Recents, default_path
from pullscope.session import PullOptions, Session

import qasync  # isort: skip - it takes whichever Qt is loaded already

_LOG = logging.getLogger(__name__)
_END_TIMEOUT = 10.0
_CANCELLED = 130
_PAINTED_AFTER = 0.3
"""Seconds in which a window under way has painted what it was just told."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the window is started with.

    Attributes:
        reference: pulled at once when given.
        exit_when_done: leave with the pull's exit status: 0 done, 1 failed, 130 cancelled.
        screenshot: saved when the pull has ended or, without a reference, when the window is there.
        trace: written when the pull has ended, whichever way.
        notice: a line under the headline.
        given: settings from the command line, by name, which no profile replaces.
        lab: it is the demo: the notice also invites to move the sliders, and the reference is not
            remembered.
    """

    reference: str | None = None
    options: PullOptions = field(default_factory=PullOptions)
    settings: Settings = field(default_factory=Settings)
    exit_when_done: bool = False
    screenshot: Path | None = None
    trace: Path | None = None
    notice: str = ""
    given: Mapping[str, int | str] = field(default_factory=dict)
    lab: bool = False


def run(start: Start) -> int:
    """Open the window, live until it is left, and return the exit status."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)  # noqa: S101 - nothing else makes one here
    app.setApplicationName("pullscope")
    app.setApplicationDisplayName("Pullscope")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("pullscope")
    app.setQuitOnLastWindowClosed(False)
    status: int = qasync.run(_live(app, start))
    return status


async def _live(app: QApplication, start: Start) -> int:
    loop = asyncio.get_running_loop()
    left: asyncio.Future[int] = loop.create_future()
    layout = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "pullscope", "window")
    themes.apply(app, _scheme(layout))
    app.setWindowIcon(QIcon(":/icons/pullscope.svg"))
    session = Session()
    window = MainWindow(
        session,
        start.options,
        start.settings,
        Recents(default_path()),
        layout,
        Notice(start.notice, start.lab),
        start.given,
    )
    window.left.connect(lambda status: None if left.done() else left.set_result(status))
    after = _AfterPull(window, start)
    with _signals_leave(loop, window), _errors_shown(loop, window):
        window.show()
        if start.reference is not None:
            if not window.pull(start.reference, start.options, remember=not start.lab):
                after.refused()
        elif start.screenshot is not None or start.exit_when_done:
            after.without_pull()
        status = await left
        await window.controller.finish(_END_TIMEOUT)
        await after.finish()
        await window.demo.stop()
        await session.close()
    window.deleteLater()
    return status


class _AfterPull:
    """What was asked for on the command line is done when the pull has ended."""

    def __init__(self, window: MainWindow, start: Start) -> None:
        self._window = window
        self._start = start
        self._task: asyncio.Task[None] | None = None
        window.controller.ended.connect(self._ended)

    def refused(self) -> None:
        """No pull could begin."""
        if self._start.screenshot or self._start.exit_when_done:
            self._begin(1, trace=False)

    def without_pull(self) -> None:
        """No pull was asked for."""
        self._begin(0, trace=False)

    async def finish(self) -> None:
        """Wait for what is under way."""
        if self._task is not None:
            await self._task

    def _ended(self, snapshot: Snapshot) -> None:
        status = {PullState.DONE: 0, PullState.CANCELLED: _CANCELLED}.get(snapshot.state, 1)
        self._begin(status, trace=True)

    def _begin(self, status: int, *, trace: bool) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._do(status, trace=trace))

    async def _do(self, status: int, *, trace: bool) -> None:
        start, window = self._start, self._window
        if trace and start.trace is not None and not await window.export(start.trace):
            _LOG.error("the trace was not written to %s", start.trace)
            status = status or 1
        if start.screenshot is not None:
            await asyncio.sleep(_PAINTED_AFTER)
            if not window.grab().save(str(start.screenshot)):
                _LOG.error("the screenshot was not written to %s", start.screenshot)
                status = status or 1
        if start.exit_when_done:
            window.leave(status)


@contextmanager
def _signals_leave(loop: asyncio.AbstractEventLoop, window: MainWindow) -> Iterator[None]:
    """Leave in order on Ctrl+C and on a polite kill."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, window.leave, _CANCELLED)
    try:
        yield
    finally:
        for number in numbers:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)


@contextmanager
def _errors_shown(loop: asyncio.AbstractEventLoop, window: MainWindow) -> Iterator[None]:
    """Show what nobody caught: Qt's slots end in sys.excepthook, tasks in the loop's handler."""

    def show(error: BaseException, where: TracebackType | None) -> None:
        lines = traceback.format_exception(type(error), error, where)
        _LOG.error("unexpected error\n%s", "".join(lines))
        words = window.tr("Unexpected error: {0}: {1}").format(type(error).__name__, error)
        window.show_error(words, "".join(lines))

    def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.leave(_CANCELLED)
        else:
            show(error, where)

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            show(error, error.__traceback__)
        else:
            _LOG.error("event loop: %s", context.get("message"))

    before, sys.excepthook = sys.excepthook, hook
    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        sys.excepthook = before
        loop.set_exception_handler(None)


def _scheme(layout: QSettings) -> themes.Scheme:
    try:
        return themes.Scheme(str(layout.value("scheme", themes.Scheme.SYSTEM.value)))
    except ValueError:
        return themes.Scheme.SYSTEM
