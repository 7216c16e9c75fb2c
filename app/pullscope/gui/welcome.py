"""What the window shows before the first pull: one sentence and one button."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pullscope.gui import theme as themes
from pullscope.gui.reference_bar import ActionButton

_WIDTH = 480


class Welcome(QWidget):
    """The empty state."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        themes.as_panel(self)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words = words = QLabel()
        words.setWordWrap(True)
        words.setFont(themes.base_font(16))
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        button = ActionButton(actions["pull_demo"], primary=True)
        self._small = small = QLabel()
        small.setFont(themes.base_font(12))
        small.setProperty("role", "muted")
        small.setWordWrap(True)
        small.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        rows = QVBoxLayout()
        rows.addStretch(3)
        rows.addWidget(self._picture)
        rows.addSpacing(16)
        rows.addWidget(words)
        rows.addSpacing(16)
        rows.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addSpacing(8)
        rows.addWidget(small)
        rows.addStretch(4)
        middle = QWidget()
        middle.setLayout(rows)
        middle.setFixedWidth(_WIDTH)
        columns = QHBoxLayout(self)
        columns.addWidget(middle)
        self._dress()
        self._set_texts()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._dress()
        elif event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self._words.setText(
            self.tr(
                "Type an image reference above and press Enter: Pullscope pulls the image in"
                " chunks, shows every one of them, and lets you tune the pull while it runs."
            )
        )
        self._small.setText(
            self.tr("The demo comes from a registry on this computer, at 4 MiB/s per connection.")
        )

    def _dress(self) -> None:
        self._picture.setPixmap(QIcon(":/icons/pullscope.svg").pixmap(64, 64))
