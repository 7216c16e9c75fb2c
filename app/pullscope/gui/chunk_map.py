"""The chunk map: every layer a strip of its bytes, every byte in the colour of its state.

`paint_strip` draws one layer; the map and the layer table share it. A strip's cost does not grow
with the chunks that are finished: `_Runs` turns each finished extent into columns once, `_Strip`
adds it once to the coverage of the pixels, and a frame only looks at the pixels and at what is in
flight. A pixel shows the least finished of its bytes, so that a chunk too small for a pixel of its
own is still seen.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from operator import attrgetter

import numpy as np
import numpy.typing as npt
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
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QImage,
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
    QLabel,
    QMenu,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import ChunkState, LayerSnapshot, LayerState, Snapshot
from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.theme import Theme

Pixels = npt.NDArray[np.uint32]

ROW = 22
STRIP = 14
MARGIN = 12
GAP_FROM = 4  # a chunk narrower than this has no pixel to spare for the gap before it
_FIELDS = attrgetter("offset", "length", "chunk", "attempts")  # of an extent
_PERIOD = 6  # pixels from one stripe of a texture to the next
_EPSILON = 1e-6  # of a pixel: far less than the smallest chunk on the largest layer


class Code(IntEnum):
    """What a pixel shows, the least finished first; what is in flight comes before what is not."""

    FAILED = 0
    RETRYING = 1
    WAITING = 2
    COMING = 3  # the part of a chunk being received that is not here yet
    RECEIVING = 4
    PENDING = 5
    WRITTEN = 6
    HASHED = 7


def short_digest(digest: str) -> str:
    """Return the first digits of a digest, enough to tell the layers of an image apart."""
    return digest.partition(":")[2][:8] or digest[:8]


# --- how a state looks -------------------------------------------------------------------------


@lru_cache(maxsize=8)
def _pixel_colours(theme: Theme, selected: bool) -> Pixels:
    pending = themes.blend(theme.text, theme.pending, 0.08) if selected else theme.pending
    colours = {
        Code.FAILED: theme.failed,
        Code.RETRYING: theme.retried,
        Code.WAITING: theme.waiting,
        Code.COMING: themes.blend(theme.receiving, pending, 0.35),
        Code.RECEIVING: theme.receiving,
        Code.PENDING: pending,
        Code.WRITTEN: theme.written,
        Code.HASHED: theme.hashed,
    }
    return np.array([colours[code].rgba() for code in Code], np.uint32)


def stripe(theme: Theme) -> QColor:
    """Return the colour of the stripes that tell retried and failed without their colours."""
    return QColor("#14171C") if theme.dark else QColor("#FFFFFF")


def retried_stripes(height: int, width: int, ratio: float) -> npt.NDArray[np.bool_]:
    """Return where the texture of retried bytes has its stripes: diagonals."""
    y, x = np.ogrid[:height, :width]
    period, line = round(_PERIOD * ratio), round(2 * ratio)
    stripes: npt.NDArray[np.bool_] = (x + y) % period < line
    return stripes


def failed_stripes(height: int, width: int, ratio: float) -> npt.NDArray[np.bool_]:
    """Return where the texture of failed bytes has its stripes: crossed diagonals."""
    y, x = np.ogrid[:height, :width]
    period, line = round(_PERIOD * ratio), round(ratio)
    stripes: npt.NDArray[np.bool_] = ((x + y) % period < line) | ((x - y) % period < line)
    return stripes


def image_of(pixels: Pixels, ratio: float) -> QImage:
    """Return an image of premultiplied ARGB `pixels`, whose memory it shows: draw it at once."""
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    return image


def paint_mark(painter: QPainter, rect: QRect, state: str, theme: Theme) -> None:
    """Fill `rect` as bytes in `state` look, which is the name of one of the theme's colours."""
    colour: QColor = getattr(theme, state)
    ratio = painter.device().devicePixelRatioF()
    pixels = np.full((round(rect.height() * ratio), round(rect.width() * ratio)), 0, np.uint32)
    pixels[:] = colour.rgba()
    if state == "retried":
        pixels[retried_stripes(*pixels.shape, ratio)] = stripe(theme).rgba()
    elif state == "failed":
        pixels[failed_stripes(*pixels.shape, ratio)] = stripe(theme).rgba()
    painter.drawImage(rect.topLeft(), image_of(pixels, ratio))


