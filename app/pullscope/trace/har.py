"""Traces as HAR 1.2, the HTTP archive that browsers and proxies read: an entry per request."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from pullscope import __version__
from pullscope.engine.events import PullEvent, RequestSent
from pullscope.engine.reference import Reference
from pullscope.trace.addresses import host_and_port, image_of, name_of, request_url
from pullscope.trace.attempts import Attempt, connecting_times, phase_seconds
from pullscope.trace.recorded import RecordedPull
from pullscope.trace.texts import clean

_Json = dict[str, Any]
_NOT_KNOWN = -1
_PAGE = "pull"


def write_har(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the requests that `events` tell of.

    Raises:
        OSError: `file` cannot be written.
    """
    pull = RecordedPull(events)
    image = image_of(pull.reference)
    entries = [(request.began, _request_entry(pull, image, request)) for request in pull.requests]
    entries += [(attempt.queued, _attempt_entry(pull, image, attempt)) for attempt in pull.attempts]
    entries.sort(key=lambda entry: entry[0])
    archive = {
        "log": {
            "version": "1.2",
            "creator": {"name": "Pullscope", "version": __version__},
            "pages": [_page(pull)],
            "entries": [entry for _, entry in entries],
        }
    }
    file.write(json.dumps(archive, separators=(",", ":")).encode())


def _page(pull: RecordedPull) -> _Json:
    milestones = pull.milestones
    loaded = milestones.get("resolved")
    return {
        "startedDateTime": _moment(pull, 0.0),
        "id": _PAGE,
        "title": clean(pull.reference) or "pull",
        "pageTimings": {
            "onContentLoad": _NOT_KNOWN if loaded is None else _ms(loaded),
            "onLoad": _ms(pull.end) if pull.ended else _NOT_KNOWN,
        },
        "comment": clean(f"{pull.state} {pull.error}".strip()),
    }


def _request_entry(pull: RecordedPull, image: Reference | None, request: RequestSent) -> _Json:
    wait = took = _ms(request.at - request.began)
    connect: float = _NOT_KNOWN
    if (times := connecting_times(request.connecting)) is not None:
        connect = min(_ms(times[1] - times[0]), took)
        wait = took - connect
    entry = _entry(
        pull,
        request.began,
        {
            "url": request_url(image, request.host, request.kind, name_of(image)),
            "headers": [],
            "httpVersion": "",
        },
        {"status": request.status, "size": _NOT_KNOWN, "headers": [], "type": ""},
        {
            "blocked": _NOT_KNOWN,
            "connect": connect,
            "wait": round(wait, 3),
            "receive": 0.0,
        },
        f"{request.kind}: {request.error}" if request.error else request.kind,
    )
    _add_peer(entry, request.peer)
    return entry


def _attempt_entry(pull: RecordedPull, image: Reference | None, attempt: Attempt) -> _Json:
    spent = {name: _ms(seconds) for name, seconds in phase_seconds(attempt, pull.end).items()}
    last = attempt.offset + attempt.length - 1
    layer = pull.layers[attempt.layer] if 0 <= attempt.layer < len(pull.layers) else None
    came = []
    if attempt.status == 206:
        came.append(_header("Content-Range", f"bytes {attempt.offset}-{last}/*"))
    kind = "hedge, " if attempt.hedge else ""
    entry = _entry(
        pull,
        attempt.queued,
        {
            "url": request_url(image, attempt.host, "blob", pull.digest_of(attempt.layer)),
            "headers": [_header("Range", f"bytes={attempt.offset}-{last}")],
            "httpVersion": clean(attempt.protocol),
        },
        {
            "status": attempt.status or 0,
            "size": attempt.received,
            "headers": came,
            "type": clean(layer.media_type) if layer else "",
        },
        {
            "blocked": _ms(attempt.started - attempt.queued),
            "connect": spent.get("connecting", _NOT_KNOWN),
            "wait": spent["waiting"],
            # HAR has no place for writing; whoever adds up the phases must get the whole time.
            "receive": spent.get("receiving", 0.0) + spent.get("writing", 0.0),
        },
        clean(f"{kind}attempt {attempt.attempt} for chunk {attempt.chunk}: {attempt.outcome}"),
    )
    _add_peer(entry, attempt.peer)
    entry["connection"] = str(attempt.connection)
    entry["_layer"] = attempt.layer
    entry["_chunk"] = attempt.chunk
    entry["_attempt"] = attempt.attempt
    entry["_writing"] = spent.get("writing", 0.0)
    return entry


def _add_peer(entry: _Json, peer: str) -> None:
    address, _ = host_and_port(peer)  # a pseudonym has no port
    if address:
        entry["serverIPAddress"] = clean(address.strip("[]"))


def _entry(
    pull: RecordedPull, began: float, request: _Json, reply: _Json, timings: _Json, comment: str
) -> _Json:
    return {
        "pageref": _PAGE,
        "startedDateTime": _moment(pull, began),
        "time": sum(time for time in timings.values() if time != _NOT_KNOWN),
        "request": {
            "method": "GET",
            "url": request["url"],
            "httpVersion": request["httpVersion"],
            "cookies": [],
            "headers": request["headers"],
            "queryString": [],
            "headersSize": _NOT_KNOWN,
            "bodySize": 0,
        },
        "response": {
            "status": reply["status"],
            "statusText": "",
            "httpVersion": request["httpVersion"],
            "cookies": [],
            "headers": reply["headers"],
            "content": {"size": max(0, reply["size"]), "mimeType": reply["type"]},
            "redirectURL": "",
            "headersSize": _NOT_KNOWN,
            "bodySize": reply["size"],
        },
        "cache": {},
        "timings": {"dns": _NOT_KNOWN, "connect": _NOT_KNOWN, "send": 0.0, **timings},
        "comment": clean(comment),
    }


def _header(name: str, value: str) -> _Json:
    return {"name": name, "value": value}


def _moment(pull: RecordedPull, at: float) -> str:
    return datetime.fromtimestamp(pull.posix(at), UTC).isoformat(timespec="milliseconds")


def _ms(seconds: float) -> float:
    return round(max(0.0, seconds) * 1000, 3)
