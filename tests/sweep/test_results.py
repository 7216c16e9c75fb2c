import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.model import MIB
from pullscope.sweep.plan import Candidate, PlannedTrial, TrialKind
from pullscope.sweep.results import (
    ALIKE,
    FRONTIER,
    MEASURES,
    Outcome,
    Trial,
    frontier,
    heat_map,
    results,
)
from pullscope.sweep.settings import TrialSettings


def a_trial(position, kind=TrialKind.MEASURED, seconds=None, settings=(1, 4, 4 * MIB), **fields):
    candidate = Candidate("pullscope", "tmpfs", TrialSettings(*settings))
    planned = PlannedTrial(position, kind, 1, candidate)
    return Trial(planned, None if seconds is None else Outcome(1.0, seconds, **fields))


def controls(*times):
    """Trials of which only the controls, one in two, have these times."""
    return [
        trial
        for at, seconds in enumerate(times)
        for trial in (
            a_trial(2 * at, TrialKind.CONTROL, seconds),
            a_trial(2 * at + 1, TrialKind.MEASURED, 1.0),
        )
    ]


def test_that_every_measure_of_every_candidate_is_summed_up(plan_of, new_machine):
    plan = plan_of(repeat=3)
    found = results(plan, new_machine(noise=0.0).play(plan))

    assert len(found.rows) == 16
    assert (found.done, found.failed) == (found.planned, 0)
    row = found.rows[0]
    assert row.candidate.settings == TrialSettings(1, 1, 4 * MIB)
    assert row.connections == 1
    assert set(row.summaries) == set(MEASURES)
    assert row.time.count == 3
    assert row.time.median == pytest.approx(8192 / 20)
    assert row.summaries["memory"].median == 41 * MIB
    assert row.summaries["requests"].median == 2048


def test_that_warm_ups_and_controls_are_in_no_row(plan_of):
    trials = [
        a_trial(0, TrialKind.WARM_UP, 100.0),
        a_trial(1, TrialKind.CONTROL, 50.0),
        a_trial(2, seconds=1.0),
        a_trial(3),
    ]
    (row,) = results(plan_of(), trials).rows

    assert (row.time.count, row.time.most) == (1, 1.0)
    assert row.trials == (trials[2],)


def test_that_the_pull_counts_where_its_program_tells_of_it():
    assert Outcome(1.0, wall=3.0, pull=2.0).total == 2.0
    assert Outcome(1.0, wall=3.0).total == 3.0


def test_that_a_failed_trial_counts_as_a_failure_alone(plan_of):
    trials = [a_trial(0, seconds=2.0), a_trial(1, seconds=0.1, error="reset")]
    found = results(plan_of(), trials)

    assert found.failed == 1
    assert found.rows[0].failures == 1
    assert found.rows[0].time.count == 1


def test_that_a_sweep_without_an_outcome_has_rows_without_times(plan_of, knobs):
    found = results(plan_of(), [a_trial(0)])

    assert found.rows[0].time is None
    assert "Too few controls" in found.noise.words[0]


def test_that_a_steady_control_is_told(plan_of):
    noise = results(plan_of(), controls(1.0, 1.01, 0.99, 1.0, 1.02)).noise

    assert (noise.controls, noise.corrected, noise.too_noisy) == (5, False, False)
    assert noise.words[0].startswith("Steady")


def test_that_a_scattered_control_is_too_noisy(plan_of):
    noise = results(plan_of(), controls(1.0, 1.4, 0.8, 1.3, 1.0, 0.9)).noise

    assert noise.too_noisy
    assert any(words.startswith("Too noisy") for words in noise.words)


