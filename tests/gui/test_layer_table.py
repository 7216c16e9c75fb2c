from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from pullscope.engine.model import (
    MIB,
    ChunkSnapshot,
    ChunkState,
    Extent,
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.gui.layer_table import SORT_ROLE, Column, LayerModel, LayerTable
from pullscope.gui.selection import Selection


def layer(index: int, state: LayerState, received: int = 0, **fields: object) -> LayerSnapshot:
    plain = LayerSnapshot(
        index, f"sha256:{index:064x}", 10 * MIB, "application/x", state,
        received, received, received, received, 1, 0, 0, (), (),
    )  # fmt: skip
    return replace(plain, **fields)  # type: ignore[arg-type]


def snapshot(
    *layers: LayerSnapshot, at: float = 1.0, state: PullState = PullState.RUNNING
) -> Snapshot:
    return Snapshot(
        at, state, "r", "", "", Settings(), 30 * MIB, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Timeline(),
        layers,
    )  # fmt: skip


@pytest.fixture
def model(qtbot: QtBot) -> LayerModel:
    return LayerModel()


@pytest.fixture
def table(model: LayerModel, qtbot: QtBot) -> Iterator[LayerTable]:
    table = LayerTable(model)
    qtbot.addWidget(table)
    table.resize(800, 300)
    table.show()
    return table


def words(model: LayerModel, column: Column) -> list[str]:
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


@pytest.mark.parametrize(
    ("state", "pull", "text"),
    [
        (LayerState.PENDING, PullState.RUNNING, "waiting"),
        (LayerState.RECEIVING, PullState.RUNNING, "receiving"),
        (LayerState.RECEIVING, PullState.PAUSED, "paused"),
        (LayerState.RECEIVING, PullState.CANCELLED, "kept"),
        (LayerState.HASHING, PullState.RUNNING, "hashing"),
        (LayerState.COMMITTING, PullState.RUNNING, "committing"),
        (LayerState.DONE, PullState.DONE, "done"),
        (LayerState.EXISTING, PullState.RUNNING, "already here"),
        (LayerState.FAILED, PullState.FAILED, "failed"),
    ],
)
def test_that_states_are_told_in_words(
    model: LayerModel, state: LayerState, pull: PullState, text: str
) -> None:
    model.show_snapshot(snapshot(layer(0, state), state=pull))
    assert words(model, Column.STATE) == [text]


def test_that_a_chunk_that_waits_for_its_retry_is_told(model: LayerModel) -> None:
    chunk = ChunkSnapshot(1, 0, MIB, 0, 0, 2, -1, ChunkState.RETRYING)
    model.show_snapshot(snapshot(layer(0, LayerState.RECEIVING, in_flight=(chunk,), retries=1)))
    assert words(model, Column.STATE) == ["retrying"]
    assert words(model, Column.RETRIES) == ["1"]


def test_that_only_changed_rows_are_told_and_in_one_signal(model: LayerModel, qtbot: QtBot) -> None:
    layers = [layer(n, LayerState.RECEIVING) for n in range(5)]
    model.show_snapshot(snapshot(*layers))
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.show_snapshot(snapshot(*layers))
    assert told == []
    layers[1] = layer(1, LayerState.RECEIVING, MIB)
    layers[3] = layer(3, LayerState.RECEIVING, MIB)
    model.show_snapshot(snapshot(*layers))
    assert told == [(1, 3)]


def test_that_progress_is_100_only_when_every_byte_is_here(model: LayerModel) -> None:
    model.show_snapshot(
        snapshot(
            layer(0, LayerState.RECEIVING, 10 * MIB - 1),
            layer(1, LayerState.DONE, 10 * MIB),
            layer(2, LayerState.EXISTING),
        )
    )
    assert words(model, Column.PROGRESS) == ["99 %", "100 %", "100 %"]


def test_that_speed_is_measured_while_bytes_come(model: LayerModel) -> None:
    for tenth in range(16):
        model.show_snapshot(snapshot(layer(0, LayerState.RECEIVING), at=0.0))
        moment = snapshot(layer(0, LayerState.RECEIVING, tenth * 500_000), at=tenth / 10)
        model.show_snapshot(moment)
        model.measure(moment)
    assert words(model, Column.SPEED) == ["5 MB/s"]
    model.show_snapshot(snapshot(layer(0, LayerState.DONE, 10 * MIB), at=1.6))
    assert words(model, Column.SPEED) == [""]


def test_that_columns_sort_by_what_they_mean(model: LayerModel, table: LayerTable) -> None:
    model.show_snapshot(
        snapshot(
            layer(0, LayerState.RECEIVING, size=900),
            layer(1, LayerState.RECEIVING, size=5 * MIB),
            layer(2, LayerState.RECEIVING, size=10_000),
        )
    )
    table.sortByColumn(Column.SIZE, Qt.SortOrder.DescendingOrder)
    shown = table.model()
    sizes = [shown.index(row, Column.SIZE).data(SORT_ROLE) for row in range(3)]
    assert sizes == [5 * MIB, 10_000, 900]


def test_that_selected_digests_and_rows_are_copied(model: LayerModel, table: LayerTable) -> None:
    model.show_snapshot(snapshot(layer(0, LayerState.DONE, 10 * MIB), layer(1, LayerState.PENDING)))
    table.select_layer(1)
    table.copy_digests()
    assert QGuiApplication.clipboard().text() == f"sha256:{1:064x}"
    table.copy_rows()
    assert QGuiApplication.clipboard().text().split("\t")[:3] == [
        f"sha256:{1:064x}",
        "10 MiB",
        "waiting",
    ]


def test_that_an_error_stands_at_its_layer(model: LayerModel) -> None:
    model.show_snapshot(snapshot(layer(0, LayerState.FAILED, error="HTTP 403")))
    assert model.index(0, Column.STATE).data(Qt.ItemDataRole.ToolTipRole) == "HTTP 403"


def test_that_another_image_begins_with_other_rows(model: LayerModel, table: LayerTable) -> None:
    model.show_snapshot(snapshot(*(layer(n, LayerState.DONE) for n in range(4))))
    model.show_snapshot(snapshot(layer(9, LayerState.PENDING)))
    assert model.rowCount() == 1
    table.grab()


def test_that_rows_are_filtered_by_what_is_known_of_their_layer(
    model: LayerModel, table: LayerTable
) -> None:
    model.show_snapshot(snapshot(layer(0, LayerState.DONE), layer(1, LayerState.PENDING)))
    shown = table.model()
    for words, rows in (("", 2), ("WAITING", 1), (f"{1:064x}", 1), ("#1", 1), ("x/y", 0)):
        table.set_filter(words)
        assert shown.rowCount() == rows


def test_that_columns_can_be_hidden_and_come_back(model: LayerModel, table: LayerTable) -> None:
    menu = QMenu()
    table._offer_columns(menu)
    speed = next(action for action in menu.actions() if action.text() == "Speed")
    speed.setChecked(False)
    assert table.isColumnHidden(Column.SPEED)
    table.reset_columns()
    assert not table.isColumnHidden(Column.SPEED)


def chunked(index: int = 0) -> LayerSnapshot:
    extents = tuple(Extent(n * MIB, MIB, 10 + n) for n in range(4))
    flight = ChunkSnapshot(20, 5 * MIB, MIB, 0, 0, 1, 0, ChunkState.WAITING)
    return layer(index, LayerState.RECEIVING, 4 * MIB, extents=extents, in_flight=(flight,))


def click_strip(table: LayerTable, row: int, share: float) -> None:
    cell = table.visualRect(table.model().index(row, Column.PROGRESS))
    strip = table._strips.strip_rect(cell)
    at = QPoint(round(strip.x() + share * strip.width()), strip.center().y())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(table.viewport(), left, none, at)


def test_that_a_click_in_a_strip_selects_the_chunk(model: LayerModel, table: LayerTable) -> None:
    model.show_snapshot(snapshot(layer(0, LayerState.PENDING), chunked(1)))
    seen: list[tuple[int, int]] = []
    table.chunk_selected.connect(lambda one, chunk: seen.append((one, chunk)))
    for share in (0.25, 0.55, 0.8):
        click_strip(table, 1, share)
    assert seen == [(1, 12), (1, 20), (1, -1)]


def test_that_a_chunk_selected_elsewhere_is_framed_in_its_row(
    model: LayerModel, table: LayerTable
) -> None:
    model.show_snapshot(snapshot(layer(0, LayerState.PENDING), chunked(1)))
    told: list[tuple[int, int]] = []
    table.chunk_selected.connect(lambda one, chunk: told.append((one, chunk)))
    before = table.viewport().grab().toImage()
    table.select_chunk(1, -1)
    row = table.viewport().grab().toImage()
    table.select_chunk(1, 12)
    framed = table.viewport().grab().toImage()
    assert [each.index for each in table.selected_layers()] == [1]
    assert row != before
    assert framed != row
    assert told == []
    table.select_chunk(-1, -1)
    assert not table.selected_layers()
    assert table.viewport().grab().toImage() == before


def test_that_rows_chosen_with_the_keyboard_are_told(model: LayerModel, table: LayerTable) -> None:
    model.show_snapshot(snapshot(chunked(0), chunked(1)))
    seen: list[tuple[int, int]] = []
    table.chunk_selected.connect(lambda one, chunk: seen.append((one, chunk)))
    table.setCurrentIndex(table.model().index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert seen == [(0, -1), (1, -1)]


def test_that_a_layer_is_drawn_in_its_row_also_when_sorted_and_filtered(
    model: LayerModel, table: LayerTable
) -> None:
    layers = [layer(n, LayerState.PENDING, size=(n + 1) * MIB) for n in range(3)]
    layers[1] = chunked(1)
    model.show_snapshot(snapshot(*layers))
    table.sortByColumn(Column.SIZE, Qt.SortOrder.DescendingOrder)
    table.set_filter("receiving")
    assert table.model().rowCount() == 1
    click_strip(table, 0, 0.25)
    assert table._strips.selected == (1, 12)


def test_that_markup_in_the_words_of_a_registry_is_shown_as_it_came(model: LayerModel) -> None:
    model.show_snapshot(snapshot(layer(0, LayerState.FAILED, error="<b>HTTP</b> 403")))
    tip = model.index(0, Column.STATE).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "&lt;b&gt;HTTP&lt;/b&gt; 403"


def test_that_several_rows_stay_selected_although_one_of_them_is_the_selected_layer(
    model: LayerModel, table: LayerTable
) -> None:
    selection = Selection()
    selection.link(table)
    model.show_snapshot(snapshot(chunked(0), chunked(1)))
    click_strip(table, 0, 0.25)
    cell = table.visualRect(table.model().index(1, Column.SIZE))
    left, control = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(table.viewport(), left, control, cell.center())
    assert [each.index for each in table.selected_layers()] == [0, 1]
    assert (selection.layer, selection.chunk) == (1, -1)
