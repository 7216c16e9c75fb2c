"""The main window: it lays out the views, connects them to the pull, and ends in order.

What a view shows is the view's own affair; this module says which view gets what, and what each
action does. Leaving is asked for by `closeEvent` or `leave` and carried out by `application`, which
waits for `left`.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QSettings, QSize, Qt, Signal
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.errors import PullError
from pullscope.engine.model import LayerState, PullState, Settings, Snapshot
from pullscope.engine.reference import parse_reference
from pullscope.engine.units import size_text
from pullscope.gui import actions as registry
from pullscope.gui import copy_as, language
from pullscope.gui import theme as themes
from pullscope.gui.attention import Attention, title_text
from pullscope.gui.chunk_map import ChunkMap
from pullscope.gui.closing import Answer, ClosingQuestion
from pullscope.gui.command_palette import (
    CommandPalette,
    commands_of,
    commands_of_presets,
    commands_of_recents,
    commands_of_traces,
)
from pullscope.gui.demo import Demo, demo_words
from pullscope.gui.drops import DropKind, can_be_dropped, drop_of
from pullscope.gui.effects import change_text
from pullscope.gui.error_bar import ErrorBar
from pullscope.gui.error_panel import ErrorPanel
from pullscope.gui.events_dock import EventsDock
from pullscope.gui.general_settings import GeneralSettings
from pullscope.gui.headline import Headline
from pullscope.gui.history_view import HistoryView
from pullscope.gui.image_view import ImageView
from pullscope.gui.inspector import Inspector
from pullscope.gui.language import said
from pullscope.gui.layer_panel import LayerPanel
from pullscope.gui.layer_table import LayerModel, LayerTable
from pullscope.gui.list_actions import ListActions
from pullscope.gui.panel import TabbedPanel
from pullscope.gui.plot_panel import PlotPanel
from pullscope.gui.pull_controller import PullController
from pullscope.gui.pull_list import PullListFile
from pullscope.gui.pull_list import default_path as list_path
from pullscope.gui.pull_list_keeper import PullListKeeper
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.pulls_dock import PULLS_WIDTH, PullsDock
from pullscope.gui.recents import Recents
from pullscope.gui.reference_bar import ReferenceBar
from pullscope.gui.runtime_dialog import RuntimeDialog, of_pull
from pullscope.gui.selection import Selection
from pullscope.gui.settings_dialog import SettingsDialog
from pullscope.gui.shortcut_sheet import ShortcutSheet
from pullscope.gui.sweep_actions import SweepActions
from pullscope.gui.time_axis import Mark
from pullscope.gui.timeline import Timeline
from pullscope.gui.trace_actions import TraceActions
from pullscope.gui.trace_opening import TraceOpening
from pullscope.gui.tuning_dock import TUNING_WIDTH, TuningDock
from pullscope.gui.welcome import Welcome
from pullscope.lab.demo import DEMO_SETTINGS
from pullscope.lab.process import LabError
from pullscope.session import PullOptions, Session
from pullscope.trace.diagnostics import diagnostics
from pullscope.trace.export import FORMATS
from pullscope.trace.file import TraceError
from pullscope.trace.recording import Recording, trace_name
from pullscope.tuning.general import General, OnClose
from pullscope.tuning.profiles import ProfilesError, ProfileUse, SettingsFile, default_path

_DEFAULT_SIZE = QSize(1440, 900)
_SMALLEST = QSize(960, 640)
_SHARES = (28, 24, 20)  # of the height: the table, the views below it, the plots
_LAYOUT_VERSION = 1
_TELL_EVERY = 0.24  # seconds
PLOT_ACTIONS = ("show_throughput", "show_connections", "show_memory", "show_own_cost")


@dataclass(frozen=True, slots=True)
class Notice:
    """A line under the headline.

    `say` returns more words, in the language in force; `tuning` adds an invitation to move the
    sliders.
    """

    tuning: bool = False
    say: Callable[[], str] | None = None


DEMO_NOTICE = Notice(tuning=True, say=demo_words)


class MainWindow(QMainWindow):
    """The window.

    Signals:
        left: the user wants to leave, with an exit status; the pull may still have to be ended.
    """

    left = Signal(int)

    def __init__(
        self,
        session: Session,
        options: PullOptions,
        settings: Settings,
        recents: Recents,
        layout: QSettings,
        notice: Notice | None = None,
        given: Mapping[str, int | str] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Pullscope")
        self.setMinimumSize(_SMALLEST)
        self.setAcceptDrops(True)
        self._recents = recents
        self._layout = layout
        self._leaving = False
        self._closing: ClosingQuestion | None = None
        self.selection = Selection(self)
        self._marked = 0  # changes of settings that the timeline shows
        self._session = session
        self._settings_file = SettingsFile(default_path())
        self.general = GeneralSettings(self._settings_file, self)
        if options.output is None and self.general.value.output:
            options = replace(options, output=Path(self.general.value.output))
        self._output_chosen = self.general.value.output
        self._profile_use = ProfileUse(given or {})
        self._kept: Mapping[str, int | str] | None = None  # what the registry's own profile names
        self._tasks: set[asyncio.Task[None]] = set()
        self._frame = 0.0  # seconds, of the longest before words were last brought up to date
        self._longest = 0.0  # seconds, of the frames since then; 0: there was none
        self._drawing = 0.0  # seconds so far, of the next one
        self._told_at = -1.0  # the age of the pull when its words were last brought up to date
        self._lag_ms = 0.0
        self.demo = Demo()
        self._attention = Attention(self)

        self.controller = PullController(session, settings, self)
        self.actions_by_id = registry.make_actions(self)
        self.addActions(list(self.actions_by_id.values()))

        self.bar = ReferenceBar(options, self.actions_by_id)
        self.addToolBar(self.bar)
        self.headline = Headline()
        self._notice = QLabel()
        self._notice.setObjectName("notice")
        self._notice.setProperty("role", "muted")
        self._notice.setWordWrap(True)
        self._error_bar = ErrorBar()
        self.trace_opening = TraceOpening()
        self.error_panel = ErrorPanel()
        self._layers = LayerModel(self)
        self.layer_table = LayerTable(self._layers)
        self.chunk_map = ChunkMap()
        self.timeline = Timeline()
        self.timeline.setObjectName("timeline")
        self.plots = PlotPanel()
        self.image = ImageView(self.actions_by_id["inspect"])
        self.inspector = Inspector(session, self.bar, self.image, self)
        self._lay_out()

        undo, redo = self.actions_by_id["undo_tuning"], self.actions_by_id["redo_tuning"]
        self.tuning = TuningDock(settings, undo, redo)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.tuning)
        self.events = EventsDock()
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.events)
        self.pulls = PullsDock(self.actions_by_id)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.pulls)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.events.hide()
        self._status = QLabel()
        self._status.setObjectName("status")
        self._cost = QLabel()
        self._cost.setObjectName("cost")
        self._unkept = QLabel()
        self._unkept.setObjectName("unkept")
        self._unkept.hide()
        for label in (self._status, self._unkept, self._cost):
            label.setProperty("role", "muted")
            label.setFont(themes.base_font(12))
        self.statusBar().addWidget(self._status, 1)
        self.statusBar().addPermanentWidget(self._unkept)
        self.statusBar().addPermanentWidget(self._cost)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(10, 0, 10, 0)

        self._list_actions = ListActions(
            self.controller, self.pulls, self.actions_by_id, self._run, self
        )
        self._traces = TraceActions(
            self.controller, self.pulls, self.trace_opening, recents, self.actions_by_id, self
        )
        self._traces.failed.connect(self.show_error)
        self.sweeps = SweepActions(session, self.bar, self._settings_file, self.actions_by_id, self)
        self.sweeps.failed.connect(self.show_error)
        self.sweeps.traces_wanted.connect(lambda paths: self.open_trace(*paths))
        self.sweeps.settings_wanted.connect(self._use_settings)
        self.sweeps.kept.connect(self._note_kept)
        self._keeper = PullListKeeper(PullListFile(list_path()), self.controller, self)
        self._keeper.failed.connect(self.show_error)
        self._keeper.kept_changed.connect(lambda kept: self._unkept.setHidden(kept))
        self.pulls.at_once_changed.connect(lambda count: self.general.change(pulls_at_once=count))
        self._connect_views()
        self._connect_actions()
        self._make_more_menu()
        self.bar.set_recents(recents.references)
        self.show_notice(notice or Notice())
        self._name_unkept()
        self._enable_actions()
        registry.dress(self.actions_by_id)
        self.resize(_DEFAULT_SIZE.boundedTo(self.screen().availableSize()))
        self.resizeDocks(
            [self.pulls, self.tuning], [PULLS_WIDTH, TUNING_WIDTH], Qt.Orientation.Horizontal
        )
        self._default_state = self.saveState(_LAYOUT_VERSION)
        self._default_plots = self.plots.state()
        self._restore_layout()
        if self.general.problem:
            self.show_error(
                self.tr("The settings are not used: {0}").format(said(self.general.problem))
            )
        self._keeper.restore(options)

    # --- what scripts and the application use -------------------------------------------------

    def pull(
        self,
        reference: str,
        options: PullOptions | None = None,
        settings: Settings | None = None,
        *,
        remember: bool = True,
    ) -> bool:
        """Pull `reference`, and show it; False when the reference cannot be read.

        `settings`: those of the registry's profile, else of the tuning dock, where none are given.
        `remember` puts it among the recent references.
        """
        self.bar.set_reference(reference)
        if settings is None:
            settings = self._settings_for(reference) if remember else self.tuning.settings
        options = options or self.bar.options
        if not self.controller.start(reference, options, settings, remembered=remember):
            return False
        if remember:
            self._recents.add(reference)
            self.bar.set_recents(self._recents.references)
        return True

    def open_trace(self, *paths: Path) -> None:
        """Show the pulls that traces tell of, as soon as they are read; two are also compared."""
        self._traces.open(paths)

    def show_notice(self, notice: Notice) -> None:
        """Show a line under the headline; an empty one takes no place."""
        self._notice_shown = notice
        words = "" if notice.say is None else notice.say()
        if notice.tuning:
            words += " " if words else ""
            words += self.tr("Drag the sliders on the right and watch what happens.")
        self._notice.setText(words)
        self._notice.setVisible(bool(words))

    def show_error(self, words: str, details: str = "") -> None:
        """Show an error that belongs to no pull, without standing in the way."""
        self._error_bar.show_error(words, details)

    def show_unexpected(self, error: BaseException, details: str) -> None:
        """Show an error that nobody caught."""
        words = self.tr("Unexpected error: {0}: {1}").format(type(error).__name__, error)
        self.show_error(words, details)

    def set_language(self, code: str) -> None:
        """Speak the language with this code, from now on."""
        self.general.change(language=code)

    def leave(self, status: int) -> None:
        """Leave without asking."""
        if self._leaving:
            return
        self._leaving = True
        if self._closing is not None:
            self._closing.close()
        self._keeper.stop()
        self.pulls.come_back()
        self._layout.setValue("geometry", self.saveGeometry())
        self._layout.setValue("state", self.saveState(_LAYOUT_VERSION))
        self._layout.setValue("splitter", self._splitter.saveState())
        columns = self.layer_table.horizontalHeader().saveState()
        self._layout.setValue("columns", columns)
        self._layout.setValue("tab", self._views.tabs.currentIndex())
        self._layout.setValue("plots", self.plots.state())
        self._layout.sync()
        self.sweeps.hide()
        self.hide()
        self.left.emit(status)

    async def export(self, path: Path, *, redact: bool = False) -> bool:
        """Write the trace of the last pull to `path`, as `PullController.export`; an error is
        shown."""
        try:
            await self.controller.export(path, redact=redact)
        except TraceError as error:
            self.show_error(self.tr("The trace was not saved: {0}").format(error))
            return False
        self._status.setText(self.tr("Trace saved: {0}").format(path))
        return True

    # --- construction -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._views = TabbedPanel("views")
        for view, title in self._titles():
            self._views.add(view, title)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setObjectName("panels")
        self._splitter.setHandleWidth(8)
        self._splitter.setChildrenCollapsible(False)
        table = self._layer_panel = LayerPanel(self.layer_table)
        table.setMinimumHeight(112)
        self._views.setMinimumHeight(140)
        for place, (widget, stretch) in enumerate(
            zip((table, self._views, self.plots), _SHARES, strict=True)
        ):
            widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self._splitter.addWidget(widget)
            self._splitter.setStretchFactor(place, stretch)
        self._welcome = Welcome(self.actions_by_id)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._welcome)
        self._pages.addWidget(self._splitter)
        self.headline.hide()

        middle = QWidget()
        rows = QVBoxLayout(middle)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(10)
        rows.addWidget(self._error_bar)
        rows.addWidget(self.trace_opening)
        rows.addWidget(self.headline)
        rows.addWidget(self.error_panel)
        rows.addWidget(self._notice)
        rows.addWidget(self._pages, 1)
        self.setCentralWidget(middle)

    def _titles(self) -> list[tuple[QWidget, str]]:
        return [
            (self.chunk_map, self.tr("Chunk map")),
            (self.timeline, self.tr("Timeline")),
            (self.image, self.tr("Image")),
        ]

    def _set_texts(self) -> None:
        registry.name(self.actions_by_id)
        self._name_unkept()
        for view, title in self._titles():
            self._views.rename(view, title)
        self._make_more_menu()
        self._enable_actions()
        self.show_notice(self._notice_shown)
        if self.controller.snapshot is not None:
            self._write_status(self.controller.snapshot)
            self._write_title()
        self._marked = -1  # their words are to be made anew
        self._mark_changes()

    def _name_unkept(self) -> None:
        self._unkept.setText(self.tr("The list of pulls is not kept"))
        self._unkept.setToolTip(
            self.tr("Another window keeps its list; this one's is gone when it is closed")
        )

    def _connect_views(self) -> None:
        controller = self.controller
        controller.began.connect(self._begin)
        controller.frame.connect(self._draw)
        controller.sampled.connect(self._measure)
        controller.state_changed.connect(lambda _: self._enable_actions())
        controller.ended.connect(self._end)
        controller.refused.connect(self._refuse)
        controller.unrecorded.connect(self._tell_unrecorded)
        controller.lagged.connect(self._note_lag)
        self.tuning.settings_changed.connect(controller.set_settings)
        self.tuning.settings_changed.connect(lambda _: self._show_kept())
        self.tuning.registry.keep_asked.connect(self._keep_settings)
        self.tuning.registry.forget_asked.connect(self._forget_settings)
        self.tuning.registry.probe_asked.connect(lambda: self._run(self._probe()))
        self.headline.retry_asked.connect(self._retry)
        self.error_panel.retry_asked.connect(self._retry)
        self.error_panel.layer_asked.connect(lambda layer: self.selection.select(layer, -1))
        self.error_panel.diagnostics_asked.connect(self._copy_diagnostics)
        self.layer_table.failed_activated.connect(self.error_panel.focus_error)
        self.bar.pull_asked.connect(self._pull_from_bar)
        self.bar.reference_edited.connect(lambda _: self._enable_actions())
        self.bar.reference_edited.connect(lambda _: self._show_registry())
        self.timeline.range_changed.connect(self._show_plot_range)
        self.timeline.range_changed.connect(lambda: self.plots.show_period(self.timeline.period))
        self.timeline.time_hovered.connect(self.plots.set_crosshair)
        self.plots.range_wanted.connect(self.timeline.set_range)
        self.plots.period_wanted.connect(self.timeline.follow)
        self.plots.time_hovered.connect(self.timeline.set_crosshair)
        self.plots.failed.connect(self.show_error)
        self.selection.link(self.layer_table, self.chunk_map, self.timeline, self.events)
        self.selection.changed.connect(
            lambda layer, _: self.inspector.select(controller.snapshot, layer)
        )
        self.image.layer_selected.connect(self._select_digest)
        self.inspector.failed.connect(
            lambda words: self.show_error(self.tr("The image was not inspected: {0}").format(words))
        )
        self.controller.set_at_once(self.general.value.pulls_at_once)
        self.controller.keep_traces = self.general.value.keep_traces
        self.general.changed.connect(self._use_general)
        self.general.failed.connect(
            lambda words: self.show_error(self.tr("The settings were not kept: {0}").format(words))
        )
        self.inspector.busy_changed.connect(lambda _: self._enable_actions())
        self.layer_table.selectionModel().selectionChanged.connect(lambda: self._enable_actions())

    def _connect_actions(self) -> None:
        controller = self.controller
        does = {
            "pull": self._pull_from_bar,
            "pause": self._pause_or_resume,
            "cancel": lambda: controller.cancel(),
            "export_trace": lambda: self._choose_trace_file(redact=False),
            "export_redacted": lambda: self._choose_trace_file(redact=True),
            "pull_demo": self._pull_demo,
            "edit_reference": self._edit_reference,
            "clear_recents": self._clear_recents,
            "copy_reference": lambda: _copy(self._reference),
            "copy_digest": self.layer_table.copy_digests,
            "copy_rows": self.layer_table.copy_rows,
            "copy_status": lambda: _copy(self._status_as_text()),
            "copy_diagnostics": self._copy_diagnostics,
            "filter_layers": self._layer_panel.edit_filter,
            "show_map": lambda: self._views.bring(self.chunk_map),
            "show_timeline": lambda: self._views.bring(self.timeline),
            "show_tuning": self.tuning.toggle,
            "show_events": self.events.toggle,
            "show_throughput": lambda: self.plots.bring(self.plots.throughput),
            "show_connections": lambda: self.plots.bring(self.plots.connections),
            "show_memory": lambda: self.plots.bring(self.plots.memory),
            "show_own_cost": lambda: self.plots.bring(self.plots.own_cost),
            "show_image": self._show_image,
            "inspect": self._inspect,
            "switch_theme": self._switch_theme,
            "reset_layout": self._reset_layout,
            "command_palette": self._open_palette,
            "shortcuts": self._show_shortcuts,
            "history": self._open_history,
            "settings": self._open_settings,
            "use_in_runtime": self._use_in_runtime,
            "quit": self.close,
        }
        for name, what in does.items():
            self.actions_by_id[name].triggered.connect(lambda _=False, what=what: what())
        for name in ("copy_digest", "copy_rows", *copy_as.COPY_AS):
            self.layer_table.addAction(self.actions_by_id[name])
        for view in (self.chunk_map, self.timeline):
            view.addActions([self.actions_by_id[name] for name in copy_as.COPY_AS])
        names = ("copy_reference", *copy_as.COPY_AS)
        self.pulls.offer([self.actions_by_id[name] for name in names])  # what is selected is shown
        copy_as.connect(
            self.actions_by_id,
            self._subject,
            lambda line: self._status.setText(self.tr("Copied: {0}").format(line)),
        )
        plain, verify = self.actions_by_id["plain_http"], self.actions_by_id["tls_verify"]
        plain.setChecked(bool(self.bar.options.plain_http))
        verify.setChecked(self.bar.options.tls_verify)
        plain.toggled.connect(
            lambda on: self.bar.change_options(replace(self.bar.options, plain_http=on or None))
        )
        verify.toggled.connect(
            lambda on: self.bar.change_options(replace(self.bar.options, tls_verify=on))
        )
        schemes = QActionGroup(self)
        chosen = self.general.value.theme.value
        for scheme in themes.Scheme:
            action = self.actions_by_id[f"scheme_{scheme.value}"]
            action.setChecked(scheme.value == chosen)
            action.triggered.connect(lambda _=False, scheme=scheme: self._set_scheme(scheme))
            schemes.addAction(action)
        languages = QActionGroup(self)
        chosen = self.general.value.language
        for code in (language.SYSTEM, *language.LANGUAGES):
            action = self.actions_by_id[f"language_{code}"]
            action.setChecked(code == chosen)
            action.triggered.connect(lambda _=False, code=code: self.set_language(code))
            languages.addAction(action)

    def _make_more_menu(self) -> None:
        before = self.bar.more.menu()
        if before is not None:
            before.deleteLater()
        menu = QMenu(self)
        groups: list[tuple[str, tuple[str, ...]]] = [
            (
                self.tr("Pull"),
                (
                    "inspect",
                    "retry_pull",
                    "resume_all",
                    "pause_all",
                    "open_trace",
                    "compare",
                    "export_redacted",
                    "sweep",
                    "pull_demo",
                    "plain_http",
                    "tls_verify",
                    "clear_recents",
                ),
            ),
            (
                self.tr("Copy"),
                (
                    "copy_reference",
                    "copy_digest",
                    "copy_rows",
                    "copy_status",
                    "copy_diagnostics",
                    *copy_as.COPY_AS,
                ),
            ),
            (
                self.tr("View"),
                (
                    "show_pulls",
                    "show_tuning",
                    "show_map",
                    "show_timeline",
                    "show_image",
                    "show_events",
                    *PLOT_ACTIONS,
                    "reset_layout",
                ),
            ),
            (self.tr("Theme"), ("scheme_system", "scheme_light", "scheme_dark")),
            (
                self.tr("Language"),
                tuple(f"language_{code}" for code in (language.SYSTEM, *language.LANGUAGES)),
            ),
        ]
        for title, names in groups:
            submenu = menu.addMenu(title)
            submenu.addActions([self.actions_by_id[name] for name in names])
            if "open_trace" in names:
                recent = self._traces.recent_menu(submenu)
                submenu.insertMenu(self.actions_by_id["compare"], recent)
        menu.addSeparator()
        last = ("history", "use_in_runtime", "command_palette", "settings", "shortcuts", "quit")
        menu.addActions([self.actions_by_id[name] for name in last])
        self.bar.more.setMenu(menu)

    # --- the pull -----------------------------------------------------------------------------

    def _pull_from_bar(self) -> None:
        if not self.bar.text:
            return
        if self.bar.text == self.demo.reference:
            self._pull_demo(self.tuning.settings)
            return
        self.show_notice(Notice())
        self.pull(self.bar.text)

    @property
    def _reference(self) -> str:
        """What is shown; empty when nothing is."""
        return self.controller.shown.reference

    def _retry(self) -> None:
        if self._reference:
            self._list_actions.start_again(self.controller.shown)
        else:  # it was refused before it was a pull
            self._pull_from_bar()

    def _pull_demo(self, settings: Settings = DEMO_SETTINGS) -> None:
        self.actions_by_id["pull_demo"].setEnabled(False)
        self._status.setText(self.tr("Starting the demo registry; the first time takes longer…"))
        self._run(self._start_demo(settings))

    async def _start_demo(self, settings: Settings) -> None:
        try:
            reference = await self.demo.start()
        except LabError as error:
            self.show_error(said(error))
            return
        finally:
            self._enable_actions()
        if self._leaving:
            return
        self.show_notice(DEMO_NOTICE)
        options = replace(self.bar.options, output=self.demo.new_output(), platform=None)
        self.pull(reference, options, settings, remember=False)

    def _inspect(self) -> None:
        self._show_image()
        self.inspector.inspect(self.bar.text, self.bar.options)

    def _show_image(self) -> None:
        self._pages.setCurrentWidget(self._splitter)
        shown = self.controller.pull is not None or self.controller.shown.trace is not None
        self._show_pull_views(shown=shown)
        self._views.bring(self.image)

    def _show_pull_views(self, *, shown: bool) -> None:
        """Show what only a pull fills; before the first one the image has all the room."""
        self._layer_panel.setVisible(shown)
        self.plots.setVisible(shown)

    def _select_digest(self, digest: str) -> None:
        snapshot = self.controller.snapshot
        for layer in snapshot.layers if snapshot is not None else ():
            if layer.digest == digest:
                self.selection.select(layer.index, -1)

    def _pause_or_resume(self) -> None:
        snapshot = self.controller.snapshot
        if snapshot is not None and snapshot.state is PullState.PAUSED:
            self.controller.resume()
        else:
            self.controller.pause()

    def _begin(self) -> None:
        run = self.controller.shown
        self._pages.setCurrentWidget(self._splitter if run.reference else self._welcome)
        self._show_pull_views(shown=True)
        self.headline.setVisible(bool(run.reference))
        self.headline.begin(run)
        self._error_bar.hide()
        self._layers.clear()
        self.selection.clear()
        self.error_panel.show_snapshot(None)
        self.chunk_map.show_snapshot(None)
        for view in (self.layer_table, self.chunk_map, self.timeline):
            view.set_attempts(self.controller.attempts)
        self.events.set_events(self.controller.recorder.events)
        self.timeline.set_following(True)
        self.plots.set_measurements(self.controller.measurements)
        self.plots.set_range(*self.timeline.time_range())
        self._marked = 0
        self.tuning.show_effects(run.effects.newest_first)
        recorded = run.state is RunState.TRACE
        self.tuning.show_recorded(run.settings if recorded else None)
        if run.state.unfinished:
            self.tuning.show_settings(run.settings)
        self.inspector.show_pull(run.reference, run.pull, run.snapshot if recorded else None)
        if run.snapshot is None:
            self._status.setText("")
        elif run.snapshot.state.ended or recorded:
            self._show_end(run.snapshot)
        self._show_registry()
        self._write_title()
        self._enable_actions()

    def _mark_changes(self) -> None:
        """Tell the timeline where settings changed; the plots look for themselves."""
        changes = self.controller.measurements.changes
        if len(changes) != self._marked:
            self._marked = len(changes)
            self.timeline.set_marks(
                [Mark(change.at, change_text(change.old, change.new)) for change in changes]
            )

    def _draw(self, snapshot: Snapshot) -> None:
        began = perf_counter()
        self.headline.show_snapshot(snapshot)
        self._layers.show_snapshot(snapshot)
        self.chunk_map.show_snapshot(snapshot)
        self._drawing += perf_counter() - began

    def _measure(self, snapshot: Snapshot) -> None:
        began = perf_counter()
        self.headline.measure(snapshot, self.controller.limits.now)
        self.controller.shown.peak = self.headline.peak
        self.timeline.advance(snapshot.at)
        self._mark_changes()
        self.plots.refresh()
        if abs(snapshot.at - self._told_at) >= _TELL_EVERY or snapshot.state.ended:
            self._told_at = snapshot.at
            self._tell(snapshot)
        self._drawing += perf_counter() - began

    def _show_plot_range(self, t0: float, t1: float) -> None:
        self.plots.set_range(t0, t1)
        if not self.controller.running:  # else the next sample draws it
            self.plots.refresh()

    def _tell(self, snapshot: Snapshot) -> None:
        """Bring words and numbers up to date: nobody reads faster, and each costs a layout."""
        self._layers.measure(snapshot)
        self.events.refresh()
        self.tuning.show_effects(self.controller.effects.newest_first)
        self._show_passport()
        self.inspector.follow(snapshot)
        if self._longest:
            self._frame, self._longest = self._longest, 0.0
        self._write_status(snapshot)
        self._write_title()
        if self.controller.shown.trace is None:
            self._attention.show_progress(snapshot)

    def _end(self, run: PullRun) -> None:
        if self._closing is not None and not self.controller.unfinished:
            self._closing.close()  # there is nothing left to ask about
        if run.snapshot is None:
            return
        if run is self.controller.shown:
            self._show_end(run.snapshot)
            self._enable_actions()
            self._write_title()
        notify = self.general.value.notifications
        self._attention.tell_end(run.reference, run.snapshot, notify=notify)

    def _show_end(self, snapshot: Snapshot) -> None:
        recorded = self.controller.shown.trace is not None
        # The end of a pull shows the whole of it.
        if self.timeline.following and (snapshot.received or recorded):
            self.timeline.set_following(False)
            self.timeline.set_range(0.0, max(snapshot.at, 1.0))
        self._mark_changes()
        self.plots.refresh()
        self.headline.end(snapshot, self.controller.limits)
        self.inspector.follow(snapshot)
        self.error_panel.show_snapshot(snapshot, recorded=recorded)
        self._write_status(snapshot)

    def _copy_diagnostics(self) -> None:
        if (snapshot := self.controller.snapshot) is not None:
            _copy(diagnostics(snapshot, tuple(self.controller.recorder.events)))
            self._status.setText(self.tr("Diagnostics copied"))

    def _write_title(self) -> None:
        snapshot = self.controller.snapshot
        self.setWindowTitle(title_text(self.controller.shown.name, snapshot))

    def _refuse(self, words: str) -> None:
        if self._reference:  # what is shown has nothing to do with it
            self.show_error(words)
        else:
            self.headline.show()
            self.headline.show_error(words)

    # --- the registry -------------------------------------------------------------------------

    def _settings_for(self, reference: str) -> Settings:
        """Return the settings that are kept for the registry, when it is another than before."""
        try:
            profiles = self._settings_file.read()
        except ProfilesError as error:
            self.show_error(self.tr("Settings for registries are not used: {0}").format(error))
            return self.tuning.settings
        return self._profile_use.settings_for(_host_of(reference), profiles, self.tuning.settings)

    @property
    def _registry_reference(self) -> str:
        """The pull that runs, else the reference in the bar; a trace has nothing to ask."""
        if self.bar.text and not self.controller.running:
            return self.bar.text
        return "" if self.controller.shown.trace is not None else self._reference

    def _show_registry(self) -> None:
        """Show the registry that can be asked."""
        reference = self._registry_reference
        host = _host_of(reference)
        # The demo's is gone tomorrow.
        keepable = self.controller.shown.remembered or reference != self._reference
        panel = self.tuning.registry
        if (host, keepable) == (panel.host, panel.keepable):
            return
        panel.show_host(host, keepable=keepable)
        self._read_kept()
        self._show_passport()

    def _show_passport(self) -> None:
        host = self.tuning.registry.host
        self.tuning.registry.show_passport(self._session.passports.find(host))

    def _read_kept(self) -> None:
        try:
            profile = self._settings_file.read().of(self.tuning.registry.host)
        except ProfilesError:
            profile = None  # said when the settings are used or kept
        self._kept = None if profile is None else profile.values
        self.tuning.show_profile(self.tuning.registry.host, self._kept)
        self._show_kept()

    def _show_kept(self) -> None:
        kept, values = self._kept, self.tuning.settings.as_dict()
        same = kept is not None and all(values[name] == value for name, value in kept.items())
        self.tuning.registry.show_kept(kept=kept is not None, same=same)

    def _keep_settings(self) -> None:
        host = self.tuning.registry.host
        self._change_profiles(
            lambda: self._settings_file.keep(host, self.tuning.settings),
            self.tr("Kept: pulls from {0} begin with these settings.").format(host),
        )

    def _forget_settings(self) -> None:
        host = self.tuning.registry.host
        self._change_profiles(
            lambda: self._settings_file.forget(host),
            self.tr("Forgotten: pulls from {0} have no settings of their own.").format(host),
        )

    def _change_profiles(self, change: Callable[[], None], done: str) -> None:
        try:
            change()
        except ProfilesError as error:
            self.show_error(self.tr("The settings were not kept: {0}").format(error))
        else:
            self._status.setText(done)
        self._read_kept()

    def _use_settings(self, values: Mapping[str, int | str]) -> None:
        self.tuning.use(self.tuning.settings.changed(**values))
        self._status.setText(self.tr("The next pull begins with these settings"))

    def _note_kept(self, host: str) -> None:
        self._status.setText(
            self.tr("Kept: pulls from {0} begin with these settings.").format(host)
        )
        self._read_kept()

    async def _probe(self) -> None:
        reference = self._registry_reference
        running = self.controller.running
        options = self.controller.shown.options if running else self.bar.options
        self.tuning.registry.show_probing(probing=True)
        try:
            await self._session.probe(reference, options)
        except PullError as error:
            self.show_error(self.tr("The registry was not probed: {0}").format(error))
        finally:
            self.tuning.registry.show_probing(probing=False)
        self._show_passport()

    # --- the small things ---------------------------------------------------------------------

    def _enable_actions(self) -> None:
        actions, running = self.actions_by_id, self.controller.running
        snapshot = self.controller.snapshot
        state = snapshot.state if snapshot is not None and running else None
        ending = state is not None and state.ended
        actions["pull"].setEnabled(bool(self.bar.text))
        actions["inspect"].setEnabled(bool(self.bar.text) and not self.inspector.busy)
        actions["pull_demo"].setEnabled(True)
        actions["pause"].setEnabled(running and not ending and state is not PullState.COMMITTING)
        actions["cancel"].setEnabled(running and not ending)
        actions["copy_diagnostics"].setEnabled(self.controller.snapshot is not None)
        for name in ("export_trace", "export_redacted"):
            actions[name].setEnabled(bool(self.controller.recorder.events))
        actions["copy_reference"].setEnabled(bool(self._reference))
        for name in copy_as.COPY_AS:
            actions[name].setEnabled(bool(self._reference or self.bar.text))
        paused = state is PullState.PAUSED
        pause = actions["pause"]
        pause.setText(self.tr("Resume") if paused else self.tr("Pause"))
        registry.describe(
            pause,
            self.tr("Ask for chunks again")
            if paused
            else self.tr("Cut the chunks in flight and keep what they received"),
        )
        selected = self.layer_table.selectionModel().hasSelection()
        for name in ("copy_digest", "copy_rows"):
            actions[name].setEnabled(selected)
        self._list_actions.enable()

    def _write_status(self, snapshot: Snapshot) -> None:
        receiving = sum(layer.state is LayerState.RECEIVING for layer in snapshot.layers)
        parts = []
        if not snapshot.state.ended:
            parts.append(
                self.tr("{0}, {1} in flight").format(
                    _count(receiving, self.tr("layer"), self.tr("layers")),
                    _count(snapshot.in_flight, self.tr("chunk"), self.tr("chunks")),
                )
            )
        parts.append(_count(snapshot.retries, self.tr("retry"), self.tr("retries")))
        parts.append(self.tr("{0} wasted").format(size_text(snapshot.wasted)))
        if snapshot.reused:
            parts.append(self.tr("{0} reused").format(size_text(snapshot.reused)))
        self._status.setText(" · ".join(parts))
        cost = [self.tr("memory {0}").format(size_text(snapshot.memory))]
        if not snapshot.state.ended:
            cost.append(self.tr("frame {0:.0f} ms").format(self._frame * 1000))
            cost.append(self.tr("loop lag {0:.0f} ms").format(self._lag_ms))
        self._cost.setText(" · ".join(cost))

    def _subject(self) -> copy_as.Subject:
        """Return the pull that is shown, else the one that the bar describes."""
        settings, kept, run = self.controller.settings, self._kept or {}, self.controller.shown
        if not run.reference:
            return copy_as.Subject(self.bar.text, self.bar.options, settings, kept)
        digest, part = "", None
        layers = self.layer_table.selected_layers()
        if layers:
            digest = layers[0].digest
            if self.selection.layer == layers[0].index:
                part = copy_as.part_of(self.controller.attempts, self.selection.chunk)
        return copy_as.Subject(run.reference, run.options, settings, kept, digest, part)

    def _status_as_text(self) -> str:
        return "\n".join(
            part
            for part in (
                self._reference,
                self.headline.text() if self.headline.isVisible() else "",
                self.error_panel.text(),
                self.chunk_map.accessible_summary,
                self.plots.summary(),
                self._status.text(),
                self._cost.text(),
            )
            if part
        )

    def _note_lag(self, milliseconds: float) -> None:
        # The worst of the last moments: the mean would hide what is felt.
        self._lag_ms = max(milliseconds, self._lag_ms * 0.8)

    def _edit_reference(self) -> None:
        self.bar.reference.setFocus()
        field = self.bar.reference.lineEdit()
        if field is not None:
            field.selectAll()

    def _clear_recents(self) -> None:
        self._recents.clear()
        self.bar.set_recents(())

    def _choose_trace_file(self, *, redact: bool) -> None:
        title = self.tr("Export trace without names") if redact else self.tr("Export trace")
        dialog = QFileDialog(self, title)
        dialog.setObjectName("export_trace_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = {f"{told.name} (*{ending})": ending for ending, told in FORMATS.items()}
        dialog.setNameFilters(list(filters))
        preferred = next((name for name, end in filters.items() if end == ".json"), "")
        if preferred:
            dialog.selectNameFilter(preferred)
        dialog.setDefaultSuffix(filters[dialog.selectedNameFilter()].lstrip("."))
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix(filters[name][1:]))
        name = "pull" if redact else trace_name(self._reference)
        dialog.selectFile(name + filters[dialog.selectedNameFilter()])
        dialog.fileSelected.connect(lambda name: self._run(self._export(Path(name), redact)))
        dialog.open()

    async def _export(self, path: Path, redact: bool) -> None:
        await self.export(path, redact=redact)

    def _tell_unrecorded(self, recording: Recording) -> None:
        if recording.trace_failure:
            failure = said(recording.trace_failure)
            self.show_error(self.tr("The trace was not saved: {0}").format(failure))
        if recording.otlp_failure:
            self.show_error(f"OpenTelemetry: {said(recording.otlp_failure)}")

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _show_shortcuts(self) -> None:
        ShortcutSheet(self).open()

    def _open_palette(self) -> None:
        commands = [
            *commands_of(self.actions_by_id),
            *commands_of_recents(self._recents.references, self.pull),
            *commands_of_traces(self._recents.traces, self.open_trace),
            *commands_of_presets(self.tuning.choose_preset),
        ]
        CommandPalette(commands, self).open()

    def _set_scheme(self, scheme: themes.Scheme) -> None:
        self.general.change(theme=scheme.value)

    def _use_general(self, general: General) -> None:
        """Put the general settings in force."""
        app = QApplication.instance()
        code = general.language if general.language in language.LANGUAGES else language.SYSTEM
        self.actions_by_id[f"language_{code}"].setChecked(True)
        self.actions_by_id[f"scheme_{general.theme.value}"].setChecked(True)
        self.controller.set_at_once(general.pulls_at_once)
        self.controller.keep_traces = general.keep_traces
        self._session.store = general.store_place
        if general.output != self._output_chosen:
            self._output_chosen = general.output
            self.bar.set_output(Path(general.output) if general.output else None)
        if isinstance(app, QApplication):
            themes.apply(app, themes.Scheme(general.theme.value))
            language.apply(app, code)

    def _open_history(self) -> None:
        view = self.findChild(HistoryView)
        if view is None:
            history = self.controller.history
            view = HistoryView(history, self.actions_by_id, self._session, self.bar, self)
            view.pull_asked.connect(self._pull_again)
            view.trace_asked.connect(self.open_trace)
            view.told.connect(self._status.setText)
            self.controller.entered.connect(view.refresh)
        view.show()
        view.activateWindow()

    def _pull_again(self, reference: str, options: PullOptions, settings: Settings | None) -> None:
        self.show_notice(Notice())
        if self.pull(reference, options, settings):
            self.activateWindow()

    def _open_settings(self) -> None:
        open_one = self.findChild(SettingsDialog)
        if open_one is not None:
            open_one.activateWindow()
            return
        hosts_dir = self.bar.options.hosts_dir
        SettingsDialog(self.general, self._settings_file, self, hosts_dir=hosts_dir).show()

    def _use_in_runtime(self) -> None:
        shown = self.controller.shown.snapshot
        layers = len(shown.layers) if shown is not None else 0
        RuntimeDialog(of_pull(self.controller.settings), layers or None, self).show()

    def _switch_theme(self) -> None:
        dark = themes.current().dark
        self._set_scheme(themes.Scheme.LIGHT if dark else themes.Scheme.DARK)

    def _restore_layout(self) -> None:
        for name, restore in (
            ("geometry", self.restoreGeometry),
            ("state", lambda state: self.restoreState(state, _LAYOUT_VERSION)),
            ("splitter", self._splitter.restoreState),
            ("columns", self.layer_table.horizontalHeader().restoreState),
        ):
            value = self._layout.value(name)
            if isinstance(value, QByteArray):
                restore(value)
        self.plots.restore(str(self._layout.value("plots", "")))
        tab = self._layout.value("tab", 0)
        if str(tab).isdigit():
            self._views.tabs.setCurrentIndex(int(str(tab)))

    def _reset_layout(self) -> None:
        self.restoreState(self._default_state, _LAYOUT_VERSION)
        self.plots.restore(self._default_plots)
        whole = self._splitter.height()
        self._splitter.setSizes([whole * share // sum(_SHARES) for share in _SHARES])
        self.layer_table.reset_columns()
        self._views.bring(self.chunk_map)

    # --- events -------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Measure what painting costs: the window paints all its views in one such event."""
        if event.type() is not QEvent.Type.UpdateRequest:
            return super().event(event)
        began = perf_counter()
        done = super().event(event)
        seconds = self._drawing + perf_counter() - began
        self._longest = max(
            self._longest, seconds
        )  # often painted in parts, of which the last is tiny
        self._drawing = 0.0
        self.controller.note_frame(seconds)
        return done

    def changeEvent(self, event: QEvent) -> None:
        """Stop drawing while minimised; follow the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.controller.set_watched(self.isVisible() and not self.isMinimized())
        elif event.type() is QEvent.Type.PaletteChange and hasattr(self, "actions_by_id"):
            registry.dress(self.actions_by_id)
        elif event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the list of pulls give way in a narrow window."""
        super().resizeEvent(event)
        self.pulls.fit(self.width())

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to draw, unless it is shown as an icon: X says so of a window just minimised."""
        super().showEvent(event)
        self.controller.set_watched(not self.isMinimized())

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop drawing."""
        super().hideEvent(event)
        self.controller.set_watched(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what can be said something about."""
        if can_be_dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Put a dropped reference into the field, open traces; of the rest say what it is."""
        drop = drop_of(event.mimeData())
        if drop.kind is DropKind.REFERENCE:
            self.bar.set_reference(drop.text)
            self._edit_reference()
        self.open_trace(*drop.traces)
        self.show_notice(Notice(say=lambda: drop.words))
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a pull runs; otherwise leave. The window is hidden, never closed by Qt."""
        event.ignore()
        if self._leaving:
            return
        running = self.controller.unfinished
        if not running:
            self.leave(0)
            return
        if self.general.value.on_close is OnClose.STOP:
            self.leave(0)
            return
        if self._closing is not None:
            return
        self._closing = ClosingQuestion([run.reference for run in running], self)
        self._closing.answered.connect(self._answered)
        self._closing.open()

    def _answered(self, answer: Answer) -> None:
        self._closing = None
        self.controller.discarding = answer is Answer.DISCARD_PARTS
        if answer is not Answer.STAY:
            self.leave(0)


def _host_of(reference: str) -> str:
    """Return the registry that `reference` names; empty where it cannot be read."""
    try:
        return parse_reference(reference).domain
    except PullError:
        return ""


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
