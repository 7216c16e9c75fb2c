"""Attempts: one row each, filled in as facts arrive."""

import math

import numpy as np
import pytest

from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerDiscarded,
    PrefixHashed,
    PullEvent,
    PullPaused,
    PullResolved,
    RequestSent,
    Sampled,
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


def hashed(layer: int, upto: int, began: float, at: float) -> PrefixHashed:
    return PrefixHashed(at, layer, upto, began)


def test_that_each_attempt_knows_when_its_bytes_were_hashed() -> None:
    attempts = watch(
        started(0, 1.0),
        started(1, 1.0),
        done(1, 2.0),  # it has to wait for chunk 0
        done(0, 5.0),
        hashed(0, 2 * KIB, 5.0, 5.5),
    )
    rows = attempts.columns
    assert rows["hash_began"].tolist() == [5.0, 5.0]
    assert rows["hashed_at"].tolist() == [5.5, 5.5]


def test_that_hashing_in_steps_is_as_long_as_all_of_them() -> None:
    attempts = watch(
        started(0, 1.0),
        hashed(0, KIB // 2, 1.5, 1.6),  # it follows the writes
        hashed(0, KIB, 1.9, 2.0),
        done(0, 2.0),
    )
    row = attempts.columns[0]
    assert (row["hash_began"], row["hashed_at"]) == (pytest.approx(1.8), 2.0)


def test_that_a_layer_that_is_fetched_again_is_hashed_again() -> None:
    attempts = watch(
        started(0, 1.0),
        done(0, 2.0),
        hashed(0, KIB, 2.0, 2.1),
        LayerDiscarded(2.2, 0, "other bytes"),
        started(9, 3.0),
        done(9, 4.0),
    )
    assert math.isnan(attempts.columns[1]["hashed_at"])


def test_that_the_second_request_for_a_silent_one_is_marked() -> None:
    attempts = watch(started(0, 1.0), ChunkHedged(2.0, 0, 0, 2, 1.0), started(0, 2.0, attempt=2))
    assert attempts.columns["hedge"].tolist() == [False, True]
    assert attempts.rows_of(0).tolist() == [0, 1]


def test_that_the_newest_row_of_a_chunk_is_the_one_that_brought_it() -> None:
    attempts = watch(
        started(0, 1.0),
        ChunkHedged(2.0, 0, 0, 2, 1.0),
        started(0, 2.0, attempt=2),
        done(0, 3.0),
    )
    assert attempts.newest_rows([0, 5]).tolist() == [0, -1]


def test_that_requests_side_by_side_have_lanes_of_their_own() -> None:
    attempts = watch(
        RequestSent(1.0, "manifest", "registry.example", 200, 0.5),
        RequestSent(1.5, "token", "auth.example", 200, 1.0),
        RequestSent(2.0, "redirect", "registry.example", 307, 1.2),
    )
    assert [request.lane for request in attempts.requests] == [0, 0, 1]
    assert attempts.request_lanes == 2


@pytest.mark.parametrize("number", [-1, 2**62])
def test_that_numbers_that_only_a_damaged_trace_has_are_left_out(number: int) -> None:
    attempts = watch(
        started(0, 1.0, layer=number),
        started(1, 1.0, c=number),
        hashed(number, KIB, 1.0, 1.1),
        done(0, 2.0),
        started(2, 3.0),
    )
    assert attempts.columns["chunk"].tolist() == [2]
    assert attempts.lanes == (1,)
    assert attempts.connections == 1


def test_that_samples_are_kept_however_many_there_are() -> None:
    attempts = watch(*(Sampled(n / 10, 3 * n, 2 * n, n, 1, 0) for n in range(3000)))
    at, (received, written, hashed) = attempts.samples
    assert len(at) == 3000
    assert (at[-1], received[-1], written[-1], hashed[-1]) == (299.9, 8997, 5998, 2999)