def test_that_a_drift_is_corrected_by_the_controls_around(plan_of):
    slow = [*([1.0] * 4), *([1.5] * 4)]
    trials = controls(*slow)
    trials = [
        a_trial(t.planned.position, t.planned.kind, slow[t.planned.position // 2]) for t in trials
    ]
    found = results(plan_of(), trials)

    assert found.noise.corrected
    assert found.noise.drift == pytest.approx(0.5)
    assert not found.noise.too_noisy
    assert "became 50% slower" in found.noise.words[0]
    time = found.rows[0].time
    assert time.median == pytest.approx(1.0)
    assert (time.least, time.most) == (pytest.approx(1.0), pytest.approx(1.0))
    assert time.count == 7  # nobody knows what the one between them met


def test_that_uncertain_times_count_where_too_few_are_certain(plan_of):
    times = [1.0, 1.3, 1.6, 1.9, 2.2, 2.5]  # always between controls that differ
    trials = controls(*times)
    found = results(plan_of(), trials)

    assert found.noise.corrected
    assert found.rows[0].time.count == len(times)


def test_that_memory_and_requests_are_never_corrected(plan_of, new_machine):
    plan = plan_of(repeat=4)
    calm = results(plan, new_machine(noise=0.0).play(plan))
    disturbed = results(plan, new_machine(noise=0.0, disturbed_from=40).play(plan))

    assert disturbed.noise.corrected
    for one, other in zip(calm.rows, disturbed.rows, strict=True):
        for measure in ("memory", "requests", "cpu"):
            assert one.summaries[measure] == other.summaries[measure]


def test_that_a_heat_map_has_the_fastest_of_each_pair(plan_of, new_machine):
    plan = plan_of(repeat=2)
    found = results(plan, new_machine(noise=0.0).play(plan))
    shown = heat_map(found.rows, "memory", "parallelism", "chunk_size")

    assert shown.columns == (1, 4, 16, 64)
    assert shown.lines == (4 * MIB, 32 * MIB)
    assert shown.cells[(4, 4 * MIB)].candidate.settings == TrialSettings(3, 4, 4 * MIB)
    assert shown.summary(4, 4 * MIB).median == 52 * MIB
    assert shown.summary(5, 4 * MIB) is None


def test_that_whole_layers_are_the_last_chunk_size(plan_of):
    trials = [
        a_trial(at, seconds=1.0, settings=(1, 4, size))
        for at, size in enumerate((0, 4 * MIB, 32 * MIB))
    ]
    shown = heat_map(results(plan_of(), trials).rows, "total", "chunk_size", "layers")

    assert shown.columns == (4 * MIB, 32 * MIB, 0)


costs_of_rows = st.tuples(st.integers(1, 6), st.integers(90, 110), st.integers(1, 6))


@given(st.lists(costs_of_rows, min_size=1, max_size=12))
def test_that_the_frontier_is_what_nothing_faster_beats(plan_of, costs):
    trials = [
        a_trial(at, seconds=float(time), settings=(1, at + 1, 0), memory=memory, requests=requests)
        for at, (time, memory, requests) in enumerate(costs)
    ]
    rows = results(plan_of(), trials).rows
    best = frontier(rows)

    def cost(row):
        return tuple(row.typical(measure) for measure in FRONTIER)

    def beats(one, other):
        return all(a <= b * (1 + ALIKE) for a, b in zip(cost(one), cost(other), strict=True))

    assert cost(best[0]) == min(map(cost, rows))
    assert [cost(row) for row in best] == sorted(cost(row) for row in best)
    for row in rows:
        assert row in best or any(beats(other, row) for other in best)
    for place, row in enumerate(best):
        assert not any(beats(faster, row) for faster in best[:place])


def test_that_a_heat_map_tells_where_a_cell_stands_by_ratios(plan_of):
    seconds = {1: 16.0, 4: 4.0, 16: 1.0}
    trials = [
        a_trial(at, settings=(1, parallelism, 4 * MIB), seconds=took, memory=7, wasted=at)
        for at, (parallelism, took) in enumerate(seconds.items())
    ]
    rows = results(plan_of(), trials).rows

    def shares(measure):
        shown = heat_map(rows, measure, "parallelism", "chunk_size")
        return [shown.share(column, 4 * MIB) for column in shown.columns]

    assert shares("total") == pytest.approx([1.0, 0.5, 0.0])
    assert shares("memory") == [0.0, 0.0, 0.0]  # all alike
    assert shares("wasted") == pytest.approx([0.0, 0.5, 1.0])  # 0 has no ratio
    assert shares("requests") == [None, None, None]  # nobody told
