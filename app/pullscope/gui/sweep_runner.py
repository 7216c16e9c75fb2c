"""Runs sweeps beside the window: in a thread, whose trials are processes of their own."""

import asyncio
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from pullscope.gui.language import said
from pullscope.sweep.drivers.driver import Driver
from pullscope.sweep.plan import PlannedTrial, SweepError, SweepPlan
from pullscope.sweep.run import Progress, SweepRun
from pullscope.sweep.store import SweepStore
from pullscope.sweep.trial import TrialRunner, check_destinations

NewRunner = Callable[[], TrialRunner]


class SweepRunner(QObject):
    """At most one sweep of a store at a time.

    Args:
        new_trial_runner: makes what runs the trials; None runs them in processes.

    Signals:
        progressed: the number of the sweep that runs has another `progress`.
        ended: the number of a sweep that runs no longer.
        failed: a number, and why that sweep did not go on by itself.
    """

    progressed = Signal(int)
    ended = Signal(int)
    failed = Signal(int, str)

    def __init__(
        self,
        store: SweepStore,
        drivers: Mapping[str, Driver],
        new_trial_runner: NewRunner | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.store = store
        self.drivers = drivers
        self._new_trial_runner = new_trial_runner
        self._run: SweepRun | None = None
        self._task: asyncio.Task[None] | None = None
        self.number = 0
        """Of the sweep that runs; 0 while none does."""
        self.progress: Progress | None = None
        """How far it is; None before its first trial."""

    async def add(self, plan: SweepPlan, trials: tuple[PlannedTrial, ...]) -> int:
        """Keep a new sweep, and return its number.

        Raises:
            SweepError: a destination cannot be used, or the sweep not be kept.
        """
        if self._new_trial_runner is None:
            await asyncio.to_thread(check_destinations, plan)
        return self.store.add(plan, trials)

    def start(self, number: int) -> None:
        """Run a sweep from where it stands; another that runs goes on instead."""
        if self.number:
            return
        loop = asyncio.get_running_loop()

        def watch(progress: Progress) -> None:
            loop.call_soon_threadsafe(self._note, number, progress)

        runner = self._new_trial_runner() if self._new_trial_runner is not None else None
        self._run = SweepRun(self.store, number, self.drivers, watch, runner)
        self.number, self.progress = number, None
        self._task = loop.create_task(self._follow(self._run, number))
        # What nobody expected is for the loop's handler.
        self._task.add_done_callback(lambda task: None if task.cancelled() else task.result())

    def pause(self) -> None:
        """Stop at once; what was measured is kept."""
        if self._run is not None:
            self._run.pause()

    def cancel(self) -> None:
        """Stop at once and for good; what was measured is kept."""
        if self._run is not None:
            self._run.cancel()

    async def close(self) -> None:
        """Pause what runs, and wait for its end."""
        self.pause()
        if self._task is not None:
            await self._task

    def _note(self, number: int, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit(number)

    async def _follow(self, run: SweepRun, number: int) -> None:
        reason = ""
        try:
            await asyncio.to_thread(run.run)
            reason = said(run.reason)
        except SweepError as error:
            reason = said(error)
        finally:
            self._run, self.number = None, 0
            self.ended.emit(number)
        if reason:
            self.failed.emit(number, reason)
