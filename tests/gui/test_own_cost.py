"""What the window itself costs: shown, recorded with the pull, and nothing while nobody looks."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from pullscope.engine.events import WindowDrew
from pullscope.engine.model import MIB
from pullscope.gui.main_window import MainWindow
from pullscope.trace.file import read_trace
from pullscope.trace.own_cost import own_cost

RunAsync = Callable[..., Any]
Until = Callable[..., Awaitable[None]]
REFERENCE = "registry.example/team/app:1"


@pytest.fixture
def window(new_window: Any, session: Any) -> MainWindow:
    window: MainWindow = new_window(session)
    return window


def running_timers(window: MainWindow) -> list[QTimer]:
    return [timer for timer in window.findChildren(QTimer) if timer.isActive()]


def drawn(window: MainWindow) -> list[WindowDrew]:
    return [event for event in window.controller.recorder.events if isinstance(event, WindowDrew)]


@pytest.mark.parametrize("away", ["hide", "showMinimized"])
def test_that_no_timer_runs_while_nobody_looks(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, away: str
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await until(lambda: drawn(window))
        assert running_timers(window)
        getattr(window, away)()
        await until(lambda: not running_timers(window))
        before = len(drawn(window))
        for _ in range(5):
            session.pull.advance(1, MIB)
            await asyncio.sleep(0.05)
        assert running_timers(window) == []
        assert len(drawn(window)) == before
        window.showNormal()
        session.pull.advance(1, MIB)
        await until(lambda: len(drawn(window)) > before)
        session.pull.finish()
        await until(lambda: not window.controller.running)
        await until(lambda: not running_timers(window))

    run_async(story())


def test_that_a_minimised_window_that_is_shown_as_an_icon_is_not_drawn(
    window: MainWindow, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await until(lambda: drawn(window))
        window.showMinimized()
        await until(lambda: window.isMinimized() and not running_timers(window))
        QApplication.sendEvent(window, QShowEvent())
        assert running_timers(window) == []
        await window.controller.finish(5)

    run_async(story())


def test_that_a_trace_tells_what_the_window_cost(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, tmp_path: Path
) -> None:
    path = tmp_path / "pull.jsonl"

    async def story() -> None:
        window.pull(REFERENCE)
        for _ in range(3):
            session.pull.advance(0.1, MIB)
            frames = len(drawn(window))
            await until(lambda: len(drawn(window)) > frames)  # noqa: B023
        session.pull.finish()
        await until(lambda: not window.controller.running)
        await window.export(path)

    run_async(story())
    cost = own_cost(read_trace(path))
    assert cost.frames >= 3
    assert 0.0 < cost.frame_mean <= cost.frame_p99 <= cost.frame_max


def test_that_frames_are_not_kept_for_a_pull_that_has_ended(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await until(lambda: drawn(window))
        session.pull.finish()
        await until(lambda: not window.controller.running)
        before, kept = len(drawn(window)), len(window.controller._drawn)
        for _ in range(5):
            window.update()
            await asyncio.sleep(0.02)
        assert len(drawn(window)) == before
        assert len(window.controller._drawn) == kept

    run_async(story())


def test_that_the_status_bar_tells_frame_time_and_loop_lag(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        session.pull.advance(1, MIB)
        label = window.findChild(QLabel, "cost")
        await until(lambda: "frame" in label.text() and "loop lag" in label.text())
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_a_long_frame_is_told_and_is_not_told_for_ever(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    class Slow(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
            time.sleep(0.3)

    slow = Slow(window)
    label = window.findChild(QLabel, "cost")

    def frame_ms() -> int:
        session.pull.advance(0.1, 1)
        told = re.search(r"frame (\d+) ms", label.text())
        return int(told[1]) if told else 0

    async def story() -> None:
        window.pull(REFERENCE)
        slow.show()
        await until(lambda: frame_ms() >= 300)
        slow.hide()
        await until(lambda: 0 < frame_ms() < 300)
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(story())


@pytest.mark.parametrize(("in_flight", "most"), [(0, 0), (2, 4)])
def test_that_a_pull_in_which_nothing_happens_is_hardly_drawn(
    window: MainWindow,
    session: Any,
    run_async: RunAsync,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    in_flight: int,
    most: int,
) -> None:
    """Ten times a second where chunks in flight grow older, not at all where there are none."""

    async def story() -> None:
        window.pull(REFERENCE)
        take = session.pull.snapshot
        monkeypatch.setattr(session.pull, "snapshot", lambda: replace(take(), in_flight=in_flight))
        session.pull.advance(1, MIB)
        frames: list[object] = []
        samples: list[object] = []
        await until(lambda: window.controller.snapshot.received == MIB)
        window.controller.frame.connect(frames.append)
        window.controller.sampled.connect(samples.append)
        await until(lambda: len(samples) >= 4)
        assert len(frames) <= most
        session.pull.advance(1, MIB)
        await until(lambda: frames)
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(story())
