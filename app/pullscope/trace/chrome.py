"""Traces in Chrome's trace event format, for Perfetto and chrome://tracing.

One track per connection with a slice per attempt, one per layer with a slice per phase, counters
and instants. A viewer misdraws slices that overlap on one track without nesting, so times become
whole microseconds first, and what would still overlap moves to a track beside.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pullscope import __version__
from pullscope.engine.events import (
    ChunkReturned,
    LayerDiscarded,
    LayerExisting,
    LayerHeldElsewhere,
    LayerResumed,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResumed,
    RangeUnusable,
    RequestSent,
    Sampled,
    SettingsApplied,
    WindowDrew,
)
from pullscope.engine.model import MIB, Settings
from pullscope.engine.units import size_text
from pullscope.trace.attempts import Attempt, attempt_phases
from pullscope.trace.lanes import Lanes
from pullscope.trace.recorded import RecordedPull
from pullscope.trace.texts import change_texts

_PULL = 1
_LAYERS = 2
# Tracks of the pull that are no connection's first; above every connection slot.
_FIRST_EXTRA_TRACK = 100_001

_Json = dict[str, Any]


def chrome_trace(events: Sequence[PullEvent]) -> _Json:
    """Return the trace of `events` as an object to be written as JSON."""
    pull = RecordedPull(events)
    about: _Json = {"program": f"Pullscope {__version__}"}
    if pull.started:
        about |= {
            "reference": pull.reference,
            "started_at": pull.started.started_at,
            "settings": pull.started.settings.as_dict(),
        }
    if pull.resolved:
        about |= {"digest": pull.digest, "platform": pull.resolved.platform}
    if pull.ended:
        about |= {"status": pull.state, "error": pull.error}

    return {
        "traceEvents": [
            _process(_PULL, f"pull {pull.reference}".rstrip()),
            *_connections(pull),
            *_requests(pull.requests),
            _process(_LAYERS, "layers"),
            *_layer_tracks(pull),
            *_counters(pull),
            *_instants(pull.events),
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


def _connections(pull: RecordedPull) -> Iterable[_Json]:
    chains = {
        chain[0].chunk: (number, chain[0], chain[-1])
        for number, chain in enumerate(pull.chains, start=1)
    }
    lanes: dict[int, Lanes] = {}
    tracks: dict[tuple[int, int], int] = {}
    extra = _FIRST_EXTRA_TRACK
    for attempt in pull.attempts:
        first, last, phases = _phases(attempt, pull.end)
        lane = lanes.setdefault(attempt.connection, Lanes()).place(first, last)
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
        told = _slice(
            _PULL,
            tid,
            f"layer {attempt.layer} chunk {attempt.chunk}",
            first,
            last,
            {
                "digest": pull.digest_of(attempt.layer),
                "range": f"{attempt.offset}-{attempt.offset + attempt.length - 1}",
                "attempt": attempt.attempt,
                "host": attempt.host,
                "peer": attempt.peer,
                "status": attempt.status,
                "protocol": attempt.protocol,
                "received": attempt.received,
                "queued_s": attempt.queued,
                "outcome": attempt.outcome,
                "hedge": attempt.hedge,
            },
        )
        # An arrow leads from each attempt for a chunk to the next one.
        flow = chains.get(attempt.chunk)
        if flow is not None:
            number, first_of, last_of = flow
            told["bind_id"] = hex(number)
            told["flow_out"] = attempt is not last_of
            told["flow_in"] = attempt is not first_of
        yield told
        for name, since, until in phases:
            yield _slice(_PULL, tid, name, since, until, {})


def _phases(attempt: Attempt, end: float) -> tuple[int, int, list[tuple[str, int, int]]]:
    """Return begin and end of an attempt, and its phases between, in microseconds."""
    phases = [
        (phase.name, _microseconds(phase.began), _microseconds(phase.ended))
        for phase in attempt_phases(attempt, end)
    ]
    told = [phase for phase in phases if phase[1] < phase[2]]
    return phases[0][1], phases[-1][2], told


def _requests(sent: Iterable[RequestSent]) -> Iterable[_Json]:
    lanes = Lanes()
    for request in sent:
        start = _microseconds(request.began)
        end = max(start, _microseconds(request.at))
        known = len(lanes.ends)
        lane = lanes.place(start, end)
        tid = 2 * _FIRST_EXTRA_TRACK + lane
        if lane == known:
            yield from _track(_PULL, tid, "other requests", 0)
        args: _Json = {"host": request.host, "status": request.status}
        if request.error:
            args["error"] = request.error
        yield _slice(_PULL, tid, request.kind, start, end, args)


def _layer_tracks(pull: RecordedPull) -> Iterable[_Json]:
    for index, layer in enumerate(pull.layers):
        name = f"layer {index}, {size_text(layer.size)}, {layer.digest}"
        yield from _track(_LAYERS, index + 1, name, index)
    for told in pull.layer_phases:
        since, until = _microseconds(told.phase.began), _microseconds(told.phase.ended)
        yield _slice(_LAYERS, told.layer + 1, told.phase.name, since, until, {})
    for event in pull.events:
        match event:
            case LayerExisting():
                yield _layer_instant(event, "was there already", {})
            case LayerHeldElsewhere():
                yield _layer_instant(event, "another pull is fetching it", {})
            case LayerResumed():
                text = f"{size_text(event.kept)} kept from an earlier pull"
                yield _layer_instant(event, text, {"kept": event.kept})
            case _:
                pass


def _layer_instant(
    event: LayerExisting | LayerHeldElsewhere | LayerResumed, name: str, args: _Json
) -> _Json:
    return {
        "ph": "i",
        "s": "t",
        "cat": "pull",
        "name": name,
        "pid": _LAYERS,
        "tid": event.layer + 1,
        "ts": _microseconds(event.at),
        "args": args,
    }


def _counters(pull: RecordedPull) -> Iterable[_Json]:
    rates = {rates.at: rates for rates in pull.rates}
    for event in pull.events:
        match event:
            case Sampled():
                at = _microseconds(event.at)
                if (known := rates.pop(event.at, None)) is not None:
                    for name in ("received", "written", "hashed"):
                        rate = round(getattr(known, name) / 1e6, 3)
                        yield _counter(at, f"throughput {name}", "MB/s", rate)
                yield _counter(at, "memory", "MiB", round(event.memory / MIB, 3))
                yield _counter(at, "connections", "in flight", event.in_flight)
                yield _counter(at, "loop lag", "ms", round(event.lag * 1000, 3))
            case WindowDrew() if event.seconds:
                longest = round(max(event.seconds) * 1000, 3)
                yield _counter(_microseconds(event.at), "frame", "ms", longest)
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
    changes = [f"{name} {values}" for name, values in change_texts(old, new)]
    return ", ".join(changes) or "settings applied, none changed"
