"""The command palette: everything the window can do, found by a few letters of its name.

What it offers is a list of `Command`: the actions, and whatever else the window adds. The keyboard
stays in the field; arrows move through what was found, Enter does it, Escape leaves.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QAction, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import Settings
from pullscope.gui import actions as registry
from pullscope.gui import theme as themes
from pullscope.gui.fuzzy import match
from pullscope.gui.preset_row import preset_texts
from pullscope.tuning.presets import PRESETS

translate = QCoreApplication.translate
_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_COMMAND_ROLE = Qt.ItemDataRole.UserRole
_ROW = 32
_SHOWN = 12
_WIDTH = 620
_GROUP_ONLY = 20.0


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done.

    Attributes:
        group: the heading it stands under, such as "View".
        text: its name.
        run: does it.
        hint: its keys, or another short word on the right.
        unless: why it cannot be done now; empty where it can.
    """

    group: str
    text: str
    run: Callable[[], object]
    hint: str = ""
    unless: str = ""


def commands_of(actions: Mapping[str, QAction]) -> list[Command]:
    """Return the actions as commands, without the one that opens the palette."""
    return [
        Command(
            registry.group_text(spec),
            actions[spec.id].text().rstrip("…"),
            actions[spec.id].trigger,
            registry.keys_text(spec.keys[:1]),
            "" if actions[spec.id].isEnabled() else registry.needs_text(spec),
        )
        for spec in registry.SPECS
        if spec.id != "command_palette"
    ]


def commands_of_recents(references: Iterable[str], pull: Callable[[str], object]) -> list[Command]:
    """Return commands that pull `references` once more."""
    group, hint = translate("CommandPalette", "Recent"), translate("CommandPalette", "pull again")
    return [Command(group, text, partial(pull, text), hint) for text in references]


def commands_of_traces(paths: Iterable[Path], show: Callable[[Path], object]) -> list[Command]:
    """Return commands that open traces once more."""
    group, hint = translate("CommandPalette", "Recent"), translate("CommandPalette", "open trace")
    return [Command(group, path.name, partial(show, path), hint) for path in paths]


def commands_of_presets(choose: Callable[[Settings], object]) -> list[Command]:
    """Return commands that choose a preset."""
    group = translate("CommandPalette", "Preset")
    return [
        Command(group, preset_texts(preset)[0], partial(choose, preset.settings))
        for preset in PRESETS
    ]


