from itertools import count, pairwise

import pytest
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from pullscope.engine.ledger import Chunk, Ledger
from pullscope.engine.model import Extent


def test_that_a_new_ledger_wants_every_byte() -> None:
    ledger = Ledger(100)
    assert ledger.wanted == ((0, 100),)
    assert not ledger.complete
    assert (ledger.received, ledger.written, ledger.frontier) == (0, 0, 0)


def test_that_a_ledger_of_no_bytes_is_complete() -> None:
    ledger = Ledger(0)
    assert ledger.complete
    assert ledger.take(10) is None
    assert ledger.take_rest() == (None, 0)
    ledger.restart()
    assert ledger.complete


def test_that_chunks_are_cut_at_the_size_of_the_moment() -> None:
    ledger = Ledger(100)
    chunks = [ledger.take(size) for size in (10, 30, 0)]
    assert [(c.offset, c.length) for c in chunks if c] == [(0, 10), (10, 30), (40, 60)]
    assert ledger.take(10) is None


def test_that_a_chunk_never_spans_what_is_in_flight_or_done() -> None:
    ledger = Ledger(100)
    ledger.keep(20, 10)
    first, second = ledger.take(0), ledger.take(0)
    assert first is not None
    assert second is not None
    assert (first.offset, first.end) == (0, 20)
    assert (second.offset, second.end) == (30, 100)


def test_that_the_ids_of_ledgers_that_share_them_are_unique() -> None:
    ids = count(7)
    chunks = [Ledger(10, ids).take(0), Ledger(10, ids).take(0)]
    assert [chunk.id for chunk in chunks if chunk] == [7, 8]


def test_that_what_was_given_back_is_wanted_again_and_joined() -> None:
    ledger = Ledger(100)
    first, second, third = (ledger.take(10) for _ in range(3))
    assert first is not None
    assert second is not None
    assert third is not None
    ledger.give_back(third, 0)
    ledger.give_back(first, 4)
    assert ledger.wanted == ((4, 10), (20, 100))
    ledger.give_back(second, 0)
    assert ledger.wanted == ((4, 100),)
    assert ledger.extents == (Extent(0, 4, first.id),)


def test_that_the_frontier_counts_bytes_of_a_chunk_that_are_in_the_file() -> None:
    ledger = Ledger(100)
    first, second = ledger.take(10), ledger.take(10)
    assert first is not None
    assert second is not None
    second.received = second.written = 10
    ledger.finish(second)
    assert ledger.frontier == 0
    first.received, first.written = 8, 5
    assert ledger.frontier == 5
    first.written = 10
    ledger.finish(first)
    assert ledger.frontier == 20


def test_that_extents_tell_chunk_and_attempts_in_the_order_of_their_end() -> None:
    ledger = Ledger(100)
    ledger.keep(90, 10)
    first, second = ledger.take(10), ledger.take(10)
    assert first is not None
    assert second is not None
    first.attempt = 3
    ledger.finish(second)
    ledger.finish(first)
    assert ledger.extents == (
        Extent(90, 10, -1, 0),
        Extent(10, 10, second.id, 1),
        Extent(0, 10, first.id, 3),
    )


def test_that_the_rest_begins_at_the_frontier_and_gives_up_what_is_behind_it() -> None:
    ledger = Ledger(100)
    ledger.keep(0, 10)
    ledger.keep(50, 20)
    chunk, given_up = ledger.take_rest()
    assert chunk is not None
    assert (chunk.offset, chunk.end, given_up) == (10, 100, 20)
    assert ledger.extents == (Extent(0, 10, -1, 0),)
    assert ledger.generation == 1


def test_that_the_rest_keeps_its_generation_when_nothing_is_given_up() -> None:
    ledger = Ledger(100)
    ledger.keep(0, 10)
    ledger.take_rest()
    assert ledger.generation == 0


