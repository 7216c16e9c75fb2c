import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.message import translated, words_of
from pullscope.engine.model import MIB
from pullscope.sweep.plan import (
    CONTROL_EVERY,
    MOST_REPEATS,
    Destination,
    SweepError,
    SweepPlan,
    SweptImage,
    TrialKind,
    candidates,
    control_of,
    estimate,
    left_out,
    left_out_words,
    plan_trials,
)
from pullscope.sweep.settings import TrialSettings
from pullscope.sweep.statistics import bootstrap_interval

NAME, DIGEST, GIB = "registry.test/demo/app:1", "sha256:" + "a" * 64, 1024 * MIB
TWO_PLACES = (Destination("tmpfs", Path("/dev/shm/x")), Destination("disk", Path("/var/tmp/x")))


@given(
    layers=st.sets(st.integers(1, 8), min_size=1),
    parallelism=st.sets(st.integers(1, 64), min_size=1, max_size=5),
    repeat=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_that_every_block_holds_every_candidate_once(
    plan_of, knobs, layers: set[int], parallelism: set[int], repeat: int, seed: int
) -> None:
    plan = plan_of(layers=tuple(layers), parallelism=tuple(parallelism), repeat=repeat, seed=seed)
    trials = plan_trials(plan, knobs)
    chosen = candidates(plan, knobs)

    assert [trial.position for trial in trials] == list(range(len(trials)))
    for block in range(1, repeat + 1):
        measured = Counter(
            trial.candidate
            for trial in trials
            if trial.block == block and trial.kind is TrialKind.MEASURED
        )
        assert measured == Counter(chosen)
    assert trials == plan_trials(plan, knobs)


@given(repeat=st.integers(1, 5), places=st.integers(1, 2))
def test_that_the_control_comes_first_last_and_regularly(
    plan_of, knobs, repeat: int, places: int
) -> None:
    plan = plan_of(repeat=repeat, destinations=TWO_PLACES[:places])
    trials = [trial for trial in plan_trials(plan, knobs) if trial.kind is not TrialKind.WARM_UP]
    at = [place for place, trial in enumerate(trials) if trial.kind is TrialKind.CONTROL]

    assert (at[0], at[-1]) == (0, len(trials) - 1)
    assert all(after - before <= CONTROL_EVERY + 1 for before, after in pairwise(at))
    assert len({trials[place].candidate for place in at}) == 1


def test_that_the_order_differs_by_block_and_by_seed(plan_of, knobs) -> None:
    def order(seed: int, block: int) -> list[TrialSettings]:
        return [
            trial.candidate.settings
            for trial in plan_trials(plan_of(seed=seed), knobs)
            if trial.block == block and trial.kind is TrialKind.MEASURED
        ]

    assert order(1, 1) != order(1, 2)
    assert order(1, 1) != order(2, 1)


def test_that_fewest_and_most_connections_warm_up(plan_of, knobs) -> None:
    first, second, third, *_ = plan_trials(plan_of(), knobs)

    assert (first.kind, second.kind, third.kind) == ("warm-up", "warm-up", "control")
    assert first.candidate.settings.connections(4) == 1
    assert second.candidate.settings.connections(4) == 3 * 64


def test_that_settings_that_would_do_the_same_stand_once(plan_of, knobs) -> None:
    one_layer = SweptImage(NAME, DIGEST, (64 * MIB,))
    plan = plan_of(
        image=one_layer, layers=(3, 2, 4), parallelism=(1, 2, 8), chunk_sizes=(32 * MIB, 0, GIB)
    )
    settings = [candidate.settings for candidate in candidates(plan, knobs)]

    assert settings == [
        TrialSettings(2, 1, 32 * MIB),
        TrialSettings(2, 2, 32 * MIB),
        TrialSettings(2, 1, GIB),
    ]
    assert left_out(plan) == 27 - 3
    assert left_out_words(plan).startswith("24 of the settings asked for do the same as smaller")
    assert left_out_words(plan_of()) == ""


def test_that_a_chunk_size_of_0_is_the_whole_layer(plan_of, knobs) -> None:
    plan = plan_of(layers=(2,), parallelism=(4, 8), chunk_sizes=(0, 4 * MIB))
    settings = {candidate.settings for candidate in candidates(plan, knobs)}

    assert settings == {
        TrialSettings(2, 4, 4 * MIB), TrialSettings(2, 8, 4 * MIB), TrialSettings(2, 4, 0)
    }  # fmt: skip


def test_that_a_program_without_settings_is_tried_once_per_block(plan_of, knobs) -> None:
    plan = plan_of(drivers=("pullscope", "crane"), destinations=TWO_PLACES)
    chosen = candidates(plan, knobs)

    assert sum(candidate.driver == "crane" for candidate in chosen) == 2
    assert len(chosen) == 2 * 16 + 2


def test_that_the_control_is_of_the_first_program_and_place_and_in_the_middle(
    plan_of, knobs
) -> None:
    plan = plan_of(drivers=("pullscope", "crane"), destinations=TWO_PLACES)
    control = control_of(candidates(plan, knobs), 4)

    assert (control.driver, control.destination) == ("pullscope", "tmpfs")
    assert control.settings.connections(4) in (12, 16)


def test_that_an_estimate_counts_every_trial(plan_of, knobs) -> None:
    plan = plan_of(layers=(3,), parallelism=(4,), repeat=2)
    trials = plan_trials(plan, knobs)
    told = estimate(plan.image, trials, rate=2048.0 * MIB)

    assert told.trials == len(trials) == 2 + 1 + 4 + 1
    assert told.received == 8 * plan.image.size
    assert told.manifests == 8
    assert told.seconds == pytest.approx(8 * 5.0)
    by_size = Counter(trial.candidate.settings.chunk_size for trial in trials)
    assert told.requests == by_size[4 * MIB] * 2048 + by_size[32 * MIB] * 256
    assert not told.assumed
    assert estimate(plan.image, trials).assumed


def test_that_a_plan_reads_back_as_it_was_written(plan_of) -> None:
    plan = plan_of(destinations=TWO_PLACES, seed=3, max_bytes=7, traces=False, insecure=True)

    assert SweepPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_that_trials_pull_by_digest() -> None:
    assert SweptImage(NAME, DIGEST, (1,)).pinned == f"registry.test/demo/app@{DIGEST}"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"layers": ()}, "needs layers"),
        ({"parallelism": (4, 4)}, "given twice"),
        ({"repeat": 0}, "at least once"),
        (
            {"destinations": (Destination("a", Path("/a")), Destination("a", Path("/b")))},
            "the same name",
        ),
        ({"image": SweptImage("a.test/b", "sha256:" + "a" * 64, ())}, "no layers"),
    ],
)
def test_that_a_plan_without_sense_is_refused(
    plan_of, fields: dict[str, object], words: str
) -> None:
    with pytest.raises(SweepError, match=words):
        plan_of(**fields)


