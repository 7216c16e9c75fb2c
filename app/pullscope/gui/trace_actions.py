"""What the actions on traces do: open those that are chosen, dropped, or were opened lately.

And compare two of them, or two pulls of the list that have ended.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from pullscope.gui.compare_view import CompareView
from pullscope.gui.legend import plain_tip
from pullscope.gui.pull_controller import PullController
from pullscope.gui.pull_run import PullRun
from pullscope.gui.pulls_dock import PullsDock
from pullscope.gui.recents import Recents
from pullscope.gui.trace_opening import TraceOpening
from pullscope.trace.file import NATIVE


class TraceActions(QObject):
    """Connects the list of pulls, the strip that opens traces, and the window's actions.

    Signals:
        failed: a trace cannot be opened, or a file not be written; the words say why.
    """

    failed = Signal(str)

    def __init__(
        self,
        controller: PullController,
        dock: PullsDock,
        opening: TraceOpening,
        recents: Recents,
        actions: Mapping[str, QAction],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._controller = controller
        self._dock = dock
        self._opening = opening
        self._compared: set[Path] = set()  # when they are all open
        self._recents = recents
        self._window = window
        self._compare = actions["compare"]
        actions["open_trace"].triggered.connect(self.choose)
        self._compare.triggered.connect(self.compare)
        opening.opened.connect(self._opened)
        opening.failed.connect(self.failed)
        opening.ended.connect(self._compared.clear)  # one of the two may be broken
        controller.listed.connect(self._listed)
        self._listed()

    def open(self, paths: Sequence[Path]) -> None:
        """Show the pulls that traces tell of, as soon as they are read; of two, the differences."""
        whole = [path.absolute() for path in paths]
        if len(whole) == 2:
            self._compared.update(whole)
        for path in whole:
            self._opening.open(path)

    def compare(self) -> None:
        """Lay the two selected pulls over one another, else the shown one and the one before."""
        runs = self._comparable
        selected = [run for run in self._dock.selected if run in runs]
        if len(selected) != 2:
            shown = self._controller.shown
            last = shown if shown in runs else runs[-1]
            selected = [[run for run in runs if run is not last][-1], last]
        self._show(*selected)

    def choose(self) -> None:
        """Let the user choose traces, and open them."""
        dialog = QFileDialog(self._window, self.tr("Open trace"))
        dialog.setObjectName("open_trace_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        endings = " ".join(f"*{ending}" for ending in NATIVE)
        dialog.setNameFilter(self.tr("Pullscope traces ({0})").format(endings))
        if self._recents.traces:
            dialog.setDirectory(str(self._recents.traces[0].parent))
        dialog.filesSelected.connect(lambda names: self.open([Path(name) for name in names]))
        dialog.open()

    def recent_menu(self, parent: QMenu) -> QMenu:
        """Return a menu of the traces that were opened lately; each time it shows it is new."""
        menu = QMenu(self.tr("Open recent trace"), parent)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        menu.setEnabled(bool(self._recents.traces))
        parent.aboutToShow.connect(lambda: menu.setEnabled(bool(self._recents.traces)))
        return menu

    def _opened(self, run: PullRun) -> None:
        if run.trace is not None:
            self._recents.add_trace(run.trace)
        self._controller.show_trace(run)
        pair = [run for run in self._controller.runs if run.trace in self._compared]
        if len(pair) == 2:
            self._compared.clear()
            self._show(*pair)

    @property
    def _comparable(self) -> list[PullRun]:
        return [run for run in self._controller.runs if run.comparable]

    def _listed(self) -> None:
        runs = self._comparable
        self._compare.setEnabled(len(runs) > 1)
        if (view := self._view) is not None:
            view.offer(runs)

    @property
    def _view(self) -> CompareView | None:
        views = self._window.findChildren(CompareView)
        return next((view for view in views if view.isVisible()), None)

    def _show(self, one: PullRun, other: PullRun) -> None:
        view = self._view
        if view is None:
            view = CompareView(self._window)
            view.failed.connect(self.failed)
        view.offer(self._comparable)
        view.compare(one, other)
        view.show()
        view.raise_()
        view.activateWindow()

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        for path in self._recents.traces:
            action = menu.addAction(path.name.replace("&", "&&"))
            action.setToolTip(plain_tip(str(path)))
            action.triggered.connect(lambda _=False, path=path: self.open([path]))
