import base64
import io
import json

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData

from pullscope.trace.otlp import write_otlp


def read(events):
    """Return the spans; OTLP writes identifiers as hex, where protobuf's JSON has base64."""
    file = io.BytesIO()
    write_otlp(events, file)

    def as_protobuf(value):
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

    data = json_format.ParseDict(as_protobuf(json.loads(file.getvalue())), TracesData())
    (resource,) = data.resource_spans
    (scope,) = resource.scope_spans
    return list(scope.spans)


def attributes(span):
    return {
        told.key: getattr(told.value, told.value.WhichOneof("value")) for told in span.attributes
    }


def attempt(spans, chunk, number):
    for span in spans:
        told = attributes(span)
        if (told.get("pullscope.chunk"), told.get("pullscope.attempt")) == (chunk, number):
            return span
    raise AssertionError


def test_a_pull_is_a_trace_of_layers_attempts_and_commits(troubled):
    spans = read(troubled)
    by_id = {span.span_id: span for span in spans}
    ways = []
    for span in spans:
        way = [span.name]
        while span.parent_span_id:
            parent = by_id[span.parent_span_id]
            assert parent.start_time_unix_nano <= span.start_time_unix_nano
            assert span.end_time_unix_nano <= parent.end_time_unix_nano
            span = parent
            way.insert(0, span.name)
        ways.append("/".join(way))

    assert len(by_id) == len(spans)
    assert len({span.trace_id for span in spans}) == 1
    assert {len(span.trace_id) for span in spans} == {16}
    assert ways.count("pull") == 1
    assert ways.count("pull/GET") == 3
    assert ways.count("pull/layer") == 3
    assert ways.count("pull/layer/GET") == 8
    assert ways.count("pull/layer/commit") == 2


def test_requests_follow_the_conventions_for_http_clients(troubled):
    span = attempt(read(troubled), chunk=0, number=2)
    told = attributes(span)

    assert span.kind == Span.SPAN_KIND_CLIENT
    assert told["http.request.method"] == "GET"
    assert told["http.response.status_code"] == 206
    assert told["server.address"] == "cdn.example"
    assert told["network.protocol.version"] == "1.1"
    first = attributes(attempt(read(troubled), chunk=0, number=1))
    assert (first["network.peer.address"], first["network.peer.port"]) == ("203.0.113.7", 443)
    assert told["http.request.resend_count"] == 1
    assert "error.type" not in told


def test_a_retry_is_linked_to_what_it_repeats(troubled):
    spans = read(troubled)
    failed, again = attempt(spans, 0, 1), attempt(spans, 0, 2)

    assert failed.status.code == Status.STATUS_CODE_ERROR
    assert failed.status.message == attributes(failed)["error.type"] == "connection reset"
    assert [link.span_id for link in again.links] == [failed.span_id]
    (hedge,) = attempt(spans, 1, 2).links
    assert hedge.span_id == attempt(spans, 1, 1).span_id
    assert attributes(hedge) == {"pullscope.link": "hedge"}


def test_a_new_connection_is_one_of_the_events_of_a_span(troubled):
    span = attempt(read(troubled), chunk=0, number=1)

    assert [event.name for event in span.events] == [
        "waiting",
        "connecting",
        "waiting",
        "receiving",
    ]


def test_the_pull_tells_how_it_ended_and_what_was_set(troubled):
    root = read(troubled)[0]

    assert attributes(root)["pullscope.setting.parallelism"] == 2
    assert root.status.code == Status.STATUS_CODE_ERROR
    assert root.status.message.startswith("layer 2 was to be")
    (change,) = root.events
    assert attributes(change)["pullscope.setting.parallelism"] == 16
    assert root.start_time_unix_nano == 1_750_000_000_500_000_000


def test_the_same_trace_is_exported_the_same(story):
    assert read(story) == read(story)
