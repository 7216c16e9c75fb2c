import asyncio
import hashlib
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from pullscope.engine import hashing
from pullscope.engine.hashing import PrefixHasher
from pullscope.engine.store import Part


class MemoryPart:
    """A part in memory that notes which bytes were read."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.error: OSError | None = None
        self.may_read = threading.Event()
        self.may_read.set()
        self.reads: list[tuple[int, int]] = []

    def write(self, offset: int, pieces: Sequence[bytes]) -> None:
        if self.error is not None:
            raise self.error
        data = b"".join(pieces)
        self.body = self.body[:offset] + data + self.body[offset + len(data) :]

    def read_into(self, buffer: memoryview, offset: int) -> int:
        assert self.may_read.wait(10)
        if self.error is not None:
            raise self.error
        data = self.body[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self.reads.append((offset, offset + len(data)))
        return len(data)


class Hashing:
    """A hasher over a part in memory, with small steps."""

    def __init__(
        self, body: bytes, executor: ThreadPoolExecutor, algorithm: str = "sha256"
    ) -> None:
        self.part = MemoryPart(body)
        self.steps: list[int] = []
        self.stepped = asyncio.Event()
        self.hasher = PrefixHasher(
            cast("Part", self.part), f"{algorithm}:", len(body), executor, self.on_progress
        )

    def on_progress(self) -> None:
        self.steps.append(self.hasher.hashed)
        self.stepped.set()

    async def until_idle(self) -> None:
        async with asyncio.timeout(10):
            while not self.hasher.idle:
                self.stepped.clear()
                await self.stepped.wait()
                await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_LEAST", 100)
    monkeypatch.setattr(hashing, "_MOST", 400)


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


BODY = bytes(range(250)) * 4


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
async def test_that_the_digest_follows_the_frontier(
    algorithm: str, executor: ThreadPoolExecutor
) -> None:
    hashing = Hashing(BODY, executor, algorithm)
    for frontier in (100, 250, 999, 1000):
        hashing.hasher.follow(frontier)
        await hashing.until_idle()
    assert hashing.hasher.finished
    assert hashing.hasher.digest == f"{algorithm}:{hashlib.new(algorithm, BODY).hexdigest()}"
    starts = [start for start, _ in hashing.part.reads]
    assert starts == [0, *[end for _, end in hashing.part.reads[:-1]]]  # every byte once


async def test_that_much_is_hashed_in_steps(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(BODY, executor)
    hashing.hasher.follow(1000)
    assert not hashing.hasher.idle
    await hashing.until_idle()
    assert hashing.steps == [400, 800, 1000]


async def test_that_few_bytes_wait_for_more_or_for_the_end(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(BODY[:150], executor)
    hashing.hasher.follow(99)
    assert hashing.hasher.idle
    hashing.hasher.follow(100)
    await hashing.until_idle()
    hashing.hasher.follow(149)
    assert hashing.hasher.idle
    hashing.hasher.follow(150)
    await hashing.until_idle()
    assert hashing.steps == [100, 150]
    assert hashing.hasher.finished


async def test_that_no_byte_beyond_the_frontier_is_read(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(BODY, executor)
    for frontier in (0, 50, 50, 130, 130, 450):
        hashing.hasher.follow(frontier)
        await hashing.until_idle()
        assert hashing.hasher.hashed <= frontier
        assert all(end <= frontier for _, end in hashing.part.reads)


async def test_that_a_frontier_that_moves_on_meanwhile_is_followed(
    executor: ThreadPoolExecutor,
) -> None:
    hashing = Hashing(BODY, executor)
    hashing.part.may_read.clear()
    hashing.hasher.follow(100)
    hashing.hasher.follow(300)
    hashing.hasher.follow(1000)
    hashing.part.may_read.set()
    await hashing.until_idle()
    assert hashing.steps == [100, 500, 900, 1000]


async def test_that_a_layer_of_no_bytes_is_finished_at_once(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(b"", executor)
    hashing.hasher.follow(0)
    assert hashing.hasher.finished
    assert hashing.hasher.digest == f"sha256:{hashlib.sha256().hexdigest()}"


async def test_that_an_error_of_the_file_ends_the_hashing_and_is_told(
    executor: ThreadPoolExecutor,
) -> None:
    hashing = Hashing(BODY, executor)
    hashing.part.error = OSError(5, "broken")
    hashing.hasher.follow(500)
    await hashing.until_idle()
    assert hashing.hasher.error is hashing.part.error
    assert hashing.steps == [0]
    hashing.hasher.follow(1000)
    assert hashing.hasher.idle
    assert not hashing.hasher.finished


async def test_that_a_file_that_ends_early_is_an_error(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(BODY, executor)
    hashing.part.body = BODY[:200]
    hashing.hasher.follow(300)
    await hashing.until_idle()
    assert str(hashing.hasher.error) == "the part file ends at byte 200"


async def test_that_nothing_is_hashed_once_it_is_settled(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(BODY, executor)
    hashing.part.may_read.clear()
    hashing.hasher.follow(1000)
    settling = asyncio.ensure_future(hashing.hasher.settle())
    await asyncio.sleep(0)
    hashing.part.may_read.set()
    await settling
    assert hashing.hasher.idle
    hashing.hasher.follow(1000)
    assert hashing.hasher.idle
    assert hashing.steps == [400]


async def test_that_an_idle_hasher_is_settled_at_once(executor: ThreadPoolExecutor) -> None:
    await Hashing(BODY, executor).hasher.settle()


async def test_that_bytes_in_order_are_hashed_from_memory(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(bytes(1000), executor)
    hasher = hashing.hasher
    for start, end in ((0, 300), (300, 310), (310, 1000)):
        assert hasher.wants(start)
        await hasher.write_and_hash(executor, start, [BODY[start : end - 5], BODY[end - 5 : end]])
        assert hasher.hashed == end
    assert hashing.part.body == BODY
    assert hashing.part.reads == []
    assert hasher.finished
    assert hasher.digest == f"sha256:{hashlib.sha256(BODY).hexdigest()}"


async def test_that_bytes_before_their_turn_are_read_again(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(BODY[:500] + bytes(500), executor)
    hasher = hashing.hasher
    assert not hasher.wants(500)
    hasher.follow(500)
    assert not hasher.wants(0)  # a thread hashes it
    await hashing.until_idle()
    assert hasher.wants(500)
    await hasher.write_and_hash(executor, 500, [BODY[500:]])
    assert hasher.digest == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
    assert hashing.part.reads[-1][1] == 500


async def test_that_bytes_whose_write_fails_are_not_hashed(executor: ThreadPoolExecutor) -> None:
    hashing = Hashing(BODY, executor)
    hashing.part.error = OSError("no space")
    with pytest.raises(OSError, match="no space"):
        await hashing.hasher.write_and_hash(executor, 0, [BODY])
    assert hashing.hasher.hashed == 0
    assert hashing.hasher.error is hashing.part.error
    assert not hashing.hasher.wants(0)
    assert hashing.hasher.digest == f"sha256:{hashlib.sha256().hexdigest()}"


async def test_that_settling_waits_for_a_write_and_wants_no_more(
    executor: ThreadPoolExecutor,
) -> None:
    hashing = Hashing(bytes(1000), executor)
    write = hashing.hasher.write_and_hash(executor, 0, [BODY[:400]])
    await hashing.hasher.settle()
    assert write.done()
    assert not hashing.hasher.wants(400)


async def test_that_hashing_in_small_steps_is_told_in_larger_ones(
    executor: ThreadPoolExecutor,
) -> None:
    hashing = Hashing(bytes(1000), executor)
    hasher = hashing.hasher
    told: list[int] = []
    for start in range(0, 1000, 40):
        await hasher.write_and_hash(executor, start, [BODY[start : start + 40]])
        if hasher.untold_since() is not None:
            told.append(hasher.hashed)
    assert told == [*range(120, 1000, 120), 1000]
