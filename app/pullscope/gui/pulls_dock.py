"""The dock with all pulls: which there are, how each stands, and in which order they begin.

Choosing one shows it in the views. What can be done with the chosen one are the window's actions,
which the list's own keys and its menu trigger.
"""

import re
from collections.abc import Mapping, Sequence
from weakref import WeakKeyDictionary

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import PullState, Snapshot
from pullscope.engine.units import rate_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.headline import clock_text
from pullscope.gui.language import said
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.rates import RateMeter
from pullscope.tuning.general import MOST_PULLS

translate = QCoreApplication.translate
PULLS_WIDTH = 208
ACTIONS = (
    "pause",
    "cancel",
    "retry_pull",
    "move_up",
    "move_down",
    "remove_pull",
    "discard_pull",
    "compare",
)
"""What can be done with a pull of the list, by the ids of the window's actions."""

_LEAST_ROOM = 1200  # pixels of the window, below which the list gives way
_RATE_WINDOW = 4.0
_ROW_HEIGHT = 54
_MARK = 16  # of a trace
_LONGEST = 300
_ASKED = re.compile(r"^[A-Z]+ \S+: ")
_WORDS_ROLE = Qt.ItemDataRole.UserRole
_SHARE_ROLE = Qt.ItemDataRole.UserRole + 1
_COLOUR_ROLE = Qt.ItemDataRole.UserRole + 2
_TRACE_ROLE = Qt.ItemDataRole.UserRole + 3

_COLOURS = {
    RunState.RUNNING: "receiving",
    RunState.DONE: "hashed",
    RunState.FAILED: "failed",
}
_KEYS = {
    (Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier): ("move_up",),
    (Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier): ("move_down",),
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier): ("remove_pull",),
    (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier): ("pause", "retry_pull"),
    (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier): ("retry_pull",),
    (Qt.Key.Key_Enter, Qt.KeyboardModifier.NoModifier): ("retry_pull",),
}


