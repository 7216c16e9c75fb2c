"""The canvas of a plot: curves by pyqtgraph, everything else painted here in pixels.

Grid and labels lie behind the curves, marks, crosshair and readout above them, exactly below those
of the timeline. It knows nothing of what it shows.
"""

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from pullscope.gui import theme as themes
from pullscope.gui.theme import Theme
from pullscope.gui.time_axis import (
    LEFT_INSET,
    RIGHT_INSET,
    Mark,
    draw_time_label,
    time_label,
    time_ticks,
)

_TOP_MARGIN = 6
_BOTTOM_AXIS = 20
_ROOM_FOR_WORDS = 70  # pixels of height; below it the words of marks would hide the curves
_DECADES = 4  # that a logarithmic axis has at most

Reading = Sequence[tuple[QColor | None, str]]
"""Lines of a readout, each with the colour of its curve."""


def nice_top(value: float) -> float:
    """Return a round number that is not below `value`, whose quarter is round too."""
    if value <= 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    factors = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
    return next(factor * power for factor in factors if factor * power >= value * (1 - 1e-9))


def value_label(value: float, step: float) -> str:
    """Return the number at a tick of the value axis, whose ticks are `step` apart."""
    decimals = next((n for n in (0, 1, 2) if abs(step - round(step, n)) < 1e-9), 2)
    return f"{value:,.{decimals}f}"


