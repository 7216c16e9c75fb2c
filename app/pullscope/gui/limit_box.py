"""What limits the pull, in the headline: a mark, the verdict, and below it what it rests on.

The mark wears the colour of what is waited for, as everywhere in the window. Words that are longer
than the box is wide go on in another line, the verdict's first; the tooltip has what there is still
no room for.
"""

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from pullscope.gui import theme as themes
from pullscope.gui.theme import Theme
from pullscope.tuning.limit_words import LimitWords, limit_words, whole_words
from pullscope.tuning.limits import Limit, LimitKind, Limits

_MARK = 12
_PADDING = 12
_WIDTH = 640  # where there is room
_LEAST_WIDTH = 190
_HEIGHT = 54  # of three lines
_LINES = 3  # of verdict and evidence together


class LimitBox(QWidget):
    """Shows a verdict, while the pull runs or when it has ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("limit_box")
        self._kind = LimitKind.UNKNOWN
        # Labels, so that whoever reads the strip aloud or copies it finds the words; they are
        # drawn here, because a label cannot shorten its text.
        self._title = _Wrapped(themes.number_font(12), muted=False, parent=self)
        self._details = _Wrapped(themes.base_font(12), muted=True, parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(_WIDTH)
        self.setMinimumWidth(_LEAST_WIDTH)

    def show_limit(self, limit: Limit) -> None:
        """Show what limits a pull that runs."""
        self._show(limit.kind, limit_words(limit, QCoreApplication.translate))

    def show_whole(self, limits: Limits) -> None:
        """Show what limited a pull that has ended."""
        self._show(limits.whole.kind, whole_words(limits, QCoreApplication.translate))

    def show_state(self, title: str, details: str) -> None:
        """Show words of the state instead, where nothing is to be said of limits."""
        self._show(LimitKind.UNKNOWN, LimitWords(title, details))

    @property
    def kind(self) -> LimitKind:
        """Of the verdict that is shown."""
        return self._kind

    @property
    def drawn(self) -> tuple[list[str], list[str]]:
        """The lines of the verdict and those of its evidence, as there is room for them."""
        return self._title.lines, self._details.lines

    def sizeHint(self) -> QSize:
        """Return the size where there is room."""
        return QSize(_WIDTH, _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words anew."""
        self._arrange()

    def _arrange(self) -> None:
        """Give the verdict the lines it needs, its evidence what is left, both in the middle."""
        left = 2 * _PADDING + _MARK
        width = max(0, self.width() - left - _PADDING)
        title = self._title.wrap(width, _LINES - 1)
        details = self._details.wrap(width, _LINES - title)
        line = self._title.fontMetrics().lineSpacing()
        top = (self.height() - (title + details) * line) // 2
        self._title.setGeometry(left, top, width, title * line)
        self._details.setGeometry(left, top + title * line, width, details * line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the surface and the mark."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.line, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mark_colour(self._kind, theme))
        top = (self.height() - _MARK) / 2
        painter.drawRoundedRect(QRectF(_PADDING, top, _MARK, _MARK), 3, 3)

    def _show(self, kind: LimitKind, words: LimitWords) -> None:
        if kind is not self._kind:
            self._kind = kind
            self.update()
        details = " · ".join(part for part in (words.evidence, words.advice) if part)
        if (words.title, details) == (self._title.text(), self._details.text()):
            return
        self._title.setText(words.title)
        self._details.setText(details)
        self._arrange()
        lines = (words.title, words.evidence, words.basis, words.advice)
        self.setToolTip("\n".join(part for part in lines if part))
        self.setAccessibleName(words.title)
        self.setAccessibleDescription(details)


class _Wrapped(QLabel):
    """A label that breaks its words into a few lines and shortens the last of them.

    Attributes:
        lines: as they are drawn.
    """

    def __init__(self, font: QFont, *, muted: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._muted = muted
        self.lines: list[str] = []
        self.setFont(font)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def wrap(self, width: int, most: int) -> int:
        """Break the text into at most `most` lines of `width` pixels; return how many it takes."""
        self.lines = wrapped(self.text(), self.font(), width, most)
        self.update()
        return len(self.lines)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setPen(theme.muted if self._muted else theme.text)
        line = self.fontMetrics().lineSpacing()
        for place, words in enumerate(self.lines):
            painter.drawText(0, place * line + self.fontMetrics().ascent(), words)


def wrapped(text: str, font: QFont, width: int, most: int) -> list[str]:
    """Return `text` in at most `most` lines of at most `width` pixels, the last one shortened."""
    if not text:
        return []
    layout = QTextLayout(text, font)
    layout.beginLayout()
    starts: list[int] = []
    while len(starts) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:], len(text)]
    lines = [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
    metrics = QFontMetrics(font)
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


def mark_colour(kind: LimitKind, theme: Theme) -> QColor:
    """Return the colour of what is waited for."""
    match kind:
        case LimitKind.CONNECTION_CAP | LimitKind.TOTAL_CAP | LimitKind.NETWORK:
            return theme.receiving
        case LimitKind.NO_RANGES:
            return theme.receiving
        case LimitKind.LATENCY | LimitKind.STREAM:
            return theme.waiting
        case LimitKind.REFUSALS | LimitKind.FAILURES:
            return theme.retried
        case LimitKind.DISK | LimitKind.COMMITTING:
            return theme.written
        case LimitKind.HASHING:
            return theme.hashed
        case (
            LimitKind.RATE_LIMIT
            | LimitKind.REQUEST_LIMIT
            | LimitKind.MEMORY_LIMIT
            | LimitKind.CHUNK_SIZE
        ):
            return theme.text  # the user's own doing
        case _:
            return theme.muted
