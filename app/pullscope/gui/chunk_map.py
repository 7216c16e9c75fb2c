"""The chunk map: every layer a strip of its bytes, in colours that tell one thing of every byte.

`strips` computes the pixels, `map_colours` what else than the state they can tell; the layer table
draws the same strips. This module has the widget: rows, tips, selection and keys.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QLocale,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QHBoxLayout,
    QMenu,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import ChunkState, LayerSnapshot, LayerState, Snapshot
from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.attempt_words import AttemptWords
from pullscope.gui.attempts import Attempts
from pullscope.gui.compact_box import CompactBox
from pullscope.gui.language import said
from pullscope.gui.legend import image_of, plain_tip, short_digest
from pullscope.gui.map_colours import ChunkValues, ColourBy
from pullscope.gui.map_legend import MapLegend
from pullscope.gui.panel import heading
from pullscope.gui.strips import Strips, state_pixels
from pullscope.gui.theme import Theme

ROW = 22
STRIP = 14
MARGIN = 12
_DESCRIBE_EVERY = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes of a layer that belong together: a chunk, kept bytes, or bytes nobody asked for."""

    chunk: int
    start: int
    end: int
    words: str


class ChunkMap(QWidget):
    """The strips of all layers, with what is under the mouse in words.

    Signals:
        chunk_selected: the index of a layer and the id of one of its chunks; -1 and -1: none.
    """

    chunk_selected = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chunk_map")
        themes.as_panel(self)
        self._rows = _Rows(self)
        self._rows.chunk_selected.connect(self._chosen)
        self._rows.scale_changed.connect(self._show_scale)
        self.setFocusProxy(self._rows)
        self._by = CompactBox()
        self._by.setObjectName("map_colours")
        for by in ColourBy:
            self._by.addItem("", by.value)
        self._by.currentIndexChanged.connect(self._colours_chosen)
        self._widths = CompactBox()
        self._widths.setObjectName("map_widths")
        for equal in (True, False):
            self._widths.addItem("", equal)
        self._widths.currentIndexChanged.connect(self._width_chosen)
        self._legend = MapLegend()
        self._heading = heading("")
        header = QHBoxLayout()
        header.setContentsMargins(MARGIN, 0, MARGIN, 0)
        header.setSpacing(4)
        header.addWidget(self._heading)
        header.addWidget(self._legend, 1)
        header.addWidget(self._by)
        header.addWidget(self._widths)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 4, 1, 8)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._rows, 1)
        self._described = -math.inf
        self._shown: Snapshot | None = None
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("Chunk map"))
        self._rows.setAccessibleName(self.tr("Chunks of every layer"))
        self._heading.setText(self.tr("Chunks").upper())
        self._by.setAccessibleName(self.tr("What the colours of the map tell"))
        self._by.setToolTip(self.tr("What the colours tell"))
        self._widths.setAccessibleName(self.tr("Width of the layers in the map"))
        self._widths.setToolTip(self.tr("How wide each layer is drawn"))
        colours = (
            self.tr("by state"),
            self.tr("by connection"),
            self.tr("by age"),
            self.tr("by time to first byte"),
            self.tr("by retries"),
        )
        for index, words in enumerate(colours):
            self._by.setItemText(index, words)
        for index, words in enumerate((self.tr("equal width"), self.tr("width by size"))):
            self._widths.setItemText(index, words)
        self._legend.retranslate()
        self._describe()

    @property
    def colour_by(self) -> ColourBy:
        """What the colours tell."""
        return ColourBy(self._by.currentData())

    @colour_by.setter
    def colour_by(self, by: ColourBy) -> None:
        self._by.setCurrentIndex(self._by.findData(by.value))

    @property
    def equal_width(self) -> bool:
        """Whether every layer is drawn over the whole width, or as wide as its share of bytes."""
        return self._rows.equal_width

    @equal_width.setter
    def equal_width(self, equal: bool) -> None:
        self._widths.setCurrentIndex(0 if equal else 1)

    @property
    def accessible_summary(self) -> str:
        """Return what the map shows, in words."""
        return self._summarize(self._shown)

    def set_attempts(self, attempts: Attempts) -> None:
        """Show the pull whose attempts these are from now on."""
        self._rows.set_attempts(attempts)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw this moment; None when there is no pull."""
        before = self._rows.count
        if snapshot is None:
            self._rows.show_layers((), 0.0)
        else:
            self._rows.show_layers(snapshot.layers, snapshot.at)
        self._shown = snapshot
        if snapshot is None or abs(snapshot.at - self._described) >= _DESCRIBE_EVERY:
            self._describe()
        if self._rows.count != before:
            self.updateGeometry()

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Frame a chunk that was selected elsewhere; -1 and -1: none."""
        self._rows.select(layer, chunk)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(640, 50 + ROW * max(4, min(12, self._rows.count)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        for box in (self._by, self._widths):
            for index in range(box.count()):
                checked = index == box.currentIndex()
                action = QAction(box.itemText(index), menu, checkable=True, checked=checked)
                action.triggered.connect(
                    lambda _=False, box=box, index=index: box.setCurrentIndex(index)
                )
                menu.addAction(action)
            menu.addSeparator()
        words = self._rows.selected_words()
        copy = QAction(self.tr("Copy what is known of the selected chunk"), menu)
        copy.setEnabled(bool(words))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(words))
        menu.addAction(copy)
        menu.addSeparator()
        menu.addActions(self.actions())
        menu.popup(event.globalPos())
        menu.aboutToHide.connect(menu.deleteLater)

    def _colours_chosen(self) -> None:
        self._rows.set_colours(self.colour_by)
        self._show_scale()

    def _show_scale(self) -> None:
        self._legend.show_scale(self.colour_by, self._rows.bounds())

    def _width_chosen(self) -> None:
        self._rows.equal_width = bool(self._widths.currentData())
        self._rows.viewport().update()

    def _chosen(self, layer: int, chunk: int) -> None:
        self._describe()
        self.chunk_selected.emit(layer, chunk)

    def _describe(self) -> None:
        """Tell who cannot see the map what it shows; nobody listens to thirty frames a second."""
        self._described = self._shown.at if self._shown else -math.inf
        words = self._rows.selected_words().replace("\n", ", ")
        chosen = self.tr("Selected: {}").format(words) if words else ""
        summary = self.accessible_summary
        self.setAccessibleDescription(summary)
        self._rows.setAccessibleDescription("\n".join(filter(None, (chosen, summary))))

    def _summarize(self, snapshot: Snapshot | None) -> str:
        if snapshot is None or not snapshot.layers:
            return self.tr("No layers")
        done = sum(
            layer.state in (LayerState.DONE, LayerState.EXISTING) for layer in snapshot.layers
        )
        parts = [
            self.tr("{} layers").format(len(snapshot.layers)),
            self.tr("{} done").format(done),
            self.tr("{} % received").format(_percent(snapshot.received, snapshot.total)),
            self.tr("{} % hashed").format(_percent(snapshot.hashed, snapshot.total)),
            self.tr("{} chunks in flight").format(
                sum(len(layer.in_flight) for layer in snapshot.layers)
            ),
            self.tr("{} retries").format(snapshot.retries),
        ]
        ahead = sum(layer.written - layer.frontier for layer in snapshot.layers)
        if ahead > 0:
            parts.append(self.tr("{} wait behind a gap").format(size_text(ahead)))
        failed = sum(layer.state is LayerState.FAILED for layer in snapshot.layers)
        if failed:
            parts.append(self.tr("{} failed").format(failed))
        return ", ".join(parts)


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 100


class _Rows(QAbstractScrollArea):
    """The rows of the map: a label, the strip, how far it is."""

    chunk_selected = Signal(int, int)
    scale_changed = Signal()

    _LABEL = 148
    _STATE = 76

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.equal_width = True
        self._attempts = Attempts()
        self._strips = Strips(self._attempts.extents)
        self._by = ColourBy.STATE
        self._values = ChunkValues(self._attempts, self._by)
        self._words = AttemptWords(self)
        self._layers: tuple[LayerSnapshot, ...] = ()
        self._now = 0.0
        self._largest = 1
        self._scale = self.bounds()
        self._selected: tuple[int, int] | None = None
        self._share = 0.0  # of its layer, where the selection was moved to
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().setMouseTracking(True)
        self.viewport().installEventFilter(self)
        self.setMinimumHeight(3 * ROW)
        self._state_words: dict[LayerState, Callable[[], str]] = {
            LayerState.PENDING: lambda: self.tr("pending"),
            LayerState.HASHING: lambda: self.tr("hashing"),
            LayerState.COMMITTING: lambda: self.tr("committing"),
            LayerState.DONE: lambda: self.tr("done"),
            LayerState.EXISTING: lambda: self.tr("already here"),
            LayerState.FAILED: lambda: self.tr("failed"),
        }

    @property
    def count(self) -> int:
        """Return the number of layers."""
        return len(self._layers)

    def set_attempts(self, attempts: Attempts) -> None:
        """Draw the pull whose attempts these are."""
        self._attempts = attempts
        self._strips = Strips(attempts.extents)
        self._selected = None
        self.set_colours(self._by)

    def set_colours(self, by: ColourBy) -> None:
        """Let the colours tell something else."""
        self._by = by
        self._values = ChunkValues(self._attempts, by)
        self.viewport().update()

    def bounds(self) -> tuple[float, float]:
        """Return the seconds at the ends of the scale, where the colours are one."""
        return self._values.bounds(float(round(self._now)))

    def show_layers(self, layers: tuple[LayerSnapshot, ...], now: float) -> None:
        """Draw these layers as they were `now` seconds after the pull began."""
        before = self._layers
        others = [layer.digest for layer in layers] != [layer.digest for layer in before]
        self._layers = layers
        self._now = now
        if others:
            self._largest = max((layer.size for layer in layers), default=1)
            self._selected = None
            self._range()
            self.viewport().update()
        else:
            rows = [n for n in range(len(layers)) if self._looks_other(before[n], layers[n])]
            if rows:
                self._update_rows(rows[0], rows[-1])

    def _looks_other(self, old: LayerSnapshot, new: LayerSnapshot) -> bool:
        """Return whether a row has to be drawn anew."""
        if self._by is ColourBy.AGE or (self._by is ColourBy.LATENCY and new.in_flight):
            return True
        return _seen(old) != _seen(new)

    def _update_rows(self, first: int, last: int) -> None:
        """Draw rows anew, but for their labels, which stand still: words are dear."""
        left, view = self._LABEL - 2, self.viewport()
        top = first * ROW - self.verticalScrollBar().value()
        view.update(left, top, view.width() - left, (last - first + 1) * ROW)

    def select(self, layer: int, chunk: int) -> None:
        """Frame a chunk, and bring its layer into view; -1 and -1: none."""
        selected = (layer, chunk) if layer >= 0 else None
        if selected == self._selected:
            return
        self._selected = selected
        for row, each in enumerate(self._layers):
            if each.index == layer:
                self.ensure_row_visible(row)
        self.viewport().update()

    def selected_words(self) -> str:
        """Return what is known of the selected chunk; empty when none is."""
        if self._selected is None:
            return ""
        for row, layer in enumerate(self._layers):
            if layer.index == self._selected[0]:
                piece = self._piece_of(row, self._selected[1])
                return "" if piece is None else self._tip(layer, piece)
        return ""

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:  # ended even when drawing fails
            self._paint(painter, event.rect(), themes.current())

    def _paint(self, painter: QPainter, exposed: QRect, theme: Theme) -> None:
        painter.fillRect(exposed, theme.panel)
        if not self._layers:
            painter.setPen(theme.muted)
            painter.drawText(
                self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No layers yet")
            )
        else:
            self._paint_rows(painter, exposed, theme)
        if self.hasFocus():
            themes.draw_focus_ring(
                painter, QRectF(self.viewport().rect()).adjusted(2, 0, -2, 0), theme
            )

    def _paint_rows(self, painter: QPainter, exposed: QRect, theme: Theme) -> None:
        scroll = self.verticalScrollBar().value()
        first = max(0, scroll + exposed.top()) // ROW
        last = min(len(self._layers), (scroll + exposed.bottom()) // ROW + 1)
        words = themes.base_font(12)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        if self._selected is not None:
            for row in range(first, last):
                if self._layers[row].index == self._selected[0]:
                    surface = QRect(4, row * ROW - scroll, self.viewport().width() - 8, ROW)
                    painter.fillRect(surface.intersected(exposed), theme.raised)
        if exposed.left() < self._LABEL - 2:
            for row in range(first, last):
                y = row * ROW - scroll
                label = QRect(MARGIN, y, self._LABEL - MARGIN - 12, ROW)
                self._paint_label(painter, label, self._layers[row], theme)
        painter.setFont(words)
        painter.setPen(theme.muted)
        for row in range(first, last):
            y = row * ROW - scroll
            state = QRect(self.viewport().width() - self._STATE - MARGIN, y, self._STATE, ROW)
            painter.drawText(state, right, self._state_text(self._layers[row]))
        self._paint_strips(painter, first, last, theme)

    def _paint_strips(self, painter: QPainter, first: int, last: int, theme: Theme) -> None:
        ratio = painter.device().devicePixelRatioF()
        strips = self._strips
        widths = [round(self._strip_width(layer) * ratio) for layer in self._layers]
        strips.follow(self._layers, widths, ratio)
        codes, gaps = strips.codes(), strips.gaps()
        height = round(STRIP * ratio)
        rows = slice(first, last)
        if self._by is ColourBy.STATE:
            retried = strips.retried()[rows]
            pixels = state_pixels(codes[rows], gaps[rows], retried, height, ratio, theme)
        else:
            scale = self._scale
            every = self._values.pixels(strips, codes, gaps, height, self._now, theme)
            pixels = every[rows]
            self._scale = self.bounds()
            if self._scale != scale:
                self.scale_changed.emit()
                self.viewport().update()  # all other rows are of the scale before
        for row in range(first, last):
            layer, rect = self._layers[row], self._strip_rect(row)
            image = image_of(pixels[row - first], ratio)
            painter.drawImage(rect, image, QRect(0, 0, widths[row], height))
            if self._by is not ColourBy.STATE and layer.hashed and layer.size:
                hashed = QRectF(rect.x(), rect.bottom() + 1, 1, 2)
                hashed.setWidth(layer.hashed * rect.width() / layer.size)
                painter.fillRect(hashed, theme.hashed)
            draw_frontier(painter, rect, layer, theme)
            if self._selected and self._selected[0] == layer.index:
                piece = self._piece_of(row, self._selected[1])
                if piece is not None:
                    draw_frame(painter, rect, layer, piece.start, piece.end, theme)

    def _paint_label(
        self, painter: QPainter, rect: QRect, layer: LayerSnapshot, theme: Theme
    ) -> None:
        painter.setFont(themes.mono_font())
        painter.setPen(theme.text)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, short_digest(layer.digest))
        painter.setFont(themes.base_font(12))
        painter.setPen(theme.muted)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(rect, right, size_text(layer.size))

    def _state_text(self, layer: LayerSnapshot) -> str:
        if layer.state in self._state_words:
            return self._state_words[layer.state]()
        return QLocale().toString(_percent(layer.received, layer.size)) + " %"

    def _strip_width(self, layer: LayerSnapshot) -> int:
        width = self.viewport().width() - self._LABEL - self._STATE - MARGIN - 8
        if not self.equal_width and self._largest:
            width = max(2, round(width * layer.size / self._largest))
        return max(1, width)

    def _strip_rect(self, row: int) -> QRect:
        y = row * ROW - self.verticalScrollBar().value() + (ROW - STRIP) // 2
        return QRect(self._LABEL, y, self._strip_width(self._layers[row]), STRIP)

    # What is where

    def _piece_of(self, row: int, chunk: int) -> _Piece | None:
        """Return a chunk of the layer in `row`."""
        layer = self._layers[row]
        for flight in layer.in_flight:
            if flight.id == chunk:
                return self._flight_piece(layer, chunk)
        extents = self._attempts.extents
        extents.follow(self._layers)
        found = np.flatnonzero((extents.layer == row) & (extents.chunk == chunk))
        return self._extent_piece(layer, int(found[-1])) if len(found) and chunk >= 0 else None

    def _extent_piece(self, layer: LayerSnapshot, number: int) -> _Piece:
        extents = self._attempts.extents
        chunk, end = int(extents.chunk[number]), int(extents.end[number])
        state = self.tr("hashed") if end <= layer.hashed else self.tr("written")
        if chunk < 0:
            words = self.tr("kept from an earlier pull, {}").format(state)
        else:
            attempts = int(extents.attempts[number])
            words = self.tr("chunk {}, {}, attempts {}").format(chunk, state, attempts)
            if end > layer.frontier:
                words += self.tr(", waits behind a gap")
        return _Piece(chunk, int(extents.start[number]), end, words)

    def _flight_piece(self, layer: LayerSnapshot, chunk: int) -> _Piece:
        flight = next(each for each in layer.in_flight if each.id == chunk)
        words = self.tr("chunk {}, {}, attempt {}").format(
            flight.id, self._flight_text(flight.state), flight.attempt
        )
        if flight.state is ChunkState.RECEIVING:
            words += self.tr(", {} % here").format(_percent(flight.received, flight.length))
        if flight.connection >= 0:
            words += self.tr(", connection c{}").format(flight.connection + 1)
        return _Piece(flight.id, flight.offset, flight.offset + flight.length, words)

    def _flight_text(self, state: ChunkState) -> str:
        return {
            ChunkState.WAITING: self.tr("waiting for its first byte"),
            ChunkState.RECEIVING: self.tr("receiving"),
            ChunkState.RETRYING: self.tr("waiting to be retried"),
            ChunkState.FAILED: self.tr("failed"),
        }[state]

    def _piece_at(self, point: QPointF) -> tuple[LayerSnapshot, _Piece] | None:
        row = int(point.y() + self.verticalScrollBar().value()) // ROW
        if not 0 <= row < len(self._layers):
            return None
        layer, rect = self._layers[row], self._strip_rect(row)
        if not rect.left() <= point.x() <= rect.right() + 1:
            return layer, _Piece(-1, 0, layer.size, self._state_text(layer))
        byte = int((point.x() - rect.x()) * layer.size / rect.width())
        byte = min(byte, max(0, layer.size - 1))
        for flight in layer.in_flight:
            if flight.offset <= byte < flight.offset + flight.length:
                return layer, self._flight_piece(layer, flight.id)
        extents = self._attempts.extents
        extents.follow(self._layers)
        here = np.flatnonzero(extents.layer == row)
        starts, ends = extents.start[here], extents.end[here]
        hit = here[(starts <= byte) & (byte < ends)]
        if len(hit):
            return layer, self._extent_piece(layer, int(hit[0]))
        begin = int(ends[ends <= byte].max(initial=0))
        end = int(starts[starts > byte].min(initial=layer.size))
        for flight in layer.in_flight:
            if flight.offset > byte:
                end = min(end, flight.offset)
            else:
                begin = max(begin, flight.offset + flight.length)
        if layer.state is LayerState.EXISTING:
            return layer, _Piece(-1, begin, end, self.tr("already here"))
        return layer, _Piece(-1, begin, end, self.tr("not asked for yet"))

    def _tip(self, layer: LayerSnapshot, piece: _Piece) -> str:
        lines = [
            self.tr("Layer {} of {}, {}").format(
                layer.index + 1, len(self._layers), short_digest(layer.digest)
            ),
            piece.words,
            self.tr("bytes {} to {} ({})").format(
                QLocale().toString(piece.start),
                QLocale().toString(max(piece.start, piece.end - 1)),
                size_text(piece.end - piece.start),
            ),
        ]
        if piece.chunk >= 0:
            number = int(self._attempts.newest_rows([piece.chunk])[0])
            if number >= 0:
                row = self._attempts.columns[number]
                if all(flight.id != piece.chunk for flight in layer.in_flight):
                    lines.append(self.tr("connection c{}").format(int(row["connection"]) + 1))
                lines += self._words.course(self._attempts, number, self._now)
        if layer.error:
            lines.append(said(layer.error))
        return "\n".join(lines)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not viewportEvent: an error raised in paintEvent below an override of it ends the process.
        if isinstance(event, QHelpEvent):
            self._show_tip(QPointF(event.pos()), event.globalPos())
            return True
        return False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if QToolTip.isVisible():  # once it is wanted, it goes where the mouse goes
            self._show_tip(event.position(), event.globalPosition().toPoint())

    def _show_tip(self, point: QPointF, at: QPoint) -> None:
        found = self._piece_at(point)
        if found is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(at, plain_tip(self._tip(*found)), self.viewport())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        found = self._piece_at(event.position())
        if found and found[1].chunk >= 0:
            self._choose(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._layers:
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Comma:
                self._walk(-1)
            case Qt.Key.Key_Right | Qt.Key.Key_Period:
                self._walk(1)
            case Qt.Key.Key_Up:
                self._climb(-1)
            case Qt.Key.Key_Down:
                self._climb(1)
            case Qt.Key.Key_Home:
                self._step_to(self._selected_row(), 0.0)
            case Qt.Key.Key_End:
                self._step_to(self._selected_row(), 1.0)
            case Qt.Key.Key_Escape if self._selected is not None:
                self.select(-1, -1)
                self.chunk_selected.emit(-1, -1)
            case _:
                super().keyPressEvent(event)

    def _selected_row(self) -> int:
        selected = self._selected
        return next(
            (n for n, each in enumerate(self._layers) if selected and each.index == selected[0]), 0
        )

    def _starts(self, row: int) -> list[tuple[int, int, int]]:
        """Return start, end and id of the chunks of a layer, in the order of their bytes."""
        extents = self._attempts.extents
        extents.follow(self._layers)
        here = (extents.layer == row) & (extents.chunk >= 0)
        found = zip(
            extents.start[here].tolist(),
            extents.end[here].tolist(),
            extents.chunk[here].tolist(),
            strict=True,
        )
        flights = self._layers[row].in_flight
        return sorted([*found, *((f.offset, f.offset + f.length, f.id) for f in flights)])

    def _walk(self, steps: int) -> None:
        """Select the next chunk of the layer, or the one before."""
        row = self._selected_row()
        chunks = self._starts(row)
        ids = [chunk for _, _, chunk in chunks]
        if not chunks:
            return
        if self._selected is None or self._selected[1] not in ids:
            place = 0
        else:
            place = min(max(0, ids.index(self._selected[1]) + steps), len(ids) - 1)
        self._step_onto(row, chunks[place])
        start, end, _ = chunks[place]
        self._share = (start + end) / 2 / max(1, self._layers[row].size)

    def _climb(self, steps: int) -> None:
        """Select the chunk at the same place in the layer above or below."""
        if self._selected is None:
            self._walk(0)
        else:
            self._step_to(self._selected_row() + steps, self._share)

    def _step_to(self, row: int, share: float) -> None:
        row = min(max(0, row), len(self._layers) - 1)
        layer, chunks = self._layers[row], self._starts(row)
        self._share = share
        if chunks:
            byte = share * layer.size
            self._step_onto(row, min(chunks, key=lambda each: _distance(byte, each[0], each[1])))
        else:
            self.select(layer.index, -1)
            self.chunk_selected.emit(layer.index, -1)

    def _step_onto(self, row: int, chunk: tuple[int, int, int]) -> None:
        layer, piece = self._layers[row], self._piece_of(row, chunk[2])
        if piece is None:
            return
        self._choose(layer, piece)
        rect = self._strip_rect(row)
        x = rect.x() + (piece.start + piece.end) * rect.width() // (2 * max(1, layer.size))
        QToolTip.showText(
            self.viewport().mapToGlobal(QPoint(x, rect.bottom())),
            plain_tip(self._tip(layer, piece)),
            self.viewport(),
        )

    def ensure_row_visible(self, row: int) -> None:
        """Scroll as little as shows the row whole."""
        bar = self.verticalScrollBar()
        low, high = (row + 1) * ROW - self.viewport().height(), row * ROW
        bar.setValue(max(low, min(bar.value(), high)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._range()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.viewport().update()

    def _choose(self, layer: LayerSnapshot, piece: _Piece) -> None:
        self.select(layer.index, piece.chunk)
        self.chunk_selected.emit(layer.index, piece.chunk)

    def _range(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, len(self._layers) * ROW - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(ROW)


def _seen(layer: LayerSnapshot) -> tuple[object, ...]:
    """Return what a row of the map shows of a layer."""
    return (
        layer.state, layer.received, layer.hashed, layer.frontier, layer.generation,
        len(layer.extents), layer.in_flight,
    )  # fmt: skip


def _distance(byte: float, start: int, end: int) -> float:
    return max(start - byte, byte - end, 0.0)


def draw_frontier(painter: QPainter, rect: QRect, layer: LayerSnapshot, theme: Theme) -> None:
    """Draw the line up to which a layer is written without a gap: behind it, chunks wait."""
    if 0 < layer.frontier < layer.size and layer.state is not LayerState.EXISTING:
        x = rect.x() + layer.frontier * rect.width() / layer.size
        painter.fillRect(QRectF(x - 1, rect.y() - 2, 2, rect.height() + 4), theme.text)


def draw_frame(
    painter: QPainter, rect: QRect, layer: LayerSnapshot, start: int, end: int, theme: Theme
) -> None:
    """Draw the frame around the selected chunk."""
    scale = rect.width() / max(1, layer.size)
    painter.setPen(QPen(theme.text, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = max(4.0, (end - start) * scale) + 1
    painter.drawRect(QRectF(rect.x() + start * scale - 1, rect.y() - 2.5, width, rect.height() + 5))
