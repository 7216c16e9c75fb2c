"""A field for several values, as "1, 4, 16": it says at once what is wrong with them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from pullscope.engine.model import RANGES, ZERO_ALLOWED
from pullscope.engine.units import parse_size, size_text
from pullscope.gui import theme as themes
from pullscope.gui.language import said

_MARK = 16
_FIELD_WIDTH = 220


class ValueField(QWidget):
    """Takes the values of one setting of a pull, each at most once.

    Args:
        setting: a name in `RANGES`; those of "chunk_size" are sizes.
        hint: what the values are, shown beside the field while they can be used.

    Signals:
        changed: the text was changed.
    """

    changed = Signal()

    def __init__(self, setting: str, values: Sequence[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = setting
        self._is_size = setting == "chunk_size"
        self._hint = ""
        self.problem = ""
        self.values: tuple[int, ...] = ()
        self.field = QLineEdit()
        self.field.setObjectName(f"sweep_{setting}")
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.field.textChanged.connect(lambda _: self._read())
        self._mark = QLabel()
        self._mark.setFixedSize(_MARK, _MARK)
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setFont(themes.base_font(12))
        self._words.setWordWrap(True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.field)
        row.addWidget(self._mark)
        row.addWidget(self._words, 1)
        self.set_values(values)

    def set_values(self, values: Sequence[int]) -> None:
        """Put values into the field."""
        self.field.setText(", ".join(map(self._text, values)))
        self._read()

    def set_words(self, name: str, hint: str) -> None:
        """Say what the field is for."""
        self.field.setAccessibleName(name)
        self._hint = hint
        self._read()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.LanguageChange):
            self._show()

    def _read(self) -> None:
        self.values, self.problem = (), ""
        try:
            self.values = self._parsed(self.field.text())
        except ValueError as error:
            self.problem = said(error)
        self._show()
        self.changed.emit()

    def _parsed(self, text: str) -> tuple[int, ...]:
        read: Callable[[str], int] = parse_size if self._is_size else int
        allowed = RANGES[self._setting]
        values: list[int] = []
        for part in (part.strip() for part in text.split(",")):
            if not part:
                raise ValueError(self.tr("write values with commas between them"))
            try:
                value = read(part)
            except ValueError:
                like = "16MiB" if self._is_size else "16"
                words = self.tr("{0} is not understood; write it as {1}")
                raise ValueError(words.format(part[:40], like)) from None
            whole = value == 0 and self._setting in ZERO_ALLOWED
            if not whole and not allowed.least <= value <= allowed.greatest:
                words = self.tr("{0} is not between {1} and {2}")
                bounds = (self._text(allowed.least), self._text(allowed.greatest))
                raise ValueError(words.format(part[:40], *bounds))
            if value in values:
                raise ValueError(self.tr("{0} is there twice").format(part[:40]))
            values.append(value)
        return tuple(values)

    def _text(self, value: int) -> str:
        return size_text(value).replace(" ", "") if self._is_size and value else str(value)

    def _show(self) -> None:
        theme = themes.current()
        self._words.setText(self.problem or self._hint)
        self._words.setProperty("role", "" if self.problem else "muted")
        self._words.style().polish(self._words)
        self.field.setAccessibleDescription(self.problem or self._hint)
        self._mark.setVisible(bool(self.problem))
        if self.problem:
            icon = themes.icon("error", theme, theme.failed)
            self._mark.setPixmap(icon.pixmap(_MARK, _MARK))
