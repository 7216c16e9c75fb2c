"""Runs a sweep: its trials one after the other, each outcome written as soon as it is there.

`SweepRun.run` blocks; a view runs it in a thread and calls `pause` or `cancel` from its own.
"""

import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pullscope.engine.message import Message
from pullscope.sweep.drivers.driver import Driver
from pullscope.sweep.plan import Candidate, PlannedTrial, SweepError
from pullscope.sweep.results import Trial
from pullscope.sweep.store import StoredSweep, SweepStore
from pullscope.sweep.trial import Stopped, TrialProcesses, TrialRunner, check_destinations

FAILURES_IN_A_ROW = 5
"""After so many, a sweep pauses: what fails is not the settings."""


class Ending(StrEnum):
    """How a run of a sweep ended."""

    COMPLETE = "complete"
    PAUSED = "paused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is.

    Attributes:
        trials, done, failed: how many there are, have an outcome, and failed; of earlier runs too.
        current: the trial that runs; None between two, and at the end.
        last: the one that ended last in this run; None before.
        received: bytes over the network, as far as programs tell, else those of the image.
        elapsed: seconds of this run.
        left: seconds that it will still take; None before the first trial has ended.
    """

    trials: int
    done: int
    failed: int
    current: PlannedTrial | None
    last: Trial | None
    received: int
    elapsed: float
    left: float | None


Watch = Callable[[Progress], None]


class SweepRun:
    """One run of a sweep, from the first trial without an outcome to the last, or to a pause.

    Args:
        watch: told of each trial that begins or ends, in the thread of `run`.
        runner: runs the trials; None runs them in processes.
    """

    def __init__(
        self,
        store: SweepStore,
        number: int,
        drivers: Mapping[str, Driver],
        watch: Watch,
        runner: TrialRunner | None = None,
    ) -> None:
        self._store = store
        self._number = number
        self._drivers = drivers
        self._watch = watch
        self._runner = runner
        self._stop = threading.Lock()
        self._ending = Ending.COMPLETE
        self.reason = ""
        """Why it paused by itself, in one line; empty when it was told to, or did not."""

    def pause(self) -> None:
        """Stop at once; the trial under way is run again when the sweep goes on."""
        self._end(Ending.PAUSED)

    def cancel(self) -> None:
        """Stop at once and for good."""
        self._end(Ending.CANCELLED)

    def run(self) -> Ending:
        """Run the trials that have no outcome.

        Raises:
            SweepError: another program is at it, a program or destination cannot be used, or an
                outcome cannot be written.
        """
        with self._store.holding(self._number) as sweep:
            self._check_drivers(sweep)
            with self._stop:
                runner = self._runner = self._runner or self._processes(sweep)
                stopped = self._ending is not Ending.COMPLETE
            try:
                if not stopped:
                    self._store.set_cancelled(self._number, cancelled=False)
                    self._run(sweep, runner)
            finally:
                runner.close()
            if self._ending is Ending.CANCELLED:
                self._store.set_cancelled(self._number, cancelled=True)
            return self._ending

    def _end(self, ending: Ending) -> None:
        with self._stop:
            self._ending = ending
            if self._runner is not None:
                self._runner.stop()

    def _check_drivers(self, sweep: StoredSweep) -> None:
        for name in sweep.plan.drivers:
            if name not in self._drivers:
                raise SweepError(Message("there is no driver {name}", name=name))

    def _processes(self, sweep: StoredSweep) -> TrialProcesses:
        check_destinations(sweep.plan)
        folder = self._store.folder_of(sweep)
        processes = TrialProcesses(sweep.plan, self._drivers, sweep.key, folder)
        processes.clear()
        return processes

    def _run(self, sweep: StoredSweep, runner: TrialRunner) -> None:
        course = _Course(sweep, self._store.trials(self._number))
        in_a_row = 0
        for trial in course.to_come():
            if self._ending is not Ending.COMPLETE:
                break
            most = sweep.plan.max_bytes
            if most and course.received + sweep.plan.image.size > most:
                self._pause_because(Message("the next trial would exceed the bytes allowed"))
                break
            self._watch(course.progress(trial))
            try:
                outcome = runner(trial)
            except Stopped:
                break
            self._store.record(self._number, trial.position, outcome)
            course.note(Trial(trial, outcome))
            self._watch(course.progress(None))
            in_a_row = in_a_row + 1 if outcome.error else 0
            if in_a_row == FAILURES_IN_A_ROW:
                self._pause_because(
                    Message(
                        "{trials} trials in a row failed: {error}",
                        trials=in_a_row,
                        error=outcome.error,
                    )
                )

    def _pause_because(self, reason: str) -> None:
        with self._stop:
            if self._ending is Ending.COMPLETE:
                self._ending = Ending.PAUSED
                self.reason = reason


class _Course:
    """How a run goes: what is done, and how long the rest will take."""

    def __init__(self, sweep: StoredSweep, trials: Sequence[Trial]) -> None:
        self._size = sweep.plan.image.size
        self._trials = {trial.planned.position: trial for trial in trials}
        self._began = time.monotonic()
        self._last: Trial | None = None
        self._took: dict[Candidate, list[float]] = {}
        self.received = 0
        for trial in trials:
            self._add(trial)

    def to_come(self) -> list[PlannedTrial]:
        return [trial.planned for trial in self._trials.values() if trial.outcome is None]

    def note(self, trial: Trial) -> None:
        self._trials[trial.planned.position] = trial
        self._last = trial
        self._add(trial)

    def _add(self, trial: Trial) -> None:
        if trial.outcome is None:
            return
        told = trial.outcome.received
        self.received += self._size if told is None and trial.succeeded else told or 0
        if trial.succeeded:
            self._took.setdefault(trial.planned.candidate, []).append(trial.outcome.wall)

    def progress(self, current: PlannedTrial | None) -> Progress:
        done = [trial for trial in self._trials.values() if trial.outcome is not None]
        return Progress(
            trials=len(self._trials),
            done=len(done),
            failed=sum(not trial.succeeded for trial in done),
            current=current,
            last=self._last,
            received=self.received,
            elapsed=time.monotonic() - self._began,
            left=self._left(),
        )

    def _left(self) -> float | None:
        """Return the time that trials of the same candidates took, else that all took typically."""
        if not self._took:
            return None
        known = {candidate: statistics.fmean(took) for candidate, took in self._took.items()}
        usual = statistics.fmean(known.values())
        return sum(known.get(trial.candidate, usual) for trial in self.to_come())
