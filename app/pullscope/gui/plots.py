"""The plots over time: throughput by what became of the bytes, and memory.

Both keep what they were told and draw it in `refresh`, which the window calls; they have no clock
and no timer. A rate is drawn from the cumulative counts, averaged over a window, at as many points
as the plot has pixels for: a long pull costs a frame no more than a short one.
"""

import bisect
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QIcon,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from pullscope.engine.model import MIB
from pullscope.engine.units import duration_text, rate_text
from pullscope.gui import theme as themes
from pullscope.gui.chunk_map import heading
from pullscope.gui.theme import Theme
from pullscope.gui.timeline import (
    LEFT_INSET,
    RIGHT_INSET,
    Mark,
    draw_time_label,
    time_label,
    time_ticks,
)

WINDOW = 0.5  # seconds a rate is averaged over
_TOP_MARGIN = 6
_BOTTOM_AXIS = 20
_ROOM_FOR_WORDS = 70  # pixels of height; below it the words of marks would hide the curves

Values = npt.NDArray[np.float64]


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


class _Samples:
    """Columns of numbers by time, in the order in which they came."""

    def __init__(self, columns: int) -> None:
        self._values = np.zeros((columns + 1, 1024))
        self.count = 0

    def add(self, at: float, *values: float) -> None:
        """Append a row; one that is not later than the last is dropped."""
        if self.count and at <= self._values[0, self.count - 1]:
            return
        if self.count == self._values.shape[1]:
            self._values = np.concatenate([self._values, np.zeros_like(self._values)], axis=1)
        self._values[:, self.count] = (at, *values)
        self.count += 1

    def clear(self) -> None:
        self.count = 0

    @property
    def at(self) -> Values:
        return self._values[0, : self.count]

    def column(self, number: int) -> Values:
        return self._values[number + 1, : self.count]

    def points(self, t0: float, t1: float, width: float) -> Values:
        """Return at most as many times between t0 and t1 as can be told apart on `width` pixels.

        They are whole multiples of their distance, so that a curve keeps its shape while it moves.
        """
        if self.count < 2:
            return np.zeros(0)
        at = self.at
        step = max((t1 - t0) / max(width, 1.0), 0.05)
        step = 0.05 * 2.0 ** math.ceil(math.log2(step / 0.05) - 1e-9)
        low, high = max(t0 - step, float(at[0])), min(t1 + step, float(at[-1]))
        if high <= low:
            return np.zeros(0)
        grid = np.arange(math.ceil(low / step), math.floor(high / step) + 1) * step
        if high < t1:
            grid = np.append(grid[grid < high], high)  # the present is rarely a multiple
        times: Values = grid.astype(np.float64)
        return times

    def rate(self, number: int, times: Values, window: float = WINDOW) -> Values:
        """Return the rise of a cumulative column per second, over the `window` before `times`."""
        at, counts = self.at, self.column(number)
        before = np.maximum(times - window, at[0])
        rise = np.interp(times, at, counts) - np.interp(before, at, counts)
        # At the very beginning a full window is not there yet; a tiny one would shoot up.
        rates: Values = rise / np.maximum(times - before, window / 2)
        return rates


