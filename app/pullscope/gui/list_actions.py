"""What the actions of the list of pulls do, and when they can be used."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from pullscope.gui.pull_controller import PullController
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.gui.pulls_dock import PullsDock

_STANDS_STILL = (RunState.PAUSED, RunState.HELD, RunState.INTERRUPTED)


class ListActions(QObject):
    """Connects the list, its dock and the window's actions.

    Args:
        run_task: runs a coroutine until it ends.
    """

    def __init__(
        self,
        controller: PullController,
        dock: PullsDock,
        actions: Mapping[str, QAction],
        run_task: Callable[[Coroutine[Any, Any, None]], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._dock = dock
        self._actions = actions
        self._run_task = run_task
        does = {
            "retry_pull": lambda: self.start_again(controller.shown),
            "move_up": lambda: self._move(-1),
            "move_down": lambda: self._move(1),
            "remove_pull": lambda: controller.remove(controller.shown),
            "discard_pull": lambda: run_task(controller.discard(controller.shown)),
            "resume_all": self._resume_all,
            "pause_all": self._pause_all,
            "show_pulls": dock.toggle,
        }
        for name, what in does.items():
            actions[name].triggered.connect(lambda _=False, what=what: what())
        dock.chosen.connect(controller.show)
        dock.moved.connect(controller.move)
        controller.listed.connect(self._listed)
        self._listed()

    def start_again(self, run: PullRun) -> None:
        """Pull what waits now, and what was interrupted or has ended when it is its turn."""
        if run.state is RunState.QUEUED:
            self._controller.start_again(run)
        else:
            self._controller.queue([run])

    def enable(self) -> None:
        """Let the actions be used that can be."""
        runs, shown = self._controller.runs, self._controller.shown
        place = runs.index(shown) if shown in runs else -1
        under_way = self._controller.unfinished
        enabled = {
            "retry_pull": place >= 0 and shown not in under_way and shown.trace is None,
            "move_up": place > 0,
            "move_down": 0 <= place < len(runs) - 1,
            "remove_pull": place >= 0,
            "discard_pull": place >= 0 and shown.pull is not None,
            "resume_all": any(run.state in _STANDS_STILL for run in runs),
            "pause_all": any(run.state is RunState.RUNNING for run in under_way),
        }
        for name, can in enabled.items():
            self._actions[name].setEnabled(can)

    def _listed(self) -> None:
        self._dock.show_runs(self._controller.runs, self._controller.shown)
        self._dock.show_at_once(self._controller.at_once)
        self.enable()

    def _move(self, by: int) -> None:
        run = self._controller.shown
        self._controller.move(run, self._controller.runs.index(run) + by)

    def _resume_all(self) -> None:
        still = [run for run in self._controller.runs if run.state in _STANDS_STILL]
        under_way = self._controller.unfinished
        for run in still:
            if run in under_way:
                self._controller.resume(run)
        self._controller.queue([run for run in still if run not in under_way])

    def _pause_all(self) -> None:
        # Those that wait would begin in the place of those that are paused.
        for run in self._controller.runs:
            if run.state is RunState.QUEUED:
                run.state = RunState.HELD
        for run in self._controller.unfinished:
            if run.state is RunState.RUNNING:
                self._controller.pause(run)
