"""Spans and metrics of a pull for OpenTelemetry, in OTLP's JSON: a trace per pull.

Spans: the pull, within it each layer and each request for a manifest and the like, within a layer
each attempt for a chunk and its commit. Requests follow the conventions for HTTP clients. A span is
made when what it tells of has ended, so that the same spans go into a file and, while the pull
runs, to a collector (`otlp_live`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from pullscope import __version__
from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    PullEnded,
    PullEvent,
    PullResolved,
    PullStarted,
    RequestSent,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.model import Layer
from pullscope.trace.addresses import host_and_port, image_of, name_of, request_url
from pullscope.trace.attempts import Attempt, AttemptReader, attempt_phases
from pullscope.trace.layer_phases import LayerPhase, LayerPhaseReader
from pullscope.trace.recorded import posix
from pullscope.trace.texts import clean

_INTERNAL, _CLIENT = 1, 3  # kinds of a span
_OK, _ERROR = 1, 2  # its status
_CUMULATIVE = 2  # a sum since the pull began

_Json = dict[str, Any]
_Value = str | int | float | bool | None


def write_otlp(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the spans of the pull that `events` tell of, as one `TracesData` object.

    Each span comes after the one that it is within.

    Raises:
        OSError: `file` cannot be written.
    """
    ordered = sorted(events, key=lambda event: event.at)
    started = next((event for event in ordered if isinstance(event, PullStarted)), None)
    maker = PullSpans(started)
    spans = [span for event in ordered for span in maker.take(event)] + maker.close()
    spans.sort(key=lambda s: (int(s["startTimeUnixNano"]), -int(s["endTimeUnixNano"])))
    data = {"resourceSpans": [spans_of_resource(maker.trace_id, spans)]}
    file.write(json.dumps(data, separators=(",", ":")).encode())


def spans_of_resource(pull: str, spans: Sequence[_Json]) -> _Json:
    """Return a `ResourceSpans` of the spans of one pull, named by its trace."""
    return {
        "resource": _resource(pull),
        "scopeSpans": [{"scope": _SCOPE, "spans": list(spans)}],
    }


def metrics_of_resource(pull: str, metrics: Sequence[_Json]) -> _Json:
    """Return a `ResourceMetrics` of the metrics of one pull, named by its trace."""
    return {
        "resource": _resource(pull),
        "scopeMetrics": [{"scope": _SCOPE, "metrics": list(metrics)}],
    }


_SCOPE: _Json = {"name": "pullscope", "version": __version__}


def _resource(pull: str) -> _Json:
    about: dict[str, _Value] = {
        "service.name": "pullscope",
        "service.version": __version__,
        "service.instance.id": pull,  # several pulls of one program count apart
    }
    return {"attributes": _attributes(about)}


@dataclass(slots=True)
class _LayerTimes:
    """From the first to the last that is told of a layer."""

    began: float
    ended: float
    told: bool = False


