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

from PySide6.QtCore import QEvent, QSettings
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from pullscope import __version__
from pullscope.engine.model import Settings
from pullscope.gui import language
from pullscope.gui import theme as themes
from pullscope.gui.attention import DESKTOP_FILE
from pullscope.gui.event_loop import WindowLoop
from pullscope.gui.garbage import Collector
from pullscope.gui.general_settings import GeneralSettings
from pullscope.gui.main_window import DEMO_NOTICE, MainWindow
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.recents import Recents, default_path
from pullscope.session import PullOptions, Session
from pullscope.trace.recording import Recordings
from pullscope.tuning.profiles import SettingsFile
from pullscope.tuning.profiles import default_path as settings_path

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
        recordings: what is kept of each pull of the window while it runs.
        given: settings from the command line, by name, which no profile replaces.
        lab: it is the demo: a notice says so, and the reference is not remembered.
        traces: opened at once; two are compared.
    """

    reference: str | None = None
    options: PullOptions = field(default_factory=PullOptions)
    settings: Settings = field(default_factory=Settings)
    exit_when_done: bool = False
    screenshot: Path | None = None
    recordings: Recordings = field(default_factory=Recordings)
    given: Mapping[str, int | str] = field(default_factory=dict)
    lab: bool = False
    traces: tuple[Path, ...] = ()


def run(start: Start) -> int:
    """Open the window, live until it is left, and return the exit status."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)  # noqa: S101 - nothing else makes one here
    app.setApplicationName("pullscope")
    app.setApplicationDisplayName("Pullscope")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(DESKTOP_FILE)
    app.setQuitOnLastWindowClosed(False)
    collector = Collector()
    try:
        with asyncio.Runner(loop_factory=lambda: WindowLoop(app)) as runner:
            return runner.run(_live(app, start))
    finally:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no loop runs any more
        collector.stop()


async def _live(app: QApplication, start: Start) -> int:
    loop = asyncio.get_running_loop()
    left: asyncio.Future[int] = loop.create_future()
    layout = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "pullscope", "window")
    general = GeneralSettings(SettingsFile(settings_path())).value
    themes.apply(app, themes.Scheme(general.theme.value))
    language.apply(app, general.language)
    app.setWindowIcon(QIcon(":/icons/pullscope.svg"))
    session = Session(general.store_place)
    window = MainWindow(
        session,
        start.options,
        start.settings,
        Recents(default_path()),
        layout,
        DEMO_NOTICE if start.lab else None,
        start.given,
    )
    window.controller.recordings = start.recordings
    window.left.connect(lambda status: None if left.done() else left.set_result(status))
    after = _AfterPull(window, start)
    with _signals_leave(loop, window), _errors_shown(loop, window):
        window.show()
        if start.reference is not None:
            if not window.pull(start.reference, start.options, remember=not start.lab):
                after.refused()
        elif start.traces:
            after.watch_traces()
            window.open_trace(*start.traces)
        elif start.screenshot is not None or start.exit_when_done:
            after.without_pull()
        status = await left
        await window.controller.finish(_END_TIMEOUT)
        await after.finish()
        await window.inspector.close()
        await window.trace_opening.close_down()
        await window.sweeps.close_down()
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
            self._begin(1)

    def without_pull(self) -> None:
        """No pull was asked for."""
        self._begin(0)

    def watch_traces(self) -> None:
        """Traces are being opened instead; one that cannot be is a failure."""
        opening = self._window.trace_opening
        failures: list[str] = []
        opening.failed.connect(failures.append)
        opening.ended.connect(lambda: self._begin(1 if failures else 0))

    async def finish(self) -> None:
        """Wait for what is under way."""
        if self._task is not None:
            await self._task

    def _ended(self, run: PullRun) -> None:
        status = {RunState.DONE: 0, RunState.CANCELLED: _CANCELLED}.get(run.state, 1)
        self._begin(status, run)

    def _begin(self, status: int, run: PullRun | None = None) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._do(status, run))

    async def _do(self, status: int, run: PullRun | None) -> None:
        start, window = self._start, self._window
        if run is not None and (failure := await window.controller.recorded(run)):
            _LOG.error("the trace was not written: %s", failure)
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
        window.show_unexpected(error, "".join(lines))

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
