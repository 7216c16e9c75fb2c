"""The time axis that the timeline and the plots share: ticks, labels, insets and marks.

The insets are the same everywhere, so that the axes lie exactly above one another.
"""

import math
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

LEFT_INSET = 64  # from the left edge of a panel to its time axis
RIGHT_INSET = 16
AXIS_HEIGHT = 20  # of the time labels


def time_ticks(t0: float, t1: float, width: float) -> tuple[list[float], float]:
    """Return where an axis of `width` pixels has its ticks, and the seconds between them."""
    span = max(t1 - t0, 1e-9)
    least = span * 90 / max(width, 1.0)
    steps = (
        0.001,
        0.002,
        0.005,
        0.01,
        0.02,
        0.05,
        0.1,
        0.2,
        0.5,
        1,
        2,
        5,
        10,
        15,
        30,
        60,
        120,
        300,
    )
    step = next((step for step in steps if step >= least), 600 * math.ceil(least / 600))
    first = math.ceil(t0 / step - 1e-9)
    last = math.floor(t1 / step + 1e-9)
    return [number * step for number in range(first, last + 1)], step


def time_label(at: float, step: float) -> str:
    """Return the time of a tick: "8 s", "0.25 s", "1:02"."""
    if step < 1:
        decimals = min(3, math.ceil(-math.log10(step) - 1e-9))
        return f"{at:.{decimals}f} s"
    whole = round(at)
    if whole < 60:
        return f"{whole} s"
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def draw_time_label(painter: QPainter, x: int, y: int, right: int, text: str) -> None:
    """Draw the label of a tick below `x`, moved so far left that it ends before `right`."""
    width = painter.fontMetrics().horizontalAdvance(text)
    left = min(x - width // 2, right - width)
    painter.drawText(
        QRect(left, y, width + 2, AXIS_HEIGHT - 4), Qt.AlignmentFlag.AlignVCenter, text
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment when a setting changed."""

    at: float
    text: str
