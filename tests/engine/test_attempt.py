import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from pullscope.engine.attempt import Attempt, AttemptFailed, RangeRefused
from pullscope.engine.digests import digest_of
from pullscope.engine.errors import AccessDenied, BadReply, NotFound, PullError, RegistryError
from pullscope.engine.ledger import Chunk
from pullscope.engine.model import ChunkState, Layer
from pullscope.engine.pace import Pace
from pullscope.engine.ranges import Asked, Verdict
from pullscope.engine.registry import BlobReply, Registry
from pullscope.engine.store import Part
from pullscope.engine.transport import Piece

BLOB = bytes(range(250)) * 4
LAYER = Layer(digest_of(BLOB), len(BLOB), "")
HANG = "hang"


class Body:
    """A body of pieces, errors and, where one is HANG, silence for ever."""

    def __init__(self, *pieces: bytes | Exception | str) -> None:
        self.pieces = list(pieces)
        self.last_read = asyncio.Event()
        self.hanging = asyncio.Event()

    async def read(self) -> bytes | None:
        await asyncio.sleep(0)
        if not self.pieces:
            return None
        piece = self.pieces.pop(0)
        if isinstance(piece, str):
            self.hanging.set()
            await asyncio.Event().wait()
        if isinstance(piece, Exception):
            raise piece
        assert isinstance(piece, bytes)
        if self.pieces == [HANG]:
            self.last_read.set()
        return piece


class Reply:
    """What a registry answers, as `registry.BlobReply`."""

    def __init__(
        self,
        *pieces: bytes | Exception | str,
        status: int = 206,
        redirected: bool = False,
        close_error: Exception | None = None,
        **headers: str,
    ) -> None:
        self.body = Body(*pieces)
        self.status = status
        self.headers = httpx.Headers({k.replace("_", "-"): v for k, v in headers.items()})
        self.host = "cdn.test" if redirected else "registry.test"
        self.protocol = "HTTP/1.1"
        self.redirected = redirected
        self.closed = False
        self.close_error = close_error

    async def close(self) -> None:
        self.closed = True
        if self.close_error is not None:
            raise self.close_error


class StubRegistry:
    """Answers with one reply."""

    def __init__(self, reply: Reply | Exception) -> None:
        self.reply = reply
        self.asked: list[tuple[Layer, Asked, int]] = []

    async def open_blob(self, layer: Layer, asked: Asked, read_buffer: int) -> BlobReply:
        self.asked.append((layer, asked, read_buffer))
        if isinstance(self.reply, Exception):
            raise self.reply
        return cast("BlobReply", self.reply)

    def blob_url(self, digest: str) -> str:
        return f"https://registry.test/v2/app/blobs/{digest}"


class Bench:
    """A part, threads that write, and attempts for its bytes."""

    def __init__(self, directory: Path, writers: ThreadPoolExecutor) -> None:
        self.part = Part(directory / "part", LAYER.size)
        self.writers = writers
        self.now = 100.0
        self.tick = 0.0
        self.written: list[int] = []
        self.pace = Pace(read_buffer=4096, run_size=64, run_seconds=1000.0)

    def attempt(self, chunk: Chunk, whole: bool = False) -> Attempt:
        chunk.connection = 3
        return Attempt(
            LAYER,
            chunk,
            whole=whole,
            pace=self.pace,
            write=self.begin_write,
            in_turn=lambda offset: True,
            take=self.take,
            clock=self.clock,
            on_written=lambda: self.written.append(chunk.written),
            on_held=lambda: None,
        )

    def begin_write(self, offset: int, pieces: list[Piece]) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self.writers, self.part.write, offset, pieces)

    async def take(self, size: int) -> None:
        """Let every byte come at once."""

    def clock(self) -> float:
        self.now += self.tick
        return self.now

    def content(self, start: int, end: int) -> bytes:
        buffer = memoryview(bytearray(end - start))
        return bytes(buffer[: self.part.read_into(buffer, start)])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ThreadPoolExecutor(2) as writers:
        bench = Bench(tmp_path, writers)
        yield bench
        bench.part.close()


def part_reply(first: int, last: int, *pieces: bytes | Exception | str, **more: Any) -> Reply:
    more.setdefault("content_range", f"bytes {first}-{last}/{LAYER.size}")
    return Reply(*pieces, **more)


def pieces_of(first: int, end: int, size: int = 10) -> list[bytes]:
    return [BLOB[start : min(start + size, end)] for start in range(first, end, size)]


async def transfer(attempt: Attempt, reply: Reply) -> None:
    """Open, receive and settle, as `pull` does."""
    await attempt.open(cast("Registry", StubRegistry(reply)))
    try:
        await attempt.receive()
    finally:
        await attempt.settle()


# Bytes


