"""The dock with the events of the pull in words: filtered, linked with the selection, copied.

It costs nothing while it is hidden: it takes in what it missed when it is shown.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.events import PullEvent
from pullscope.gui import theme as themes
from pullscope.gui.copy_key import CopyKey
from pullscope.gui.event_list import MOST, Column, EventModel, Shown
from pullscope.gui.panel import heading, heading_text

_ROW_HEIGHT = 20


class EventsDock(QDockWidget):
    """What happened during the pull, newest last.

    Signals:
        chunk_selected: the layer and the chunk of the row that was selected; -1: none.
    """

    chunk_selected = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("events")
        self.setAllowedAreas(
            Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.TopDockWidgetArea
        )
        self._model = EventModel(self)
        self._events: Sequence[PullEvent] = ()
        self._selected = (-1, -1)
        self._telling = True
        self._topic = QComboBox()
        self._topic.setObjectName("event_topic")
        for shown in Shown:
            self._topic.addItem("", shown.value)
        self._filter = QLineEdit()
        self._filter.setObjectName("event_filter")
        self._filter.setClearButtonEnabled(True)
        self._only = QToolButton()
        self._only.setCheckable(True)
        self._only.setEnabled(False)
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        self._copy = QToolButton()
        self._copy.clicked.connect(self.copy_shown)
        self._topic.currentIndexChanged.connect(self._show_only)
        self._filter.textChanged.connect(self._show_only)
        self._only.toggled.connect(self._show_only)

        self._table = QTableView()
        self._table.setObjectName("event_table")
        self._table.setModel(self._model)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._table.setShowGrid(False)
        self._table.setWordWrap(False)
        self._table.setStyleSheet("QTableView::item { padding: 0 8px; }")
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        self._table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        self._table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = self._table.horizontalHeader()
        columns.setHighlightSections(False)
        for column, width in ((Column.TIME, 92), (Column.LAYER, 64), (Column.CHUNK, 72)):
            columns.resizeSection(column, width)
        columns.setSectionResizeMode(Column.WORDS, QHeaderView.ResizeMode.Stretch)
        self._table.selectionModel().currentRowChanged.connect(self._row_chosen)
        self._table.installEventFilter(CopyKey(self._table, self.copy_selected))
        self._copy_rows = QAction(self._table)
        self._copy_rows.triggered.connect(self.copy_selected)
        self._copy_all = QAction(self._table)
        self._copy_all.triggered.connect(self.copy_shown)
        self._table.addActions([self._copy_rows, self._copy_all])
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

        self._close = QToolButton()
        self._close.setObjectName("close_events")
        self._close.setText("✕")
        self._close.clicked.connect(self.hide)
        self._heading = heading("")
        title = QWidget()
        bar = QHBoxLayout(title)
        bar.setContentsMargins(16, 4, 10, 4)
        bar.setSpacing(8)
        bar.addWidget(self._heading)
        bar.addSpacing(8)
        bar.addWidget(self._topic)
        bar.addWidget(self._filter, 1)
        bar.addWidget(self._only)
        bar.addWidget(self._copy)
        bar.addWidget(self._count)
        bar.addWidget(self._close)
        self.setTitleBarWidget(title)
        inside = QWidget()
        themes.as_panel(inside)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(8, 2, 8, 6)
        rows.addWidget(self._table, 1)
        self.setWidget(inside)
        self._set_texts()

    def set_events(self, events: Sequence[PullEvent]) -> None:
        """Show the events of this pull from now on: a list to which its recorder appends."""
        self._model.set_events(events if self.isVisible() else ())
        self._events = events
        self._show_count()

    def refresh(self) -> None:
        """Show what has happened since the last call; the newest row stays in view if it was."""
        if not self.isVisible():
            return
        bar = self._table.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 1
        self._model.follow()
        self._show_count()
        if at_end:
            self._table.scrollToBottom()

    def toggle(self) -> None:
        """Show the dock and go to it, or hide it."""
        self.setVisible(not self.isVisible())
        if self.isVisible():
            self.raise_()
            self._table.setFocus()

    def select_chunk(self, layer: int, chunk: int) -> None:
        """Show the newest row of a chunk that was selected elsewhere; -1 and -1: none."""
        self._selected = (layer, chunk)
        self._only.setEnabled(layer >= 0)
        if self._only.isChecked():
            self._show_only()
        current = self._table.currentIndex()
        if current.isValid():
            row = self._model.row(current.row())
            if (row.layer, row.chunk) == (layer, chunk):
                return  # it was selected here
        number = self._model.last_row_of(layer, chunk) if layer >= 0 else -1
        self._telling = False
        if number < 0:
            self._table.clearSelection()
            self._table.setCurrentIndex(QModelIndex())
        else:
            self._table.selectRow(number)
            self._table.scrollTo(self._model.index(number, 0))
        self._telling = True

    def copy_selected(self) -> None:
        """Copy the selected rows."""
        rows = sorted(index.row() for index in self._table.selectionModel().selectedRows())
        self._copy_lines(rows)

    def copy_shown(self) -> None:
        """Copy every row that is shown."""
        self._copy_lines(range(self._model.rowCount()))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was missed."""
        super().showEvent(event)
        self._model.set_events(self._events)
        self._show_count()
        self._table.scrollToBottom()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _copy_lines(self, rows: Sequence[int]) -> None:
        if rows:
            lines = [self._model.line(row) for row in rows]
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _show_only(self) -> None:
        chunk = self._selected if self._only.isChecked() and self._selected[0] >= 0 else None
        self._model.show_only(Shown(self._topic.currentData()), self._filter.text(), chunk)
        self._show_count()
        self._table.scrollToBottom()

    def _row_chosen(self, current: QModelIndex) -> None:
        if not current.isValid() or not self._telling:
            return
        row = self._model.row(current.row())
        if row.layer >= 0:
            self.chunk_selected.emit(row.layer, row.chunk)

    def _show_count(self) -> None:
        shown, kept = self._model.rowCount(), self._model.kept
        words = self.tr("{} events").format(f"{kept:,}")
        if shown != kept:
            words = self.tr("{} of {} events").format(f"{shown:,}", f"{kept:,}")
        elif kept >= MOST:
            words = self.tr("the last {} events").format(f"{kept:,}")
        self._count.setText(words)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Events"))
        self._heading.setText(heading_text(self.windowTitle()))
        self._close.setAccessibleName(self.tr("Hide the events"))
        self._close.setToolTip(self.tr("Hide the events"))
        self.setAccessibleName(self.tr("Events of the pull"))
        self._table.setAccessibleName(self.tr("Events of the pull"))
        topics = (
            self.tr("all events"),
            self.tr("problems"),
            self.tr("the pull"),
            self.tr("layers"),
            self.tr("chunks"),
            self.tr("other requests"),
            self.tr("settings"),
        )
        for index, words in enumerate(topics):
            self._topic.setItemText(index, words)
        self._topic.setAccessibleName(self.tr("Which events are shown"))
        self._filter.setAccessibleName(self.tr("Filter the events"))
        self._filter.setPlaceholderText(self.tr("Filter: words, host, status"))
        self._only.setText(self.tr("Selected only"))
        self._only.setAccessibleName(self.tr("Only events of the selected chunk or layer"))
        self._only.setToolTip(self.tr("Show only events of the selected chunk or layer"))
        self._copy.setText(self.tr("Copy"))
        self._copy.setAccessibleName(self.tr("Copy the events that are shown"))
        self._copy.setToolTip(self.tr("Copy the events that are shown"))
        self._copy_rows.setText(self.tr("Copy selected events"))
        self._copy_all.setText(self.tr("Copy the events that are shown"))
        self._model.retranslate()
        self._show_count()
