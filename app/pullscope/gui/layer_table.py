"""The layer table: a row per layer with its state in words, its chunks, its speed and retries.

`LayerModel` keeps the newest `LayerSnapshot`s and says in one signal per tick which rows changed.
The strip of chunks is the one of the chunk map; the model has the same in words.
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QColor,
    QFontMetrics,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pullscope.engine.model import ChunkState, LayerSnapshot, LayerState, PullState, Snapshot
from pullscope.engine.units import rate_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.attempts import Attempts
from pullscope.gui.chunk_map import draw_frame, draw_frontier
from pullscope.gui.language import said
from pullscope.gui.legend import Pixels, image_of, plain_tip
from pullscope.gui.rates import RateMeter
from pullscope.gui.strips import Codes, Flags, Strips, state_pixels

SORT_ROLE = Qt.ItemDataRole.UserRole
LAYER_ROLE = Qt.ItemDataRole.UserRole + 1
FILTER_ROLE = Qt.ItemDataRole.UserRole + 2
_ROW_HEIGHT = 26
_PERCENT_WIDTH = 48
_RATE_WINDOW = 1.5

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class Column(IntEnum):
    """The columns, from left to right."""

    LAYER = 0
    SIZE = 1
    STATE = 2
    PROGRESS = 3
    SPEED = 4
    RETRIES = 5


_WIDTHS = {
    Column.LAYER: 112,
    Column.SIZE: 76,
    Column.STATE: 108,
    Column.SPEED: 84,
    Column.RETRIES: 72,
}
_TITLE_PADDING = 9  # of the style sheet, and a pixel
_RIGHT = (Column.SIZE, Column.SPEED, Column.RETRIES)


class LayerModel(QAbstractTableModel):
    """The layers of a pull."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[LayerSnapshot, ...] = ()
        self._meters: list[RateMeter] = []
        self._words: list[str] = []
        self._state = PullState.RESOLVING

    @property
    def layers(self) -> tuple[LayerSnapshot, ...]:
        """The layers of the newest snapshot, in the order of the manifest."""
        return self._layers

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the layers of `snapshot`."""
        old, new = self._layers, snapshot.layers
        paused = self._state is not snapshot.state
        self._state = snapshot.state
        if [layer.digest for layer in old] != [layer.digest for layer in new]:
            self.beginResetModel()
            self._layers = new
            self._meters = [RateMeter(_RATE_WINDOW) for _ in new]
            self.endResetModel()
            return
        self._layers = new
        changed = [row for row, layer in enumerate(new) if paused or layer is not old[row]]
        if changed:
            words = [self.state_words(layer) for layer in new]
            left = Column.PROGRESS if words == self._words else Column.STATE
            self._words = words
            self._tell(changed[0], changed[-1], left, Column.PROGRESS)

    def measure(self, snapshot: Snapshot) -> None:
        """Bring the speeds up to date; called a few times a second, so that they can be read."""
        if len(snapshot.layers) != len(self._meters) or not self._meters:
            return
        for meter, layer in zip(self._meters, snapshot.layers, strict=True):
            meter.add(snapshot.at, layer.received)
        self._tell(0, len(self._meters) - 1, Column.SPEED, Column.RETRIES)

    def clear(self) -> None:
        """Show no layers."""
        self.beginResetModel()
        self._layers = ()
        self._meters = []
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many layers there are."""
        return 0 if parent.isValid() else len(self._layers)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the heading of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("LAYER"),
            self.tr("SIZE"),
            self.tr("STATE"),
            self.tr("CHUNKS"),
            self.tr("SPEED"),
            self.tr("RETRIES"),
        )[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what `role` asks about a cell."""
        if not index.isValid() or index.row() >= len(self._layers):
            return None
        layer, column = self._layers[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(layer, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._tip(layer, column))
            case Qt.ItemDataRole.FontRole if column is Column.LAYER:
                return themes.mono_font()
            case _ if role == SORT_ROLE:
                return self._sort_key(layer, column)
            case _ if role == FILTER_ROLE:
                return self._filter_text(layer)
            case _ if role == LAYER_ROLE:
                return layer
        return None

    def state_words(self, layer: LayerSnapshot) -> str:
        """Return where `layer` stands, in words."""
        match layer.state:
            case LayerState.PENDING:
                return self.tr("waiting")
            case LayerState.RECEIVING if self._state is PullState.PAUSED:
                return self.tr("paused")
            case LayerState.RECEIVING if self._state is PullState.CANCELLED:
                return self.tr("kept")
            case LayerState.RECEIVING if self._state is PullState.FAILED:
                return self.tr("stopped")
            case LayerState.RECEIVING if any(
                chunk.state is ChunkState.RETRYING for chunk in layer.in_flight
            ):
                return self.tr("retrying")
            case LayerState.RECEIVING:
                return self.tr("receiving")
            case LayerState.HASHING:
                return self.tr("hashing")
            case LayerState.COMMITTING:
                return self.tr("committing")
            case LayerState.DONE:
                return self.tr("done")
            case LayerState.EXISTING:
                return self.tr("already here")
            case LayerState.FAILED:
                return self.tr("failed")

    def _text(self, layer: LayerSnapshot, column: Column) -> str:
        match column:
            case Column.LAYER:
                return short_digest(layer.digest)
            case Column.SIZE:
                return size_text(layer.size)
            case Column.STATE:
                return self.state_words(layer)
            case Column.PROGRESS:
                return f"{_percent(layer)} %"
            case Column.SPEED:
                rate = self._rate(layer)
                return rate_text(rate) if rate else ""
            case Column.RETRIES:
                return str(layer.retries) if layer.attempts else ""

    def _filter_text(self, layer: LayerSnapshot) -> str:
        """Return the words by which a row is found: filtering looks at its first column only."""
        words = [layer.digest, layer.media_type, said(layer.error), self.state_words(layer)]
        return " ".join([f"#{layer.index + 1}", *words, size_text(layer.size)])

    def _sort_key(self, layer: LayerSnapshot, column: Column) -> object:
        match column:
            case Column.LAYER:
                return layer.index
            case Column.SIZE:
                return layer.size
            case Column.STATE:
                return list(LayerState).index(layer.state)
            case Column.PROGRESS:
                return layer.received / layer.size if layer.size else 1.0
            case Column.SPEED:
                return self._rate(layer)
            case Column.RETRIES:
                return layer.retries

    def _tip(self, layer: LayerSnapshot, column: Column) -> str:
        match column:
            case Column.LAYER:
                return f"{layer.digest}\n{layer.media_type}"
            case Column.STATE if layer.error:
                return said(layer.error)
            case Column.PROGRESS:
                return self.tr("received {0}, written {1}, hashed {2} of {3}").format(
                    size_text(layer.received),
                    size_text(layer.written),
                    size_text(layer.hashed),
                    size_text(layer.size),
                )
            case Column.RETRIES:
                return self.tr("{0} requests, {1} of them retries").format(
                    layer.attempts, layer.retries
                )
        return ""

    def _rate(self, layer: LayerSnapshot) -> float:
        if layer.state is not LayerState.RECEIVING or self._state is not PullState.RUNNING:
            return 0.0
        return self._meters[layer.index].rate

    def _tell(self, first: int, last: int, left: Column, right: Column) -> None:
        self.dataChanged.emit(self.index(first, left), self.index(last, right))


def short_digest(digest: str) -> str:
    """Return the part of a digest that people compare."""
    return digest.rpartition(":")[2][:12]


def _percent(layer: LayerSnapshot) -> int:
    """Return how much of a layer is here; 100 only when every byte is."""
    if layer.state in (LayerState.DONE, LayerState.EXISTING) or not layer.size:
        return 100
    return int(100 * layer.received / layer.size)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class _ProgressDelegate(QStyledItemDelegate):
    """Draws the chunks of a layer as a strip, and the share that is here as a number."""

    def __init__(self, model: LayerModel, parent: QObject) -> None:
        super().__init__(parent)
        self.attempts = Attempts()
        self.selected: tuple[int, int] | None = None
        self._model = model
        self._strips = Strips(self.attempts.extents)
        self._drawn: tuple[object, ...] | None = None
        self._marks: tuple[Codes, Flags, Flags]
        self._pixels: Pixels

    def set_attempts(self, attempts: Attempts) -> None:
        """Draw the pull whose attempts these are."""
        self.attempts = attempts
        self.selected = None
        self._strips = Strips(attempts.extents)
        self._drawn = None

    def strip_rect(self, cell: QRect) -> QRect:
        """Return where in a cell the strip is."""
        return cell.adjusted(8, 6, -_PERCENT_WIDTH - 8, -6)

    def chunk_at(self, layer: LayerSnapshot, share: float) -> int:
        """Return the chunk at a share of a layer's bytes, -1 where there is none."""
        byte = min(int(share * layer.size), layer.size - 1)
        for flight in layer.in_flight:
            if flight.offset <= byte < flight.offset + flight.length:
                return flight.id
        extents = self.attempts.extents
        extents.follow(self._model.layers)
        place = self._place(layer)
        here = (extents.layer == place) & (extents.start <= byte) & (byte < extents.end)
        found = extents.chunk[here]
        return int(found[0]) if len(found) else -1

    def _place(self, layer: LayerSnapshot) -> int:
        return next(n for n, each in enumerate(self._model.layers) if each is layer)

    def _follow(self, strip: QRect, ratio: float, theme: themes.Theme) -> None:
        """Draw the strips of all layers at once, as often as there are new ones."""
        wanted = (self._model.layers, strip.width(), strip.height(), ratio, theme)
        if self._drawn is not None and all(
            old is new or old == new for old, new in zip(self._drawn, wanted, strict=True)
        ):
            return
        self._drawn = wanted
        layers, strips = self._model.layers, self._strips
        strips.follow(layers, [round(strip.width() * ratio)] * len(layers), ratio)
        self._marks = strips.codes(), strips.gaps(), strips.retried()
        self._pixels = state_pixels(*self._marks, round(strip.height() * ratio), ratio, theme)

    def _paint_strip(
        self, painter: QPainter, strip: QRect, layer: LayerSnapshot, selected: bool
    ) -> None:
        theme = themes.current()
        ratio = painter.device().devicePixelRatioF()
        self._follow(strip, ratio, theme)
        place = self._place(layer)
        pixels = self._pixels[place]
        if selected:
            row = slice(place, place + 1)
            codes, gaps, retried = self._marks
            pixels = state_pixels(
                codes[row], gaps[row], retried[row], len(pixels), ratio, theme, True
            )[0]
        painter.drawImage(strip.topLeft(), image_of(pixels, ratio))
        draw_frontier(painter, strip, layer, theme)
        if self.selected is not None and self.selected[0] == layer.index:
            self._paint_selected(painter, strip, layer, self.selected[1], theme)

    def _paint_selected(
        self, painter: QPainter, strip: QRect, layer: LayerSnapshot, chunk: int, theme: themes.Theme
    ) -> None:
        for flight in layer.in_flight:
            if flight.id == chunk:
                end = flight.offset + flight.length
                draw_frame(painter, strip, layer, flight.offset, end, theme)
                return
        extents = self.attempts.extents
        found = np.flatnonzero((extents.layer == self._place(layer)) & (extents.chunk == chunk))
        if len(found) and chunk >= 0:
            start, end = int(extents.start[found[-1]]), int(extents.end[found[-1]])
            draw_frame(painter, strip, layer, start, end, theme)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        layer = index.data(LAYER_ROLE)
        theme = themes.current()
        selected = _draw_surface(painter, option, theme)
        cell: QRect = option.rect
        strip = self.strip_rect(cell)
        if strip.width() > 16:
            painter.save()
            self._paint_strip(painter, strip, layer, selected)
            painter.restore()
        painter.setPen(theme.muted)
        painter.drawText(
            cell.adjusted(0, 0, -8, 0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            str(index.data()),
        )


class _StateDelegate(QStyledItemDelegate):
    """Draws a mark in the colour of the state, and the state in words."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        layer: LayerSnapshot = index.data(LAYER_ROLE)
        theme = themes.current()
        _draw_surface(painter, option, theme)
        cell: QRect = option.rect
        mark = QRectF(cell.left() + 8, cell.center().y() - 3, 8, 8)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_mark(painter, mark, layer, theme)
        painter.restore()
        quiet = layer.state in (LayerState.PENDING, LayerState.EXISTING)
        painter.setPen(theme.muted if quiet else theme.text)
        words = cell.adjusted(24, 0, -4, 0)
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(
                str(index.data()), Qt.TextElideMode.ElideRight, words.width()
            ),
        )


class _TextDelegate(QStyledItemDelegate):
    """Draws words on the surface of the row."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        theme = themes.current()
        _draw_surface(painter, option, theme)
        column = Column(index.column())
        if column is Column.LAYER:
            painter.setFont(themes.mono_font())
        layer: LayerSnapshot = index.data(LAYER_ROLE)
        retried = column is Column.RETRIES and layer.retries > 0
        cell: QRect = option.rect
        words = cell.adjusted(8, 0, -8, 0)
        text = str(index.data())
        painter.setPen(theme.muted if column is Column.RETRIES and not retried else theme.text)
        painter.drawText(words, _alignment(column), text)
        if retried:  # a mark beside the number: colour alone does not say it
            width = painter.fontMetrics().horizontalAdvance(text)
            mark = QRectF(words.right() - width - 16, cell.center().y() - 4, 8, 8)
            _draw_stripes(painter, mark, theme.retried)


def _draw_surface(painter: QPainter, option: QStyleOptionViewItem, theme: themes.Theme) -> bool:
    """Draw what lies behind a cell; return whether its row is selected."""
    state: QStyle.StateFlag = option.state
    selected = bool(state & QStyle.StateFlag.State_Selected)
    rect: QRect = option.rect
    painter.setFont(option.font)
    if selected:
        painter.fillRect(rect, theme.raised)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, themes.blend(theme.raised, theme.panel, 0.5))
    return selected


def _draw_mark(painter: QPainter, mark: QRectF, layer: LayerSnapshot, theme: themes.Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    match layer.state:
        case LayerState.PENDING:
            painter.setPen(QPen(theme.muted, 1))
            painter.drawRoundedRect(mark.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        case LayerState.FAILED:
            painter.setPen(QPen(theme.failed, 2))
            painter.drawLine(mark.topLeft(), mark.bottomRight())
            painter.drawLine(mark.topRight(), mark.bottomLeft())
        case LayerState.RECEIVING if any(
            chunk.state is ChunkState.RETRYING for chunk in layer.in_flight
        ):
            _draw_stripes(painter, mark, theme.retried)
        case LayerState.RECEIVING:
            painter.setBrush(theme.receiving)
            painter.drawRoundedRect(mark, 2, 2)
        case LayerState.HASHING | LayerState.COMMITTING:
            painter.setBrush(theme.written)
            painter.drawRoundedRect(mark, 2, 2)
        case LayerState.DONE | LayerState.EXISTING:
            painter.setBrush(theme.hashed)
            painter.drawRoundedRect(mark, 2, 2)


def _draw_stripes(painter: QPainter, mark: QRectF, colour: QColor) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setClipRect(mark)
    painter.setPen(QPen(colour, 2))
    for step in (-4, 0, 4, 8):
        painter.drawLine(
            QPoint(int(mark.left()) + step, int(mark.bottom()) + 1),
            QPoint(int(mark.left()) + step + 9, int(mark.top()) - 1),
        )
    painter.restore()


class LayerTable(QTableView):
    """The view of a `LayerModel`.

    Signals:
        chunk_selected: the index of a layer, and the id of the chunk that was clicked in its strip;
            -1 where the row was selected otherwise.
        failed_activated: the index of a layer that failed, whose row was entered.
    """

    chunk_selected = Signal(int, int)
    failed_activated = Signal(int)

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = model
        self._strips = _ProgressDelegate(model, self)
        self.setObjectName("layer_table")
        self.activated.connect(self._tell_failed)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(model)
        self._proxy.setSortRole(SORT_ROLE)
        self._proxy.setFilterRole(FILTER_ROLE)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._proxy)
        self._telling = True
        self.selectionModel().selectionChanged.connect(self._tell)

        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.sortByColumn(Column.LAYER, Qt.SortOrder.AscendingOrder)
        self.setItemDelegate(_TextDelegate(self))
        self.setItemDelegateForColumn(Column.STATE, _StateDelegate(self))
        self.setItemDelegateForColumn(Column.PROGRESS, self._strips)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

        rows = self.verticalHeader()
        rows.hide()
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setMinimumSectionSize(48)
        columns.setStretchLastSection(False)
        columns.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        columns.customContextMenuRequested.connect(self._choose_columns)
        self._size_columns()
        columns.setSectionResizeMode(Column.PROGRESS, QHeaderView.ResizeMode.Stretch)
        self._columns = QAction(self)
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self._offer_columns(menu))
        self._columns.setMenu(menu)
        self.addAction(self._columns)
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("Layers"))
        self._columns.setText(self.tr("Columns"))
        self.model().headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._widen_columns()
        self.viewport().update()

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Repaint what changed. Qt would repaint the whole view, thirty times a second."""
        if QAccessible.isActive():
            super().dataChanged(first, last, list(roles))
            return
        area = self.visualRect(first).united(self.visualRect(last))
        self.viewport().update(area.intersected(self.viewport().rect()))

    def set_attempts(self, attempts: Attempts) -> None:
        """Show the pull whose attempts these are from now on."""
        self._strips.set_attempts(attempts)
        self.viewport().update()

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Frame a chunk that was selected elsewhere, and select its row; -1 and -1: none."""
        self._strips.selected = (layer, chunk) if layer >= 0 else None
        self._telling = False
        if layer < 0:
            self.clearSelection()
        elif layer not in [each.index for each in self.selected_layers()]:
            self.select_layer(layer)
        self._telling = True
        self.viewport().update()

    def set_filter(self, words: str) -> None:
        """Show only rows that have `words` in one of their columns, or in the whole digest."""
        self._proxy.setFilterFixedString(words.strip())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the row, and the chunk where its strip was clicked."""
        index = self.indexAt(event.position().toPoint())
        self._telling = False
        super().mousePressEvent(event)
        self._telling = True
        if not index.isValid() or event.button() is not Qt.MouseButton.LeftButton:
            return
        layer: LayerSnapshot = index.data(LAYER_ROLE)
        chunk = -1
        if index.column() == Column.PROGRESS and layer.size:
            strip = self._strips.strip_rect(self.visualRect(index))
            share = (event.position().x() - strip.left()) / max(1, strip.width())
            if 0 <= share <= 1:
                chunk = self._strips.chunk_at(layer, share)
        self._strips.selected = (layer.index, chunk)
        self.viewport().update()
        self.chunk_selected.emit(layer.index, chunk)

    def _tell(self) -> None:
        """Rows were selected with the keyboard: the first of them is the selected layer."""
        layers = self.selected_layers()
        if self._telling and layers:
            self._strips.selected = (layers[0].index, -1)
            self.chunk_selected.emit(layers[0].index, -1)

    def sizeHint(self) -> QSize:
        """Return room for a usual image's layers."""
        return QSize(640, 9 * _ROW_HEIGHT)

    @property
    def layers(self) -> LayerModel:
        """What is shown, before it is sorted and filtered."""
        return self._source

    def height_of(self, rows: int) -> int:
        """Return the pixels that so many rows take, below their titles."""
        frame = 2 * self.frameWidth()
        return self.horizontalHeader().sizeHint().height() + rows * _ROW_HEIGHT + frame

    def _tell_failed(self, index: QModelIndex) -> None:
        layer = index.data(LAYER_ROLE)
        if isinstance(layer, LayerSnapshot) and layer.error:
            self.failed_activated.emit(layer.index)

    def selected_layers(self) -> Sequence[LayerSnapshot]:
        """Return the selected layers, from top to bottom."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [index.data(LAYER_ROLE) for index in rows]

    def select_layer(self, number: int) -> None:
        """Select the row of the layer with index `number`, and bring it into view."""
        index = self._proxy.mapFromSource(self._proxy.sourceModel().index(number, 0))
        if index.isValid():
            self.selectionModel().select(
                index,
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows,
            )
            self.scrollTo(index)

    def copy_digests(self) -> None:
        """Copy the digests of the selected layers."""
        _copy([layer.digest for layer in self.selected_layers()])

    def copy_rows(self) -> None:
        """Copy the selected rows, tab-separated, with the digests in full."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        _copy(
            [
                "\t".join(
                    index.data(LAYER_ROLE).digest
                    if column is Column.LAYER
                    else str(index.siblingAtColumn(column).data())
                    for column in Column
                )
                for index in rows
            ]
        )

    def reset_columns(self) -> None:
        """Show every column, as wide as at first, in the order of the manifest."""
        for column in Column:
            self.setColumnHidden(column, False)
        self._size_columns()
        self.sortByColumn(Column.LAYER, Qt.SortOrder.AscendingOrder)

    def _size_columns(self) -> None:
        """Give each column its usual width, or what its title needs."""
        for column in _WIDTHS:
            self.horizontalHeader().resizeSection(column, self._least_width(column))

    def _widen_columns(self) -> None:
        """Let no title be cut; a column that somebody made wider stays so."""
        columns = self.horizontalHeader()
        for column in _WIDTHS:
            if not columns.isSectionHidden(column):
                least = self._least_width(column)
                columns.resizeSection(column, max(columns.sectionSize(column), least))

    def _least_width(self, column: Column) -> int:
        title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
        words = QFontMetrics(themes.number_font(themes.HEADING_PX)).horizontalAdvance(title)
        return max(_WIDTHS[column], words + 2 * _TITLE_PADDING)

    def _choose_columns(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offer_columns(menu)
        menu.popup(self.horizontalHeader().mapToGlobal(at))

    def _offer_columns(self, menu: QMenu) -> None:
        menu.clear()
        for column in Column:
            if column is Column.LAYER:
                continue
            title = self.model().headerData(column, Qt.Orientation.Horizontal)
            action = QAction(str(title).capitalize(), menu, checkable=True)
            action.setChecked(not self.isColumnHidden(column))
            action.toggled.connect(
                lambda shown, column=column: self.setColumnHidden(column, not shown)
            )
            menu.addAction(action)


def _copy(lines: Sequence[str]) -> None:
    if lines:
        QGuiApplication.clipboard().setText("\n".join(lines))
