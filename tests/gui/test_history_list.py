"""The rows of the history: found at once, read when they are looked at."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from pullscope.engine.errors import NotFound
from pullscope.engine.message import Message, words_of
from pullscope.gui import language
from pullscope.gui.history_list import TAGS_ROLE, Column, HistoryModel
from pullscope.history import History, PastPull

from .conftest import past


class Counted(History):
    """A history that notes how many pulls were read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reads: list[int] = []

    def read(self, numbers: Sequence[int]) -> list[PastPull]:
        self.reads.append(len(numbers))
        return super().read(numbers)


@pytest.fixture
def history(tmp_path: Path) -> Counted:
    return Counted(tmp_path / "history.sqlite")


@pytest.fixture
def model(qapp: QApplication, history: Counted) -> HistoryModel:
    return HistoryModel(history)


def texts(model: HistoryModel, row: int) -> list[str]:
    return [str(model.index(row, column).data()) for column in Column]


def test_that_a_row_tells_of_its_pull(model: HistoryModel, history: History) -> None:
    history.add(past(1, tags=("prod", "slow")))
    history.add(past(2, state="failed", error="HTTP 403\nmore", network=0))
    model.refresh()
    assert texts(model, 0)[1:] == [
        "ghcr.io/team/app:2", "failed", "2.0 s", "0 B", "", "1", "HTTP 403", ""
    ]  # fmt: skip
    assert texts(model, 1)[1:] == [
        "ghcr.io/team/app:1", "done", "2.0 s", "3.81 MiB", "2 MB/s", "1",
        "the disk", "prod, slow",
    ]  # fmt: skip
    assert model.index(1, Column.TAGS).data(TAGS_ROLE) == ("prod", "slow")
    assert len(texts(model, 0)[0]) == len("2026-11-24 15:02")


def test_that_it_tells_in_the_language_in_force_what_came_where_a_pull_failed(
    model: HistoryModel, history: History, qapp: QApplication
) -> None:
    asked = "GET https://r.test/v2/a/manifests/1"
    came, remedy = Message("HTTP 404, no such manifest"), Message("check the name and the tag")
    history.add(past(1, state="failed", error=words_of(NotFound(asked, came, remedy))))
    history.add(past(2))
    model.refresh()
    cells = [model.index(row, Column.VERDICT) for row in (0, 1)]
    assert [cell.data() for cell in cells] == ["the disk", "HTTP 404, no such manifest"]
    language.apply(qapp, "de")
    try:
        assert cells[1].data() == "HTTP 404, kein solches Manifest"
        assert "prüfen Sie" in cells[1].data(Qt.ItemDataRole.ToolTipRole)
    finally:
        language.apply(qapp, "en")


def test_that_of_many_only_those_are_read_that_are_looked_at(
    model: HistoryModel, history: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.gui.history_list._PAGE", 4)
    monkeypatch.setattr("pullscope.gui.history_list._MOST_PAGES", 2)
    for number in range(14):
        history.add(past(number))
    model.refresh()
    assert model.rowCount() == 14
    assert history.reads == []
    assert texts(model, 0)[1] == "ghcr.io/team/app:13"
    assert texts(model, 13)[1] == "ghcr.io/team/app:0"
    assert history.reads == [4, 2]
    texts(model, 12)
    texts(model, 3)
    assert history.reads == [4, 2]
    texts(model, 4)  # the page that was read first is let go
    texts(model, 13)
    assert history.reads == [4, 2, 4]


def test_that_rows_are_searched_and_sorted(model: HistoryModel, history: History) -> None:
    for number in range(12):
        history.add(past(number, retries=-number % 12, tags=("even",) if number % 2 == 0 else ()))
    model.search("app:1", ())
    assert [texts(model, row)[1][-2:] for row in range(model.rowCount())] == ["11", "10", ":1"]
    model.search("", ("even",))
    assert model.rowCount() == 6
    model.sort(Column.RETRIES, Qt.SortOrder.AscendingOrder)
    assert [texts(model, row)[6] for row in range(6)] == ["0", "2", "4", "6", "8", "10"]


def test_that_a_pull_that_was_removed_meanwhile_is_an_empty_row(
    model: HistoryModel, history: History
) -> None:
    number = history.add(past(1))
    model.refresh()
    history.remove([number])
    assert model.index(0, 0).data() is None
    assert model.pull(0) is None


def test_that_a_history_that_cannot_be_read_is_told(
    model: HistoryModel, history: History, tmp_path: Path
) -> None:
    told: list[str] = []
    model.failed.connect(told.append)
    (tmp_path / "history.sqlite").write_text("no database, but long enough for one" * 30)
    model.refresh()
    assert model.rowCount() == 0
    assert "file is not a database" in told[0]
