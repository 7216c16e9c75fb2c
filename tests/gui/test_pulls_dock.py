"""The dock with all pulls, by itself."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QMainWindow, QSpinBox
from pytestqt.qtbot import QtBot

from pullscope.engine.model import MIB, PullState, Settings, Snapshot, Timeline
from pullscope.gui import theme as themes
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.pulls_dock import ACTIONS, PullsDock, brief_error, short_name


@pytest.fixture
def dock(qapp: QApplication, qtbot: QtBot) -> Iterator[PullsDock]:
    themes.apply(qapp, themes.Scheme.DARK)
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = {name: QAction(name, window) for name in (*ACTIONS, "history")}
    made = PullsDock(actions)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, made)
    window.resize(600, 500)
    window.show()
    yield made
    window.hide()


def rows(dock: PullsDock) -> QListWidget:
    found = dock.findChild(QListWidget, "pull_list")
    assert isinstance(found, QListWidget)
    return found


def trigger_counts(dock: PullsDock) -> dict[str, list[bool]]:
    counts: dict[str, list[bool]] = {}
    for action in rows(dock).actions():
        times = counts[action.text()] = []
        action.triggered.connect(lambda checked=False, times=times: times.append(checked))
    return counts


def snapshot(at: float, received: int, state: PullState = PullState.RUNNING) -> Snapshot:
    return Snapshot(
        at=at, state=state, reference="app", digest="", platform="", settings=Settings(),
        total=100 * MIB, reused=0, network=received, wasted=0, received=received,
        written=received, hashed=received, in_flight=1, requests=1, retries=0, memory=1,
        timeline=Timeline(), layers=(),
    )  # fmt: skip


def runs(count: int) -> list[PullRun]:
    return [PullRun(f"ghcr.io/team/app:{n}") for n in range(count)]


def test_that_an_empty_list_explains_itself(dock: PullsDock) -> None:
    dock.show_runs([], PullRun())
    assert not rows(dock).isVisible()
    words = [label.text() for label in dock.findChildren(QLabel) if label.isVisible()]
    assert any("earlier" in text for text in words)


@pytest.mark.parametrize(
    ("state", "received", "total", "error", "words"),
    [
        (RunState.QUEUED, 0, 0, "", "waits for its turn"),
        (RunState.RUNNING, 0, 0, "", "resolving"),
        (RunState.PAUSED, 41, 100, "", "paused at 41 %"),
        (RunState.PAUSED, 0, 0, "", "paused"),
        (RunState.HELD, 0, 0, "", "waits until it is resumed"),
        (RunState.INTERRUPTED, 41, 100, "", "interrupted at 41 %"),
        (RunState.CANCELLED, 99, 1000, "", "cancelled at 9 %"),
        (RunState.CANCELLED, 0, 0, "", "cancelled"),
        (RunState.FAILED, 1, 2, "HTTP 403\nmore", "failed · HTTP 403"),
        (RunState.DONE, 100 * MIB, 100 * MIB, "", "done · 100 MiB"),
    ],
)
def test_that_each_state_has_words(
    dock: PullsDock, state: RunState, received: int, total: int, error: str, words: str
) -> None:
    run = PullRun("alpine", state=state, received=received, total=total, error=error)
    dock.show_runs([run], run)
    assert dock.state_text(run) == words
    spoken = rows(dock).item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"alpine, {words}"


def test_that_a_running_pull_has_its_rate_and_the_time_left(dock: PullsDock) -> None:
    run = PullRun("alpine")
    for at in (1.0, 2.0, 3.0):
        run.show_snapshot(snapshot(at, int(at) * 10 * MIB))
        dock.show_runs([run], run)
    assert dock.state_text(run) == "10.5 MB/s · 0:07 left"
    run.show_snapshot(snapshot(4.0, 100 * MIB))
    assert dock.state_text(run) == "verifying and committing"
    run.show_snapshot(replace(snapshot(64.0, 100 * MIB), state=PullState.DONE))
    assert dock.state_text(run) == "done · 1:04"


def test_that_choosing_one_shows_it_and_being_shown_one_does_not_choose(
    dock: PullsDock, qtbot: QtBot
) -> None:
    chosen: list[Any] = []
    dock.chosen.connect(chosen.append)
    listed = runs(3)
    dock.show_runs(listed, listed[2])
    assert rows(dock).currentRow() == 2
    assert chosen == []
    area = rows(dock).visualItemRect(rows(dock).item(0)).center()
    qtbot.mouseClick(rows(dock).viewport(), Qt.MouseButton.LeftButton, pos=area)
    qtbot.keyClick(rows(dock), Qt.Key.Key_Down)
    assert chosen == [listed[0], listed[1]]


@pytest.mark.parametrize(("first", "to", "place"), [(0, 3, 2), (2, 0, 0), (1, 3, 2)])
def test_that_a_row_that_is_dragged_tells_its_new_place(
    dock: PullsDock, first: int, to: int, place: int
) -> None:
    moved: list[tuple[Any, int]] = []
    dock.moved.connect(lambda run, to: moved.append((run, to)))
    listed = runs(3)
    dock.show_runs(listed, listed[0])
    # What a drop within the list does to its model.
    rows(dock).model().moveRow(QModelIndex(), first, QModelIndex(), to)
    assert moved == [(listed[first], place)]
    order = [*listed]
    order.insert(place, order.pop(first))
    names = [rows(dock).item(row).text() for row in range(3)]
    assert names == [short_name(run.reference) for run in order]


def test_that_the_list_has_keys(dock: PullsDock, qtbot: QtBot) -> None:
    listed = runs(2)
    dock.show_runs(listed, listed[0])
    counts = trigger_counts(dock)
    ctrl = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(rows(dock), Qt.Key.Key_Down, ctrl)
    qtbot.keyClick(rows(dock), Qt.Key.Key_Up, ctrl)
    qtbot.keyClick(rows(dock), Qt.Key.Key_Delete)
    qtbot.keyClick(rows(dock), Qt.Key.Key_Return)
    qtbot.keyClick(rows(dock), Qt.Key.Key_Space)
    assert {name: len(times) for name, times in counts.items()} == {
        "move_down": 1, "move_up": 1, "remove_pull": 1, "retry_pull": 1, "pause": 1,
        "cancel": 0, "discard_pull": 0, "compare": 0,
    }  # fmt: skip
    next(a for a in rows(dock).actions() if a.text() == "pause").setEnabled(False)
    qtbot.keyClick(rows(dock), Qt.Key.Key_Space)
    assert len(counts["retry_pull"]) == 2  # what does not run begins again


def test_that_how_many_run_at_once_is_told_when_the_user_changes_it(dock: PullsDock) -> None:
    told: list[int] = []
    dock.at_once_changed.connect(told.append)
    dock.show_at_once(3)
    assert (told, dock.at_once) == ([], 3)
    box = dock.findChild(QSpinBox, "at_once")
    assert isinstance(box, QSpinBox)
    box.setValue(5)
    assert told == [5]


def test_that_strings_of_a_registry_are_shown_as_they_are(dock: PullsDock) -> None:
    run = PullRun("alpine", state=RunState.FAILED, error="<b>" + "x" * 9999)
    dock.show_runs([run], run)
    item = rows(dock).item(0)
    assert "<b>" not in item.toolTip()
    assert len(item.toolTip()) < 1000
    dock.grab()


def test_that_rows_stay_where_they_are_while_numbers_change(dock: PullsDock) -> None:
    listed = runs(2)
    dock.show_runs(listed, listed[0])
    item = rows(dock).item(0)
    listed[0].state = RunState.CANCELLED
    dock.show_runs(listed, listed[1])
    assert rows(dock).item(0) is item
    assert rows(dock).indexAt(QPoint(20, 20)).row() == 0


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("ghcr.io/acme/train-cuda:2.4", "train-cuda:2.4"),
        ("alpine", "alpine"),
        ("ghcr.io/a/b@sha256:" + "ab" * 32, "b@abababababab"),
        ("localhost:5000/b:1", "b:1"),
    ],
)
def test_that_a_pull_is_called_by_the_end_of_its_reference(reference: str, name: str) -> None:
    assert short_name(reference) == name


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("GET https://r.example/v2/a/manifests/1: HTTP 404, no such manifest; check the tag",
         "HTTP 404, no such manifest"),
        ("no space left on device; free some", "no space left on device"),
        ("first\nsecond", "first"),
    ],
)  # fmt: skip
def test_that_a_failure_is_told_by_what_came(error: str, words: str) -> None:
    assert brief_error(error) == words
