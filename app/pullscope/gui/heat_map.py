"""The heat map of a sweep: a measure over two settings, with intervals and counts.

A table that the arrow keys walk through and a screen reader reads cell by cell. Less is better of
every measure: the fuller the colour, the more. The words stay in the colour of text, and what is
least or recommended carries an outline, so that nothing is told by colours alone.
"""

from collections.abc import Set
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.legend import plain_tip
from pullscope.gui.sweep_words import (
    FRONTIER_MARK,
    axis_names,
    candidate_text,
    measure_names,
    translate,
)
from pullscope.gui.theme import Theme
from pullscope.sweep.plan import Candidate
from pullscope.sweep.results import MEASURES, HeatMap, Row
from pullscope.sweep.statistics import Summary
from pullscope.sweep.table import axis_text, interval_bounds, value_text

ROW_ROLE = Qt.ItemDataRole.UserRole
_SHARE_ROLE, _SMALL_ROLE = ROW_ROLE + 1, ROW_ROLE + 2
_CHOSEN_ROLE, _FRONTIER_ROLE = ROW_ROLE + 3, ROW_ROLE + 4
_CELL = QSize(116, 46)
_LEAST, _MOST = 0.06, 0.45  # opacity of the accent on the panel

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


def shade(share: float, theme: Theme) -> QColor:
    """Return the colour of a cell that stands at `share` from the least, 0, to the most, 1."""
    return themes.blend(theme.accent, theme.panel, _LEAST + (_MOST - _LEAST) * share)


def interval_text(measure: str, summary: Summary) -> str:
    """Return the 95 % interval of a median, without the unit of times."""
    low, high = interval_bounds(MEASURES[measure], summary)
    return low if low == high else translate("sweeps", "{0} to {1}").format(low, high)


def axis_value_text(axis: str, value: int | str) -> str:
    """Return a value of an axis, in the user's language."""
    if axis == "chunk_size" and not value:
        return translate("sweeps", "whole layer")
    return axis_text(axis, value)


class HeatMapModel(QAbstractTableModel):
    """The cells of a `HeatMap`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: HeatMap | None = None
        self._chosen: Set[Candidate] = frozenset()
        self._frontier: Set[Candidate] = frozenset()

    @property
    def shown(self) -> HeatMap | None:
        """What is shown."""
        return self._shown

    def show(self, shown: HeatMap | None, chosen: Set[Candidate], frontier: Set[Candidate]) -> None:
        """Show a heat map, in which some settings are recommended, or on the frontier."""
        before, self._shown = self._shown, shown
        self._chosen, self._frontier = chosen, frontier
        if (
            before is not None
            and shown is not None
            and (before.columns, before.lines) == (shown.columns, shown.lines)
            and (before.across, before.down) == (shown.across, shown.down)
        ):
            if shown.cells:
                last = self.index(len(shown.lines) - 1, len(shown.columns) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many values go down."""
        return 0 if self._shown is None or parent.isValid() else len(self._shown.lines)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many values go across."""
        return 0 if self._shown is None or parent.isValid() else len(self._shown.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        shown = self._shown
        if shown is None:
            return None
        column, line = shown.columns[index.column()], shown.lines[index.row()]
        row, summary = shown.cells.get((column, line)), shown.summary(column, line)
        if row is None or summary is None:
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return value_text(MEASURES[shown.measure], summary)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.words(index)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{candidate_text(row.candidate)}\n{self.words(index)}")
            case _ if role == ROW_ROLE:
                return row
            case _ if role == _SHARE_ROLE:
                return shown.share(column, line)
            case _ if role == _SMALL_ROLE:
                bounds = interval_text(shown.measure, summary)
                return translate("sweeps", "{0} ({1})").format(bounds, summary.count)
            case _ if role == _CHOSEN_ROLE:
                return row.candidate in self._chosen
            case _ if role == _FRONTIER_ROLE:
                return row.candidate in self._frontier
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return a value of an axis."""
        shown = self._shown
        if shown is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Horizontal:
            return axis_value_text(shown.across, shown.columns[section])
        return axis_value_text(shown.down, shown.lines[section])

    def words(self, index: _Index) -> str:
        """Return a cell in a sentence, for who does not see it."""
        shown = self._shown
        if shown is None or not index.isValid():
            return ""
        column, line = shown.columns[index.column()], shown.lines[index.row()]
        axes = axis_names()
        place = (
            f"{axes[shown.across]} {axis_value_text(shown.across, column)}, "
            f"{axes[shown.down]} {axis_value_text(shown.down, line)}"
        )
        summary = shown.summary(column, line)
        if summary is None:
            return translate("sweeps", "{0}: nothing").format(place)
        unit = " s" if MEASURES[shown.measure].unit == "s" else ""
        words = translate("sweeps", "{0}: {1}, 95% interval {2}, of {3} trials").format(
            place,
            value_text(MEASURES[shown.measure], summary) + unit,
            interval_text(shown.measure, summary) + unit,
            summary.count,
        )
        if not shown.share(column, line):
            words += ", " + translate("sweeps", "the least")
        row = shown.cells[column, line]
        if row.candidate in self._chosen:
            words += ", " + translate("sweeps", "recommended")
        if row.candidate in self._frontier:
            words += ", " + translate("sweeps", "frontier")
        return words

    def summary(self) -> str:
        """Return the whole map in a few words."""
        shown = self._shown
        if shown is None or not shown.medians:
            return translate("sweeps", "No trial has ended yet")
        measure, axes = MEASURES[shown.measure], axis_names()
        ends = []
        for end in (min(shown.medians), max(shown.medians)):
            column, line, summary = next(
                (column, line, found)
                for column in shown.columns
                for line in shown.lines
                if (found := shown.summary(column, line)) is not None and found.median == end
            )
            unit = " s" if measure.unit == "s" else ""
            ends.append(
                f"{value_text(measure, summary)}{unit} ({axes[shown.across]} "
                f"{axis_value_text(shown.across, column)}, {axes[shown.down]} "
                f"{axis_value_text(shown.down, line)})"
            )
        return translate("sweeps", "{0} over {1} and {2}: from {3} to {4}").format(
            _capital(measure_names()[shown.measure]), axes[shown.across], axes[shown.down], *ends
        )


