"""The panel of the layer table: its filter comes when it is asked for, and goes."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from pullscope.engine.model import (
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.gui import theme as themes
from pullscope.gui.layer_panel import LayerPanel
from pullscope.gui.layer_table import LayerModel, LayerTable


def layer(index: int, state: LayerState) -> LayerSnapshot:
    digest = f"sha256:{index:064x}"
    return LayerSnapshot(index, digest, 10, "x", state, 0, 0, 0, 0, 0, 0, 0, (), ())


def snapshot(*layers: LayerSnapshot) -> Snapshot:
    return Snapshot(
        1.0, PullState.RUNNING, "r", "", "", Settings(), 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        Timeline(), layers,
    )  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot) -> LayerPanel:
    """A panel with two layers."""
    model = LayerModel()
    panel = LayerPanel(LayerTable(model))
    qtbot.addWidget(panel)
    model.show_snapshot(snapshot(layer(0, LayerState.DONE), layer(1, LayerState.PENDING)))
    model.setParent(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_that_the_filter_is_out_of_the_way_until_it_is_wanted(panel: LayerPanel) -> None:
    assert not panel.filter.isVisible()
    assert panel.filter.accessibleName()
    panel.edit_filter()
    assert panel.filter.isVisible()
    table = panel.findChild(LayerTable)
    assert table is not None
    QTest.keyClicks(panel.filter, "waiting")
    assert table.model().rowCount() == 1
    QTest.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert not panel.filter.isVisible()
    assert table.model().rowCount() == 2


def test_that_down_goes_on_to_the_rows(panel: LayerPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    panel.edit_filter()
    table = panel.findChild(LayerTable)
    assert table is not None
    QTest.keyClick(panel.filter, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: panel.focusWidget() is table)
    assert panel.filter.isVisible()  # it still filters


def test_that_few_layers_leave_their_room_to_the_view_below(
    qapp: QApplication, qtbot: QtBot
) -> None:
    themes.apply(qapp, themes.Scheme.DARK)
    model = LayerModel()
    panel = LayerPanel(LayerTable(model))
    splitter = QSplitter(Qt.Orientation.Vertical)
    splitter.addWidget(panel)
    splitter.addWidget(QWidget())
    qtbot.addWidget(splitter)
    splitter.resize(600, 800)
    splitter.show()
    splitter.setSizes([300, 500])
    qtbot.waitUntil(lambda: panel.height() > 250)
    before = panel.height()
    for number, fits in ((2, True), (30, False), (3, True)):
        model.clear()
        model.show_snapshot(snapshot(*(layer(n, LayerState.PENDING) for n in range(number))))
        qtbot.waitUntil(lambda: (panel.height() == before) is not fits)  # noqa: B023
        bar = panel.findChild(LayerTable).verticalScrollBar()
        qtbot.waitUntil(lambda: (bar.maximum() == 0) is fits)  # noqa: B023
    panel.edit_filter()
    qtbot.waitUntil(lambda: bar.maximum() == 0)  # every row is still in sight
