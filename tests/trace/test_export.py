import csv
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pullscope.engine.events import ChunkStarted, FirstByte
from pullscope.trace.export import FORMATS, check_target, export_trace
from pullscope.trace.file import TraceError, read_trace

HEAD = (
    "layer_digest,chunk,offset,length,attempt,connection,host,status,"
    "queued_s,started_s,first_byte_s,received_s,written_s,outcome"
)


def test_the_native_format_loses_nothing(story, tmp_path):
    export_trace(story, tmp_path / "pull.jsonl")

    assert read_trace(tmp_path / "pull.jsonl") == story


def test_a_chrome_trace_is_one_json_object(story, tmp_path):
    export_trace(story, tmp_path / "pull.json")

    trace = json.loads((tmp_path / "pull.json").read_text("utf-8"))
    assert set(trace) == {"traceEvents", "displayTimeUnit", "otherData"}


def test_csv_has_a_row_per_attempt(story, tmp_path):
    export_trace(story, tmp_path / "pull.csv")

    a, b = "sha256:" + "a" * 64, "sha256:" + "b" * 64
    assert (tmp_path / "pull.csv").read_text("utf-8").splitlines() == [
        HEAD,
        f"{a},0,0,16777216,1,0,cdn.example,206,0.250000,0.300000,0.400000,0.650000,0.700000,done",
        f"{a},1,16777216,16777216,1,1,registry.example,503,"
        "0.250000,0.300000,0.450000,,0.450000,HTTP 503",
        f"{b},2,4194304,12582912,1,1,cdn.example,206,"
        "0.450000,0.500000,1.000000,1.100000,1.200000,done",
        f"{a},1,16777216,16777216,2,0,cdn.example,206,"
        "0.450000,0.950000,1.000000,1.300000,1.300000,done",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_format_holds_whatever_happened(data, any_events, tmp_path):
    events = data.draw(any_events)
    for extension in FORMATS:
        export_trace(events, tmp_path / f"pull{extension}")

    with (tmp_path / "pull.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(isinstance(event, ChunkStarted) for event in events)


def test_a_name_that_is_not_unicode_does_not_lose_the_trace(tmp_path):
    events = [
        ChunkStarted(0.0, 0, 0, 1, 0, 1, 0, 0.0),
        FirstByte(0.0, 0, 0, 1, 206, "\udcff.example", ""),
    ]
    export_trace(events, tmp_path / "pull.csv")

    assert r"\udcff.example" in (tmp_path / "pull.csv").read_text("utf-8")


def test_the_extension_may_be_in_capitals(story, tmp_path):
    export_trace(story, tmp_path / "PULL.CSV")

    assert (tmp_path / "PULL.CSV").read_text().startswith(HEAD)


def test_an_unknown_extension_is_refused_with_those_that_are_known(story, tmp_path):
    with pytest.raises(TraceError, match=re.escape("one of .jsonl, .json, .csv")):
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
