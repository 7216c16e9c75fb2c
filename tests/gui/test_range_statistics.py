"""The numbers of a range of time."""

import math

import numpy as np
import pytest

from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    PrefixHashed,
    PullEvent,
    Sampled,
)
from pullscope.engine.model import MIB
from pullscope.gui.attempts import Attempts
from pullscope.gui.range_statistics import Spread, statistics_of


def watch(*events: PullEvent) -> Attempts:
    attempts = Attempts()
    for event in events:
        attempts(event)
    return attempts


def fetched(chunk: int, at: float) -> list[PullEvent]:
    """Return a chunk: queued 0.1 s, first byte after 0.2, received in 1, written in 0.05."""
    return [
        ChunkStarted(at, 0, chunk, 1, chunk * MIB, MIB, chunk, at - 0.1),
        FirstByte(at + 0.2, 0, chunk, 1, 206, "cdn.example", "HTTP/1.1"),
        ChunkDone(at + 1.25, 0, chunk, 1, at + 1.2, MIB),
    ]


def test_that_a_spread_has_mean_median_and_percentile() -> None:
    spread = Spread.of(np.array([1.0, 2.0, 3.0, 4.0, math.nan]))
    assert (spread.count, spread.total, spread.mean) == (4, 10.0, 2.5)
    assert (spread.least, spread.median, spread.greatest) == (1.0, 2.5, 4.0)
    assert spread.p95 == pytest.approx(3.85)
    assert math.isnan(Spread.of(np.zeros(0)).mean)


def test_that_phases_are_counted_where_they_end() -> None:
    attempts = watch(*fetched(0, 1.0), *fetched(1, 2.0), PrefixHashed(3.4, 0, 2 * MIB, 3.3))
    whole = statistics_of(attempts, 0.0, 10.0)
    assert (whole.attempts, whole.done, whole.retried, whole.cut) == (2, 2, 0, 0)
    means = {name: spread.mean for name, spread in whole.phases.items()}
    assert means == {
        "queued": pytest.approx(0.1),
        "waiting": pytest.approx(0.2),
        "receiving": pytest.approx(1.0),
        "writing": pytest.approx(0.05),
        "hashing": pytest.approx(0.1),
    }
    assert whole.chunk_rate.mean == pytest.approx(MIB)
    assert whole.chunk_size.total == 2 * MIB
    part = statistics_of(attempts, 1.1, 2.1)
    assert part.attempts == 2
    assert part.phases["waiting"].count == 1
    assert part.phases["receiving"].count == 0
    assert part.done == 0


def test_that_bytes_are_those_between_the_samples() -> None:
    samples = [Sampled(n / 10, n * 1000, n * 900, n * 800, 1, 0) for n in range(101)]
    found = statistics_of(watch(*samples), 2.0, 4.0)
    assert found.received == pytest.approx(20_000)
    assert found.written == pytest.approx(18_000)
    assert found.hashed == pytest.approx(16_000)
    assert found.mean_rate == pytest.approx(10_000)
    assert found.rate.least == pytest.approx(10_000)
    assert found.rate.greatest == pytest.approx(10_000)


def test_that_attempts_that_failed_are_counted_apart() -> None:
    attempts = watch(
        ChunkStarted(1.0, 0, 0, 1, 0, MIB, 0, 1.0),
        ChunkReturned(2.0, 0, 0, 1, 0, "HTTP 503", 503, 0.5),
        ChunkStarted(1.0, 0, 1, 1, MIB, MIB, 1, 1.0),
        ChunkReturned(2.0, 0, 1, 1, 0, "paused", None, None),
        ChunkStarted(1.5, 0, 2, 1, 2 * MIB, MIB, 2, 1.0),
    )
    found = statistics_of(attempts, 0.0, 3.0)
    assert (found.attempts, found.done, found.retried, found.cut) == (3, 0, 1, 1)


def test_that_a_range_without_anything_has_numbers_too() -> None:
    found = statistics_of(Attempts(), 1.0, 2.0)
    assert (found.attempts, found.received, found.mean_rate) == (0, 0.0, 0.0)
