"""The sheet of keyboard shortcuts, made from the actions."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from pullscope.gui import actions
from pullscope.gui import theme as themes


class ShortcutSheet(QDialog):
    """Shows the keys and what they do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut_sheet")
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        row = 0
        own = [
            (
                self.tr("Sliders"),
                [
                    (self.tr("Left / Right"), self.tr("one step")),
                    (self.tr("PgUp / PgDown"), self.tr("double, halve")),
                ],
            )
        ]
        for group, lines in [*actions.sheet(), *own]:
            heading = QLabel(group)
            heading.setFont(themes.heading_font())
            heading.setProperty("role", "heading")
            heading.setContentsMargins(0, 8 if row else 0, 0, 2)
            grid.addWidget(heading, row, 0, 1, 2)
            for keys, words in lines:
                row += 1
                key = QLabel(keys)
                key.setFont(themes.mono_font())
                grid.addWidget(key, row, 0)
                grid.addWidget(QLabel(words), row, 1)
            row += 1
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        rows = QVBoxLayout(self)
        rows.setContentsMargins(20, 16, 20, 16)
        rows.setSpacing(16)
        rows.addLayout(grid)
        rows.addWidget(buttons)
