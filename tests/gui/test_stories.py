"""What users do in the window, with real pulls from the lab's registry."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from pullscope.engine.events import ChunkStarted, SettingsApplied
from pullscope.engine.model import KIB, MIB, PullState, Settings, Snapshot
from pullscope.gui.main_window import MainWindow
from pullscope.lab.config import FaultPlan, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.session import Session

StartLab = Callable[..., LabProcess]
Until = Callable[..., Awaitable[None]]
Story = Callable[[MainWindow], Coroutine[Any, Any, None]]

IMAGE = SyntheticImage("team/app", "1", (12 * MIB, 6 * MIB, 3 * MIB, 1000))
SIZE = sum(IMAGE.layer_sizes)
SLOW = Shaping(rate_per_connection=MIB)
SETTINGS = Settings(layers=2, parallelism=2, connections=64, chunk_size=MIB)


def tell(
    run_async: Callable[..., Any], new_window: Callable[..., MainWindow], story: Story
) -> None:
    """Run a story in a window of its own, and end both in order."""

    async def whole() -> None:
        session = Session()
        window = new_window(session, settings=SETTINGS)
        try:
            await story(window)
        finally:
            await window.controller.finish(10)
            await session.close()

    run_async(whole())


def type_reference(qtbot: QtBot, window: MainWindow, reference: str) -> None:
    field = window.findChild(QLineEdit, "reference_field")
    assert field is not None
    field.selectAll()
    qtbot.keyClicks(field, reference)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def trigger(window: MainWindow, name: str) -> None:
    action = window.findChild(QAction, name)
    assert isinstance(action, QAction)
    action.trigger()


def slide(window: MainWindow, name: str, value: int) -> None:
    slider = window.findChild(QSlider, name)
    assert isinstance(slider, QSlider)
    slider.setValue(value)


def last(window: MainWindow) -> Snapshot:
    snapshot = window.controller.snapshot
    assert snapshot is not None
    return snapshot


def test_that_a_pull_is_tuned_while_it_runs(
    run_async: Any, new_window: Any, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)

    async def story(window: MainWindow) -> None:
        controller = window.controller
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: controller.snapshot and last(window).received > 2 * MIB)
        slide(window, "parallelism", 16)
        await until(lambda: last(window).in_flight > 4)
        slide(window, "chunk_size", 18)
        await until(lambda: not controller.running)
        snapshot = last(window)
        assert snapshot.state is PullState.DONE
        assert snapshot.network == SIZE
        assert snapshot.settings == SETTINGS.changed(parallelism=16, chunk_size=256 * KIB)
        events = controller.recorder.events
        changed = [event.at for event in events if isinstance(event, SettingsApplied)]
        assert len(changed) == 2
        chunks = [event for event in events if isinstance(event, ChunkStarted)]
        assert all(chunk.length <= 256 * KIB for chunk in chunks if chunk.at > changed[1])
        assert "Done" in window.headline.text()
        states = [
            window.layer_table.model().index(row, 2).data()
            for row in range(window.layer_table.model().rowCount())
        ]
        assert states == ["done"] * 4
        window.grab()

    tell(run_async, new_window, story)


def test_that_an_unknown_tag_is_told_and_retried_with_another(
    run_async: Any, new_window: Any, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,))

    async def story(window: MainWindow) -> None:
        type_reference(qtbot, window, f"{lab.host}/team/app:none")
        await until(lambda: not window.controller.running)
        error = window.findChild(QLabel, "error")
        assert error is not None
        assert error.isVisible()
        assert "team/app" in error.text()
        retry = window.findChild(QPushButton, "retry")
        assert retry is not None
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.FAILED
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.DONE

    tell(run_async, new_window, story)


def test_that_a_cancelled_pull_goes_on_where_it_was(
    run_async: Any, new_window: Any, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)

    async def story(window: MainWindow) -> None:
        controller = window.controller
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: controller.snapshot and last(window).received > 3 * MIB)
        trigger(window, "cancel")
        await until(lambda: not controller.running)
        first = last(window)
        assert first.state is PullState.CANCELLED
        assert "are kept" in window.headline.text()
        lab.reshape(shaping=Shaping())
        retry = window.findChild(QPushButton, "retry")
        assert retry is not None
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
        await until(lambda: not controller.running)
        second = last(window)
        assert second.state is PullState.DONE
        assert second.reused > 2 * MIB
        assert second.reused + second.network == SIZE

    tell(run_async, new_window, story)


def test_that_a_paused_pull_waits_and_goes_on(
    run_async: Any, new_window: Any, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)

    async def story(window: MainWindow) -> None:
        controller = window.controller
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: controller.snapshot and last(window).received > MIB)
        trigger(window, "pause")
        await until(lambda: last(window).in_flight == 0)
        assert last(window).state is PullState.PAUSED
        slide(window, "parallelism", 32)
        lab.reshape(shaping=Shaping())
        trigger(window, "pause")
        await until(lambda: not controller.running)
        assert last(window).state is PullState.DONE
        assert last(window).network + last(window).reused == SIZE

    tell(run_async, new_window, story)


def test_that_retries_are_seen_and_the_trace_opens(
    run_async: Any,
    new_window: Any,
    start_lab_process: StartLab,
    until: Until,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    lab = start_lab_process(images=(IMAGE,), faults=FaultPlan.of("reset=1", limit=3))

    async def story(window: MainWindow) -> None:
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.DONE
        assert last(window).retries >= 1
        for ending in (".json", ".jsonl", ".csv"):
            target = tmp_path / f"trace{ending}"
            trigger(window, "export_trace")
            dialog = window.findChild(QFileDialog, "export_trace_dialog")
            assert dialog is not None
            dialog.fileSelected.emit(str(target))
            dialog.setObjectName("")
            dialog.close()
            await until(target.is_file)
        assert json.loads((tmp_path / "trace.json").read_text())

    tell(run_async, new_window, story)


def test_that_closing_during_a_pull_keeps_its_parts(
    run_async: Any, new_window: Any, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)

    async def story(window: MainWindow) -> None:
        left: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        window.left.connect(left.set_result)
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: window.controller.snapshot and last(window).received > MIB)
        window.close()
        stop = window.findChild(QPushButton, "stop_and_close")
        assert stop is not None
        qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
        assert await left == 0
        await window.controller.finish(10)
        assert last(window).state is PullState.CANCELLED
        assert last(window).written > 0

    tell(run_async, new_window, story)
