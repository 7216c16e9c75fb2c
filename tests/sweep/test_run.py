import os
import subprocess
import sys
import textwrap
from itertools import pairwise
from pathlib import Path

import pytest

import pullscope
from pullscope.engine.message import translated
from pullscope.engine.model import MIB
from pullscope.sweep.plan import Destination, SweepError, plan_trials
from pullscope.sweep.run import FAILURES_IN_A_ROW, Ending, SweepRun
from pullscope.sweep.store import SweepStore
from pullscope.sweep.trial import Stopped


@pytest.fixture
def store(tmp_path):
    """A store of sweeps that is not there yet."""
    return SweepStore(tmp_path / "sweeps")


@pytest.fixture
def new_sweep(store, plan_of, knobs):
    """Adds sweeps with some fields of the plan replaced, and returns their numbers."""

    def add(**fields):
        plan = plan_of(**{"repeat": 2, "layers": (1,), "chunk_sizes": (32 * MIB,), **fields})
        return store.add(plan, plan_trials(plan, knobs))

    return add


DRIVERS = {"pullscope": object()}


def nothing(progress):
    """Watch nothing."""


class Watched:
    """Runs trials on a machine and notes which; `at` says what happens before one."""

    def __init__(self, machine, at=lambda trial: None):
        self.machine = machine
        self.at = at
        self.ran = []
        self.stopped = False

    def __call__(self, trial):
        self.at(trial)
        if self.stopped:
            raise Stopped
        self.ran.append(trial.position)
        return self.machine(trial)

    def stop(self):
        self.stopped = True

    def close(self):
        self.closed = True


def test_every_trial_is_run_in_its_order_and_kept(store, new_sweep, new_machine):
    number = new_sweep()
    runner = Watched(new_machine())

    assert SweepRun(store, number, DRIVERS, nothing, runner).run() is Ending.COMPLETE

    assert runner.ran == list(range(len(store.trials(number))))
    assert runner.closed
    assert store.sweep(number).state == "complete"


def test_progress_is_told_at_the_begin_and_end_of_each_trial(store, new_sweep, new_machine):
    number = new_sweep()
    seen = []
    SweepRun(store, number, DRIVERS, seen.append, new_machine()).run()

    count = store.sweep(number).trials
    assert len(seen) == 2 * count
    assert (seen[0].done, seen[0].current.position, seen[0].left) == (0, 0, None)
    assert (seen[-1].done, seen[-1].current, seen[-1].left) == (count, None, 0)
    assert seen[-1].last.planned.position == count - 1
    assert seen[-1].received == count * store.sweep(number).plan.image.size
    assert all(one.done <= other.done for one, other in pairwise(seen))


def test_a_pause_keeps_what_was_measured_and_goes_on_later(store, new_sweep, new_machine):
    number = new_sweep()
    first = Watched(new_machine())
    paused = SweepRun(store, number, DRIVERS, nothing, first)
    first.at = lambda trial: paused.pause() if trial.position == 3 else None

    assert paused.run() is Ending.PAUSED
    assert paused.reason == ""
    assert (store.sweep(number).state, store.sweep(number).done) == ("paused", 3)

    second = Watched(new_machine())
    assert SweepRun(store, number, DRIVERS, nothing, second).run() is Ending.COMPLETE
    assert first.ran + second.ran == list(range(store.sweep(number).trials))


def test_a_pause_before_the_begin_runs_nothing(store, new_sweep, new_machine):
    number = new_sweep()
    runner = Watched(new_machine())
    paused = SweepRun(store, number, DRIVERS, nothing, runner)
    paused.pause()

    assert paused.run() is Ending.PAUSED
    assert runner.ran == []


def test_a_cancelled_sweep_says_so_and_can_still_go_on(store, new_sweep, new_machine):
    number = new_sweep()
    runner = Watched(new_machine())
    cancelled = SweepRun(store, number, DRIVERS, nothing, runner)
    runner.at = lambda trial: cancelled.cancel() if trial.position == 2 else None

    assert cancelled.run() is Ending.CANCELLED
    assert store.sweep(number).state == "cancelled"
    SweepRun(store, number, DRIVERS, nothing, new_machine()).run()
    assert store.sweep(number).state == "complete"


def test_failures_are_kept_and_the_sweep_goes_on(store, new_sweep, new_machine):
    number = new_sweep()
    machine = new_machine(fails=lambda trial: trial.position % 2 == 1)

    assert SweepRun(store, number, DRIVERS, nothing, machine).run() is Ending.COMPLETE
    assert store.sweep(number).failed == store.sweep(number).trials // 2


def test_failures_in_a_row_pause_the_sweep_with_a_reason(store, new_sweep, new_machine):
    number = new_sweep()
    run = SweepRun(store, number, DRIVERS, nothing, new_machine(fails=lambda _: True))

    assert run.run() is Ending.PAUSED
    assert store.sweep(number).done == FAILURES_IN_A_ROW
    assert run.reason == "5 trials in a row failed: registry.test: answered 500"
    said = translated(run.reason, lambda _, text: text.replace("in a row failed", "FAILED"))
    assert said == "5 trials FAILED: registry.test: answered 500"


def test_no_more_is_received_than_is_allowed(store, new_sweep, new_machine):
    size = 8192 * 1024 * 1024
    number = new_sweep(max_bytes=3 * size + 1)
    run = SweepRun(store, number, DRIVERS, nothing, new_machine())

    assert run.run() is Ending.PAUSED
    assert store.sweep(number).done == 3
    assert "bytes allowed" in run.reason


def test_two_programs_cannot_run_one_sweep(store, new_sweep, new_machine):
    number = new_sweep()
    with (
        SweepStore(store.folder).holding(number),
        pytest.raises(SweepError, match="another program"),
    ):
        SweepRun(store, number, DRIVERS, nothing, new_machine()).run()


def test_a_driver_that_is_gone_is_said(store, new_sweep, new_machine):
    with pytest.raises(SweepError, match="there is no driver pullscope"):
        SweepRun(store, new_sweep(), {}, nothing, new_machine()).run()


def test_a_missing_destination_is_said_before_the_first_trial(store, new_sweep, tmp_path):
    number = new_sweep(destinations=(Destination("disk", tmp_path / "no" / "x"),))

    with pytest.raises(SweepError, match="there is no folder"):
        SweepRun(store, number, DRIVERS, nothing).run()
    assert store.sweep(number).done == 0


def test_a_killed_sweep_goes_on_where_it_was(store, new_sweep, new_machine):
    number = new_sweep()
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from pullscope.sweep.results import Outcome
        from pullscope.sweep.run import SweepRun
        from pullscope.sweep.store import SweepStore

        class Runner:
            def __call__(self, trial):
                if trial.position == 4:
                    os.kill(os.getpid(), signal.SIGKILL)
                return Outcome(1.0, 2.0)

            def close(self):
                pass

        store = SweepStore(Path({str(store.folder)!r}))
        SweepRun(store, {number}, {{"pullscope": None}}, lambda _: None, Runner()).run()
    """)
    source = str(Path(pullscope.__file__).parent.parent)
    killed = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": source}
    )
    assert killed.returncode == -9
    assert (store.sweep(number).state, store.sweep(number).done) == ("paused", 4)

    runner = Watched(new_machine())
    assert SweepRun(store, number, DRIVERS, nothing, runner).run() is Ending.COMPLETE
    assert runner.ran == list(range(4, store.sweep(number).trials))