class PullSpans:
    """Makes the spans of one pull from its events, one after the other.

    Identifiers come from what it was, not from chance: the same trace is exported the same.

    Args:
        started: how it began; None where the trace does not tell.

    Attributes:
        trace_id: in hexadecimal digits.
    """

    def __init__(self, started: PullStarted | None) -> None:
        self._started = started
        self._began = started.started_at if started else 0.0
        reference = started.reference if started else ""
        self._image = image_of(reference)
        self._seed = clean(f"{reference} {self._began}").encode()
        self.trace_id = hashlib.sha256(self._seed).hexdigest()[:32]
        self._made = 0
        self._root = self._new_id()
        self._resolved: PullResolved | None = None
        self._ended: PullEnded | None = None
        self._changes: list[SettingsApplied] = []
        self._attempts = AttemptReader()
        self._phases = LayerPhaseReader()
        self._layers: dict[int, _LayerTimes] = {}
        self._layer_ids: dict[int, str] = {}
        self._newest: dict[int, str] = {}  # the span of a chunk's newest attempt
        self._ids: dict[tuple[int, int], tuple[str, str]] = {}  # of attempts that run, and before
        self._at = 0.0

    def take(self, event: PullEvent) -> list[_Json]:
        """Return the spans of what ended with `event`."""
        self._at = max(self._at, event.at)
        match event:
            case RequestSent():
                return [self._request(event)]
            case PullResolved():
                self._resolved = self._resolved or event
            case SettingsApplied():
                self._changes.append(event)
            case PullEnded():
                self._ended = event
            case _:
                return [*self._of_attempt(event), *self._of_layer(event)]
        return []

    def close(self) -> list[_Json]:
        """Return the spans of what has not ended, as if it did now, and that of the pull."""
        spans = [self._attempt(attempt) for attempt in self._attempts.running]
        for phase in self._phases.close(self._at):
            spans += self._step(phase)
        spans += [self._layer(index) for index, times in self._layers.items() if not times.told]
        return [*spans, self._pull()]

    def _of_attempt(self, event: PullEvent) -> list[_Json]:
        attempt = self._attempts.take(event)
        if attempt is None:
            return []
        if not isinstance(event, ChunkStarted):
            return [self._attempt(attempt)]
        self._touch(attempt.layer, event.at)
        chunk, own = attempt.chunk, self._new_id()
        self._ids[chunk, attempt.attempt] = (own, self._newest.get(chunk, ""))
        self._newest[chunk] = own
        return []

    def _of_layer(self, event: PullEvent) -> Iterator[_Json]:
        ended = self._phases.take(event)
        if ended is None:
            return
        yield from self._step(ended)
        if ended.phase.name == "committing":
            yield self._layer(ended.layer)

    def _touch(self, layer: int, at: float) -> None:
        times = self._layers.setdefault(layer, _LayerTimes(at, at))
        times.began, times.ended = min(times.began, at), max(times.ended, at)

    def _pull(self) -> _Json:
        started, resolved, ended = self._started, self._resolved, self._ended
        settings = started.settings.as_dict() if started else {}
        state = ended.state.value if ended else "unfinished"
        failed = state if state not in ("done", "unfinished") else ""
        span = self._span(
            self._root,
            "pull",
            "",
            0.0,
            self._at,
            {
                "oci.reference": started.reference if started else "",
                "oci.manifest.digest": resolved.digest if resolved else "",
                "oci.platform": resolved.platform if resolved else "",
                "pullscope.state": state,
                **{f"pullscope.setting.{name}": value for name, value in settings.items()},
            },
            error=(ended.error if ended else "") or failed,
        )
        span["events"] = [
            self._event(
                change.at,
                "settings applied",
                {f"pullscope.setting.{k}": v for k, v in change.new.as_dict().items()},
            )
            for change in self._changes
        ]
        return span

    def _request(self, request: RequestSent) -> _Json:
        url = request_url(self._image, request.host, request.kind, name_of(self._image))
        refused = request.status >= 400 and request.status != 401
        failed = request.error or (str(request.status) if refused else "")
        about = {
            **_http(request.host, url, request.status or None, ""),
            **_peer(request.peer),
            "pullscope.request.kind": request.kind,
            "error.type": failed or None,
        }
        began, ended = request.began, request.at
        return self._span(
            self._new_id(), "GET", self._root, began, ended, about, kind=_CLIENT, error=failed
        )

    def _layer(self, index: int) -> _Json:
        times = self._layers[index]
        times.told = True
        layer = self._layer_of(index)
        return self._span(
            self._layer_id(index),
            "layer",
            self._root,
            times.began,
            times.ended,
            {
                "oci.layer.index": index,
                "oci.layer.digest": layer.digest if layer else "",
                "oci.layer.size": layer.size if layer else None,
            },
        )

    def _step(self, told: LayerPhase) -> list[_Json]:
        """Return the span of a layer's phase; receiving is told by its attempts."""
        self._touch(told.layer, told.phase.began)
        self._touch(told.layer, told.phase.ended)
        if told.phase.name == "receiving":
            return []
        name = "commit" if told.phase.name == "committing" else "hash"
        parent, phase = self._layer_id(told.layer), told.phase
        return [self._span(self._new_id(), name, parent, phase.began, phase.ended, {})]

    def _attempt(self, attempt: Attempt) -> _Json:
        self._touch(attempt.layer, attempt.ended_by(self._at))
        layer = self._layer_of(attempt.layer)
        digest = layer.digest if layer else ""
        url = request_url(self._image, attempt.host, "blob", digest)
        failed = "" if attempt.ended is None or attempt.outcome == "done" else attempt.outcome
        last = attempt.offset + attempt.length - 1
        about: dict[str, _Value] = {
            **_http(attempt.host, url, attempt.status, attempt.protocol),
            **_peer(attempt.peer),
            "http.request.header.range": f"bytes={attempt.offset}-{last}",
            "http.response.body.size": attempt.received,
            "http.request.resend_count": attempt.attempt - 1 if attempt.attempt > 1 else None,
            "error.type": failed or None,
            "pullscope.chunk": attempt.chunk,
            "pullscope.attempt": attempt.attempt,
            "pullscope.connection": attempt.connection,
            "pullscope.hedge": attempt.hedge,
            "pullscope.outcome": attempt.outcome,
        }
        phases = attempt_phases(attempt, self._at)
        own, before = self._ids.pop((attempt.chunk, attempt.attempt))
        parent = self._layer_id(attempt.layer)
        began, ended = attempt.started, phases[-1].ended
        span = self._span(own, "GET", parent, began, ended, about, kind=_CLIENT, error=failed)
        span["events"] = [self._event(phase.began, phase.name, {}) for phase in phases]
        if before:
            why = "hedge" if attempt.hedge else "retry"
            span["links"] = [
                {
                    "traceId": self.trace_id,
                    "spanId": before,
                    "attributes": _attributes({"pullscope.link": why}),
                }
            ]
        if attempt.outcome == "done":
            self._newest.pop(attempt.chunk, None)
        return span

    def _layer_of(self, index: int) -> Layer | None:
        layers = self._resolved.layers if self._resolved else ()
        return layers[index] if 0 <= index < len(layers) else None

    def _layer_id(self, index: int) -> str:
        if index not in self._layer_ids:
            self._layer_ids[index] = self._new_id()
        return self._layer_ids[index]

    def _new_id(self) -> str:
        self._made += 1
        return hashlib.sha256(self._seed + str(self._made).encode()).hexdigest()[:16]

    def _span(
        self,
        span_id: str,
        name: str,
        parent: str,
        began: float,
        ended: float,
        about: Mapping[str, _Value],
        *,
        kind: int = _INTERNAL,
        error: str = "",
    ) -> _Json:
        status: _Json = {"code": _ERROR, "message": clean(error)} if error else {"code": _OK}
        span: _Json = {
            "traceId": self.trace_id,
            "spanId": span_id,
            "name": name,
            "kind": kind,
            "startTimeUnixNano": _nanoseconds(self._began, began),
            "endTimeUnixNano": _nanoseconds(self._began, max(began, ended)),
            "attributes": _attributes(about),
            "status": status,
        }
        if parent:
            span["parentSpanId"] = parent
        return span

    def _event(self, at: float, name: str, about: Mapping[str, _Value]) -> _Json:
        return {
            "timeUnixNano": _nanoseconds(self._began, at),
            "name": name,
            "attributes": _attributes(about),
        }