class HeatMapTable(QTableView):
    """Shows a `HeatMapModel`.

    Signals:
        chosen: Enter or a double click on the `Row` of a cell.
        current_changed: another cell is selected.
    """

    chosen = Signal(object)
    current_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("heat_map")
        self.map = HeatMapModel(self)
        self.setModel(self.map)
        self.setItemDelegate(_CellDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.horizontalHeader().setMinimumSectionSize(_CELL.width())
        self.verticalHeader().setMinimumSectionSize(_CELL.height())
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda _: self._choose())
        self.selectionModel().selectionChanged.connect(lambda *_: self._moved())
        self._set_texts()

    @property
    def current(self) -> Row | None:
        """The row of the cell that is selected; None without one."""
        selected = self.selectedIndexes()
        row = selected[0].data(ROW_ROLE) if selected else None
        return row if isinstance(row, Row) else None

    def show_map(
        self, shown: HeatMap | None, chosen: Set[Candidate], frontier: Set[Candidate]
    ) -> None:
        """Show a heat map, in which some settings are recommended, or on the frontier."""
        self.map.show(shown, chosen, frontier)
        self.setAccessibleDescription(self.map.summary())
        self.viewport().update()

    def whole_size(self) -> QSize:
        """Return the size in which all cells are seen."""
        width = self.verticalHeader().sizeHint().width() + _CELL.width() * self.map.columnCount()
        height = self.horizontalHeader().sizeHint().height() + _CELL.height() * self.map.rowCount()
        return QSize(width + 2, height + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the cell by Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _choose(self) -> None:
        if (row := self.current) is not None:
            self.chosen.emit(row)

    def _moved(self) -> None:
        words = self.map.words(self.currentIndex()) or self.map.summary()
        self.setAccessibleDescription(words)
        self.current_changed.emit()

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("Heat map"))
        self.setAccessibleDescription(self.map.summary())
        self.map.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 0)


class _CellDelegate(QStyledItemDelegate):
    """Draws a cell: its colour, the median, and below it the interval and the count."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = themes.current()
        rect = QRect(option.rect).adjusted(1, 1, -1, -1)
        share = index.data(_SHARE_ROLE)
        painter.save()
        if share is None:
            painter.fillRect(rect, theme.raised)
        else:
            painter.fillRect(rect, shade(share, theme))
            self._outline(painter, rect, index, theme)
            middle = rect.center().y()
            painter.setPen(theme.text)
            painter.setFont(themes.number_font(13))
            upper = QRect(rect.left(), middle - 18, rect.width(), 18)
            painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, str(index.data()))
            painter.setFont(themes.base_font(11))
            lower = QRect(rect.left(), middle, rect.width(), 16)
            painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, str(index.data(_SMALL_ROLE)))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.accent, 3))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return _CELL

    def _outline(
        self,
        painter: QPainter,
        rect: QRect,
        index: QModelIndex | QPersistentModelIndex,
        theme: Theme,
    ) -> None:
        if not index.data(_SHARE_ROLE):
            painter.setPen(QPen(theme.text, 2))
            painter.drawRect(rect.adjusted(2, 2, -2, -2))
        if index.data(_CHOSEN_ROLE):
            painter.setPen(QPen(theme.text, 1, Qt.PenStyle.DashLine))
            painter.drawRect(rect.adjusted(5, 5, -6, -6))
        if index.data(_FRONTIER_ROLE):
            painter.setPen(theme.text)
            painter.setFont(themes.base_font(10))
            painter.drawText(rect.adjusted(9, 7, 0, 0), Qt.AlignmentFlag.AlignLeft, FRONTIER_MARK)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
