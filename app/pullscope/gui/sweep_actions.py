"""What sweeps have to do with the window: its action, its settings, and the traces of trials."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from pullscope.engine.errors import PullError
from pullscope.engine.model import RANGES
from pullscope.engine.reference import parse_reference
from pullscope.engine.topology import Topology
from pullscope.gui.reference_bar import ReferenceBar
from pullscope.gui.sweep_runner import SweepRunner
from pullscope.gui.sweep_view import SweepView
from pullscope.session import Session
from pullscope.sweep.drivers.programs import DRIVERS
from pullscope.sweep.drivers.pullscope import OWN
from pullscope.sweep.results import Row
from pullscope.sweep.store import SweepStore, default_folder
from pullscope.tuning.profiles import ProfilesError, SettingsFile


class SweepActions(QObject):
    """Opens the window of sweeps, and hands on what is asked for there.

    Signals:
        settings_wanted: settings by name, for the next pull.
        kept: the host whose profile has the settings of a sweep now.
        traces_wanted: paths of traces to open.
        failed: something could not be done; the words say why.
    """

    settings_wanted = Signal(object)
    kept = Signal(str)
    traces_wanted = Signal(list)
    failed = Signal(str)

    def __init__(
        self,
        session: Session,
        bar: ReferenceBar,
        settings_file: SettingsFile,
        actions: Mapping[str, QAction],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session = session
        self._bar = bar
        self._settings_file = settings_file
        self._window = window
        self.runner = SweepRunner(SweepStore(default_folder()), DRIVERS, parent=self)
        self.view: SweepView | None = None
        """The window; None before it was opened for the first time."""
        actions["sweep"].triggered.connect(self.open)

    def open(self) -> None:
        """Open the window of sweeps, for the reference in the bar."""
        if self.view is None:
            self.view = SweepView(
                self.runner,
                self._look_up,
                lambda: bool(self._bar.options.plain_http),
                self._window,
            )
            self.view.settings_asked.connect(
                lambda row: self.settings_wanted.emit(settings_of(row))
            )
            self.view.keep_asked.connect(self._keep)
            self.view.traces_asked.connect(self._open_traces)
        self.view.open_for(self._bar.text)

    def hide(self) -> None:
        """Hide the window of sweeps with the main window."""
        if self.view is not None:
            self.view.hide()

    async def close_down(self) -> None:
        """Pause the sweep that runs, and end what is under way."""
        if self.view is not None:
            await self.view.close_down()
        await self.runner.close()

    async def _look_up(self, reference: str) -> Topology:
        return await self._session.inspect(reference, self._bar.options)

    def _keep(self, reference: str, row: Row) -> None:
        try:
            host = parse_reference(reference).domain
            profile = self._settings_file.read().of(host)
            before = {} if profile is None else profile.values
            self._settings_file.keep_values(host, {**before, **settings_of(row)})
        except (ProfilesError, PullError) as error:
            self.failed.emit(self.tr("The settings were not kept: {0}").format(error))
        else:
            self.kept.emit(host)

    def _open_traces(self, paths: list[Path]) -> None:
        self.traces_wanted.emit(paths)
        self._window.raise_()
        self._window.activateWindow()


def settings_of(row: Row) -> dict[str, int | str]:
    """Return the settings, by name, that one of this program's own rows was measured with."""
    settings = row.candidate.settings
    connections = max(1, settings.layers) * max(1, settings.parallelism)
    return {
        "layers": max(1, settings.layers),
        "parallelism": max(1, settings.parallelism),
        "chunk_size": max(0, settings.chunk_size),
        "connections": min(connections, RANGES["connections"].greatest),
        "write": OWN[row.candidate.driver].value,
    }
