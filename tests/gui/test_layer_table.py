from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pullscope.engine.model import (
    MIB,
    ChunkSnapshot,
    ChunkState,
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.gui.layer_table import SORT_ROLE, Column, LayerModel, LayerTable


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
