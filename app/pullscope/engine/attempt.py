"""One request for the missing bytes of a chunk: ask, check the reply, bring the bytes to the file.

An attempt knows nothing of other attempts; `pull` starts it, cuts it and decides what follows.
Bytes are written in runs (see `pace`) by a thread while the next ones arrive; whatever way an
attempt ends, `settle` brings what was received to the file, so that it is never asked again.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import httpx

from pullscope.engine.errors import BadReply, PullError
from pullscope.engine.ledger import Chunk
from pullscope.engine.message import Message
from pullscope.engine.model import ChunkState, Layer
from pullscope.engine.pace import Pace, Silence
from pullscope.engine.ranges import Asked, Judgement, Verdict, judge, retry_after
from pullscope.engine.registry import BlobReply, Registry, refusal
from pullscope.engine.tail import Remainder
from pullscope.engine.transport import Piece
from pullscope.engine.waits import Wait, WaitMeter


class AttemptFailed(Exception):
    """The attempt failed in a way that may pass.

    Args:
        reason: in words.
        status: of the reply, None when there was none.
        wait: seconds that the registry asked to wait.
        out_of_reach: as `registry.OutOfReach`.
    """

    def __init__(
        self,
        reason: str,
        status: int | None = None,
        wait: float | None = None,
        *,
        out_of_reach: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.wait = wait
        self.out_of_reach = out_of_reach


class RangeRefused(Exception):
    """The registry does not serve this range; the layer must be asked for as a whole."""


class Attempt:
    """See the module.

    Args:
        layer: whose bytes they are.
        chunk: what is asked; its `received` and `written` move on as bytes do.
        whole: ask for the whole blob and skip what is there already.
        pace: how many bytes move at a time.
        write: begins to write pieces at an offset of the layer, in a thread.
        in_turn: tells whether the bytes from an offset may be written now; while they may not,
            the chunk is held in memory.
        take: waits until so many more bytes may have come.
        clock: seconds.
        on_written: called on the loop after each write.
        on_held: called when everything is received and waits for its turn: the connection is free.

    Attributes:
        number: 1 for the chunk's first attempt.
        owns: whether what becomes of the chunk is this attempt's business; a second request for
            bytes that another one asked for owns them once that one has ended.
        cut: why it was stopped, None when it was not.
        ending: it cannot be stopped any more.
        idle_since: when it began to wait for the network; None while it does not.
        network, skipped: bytes that came, and those of them that were thrown away.
        waits: what it waits for.
    """

    def __init__(
        self,
        layer: Layer,
        chunk: Chunk,
        *,
        whole: bool,
        pace: Pace,
        write: Callable[[int, list[Piece]], asyncio.Future[None]],
        in_turn: Callable[[int], bool],
        take: Callable[[int], Awaitable[None]],
        clock: Callable[[], float],
        on_written: Callable[[], None],
        on_held: Callable[[], None],
    ) -> None:
        self.chunk = chunk
        self.number = chunk.attempt
        self.connection = chunk.connection
        self.owns = True
        self.cut: str | None = None
        self.ending = False
        self.task: asyncio.Task[None] | None = None
        self.began = clock()
        self.idle_since: float | None = self.began
        self.received_at = 0.0
        self._first_byte_at = 0.0
        self.network = 0
        self.skipped = 0
        self.waits = WaitMeter(clock)
        self.waits.begin(Wait.FIRST_BYTE)
        self.status: int | None = None
        # What another attempt has received, but not written yet, is written when that one ends.
        self.asked = Asked(chunk.offset + chunk.received, chunk.end - 1, layer.size, whole)
        self.written_before = chunk.written
        self._layer = layer
        self._pace = pace
        self._begin_write = write
        self._in_turn = in_turn
        self._turn: asyncio.Event | None = None
        self._take = take
        self._clock = clock
        self._on_written = on_written
        self._on_held = on_held
        self._opened = False
        self._silence = Silence()
        self._reply: BlobReply | None = None
        self._run: list[Piece] = []
        self._run_size = 0
        self._run_began = 0.0
        self._write: asyncio.Future[None] | None = None
        self._writing = 0

    @property
    def read_buffer(self) -> int:
        """Bytes that may wait in the transport before they are seen."""
        return self._pace.read_buffer

    @property
    def receives(self) -> bool:
        """Whether its reply has begun, and bytes of it are still to be read."""
        return self._first_byte_at > 0 and not self.received_at and not self.ending

    @property
    def gained(self) -> int:
        """Bytes of the chunk that this attempt brought into the file."""
        return self.chunk.written - self.written_before if self.owns else 0

    @property
    def _shortened(self) -> bool:
        """Whether others have taken over the end of what was asked."""
        return self.chunk.end <= self.asked.last

    def remainder(self) -> Remainder | None:
        """What is left to receive, None while nothing came yet or when it is ending."""
        chunk = self.chunk
        if self.ending or self.cut or not self._first_byte_at or chunk.received == chunk.length:
            return None
        seconds = max(self._clock() - self._first_byte_at, 1e-3)
        gained = chunk.received - self.written_before
        return Remainder(chunk.length - chunk.received, gained / seconds) if gained else None

    def stop(self, reason: str) -> None:
        """Cut the attempt; its task ends as if cancelled, with `cut` saying why."""
        if self.cut is None and self.task is not None and not self.ending:
            self.cut = reason
            if self._opened:  # a task cancelled before its first step would not even clean up
                self.task.cancel()

    @property
    def already_there(self) -> int:
        """Bytes at the beginning of the reply that are in the file by now."""
        return self.chunk.offset + self.chunk.written - self._first

    @property
    def already_received(self) -> int:
        """Bytes at the beginning of the reply that others have received by now."""
        return self.chunk.offset + self.chunk.received - self._first

    @property
    def _first(self) -> int:
        return 0 if self.asked.whole else self.asked.first

    def adopt(self, chunk: Chunk) -> None:
        """Let the opened reply, which is the whole blob, serve `chunk` instead."""
        self.chunk = chunk
        self.number = chunk.attempt
        self.asked = Asked(chunk.offset, chunk.end - 1, self._layer.size, whole=True)
        self.written_before = chunk.written

    async def open(self, registry: Registry) -> tuple[BlobReply, Judgement]:
        """Send the request and check the head of its reply.

        Returns the reply with a verdict of PART or WHOLE.

        Raises:
            httpx.TransportError, AttemptFailed: it may pass.
            RangeRefused: ask for the whole layer.
            PullError: it will not pass.
        """
        self._opened = True
        self._heed_cut()
        reply = self._reply = await registry.open_blob(
            self._layer, self.asked, self._pace.read_buffer
        )
        self.idle_since = None
        self.waits.begin(None)
        self.status = reply.status
        self._heed_cut()
        judgement = judge(self.asked, reply.status, reply.headers)
        match judgement.verdict:
            case Verdict.PART | Verdict.WHOLE:
                return reply, judgement
            case Verdict.RANGE_REFUSED:
                raise RangeRefused(judgement.reason)
            case Verdict.REFUSED if not reply.redirected:
                if reply.status in (200, 206):
                    raise self._bad_reply(reply, judgement.reason)
                raise refusal("GET", registry.blob_url(self._layer.digest), reply.status, "blob")
            case _:
                # Whatever the host behind a redirect refuses, the registry may redirect anew.
                wait = retry_after(reply.headers)
                reason = Message("{reason} from {host}", reason=judgement.reason, host=reply.host)
                raise AttemptFailed(reason, reply.status, wait)

    async def receive(self) -> None:
        """Bring the bytes of the opened reply to the file, dropping those that are there already.

        Raises:
            httpx.TransportError, AttemptFailed: the body broke off.
            BadReply: it holds more than was asked.
            OSError: the file cannot be written.
        """
        reply, chunk, skip = self._reply, self.chunk, self.already_there
        if reply is None:
            raise RuntimeError("receive before open")
        self.written_before = chunk.written
        self._run_began = self._first_byte_at = self._clock()
        while chunk.received < chunk.length:
            piece = await self._next_piece(reply)
            if piece is None:
                got = chunk.received - self.written_before
                reason = Message(
                    "the body ended after {got} of {length} bytes",
                    got=got,
                    length=self.asked.length,
                )
                raise AttemptFailed(reason, self.status)
            self.network += len(piece)
            if skip:
                dropped = min(skip, len(piece))
                skip -= dropped
                self.skipped += dropped
                piece = bytes(memoryview(piece)[dropped:])
                if not piece:
                    continue
            over = chunk.received + len(piece) - chunk.length
            if over > 0:
                if not self._shortened:
                    raise self._too_much(reply)
                self.skipped += over
                piece = bytes(memoryview(piece)[:-over])
            chunk.state = ChunkState.RECEIVING
            chunk.received += len(piece)
            self._run.append(piece)
            self._run_size += len(piece)
            self._heed_cut()
            if self._in_turn(chunk.offset + chunk.written) and (
                self._run_size >= self._pace.run_size
                or chunk.received == chunk.length
                or self._clock() - self._run_began > self._pace.run_seconds
            ):
                await self._start_write()
        self.received_at = self._clock()
        self._heed_cut()
        if self._run_size and self._in_turn(chunk.offset + chunk.written):
            await self._start_write()
        if not self._shortened:
            with contextlib.suppress(httpx.TransportError):  # every byte is here already
                if await self._next_piece(reply) is not None:
                    raise self._too_much(reply)
        if self._run_size:
            # Its connection is for others, and what follows on it is somebody else's.
            await reply.close()
            await self._wait_for_turn()
            await self._start_write()
        await self._finish_write()

    async def settle(self) -> None:
        """Bring every byte that was received to the file, and hang up; it cannot be cut any more.

        Raises:
            OSError: the file cannot be written.
        """
        self.ending = True
        self.idle_since = None
        self.waits.begin(None)
        try:
            await self._finish_write()
            if self._run_size:
                await self._start_write()
                await self._finish_write()
        finally:
            self.chunk.received = self.chunk.written
            if self._reply is not None:
                with contextlib.suppress(httpx.TransportError):
                    await self._reply.close()

    def look_for_turn(self) -> None:
        """Go on writing where that had to wait for what belongs before it."""
        if self._turn is not None and self._in_turn(self.chunk.offset + self.chunk.written):
            self._turn.set()

    async def _wait_for_turn(self) -> None:
        self._turn = asyncio.Event()
        self.look_for_turn()
        if not self._turn.is_set():
            self._on_held()
        self.waits.begin(Wait.TURN)
        await self._turn.wait()
        self.waits.begin(None)
        self._turn = None

    def _heed_cut(self) -> None:
        """End also where the cancellation was lost because the wait ended in that moment."""
        if self.cut is not None:
            raise asyncio.CancelledError

    async def _next_piece(self, reply: BlobReply) -> Piece | None:
        began = self._clock()
        self.idle_since = began - self._silence.waited
        self.waits.begin(Wait.NETWORK)
        piece = await reply.body.read()
        self.waits.begin(None if piece is None else Wait.RATE_LIMIT)
        self.idle_since = None
        if piece is not None:
            self._silence.note(self._clock() - began, len(piece))
            await self._take(len(piece))
            self.waits.begin(None)
        return piece

    async def _start_write(self) -> None:
        await self._finish_write()
        run, size = self._run, self._run_size
        offset = self.chunk.offset + self.chunk.written
        self._run, self._run_size, self._run_began = [], 0, self._clock()
        self._write = self._begin_write(offset, run)
        self._writing = size
        self._write.add_done_callback(self._count_written)

    async def _finish_write(self) -> None:
        if self._write is not None:
            # Not awaited itself: a cut would cancel it and lose the count of what it wrote.
            self.waits.begin(Wait.DISK)
            await asyncio.wait([self._write])
            self.waits.begin(None)
            self._write.result()
            self._count_written(self._write)

    def _count_written(self, write: asyncio.Future[None]) -> None:
        """Count a write once, whoever notices its end first."""
        if self._writing and not write.cancelled() and write.exception() is None:
            self.chunk.written += self._writing
            self._writing = 0
            self._on_written()

    def _too_much(self, reply: BlobReply) -> PullError:
        came = Message("more than the {length} bytes asked for came", length=self.chunk.length)
        return self._bad_reply(reply, came)

    def _bad_reply(self, reply: BlobReply, came: str) -> BadReply:
        asked = Message(
            "{digest}, {asked}, from {host}",
            digest=self._layer.digest[:19],
            asked=self.asked.words,
            host=reply.host,
        )
        return BadReply(Message("{asked}: {came}", asked=asked, came=came))