def test_that_too_many_trials_are_refused(plan_of, knobs) -> None:
    with pytest.raises(SweepError, match="more than"):
        plan_trials(plan_of(repeat=10_000), knobs)


def test_that_no_more_repeats_are_planned_than_a_median_can_be_told_of(plan_of, knobs) -> None:
    fields = {"layers": (1,), "parallelism": (1,), "chunk_sizes": (4 * MIB,)}
    with pytest.raises(SweepError, match="1001 trials of each setting are more than 1000"):
        plan_trials(plan_of(repeat=MOST_REPEATS + 1, **fields), knobs)
    plan_trials(plan_of(repeat=MOST_REPEATS, **fields), knobs)
    low, high = bootstrap_interval([float(value) for value in range(MOST_REPEATS)])
    assert low < MOST_REPEATS / 2 < high


def test_that_a_destination_is_a_folder_with_a_name() -> None:
    assert Destination.parse("tmpfs=/dev/shm/x") == Destination("tmpfs", Path("/dev/shm/x"))
    assert Destination.parse("/dev/shm/x").name == "/dev/shm/x"
    for text in ("", "=", "tmpfs=", "=/x"):
        with pytest.raises(ValueError, match="not a destination"):
            Destination.parse(text)


def test_that_a_plan_without_sense_can_be_refused_in_another_language(plan_of) -> None:
    with pytest.raises(SweepError, match=r"^a sweep needs chunk sizes$") as caught:
        plan_of(chunk_sizes=())
    said = translated(words_of(caught.value), lambda _, text: f"[{text}]")
    assert said == "[a sweep needs [chunk sizes]]"
