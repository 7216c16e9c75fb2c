"""What users do with several pulls, with real pulls from the lab's registry."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from pullscope.engine.model import MIB
from pullscope.gui.closing import ClosingQuestion
from pullscope.gui.main_window import MainWindow
from pullscope.gui.pull_list import default_path
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.lab.config import Shaping, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.session import Session

StartLab = Callable[..., LabProcess]
Until = Callable[..., Awaitable[None]]
Tell = Callable[[Callable[[MainWindow], Coroutine[Any, Any, None]]], MainWindow]

# Their layers differ, so that no pull waits for what another fetches.
IMAGES = tuple(
    SyntheticImage("team/app", str(n), (12 * MIB + n * 4096, 3 * MIB + n * 4096, 1000 + n))
    for n in range(1, 5)
)
SLOW = Shaping(rate_per_connection=MIB)


def trigger(window: MainWindow, name: str) -> None:
    action = window.actions_by_id[name]
    assert action.isEnabled(), name
    action.trigger()


def listed(window: MainWindow) -> list[str]:
    rows = window.findChild(QListWidget, "pull_list")
    assert isinstance(rows, QListWidget)
    return [rows.item(row).text() for row in range(rows.count())]


def click_row(qtbot: QtBot, window: MainWindow, row: int) -> QListWidget:
    rows = window.findChild(QListWidget, "pull_list")
    assert isinstance(rows, QListWidget)
    qtbot.mouseClick(
        rows.viewport(),
        Qt.MouseButton.LeftButton,
        pos=rows.visualItemRect(rows.item(row)).center(),
    )
    return rows


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ".ingest").glob("sha256-*") if path.suffix == "")


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = window.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def has(run: PullRun, received: int) -> bool:
    return run.snapshot is not None and run.received >= received


def test_that_two_run_at_once_and_each_is_seen_by_itself(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def story(window: MainWindow) -> None:
        controller = window.controller
        for reference in lab.references[:3]:
            assert window.pull(reference)
        first, second, third = controller.runs
        assert controller.shown is third
        assert "Waiting" in window.headline.text()
        assert [run.state for run in controller.runs] == [RunState.RUNNING] * 2 + [RunState.QUEUED]
        await until(lambda: has(first, MIB) and has(second, MIB))
        assert third.state is RunState.QUEUED
        click_row(qtbot, window, 0)
        assert controller.shown is first
        assert first.reference in window.windowTitle()
        await until(lambda: window.layer_table.model().rowCount() == 3)
        before = len(second.recorder.events)
        await until(lambda: has(first, 4 * MIB))
        assert len(second.recorder.events) > before  # also while another is shown
        click_row(qtbot, window, 1)
        assert window.controller.measurements is second.measurements
        times = second.measurements.column("at")
        assert len(times) > 5
        assert (times[1:] - times[:-1]).max() < 2.0  # nothing was missed meanwhile
        lab.reshape(shaping=Shaping())
        await until(lambda: third.state is RunState.DONE)
        await until(lambda: all(run.state is RunState.DONE for run in controller.runs))
        click_row(qtbot, window, 0)
        assert "Done" in window.headline.text()
        window.grab()

    tell(story)


def test_that_more_at_once_begin_when_asked_for(
    tell: Tell, start_lab_process: StartLab, until: Until
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def story(window: MainWindow) -> None:
        for reference in lab.references:
            window.pull(reference)
        box = window.findChild(QSpinBox, "at_once")
        assert isinstance(box, QSpinBox)
        box.setValue(3)
        states = [run.state for run in window.controller.runs]
        assert states == [RunState.RUNNING] * 3 + [RunState.QUEUED]
        trigger(window, "retry_pull")  # the last one is shown, and will not wait
        assert window.controller.runs[3].state is RunState.RUNNING
        await until(lambda: all(has(run, 1) for run in window.controller.runs))
        trigger(window, "pause_all")
        assert {run.state for run in window.controller.runs} == {RunState.PAUSED}
        trigger(window, "resume_all")
        lab.reshape(shaping=Shaping())
        await until(lambda: all(run.state is RunState.DONE for run in window.controller.runs))

    tell(story)


def test_that_one_is_cancelled_and_goes_on_where_it_was_while_another_runs(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def story(window: MainWindow) -> None:
        for reference in lab.references[:2]:
            window.pull(reference)
        first, second = window.controller.runs
        await until(lambda: has(first, 3 * MIB))
        click_row(qtbot, window, 0)
        trigger(window, "cancel")
        await until(lambda: first not in window.controller.unfinished)
        assert first.state is RunState.CANCELLED
        assert second.state is RunState.RUNNING
        rows = click_row(qtbot, window, 0)
        qtbot.keyClick(rows, Qt.Key.Key_Return)
        await until(lambda: first.state is RunState.RUNNING)
        lab.reshape(shaping=Shaping())
        await until(lambda: first.state is RunState.DONE and second.state is RunState.DONE)
        assert first.snapshot is not None
        assert first.snapshot.reused > 2 * MIB
        assert first.snapshot.reused + first.snapshot.network == sum(IMAGES[0].layer_sizes)

    tell(story)


def test_that_the_order_is_changed_and_pulls_are_removed_with_the_keyboard(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def story(window: MainWindow) -> None:
        controller = window.controller
        for reference in lab.references:
            window.pull(reference)
        a, b, c, d = listed(window)
        rows = click_row(qtbot, window, 3)
        qtbot.keyClick(rows, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
        assert listed(window) == [a, b, d, c]
        qtbot.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClick(rows, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: has(controller.runs[0], MIB))
        removed = controller.runs[0]
        click_row(qtbot, window, 0)
        qtbot.keyClick(rows, Qt.Key.Key_Space)
        await until(lambda: removed.state is RunState.PAUSED)
        assert controller.runs[2].state is RunState.RUNNING  # it has the place of the paused one
        qtbot.keyClick(rows, Qt.Key.Key_Delete)
        assert listed(window) == [b, d, c]
        await until(lambda: removed.state is RunState.CANCELLED)
        assert controller.shown is controller.runs[0]

    tell(story)


def test_that_a_removed_pull_leaves_no_parts_when_they_are_to_be_deleted(
    tell: Tell, start_lab_process: StartLab, until: Until, tmp_path: Path
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def story(window: MainWindow) -> None:
        window.pull(lab.references[0])
        await until(lambda: has(window.controller.runs[0], MIB))
        assert parts(tmp_path / "out")
        trigger(window, "discard_pull")
        await until(lambda: listed(window) == [])
        await until(lambda: not parts(tmp_path / "out"))

    tell(story)


def test_that_a_restart_brings_the_list_back_and_pulls_go_on_where_they_were(
    tell: Tell,
    start_lab_process: StartLab,
    until: Until,
    qtbot: QtBot,
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def before(window: MainWindow) -> None:
        for reference in lab.references:
            window.pull(reference)
        first, second, *_ = window.controller.runs
        await until(lambda: has(first, 3 * MIB) and has(second, 3 * MIB))
        window.controller.set_at_once(1)
        window.controller.pause(second)
        window.close()
        press(qtbot, window, "stop_and_close")

    tell(before)

    async def after(window: MainWindow) -> None:
        runs = window.controller.runs
        assert [run.reference for run in runs] == lab.references
        states = [RunState.INTERRUPTED, RunState.PAUSED, RunState.HELD, RunState.HELD]
        assert [run.state for run in runs] == states
        assert window.controller.unfinished == []  # none began by itself
        assert "interrupted at" in window.pulls.state_text(runs[0])
        assert "paused at" in window.pulls.state_text(runs[1])
        click_row(qtbot, window, 0)
        assert "Interrupted" in window.headline.text()
        lab.reshape(shaping=Shaping())
        trigger(window, "retry_pull")
        await until(lambda: runs[0].state is RunState.DONE)
        assert [run.state for run in runs[1:]] == states[1:]  # the end of one begins no other
        trigger(window, "resume_all")
        await until(lambda: all(run.state is RunState.DONE for run in runs))
        for run in runs[:2]:
            assert run.snapshot is not None
            assert run.snapshot.reused > 2 * MIB

    tell(after)

    async def at_last(window: MainWindow) -> None:
        assert {run.state for run in window.controller.runs} == {RunState.DONE}
        assert window.pulls.state_text(window.controller.runs[0]).startswith("done")

    tell(at_last)


def test_that_the_list_is_on_disk_while_pulls_run(
    tell: Tell, start_lab_process: StartLab, until: Until
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def story(window: MainWindow) -> None:
        window.pull(lab.references[0])
        document = json.loads(default_path().read_text())
        (entry,) = document["pulls"]
        assert entry["state"] == "interrupted"  # what it is if the program is killed
        window.controller.cancel()
        await until(lambda: window.controller.runs[0].state is RunState.CANCELLED)
        (entry,) = json.loads(default_path().read_text())["pulls"]
        assert entry["state"] == "cancelled"

    tell(story)


@pytest.mark.parametrize("text", ["{", '{"version": 9}', '{"version": 1, "pulls": [1]}'])
def test_that_a_damaged_list_is_told_and_does_not_keep_the_window_from_opening(
    tell: Tell, text: str
) -> None:
    default_path().parent.mkdir(parents=True)
    default_path().write_text(text)

    async def story(window: MainWindow) -> None:
        assert listed(window) == []
        words = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
        assert any("not known" in text and "pulls.json" in text for text in words)
        assert default_path().with_name("pulls.json.damaged").read_text() == text

    tell(story)


@pytest.mark.parametrize("answer", ["keep_pulling", "stop_and_close", "discard_and_close"])
def test_that_closing_during_two_pulls_asks_what_becomes_of_them(
    tell: Tell,
    start_lab_process: StartLab,
    until: Until,
    qtbot: QtBot,
    tmp_path: Path,
    answer: str,
) -> None:
    lab = start_lab_process(images=IMAGES, shaping=SLOW)

    async def story(window: MainWindow) -> None:
        left: list[int] = []
        window.left.connect(left.append)
        for reference in lab.references[:3]:
            window.pull(reference)
        first, second, third = window.controller.runs
        await until(lambda: has(first, 2 * MIB) and has(second, 2 * MIB))
        window.close()
        box = window.findChild(ClosingQuestion, "closing")
        assert isinstance(box, ClosingQuestion)
        assert "2 pulls" in box.text()
        press(qtbot, window, answer)
        await asyncio.sleep(0)
        if answer == "keep_pulling":
            assert (left, window.isVisible()) == ([], True)
            assert window.controller.unfinished == [first, second]
            return
        assert (left, window.isVisible()) == ([0], False)
        await window.controller.finish(10)
        assert [first.state, second.state] == [RunState.CANCELLED] * 2
        assert third.state is RunState.QUEUED
        kept = parts(tmp_path / "out")
        entries = json.loads(default_path().read_text())["pulls"]
        if answer == "stop_and_close":
            assert kept
            states = [entry["state"] for entry in entries]
            assert states == ["interrupted", "interrupted", "queued"]
        else:
            assert kept == []
            assert [entry["reference"] for entry in entries] == [third.reference]

    tell(story)


def test_that_the_list_gives_way_in_a_narrow_window(new_window: Any, qapp: QApplication) -> None:
    window = new_window(Session())
    window.resize(1300, 800)
    qapp.processEvents()
    assert window.pulls.isVisible()
    width = window.pulls.width()
    window.resize(1024, 700)
    qapp.processEvents()
    assert not window.pulls.isVisible()
    window.resize(1300, 800)
    qapp.processEvents()
    assert window.pulls.width() == width  # it comes back as it was
    window.resize(1024, 700)
    qapp.processEvents()
    trigger(window, "show_pulls")
    qapp.processEvents()
    assert window.pulls.isVisible()
    assert (window.width(), window.height()) == (1024, 700)  # there is room for it all the same
    trigger(window, "show_pulls")
    window.resize(1300, 800)
    qapp.processEvents()
    assert not window.pulls.isVisible()  # it was hidden by the user
    trigger(window, "reset_layout")
    qapp.processEvents()
    assert window.pulls.isVisible()
