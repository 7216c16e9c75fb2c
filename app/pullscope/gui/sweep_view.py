"""The window of sweeps: those that are kept on the left; on the right one of them, or a new one."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pullscope.gui import theme as themes
from pullscope.gui.error_bar import ErrorBar
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip
from pullscope.gui.panel import heading
from pullscope.gui.runtime_dialog import RuntimeDialog
from pullscope.gui.sweep_page import SweepPage
from pullscope.gui.sweep_plan_page import LookUp, SweepPlanPage
from pullscope.gui.sweep_runner import SweepRunner
from pullscope.gui.sweep_words import state_text
from pullscope.sweep.plan import PlannedTrial, SweepError, SweepPlan
from pullscope.sweep.results import Row
from pullscope.sweep.store import StoredSweep

_SIZE = QSize(1180, 800)
_SMALLEST = QSize(900, 600)
_LIST_WIDTH = 212
_NUMBER_ROLE = Qt.ItemDataRole.UserRole
_LONGEST = 200


class SweepView(QDialog):
    """Plans, runs and shows sweeps. Hidden when it is closed: a sweep that runs goes on.

    Args:
        runner: runs the sweeps of its store.
        look_up: finds out what an image is made of.
        asks_http: whether a sweep asks the registry by HTTP without TLS.

    Signals:
        settings_asked: a `Row` whose settings the next pull shall have.
        keep_asked: a reference, and the `Row` whose settings its registry's profile shall have.
        traces_asked: paths of traces to open.
    """

    settings_asked = Signal(object)
    keep_asked = Signal(str, object)
    traces_asked = Signal(list)

    def __init__(
        self,
        runner: SweepRunner,
        look_up: LookUp,
        asks_http: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        # A window and no dialog for the desktop: it may stand behind the one with the traces.
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("sweep_view")
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self._runner = runner
        self._tasks: set[asyncio.Task[None]] = set()
        self._error_bar = ErrorBar()
        self.plan = SweepPlanPage(runner.drivers, look_up, asks_http)
        self.plan.begin_asked.connect(self._begin)
        self.page = SweepPage(runner)
        self.page.settings_asked.connect(self.settings_asked)
        self.page.keep_asked.connect(self.keep_asked)
        self.page.traces_asked.connect(self._open_traces)
        self.page.runtime_asked.connect(self._show_runtime)
        self.page.failed.connect(self._error_bar.show_error)
        self._heading = heading("")
        self._new = QPushButton()
        self._new.setObjectName("new_sweep")
        self._new.clicked.connect(lambda: self.show_plan())
        self.sweeps = QListWidget()
        self.sweeps.setObjectName("kept_sweeps")
        self.sweeps.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.sweeps.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.sweeps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sweeps.currentItemChanged.connect(lambda item, _: self._chosen(item))
        self.sweeps.itemClicked.connect(self._chosen)
        self.sweeps.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.sweeps.customContextMenuRequested.connect(self._offer)
        self._remove = QPushButton()
        self._remove.setObjectName("remove_sweep")
        self._remove.clicked.connect(self.remove)
        remove = QShortcut(QKeySequence.StandardKey.Delete, self.sweeps)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        remove.activated.connect(self.remove)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._hint.setFont(themes.base_font(12))
        self._hint.setWordWrap(True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.plan)
        self._pages.addWidget(self.page)
        self._sure = False  # whether the next removal is the confirmed one
        runner.progressed.connect(lambda _: self._write_running())
        runner.ended.connect(lambda _: self._changed())
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in a field is for the field
        self._set_texts()

    def open_for(self, reference: str) -> None:
        """Show the window; plan for `reference` unless a sweep runs, which is shown then."""
        self.refresh()
        if self._runner.number:
            self.show_sweep(self._runner.number)
        else:
            self.show_plan(reference)
        self.show()
        self.raise_()
        self.activateWindow()

    def show_plan(self, reference: str = "") -> None:
        """Plan a new sweep."""
        with QSignalBlocker(self.sweeps):
            self.sweeps.setCurrentItem(None)  # type: ignore[call-overload]
        self._pages.setCurrentWidget(self.plan)
        self._enable()
        self.plan.open(reference)
        self.plan.reference.setFocus()

    def show_sweep(self, number: int) -> None:
        """Show a sweep that is kept."""
        for place in range(self.sweeps.count()):
            if self.sweeps.item(place).data(_NUMBER_ROLE) == number:
                with QSignalBlocker(self.sweeps):
                    self.sweeps.setCurrentRow(place)
        self.page.show_sweep(number)
        self._pages.setCurrentWidget(self.page)
        self._enable()

    def refresh(self) -> None:
        """Bring the list of kept sweeps up to date."""
        try:
            kept = self._runner.store.sweeps()
        except SweepError as error:
            self._error_bar.show_error(said(error))
            return
        chosen = self._number()
        with QSignalBlocker(self.sweeps):
            self.sweeps.clear()
            for sweep in kept:
                item = QListWidgetItem(_item_text(sweep))
                item.setData(_NUMBER_ROLE, sweep.number)
                item.setToolTip(plain_tip(_tip(sweep)))
                self.sweeps.addItem(item)
                if sweep.number == chosen:
                    self.sweeps.setCurrentItem(item)
        self._enable()

    def remove(self) -> None:
        """Remove the chosen sweep with its traces, when it is asked for twice."""
        number = self._number()
        if not number or number == self._runner.number:
            return
        if not self._sure:
            self._sure = True
            self._enable()
            return
        self._sure = False
        try:
            self._runner.store.remove(number)
        except SweepError as error:
            self._error_bar.show_error(said(error))
            return
        self.refresh()
        self.show_plan()

    async def close_down(self) -> None:
        """End what is looked for."""
        self.hide()
        self.plan.stop()
        for task in self._tasks:
            task.cancel()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide; what runs goes on."""
        event.ignore()
        self.hide()

    # --- what happens -------------------------------------------------------------------------

    def _begin(self, plan: SweepPlan, trials: tuple[PlannedTrial, ...]) -> None:
        task = asyncio.get_running_loop().create_task(self._add(plan, trials))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _add(self, plan: SweepPlan, trials: tuple[PlannedTrial, ...]) -> None:
        self.plan.block(self.tr("Looking at the destinations…"))
        try:
            number = await self._runner.add(plan, trials)
        except SweepError as error:
            self._error_bar.show_error(said(error))
            self.plan.block("")
            return
        self._error_bar.hide()
        self._runner.start(number)
        self._changed()
        self.show_sweep(number)

    def _changed(self) -> None:
        """A sweep began or ended."""
        running = bool(self._runner.number)
        self.plan.block(self.tr("A sweep is running; it must end first") if running else "")
        self.refresh()

    def _write_running(self) -> None:
        """Bring the words of the sweep that runs up to date, at each trial's begin and end."""
        progress = self._runner.progress
        if progress is None or not self.isVisible() or progress.current is not None:
            return
        self.refresh()

    def _chosen(self, item: QListWidgetItem | None) -> None:
        self._sure = False
        if item is not None:
            self.show_sweep(item.data(_NUMBER_ROLE))

    def _number(self) -> int:
        item = self.sweeps.currentItem()
        return 0 if item is None else int(item.data(_NUMBER_ROLE))

    def _enable(self) -> None:
        number = self._number()
        self._remove.setEnabled(bool(number) and number != self._runner.number)
        self._remove.setText(self.tr("Really delete?") if self._sure else self.tr("Delete"))
        self._hint.setVisible(bool(self._runner.number))

    def _offer(self, at: QPoint) -> None:
        if not self._number():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Export…")).triggered.connect(self.page.ask_export)
        delete = menu.addAction(self._remove.text())
        delete.setEnabled(self._remove.isEnabled())
        delete.triggered.connect(self.remove)
        menu.popup(self.sweeps.mapToGlobal(at))

    def _open_traces(self, paths: list[Path]) -> None:
        self.traces_asked.emit(paths)

    def _show_runtime(self, sweep: StoredSweep, row: Row) -> None:
        layers = len(sweep.plan.image.layer_sizes)
        RuntimeDialog(row.candidate.settings, layers, self).show()

    # --- construction -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        side = QFrame()
        themes.as_panel(side)
        side.setFixedWidth(_LIST_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(10, 12, 10, 10)
        column.setSpacing(8)
        column.addWidget(self._heading)
        column.addWidget(self._new)
        column.addWidget(self.sweeps, 1)
        column.addWidget(self._hint)
        column.addWidget(self._remove)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._error_bar)
        right.addWidget(self._pages, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.setSpacing(12)
        whole.addWidget(side)
        whole.addLayout(right, 1)

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Sweeps"))
        self._heading.setText(self.tr("Sweeps").upper())
        self._new.setText(self.tr("New sweep"))
        self.sweeps.setAccessibleName(self.tr("Sweeps that are kept"))
        self._remove.setToolTip(self.tr("Delete the sweep with its traces"))
        self._hint.setText(
            self.tr("The sweep goes on when this window is closed; with Pullscope it pauses.")
        )
        self.refresh()
        self._enable()


def _item_text(sweep: StoredSweep) -> str:
    name = sweep.plan.image.reference.rpartition("/")[2][:_LONGEST]
    return f"{name}\n{state_text(sweep)}\n{_moment(sweep)}"


def _tip(sweep: StoredSweep) -> str:
    return f"{sweep.plan.image.reference[:_LONGEST]}\n{_moment(sweep)}"


def _moment(sweep: StoredSweep) -> str:
    return datetime.fromtimestamp(sweep.created_at).astimezone().strftime("%Y-%m-%d %H:%M")
