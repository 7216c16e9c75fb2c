import os
from dataclasses import replace
from pathlib import Path

import pytest

from pullscope.engine.model import MIB
from pullscope.sweep.plan import Destination, SweepError, plan_trials
from pullscope.sweep.results import results
from pullscope.sweep.store import SweepStore, default_folder


@pytest.fixture
def store(tmp_path):
    """A store of sweeps that is not there yet."""
    return SweepStore(tmp_path / "state" / "sweeps")


@pytest.fixture
def plan(plan_of):
    """A plan with two settings."""
    return plan_of(layers=(1,), parallelism=(1, 4), chunk_sizes=(MIB,), repeat=2)


@pytest.fixture
def number(store, plan, knobs):
    """Of a sweep in the store that has not begun."""
    return store.add(plan, plan_trials(plan, knobs))


def test_a_sweep_is_kept_as_it_was_planned(store, plan, knobs, number):
    kept = store.sweep(number)

    assert kept.plan == plan
    assert (kept.trials, kept.done, kept.failed, kept.state) == (8, 0, 0, "paused")
    assert [trial.planned for trial in store.trials(number)] == list(plan_trials(plan, knobs))
    assert store.sweeps() == [kept]


def test_a_folder_whose_name_is_no_unicode_is_swept(store, plan_of, knobs, tmp_path):
    folder = tmp_path / os.fsdecode(b"\xff")
    plan = plan_of(destinations=(Destination.parse(str(folder)),), repeat=1)
    number = store.add(plan, plan_trials(plan, knobs))
    trials = store.trials(number)
    (place,) = store.sweep(number).plan.destinations

    assert place.path == folder
    assert {trial.planned.candidate.destination for trial in trials} == {place.name}
    assert results(store.sweep(number).plan, trials).rows


def test_an_outcome_is_kept_as_it_was(store, number, new_machine):
    first, second, *others = store.trials(number)
    told = replace(new_machine()(first.planned), trace="/traces/0.pullscope")
    failed = replace(told, wall=0.0, pull=None, memory=None, error="no \udcff")
    store.record(number, first.planned.position, told)
    store.record(number, second.planned.position, failed)

    kept = store.trials(number)
    assert kept[0].outcome == told
    assert kept[1].outcome == replace(failed, error=r"no \udcff")
    assert [trial.outcome for trial in kept[2:]] == [None] * len(others)
    assert (store.sweep(number).done, store.sweep(number).failed) == (2, 1)


def test_a_sweep_with_all_outcomes_is_complete(store, number, new_machine):
    for trial in store.trials(number):
        store.record(number, trial.planned.position, new_machine()(trial.planned))

    assert store.sweep(number).state == "complete"


def test_failures_can_be_forgotten(store, number, new_machine):
    first, second, *_ = (trial.planned for trial in store.trials(number))
    store.record(number, first.position, new_machine()(first))
    store.record(number, second.position, new_machine(fails=lambda _: True)(second))

    store.forget_failures(number)

    assert (store.sweep(number).done, store.sweep(number).failed) == (1, 0)


def test_a_cancelled_sweep_says_so_until_it_goes_on(store, number):
    store.set_cancelled(number, cancelled=True)
    assert store.sweep(number).state == "cancelled"

    store.set_cancelled(number, cancelled=False)
    assert store.sweep(number).state == "paused"


def test_a_sweep_is_held_by_one_program_alone(store, number):
    with store.holding(number):
        assert store.sweep(number).state == "running"
        with pytest.raises(SweepError, match=f"another program is running sweep {number}"):
            store.remove(number)

    assert store.sweep(number).state == "paused"


def test_a_sweep_is_removed_with_its_traces(store, plan, knobs, number):
    folder = store.folder_of(store.sweep(number))
    folder.mkdir()
    (folder / "00000.pullscope").write_text("a trace")
    other = store.add(plan, plan_trials(plan, knobs))

    store.remove(number)

    assert [sweep.number for sweep in store.sweeps()] == [other]
    assert sorted(path.suffix for path in store.folder.iterdir() if path.is_file()) == [".sqlite"]
    assert not folder.exists()
    assert len(store.trials(other)) == 8
    assert store.add(plan, ()) > other


def test_what_is_not_there_is_said(store, number):
    for ask in (store.sweep, store.trials, store.remove):
        with pytest.raises(SweepError, match="there is no sweep 99"):
            ask(99)


def test_without_a_sweep_there_is_no_folder(tmp_path):
    store = SweepStore(tmp_path / "sweeps")

    assert store.sweeps() == []
    with pytest.raises(SweepError, match="there is no sweep 1"):
        store.sweep(1)
    assert not store.folder.exists()


def test_a_destination_may_have_any_name(store, plan_of, knobs):
    plan = plan_of(destinations=(Destination("a'; DROP TABLE trials; \x1b", Path("/x")),))
    number = store.add(plan, plan_trials(plan, knobs))

    assert store.sweep(number).plan == plan
    assert store.trials(number)[0].planned.candidate.destination == plan.destinations[0].name


def test_sweeps_are_in_the_state_of_the_user(home):
    assert default_folder() == home / "xdg_state_home" / "pullscope" / "sweeps"
