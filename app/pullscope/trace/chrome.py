"""Traces in Chrome's trace event format, for Perfetto and chrome://tracing.

One track per connection with a slice per attempt, one per layer with a slice per phase, counters
and instants. A viewer misdraws slices that overlap on one track without nesting, so times become
whole microseconds first, and what would still overlap moves to a track beside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pullscope import __version__
from pullscope.engine.events import (
    ChunkReturned,
    ChunkStarted,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerReceived,
    LayerResumed,
    LayerVerified,
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
)
from pullscope.engine.model import MIB, Layer, Settings
from pullscope.engine.units import rate_text, size_text
from pullscope.trace.attempts import Attempt, attempts

_PULL = 1
_LAYERS = 2
# Tracks of the pull that are no connection's first; above every connection slot.
_FIRST_EXTRA_TRACK = 100_001

_Json = dict[str, object]


def chrome_trace(events: Sequence[PullEvent]) -> _Json:
    """Return the trace of `events` as an object to be written as JSON."""
    in_order = sorted(events, key=lambda event: event.at)
    started = next((event for event in in_order if isinstance(event, PullStarted)), None)
    resolved = next((event for event in in_order if isinstance(event, PullResolved)), None)
    ended = next((event for event in in_order if isinstance(event, PullEnded)), None)
    layers = resolved.layers if resolved else ()
    end = in_order[-1].at if in_order else 0.0

    about: _Json = {"program": f"Pullscope {__version__}"}
    if started:
        about |= {
            "reference": started.reference,
            "started_at": started.started_at,
            "settings": started.settings.as_dict(),
        }
    if resolved:
        about |= {"digest": resolved.digest, "platform": resolved.platform}
    if ended:
        about |= {"status": ended.state.value, "error": ended.error}

    return {
        "traceEvents": [
            _process(_PULL, f"pull {started.reference}" if started else "pull"),
            *_connections(attempts(in_order), layers, end),
            *_requests(in_order),
            _process(_LAYERS, "layers"),
            *_layer_tracks(in_order, layers, end),
            *_counters(in_order, layers),
            *_instants(in_order),
        ],
        "displayTimeUnit": "ms",
        "otherData": about,
    }


def _microseconds(time: float) -> int:
    return round(time * 1e6)


def _process(pid: int, name: str) -> _Json:
    return {"ph": "M", "name": "process_name", "pid": pid, "tid": 0, "args": {"name": name}}


def _track(pid: int, tid: int, name: str, place: int) -> list[_Json]:
    track = {"ph": "M", "pid": pid, "tid": tid}
    return [
        {**track, "name": "thread_name", "args": {"name": name}},
        {**track, "name": "thread_sort_index", "args": {"sort_index": place}},
    ]


def _slice(pid: int, tid: int, name: str, start: int, end: int, args: _Json) -> _Json:
    return {
        "ph": "X",
        "cat": "pull",
        "name": name,
        "pid": pid,
        "tid": tid,
        "ts": start,
        "dur": end - start,
        "args": args,
    }


@dataclass(slots=True)
class _Lanes:
    """Tracks side by side for what should be one after the other. `ends`: a time per lane."""

    ends: list[int] = field(default_factory=list)

    def place(self, start: int, end: int) -> int:
        """Return the first lane that is free from `start` on, and take it until `end`."""
        for lane, taken in enumerate(self.ends):
            if taken <= start:
                self.ends[lane] = end
                return lane
        self.ends.append(end)
        return len(self.ends) - 1


def _connections(found: Sequence[Attempt], layers: Sequence[Layer], end: float) -> Iterable[_Json]:
    digests = {index: layer.digest for index, layer in enumerate(layers)}
    lanes: dict[int, _Lanes] = {}
    tracks: dict[tuple[int, int], int] = {}
    extra = _FIRST_EXTRA_TRACK
    for attempt in found:
        first, last, phases = _phases(attempt, end)
        lane = lanes.setdefault(attempt.connection, _Lanes()).place(first, last)
        tid = tracks.get((attempt.connection, lane))
        if tid is None:
            name = f"connection {attempt.connection}"
            if lane == 0:
                tid = attempt.connection + 1
            else:
                tid = extra
                extra += 1
                name += f", beside {lane}"
            tracks[attempt.connection, lane] = tid
            yield from _track(_PULL, tid, name, attempt.connection + 1)
        yield _slice(
            _PULL,
            tid,
            f"layer {attempt.layer} chunk {attempt.chunk}",
            first,
            last,
            {
                "digest": digests.get(attempt.layer, ""),
                "range": f"{attempt.offset}-{attempt.offset + attempt.length - 1}",
                "attempt": attempt.attempt,
                "host": attempt.host,
                "status": attempt.status,
                "protocol": attempt.protocol,
                "received": attempt.received,
                "queued_s": attempt.queued,
                "outcome": attempt.outcome,
            },
        )
        for name, since, until in phases:
            yield _slice(_PULL, tid, name, since, until, {})


def _phases(attempt: Attempt, end: float) -> tuple[int, int, list[tuple[str, int, int]]]:
    """Return begin and end of an attempt, and its phases between, in microseconds."""
    ended = end if attempt.ended is None else attempt.ended
    first = _microseconds(attempt.started)
    last = max(first, _microseconds(ended))
    marks = [first]
    for time in (attempt.first_byte, attempt.last_byte):
        if time is not None:
            marks.append(min(max(_microseconds(time), marks[-1]), last))
    marks.append(last)
    names = ["waiting"]
    if attempt.first_byte is not None:
        names.append("receiving")
    if attempt.last_byte is not None:
        names.append("writing")
    phases = zip(names, pairwise(marks), strict=True)
    return first, last, [(name, since, until) for name, (since, until) in phases if since < until]


def _requests(events: Iterable[PullEvent]) -> Iterable[_Json]:
    lanes = _Lanes()
    # Told in the order in which they ended; lanes are filled in the order in which they began.
    sent = [event for event in events if isinstance(event, RequestSent)]
    for request in sorted(sent, key=lambda event: event.began):
        start = _microseconds(request.began)
        end = max(start, _microseconds(request.at))
        known = len(lanes.ends)
        lane = lanes.place(start, end)
        tid = 2 * _FIRST_EXTRA_TRACK + lane
        if lane == known:
            yield from _track(_PULL, tid, "other requests", 0)
        args: _Json = {"host": request.host, "status": request.status}
        yield _slice(_PULL, tid, request.kind, start, end, args)


@dataclass(slots=True)
class _Phase:
    name: str
    since: int


def _layer_tracks(
    events: Iterable[PullEvent], layers: Sequence[Layer], end: float
) -> Iterable[_Json]:
    for index, layer in enumerate(layers):
        name = f"layer {index}, {size_text(layer.size)}, {layer.digest}"
        yield from _track(_LAYERS, index + 1, name, index)
    running: dict[int, _Phase] = {}

    def leave(layer: int, at: int, then: str | None) -> Iterable[_Json]:
        phase = running.pop(layer, None)
        if phase is not None:
            yield _slice(_LAYERS, layer + 1, phase.name, phase.since, at, {})
        if then is not None:
            running[layer] = _Phase(then, at)

    for event in events:
        at = _microseconds(event.at)
        match event:
            case ChunkStarted() if event.layer not in running:
                running[event.layer] = _Phase("receiving", at)
            case LayerReceived():
                yield from leave(event.layer, at, "hashing")
            case LayerDiscarded():
                yield from leave(event.layer, at, None)
            case LayerVerified():
                yield from leave(event.layer, at, "committing")
            case LayerCommitted():
                yield from leave(event.layer, at, None)
            case LayerExisting():
                yield _layer_instant(at, event.layer, "was there already", {})
            case LayerResumed():
                text = f"{size_text(event.kept)} kept from an earlier pull"
                yield _layer_instant(at, event.layer, text, {"kept": event.kept})
            case _:
                pass
    for unfinished in list(running):
        yield from leave(unfinished, _microseconds(end), None)


def _layer_instant(at: int, layer: int, name: str, args: _Json) -> _Json:
    return {
        "ph": "i",
        "s": "t",
        "cat": "pull",
        "name": name,
        "pid": _LAYERS,
        "tid": layer + 1,
        "ts": at,
        "args": args,
    }


def _counters(events: Iterable[PullEvent], layers: Sequence[Layer]) -> Iterable[_Json]:
    sizes = {index: layer.size for index, layer in enumerate(layers)}
    before: Sampled | None = None
    # Bytes of an earlier pull join the sums at once; they say nothing about a rate.
    joined = 0
    for event in events:
        match event:
            case LayerResumed():
                joined += event.kept
            case LayerExisting():
                joined += sizes.get(event.layer, 0)
            case Sampled():
                at = _microseconds(event.at)
                if before is not None and event.at > before.at:
                    seconds = event.at - before.at
                    for name, more in (
                        ("received", event.received - before.received),
                        ("written", event.written - before.written),
                        ("hashed", event.hashed - before.hashed),
                    ):
                        # Bytes of a layer that was discarded leave the sums.
                        rate = max(0, more - joined) / seconds
                        yield _counter(at, f"throughput {name}", "MB/s", round(rate / 1e6, 3))
                yield _counter(at, "memory", "MiB", round(event.memory / MIB, 3))
                yield _counter(at, "connections", "in flight", event.in_flight)
                before = event
                joined = 0
            case _:
                pass


def _counter(at: int, name: str, unit: str, value: float) -> _Json:
    return {"ph": "C", "name": name, "pid": _PULL, "tid": 0, "ts": at, "args": {unit: value}}


def _instants(events: Iterable[PullEvent]) -> Iterable[_Json]:
    for event in events:
        match event:
            case SettingsApplied():
                yield _instant(
                    event,
                    _change(event.old, event.new),
                    {"old": event.old.as_dict(), "new": event.new.as_dict()},
                )
            case PullPaused():
                yield _instant(event, "paused", {})
            case PullResumed():
                yield _instant(event, "resumed", {})
            case RangeUnusable():
                yield _instant(
                    event,
                    f"layer {event.layer}: whole reply instead of ranges",
                    {"reason": event.reason, "given_up": event.given_up},
                )
            case LayerDiscarded():
                yield _instant(event, f"layer {event.layer}: discarded", {"reason": event.reason})
            case ChunkReturned() if event.retry_in is not None:
                yield _instant(
                    event,
                    f"layer {event.layer} chunk {event.chunk}: retry",
                    {
                        "reason": event.reason,
                        "status": event.status,
                        "attempt": event.attempt,
                        "retry_in_s": event.retry_in,
                    },
                )
            case PullEnded():
                yield _instant(event, event.state.value, {"error": event.error})
            case _:
                pass


def _instant(event: PullEvent, name: str, args: _Json) -> _Json:
    return {
        "ph": "i",
        "s": "g",
        "cat": "pull",
        "name": name,
        "pid": _PULL,
        "tid": 0,
        "ts": _microseconds(event.at),
        "args": args,
    }


def _change(old: Settings, new: Settings) -> str:
    before, after = old.as_dict(), new.as_dict()
    changes = [
        f"{name.replace('_', ' ')} {_setting(name, before[name])} → {_setting(name, after[name])}"
        for name in before
        if before[name] != after[name]
    ]
    return ", ".join(changes) or "settings applied, none changed"


def _setting(name: str, value: int | str) -> str:
    if isinstance(value, str):
        return value
    if name == "request_limit":
        return f"{value}/s" if value else "none"
    if name == "rate_limit":
        return rate_text(value) if value else "none"
    if name == "memory_limit":
        return size_text(value)
    if name == "chunk_size":
        return size_text(value) if value else "whole layer"
    return str(value)