class PullsDock(QDockWidget):
    """The list of pulls.

    Signals:
        chosen: the `PullRun` that is to be shown.
        moved: a `PullRun`, and its new place, counted without it.
        at_once_changed: how many pulls may run at once.
    """

    chosen = Signal(object)
    moved = Signal(object, int)
    at_once_changed = Signal(int)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pulls")
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.setAllowedAreas(
            Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self._actions = actions
        self._runs: list[PullRun] = []
        self._meters: WeakKeyDictionary[PullRun, RateMeter] = WeakKeyDictionary()
        self._telling = True
        self._narrow = False
        self._gave_way = False
        self._width = PULLS_WIDTH

        self._list = _List(actions)
        self._list.addActions([actions[name] for name in ACTIONS])
        self._list.currentRowChanged.connect(self._row_chosen)
        self._list.model().rowsMoved.connect(self._row_moved)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setFont(themes.base_font(12))
        self._hint.setProperty("role", "muted")
        self._hint.setContentsMargins(16, 4, 16, 0)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._at_once_words = QLabel()
        self._at_once_words.setFont(themes.base_font(12))
        self._at_once_words.setProperty("role", "muted")
        self._at_once_words.setWordWrap(True)
        self._at_once = QSpinBox()
        self._at_once.setObjectName("at_once")
        self._at_once.setRange(1, MOST_PULLS)
        self._at_once.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._at_once.valueChanged.connect(self._at_once_chosen)

        self._history = QToolButton()
        self._history.setObjectName("history_button")
        self._history.clicked.connect(actions["history"].trigger)

        below = QHBoxLayout()
        below.setContentsMargins(16, 4, 12, 8)
        below.addWidget(self._at_once_words, 1)
        below.addWidget(self._at_once)
        rows = QVBoxLayout()
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._hint)
        rows.addWidget(self._list, 1)
        rows.addLayout(below)
        last = QHBoxLayout()
        last.setContentsMargins(2, 0, 12, 8)
        last.addWidget(self._history)
        last.addStretch(1)
        rows.addLayout(last)
        inside = QWidget()
        inside.setLayout(rows)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        inside.setAutoFillBackground(True)
        self.setWidget(inside)
        self.setMinimumWidth(168)
        self._heading = QLabel()
        self._heading.setFont(themes.heading_font())
        self._heading.setProperty("role", "heading")
        self._heading.setContentsMargins(16, 14, 16, 2)
        self._heading.setBackgroundRole(QPalette.ColorRole.Base)
        self._heading.setAutoFillBackground(True)
        self.setTitleBarWidget(self._heading)
        self._set_texts()

    @property
    def at_once(self) -> int:
        """How many pulls may run at once."""
        return self._at_once.value()

    @property
    def selected(self) -> list[PullRun]:
        """The pulls that are selected, in the order of the list."""
        rows = sorted(index.row() for index in self._list.selectedIndexes())
        return [self._runs[row] for row in rows if row < len(self._runs)]

    def show_at_once(self, number: int) -> None:
        """Show how many pulls may run at once; nothing is emitted."""
        self._telling = False
        self._at_once.setValue(number)
        self._telling = True

    def show_runs(self, runs: Sequence[PullRun], shown: PullRun) -> None:
        """Show the list as it is, and which of it the views show."""
        self._telling = False
        if self._runs != list(runs):
            self._runs = list(runs)
            self._list.clear()
            for _ in runs:
                self._list.addItem(QListWidgetItem())
        for row, run in enumerate(self._runs):
            self._write(self._list.item(row), run)
        current = self._runs.index(shown) if shown in self._runs else -1
        if self._list.currentRow() != current:
            self._list.setCurrentRow(current)
        self._hint.setVisible(not self._runs)
        self._list.setVisible(bool(self._runs))
        self._telling = True

    def offer(self, actions: Sequence[QAction]) -> None:
        """Add actions on the selected pull to the menu of the list."""
        self._list.addActions(actions)

    def toggle(self) -> None:
        """Show the dock and go to it, or hide it."""
        self._gave_way = False
        self.setVisible(not self.isVisible())
        if self.isVisible():
            self.raise_()
            self._list.setFocus()

    def fit(self, room: int) -> None:
        """Give way in a window that is `room` pixels wide, where the views need it all."""
        narrow = room < _LEAST_ROOM
        if not narrow and self.isVisible():
            self._width = self.width()
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if narrow:
            self._gave_way = not self.isHidden()
            self.hide()
        else:
            self.come_back()

    def come_back(self) -> None:
        """Undo what `fit` did."""
        if self._gave_way:
            self._gave_way = False
            self.show()
            window = self.parentWidget()
            if isinstance(window, QMainWindow):  # which squeezed it before it gave way
                window.resizeDocks([self], [self._width], Qt.Orientation.Horizontal)

    def state_text(self, run: PullRun) -> str:
        """Return how a pull stands, in words."""
        share = f"{run.received * 100 // run.total} %" if run.total else ""
        match run.state:
            case RunState.QUEUED:
                return self.tr("waits for its turn")
            case RunState.HELD:
                return self.tr("waits until it is resumed")
            case RunState.RUNNING:
                return self._running_text(run)
            case RunState.PAUSED:
                return self.tr("paused at {0}").format(share) if share else self.tr("paused")
            case RunState.INTERRUPTED:
                if share:
                    return self.tr("interrupted at {0}").format(share)
                return self.tr("interrupted")
            case RunState.CANCELLED:
                return self.tr("cancelled at {0}").format(share) if share else self.tr("cancelled")
            case RunState.FAILED:
                return self.tr("failed · {0}").format(_what_failed(run))
            case RunState.DONE:
                took = clock_text(run.snapshot.at) if run.snapshot else size_text(run.total)
                return self.tr("done · {0}").format(took)

            case RunState.TRACE:
                return self.tr("trace · {0}").format(ended_words(run.snapshot))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def sizeHint(self) -> QSize:
        """Return the width of the dock."""
        return QSize(PULLS_WIDTH, 600)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Pulls"))
        self._heading.setText(self.tr("Pulls").upper())
        self._list.setAccessibleName(self.tr("All pulls"))
        self._list.setAccessibleDescription(
            self.tr(
                "Ctrl+Up and Ctrl+Down move a pull, Space pauses it, Delete removes it, "
                "Shift+Down selects one more to compare"
            )
        )
        self._hint.setText(self.tr("Pulls stand here, also those of earlier days."))
        self._at_once_words.setText(self.tr("At once"))
        self._history.setText(self.tr("History…"))
        self._history.setAccessibleName(self._actions["history"].text())
        self._history.setToolTip(self._actions["history"].toolTip())
        self._at_once.setAccessibleName(self.tr("Pulls at once"))
        self._at_once.setToolTip(
            self.tr("How many pulls run at once; the others wait in the order of the list")
        )
        for row, run in enumerate(self._runs):
            self._write(self._list.item(row), run)

    def _write(self, item: QListWidgetItem, run: PullRun) -> None:
        words = self.state_text(run)
        reference = run.reference[:_LONGEST]
        name, told = short_name(reference), [reference, words]
        if run.trace is not None:  # traces of one image are told apart by their files
            name, told = run.name[:_LONGEST], [str(run.trace)[:_LONGEST], reference, words]
        share = run.received / run.total if run.total else 0.0
        values = {
            Qt.ItemDataRole.DisplayRole: name,
            Qt.ItemDataRole.AccessibleTextRole: f"{name if run.trace else reference}, {words}",
            Qt.ItemDataRole.ToolTipRole: _plain("\n".join(told)),
            _WORDS_ROLE: words,
            _SHARE_ROLE: 1.0 if run.state is RunState.DONE else min(share, 1.0),
            _COLOUR_ROLE: _COLOURS.get(run.state, "muted"),
            _TRACE_ROLE: run.trace is not None,
        }
        for role, value in values.items():
            if item.data(role) != value:
                item.setData(role, value)

    def _running_text(self, run: PullRun) -> str:
        snapshot = run.snapshot
        if snapshot is None or snapshot.state is PullState.RESOLVING or not snapshot.total:
            return self.tr("resolving")
        if snapshot.state is PullState.COMMITTING or snapshot.received >= snapshot.total:
            return self.tr("verifying and committing")
        meter = self._meters.setdefault(run, RateMeter(_RATE_WINDOW))
        meter.add(snapshot.at, snapshot.received)
        if not meter.rate:
            return self.tr("receiving")
        left = (snapshot.total - snapshot.received) / meter.rate
        rate = rate_text(meter.rate)
        if left >= 100 * 3600:
            return rate
        return self.tr("{0} · {1} left").format(rate, clock_text(left))

    def _row_chosen(self, row: int) -> None:
        if self._telling and 0 <= row < len(self._runs):
            self.chosen.emit(self._runs[row])

    def _row_moved(
        self, _from: QModelIndex, first: int, _last: int, _to: QModelIndex, place: int
    ) -> None:
        run = self._runs.pop(first)
        place -= place > first
        self._runs.insert(place, run)
        self.moved.emit(run, place)

    def _at_once_chosen(self, number: int) -> None:
        if self._telling:
            self.at_once_changed.emit(number)


