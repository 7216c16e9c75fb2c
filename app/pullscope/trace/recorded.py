"""A pull as its trace tells it: what exports and explanations are made from. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    FirstByte,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerResumed,
    LayerVerified,
    PullEnded,
    PullEvent,
    PullResolved,
    PullStarted,
    RangeUnusable,
    RequestSent,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.model import Layer, Settings
from pullscope.trace.attempts import Attempt, attempts, phase_seconds
from pullscope.trace.layer_phases import LayerPhase, LayerPhaseReader

_Event = TypeVar("_Event")
_LAST_MOMENT = 4102444800.0  # the year 2100
_SHORTEST_STEP = 1e-6  # seconds between samples; below, no rate says anything


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the bytes of layers went. For a pull that is done,
    `existing + kept + received == image + discarded + given_up`.

    Attributes:
        image: bytes of all layers.
        existing: of layers that were there before.
        kept: of an earlier pull, checked and used.
        received: over the network, each one needed when it came.
        over_fetched: over the network, but not needed: already here, or beyond what was asked.
        discarded: of layers whose bytes did not match the digest; fetched again.
        given_up: because the registry does not serve ranges; fetched again.
        retried: asked for, not brought by their attempt, and asked for again.
        hedged: asked for by second requests while the first one was silent.
        handshakes: connections that were made and answered; None where the transport hides them.
        manifests: that were answered with one, which is what registries count.
        quota_left: manifests that may still be asked for; None where the registry did not tell.
    """

    image: int
    existing: int
    kept: int
    received: int
    over_fetched: int
    discarded: int
    given_up: int
    retried: int
    hedged: int
    handshakes: int | None = None
    manifests: int = 0
    quota_left: int | None = None

    @property
    def wasted(self) -> int:
        """Bytes that came over the network, or were kept, in vain."""
        return self.over_fetched + self.discarded + self.given_up


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes/s since the sample before, at a time of the pull."""

    at: float
    received: float
    written: float
    hashed: float


class RecordedPull:
    """The facts of one pull, from its events in any order of arrival.

    Attributes:
        events: in the order of their times.
        started, resolved, ended: None where the trace does not tell.
        end: when the last event happened, seconds since the pull began.
        attempts: for chunks, in the order in which they started.
        requests: that brought no bytes of a layer, in the order in which they began.
        samples: ten times a second.
    """

    def __init__(self, events: Iterable[PullEvent]) -> None:
        self.events: Sequence[PullEvent] = sorted(events, key=lambda event: event.at)
        self.started = _first(self.events, PullStarted)
        self.resolved = _first(self.events, PullResolved)
        self.ended = _first(self.events, PullEnded)
        self.end = self.events[-1].at if self.events else 0.0
        self.attempts: Sequence[Attempt] = attempts(self.events)
        self.requests: Sequence[RequestSent] = sorted(
            (event for event in self.events if isinstance(event, RequestSent)),
            key=lambda request: request.began,
        )
        self.samples: Sequence[Sampled] = [e for e in self.events if isinstance(e, Sampled)]

    @property
    def reference(self) -> str:
        """As the user named the image; empty where the trace does not tell."""
        return self.started.reference if self.started else ""

    @property
    def digest(self) -> str:
        """Of the manifest; empty where the trace does not tell."""
        return self.resolved.digest if self.resolved else ""

    @property
    def state(self) -> str:
        """How the pull ended: "done", "cancelled", "failed", or "unfinished"."""
        return self.ended.state.value if self.ended else "unfinished"

    @property
    def error(self) -> str:
        """Why it failed; empty unless it did."""
        return self.ended.error if self.ended else ""

    @property
    def layers(self) -> Sequence[Layer]:
        """In the order of the manifest."""
        return self.resolved.layers if self.resolved else ()

    @property
    def settings(self) -> Settings | None:
        """What the pull began with."""
        return self.started.settings if self.started else None

    @property
    def changes(self) -> Sequence[SettingsApplied]:
        """When the settings changed, and to what."""
        return [event for event in self.events if isinstance(event, SettingsApplied)]

    @property
    def retries(self) -> int:
        """Attempts that ended early and were made again."""
        return sum(attempt.retry_in is not None for attempt in self.attempts)

    @property
    def hedges(self) -> int:
        """Second requests for the bytes of a silent one."""
        return sum(attempt.hedge for attempt in self.attempts)

    @property
    def chains(self) -> list[list[Attempt]]:
        """The attempts of each chunk that took more than one, retries and hedges, in order."""
        by_chunk: dict[int, list[Attempt]] = {}
        for attempt in self.attempts:
            by_chunk.setdefault(attempt.chunk, []).append(attempt)
        return [chain for chain in by_chunk.values() if len(chain) > 1]

    def posix(self, at: float) -> float:
        """Return a time of the pull as POSIX time, within what calendars can say."""
        return posix(self.started.started_at if self.started else 0.0, at)

    def digest_of(self, layer: int) -> str:
        """Return the digest of the layer with this number; empty where it is not known."""
        return self.layers[layer].digest if 0 <= layer < len(self.layers) else ""

    @property
    def milestones(self) -> dict[str, float]:
        """When the pull was resolved, had its first and last byte, and was verified, committed and
        ended. The later ones are those of the last layer."""
        passed: dict[str, float] = {}
        for event in self.events:
            match event:
                case PullResolved():
                    passed.setdefault("resolved", event.at)
                case FirstByte():
                    passed.setdefault("first byte", event.at)
                case ChunkDone():
                    passed["last byte"] = max(passed.get("last byte", 0.0), event.received_at)
                case LayerVerified():
                    passed["verified"] = event.at
                case LayerCommitted():
                    passed["committed"] = event.at
                case PullEnded():
                    passed["ended"] = event.at
                case _:
                    pass
        order = ("resolved", "first byte", "last byte", "verified", "committed", "ended")
        return {name: passed[name] for name in order if name in passed}

    @property
    def phase_seconds(self) -> dict[str, list[float]]:
        """What each attempt spent, by phase.

        "queued" is before it was sent, "hashing" from its end until the digest covers what it
        brought; for that, the bytes before it must be here.
        """
        names = ("queued", "connecting", "waiting", "receiving", "writing", "hashing")
        spent: dict[str, list[float]] = {name: [] for name in names}
        for attempt in self.attempts:
            spent["queued"].append(max(0.0, attempt.started - attempt.queued))
            for name, seconds in phase_seconds(attempt, self.end).items():
                spent[name].append(seconds)
            if attempt.hashed is not None and attempt.ended is not None:
                spent["hashing"].append(attempt.hashed - attempt.ended)
        return spent

    @property
    def existing(self) -> set[int]:
        """The layers that were there before."""
        return {event.layer for event in self.events if isinstance(event, LayerExisting)}

    @property
    def rates(self) -> list[Rates]:
        """How fast bytes moved, from the second sample on."""
        found: list[Rates] = []
        before: Sampled | None = None
        # Bytes of an earlier pull join the sums at once; they say nothing about a rate.
        joined = 0
        for event in self.events:
            match event:
                case LayerResumed():
                    joined += event.kept
                case LayerExisting() if 0 <= event.layer < len(self.layers):
                    joined += self.layers[event.layer].size
                case Sampled():
                    if before is not None and event.at - before.at >= _SHORTEST_STEP:
                        more = (
                            event.received - before.received,
                            event.written - before.written,
                            event.hashed - before.hashed,
                        )
                        seconds = event.at - before.at
                        # Bytes of a layer that was discarded leave the sums.
                        rates = (max(0, one - joined) / seconds for one in more)
                        found.append(Rates(event.at, *rates))
                    before, joined = event, 0
                case _:
                    pass
        return found

    @property
    def layer_phases(self) -> list[LayerPhase]:
        """The phases of all layers, in the order in which they ended."""
        reader = LayerPhaseReader()
        ended = [phase for event in self.events if (phase := reader.take(event)) is not None]
        return ended + reader.close(self.end)

    @property
    def ledger(self) -> Ledger:
        """Where the bytes went."""
        existing = kept = discarded = given_up = 0
        here: dict[int, int] = {}  # bytes of each layer that count now
        layers = {attempt.chunk: attempt.layer for attempt in self.attempts}
        for event in self.events:
            match event:
                case LayerExisting() if 0 <= event.layer < len(self.layers):
                    existing += self.layers[event.layer].size
                case LayerResumed():
                    kept += event.kept
                    here[event.layer] = here.get(event.layer, 0) + event.kept
                case ChunkDone() | ChunkReturned() if event.chunk in layers:
                    here[event.layer] = here.get(event.layer, 0) + event.received
                case LayerDiscarded():
                    discarded += here.pop(event.layer, 0)
                case RangeUnusable():
                    given_up += event.given_up
                    here[event.layer] = here.get(event.layer, 0) - event.given_up
                case _:
                    pass
        received = sum(attempt.received for attempt in self.attempts)
        network = max((sample.network for sample in self.samples), default=0)
        over_fetched = max(0, network - received)
        if self.ended is None and self.samples:
            # What requests that run have brought counts as well.
            over_fetched = max(0, self.samples[-1].wasted - discarded - given_up)
            received = max(received, network - over_fetched)
        asked = [request for request in self.requests if request.kind == "manifest"]
        told = [request.quota_left for request in asked if request.quota_left is not None]
        connecting = [
            event.connecting
            for event in self.events
            if isinstance(event, FirstByte | RequestSent) and event.connecting is not None
        ]
        again = (attempt for attempt in self.attempts if attempt.retry_in is not None)
        return Ledger(
            image=sum(layer.size for layer in self.layers),
            existing=existing,
            kept=kept,
            received=received,
            over_fetched=over_fetched,
            discarded=discarded,
            given_up=given_up,
            retried=sum(max(0, attempt.length - attempt.received) for attempt in again),
            hedged=sum(attempt.length for attempt in self.attempts if attempt.hedge),
            handshakes=sum(map(bool, connecting)) if connecting else None,
            manifests=sum(request.status == 200 for request in asked),
            quota_left=told[-1] if told else None,
        )


def posix(began: float, at: float) -> float:
    """Return a time of a pull that began at POSIX time `began` as POSIX time, within what calendars
    can say."""
    return min(max(began + at, 0.0), _LAST_MOMENT)


def _first(events: Iterable[PullEvent], kind: type[_Event]) -> _Event | None:
    return next((event for event in events if isinstance(event, kind)), None)
