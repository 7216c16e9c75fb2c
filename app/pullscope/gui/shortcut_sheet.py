"""The sheet of keyboard shortcuts: those of the actions, and the keys of single views."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pullscope.gui import actions
from pullscope.gui import theme as themes

Group = tuple[str, Sequence[tuple[str, str]]]
"""A heading, and its lines of keys and what they do."""


class ShortcutSheet(QDialog):
    """Shows the keys and what they do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("shortcuts")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # arrows scroll it
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._buttons.rejected.connect(self.reject)
        self._buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 12, 16)
        rows.setSpacing(12)
        rows.addWidget(self._scroll, 1)
        rows.addWidget(self._buttons)
        self._set_texts()
        self._buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()

    def sizeHint(self) -> QSize:
        """Return room for all, as far as the window has it."""
        inside = self._scroll.widget()
        room = QSize(56, 90)  # for margins, scroll bar and button
        wanted = room if inside is None else inside.sizeHint() + room
        window = self.parentWidget()
        return wanted if window is None else wanted.boundedTo(window.size() - QSize(40, 60))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self._scroll.setAccessibleName(self.windowTitle())
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(32)
        for groups in _shared([*actions.sheet(), *self._keys_of_views()]):
            columns.addLayout(_grid(groups))
        self._scroll.setWidget(inside)

    def _keys_of_views(self) -> list[Group]:
        """Return the keys that work while a view has the keyboard."""
        return [
            (
                self.tr("Pulls"),
                [
                    (self.tr("Up / Down"), self.tr("show the pull above, below")),
                    (self.tr("Space"), self.tr("pause, or go on")),
                    (self.tr("Return"), self.tr("start again")),
                    (self.tr("Ctrl+Up / Ctrl+Down"), self.tr("begin earlier, later")),
                    (self.tr("Del"), self.tr("remove from the list")),
                ],
            ),
            (
                self.tr("Chunk map"),
                [
                    (
                        self.tr("Left / Right"),
                        self.tr("previous, next chunk"),
                    ),
                    (
                        self.tr("Up / Down"),
                        self.tr("layer above, below"),
                    ),
                    (
                        self.tr("Home / End"),
                        self.tr("first, last chunk"),
                    ),
                    (self.tr("Esc"), self.tr("select nothing")),
                ],
            ),
            (
                self.tr("Timeline"),
                [
                    ("W / S, + / -", self.tr("closer, farther")),
                    (self.tr("A / D, Left / Right"), self.tr("earlier, later")),
                    (self.tr("Up / Down"), self.tr("scroll the rows")),
                    (self.tr("0, Home"), self.tr("show all of the pull")),
                    (self.tr("Backspace"), self.tr("zoom back")),
                    (self.tr("Space"), self.tr("follow the present, or freeze")),
                    (". / ,", self.tr("next, previous attempt of the row")),
                    ("F", self.tr("show what is selected")),
                    (self.tr("Drag"), self.tr("select a range of time")),
                    ("M", self.tr("the time of the selected attempt as range")),
                    (self.tr("Shift+drag"), self.tr("move")),
                    (self.tr("Drag on the axis"), self.tr("zoom to it")),
                    (self.tr("Esc"), self.tr("select nothing")),
                ],
            ),
            (
                self.tr("Sweeps"),
                [
                    (self.tr("Return"), self.tr("trials of the setting, with their traces")),
                    (self.tr("Del"), self.tr("delete the sweep")),
                ],
            ),
            (
                self.tr("Sliders"),
                [
                    (
                        self.tr("Left / Right"),
                        self.tr("one step"),
                    ),
                    (
                        self.tr("PgUp / PgDown"),
                        self.tr("double, halve"),
                    ),
                ],
            ),
        ]


def _shared(groups: Sequence[Group]) -> tuple[Sequence[Group], Sequence[Group]]:
    """Return the groups in two columns of about the same length, in their order."""

    def length(some: Sequence[Group]) -> int:
        return sum(len(lines) + 2 for _, lines in some)

    cut = min(
        range(len(groups) + 1), key=lambda cut: max(length(groups[:cut]), length(groups[cut:]))
    )
    return groups[:cut], groups[cut:]


def _grid(groups: Sequence[Group]) -> QVBoxLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    row = 0
    for title, lines in groups:
        heading = QLabel(title)
        heading.setFont(themes.heading_font())
        heading.setProperty("role", "heading")
        heading.setContentsMargins(0, 10 if row else 0, 0, 2)
        grid.addWidget(heading, row, 0, 1, 2)
        for keys, words in lines:
            row += 1
            key = QLabel(keys)
            key.setFont(themes.mono_font())
            grid.addWidget(key, row, 0)
            grid.addWidget(QLabel(words), row, 1)
        row += 1
    column = QVBoxLayout()
    column.addLayout(grid)
    column.addStretch(1)
    return column