class CommandPalette(QDialog):
    """A field, and below it what fits its text."""

    def __init__(self, commands: Sequence[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("command_palette")
        self.setWindowTitle(self.tr("Command palette"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._found = _Found(commands, self)
        self.field = QLineEdit()
        self.field.setObjectName("command_field")
        self.field.setPlaceholderText(self.tr("Type a command, a recent reference or a preset"))
        self.field.setAccessibleName(self.tr("Command"))
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setObjectName("commands")
        self.list.setAccessibleName(self.tr("Commands found"))
        self.list.setModel(self._found)
        self.list.setItemDelegate(_CommandDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keyboard stays in the field
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._run)
        self._none = QLabel(self.tr("Nothing found"))
        self._none.setProperty("role", "muted")
        self._none.setContentsMargins(8, 6, 8, 6)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        rows.addWidget(self.field)
        rows.addWidget(self.list)
        rows.addWidget(self._none)
        self.field.setFocus()
        self._search("")

    def open(self) -> None:
        """Appear at the top of the window, in its middle."""
        window = self.parentWidget()
        if window is not None:
            width = min(_WIDTH, window.width() - 32)
            at = window.mapToGlobal(window.rect().topLeft())
            self.setFixedWidth(width)
            self.move(at.x() + (window.width() - width) // 2, at.y() + 56)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def texts(self) -> list[str]:
        """What is offered, the best first."""
        return [command.text for command, _ in self._found.rows]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list and choose, with the keyboard in the field."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _SHOWN - 1,
                Qt.Key.Key_PageUp: 1 - _SHOWN,
            }
            key = Qt.Key(event.key())
            if key in steps:
                self._move(steps[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        self._found.search(text)
        rows = self._found.rowCount()
        self.list.setVisible(rows > 0)
        self._none.setVisible(rows == 0)
        self.list.setFixedHeight(min(rows, _SHOWN) * _ROW + 2)
        self.list.setCurrentIndex(self._found.index(0))
        self._tell()
        self.adjustSize()

    def _move(self, step: int) -> None:
        rows = self._found.rowCount()
        if not rows:
            return
        row = self.list.currentIndex().row() + step
        if abs(step) == 1:
            row %= rows
        self.list.setCurrentIndex(self._found.index(min(max(0, row), rows - 1)))
        self._tell()

    def _tell(self) -> None:
        """Say what is chosen to who cannot see the list: the keyboard is in the field."""
        index = self.list.currentIndex()
        self.field.setAccessibleDescription(
            str(index.data(Qt.ItemDataRole.AccessibleTextRole)) if index.isValid() else ""
        )

    def _run(self, index: QModelIndex) -> None:
        command = index.data(_COMMAND_ROLE)
        if command is None or command.unless:
            return
        self.close()
        command.run()


class _Found(QAbstractListModel):
    """The commands that fit a text, with the places of its letters."""

    def __init__(self, commands: Sequence[Command], parent: QObject) -> None:
        super().__init__(parent)
        self._commands = tuple(commands)
        self.rows: list[tuple[Command, tuple[int, ...]]] = []

    def search(self, text: str) -> None:
        """Keep what fits `text`, the better match first; without a text, what can be done."""
        hits = []
        for number, command in enumerate(self._commands):
            found = match(text, command.text) or match(text, f"{command.text} {command.group}")
            if found is not None:
                score = found[0] if text.strip() else 0.0
                if found[1] and found[1][-1] >= len(command.text):  # its group, not its name
                    score -= _GROUP_ONLY
                hits.append((-score, bool(command.unless), number, found[1]))
        self.beginResetModel()
        self.rows = [(self._commands[number], places) for _, _, number, places in sorted(hits)]
        self.endResetModel()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """Return how many commands fit."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a command says."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        command, places = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return command.text
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = (command.text, command.group, command.hint, command.unless)
                return ", ".join(part for part in parts if part)
            case Qt.ItemDataRole.ToolTipRole:
                return command.unless
            case _ if role == _COMMAND_ROLE:
                return command
            case _ if role == _COMMAND_ROLE + 1:
                return places
        return None


class _CommandDelegate(QStyledItemDelegate):
    """Draws a command: group, name with the letters that were typed, and its keys."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size of a row."""
        return QSize(_WIDTH, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        command: Command = index.data(_COMMAND_ROLE)
        places: tuple[int, ...] = index.data(_COMMAND_ROLE + 1)
        theme = themes.current()
        state: QStyle.StateFlag = option.state
        rect: QRect = option.rect
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.raised)  # muted words are legible on it
            painter.fillRect(QRect(rect.x(), rect.y() + 4, 3, rect.height() - 8), theme.accent)
        side = Qt.AlignmentFlag.AlignVCenter
        inner = rect.adjusted(10, 0, -10, 0)
        painter.setFont(themes.base_font(12))
        painter.setPen(theme.text if state & QStyle.StateFlag.State_Selected else theme.muted)
        hint = command.unless or command.hint or command.group
        hint_width = min(painter.fontMetrics().horizontalAdvance(hint) + 8, inner.width() // 2)
        fitted = painter.fontMetrics().elidedText(hint, Qt.TextElideMode.ElideRight, hint_width)
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignRight, fitted)
        words = inner.adjusted(0, 0, -hint_width - 16, 0)
        self._draw_name(painter, words, command, places, theme)
        painter.restore()

    def _draw_name(
        self,
        painter: QPainter,
        rect: QRect,
        command: Command,
        places: tuple[int, ...],
        theme: themes.Theme,
    ) -> None:
        plain, bold = themes.base_font(), themes.number_font(themes.BASE_PX)
        painter.setPen(theme.muted if command.unless else theme.text)
        painter.setClipRect(rect)
        x = rect.x()
        for part, hit in _parts(command.text, frozenset(places)):
            painter.setFont(bold if hit else plain)
            width = painter.fontMetrics().horizontalAdvance(part)
            box = QRect(x, rect.y(), width + 2, rect.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, part)
            x += width


def _parts(text: str, places: frozenset[int]) -> list[tuple[str, bool]]:
    """Return `text` cut where letters that were typed begin and end."""
    parts: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        hit = place in places
        if parts and parts[-1][1] == hit:
            parts[-1] = (parts[-1][0] + letter, hit)
        else:
            parts.append((letter, hit))
    return parts
