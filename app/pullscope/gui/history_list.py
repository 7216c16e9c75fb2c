"""The history as rows: which pulls were found, and those that are looked at.

The numbers of all that were found are read at once, the pulls themselves a page at a time when a
view asks for them, so that ten thousand of them cost no more than the ones on the screen.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip
from pullscope.gui.pulls_dock import brief_error
from pullscope.history import History, HistoryError, Order, PastPull

TAGS_ROLE = Qt.ItemDataRole.UserRole
_PAGE = 128
_MOST_PAGES = 40
_LONGEST = 300

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_COLOURS = {"done": "hashed", "failed": "failed"}


class Column(IntEnum):
    """The columns, from left to right."""

    STARTED = 0
    REFERENCE = 1
    STATE = 2
    TOOK = 3
    RECEIVED = 4
    RATE = 5
    RETRIES = 6
    VERDICT = 7
    TAGS = 8


RIGHT = (Column.TOOK, Column.RECEIVED, Column.RATE, Column.RETRIES)
_ORDERS = {
    Column.STARTED: Order.STARTED,
    Column.REFERENCE: Order.REFERENCE,
    Column.STATE: Order.STATE,
    Column.TOOK: Order.SECONDS,
    Column.RECEIVED: Order.NETWORK,
    Column.RATE: Order.RATE,
    Column.RETRIES: Order.RETRIES,
    Column.VERDICT: Order.VERDICT,
    Column.TAGS: Order.TAGS,
}


class HistoryModel(QAbstractTableModel):
    """The pulls of a history that were found.

    Signals:
        failed: the history cannot be read; the words say why.
    """

    failed = Signal(str)

    def __init__(self, history: History, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._search = ""
        self._tags: tuple[str, ...] = ()
        self._order = Order.STARTED
        self._descending = True
        self._numbers: list[int] = []
        self._pages: dict[int, dict[int, PastPull]] = {}

    def search(self, words: str, tags: Sequence[str]) -> None:
        """Show what has these words and tags."""
        if (words, tuple(tags)) != (self._search, self._tags):
            self._search, self._tags = words, tuple(tags)
            self.refresh()

    def refresh(self) -> None:
        """Read the history anew."""
        self.beginResetModel()
        self._pages.clear()
        try:
            self._numbers = self._history.find(
                self._search, tags=self._tags, order=self._order, descending=self._descending
            )
        except HistoryError as error:
            self._numbers = []
            self.failed.emit(said(error))
        self.endResetModel()

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the pulls that were found, as they are sorted."""
        return self._numbers

    def pull(self, row: int) -> PastPull | None:
        """Return the pull in a row; None where it was removed meanwhile."""
        place = row // _PAGE
        page = self._pages.get(place)
        if page is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.pop(next(iter(self._pages)))
            numbers = self._numbers[place * _PAGE : (place + 1) * _PAGE]
            try:
                page = {pull.number: pull for pull in self._history.read(numbers)}
            except HistoryError as error:
                page = {}
                self.failed.emit(said(error))
            self._pages[place] = page
        return page.get(self._numbers[row])

    def pulls(self, rows: Sequence[int]) -> list[PastPull]:
        """Return the pulls in these rows, without those that were removed meanwhile."""
        if len(rows) > _PAGE:  # far more than anybody sees: the pages would be lost for them
            try:
                return self._history.read([self._numbers[row] for row in rows])
            except HistoryError as error:
                self.failed.emit(said(error))
                return []
        return [pull for row in rows if (pull := self.pull(row)) is not None]

    def retranslate(self) -> None:
        """Speak the language in force."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        if self._numbers:
            last = self.index(len(self._numbers) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many pulls were found."""
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(Column)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        wanted = (_ORDERS[Column(column)], order is Qt.SortOrder.DescendingOrder)
        if wanted != (self._order, self._descending):
            self._order, self._descending = wanted
            self.refresh()

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
            self.tr("STARTED"),
            self.tr("REFERENCE"),
            self.tr("STATE"),
            self.tr("TOOK"),
            self.tr("RECEIVED"),
            self.tr("RATE"),
            self.tr("RETRIES"),
            self.tr("LIMITED BY"),
            self.tr("TAGS"),
        )[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what `role` asks about a cell."""
        if not index.isValid() or index.row() >= len(self._numbers):
            return None
        pull, column = self.pull(index.row()), Column(index.column())
        if pull is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(pull, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(_tip(pull, column))
            case Qt.ItemDataRole.DecorationRole if column is Column.STATE:
                return getattr(themes.current(), _COLOURS.get(pull.state, "muted"))
            case _ if role == TAGS_ROLE:
                return pull.tags if column is Column.TAGS else ()
        return None

    def state_text(self, pull: PastPull) -> str:
        """Return how a pull ended, in words."""
        words = {
            "done": self.tr("done"),
            "failed": self.tr("failed"),
            "cancelled": self.tr("cancelled"),
        }
        return words.get(pull.state, pull.state)

    def _text(self, pull: PastPull, column: Column) -> str:
        match column:
            case Column.STARTED:
                return started_text(pull)
            case Column.REFERENCE:
                return short_reference(pull.reference)
            case Column.STATE:
                return self.state_text(pull)
            case Column.TOOK:
                return duration_text(pull.seconds)
            case Column.RECEIVED:
                return size_text(pull.network)
            case Column.RATE:
                return rate_text(pull.rate) if pull.network else ""
            case Column.RETRIES:
                return str(pull.retries)
            case Column.VERDICT:
                return brief_error(said(pull.error)) if pull.error else ended_by(pull)
            case Column.TAGS:
                return ", ".join(pull.tags)


def short_reference(reference: str) -> str:
    """Return a reference of which the digest, if it has one, is as short as people read it."""
    name, at, digest = reference[:_LONGEST].partition("@")
    return f"{name}@{digest.partition(':')[2][:12]}" if at else name


def started_text(pull: PastPull) -> str:
    """Return when a pull began, in the time of this place."""
    return datetime.fromtimestamp(pull.started_at).astimezone().strftime("%Y-%m-%d %H:%M")


def ended_by(pull: PastPull) -> str:
    """Return in one line why a pull failed, else by what it was limited."""
    line = said(pull.error or pull.verdict).partition("\n")[0][:_LONGEST]
    return line.removeprefix("Limited by ")


def _tip(pull: PastPull, column: Column) -> str:
    match column:
        case Column.REFERENCE:
            return f"{pull.reference[:_LONGEST]}\n{pull.digest[:_LONGEST]}"
        case Column.VERDICT:
            return "\n".join(
                filter(None, (said(pull.error)[:_LONGEST], said(pull.verdict)[:_LONGEST]))
            )
        case Column.TAGS:
            return ", ".join(pull.tags)
    return ""


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
