"""The numbers of a selected range of time: sums, and how rates and phases are spread."""

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.attempt_words import brief_duration
from pullscope.gui.copy_key import CopyKey
from pullscope.gui.range_statistics import RangeStatistics, Spread

_ROW_HEIGHT = 15
_COLUMN_WIDTH = 62
_NAME_WIDTH = 104
_NONE = "–"


class RangePanel(QFrame):
    """A small surface above the timeline.

    Signals:
        zoom_asked: show the range over the whole width.
        closed: the range is not wanted any more.
    """

    zoom_asked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("range_panel")
        themes.as_panel(self)
        self._statistics: RangeStatistics | None = None
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setFont(themes.number_font(themes.HEADING_PX))
        self._sums = QLabel()
        self._sums.setTextFormat(Qt.TextFormat.PlainText)
        self._sums.setFont(themes.base_font(themes.HEADING_PX))
        self._sums.setProperty("role", "muted")
        self._table = QTableWidget(0, 7)
        self._table.setFont(themes.base_font(themes.HEADING_PX))
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setShowGrid(False)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setMinimumSectionSize(_ROW_HEIGHT)
        self._table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self._table.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setFixedHeight(_ROW_HEIGHT + 1)
        columns.setStyleSheet("QHeaderView::section { padding: 0 3px; border: none; }")
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        columns.setSectionsClickable(False)
        columns.setMinimumSectionSize(20)
        columns.setDefaultSectionSize(_COLUMN_WIDTH)
        columns.resizeSection(0, _NAME_WIDTH)
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._table.setHorizontalScrollBarPolicy(off)
        self._table.installEventFilter(CopyKey(self._table, self.copy))
        self._zoom, self._copy, self._close = QToolButton(), QToolButton(), QToolButton()
        self._zoom.clicked.connect(self.zoom_asked)
        self._copy.clicked.connect(self.copy)
        self._close.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self._title, 1)
        for button in (self._zoom, self._copy, self._close):
            button.setFont(themes.base_font(themes.HEADING_PX))
            button.setProperty("compact", True)
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 3, 6, 4)
        layout.setSpacing(1)
        layout.addLayout(top)
        layout.addWidget(self._sums)
        layout.addWidget(self._table, 1)
        self._set_texts()

    def show_statistics(self, statistics: RangeStatistics) -> None:
        """Show these numbers."""
        self._statistics = statistics
        self._title.setText(
            self.tr("{} to {} ({})").format(
                duration_text(statistics.t0),
                duration_text(statistics.t1),
                brief_duration(statistics.seconds),
            )
        )
        sums = self._sum_words(statistics)
        self._sums.setText(" · ".join(sums[:3]))
        self._sums.setToolTip("\n".join(sums))
        rows = self._rows(statistics)
        self._table.setRowCount(len(rows))
        for place, cells in enumerate(rows):
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self._table.setItem(place, column, item)
        self._table.setAccessibleDescription(", ".join(sums))
        self.setFixedSize(_NAME_WIDTH + 6 * _COLUMN_WIDTH + 20, 56 + _ROW_HEIGHT * (len(rows) + 1))

    def text(self) -> str:
        """Return everything that is shown, in columns that a spreadsheet takes apart."""
        if self._statistics is None:
            return ""
        lines = [self._title.text(), *self._sum_words(self._statistics)]
        table = [self._headings(), *self._rows(self._statistics)]
        return "\n".join([*lines, *("\t".join(cells) for cells in table)])

    def copy(self) -> None:
        """Copy everything that is shown."""
        QGuiApplication.clipboard().setText(self.text())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _set_texts(self) -> None:
        self.setAccessibleName(self.tr("The selected range of time"))
        self._table.setAccessibleName(self.tr("Rates and phases in the selected range"))
        self._table.setToolTip(self.tr("A phase is counted where it ended within the range"))
        self._table.setHorizontalHeaderLabels(self._headings())
        for button, words, name in (
            (self._zoom, self.tr("Zoom"), self.tr("Zoom to the range")),
            (self._copy, self.tr("Copy"), self.tr("Copy these numbers")),
            (self._close, self.tr("Close"), self.tr("Select no range")),
        ):
            button.setText(words)
            button.setAccessibleName(name)
            button.setToolTip(name)
        if self._statistics is not None:
            self.show_statistics(self._statistics)

    def _headings(self) -> list[str]:
        return [
            "",
            self.tr("count"),
            self.tr("mean"),
            self.tr("min"),
            self.tr("median"),
            self.tr("95 %"),
            self.tr("max"),
        ]

    def _sum_words(self, statistics: RangeStatistics) -> list[str]:
        return [
            self.tr("{} received").format(size_text(statistics.received)),
            rate_text(statistics.mean_rate),
            self.tr("{} attempts: {} done, {} retried, {} cut").format(
                statistics.attempts, statistics.done, statistics.retried, statistics.cut
            ),
            self.tr("{} written").format(size_text(statistics.written)),
            self.tr("{} hashed").format(size_text(statistics.hashed)),
        ]

    def _rows(self, statistics: RangeStatistics) -> list[list[str]]:
        names = {
            "queued": self.tr("queued"),
            "waiting": self.tr("first byte after"),
            "receiving": self.tr("receiving"),
            "writing": self.tr("writing"),
            "hashing": self.tr("hashing"),
        }
        rows = [
            _cells(self.tr("throughput"), statistics.rate, rate_text),
            _cells(self.tr("per chunk"), statistics.chunk_rate, rate_text),
        ]
        for phase, spread in statistics.phases.items():
            rows.append(_cells(names[phase], spread, brief_duration))
        rows.append(_cells(self.tr("chunk size"), statistics.chunk_size, size_text))
        return rows


def _cells(name: str, spread: Spread, words: Callable[[float], str]) -> list[str]:
    numbers = (spread.mean, spread.least, spread.median, spread.p95, spread.greatest)
    return [
        name,
        str(spread.count),
        *(_NONE if math.isnan(number) else words(number) for number in numbers),
    ]
