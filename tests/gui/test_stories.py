"""What users do in the window, with real pulls from the lab's registry."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from pullscope.engine.events import ChunkReturned, ChunkStarted, SettingsApplied
from pullscope.engine.model import KIB, MIB, PullState, Snapshot
from pullscope.gui import theme as themes
from pullscope.gui.compare_view import CompareView
from pullscope.gui.main_window import MainWindow
from pullscope.lab.config import FaultPlan, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess

StartLab = Callable[..., LabProcess]
Until = Callable[..., Awaitable[None]]
Tell = Callable[[Callable[[MainWindow], Coroutine[Any, Any, None]]], MainWindow]

IMAGE = SyntheticImage("team/app", "1", (12 * MIB, 6 * MIB, 3 * MIB, 1000))
SIZE = sum(IMAGE.layer_sizes)
SLOW = Shaping(rate_per_connection=MIB)


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
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)

    async def story(window: MainWindow) -> None:
        controller = window.controller
        before = controller.settings
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: controller.snapshot and last(window).received > 2 * MIB)
        slide(window, "parallelism", 16)
        await until(lambda: last(window).in_flight > 4)
        slide(window, "chunk_size", 18)
        await until(lambda: not controller.running)
        snapshot = last(window)
        assert snapshot.state is PullState.DONE
        assert snapshot.network == SIZE
        assert snapshot.settings == before.changed(parallelism=16, chunk_size=256 * KIB)
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

    tell(story)


def test_that_an_unknown_tag_is_told_and_retried_with_another(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,))

    async def story(window: MainWindow) -> None:
        type_reference(qtbot, window, f"{lab.host}/team/app:none")
        await until(lambda: not window.controller.running)
        error = window.findChild(QLabel, "error_asked")
        assert error is not None
        assert error.isVisible()
        assert "team/app" in error.text()
        retry = window.findChild(QPushButton, "retry_failed")
        assert retry is not None
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.FAILED
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.DONE

    tell(story)


def test_that_a_cancelled_pull_goes_on_where_it_was(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
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

    tell(story)


def test_that_a_paused_pull_waits_and_goes_on(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
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

    tell(story)


def test_that_retries_are_seen_and_the_trace_opens(
    tell: Tell,
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

    tell(story)


def test_that_closing_during_a_pull_keeps_its_parts(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
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

    tell(story)


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key in whichever widget has the keyboard."""
    modifier = Qt.KeyboardModifier.NoModifier
    for each in modifiers:
        modifier |= each
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def test_that_a_pull_needs_no_mouse(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)
    control = Qt.KeyboardModifier.ControlModifier

    async def story(window: MainWindow) -> None:
        before = window.controller.settings
        window.activateWindow()
        await until(window.isActiveWindow)
        press(qtbot, window, Qt.Key.Key_L, control)
        focus = window.focusWidget()
        assert focus is not None
        qtbot.keyClicks(focus, lab.references[0])
        press(qtbot, window, Qt.Key.Key_Return)
        await until(lambda: window.controller.snapshot and last(window).received > MIB)
        slider = window.findChild(QSlider, "parallelism")
        for _ in range(200):
            if window.focusWidget() is slider:
                break
            press(qtbot, window, Qt.Key.Key_Tab)
        assert window.focusWidget() is slider
        press(qtbot, window, Qt.Key.Key_Right)
        await until(lambda: last(window).settings.parallelism > before.parallelism)
        press(qtbot, window, Qt.Key.Key_P, control)
        await until(lambda: last(window).state is PullState.PAUSED)
        press(qtbot, window, Qt.Key.Key_P, control)
        await until(lambda: last(window).state is PullState.RUNNING)
        press(qtbot, window, Qt.Key.Key_2, control)
        await until(window.timeline.isVisible)
        press(qtbot, window, Qt.Key.Key_Period, control)
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.CANCELLED
        lab.reshape(shaping=Shaping())
        retry = window.findChild(QPushButton, "retry")
        for _ in range(200):
            if window.focusWidget() is retry:
                break
            press(qtbot, window, Qt.Key.Key_Tab)
        assert window.focusWidget() is retry
        press(qtbot, window, Qt.Key.Key_Space)
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.DONE

    tell(story)


def test_that_theme_and_language_are_switched_while_a_dropped_reference_is_pulled(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot
) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)

    async def story(window: MainWindow) -> None:
        data = QMimeData()
        data.setText(lab.references[0])
        window.dropEvent(
            QDropEvent(
                QPointF(300, 300),
                Qt.DropAction.CopyAction,
                data,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            )
        )
        press(qtbot, window, Qt.Key.Key_Return)
        await until(lambda: window.controller.snapshot and last(window).received > MIB)
        dark = themes.current().dark
        before = last(window).received
        trigger(window, "switch_theme")
        assert themes.current().dark is not dark
        trigger(window, "language_de")
        await until(lambda: last(window).received > before + MIB)
        cancel = window.findChild(QAction, "cancel")
        assert cancel is not None
        assert cancel.text() == "Abbrechen"
        trigger(window, "language_en")
        await until(lambda: cancel.text() == "Cancel")
        lab.reshape(shaping=Shaping())
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.DONE
        assert not any(
            isinstance(event, ChunkReturned) for event in window.controller.recorder.events
        )

    tell(story)


def test_that_a_trace_shows_what_was_seen_while_it_was_made(
    tell: Tell, start_lab_process: StartLab, until: Until, qtbot: QtBot, tmp_path: Path
) -> None:
    faults = FaultPlan.of("reset=0.3", limit=3)
    lab = start_lab_process(images=(IMAGE,), shaping=Shaping(latency=0.01), faults=faults)
    path = tmp_path / "pull.pullscope"

    def seen(window: MainWindow) -> dict[str, object]:
        snapshot, attempts = last(window), window.controller.attempts
        return {
            "bytes": (snapshot.total, snapshot.received, snapshot.reused, snapshot.hashed),
            "counts": (snapshot.retries, snapshot.hedges),
            "layers": [(layer.digest, layer.state, layer.attempts) for layer in snapshot.layers],
            "attempts": (len(attempts), attempts.connections, attempts.lanes),
            "map": window.chunk_map.accessible_summary,
            "retries": "retries" in window.headline.text(),
            "limit": window.controller.limits.whole.kind,
            "changes": len(window.controller.measurements.changes),
            "effects": window.controller.effects.newest_first,
            "events": len(window.controller.recorder.events),
            "samples": window.controller.measurements.count,
        }

    async def story(window: MainWindow) -> None:
        type_reference(qtbot, window, lab.references[0])
        await until(lambda: window.controller.running)
        window.tuning.choose_preset(window.tuning.settings.changed(parallelism=4))
        await until(lambda: not window.controller.running)
        assert last(window).state is PullState.DONE
        assert last(window).retries > 0
        live = seen(window)
        assert await window.export(path)

        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        copy = Qt.DropAction.CopyAction
        window.dropEvent(QDropEvent(QPointF(300, 300), copy, data, left, none))
        await until(lambda: len(window.controller.runs) == 2)
        assert window.controller.shown.trace == path
        assert seen(window) == live
        window.actions_by_id["show_events"].trigger()
        window.actions_by_id["show_timeline"].trigger()

        trigger(window, "compare")
        view = window.findChild(CompareView)
        assert view is not None
        await until(lambda: not view.busy)
        differing = [row for _, rows in view.table.groups() for row in rows if row.change]
        assert differing == []
        view.reject()

    tell(story)
