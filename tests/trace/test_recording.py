import pytest

from pullscope.engine.events import PullStarted
from pullscope.trace.file import read_trace
from pullscope.trace.recording import Recordings, trace_name
from pullscope.trace.redact import redacted


def record(recordings, events, reference="registry.example/demo/app:1"):
    recording = recordings.begin(reference)
    for event in events:
        recording(event)
    recording.close()
    return recording


def test_the_first_pull_has_the_file_and_those_after_it_a_number(story, tmp_path):
    recordings = Recordings(tmp_path / "pull.otlp.json")
    (tmp_path / "pull-2.otlp.json").write_text("of somebody else")

    paths = [record(recordings, story).path for _ in range(3)]

    assert [path.name for path in paths] == [
        "pull.otlp.json",
        "pull-3.otlp.json",
        "pull-4.otlp.json",
    ]
    assert (tmp_path / "pull-2.otlp.json").read_text() == "of somebody else"


def test_pulls_that_run_at_the_same_time_have_files_of_their_own(story, tmp_path):
    recordings = Recordings(tmp_path / "pull.otlp.json")
    (tmp_path / "pull-2.otlp.json").write_text("of somebody else")

    running = [recordings.begin("registry.example/demo/app:1") for _ in range(3)]
    for recording in running:
        for event in story:
            recording(event)
        recording.close()

    names = [recording.path.name for recording in running]
    assert names == ["pull.otlp.json", "pull-3.otlp.json", "pull-4.otlp.json"]
    assert [recording.trace_failure for recording in running] == ["", "", ""]
    assert running[2].path.read_bytes() == running[1].path.read_bytes()


def test_in_a_folder_files_are_named_after_the_images(story, tmp_path):
    recordings = Recordings(tmp_path)

    first, second = record(recordings, story), record(recordings, story)

    assert (first.path.name, second.path.name) == ("app-1.pullscope", "app-1-2.pullscope")
    assert read_trace(first.path) == read_trace(second.path) == story


def test_what_is_redacted_has_no_names_not_even_that_of_its_file(troubled, tmp_path):
    recording = record(Recordings(tmp_path, redact=True), troubled)

    assert recording.path.name == "pull.pullscope"
    assert read_trace(recording.path) == list(redacted(troubled))


def test_each_pull_is_redacted_by_itself(story, tmp_path):
    recordings = Recordings(tmp_path, redact=True)
    record(recordings, [PullStarted(0.0, "other.example/x:1", "", story[0].settings, 0.0)])

    again = record(recordings, story)

    assert read_trace(again.path)[0].reference == "host-1.example/repository-1:1"


def test_a_trace_that_cannot_be_written_is_told(story, tmp_path):
    recording = record(Recordings(tmp_path / "none" / "pull.jsonl"), story)

    assert recording.trace_failure.endswith("No such file or directory")
    assert recording.otlp_failure == ""


def test_a_collector_that_is_not_there_is_told_and_the_trace_written(story, tmp_path):
    recordings = Recordings(tmp_path / "pull.jsonl", otlp="http://127.0.0.1:1")

    recording = record(recordings, story)

    assert recording.trace_failure == ""
    assert recording.otlp_failure.startswith("12 spans did not reach http://127.0.0.1:1")
    assert read_trace(tmp_path / "pull.jsonl") == story


def test_nothing_is_kept_where_nothing_was_asked_for(story, tmp_path):
    recording = record(Recordings(), story)

    assert (recording.path, recording.trace_failure, recording.otlp_failure) == (None, "", "")


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("ghcr.io/team/app:1.2", "app-1.2"),
        ("alpine", "alpine"),
        ("alpine@sha256:" + "a" * 90, "alpine-sha256-" + "a" * 66),
        ("", "trace"),
    ],
)
def test_a_trace_is_named_after_its_image(reference, name):
    assert trace_name(reference) == name