class Legend(QWidget):
    """A line of marks with their words. `entries` pairs the name of a colour with its word."""

    def __init__(self, entries: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = tuple(entries)
        self.setFont(themes.base_font(themes.HEADING_PX))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = sum(28 + metrics.horizontalAdvance(word) for _, word in self._entries)
        return QSize(width, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter, themes.current())

    def _paint(self, painter: QPainter, theme: Theme) -> None:
        metrics = painter.fontMetrics()
        x = 0
        for state, word in self._entries:
            width = metrics.horizontalAdvance(word)
            if x + 15 + width > self.width():
                break  # half a word tells nothing
            paint_mark(painter, QRect(x, (self.height() - 10) // 2, 10, 10), state, theme)
            painter.setPen(theme.muted)
            box = QRect(x + 15, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, word)
            x += 28 + width


def heading(text: str, unit: str = "") -> QLabel:
    """Return the heading of a panel; capitals for the words, none for the unit."""
    label = QLabel(f"{text.upper()}, {unit}" if unit else text.upper())
    font = themes.heading_font()
    font.setCapitalization(QFont.Capitalization.MixedCase)
    label.setFont(font)
    label.setProperty("role", "heading")
    return label


# --- one layer ---------------------------------------------------------------------------------


def _lower(codes: npt.NDArray[np.uint8], code: Code) -> None:
    np.minimum(codes, np.uint8(code), out=codes)


class _Runs:
    """The finished extents of a layer in columns. Extents are only appended in one generation."""

    def __init__(self) -> None:
        self.version = 0
        self.count = 0
        self._generation = -1
        self._last: object = None
        self._columns = np.zeros((4, 256), np.int64)

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        return self._columns[0, : self.count]

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        return self._columns[1, : self.count]

    @property
    def chunks(self) -> npt.NDArray[np.int64]:
        return self._columns[2, : self.count]

    @property
    def attempts(self) -> npt.NDArray[np.int64]:
        return self._columns[3, : self.count]

    def follow(self, layer: LayerSnapshot) -> None:
        """Take in the extents that are new since the last call."""
        extents = layer.extents
        known = self.count
        if (
            layer.generation != self._generation
            or len(extents) < known
            or (known and extents[known - 1] != self._last)
        ):
            self.version += 1
            self.count = known = 0
            self._generation = layer.generation
        if len(extents) == known:
            return
        if len(extents) > self._columns.shape[1]:
            grown = np.zeros((4, 2 * len(extents)), np.int64)
            grown[:, :known] = self._columns[:, :known]
            self._columns = grown
        new = extents[known:]
        rows = np.array(list(map(_FIELDS, new)), np.int64).T
        rows[1] += rows[0]  # `end` of each extent would be a call of its own
        self._columns[:, known : len(extents)] = rows
        self.count = len(extents)
        self._last = extents[-1]


class _Strip:
    """The pixels of one layer at one width: how much of each is written, where chunks begin."""

    def __init__(self, width: int, ratio: float) -> None:
        self.width = width
        self._ratio = ratio
        self._version = -1
        self._count = 0
        self._covered = np.zeros(0)
        self._retried = np.zeros(0, np.bool_)
        self._gaps = np.zeros(0, np.bool_)

    def codes(self, layer: LayerSnapshot, runs: _Runs) -> npt.NDArray[np.uint8]:
        """Return the code of each pixel; `retried` and `gaps` are of the same moment."""
        if layer.state in (LayerState.DONE, LayerState.EXISTING, LayerState.COMMITTING):
            self._follow(layer, runs)
            return np.full(self.width, Code.HASHED, np.uint8)
        if layer.size == 0:
            return np.full(self.width, Code.PENDING, np.uint8)
        self._follow(layer, runs)
        written = self._covered[: self.width] > 1 - _EPSILON
        codes = np.where(written, np.uint8(Code.WRITTEN), np.uint8(Code.PENDING))
        scale = self.width / layer.size
        for chunk in layer.in_flight:
            first = min(int(chunk.offset * scale), self.width - 1)
            last = math.ceil((chunk.offset + chunk.length) * scale - _EPSILON)
            last = min(max(first + 1, last), self.width)
            if chunk.state is ChunkState.RECEIVING:
                here = min(int((chunk.offset + chunk.received) * scale), last)
                _lower(codes[first:here], Code.RECEIVING)
                _lower(codes[here:last], Code.COMING)
                continue
            if chunk.state is ChunkState.FAILED:
                code = Code.FAILED
            elif chunk.state is ChunkState.RETRYING or chunk.attempt > 1:
                code = Code.RETRYING
            else:
                code = Code.WAITING
            _lower(codes[first:last], code)
        codes[: int(layer.hashed * scale + _EPSILON)] = Code.HASHED
        return codes

    def gaps(self, layer: LayerSnapshot) -> npt.NDArray[np.bool_]:
        """Return the pixels before a chunk, where chunks are wide enough to be told apart."""
        gaps = self._gaps.copy()
        scale = self.width / layer.size if layer.size else 0.0
        for chunk in layer.in_flight:
            if chunk.length * scale >= GAP_FROM * self._ratio:
                gaps[int(chunk.offset * scale)] = True
        gaps[:1] = False
        for _ in range(round(self._ratio) - 1):
            gaps[1:] |= gaps[:-1]
        return gaps

    def retried(self, layer: LayerSnapshot) -> npt.NDArray[np.bool_]:
        """Return the pixels with bytes that took more than one attempt."""
        retried = self._retried.copy()
        scale = self.width / layer.size if layer.size else 0.0
        for chunk in layer.in_flight:
            if chunk.attempt > 1:
                first = int(chunk.offset * scale)
                retried[first : max(first + 1, int((chunk.offset + chunk.length) * scale))] = True
        return retried

    def _follow(self, layer: LayerSnapshot, runs: _Runs) -> None:
        if runs.version != self._version:
            self._version = runs.version
            self._count = 0
            self._covered = np.zeros(self.width + 2)
            self._retried = np.zeros(self.width, np.bool_)
            self._gaps = np.zeros(self.width, np.bool_)
        if runs.count == self._count or layer.size == 0:
            return
        scale = self.width / layer.size
        x0 = runs.starts[self._count :] * scale
        x1 = runs.ends[self._count :] * scale
        first, last = x0.astype(np.int64), x1.astype(np.int64)
        inside = first == last
        np.add.at(self._covered, first[inside], (x1 - x0)[inside])
        first, last, left, right = first[~inside], last[~inside], x0[~inside], x1[~inside]
        np.add.at(self._covered, first, first + 1 - left)
        np.add.at(self._covered, last, right - last)
        steps = np.zeros(self.width + 2)
        np.add.at(steps, first + 1, 1.0)
        np.add.at(steps, last, -1.0)
        self._covered += np.cumsum(steps)
        wide = x1 - x0 >= GAP_FROM * self._ratio
        self._gaps[np.minimum(x0[wide].astype(np.int64), self.width - 1)] = True
        again = runs.attempts[self._count :] > 1
        for begin, end in zip(x0[again].astype(int), np.ceil(x1[again]).astype(int), strict=True):
            self._retried[begin : max(begin + round(3 * self._ratio), end)] = (
                True  # found, even alone
            )
        self._count = runs.count


@lru_cache(maxsize=128)
def _runs(digest: str, index: int) -> _Runs:
    return _Runs()


@lru_cache(maxsize=512)
def _strip(digest: str, index: int, width: int, ratio: float) -> _Strip:
    return _Strip(width, ratio)


def paint_strip(
    painter: QPainter, rect: QRect, layer: LayerSnapshot, theme: Theme, selected: bool = False
) -> None:
    """Draw the bytes of `layer` into `rect`; `selected` when its row's surface is raised."""
    ratio = painter.device().devicePixelRatioF()
    width, height = round(rect.width() * ratio), round(rect.height() * ratio)
    if width < 1 or height < 1:
        return
    runs = _runs(layer.digest, layer.index)
    runs.follow(layer)
    strip = _strip(layer.digest, layer.index, width, ratio)
    codes = strip.codes(layer, runs)
    pixels = np.empty((height, width), np.uint32)
    pixels[:] = _pixel_colours(theme, selected)[codes]
    if codes.min() <= Code.RETRYING:
        for code, stripes in ((Code.RETRYING, retried_stripes), (Code.FAILED, failed_stripes)):
            striped = stripes(height, width, ratio) & (codes == code)
            pixels[striped] = stripe(theme).rgba()
    retried = strip.retried(layer)
    if retried.any():  # a foot, so that the state above it stays to be seen
        foot = round(3 * ratio)
        pixels[-foot:, retried] = theme.retried.rgba()
        pixels[-foot - round(ratio) : -foot, retried] = 0
    pixels[:, strip.gaps(layer)] = 0
    painter.drawImage(rect.topLeft(), image_of(pixels, ratio))
    if 0 < layer.frontier < layer.size and layer.state is not LayerState.EXISTING:
        x = rect.x() + layer.frontier * rect.width() / layer.size
        line = QRectF(x - 1, rect.y() - 2, 2, rect.height() + 4)
        painter.fillRect(line, theme.text)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes of a layer that belong together: a chunk, kept bytes, or bytes nobody asked for."""

    chunk: int
    start: int
    end: int
    words: str


# --- all layers --------------------------------------------------------------------------------


class ChunkMap(QWidget):
    """The strips of all layers, with what is under the mouse in words.

    Signals:
        chunk_selected: the index of a layer and the id of one of its chunks.
    """

    chunk_selected = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chunk_map")
        self.setAccessibleName(self.tr("Chunk map"))
        themes.as_panel(self)
        self._rows = _Rows(self)
        self._rows.setAccessibleName(self.tr("Chunks of every layer"))
        self._rows.chunk_selected.connect(self.chunk_selected)
        self.setFocusProxy(self._rows)
        header = QHBoxLayout()
        header.setContentsMargins(MARGIN, 0, MARGIN, 0)
        header.setSpacing(16)
        header.addWidget(heading(self.tr("Chunks")))
        entries = [
            ("pending", self.tr("pending")),
            ("waiting", self.tr("waiting")),
            ("receiving", self.tr("receiving")),
            ("written", self.tr("written")),
            ("hashed", self.tr("hashed")),
            ("retried", self.tr("retried")),
            ("failed", self.tr("failed")),
        ]
        header.addWidget(Legend(entries), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 8, 1, 8)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._rows, 1)
        self._summary = ""

    @property
    def equal_width(self) -> bool:
        """Whether every layer is drawn over the whole width, or as wide as its share of bytes."""
        return self._rows.equal_width

    @equal_width.setter
    def equal_width(self, equal: bool) -> None:
        self._rows.equal_width = equal
        self._rows.viewport().update()

    @property
    def accessible_summary(self) -> str:
        """Return what the map shows, in words."""
        return self._summary

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Draw this moment; None when there is no pull."""
        summary = self._summarize(snapshot)
        if summary != self._summary:
            self._summary = summary
            self.setAccessibleDescription(summary)
            self._rows.setAccessibleDescription(summary)
        before = self._rows.count
        self._rows.show_layers(snapshot.layers if snapshot else ())
        if self._rows.count != before:
            self.updateGeometry()

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Frame a chunk that was selected elsewhere."""
        self._rows.select(layer, chunk)

    def sizeHint(self) -> QSize:
        return QSize(640, 50 + ROW * max(4, min(12, self._rows.count)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction(self._width_action(menu, self.tr("Every layer as wide"), True))
        menu.addAction(self._width_action(menu, self.tr("Width by size"), False))
        menu.popup(event.globalPos())
        menu.aboutToHide.connect(menu.deleteLater)

    def _width_action(self, menu: QMenu, text: str, equal: bool) -> QAction:
        action = QAction(text, menu, checkable=True, checked=self.equal_width is equal)
        action.triggered.connect(lambda: setattr(self, "equal_width", equal))
        return action

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
        failed = sum(layer.state is LayerState.FAILED for layer in snapshot.layers)
        if failed:
            parts.append(self.tr("{} failed").format(failed))
        return ", ".join(parts)


def _percent(part: int, whole: int) -> int:
    return part * 100 // whole if whole else 100


class _Rows(QAbstractScrollArea):
    """The rows of the map: a label, the strip, how far it is."""

    chunk_selected = Signal(int, int)

    _LABEL = 148
    _STATE = 76

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.equal_width = True
        self._layers: tuple[LayerSnapshot, ...] = ()
        self._largest = 1
        self._selected: tuple[int, int] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().installEventFilter(self)
        self.setMinimumHeight(3 * ROW)
        self._words: dict[LayerState, Callable[[], str]] = {
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

    def show_layers(self, layers: tuple[LayerSnapshot, ...]) -> None:
        """Draw these layers."""
        others = [layer.digest for layer in layers] != [layer.digest for layer in self._layers]
        self._layers = layers
        if others:
            self._largest = max((layer.size for layer in layers), default=1)
            self._selected = None
            self._range()
            self.viewport().update()
        else:  # labels stand still; words are the dearer half of a frame
            left = self._LABEL - 2
            view = self.viewport()
            view.update(left, 0, view.width() - left, view.height())

    def select(self, layer: int, chunk: int) -> None:
        """Frame a chunk."""
        self._selected = (layer, chunk)
        self.viewport().update()

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
        words = themes.base_font(12)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        top = -self.verticalScrollBar().value()
        for row, layer in enumerate(self._layers):
            y = top + row * ROW
            if y + ROW < 0 or y > self.viewport().height():
                continue
            if exposed.left() < self._LABEL - 2:
                label = QRect(MARGIN, y, self._LABEL - MARGIN - 12, ROW)
                self._paint_label(painter, label, layer, theme)
            painter.setFont(words)
            painter.setPen(theme.muted)
            state = QRect(self.viewport().width() - self._STATE - MARGIN, y, self._STATE, ROW)
            painter.drawText(state, right, self._state_text(layer))
            rect = self._strip_rect(row)
            paint_strip(painter, rect, layer, theme)
            if self._selected and self._selected[0] == layer.index:
                self._frame(painter, rect, layer, self._selected[1], theme)
        if self.hasFocus():
            themes.draw_focus_ring(
                painter, QRectF(self.viewport().rect()).adjusted(2, 0, -2, 0), theme
            )

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

    def _frame(
        self, painter: QPainter, rect: QRect, layer: LayerSnapshot, chunk: int, theme: Theme
    ) -> None:
        for piece in self._pieces(layer):
            if piece.chunk == chunk:
                scale = rect.width() / layer.size
                box = QRectF(
                    rect.x() + piece.start * scale - 1,
                    rect.y() - 2.5,
                    max(4.0, (piece.end - piece.start) * scale) + 1,
                    rect.height() + 5,
                )
                painter.setPen(QPen(theme.text, 2))
                painter.drawRect(box)

    def _state_text(self, layer: LayerSnapshot) -> str:
        if layer.state in self._words:
            return self._words[layer.state]()
        return QLocale().toString(_percent(layer.received, layer.size)) + " %"

    def _strip_rect(self, row: int) -> QRect:
        layer = self._layers[row]
        y = row * ROW - self.verticalScrollBar().value() + (ROW - STRIP) // 2
        width = self.viewport().width() - self._LABEL - self._STATE - MARGIN - 8
        if not self.equal_width and self._largest:
            width = max(2, round(width * layer.size / self._largest))
        return QRect(self._LABEL, y, max(1, width), STRIP)

    # What is where

    def _pieces(self, layer: LayerSnapshot) -> list[_Piece]:
        """Return the chunks of a layer and its kept bytes, in the order of their bytes."""
        runs = _runs(layer.digest, layer.index)
        runs.follow(layer)
        pieces = []
        for start, end, chunk, attempts in zip(
            runs.starts.tolist(),
            runs.ends.tolist(),
            runs.chunks.tolist(),
            runs.attempts.tolist(),
            strict=True,
        ):
            state = self.tr("hashed") if end <= layer.hashed else self.tr("written")
            if chunk < 0:
                words = self.tr("kept from an earlier pull, {}").format(state)
            else:
                words = self.tr("chunk {}, {}, attempts {}").format(chunk, state, attempts)
            pieces.append(_Piece(chunk, start, end, words))
        for flight in layer.in_flight:
            words = self.tr("chunk {}, {}, attempt {}").format(
                flight.id, self._flight_text(flight.state), flight.attempt
            )
            if flight.state is ChunkState.RECEIVING:
                words += self.tr(", {} % here").format(_percent(flight.received, flight.length))
            if flight.connection >= 0:
                words += self.tr(", connection c{}").format(flight.connection + 1)
            pieces.append(_Piece(flight.id, flight.offset, flight.offset + flight.length, words))
        pieces.sort(key=lambda piece: piece.start)
        return pieces

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
        end = layer.size
        begin = 0
        for piece in self._pieces(layer):
            if piece.start <= byte < piece.end:
                return layer, piece
            if piece.end <= byte:
                begin = piece.end
            elif piece.start > byte:
                end = piece.start
                break
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
        if layer.error:
            lines.append(layer.error)
        return "\n".join(lines)

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Not viewportEvent: an error raised in paintEvent below an override of it ends the process.
        if isinstance(event, QHelpEvent):
            found = self._piece_at(QPointF(event.pos()))
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._tip(*found), self.viewport())
            return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        found = self._piece_at(event.position())
        if found and found[1].chunk >= 0:
            self._choose(found[0], found[1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if key not in steps or not self._layers:
            super().keyPressEvent(event)
            return
        rows, chunks = steps[key]
        row = next((i for i, layer in enumerate(self._layers) if self._is_selected(layer)), None)
        if row is None:
            row, rows, chunks = 0, 0, 0
        row = min(max(0, row + rows), len(self._layers) - 1)
        layer = self._layers[row]
        pieces = [piece for piece in self._pieces(layer) if piece.chunk >= 0]
        if not pieces:
            self._selected = (layer.index, -1)
            self.viewport().update()
            return
        ids = [piece.chunk for piece in pieces]
        known = self._selected is not None and self._selected[1] in ids
        place = ids.index(self._selected[1]) if self._selected and known else 0
        piece = pieces[min(max(0, place + chunks), len(pieces) - 1)]
        self._choose(layer, piece)
        rect = self._strip_rect(row)
        x = rect.x() + (piece.start + piece.end) * rect.width() // (2 * layer.size)
        self.ensure_row_visible(row)
        QToolTip.showText(
            self.viewport().mapToGlobal(QPoint(x, self._strip_rect(row).bottom())),
            self._tip(layer, piece),
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

    def _is_selected(self, layer: LayerSnapshot) -> bool:
        return self._selected is not None and self._selected[0] == layer.index

    def _range(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, len(self._layers) * ROW - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(ROW)
