"""The legend of the chunk map: what its colours mean, for each thing it can be coloured by."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pullscope.gui import theme as themes
from pullscope.gui.attempt_words import brief_duration
from pullscope.gui.legend import paint_mark
from pullscope.gui.map_colours import (
    ColourBy,
    connection_colours,
    retry_colours,
    scale_colour,
    unknown_colour,
)
from pullscope.gui.theme import Theme

_MARK = 10
_GRADIENT = 120
_GAP = 13  # from one entry to the next
_FRONTIER, _UNDERLINE = "frontier", "underline"  # marks that are no colour
_Entry = tuple[str | QColor, str]


class MapLegend(QWidget):
    """A line of marks with their words, or a scale between two values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._by = ColourBy.STATE
        self._bounds = (0.0, 1.0)
        self.setFont(themes.base_font(themes.HEADING_PX))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_scale(self, by: ColourBy, bounds: tuple[float, float]) -> None:
        """Explain the colours of `by`; `bounds` are the seconds at the ends of its scale."""
        if (by, bounds) != (self._by, self._bounds):
            self._by, self._bounds = by, bounds
            self.retranslate()

    def retranslate(self) -> None:
        """Speak the language in force."""
        self.setToolTip(self.text())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 18)

    def text(self) -> str:
        """Return what the legend says, without its colours."""
        if self._by in (ColourBy.AGE, ColourBy.LATENCY):
            return " – ".join(self._ends())
        return ", ".join(word for _, word in self._entries(themes.current()))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            theme = themes.current()
            painter.setFont(self.font())
            if self._by in (ColourBy.AGE, ColourBy.LATENCY):
                self._paint_gradient(painter, theme)
            else:
                self._paint_entries(painter, self._entries(theme), 0, theme)

    def _entries(self, theme: Theme) -> list[_Entry]:
        match self._by:
            case ColourBy.CONNECTION:
                named: list[_Entry] = [
                    (colour, f"c{n + 1}") for n, colour in enumerate(connection_colours())
                ]
                again = (QColor(0, 0, 0, 0), self.tr("then again from the first"))
                return [*named, again, *self._lines()]
            case ColourBy.RETRIES:
                words = (
                    self.tr("no retry"),
                    self.tr("1 retry"),
                    self.tr("2 retries"),
                    self.tr("3 or more"),
                )
                return [*zip(retry_colours(theme), words, strict=True), *self._lines()]
        return [
            ("pending", self.tr("pending")),
            ("waiting", self.tr("waiting")),
            ("receiving", self.tr("receiving")),
            ("written", self.tr("written")),
            ("hashed", self.tr("hashed")),
            ("retried", self.tr("retried")),
            ("failed", self.tr("failed")),
            (_FRONTIER, self.tr("no gap up to here")),
        ]

    def _lines(self) -> list[_Entry]:
        """Return the entries of the lines that stand where colours do not tell states."""
        return [
            (_FRONTIER, self.tr("no gap up to here")),
            (_UNDERLINE, self.tr("hashed")),
        ]

    def _ends(self) -> tuple[str, str]:
        low, high = self._bounds
        if self._by is ColourBy.AGE:
            return self.tr("{} ago").format(brief_duration(high)), self.tr("just now")
        return brief_duration(low), brief_duration(high)

    def _paint_entries(
        self, painter: QPainter, entries: list[_Entry], x: int, theme: Theme
    ) -> None:
        metrics: QFontMetrics = painter.fontMetrics()
        for colour, word in entries:
            width = metrics.horizontalAdvance(word)
            if x + 15 + width > self.width():
                break  # half a word tells nothing
            mark = QRect(x, (self.height() - _MARK) // 2, _MARK, _MARK)
            if colour == _FRONTIER:
                painter.fillRect(mark.adjusted(4, -1, -4, 1), theme.text)
            elif colour == _UNDERLINE:
                painter.fillRect(mark.adjusted(0, 7, 0, -1), theme.hashed)
            elif isinstance(colour, str):
                paint_mark(painter, mark, colour, theme)
            else:
                painter.fillRect(mark, colour)
            painter.setPen(theme.muted)
            box = QRect(x + 15, 0, width + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, word)
            x += 15 + _GAP + width

    def _paint_gradient(self, painter: QPainter, theme: Theme) -> None:
        left, right = self._ends()
        metrics: QFontMetrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(left)
        painter.setPen(theme.muted)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, width + 2, self.height()), middle, left)
        x = width + 8
        gradient = QLinearGradient(QPointF(x, 0), QPointF(x + _GRADIENT, 0))
        for step in range(11):
            gradient.setColorAt(step / 10, scale_colour(step / 10, theme))
        painter.fillRect(QRect(x, (self.height() - _MARK) // 2, _GRADIENT, _MARK), gradient)
        x += _GRADIENT + 8
        width = metrics.horizontalAdvance(right)
        painter.setPen(theme.muted)
        painter.drawText(QRect(x, 0, width + 2, self.height()), middle, right)
        rest = [(unknown_colour(theme), self.tr("not known")), *self._lines()]
        self._paint_entries(painter, rest, x + width + 16, theme)