class PlotCanvas(pg.PlotWidget):  # type: ignore[misc]
    """Draws curves over time.

    Signals:
        hovered: the time under the mouse, NaN when it has left.
        wheeled: how many notches, and at which time.
        dragged: by how many seconds.

    Attributes:
        top: the highest value of the axis.
        logarithmic: whether each step of the axis is ten times the one before.
        marks, crosshair, readout: what is painted above the curves.
        empty: words that stand in place of curves.
    """

    hovered = Signal(float)
    wheeled = Signal(float, float)
    dragged = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        self.marks: list[Mark] = []
        self.crosshair = math.nan
        self.readout: Callable[[float], Reading] = lambda at: ()
        self.empty = ""
        self.top = 1.0
        self.logarithmic = False
        self._pressed: float | None = None
        super().__init__(parent, background=None)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # The keyboard is for the plot around it; pyqtgraph's viewport would take it as well.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusProxy(None)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # What is dropped here is for the window; pyqtgraph would refuse it, and Qt warn of that.
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.viewport().setAutoFillBackground(False)
        # The grid moves with every frame, and the labels stand outside of what curves can touch.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.setMenuEnabled(False)
        self.setAntialiasing(False)
        self.hideButtons()
        item = self.getPlotItem()
        item.setMouseEnabled(False, False)
        for name in ("left", "bottom", "top", "right"):
            item.hideAxis(name)
        item.layout.setContentsMargins(LEFT_INSET - 1, _TOP_MARGIN, RIGHT_INSET - 1, _BOTTOM_AXIS)
        item.layout.setSpacing(0)
        self.view = item.getViewBox()
        self.view.setDefaultPadding(0)
        self.view.disableAutoRange()

    @property
    def floor(self) -> float:
        """The lowest value of the axis."""
        return self.top / 10.0**_DECADES if self.logarithmic else 0.0

    @property
    def span(self) -> float:
        """From the lowest value to the highest, as curves are drawn: decades where logarithmic."""
        return float(_DECADES) if self.logarithmic else self.top

    def show_range(self, t0: float, t1: float) -> None:
        """Show these seconds, and the values from `floor` to `top`."""
        low = math.log10(self.floor) if self.logarithmic else 0.0
        self.view.setRange(xRange=(t0, t1), yRange=(low, low + self.span), padding=0)
        self.view.updateMatrix()  # else the next painting does, which asks for one more

    def plot_rect(self) -> QRectF:
        """Return where the curves are, in pixels of this widget."""
        return QRectF(self.view.mapRectToScene(self.view.rect()))

    def _x(self, at: float) -> float:
        (t0, t1), _ = self.view.viewRange()
        rect = self.plot_rect()
        return float(rect.left() + (at - t0) * rect.width() / (t1 - t0))

    def _time(self, x: float) -> float:
        (t0, t1), _ = self.view.viewRange()
        rect = self.plot_rect()
        return float(t0 + (x - rect.left()) * (t1 - t0) / max(1.0, rect.width()))

    def _value_ticks(self, height: int) -> list[tuple[float, str]]:
        """Return where the value axis has lines, as shares of its height, and their labels."""
        if self.logarithmic:
            first = math.ceil(math.log10(self.floor) - 1e-9)
            last = math.floor(math.log10(self.top) + 1e-9)
            low = math.log10(self.floor)
            every = 1 if height >= 80 else 2
            return [
                ((power - low) / _DECADES, f"{10.0**power:,.{max(0, -power)}f}")
                for power in range(first, last + 1, every)
            ]
        parts = 4 if height >= 80 else 2
        step = self.top / parts
        return [(part / parts, value_label(step * part, step)) for part in range(parts + 1)]

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        theme = themes.current()
        plot = self.plot_rect().toRect()
        (t0, t1), _ = self.view.viewRange()
        painter.setFont(themes.base_font(themes.HEADING_PX))
        painter.setPen(theme.muted)
        ticks, step = time_ticks(t0, t1, plot.width())
        for tick in ticks:
            x = round(self._x(tick))
            painter.fillRect(QRect(x, plot.y(), 1, plot.height()), theme.line)
            right = self.viewport().width() - 4
            draw_time_label(painter, x, plot.bottom() + 3, right, time_label(tick, step))
        painter.fillRect(QRect(plot.x(), plot.bottom(), plot.width(), 1), theme.line)
        for share, label in () if self.empty else self._value_ticks(plot.height()):
            y = plot.bottom() - round(share * (plot.height() - 1))
            painter.fillRect(QRect(plot.x(), y, plot.width(), 1), theme.line)
            box = QRect(0, y - 8, LEFT_INSET - 9, 16)
            to_the_right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, to_the_right, label)
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        theme = themes.current()
        plot = self.plot_rect()
        painter.setFont(themes.number_font(themes.HEADING_PX))
        self._draw_marks(painter, plot, theme)
        if self.empty:
            painter.setFont(themes.base_font())
            painter.setPen(theme.muted)
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, self.empty)
        elif plot.left() <= self._x_or_nan(self.crosshair) <= plot.right():
            self._draw_crosshair(painter, plot, theme)
        owner = self.parentWidget()
        if owner is not None and owner.hasFocus():
            painter.setPen(QPen(theme.accent, 1))
            painter.drawRect(plot.adjusted(0, 0, -1, -1))
        painter.restore()

    def _x_or_nan(self, at: float) -> float:
        return at if math.isnan(at) else self._x(at)

    def _draw_marks(self, painter: QPainter, plot: QRectF, theme: Theme) -> None:
        dashed = QPen(theme.text, 1, Qt.PenStyle.CustomDashLine)
        dashed.setDashPattern([4, 3])
        metrics = QFontMetrics(painter.font())
        free = [plot.left() - 1] * max(1, int(plot.height() - 8) // 24)
        for mark in self.marks:
            x = round(self._x(mark.at)) + 0.5
            if not plot.left() <= x <= plot.right() + 1:
                continue
            painter.setPen(dashed)
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        if plot.height() < _ROOM_FOR_WORDS:
            return
        for mark in self.marks:
            x = round(self._x(mark.at)) + 0.5
            if not plot.left() <= x <= plot.right() + 1:
                continue
            width = metrics.horizontalAdvance(mark.text) + 14
            left = x + 5 if x + 5 + width <= plot.right() else x - 5 - width
            level = next((n for n, end in enumerate(free) if end <= left), None)
            if level is None or left < plot.left():
                continue  # the line stays; the readout at it has the words
            free[level] = left + width + 4
            self._pill(painter, QRectF(left, plot.top() + 3 + 24 * level, width, 20), theme)
            painter.setPen(theme.text)
            box = QRectF(left, plot.top() + 3 + 24 * level, width, 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _draw_crosshair(self, painter: QPainter, plot: QRectF, theme: Theme) -> None:
        x = round(self._x(self.crosshair)) + 0.5
        painter.setPen(QPen(theme.muted, 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        lines = [
            *self.readout(self.crosshair),
            *((None, mark.text) for mark in self.marks if abs(self._x(mark.at) - x) <= 4),
        ]
        if not lines:
            return
        painter.setFont(themes.base_font(themes.HEADING_PX))
        metrics = QFontMetrics(painter.font())
        widths = [
            metrics.horizontalAdvance(text) + (25 if colour is not None else 10)
            for colour, text in lines
        ]
        if 17 * len(lines) + 14 <= plot.height():
            places = [(0.0, 17.0 * number) for number in range(len(lines))]
            width, height = max(widths) + 10, 17 * len(lines) + 8
        else:  # side by side, where there is no room for one below the other
            places = [(float(sum(widths[:number])), 0.0) for number in range(len(lines))]
            width, height = sum(widths) + 10, 25
        left = x + 8 if x + 8 + width <= plot.right() else max(plot.left(), x - 8 - width)
        top = plot.bottom() - height - 6
        self._pill(painter, QRectF(left, top, width, height), theme)
        for (colour, text), (dx, dy) in zip(lines, places, strict=True):
            at = QPointF(left + dx + 10, top + dy + 4)
            if colour is not None:
                painter.fillRect(QRectF(at.x(), at.y() + 4, 9, 9), colour)
                at += QPointF(15, 0)
            painter.setPen(theme.text)
            painter.drawText(QRectF(at.x(), at.y(), width, 17), Qt.AlignmentFlag.AlignVCenter, text)

    def _pill(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme.line, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().x()
            owner = self.parentWidget()
            if owner is not None:
                owner.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._pressed is not None:
            self.dragged.emit(self._time(self._pressed) - self._time(x))
            self._pressed = x
            return
        inside = self.plot_rect().contains(event.position())
        self.hovered.emit(self._time(x) if inside else math.nan)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(math.nan)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheeled.emit(event.angleDelta().y() / 120, self._time(event.position().x()))
        event.accept()
