"""A pull told to an OpenTelemetry collector while it runs, by OTLP over HTTP.

A thread of its own sends what ended, and the metrics, once a second. It never holds up the pull: a
collector that does not keep up, or does not answer, costs spans, and `close` tells how many.
"""

import os
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import httpx

from pullscope.engine.errors import PullError
from pullscope.engine.events import PullEvent, PullStarted
from pullscope.engine.message import Message, words_of
from pullscope.engine.registry import redacted, words
from pullscope.engine.transport import USER_AGENT, Tls, stock_verification, web_address
from pullscope.trace.otlp import PullMetrics, PullSpans, metrics_of_resource, spans_of_resource

HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_HEADERS"

_SENT_EVERY = 1.0  # seconds
_LONGEST_WAIT = 30.0  # seconds until a collector that failed is tried again
_LONGEST_CLOSE = 10.0  # seconds
_TIMEOUT = httpx.Timeout(3.0)
_MOST_WAITING = 100_000  # events; about 50 MB
_MOST_SPANS = 20_000  # that wait for a collector
_MOST_AT_ONCE = 1000
_MAY_PASS = (429, 502, 503, 504)
_SIGNALS = ("/v1/traces", "/v1/metrics")

_Json = dict[str, Any]


class OtlpError(Exception):
    """Nothing can be sent to a collector. `str()` is one line for people."""


def collector_address(text: str) -> str:
    """Return the base of a collector's addresses.

    Raises:
        OtlpError: it is no web address.
    """
    url = web_address(text)
    if url is None:
        raise OtlpError(Message("the address of a collector begins with http:// or https://"))
    base = str(url.copy_with(query=None)).rstrip("/")
    for path in _SIGNALS:
        base = base.removesuffix(path)
    return base