class PullMetrics:
    """Adds up the metrics of one pull from its events, one after the other."""

    def __init__(self, started: PullStarted | None) -> None:
        self._began = started.started_at if started else 0.0
        self._about = {"oci.reference": started.reference if started else ""}
        self._newest: Sampled | None = None
        self._told: Sampled | None = None  # the newest one of the last points
        self._attempts = self._requests = self._retries = self._hedges = 0
        self._brought = 0  # bytes, by attempts that ended; the last of them after the last sample
        self._handshakes: int | None = None  # None where the transport hides them
        self._at = 0.0

    def take(self, event: PullEvent) -> None:
        """Take an event."""
        self._at = max(self._at, event.at)
        match event:
            case Sampled():
                self._newest = event
            case ChunkStarted():
                self._attempts += 1
            case RequestSent():
                self._requests += 1
                self._note_connecting(event.connecting)
            case FirstByte():
                self._note_connecting(event.connecting)
            case ChunkHedged():
                self._hedges += 1
            case ChunkDone():
                self._brought += event.received
            case ChunkReturned():
                self._brought += event.received
                self._retries += event.retry_in is not None
            case _:
                pass

    def _note_connecting(self, times: tuple[float, ...] | None) -> None:
        if times is not None:
            self._handshakes = (self._handshakes or 0) + bool(times)

    def points(self) -> list[_Json]:
        """Return the metrics of this moment; throughput is that since they were last asked for."""
        sample, before = self._newest, self._told
        self._told = sample
        metrics = [
            self._sum(
                "pullscope.requests",
                "{request}",
                self._point(self._attempts, {"pullscope.request.kind": "chunk"}),
                self._point(self._requests, {"pullscope.request.kind": "other"}),
            ),
            self._sum("pullscope.retries", "{retry}", self._point(self._retries)),
            self._sum("pullscope.hedges", "{request}", self._point(self._hedges)),
        ]
        if self._handshakes is not None:
            made = self._point(self._handshakes)
            metrics.append(self._sum("pullscope.handshakes", "{connection}", made))
        if sample is None:
            return metrics
        since = (before.at, before.network) if before else (0.0, 0)
        seconds = sample.at - since[0]
        rate = max(0, sample.network - since[1]) / seconds if seconds > 0 else 0.0
        return [
            *metrics,
            self._sum("pullscope.received", "By", self._point(max(sample.network, self._brought))),
            self._sum("pullscope.wasted", "By", self._point(sample.wasted)),
            self._gauge("pullscope.throughput", "By/s", rate),
            self._gauge("pullscope.connections", "{connection}", sample.in_flight),
            self._gauge("pullscope.memory", "By", sample.memory),
        ]

    def _sum(self, name: str, unit: str, *points: _Json) -> _Json:
        told = {
            "dataPoints": [
                {**p, "startTimeUnixNano": _nanoseconds(self._began, 0.0)} for p in points
            ],
            "aggregationTemporality": _CUMULATIVE,
            "isMonotonic": True,
        }
        return {"name": name, "unit": unit, "sum": told}

    def _gauge(self, name: str, unit: str, value: float) -> _Json:
        return {"name": name, "unit": unit, "gauge": {"dataPoints": [self._point(value)]}}

    def _point(self, value: float, about: Mapping[str, _Value] | None = None) -> _Json:
        number = {"asInt": str(value)} if isinstance(value, int) else {"asDouble": value}
        return {
            **number,
            "timeUnixNano": _nanoseconds(self._began, self._at),
            "attributes": _attributes({**self._about, **(about or {})}),
        }