@pytest.mark.parametrize("size", [1, 10, 63, 64, 65, 300])
async def test_that_bytes_land_in_their_place(size: int, bench: Bench) -> None:
    chunk = Chunk(0, 200, 300)
    attempt = bench.attempt(chunk)
    reply = part_reply(200, 499, *pieces_of(200, 500, size))
    await transfer(attempt, reply)
    assert bench.content(200, 500) == BLOB[200:500]
    assert bench.content(0, 200) == bytes(200)
    assert (chunk.received, chunk.written, attempt.gained, attempt.network) == (300,) * 4
    assert bench.part.kept()[-1][0] + bench.part.kept()[-1][1] == 500
    assert chunk.state is ChunkState.RECEIVING
    assert reply.closed


async def test_that_bytes_are_written_in_runs_and_each_is_told(bench: Bench) -> None:
    chunk = Chunk(0, 0, 200)
    await transfer(bench.attempt(chunk), part_reply(0, 199, *pieces_of(0, 200)))
    assert bench.written == [70, 140, 200]
    assert bench.part.kept() == [(0, 200)]


async def test_that_few_bytes_are_written_once_they_waited_long_enough(bench: Bench) -> None:
    bench.pace = Pace(read_buffer=4096, run_size=1000, run_seconds=2.5)
    bench.tick = 1.0
    chunk = Chunk(0, 0, 30)
    await transfer(bench.attempt(chunk), part_reply(0, 29, *pieces_of(0, 30, 1)))
    assert chunk.written == 30
    assert len(bench.written) > 3


async def test_that_a_second_attempt_asks_only_for_what_is_missing(bench: Bench) -> None:
    chunk = Chunk(0, 100, 100)
    chunk.received = chunk.written = 40
    attempt = bench.attempt(chunk)
    registry = StubRegistry(part_reply(140, 199, *pieces_of(140, 200)))
    await attempt.open(cast("Registry", registry))
    await attempt.receive()
    await attempt.settle()
    assert registry.asked == [(LAYER, Asked(140, 199, LAYER.size), 4096)]
    assert bench.content(140, 200) == BLOB[140:200]
    assert (chunk.written, attempt.gained) == (100, 60)


async def test_that_a_whole_reply_is_skipped_up_to_what_is_missing(bench: Bench) -> None:
    chunk = Chunk(0, 300, 700)
    attempt = bench.attempt(chunk, whole=True)
    reply = Reply(*pieces_of(0, 1000, 64), status=200)
    registry = StubRegistry(reply)
    _, judgement = await attempt.open(cast("Registry", registry))
    assert judgement.verdict is Verdict.WHOLE
    assert registry.asked[0][1].whole
    await attempt.receive()
    await attempt.settle()
    assert bench.content(300, 1000) == BLOB[300:]
    assert bench.content(0, 300) == bytes(300)
    assert (attempt.network, attempt.skipped, attempt.gained) == (1000, 300, 700)


async def test_that_a_reply_to_a_range_that_is_the_whole_can_serve_another_chunk(
    bench: Bench,
) -> None:
    asked, rest = Chunk(0, 500, 100), Chunk(1, 0, 1000)
    attempt = bench.attempt(asked)
    _, judgement = await attempt.open(
        cast("Registry", StubRegistry(Reply(*pieces_of(0, 1000, 64), status=200)))
    )
    assert judgement.verdict is Verdict.WHOLE
    attempt.adopt(rest)
    await attempt.receive()
    await attempt.settle()
    assert bench.content(0, 1000) == BLOB
    assert (asked.written, rest.written) == (0, 1000)
    assert attempt.asked == Asked(0, 999, 1000, whole=True)


# Bodies that are not what was asked


@pytest.mark.parametrize("sent", [0, 10, 64, 90])
async def test_that_a_body_that_ends_early_counts_what_came(sent: int, bench: Bench) -> None:
    chunk = Chunk(0, 100, 100)
    attempt = bench.attempt(chunk)
    with pytest.raises(AttemptFailed) as caught:
        await transfer(attempt, part_reply(100, 199, *pieces_of(100, 100 + sent)))
    assert caught.value.reason == f"the body ended after {sent} of 100 bytes"
    assert caught.value.status == 206
    assert (chunk.received, chunk.written, attempt.gained) == (sent, sent, sent)
    assert bench.content(100, 200) == BLOB[100 : 100 + sent] + bytes(100 - sent)


async def test_that_a_body_that_ends_while_it_is_skipped_brings_nothing(bench: Bench) -> None:
    chunk = Chunk(0, 300, 700)
    attempt = bench.attempt(chunk, whole=True)
    with pytest.raises(AttemptFailed, match="ended after 0 of 700 bytes"):
        await transfer(attempt, Reply(BLOB[:200], status=200))
    assert (attempt.network, attempt.skipped, chunk.written) == (200, 200, 0)


