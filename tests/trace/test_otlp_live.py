import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from pullscope.engine.events import ChunkDone, ChunkStarted, PullPaused, PullStarted, Sampled
from pullscope.engine.message import translated
from pullscope.engine.model import MIB, Settings
from pullscope.trace import otlp_live
from pullscope.trace.otlp import PullSpans
from pullscope.trace.otlp_live import (
    OtlpError,
    OtlpExport,
    collector_address,
    configured_headers,
)

KINDS = {"/v1/traces": ExportTraceServiceRequest, "/v1/metrics": ExportMetricsServiceRequest}


class Collector:
    """A collector that decodes what it gets with OpenTelemetry's own protobuf."""

    def __init__(self):
        self.replies = []  # (status, body) of the next ones; then all is well
        self.headers = []
        self.spans = []
        self.metrics = []
        self.resources = []
        self.got = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                content = self.rfile.read(int(self.headers["Content-Length"]))
                status, body = collector.take(self.path, dict(self.headers), content)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def take(self, path, headers, content):
        with self.got:
            self.headers.append(headers)
            status, body = self.replies.pop(0) if self.replies else (200, b"{}")
            if status == 200:
                data = json_format.ParseDict(as_protobuf(json.loads(content)), KINDS[path]())
                if path == "/v1/traces":
                    self.resources += [one.resource for one in data.resource_spans]
                    self.spans += data.resource_spans[0].scope_spans[0].spans
                else:
                    self.metrics.append(data.resource_metrics[0].scope_metrics[0].metrics)
            self.got.notify_all()
            return status, body

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def as_protobuf(value):
    """OTLP writes identifiers as hex, where protobuf's JSON has base64."""
    if isinstance(value, list):
        return [as_protobuf(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(one)).decode()
        if key in ("traceId", "spanId", "parentSpanId")
        else as_protobuf(one)
        for key, one in value.items()
    }


def attributes(told):
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in told.attributes}


@pytest.fixture
def collector():
    collector = Collector()
    yield collector
    collector.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(otlp_live, "_SENT_EVERY", 0.02)


def told(events, url, headers=None):
    """Tell a collector of a pull; return what is said at the end."""
    export = OtlpExport(url, headers or {})
    for event in events:
        export(event)
    return export.close()


def test_the_spans_are_those_of_the_trace(troubled, collector):
    assert told(troubled, collector.url) == ""

    maker = PullSpans(troubled[0])
    expected = [span for event in troubled for span in maker.take(event)] + maker.close()
    assert [span.span_id.hex() for span in collector.spans] == [s["spanId"] for s in expected]
    assert {span.trace_id.hex() for span in collector.spans} == {maker.trace_id}
    (resource, *_) = collector.resources
    about = attributes(resource)
    assert (about["service.name"], about["service.instance.id"]) == ("pullscope", maker.trace_id)


def test_metrics_are_those_of_the_pull(troubled, collector):
    told(troubled, collector.url)

    last = {metric.name: metric for metric in collector.metrics[-1]}
    assert last["pullscope.received"].sum.data_points[0].as_int == 12 * MIB
    assert last["pullscope.wasted"].sum.data_points[0].as_int == 4 * MIB
    assert last["pullscope.handshakes"].sum.data_points[0].as_int == 2
    assert last["pullscope.retries"].sum.data_points[0].as_int == 1
    assert last["pullscope.connections"].gauge.data_points[0].as_int == 0
    requests = {
        attributes(point)["pullscope.request.kind"]: point.as_int
        for point in last["pullscope.requests"].sum.data_points
    }
    assert requests == {"chunk": 8, "other": 3}
    total = last["pullscope.received"].sum
    assert total.is_monotonic
    assert total.data_points[0].start_time_unix_nano == 1_750_000_000_500_000_000
    assert attributes(total.data_points[0]) == {"oci.reference": "registry.example/demo/app:1"}


def test_what_came_after_the_last_sample_is_counted(collector):
    told(
        [
            PullStarted(0.0, "a/b:1", "", Settings(), 1.0),
            ChunkStarted(0.0, 0, 0, 1, 0, 9, 0, 0.0),
            Sampled(0.1, 5, 5, 5, 1, MIB, network=5),
            ChunkDone(0.15, 0, 0, 1, 0.15, 9),
        ],
        collector.url,
    )

    last = {metric.name: metric for metric in collector.metrics[-1]}
    assert last["pullscope.received"].sum.data_points[0].as_int == 9


def test_throughput_is_that_since_the_last_time(troubled, collector):
    told(troubled, collector.url)

    rates = [
        metric.gauge.data_points[0].as_double
        for metrics in collector.metrics
        for metric in metrics
        if metric.name == "pullscope.throughput"
    ]
    assert rates[0] > 0


def test_what_has_ended_is_sent_while_the_pull_runs(troubled, collector):
    export = OtlpExport(collector.url, {})
    for event in troubled[:3]:
        export(event)
    with collector.got:
        assert collector.got.wait_for(lambda: len(collector.spans) == 2, timeout=30)
        assert [attributes(span)["pullscope.request.kind"] for span in collector.spans] == [
            "token",
            "manifest",
        ]
    export.close()

    assert collector.spans[-1].name == "pull"
    assert attributes(collector.spans[-1])["pullscope.state"] == "unfinished"


