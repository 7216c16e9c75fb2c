"""The bars of the timeline: every attempt of a pull over time, and what one can do with them.

Time runs across; a row is a connection, or one of the attempts of a layer that run side by side.
The bars come from the columns of `attempts.Attempts`, are cut to the visible time and drawn into
one image. Above them stand the requests that brought no bytes of a layer.

Mouse and keys are those of Perfetto and Wireshark: the wheel, W and S zoom, A and D move; dragging
selects a range of time, with Shift it moves, and on the time axis it zooms; `.` and `,` go on to
the next attempt of a row.
"""

import math
from collections.abc import Sequence
from enum import Enum

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
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
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from pullscope.engine.units import duration_text
from pullscope.gui import theme as themes
from pullscope.gui.attempt_words import AttemptWords, brief_duration
from pullscope.gui.attempts import Attempts, OtherRequest, Outcome
from pullscope.gui.legend import image_of, plain_tip, short_digest
from pullscope.gui.theme import Theme
from pullscope.gui.time_axis import (
    AXIS_HEIGHT,
    LEFT_INSET,
    RIGHT_INSET,
    Mark,
    draw_time_label,
    time_label,
    time_ticks,
)
from pullscope.gui.time_window import SHORTEST, TimeWindow
from pullscope.gui.timeline_raster import bar_pixels, phases_of

_TALLEST, _LOWEST = 16, 3  # of a row
_NEAR = 4  # pixels from a marker's line that are still on it
_REQUEST_ROW = 14
_MOST_REQUEST_ROWS = 3
_MOST_JOINS = 400  # lines between attempts of a chunk; more of them are a tangle


class _Drag(Enum):
    """What a drag of the mouse does."""

    SELECT = 1
    MOVE = 2
    ZOOM = 3


