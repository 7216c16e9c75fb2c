"""The layer table: a row per layer with its state in words, its chunks, its speed and retries.

`LayerModel` keeps the newest `LayerSnapshot`s and says in one signal per tick which rows changed.
The strip of chunks is drawn by the chunk map's own painter; the model has the same in words.
"""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QAccessible, QAction, QColor, QGuiApplication, QPainter, QPen
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
from pullscope.gui.chunk_map import paint_strip
from pullscope.gui.rates import RateMeter

SORT_ROLE = Qt.ItemDataRole.UserRole
LAYER_ROLE = Qt.ItemDataRole.UserRole + 1
_ROW_HEIGHT = 26
_PERCENT_WIDTH = 42
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


_RIGHT = (Column.SIZE, Column.SPEED, Column.RETRIES)


class LayerModel(QAbstractTableModel):
    """The layers of a pull."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: tuple[LayerSnapshot, ...] = ()
        self._meters: list[RateMeter] = []
        self._words: list[str] = []
        self._state = PullState.RESOLVING

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
                return self._tip(layer, column)
            case Qt.ItemDataRole.FontRole if column is Column.LAYER:
                return themes.mono_font()
            case _ if role == SORT_ROLE:
                return self._sort_key(layer, column)
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
                return layer.error
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

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        layer = index.data(LAYER_ROLE)
        theme = themes.current()
        selected = _draw_surface(painter, option, theme)
        cell: QRect = option.rect
        strip = cell.adjusted(8, 6, -_PERCENT_WIDTH - 8, -6)
        if strip.width() > 16:
            painter.save()
            paint_strip(painter, strip, layer, theme, selected)
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
    """The view of a `LayerModel`."""

    def __init__(self, model: LayerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_table")
        self.setAccessibleName(self.tr("Layers"))
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(model)
        self._proxy.setSortRole(SORT_ROLE)
        self.setModel(self._proxy)

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
        self.setItemDelegateForColumn(Column.PROGRESS, _ProgressDelegate(self))
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
        for column, width in (
            (Column.LAYER, 112),
            (Column.SIZE, 76),
            (Column.STATE, 108),
            (Column.SPEED, 84),
            (Column.RETRIES, 72),
        ):
            columns.resizeSection(column, width)
        columns.setSectionResizeMode(Column.PROGRESS, QHeaderView.ResizeMode.Stretch)

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        """Repaint what changed. Qt would repaint the whole view, thirty times a second."""
        if QAccessible.isActive():
            super().dataChanged(first, last, list(roles))
            return
        area = self.visualRect(first).united(self.visualRect(last))
        self.viewport().update(area.intersected(self.viewport().rect()))

    def sizeHint(self) -> QSize:
        """Return room for a usual image's layers."""
        return QSize(640, 9 * _ROW_HEIGHT)

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

    def _choose_columns(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
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
        menu.popup(self.horizontalHeader().mapToGlobal(at))


def _copy(lines: Sequence[str]) -> None:
    if lines:
        QGuiApplication.clipboard().setText("\n".join(lines))
