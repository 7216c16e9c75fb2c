"""Stories with a pull that does what the test says."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMargins, QMimeData, QPointF, QSize, Qt
from PySide6.QtGui import QAccessible, QAction, QDropEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSlider,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pullscope.engine.model import MIB, PullState, Settings
from pullscope.gui.main_window import MainWindow, Notice
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.recents import Recents
from pullscope.trace.export import FORMATS
from pullscope.trace.recording import Recordings
from pullscope.tuning.profiles import SettingsFile, default_path

REFERENCE = "127.0.0.1:5000/team/app:1"
Until = Callable[..., Awaitable[None]]
RunAsync = Callable[..., Any]


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def slider(window: MainWindow, name: str) -> QSlider:
    found = window.findChild(QSlider, name)
    assert isinstance(found, QSlider)
    return found


def visible_words(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_that_what_scripts_rely_on_is_there(window: MainWindow) -> None:
    for name in ("layers", "parallelism", "connections", "chunk_size"):
        assert window.findChild(QSlider, name) is not None
    for name in ("layer_table", "chunk_map", "timeline", "throughput"):
        assert window.findChild(QWidget, name) is not None
    for name in ("pull", "pause", "cancel", "export_trace"):
        assert window.findChild(QAction, name) is not None


def test_that_a_typed_reference_is_pulled_with_enter(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, qtbot: QtBot
) -> None:
    async def story() -> None:
        field = window.findChild(QLineEdit, "reference_field")
        assert field is not None
        qtbot.keyClicks(field, REFERENCE)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert session.pull.reference == REFERENCE
        await until(lambda: window.layer_table.model().rowCount() == 3)
        assert action(window, "cancel").isEnabled()
        session.pull.advance(3, 40 * MIB)
        await until(lambda: "of 100 MiB" in window.headline.text())
        session.pull.finish()
        await until(lambda: not window.controller.running)
        assert "Done" in window.headline.text()
        assert "network time" in window.headline.text()
        assert action(window, "pull").isEnabled()

    run_async(story())


def test_that_sliders_reach_the_pull_while_it_runs(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await until(lambda: window.layer_table.model().rowCount() == 3)
        session.pull.advance(4, 8 * MIB)
        for value in (9, 12, 16):
            slider(window, "parallelism").setValue(value)
        slider(window, "chunk_size").setValue(22)
        assert session.pull.applied == []
        await until(lambda: session.pull.applied)
        wanted = Settings(parallelism=16, chunk_size=4 * MIB)
        assert session.pull.applied == [wanted]  # one for the whole turn of the loop
        session.pull.advance(4, 60 * MIB)
        await until(lambda: "+" in visible_words(window.tuning))
        assert "parallelism 8 → 16, chunk 16 → 4 MiB" in visible_words(window.tuning)
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_settings_made_before_the_pull_are_its_settings(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        slider(window, "connections").setValue(50)
        window.pull(REFERENCE)
        assert session.pull.settings == Settings(connections=50)
        window.controller.cancel()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_pause_becomes_resume_and_back(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await until(lambda: window.layer_table.model().rowCount() == 3)
        session.pull.advance(1, MIB)
        pause = action(window, "pause")
        pause.trigger()
        assert pause.text() == "Resume"
        await until(lambda: "Paused" in window.headline.text() or window.isHidden())
        pause.trigger()
        assert pause.text() == "Pause"
        assert session.pull.snapshot().state is PullState.RUNNING
        action(window, "cancel").trigger()
        await until(lambda: not window.controller.running)
        assert "1 MiB of 100 MiB are kept" in window.headline.text()

    run_async(story())


def test_that_an_error_is_shown_in_words_can_be_copied_and_retried(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, qtbot: QtBot
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        words = "GET https://registry/v2/team/app/manifests/1: no such tag"
        session.pull.fail(words)
        await until(lambda: not window.controller.running)
        assert words in window.error_panel.text()
        button = window.findChild(QPushButton, "copy_diagnostics")
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert f"error: {words}" in QGuiApplication.clipboard().text()
        retry = window.findChild(QPushButton, "retry")
        assert retry is not None
        qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
        assert len(session.pulls) == 2
        assert session.pull.options == session.pulls[0].options
        await asyncio.sleep(0)
        session.pull.finish()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_an_error_nobody_expected_ends_the_pull_in_words(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        session.pull.crash(ZeroDivisionError("odd"))
        await until(lambda: not window.controller.running)
        assert "ZeroDivisionError: odd" in window.error_panel.text()
        assert action(window, "pull").isEnabled()

    run_async(story())


def test_that_a_reference_that_is_none_is_refused_in_words(
    window: MainWindow, run_async: RunAsync, recents: Recents
) -> None:
    async def story() -> None:
        assert not window.pull("UPPER")
        assert "upper-case" in window.headline.text()
        assert not window.controller.running

    run_async(story())
    assert recents.references == ()


def test_that_a_long_error_leaves_the_other_views_their_place(
    window: MainWindow, run_async: RunAsync
) -> None:
    async def story() -> None:
        window.resize(1024, 700)
        window.pull("UPPER" * 40)
        window.headline.begin(PullRun("x", state=RunState.RUNNING))
        QApplication.processEvents()
        assert window.headline.height() < 100

    run_async(story())


def test_that_nothing_overlaps_or_is_cut_in_the_smallest_window(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.resize(1024, 700)
        window.pull(REFERENCE)
        await until(lambda: window.layer_table.model().rowCount() == 3)
        await asyncio.sleep(0.1)
        frame = window.rect()
        for name in ("layer_table", "chunk_map", "throughput", "tuning", "headline"):
            view = window.findChild(QWidget, name)
            assert view is not None
            corner = view.mapTo(window, view.rect().bottomRight())
            assert frame.contains(corner), name
            assert view.height() >= min(100, view.sizeHint().height()), name
        for button in window.bar.findChildren(QPushButton):
            assert button.width() >= button.minimumSizeHint().width()
        window.controller.cancel()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_closing_during_a_pull_asks_and_can_be_declined(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, qtbot: QtBot
) -> None:
    async def story() -> None:
        left: list[int] = []
        window.left.connect(left.append)
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        window.close()
        box = window.findChild(QMessageBox, "closing")
        assert box is not None
        assert "is kept" in box.informativeText()
        window.close()  # asks once
        assert len(window.findChildren(QMessageBox, "closing")) == 1
        keep = box.findChild(QPushButton, "keep_pulling")
        assert keep is not None
        qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
        await asyncio.sleep(0)
        assert window.isVisible()
        assert left == []
        assert window.controller.running
        window.controller.cancel()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_closing_during_a_pull_ends_it_in_order(
    window: MainWindow, session: Any, run_async: RunAsync, qtbot: QtBot
) -> None:
    async def story() -> None:
        left: list[int] = []
        window.left.connect(left.append)
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        window.close()
        stop = window.findChild(QPushButton, "stop_and_close")
        assert stop is not None
        qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
        assert left == [0]
        assert not window.isVisible()
        await window.controller.finish(5)
        assert not window.controller.running
        assert session.pull.snapshot().state is PullState.CANCELLED

    run_async(story())


def test_that_the_question_goes_when_the_pull_ends_meanwhile(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        window.close()
        session.pull.finish()
        await until(lambda: not window.controller.running)
        await asyncio.sleep(0)
        box = window.findChild(QMessageBox, "closing")
        assert box is None or not box.isVisible()
        assert window.isVisible()

    run_async(story())


def test_that_closing_without_a_pull_does_not_ask(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.left) as signal:
        window.close()
    assert signal.args == [0]
    assert window.findChild(QMessageBox, "closing") is None


def test_that_a_pull_that_does_not_end_is_given_up_on(
    window: MainWindow, session: Any, run_async: RunAsync
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        session.pull.cancel_takes_long = True
        await window.controller.finish(0.05)
        assert not window.controller.running

    run_async(story())


def test_that_recents_are_offered_newest_first_without_credentials(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        for reference in ("alpine:3", "user:secret@ghcr.io/team/app:1"):
            window.pull(reference)
            await asyncio.sleep(0)
            session.pull.finish()
            await until(lambda: not window.controller.running)

    run_async(story())
    box = window.findChild(QComboBox, "reference")
    assert box is not None
    offered = [box.itemText(row) for row in range(box.count())]
    assert offered == ["ghcr.io/team/app:1", "alpine:3"]


def test_that_the_trace_is_exported_to_the_chosen_file(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, tmp_path: Path
) -> None:
    target = tmp_path / "app.json"

    async def story() -> None:
        assert not action(window, "export_trace").isEnabled()
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        session.pull.advance(1, MIB)
        session.pull.finish()
        await until(lambda: not window.controller.running)
        action(window, "export_trace").trigger()
        dialog = window.findChild(QFileDialog, "export_trace_dialog")
        assert dialog is not None
        assert dialog.selectedFiles()[0].endswith("app-1.json")
        for extension in FORMATS:
            (words,) = [one for one in dialog.nameFilters() if one.endswith(f"(*{extension})")]
            dialog.selectNameFilter(words)
            dialog.filterSelected.emit(words)
            assert dialog.defaultSuffix() == extension[1:]
        dialog.fileSelected.emit(str(target))
        dialog.close()
        await until(lambda: "Trace saved" in visible_words(window.statusBar()))

    run_async(story())
    assert json.loads(target.read_text())


def test_that_a_trace_is_exported_without_names(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, tmp_path: Path
) -> None:
    target = tmp_path / "pull.jsonl"

    async def story() -> None:
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        session.pull.finish()
        await until(lambda: not window.controller.running)
        action(window, "export_redacted").trigger()
        dialog = window.findChild(QFileDialog, "export_trace_dialog")
        assert dialog is not None
        assert dialog.windowTitle() == "Export trace without names"
        assert dialog.selectedFiles()[0].endswith("/pull.json")
        dialog.fileSelected.emit(str(target))
        dialog.close()
        await until(lambda: "Trace saved" in visible_words(window.statusBar()))

    run_async(story())
    assert '"reference": "host-1.example/repository-1:1"' in target.read_text()
    assert "team/app" not in target.read_text()


def test_that_what_could_not_be_recorded_is_told(
    window: MainWindow, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        recording = Recordings().begin(REFERENCE)
        recording.otlp_failure = "3 spans did not reach http://otel.example: HTTP 401"
        window.controller.unrecorded.emit(recording)
        await until(lambda: "OpenTelemetry: 3 spans did not reach" in visible_words(window))

    run_async(story())


def test_that_a_trace_that_cannot_be_saved_is_told(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, tmp_path: Path
) -> None:
    async def story() -> None:
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        assert not await window.export(tmp_path / "nowhere" / "app.json")
        assert "not saved" in visible_words(window)
        window.controller.cancel()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_nothing_is_drawn_while_nobody_looks(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        drawn: list[object] = []
        window.controller.frame.connect(drawn.append)
        window.pull(REFERENCE)
        await until(lambda: window.layer_table.model().rowCount() == 3)
        window.hide()
        drawn.clear()
        session.pull.advance(1, MIB)
        await asyncio.sleep(0.15)
        assert drawn == []
        window.show()
        assert len(drawn) == 1
        session.pull.finish()
        await until(lambda: not window.controller.running)
        drawn.clear()
        await asyncio.sleep(0.15)
        assert drawn == []

    run_async(story())


def test_that_the_theme_is_switched_and_kept(window: MainWindow) -> None:
    file = SettingsFile(default_path())
    action(window, "switch_theme").trigger()
    assert file.read_general().theme == "light"
    assert action(window, "scheme_light").isChecked()
    action(window, "switch_theme").trigger()
    assert file.read_general().theme == "dark"


def test_that_the_first_window_fits_on_the_screen(
    new_window: Any, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.gui.main_window._DEFAULT_SIZE", QSize(20_000, 10_000))
    window = new_window(session)
    room = window.screen().availableSize().expandedTo(window.minimumSize())
    assert window.size().boundedTo(room) == window.size()


def test_that_the_layout_is_kept(window: MainWindow, new_window: Any, session: Any) -> None:
    size = window.minimumSize().grownBy(QMargins(0, 0, 9, 9))
    window.resize(size)
    action(window, "show_timeline").trigger()
    action(window, "show_memory").trigger()
    action(window, "show_tuning").trigger()
    window.leave(0)
    again = new_window(session)
    assert again.tuning.isHidden()
    assert not again.plots.memory.isHidden()
    assert not again.plots.throughput.isHidden()
    action(again, "reset_layout").trigger()
    assert not again.tuning.isHidden()
    assert again.plots.memory.isHidden()
    action(again, "show_timeline").trigger()
    if again.screen().availableSize().width() > size.width():  # Qt never exceeds the screen
        assert again.size() == size
    views = again.findChild(QTabWidget, "views")
    assert views is not None
    assert views.currentWidget() is again.timeline


def test_that_options_reach_the_pull(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until, tmp_path: Path
) -> None:
    async def story() -> None:
        window.bar.platform.setCurrentText("linux/arm64")
        window.bar.set_output(tmp_path / "elsewhere")
        action(window, "tls_verify").trigger()
        action(window, "plain_http").trigger()
        window.bar.set_reference("alpine")
        action(window, "pull").trigger()
        options = session.pull.options
        assert (options.platform, options.output) == ("linux/arm64", tmp_path / "elsewhere")
        assert (options.tls_verify, options.plain_http) == (False, True)
        window.controller.cancel()
        await until(lambda: not window.controller.running)

    run_async(story())


def test_that_a_dropped_reference_lands_in_the_field(window: MainWindow) -> None:
    data = QMimeData()
    data.setText(" ghcr.io/team/app:1\n")
    window.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    assert window.bar.text == "ghcr.io/team/app:1"


def test_that_a_notice_stands_until_the_next_pull(window: MainWindow) -> None:
    notice = window.findChild(QLabel, "notice")
    assert notice is not None
    assert not notice.isVisible()
    window.show_notice(Notice(say=lambda: "A demo.", tuning=True))
    assert notice.text() == "A demo. Drag the sliders on the right and watch what happens."
    assert notice.isVisible()


def test_that_everything_that_takes_the_keyboard_has_a_name(window: MainWindow) -> None:
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and isinstance(widget, QAbstractButton | QAbstractSpinBox | QComboBox | QSlider | QLineEdit)
        and not _accessible_name(widget)
        and not isinstance(widget.parent(), QAbstractSpinBox)
    ]
    assert nameless == []


def _accessible_name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing there")
def test_that_ctrl_c_leaves_without_asking(
    window: MainWindow, session: Any, run_async: RunAsync
) -> None:
    from pullscope.gui.application import _signals_leave

    async def story() -> None:
        loop = asyncio.get_running_loop()
        left: asyncio.Future[int] = loop.create_future()
        window.left.connect(left.set_result)
        window.pull(REFERENCE)
        await asyncio.sleep(0)
        with _signals_leave(loop, window):
            os.kill(os.getpid(), signal.SIGINT)
            async with asyncio.timeout(10):
                assert await left == 130
        assert window.findChild(QMessageBox, "closing") is None
        await window.controller.finish(5)

    run_async(story())


def test_that_what_nobody_caught_is_shown_without_standing_in_the_way(
    window: MainWindow, run_async: RunAsync, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    import sys

    from pullscope.gui.application import _errors_shown

    async def story() -> None:
        loop = asyncio.get_running_loop()
        with _errors_shown(loop, window):
            loop.call_exception_handler({"message": "m", "exception": ValueError("from a task")})
            assert "ValueError: from a task" in visible_words(window)
            try:
                raise KeyError("from a slot")
            except KeyError:
                sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
            assert "KeyError: 'from a slot'" in visible_words(window)

    run_async(story())
    assert "Traceback" in caplog.text


def test_that_a_pull_that_waits_shows_nothing_of_the_one_before(
    window: MainWindow, session: Any, run_async: RunAsync, until: Until
) -> None:
    async def story() -> None:
        for name in ("a", "b"):
            window.pull(f"ghcr.io/team/{name}:1")
        session.pull.advance(3, 40 * MIB)
        await until(lambda: "in flight" in window.findChild(QLabel, "status").text())
        window.pull("ghcr.io/team/c:1")
        assert window.findChild(QLabel, "status").text() == ""
        assert window.layer_table.model().rowCount() == 0
        assert "begins when another pull has ended" in window.headline.text()

    run_async(story())
