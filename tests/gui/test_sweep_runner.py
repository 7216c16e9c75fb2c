"""Sweeps that run beside the window."""

from pathlib import Path
from typing import Any

import pytest
from sweeps_that_are_played import DRIVERS, Player, add_sweep, plan_of

from pullscope.gui.sweep_runner import SweepRunner
from pullscope.sweep.plan import Destination, SweepError, plan_trials
from pullscope.sweep.store import SweepStore


@pytest.fixture
def store(tmp_path: Path) -> SweepStore:
    return SweepStore(tmp_path / "sweeps")


def test_that_a_sweep_runs_to_its_end_while_the_loop_goes_on(
    store: SweepStore, run_async: Any, until: Any
) -> None:
    number = add_sweep(store, most=0)
    player = Player(waits=5)
    told: list[int] = []

    async def story() -> None:
        runner = SweepRunner(store, DRIVERS, lambda: player)
        runner.progressed.connect(lambda _: told.append(runner.progress.done))  # type: ignore[union-attr]
        runner.start(number)
        await until(lambda: told and told[-1] == 5)
        assert runner.number == number  # and this coroutine runs meanwhile
        player.go_on.set()
        await until(lambda: not runner.number)

    run_async(story())
    sweep = store.sweep(number)
    assert sweep.state == "complete"
    assert told == sorted(told)
    assert told[-1] == sweep.trials


def test_that_a_sweep_that_is_paused_goes_on_later(
    store: SweepStore, run_async: Any, until: Any
) -> None:
    number = add_sweep(store, most=0)
    players = [Player(waits=3), Player()]

    async def story() -> None:
        runner = SweepRunner(store, DRIVERS, lambda: players.pop(0))
        runner.start(number)
        await until(lambda: runner.progress and runner.progress.done == 3)
        await runner.close()
        assert store.sweep(number).state == "paused"
        assert store.sweep(number).done == 3
        runner.start(number)
        await until(lambda: not runner.number)

    run_async(story())
    assert store.sweep(number).state == "complete"


def test_that_a_cancelled_sweep_keeps_what_was_measured(
    store: SweepStore, run_async: Any, until: Any
) -> None:
    number = add_sweep(store, most=0)

    async def story() -> None:
        runner = SweepRunner(store, DRIVERS, lambda: Player(waits=2))
        runner.start(number)
        await until(lambda: runner.progress and runner.progress.done == 2)
        runner.cancel()
        await until(lambda: not runner.number)

    run_async(story())
    assert (store.sweep(number).state, store.sweep(number).done) == ("cancelled", 2)


def test_that_it_is_told_why_a_sweep_does_not_go_on(
    store: SweepStore, run_async: Any, until: Any
) -> None:
    number = add_sweep(store, most=0)
    said: list[tuple[int, str]] = []

    async def story() -> None:
        runner = SweepRunner(store, DRIVERS, lambda: Player(fails=lambda _: True))
        runner.failed.connect(lambda *told: said.append(told))
        runner.start(number)
        await until(lambda: said)
        with store.holding(number):  # as another program would
            runner.start(number)
            await until(lambda: len(said) == 2)

    run_async(story())
    assert said[0] == (number, "5 trials in a row failed: registry.example: answered <b>500</b>")
    assert said[1] == (number, f"another program is running sweep {number}")


def test_that_one_sweep_runs_at_a_time(store: SweepStore, run_async: Any, until: Any) -> None:
    numbers = [add_sweep(store, most=0) for _ in range(2)]
    player = Player(waits=1)

    async def story() -> None:
        runner = SweepRunner(store, DRIVERS, lambda: player)
        for number in numbers:
            runner.start(number)
        assert runner.number == numbers[0]
        player.go_on.set()
        await until(lambda: not runner.number)

    run_async(story())
    assert [store.sweep(number).done > 0 for number in numbers] == [True, False]


def test_that_a_sweep_with_an_unusable_destination_is_not_kept(
    store: SweepStore, run_async: Any, tmp_path: Path
) -> None:
    plan = plan_of(destinations=(Destination("gone", tmp_path / "no" / "such"),))
    trials = plan_trials(plan, {"pullscope": frozenset()})

    async def story() -> None:
        with pytest.raises(SweepError, match="there is no folder"):
            await SweepRunner(store, DRIVERS).add(plan, trials)

    run_async(story())
    assert store.sweeps() == []
