"""What limits a pull, out of what happened in it. Pure: values in, a verdict out.

`Limits` observes a pull's events, live or from a trace, and keeps the `Evidence` of the last few
seconds; `limit_of` judges it. It claims nothing that it cannot know: that a registry holds back
each connection, and not all of them together, is only said after both many and few connections
were seen at work. `limit_words` says it in words.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from statistics import median
from typing import Any, ClassVar, get_args

from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerReceived,
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
from pullscope.engine.model import KIB, MIB, Settings
from pullscope.engine.waits import Waited

WINDOW = 3.0
"""Seconds that a verdict is taken from."""
LEAST = 0.8
"""Seconds without which there is none."""

_IDLE = 0.25  # a share of the allowed requests that is missed
_TAIL = 3.0  # seconds for what is on its way; what takes longer was cut into too large chunks
_STANDS = 0.45  # seconds after which another verdict is believed
_BLOCK = 0.5  # seconds over which connections and rate are compared
_BLOCKS = 240
_ALIKE = 6  # of them with another number of connections, that the present is compared with
_OTHER_COUNT = 1.3  # so many times as many connections, or as few, are another number of them
_REFUSALS = frozenset({429, 503})


class LimitKind(Enum):
    """What can limit a pull. The values are for files and scripts."""

    UNKNOWN = "unknown"
    RESOLVING = "resolving"
    PAUSED = "paused"
    CONNECTION_CAP = "connection-cap"  # the registry, for each connection
    TOTAL_CAP = "total-cap"  # the registry, or the way to it, for all connections together
    NETWORK = "network"  # one of these two
    LATENCY = "latency"
    REFUSALS = "refusals"  # 429 and 503
    FAILURES = "failures"
    NO_RANGES = "no-ranges"
    DISK = "disk"
    HASHING = "hashing"
    COMMITTING = "committing"
    PROGRAM = "program"
    MACHINE = "machine"  # the program with whatever else runs on it
    MEMORY_LIMIT = "memory-limit"  # of the settings, as the next four
    RATE_LIMIT = "rate-limit"
    REQUEST_LIMIT = "request-limit"
    STREAM = "stream"
    CHUNK_SIZE = "chunk-size"
    TAIL = "tail"  # nothing: there is no more to ask for


@dataclass(frozen=True, slots=True)
class Pace:
    """The rate over a moment with so many connections receiving."""

    connections: float
    rate: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What happened in the last `seconds` of a pull.

    Means are over these seconds.

    Attributes:
        settings: of the moment.
        resolved: the manifest is known.
        received: bytes that came.
        in_flight: requests for chunks under way, mean.
        allowed: requests that the settings allow at once for the layers that are left, mean.
        retrying: chunks that waited for their next attempt, mean.
        waited: by requests for chunks, all together.
        wanted: bytes that nobody has asked for yet.
        missing: bytes that have not come yet, of all layers.
        to_hash: bytes written without a gap that are not hashed yet.
        unhashed: bytes of all layers that are not hashed yet.
        hashed: bytes that were hashed.
        first_bytes: seconds to the first byte, of the replies that began.
        attempts, refused, failed: attempts that ended, those answered with 429 or 503, and those
            that broke off otherwise and are tried again.
        reason: why the last of these was refused or broke off.
        processors: of the machine.
        cpu, loop_cpu: processors that the program kept busy, and its event loop's thread alone:
            from 0 to `processors`, and to 1.
        busy: the share of all processors that anyone used.
        lag: seconds that the event loop was late, mean.
        tail_layer: the layer, from 0, that has the most bytes on their way and no more to ask for;
            None without any.
        whole_layers: layers under way as one whole reply, because ranges are not served.
        paces: earlier moments, oldest first.
    """

    settings: Settings = field(default_factory=Settings)
    seconds: float = 0.0
    resolved: bool = True
    paused: bool = False
    received: int = 0
    in_flight: float = 0.0
    allowed: float = 0.0
    retrying: float = 0.0
    waited: Waited = field(default_factory=Waited)
    wanted: int = 0
    missing: int = 0
    to_hash: int = 0
    unhashed: int = 0
    hashed: int = 0
    first_bytes: Sequence[float] = ()
    attempts: int = 0
    refused: int = 0
    failed: int = 0
    reason: str = ""
    processors: int = 1
    cpu: float = 0.0
    loop_cpu: float = 0.0
    busy: float = 0.0
    lag: float = 0.0
    tail_layer: int | None = None
    whole_layers: int = 0
    paces: Sequence[Pace] = ()

    @property
    def rate(self) -> float:
        """Bytes/s."""
        return self.received / self.seconds if self.seconds else 0.0

    @property
    def idle(self) -> float:
        """The share of the allowed requests that were not under way."""
        return max(0.0, 1 - self.in_flight / self.allowed) if self.allowed else 0.0

    def share(self, seconds: float) -> float:
        """Return a wait as a share of the time of all requests under way."""
        total = self.in_flight * self.seconds
        return min(1.0, seconds / total) if total else 0.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A verdict.

    Attributes:
        share: of the connections' time, where that is what tells.
        compared: the other number of connections that it rests on, for the two caps.
    """

    kind: LimitKind
    evidence: Evidence = field(default_factory=Evidence)
    share: float = 0.0
    compared: Pace | None = None


def limit_of(evidence: Evidence) -> Limit:
    """Return what limits the pull whose last seconds are told by `evidence`."""
    for judge in (_by_phase, _by_refusals, _by_settings, _by_what_is_left, _by_waits):
        limit = judge(evidence)
        if limit is not None:
            return limit
    return Limit(LimitKind.UNKNOWN, evidence)


def _by_phase(e: Evidence) -> Limit | None:
    if not e.resolved:
        return Limit(LimitKind.RESOLVING, e)
    if e.paused:
        return Limit(LimitKind.PAUSED, e)
    if not e.missing:
        return Limit(LimitKind.HASHING if e.unhashed else LimitKind.COMMITTING, e)
    if e.seconds < LEAST:
        return Limit(LimitKind.UNKNOWN, e)
    return None


def _by_refusals(e: Evidence) -> Limit | None:
    """Attempts that are refused or break off cost the time until they are made again."""
    places = e.retrying + e.in_flight
    waiting = e.retrying / places if places else 0.0
    for kind, count in ((LimitKind.REFUSALS, e.refused), (LimitKind.FAILURES, e.failed)):
        others = e.failed if kind is LimitKind.REFUSALS else e.refused
        often = count >= 2 and count >= 0.25 * e.attempts
        if count >= max(1, others) and (waiting >= 0.15 or often):
            return Limit(kind, e, waiting)
    return None


def _by_settings(e: Evidence) -> Limit | None:
    """What the user asked for is the first thing to be told."""
    settings = e.settings
    throttled = e.share(e.waited.rate_limit)
    if settings.rate_limit and (throttled >= 0.3 or e.rate >= 0.9 * settings.rate_limit):
        return Limit(LimitKind.RATE_LIMIT, e, throttled)
    if settings.request_limit and e.wanted and e.idle >= _IDLE and not e.whole_layers:
        return Limit(LimitKind.REQUEST_LIMIT, e, e.idle)
    held = e.waited.turn / (e.seconds * e.allowed) if e.allowed else 0.0
    if held >= 0.25:
        return Limit(LimitKind.STREAM, e, min(1.0, held))
    return None


def _by_what_is_left(e: Evidence) -> Limit | None:
    if e.whole_layers and e.whole_layers >= 0.5 * e.in_flight:
        return Limit(LimitKind.NO_RANGES, e)
    # Before the first reply shows that ranges are served, each layer has one request.
    asked_alone = e.wanted and e.share(e.waited.first_byte) >= 0.5
    short_of_chunks = e.idle >= _IDLE and e.in_flight and e.retrying < 0.1 * e.allowed
    left = (e.missing - e.wanted) / e.rate if e.rate else 0.0
    if short_of_chunks and left < _TAIL and not asked_alone:
        return Limit(LimitKind.TAIL, e, e.idle)
    hash_rate = e.hashed / e.seconds
    behind = hash_rate and e.rate and e.to_hash > 64 * MIB
    # A backlog that can be caught up while the rest comes costs nothing.
    if behind and e.unhashed / hash_rate > 1.25 * e.missing / e.rate + 1:
        return Limit(LimitKind.HASHING, e)
    return None


def _by_waits(e: Evidence) -> Limit | None:
    # Where others want the processors too, a loop that is always busy gets less than all of one.
    busy_loop = e.loop_cpu >= 0.85 or (e.loop_cpu >= 0.5 and e.lag >= 0.01)
    if busy_loop or e.cpu >= 0.85 * e.processors:
        small = e.settings.memory_limit < 4 * e.allowed * 64 * KIB
        kind = LimitKind.MEMORY_LIMIT if small else LimitKind.PROGRAM
        return Limit(kind, e, max(e.loop_cpu, e.cpu / e.processors))
    for kind, seconds, least in (
        (LimitKind.DISK, e.waited.disk, 0.4),
        (LimitKind.LATENCY, e.waited.first_byte, 0.4),
    ):
        share = e.share(seconds)
        if share >= least:
            return Limit(kind, e, share)
    share = e.share(e.waited.network)
    network = _network(e, share) if share >= 0.4 else None
    # A busy machine does not slow down what hardly needs it, nor what more connections speed up.
    scales = network is not None and network.kind is LimitKind.CONNECTION_CAP
    if e.busy >= 0.93 and e.cpu >= 0.35 * e.processors and not scales:
        return Limit(LimitKind.MACHINE, e, e.cpu / e.processors)
    together = network is not None and network.kind is LimitKind.TOTAL_CAP
    if network is not None and e.idle >= _IDLE and not together:
        # Everything is asked for, in fewer pieces than there could be connections.
        return Limit(LimitKind.CHUNK_SIZE, e, e.idle)
    return network


def _network(e: Evidence, share: float) -> Limit:
    """Say whether each connection is held back, or all of them together, where both were seen."""
    receiving = e.waited.network / e.seconds
    fewer, more = receiving / _OTHER_COUNT, receiving * _OTHER_COUNT
    # Moments alike to the last of them: what was long ago may not be true any more.
    alike: list[Pace] = []
    for pace in reversed(e.paces if e.rate else ()):
        if fewer < pace.connections < more or pace.connections < 0.5 or pace.rate <= 0:
            continue
        if not alike or abs(math.log(pace.connections / alike[0].connections)) < 0.2:
            alike.append(pace)
            if len(alike) == _ALIKE:
                break
    if len(alike) >= 2:
        other = Pace(
            median(pace.connections for pace in alike), median(pace.rate for pace in alike)
        )
        gain = math.log(e.rate / other.rate) / math.log(receiving / other.connections)
        if gain >= 0.7:
            return Limit(LimitKind.CONNECTION_CAP, e, share, other)
        if gain <= 0.3:
            return Limit(LimitKind.TOTAL_CAP, e, share, other)
    return Limit(LimitKind.NETWORK, e, share)


@dataclass(slots=True)
class _Asked:
    """What the attempts for a layer that are under way asked for."""

    attempts: int = 0
    length: int = 0


@dataclass(frozen=True, slots=True)
class _Trouble:
    """An attempt that was refused or broke off, and is made again."""

    at: float
    status: int | None
    reason: str


_CAPS = (LimitKind.CONNECTION_CAP, LimitKind.TOTAL_CAP)


def kinds_like(kind: LimitKind) -> tuple[LimitKind, ...]:
    """Return the verdicts that stand for `kind`: before it is known which of the two caps limits a
    pull, it is that one all the same."""
    return (kind, LimitKind.NETWORK) if kind in _CAPS else (kind,)


class Limits:
    """What limits one pull: `pull.observe(limits)`.

    Attributes:
        UNHEEDED: kinds of events that say nothing of it.
    """

    UNHEEDED: ClassVar = frozenset({PrefixHashed, WindowDrew, RequestSent})

    def __init__(self) -> None:
        self._processors = 1
        self._settings = Settings()
        self._resolved = False
        self._paused = False
        self._sizes: tuple[int, ...] = ()
        self._unreceived: set[int] = set()
        self._whole: set[int] = set()
        self._open: dict[tuple[int, int], ChunkStarted] = {}
        self._asked: dict[int, _Asked] = {}  # by layer
        self._retrying: dict[int, float] = {}  # chunks, and since when
        self._replies: deque[float] = deque()  # when they began
        self._first_bytes: deque[float] = deque()  # and after how long
        self._ends: deque[float] = deque()  # when attempts ended, however they did
        self._troubles: deque[_Trouble] = deque()
        self._samples: deque[Sampled] = deque()
        self._waiting: deque[tuple[float, int, int]] = deque()  # with each: allowed and retrying
        self._paces: deque[Pace] = deque(maxlen=_BLOCKS)
        self._block: Sampled | None = None
        self._candidate = LimitKind.UNKNOWN  # the newest verdict, and since when it is the same
        self._candidate_since = 0.0
        self._stood: dict[LimitKind, float] = {}
        self._typical: dict[LimitKind, tuple[int, float, Limit]] = {}  # with count and mean rate
        self.now = limit_of(Evidence(resolved=False))
        """The verdict on the last seconds."""

    @property
    def whole(self) -> Limit:
        """What limited the pull for the longest time, as it typically was."""
        idle = (LimitKind.UNKNOWN, LimitKind.PAUSED, LimitKind.RESOLVING)
        seconds = {kind: stood for kind, stood in self._stood.items() if kind not in idle}
        if not seconds:
            return Limit(LimitKind.UNKNOWN)
        sums = {kind: sum(seconds.get(like, 0.0) for like in kinds_like(kind)) for kind in seconds}
        # The more that is known, the better.
        longest = max(sums, key=lambda kind: (sums[kind], kind in _CAPS))
        return self._typical[longest][2]

    @property
    def seconds(self) -> dict[LimitKind, float]:
        """How long each verdict stood, longest first."""
        return dict(sorted(self._stood.items(), key=lambda item: -item[1]))

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        take = _TAKES.get(type(event))
        if take is not None:
            take(self, event)

    def _first_byte(self, event: FirstByte) -> None:
        started = self._open.get((event.chunk, event.attempt))
        if started is not None and event.status not in _REFUSALS:
            self._replies.append(event.at)
            self._first_bytes.append(event.at - started.at)

    def _done(self, event: ChunkDone) -> None:
        self._close_attempt(event.chunk, event.attempt)
        self._ends.append(event.at)

    def _returned(self, event: ChunkReturned) -> None:
        self._close_attempt(event.chunk, event.attempt)
        if event.retry_in is not None:
            self._retrying[event.chunk] = event.at
            self._ends.append(event.at)
            self._troubles.append(_Trouble(event.at, event.status, event.reason))

    def _turn(self, event: PullEvent) -> None:
        """Take an event of which there are few."""
        match event:
            case PullStarted(settings=settings, processors=processors):
                self._settings = settings
                self._processors = max(1, processors)
            case SettingsApplied(new=new):
                self._settings = new
                self._begin_anew()
            case PullResolved(layers=layers):
                self._resolved = True
                self._sizes = tuple(layer.size for layer in layers)
                self._unreceived = set(range(len(layers)))
                self.now = limit_of(self.evidence())
            case LayerExisting(layer=layer) | LayerReceived(layer=layer):
                self._unreceived.discard(layer)
                self._whole.discard(layer)
            case LayerCommitted(layer=layer):
                self._whole.discard(layer)
            case LayerDiscarded(layer=layer):
                self._unreceived.add(layer)
            case RangeUnusable(layer=layer):
                self._whole.add(layer)
            case PullPaused():
                self._paused = True
                self._begin_anew()
            case PullResumed():
                self._paused = False
                self._begin_anew()
            case PullEnded():
                self._retrying.clear()
            case _:
                pass

    def evidence(self) -> Evidence:
        """Return what is known of the last seconds."""
        samples = self._samples
        if not samples:
            return Evidence(self._settings, resolved=self._resolved, paused=self._paused, missing=1)
        first, last = samples[0], samples[-1]
        seconds = last.at - first.at
        missing = max(0, sum(self._sizes) - last.received)
        told = tuple(samples)[1:] or (last,)
        counts = tuple(self._waiting)[1:] or tuple(self._waiting)
        troubles = self._troubles
        refused = sum(trouble.status in _REFUSALS for trouble in troubles)
        return Evidence(
            settings=self._settings,
            seconds=seconds,
            resolved=self._resolved,
            paused=self._paused,
            received=max(0, last.received - first.received),
            in_flight=sum(sample.in_flight for sample in told) / len(told),
            allowed=sum(allowed for _, allowed, _ in counts) / len(counts),
            retrying=sum(retrying for *_, retrying in counts) / len(counts),
            waited=last.waited - first.waited,
            wanted=last.wanted,
            missing=missing,
            to_hash=max(0, last.frontier - last.hashed),
            unhashed=max(0, sum(self._sizes) - last.hashed),
            hashed=max(0, last.hashed - first.hashed),
            first_bytes=tuple(self._first_bytes),
            attempts=len(self._ends),
            refused=refused,
            failed=len(troubles) - refused,
            reason=troubles[-1].reason if troubles else "",
            processors=self._processors,
            cpu=(last.cpu - first.cpu) / seconds if seconds else 0.0,
            loop_cpu=(last.loop_cpu - first.loop_cpu) / seconds if seconds else 0.0,
            busy=sum(sample.busy for sample in told) / len(told),
            lag=sum(sample.lag for sample in told) / len(told),
            tail_layer=self._tail_layer(),
            whole_layers=len(self._whole & self._unreceived),
            paces=tuple(self._paces),
        )

    def _begin_anew(self) -> None:
        """What was before a change says nothing of what is after it."""
        self._samples.clear()
        self._waiting.clear()
        self._replies.clear()
        self._first_bytes.clear()
        self._ends.clear()
        self._troubles.clear()
        self._block = None
        self.now = limit_of(self.evidence())

    def _open_attempt(self, event: ChunkStarted) -> None:
        self._open[event.chunk, event.attempt] = event
        asked = self._asked.get(event.layer)
        if asked is None:
            asked = self._asked[event.layer] = _Asked()
        asked.attempts += 1
        asked.length += event.length
        self._retrying.pop(event.chunk, None)

    def _close_attempt(self, chunk: int, attempt: int) -> None:
        started = self._open.pop((chunk, attempt), None)
        if started is not None:
            asked = self._asked[started.layer]
            asked.attempts -= 1
            asked.length -= started.length

    def _sample(self, sample: Sampled) -> None:
        samples = self._samples
        if samples and (sample.received < samples[-1].received or sample.at <= samples[-1].at):
            self._begin_anew()  # a layer was discarded
        before = samples[-1].at if samples else sample.at
        samples.append(sample)
        self._waiting.append((sample.at, self._allowed, len(self._retrying)))
        while samples[0].at < sample.at - WINDOW and len(samples) > 2:
            samples.popleft()
            self._waiting.popleft()
        self._forget_before(samples[0].at)
        self._note_pace(sample)
        self._judge(sample.at)
        kind = self.now.kind
        self._stood[kind] = self._stood.get(kind, 0.0) + sample.at - before
        self._note_typical(self.now)

    def _forget_before(self, at: float) -> None:
        while self._replies and self._replies[0] < at:
            self._replies.popleft()
            self._first_bytes.popleft()
        while self._ends and self._ends[0] < at:
            self._ends.popleft()
        while self._troubles and self._troubles[0].at < at:
            self._troubles.popleft()

    def _judge(self, at: float) -> None:
        """Take a new verdict at once where there was none, else when it has stood for a moment."""
        limit = limit_of(self.evidence())
        if limit.kind is not self._candidate:
            self._candidate, self._candidate_since = limit.kind, at
        nothing = (LimitKind.UNKNOWN, LimitKind.RESOLVING, LimitKind.PAUSED)
        certain = limit.kind is self.now.kind or self.now.kind in nothing or not self._unreceived
        if certain or at - self._candidate_since >= _STANDS:
            self.now = limit

    def _note_typical(self, limit: Limit) -> None:
        """Keep the verdict of each kind whose rate is nearest to the mean of all."""
        rate = limit.evidence.rate
        count, mean, typical = self._typical.get(limit.kind, (0, 0.0, limit))
        mean += (rate - mean) / (count + 1)
        if abs(rate - mean) <= abs(typical.evidence.rate - mean):
            typical = limit
        self._typical[limit.kind] = (count + 1, mean, typical)

    def _note_pace(self, sample: Sampled) -> None:
        """Compare how many connections received with what came, half a second at a time."""
        block = self._block
        if block is None:
            self._block = sample
            return
        seconds = sample.at - block.at
        if seconds < _BLOCK:
            return
        self._block = sample
        waited = sample.waited - block.waited
        others = waited.rate_limit + waited.disk
        if waited.network > others:  # else it was not the network that was slow
            rate = max(0, sample.received - block.received) / seconds
            self._paces.append(Pace(waited.network / seconds, rate))

    @property
    def _allowed(self) -> int:
        settings = self._settings
        layers = min(settings.layers, len(self._unreceived))
        return min(settings.connections, layers * settings.parallelism)

    def _tail_layer(self) -> int | None:
        """Return the layer that is furthest from its end among those that need no more requests."""
        under_way = {layer: asked for layer, asked in self._asked.items() if asked.attempts}
        most = self._settings.parallelism
        ending = [layer for layer, asked in under_way.items() if asked.attempts < most]
        return max(ending or under_way, key=lambda layer: under_way[layer].length, default=None)


_TAKES: Mapping[type[PullEvent], Callable[[Limits, Any], None]] = {
    **dict.fromkeys(set(get_args(PullEvent)) - Limits.UNHEEDED, Limits._turn),
    ChunkStarted: Limits._open_attempt,
    FirstByte: Limits._first_byte,
    ChunkDone: Limits._done,
    ChunkReturned: Limits._returned,
    Sampled: Limits._sample,
}
