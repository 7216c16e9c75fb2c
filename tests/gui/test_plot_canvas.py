"""The canvas of a plot: its scales, marks and crosshair."""

import math
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pullscope.gui import theme as themes
from pullscope.gui.plot_canvas import PlotCanvas, nice_top, value_label
from pullscope.gui.theme import DARK, Scheme
from pullscope.gui.time_axis import Mark


@pytest.fixture
def canvas(qtbot: QtBot, qapp: QApplication) -> Iterator[PlotCanvas]:
    themes.apply(qapp, Scheme.DARK)
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(900, 220)
    canvas = PlotCanvas(parent)
    canvas.resize(900, 200)
    parent.show()
    qtbot.waitExposed(parent)
    canvas.top = 100.0
    canvas.show_range(0.0, 12.0)
    yield canvas
    parent.hide()


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


def test_that_a_mark_is_a_line_with_words(canvas: PlotCanvas) -> None:
    plain = canvas.viewport().grab().toImage()
    canvas.marks = [Mark(6.0, "parallelism 2 → 16")]
    marked = canvas.viewport().grab().toImage()
    x = round(canvas._x(6.0))
    assert DARK.text.rgb() in {marked.pixel(x, y) for y in range(10, 150)}
    assert plain.pixel(x + 8, 18) != marked.pixel(x + 8, 18)


def test_that_a_logarithmic_axis_has_a_line_for_every_decade(canvas: PlotCanvas) -> None:
    canvas.logarithmic = True
    canvas.top = 1000.0
    assert canvas.floor == pytest.approx(0.1)
    assert [label for _, label in canvas._value_ticks(160)] == ["0.1", "1", "10", "100", "1,000"]
    assert [share for share, _ in canvas._value_ticks(160)] == pytest.approx(
        [0, 0.25, 0.5, 0.75, 1]
    )
    assert [label for _, label in canvas._value_ticks(60)] == ["0.1", "10", "1,000"]


def test_that_a_linear_axis_has_round_steps(canvas: PlotCanvas) -> None:
    assert canvas._value_ticks(160) == [
        (0.0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1.0, "100")
    ]  # fmt: skip


def test_that_the_readout_at_a_mark_has_its_words(canvas: PlotCanvas, qtbot: QtBot) -> None:
    asked: list[float] = []

    def read(at: float) -> list[tuple[None, str]]:
        asked.append(at)
        return [(None, "6.0 s")]

    canvas.readout = read
    canvas.crosshair = 6.0
    without = canvas.viewport().grab().toImage()
    canvas.marks = [Mark(6.0, "chunk 16 → 8 MiB"), Mark(9.0, "elsewhere")]
    canvas.viewport().grab()
    assert set(asked) == {6.0}
    x, y = round(canvas._x(6.0)) + 20, round(canvas.plot_rect().bottom()) - 40
    assert canvas.viewport().grab().toImage().pixel(x, y) != without.pixel(x, y)
    canvas.crosshair = math.nan
    asked.clear()
    canvas.viewport().grab()
    assert asked == []


def test_that_a_low_plot_has_its_readout_in_one_line(canvas: PlotCanvas) -> None:
    colours = (DARK.receiving, DARK.written, DARK.hashed, DARK.retried)
    canvas.readout = lambda at: [(colour, "339 MB/s") for colour in colours]
    canvas.crosshair = 6.0
    canvas.resize(900, 80)
    canvas.viewport().grab()
    image = canvas.viewport().grab().toImage()
    seen = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
    assert {colour.rgb() for colour in colours} <= seen


def test_that_what_is_dropped_on_a_plot_is_for_the_window(canvas: PlotCanvas) -> None:
    target: QWidget | None = canvas.viewport()
    while target is not None and not target.acceptDrops():  # as Qt looks for it
        target = target.parentWidget()
    assert target is None  # of the canvas and what it lies in here, none takes it
