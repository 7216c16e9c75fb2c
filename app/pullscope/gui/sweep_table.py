"""The table of a sweep: a row per setting, sortable, with what is recommended told in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.copy_key import CopyKey
from pullscope.gui.legend import plain_tip
from pullscope.gui.sweep_words import FRONTIER_MARK, candidate_text, translate
from pullscope.sweep.plan import Candidate
from pullscope.sweep.recommendation import Recommendation
from pullscope.sweep.results import MEASURES, Results, Row, frontier
from pullscope.sweep.table import chunk_text, seconds_text, value_text

ROW_ROLE = Qt.ItemDataRole.UserRole
SORT_ROLE = ROW_ROLE + 1
_ROW_HEIGHT = 26
_PADDING = 5  # besides what the style leaves
_HEADING_PADDING = 18
_WIDEST = 240  # pixels of words, besides those of a heading
_NOTHING = "-"

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading, what stands in it, by what it is sorted, and its width in pixels."""

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], float | str]
    width: int
    is_amount: bool = True


def _columns(choices: Mapping[Candidate, str]) -> list[_Column]:
    def measured(name: str, title: str, width: int) -> _Column:
        return _Column(
            title,
            lambda row: value_text(MEASURES[name], row.summaries.get(name)),
            lambda row: row.typical(name),
            width,
        )

    def timed(which: str, title: str, width: int) -> _Column:
        return _Column(
            title,
            lambda row: _NOTHING if row.time is None else seconds_text(getattr(row.time, which)),
            lambda row: float("inf") if row.time is None else getattr(row.time, which),
            width,
        )

    def choice(row: Row) -> str:
        return choices.get(row.candidate, "")

    return [
        _Column(
            translate("sweeps", "PROGRAM"),
            lambda row: row.candidate.driver,
            lambda row: row.candidate.driver,
            86,
            is_amount=False,
        ),
        _Column(
            translate("sweeps", "DESTINATION"),
            lambda row: row.candidate.destination,
            lambda row: row.candidate.destination,
            90,
            is_amount=False,
        ),
        _Column(
            translate("sweeps", "PARALLELISM"),
            lambda row: str(row.candidate.settings.parallelism or _NOTHING),
            lambda row: row.candidate.settings.parallelism,
            96,
        ),
        _Column(
            translate("sweeps", "CHUNK SIZE"),
            _chunk_size,
            lambda row: row.candidate.settings.chunk_size or float("inf"),  # the whole layer
            88,
        ),
        _Column(
            translate("sweeps", "LAYERS"),
            lambda row: str(row.candidate.settings.layers or _NOTHING),
            lambda row: row.candidate.settings.layers,
            62,
        ),
        _Column(translate("sweeps", "CHOICE"), choice, choice, 116, is_amount=False),
        _Column(translate("sweeps", "COUNT"), _count, _successes, 62),
        timed("mean", translate("sweeps", "MEAN S"), 70),
        timed("median", translate("sweeps", "MEDIAN S"), 78),
        _Column(
            translate("sweeps", "95% INTERVAL"),
            _interval,
            lambda row: float("inf") if row.time is None else row.time.high - row.time.low,
            126,
        ),
        measured("network", translate("sweeps", "NETWORK S"), 88),
        measured("cpu", translate("sweeps", "CPU S"), 66),
        measured("memory", translate("sweeps", "MEMORY"), 82),
        measured("requests", translate("sweeps", "REQUESTS"), 84),
        measured("wasted", translate("sweeps", "WASTED"), 76),
    ]


def _chunk_size(row: Row) -> str:
    size = row.candidate.settings.chunk_size
    return chunk_text(size) if size else translate("sweeps", "whole layer")


def _successes(row: Row) -> float:
    return 0 if row.time is None else row.time.count


def _count(row: Row) -> str:
    count = f"{_successes(row):.0f}"
    if not row.failures:
        return count
    return translate("sweeps", "{0} ({1} failed)").format(count, row.failures)


def _interval(row: Row) -> str:
    if row.time is None:
        return _NOTHING
    bounds = (seconds_text(row.time.low), seconds_text(row.time.high))
    return translate("sweeps", "{0} to {1}").format(*bounds)


