"""The window of the history: every pull there was, searched, tagged, pulled again, forgotten.

It reads the history when it is opened, when a pull was added, and whenever it is turned to, because
other windows and the terminal write to it, too. What is to be done with a pull beyond the history
is asked for by signals.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QDesktopServices,
    QFont,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.errors import PullError
from pullscope.engine.model import Settings
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.gui import copy_as
from pullscope.gui import theme as themes
from pullscope.gui.history_list import Column, HistoryModel, ended_by, started_text
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip
from pullscope.gui.panel import ElidedLabel
from pullscope.gui.prune_dialog import PruneDialog
from pullscope.gui.reference_bar import ReferenceBar
from pullscope.gui.setting_fields import settings_text
from pullscope.gui.tag_chips import ChipsDelegate, TagEditor
from pullscope.history import History, HistoryError, PastPull, read_tags
from pullscope.session import PullOptions, Session, read_options

_SIZE = QSize(1240, 720)
_ROW_HEIGHT = 26
_MARK = 10
_LONGEST = 300
_WIDTHS = {
    Column.STARTED: 146,
    Column.STATE: 124,
    Column.TOOK: 72,
    Column.RECEIVED: 92,
    Column.RATE: 92,
    Column.RETRIES: 84,
    Column.VERDICT: 176,
    Column.TAGS: 144,
}
_NARROW = 1120  # pixels, below which columns of less interest give way
_GIVE_WAY = (Column.RETRIES, Column.RATE)


class HistoryView(QDialog):
    """The window.

    Signals:
        pull_asked: a reference, its `PullOptions`, and its `Settings` or None for the usual ones.
        trace_asked: the `Path` of a trace to be opened.
        told: what was done, in words.
    """

    pull_asked = Signal(str, object, object)
    trace_asked = Signal(object)
    told = Signal(str)

    def __init__(
        self,
        history: History,
        actions: Mapping[str, QAction],
        session: Session,
        bar: ReferenceBar,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("history_view")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._history = history
        self._window_actions = actions
        self._session = session
        self._bar = bar
        self._known_tags: list[str] = []
        self._pulls: list[PastPull] = []  # those that are selected

        self.search = QLineEdit()
        self.search.setObjectName("history_search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._filter())
        self.tag_box = QComboBox()
        self.tag_box.setObjectName("history_tag")
        self.tag_box.setMinimumWidth(130)
        self.tag_box.currentIndexChanged.connect(lambda _: self._filter())
        self._count = QLabel()
        self._count.setObjectName("history_count")
        self._count.setProperty("role", "muted")
        self._prune = QPushButton()
        self._prune.setObjectName("history_prune")
        self._prune.clicked.connect(self._open_prune)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.search, 1)
        top.addWidget(self.tag_box)
        top.addWidget(self._count)
        top.addWidget(self._prune)

        self.model = HistoryModel(history, self)
        self.table = self._new_table()
        self._empty = QLabel()
        self._empty.setObjectName("history_empty")
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("role", "muted")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._empty)
        self._make_actions()
        self._details = self._new_details()

        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 12)
        rows.setSpacing(10)
        rows.addLayout(top)
        rows.addWidget(self._pages, 1)
        rows.addWidget(self._details)
        rows.addLayout(self._new_foot())
        self.model.modelReset.connect(self._found)
        self.model.failed.connect(self._fail)
        self._failure = ""
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - QSize(24, 60)))
        self._set_texts()
        self.refresh()
        self.search.setFocus()

    # --- what it shows ------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the history anew; what was selected stays selected."""
        chosen = [pull.number for pull in self._pulls]
        place = self.table.verticalScrollBar().value()
        self._failure = ""
        self._read_tags()
        self.model.refresh()
        self.table.verticalScrollBar().setValue(place)
        self._select(chosen)

    @property
    def selected(self) -> Sequence[PastPull]:
        """The pulls that are selected."""
        return self._pulls

    def event(self, event: QEvent) -> bool:
        """Read the history anew when the window is turned to."""
        if event.type() is QEvent.Type.WindowActivate:
            self.refresh()
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let columns of less interest give way in a narrow window."""
        super().resizeEvent(event)
        for column in _GIVE_WAY:
            self.table.setColumnHidden(column, self.width() < _NARROW)

    def _filter(self) -> None:
        tag = self.tag_box.currentData()
        self._failure = ""
        self.model.search(self.search.text(), (tag,) if tag else ())

    def _found(self) -> None:
        """Show what was found, or why nothing was."""
        found = len(self.model.numbers)
        searching = bool(self.search.text().strip() or self.tag_box.currentData())
        if self._failure:
            words = self._failure
        elif searching:
            words = self.tr("No pull has all of these words.")
        else:
            words = self.tr(
                "Nothing was pulled yet.\n\nEvery pull stands here when it has ended, from this "
                "window and from the terminal: how long it took, what limited it, and its trace."
            )
        self._empty.setText(words)
        self._pages.setCurrentWidget(self.table if found else self._empty)
        counted = self.tr("1 pull") if found == 1 else self.tr("{0} pulls").format(f"{found:,}")
        self._count.setText(counted)
        self._prune.setEnabled(bool(found) or searching)
        self._show_selected()

    def _fail(self, words: str) -> None:
        self._failure = words
        self._empty.setText(words)
        self._pages.setCurrentWidget(self._empty)

    def _read_tags(self) -> None:
        """Offer the tags that there are; the choice stays while there is such a tag."""
        try:
            tags = self._history.tags()
        except HistoryError as error:
            self._fail(said(error))
            return
        if tags == self._known_tags:
            return
        self._known_tags = tags
        chosen = self.tag_box.currentData()
        blocked = self.tag_box.blockSignals(True)
        self.tag_box.clear()
        self.tag_box.addItem(self.tr("all tags"), "")
        for tag in tags:
            self.tag_box.addItem(tag, tag)
        self.tag_box.setCurrentIndex(max(0, self.tag_box.findData(chosen)))
        self.tag_box.blockSignals(blocked)
        self._filter()

    def _select(self, numbers: Sequence[int]) -> None:
        """Select the rows of pulls, those that are found, at once: each change is shown."""
        wanted = set(numbers)
        model, selection = self.model, self.table.selectionModel()
        rows = [row for row, number in enumerate(model.numbers) if number in wanted]
        if not rows:
            return
        ranges = QItemSelection()
        for _, run in groupby(enumerate(rows), lambda each: each[1] - each[0]):
            joined = [row for _, row in run]
            ranges.select(model.index(joined[0], 0), model.index(joined[-1], 0))
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        selection.select(ranges, flags)
        selection.setCurrentIndex(
            model.index(rows[0], 0), QItemSelectionModel.SelectionFlag.NoUpdate
        )

    def _show_selected(self) -> None:
        """Show what is selected, and what can be done with it."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        self._pulls = self.model.pulls(rows)
        one = self._pulls[0] if len(self._pulls) == 1 else None
        self._write_details(one)
        self.tags.setEnabled(bool(self._pulls))
        tags = {tag.lower(): tag for pull in self._pulls for tag in pull.tags}
        self.tags.show_tags(sorted(tags.values(), key=str.lower), self._known_tags)
        can = {
            "pull_again": one is not None,
            "pull_same": one is not None and _settings_of(one) is not None,
            "open_trace": one is not None and _exists(one.trace),
            "show_trace": one is not None and _exists(one.trace),
            "show_image": one is not None and _exists(self._place_of(one)),
            "copy_reference": bool(self._pulls),
            "copy_digest": any(pull.digest for pull in self._pulls),
            "remove": bool(self._pulls),
            **dict.fromkeys(copy_as.COPY_AS, one is not None),
        }
        for name, able in can.items():
            self._actions[name].setEnabled(able)

    def _write_details(self, pull: PastPull | None) -> None:
        if pull is not None:
            words = pull.reference[:_LONGEST]
        elif self._pulls:
            words = self.tr("{0} pulls are selected").format(len(self._pulls))
        else:
            words = self.tr("Select a pull: what is known of it stands here.")
        self._reference.setText(words)
        failed = pull is not None and pull.error
        self._facts["limit"][0].setText(self.tr("Error") if failed else self.tr("Limited by"))
        told = {} if pull is None else self._facts_of(pull)
        for name, (title, fact) in self._facts.items():
            title.setVisible(name in told)
            fact.setText(told.get(name, ""))
            fact.setToolTip(plain_tip(told.get(name, "")))

    def _facts_of(self, pull: PastPull) -> dict[str, str]:
        settings = _settings_of(pull)
        if settings is None:
            told = ", ".join(f"{name} {value}" for name, value in pull.settings.items())
        else:
            told = settings_text(settings)
        took = self.tr("{0} at {1}; {2} received at {3}, {4} reused, {5} wasted").format(
            duration_text(pull.seconds),
            started_text(pull),
            size_text(pull.network),
            rate_text(pull.rate),
            size_text(pull.reused),
            size_text(pull.wasted),
        )
        return {
            "digest": " · ".join(filter(None, (pull.digest, pull.platform)))[:_LONGEST],
            "took": took,
            "limit": ended_by(pull),
            "settings": told[:_LONGEST],
            "output": self._place_of(pull),
            "trace": pull.trace if _exists(pull.trace) else self.tr("none is kept"),
        }

    # --- what is done -------------------------------------------------------------------------

    def _pull(self, *, same_settings: bool) -> None:
        [pull] = self._pulls
        settings = _settings_of(pull) if same_settings else None
        self.pull_asked.emit(pull.reference, self._options_of(pull), settings)

    def _open_trace(self) -> None:
        if self._actions["open_trace"].isEnabled():
            self.trace_asked.emit(Path(self._pulls[0].trace))

    def _copy_line(self, action: str) -> None:
        [pull] = self._pulls
        settings = _settings_of(pull) or Settings()
        subject = copy_as.Subject(pull.reference, self._options_of(pull), settings)
        line = copy_as.line_of(action, subject)
        if line:
            self._copy([line])

    def _copy(self, lines: Sequence[str]) -> None:
        text = "\n".join(lines)
        QGuiApplication.clipboard().setText(text)
        self.told.emit(self.tr("Copied: {0}").format(text.partition("\n")[0]))

    def _tag(self, text: str) -> None:
        if self._change_tags(lambda numbers: self._history.tag(numbers, read_tags(text))):
            self.tags.field.clear()

    def _untag(self, tag: str) -> None:
        self._change_tags(lambda numbers: self._history.untag(numbers, [tag]))

    def _change_tags(self, change: Callable[[Sequence[int]], None]) -> bool:
        """Change the tags of what is selected, or tell why they cannot be."""
        try:
            change([pull.number for pull in self._pulls])
        except HistoryError as error:
            self._tell_problem(said(error))
            return False
        self.refresh()
        return True

    def _ask_remove(self) -> None:
        count = len(self._pulls)
        box = QMessageBox(self)
        box.setObjectName("history_remove")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Remove from the history"))
        box.setText(
            self.tr("Remove {0} from the history?").format(self._pulls[0].reference[:_LONGEST])
            if count == 1
            else self.tr("Remove {0} pulls from the history?").format(count)
        )
        box.setInformativeText(
            self.tr(
                "Images stay. Traces that you saved stay; the window's own go with their pulls."
            )
        )
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        remove.setObjectName("confirm_remove")
        keep = box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        numbers = [pull.number for pull in self._pulls]
        remove.clicked.connect(lambda: self._remove(numbers))
        box.open()

    def _remove(self, numbers: Sequence[int]) -> None:
        gone = set(numbers)
        rows = [row for row, number in enumerate(self.model.numbers) if number in gone]
        try:
            self._history.remove(numbers)
        except HistoryError as error:
            self._tell_problem(said(error))
        self._pulls = []
        self.refresh()
        if self.model.numbers and rows:  # go on with what stands in its place
            self.table.selectRow(min(rows[0], len(self.model.numbers) - 1))

    def _open_prune(self) -> None:
        dialog = PruneDialog(self._history, self)
        dialog.pruned.connect(lambda _: self.refresh())
        dialog.open()

    def _tell_problem(self, words: str) -> None:
        box = QMessageBox(self)
        box.setObjectName("history_problem")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.windowTitle())
        box.setText(words)
        box.open()

    def _options_of(self, pull: PastPull) -> PullOptions:
        """Return how a pull was made, as far as that is known."""
        base = self._bar.options
        try:
            return read_options(pull.options, base)
        except (ValueError, KeyError, TypeError, PullError):  # an earlier version's, or damaged
            return PullOptions(
                transport=base.transport, hosts_dir=base.hosts_dir, stall_timeout=base.stall_timeout
            )

    def _place_of(self, pull: PastPull) -> str:
        return str(self._options_of(pull).output or self._session.store)

    # --- construction -------------------------------------------------------------------------

    def _new_table(self) -> QTableView:
        table = QTableView()
        table.setObjectName("history_table")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSortingEnabled(True)
        table.setStyleSheet("QTableView::item { padding: 0 5px; }")
        table.setIconSize(QSize(_MARK, _MARK))
        table.setItemDelegateForColumn(Column.REFERENCE, _MiddleElided(table))
        table.setItemDelegateForColumn(Column.TAGS, ChipsDelegate(table))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, width)
        header.setSectionResizeMode(Column.REFERENCE, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(Column.STARTED, Qt.SortOrder.DescendingOrder)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        table.selectionModel().selectionChanged.connect(lambda: self._show_selected())
        table.activated.connect(self._activated)
        return table

    def _activated(self, index: QModelIndex) -> None:
        self._open_trace()

    def _make_actions(self) -> None:
        does: dict[str, Callable[[], object]] = {
            "pull_again": lambda: self._pull(same_settings=False),
            "pull_same": lambda: self._pull(same_settings=True),
            "open_trace": self._open_trace,
            "show_trace": lambda: _show_folder(Path(self._pulls[0].trace).parent),
            "show_image": lambda: _show_folder(_folder_of(Path(self._place_of(self._pulls[0])))),
            "copy_reference": lambda: self._copy([pull.reference for pull in self._pulls]),
            "copy_digest": lambda: self._copy([pull.digest for pull in self._pulls if pull.digest]),
            **{name: partial(self._copy_line, name) for name in copy_as.COPY_AS},
            "remove": self._ask_remove,
        }
        self._actions: dict[str, QAction] = {}
        for name, what in does.items():
            action = QAction(self)
            action.setObjectName(f"history_{name}")
            action.triggered.connect(lambda _=False, what=what: what())
            self._actions[name] = action
            if name in ("show_trace", "copy_reference", "remove"):
                self.table.addAction(_separator(self))
            self.table.addAction(action)
        self._actions["remove"].setShortcut(QKeySequence(Qt.Key.Key_Delete))
        self._actions["copy_reference"].setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        for name in ("remove", "copy_reference"):
            self._actions[name].setShortcutContext(Qt.ShortcutContext.WidgetShortcut)

    def _new_details(self) -> QWidget:
        panel = QWidget()
        panel.setObjectName("history_details")
        themes.as_panel(panel)
        self._reference = _line("history_reference", themes.number_font(13))
        self._facts: dict[str, tuple[QLabel, QLabel]] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(3)
        form.setContentsMargins(0, 0, 0, 0)
        for name in ("digest", "took", "limit", "settings", "output", "trace"):
            face = themes.mono_font(11) if name == "digest" else themes.base_font(12)
            title, fact = QLabel(), _line(f"history_{name}", face)
            title.setProperty("role", "muted")
            title.setFont(themes.base_font(12))
            policy = title.sizePolicy()
            policy.setRetainSizeWhenHidden(True)  # the table keeps its height
            title.setSizePolicy(policy)
            form.addRow(title, fact)
            self._facts[name] = (title, fact)
        self.tags = TagEditor()
        self.tags.added.connect(self._tag)
        self.tags.removed.connect(self._untag)
        rows = QVBoxLayout(panel)
        rows.setContentsMargins(14, 10, 14, 10)
        rows.setSpacing(6)
        rows.addWidget(self._reference)
        rows.addLayout(form)
        rows.addWidget(self.tags)
        panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return panel

    def _new_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self._buttons: dict[str, QPushButton] = {}
        for name in ("pull_again", "pull_same", "open_trace", "remove"):
            button = QPushButton()
            button.setObjectName(f"history_{name}_button")
            action = self._actions[name]
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
            button.setEnabled(action.isEnabled())
            button.setAutoDefault(False)
            self._buttons[name] = button
            foot.addWidget(button)
        foot.addStretch(1)
        self._close = QPushButton()
        self._close.setObjectName("close_history")
        self._close.clicked.connect(self.accept)
        self._close.setAutoDefault(False)
        self._prune.setAutoDefault(False)
        foot.addWidget(self._close)
        return foot

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("History"))
        self.search.setPlaceholderText(
            self.tr("Search: words of the reference, the digest, the state, an error, a tag")
        )
        self.search.setAccessibleName(self.tr("Search the history"))
        self.tag_box.setAccessibleName(self.tr("Only pulls with this tag"))
        self.tag_box.setToolTip(self.tr("Only pulls with this tag"))
        if not self.tag_box.count():
            self.tag_box.addItem("", "")
        self.tag_box.setItemText(0, self.tr("all tags"))
        self._prune.setText(self.tr("Forget old pulls…"))
        self._close.setText(self.tr("Close"))
        self.table.setAccessibleName(self.tr("Pulls that have ended"))
        words = {
            "pull_again": self.tr("Pull again"),
            "pull_same": self.tr("Pull again with these settings"),
            "open_trace": self.tr("Open trace"),
            "show_trace": self.tr("Show the trace in its folder"),
            "show_image": self.tr("Show the image in its folder"),
            "copy_reference": self.tr("Copy reference"),
            "copy_digest": self.tr("Copy digest"),
            "remove": self.tr("Remove from the history…"),
            **{name: self._window_actions[name].text() for name in copy_as.COPY_AS},
        }
        for name, text in words.items():
            self._actions[name].setText(text)
        for name, button in self._buttons.items():
            button.setText(words[name])
        titles = {
            "digest": self.tr("Digest"),
            "took": self.tr("Took"),
            "settings": self.tr("Settings"),
            "output": self.tr("Written to"),
            "trace": self.tr("Trace"),
        }
        for name, title in titles.items():
            self._facts[name][0].setText(title)
        self.model.retranslate()
        self._found()


class _MiddleElided(QStyledItemDelegate):
    """Shortens a reference in its middle: its registry and its tag are told apart by."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


def _line(name: str, font: QFont) -> ElidedLabel:
    label = ElidedLabel(font, muted=False)
    label.setObjectName(name)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    label.setMinimumHeight(label.fontMetrics().lineSpacing() + 2)
    return label


def _separator(parent: QWidget) -> QAction:
    action = QAction(parent)
    action.setSeparator(True)
    return action


def _settings_of(pull: PastPull) -> Settings | None:
    """Return the settings that a pull had; None where this version does not know them all."""
    try:
        return Settings().changed(**pull.settings)
    except (PullError, ValueError, TypeError):
        return None


def _exists(path: str) -> bool:
    return bool(path) and Path(path).exists()


def _folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
