"""The events of a pull as rows: the newest of them, filtered by topic, words and selection."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from pullscope.engine.events import PullEvent
from pullscope.gui import theme as themes
from pullscope.gui.event_words import EventWords, Topic, is_problem, topic_of

MOST = 20_000
"""Rows that are kept; the trace has every event."""
_SLACK = 2_000  # rows beyond that, so that the oldest are not dropped one by one

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class Column(IntEnum):
    """The columns, from left to right."""

    TIME = 0
    LAYER = 1
    CHUNK = 2
    WORDS = 3


class Shown(Enum):
    """Which events are shown."""

    ALL = "all"
    PROBLEMS = "problems"
    PULL = Topic.PULL.value
    LAYERS = Topic.LAYERS.value
    CHUNKS = Topic.CHUNKS.value
    REQUESTS = Topic.REQUESTS.value
    SETTINGS = Topic.SETTINGS.value


@dataclass(frozen=True, slots=True)
class Row:
    """An event and where it belongs; -1 where it belongs to none."""

    event: PullEvent
    topic: Topic
    layer: int
    chunk: int


class EventModel(QAbstractTableModel):
    """The rows that pass the filters, oldest first.

    It follows a list of events that only grows: what is new is taken in by `follow`.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = EventWords(self)
        self._events: Sequence[PullEvent] = ()
        self._taken = 0
        self._rows: deque[Row] = deque()
        self._visible: list[Row] = []
        self._topic = Shown.ALL
        self._text = ""
        self._chunk: tuple[int, int] | None = None

    def set_events(self, events: Sequence[PullEvent]) -> None:
        """Show the events of another pull: a list to which its recorder appends."""
        self._events = events
        self._taken = 0
        self._rows.clear()
        self._show_anew()
        self.follow()

    def follow(self) -> None:
        """Take in the events that are new."""
        count = len(self._events)
        if count == self._taken:
            return
        first = max(self._taken, count - 4 * MOST)  # of many, most would be dropped again
        self._taken = count
        new = [row for event in self._events[first:count] if (row := _row(event)) is not None]
        new = new[-MOST:]
        self._rows.extend(new)
        if len(self._rows) > MOST + _SLACK:
            for _ in range(len(self._rows) - MOST):
                self._rows.popleft()
            self._show_anew()
            return
        fitting = [row for row in new if self._fits(row)]
        if fitting:
            place = len(self._visible)
            self.beginInsertRows(QModelIndex(), place, place + len(fitting) - 1)
            self._visible += fitting
            self.endInsertRows()

    def show_only(self, topic: Shown, text: str, chunk: tuple[int, int] | None) -> None:
        """Show events of a topic, with `text` in their words, of a chunk or a whole layer (-1)."""
        wanted = (topic, text.strip().lower(), chunk)
        if wanted != (self._topic, self._text, self._chunk):
            self._topic, self._text, self._chunk = wanted
            self._show_anew()

    def retranslate(self) -> None:
        """Speak the language in force."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._show_anew()

    @property
    def kept(self) -> int:
        """How many events there are, before the filters."""
        return len(self._rows)

    def row(self, number: int) -> Row:
        """Return a row."""
        return self._visible[number]

    def last_row_of(self, layer: int, chunk: int) -> int:
        """Return the number of the newest row of a chunk, or of a layer where that is -1."""
        for number in range(len(self._visible) - 1, -1, -1):
            row = self._visible[number]
            if row.layer == layer and chunk in (-1, row.chunk):
                return number
        return -1

    def line(self, number: int) -> str:
        """Return a row as text, its cells set apart by tabs."""
        index = [self.index(number, column) for column in Column]
        return "\t".join(str(cell.data()) for cell in index)

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many rows pass the filters."""
        return 0 if parent.isValid() else len(self._visible)

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
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("TIME"), self.tr("LAYER"), self.tr("CHUNK"), self.tr("EVENT"))[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what `role` asks about a cell."""
        if not index.isValid() or index.row() >= len(self._visible):
            return None
        row = self._visible[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._cell(row, Column(index.column()))
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(filter(None, (self._cell(row, column) for column in Column)))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case Qt.ItemDataRole.DecorationRole:
                if index.column() != Column.WORDS or not is_problem(row.event):
                    return None
                theme = themes.current()
                return theme.failed if row.topic is Topic.PULL else theme.retried
        return None

    def _cell(self, row: Row, column: Column) -> str:
        match column:
            case Column.TIME:
                return f"{row.event.at:.3f} s"
            case Column.LAYER:
                return str(row.layer + 1) if row.layer >= 0 else ""
            case Column.CHUNK:
                return str(row.chunk) if row.chunk >= 0 else ""
            case Column.WORDS:
                return self._words.of(row.event)

    def _fits(self, row: Row) -> bool:
        if self._topic is Shown.PROBLEMS:
            if not is_problem(row.event):
                return False
        elif self._topic is not Shown.ALL and self._topic.value != row.topic.value:
            return False
        if self._chunk is not None:
            layer, chunk = self._chunk
            if row.layer != layer or chunk not in (-1, row.chunk):
                return False
        return not self._text or self._text in self._words.of(row.event).lower()

    def _show_anew(self) -> None:
        self.beginResetModel()
        self._visible = [row for row in self._rows if self._fits(row)]
        self.endResetModel()


def _row(event: PullEvent) -> Row | None:
    topic = topic_of(event)
    if topic is None:
        return None
    return Row(event, topic, getattr(event, "layer", -1), getattr(event, "chunk", -1))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == Column.WORDS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