def test_that_a_ledger_cannot_begin_anew_with_chunks_in_flight() -> None:
    ledger = Ledger(100)
    ledger.take(10)
    with pytest.raises(ValueError, match="in flight"):
        ledger.restart()
    with pytest.raises(ValueError, match="in flight"):
        ledger.take_rest()


@pytest.mark.parametrize(("offset", "length"), [(0, 5), (5, 10), (15, 10), (90, 20)])
def test_that_only_wanted_bytes_can_be_kept(offset: int, length: int) -> None:
    ledger = Ledger(100)
    ledger.take(10)
    ledger.keep(20, 70)
    with pytest.raises(ValueError, match="is not wanted"):
        ledger.keep(offset, length)


@pytest.mark.parametrize("written", [-1, 11])
def test_that_a_chunk_cannot_have_written_more_than_it_is(written: int) -> None:
    ledger = Ledger(100)
    chunk = ledger.take(10)
    assert chunk is not None
    with pytest.raises(ValueError, match="cannot have"):
        ledger.give_back(chunk, written)
    assert ledger.in_flight == (chunk,)


class LedgerMachine(RuleBasedStateMachine):
    """Any order of events, compared with one letter per byte: wanted, in flight, or done."""

    chunks = Bundle("chunks")

    @initialize(size=st.integers(0, 40))
    def begin(self, size: int) -> None:
        self.ledger = Ledger(size)
        self.place = ["wanted"] * size
        self.generation = 0
        self.extents: tuple[Extent, ...] = ()

    def fill(self, start: int, end: int, place: str) -> None:
        self.place[start:end] = [place] * (end - start)

    @rule(target=chunks, size=st.integers(0, 12))
    def take(self, size: int) -> object:
        chunk = self.ledger.take(size)
        if chunk is None:
            assert "wanted" not in self.place
            return multiple()
        assert chunk.offset == self.place.index("wanted")
        assert set(self.place[chunk.offset : chunk.end]) == {"wanted"}
        assert chunk.length >= 1
        after = self.place[chunk.end : chunk.end + 1]
        assert chunk.length == size or ((chunk.length < size or size == 0) and after != ["wanted"])
        self.fill(chunk.offset, chunk.end, "in flight")
        return chunk

    @rule(chunk=chunks, received=st.integers(0, 40), written=st.integers(0, 40))
    def progress(self, chunk: Chunk, received: int, written: int) -> None:
        chunk.received = min(chunk.length, max(chunk.received, received))
        chunk.written = min(chunk.received, max(chunk.written, written))

    @rule(chunk=consumes(chunks), attempt=st.integers(1, 3))
    def finish(self, chunk: Chunk, attempt: int) -> None:
        chunk.received = chunk.written = chunk.length
        chunk.attempt = attempt
        self.ledger.finish(chunk)
        self.fill(chunk.offset, chunk.end, "done")
        assert self.ledger.extents[-1] == Extent(chunk.offset, chunk.length, chunk.id, attempt)

    @rule(target=chunks, chunk=chunks, extra=st.integers(0, 5))
    def split(self, chunk: Chunk, extra: int) -> object:
        left, end = chunk.length - chunk.received, chunk.end
        if extra == 0 or left <= extra:
            with pytest.raises(ValueError, match="cannot be split"):
                self.ledger.split(chunk, extra)
            return multiple()
        pieces = self.ledger.split(chunk, extra)
        assert len(pieces) == extra
        assert chunk.length > chunk.received
        assert (pieces[0].offset, pieces[-1].end) == (chunk.end, end)
        sizes = {piece.length for piece in pieces}
        assert len(sizes) == 1
        assert 0 <= chunk.length - chunk.received - sizes.pop() <= extra
        return multiple(*pieces)

    @rule(chunk=consumes(chunks))
    def give_back(self, chunk: Chunk) -> None:
        self.ledger.give_back(chunk, chunk.written)
        self.fill(chunk.offset, chunk.offset + chunk.written, "done")
        self.fill(chunk.offset + chunk.written, chunk.end, "wanted")

    @rule(offset=st.integers(0, 40), length=st.integers(1, 12))
    def keep(self, offset: int, length: int) -> None:
        assume(offset + length <= len(self.place))
        if set(self.place[offset : offset + length]) == {"wanted"}:
            self.ledger.keep(offset, length)
            self.fill(offset, offset + length, "done")
        else:
            with pytest.raises(ValueError, match="is not wanted"):
                self.ledger.keep(offset, length)

    @precondition(lambda self: not self.ledger.in_flight_count)
    @rule(target=chunks)
    def take_rest(self) -> object:
        frontier = self.frontier()
        behind = self.place[frontier:].count("done")
        chunk, given_up = self.ledger.take_rest()
        assert given_up == behind
        self.generation += bool(given_up)
        if given_up:
            self.extents = ()
        if chunk is None:
            assert frontier == len(self.place)
            return multiple()
        assert (chunk.offset, chunk.end) == (frontier, len(self.place))
        self.fill(frontier, len(self.place), "in flight")
        return chunk

    @precondition(lambda self: not self.ledger.in_flight_count)
    @rule()
    def restart(self) -> None:
        self.ledger.restart()
        self.fill(0, len(self.place), "wanted")
        self.generation += 1
        self.extents = ()

    def frontier(self) -> int:
        return next((i for i, place in enumerate(self.place) if place != "done"), len(self.place))

    @invariant()
    def every_byte_is_in_exactly_one_place(self) -> None:
        ledger = self.ledger
        counted = [0] * len(self.place)
        runs = [
            *[(start, end, "wanted") for start, end in ledger.wanted],
            *[(chunk.offset, chunk.end, "in flight") for chunk in ledger.in_flight],
            *[(extent.offset, extent.end, "done") for extent in ledger.extents],
        ]
        for start, end, place in runs:
            assert start < end
            assert set(self.place[start:end]) == {place}
            for byte in range(start, end):
                counted[byte] += 1
        assert counted == [1] * len(self.place)

    @invariant()
    def wanted_runs_are_sorted_and_do_not_touch(self) -> None:
        wanted = self.ledger.wanted
        assert all(one[1] < other[0] for one, other in pairwise(wanted))
        assert self.ledger.has_wanted == bool(wanted)

    @invariant()
    def sums_are_those_of_the_bytes(self) -> None:
        ledger = self.ledger
        done = self.place.count("done")
        assert ledger.received == done + sum(chunk.received for chunk in ledger.in_flight)
        assert ledger.written == done + sum(chunk.written for chunk in ledger.in_flight)
        assert ledger.complete == (done == ledger.size)
        assert ledger.in_flight_count == len(ledger.in_flight)
        assert ledger.extent_count == len(ledger.extents)

    @invariant()
    def the_frontier_is_the_first_gap(self) -> None:
        """Bytes behind a chunk that is written but not yet finished do not count until it is."""
        first = self.frontier()
        ahead = next((c for c in self.ledger.in_flight if c.offset == first), None)
        assert self.ledger.frontier == first + (ahead.written if ahead else 0)

    @invariant()
    def extents_only_grow_within_a_generation(self) -> None:
        assert self.ledger.generation == self.generation
        extents = self.ledger.extents
        assert extents[: len(self.extents)] == self.extents
        self.extents = extents

    def teardown(self) -> None:
        """Whatever happened, a ledger that is drained completes."""
        if not hasattr(self, "ledger"):
            return
        for chunk in self.ledger.in_flight:
            self.ledger.give_back(chunk, chunk.written)
        while (chunk := self.ledger.take(7)) is not None:
            self.ledger.finish(chunk)
        assert self.ledger.complete
        assert self.ledger.frontier == self.ledger.written == self.ledger.size
        assert sorted(e.offset for e in self.ledger.extents) == sorted(
            {e.offset for e in self.ledger.extents}
        )


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
