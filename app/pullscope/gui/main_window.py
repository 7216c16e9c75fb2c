"""The main window: it lays out the views, connects them to the pull, and ends in order.

What a view shows is the view's own affair; this module says which view gets what, and what each
action does. Leaving is asked for by `closeEvent` or `leave` and carried out by `application`, which
waits for `left`.
"""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QSettings, QSize, Qt, Signal
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QHideEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.errors import PullError
from pullscope.engine.events import PullEvent, Sampled
from pullscope.engine.model import LayerState, PullState, Settings, Snapshot
from pullscope.engine.reference import parse_reference
from pullscope.engine.units import size_text
from pullscope.gui import actions as registry
from pullscope.gui import theme as themes
from pullscope.gui.chunk_map import ChunkMap
from pullscope.gui.demo import Demo
from pullscope.gui.effects import Drags, change_text
from pullscope.gui.error_bar import ErrorBar
from pullscope.gui.headline import Headline
from pullscope.gui.layer_table import LayerModel, LayerTable
from pullscope.gui.panel import Panel, TabbedPanel
from pullscope.gui.plots import MemoryPlot, ThroughputPlot
from pullscope.gui.pull_controller import PullController
from pullscope.gui.recents import Recents
from pullscope.gui.reference_bar import ReferenceBar
from pullscope.gui.shortcut_sheet import ShortcutSheet
from pullscope.gui.timeline import Timeline
from pullscope.gui.tuning_dock import TUNING_WIDTH, TuningDock
from pullscope.gui.welcome import Welcome
from pullscope.lab.demo import DEMO_SETTINGS
from pullscope.lab.process import LabError
from pullscope.session import PullOptions, Session
from pullscope.trace.export import FORMATS
from pullscope.trace.file import TraceError
from pullscope.tuning.profiles import ProfilesError, ProfileUse, SettingsFile, default_path

