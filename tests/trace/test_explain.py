import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullscope.engine.events import FirstByte, Sampled
from pullscope.engine.model import MIB
from pullscope.trace.explain import (
    difference_lines,
    differences,
    different_settings,
    explain,
    explanation_lines,
)
from pullscope.trace.recorded import RecordedPull


def test_phases_are_shares_with_percentiles(story):
    phases = {phase.name: phase for phase in explain(story).phases}

    assert sum(phase.share for phase in phases.values()) == pytest.approx(1.0)
    # 0.1, 0.15, 0.5 and 0.05 seconds
    waiting = phases["waiting"]
    assert waiting.total == pytest.approx(0.8)
    assert (waiting.p50, waiting.p90, waiting.p99) == pytest.approx((0.1, 0.5, 0.5))
    assert phases["queued"].total == pytest.approx(0.05 + 0.05 + 0.05 + 0.5)


def test_the_slowest_chunks_come_first(story):
    assert [(a.chunk, a.attempt) for a in explain(story).slowest] == [
        (2, 1),
        (0, 1),
        (1, 2),
        (1, 1),
    ]


def test_the_rate_of_a_connection_counts_the_time_of_its_requests(story):
    first, second = explain(story).connections

    assert (first.connection, first.attempts, first.received) == (0, 2, 32 * MIB)
    assert first.busy == pytest.approx(0.35 + 0.35)
    assert first.rate == pytest.approx(32 * MIB / 0.7)
    assert (second.attempts, second.received) == (2, 12 * MIB)


def test_the_whole_is_told_in_words(troubled):
    text = "\n".join(explanation_lines(explain(troubled)))

    assert "registry.example/demo/app:1: failed after 1.4 s" in text
    assert "1 retries, 1 second requests" in text
    assert re.search(r"wasted: of layers that were discarded +2 MiB", text)
    assert "another request was faster" in text
    assert re.search(r"connections that were made +2\n", text)
    assert re.search(r"manifests, which quotas count +1, 97 left\n", text)


def test_what_limited_it_is_told_for_each_stretch_of_time(story):
    at = 0.3
    for count in range(1, 80):
        at += 0.02
        story.append(Sampled(at, count * MIB, count * MIB, count * MIB, 1, 100 * MIB))
    story.sort(key=lambda event: event.at)
    stretches = explain(story).stretches

    assert [one.ended for one in stretches[:-1]] == [one.began for one in stretches[1:]]
    assert stretches[-1].ended == RecordedPull(story).end
    assert "Paused" not in [one.words for one in stretches]  # for less than 0.3 s


def test_no_events_are_explained_as_well():
    assert next(explanation_lines(explain([]))) == "a pull: unfinished after 0.0 ms"


def test_differences_are_told_per_phase_with_the_settings(story, troubled):
    before, after = explain(story), explain(troubled)
    found = {one.name: one for one in differences(before, after)}

    assert (found["whole pull"].before, found["whole pull"].after) == (1.7, 1.4)
    assert found["whole pull"].change == pytest.approx(1.4 / 1.7 - 1)
    assert found["waiting, all"].before == pytest.approx(0.8)
    assert found["wasted"].change is None  # nothing was before
    assert found["waiting, share"].before == pytest.approx(explain(story).phases[1].share)
    assert found["waiting, share"].change is None
    assert found["waiting, p90"].group == "phases"
    assert different_settings(before, after) == {}
    text = "\n".join(difference_lines(before, after))
    assert "registry.example/demo/app:1 failed after 1.4 s" in text
    assert "-18%" in text


def test_settings_that_differ_are_told(story):
    other = [event for event in story if not isinstance(event, FirstByte)]
    started = other[0]
    other[0] = type(started)(
        0.0,
        started.reference,
        "",
        started.settings.changed(parallelism=9),
        started.started_at,
    )

    assert different_settings(explain(story), explain(other)) == {"parallelism": (2, 9)}


@settings(deadline=None)
@given(data=st.data())
def test_whatever_happened_can_be_told(data, any_events):
    told = explain(data.draw(any_events))

    assert all(isinstance(line, str) for line in explanation_lines(told))
    assert all(isinstance(line, str) for line in difference_lines(told, told))
