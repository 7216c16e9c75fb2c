"""The error panel, alone and in the window: an error stands with its pull and its layer."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from pullscope.engine.errors import Failure
from pullscope.engine.model import (
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.gui.error_panel import ErrorPanel
from pullscope.gui.main_window import MainWindow
from pullscope.lab.config import FaultPlan
from pullscope.session import Session

Until = Callable[..., Awaitable[None]]
FAILURE = Failure(
    "GET https://r.test/v2/a: 403; log in",
    "GET https://r.test/v2/a",
    "403 <b>no</b>\n\x1b[31m",
    "log in",
)
LAYER = LayerSnapshot(
    2, "sha256:" + "a" * 64, 1024, "m", LayerState.FAILED, 0, 0, 0, 0, 1, 0, 0, (), (), "403"
)
FAILED = Snapshot(
    1.0, PullState.FAILED, "r.test/a:1", "", "", Settings(), 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0,
    Timeline(), (LAYER,), FAILURE.words, failure=FAILURE,
)  # fmt: skip


def part(window: QWidget, kind: type, name: str) -> Any:
    found = window.findChild(kind, name)
    assert found is not None, name
    return found


@pytest.fixture
def panel(qapp: QApplication, qtbot: Any) -> ErrorPanel:
    panel = ErrorPanel()
    qtbot.addWidget(panel)
    return panel


def test_that_it_says_what_was_asked_what_came_and_what_to_do(panel: ErrorPanel) -> None:
    panel.show_snapshot(FAILED)
    assert panel.isVisible()
    assert part(panel, QLabel, "error_title").text() == "Layer 3 failed: aaaaaaaa, 1 KiB"
    assert part(panel, QLabel, "error_asked").text() == "GET https://r.test/v2/a"
    assert part(panel, QLabel, "error_came").text() == "403 <b>no</b> [31m"
    assert part(panel, QLabel, "error_remedy").text() == "log in"
    assert all(
        label.textFormat() is Qt.TextFormat.PlainText or not label.text()
        for label in panel.findChildren(QLabel)
    )


def test_that_an_error_without_parts_still_says_something_to_do(panel: ErrorPanel) -> None:
    panel.show_snapshot(replace(FAILED, layers=(), failure=Failure("it broke", came="it broke")))
    assert part(panel, QLabel, "error_title").text() == "The pull failed"
    assert not part(panel, QLabel, "error_asked").isVisible()
    assert part(panel, QLabel, "error_came").text() == "it broke"
    assert "try again" in part(panel, QLabel, "error_remedy").text()
    assert not part(panel, QPushButton, "show_failed_layer").isVisible()


def test_that_a_very_long_error_is_cut(panel: ErrorPanel) -> None:
    panel.show_snapshot(replace(FAILED, failure=replace(FAILURE, came="x" * 100_000)))
    assert len(part(panel, QLabel, "error_came").text()) < 700


def test_that_other_pulls_show_no_error(panel: ErrorPanel) -> None:
    panel.show_snapshot(FAILED)
    panel.show_snapshot(replace(FAILED, state=PullState.DONE))
    assert not panel.isVisible()


def test_that_its_buttons_ask(panel: ErrorPanel, qtbot: Any) -> None:
    panel.show_snapshot(FAILED)
    with qtbot.waitSignal(panel.layer_asked) as told:
        part(panel, QPushButton, "show_failed_layer").click()
    assert told.args == [2]
    with qtbot.waitSignal(panel.diagnostics_asked):
        part(panel, QPushButton, "copy_diagnostics").click()


def test_that_a_pull_that_failed_says_why_and_is_retried(
    new_window: Any, start_lab_process: Any, run_async: Any, until: Until
) -> None:
    lab = start_lab_process(faults=FaultPlan.of("wrong-bytes=1"))

    async def story() -> None:
        session = Session()
        window: MainWindow = new_window(session)
        assert window.pull(lab.references[0])
        await until(lambda: not window.controller.running)
        panel = window.error_panel
        assert panel.isVisible()
        part(panel, QPushButton, "copy_diagnostics").click()
        text = QGuiApplication.clipboard().text()
        assert f"reference: {lab.references[0]}" in text
        assert "PullEnded" in text
        lab.reshape(faults=FaultPlan())
        part(window, QPushButton, "retry_failed").click()
        assert not panel.isVisible()
        await until(lambda: not window.controller.running)
        assert window.controller.snapshot is not None
        assert window.controller.snapshot.state is PullState.DONE
        assert not panel.isVisible()
        await window.inspector.close()
        await session.close()

    run_async(story())


def test_that_the_row_of_a_layer_that_failed_leads_to_its_error_and_back(
    window: MainWindow, qtbot: Any
) -> None:
    window.layer_table.show()
    window._layers.show_snapshot(FAILED)
    window.error_panel.show_snapshot(FAILED)
    index = window.layer_table.model().index(0, 0)
    with qtbot.waitSignal(window.layer_table.failed_activated) as told:
        window.layer_table.activated.emit(index)
    assert told.args == [2]
    assert window.focusWidget() is part(window.error_panel, QPushButton, "retry_failed")
    part(window.error_panel, QPushButton, "show_failed_layer").click()
    assert window.selection.layer == 2


def test_that_the_row_of_a_layer_that_did_not_fail_leads_nowhere(
    window: MainWindow, qtbot: Any
) -> None:
    window._layers.show_snapshot(replace(FAILED, layers=(replace(LAYER, error=""),)))
    with qtbot.assertNotEmitted(window.layer_table.failed_activated):
        window.layer_table.activated.emit(window.layer_table.model().index(0, 0))