_DEFAULT_SIZE = QSize(1440, 900)
_SMALLEST = QSize(960, 640)
_LAYOUT_VERSION = 1
_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Notice:
    """A line under the headline.

    `tuning` adds an invitation to move the sliders.
    """

    text: str = ""
    tuning: bool = False


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
        self._closing: QMessageBox | None = None
        self._reference = ""
        self._drags = Drags(self._mark)
        self._own_options = options
        self._session = session
        self._settings_file = SettingsFile(default_path())
        self._profile_use = ProfileUse(given or {})
        self._kept: Mapping[str, int | str] | None = None  # what the registry's own profile names
        self._remembered = True
        self._tasks: set[asyncio.Task[None]] = set()
        self._frame_ms = 0.0
        self._lag_ms = 0.0
        self.demo = Demo()

        self.controller = PullController(session, settings, self)
        self.controller.observer = self._observe
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
        self._layers = LayerModel(self)
        self.layer_table = LayerTable(self._layers)
        self.chunk_map = ChunkMap()
        self.timeline = Timeline()
        self.timeline.setObjectName("timeline")
        self.throughput = ThroughputPlot()
        self.throughput.setObjectName("throughput")
        self.memory = MemoryPlot()
        self.memory.setObjectName("memory")
        self._lay_out()

        undo, redo = self.actions_by_id["undo_tuning"], self.actions_by_id["redo_tuning"]
        self.tuning = TuningDock(settings, undo, redo)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.tuning)
        self._status = QLabel()
        self._status.setObjectName("status")
        self._cost = QLabel()
        self._cost.setObjectName("cost")
        for label in (self._status, self._cost):
            label.setProperty("role", "muted")
            label.setFont(themes.base_font(12))
        self.statusBar().addWidget(self._status, 1)
        self.statusBar().addPermanentWidget(self._cost)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().setContentsMargins(10, 0, 10, 0)

        self._connect_views()
        self._connect_actions()
        self._make_more_menu()
        self.bar.set_recents(recents.references)
        self.show_notice(notice or Notice())
        self._enable_actions()
        registry.dress(self.actions_by_id)
        self.resize(_DEFAULT_SIZE)
        self.resizeDocks([self.tuning], [TUNING_WIDTH], Qt.Orientation.Horizontal)
        self._default_state = self.saveState(_LAYOUT_VERSION)
        self._restore_layout()

    # --- what scripts and the application use -------------------------------------------------

    def pull(
        self, reference: str, options: PullOptions | None = None, *, remember: bool = True
    ) -> bool:
        """Pull `reference`; False when another pull runs or the reference cannot be read.

        `remember` puts it among the recent references.
        """
        self.bar.set_reference(reference)
        if remember and not self.controller.running:
            self._use_profile(reference)
        self._remembered = remember
        if not self._start(reference, options or self.bar.options):
            return False
        if remember:
            self._recents.add(reference)
            self.bar.set_recents(self._recents.references)
        return True

    def show_notice(self, notice: Notice) -> None:
        """Show a line under the headline; an empty one takes no place."""
        words = notice.text
        if notice.tuning:
            words += " " if words else ""
            words += self.tr("Drag the sliders on the right and watch what happens.")
        self._notice.setText(words)
        self._notice.setVisible(bool(words))

    def show_error(self, words: str, details: str = "") -> None:
        """Show an error that belongs to no pull, without standing in the way."""
        self._error_bar.show_error(words, details)

    def leave(self, status: int) -> None:
        """Leave without asking."""
        if self._leaving:
            return
        self._leaving = True
        if self._closing is not None:
            self._closing.close()
        self._layout.setValue("geometry", self.saveGeometry())
        self._layout.setValue("state", self.saveState(_LAYOUT_VERSION))
        self._layout.setValue("splitter", self._splitter.saveState())
        self._layout.setValue("tab", self._views.tabs.currentIndex())
        self._layout.sync()
        self.hide()
        self.left.emit(status)

    async def export(self, path: Path) -> bool:
        """Write the trace of the last pull to `path`; an error is shown."""
        try:
            await self.controller.export(path)
        except TraceError as error:
            self.show_error(self.tr("The trace was not saved: {0}").format(error))
            return False
        self._status.setText(self.tr("Trace saved: {0}").format(path))
        return True

    # --- construction -------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._views = TabbedPanel("views")
        self._views.add(self.chunk_map, self.tr("Chunk map"))
        self._views.add(self.timeline, self.tr("Timeline"))
        self._views.add(self.memory, self.tr("Memory"))
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setObjectName("panels")
        self._splitter.setHandleWidth(8)
        self._splitter.setChildrenCollapsible(False)
        table = Panel(self.layer_table)
        table.setMinimumHeight(112)
        self._views.setMinimumHeight(140)
        self.throughput.setMinimumHeight(120)
        for place, (widget, stretch) in enumerate(
            ((table, 26), (self._views, 25), (self.throughput, 21))
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
        rows.addWidget(self.headline)
        rows.addWidget(self._notice)
        rows.addWidget(self._pages, 1)
        self.setCentralWidget(middle)

    def _connect_views(self) -> None:
        controller = self.controller
        controller.began.connect(self._begin)
        controller.frame.connect(self._draw)
        controller.sampled.connect(self._measure)
        controller.state_changed.connect(lambda _: self._enable_actions())
        controller.ended.connect(self._end)
        controller.refused.connect(self._refuse)
        controller.lagged.connect(self._note_lag)
        self.tuning.settings_changed.connect(controller.set_settings)
        self.tuning.settings_changed.connect(lambda _: self._show_kept())
        self.tuning.registry.keep_asked.connect(self._keep_settings)
        self.tuning.registry.forget_asked.connect(self._forget_settings)
        self.tuning.registry.probe_asked.connect(lambda: self._run(self._probe()))
        self.headline.retry_asked.connect(self._retry)
        self.bar.pull_asked.connect(self._pull_from_bar)
        self.bar.reference_edited.connect(lambda _: self._enable_actions())
        self.bar.reference_edited.connect(lambda _: self._show_registry())
        self.timeline.range_changed.connect(self.throughput.set_range)
        self.timeline.range_changed.connect(self.memory.set_range)
        for plot in (self.throughput, self.memory):
            plot.range_wanted.connect(self.timeline.set_range)
            plot.time_hovered.connect(self.timeline.set_crosshair)
        self.timeline.time_hovered.connect(self.throughput.set_crosshair)
        self.timeline.chunk_selected.connect(self.chunk_map.select_chunk)
        self.chunk_map.chunk_selected.connect(self.timeline.select_chunk)
        self.chunk_map.chunk_selected.connect(
            lambda layer, _chunk: self.layer_table.select_layer(layer)
        )
        self.layer_table.selectionModel().selectionChanged.connect(lambda: self._enable_actions())

    def _connect_actions(self) -> None:
        controller = self.controller
        does = {
            "pull": self._pull_from_bar,
            "pause": self._pause_or_resume,
            "cancel": controller.cancel,
            "export_trace": self._choose_trace_file,
            "pull_demo": self._pull_demo,
            "edit_reference": self._edit_reference,
            "clear_recents": self._clear_recents,
            "copy_reference": lambda: _copy(self._reference),
            "copy_digest": self.layer_table.copy_digests,
            "copy_rows": self.layer_table.copy_rows,
            "copy_status": lambda: _copy(self._status_as_text()),
            "show_map": lambda: self._views.bring(self.chunk_map),
            "show_timeline": lambda: self._views.bring(self.timeline),
            "show_memory": lambda: self._views.bring(self.memory),
            "show_throughput": self.throughput.setFocus,
            "switch_theme": self._switch_theme,
            "reset_layout": self._reset_layout,
            "shortcuts": self._show_shortcuts,
            "quit": self.close,
        }
        for name, what in does.items():
            self.actions_by_id[name].triggered.connect(lambda _=False, what=what: what())
        for name in ("copy_digest", "copy_rows"):
            self.layer_table.addAction(self.actions_by_id[name])
        plain, verify = self.actions_by_id["plain_http"], self.actions_by_id["tls_verify"]
        plain.setChecked(bool(self._own_options.plain_http))
        verify.setChecked(self._own_options.tls_verify)
        plain.toggled.connect(
            lambda on: self.bar.change_options(replace(self.bar.options, plain_http=on or None))
        )
        verify.toggled.connect(
            lambda on: self.bar.change_options(replace(self.bar.options, tls_verify=on))
        )
        schemes = QActionGroup(self)
        chosen = str(self._layout.value("scheme", themes.Scheme.SYSTEM.value))
        for scheme in themes.Scheme:
            action = self.actions_by_id[f"scheme_{scheme.value}"]
            action.setChecked(scheme.value == chosen)
            action.triggered.connect(lambda _=False, scheme=scheme: self._set_scheme(scheme))
            schemes.addAction(action)

    def _make_more_menu(self) -> None:
        menu = QMenu(self)
        groups: list[tuple[str, tuple[str, ...]]] = [
            (self.tr("Pull"), ("pull_demo", "plain_http", "tls_verify", "clear_recents")),
            (self.tr("Copy"), ("copy_reference", "copy_digest", "copy_rows", "copy_status")),
            (self.tr("View"), ("show_map", "show_timeline", "show_memory", "reset_layout")),
            (self.tr("Theme"), ("scheme_system", "scheme_light", "scheme_dark")),
        ]
        for title, names in groups:
            submenu = menu.addMenu(title)
            submenu.addActions([self.actions_by_id[name] for name in names])
        menu.addSeparator()
        menu.addActions([self.actions_by_id[name] for name in ("shortcuts", "quit")])
        self.bar.more.setMenu(menu)

    # --- the pull -----------------------------------------------------------------------------

    def _pull_from_bar(self) -> None:
        if not self.bar.text:
            return
        if self.controller.running:
            self._status.setText(self.tr("A pull is running; cancel it before the next."))
            return
        if self.bar.text == self.demo.reference:
            self._pull_demo(self.tuning.settings)
            return
        self.show_notice(Notice())
        self.pull(self.bar.text)

    def _start(self, reference: str, options: PullOptions) -> bool:
        self._reference = reference
        self._own_options = options
        return self.controller.start(reference, options)

    def _retry(self) -> None:
        self._start(self._reference, self._own_options)

    def _pull_demo(self, settings: Settings = DEMO_SETTINGS) -> None:
        if not self.controller.running:
            self.actions_by_id["pull_demo"].setEnabled(False)
            self._status.setText(
                self.tr("Starting the demo registry; the first time takes longer…")
            )
            self._run(self._start_demo(settings))

    async def _start_demo(self, settings: Settings) -> None:
        try:
            reference = await self.demo.start()
        except LabError as error:
            self.show_error(str(error))
            return
        finally:
            self._enable_actions()
        if self._leaving or self.controller.running:
            return
        self.tuning.show_settings(settings)
        self.controller.set_settings(settings)
        self.show_notice(
            Notice(
                self.tr("Demo: a registry on this computer, 4 MiB/s per connection."), tuning=True
            )
        )
        options = replace(self.bar.options, output=self.demo.new_output(), platform=None)
        self.pull(reference, options, remember=False)

    def _pause_or_resume(self) -> None:
        snapshot = self.controller.snapshot
        if snapshot is not None and snapshot.state is PullState.PAUSED:
            self.controller.resume()
        else:
            self.controller.pause()

    def _begin(self) -> None:
        self._pages.setCurrentWidget(self._splitter)
        self.headline.show()
        self.headline.begin(self._reference)
        self._error_bar.hide()
        self._layers.clear()
        self.chunk_map.show_snapshot(None)
        self.timeline.set_attempts(self.controller.attempts)
        self.timeline.set_following(True)
        self.throughput.clear()
        self.memory.clear()
        self._drags = Drags(self._mark)
        self.tuning.show_effects(())
        self._show_registry()
        self.setWindowTitle(f"{self._reference} – Pullscope")
        self._enable_actions()

    def _observe(self, event: PullEvent) -> None:
        """Keep for the plots what must not be missed; they draw it when it is their turn."""
        self._drags(event)
        match event:
            case Sampled(at=at, received=received, written=written, hashed=hashed, memory=memory):
                self.throughput.add(at, received, written, hashed)
                self.memory.add(at, memory)
            case _:
                pass

    def _mark(self, at: float, old: Settings, new: Settings) -> None:
        words = change_text(old, new)
        for view in (self.throughput, self.timeline, self.memory):
            view.mark(at, words)

    def _draw(self, snapshot: Snapshot) -> None:
        began = perf_counter()
        self.headline.show_snapshot(snapshot)
        self._layers.show_snapshot(snapshot)
        self.chunk_map.show_snapshot(snapshot)
        self._frame_ms = (perf_counter() - began) * 1000

    def _measure(self, snapshot: Snapshot) -> None:
        self.headline.measure(snapshot)
        self._layers.measure(snapshot)
        self.timeline.advance(snapshot.at)
        self.throughput.refresh()
        self.memory.refresh()
        self.tuning.show_effects(self.controller.effects.newest_first)
        self._show_passport()
        self._write_status(snapshot)

    def _end(self, snapshot: Snapshot) -> None:
        if self._closing is not None:
            self._closing.close()  # there is nothing left to ask about
        if self.timeline.following and snapshot.received:  # the end of a pull shows the whole of it
            self.timeline.set_following(False)
            self.timeline.set_range(0.0, max(snapshot.at, 1.0))
            self.throughput.refresh()
        self.headline.end(snapshot)
        self._write_status(snapshot)
        self._enable_actions()
        words = {
            PullState.DONE: self.tr("done"),
            PullState.CANCELLED: self.tr("cancelled"),
        }.get(snapshot.state, self.tr("failed"))
        self.setWindowTitle(f"{self._reference} {words} – Pullscope")
        QApplication.alert(self)  # the window asks for attention unless it has it

    def _refuse(self, words: str) -> None:
        self.headline.show()
        self.headline.show_error(words)

    # --- the registry -------------------------------------------------------------------------

    def _use_profile(self, reference: str) -> None:
        """Take the settings that are kept for the registry, when it is another than before."""
        try:
            profiles = self._settings_file.read()
        except ProfilesError as error:
            self.show_error(self.tr("Settings for registries are not used: {0}").format(error))
            return
        settings = self._profile_use.settings_for(
            _host_of(reference), profiles, self.tuning.settings
        )
        if settings != self.tuning.settings:
            self.tuning.show_settings(settings)
            self.controller.set_settings(settings)

    def _show_registry(self) -> None:
        """Show the registry of the pull that runs, else of the reference in the bar."""
        running = self.controller.running
        reference = self._reference if running or not self.bar.text else self.bar.text
        host = _host_of(reference)
        keepable = self._remembered or reference != self._reference  # the demo's is gone tomorrow
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

    async def _probe(self) -> None:
        running = self.controller.running
        reference = self._reference if running or not self.bar.text else self.bar.text
        options = self._own_options if running else self.bar.options
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
        actions["pull"].setEnabled(not running and bool(self.bar.text))
        actions["pull_demo"].setEnabled(not running)
        actions["pause"].setEnabled(running and not ending and state is not PullState.COMMITTING)
        actions["cancel"].setEnabled(running and not ending)
        actions["export_trace"].setEnabled(self.controller.pull is not None)
        actions["copy_reference"].setEnabled(bool(self._reference))
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
            cost.append(self.tr("frame {0:.0f} ms").format(self._frame_ms))
            cost.append(self.tr("loop lag {0:.0f} ms").format(self._lag_ms))
        self._cost.setText(" · ".join(cost))

    def _status_as_text(self) -> str:
        return "\n".join(
            part
            for part in (
                self._reference,
                self.headline.text() if self.headline.isVisible() else "",
                self.chunk_map.accessible_summary,
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

    def _choose_trace_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Export trace"))
        dialog.setObjectName("export_trace_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = {f"{words} (*{ending})": ending for ending, words in FORMATS.items()}
        dialog.setNameFilters(list(filters))
        preferred = next((name for name, end in filters.items() if end == ".json"), "")
        if preferred:
            dialog.selectNameFilter(preferred)
        dialog.setDefaultSuffix(filters[dialog.selectedNameFilter()].lstrip("."))
        dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix(filters[name][1:]))
        dialog.selectFile(trace_name(self._reference) + filters[dialog.selectedNameFilter()])
        dialog.fileSelected.connect(lambda name: self._run(self._export(Path(name))))
        dialog.open()

    async def _export(self, path: Path) -> None:
        await self.export(path)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _show_shortcuts(self) -> None:
        ShortcutSheet(self).open()

    def _set_scheme(self, scheme: themes.Scheme) -> None:
        self._layout.setValue("scheme", scheme.value)
        self.actions_by_id[f"scheme_{scheme.value}"].setChecked(True)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            themes.apply(app, scheme)

    def _switch_theme(self) -> None:
        dark = themes.current().dark
        self._set_scheme(themes.Scheme.LIGHT if dark else themes.Scheme.DARK)

    def _restore_layout(self) -> None:
        for name, restore in (
            ("geometry", self.restoreGeometry),
            ("state", lambda state: self.restoreState(state, _LAYOUT_VERSION)),
            ("splitter", self._splitter.restoreState),
        ):
            value = self._layout.value(name)
            if isinstance(value, QByteArray):
                restore(value)
        tab = self._layout.value("tab", 0)
        if str(tab).isdigit():
            self._views.tabs.setCurrentIndex(int(str(tab)))

    def _reset_layout(self) -> None:
        self.restoreState(self._default_state, _LAYOUT_VERSION)
        share = self._splitter.height() // 72
        self._splitter.setSizes([26 * share, 25 * share, 21 * share])
        self._views.bring(self.chunk_map)

    # --- events -------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Measure what painting costs: the window paints all its views in one such event."""
        if event.type() is not QEvent.Type.UpdateRequest:
            return super().event(event)
        began = perf_counter()
        done = super().event(event)
        self._frame_ms += (perf_counter() - began) * 1000
        return done

    def changeEvent(self, event: QEvent) -> None:
        """Stop drawing while minimised; follow the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.controller.set_watched(self.isVisible() and not self.isMinimized())
        elif event.type() is QEvent.Type.PaletteChange and hasattr(self, "actions_by_id"):
            registry.dress(self.actions_by_id)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to draw."""
        super().showEvent(event)
        self.controller.set_watched(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop drawing."""
        super().hideEvent(event)
        self.controller.set_watched(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a dropped reference."""
        if _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the dropped reference into the field."""
        self.bar.set_reference(_dropped(event.mimeData()))
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a pull runs; otherwise leave. The window is hidden, never closed by Qt."""
        event.ignore()
        if self._leaving:
            return
        snapshot = self.controller.snapshot
        if not self.controller.running or (snapshot is not None and snapshot.state.ended):
            self.leave(0)
            return
        if self._closing is not None:
            return
        box = QMessageBox(self)
        box.setObjectName("closing")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(self.tr("A pull is running"))
        box.setText(self.tr("Stop pulling {0}?").format(self._reference))
        box.setInformativeText(
            self.tr(
                "What was received is kept, and the next pull of this image goes on from there."
            )
        )
        keep = box.addButton(self.tr("Keep pulling"), QMessageBox.ButtonRole.RejectRole)
        stop = box.addButton(self.tr("Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
        keep.setObjectName("keep_pulling")
        stop.setObjectName("stop_and_close")
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.finished.connect(lambda _: self._answered(leave=box.clickedButton() is stop))
        self._closing = box
        box.open()

    def _answered(self, *, leave: bool) -> None:
        self._closing = None
        if leave:
            self.leave(0)


def _host_of(reference: str) -> str:
    """Return the registry that `reference` names; empty where it cannot be read."""
    try:
        return parse_reference(reference).domain
    except PullError:
        return ""


def trace_name(reference: str) -> str:
    """Return a file name for the trace of `reference`, without its ending."""
    name = _FILE_NAME.sub("-", reference.rpartition("/")[2]).strip("-.")
    return name[:80] or "trace"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _dropped(data: QMimeData) -> str:
    """Return the reference that `data` holds: one line of text without spaces."""
    lines = data.text().split() if data.hasText() and not data.hasUrls() else []
    return lines[0] if len(lines) == 1 else ""