def test_a_collector_that_is_busy_gets_it_later(troubled, collector):
    collector.replies = [(503, b""), (429, b"")]
    export = OtlpExport(collector.url, {})
    for event in troubled:
        export(event)
    with collector.got:
        assert collector.got.wait_for(lambda: not collector.replies, timeout=30)
    assert export.close() == ""
    assert len(collector.spans) == 3 + 8 + 3 + 4 + 2 + 1  # requests ... layers, hashes, commits


def test_a_collector_that_refuses_is_told_of_once(troubled, collector):
    collector.replies = [(401, b"")] * 20
    words = told(troubled, collector.url, {"Authorization": "Bearer s3cret"})

    assert words.endswith(f"spans did not reach {collector.url}: HTTP 401")
    assert "s3cret" not in words
    assert collector.headers[0]["Authorization"] == "Bearer s3cret"


def test_a_collector_that_throws_spans_away_is_told_of(troubled, collector):
    collector.replies = [(200, b'{"partialSuccess": {"rejectedSpans": "3"}}')]

    assert told(troubled, collector.url) == (
        f"3 spans did not reach {collector.url}: it rejected 3"
    )


def test_nobody_there_costs_the_spans_and_is_told_without_what_is_secret(troubled):
    url = "http://user:s3cret@127.0.0.1:1"
    words = told(troubled, url)

    assert "spans did not reach http://127.0.0.1:1: cannot connect" in words
    assert "s3cret" not in words


def test_a_reply_that_cannot_be_decoded_is_told(troubled, monkeypatch):
    def damaged(_):
        return httpx.Response(200, headers={"content-encoding": "gzip"}, content=b"no gzip")

    client = httpx.Client(transport=httpx.MockTransport(damaged))
    monkeypatch.setattr(OtlpExport, "_new_client", lambda _: client)

    words = told(troubled, "http://127.0.0.1:1")
    assert "spans did not reach http://127.0.0.1:1: the reply cannot be decoded" in words


def test_a_collector_that_does_not_answer_holds_nobody_up(troubled, monkeypatch):
    monkeypatch.setattr(otlp_live, "_LONGEST_CLOSE", 0.2)
    busy = threading.Event()
    monkeypatch.setattr(OtlpExport, "_post", lambda *_: busy.wait())

    assert told(troubled, "http://127.0.0.1:1") == (
        "not everything reached http://127.0.0.1:1: no reply in time"
    )
    busy.set()


def test_events_that_come_too_fast_are_dropped_and_counted(monkeypatch, collector):
    free = threading.Event()
    monkeypatch.setattr(otlp_live, "_MOST_WAITING", 10)
    new_client = OtlpExport._new_client
    monkeypatch.setattr(OtlpExport, "_new_client", lambda own: free.wait() and new_client(own))
    export = OtlpExport(collector.url, {})
    for number in range(50):
        export(PullPaused(float(number)))
    free.set()

    assert export.close() == f"40 events did not reach {collector.url}: it was too slow"


def test_what_waits_for_a_collector_is_bounded(monkeypatch, story):
    monkeypatch.setattr(otlp_live, "_MOST_SPANS", 3)

    words = told(story, "http://127.0.0.1:1")
    assert words.startswith("12 spans did not reach")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://localhost:4318", "http://localhost:4318"),
        ("https://otel.example/base/", "https://otel.example/base"),
        ("http://otel.example/v1/traces", "http://otel.example"),
    ],
)
def test_an_address_may_end_with_the_path_of_traces(text, address):
    assert collector_address(text) == address


@pytest.mark.parametrize("text", ["localhost:4318", "ftp://a", ""])
def test_what_is_no_web_address_is_refused(text):
    with pytest.raises(OtlpError, match="begins with http"):
        collector_address(text)


def test_headers_are_those_of_the_environment():
    listed = "Authorization=Bearer%20abc, x-tenant = a=b ,"

    assert configured_headers({"OTEL_EXPORTER_OTLP_HEADERS": listed}) == {
        "Authorization": "Bearer abc",
        "x-tenant": "a=b",
    }
    assert configured_headers({}) == {}


@pytest.mark.parametrize("listed", ["s3cret", "a=b,=s3cret", "bad name=s3cret", "a=s3cret%0a%0db"])
def test_headers_that_cannot_be_read_are_refused_without_being_quoted(listed):
    with pytest.raises(OtlpError) as caught:
        configured_headers({"OTEL_EXPORTER_OTLP_HEADERS": listed})
    assert "s3cret" not in str(caught.value)


def test_pulls_of_the_same_image_are_two_traces():
    first = PullSpans(PullStarted(0.0, "a/b:1", "", Settings(), 1.0))
    second = PullSpans(PullStarted(0.0, "a/b:1", "", Settings(), 2.0))

    assert first.trace_id != second.trace_id


def test_what_was_lost_can_be_told_in_another_language(troubled, collector):
    collector.replies = [(200, b'{"partialSuccess": {"rejectedSpans": "3"}}')]
    words = told(troubled, collector.url)

    assert translated(words, lambda _, text: f"[{text}]") == (
        f"[[3 spans] did not reach {collector.url}: [it rejected 3]]"
    )


def test_spans_and_events_that_were_lost_are_told_together(monkeypatch, collector):
    export = OtlpExport(collector.url, {})
    assert export.close() == ""
    monkeypatch.setattr(export, "_lost_spans", 1)
    monkeypatch.setattr(export, "_lost_events", 2)

    words = export.close()
    assert words == f"1 span and 2 events did not reach {collector.url}: it was too slow"
    assert translated(words, lambda _, text: f"[{text}]") == (
        f"[[[1 span] and [2 events]] did not reach {collector.url}: [it was too slow]]"
    )