def configured_headers(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the headers that `OTEL_EXPORTER_OTLP_HEADERS` names, as `name=value,...`.

    Raises:
        OtlpError: they cannot be read; the words do not quote them.
    """
    headers = {}
    for pair in environment.get(HEADERS_VARIABLE, "").split(","):
        name, equals, value = pair.strip().partition("=")
        if not pair.strip():
            continue
        name, value = name.strip(), unquote(value).strip()
        printable = value.isascii() and value.isprintable()
        if not (equals and name.isascii() and name.replace("-", "").isalnum() and printable):
            raise OtlpError(
                Message("{variable} is not a list of name=value", variable=HEADERS_VARIABLE)
            )
        headers[name] = value
    return headers


class OtlpExport:
    """Sends the events of one pull: `pull.observe(export)`, and `close` it at the end.

    Args:
        url: of the collector, without a signal's path.
        headers: for each request; they may be secret.
    """

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = {**headers, "Content-Type": "application/json", "User-Agent": USER_AGENT}
        self._events: deque[PullEvent] = deque()
        self._ended = threading.Event()
        self._lost_events = 0
        self._lost_spans = 0
        self._failure = ""  # why something is late or lost
        self._refusal = ""  # why something is lost
        self._spans: list[_Json] = []
        self._metrics: list[_Json] = []
        self._pull = ""  # the identifier of its trace
        self._sender = threading.Thread(target=self._run, name="otlp", daemon=True)
        self._sender.start()

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        if len(self._events) < _MOST_WAITING:
            self._events.append(event)
        else:
            self._lost_events += 1

    def close(self) -> str:
        """Send what is left, and return what was lost and why, in words; empty when nothing was.

        It takes ten seconds at most where the collector does not answer.
        """
        self._ended.set()
        self._sender.join(_LONGEST_CLOSE)
        if self._sender.is_alive():
            return Message(
                "not everything reached {address}: no reply in time", address=redacted(self._url)
            )
        if not (self._lost_spans or self._lost_events or self._failure):
            return ""
        return Message(
            "{lost} did not reach {address}: {error}",
            lost=self._lost(),
            address=redacted(self._url),
            error=self._failure or Message("it was too slow"),
        )

    def _lost(self) -> Message:
        spans, events = _spans(self._lost_spans), _events(self._lost_events)
        if self._lost_spans and self._lost_events:
            return Message("{spans} and {events}", spans=spans, events=events)
        if self._lost_spans:
            return spans
        return events if self._lost_events else Message("some metrics")

    def _run(self) -> None:
        try:
            with self._new_client() as client:
                self._send_all(client)
        except (PullError, ValueError, httpx.InvalidURL) as error:
            # What httpx says of an unusable proxy may quote its password.
            told = isinstance(error, PullError)
            self._failure = words_of(error) if told else Message("it cannot be asked")
            self._ended.wait()
            self._lost_events += len(self._events)

    def _new_client(self) -> httpx.Client:
        url = httpx.URL(self._url)
        local = url.host in ("localhost", "127.0.0.1", "::1")
        return httpx.Client(
            # What is to check certificates takes as long as hundreds of spans.
            verify=stock_verification(Tls()) if url.scheme == "https" else False,
            headers=self._headers,
            timeout=_TIMEOUT,
            trust_env=not local,
        )

    def _send_all(self, client: httpx.Client) -> None:
        """Send once a second, until the end of the events; after failures, less often."""
        spans: PullSpans | None = None
        metrics: PullMetrics | None = None
        wait = _SENT_EVERY
        ended = False
        while not ended:
            ended = self._ended.wait(wait)
            while self._events:
                event = self._events.popleft()
                if spans is None or metrics is None:
                    started = event if isinstance(event, PullStarted) else None
                    spans, metrics = PullSpans(started), PullMetrics(started)
                    self._pull = spans.trace_id
                self._spans += spans.take(event)
                metrics.take(event)
            if spans is not None and metrics is not None:
                if ended:
                    self._spans += spans.close()
                self._metrics = metrics.points()
                wait = _SENT_EVERY if self._send(client) else min(wait * 2, _LONGEST_WAIT)
        self._lost_spans += len(self._spans)

    def _send(self, client: httpx.Client) -> bool:
        """Send what waits, and return whether the collector is well."""
        while self._spans:
            some = self._spans[:_MOST_AT_ONCE]
            body = {"resourceSpans": [spans_of_resource(self._pull, some)]}
            if not self._post(client, "/v1/traces", body, len(some)):
                self._lost_spans += max(0, len(self._spans) - _MOST_SPANS)
                del self._spans[:-_MOST_SPANS]
                return False
            del self._spans[: len(some)]
        body = {"resourceMetrics": [metrics_of_resource(self._pull, self._metrics)]}
        if not self._post(client, "/v1/metrics", body, 0):
            return False
        if not self._lost_spans:
            self._failure = self._refusal  # what was late is there by now
        return True

    def _post(self, client: httpx.Client, path: str, body: _Json, spans: int) -> bool:
        """Post to the collector; False where the same may be taken later."""
        try:
            reply = client.post(f"{self._url}{path}", json=body)
        except httpx.RequestError as error:
            self._failure = words(error)
            return False
        if reply.status_code in _MAY_PASS:
            self._failure = f"HTTP {reply.status_code}"
            return False
        rejected = spans
        if reply.is_success:
            rejected = min(spans, _rejected(reply))
            why = Message("it rejected {number}", number=rejected) if rejected else ""
        else:
            why = f"HTTP {reply.status_code}"
        if why:
            self._failure = self._refusal = why
            self._lost_spans += rejected
        return True


def _rejected(reply: httpx.Response) -> int:
    """Return how many spans a collector took and threw away, as far as it tells."""
    try:
        return max(0, int(reply.json()["partialSuccess"]["rejectedSpans"]))
    except (ValueError, KeyError, TypeError):
        return 0


def _spans(number: int) -> Message:
    return Message("1 span") if number == 1 else Message("{number} spans", number=number)


def _events(number: int) -> Message:
    return Message("1 event") if number == 1 else Message("{number} events", number=number)