async def test_that_a_connection_that_breaks_keeps_what_came(bench: Bench) -> None:
    chunk = Chunk(0, 100, 100)
    broken = httpx.ReadError("reset")
    reply = part_reply(100, 199, *pieces_of(100, 190), broken, close_error=httpx.CloseError("x"))
    with pytest.raises(httpx.ReadError):
        await transfer(bench.attempt(chunk), reply)
    assert (chunk.received, chunk.written) == (90, 90)
    assert bench.content(100, 190) == BLOB[100:190]
    assert reply.closed


@pytest.mark.parametrize("pieces", [[BLOB[:101]], [BLOB[:60], BLOB[60:110]], [BLOB[:100], b"!"]])
async def test_that_more_than_was_asked_is_a_bad_reply(pieces: list[bytes], bench: Bench) -> None:
    chunk = Chunk(0, 0, 100)
    with pytest.raises(BadReply, match="more than the 100 bytes asked for came"):
        await transfer(bench.attempt(chunk), part_reply(0, 99, *pieces))
    assert bench.content(100, 200) == bytes(100)
    assert chunk.written <= 100


async def test_that_a_connection_may_break_once_every_byte_is_there(bench: Bench) -> None:
    chunk = Chunk(0, 0, 100)
    attempt = bench.attempt(chunk)
    bench.now = 105.0
    await transfer(attempt, part_reply(0, 99, BLOB[:100], httpx.ReadError("reset")))
    assert chunk.written == 100
    assert attempt.received_at == 105.0


# Cuts


async def until_hanging(attempt: Attempt, reply: Reply) -> asyncio.Task[None]:
    await attempt.open(cast("Registry", StubRegistry(reply)))
    attempt.task = asyncio.create_task(attempt.receive())
    await reply.body.hanging.wait()
    return attempt.task


@pytest.mark.parametrize("sent", [0, 10, 64, 90, 100])
async def test_that_a_cut_keeps_what_was_received(sent: int, bench: Bench) -> None:
    chunk = Chunk(0, 100, 100)
    attempt = bench.attempt(chunk)
    reply = part_reply(100, 199, *pieces_of(100, 100 + sent), HANG)
    receiving = await until_hanging(attempt, reply)
    attempt.stop("paused")
    attempt.stop("cancelled")
    with pytest.raises(asyncio.CancelledError):
        await receiving
    await attempt.settle()
    assert attempt.cut == "paused"
    assert (chunk.received, chunk.written) == (sent, sent)
    assert bench.content(100, 200) == BLOB[100 : 100 + sent] + bytes(100 - sent)
    assert reply.closed


async def test_that_a_cut_counts_also_where_its_cancellation_is_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk = Chunk(0, 100, 100)
    attempt = bench.attempt(chunk)
    reply = part_reply(100, 199, *pieces_of(100, 200))
    read = reply.body.read

    async def deaf_read() -> bytes | None:
        attempt.cut = "paused"  # what interrupts it is lost; the word is all that stays
        return await read()

    monkeypatch.setattr(reply.body, "read", deaf_read)
    await attempt.open(cast("Registry", StubRegistry(reply)))
    with pytest.raises(asyncio.CancelledError):
        await attempt.receive()
    await attempt.settle()
    assert (chunk.received, chunk.written) == (10, 10)


