"""The page of one sweep: how far it is, what it recommends and why, its table and heat map."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.heat_map_panel import PICTURES, HeatMapPanel
from pullscope.gui.language import said
from pullscope.gui.legend import plain_tip
from pullscope.gui.panel import TabbedPanel, heading
from pullscope.gui.sweep_runner import SweepRunner
from pullscope.gui.sweep_table import SweepTable
from pullscope.gui.sweep_words import (
    group_text,
    progress_text,
    state_text,
    translate,
    trial_text,
)
from pullscope.gui.trials_dialog import TrialsDialog
from pullscope.sweep.drivers.pullscope import OWN
from pullscope.sweep.export import FORMATS, export_sweep
from pullscope.sweep.plan import SweepError
from pullscope.sweep.recommendation import Recommendation, recommend, settings_text
from pullscope.sweep.results import Results, Row, results
from pullscope.sweep.store import StoredSweep
from pullscope.trace.file import TraceError

_REFRESHED_EVERY_MS = 1000  # what is found is reckoned anew no sooner: trials want the machine
_LONGEST = 300


class SweepPage(QWidget):
    """Shows a sweep of a runner's store.

    Signals:
        settings_asked: a `Row` whose settings the next pull shall have.
        keep_asked: a reference, and the `Row` whose settings its registry's profile shall have.
        runtime_asked: the `StoredSweep`, and a `Row` whose settings a runtime shall have.
        traces_asked: paths of traces to open.
        failed: something could not be done; the words say why.
    """

    settings_asked = Signal(object)
    keep_asked = Signal(str, object)
    runtime_asked = Signal(object, object)
    traces_asked = Signal(list)
    failed = Signal(str)

    def __init__(self, runner: SweepRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.sweep: StoredSweep | None = None
        self.found: Results | None = None
        """What is shown; None while no sweep is."""
        self._recommended: list[Recommendation] = []
        self._stopped = ""  # why it went on no longer by itself
        self._make_parts()
        self._lay_out()
        self._late = QTimer(self, interval=_REFRESHED_EVERY_MS, singleShot=True)
        self._late.timeout.connect(self.refresh)
        runner.progressed.connect(self._progressed)
        runner.ended.connect(self._ended)
        runner.failed.connect(self._failed)
        self._set_texts()

    def show_sweep(self, number: int) -> None:
        """Show a sweep by its number."""
        self._stopped = ""
        self.sweep = None
        self._show(number, fresh=True)

    def refresh(self) -> None:
        """Show what was found meanwhile."""
        self._late.stop()
        if self.sweep is not None:
            self._show(self.sweep.number, fresh=False)

    @property
    def current(self) -> Row | None:
        """The row that the user has chosen in the table or the map, else the recommended one."""
        view = self.heat.table if self.views.tabs.currentWidget() is self.heat else self.table
        if (row := view.current) is not None:
            return row
        return self.recommendation.row if self.recommendation is not None else None

    @property
    def recommendation(self) -> Recommendation | None:
        """Of the program and destination that are chosen; None while there is none."""
        chosen = self._group()
        return next(
            (one for one in self._recommended if (one.driver, one.destination) == chosen), None
        )

    def list_trials(self, row: Row) -> None:
        """Show the trials of a row."""
        dialog = TrialsDialog(row, self)
        dialog.traces_asked.connect(self.traces_asked)
        dialog.open()

    def ask_export(self) -> None:
        """Let the user choose a file and its format."""
        if self.sweep is None:
            return
        dialog = QFileDialog(self, self.tr("Export the sweep"))
        dialog.setObjectName("export_sweep_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = {f"{name} (*{ending})": ending for ending, name in FORMATS.items()}
        each = {
            self.tr("CSV, a row per trial ({0})").format("*.csv"): ".csv",
            self.tr("Parquet, a row per trial ({0})").format("*.parquet"): ".parquet",
        }
        filters |= each
        picture = self.tr("Picture of the heat map ({0})")
        filters |= {picture.format(f"*{ending}"): ending for ending in PICTURES}
        dialog.setNameFilters(list(filters))
        dialog.setDefaultSuffix(filters[dialog.selectedNameFilter()][1:])
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix(filters[name][1:]))
        dialog.selectFile(f"sweep-{self.sweep.number}")
        dialog.fileSelected.connect(
            lambda name: self.export(Path(name), by_trial=dialog.selectedNameFilter() in each)
        )
        dialog.open()

    def export(self, path: Path, *, by_trial: bool = False) -> None:
        """Write what was found, or the heat map, in the format that the ending names.

        Args:
            by_trial: a row per trial, as it was measured, instead of one per setting.
        """
        if self.sweep is None:
            return
        try:
            if path.suffix.lower() in PICTURES:
                self.heat.export(path)
            else:
                trials = self._runner.store.trials(self.sweep.number)
                export_sweep(self.sweep, trials, path, by_trial=by_trial)
        except (SweepError, TraceError) as error:
            self.failed.emit(self.tr("The sweep was not exported: {0}").format(said(error)))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()
        elif event.type() is QEvent.Type.PaletteChange:
            self._show_noise()

    # --- what is shown ------------------------------------------------------------------------

    def _show(self, number: int, *, fresh: bool) -> None:
        try:
            self.sweep = self._runner.store.sweep(number)
            trials = self._runner.store.trials(number)
        except SweepError as error:
            self.failed.emit(said(error))
            return
        self.found = results(self.sweep.plan, trials)
        self._recommended = recommend(self.found, translate)
        self.table.show_results(self.found, self._recommended)
        if fresh:
            self.table.clearSelection()
            self._fill_groups()
        self._show_map(fresh=fresh)
        self._show_head()
        self._show_advice()

    def _fill_groups(self) -> None:
        assert self.found is not None  # noqa: S101 - just found
        groups = list(self.found.groups())
        with QSignalBlocker(self.groups):
            self.groups.clear()
            for driver, destination in groups:
                self.groups.addItem(group_text(driver, destination), (driver, destination))
        self.groups.setVisible(len(groups) > 1)

    def _group(self) -> tuple[str, str]:
        data = self.groups.currentData()
        return tuple(data) if data is not None else ("", "")

    def _rows(self) -> Sequence[Row]:
        """Return the rows of the chosen program and destination."""
        return () if self.found is None else self.found.groups().get(self._group(), [])

    def _show_map(self, *, fresh: bool) -> None:
        chosen = {one.row.candidate for one in self._recommended}
        self.heat.show_rows(self._rows(), chosen, fresh=fresh)

    def _group_chosen(self) -> None:
        self._show_map(fresh=False)
        self._show_advice()

    def _show_head(self) -> None:
        sweep = self.sweep
        if sweep is None:
            return
        image = sweep.plan.image
        count = len(image.layer_sizes)
        self._title.setText(image.reference[:_LONGEST])
        self._title.setToolTip(plain_tip(f"{image.reference[:_LONGEST]}\n{image.digest}"))
        running = sweep.number == self._runner.number
        progress = self._runner.progress if running else None
        layers = self.tr("1 layer, {1}") if count == 1 else self.tr("{0} layers, {1}")
        state = state_text(sweep) if progress is None else progress_text(progress)
        if self._stopped:
            state = self.tr("{0} · stopped: {1}").format(state, self._stopped)
        self._state.setText(f"{state} · {layers.format(count, size_text(image.size))}")
        self._bar.setMaximum(max(1, sweep.trials))
        self._bar.setValue(sweep.done if progress is None else progress.done)
        self._bar.setVisible(sweep.state != "complete" or running)
        self._now.setText(trial_text(progress.current) if progress is not None else "")
        self._now.setVisible(running)
        busy = bool(self._runner.number)
        goes_on = not running and sweep.done < sweep.trials
        self._pause.setVisible(running)
        self._cancel.setVisible(running)
        self._resume.setVisible(goes_on)
        self._resume.setEnabled(not busy and not sweep.running)
        self._again.setVisible(not running and bool(sweep.failed))
        self._again.setEnabled(not busy and not sweep.running)
        self._export.setEnabled(sweep.done > 0)

    def _show_advice(self) -> None:
        one = self.recommendation
        if one is not None:
            self._advice.setText(settings_text(one.settings, translate))
            self._reasons.setText(" ".join(one.own_reasons))
        else:
            single = len(self._rows()) == 1
            self._advice.setText(
                self.tr("Only one setting was tried") if single else self.tr("Nothing yet")
            )
            self._reasons.setText(
                "" if single else self.tr("As soon as trials have ended, the best setting is here.")
            )
        self._show_noise()
        self._enable()

    def _show_noise(self) -> None:
        if self.found is None:
            return
        noise, theme = self.found.noise, themes.current()
        told = noise.too_noisy or noise.corrected
        self._noise.setText(" ".join(noise.words_in(translate)))
        self._noise.setProperty("role", "" if told else "muted")
        self._noise.style().polish(self._noise)
        self._noise_mark.setVisible(told)
        self._noise_mark.setPixmap(themes.icon("warning", theme).pixmap(16, 16))

    def _enable(self) -> None:
        row = self.current
        own = row is not None and row.candidate.driver in OWN
        for button in (self._use, self._keep):
            button.setEnabled(own)
        self._runtime.setEnabled(row is not None and bool(row.candidate.settings.parallelism))
        self._trials.setEnabled(row is not None and bool(row.trials))
        host = self._host()
        self._keep.setText(self.tr("Keep for {0}").format(host) if host else self.tr("Keep"))
        shown = settings_text(row.candidate.settings, translate) if row is not None else ""
        self._subject.setText(self.tr("With {0}:").format(shown) if shown else "")

    def _host(self) -> str:
        return "" if self.sweep is None else self.sweep.plan.image.reference.partition("/")[0][:60]

    # --- what happens -------------------------------------------------------------------------

    def _progressed(self, number: int) -> None:
        if self.sweep is None or self.sweep.number != number or not self.isVisible():
            return
        self._show_head()
        progress = self._runner.progress
        if progress is not None and progress.last is not None and not self._late.isActive():
            self._late.start()

    def _ended(self, number: int) -> None:
        self.refresh()

    def _failed(self, number: int, reason: str) -> None:
        if self.sweep is not None and self.sweep.number == number:
            self._stopped = reason
            self._show_head()

    def _go_on(self, *, again: bool) -> None:
        if self.sweep is None:
            return
        try:
            if again:
                self._runner.store.forget_failures(self.sweep.number)
        except SweepError as error:
            self.failed.emit(said(error))
            return
        self._stopped = ""
        self._runner.start(self.sweep.number)
        self._show_head()

    def _use_current(self) -> None:
        if (row := self.current) is not None:
            self.settings_asked.emit(row)

    def _keep_current(self) -> None:
        if (row := self.current) is not None and self.sweep is not None:
            self.keep_asked.emit(self.sweep.plan.image.reference, row)

    def _ask_runtime(self) -> None:
        if (row := self.current) is not None and self.sweep is not None:
            self.runtime_asked.emit(self.sweep, row)

    def _list_current(self) -> None:
        if (row := self.current) is not None:
            self.list_trials(row)

    def _offer(self, at: QPoint) -> None:
        view = self.sender()
        if self.current is None or not isinstance(view, QWidget):
            return
        menu = QMenu(self)
        menu.setObjectName("sweep_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in (self._trials, self._use, self._keep, self._runtime):
            action = menu.addAction(button.text())
            action.setEnabled(button.isEnabled())
            action.triggered.connect(button.click)
        menu.popup(view.mapToGlobal(at))

    # --- construction -------------------------------------------------------------------------

    def _make_parts(self) -> None:
        self._title = QLabel()
        self._title.setObjectName("sweep_title")
        self._title.setFont(themes.mono_font(13))
        self._state, self._now = _words("sweep_state"), _words("sweep_now")
        for label in (self._title, self._state, self._now):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._bar = QProgressBar()
        self._bar.setObjectName("sweep_progress")
        self._bar.setTextVisible(False)
        self._pause = _button("pause_sweep", self._runner.pause)
        self._cancel = _button("cancel_sweep", self._runner.cancel)
        self._resume = _button("resume_sweep", lambda: self._go_on(again=False))
        self._again = _button("retry_trials", lambda: self._go_on(again=True))
        self._heading = heading("")
        self.groups = QComboBox()
        self.groups.setObjectName("sweep_groups")
        self.groups.activated.connect(lambda _: self._group_chosen())
        self._advice = QLabel()
        self._advice.setObjectName("sweep_advice")
        self._advice.setTextFormat(Qt.TextFormat.PlainText)
        self._advice.setFont(themes.number_font(15))
        self._advice.setWordWrap(True)
        self._reasons = _words("sweep_reasons")
        self._noise = _words("sweep_noise")
        self._noise_mark = QLabel()
        self.table = SweepTable()
        self.heat = HeatMapPanel()
        for view in (self.table, self.heat.table):
            view.chosen.connect(self.list_trials)
            view.current_changed.connect(self._enable)
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(self._offer)
        self._subject = _words("sweep_subject")
        self._trials = _button("list_trials", self._list_current)
        self._use = _button("use_settings", self._use_current)
        self._keep = _button("keep_settings", self._keep_current)
        self._runtime = _button("export_runtime", self._ask_runtime)
        self._export = _button("export_sweep", self.ask_export)

    def _lay_out(self) -> None:
        told = QVBoxLayout()
        told.setSpacing(2)
        for label in (self._title, self._state):
            told.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(told, 1)
        for button in (self._pause, self._cancel, self._again, self._resume, self._export):
            head.addWidget(button)
        advice = QFrame()
        themes.as_panel(advice)
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addWidget(self.groups)
        top.addStretch(1)
        noise = QHBoxLayout()
        noise.setSpacing(8)
        noise.addWidget(self._noise_mark, 0, Qt.AlignmentFlag.AlignTop)
        noise.addWidget(self._noise, 1)
        inside = QVBoxLayout(advice)
        inside.setContentsMargins(16, 10, 16, 10)
        inside.setSpacing(4)
        inside.addLayout(top)
        inside.addWidget(self._advice)
        inside.addWidget(self._reasons)
        inside.addLayout(noise)
        self.views = TabbedPanel("sweep_views")
        self.views.add(self.table, "")
        self.views.add(self.heat, "")
        self.views.tabs.currentChanged.connect(lambda _: self._enable())
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._subject, 1)
        for button in (self._trials, self._use, self._keep, self._runtime):
            foot.addWidget(button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(head)
        rows.addWidget(self._bar)
        rows.addWidget(self._now)
        rows.addWidget(advice)
        rows.addWidget(self.views, 1)
        rows.addLayout(foot)

    def _set_texts(self) -> None:
        self._bar.setAccessibleName(self.tr("How much of the sweep is done"))
        self._pause.setText(self.tr("Pause"))
        self._pause.setToolTip(
            self.tr("Stop at once; the trial under way is run again when the sweep goes on")
        )
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("End the sweep; what was measured is kept"))
        self._resume.setText(self.tr("Resume"))
        self._resume.setToolTip(self.tr("Run the trials that are left"))
        self._again.setText(self.tr("Retry failed"))
        self._again.setToolTip(self.tr("Also run the trials again that failed"))
        self._heading.setText(self.tr("Recommended").upper())
        self.groups.setAccessibleName(self.tr("Program and destination"))
        self.views.rename(self.table, self.tr("Table"))
        self.views.rename(self.heat, self.tr("Heat map"))
        self._trials.setText(self.tr("Trials…"))
        self._trials.setToolTip(self.tr("How each trial went, with its trace (Enter)"))
        self._use.setText(self.tr("Use these settings"))
        self._use.setToolTip(self.tr("The next pull begins with them"))
        self._keep.setToolTip(self.tr("Pulls from this registry begin with them from now on"))
        self._runtime.setText(self.tr("For a runtime…"))
        self._runtime.setToolTip(self.tr("As configuration of containerd, SOCI, Docker or Podman"))
        self._export.setText(self.tr("Export…"))
        if self.found is not None:
            self._recommended = recommend(self.found, translate)
            for place in range(self.groups.count()):
                self.groups.setItemText(place, group_text(*self.groups.itemData(place)))
        self._show_head()
        self._show_advice()


def _words(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    label.setFont(themes.base_font(12))
    label.setWordWrap(True)
    return label


def _button(name: str, does: Callable[[], None]) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.clicked.connect(lambda: does())
    return button
