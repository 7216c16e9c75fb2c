"""The panel of the plots: which are shown, one axis and crosshair, and what is remembered."""

import math

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from pullscope.engine.events import Sampled
from pullscope.gui import theme as themes
from pullscope.gui.measurements import Measurements
from pullscope.gui.plot_panel import PlotPanel
from pullscope.gui.plots import TimePlot
from pullscope.gui.theme import Scheme


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> PlotPanel:
    themes.apply(qapp, Scheme.DARK)
    widget = PlotPanel()
    qtbot.addWidget(widget)
    widget.resize(1000, 500)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def chip(panel: PlotPanel, plot: TimePlot) -> QToolButton:
    button = panel.findChild(QToolButton, f"show_{plot.objectName()}")
    assert isinstance(button, QToolButton)
    return button


def shown(panel: PlotPanel) -> list[TimePlot]:
    return [plot for plot in panel.plots if plot.isVisible()]


def measured() -> Measurements:
    measurements = Measurements()
    for number in range(1, 101):
        measurements(Sampled(number / 10, number * 10**7, 0, 0, 4, 10**8))
    return measurements


def test_that_throughput_is_shown_until_others_are_wanted(panel: PlotPanel) -> None:
    assert shown(panel) == [panel.throughput]
    assert panel.throughput._heading.isHidden()  # the chip names it
    chip(panel, panel.memory).click()
    assert shown(panel) == [panel.throughput, panel.memory]
    assert not panel.throughput._heading.isHidden()
    chip(panel, panel.throughput).click()
    assert shown(panel) == [panel.memory]
    assert panel.memory._heading.isHidden()


def test_that_the_last_plot_cannot_be_hidden(panel: PlotPanel) -> None:
    chip(panel, panel.throughput).click()
    assert shown(panel) == [panel.throughput]
    assert chip(panel, panel.throughput).isChecked()


def test_that_all_plots_have_one_axis_and_one_crosshair(panel: PlotPanel, qtbot: QtBot) -> None:
    for plot in panel.plots[1:]:
        chip(panel, plot).click()
    panel.set_measurements(measured())
    panel.set_range(2.0, 8.0)
    panel.refresh()
    lefts = {round(plot._canvas._x(5.0), 3) for plot in panel.plots}
    assert len(lefts) == 1
    with qtbot.waitSignal(panel.time_hovered) as hovered:
        panel.memory._canvas.hovered.emit(5.0)
    assert hovered.args == [5.0]
    assert {plot._canvas.crosshair for plot in panel.plots} == {5.0}


def test_that_what_was_chosen_is_remembered(panel: PlotPanel, qtbot: QtBot) -> None:
    chip(panel, panel.own_cost).click()
    panel.throughput.hide_curves({"hashed"})
    panel.throughput.set_logarithmic(True)
    other = PlotPanel()
    qtbot.addWidget(other)
    other.restore(panel.state())
    other.show()
    assert shown(other) == [other.throughput, other.own_cost]
    assert other.throughput.hidden_curves() == {"hashed"}
    assert other.throughput.logarithmic
    assert not other.memory.logarithmic


@pytest.mark.parametrize(
    "state",
    ["", "{", "[]", '{"throughput": 3}', '{"throughput": {"shown": false, "hidden": 7}}'],
)
def test_that_a_damaged_memory_leaves_a_plot_in_sight(panel: PlotPanel, state: str) -> None:
    panel.restore(state)
    assert shown(panel) == [panel.throughput]


def test_that_a_period_can_be_chosen_and_is_shown(panel: PlotPanel, qtbot: QtBot) -> None:
    period = panel.findChild(QComboBox, "period")
    assert period.accessibleName()
    with qtbot.waitSignal(panel.period_wanted) as wanted:
        period.activated.emit(period.count() - 1)
    assert wanted.args == [math.inf]
    panel.show_period(60.0)
    assert period.currentText() == "last minute"
    panel.show_period(None)
    assert period.currentIndex() == -1


def test_that_the_menu_offers_each_plot_that_is_shown(panel: PlotPanel) -> None:
    panel._menu.aboutToShow.emit()
    assert "export_png" in [action.objectName() for action in panel._menu.actions()]
    chip(panel, panel.memory).click()
    panel._menu.aboutToShow.emit()
    assert [action.text() for action in panel._menu.actions()] == ["Throughput", "Memory"]
    assert all(action.menu() is not None for action in panel._menu.actions())


def test_that_there_is_a_summary_in_words(panel: PlotPanel) -> None:
    chip(panel, panel.memory).click()
    assert panel.summary() == ""
    panel.set_measurements(measured())
    assert panel.summary().splitlines() == [
        "Throughput: average 100 MB/s, peak 100 MB/s",
        "Memory: now 95.4 MiB, peak 95.4 MiB",
    ]


def test_that_a_plot_that_is_asked_for_has_the_keyboard(panel: PlotPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    panel.bring(panel.connections)
    qtbot.waitUntil(lambda: panel.connections.hasFocus())
    assert panel.connections.isVisible()
