"""Plays with the window at random: clicks, keys, sliders, sizes and pulls, against a faulty lab.

    PYTHONPATH=app python tests/benchmarks/monkey.py --seconds 600 --seed 7

It watches for exceptions that nobody caught, for warnings of Qt, for moments in which the event
loop does not turn, and for growth of memory; it says what it saw and exits with 1 where something
was wrong. The same seed plays the same hand, as far as a registry with faults lets it.

What a pull takes follows its connections, which change all the time. So memory is compared at rest:
four times the monkey takes every pull off the list and waits until nothing is left of them.

Everything is done from timers, never from a coroutine: menus run event loops of their own.
"""

import argparse
import asyncio
import ctypes
import faulthandler
import gc
import logging
import math
import os
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from PySide6.QtCore import (
    QMessageLogContext,
    QPoint,
    QPointF,
    QSettings,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QWidget,
)
from shiboken6 import isValid

from pullscope.engine.model import KIB, MIB, Settings
from pullscope.gui import language
from pullscope.gui import theme as themes
from pullscope.gui.main_window import MainWindow
from pullscope.gui.recents import Recents
from pullscope.lab.config import FaultPlan, LabConfig, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.session import PullOptions, Session
from pullscope.tuning.general import OnClose

import qasync  # isort: skip - it takes whichever Qt is loaded already

HOME = Path(tempfile.mkdtemp(prefix="pullscope-monkey-"))
EVERY_MS = 25
HANG = 5.0  # seconds
GROWTH = 64 * MIB  # from the first rest to the last
RESTS = 4
IMAGES = (
    SyntheticImage("team/small", "1", (3 * MIB, MIB, 1000)),
    SyntheticImage("team/many", "1", tuple(200 * KIB for _ in range(30))),
    SyntheticImage("team/large", "1", (24 * MIB, 12 * MIB, 6 * MIB)),
)
FAULTS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("reset=0.1",),
    ("stall=0.05",),
    ("503=0.2", "short-body=0.1"),
    ("429=0.2", "reset=0.1"),
    ("wrong-bytes=0.05", "range-ignored=0.2"),
)
KEYS = (
    *"abcdefghijklmnopqrstuvwxyz0123456789?+-=. ",
    *(Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down) * 4,
    *(Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape) * 4,
    *(Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space, Qt.Key.Key_F1, Qt.Key.Key_Menu),
)


class Watch:
    """Notes what goes wrong, and turns a loop that hangs into a traceback."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.longest = 0.0
        self.memory: list[int] = []
        self.at_rest: list[int] = []
        self._beat = math.inf  # until the window is there
        self._over = threading.Event()
        self._process = psutil.Process()
        threading.Thread(target=self._look, daemon=True).start()

    def note(self, words: str) -> None:
        """Note something wrong, once."""
        if words not in self.wrong:
            self.wrong.append(words)
            print(words, file=sys.stderr, flush=True)

    def beat(self) -> None:
        """The event loop turns."""
        now = time.monotonic()
        self.longest = max(self.longest, now - self._beat)
        self._beat = now

    def measure(self) -> None:
        """Note how much memory is resident."""
        self.memory.append(self._process.memory_info().rss)

    def end(self) -> None:
        """Stop looking."""
        self._over.set()

    def measure_at_rest(self) -> None:
        """Note how much memory is resident when all that can be given back is."""
        gc.collect()
        with suppress(OSError, AttributeError):  # another libc
            ctypes.CDLL(None).malloc_trim(0)
        self.at_rest.append(self._process.memory_info().rss)

    def growth(self) -> int:
        """Return the bytes from the first rest to the last."""
        return self.at_rest[-1] - self.at_rest[0] if self.at_rest else 0

    def _look(self) -> None:
        told = 0.0
        while not self._over.wait(0.5):
            if time.monotonic() - self._beat > HANG and told != self._beat:
                told = self._beat
                self.wrong.append(f"the event loop did not turn for {HANG} s")
                faulthandler.dump_traceback()

    # What Python and Qt tell

    def excepthook(
        self, kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        """Note what a slot or a paint event raised."""
        self.note("".join(traceback.format_exception(kind, error, where)))

    def from_loop(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Note what a task raised."""
        error = context.get("exception")
        lines = traceback.format_exception(error) if isinstance(error, BaseException) else []
        self.note("".join([f"event loop: {context.get('message')}\n", *lines]))

    def from_qt(self, kind: QtMsgType, _: QMessageLogContext, words: str) -> None:
        """Note what Qt warns of; a missing session bus is the machine's affair."""
        if kind is not QtMsgType.QtDebugMsg and "D-Bus" not in words and "dbus" not in words:
            self.note(f"Qt: {words}")


class LogWatch(logging.Handler):
    """Notes errors that are logged."""

    def __init__(self, watch: Watch) -> None:
        super().__init__(logging.ERROR)
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        """Note an error."""
        self._watch.note(f"log: {record.getMessage()}")