class _List(QListWidget):
    """The rows, which are dragged and have keys of their own."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._actions = actions
        self.setObjectName("pull_list")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(_Row(self))
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: N803 - as in Qt
        if len(self.selectedIndexes()) == 1:  # two are selected to be compared
            super().startDrag(supportedActions)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        names = _KEYS.get((Qt.Key(event.key()), modifiers))
        if names is None:
            super().keyPressEvent(event)
            return
        for name in names:
            if self._actions[name].isEnabled():
                self._actions[name].trigger()
                return


class _Row(QStyledItemDelegate):
    """Draws a pull: its name, how it stands in words, and a slim bar."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(PULLS_WIDTH - 40, _ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = themes.current()
        rect = QRect(option.rect).adjusted(8, 1, -8, -1)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(theme.raised)
            painter.drawRoundedRect(rect, 6, 6)
            painter.setBrush(theme.accent)
            painter.drawRoundedRect(
                QRectF(rect.x(), rect.y() + 12, 3, rect.height() - 24), 1.5, 1.5
            )
        inner = rect.adjusted(12, 6, -10, -7)
        beside = inner
        if index.data(_TRACE_ROLE):
            beside = inner.adjusted(_MARK + 5, 0, 0, 0)
            mark = themes.icon("log", theme, theme.muted)
            mark.paint(painter, QRect(inner.x() - 1, inner.y() + 1, _MARK, _MARK))
        self._words(painter, beside, index.data(), themes.base_font(), theme.text)
        below = inner.translated(0, 19)
        words = index.data(_WORDS_ROLE)
        self._words(painter, below, words, themes.base_font(themes.HEADING_PX), theme.muted)
        bar = QRectF(inner.x(), inner.bottom() - 2, inner.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.pending)
        painter.drawRoundedRect(bar, 1.5, 1.5)
        share = index.data(_SHARE_ROLE)
        if share:
            bar.setWidth(max(3.0, bar.width() * share))
            painter.setBrush(getattr(theme, index.data(_COLOUR_ROLE)))
            painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.restore()
        if state & QStyle.StateFlag.State_HasFocus:
            themes.draw_focus_ring(painter, QRectF(rect).adjusted(1, 1, -1, -1), theme)

    def _words(self, painter: QPainter, rect: QRect, text: str, font: QFont, pen: QColor) -> None:
        painter.setFont(font)
        painter.setPen(pen)
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)


def ended_words(snapshot: Snapshot | None) -> str:
    """Return how a pull stood when its events end, and when that was."""
    if snapshot is None:
        return ""
    match snapshot.state:
        case PullState.DONE:
            words = translate("PullsDock", "done · {0}")
        case PullState.FAILED:
            words = translate("PullsDock", "failed · {0}")
        case PullState.CANCELLED:
            words = translate("PullsDock", "cancelled · {0}")
        case _:
            words = translate("PullsDock", "unfinished · {0}")
    return words.format(clock_text(snapshot.at))


def short_name(reference: str) -> str:
    """Return the end of a reference, by which people know an image: "app:1"."""
    last = reference[:_LONGEST].rpartition("/")[2]
    name, at, digest = last.partition("@")
    return f"{name}@{digest.rpartition(':')[2][:12]}" if at else last


def _what_failed(run: PullRun) -> str:
    """Return in short why a pull failed; only its words are left of one of an earlier session."""
    failure = run.snapshot.failure if run.snapshot is not None else None
    return brief_error(run.error) if failure is None else _first_line(said(failure.came))


def _first_line(words: str) -> str:
    return words.partition("\n")[0][:_LONGEST]


def brief_error(words: str) -> str:
    """Return what came in answer, of an error that also says what was asked and what to do."""
    return _ASKED.sub("", _first_line(words)).partition("; ")[0]


def _plain(text: str) -> str:
    """Return `text` so that a tooltip shows it as it is."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
    return f"<span>{escaped}</span>"
