"""The colours of the chunk map: told apart by every eye, on either surface."""

import itertools

import pytest
from PySide6.QtGui import QColor

from pullscope.gui.map_colours import connection_colours, retry_colours, scale_colour
from pullscope.gui.strips import pending_colour
from pullscope.gui.theme import DARK, LIGHT, Theme

BOTH = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])


def luminance(colour: QColor) -> float:
    """Return the relative luminance, which every eye sees."""

    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def distance(one: QColor, other: QColor) -> int:
    return max(
        abs(one.red() - other.red()),
        abs(one.green() - other.green()),
        abs(one.blue() - other.blue()),
    )


@BOTH
def test_that_the_scale_grows_lighter_from_step_to_step(theme: Theme) -> None:
    steps = [luminance(scale_colour(step / 20, theme)) for step in range(21)]
    assert steps == sorted(steps)
    assert (steps[-1] + 0.05) / (steps[0] + 0.05) > 5


@BOTH
def test_that_no_colour_looks_like_bytes_nobody_asked_for(theme: Theme) -> None:
    colours = [scale_colour(step / 20, theme) for step in range(21)] + connection_colours()
    assert min(distance(colour, pending_colour(theme)) for colour in colours) >= 30


def test_that_connections_side_by_side_are_told_apart() -> None:
    pairs = itertools.combinations(connection_colours(), 2)
    assert min(distance(one, other) for one, other in pairs) >= 30


@BOTH
def test_that_more_retries_are_lighter(theme: Theme) -> None:
    steps = [luminance(colour) for colour in retry_colours(theme)]
    assert steps == sorted(steps)
