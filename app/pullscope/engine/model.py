"""The values a pull is made of. Pure: no I/O, no clock.

Sizes and offsets are bytes, times are seconds since the pull began, rates are bytes/s. Hashes of
content are OCI digests ("sha256:" and 64 hex digits). `ledger` decides over the chunks, `events`
tells what happened to them, `pull` makes it happen.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum, StrEnum
from typing import Annotated, Any

from msgspec import Meta, Struct

from pullscope.engine.errors import Failure, SettingsError
from pullscope.engine.message import Message

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

LARGEST_WHOLE = 2**63 - 1
LARGEST_NUMBER = 1e15
"""What events tell is within these bounds, also where it is read from a trace: whoever computes
with it need not fear an overflow."""

Whole = Annotated[int, Meta(ge=-LARGEST_WHOLE, le=LARGEST_WHOLE)]
Number = Annotated[float, Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]


@dataclass(frozen=True, slots=True)
class SettingRange:
    """The least and the greatest value of a setting."""

    least: int
    greatest: int


class WriteMode(StrEnum):
    """How the chunks of a layer come into its file."""

    IN_PLACE = "in-place"  # each at once, where it belongs
    STREAM = "stream"  # one behind the other, as runtimes do that join them; the others wait


class LayerOrder(StrEnum):
    """Which layer comes first."""

    MANIFEST = "manifest"
    LARGEST_FIRST = "largest-first"


class Protocol(StrEnum):
    """The newest protocol that is offered to hosts that speak TLS."""

    HTTP_1 = "http/1.1"
    HTTP_2 = "http/2"  # all requests to a host share one connection


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user can change while a pull runs. Replaced whole, never mutated.

    Attributes:
        layers: layers that receive bytes at once.
        parallelism: chunks of one layer in flight at once.
        connections: requests for chunks at once, in all.
        chunk_size: bytes of the next chunk to be cut; 0 asks for the rest of the layer at once.
        rate_limit: bytes/s of all connections together; 0 is no limit.
        memory_limit: bytes that all connections together may hold on their way to the file. With
            `WriteMode.STREAM` whole chunks that wait for their turn come on top.
        request_limit: requests for chunks per second; 0 is no limit.
        write: how chunks come into the file.
        layer_order: which of the layers that have not begun is the next.
        protocol: of the requests to come.

    Raises:
        SettingsError: a value is outside `RANGES`, or none of `CHOICES`.
    """

    layers: int = 3
    parallelism: int = 8
    connections: int = 24
    chunk_size: int = 16 * MIB
    rate_limit: int = 0
    memory_limit: int = 64 * MIB
    request_limit: int = 0
    write: WriteMode = WriteMode.IN_PLACE
    layer_order: LayerOrder = LayerOrder.MANIFEST
    protocol: Protocol = Protocol.HTTP_1

    def __post_init__(self) -> None:
        for name, kind in CHOICES.items():
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, kind(value))
            except ValueError:
                raise SettingsError(
                    Message("{name} is {value!r}", name=SETTING_NAMES[name], value=value),
                    Message("it must be {allowed}", allowed=_either(kind)),
                ) from None
        for name, allowed in RANGES.items():
            value = getattr(self, name)
            if name in ZERO_ALLOWED and value == 0:
                continue
            if not allowed.least <= value <= allowed.greatest:
                raise out_of_range(name, value)

    def as_dict(self) -> dict[str, int | str]:
        """Return the settings by name, choices by their value."""
        values: dict[str, int | str] = asdict(self)
        return {
            name: value.value if isinstance(value, StrEnum) else value
            for name, value in values.items()
        }

    def changed(self, **values: int | str) -> "Settings":
        """Return these settings with some replaced; choices may be given by their value."""
        fields: dict[str, Any] = dict(values)
        return replace(self, **fields)


RANGES: Mapping[str, SettingRange] = {
    "layers": SettingRange(1, 32),
    "parallelism": SettingRange(1, 128),
    "connections": SettingRange(1, 256),
    "chunk_size": SettingRange(64 * KIB, GIB),
    "rate_limit": SettingRange(64 * KIB, 100 * GIB),
    "memory_limit": SettingRange(16 * MIB, 16 * GIB),
    "request_limit": SettingRange(1, 10_000),
}


def _either(kind: type[StrEnum]) -> str:
    first, *others = kind
    words: str = first
    for other in others:
        words = Message("{words} or {other}", words=words, other=other)
    return words


SETTING_NAMES: Mapping[str, Message] = {
    "layers": Message("layers"),
    "parallelism": Message("parallelism"),
    "connections": Message("connections"),
    "chunk_size": Message("chunk size"),
    "rate_limit": Message("rate limit"),
    "memory_limit": Message("memory limit"),
    "request_limit": Message("request limit"),
    "write": Message("write"),
    "layer_order": Message("layer order"),
    "protocol": Message("protocol"),
}
"""What messages call the settings."""


ZERO_ALLOWED = frozenset({"chunk_size", "rate_limit", "request_limit"})
"""Settings for which 0 means something of its own."""

CHOICES: Mapping[str, type[StrEnum]] = {
    "write": WriteMode,
    "layer_order": LayerOrder,
    "protocol": Protocol,
}


def out_of_range(name: str, value: int) -> SettingsError:
    """Return the error for a value that is not among those of `RANGES`."""
    allowed = RANGES[name]
    return SettingsError(
        Message("{name} is {value}", name=SETTING_NAMES[name], value=value),
        Message(
            "it must be between {least} and {greatest}",
            least=allowed.least,
            greatest=allowed.greatest,
        ),
    )


