"""What happened during a pull: facts, each with its time in seconds since the pull began.

State changes only, never one per read. They are for whoever must miss nothing (trace, tests,
terminal); a window draws `model.Snapshot`s instead. No event carries a credential or the query of
a URL.

A pull of 100,000 chunks has 300,000 of them, which a trace reads again: they are structs of
msgspec, made and decoded in C, and nothing that the garbage collector has to walk through.
"""

from msgspec import Struct

from pullscope.engine.model import Layer, Number, PullState, Settings, Whole
from pullscope.engine.waits import Waited


class _Event(Struct, frozen=True, gc=False, tag_field="event", tag=True):
    at: Number


class PullStarted(_Event, frozen=True):
    """A pull began. `started_at` is POSIX time in seconds; `processors` are those of the machine,
    0 where that is not known."""

    reference: str
    output: str
    settings: Settings
    started_at: Number
    processors: Whole = 0


class RequestSent(_Event, frozen=True):
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

    kind: str
    host: str
    status: Whole
    began: Number
    error: str = ""
    quota_left: Whole | None = None
    peer: str = ""
    connecting: tuple[Number, ...] | None = None


class PullResolved(_Event, frozen=True):
    """The manifest is known."""

    digest: str
    platform: str
    layers: tuple[Layer, ...]


class LayerExisting(_Event, frozen=True):
    """A layer was there already; nothing is fetched."""

    layer: Whole


class LayerHeldElsewhere(_Event, frozen=True):
    """Another pull is fetching the layer into the same store; it is waited for."""

    layer: Whole


class LayerResumed(_Event, frozen=True):
    """Bytes of an earlier pull were checked and kept."""

    layer: Whole
    kept: Whole


class ChunkStarted(_Event, frozen=True):
    """An attempt for a chunk was sent, asking `length` bytes from `offset`.

    `queued` is when these bytes became wanted by a free place: when the chunk was cut, or when its
    attempt before this one ended.
    """

    layer: Whole
    chunk: Whole
    attempt: Whole
    offset: Whole
    length: Whole
    connection: Whole
    queued: Number


class ChunkHedged(_Event, frozen=True):
    """An attempt has been silent for `silent` seconds: a second one is sent for the same bytes.

    Its `ChunkStarted`, with the number `attempt`, follows. Whichever is answered first goes on.
    """

    layer: Whole
    chunk: Whole
    attempt: Whole
    silent: Number


class FirstByte(_Event, frozen=True):
    """The reply to an attempt began.

    Attributes:
        host: that sent it, after redirects.
        peer: address and port that it came from; empty where that is not known: see `peers`.
        connecting: when the connection that it came by began to be made and when it stood, TLS
            included; empty where it was there before, None where the transport does not tell.
    """

    layer: Whole
    chunk: Whole
    attempt: Whole
    status: Whole
    host: str
    protocol: str
    peer: str = ""
    connecting: tuple[Number, ...] | None = None


class ChunkDone(_Event, frozen=True):
    """An attempt brought every byte it asked. `received_at`: last byte read; `at`: all written."""

    layer: Whole
    chunk: Whole
    attempt: Whole
    received_at: Number
    received: Whole


class ChunkReturned(_Event, frozen=True):
    """An attempt ended early. Its first `received` bytes are written; the rest is asked again.

    Attributes:
        reason: in words: "HTTP 503", "connection reset", "stalled", "cancelled" ...
        retry_in: seconds until the next attempt of this chunk; None when it goes back to the
            ledger (pause, cancel, whole layer asked instead) or when the pull gives up.
    """

    layer: Whole
    chunk: Whole
    attempt: Whole
    received: Whole
    reason: str
    status: Whole | None
    retry_in: Number | None


class RangeUnusable(_Event, frozen=True):
    """A layer goes on as one whole reply, because its registry does not serve ranges.

    `reason` says what it did: ignored Range (200), refused it, or lied in Content-Range. `given_up`
    bytes were here already and are fetched again.
    """

    layer: Whole
    reason: str
    given_up: Whole


class SettingsApplied(_Event, frozen=True):
    """The settings changed while the pull ran."""

    old: Settings
    new: Settings


class PullPaused(_Event, frozen=True):
    """No more chunks are asked for until `PullResumed`."""


class PullResumed(_Event, frozen=True):
    """Chunks are asked for again."""


class PrefixHashed(_Event, frozen=True):
    """The digest of a layer covers its first `hashed` bytes; this step of it began at `began`.

    A step takes at least 1 MiB, unless it is the last, and at most 16.
    """

    layer: Whole
    hashed: Whole
    began: Number


class LayerReceived(_Event, frozen=True):
    """Every byte of a layer is in its file."""

    layer: Whole


class LayerDiscarded(_Event, frozen=True):
    """A layer's bytes did not match its digest; the first time, it is fetched once more."""

    layer: Whole
    reason: str


class LayerVerified(_Event, frozen=True):
    """A layer's bytes match its digest."""

    layer: Whole


class LayerCommitted(_Event, frozen=True):
    """A layer is in the store, durable, under its digest."""

    layer: Whole


class Sampled(_Event, frozen=True):
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

    received: Whole
    written: Whole
    hashed: Whole
    in_flight: Whole
    memory: Whole
    network: Whole = 0
    frontier: Whole = 0
    wanted: Whole = 0
    buffers: Whole = 0
    waited: Waited = Waited()
    lag: Number = 0.0
    loop_cpu: Number = 0.0
    cpu: Number = 0.0
    busy: Number = 0.0
    wasted: Whole = 0


class WindowDrew(_Event, frozen=True):
    """A window that shows the pull drew frames, which took so many `seconds` each.

    It comes from the window, not from the pull.
    """

    seconds: tuple[Number, ...]


class PullEnded(_Event, frozen=True):
    """Nothing more will happen. `error` is one line when `state` is FAILED."""

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