class SweepModel(QAbstractTableModel):
    """The rows of `Results`, with those that are recommended and those on the frontier."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._recommended: set[Candidate] = set()
        self._frontier: set[Candidate] = set()
        self._columns = _columns({})

    def show_results(self, found: Results | None, recommended: Sequence[Recommendation]) -> None:
        """Show what was found so far; rows stay the same while a sweep does."""
        rows = () if found is None else found.rows
        same = [row.candidate for row in rows] == [row.candidate for row in self._rows]
        if not same:
            self.beginResetModel()
        self._rows = rows
        self._recommended = {one.row.candidate for one in recommended}
        groups = found.groups().values() if found is not None else ()
        self._frontier = {row.candidate for group in groups for row in frontier(group)}
        self.set_texts()
        if not same:
            self.endResetModel()

    def set_texts(self) -> None:
        """Speak the language in force."""
        self._columns = _columns({row.candidate: self._choice(row.candidate) for row in self._rows})
        if self._rows:
            last = self.index(len(self._rows) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)

    def widths(self) -> list[int]:
        """Return the widths of the columns."""
        return [column.width for column in self._columns]

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return the number of settings."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what stands in a cell."""
        row, column = self._rows[index.row()], self._columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                frontier = translate("sweeps", "frontier")
                return column.text(row).replace(FRONTIER_MARK, frontier)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._tip(row))
            case Qt.ItemDataRole.TextAlignmentRole:
                side = (
                    Qt.AlignmentFlag.AlignRight if column.is_amount else Qt.AlignmentFlag.AlignLeft
                )
                return int(side | Qt.AlignmentFlag.AlignVCenter)
            case Qt.ItemDataRole.FontRole if row.candidate in self._recommended:
                return themes.number_font(themes.BASE_PX, QFont.Weight.DemiBold)
            case _ if role == ROW_ROLE:
                return row
            case _ if role == SORT_ROLE:
                return column.key(row)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Return the heading of a column, on the side of what stands in it."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_amount else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _choice(self, candidate: Candidate) -> str:
        words = FRONTIER_MARK if candidate in self._frontier else ""
        if candidate in self._recommended:
            words += " " + translate("sweeps", "recommended")
        return words.strip()

    def _tip(self, row: Row) -> str:
        words = [candidate_text(row.candidate)]
        if row.candidate in self._frontier:
            words.append(
                translate(
                    "sweeps",
                    "{0} On the frontier: nothing faster needs as little memory and as few "
                    "requests.",
                ).format(FRONTIER_MARK)
            )
        words += sorted({t.outcome.error for t in row.trials if t.outcome and t.outcome.error})[:3]
        return "\n".join(words)


class SweepTable(QTableView):
    """Shows a `SweepModel`.

    Signals:
        chosen: Enter or a double click on a `Row`.
        current_changed: another row is selected.
    """

    chosen = Signal(object)
    current_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_table")
        self.results = SweepModel(self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.results)
        self._proxy.setSortRole(SORT_ROLE)
        self._proxy.setDynamicSortFilter(True)
        self.setModel(self._proxy)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Padded(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # in the order of the plan
        self.doubleClicked.connect(lambda _: self._choose())
        self.selectionModel().selectionChanged.connect(lambda *_: self.current_changed.emit())
        self.results.modelReset.connect(self._make_room)
        self.results.modelReset.connect(self.current_changed)
        self.installEventFilter(CopyKey(self, self.copy))
        self._set_texts()

    @property
    def current(self) -> Row | None:
        """The row that is selected, of several the one with the keyboard; None without one."""
        selected = self.selectionModel().selectedRows()
        if not selected:
            return None
        here = next((i for i in selected if i.row() == self.currentIndex().row()), selected[0])
        row: Row = here.data(ROW_ROLE)
        return row

    def show_results(self, found: Results | None, recommended: Sequence[Recommendation]) -> None:
        """Show what was found so far."""
        self.results.show_results(found, recommended)
        several = found is not None and len(found.plan.drivers) > 1
        self.setColumnHidden(0, not several)

    def copy(self) -> None:
        """Copy the selected rows, tab-separated."""
        columns = [n for n in range(self._proxy.columnCount()) if not self.isColumnHidden(n)]
        indexes = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        lines = [
            "\t".join(str(index.siblingAtColumn(column).data()) for column in columns)
            for index in indexes
        ]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the row by Enter."""
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

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("Settings that were tried"))
        self.results.set_texts()
        self._make_room()

    def _make_room(self) -> None:
        """Widen columns for their headings and for what stands in them, which may be bold."""
        heading = QFontMetrics(themes.number_font(themes.HEADING_PX))
        bold = QFontMetrics(themes.number_font(themes.BASE_PX, QFont.Weight.DemiBold))
        for column, width in enumerate(self.results.widths()):
            title = str(self.results.headerData(column, Qt.Orientation.Horizontal))
            words = [
                str(self.results.index(row, column).data())
                for row in range(self.results.rowCount())
            ]
            longest = max((bold.horizontalAdvance(text) for text in words), default=0)
            needed = max(heading.horizontalAdvance(title), min(longest, _WIDEST)) + _HEADING_PADDING
            self.horizontalHeader().resizeSection(column, max(width, needed))


class _Padded(QStyledItemDelegate):
    """Leaves words the margins that headings have."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus  # the row is what is selected

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, themes.current().selection)
        padded = QStyleOptionViewItem(option)
        padded.rect = QRect(option.rect).adjusted(_PADDING, 0, -_PADDING, 0)
        super().paint(painter, padded, index)