class _Canvas(pg.PlotWidget):  # type: ignore[misc]
    """The plot itself.

    pyqtgraph draws the curves. Grid and labels behind them, marks, crosshair and readout above
    them are painted in pixels: so they stand exactly below those of the timeline.
    """

    hovered = Signal(float)
    wheeled = Signal(float, float)
    dragged = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        self.marks: list[Mark] = []
        self.words = True  # of the marks
        self.crosshair = math.nan
        self.readout: Callable[[float], list[tuple[QColor | None, str]]] = lambda at: []
        self.empty = ""
        self._pressed: float | None = None
        super().__init__(parent, background=None)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        theme = themes.current()
        plot = self.plot_rect().toRect()
        (t0, t1), (_, top) = self.view.viewRange()
        painter.setFont(themes.base_font(themes.HEADING_PX))
        painter.setPen(theme.muted)
        ticks, step = time_ticks(t0, t1, plot.width())
        for tick in ticks:
            x = round(self._x(tick))
            painter.fillRect(QRect(x, plot.y(), 1, plot.height()), theme.line)
            right = self.viewport().width() - 4
            draw_time_label(painter, x, plot.bottom() + 3, right, time_label(tick, step))
        parts = 0 if self.empty else (4 if plot.height() >= 80 else 2)
        painter.fillRect(QRect(plot.x(), plot.bottom(), plot.width(), 1), theme.line)
        for part in range(parts + 1 if parts else 0):
            y = plot.bottom() - round(part * (plot.height() - 1) / parts)
            painter.fillRect(QRect(plot.x(), y, plot.width(), 1), theme.line)
            box = QRect(0, y - 8, LEFT_INSET - 9, 16)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, right, value_label(top * part / parts, top / parts))
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
        if not self.words or plot.height() < _ROOM_FOR_WORDS:
            return
        for mark in self.marks:
            x = round(self._x(mark.at)) + 0.5
            if not plot.left() <= x <= plot.right() + 1:
                continue
            width = metrics.horizontalAdvance(mark.text) + 14
            left = x + 5 if x + 5 + width <= plot.right() else x - 5 - width
            level = next((n for n, end in enumerate(free) if end <= left), None)
            if level is None or left < plot.left():
                continue  # the line stays; its words are in the timeline's tip
            free[level] = left + width + 4
            self._pill(painter, QRectF(left, plot.top() + 3 + 24 * level, width, 20), theme)
            painter.setPen(theme.text)
            box = QRectF(left, plot.top() + 3 + 24 * level, width, 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _draw_crosshair(self, painter: QPainter, plot: QRectF, theme: Theme) -> None:
        x = round(self._x(self.crosshair)) + 0.5
        painter.setPen(QPen(theme.muted, 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        lines = self.readout(self.crosshair)
        if not lines:
            return
        painter.setFont(themes.base_font(themes.HEADING_PX))
        metrics = QFontMetrics(painter.font())
        width = max(metrics.horizontalAdvance(text) for _, text in lines) + 32
        height = 17 * len(lines) + 8
        left = x + 8 if x + 8 + width <= plot.right() else x - 8 - width
        top = plot.bottom() - height - 6
        self._pill(painter, QRectF(left, top, width, height), theme)
        for number, (colour, text) in enumerate(lines):
            y = top + 4 + 17 * number
            indent = 10.0
            if colour is not None:
                painter.fillRect(QRectF(left + 10, y + 4, 9, 9), colour)
                indent = 25.0
            painter.setPen(theme.text)
            box = QRectF(left + indent, y, width, 17)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    def _pill(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme.line, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.position().x()

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


class _TimePlot(QWidget):
    """A panel with curves over time.

    Signals:
        range_wanted: the seconds that the user asked to see; the timeline decides.
        time_hovered: the time under the mouse, NaN when it has left.
    """

    range_wanted = Signal(float, float)
    time_hovered = Signal(float)

    def __init__(self, title: str, unit: str, columns: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        themes.as_panel(self)
        self._samples = _Samples(columns)
        self._range: tuple[float, float] | None = None
        self._top = 1.0
        self._live = True
        self._stale = True
        self._canvas = _Canvas(self)
        self._canvas.readout = self._read
        self._canvas.hovered.connect(self.set_crosshair)
        self._canvas.hovered.connect(self.time_hovered)
        self._canvas.wheeled.connect(self._wheel)
        self._canvas.dragged.connect(self._drag)
        self._header = QHBoxLayout()
        self._header.setContentsMargins(12, 0, 12, 0)
        self._header.setSpacing(4)
        self._header.addWidget(heading(title, unit))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 4, 1, 4)
        layout.setSpacing(2)
        layout.addLayout(self._header)
        layout.addWidget(self._canvas, 1)
        self.setMinimumHeight(110)

    def mark(self, at: float, text: str) -> None:
        """Draw a line, and `text` beside it, where a setting changed."""
        bisect.insort(self._canvas.marks, Mark(at, text), key=lambda mark: mark.at)
        self._canvas.viewport().update()

    def clear(self) -> None:
        """Forget samples and marks: another pull begins."""
        self._samples.clear()
        self._canvas.marks.clear()
        self._top = 1.0
        self._range = None
        self._live = True
        self._redraw()

    def set_range(self, t0: float, t1: float) -> None:
        """Show these seconds from the next refresh on."""
        self._range = (t0, t1)
        self._stale = True

    def set_live(self, live: bool) -> None:
        """While not live, new samples are kept but not drawn, unless the range changes."""
        if not live:
            self.refresh()
        self._stale = self._stale or live
        self._live = live

    def set_crosshair(self, at: float) -> None:
        """Read the curves at a time that is pointed at, here or elsewhere; NaN ends it."""
        if at != self._canvas.crosshair:
            self._canvas.crosshair = at
            self._canvas.viewport().update()

    def refresh(self) -> None:
        """Draw what was added since the last call. Costs nothing when hidden or up to date."""
        if self._stale and self.isVisible():
            self._redraw()

    def sizeHint(self) -> QSize:
        return QSize(640, 190)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._dress(themes.current())
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        changes = (QEvent.Type.PaletteChange, QEvent.Type.DevicePixelRatioChange)
        if event.type() in changes and self.isVisible():
            self._dress(themes.current())
            self._redraw()

    def visible_range(self) -> tuple[float, float]:
        """Return the first and the last second that are visible."""
        if self._range is not None:
            return self._range
        last = float(self._samples.at[-1]) if self._samples.count else 0.0
        return 0.0, max(last, 12.0)

    def _added(self) -> None:
        self._stale = self._stale or self._live

    def _redraw(self) -> None:
        self._stale = False
        t0, t1 = self.visible_range()
        times = self._samples.points(t0, t1, self._canvas.plot_rect().width() / 2)
        highest = self._draw(times)
        # The words of marks stand at the top; keep the curves below them.
        marked = self._canvas.words and any(t0 <= mark.at <= t1 for mark in self._canvas.marks)
        top = nice_top(highest * (1.2 if marked else 1.05))
        if top > self._top or top < self._top * 0.45:  # a scale that jumps to and fro is no scale
            self._top = top
            self._draw(times)  # the curves lie pixels apart, and a pixel is another value now
        self._canvas.empty = "" if self._samples.count > 1 else self.tr("Nothing measured yet")
        self._canvas.view.setRange(xRange=(t0, t1), yRange=(0.0, self._top), padding=0)

    def _draw(self, times: Values) -> float:
        """Draw the curves at `times` and return the highest value."""
        raise NotImplementedError

    def _read(self, at: float) -> list[tuple[QColor | None, str]]:
        """Return the lines of the readout at a time."""
        raise NotImplementedError

    def _dress(self, theme: Theme) -> None:
        """Put the curves into the colours of `theme`."""
        raise NotImplementedError

    def _pen(self, colour: QColor, width: int) -> QPen:
        pen = QPen(colour, width * self.devicePixelRatioF())
        pen.setCosmetic(True)  # its width is in device pixels, not in seconds and MB/s
        return pen

    def _curve(self) -> pg.PlotCurveItem:
        curve = pg.PlotCurveItem(skipFiniteCheck=True, antialias=False)
        self._canvas.addItem(curve)
        return curve

    def _wheel(self, turns: float, at: float) -> None:
        t0, t1 = self.visible_range()
        factor = 0.8**turns
        first = max(0.0, at - (at - t0) * factor)
        self.range_wanted.emit(first, first + (t1 - t0) * factor)

    def _drag(self, seconds: float) -> None:
        t0, t1 = self.visible_range()
        seconds = max(seconds, -t0)
        self.range_wanted.emit(t0 + seconds, t1 + seconds)


class ThroughputPlot(_TimePlot):
    """How fast bytes are received, written and hashed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Throughput"), "MB/s", 3, parent)
        self.setObjectName("throughput")
        self.setAccessibleName(self.tr("Throughput over time"))
        self._colours = ("receiving", "written", "hashed")
        self._curves = [self._curve() for _ in self._colours]
        self._toggles = []
        words = (self.tr("received"), self.tr("written"), self.tr("hashed"))
        self._header.addSpacing(12)
        for word in words:
            toggle = QToolButton()
            toggle.setText(word)
            toggle.setAccessibleName(self.tr("Show the curve: {}").format(word))
            toggle.setCheckable(True)
            toggle.setChecked(True)
            toggle.setProperty("legend", True)
            toggle.setFont(themes.base_font(themes.HEADING_PX))
            toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            toggle.toggled.connect(self._toggled)
            self._header.addWidget(toggle)
            self._toggles.append(toggle)
        self._header.addStretch(1)
        self._words = words

    def add(self, at: float, received: int, written: int, hashed: int) -> None:
        """Take in how many bytes were received, written and hashed, up to `at`."""
        self._samples.add(at, received, written, hashed)
        self._added()

    def _toggled(self) -> None:
        self._dress(themes.current())
        self._redraw()

    def _draw(self, times: Values) -> float:
        # The three often lie on one another: a pixel apart, each of them is still seen.
        pixel = self._top / max(1.0, self._canvas.plot_rect().height())
        highest = 0.0
        for number, curve in enumerate(self._curves):
            if not len(times) or not self._toggles[number].isChecked():
                curve.setData([], [])
                continue
            rates = self._samples.rate(number, times) / 1e6
            curve.setData(times, rates + (1 - number) * pixel)
            highest = max(highest, float(rates.max()))
        return highest

    def _read(self, at: float) -> list[tuple[QColor | None, str]]:
        if self._samples.count < 2 or not self._samples.at[0] <= at <= self._samples.at[-1]:
            return []
        theme = themes.current()
        lines: list[tuple[QColor | None, str]] = [(None, duration_text(at))]
        for number, word in enumerate(self._words):
            if self._toggles[number].isChecked():
                rate = float(self._samples.rate(number, np.array([at]))[0])
                colour: QColor = getattr(theme, self._colours[number])
                lines.append((colour, f"{word} {rate_text(rate)}"))
        return lines

    def _dress(self, theme: Theme) -> None:
        for number, (curve, toggle) in enumerate(zip(self._curves, self._toggles, strict=True)):
            colour: QColor = getattr(theme, self._colours[number])
            curve.setPen(self._pen(colour, 2))
            toggle.setIcon(_line_icon(colour if toggle.isChecked() else theme.line))


class MemoryPlot(_TimePlot):
    """How many bytes of the process are resident."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Memory"), "MiB", 1, parent)
        self.setObjectName("memory")
        self.setAccessibleName(self.tr("Memory over time"))
        self._canvas.words = False  # the throughput has them, at the same lines
        self._line = self._curve()
        self._peak = 0
        self._now = QLabel()
        self._now.setFont(themes.base_font(themes.HEADING_PX))
        self._now.setProperty("role", "muted")
        self._header.addStretch(1)
        self._header.addWidget(self._now)

    def add(self, at: float, resident_bytes: int) -> None:
        """Take in how many bytes are resident at `at`."""
        self._samples.add(at, resident_bytes)
        self._peak = max(self._peak, resident_bytes)
        self._added()

    def clear(self) -> None:
        self._peak = 0
        super().clear()

    def _draw(self, times: Values) -> float:
        if self._samples.count:
            now = self._samples.column(0)[-1] / MIB
            self._now.setText(
                self.tr("now {:.0f} MiB, peak {:.0f} MiB").format(now, self._peak / MIB)
            )
        else:
            self._now.clear()
        if not len(times):
            self._line.setData([], [])
            return 0.0
        resident = np.interp(times, self._samples.at, self._samples.column(0)) / MIB
        self._line.setData(times, resident)
        return float(resident.max())

    def _read(self, at: float) -> list[tuple[QColor | None, str]]:
        if self._samples.count < 2 or not self._samples.at[0] <= at <= self._samples.at[-1]:
            return []
        resident = float(np.interp(at, self._samples.at, self._samples.column(0))) / MIB
        return [(None, f"{duration_text(at)}   {resident:.0f} MiB")]

    def _dress(self, theme: Theme) -> None:
        self._line.setPen(self._pen(theme.muted, 1))


def _line_icon(colour: QColor) -> QIcon:
    pixmap = QPixmap(32, 32)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.fillRect(QRectF(0, 7, 14, 2), colour)
    return QIcon(pixmap)