@dataclass(frozen=True, slots=True)
class Layer:
    """A blob to fetch: a layer of the image.

    Attributes:
        digest: what its bytes must hash to.
        size: bytes.
        media_type: as its manifest says.
    """

    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest or an index, as the registry has it.

    Attributes:
        body: its bytes.
        tag: by which it was found, where that is a name of its own.
    """

    digest: str
    media_type: str
    body: bytes = field(repr=False)
    tag: str = ""


@dataclass(frozen=True, slots=True)
class PullPlan:
    """What is to be pulled. It has no chunks: those are born during the pull.

    Attributes:
        reference: the reference in full, as Docker would write it.
        manifest: what the image's name will stand for: the manifest that was chosen for the
            platform, or the index where all platforms are pulled.
        layers: in the order of the manifests; a blob named twice stands once.
        configs: blobs that are fetched whole: the image's config, and those of what comes with it.
        children: what an index leads to, each index before what it names.
        referrers: what refers to the image: signatures, attestations, SBOMs, and what they need.
        platform: "os/architecture[/variant]", "all", or empty when the manifest does not tell.
        is_image: it is one image, no index and no other artifact.
        embedded: contents of blobs that came within the manifests, by digest.
        urls: where a blob may be had besides the registry, by digest.
        index: what the manifest was chosen from; None where the reference leads to it directly.
    """

    reference: str
    manifest: Document
    layers: tuple[Layer, ...]
    configs: tuple[Layer, ...] = ()
    children: tuple[Document, ...] = ()
    referrers: tuple[Document, ...] = ()
    platform: str = ""
    is_image: bool = True
    embedded: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    urls: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    index: Document | None = None

    @property
    def digest(self) -> str:
        """Of the manifest or index."""
        return self.manifest.digest

    @property
    def documents(self) -> tuple[Document, ...]:
        """All manifests and indexes."""
        return (self.manifest, *self.children, *self.referrers)

    @property
    def blobs(self) -> tuple[Layer, ...]:
        """All that the manifests name, besides one another."""
        return (*self.configs, *self.layers)

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(layer.size for layer in self.layers)


class ChunkState(Enum):
    """Where a chunk in flight stands."""

    WAITING = "waiting"  # asked, no byte yet
    RECEIVING = "receiving"
    RETRYING = "retrying"  # an attempt failed; the next one waits for its turn
    FAILED = "failed"


class LayerState(Enum):
    """Where a layer stands."""

    PENDING = "pending"
    RECEIVING = "receiving"
    HASHING = "hashing"  # every byte is written, the digest follows
    COMMITTING = "committing"
    DONE = "done"
    EXISTING = "existing"  # was there before the pull
    FAILED = "failed"


class PullState(Enum):
    """Where a pull stands."""

    RESOLVING = "resolving"
    RUNNING = "running"
    PAUSED = "paused"
    COMMITTING = "committing"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (PullState.DONE, PullState.CANCELLED, PullState.FAILED)


class Extent(Struct, frozen=True, gc=False):
    """A run of bytes in a layer that one chunk brought: written, and never to be asked again.

    `chunk` is the id of the chunk, or -1 for bytes kept from an earlier pull.
    """

    offset: int
    length: int
    chunk: int
    attempts: int = 1

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class ChunkSnapshot:
    """A chunk in flight at one moment.

    Attributes:
        id: unique in its pull.
        offset, length: the bytes it covers.
        received: bytes that have arrived, counted from `offset`.
        written: bytes that are in the file, counted from `offset`.
        attempt: 1 for the first.
        connection: request slot, from 0; -1 while none is held.
    """

    id: int
    offset: int
    length: int
    received: int
    written: int
    attempt: int
    connection: int
    state: ChunkState


@dataclass(frozen=True, slots=True)
class LayerSnapshot:
    """A layer at one moment.

    Attributes:
        index: its place in the plan.
        received: bytes that are here, over all attempts that count.
        written: bytes in the file.
        hashed: bytes whose digest is computed; always a prefix of the layer.
        frontier: bytes written without a gap from the start; at least `hashed`.
        attempts: requests made for its chunks.
        retries: attempts beyond the first, of all chunks.
        generation: grows when the layer is begun anew; `extents` start over then.
        extents: finished runs in the order in which they finished; within one generation this
            only ever grows at its end, except when an earlier run is given up (generation grows).
        in_flight: chunks being fetched.
        error: in words, where the layer failed.
    """

    index: int
    digest: str
    size: int
    media_type: str
    state: LayerState
    received: int
    written: int
    hashed: int
    frontier: int
    attempts: int
    retries: int
    generation: int
    extents: tuple[Extent, ...]
    in_flight: tuple[ChunkSnapshot, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When the milestones of a pull were passed: seconds since it began, None before."""

    resolved: float | None = None
    first_byte: float | None = None
    last_byte: float | None = None
    verified: float | None = None
    committed: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen picture of a pull.

    Attributes:
        at: seconds since the pull began.
        digest: of the manifest; empty until resolved.
        total: bytes of all layers.
        reused: bytes that were there before this pull.
        network: bytes of layers that came over the network in this pull, wasted ones included.
        wasted: bytes received and thrown away.
        received, written, hashed: of all layers, reused bytes included.
        in_flight: requests for chunks under way.
        requests: HTTP requests sent, of every kind.
        memory: resident bytes of the process.
        error: one line, when the pull failed.
        hedges: second requests sent for bytes that a silent one should bring.
        failure: `error` in parts, when the pull failed.
    """

    at: float
    state: PullState
    reference: str
    digest: str
    platform: str
    settings: Settings
    total: int
    reused: int
    network: int
    wasted: int
    received: int
    written: int
    hashed: int
    in_flight: int
    requests: int
    retries: int
    memory: int
    timeline: Timeline
    layers: tuple[LayerSnapshot, ...]
    error: str = ""
    hedges: int = 0
    failure: Failure | None = None
