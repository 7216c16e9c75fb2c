"""The plots: rates from cumulative counts, one time axis with the timeline."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pullscope.engine.model import MIB
from pullscope.gui import theme as themes
from pullscope.gui.plots import MemoryPlot, ThroughputPlot, nice_top, value_label
from pullscope.gui.theme import DARK, LIGHT, Scheme
from pullscope.gui.timeline import Timeline


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, Scheme.DARK)


@pytest.fixture
def plot(qtbot: QtBot) -> ThroughputPlot:
    widget = ThroughputPlot()
    qtbot.addWidget(widget)
    widget.resize(900, 200)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def memory(qtbot: QtBot) -> MemoryPlot:
    widget = MemoryPlot()
    qtbot.addWidget(widget)
    widget.resize(900, 200)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def feed(plot: ThroughputPlot, seconds: float, rate: float = 100e6, start: float = 0.0) -> None:
    """Add ten samples a second of constant rates: written and hashed follow at 3/4 and 1/2."""
    for number in range(1, round(seconds * 10) + 1):
        at = start + number / 10
        plot.add(at, int(at * rate), int(at * rate * 0.75), int(at * rate * 0.5))


def curve(plot: ThroughputPlot, number: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = plot._curves[number].getData()
    return x, y


def test_that_they_are_named_for_scripts_and_screen_readers(
    plot: ThroughputPlot, memory: MemoryPlot
) -> None:
    assert (plot.objectName(), memory.objectName()) == ("throughput", "memory")
    assert plot.accessibleName()
    assert memory.accessibleName()
    assert all(toggle.accessibleName() for toggle in plot._toggles)


def test_that_cumulative_bytes_become_megabytes_a_second(plot: ThroughputPlot) -> None:
    feed(plot, 10)
    plot.refresh()
    pixel = plot._top / plot._canvas.plot_rect().height()
    for number, rate in enumerate((100, 75, 50)):
        times, rates = curve(plot, number)
        steady = rates[times > 1.0]
        assert steady == pytest.approx(np.full(len(steady), rate), abs=1.5 * pixel)


def test_that_a_change_of_rate_is_smoothed_over_half_a_second(plot: ThroughputPlot) -> None:
    feed(plot, 5, 100e6)
    for number in range(1, 51):
        at = 5 + number / 10
        plot.add(at, int(500e6 + number * 30e6), 0, 0)
    rates = plot._samples.rate(0, np.array([4.9, 5.25, 5.6])) / 1e6
    assert rates == pytest.approx([100, 200, 300], rel=0.02)


def test_that_the_first_sample_does_not_shoot_up(plot: ThroughputPlot) -> None:
    plot.add(0.0, 0, 0, 0)
    plot.add(0.001, 1_000_000, 0, 0)
    assert plot._samples.rate(0, np.array([0.001]))[0] < 10e6


def test_that_a_long_pull_costs_no_more_points_than_pixels(plot: ThroughputPlot) -> None:
    feed(plot, 2000)
    plot.set_range(0.0, 2000.0)
    plot.refresh()
    assert len(curve(plot, 0)[0]) <= plot.width()


def test_that_samples_that_go_back_in_time_are_dropped(plot: ThroughputPlot) -> None:
    feed(plot, 2)
    plot.add(1.0, 5, 5, 5)
    assert plot._samples.count == 20


def test_that_nothing_is_drawn_while_hidden(plot: ThroughputPlot) -> None:
    feed(plot, 2)
    plot.hide()
    plot.refresh()
    assert plot._curves[0].getData()[0] is None or not len(curve(plot, 0)[0])
    plot.show()
    assert len(curve(plot, 0)[0])


def test_that_a_plot_that_is_not_live_stands_still(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.set_live(False)
    before = curve(plot, 0)[0][-1]
    feed(plot, 5, start=5)
    plot.refresh()
    assert curve(plot, 0)[0][-1] == before
    plot.set_live(True)
    plot.refresh()
    assert curve(plot, 0)[0][-1] > before


def test_that_a_curve_can_be_hidden_by_its_name_in_the_legend(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.refresh()
    plot._toggles[0].click()
    assert not len(curve(plot, 0)[0])
    assert len(curve(plot, 1)[0])
    assert [text.split()[0] for _, text in plot._read(3.0)[1:]] == ["written", "hashed"]


def test_that_curves_that_lie_on_one_another_are_all_seen(plot: ThroughputPlot) -> None:
    for number in range(1, 101):
        plot.add(number / 10, *(3 * [number * 10_000_000]))
    plot.refresh()
    image = plot._canvas.viewport().grab().toImage()
    x = round(plot._canvas._x(6.1))
    column = {image.pixel(x, y) for y in range(image.height())}
    assert {DARK.receiving.rgb(), DARK.written.rgb(), DARK.hashed.rgb()} <= column


def test_that_the_readout_names_every_curve_at_a_time(plot: ThroughputPlot) -> None:
    feed(plot, 10)
    lines = [text for _, text in plot._read(5.0)]
    assert lines == ["5.0 s", "received 100 MB/s", "written 75 MB/s", "hashed 50 MB/s"]
    assert plot._read(50.0) == []


def test_that_the_time_under_the_mouse_is_shared(plot: ThroughputPlot, qtbot: QtBot) -> None:
    feed(plot, 12)
    plot.refresh()
    with qtbot.waitSignal(plot.time_hovered) as hovered:
        QTest.mouseMove(plot._canvas.viewport(), QPoint(round(plot._canvas._x(6.0)), 60))
    assert hovered.args[0] == pytest.approx(6.0, abs=0.05)
    assert plot._canvas.crosshair == hovered.args[0]
    plot.set_crosshair(math.nan)
    assert math.isnan(plot._canvas.crosshair)


def test_that_a_mark_is_a_line_with_words(plot: ThroughputPlot) -> None:
    feed(plot, 12)
    plot.refresh()
    plain = plot._canvas.viewport().grab().toImage()
    plot.mark(6.0, "parallelism 2 → 16")
    marked = plot._canvas.viewport().grab().toImage()
    x = round(plot._canvas._x(6.0))
    column = {marked.pixel(x, y) for y in range(10, 150)}
    assert DARK.text.rgb() in column
    assert plain.pixel(x + 8, 18) != marked.pixel(x + 8, 18)


def test_that_another_pull_begins_empty(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.mark(2.0, "chunk 16 → 8 MiB")
    plot.set_range(2.0, 4.0)
    plot.clear()
    assert plot._samples.count == 0
    assert not plot._canvas.marks
    assert plot.visible_range() == (0.0, 12.0)
    assert plot._canvas.empty


def test_that_the_time_axis_lies_exactly_below_the_timelines(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    timeline, plot = Timeline(), ThroughputPlot()
    layout.addWidget(timeline)
    layout.addWidget(plot)
    timeline.range_changed.connect(plot.set_range)
    window.resize(900, 500)
    window.show()
    qtbot.waitExposed(window)
    feed(plot, 30)
    timeline.advance(30.0)
    plot.refresh()
    for at in (18.0, 21.5, 30.0):
        above = timeline._bars.viewport().mapTo(window, QPoint(0, 0)).x() + timeline._bars._x(at)
        below = plot._canvas.viewport().mapTo(window, QPoint(0, 0)).x() + plot._canvas._x(at)
        assert above == pytest.approx(below, abs=0.01)


def test_that_the_wheel_and_a_drag_ask_for_another_range(
    plot: ThroughputPlot, qtbot: QtBot
) -> None:
    plot.set_range(10.0, 20.0)
    with qtbot.waitSignal(plot.range_wanted) as wanted:
        plot._canvas.wheeled.emit(1.0, 15.0)
    assert wanted.args == [pytest.approx(11.0), pytest.approx(19.0)]
    with qtbot.waitSignal(plot.range_wanted) as wanted:
        plot._canvas.dragged.emit(-50.0)
    assert wanted.args == [0.0, 10.0]


def test_that_the_scale_does_not_jump_with_every_sample(plot: ThroughputPlot) -> None:
    feed(plot, 5, 100e6)
    plot.refresh()
    top = plot._top
    for number in range(1, 51):
        plot.add(5 + number / 10, int(500e6 + number * 7e6), 0, 0)
    plot.set_range(5.0, 10.0)
    plot.refresh()
    assert plot._top == top


def test_that_memory_is_in_mebibytes_with_its_peak_in_words(memory: MemoryPlot) -> None:
    for at, resident in ((1.0, 80), (2.0, 140), (3.0, 96)):
        memory.add(at, resident * MIB)
    memory.refresh()
    assert memory._now.text() == "now 96 MiB, peak 140 MiB"
    times, resident = memory._line.getData()
    assert float(np.interp(2.0, times, resident)) == pytest.approx(140, abs=1)
    assert memory._read(2.0) == [(None, "2.0 s   140 MiB")]
    memory.clear()
    assert memory._now.text() == ""


def test_that_they_are_drawn_anew_in_the_other_theme(
    plot: ThroughputPlot, qapp: QApplication
) -> None:
    feed(plot, 5)
    plot.refresh()
    themes.apply(qapp, Scheme.LIGHT)
    image = plot.grab().toImage()
    corner = plot._canvas.mapTo(plot, QPoint(8, 8))
    assert image.pixelColor(corner) == LIGHT.panel


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.7, 0.8), (97, 100), (101, 120), (312, 320), (325, 400)]
)
def test_that_the_top_of_a_scale_is_round(value: float, top: float) -> None:
    assert nice_top(value) == pytest.approx(top)


@pytest.mark.parametrize(
    ("value", "step", "text"), [(400, 100, "400"), (0.75, 0.25, "0.75"), (1200, 300, "1,200")]
)
def test_that_values_have_no_more_decimals_than_their_distance(
    value: float, step: float, text: str
) -> None:
    assert value_label(value, step) == text


def test_that_the_labels_on_the_screen_follow_the_axes(
    plot: ThroughputPlot, qtbot: QtBot, qapp: QApplication
) -> None:
    def on_screen() -> QImage:
        return qapp.primaryScreen().grabWindow(plot.winId()).toImage()

    feed(plot, 3.0, rate=1e6)
    plot.set_range(0.0, 12.0)
    plot.refresh()
    qtbot.waitUntil(lambda: same_picture(on_screen(), plot.grab().toImage()))
    feed(plot, 3.0, rate=900e6, start=3.0)
    plot.set_range(2.0, 7.0)
    plot.refresh()
    qtbot.waitUntil(lambda: same_picture(on_screen(), plot.grab().toImage()))


def same_picture(one: QImage, other: QImage) -> bool:
    wanted = QImage.Format.Format_RGB32
    return one.convertToFormat(wanted) == other.convertToFormat(wanted)