def _nanoseconds(began: float, at: float) -> str:
    return str(round(posix(began, at) * 1e9))


def _peer(address: str) -> dict[str, _Value]:
    name, port = host_and_port(address)
    return {"network.peer.address": name.strip("[]") if name else None, "network.peer.port": port}


def _http(host: str, url: str, status: int | None, protocol: str) -> dict[str, _Value]:
    name, port = host_and_port(host)
    return {
        "http.request.method": "GET",
        "url.full": url,
        "server.address": name,
        "server.port": port,
        "http.response.status_code": status,
        "network.protocol.name": "http" if protocol else None,
        "network.protocol.version": protocol.rpartition("/")[2] or None,
    }


def _attributes(about: Mapping[str, _Value]) -> list[_Json]:
    """Return attributes as OTLP writes them; those that are None are left out."""
    return [
        {"key": key, "value": _value(value)} for key, value in about.items() if value is not None
    ]


def _value(value: _Value) -> _Json:
    kind = type(value)
    if kind is str:
        return {"stringValue": clean(value)}  # type: ignore[arg-type]
    if kind is int:
        return {"intValue": str(value)}  # 64 bits do not fit a number of JSON
    if kind is bool:
        return {"boolValue": value}
    if kind is float:
        return {"doubleValue": value}
    return {"stringValue": clean(str(value))}
