"""What happened during a pull: facts, each with its time in seconds since the pull began.

State changes only, never one per read. They are for whoever must miss nothing (trace, tests,
terminal); a window draws `model.Snapshot`s instead. No event carries a credential or the query of
a URL.
"""

from dataclasses import dataclass, field

from pullscope.engine.model import Layer, PullState, Settings
from pullscope.engine.waits import Waited


@dataclass(frozen=True, slots=True)
class PullStarted:
    """A pull began. `started_at` is POSIX time in seconds; `processors` are those of the machine,
    0 where that is not known."""

    at: float
    reference: str
    output: str
    settings: Settings
    started_at: float
    processors: int = 0


@dataclass(frozen=True, slots=True)
class RequestSent:
    """A request that brought no bytes of a layer was answered, or got no reply.

    Attributes:
        kind: "manifest", "config", "token" ..., "redirect" for a reply that only named another
            place, or "challenge" for one that asked for a token.
        host: that answered, or that was asked.
        status: 0 where there was no reply.
        began: when it was sent.
        error: why there was no reply, in words.
        quota_left: manifests that may still be asked for, where the reply told.
        peer, connecting: as in `FirstByte`.
    """

    at: float
    kind: str
    host: str
    status: int
    began: float
    error: str = ""
    quota_left: int | None = None
    peer: str = ""
    connecting: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class PullResolved:
    """The manifest is known."""

    at: float
    digest: str
    platform: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class LayerExisting:
    """A layer was there already; nothing is fetched."""

    at: float
    layer: int


@dataclass(frozen=True, slots=True)
class LayerHeldElsewhere:
    """Another pull is fetching the layer into the same store; it is waited for."""

    at: float
    layer: int


@dataclass(frozen=True, slots=True)
class LayerResumed:
    """Bytes of an earlier pull were checked and kept."""

    at: float
    layer: int
    kept: int


@dataclass(frozen=True, slots=True)
class ChunkStarted:
    """An attempt for a chunk was sent, asking `length` bytes from `offset`.

    `queued` is when these bytes became wanted by a free place: when the chunk was cut, or when its
    attempt before this one ended.
    """

    at: float
    layer: int
    chunk: int
    attempt: int
    offset: int
    length: int
    connection: int
    queued: float


@dataclass(frozen=True, slots=True)
class ChunkHedged:
    """An attempt has been silent for `silent` seconds: a second one is sent for the same bytes.

    Its `ChunkStarted`, with the number `attempt`, follows. Whichever is answered first goes on.
    """

    at: float
    layer: int
    chunk: int
    attempt: int
    silent: float


@dataclass(frozen=True, slots=True)
class FirstByte:
    """The reply to an attempt began.

    Attributes:
        host: that sent it, after redirects.
        peer: address and port that it came from; empty where the transport does not tell.
        connecting: when the connection that it came by began to be made and when it stood, TLS
            included; empty where it was there before, None where the transport does not tell.
    """

    at: float
    layer: int
    chunk: int
    attempt: int
    status: int
    host: str
    protocol: str
    peer: str = ""
    connecting: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class ChunkDone:
    """An attempt brought every byte it asked. `received_at`: last byte read; `at`: all written."""

    at: float
    layer: int
    chunk: int
    attempt: int
    received_at: float
    received: int


@dataclass(frozen=True, slots=True)
class ChunkReturned:
    """An attempt ended early. Its first `received` bytes are written; the rest is asked again.

    Attributes:
        reason: in words: "HTTP 503", "connection reset", "stalled", "cancelled" ...
        retry_in: seconds until the next attempt of this chunk; None when it goes back to the
            ledger (pause, cancel, whole layer asked instead) or when the pull gives up.
    """

    at: float
    layer: int
    chunk: int
    attempt: int
    received: int
    reason: str
    status: int | None
    retry_in: float | None


@dataclass(frozen=True, slots=True)
class RangeUnusable:
    """A layer goes on as one whole reply, because its registry does not serve ranges.

    `reason` says what it did: ignored Range (200), refused it, or lied in Content-Range. `given_up`
    bytes were here already and are fetched again.
    """

    at: float
    layer: int
    reason: str
    given_up: int


@dataclass(frozen=True, slots=True)
class SettingsApplied:
    """The settings changed while the pull ran."""

    at: float
    old: Settings
    new: Settings


@dataclass(frozen=True, slots=True)
class PullPaused:
    """No more chunks are asked for until `PullResumed`."""

    at: float


@dataclass(frozen=True, slots=True)
class PullResumed:
    """Chunks are asked for again."""

    at: float


@dataclass(frozen=True, slots=True)
class PrefixHashed:
    """The digest of a layer covers its first `hashed` bytes; this step of it began at `began`.

    A step takes at least 1 MiB, unless it is the last, and at most 16.
    """

    at: float
    layer: int
    hashed: int
    began: float


@dataclass(frozen=True, slots=True)
class LayerReceived:
    """Every byte of a layer is in its file."""

    at: float
    layer: int


@dataclass(frozen=True, slots=True)
class LayerDiscarded:
    """A layer's bytes did not match its digest; the first time, it is fetched once more."""

    at: float
    layer: int
    reason: str


@dataclass(frozen=True, slots=True)
class LayerVerified:
    """A layer's bytes match its digest."""

    at: float
    layer: int


@dataclass(frozen=True, slots=True)
class LayerCommitted:
    """A layer is in the store, durable, under its digest."""

    at: float
    layer: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """The state of the pull, ten times a second while it runs; bytes as in `model.Snapshot`.

    Attributes:
        network: bytes of layers that came over the network, wasted ones included.
        frontier: bytes written without a gap from the start of their layer: what can be hashed.
        wanted: bytes that nobody has asked for yet.
        buffers: bytes that the transport may hold for the connections that receive, at most.
        waited: what the requests for chunks have waited for since the pull began.
        lag: seconds that this sample was late, because the event loop was busy.
        loop_cpu, cpu: CPU seconds of the event loop's thread and of the whole process, since the
            pull began.
        busy: the share of all the machine's CPU time that was used lately, by whomever; from 0 to
            1.
        wasted: bytes of layers that came over the network in vain.
    """

    at: float
    received: int
    written: int
    hashed: int
    in_flight: int
    memory: int
    network: int = 0
    frontier: int = 0
    wanted: int = 0
    buffers: int = 0
    waited: Waited = field(default_factory=Waited)
    lag: float = 0.0
    loop_cpu: float = 0.0
    cpu: float = 0.0
    busy: float = 0.0
    wasted: int = 0


@dataclass(frozen=True, slots=True)
class WindowDrew:
    """A window that shows the pull drew frames, which took so many `seconds` each.

    It comes from the window, not from the pull.
    """

    at: float
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PullEnded:
    """Nothing more will happen. `error` is one line when `state` is FAILED."""

    at: float
    state: PullState
    error: str


PullEvent = (
    PullStarted
    | RequestSent
    | PullResolved
    | LayerExisting
    | LayerHeldElsewhere
    | LayerResumed
    | ChunkStarted
    | ChunkHedged
    | FirstByte
    | ChunkDone
    | ChunkReturned
    | RangeUnusable
    | SettingsApplied
    | PullPaused
    | PullResumed
    | PrefixHashed
    | LayerReceived
    | LayerDiscarded
    | LayerVerified
    | LayerCommitted
    | Sampled
    | WindowDrew
    | PullEnded
)
