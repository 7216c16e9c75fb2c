"""The timeline: when every attempt for a chunk waited, received and was written.

Time runs across; a row is a connection, or one of the attempts of a layer that run side by side.
The bars come from the columns of `attempts.Attempts`, are cut to the visible time and drawn into
one image. `time_ticks`, `time_label` and the insets are shared with `plots`, so that the time axes
of timeline and plots lie exactly above one another.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.units import duration_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.attempts import Attempts, Outcome
from pullscope.gui.chunk_map import (
    Legend,
    heading,
    image_of,
    short_digest,
    stripe,
)
from pullscope.gui.theme import Theme

LEFT_INSET = 64  # from the left edge of a panel to its time axis
RIGHT_INSET = 16
SHORTEST = 0.02  # seconds; no closer look than this
_AXIS = 20  # height of the time labels
_TALLEST, _LOWEST = 16, 3  # of a row
_NARROW = 640  # below it the header has no room for every word
_NEAR = 4  # pixels from a marker's line that are still on it


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
    painter.drawText(QRect(left, y, width + 2, _AXIS - 4), Qt.AlignmentFlag.AlignVCenter, text)


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment when a setting changed."""

    at: float
    text: str


class Timeline(QWidget):
    """Every attempt of a pull over time.

    While it follows, the right edge is the present; zooming keeps it there, panning stops it.

    Signals:
        range_changed: the first and the last second that are visible.
        chunk_selected: the layer and the chunk of a bar that was clicked.
        time_hovered: the time under the mouse, NaN when it has left.
    """

    range_changed = Signal(float, float)
    chunk_selected = Signal(int, int)
    time_hovered = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setAccessibleName(self.tr("Connections over time"))
        themes.as_panel(self)
        self._bars = _Bars(self)
        self._bars.setAccessibleName(self.tr("Chunk attempts over time"))
        self._bars.setAccessibleDescription(
            self.tr("Plus and minus zoom, arrows move, Home fits, F follows the present")
        )
        self._bars.range_changed.connect(self.range_changed)
        self._bars.range_changed.connect(self._show_range)
        self._bars.chunk_selected.connect(self.chunk_selected)
        self._bars.time_hovered.connect(self.time_hovered)
        self.setFocusProxy(self._bars)

        self._heading = heading(self.tr("Connections"))
        self._rows = QComboBox()
        self._rows.setAccessibleName(self.tr("Rows of the timeline"))
        self._rows.addItem(self.tr("by connection"), False)
        self._rows.addItem(self.tr("by layer"), True)
        self._rows.currentIndexChanged.connect(self._rows_chosen)
        self._span = QComboBox()
        self._span.setAccessibleName(self.tr("Time shown"))
        for seconds in (12.0, 30.0, 60.0):
            self._span.addItem(self.tr("last {:.0f} s").format(seconds), seconds)
        self._span.addItem(self.tr("all"), math.inf)
        self._span.activated.connect(self._span_chosen)
        self._follow = QToolButton()
        self._follow.setText(self.tr("Follow"))
        self._follow.setAccessibleName(self.tr("Follow the present"))
        self._follow.setToolTip(self.tr("Keep the present in view (F)"))
        self._follow.setCheckable(True)
        self._follow.setChecked(True)
        self._follow.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._follow.toggled.connect(self._bars.set_following)
        self._bars.following_changed.connect(self._show_following)
        for control in (self._rows, self._span, self._follow):
            if isinstance(control, QComboBox):
                control.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            control.setFont(themes.base_font(themes.HEADING_PX))
            control.setProperty("compact", True)
        legend = Legend(
            [
                ("waiting", self.tr("waiting")),
                ("receiving", self.tr("receiving")),
                ("written", self.tr("writing")),
                ("retried", self.tr("retried")),
            ]
        )
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 12, 0)
        header.setSpacing(4)
        header.addWidget(self._heading)
        header.addSpacing(12)
        header.addWidget(legend, 1)
        header.addWidget(self._rows)
        header.addWidget(self._span)
        header.addWidget(self._follow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 4, 1, 4)
        layout.setSpacing(2)
        layout.addLayout(header)
        layout.addWidget(self._bars, 1)
        self._set_icon()

    def set_attempts(self, attempts: Attempts) -> None:
        """Draw these attempts from now on, following; the marks of another pull are forgotten."""
        self._bars.set_attempts(attempts)

    def advance(self, now: float) -> None:
        """The pull is `now` seconds old: draw what has happened since the last call."""
        self._bars.advance(now)

    def mark(self, at: float, text: str) -> None:
        """Draw a line where a setting changed."""
        self._bars.mark(at, text)

    def set_range(self, t0: float, t1: float) -> None:
        """Show these seconds, and follow no longer."""
        self._bars.set_range(t0, t1)

    def time_range(self) -> tuple[float, float]:
        """Return the first and the last second that are visible."""
        return self._bars.time_range()

    def set_crosshair(self, at: float) -> None:
        """Draw a line at a time that is pointed at elsewhere; NaN draws none."""
        self._bars.set_crosshair(at)

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Frame the bars of a chunk that was selected elsewhere."""
        self._bars.select(chunk)

    @property
    def following(self) -> bool:
        """Whether the present is kept in view."""
        return self._bars.following

    def set_following(self, following: bool) -> None:
        """Keep the present in view, or freeze."""
        self._follow.setChecked(following)

    @property
    def by_layer(self) -> bool:
        """Whether a row belongs to a layer; else to a connection."""
        return bool(self._rows.currentData())

    def set_by_layer(self, by_layer: bool) -> None:
        """Sort the bars into rows by layer or by connection."""
        self._rows.setCurrentIndex(int(by_layer))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._set_icon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        narrow = self.width() < _NARROW
        self._follow.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else beside)

    def _set_icon(self) -> None:
        if hasattr(self, "_follow"):  # palettes change while the widget is being made, too
            self._follow.setIcon(themes.icon("follow", themes.current()))

    def _rows_chosen(self) -> None:
        title = self.tr("Layers") if self.by_layer else self.tr("Connections")
        self._heading.setText(title.upper())
        self._bars.set_by_layer(self.by_layer)

    def _span_chosen(self) -> None:
        self._bars.follow(float(self._span.currentData()))

    def _show_following(self, following: bool) -> None:
        with QSignalBlocker(self._follow):
            self._follow.setChecked(following)

    def _show_range(self, t0: float, t1: float) -> None:
        span = self._bars.span if self._bars.following else t1 - t0
        index = self._span.findData(span) if self._bars.following else -1
        if index < 0:
            self._span.setPlaceholderText(duration_text(t1 - t0))
        if index != self._span.currentIndex():
            self._span.setCurrentIndex(index)
        elif index < 0:
            self._span.update()


class _Bars(QAbstractScrollArea):
    """The rows and the time axis below them."""

    range_changed = Signal(float, float)
    following_changed = Signal(bool)
    chunk_selected = Signal(int, int)
    time_hovered = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._attempts = Attempts()
        self._now = 0.0
        self._t0, self._t1 = 0.0, 12.0
        self._marks: list[Mark] = []
        self._crosshair = math.nan
        self._by_layer = False
        self._selected = -1
        self._drag: tuple[float, float, float] | None = None
        self._rows = 0
        self._period = self.span = 12.0
        self.following = True
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.viewport().installEventFilter(self)
        self.setMinimumHeight(80)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)

    # What is drawn

    def set_attempts(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._marks.clear()
        self._selected = -1
        self._now = 0.0
        self.follow(self._period)
        self._layout_rows()
        self.viewport().update()

    def advance(self, now: float) -> None:
        self._now = now
        if self._row_count() != self._rows:
            self._layout_rows()
        if self.following:
            self._follow_now()
        if self.isVisible():
            self.viewport().update()

    def mark(self, at: float, text: str) -> None:
        self._marks.append(Mark(at, text))
        self.viewport().update()

    def set_crosshair(self, at: float) -> None:
        if at != self._crosshair and not (math.isnan(at) and math.isnan(self._crosshair)):
            self._crosshair = at
            self.viewport().update()

    def set_by_layer(self, by_layer: bool) -> None:
        self._by_layer = by_layer
        self._layout_rows()
        self.viewport().update()

    def select(self, chunk: int) -> None:
        self._selected = chunk
        self.viewport().update()

    # Which time is visible

    def time_range(self) -> tuple[float, float]:
        return self._t0, self._t1

    def set_range(self, t0: float, t1: float) -> None:
        self.set_following(False)
        self._show(t0, t1)

    def follow(self, span: float) -> None:
        """Keep the last `span` seconds in view; infinity: everything since the beginning."""
        self._period = self.span = span
        self.set_following(True, keep_zoom=False)
        self._follow_now()

    def set_following(self, following: bool, keep_zoom: bool = True) -> None:
        if following == self.following:
            return
        self.following = following
        self.following_changed.emit(following)
        if following:
            if keep_zoom and not math.isinf(self.span):
                self.span = self._t1 - self._t0
            self._follow_now()

    def _follow_now(self) -> None:
        if math.isinf(self.span):
            self._show(0.0, max(self._now, 1.0))
        else:
            end = max(self._now, self.span)
            self._show(end - self.span, end)

    def _show(self, t0: float, t1: float) -> None:
        span = max(t1 - t0, SHORTEST)
        t0 = max(t0, 0.0)
        if (t0, t0 + span) != (self._t0, self._t1):
            self._t0, self._t1 = t0, t0 + span
            self.range_changed.emit(self._t0, self._t1)
            self.viewport().update()

    def _zoom(self, factor: float, at: float | None = None) -> None:
        """Show `factor` of the time, keeping `at` where it is."""
        span = max((self._t1 - self._t0) * factor, SHORTEST)
        span = min(span, max(self._now * 1.1, 12.0))
        if self.following:
            self.span = span
            self._follow_now()
            return
        if at is None:
            at = (self._t0 + self._t1) / 2
        t0 = at - (at - self._t0) * span / (self._t1 - self._t0)
        self._show(t0, t0 + span)

    def _pan(self, seconds: float) -> None:
        span = self._t1 - self._t0
        t0 = max(0.0, min(self._t0 + seconds, self._now - span * 0.2))
        self.set_range(t0, t0 + span)

    # Geometry

    def _plot(self) -> QRect:
        """Return where the bars are: the same insets as the plots have."""
        right = self.width() - (RIGHT_INSET - 1)
        return QRect(
            LEFT_INSET - 1, 2, right - (LEFT_INSET - 1), self.viewport().height() - _AXIS - 2
        )

    def _x(self, at: float) -> float:
        plot = self._plot()
        return plot.x() + (at - self._t0) * plot.width() / (self._t1 - self._t0)

    def _time(self, x: float) -> float:
        plot = self._plot()
        return self._t0 + (x - plot.x()) * (self._t1 - self._t0) / max(1, plot.width())

    def _row_count(self) -> int:
        return sum(self._attempts.lanes) if self._by_layer else self._attempts.connections

    def _pitch(self) -> int:
        if self._rows == 0:
            return _TALLEST
        return min(_TALLEST, max(_LOWEST, self._plot().height() // self._rows))

    def _layout_rows(self) -> None:
        self._rows = self._row_count()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._rows * self._pitch() - self._plot().height()))
        bar.setPageStep(self._plot().height())
        bar.setSingleStep(self._pitch() * 4)

    def _row_of(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        columns = self._attempts.columns
        if not self._by_layer:
            return columns["connection"][numbers].astype(np.int64)
        first = np.concatenate([[0], np.cumsum(self._attempts.lanes)]).astype(np.int64)
        rows: npt.NDArray[np.int64] = first[columns["layer"][numbers]] + columns["lane"][numbers]
        return rows

    def _visible(self, t0: float, t1: float) -> npt.NDArray[np.int64]:
        """Return the numbers of the attempts that run between two times."""
        columns = self._attempts.columns
        last = int(np.searchsorted(columns["started"], t1, side="right"))
        ended = columns["ended"][:last]
        return np.flatnonzero(~(ended < t0))  # NaN: still in flight

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:  # ended even when drawing fails
            self._paint(painter, themes.current())

    def _paint(self, painter: QPainter, theme: Theme) -> None:
        painter.fillRect(self.viewport().rect(), theme.panel)
        plot = self._plot()
        painter.setFont(themes.base_font(themes.HEADING_PX))
        self._paint_axis(painter, plot, theme)
        painter.setClipRect(0, 0, self.viewport().width(), plot.bottom() + 4)
        self._paint_row_labels(painter, plot, theme)
        painter.setClipRect(plot)
        self._paint_bars(painter, plot, theme)
        self._paint_lines(painter, plot, theme)
        painter.setClipping(False)
        if not len(self._attempts):
            painter.setPen(theme.muted)
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, self.tr("No chunk asked for yet"))
        if self.hasFocus():
            ring = QRectF(self.viewport().rect()).adjusted(2, 0, -2, 0)
            themes.draw_focus_ring(painter, ring, theme)

    def _paint_axis(self, painter: QPainter, plot: QRect, theme: Theme) -> None:
        ticks, step = time_ticks(self._t0, self._t1, plot.width())
        for tick in ticks:
            x = round(self._x(tick))
            painter.fillRect(QRect(x, plot.y(), 1, plot.height()), theme.line)
            painter.setPen(theme.muted)
            right = self.viewport().width() - 4
            draw_time_label(painter, x, plot.bottom() + 3, right, time_label(tick, step))

    def _paint_row_labels(self, painter: QPainter, plot: QRect, theme: Theme) -> None:
        painter.setPen(theme.muted)
        pitch, top = self._pitch(), plot.y() - self.verticalScrollBar().value()
        labels: list[tuple[int, str]] = []
        if self._by_layer:
            row = 0
            for layer, lanes in enumerate(self._attempts.lanes):
                known = layer < len(self._attempts.digests)
                name = short_digest(self._attempts.digests[layer])[:6] if known else str(layer + 1)
                if lanes:
                    labels.append((row, name))
                    line = QRect(plot.x(), top + row * pitch, plot.width(), 1)
                    if row:
                        painter.fillRect(line, theme.line)
                row += lanes
            painter.setFont(themes.mono_font(themes.HEADING_PX))
        else:
            every = next(n for n in (1, 2, 4, 8, 16, 32, 64, 128) if n * pitch >= 16)
            labels = [(row, f"c{row + 1}") for row in range(0, self._rows, every)]
        below = -1000
        for row, text in labels:
            y = top + row * pitch + pitch // 2 - 8 if not self._by_layer else top + row * pitch - 1
            if y < below + 14 or y + 14 > plot.bottom() + 4 or y < -6:
                continue
            below = y
            box = QRect(0, y, LEFT_INSET - 9, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(themes.base_font(themes.HEADING_PX))

    def _paint_bars(self, painter: QPainter, plot: QRect, theme: Theme) -> None:
        ratio = painter.device().devicePixelRatioF()
        width = round(plot.width() * ratio)
        pitch = self._pitch()
        scroll = self.verticalScrollBar().value()
        first_row = scroll // pitch
        row_count = min(self._rows - first_row, plot.height() // pitch + 2)
        if width < 1 or row_count < 1:
            return
        numbers = self._visible(self._t0, self._t1)
        rows = self._row_of(numbers) - first_row
        here = (rows >= 0) & (rows < row_count)
        numbers, rows = numbers[here], rows[here]
        codes = self._raster(numbers, rows, row_count, width)
        height = round(pitch * ratio)
        between = max(1, round(ratio)) if pitch >= 4 else 0
        colours = np.array(
            [
                0,
                themes.blend(theme.muted, theme.panel, 0.35).rgba(),
                theme.receiving.rgba(),
                theme.written.rgba(),
                theme.waiting.rgba(),
                theme.retried.rgba(),
                theme.muted.rgba(),
            ],
            np.uint32,
        )
        lines = colours[codes]
        pixels = np.zeros((row_count, height, width), np.uint32)
        pixels[:, : height - between] = lines[:, None, :]
        if self._by_layer and height >= 6:  # thin: nobody works on a chunk that is queued
            low, high = height // 2 - 1, height // 2 + 1
            queued = codes == _QUEUED
            pixels[:, :low].swapaxes(0, 1)[:, queued] = 0
            pixels[:, high:].swapaxes(0, 1)[:, queued] = 0
        row, x = np.nonzero(codes >= _RETRIED)
        period, line = round(6 * ratio), round(2 * ratio)
        for y in range(height - between):
            striped = (x + y + row) % period < line
            pixels[row[striped], y, x[striped]] = stripe(theme).rgba()
        at = QPointF(plot.x(), plot.y() + first_row * pitch - scroll)
        painter.drawImage(at, image_of(pixels.reshape(-1, width), ratio))
        self._paint_selected(painter, numbers, rows, at, pitch, theme)

    def _raster(
        self,
        numbers: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int64],
        row_count: int,
        width: int,
    ) -> npt.NDArray[np.uint8]:
        """Return the code of every pixel of every row.

        A pixel shows the phase at one moment of its time, so that colours keep their share of time
        however far away one looks; but no attempt vanishes, and no failure.
        """
        codes = np.zeros(row_count * width, np.uint8)
        scale = width / (self._t1 - self._t0)
        # Whole pixels since the beginning, not since t0: bars must not tremble while time moves.
        origin = math.floor(self._t0 * scale)

        def paint(
            code: int,
            begin: npt.NDArray[np.float64],
            end: npt.NDArray[np.float64],
            which: npt.NDArray[np.bool_] | slice = slice(None),
            least: int = 0,
        ) -> None:
            first = np.floor(begin[which] * scale).astype(np.int64) - origin
            last = np.floor(end[which] * scale).astype(np.int64) - origin
            last = np.maximum(last, first + least)
            first, last = np.clip(first, 0, width), np.clip(last, 0, width)
            lengths = last - first
            # The pixels of all bars in one go: each bar's first one, repeated, and a count from it.
            base = rows[which] * width + first - np.cumsum(lengths) + lengths
            codes[np.repeat(base, lengths) + np.arange(int(lengths.sum()))] = code

        def column(name: str) -> npt.NDArray[np.float64]:
            return self._attempts.columns[name][numbers]

        started, ended = column("started"), column("ended")
        end = np.where(np.isnan(ended), self._now, ended)
        first_byte, received = column("first_byte"), column("received_at")
        first_byte = np.where(np.isnan(first_byte), end, first_byte)
        received = np.where(np.isnan(received), end, received)
        outcome = column("outcome")
        if self._by_layer:
            paint(_QUEUED, column("queued"), started)
        paint(_RECEIVING, started, end, least=1)
        paint(_WAITING, started, first_byte)
        paint(_WRITING, received, end)
        cut = outcome == Outcome.GIVEN_BACK
        paint(_CUT, np.maximum(end - 3 / scale, started), end, cut)
        paint(_RETRIED, started, end, outcome == Outcome.RETRIED, least=2)
        return codes.reshape(row_count, width)

    def _paint_selected(
        self,
        painter: QPainter,
        numbers: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int64],
        at: QPointF,
        pitch: int,
        theme: Theme,
    ) -> None:
        if self._selected < 0:
            return
        painter.setPen(QPen(theme.text, 2))
        columns = self._attempts.columns
        for place in np.flatnonzero(columns["chunk"][numbers] == self._selected):
            ended = float(columns["ended"][numbers[place]])
            x0 = self._x(float(columns["started"][numbers[place]]))
            x1 = self._x(self._now if math.isnan(ended) else ended)
            y = at.y() + int(rows[place]) * pitch
            painter.drawRect(QRectF(x0, y, max(3.0, x1 - x0), max(3, pitch - 1)))

    def _paint_lines(self, painter: QPainter, plot: QRect, theme: Theme) -> None:
        dashed = QPen(theme.text, 1, Qt.PenStyle.CustomDashLine)
        dashed.setDashPattern([4, 3])
        painter.setPen(dashed)
        for mark in self._marks:
            if self._t0 <= mark.at <= self._t1:
                x = round(self._x(mark.at)) + 0.5
                painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        if self._t0 <= self._crosshair <= self._t1:
            x = round(self._x(self._crosshair)) + 0.5
            painter.setPen(QPen(theme.muted, 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))

    # Words

    def _attempt_at(self, point: QPointF) -> int | None:
        """Return the number of the attempt whose bar is at `point`, or next to it."""
        plot = self._plot()
        if not plot.contains(point.toPoint()):
            return None
        row = int(point.y() - plot.y() + self.verticalScrollBar().value()) // self._pitch()
        at = self._time(point.x())
        near = 2 * (self._t1 - self._t0) / max(1, plot.width())  # very short bars can be hit too
        numbers = self._visible(at - near, at + near)
        numbers = numbers[self._row_of(numbers) == row]
        if not len(numbers):
            return None
        columns = self._attempts.columns
        started, ended = columns["started"][numbers], columns["ended"][numbers]
        end = np.where(np.isnan(ended), self._now, ended)
        off = np.maximum(started - at, 0) + np.maximum(at - end, 0)
        return int(numbers[int(np.argmin(off))])

    def _tip(self, number: int) -> str:
        row = self._attempts.columns[number]
        layer, start, length = int(row["layer"]), int(row["offset"]), int(row["length"])
        name = f"{layer + 1}"
        if layer < len(self._attempts.digests):
            name += f", {short_digest(self._attempts.digests[layer])}"
        lines = [
            self.tr("Layer {}").format(name),
            self.tr("chunk {}, attempt {}, connection c{}").format(
                int(row["chunk"]), int(row["attempt"]), int(row["connection"]) + 1
            ),
            self.tr("bytes {} to {} ({})").format(
                f"{start:,}", f"{start + length - 1:,}", size_text(length)
            ),
        ]
        host, status = self._attempts.name(int(row["host"])), int(row["status"])
        if host:
            lines.append(f"{host}, HTTP {status}" if status else host)
        started, first = float(row["started"]), float(row["first_byte"])
        received, ended = float(row["received_at"]), float(row["ended"])
        end = self._now if math.isnan(ended) else ended
        phases = [
            (self.tr("queued"), started - float(row["queued"])),
            (self.tr("waiting"), (end if math.isnan(first) else first) - started),
        ]
        if not math.isnan(first):
            phases.append(
                (self.tr("receiving"), (end if math.isnan(received) else received) - first)
            )
        if not math.isnan(received):
            phases.append((self.tr("writing"), end - received))
        lines.append(", ".join(f"{name} {_short(seconds)}" for name, seconds in phases))
        reason = self._attempts.name(int(row["reason"]))
        if reason:
            lines.append(self.tr("ended early: {}").format(reason))
        elif math.isnan(ended):
            lines.append(self.tr("in flight"))
        return "\n".join(lines)

    def _tip_at(self, point: QPointF) -> str:
        for mark in reversed(self._marks):
            if abs(self._x(mark.at) - point.x()) <= _NEAR:
                return f"{mark.text}\n{duration_text(mark.at)}"
        number = self._attempt_at(point)
        return "" if number is None else self._tip(number)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not viewportEvent: an error raised in paintEvent below an override of it ends the process.
        if isinstance(event, QHelpEvent):
            text = self._tip_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport())
            else:
                QToolTip.hideText()
            return True
        if event.type() is QEvent.Type.Leave:
            self.time_hovered.emit(math.nan)
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._drag = (event.position().x(), self._t0, 0.0)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag is None:
            inside = self._plot().contains(event.position().toPoint())
            self.time_hovered.emit(self._time(x) if inside else math.nan)
            return
        pressed, t0, _ = self._drag
        moved = max(self._drag[2], abs(x - pressed))
        self._drag = (pressed, t0, moved)
        if moved > 4:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            seconds = (pressed - x) * (self._t1 - self._t0) / max(1, self._plot().width())
            self._pan(t0 + seconds - self._t0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._drag = self._drag, None
        self.viewport().unsetCursor()
        if dragged is None or dragged[2] > 4:
            return
        number = self._attempt_at(event.position())
        if number is not None:
            row = self._attempts.columns[number]
            self.select(int(row["chunk"]))
            self.chunk_selected.emit(int(row["layer"]), int(row["chunk"]))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.follow(math.inf)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
        elif abs(turn.x()) > abs(turn.y()):
            self._pan(-turn.x() / 120 * 0.1 * (self._t1 - self._t0))
        elif turn.y():
            self._zoom(0.8 ** (turn.y() / 120), self._time(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = (self._t1 - self._t0) * 0.15
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom(0.8)
            case Qt.Key.Key_Minus:
                self._zoom(1.25)
            case Qt.Key.Key_Left:
                self._pan(-step)
            case Qt.Key.Key_Right:
                self._pan(step)
            case Qt.Key.Key_Up:
                self.verticalScrollBar().triggerAction(
                    self.verticalScrollBar().SliderAction.SliderSingleStepSub
                )
            case Qt.Key.Key_Down:
                self.verticalScrollBar().triggerAction(
                    self.verticalScrollBar().SliderAction.SliderSingleStepAdd
                )
            case Qt.Key.Key_Home:
                self.follow(math.inf)
            case Qt.Key.Key_F:
                self.set_following(not self.following)
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._layout_rows()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()


_QUEUED, _RECEIVING, _WRITING, _WAITING, _RETRIED, _CUT = 1, 2, 3, 4, 5, 6


def _short(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else duration_text(seconds)
