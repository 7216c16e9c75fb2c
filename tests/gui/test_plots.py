"""The plots: rates from cumulative counts, one time axis with the timeline."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from pullscope.engine.events import PullEnded, Sampled, SettingsApplied, WindowDrew
from pullscope.engine.model import MIB, PullState, Settings
from pullscope.engine.units import rate_text
from pullscope.engine.waits import Waited
from pullscope.gui import theme as themes
from pullscope.gui.measurements import Measurements
from pullscope.gui.plot_canvas import PlotCanvas
from pullscope.gui.plots import (
    ConnectionsPlot,
    MemoryPlot,
    OwnCostPlot,
    ThroughputPlot,
    TimePlot,
)
from pullscope.gui.rates import PEAK_WINDOW, peak_rate
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


def feed(plot: TimePlot, seconds: float, rate: float = 100e6, start: float = 0.0) -> None:
    """Let ten samples a second come, at constant rates: written and hashed at 3/4 and 1/2."""
    for number in range(1, round(seconds * 10) + 1):
        at = start + number / 10
        add(plot, at, int(at * rate), int(at * rate * 0.75), int(at * rate * 0.5))


def add(plot: TimePlot, at: float, received: int, written: int, hashed: int) -> None:
    plot.measurements(Sampled(at, received, written, hashed, 4, 0))


def curve(plot: TimePlot, id_: str) -> tuple[np.ndarray, np.ndarray]:
    x, y = plot._lines[id_].getData()
    return x, y


def test_that_they_are_named_for_scripts_and_screen_readers(qtbot: QtBot) -> None:
    names = set()
    for kind in (ThroughputPlot, ConnectionsPlot, MemoryPlot, OwnCostPlot):
        widget = kind()
        qtbot.addWidget(widget)
        names.add(widget.objectName())
        assert widget.accessibleName()
        assert all(toggle.accessibleName() for toggle in widget._toggles.values())
        assert set(widget.curve_names()) == {curve.id for curve in widget.curves}
    assert names == {"throughput", "connections_plot", "memory", "own_cost"}


def test_that_cumulative_bytes_become_megabytes_a_second(plot: ThroughputPlot) -> None:
    feed(plot, 10)
    plot.refresh()
    pixel = plot._top / plot._canvas.plot_rect().height()
    for id_, rate in (("received", 100), ("written", 75), ("hashed", 50)):
        times, rates = curve(plot, id_)
        steady = rates[times > 1.0]
        assert steady == pytest.approx(np.full(len(steady), rate), abs=1.5 * pixel)


def test_that_a_long_pull_costs_no_more_points_than_pixels(plot: ThroughputPlot) -> None:
    feed(plot, 2000)
    plot.set_range(0.0, 2000.0)
    plot.refresh()
    assert len(curve(plot, "received")[0]) <= plot.width()


def test_that_nothing_is_drawn_while_hidden(plot: ThroughputPlot) -> None:
    feed(plot, 2)
    plot.hide()
    plot.refresh()
    assert plot._lines["received"].getData()[0] is None or not len(curve(plot, "received")[0])
    plot.show()
    assert len(curve(plot, "received")[0])


def test_that_a_plot_that_is_not_live_stands_still(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.set_live(False)
    before = curve(plot, "received")[0][-1]
    feed(plot, 5, start=5)
    plot.refresh()
    assert curve(plot, "received")[0][-1] == before
    plot.set_live(True)
    plot.refresh()
    assert curve(plot, "received")[0][-1] > before


def test_that_curves_that_lie_on_one_another_are_all_seen(plot: ThroughputPlot) -> None:
    for number in range(1, 101):
        add(plot, number / 10, *(3 * [number * 10_000_000]))
    plot.refresh()
    image = plot._canvas.viewport().grab().toImage()
    x = round(plot._canvas._x(6.1))
    column = {image.pixel(x, y) for y in range(image.height())}
    assert {DARK.receiving.rgb(), DARK.written.rgb(), DARK.hashed.rgb()} <= column


def test_that_the_readout_names_every_curve_at_a_time(plot: ThroughputPlot) -> None:
    feed(plot, 10)
    lines = [text for _, text in plot.reading(5.0)]
    assert lines == ["5.0 s", "received 100 MB/s", "written 75 MB/s", "hashed 50 MB/s"]
    assert plot.reading(50.0) == ()


def test_that_the_time_under_the_mouse_is_shared(plot: ThroughputPlot, qtbot: QtBot) -> None:
    feed(plot, 12)
    plot.refresh()
    with qtbot.waitSignal(plot.time_hovered) as hovered:
        QTest.mouseMove(plot._canvas.viewport(), QPoint(round(plot._canvas._x(6.0)), 60))
    assert hovered.args[0] == pytest.approx(6.0, abs=0.05)
    assert plot._canvas.crosshair == hovered.args[0]
    plot.set_crosshair(math.nan)
    assert math.isnan(plot._canvas.crosshair)


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
        add(plot, 5 + number / 10, int(500e6 + number * 7e6), 0, 0)
    plot.set_range(5.0, 10.0)
    plot.refresh()
    assert plot._top == top


def test_that_they_are_drawn_anew_in_the_other_theme(
    plot: ThroughputPlot, qapp: QApplication
) -> None:
    feed(plot, 5)
    plot.refresh()
    themes.apply(qapp, Scheme.LIGHT)
    image = plot._as_image()
    assert image.pixelColor(plot._canvas.mapTo(plot, QPoint(8, 8))) == LIGHT.panel
    x = plot._canvas.mapTo(plot, QPoint(round(plot._canvas._x(3.0)), 0)).x()
    column = {image.pixel(x, y) for y in range(image.height())}
    assert LIGHT.receiving.rgb() in column


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


def shown(qtbot: QtBot, plot: TimePlot) -> TimePlot:
    qtbot.addWidget(plot)
    plot.resize(900, 200)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


def test_that_a_curve_can_be_hidden_by_its_name_in_the_legend(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.refresh()
    plot._toggles["received"].click()
    assert not len(curve(plot, "received")[0])
    assert len(curve(plot, "written")[0])
    assert [text.split()[0] for _, text in plot.reading(3.0)[1:]] == ["written", "hashed"]
    assert plot.hidden_curves() == {"received", "wire"}
    plot.hide_curves({"written"})
    assert plot.hidden_curves() == {"written"}


def test_that_the_peak_is_the_one_that_the_headline_tells(plot: ThroughputPlot) -> None:
    feed(plot, 5, 100e6)
    for number, count in enumerate((600e6, 900e6, 910e6, 920e6), start=1):  # a burst of 0.2 s
        add(plot, 5 + number / 10, int(count), 0, 0)
    samples = plot.measurements
    counts = zip(samples.at.tolist(), samples.column("received").tolist(), strict=True)
    plot.set_range(0.0, 6.0)
    plot.refresh()
    told = rate_text(peak_rate(counts, PEAK_WINDOW))
    assert plot.accessibleDescription().endswith(f"peak {told}")


def test_that_average_and_peak_of_what_is_visible_are_told(plot: ThroughputPlot) -> None:
    feed(plot, 10, 100e6)
    for number in range(1, 101):
        add(plot, 10 + number / 10, int(1000e6 + number * 30e6), 0, 0)
    plot.set_range(0.0, 20.0)
    plot.refresh()
    assert plot.accessibleDescription() == "average 201 MB/s, peak 300 MB/s"
    assert plot._words.text() == plot.accessibleDescription()
    plot.set_range(0.0, 8.0)
    plot.refresh()
    assert plot.accessibleDescription() == "average 100 MB/s, peak 100 MB/s"


def test_that_bytes_over_the_wire_are_a_curve_of_their_own(plot: ThroughputPlot) -> None:
    plot.hide_curves(set())
    for number in range(1, 101):
        at = number / 10
        plot.measurements(Sampled(at, int(at * 50e6), 0, 0, 4, 0, network=int(at * 60e6)))
    assert dict(text.split(maxsplit=1) for _, text in plot.reading(5.0)[1:]) == {
        "received": "50 MB/s",
        "written": "0 kB/s",
        "hashed": "0 kB/s",
        "wire": "60 MB/s",
    }


def test_that_connections_are_told_by_what_they_wait_for(qtbot: QtBot) -> None:
    plot = shown(qtbot, ConnectionsPlot())
    for number in range(1, 101):
        at = number / 10
        waited = Waited(first_byte=2 * at, network=5 * at, disk=at)
        plot.measurements(Sampled(at, 0, 0, 0, 8, 0, waited=waited))
    plot.refresh()
    lines = [text for _, text in plot.reading(5.0)[1:]]
    assert lines == ["in flight 8", "wait for a byte 2.0", "receive 5.0", "write 1.0"]
    assert plot.accessibleDescription() == "average 8.0, most 8"


def test_that_memory_is_told_by_owner(qtbot: QtBot) -> None:
    plot = shown(qtbot, MemoryPlot())
    plot.hide_curves(set())
    for at, resident in ((1.0, 80), (2.0, 140), (3.0, 96)):
        plot.measurements(Sampled(at, 30 * MIB, 20 * MIB, 0, 4, resident * MIB, buffers=5 * MIB))
    plot.refresh()
    assert plot.accessibleDescription() == "now 96 MiB, peak 140 MiB"
    assert [text for _, text in plot.reading(2.0)[1:]] == [
        "resident 140 MiB",
        "to be written 10 MiB",
        "transport at most 5 MiB",
        "the rest 125 MiB",
    ]


def test_that_the_worst_lag_is_drawn_and_told(qtbot: QtBot) -> None:
    plot = shown(qtbot, OwnCostPlot())
    plot.measurements(WindowDrew(0.05, (0.004,)))
    for number in range(1, 1201):
        lag = 0.25 if number == 600 else 0.002
        plot.measurements(Sampled(number / 10, 0, 0, 0, 0, 0, lag=lag))
    plot.set_range(0.0, 120.0)
    plot.refresh()
    assert curve(plot, "lag")[1].max() == pytest.approx(250, abs=5)
    assert plot.accessibleDescription() == "p99 2 ms, most 250 ms"


def test_that_a_change_is_marked_with_old_and_new_value(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.measurements(SettingsApplied(5.05, Settings(parallelism=4), Settings(parallelism=8)))
    feed(plot, 1, start=5.0)
    plot.refresh()
    assert [(mark.at, mark.text) for mark in plot._canvas.marks] == [(5.05, "parallelism 4 → 8")]


def test_that_a_change_at_the_end_of_a_pull_is_drawn_too(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.measurements(SettingsApplied(5.05, Settings(parallelism=4), Settings(parallelism=8)))
    plot.refresh()
    plot.measurements(PullEnded(5.2, PullState.DONE, ""))
    plot.refresh()
    assert len(plot._canvas.marks) == 1


def test_that_another_pull_is_drawn_from_its_own_beginning(plot: ThroughputPlot) -> None:
    feed(plot, 5)
    plot.set_range(2.0, 4.0)
    first = plot.measurements
    plot.set_measurements(Measurements())
    assert not len(curve(plot, "received")[0])
    assert not plot._canvas.marks
    assert plot.visible_range() == (0.0, 12.0)
    assert plot._canvas.empty
    plot.set_measurements(first)
    assert len(curve(plot, "received")[0])
    assert not plot._canvas.empty


def test_that_a_logarithmic_axis_shows_small_and_large(plot: ThroughputPlot) -> None:
    feed(plot, 5, 1e6)
    for number in range(1, 51):
        add(plot, 5 + number / 10, int(5e6 + number * 50e6), 0, 0)
    plot.set_logarithmic(True)
    assert plot._canvas.top == 1000.0
    times, values = curve(plot, "received")
    assert np.interp(4.0, times, values) == pytest.approx(0.0, abs=0.05)  # 1 MB/s
    assert np.interp(9.0, times, values) == pytest.approx(2.7, abs=0.05)  # 500 MB/s
    plot.set_logarithmic(False)
    assert curve(plot, "received")[1].max() == pytest.approx(500, rel=0.02)


def test_that_curves_on_one_another_are_all_seen_on_a_logarithmic_axis(
    plot: ThroughputPlot,
) -> None:
    for number in range(1, 101):
        add(plot, number / 10, *(3 * [number * 10_000_000]))
    plot.set_logarithmic(True)
    image = plot._canvas.viewport().grab().toImage()
    x = round(plot._canvas._x(6.1))
    column = {image.pixel(x, y) for y in range(image.height())}
    assert {DARK.receiving.rgb(), DARK.written.rgb(), DARK.hashed.rgb()} <= column


def test_that_values_are_exported_as_they_are_seen(plot: ThroughputPlot, tmp_path: Path) -> None:
    feed(plot, 10)
    plot.set_range(2.0, 4.0)
    plot.export(tmp_path / "view.csv")
    with (tmp_path / "view.csv").open() as file:
        header, *rows = csv.reader(file)
    assert header == ["seconds", "received_MB_per_s", "written_MB_per_s", "hashed_MB_per_s"]
    assert len(rows) == 20
    assert rows[0] == ["2.000", "100", "75", "50"]


def test_that_pictures_are_exported(plot: ThroughputPlot, tmp_path: Path) -> None:
    feed(plot, 10)
    plot.export(tmp_path / "view.png")
    plot.export(tmp_path / "view.svg")
    picture = QImage(str(tmp_path / "view.png"))
    assert (picture.width(), picture.height()) == (plot.width(), plot.height())
    renderer = QSvgRenderer(str(tmp_path / "view.svg"))
    assert renderer.isValid()
    drawn = QImage(plot.size(), QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    renderer.render(painter)
    painter.end()
    colours = {drawn.pixel(x, y) for x in range(0, 900, 2) for y in range(0, 200, 2)}
    assert DARK.receiving.rgb() in colours
    assert DARK.panel.rgb() in colours


def test_that_an_export_that_fails_is_told(plot: ThroughputPlot, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plot.failed) as failed:
        plot._export_to(Path("/nowhere/at/all.csv"))
    assert "/nowhere/at/all.csv" in failed.args[0]
    with qtbot.waitSignal(plot.failed) as failed:
        plot._export_to(Path("view.bmp"))


def test_that_the_context_menu_chooses_axis_and_file(
    plot: ThroughputPlot, qtbot: QtBot, tmp_path: Path
) -> None:
    feed(plot, 5)
    menu = plot.make_menu()
    menu.actions()[0].trigger()
    assert plot.logarithmic
    [export] = [action for action in menu.actions() if action.objectName() == "export_csv"]
    export.trigger()
    dialog = plot.findChild(QFileDialog)
    assert dialog.selectedNameFilter() == "CSV (*.csv)"
    dialog.fileSelected.emit(str(tmp_path / "view.csv"))
    assert (tmp_path / "view.csv").exists()
    dialog.close()


def test_that_keys_zoom_and_move(plot: ThroughputPlot, qtbot: QtBot) -> None:
    plot.set_range(10.0, 20.0)
    for key, wanted in (
        (Qt.Key.Key_Plus, [12.5, 17.5]),
        (Qt.Key.Key_Minus, [5.0, 25.0]),
        (Qt.Key.Key_Left, [9.0, 19.0]),
        (Qt.Key.Key_Right, [11.0, 21.0]),
    ):
        with qtbot.waitSignal(plot.range_wanted) as asked:
            QTest.keyClick(plot, key)
        assert asked.args == pytest.approx(wanted)
    with qtbot.waitSignal(plot.period_wanted) as period:
        QTest.keyClick(plot, Qt.Key.Key_Home)
    assert period.args == [math.inf]


def same_picture(one: QImage, other: QImage) -> bool:
    wanted = QImage.Format.Format_RGB32
    return one.convertToFormat(wanted) == other.convertToFormat(wanted)


def test_that_a_refresh_paints_once(
    plot: ThroughputPlot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted = 0
    draw = PlotCanvas.drawBackground

    def counted(canvas: PlotCanvas, painter: QPainter, rect: QRectF) -> None:
        nonlocal painted
        painted += 1
        draw(canvas, painter, rect)

    monkeypatch.setattr(PlotCanvas, "drawBackground", counted)
    plot = ThroughputPlot()
    plot.resize(900, 200)
    plot.show()
    feed(plot, 20)
    for end in (12.0, 13.0, 14.0, 15.0):
        plot.set_range(end - 12.0, end)
        plot.refresh()
        for _ in range(5):
            qapp.processEvents()
        if end < 14.0:  # the first ones settle scale and layout
            painted = 0
    assert painted == 2
    plot.hide()
