"""A pull: resolves a reference, fetches its layers in parts, verifies and commits them.

The state is a `LayerRun` per layer and the set of connections that are busy. Whenever any of it
changes, or the settings do, `_schedule` compares what is under way with what the settings allow and
starts what is missing; nothing counts deltas, so that limits can change at any moment. All methods
belong to the event loop's thread; only file I/O and hashing happen in threads.
"""

import asyncio
import heapq
import itertools
import logging
import random
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from os import cpu_count
from typing import Any, ParamSpec, TypeVar

import httpx
import psutil

from pullscope.engine.attempt import Attempt, AttemptFailed, RangeRefused
from pullscope.engine.errors import (
    DigestMismatch,
    Failure,
    RegistryError,
    failure_of,
)
from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerHeldElsewhere,
    LayerReceived,
    LayerResumed,
    LayerVerified,
    PrefixHashed,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    PullStarted,
    RangeUnusable,
    RequestSent,
    Sampled,
    SettingsApplied,
    WindowDrew,
)
from pullscope.engine.hashing import PrefixHasher
from pullscope.engine.layer_run import LayerRun
from pullscope.engine.ledger import Chunk
from pullscope.engine.machine_load import MachineLoad
from pullscope.engine.message import Message, words_of
from pullscope.engine.model import (
    KIB,
    ChunkState,
    Layer,
    LayerOrder,
    LayerState,
    PullPlan,
    PullState,
    Settings,
    Snapshot,
    Timeline,
    WriteMode,
)
from pullscope.engine.pace import Pace, pace
from pullscope.engine.platforms import Platform
from pullscope.engine.ranges import Verdict, backoff
from pullscope.engine.reference import Reference
from pullscope.engine.registry import (
    SLOWEST_RETRY,
    Answered,
    OutOfReach,
    Registry,
    connection_error,
    words,
)
from pullscope.engine.resolve import resolve
from pullscope.engine.shared_limits import Share, SharedLimits
from pullscope.engine.store import Part, Store, store_error
from pullscope.engine.tail import plan_splits
from pullscope.engine.transport import Piece
from pullscope.engine.waits import Waited

LOGGER = logging.getLogger(__name__)

STALL_TIMEOUT = 15.0
"""Seconds without a byte after which a connection is cut."""

ATTEMPTS = 8
"""Attempts in a row that bring less than `PROGRESS` bytes before a chunk, and the pull, fails."""

PROGRESS = 64 * KIB
"""Bytes that make an attempt count as progress."""

HEDGE_BUDGET = 0.01
"""Share of an image's bytes that second requests for silent ones may waste."""

HEDGE_AFTER = 1.0
"""Seconds of silence, and `HEDGE_FACTOR` times the usual wait for a first byte, before an idle
connection asks for the same bytes."""
HEDGE_FACTOR = 4.0

_TICK = 0.1
_LOOK_AGAIN = 0.1  # seconds between two looks at a blob that another pull is fetching
_STALLED = "stalled"
_OVERTAKEN = Message("a second request was answered first")
_OUTRUN = Message("the first request went on")
_CANCELLED = Message("cancelled")
_ENDED = (LayerState.DONE, LayerState.EXISTING)
_WRITER_THREADS = 4

Observer = Callable[[PullEvent], None]
P = ParamSpec("P")
T = TypeVar("T")