class TimelineBars(QAbstractScrollArea):
    """The rows and the time axis below them.

    Signals:
        range_changed: the first and the last second that are visible.
        following_changed: whether the present is kept in view.
        chunk_selected: the layer and the chunk of a bar that was selected; -1 and -1: none.
        span_selected: the first and the last second of the range that was dragged; NaN: none.
        time_hovered: the time under the mouse, NaN when it has left.
    """

    range_changed = Signal(float, float)
    following_changed = Signal(bool)
    chunk_selected = Signal(int, int)
    span_selected = Signal(float, float)
    time_hovered = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = TimeWindow()
        self._attempts = Attempts()
        self._words = AttemptWords(self)
        self._crosshair = math.nan
        self._by_layer = False
        self._selected = -1  # a chunk
        self._attempt = -1  # the row of the attempt of it that was selected
        self.selected_span: tuple[float, float] | None = None
        self._drag: tuple[_Drag, float, float, bool] | None = None  # kind, x, t0, whether it moved
        self._rows = 0
        self._drawn_request_rows = 0
        self._told = (self.look.t0, self.look.t1, self.look.following)
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
        """Draw these attempts from now on, following; all of a pull that has ended."""
        self._attempts = attempts
        self._selected = self._attempt = -1
        self.select_span(None)
        self.look.begin(attempts.at, ended=attempts.ended)
        self._changed()
        self._layout_rows()
        self.viewport().update()

    def advance(self, now: float) -> None:
        """The pull is `now` seconds old."""
        self.look.advance(now)
        if self._row_count() != self._rows or self._request_rows() != self._drawn_request_rows:
            self._layout_rows()
        self._changed()
        if self.isVisible():
            self.viewport().update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Draw lines where settings changed in this pull."""
        self._attempts.marks[:] = marks
        self.viewport().update()

    def set_crosshair(self, at: float) -> None:
        """Draw a line at a time that is pointed at elsewhere; NaN draws none."""
        if at != self._crosshair and not (math.isnan(at) and math.isnan(self._crosshair)):
            self._crosshair = at
            self.viewport().update()

    def set_by_layer(self, by_layer: bool) -> None:
        """Let rows be those of layers, or connections."""
        self._by_layer = by_layer
        self._layout_rows()
        self.viewport().update()

    def select(self, chunk: int) -> None:
        """Frame the bars of a chunk; -1: of none."""
        if chunk != self._selected:
            self._selected = chunk
            self._attempt = int(self._attempts.newest_rows([chunk])[0]) if chunk >= 0 else -1
            self.viewport().update()

    def select_span(self, span: tuple[float, float] | None) -> None:
        """Select a range of time; None: none."""
        if span != self.selected_span:
            self.selected_span = span
            self.span_selected.emit(*(span or (math.nan, math.nan)))
            self.viewport().update()

    def selected_words(self) -> str:
        """Return what is known of the selected attempt; empty when none is."""
        if not 0 <= self._attempt < len(self._attempts):
            return ""
        return "\n".join(self._words.about(self._attempts, self._attempt, self.look.now))

    # Which time is visible

    def set_range(self, t0: float, t1: float) -> None:
        """Show these seconds, and follow no longer."""
        self.look.show(t0, t1)
        self._changed()

    def follow(self, span: float) -> None:
        """Keep the last `span` seconds in view; infinity: everything since the beginning."""
        self.look.follow(span)
        self._changed()

    def set_following(self, following: bool) -> None:
        """Keep the present in view, or freeze."""
        self.look.set_following(following)
        self._changed()

    def go_back(self) -> None:
        """Show again what was shown before the last zoom or move."""
        self.look.back()
        self._changed()

    def show_selected(self) -> None:
        """Show the selected range, else the attempts of the selected chunk, else everything."""
        if self.selected_span is not None:
            self.set_range(*self.selected_span)
            return
        rows = self._attempts.columns[self._attempts.rows_of(self._selected)]
        if self._selected < 0 or not len(rows):
            self.follow(math.inf)
            return
        ends = np.fmax(rows["ended"], rows["hashed_at"])
        t0, t1 = float(rows["started"].min()), float(np.fmin(ends, self.look.now).max())
        t1 = self.look.now if np.isnan(ends).any() else t1
        margin = max((t1 - t0) * 0.25, 0.01)
        self.set_range(t0 - margin, t1 + margin)
        self._show_row(self._attempt)

    def _changed(self) -> None:
        """Tell what has changed of the visible time."""
        window = self.look
        told, self._told = self._told, (window.t0, window.t1, window.following)
        if told[2] != window.following:
            self.following_changed.emit(window.following)
        if told[:2] != (window.t0, window.t1):
            self.range_changed.emit(window.t0, window.t1)
            self.viewport().update()

    # Geometry

    def _plot(self) -> QRect:
        """Return where the bars are: the same insets as the plots have."""
        right = self.width() - (RIGHT_INSET - 1)
        top = 2 + self._requests_height()
        height = max(0, self.viewport().height() - AXIS_HEIGHT - top)
        return QRect(LEFT_INSET - 1, top, right - (LEFT_INSET - 1), height)

    def _request_rows(self) -> int:
        return min(self._attempts.request_lanes, _MOST_REQUEST_ROWS)

    def _requests_height(self) -> int:
        rows = self._request_rows()
        return rows * _REQUEST_ROW + 4 if rows else 0

    def _x(self, at: float) -> float:
        plot, window = self._plot(), self.look
        return plot.x() + (at - window.t0) * plot.width() / (window.t1 - window.t0)

    def _time(self, x: float) -> float:
        plot, window = self._plot(), self.look
        return window.t0 + (x - plot.x()) * (window.t1 - window.t0) / max(1, plot.width())

    def _row_count(self) -> int:
        return sum(self._attempts.lanes) if self._by_layer else self._attempts.connections

    def _pitch(self) -> int:
        if self._rows == 0:
            return _TALLEST
        return min(_TALLEST, max(_LOWEST, self._plot().height() // self._rows))

    def _layout_rows(self) -> None:
        self._rows = self._row_count()
        self._drawn_request_rows = self._request_rows()
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

    def _row_y(self, row: int) -> float:
        """Return the middle of a row, in pixels of the viewport."""
        pitch = self._pitch()
        return self._plot().y() - self.verticalScrollBar().value() + row * pitch + (pitch - 1) / 2

    def _show_row(self, number: int) -> None:
        """Scroll as little as shows the row of an attempt."""
        if number < 0:
            return
        bar, pitch = self.verticalScrollBar(), self._pitch()
        row = int(self._row_of(np.array([number]))[0])
        low, high = (row + 1) * pitch - self._plot().height(), row * pitch
        bar.setValue(max(low, min(bar.value(), high)))

    def _visible(self, t0: float, t1: float) -> npt.NDArray[np.int64]:
        """Return the numbers of the attempts that run, or are hashed, between two times."""
        columns = self._attempts.columns
        last = int(np.searchsorted(columns["started"], t1, side="right"))
        ended = columns["ended"][:last]
        over = np.fmax(ended, columns["hashed_at"][:last]) < t0
        return np.flatnonzero(~over | np.isnan(ended))  # NaN: still in flight

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:  # ended even when drawing fails
            self._paint(painter, themes.current())

    def _paint(self, painter: QPainter, theme: Theme) -> None:
        painter.fillRect(self.viewport().rect(), theme.panel)
        plot = self._plot()
        painter.setFont(themes.base_font(themes.HEADING_PX))
        self._paint_axis(painter, plot, theme)
        painter.setClipRect(0, plot.y() - 4, self.viewport().width(), plot.height() + 8)
        self._paint_row_labels(painter, plot, theme)
        painter.setClipRect(plot)
        self._paint_bars(painter, plot, theme)
        painter.setClipRect(plot.x(), 0, plot.width(), plot.bottom() + 1)
        self._paint_requests(painter, theme)
        self._paint_lines(painter, plot, theme)
        self._paint_span(painter, plot, theme)
        painter.setClipping(False)
        if not len(self._attempts):
            painter.setPen(theme.muted)
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, self.tr("No chunk asked for yet"))
        if self.hasFocus():
            ring = QRectF(self.viewport().rect()).adjusted(2, 0, -2, 0)
            themes.draw_focus_ring(painter, ring, theme)

    def _paint_axis(self, painter: QPainter, plot: QRect, theme: Theme) -> None:
        window = self.look
        ticks, step = time_ticks(window.t0, window.t1, plot.width())
        for tick in ticks:
            x = round(self._x(tick))
            painter.fillRect(QRect(x, 2, 1, plot.bottom() - 1), theme.line)
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
        numbers = self._visible(self.look.t0, self.look.t1)
        rows = self._row_of(numbers) - first_row
        here = (rows >= 0) & (rows < row_count)
        numbers, rows = numbers[here], rows[here]
        columns = self._attempts.columns
        codes, hashing = phases_of(
            columns, numbers, rows, row_count, width, self.look, self._by_layer
        )
        pixels = bar_pixels(codes, hashing, pitch, ratio, theme)
        at = QPointF(plot.x(), plot.y() + first_row * pitch - scroll)
        painter.drawImage(at, image_of(pixels, ratio))
        self._paint_joins(painter, numbers, theme)
        self._paint_selected(painter, theme)

    def _paint_joins(self, painter: QPainter, numbers: npt.NDArray[np.int64], theme: Theme) -> None:
        """Join a retry with the attempt that failed, a second request with the silent one."""
        columns = self._attempts.columns
        later = numbers[columns["before"][numbers] >= 0]
        if not 0 < len(later) <= _MOST_JOINS:
            return
        earlier = columns["before"][later]
        rows, rows_before = self._row_of(later), self._row_of(earlier)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        retried = QPen(theme.text, 1.25)
        beside = QPen(theme.text, 1.25, Qt.PenStyle.DotLine)
        for place, (number, before) in enumerate(zip(later, earlier, strict=True)):
            hedge = bool(columns["hedge"][number])
            start = float(columns["started"][number])
            ended = float(columns["ended"][before])
            x0 = self._x(start if hedge or math.isnan(ended) else min(ended, start))
            x1 = self._x(start)
            y0, y1 = self._row_y(int(rows_before[place])), self._row_y(int(rows[place]))
            painter.setPen(beside if hedge else retried)
            painter.drawLine(QPointF(x0, y0), QPointF(x1, y1))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.text)
            painter.drawEllipse(QPointF(x1, y1), 2.2, 2.2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.restore()

    def _paint_selected(self, painter: QPainter, theme: Theme) -> None:
        if self._selected < 0:
            return
        columns = self._attempts.columns
        numbers = self._attempts.rows_of(self._selected)
        pitch = self._pitch()
        for number, row in zip(numbers, self._row_of(numbers), strict=True):
            ended = float(columns["ended"][number])
            x0 = self._x(float(columns["started"][number]))
            x1 = self._x(self.look.now if math.isnan(ended) else ended)
            y = self._row_y(int(row)) - (pitch - 1) / 2
            painter.setPen(QPen(theme.text, 2 if number == self._attempt else 1))
            painter.drawRect(QRectF(x0, y, max(3.0, x1 - x0), max(3, pitch - 1)))

    def _paint_requests(self, painter: QPainter, theme: Theme) -> None:
        """Draw the requests that brought no bytes of a layer, each with its name where it fits."""
        rows = self._request_rows()
        if not rows:
            return
        metrics = painter.fontMetrics()
        painter.setPen(theme.muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setClipping(False)
        painter.drawText(QRect(0, 1, LEFT_INSET - 9, _REQUEST_ROW), right, self.tr("other"))
        painter.setClipRect(self._plot().x(), 0, self._plot().width(), self._plot().bottom() + 1)
        surface = themes.blend(theme.muted, theme.panel, 0.3)
        for request in self._attempts.requests:
            x0, x1 = self._x(request.began), self._x(request.at)
            if request.at < self.look.t0 or request.began > self.look.t1:
                continue
            y = 2 + min(request.lane, rows - 1) * _REQUEST_ROW
            box = QRectF(x0, y, max(2.0, x1 - x0), _REQUEST_ROW - 2)
            failed = request.status >= 400 and request.status != 401
            painter.fillRect(box, theme.failed if failed else surface)
            painter.fillRect(QRectF(x0, y, 2, _REQUEST_ROW - 2), theme.muted)
            name = self._words.kind(request.kind)
            if metrics.horizontalAdvance(name) + 8 <= box.width():
                painter.setPen(theme.text)
                words = box.adjusted(5, 0, 0, 0)
                painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, name)
            elif metrics.horizontalAdvance(name[0]) + 4 <= box.width():
                painter.setPen(theme.text)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name[0].upper())
        painter.fillRect(
            QRect(self._plot().x(), self._plot().y() - 3, self._plot().width(), 1), theme.line
        )

    def _paint_lines(self, painter: QPainter, plot: QRect, theme: Theme) -> None:
        dashed = QPen(theme.text, 1, Qt.PenStyle.CustomDashLine)
        dashed.setDashPattern([4, 3])
        painter.setPen(dashed)
        window = self.look
        for mark in self._attempts.marks:
            if window.t0 <= mark.at <= window.t1:
                x = round(self._x(mark.at)) + 0.5
                painter.drawLine(QPointF(x, 2), QPointF(x, plot.bottom()))
        if window.t0 <= self._crosshair <= window.t1:
            x = round(self._x(self._crosshair)) + 0.5
            painter.setPen(QPen(theme.muted, 1))
            painter.drawLine(QPointF(x, 2), QPointF(x, plot.bottom()))

    def _paint_span(self, painter: QPainter, plot: QRect, theme: Theme) -> None:
        if self.selected_span is None:
            return
        x0, x1 = (self._x(at) for at in self.selected_span)
        band = QRectF(x0, 2, x1 - x0, plot.bottom() - 1)
        veil = QColor(theme.accent)
        veil.setAlpha(40)
        painter.fillRect(band, veil)
        painter.setPen(QPen(theme.accent, 1))
        for x in (x0, x1):
            painter.drawLine(QPointF(x, 2), QPointF(x, plot.bottom()))
        words = brief_duration(self.selected_span[1] - self.selected_span[0])
        width = painter.fontMetrics().horizontalAdvance(words) + 10
        pill = QRectF((x0 + x1) / 2 - width / 2, plot.bottom() - 18, width, 16)
        painter.fillRect(pill, theme.raised)
        painter.setPen(theme.text)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)

    # Words

    def _attempt_at(self, point: QPointF) -> int | None:
        """Return the number of the attempt whose bar is at `point`, or next to it."""
        plot = self._plot()
        if not plot.contains(point.toPoint()):
            return None
        row = int(point.y() - plot.y() + self.verticalScrollBar().value()) // self._pitch()
        at = self._time(point.x())
        # Very short bars can be hit too.
        near = 2 * (self.look.t1 - self.look.t0) / max(1, plot.width())
        numbers = self._visible(at - near, at + near)
        numbers = numbers[self._row_of(numbers) == row]
        columns = self._attempts.columns
        started, ended = columns["started"][numbers], columns["ended"][numbers]
        end = np.where(np.isnan(ended), self.look.now, ended)
        off = np.maximum(started - at, 0) + np.maximum(at - end, 0)
        if not len(numbers) or off.min() > near:
            return None
        return int(numbers[int(np.argmin(off))])

    def _request_at(self, point: QPointF) -> OtherRequest | None:
        rows, near = self._request_rows(), 3
        lane = int(point.y() - 2) // _REQUEST_ROW
        if not rows or not 0 <= lane < rows:
            return None
        for request in reversed(self._attempts.requests):
            inside = self._x(request.began) - near <= point.x() <= self._x(request.at) + near
            if inside and min(request.lane, rows - 1) == lane:
                return request
        return None

    def _tip_at(self, point: QPointF) -> str:
        for mark in reversed(self._attempts.marks):
            if abs(self._x(mark.at) - point.x()) <= _NEAR:
                return f"{mark.text}\n{duration_text(mark.at)}"
        request = self._request_at(point)
        if request is not None:
            return "\n".join(self._words.about_request(request))
        number = self._attempt_at(point)
        if number is None:
            return ""
        return "\n".join(self._words.about(self._attempts, number, self.look.now))

    def summary(self) -> str:
        """Return what is drawn, in words."""
        window, columns = self.look, self._attempts.columns
        numbers = self._visible(window.t0, window.t1)
        if not len(numbers):
            return self.tr("No attempts between {} and {}").format(
                duration_text(window.t0), duration_text(window.t1)
            )
        outcomes = columns["outcome"][numbers]
        parts = [
            self.tr("{} attempts between {} and {}").format(
                len(numbers), duration_text(window.t0), duration_text(window.t1)
            ),
            self.tr("{} connections").format(len(np.unique(columns["connection"][numbers]))),
            self.tr("{} in flight").format(int((outcomes == Outcome.IN_FLIGHT).sum())),
            self.tr("{} retried").format(int((outcomes == Outcome.RETRIED).sum())),
        ]
        waits = columns["first_byte"][numbers] - columns["started"][numbers]
        waits = waits[~np.isnan(waits)]
        if len(waits):
            parts.append(
                self.tr("median wait for the first byte {}").format(
                    brief_duration(float(np.median(waits)))
                )
            )
        return ", ".join(parts)

    # Mouse and keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not viewportEvent: an error raised in paintEvent below an override of it ends the process.
        if isinstance(event, QHelpEvent):
            self._show_tip(QPointF(event.pos()), event.globalPos())
            return True
        if event.type() is QEvent.Type.Leave:
            self.time_hovered.emit(math.nan)
        return False

    def _show_tip(self, point: QPointF, at: QPoint) -> None:
        text = self._tip_at(point)
        if text:
            QToolTip.showText(at, plain_tip(text), self.viewport())
        else:
            QToolTip.hideText()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() is Qt.MouseButton.LeftButton
        if not left and event.button() is not Qt.MouseButton.MiddleButton:
            return
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        on_axis = event.position().y() > self._plot().bottom()
        asked = _Drag.ZOOM if on_axis else _Drag.SELECT
        kind = _Drag.MOVE if shift or not left else asked
        self._drag = (kind, event.position().x(), self.look.t0, False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag is None:
            inside = self._plot().contains(event.position().toPoint())
            self.time_hovered.emit(self._time(x) if inside else math.nan)
            if QToolTip.isVisible():  # once it is wanted, it goes where the mouse goes
                self._show_tip(event.position(), event.globalPosition().toPoint())
            return
        kind, pressed, t0, moved = self._drag
        moved = moved or abs(x - pressed) > 4
        self._drag = (kind, pressed, t0, moved)
        if not moved:
            return
        if kind is _Drag.MOVE:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            window = self.look
            seconds = (pressed - x) * (window.t1 - window.t0) / max(1, self._plot().width())
            window.pan(t0 + seconds - window.t0)
            self._changed()
            return
        if kind is _Drag.SELECT and self.look.following:
            self.set_following(False)  # a range under the mouse must not run away
        plot = self._plot()
        low, high = sorted((pressed, min(max(x, plot.left()), plot.right())))
        self.select_span((max(0.0, self._time(low)), self._time(high)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged, self._drag = self._drag, None
        self.viewport().unsetCursor()
        if dragged is None:
            return
        kind, _, _, moved = dragged
        if moved:
            if kind is _Drag.ZOOM and self.selected_span is not None:
                span = self.selected_span
                self.select_span(None)
                self.set_range(*span)
            return
        self.select_span(None)
        number = self._attempt_at(event.position())
        if number is not None:
            self._choose(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self._attempt_at(event.position())
        if number is None:
            self.follow(math.inf)
        else:
            self._choose(number)
            self.show_selected()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta()
        length = self.look.t1 - self.look.t0
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().wheelEvent(event)
        elif abs(turn.x()) > abs(turn.y()):
            self.look.pan(-turn.x() / 120 * 0.1 * length)
        elif turn.y():
            self.look.zoom(0.8 ** (turn.y() / 120), self._time(event.position().x()))
        self._changed()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        window, bar = self.look, self.verticalScrollBar()
        step = (window.t1 - window.t0) * 0.15
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal | Qt.Key.Key_W:
                window.zoom(0.8)
            case Qt.Key.Key_Minus | Qt.Key.Key_S:
                window.zoom(1.25)
            case Qt.Key.Key_Left | Qt.Key.Key_A:
                window.pan(-step)
            case Qt.Key.Key_Right | Qt.Key.Key_D:
                window.pan(step)
            case Qt.Key.Key_Up:
                bar.triggerAction(bar.SliderAction.SliderSingleStepSub)
            case Qt.Key.Key_Down:
                bar.triggerAction(bar.SliderAction.SliderSingleStepAdd)
            case Qt.Key.Key_Home | Qt.Key.Key_0:
                window.follow(math.inf)
            case Qt.Key.Key_End:
                window.set_following(True)
            case Qt.Key.Key_Space:
                window.set_following(not window.following)
            case Qt.Key.Key_F | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.show_selected()
            case Qt.Key.Key_M:
                self._mark_span()
            case Qt.Key.Key_Backspace:
                window.back()
            case Qt.Key.Key_Period:
                self._walk(1)
            case Qt.Key.Key_Comma:
                self._walk(-1)
            case Qt.Key.Key_Escape if self.selected_span is not None:
                self.select_span(None)
            case Qt.Key.Key_Escape if self._selected >= 0:
                self.select(-1)
                self.chunk_selected.emit(-1, -1)
            case _:
                super().keyPressEvent(event)
        self._changed()

    def _mark_span(self) -> None:
        """Select the time of the selected attempt; without one, all that is visible."""
        span = (self.look.t0, min(self.look.t1, max(self.look.now, self.look.t0 + SHORTEST)))
        if 0 <= self._attempt < len(self._attempts):
            row = self._attempts.columns[self._attempt]
            ended = float(row["ended"])
            end = self.look.now if math.isnan(ended) else ended
            span = (float(row["started"]), max(end, float(row["started"]) + SHORTEST))
        self.select_span(span)

    def _walk(self, steps: int) -> None:
        """Select the next attempt of the row, or the one before; without a selection the newest."""
        count = len(self._attempts)
        if not count:
            return
        if not 0 <= self._attempt < count:
            self._attempt = count
            number = count - 1
        else:
            rows = self._row_of(np.arange(count))
            same = np.flatnonzero(rows == rows[self._attempt])  # in the order of their start
            place = int(np.searchsorted(same, self._attempt)) + steps
            number = int(same[min(max(0, place), len(same) - 1)])
        self._choose(number)
        window = self.look
        start = float(self._attempts.columns["started"][number])
        if not window.t0 <= start <= window.t1:
            length = window.t1 - window.t0
            window.show(start - length / 2, start + length / 2, kind="walk")
        self._show_row(number)
        row = int(self._row_of(np.array([number]))[0])
        at = QPoint(round(self._x(start)), round(self._row_y(row)) + 8)
        words = plain_tip(self.selected_words())
        QToolTip.showText(self.viewport().mapToGlobal(at), words, self.viewport())

    def _choose(self, number: int) -> None:
        row = self._attempts.columns[number]
        self._selected, self._attempt = int(row["chunk"]), number
        self.viewport().update()
        self.chunk_selected.emit(int(row["layer"]), int(row["chunk"]))

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
