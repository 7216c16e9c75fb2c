"""The strip that opens traces: it reads them beside the window, says how far it is, and can stop.

A file is read, and its events are taken in by what watches a pull, in a thread: the window gets the
finished `PullRun`. Where something is wrong with the file, the words name the file and the place.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from pullscope.engine.events import PullEvent
from pullscope.engine.message import Message
from pullscope.gui import theme as themes
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip
from pullscope.gui.pull_run import PullRun
from pullscope.trace.export import extension_of
from pullscope.trace.file import NATIVE, TraceError, iterate_batches
from pullscope.trace.last_snapshot import ImpossibleTrace

_LOOK_EVERY_MS = 100
_SHOWN_AFTER_MS = 250  # what is there sooner needs no strip that flickers
_READING = 0.7  # the share of the time that goes into the file; the rest into what watches a pull


class Cancelled(Exception):
    """Nobody wants the trace any more."""


def run_of_trace(path: Path, note: Callable[[float], None] = lambda share: None) -> PullRun:
    """Read the trace at `path`, and return it as an entry of the list. For any thread.

    `note` is told now and then which share is done; what it raises ends the reading.

    Raises:
        TraceError: it cannot be read, or tells what cannot be.
    """
    if extension_of(path) not in ("", *NATIVE):
        compressed, plain = NATIVE
        raise TraceError(
            Message(
                "{path}: it is made for other tools; {compressed} and {plain} traces can be opened",
                path=path,
                compressed=compressed,
                plain=plain,
            )
        )
    events: list[PullEvent] = []
    for batch in iterate_batches(path):
        events += batch.events
        note(_READING * batch.share)
    try:
        run = PullRun.of_trace(path, events)
    except ImpossibleTrace as error:
        raise TraceError(
            Message(
                "{path}: it tells what cannot have happened: {error}",
                path=path,
                error=error,
            )
        ) from error
    note(1.0)
    return run


@dataclass(slots=True)
class _Opening:
    """A trace that is being opened."""

    path: Path
    share: float = 0.0
    stopped: threading.Event = field(default_factory=threading.Event)

    def note(self, share: float) -> None:
        if self.stopped.is_set():
            raise Cancelled
        self.share = share


class TraceOpening(QFrame):
    """Shown while traces are opened.

    Signals:
        opened: the `PullRun` of a trace.
        failed: a trace cannot be opened; the words say why.
        ended: nothing is being opened any more.
    """

    opened = Signal(object)
    failed = Signal(str)
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trace_opening")
        themes.as_panel(self)
        self._under_way: list[_Opening] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._words = QLabel()
        self._words.setObjectName("trace_opening_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._cancel = QPushButton()
        self._cancel.setObjectName("cancel_opening")
        self._cancel.clicked.connect(self.cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(self._words, 1)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        self._look = QTimer(self, interval=_LOOK_EVERY_MS)
        self._look.timeout.connect(self._show)
        self._late = QTimer(self, interval=_SHOWN_AFTER_MS, singleShot=True)
        self._late.timeout.connect(self._appear)
        self._set_texts()
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether a trace is being opened."""
        return bool(self._under_way)

    def open(self, path: Path) -> None:
        """Open the trace at `path`, after those that are being opened."""
        opening = _Opening(path)
        self._under_way.append(opening)
        if len(self._under_way) == 1:
            self._begin(opening)
        self._show()

    def cancel(self) -> None:
        """Open none of those that are not there yet."""
        del self._under_way[1:]
        for opening in self._under_way:
            opening.stopped.set()

    async def close_down(self) -> None:
        """End what is under way."""
        self.cancel()
        await asyncio.gather(*self._tasks)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _begin(self, opening: _Opening) -> None:
        self._look.start()
        self._late.start()
        task = asyncio.get_running_loop().create_task(self._open(opening))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _open(self, opening: _Opening) -> None:
        try:
            run = await asyncio.to_thread(run_of_trace, opening.path, opening.note)
            if not opening.stopped.is_set():
                self.opened.emit(run)
        except TraceError as error:
            self.failed.emit(self.tr("The trace was not opened: {0}").format(said(error)))
        except Cancelled:
            pass  # as it was wanted
        finally:
            self._under_way.remove(opening)
            self._go_on()

    def _go_on(self) -> None:
        if self._under_way:
            self._begin(self._under_way[0])
            return
        self._look.stop()
        self._late.stop()
        self.hide()
        self.ended.emit()

    def _appear(self) -> None:
        self._show()
        self.show()

    def _show(self) -> None:
        if not self._under_way:
            return
        opening = self._under_way[0]
        percent = round(opening.share * 100)
        self._bar.setValue(percent)
        words = self.tr("Opening {0} · {1} %").format(opening.path.name[:120], percent)
        if waiting := len(self._under_way) - 1:
            words += " · " + self.tr("{0} more").format(waiting)
        self._words.setText(words)
        self._words.setToolTip(plain_tip(str(opening.path)))

    def _set_texts(self) -> None:
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Do not open the trace"))
        self._bar.setAccessibleName(self.tr("How much of the trace is read"))
        self._show()
