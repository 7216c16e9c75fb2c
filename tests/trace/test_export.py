import csv
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from perfetto.protos.perfetto.trace.perfetto_trace_pb2 import Trace
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from pyarrow import parquet

from pullscope.engine.events import ChunkStarted, FirstByte
from pullscope.trace.export import FORMATS, check_target, export_trace, extension_of
from pullscope.trace.file import TraceError, read_trace


def test_the_native_format_loses_nothing(story, tmp_path):
    for name in ("pull.jsonl", "pull.pullscope"):
        export_trace(story, tmp_path / name)

        assert read_trace(tmp_path / name) == story


def test_a_chrome_trace_is_one_json_object(story, tmp_path):
    export_trace(story, tmp_path / "pull.json")

    trace = json.loads((tmp_path / "pull.json").read_text("utf-8"))
    assert set(trace) == {"traceEvents", "displayTimeUnit", "otherData"}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_format_holds_whatever_happened(data, any_events, tmp_path):
    events = data.draw(any_events)
    for extension in FORMATS:
        export_trace(events, tmp_path / f"pull{extension}")

    with (tmp_path / "pull.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(isinstance(event, ChunkStarted) for event in events)
    assert parquet.read_table(tmp_path / "pull.parquet").num_rows == len(rows)
    Trace.FromString((tmp_path / "pull.pftrace").read_bytes())
    list(text_string_to_metric_families((tmp_path / "pull.prom").read_bytes().decode()))
    for name in ("pull.json", "pull.otlp.json", "pull.har"):
        json.loads((tmp_path / name).read_text("utf-8"), parse_constant=pytest.fail)


def test_a_name_that_is_not_unicode_does_not_lose_the_trace(tmp_path):
    events = [
        ChunkStarted(0.0, 0, 0, 1, 0, 1, 0, 0.0),
        FirstByte(0.0, 0, 0, 1, 206, "\udcff.example", ""),
    ]
    for extension in FORMATS:
        export_trace(events, tmp_path / f"pull{extension}")

    assert r"\udcff.example" in (tmp_path / "pull.csv").read_text("utf-8")
    (row,) = parquet.read_table(tmp_path / "pull.parquet").to_pylist()
    assert row["host"] == r"\udcff.example"


def test_the_extension_may_be_in_capitals(story, tmp_path):
    export_trace(story, tmp_path / "PULL.CSV")

    assert (tmp_path / "PULL.CSV").read_text().startswith("layer_digest,")


def test_the_longest_extension_tells_the_format():
    assert extension_of(Path("pull.otlp.json")) == ".otlp.json"
    assert extension_of(Path("otlp.json")) == ".json"
    assert extension_of(Path("json")) == ""


def test_an_unknown_extension_is_refused_with_those_that_are_known(story, tmp_path):
    with pytest.raises(TraceError, match=re.escape("one of .pullscope, .jsonl, .pftrace")):
        export_trace(story, tmp_path / "pull.txt")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_known_before_the_pull(tmp_path):
    with pytest.raises(TraceError, match="there is no folder"):
        check_target(tmp_path / "none" / "pull.json")


def test_a_trace_that_cannot_be_written_leaves_what_was_there(story, tmp_path):
    target = tmp_path / "pull.json"
    target.write_text("before")
    unwritable = [*story, object()]

    with pytest.raises(AttributeError):
        export_trace(unwritable, target)

    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_a_trace_error(story, tmp_path, monkeypatch):
    def no_space(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", no_space)

    with pytest.raises(TraceError, match=r"pull\.json: No space left on device"):
        export_trace(story, tmp_path / "pull.json")
    assert list(tmp_path.iterdir()) == []
