"""The window of the history: what a user finds in it, and does with what is found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pullscope.engine.model import MIB, Settings
from pullscope.gui import language
from pullscope.gui import theme as themes
from pullscope.gui.actions import make_actions
from pullscope.gui.history_list import Column
from pullscope.gui.history_view import HistoryView
from pullscope.gui.main_window import MainWindow
from pullscope.gui.prune_dialog import PruneDialog
from pullscope.gui.reference_bar import ReferenceBar
from pullscope.history import History, default_path
from pullscope.session import PullOptions

from .conftest import past
from .test_access import faults


@pytest.fixture
def history() -> History:
    """Three pulls, the newest failed."""
    history = History(default_path())
    options = PullOptions(output=Path("/out"), platform="linux/arm64").as_dict()
    settings = Settings(parallelism=5, chunk_size=4 * MIB).as_dict()
    history.add(past(1, tags=("prod",), options=options, settings=settings))
    history.add(past(2, reference="quay.io/other/tool:2"))
    history.add(past(3, state="failed", error="HTTP 403"))
    return history


@pytest.fixture
def view(history: History, qapp: QApplication, session: Any) -> Iterator[HistoryView]:
    themes.apply(qapp, themes.Scheme.DARK)
    around = QWidget()
    actions = make_actions(around)
    view = HistoryView(history, actions, session, ReferenceBar(PullOptions(), actions, around))
    view.show()
    yield view
    view.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    around.deleteLater()


def part(view: Any, kind: type, name: str) -> Any:
    found = view.findChild(kind, name)
    assert found is not None, name
    return found


def shown(view: HistoryView) -> list[str]:
    column = Column.REFERENCE
    return [str(view.model.index(row, column).data()) for row in range(view.model.rowCount())]


def select(view: HistoryView, *rows: int) -> None:
    view.table.clearSelection()
    mode = view.table.selectionMode()
    view.table.setSelectionMode(view.table.SelectionMode.MultiSelection)
    for row in rows:
        view.table.selectRow(row)
    view.table.setSelectionMode(mode)


def action(view: HistoryView, name: str) -> Any:
    return view._actions[name]


def test_that_typing_filters_at_once(view: HistoryView, qtbot: QtBot) -> None:
    assert shown(view) == ["ghcr.io/team/app:3", "quay.io/other/tool:2", "ghcr.io/team/app:1"]
    qtbot.keyClicks(view.search, "tool")
    assert shown(view) == ["quay.io/other/tool:2"]
    assert part(view, QLabel, "history_count").text() == "1 pull"
    qtbot.keyClicks(view.search, "xyz")
    empty = part(view, QLabel, "history_empty")
    assert empty.isVisible()
    assert empty.text() == "No pull has all of these words."
    view.search.clear()
    view.tag_box.setCurrentIndex(view.tag_box.findData("prod"))
    assert shown(view) == ["ghcr.io/team/app:1"]


def test_that_a_click_on_a_heading_sorts(view: HistoryView) -> None:
    view.table.sortByColumn(Column.REFERENCE, Qt.SortOrder.AscendingOrder)
    assert shown(view) == ["ghcr.io/team/app:1", "ghcr.io/team/app:3", "quay.io/other/tool:2"]


def test_that_it_explains_itself_when_empty(view: HistoryView, history: History) -> None:
    history.remove(history.find())
    view.refresh()
    assert "Nothing was pulled yet" in part(view, QLabel, "history_empty").text()
    assert not part(view, QPushButton, "history_prune").isEnabled()
    assert not action(view, "pull_again").isEnabled()


def test_that_a_history_that_cannot_be_read_is_told(view: HistoryView) -> None:
    for file in default_path().parent.glob("history.sqlite*"):
        file.unlink()
    default_path().write_text("not a database, but long enough to be taken for one" * 20)
    view.refresh()
    empty = part(view, QLabel, "history_empty")
    assert empty.isVisible()
    assert "file is not a database" in empty.text()


def test_that_facts_have_headings_only_where_one_pull_is_selected(view: HistoryView) -> None:
    def headings() -> set[str]:
        details = part(view, QWidget, "history_details")
        return {label.text() for label in details.findChildren(QLabel) if label.isVisible()}

    assert "Digest" not in headings()
    select(view, 2)
    assert {"Digest", "Limited by", "Trace"} <= headings()
    select(view, 0, 2)
    assert "Digest" not in headings()


def test_that_a_selected_pull_is_told_in_full(view: HistoryView) -> None:
    select(view, 2)
    assert part(view, QLabel, "history_reference").text() == "ghcr.io/team/app:1"
    settings = part(view, QLabel, "history_settings").text()
    assert settings == "parallelism 5, chunk 4 MiB, layers 3, connections 24"
    assert part(view, QLabel, "history_output").text() == "/out"
    assert part(view, QLabel, "history_limit").text() == "the disk"
    assert "linux/amd64" in part(view, QLabel, "history_digest").text()
    select(view, 0)
    assert part(view, QLabel, "history_limit").text() == "HTTP 403"
    select(view, 0, 2)
    assert part(view, QLabel, "history_reference").text() == "2 pulls are selected"
    assert not action(view, "pull_again").isEnabled()
    assert action(view, "remove").isEnabled()


@pytest.mark.parametrize("name", ["pull_again", "pull_same"])
def test_that_it_is_pulled_again_as_it_was(
    history: History, window: MainWindow, session: Any, run_async: Any, until: Any, name: str
) -> None:
    window.actions_by_id["history"].trigger()
    window.actions_by_id["history"].trigger()
    [view] = window.findChildren(HistoryView)
    select(view, 2)

    async def story() -> None:
        action(view, name).trigger()
        await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
        session.pull.finish()
        await until(lambda: len(history.pulls()) == 4)  # and it is seen in the list
        await until(lambda: shown(view).count("ghcr.io/team/app:1") == 2)

    run_async(story())
    assert session.pull.reference == "ghcr.io/team/app:1"
    assert session.pull.options.output == Path("/out")
    assert session.pull.options.platform == "linux/arm64"
    assert session.pull.settings.parallelism == (5 if name == "pull_same" else 8)
    view.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    window.controller.entered.emit()  # a view that is closed hears nothing more


def test_that_a_pull_of_an_earlier_version_goes_to_the_store(view: HistoryView) -> None:
    asked: list[tuple[Any, ...]] = []
    view.pull_asked.connect(lambda *what: asked.append(what))
    select(view, 0)  # it has no options
    action(view, "pull_again").trigger()
    assert asked == [("ghcr.io/team/app:3", PullOptions(), None)]


def test_that_tags_are_added_to_all_selected_and_taken_off(
    view: HistoryView, history: History, qtbot: QtBot
) -> None:
    select(view, 0, 1)
    qtbot.keyClicks(view.tags.field, "slow, night")
    qtbot.keyClick(view.tags.field, Qt.Key.Key_Return)
    assert view.isVisible()  # Return is the field's, not the window's
    assert [pull.tags for pull in history.pulls()] == [
        ("night", "slow"),
        ("night", "slow"),
        ("prod",),
    ]
    assert len(view.selected) == 2
    assert view.tags.field.text() == ""
    chips = {chip.accessibleName(): chip for chip in view.tags.findChildren(QToolButton)}
    assert {"Take off the tag night", "Take off the tag slow"} <= chips.keys()
    chips["Take off the tag night"].click()
    assert [pull.tags for pull in history.pulls()][:2] == [("slow",), ("slow",)]
    assert view.tag_box.findData("slow") > 0
    assert view.tag_box.findData("night") == -1


def test_that_a_tag_that_is_none_is_told_and_stays_in_the_field(
    view: HistoryView, history: History
) -> None:
    select(view, 0)
    view.tags.field.setText("x" * 50)
    view.tags.added.emit("x" * 50)
    box = part(view, QMessageBox, "history_problem")
    assert "is no tag" in box.text()
    assert view.tags.field.text() == "x" * 50
    box.close()
    assert history.tags() == ["prod"]


def test_that_removing_asks_first_and_goes_on_with_the_next_row(
    view: HistoryView, history: History, qtbot: QtBot
) -> None:
    select(view, 1)
    view.activateWindow()
    view.table.setFocus()
    qtbot.waitUntil(view.table.hasFocus)
    qtbot.keyClick(view.table, Qt.Key.Key_Delete)
    box = part(view, QMessageBox, "history_remove")
    assert len(history.pulls()) == 3
    part(box, QPushButton, "confirm_remove").click()
    assert shown(view) == ["ghcr.io/team/app:3", "ghcr.io/team/app:1"]
    assert [pull.reference for pull in view.selected] == ["ghcr.io/team/app:1"]


def test_that_pruning_tells_what_goes_before_it_goes(view: HistoryView, history: History) -> None:
    part(view, QPushButton, "history_prune").click()
    dialog = part(view, PruneDialog, "prune_dialog")
    told = part(dialog, QLabel, "prune_told")
    delete = part(dialog, QPushButton, "prune_delete")
    assert told.text() == "Nothing is to be deleted."
    assert not delete.isEnabled()
    part(dialog, QSpinBox, "prune_pulls").setValue(1)
    assert told.text().startswith("Deletes 2 pulls, of 20")
    assert len(history.pulls()) == 3
    delete.click()
    assert shown(view) == ["ghcr.io/team/app:3"]


def test_that_traces_and_folders_are_opened(
    view: HistoryView, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).toLocalFile())
    )
    asked: list[Path] = []
    view.trace_asked.connect(asked.append)
    trace = tmp_path / "pull.pullscope"
    trace.write_bytes(b"x")
    options = PullOptions(output=tmp_path / "image").as_dict()
    (tmp_path / "image").mkdir()
    history.add(past(9, trace=str(trace), options=options))
    view.refresh()
    select(view, 0)
    for name in ("open_trace", "show_trace", "show_image"):
        action(view, name).trigger()
    assert asked == [trace]
    assert opened == [str(tmp_path), str(tmp_path / "image")]
    select(view, 1)
    assert not action(view, "open_trace").isEnabled()


def test_that_it_is_copied_as_a_command(view: HistoryView) -> None:
    clipboard = QApplication.clipboard()
    select(view, 2)
    action(view, "copy_as_pullscope").trigger()
    line = clipboard.text()
    assert line.startswith("pullscope pull ghcr.io/team/app:1 --output /out --platform linux/arm64")
    assert line.endswith("--parallelism 5 --chunk-size 4MiB")
    action(view, "copy_as_skopeo").trigger()
    assert clipboard.text().startswith("skopeo ")
    select(view, 0, 2)
    action(view, "copy_reference").trigger()
    assert clipboard.text() == "ghcr.io/team/app:3\nghcr.io/team/app:1"


def test_that_what_others_add_is_seen_when_it_is_turned_to_and_the_selection_stays(
    view: HistoryView, history: History
) -> None:
    select(view, 1)
    history.add(past(7))
    QApplication.sendEvent(view, QEvent(QEvent.Type.WindowActivate))
    assert shown(view)[0] == "ghcr.io/team/app:7"
    assert [pull.reference for pull in view.selected] == ["quay.io/other/tool:2"]


def test_that_a_selection_of_many_rows_is_restored_in_one_change(
    view: HistoryView, history: History
) -> None:
    for number in range(4, 12):
        history.add(past(number))
    view.refresh()
    select(view, 0, 1, 2, 5, 7, 8)
    chosen = [pull.number for pull in view.selected]
    changes: list[object] = []
    view.table.selectionModel().selectionChanged.connect(lambda *change: changes.append(change))

    view.refresh()

    assert [pull.number for pull in view.selected] == chosen
    assert len(changes) == 1


def test_that_it_is_named_and_reached_and_follows_the_language(
    view: HistoryView, qapp: QApplication
) -> None:
    select(view, 2)
    assert faults(view) == []
    language.apply(qapp, "de")
    qapp.processEvents()
    assert view.windowTitle() == "Verlauf"
    assert part(view, QPushButton, "history_pull_again_button").text() == "Erneut laden"
    assert view.model.headerData(0, Qt.Orientation.Horizontal) == "BEGONNEN"
    language.apply(qapp, "en")
    qapp.processEvents()
