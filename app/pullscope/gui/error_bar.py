"""The error bar: what nobody expected, in words, without standing in the way."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from pullscope.gui import theme as themes


class ErrorBar(QFrame):
    """A strip that appears with an error and stays until it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error_bar")
        themes.as_panel(self)
        self._details = ""
        self._mark = QLabel()
        self._words = QLabel()
        self._words.setObjectName("error_bar_words")
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._words.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Tab comes by, to copy a part
        self._copy = QPushButton()
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details))
        self._close = QPushButton()
        self._close.clicked.connect(self.hide)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(12, 6, 8, 6)
        columns.addWidget(self._mark)
        columns.addWidget(self._words, 1)
        columns.addWidget(self._copy)
        columns.addWidget(self._close)
        self._set_texts()
        self.hide()

    @property
    def details(self) -> str:
        """What Copy copies."""
        return self._details

    def show_error(self, words: str, details: str = "") -> None:
        """Show `words`; Copy gives `details` where there are any."""
        self._words.setText(words)
        self._words.setAccessibleName(words)
        self._details = details or words
        self._mark.setPixmap(themes.icon("error", themes.current()).pixmap(20, 20))
        self.show()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the error"))
        self._close.setText(self.tr("Close"))
        self._close.setAccessibleName(self.tr("Close the error"))