class Monkey:
    """Does one thing after the other, in no order at all."""

    def __init__(self, window: MainWindow, lab: LabProcess, seed: int, watch: Watch) -> None:
        self.window = window
        self.lab = lab
        self.watch = watch
        self.done: Counter[str] = Counter()
        self.over = asyncio.get_running_loop().create_future()
        self._random = random.Random(seed)
        self._ends = 0.0
        self._rests: list[float] = []
        self._pulls = 0
        self._acts: list[tuple[int, Callable[[], None]]] = [
            (30, self.click),
            (30, self.press),
            (12, self.slide),
            (10, self.drag),
            (10, self.turn_the_wheel),
            (6, self.do_an_action),
            (5, self.choose),
            (4, self.begin_a_pull),
            (3, self.change_the_size),
            (2, self.change_the_registry),
            (1, self.hide_and_show),
            (1, self.close_and_stay),
        ]

    def play(self, seconds: float) -> None:
        """Begin."""
        now = time.monotonic()
        self._ends = now + seconds
        self._rests = [now + seconds * n / RESTS for n in range(1, RESTS + 1)]
        self.begin_a_pull()
        self._next()

    def _next(self) -> None:
        now = time.monotonic()
        if self._rests and now > self._rests[0]:
            self._rest()
            return
        if now > self._ends:
            if not self.over.done():
                self.over.set_result(None)
            return
        QTimer.singleShot(EVERY_MS, self._next)  # first: what follows may run a loop of its own
        if self._put_away():
            return
        weights = [weight for weight, _ in self._acts]
        act = self._random.choices(self._acts, weights)[0][1]
        self.done[act.__name__] += 1
        try:
            act()
        except Exception:
            self.watch.note(traceback.format_exc())

    def _rest(self) -> None:
        """Take all pulls off the list; go on when they have ended."""
        again = 100
        controller = self.window.controller
        if not self._put_away(untouched=True):
            for run in tuple(controller.runs):
                controller.remove(run)
            if not controller.unfinished:
                self._rests.pop(0)
                self.watch.measure_at_rest()
                again = 0
        QTimer.singleShot(again, self._next)

    def _put_away(self, *, untouched: bool = False) -> bool:
        """Deal with what lies above the window, or only close it; return whether there was some."""
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            entries = [
                action
                for action in popup.actions()
                if action.isEnabled() and not action.menu() and not action.isSeparator()
            ]
            popup.close()
            if entries and not untouched and self._random.random() < 0.7:
                self._random.choice(entries).trigger()
            return True
        for widget in QApplication.topLevelWidgets():
            if not widget.isVisible():
                continue
            if isinstance(widget, QFileDialog):
                widget.reject()
                return True
            if isinstance(widget, QMessageBox):
                keep = widget.findChild(QPushButton, "keep_pulling")
                (keep.click if keep is not None else widget.reject)()
                return True
            if widget is not self.window and (untouched or self._random.random() < 0.15):
                widget.close()
                return True
        return False

    # What it does

    def _widget(self, kind: type[QWidget] = QWidget) -> QWidget | None:
        top = QApplication.activeModalWidget() or QApplication.activePopupWidget() or self.window
        found = [
            widget
            for widget in top.findChildren(kind)
            if widget.isVisible() and widget.isEnabled() and widget.width() > 2
        ]
        return self._random.choice(found) if found else None

    def _point(self, widget: QWidget) -> QPoint:
        return QPoint(
            self._random.randrange(widget.width()), self._random.randrange(max(1, widget.height()))
        )

    def click(self) -> None:
        widget = self._widget()
        if widget is None or not isValid(widget):  # what nobody holds may go at any time
            return
        button = self._random.choices(
            [Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton], [6, 1]
        )[0]
        if self._random.random() < 0.1:
            QTest.mouseDClick(widget, button, pos=self._point(widget))
        else:
            QTest.mouseClick(widget, button, pos=self._point(widget))

    def press(self) -> None:
        widget = QApplication.focusWidget() or self._widget()
        key = self._random.choice(KEYS)
        modifier = self._random.choices(
            [
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
                Qt.KeyboardModifier.ControlModifier,
            ],
            [8, 1, 2],
        )[0]
        if widget is not None:
            QTest.keyClick(widget, key, modifier)

    def slide(self) -> None:
        slider = self._widget(QAbstractSlider)
        if isinstance(slider, QAbstractSlider):
            slider.setValue(self._random.randint(slider.minimum(), slider.maximum()))

    def drag(self) -> None:
        widget = self._widget()
        if widget is None:
            return
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, pos=self._point(widget))
        for _ in range(4):
            QTest.mouseMove(widget, self._point(widget))
        QTest.mouseRelease(widget, left, pos=self._point(widget))

    def turn_the_wheel(self) -> None:
        widget = self._widget()
        if widget is None:
            return
        at = QPointF(self._point(widget))
        turn = QPoint(0, self._random.choice([-240, -120, 120, 240]))
        event = QWheelEvent(
            at,
            widget.mapToGlobal(at),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            self._random.choice(
                [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier]
            ),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def do_an_action(self) -> None:
        actions = [
            action for name, action in self.window.actions_by_id.items() if action.isEnabled()
        ]
        self._random.choice(actions).trigger()

    def choose(self) -> None:
        box = self._widget(QComboBox)
        if isinstance(box, QComboBox) and box.count():
            index = self._random.randrange(box.count())
            box.setCurrentIndex(index)
            box.activated.emit(index)

    def begin_a_pull(self) -> None:
        bad = ("Nope/UPPER", f"{self.lab.host}/team/none:1", "127.0.0.1:9/team/app:1", "")
        reference = self._random.choice([*self.lab.references, *self.lab.references, *bad])
        self._pulls += 1
        shutil.rmtree(HOME / "out" / str(self._pulls - 20), ignore_errors=True)
        self.window.bar.set_output(HOME / "out" / str(self._pulls))
        field = self.window.findChild(QLineEdit, "reference_field")
        if field is not None:
            field.setText(reference)
            QTest.keyClick(field, Qt.Key.Key_Return)

    def change_the_size(self) -> None:
        self.window.resize(self._random.randint(960, 1580), self._random.randint(640, 980))

    def change_the_registry(self) -> None:
        rate = self._random.choice([None, 200_000, MIB, 8 * MIB])
        shaping = Shaping(rate_per_connection=rate, latency=self._random.choice([0.0, 0.02, 0.2]))
        faults = replace(FaultPlan.of(*self._random.choice(FAULTS)), limit=40)
        self.lab.reshape(shaping=shaping, faults=faults)

    def hide_and_show(self) -> None:
        self.window.showMinimized()
        QTimer.singleShot(200, self.window.showNormal)

    def close_and_stay(self) -> None:
        snapshot = self.window.controller.snapshot
        asks = self.window.general.value.on_close is OnClose.ASK  # which a monkey may have changed
        if asks and self.window.controller.running and snapshot and not snapshot.state.ended:
            self.window.close()


async def game(app: QApplication, seconds: float, seed: int) -> int:
    """Play; return the exit status."""
    watch = Watch()
    sys.excepthook = watch.excepthook
    asyncio.get_running_loop().set_exception_handler(watch.from_loop)
    qInstallMessageHandler(watch.from_qt)
    logging.getLogger().addHandler(LogWatch(watch))
    beats, measures = QTimer(interval=20), QTimer(interval=1000)
    beats.timeout.connect(watch.beat)
    measures.timeout.connect(watch.measure)
    themes.apply(app, themes.Scheme.DARK)
    language.apply(app, "en")
    with LabProcess(LabConfig(images=IMAGES)) as lab:
        session = Session()
        layout = QSettings(str(HOME / "window.ini"), QSettings.Format.IniFormat)
        options = PullOptions(output=HOME / "out" / "0", stall_timeout=2.0)
        window = MainWindow(session, options, Settings(), Recents(HOME / "recents.json"), layout)
        left = False

        def leave(_: int) -> None:
            nonlocal left
            left = True

        window.left.connect(leave)
        window.actions_by_id["quit"].setEnabled(False)  # it would end the game
        window.show()
        watch.beat()
        beats.start()
        measures.start()
        monkey = Monkey(window, lab, seed, watch)
        monkey.play(seconds)
        await monkey.over
        if left:
            watch.note("the window was left, though nobody asked it to")
        await window.controller.finish(10)
        await window.demo.stop()
        beats.stop()
        watch.end()
        await session.close()
    growth = watch.growth()
    if growth > GROWTH:
        watch.note(f"memory grew by {growth / MIB:.0f} MiB")
    acts = ", ".join(f"{name} {count}" for name, count in sorted(monkey.done.items()))
    print(f"seed {seed}, {seconds:.0f} s: {sum(monkey.done.values())} acts ({acts})")
    print(
        f"longest wait of the event loop {watch.longest * 1000:.0f} ms; memory "
        f"{watch.memory[0] / MIB:.0f} to {watch.memory[-1] / MIB:.0f} MiB, "
        f"most {max(watch.memory) / MIB:.0f}; at rest "
        f"{', '.join(f'{rss / MIB:.0f}' for rss in watch.at_rest)}, growth {growth / MIB:+.0f}"
        if watch.memory
        else "too short to measure memory"
    )
    print(f"wrong: {len(watch.wrong)}")
    return bool(watch.wrong)


def main() -> int:
    """Play as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    faulthandler.enable()
    os.environ["HOME"] = str(HOME)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(HOME / name.lower())
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    try:
        status: int = qasync.run(game(app, arguments.seconds, arguments.seed))
    finally:
        shutil.rmtree(HOME, ignore_errors=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
