"""The legend of the chunk map."""

import pytest
from pytestqt.qtbot import QtBot

from pullscope.gui.map_colours import ColourBy
from pullscope.gui.map_legend import MapLegend


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (ColourBy.STATE, "pending, waiting, receiving"),
        (ColourBy.CONNECTION, "c1, c2, c3"),
        (ColourBy.AGE, "20.0 s ago – just now"),
        (ColourBy.LATENCY, "10 ms – 20.0 s"),
        (ColourBy.RETRIES, "no retry, 1 retry, 2 retries, 3 or more"),
    ],
)
def test_that_it_says_what_the_colours_mean(qtbot: QtBot, by: ColourBy, words: str) -> None:
    legend = MapLegend()
    qtbot.addWidget(legend)
    legend.resize(600, 18)
    legend.show_scale(by, (0.01, 20.0))
    assert legend.text().startswith(words)
    assert legend.toolTip() == legend.text()
    drawn = legend.grab().toImage()
    legend.show_scale(ColourBy.RETRIES if by is not ColourBy.RETRIES else ColourBy.AGE, (0.0, 1.0))
    assert legend.grab().toImage() != drawn


def test_that_half_an_entry_is_not_drawn(qtbot: QtBot) -> None:
    legend = MapLegend()
    qtbot.addWidget(legend)
    legend.resize(14, 18)
    empty = legend.grab().toImage()
    colours = {empty.pixel(x, 9) for x in range(14)}
    assert len(colours) == 1
