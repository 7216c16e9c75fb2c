"""What happened during a pull: facts, each with its time in seconds since the pull began.

State changes only, never one per read. They are for whoever must miss nothing (trace, tests,
terminal); a window draws `model.Snapshot`s instead. No event carries a credential or the query of
a URL.
"""

from dataclasses import dataclass

from pullscope.engine.model import Layer, PullState, Settings


@dataclass(frozen=True, slots=True)
class PullStarted:
    """A pull began. `started_at` is POSIX time in seconds."""

    at: float
    reference: str
    output: str
    settings: Settings
    started_at: float


@dataclass(frozen=True, slots=True)
class RequestSent:
    """A request other than for a chunk was answered: for a manifest, a config blob or a token.

    `began` is when it was sent; `host` is the host that answered.
    """

    at: float
    kind: str
    host: str
    status: int
    began: float


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
    """The reply to an attempt began. `host` is the host that sent it, after redirects."""

    at: float
    layer: int
    chunk: int
    attempt: int
    status: int
    host: str
    protocol: str


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
class LayerReceived:
    """Every byte of a layer is in its file."""

    at: float
    layer: int


@dataclass(frozen=True, slots=True)
class LayerDiscarded:
    """A layer's bytes did not match its digest; it is fetched once more."""

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
    """The state of the pull, ten times a second while it runs; bytes as in `model.Snapshot`."""

    at: float
    received: int
    written: int
    hashed: int
    in_flight: int
    memory: int


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
    | LayerReceived
    | LayerDiscarded
    | LayerVerified
    | LayerCommitted
    | Sampled
    | PullEnded
)
