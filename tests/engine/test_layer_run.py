from itertools import count
from typing import Any, cast

import pytest

from pullscope.engine.hashing import PrefixHasher
from pullscope.engine.layer_run import LayerRun
from pullscope.engine.ledger import Chunk
from pullscope.engine.model import ChunkState, Extent, Layer, LayerState

LAYER = Layer("sha256:" + "0" * 64, 100, "application/x")


class StubHasher:
    hashed = 7


def opened(size: int = 100) -> LayerRun:
    run = LayerRun(2, Layer(LAYER.digest, size, LAYER.media_type), count(10))
    run.part = cast("Any", object())
    run.hasher = cast("PrefixHasher", StubHasher())
    run.begun = True
    return run


def take(run: LayerRun, now: float = 0.0, size: int = 40) -> Chunk:
    chunk, given_up = run.next_chunk(now, size)
    assert not given_up
    return chunk


def test_that_there_is_no_work_before_the_part_is_open() -> None:
    assert not LayerRun(0, LAYER, count()).has_work(0)


def test_that_there_is_work_while_bytes_are_wanted() -> None:
    run = opened()
    for _ in range(3):
        assert run.has_work(0)
        take(run)
    assert not run.has_work(0)
    assert not run.settled
    for chunk in run.ledger.in_flight:
        run.ledger.finish(chunk)
    assert run.settled
    with pytest.raises(ValueError, match="nothing is wanted"):
        run.next_chunk(0, 40)


def test_that_a_layer_of_no_bytes_has_no_work() -> None:
    run = opened(0)
    assert not run.has_work(0)
    assert run.settled


def test_that_a_new_chunk_is_queued_when_it_is_cut() -> None:
    assert take(opened(), now=3.5).queued == 3.5


def test_that_a_retry_waits_until_it_is_due() -> None:
    run = opened()
    first, second = take(run), take(run)
    run.retry_later(first, due=10.0)
    assert take(run, now=9.9).offset == 80  # meanwhile there are other bytes
    assert not run.has_work(9.9)
    assert run.has_work(10.0)
    assert take(run, now=10.0) is first
    assert first.queued == 10.0
    assert second in run.ledger.in_flight


def test_that_retries_come_by_their_time_and_before_new_bytes() -> None:
    run = opened()
    first, second = take(run, size=10), take(run, size=10)
    run.retry_later(first, due=2.0)
    run.retry_later(second, due=1.0)
    assert [take(run, now=5.0).id for _ in range(3)] == [second.id, first.id, 12]


def test_that_retries_due_at_once_need_no_order_of_chunks() -> None:
    run = opened()
    chunks = [take(run, size=10) for _ in range(3)]
    for chunk in chunks:
        run.retry_later(chunk, due=1.0)
    assert [take(run, now=1.0) for _ in range(3)] == chunks


def test_that_retries_that_are_given_back_are_wanted_but_for_what_is_written() -> None:
    run = opened()
    chunk = take(run)
    chunk.received = chunk.written = 15
    run.retry_later(chunk, due=10.0)
    run.give_back_retries()
    assert run.ledger.wanted == ((15, 100),)
    assert run.has_work(0)
    assert not run.ledger.in_flight


def test_that_a_whole_layer_is_one_chunk_at_a_time() -> None:
    run = opened()
    first, second = take(run), take(run)
    run.ledger.finish(second)
    run.ledger.give_back(first, 10)
    run.whole = True
    assert run.has_work(0)
    rest, given_up = run.next_chunk(0, 40)
    assert (rest.offset, rest.end, given_up) == (10, 100, 40)
    assert not run.has_work(0)
    run.retry_later(rest, due=5.0)
    assert not run.has_work(4.9)
    assert take(run, now=5.0) is rest


def test_that_a_whole_layer_waits_for_what_is_in_flight() -> None:
    run = opened()
    chunk = take(run)
    run.whole = True
    assert not run.has_work(0)
    run.ledger.give_back(chunk, 0)
    assert run.has_work(0)


# Pictures


def test_that_a_picture_tells_where_the_layer_stands() -> None:
    run = opened()
    run.state = LayerState.RECEIVING
    run.attempts, run.retries, run.error = 4, 1, "in words"
    done, chunk = take(run), take(run)
    run.ledger.finish(done)
    chunk.received, chunk.written = 20, 8
    chunk.connection, chunk.attempt, chunk.state = 3, 2, ChunkState.RECEIVING
    picture = run.snapshot()
    assert (picture.index, picture.digest, picture.size) == (2, LAYER.digest, 100)
    assert (picture.received, picture.written, picture.frontier) == (60, 48, 48)
    assert picture.hashed == 7
    assert (picture.attempts, picture.retries, picture.error) == (4, 1, "in words")
    assert picture.extents == (Extent(0, 40, 10, 1),)
    [flying] = picture.in_flight
    assert (flying.id, flying.offset, flying.length) == (11, 40, 40)
    assert (flying.received, flying.written, flying.attempt) == (20, 8, 2)
    assert (flying.connection, flying.state) == (3, ChunkState.RECEIVING)


def test_that_a_picture_does_not_change_afterwards() -> None:
    run = opened()
    chunk = take(run)
    picture = run.snapshot()
    chunk.received = 40
    run.ledger.finish(chunk)
    assert picture.extents == ()
    assert picture.in_flight[0].received == 0


def test_that_the_extents_of_two_pictures_are_the_same_tuple_until_one_is_added() -> None:
    run = opened()
    run.ledger.finish(take(run))
    first = run.snapshot().extents
    assert run.snapshot().extents is first
    run.ledger.finish(take(run))
    assert run.snapshot().extents[:1] == first
    assert len(run.snapshot().extents) == 2


def test_that_a_layer_begun_anew_starts_its_extents_over() -> None:
    run = opened()
    run.ledger.finish(take(run))
    before = run.snapshot()
    run.ledger.restart()
    run.ledger.finish(take(run, size=7))
    after = run.snapshot()
    assert (before.generation, after.generation) == (0, 1)
    assert [extent.length for extent in after.extents] == [7]


@pytest.mark.parametrize("state", [LayerState.DONE, LayerState.EXISTING])
def test_that_a_layer_that_is_there_counts_as_whole(state: LayerState) -> None:
    run = LayerRun(0, LAYER, count())
    run.state = state
    picture = run.snapshot()
    sizes = (picture.received, picture.written, picture.hashed, picture.frontier)
    assert sizes == (100, 100, 100, 100)
    assert run.settled