@pytest.mark.parametrize("second", [30, 70], ids=["waiting for bytes", "waiting for the thread"])
async def test_that_a_cut_while_a_thread_writes_loses_nothing(
    second: int, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = 70 + second  # 64 bytes and more are a run
    may_write = threading.Event()
    write: Callable[..., None] = bench.part.write
    loop, writing = asyncio.get_running_loop(), asyncio.Event()

    def slow_write(*args: Any) -> None:
        loop.call_soon_threadsafe(writing.set)
        assert may_write.wait(10)
        write(*args)

    monkeypatch.setattr(bench.part, "write", slow_write)
    chunk = Chunk(0, 0, 300)
    attempt = bench.attempt(chunk)
    reply = part_reply(0, 299, BLOB[:70], BLOB[70:end], HANG)
    await attempt.open(cast("Registry", StubRegistry(reply)))
    attempt.task = asyncio.create_task(attempt.receive())
    await writing.wait()
    await reply.body.last_read.wait()
    attempt.stop("paused")
    with pytest.raises(asyncio.CancelledError):
        await attempt.task
    settling = asyncio.create_task(attempt.settle())
    await asyncio.sleep(0)
    assert chunk.written == 0
    may_write.set()
    await settling
    assert (chunk.received, chunk.written) == (end, end)
    assert bench.written == [70, end]
    assert bench.content(0, end) == BLOB[:end]


async def test_that_an_attempt_that_ends_cannot_be_cut(bench: Bench) -> None:
    attempt = bench.attempt(Chunk(0, 0, 100))
    reply = part_reply(0, 99, BLOB[:100])
    await attempt.open(cast("Registry", StubRegistry(reply)))
    attempt.task = asyncio.current_task()
    await attempt.receive()
    await attempt.settle()
    attempt.stop("stalled")
    assert attempt.cut is None


async def test_that_only_waiting_for_the_network_is_idleness(bench: Bench) -> None:
    attempt = bench.attempt(Chunk(0, 0, 100))
    assert attempt.idle_since == 100.0
    reply = part_reply(0, 99, BLOB[:10], HANG)
    await attempt.open(cast("Registry", StubRegistry(reply)))
    assert attempt.idle_since is None
    bench.now = 107.0
    attempt.task = asyncio.create_task(attempt.receive())
    await reply.body.hanging.wait()
    assert attempt.idle_since == 107.0
    attempt.stop("stalled")
    await asyncio.wait([attempt.task])
    await attempt.settle()
    assert attempt.idle_since is None


async def test_that_an_attempt_that_never_opened_settles(bench: Bench) -> None:
    attempt = bench.attempt(Chunk(0, 0, 100))
    with pytest.raises(httpx.ConnectError):
        await attempt.open(cast("Registry", StubRegistry(httpx.ConnectError("refused"))))
    await attempt.settle()
    assert (attempt.gained, attempt.network, attempt.status) == (0, 0, None)


# The file


async def test_that_a_file_that_cannot_be_written_ends_the_attempt(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(bench.part, "write", full)
    chunk = Chunk(0, 0, 300)
    attempt = bench.attempt(chunk)
    reply = part_reply(0, 299, *pieces_of(0, 300, 70))
    with pytest.raises(OSError, match="full"):
        await transfer(attempt, reply)
    assert (chunk.received, chunk.written, bench.written) == (0, 0, [])
    assert reply.closed


# Heads


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        (Reply(status=206), RangeRefused, "no Content-Range"),
        (part_reply(0, 98), RangeRefused, "asked bytes 0-99, got 206 for bytes 0-98"),
        (Reply(status=416), RangeRefused, "HTTP 416"),
        (Reply(status=400, redirected=True), RangeRefused, "HTTP 400"),
        (Reply(status=401), AccessDenied, "docker login registry.test"),
        (Reply(status=403), AccessDenied, "HTTP 403"),
        (Reply(status=404), NotFound, "no such blob"),
        (Reply(status=418), RegistryError, "HTTP 418"),
        (Reply(status=200, content_length="5"), BadReply, "sends a blob of 5"),
        (part_reply(0, 99, content_encoding="gzip"), BadReply, "encoded as 'gzip'"),
    ],
)
async def test_that_a_head_that_will_not_do_is_refused(
    reply: Reply, error: type[Exception], said: str, bench: Bench
) -> None:
    attempt = bench.attempt(Chunk(0, 0, 100))
    with pytest.raises(error, match=said):
        await attempt.open(cast("Registry", StubRegistry(reply)))
    assert attempt.status == reply.status
    await attempt.settle()
    assert reply.closed


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_that_a_head_that_may_pass_fails_the_attempt_only(status: int, bench: Bench) -> None:
    reply = Reply(status=status, retry_after="7")
    with pytest.raises(AttemptFailed) as caught:
        await bench.attempt(Chunk(0, 0, 100)).open(cast("Registry", StubRegistry(reply)))
    assert caught.value.reason == f"HTTP {status} from registry.test"
    assert (caught.value.status, caught.value.wait) == (status, 7.0)


@pytest.mark.parametrize("status", [200, 401, 403, 404, 410, 302])
async def test_that_what_another_host_refuses_may_pass(status: int, bench: Bench) -> None:
    headers = {"content_length": "5"} if status == 200 else {}
    reply = Reply(status=status, redirected=True, **headers)
    with pytest.raises(AttemptFailed, match=r"from cdn\.test"):
        await bench.attempt(Chunk(0, 0, 100)).open(cast("Registry", StubRegistry(reply)))


async def test_that_an_error_of_the_registry_is_not_changed(bench: Bench) -> None:
    error: PullError = BadReply("a redirect leads nowhere")
    with pytest.raises(BadReply) as caught:
        await bench.attempt(Chunk(0, 0, 100)).open(cast("Registry", StubRegistry(error)))
    assert caught.value is error


async def test_that_nothing_can_be_received_before_it_is_asked_for(bench: Bench) -> None:
    with pytest.raises(RuntimeError, match="receive before open"):
        await bench.attempt(Chunk(0, 0, 100)).receive()
