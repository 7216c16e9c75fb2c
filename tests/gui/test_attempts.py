"""Attempts: one row each, filled in as facts arrive."""

import math

import numpy as np

from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    PullEvent,
    PullPaused,
    PullResolved,
)
from pullscope.engine.model import Layer
from pullscope.gui.attempts import Attempts, Outcome

KIB = 1024


def started(chunk: int, at: float, *, layer: int = 0, attempt: int = 1, c: int = 0) -> ChunkStarted:
    return ChunkStarted(at, layer, chunk, attempt, chunk * KIB, KIB, c, at - 0.25)


def done(chunk: int, at: float, *, layer: int = 0, attempt: int = 1) -> ChunkDone:
    return ChunkDone(at, layer, chunk, attempt, at - 0.125, KIB)


def watch(*events: PullEvent) -> Attempts:
    attempts = Attempts()
    for event in events:
        attempts(event)
    return attempts


def test_that_what_is_not_known_yet_is_nan() -> None:
    row = watch(started(7, 1.0, c=3)).columns[0]
    assert (row["chunk"], row["connection"], row["started"], row["queued"]) == (7, 3, 1.0, 0.75)
    assert all(math.isnan(row[name]) for name in ("first_byte", "received_at", "ended"))
    assert row["outcome"] == Outcome.IN_FLIGHT


def test_that_an_attempt_is_filled_in_as_it_goes() -> None:
    reply = FirstByte(1.5, 0, 7, 1, 206, "cdn.example", "HTTP/1.1")
    attempts = watch(started(7, 1.0), reply, done(7, 2.0))
    row = attempts.columns[0]
    assert (row["first_byte"], row["received_at"], row["ended"]) == (1.5, 1.875, 2.0)
    assert (row["outcome"], row["status"], row["received"]) == (Outcome.DONE, 206, KIB)
    assert attempts.name(row["host"]) == "cdn.example"


def test_that_a_retry_is_a_row_of_its_own() -> None:
    attempts = watch(
        started(7, 1.0),
        ChunkReturned(2.0, 0, 7, 1, 100, "HTTP 503", 503, 0.5),
        started(7, 2.5, attempt=2),
        done(7, 3.0, attempt=2),
    )
    assert attempts.columns["outcome"].tolist() == [Outcome.RETRIED, Outcome.DONE]
    assert attempts.columns["attempt"].tolist() == [1, 2]
    assert attempts.name(attempts.columns[0]["reason"]) == "HTTP 503"
    assert attempts.columns[0]["status"] == 503


def test_that_a_chunk_cut_by_a_pause_is_no_retry() -> None:
    attempts = watch(started(7, 1.0), ChunkReturned(2.0, 0, 7, 1, 100, "paused", None, None))
    assert attempts.columns[0]["outcome"] == Outcome.GIVEN_BACK


def test_that_attempts_side_by_side_have_lanes_of_their_own_and_reuse_them() -> None:
    attempts = watch(
        started(0, 1.0),
        started(1, 1.1),
        started(2, 1.2, layer=1),
        done(0, 2.0),
        started(3, 2.1),
    )
    assert attempts.columns["lane"].tolist() == [0, 1, 0, 0]
    assert attempts.lanes == (2, 1)


def test_that_rows_stay_in_the_order_of_their_start_while_columns_grow() -> None:
    attempts = watch(*(started(n, n * 0.01, c=n % 110) for n in range(5000)))
    assert len(attempts) == 5000
    assert attempts.connections == 110
    assert np.all(np.diff(attempts.columns["started"]) > 0)
    assert attempts.columns["chunk"].tolist() == list(range(5000))


def test_that_an_observer_that_came_late_ignores_attempts_it_has_not_seen_start() -> None:
    attempts = watch(done(7, 2.0), PullPaused(3.0), started(8, 4.0))
    assert attempts.columns["chunk"].tolist() == [8]


def test_that_the_digests_of_layers_are_known_once_resolved() -> None:
    layers = (Layer("sha256:aa", 1, ""), Layer("sha256:bb", 2, ""))
    assert watch(PullResolved(0.1, "sha256:cc", "", layers)).digests == ("sha256:aa", "sha256:bb")