class Pull:
    """One pull of one image. Make it, observe it, run it once.

    Args:
        reference: what is pulled.
        registry: where from; it serves this pull alone.
        store: where to.
        platform: chosen from an index; None for all of them.
        settings: to begin with.
        stall_timeout: seconds without a byte until a connection is cut.
        attempts: fruitless attempts in a row until a chunk fails.
        hedge_budget: share of the image's bytes that second requests may waste; 0 sends none.
        split_tail: whether idle connections share the last chunks of a layer; what the hung up
            connection had on its way is wasted then.
        with_referrers: also pull what refers to the image: signatures, attestations, SBOMs.
        ranges_known: the registry is known to serve ranges: none is tried first.
        limits: of all pulls of the session together; None for limits of its own.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        reference: Reference,
        registry: Registry,
        store: Store,
        platform: Platform | None,
        settings: Settings,
        *,
        stall_timeout: float = STALL_TIMEOUT,
        attempts: int = ATTEMPTS,
        split_tail: bool = False,
        hedge_budget: float = HEDGE_BUDGET,
        with_referrers: bool = False,
        ranges_known: bool = False,
        limits: SharedLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reference = reference
        self.store = store
        self.settings = settings
        self._registry = registry
        registry.on_answer = self._answered
        registry.speak(settings.protocol)
        self._platform = platform
        self._with_referrers = with_referrers
        self._stall_timeout = stall_timeout
        self._attempts = attempts
        self._split_tail = split_tail
        self._hedge_budget = hedge_budget
        self._hedges = 0
        self._hedge_waste = 0
        self._hedged_at: dict[int, int] = {}  # bytes of a chunk that were received then
        self._first_byte_wait = 0.0  # seconds that a first byte usually takes; 0 until known
        self._clock = clock
        self._began = clock()
        self._observers: list[Observer] = []
        self._state = PullState.RESOLVING
        self._plan: PullPlan | None = None
        self._runs: list[LayerRun] = []
        self._queue: list[LayerRun] = []  # the same, in the order in which they are begun
        self._free_slots: list[int] = []
        self._slots = 0
        self._paused = False
        self._cancelled = False
        self._ranges_work = ranges_known
        self._network = 0
        self._wasted = 0
        self._limits = SharedLimits(clock) if limits is None else limits
        self._share = Share(settings.connections, self._schedule)
        self._connection_rate = 0.0  # bytes/s; 0 until known
        self._timeline = Timeline()
        self._error = ""
        self._failure: Failure | None = None
        self._task: asyncio.Task[object] | None = None
        self._finished: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._configs: asyncio.Task[None] | None = None
        self._ended_at: float | None = None
        self._writers = ThreadPoolExecutor(_WRITER_THREADS, "pullscope-write")
        self._hashers = ThreadPoolExecutor(max(1, cpu_count() or 1), "pullscope-hash")
        # Looking through an old part may take long; bytes that come must be written meanwhile.
        self._others = ThreadPoolExecutor(_WRITER_THREADS, "pullscope-file")
        self._in_threads: set[Future[Any]] = set()
        self._waited = Waited()  # of attempts that have ended
        self._process = psutil.Process()
        self._memory = 0
        self._load = MachineLoad(clock)
        self._cpu_before = (0.0, 0.0)  # when the pull began: of the loop's thread, of the process

    @property
    def plan(self) -> PullPlan | None:
        """What is pulled; None until it is resolved."""
        return self._plan

    # What a user does

    def observe(self, observer: Observer) -> None:
        """Call `observer` with every event from now on, on the loop's thread.

        One that raises is removed and logged; it cannot hurt the pull.
        """
        self._observers.append(observer)

    def note_drawn(self, seconds: tuple[float, ...]) -> None:
        """Tell the observers how long a window that shows the pull took for its last frames."""
        if not self._state.ended:
            self._emit(WindowDrew(self._now(), seconds))

    def apply(self, settings: Settings) -> None:
        """Go on with other settings. Raised limits take effect at once; where they were lowered,
        chunks in flight finish."""
        if settings == self.settings:
            return
        old, self.settings = self.settings, settings
        self._limits.apply(settings)
        self._share.connections = settings.connections
        self._registry.speak(settings.protocol)
        if self._task is not None and not self._state.ended:
            self._emit(SettingsApplied(self._now(), old, settings))
            self._sort_queue()
            for run in self._runs:
                for attempt in run.active:
                    attempt.look_for_turn()
            self._schedule()

    def pause(self) -> None:
        """Stop asking for bytes. Requests under way are cut; what they brought is kept."""
        if self._paused or self._state.ended:
            return
        self._paused = True
        self._share.hungry = False
        self._emit(PullPaused(self._now()))
        self._cut(Message("paused"))

    def resume(self) -> None:
        """Go on after `pause`."""
        if not self._paused or self._state.ended:
            return
        self._paused = False
        self._emit(PullResumed(self._now()))
        self._schedule()

    def cancel(self) -> None:
        """End the pull in order; `run` returns. What was fetched stays for the next pull."""
        # All but done: it will be in a moment, unless an archive is still to be written.
        committing = self._state is PullState.COMMITTING and not self.store.slow_to_commit
        if self._cancelled or committing or self._state.ended:
            return
        self._cancelled = True
        if self._task is not None and not self._task.done():
            if self._task is _current_task():  # called by an observer: at its next step
                asyncio.get_running_loop().call_soon(self._task.cancel)
            else:
                self._task.cancel()

    def snapshot(self) -> Snapshot:
        """Return a frozen picture of the moment."""
        layers = tuple(run.snapshot() for run in self._runs)
        existing = sum(run.layer.size for run in self._runs if run.state is LayerState.EXISTING)
        state = self._state
        if self._paused and state in (PullState.RESOLVING, PullState.RUNNING):
            state = PullState.PAUSED
        return Snapshot(
            at=self._now(),
            state=state,
            reference=str(self.reference),
            digest=self._plan.digest if self._plan else "",
            platform=self._plan.platform if self._plan else "",
            settings=self.settings,
            total=self._plan.size if self._plan else 0,
            reused=existing + sum(run.kept for run in self._runs),
            network=self._network + sum(a.network for run in self._runs for a in run.active),
            wasted=self._wasted + sum(a.skipped for run in self._runs for a in run.active),
            received=sum(layer.received for layer in layers),
            written=sum(layer.written for layer in layers),
            hashed=sum(layer.hashed for layer in layers),
            in_flight=self._share.busy,
            requests=self._registry.requests,
            retries=sum(layer.retries for layer in layers),
            hedges=self._hedges,
            memory=self._resident(),
            timeline=self._timeline,
            layers=layers,
            error=self._error,
            failure=self._failure,
        )

    # Its life

    async def run(self) -> Snapshot:
        """Pull. Returns the last snapshot, its state DONE or CANCELLED.

        Raises:
            PullError: the pull failed; what was fetched stays for the next one.
        """
        self._task = task = asyncio.current_task()
        self._began = self._clock()
        self._cpu_before = (time.thread_time(), time.process_time())
        cancelled_before = self._cancelled
        self._emit(
            PullStarted(
                0.0,
                str(self.reference),
                str(self.store.root),
                self.settings,
                time.time(),
                cpu_count() or 0,
            )
        )
        ticking = asyncio.get_running_loop().create_task(self._tick())
        self._limits.apply(self.settings)
        self._limits.join(self._share)
        try:
            if cancelled_before:
                self._state = PullState.CANCELLED
                return self.snapshot()
            plan = await self._resolve()
            await self._fetch(plan)
            await self._commit(plan)
            self._state = PullState.DONE
        except asyncio.CancelledError:
            self._state = PullState.CANCELLED
            if not self._cancelled or task is None or task.uncancel():
                raise
        except BaseException as error:
            self._state = PullState.FAILED
            self._failure = failure_of(error)
            self._error = self._failure.words
            raise
        finally:
            ticking.cancel()
            try:
                await _undisturbed(self._clean_up(ticking))
            finally:
                self._limits.leave(self._share)
                self._ended_at = self._clock()
                self._emit(PullEnded(self._now(), self._state, self._error))
        return self.snapshot()

    async def _resolve(self) -> PullPlan:
        plan = await resolve(self._registry, self._platform, with_referrers=self._with_referrers)
        self._registry.also_at = plan.urls
        ids = itertools.count()
        self._plan = plan
        self._runs = [LayerRun(index, layer, ids) for index, layer in enumerate(plan.layers)]
        self._queue = self._runs[:]
        self._sort_queue()
        self._state = PullState.RUNNING
        self._pass_milestone("resolved")
        self._emit(PullResolved(self._now(), plan.digest, plan.platform, plan.layers))
        return plan

    async def _fetch(self, plan: PullPlan) -> None:
        await self._in_thread(self.store.prepare)
        await self._in_thread(self.store.lease, plan)
        self._finished = asyncio.get_running_loop().create_future()
        await self._store_embedded(plan)
        there = await self._in_thread(lambda: [self.store.has(layer) for layer in plan.layers])
        for run, is_there in zip(self._runs, there, strict=True):
            if is_there:
                self._note_existing(run)
        self._configs = self._start(self._fetch_configs(plan))
        self._schedule()
        self._look_whether_finished()
        await self._finished

    def _note_existing(self, run: LayerRun) -> None:
        run.state = LayerState.EXISTING
        self._emit(LayerExisting(self._now(), run.index))

    async def _commit(self, plan: PullPlan) -> None:
        self._state = PullState.COMMITTING
        await self._in_thread(self.store.add_image, plan, self.reference)
        self._pass_milestone("committed")

    async def _clean_up(self, ticking: asyncio.Task[None]) -> None:
        """Bring everything to an end: nothing touches a file or the network afterwards."""
        await asyncio.wait([ticking])
        self._cut(_CANCELLED)
        self.store.stop()
        if self._configs is not None:
            self._configs.cancel()
        for run in self._runs:
            if run.part is not None:
                run.part.abandon()
        while self._tasks or self._in_threads:
            if self._tasks:
                await asyncio.wait(self._tasks)
            threads = [asyncio.wrap_future(thread) for thread in tuple(self._in_threads)]
            await asyncio.gather(*threads, return_exceptions=True)
        if self._finished is not None and self._finished.done() and not self._finished.cancelled():
            self._finished.exception()  # seen, also when the pull was cancelled first
        for run in self._runs:
            run.give_back_retries()
            if run.hasher is not None:
                await run.hasher.settle()
            if run.part is not None:
                run.part.close()
                run.part = None
        await self._in_thread(self.store.release)
        self._writers.shutdown(wait=False)
        self._others.shutdown(wait=False)
        self._hashers.shutdown(wait=False)

    # Layers

    async def _store_embedded(self, plan: PullPlan) -> None:
        for blob in plan.blobs:
            body = plan.embedded.get(blob.digest)
            if body is not None and (part := await self._open_part(blob)) is not None:
                await self._fill(part, blob, body)

    async def _fetch_configs(self, plan: PullPlan) -> None:
        for config in plan.configs:
            part = await self._open_part(config)
            if part is not None:
                try:
                    body = await self._registry.small_blob(config)
                except BaseException:
                    part.close()
                    raise
                await self._fill(part, config, body)

    async def _fill(self, part: Part, blob: Layer, body: bytes) -> None:
        filling = self._in_thread(self.store.fill, part, blob.digest, body)
        await asyncio.shield(filling)  # it closes the part

    async def _open_part(self, blob: Layer, run: LayerRun | None = None) -> Part | None:
        """Open the part of a blob once no other pull has it; None when the blob is there."""
        while not await self._in_thread(self.store.has, blob):
            opening = self._in_thread(self.store.open_part, blob)
            try:
                part = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # Its thread cannot be cancelled: what it opens is to be closed.
                if (part := await opening) is not None:
                    part.close()
                raise
            if part is not None:
                return part
            if run is not None and not run.waiting:
                run.waiting = True
                self._emit(LayerHeldElsewhere(self._now(), run.index))
                self._schedule()
            if self._finished is None or self._finished.done():
                raise asyncio.CancelledError
            await asyncio.sleep(_LOOK_AGAIN)
        return None

    async def _open_layer(self, run: LayerRun) -> None:
        part = run.part = await self._open_part(run.layer, run)
        run.waiting = False
        if part is None:
            self._note_existing(run)
            return
        for offset, length in await self._in_thread(part.kept):
            run.ledger.keep(offset, length)
            run.kept += length
        if run.kept:
            self._emit(LayerResumed(self._now(), run.index, run.kept))
        self._begin_hash(run, part)
        run.reserved = self._in_thread(part.reserve)
        self._advance(run)
        self._schedule()
        await run.reserved

    def _begin_hash(self, run: LayerRun, part: Part) -> None:
        layer = run.layer
        hasher = run.hasher = PrefixHasher(
            part, layer.digest, layer.size, self._hashers, lambda: self._note_hashed(run, hasher)
        )

    def _note_hashed(self, run: LayerRun, hasher: PrefixHasher) -> None:
        began = hasher.untold_since()
        if began is not None:
            self._emit(PrefixHashed(self._now(), run.index, hasher.hashed, self._pull_time(began)))
        self._advance(run)

    def _begin_write(self, run: LayerRun, offset: int, pieces: list[Piece]) -> asyncio.Future[None]:
        if run.part is None or run.hasher is None:
            raise RuntimeError("bytes of a layer without a part cannot be written")
        if run.hasher.wants(offset):
            return run.hasher.write_and_hash(self._writers, offset, pieces)
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._writers, run.part.write, offset, pieces)

    def _advance(self, run: LayerRun) -> None:
        """Let the hash follow the frontier, and end the layer when every byte is hashed."""
        hasher = run.hasher
        if hasher is None or self._state is not PullState.RUNNING:
            return
        if hasher.error is not None:
            error = hasher.error
            if isinstance(error, OSError):
                error = store_error(error, self.store.root)
            self._fail(error, run)
            return
        hasher.follow(run.ledger.frontier)
        for attempt in run.active:
            attempt.look_for_turn()
        if not run.ledger.complete:
            return
        if run.state in (LayerState.PENDING, LayerState.RECEIVING):
            run.state = LayerState.HASHING
            self._emit(LayerReceived(self._now(), run.index))
            if all(other.settled for other in self._runs):
                self._pass_milestone("last_byte")
        if run.state is LayerState.HASHING and hasher.finished:
            run.state = LayerState.COMMITTING
            self._start(self._verify_layer(run, hasher))

    async def _verify_layer(self, run: LayerRun, hasher: PrefixHasher) -> None:
        part = run.part
        if part is None:
            raise RuntimeError("a layer without a part cannot be verified")
        if hasher.digest != run.layer.digest:
            await self._discard(run, part, hasher.digest)
            return
        run.verified = True
        self._emit(LayerVerified(self._now(), run.index))
        if all(other.verified or other.state is LayerState.EXISTING for other in self._runs):
            self._pass_milestone("verified")
        if run.reserved is not None:
            await asyncio.wait([run.reserved])
        await self._in_thread(self.store.commit, part, run.layer.digest)
        run.part = None
        run.state = LayerState.DONE
        self._emit(LayerCommitted(self._now(), run.index))

    async def _discard(self, run: LayerRun, part: Part, found: str) -> None:
        size = run.layer.size
        reason = Message("its {size} bytes hash to {found}", size=size, found=found)
        await self._in_thread(part.restart)
        self._wasted += run.layer.size - run.kept
        run.kept = 0
        run.ledger.restart()
        run.hasher = None
        self._emit(LayerDiscarded(self._now(), run.index, reason))
        if run.refetched:
            error = DigestMismatch(
                Message(
                    "layer {number} was to be {digest}, but its {size} bytes hash to {found}, also"
                    " when fetched again; the registry, or what stands between, damages it",
                    number=run.index + 1,
                    digest=run.layer.digest,
                    size=size,
                    found=found,
                )
            )
            self._fail(error, run)
            return
        run.refetched = True
        self._registry.distrust(run.layer)
        run.state = LayerState.RECEIVING
        self._begin_hash(run, part)

    def _fail(self, error: BaseException, run: LayerRun | None = None) -> None:
        """End the pull with `error`; the first one counts."""
        if self._finished is None or self._finished.done():
            return
        if isinstance(error, OSError) and error.errno:
            error = store_error(error, self.store.root)
        if run is not None:
            run.state = LayerState.FAILED
            run.error = failure_of(error).words
        self._finished.set_exception(error)

    # Chunks

    def _schedule(self) -> None:
        """Start what the settings allow and is not under way."""
        self._start_more()
        self._limits.offer(self._share)

    def _start_more(self) -> None:
        ending = self._finished is None or self._finished.done()
        if self._paused or ending or self._state is not PullState.RUNNING:
            self._share.hungry = False
            return
        for current in self._current_runs():
            if not current.begun:  # only now: there may be more layers than descriptors
                current.begun = True
                self._start(self._open_layer(current))
        now = self._now()
        while (
            not self._paused
            and self._room
            and (run := self._next_run(now))
            and self._limits.requests.take()
        ):
            self._launch(run, self._next_chunk(run, now, self.settings.chunk_size))
        self._share.hungry = not self._room and self._next_run(now) is not None
        may_share = self._split_tail and self._ranges_work and not self.settings.request_limit
        if may_share and self._room:
            self._share_tails(now)

    @property
    def _room(self) -> int:
        """How many more connections may be used."""
        return self._limits.room(self._share)

    @property
    def _joins_to_stream(self) -> bool:
        return self.settings.write is WriteMode.STREAM

    def _sort_queue(self) -> None:
        largest_first = self.settings.layer_order is LayerOrder.LARGEST_FIRST
        self._queue.sort(
            key=lambda run: (not run.begun, -run.layer.size if largest_first else run.index)
        )

    def _next_run(self, now: float) -> LayerRun | None:
        """Return the layer that may have one more chunk in flight and has the fewest."""
        fitting = [
            run
            for run in self._current_runs()
            if run.has_work(now)
            and (
                len(run.active) < self._most_chunks(run)
                # All the others may be waiting for the bytes of this one.
                or (self._joins_to_stream and run.has_retry(now))
            )
        ]
        return min(fitting, key=lambda run: len(run.active), default=None)

    def _next_chunk(self, run: LayerRun, now: float, chunk_size: int) -> Chunk:
        """Take a layer's next chunk; what it gives up of this pull's own bytes is wasted."""
        kept = run.kept
        chunk, given_up = run.next_chunk(now, chunk_size)
        self._wasted += given_up - (kept - run.kept)
        if run.whole_because:
            self._emit(RangeUnusable(self._now(), run.index, run.whole_because, given_up))
            run.whole_because = ""
        return chunk

    def _current_runs(self) -> list[LayerRun]:
        """Return the layers that may receive bytes now."""
        unfinished = (run for run in self._queue if not run.settled and not run.waiting)
        return list(itertools.islice(unfinished, self.settings.layers))

    def _share_tails(self, now: float) -> None:
        """Let idle connections share what is left of a layer's slow chunks."""
        for run in self._current_runs():
            idle = min(
                self._room,
                self.settings.parallelism - len(run.active),
            )
            if idle <= 0 or run.whole or run.ledger.has_wanted:
                continue
            slow = [
                (attempt.chunk, remainder)
                for attempt in run.active
                if (remainder := attempt.remainder()) is not None
            ]
            extra = plan_splits([remainder for _, remainder in slow], idle)
            for (chunk, _), pieces in zip(slow, extra, strict=True):
                if pieces:
                    for piece in run.ledger.split(chunk, pieces):
                        piece.queued = now
                        self._launch(run, piece)

    def _most_chunks(self, run: LayerRun) -> int:
        """A layer's parallelism; one, until the registry has shown that it serves ranges."""
        return self.settings.parallelism if self._ranges_work and not run.whole else 1

    def _launch(self, run: LayerRun, chunk: Chunk, *, owns: bool = True) -> None:
        if run.part is None:
            raise RuntimeError("a chunk was taken from a layer without a part")
        if not self._free_slots:
            self._free_slots.append(self._slots)
            self._slots += 1
        chunk.connection = heapq.heappop(self._free_slots)
        chunk.state = ChunkState.WAITING
        attempt = Attempt(
            run.layer,
            chunk,
            whole=run.whole,
            pace=self._pace(),
            write=lambda offset, pieces: self._begin_write(run, offset, pieces),
            in_turn=lambda offset: not self._joins_to_stream or offset == run.ledger.frontier,
            take=self._limits.rate.take,
            clock=self._clock,
            on_written=lambda: self._advance(run),
            on_held=lambda: self._hold(attempt),
        )
        attempt.owns = owns
        self._limits.take(self._share)
        run.attempts += 1
        run.state = LayerState.RECEIVING
        run.active.add(attempt)
        attempt.task = self._start(self._attempt(run, attempt))
        self._emit_started(run, attempt)

    async def _attempt(self, run: LayerRun, attempt: Attempt) -> None:
        failure: AttemptFailed | None = None
        fatal: BaseException | None = None
        cut = ""
        try:
            await self._transfer(run, attempt)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
            cut = attempt.cut or _CANCELLED
            if cut == _STALLED:
                failure = AttemptFailed(
                    Message("no byte for {seconds:g} s", seconds=self._stall_timeout)
                )
                self._note_stall(attempt)
        except httpx.TransportError as error:
            refused, passing = connection_error(attempt.asked.words, error)
            away = isinstance(error, OutOfReach)
            failure = AttemptFailed(words(error), out_of_reach=away)
            fatal = None if passing else refused
        except AttemptFailed as error:
            failure = error
        except RangeRefused as error:
            cut = words_of(error)
            self._ask_whole(run, cut, attempt)
        except Exception as error:
            fatal = error
        try:
            await attempt.settle()
        except Exception as error:
            fatal = error
        self._release(run, attempt)
        try:
            why = words_of(fatal) if fatal is not None else cut
            self._account(run, attempt, None if fatal else failure, why)
        except RegistryError as error:
            fatal = error
        if fatal is not None:
            self._fail(fatal, run)
        self._advance(run)

    async def _transfer(self, run: LayerRun, attempt: Attempt) -> None:
        reply, judgement = await attempt.open(self._registry)
        if self._timeline.first_byte is None:
            self._pass_milestone("first_byte")
        if not attempt.owns:
            await self._overtake(run, attempt, judgement.verdict)
        elif judgement.verdict is Verdict.WHOLE and not attempt.asked.whole:
            await self._adopt_whole(run, attempt, judgement.reason)
        chunk = attempt.chunk
        self._emit(
            FirstByte(
                self._now(),
                run.index,
                chunk.id,
                attempt.number,
                reply.status,
                reply.host,
                reply.protocol,
                reply.peer,
                self._pull_times(reply.connecting),
            )
        )
        if judgement.verdict is Verdict.PART and not self._ranges_work:
            self._ranges_work = True
            self._schedule()
        wait = self._clock() - attempt.began
        self._first_byte_wait += (wait - self._first_byte_wait) / (
            8 if self._first_byte_wait else 1
        )
        await attempt.receive()

    async def _overtake(self, run: LayerRun, attempt: Attempt, verdict: Verdict) -> None:
        """The second request for a chunk is answered: it goes on, the silent one ends."""
        if verdict is not Verdict.PART:
            raise AttemptFailed(
                Message("the second reply was not the bytes asked for"), attempt.status
            )
        if attempt.already_received > self._hedge_waste_left:
            raise AttemptFailed(_OUTRUN)
        for other in tuple(run.active):
            if other.chunk is attempt.chunk and other is not attempt and other.task is not None:
                other.stop(_OVERTAKEN)
                await asyncio.wait([other.task])
        self._hedge_waste += attempt.already_there

    async def _adopt_whole(self, run: LayerRun, attempt: Attempt, reason: str) -> None:
        """A reply to a range is the whole layer: let it be the layer."""
        if run.whole:
            raise RangeRefused(Message("another reply is the whole layer"))
        self._stop_ranges(run, attempt, reason)
        if others := [a.task for a in run.active if a is not attempt and a.task is not None]:
            await asyncio.wait(others)
        run.ledger.give_back(attempt.chunk, attempt.chunk.written)
        self._emit_returned(run, attempt, Message("the reply is the whole layer"), None)
        chunk = self._next_chunk(run, self._now(), 0)
        chunk.connection = attempt.connection
        attempt.adopt(chunk)
        self._emit_started(run, attempt)

    def _ask_whole(self, run: LayerRun, reason: str, attempt: Attempt) -> None:
        """Ranges of this layer are refused: ask for all of it once nothing else is under way."""
        if not run.whole:
            self._stop_ranges(run, attempt, reason)

    def _stop_ranges(self, run: LayerRun, attempt: Attempt, reason: str) -> None:
        self._ranges_work = False  # until another reply shows that it does
        run.whole, run.whole_because = True, reason
        run.give_back_retries()
        for other in run.active - {attempt}:
            other.stop(Message("the whole layer is asked for instead"))

    def _account(
        self, run: LayerRun, attempt: Attempt, failure: AttemptFailed | None, cut: str
    ) -> None:
        """Book what an ended attempt brought, and decide what becomes of the rest."""
        chunk = attempt.chunk
        outdated = run.whole and not attempt.asked.whole
        rivals = [other for other in run.active if other.chunk is chunk]
        if not attempt.owns:
            reason = failure.reason if failure is not None else cut
            self._emit_returned(run, attempt, reason, None)
            return
        if chunk.written == chunk.length:
            run.ledger.finish(chunk)
            run.failures.pop(chunk.id, None)
            for rival in rivals:
                rival.stop(_OUTRUN)
            now = self._now()
            received = attempt.received_at - self._began if attempt.received_at else now
            self._emit(
                ChunkDone(now, run.index, chunk.id, attempt.number, received, attempt.gained)
            )
        elif rivals:
            rivals[0].owns = True
            reason = failure.reason if failure is not None else cut
            self._emit_returned(run, attempt, reason, None)
        elif failure is not None and not outdated:
            self._retry(run, attempt, failure)
        else:
            run.ledger.give_back(chunk, chunk.written)
            reason = failure.reason if failure is not None else cut
            self._emit_returned(run, attempt, reason, None)

    def _retry(self, run: LayerRun, attempt: Attempt, failure: AttemptFailed) -> None:
        chunk = attempt.chunk
        failures = 1 if attempt.gained >= PROGRESS else run.failures.get(chunk.id, 0) + 1
        if failure.out_of_reach:
            failures -= 1
        run.failures[chunk.id] = failures
        if failures >= self._attempts:
            run.ledger.give_back(chunk, chunk.written)
            self._emit_returned(run, attempt, failure.reason, None)
            raise RegistryError(
                Message(
                    "layer {number}, {asked}, from {host}",
                    number=run.index + 1,
                    asked=attempt.asked.words,
                    host=self.reference.domain,
                ),
                Message("{reason}, {times} times in a row", reason=failure.reason, times=failures),
                Message("pull again later: what is here is kept"),
                status=failure.status,
                retry_after=failure.wait,
            )
        counted = min(chunk.attempt, SLOWEST_RETRY) if failure.out_of_reach else failures
        delay = backoff(counted, failure.wait, random.random())  # noqa: S311
        self._emit_returned(run, attempt, failure.reason, delay)
        run.retries += 1
        chunk.attempt += 1
        chunk.connection = -1
        chunk.state = ChunkState.RETRYING
        run.retry_later(chunk, self._now() + delay)

    def _release(self, run: LayerRun, attempt: Attempt) -> None:
        run.active.discard(attempt)
        self._free_slot(attempt)
        self._network += attempt.network
        self._wasted += attempt.skipped
        self._waited += attempt.waits.waited
        if attempt.network >= PROGRESS:
            rate = attempt.network / max(self._clock() - attempt.began, 1e-6)
            known = self._connection_rate or rate
            self._connection_rate = known + (rate - known) / 8

    def _note_stall(self, attempt: Attempt) -> None:
        """Let the transport show smaller steps: the bytes may have come, but too slowly for it."""
        least = attempt.read_buffer / self._stall_timeout
        self._connection_rate = self._connection_rate / 4 if self._connection_rate else least

    def _hold(self, attempt: Attempt) -> None:
        """An attempt has all its bytes and waits for its turn to write them."""
        self._free_slot(attempt)
        attempt.chunk.connection = -1
        self._schedule()

    def _free_slot(self, attempt: Attempt) -> None:
        """Let others have the attempt's connection; once, it may not need it to its very end."""
        if attempt.connection >= 0:
            heapq.heappush(self._free_slots, attempt.connection)
            self._share.busy -= 1
            attempt.connection = -1

    def _pace(self) -> Pace:
        settings = self.settings
        at_once = min(settings.connections, settings.layers * settings.parallelism)
        memory = self._limits.memory(self._share, settings.memory_limit)
        return pace(at_once, self._connection_rate, memory)

    def _cut(self, reason: str) -> None:
        for run in self._runs:
            for attempt in tuple(run.active):
                attempt.stop(reason)

    # Watching and telling

    async def _tick(self) -> None:
        """Ten times a second: cut silent connections, start retries that are due, take a sample."""
        try:
            while True:
                began = self._clock()
                await asyncio.sleep(_TICK)
                lag = max(0.0, self._clock() - began - _TICK)
                if self._state is PullState.RUNNING:
                    self._cut_silent()
                    self._schedule()
                    self._hedge_silent()
                    if self._observers:
                        self._emit_sample(lag)
        except Exception as error:
            self._fail(error)  # without it nothing would be retried and no silence be noticed

    def _resident(self) -> int:
        with suppress(psutil.Error, OSError):  # no descriptor may be left to ask with
            self._memory = self._process.memory_info().rss
        return self._memory

    def _cut_silent(self) -> None:
        now = self._clock()
        for run in self._runs:
            for attempt in tuple(run.active):
                since = attempt.idle_since
                if since is not None and now - since > self._stall_timeout:
                    attempt.stop(_STALLED)

    @property
    def _hedge_waste_left(self) -> float:
        """Bytes that second requests may still waste."""
        return self._hedge_budget * (self._plan.size if self._plan else 0) - self._hedge_waste

    def _hedge_silent(self) -> None:
        """Send a second request for what a silent one should bring, where a connection is idle."""
        if (
            self._paused
            or self._hedge_waste_left <= 0
            or not self._ranges_work
            or self._next_run(self._now())
        ):
            return
        now = self._clock()
        patience = max(HEDGE_AFTER, HEDGE_FACTOR * self._first_byte_wait)
        for run in self._current_runs():
            chunks = [attempt.chunk for attempt in run.active]
            for attempt in tuple(run.active):
                silent = now - attempt.idle_since if attempt.idle_since is not None else 0.0
                if (
                    silent > patience
                    and self._room
                    and not self.settings.request_limit
                    and len(run.active) < self.settings.parallelism
                    and not (run.whole or attempt.ending or attempt.cut)
                    and chunks.count(attempt.chunk) == 1
                    and attempt.chunk.received < attempt.chunk.length
                    and self._gained_since_hedged(attempt.chunk)
                ):
                    chunk = attempt.chunk
                    self._hedged_at[chunk.id] = chunk.received
                    chunk.attempt += 1
                    chunk.queued = self._now()
                    self._hedges += 1
                    self._emit(ChunkHedged(self._now(), run.index, chunk.id, chunk.attempt, silent))
                    self._launch(run, chunk, owns=False)

    def _gained_since_hedged(self, chunk: Chunk) -> bool:
        """Whether a second request may help: the last one for this chunk was no better, else."""
        at = self._hedged_at.get(chunk.id)
        return at is None or chunk.received - at >= PROGRESS

    def _emit_sample(self, lag: float) -> None:
        layers = [run.snapshot() for run in self._runs]
        active = [attempt for run in self._runs for attempt in run.active]
        loop_cpu, cpu = self._cpu_before
        self._emit(
            Sampled(
                self._now(),
                sum(layer.received for layer in layers),
                sum(layer.written for layer in layers),
                sum(layer.hashed for layer in layers),
                self._share.busy,
                self._resident(),
                network=self._network + sum(attempt.network for attempt in active),
                frontier=sum(layer.frontier for layer in layers),
                wanted=sum(run.wanted for run in self._runs),
                buffers=sum(attempt.read_buffer for attempt in active if attempt.receives),
                waited=sum((attempt.waits.waited for attempt in active), start=self._waited),
                lag=lag,
                loop_cpu=time.thread_time() - loop_cpu,
                cpu=time.process_time() - cpu,
                busy=self._load.share(),
                wasted=self._wasted + sum(attempt.skipped for attempt in active),
            )
        )

    def _answered(self, answer: Answered) -> None:
        self._emit(
            RequestSent(
                self._now(),
                answer.kind,
                answer.host,
                answer.status,
                self._pull_time(answer.began),
                answer.error,
                answer.quota_left,
                answer.peer,
                self._pull_times(answer.connecting),
            )
        )

    def _pull_time(self, loop_time: float) -> float:
        """Return a time of the event loop's clock in seconds since the pull began."""
        return loop_time - asyncio.get_running_loop().time() + self._now()

    def _pull_times(self, loop_times: tuple[float, ...] | None) -> tuple[float, ...] | None:
        return None if loop_times is None else tuple(map(self._pull_time, loop_times))

    def _emit_started(self, run: LayerRun, attempt: Attempt) -> None:
        chunk = attempt.chunk
        first = chunk.offset + chunk.received
        now = self._now()
        self._emit(
            ChunkStarted(
                now,
                run.index,
                chunk.id,
                attempt.number,
                first,
                chunk.end - first,
                attempt.connection,
                min(chunk.queued, now),
            )
        )

    def _emit_returned(
        self, run: LayerRun, attempt: Attempt, reason: str, retry_in: float | None
    ) -> None:
        chunk = attempt.chunk
        self._emit(
            ChunkReturned(
                self._now(),
                run.index,
                chunk.id,
                attempt.number,
                attempt.gained,
                reason,
                attempt.status,
                retry_in,
            )
        )

    def _emit(self, event: PullEvent) -> None:
        for observer in tuple(self._observers):
            try:
                observer(event)
            except Exception:
                if observer in self._observers:
                    self._observers.remove(observer)
                LOGGER.exception("observer %r failed and was removed", observer)

    def _pass_milestone(self, name: str) -> None:
        self._timeline = replace(self._timeline, **{name: self._now()})

    def _now(self) -> float:
        return (self._clock() if self._ended_at is None else self._ended_at) - self._began

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run `work` as a task; where it fails, the pull fails."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)
        return task

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
        self._look_whether_finished()
        self._schedule()

    def _look_whether_finished(self) -> None:
        finished = self._finished
        if finished is None or finished.done() or self._configs is None:
            return
        if self._configs.done() and all(run.state in _ENDED for run in self._runs):
            finished.set_result(None)

    def _in_thread(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        thread = self._others.submit(function, *args, **kwargs)
        # Waited for in the end also when whoever asked is gone: a thread cannot be cancelled.
        self._in_threads.add(thread)
        thread.add_done_callback(self._in_threads.discard)
        return asyncio.wrap_future(thread)


def _current_task() -> "asyncio.Task[object] | None":
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs: called before or after the pull
        return None


async def _undisturbed(work: Coroutine[None, None, None]) -> None:
    """Run `work` to its end, whatever is cancelled meanwhile; that is heeded afterwards."""
    task = asyncio.get_running_loop().create_task(work)
    interrupted: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            interrupted = error
    task.result()
    if interrupted is not None:
        raise interrupted
