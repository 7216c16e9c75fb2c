import json
import os
import signal
import sys

import pytest

from pullscope.cli.pull import PullJob, run
from pullscope.engine.errors import StoreError
from pullscope.engine.events import PullStarted, RangeUnusable
from pullscope.engine.model import Settings
from pullscope.history import History, default_path
from pullscope.session import PullOptions
from pullscope.trace.file import read_trace
from pullscope.trace.recording import Recordings

NAME = "registry.example/demo/app:1"


def job(**changes) -> PullJob:
    options = {"again": f"pullscope pull {NAME}"} | changes
    return PullJob(NAME, PullOptions(), Settings(), **options)


@pytest.fixture
def play(stage, capsys):
    """Run a job on the stage; return exit status, stdout and stderr."""

    def played(**changes):
        status = run(job(**changes), lambda: stage)
        return status, *capsys.readouterr()

    return played


def test_a_pull_that_is_done_ends_with_one_summary_line(play):
    status, out, err = play()

    assert (status, out) == (0, "")
    assert err.startswith(f"{NAME}: 110 MiB in 2.0 s")
    assert err.endswith(", in /images\n")
    assert err.count("\n") == 1


def test_json_is_the_only_thing_on_stdout(play):
    status, out, _ = play(json=True)

    assert status == 0
    assert out.count("\n") == 1
    assert json.loads(out)["status"] == "done"
    assert json.loads(out)["output"] == "/images"


def test_quiet_leaves_stderr_empty(play, stage):
    stage.events = [RangeUnusable(1.0, 0, "HTTP 200 to a range", 0)]

    assert play(quiet=True) == (0, "", "")


def test_a_change_of_course_is_told(play, stage):
    stage.events = [RangeUnusable(1.0, 0, "HTTP 200 to a range", 0)]

    assert "layer 0 comes in one piece: HTTP 200 to a range\n" in play()[2]


def test_a_pull_that_failed_says_why_in_one_line(play, stage):
    stage.error = StoreError("the disk is full")

    status, out, err = play(json=True, quiet=True)

    assert status == 1
    assert err == "pullscope: error: the disk is full\n"
    about = json.loads(out)
    assert (about["status"], about["error"]) == ("failed", "the disk is full")
    assert stage.closed


def test_a_defect_shows_where_it_was(play, stage):
    stage.error = ZeroDivisionError("a defect")

    status, out, err = play(json=True)

    assert status == 1
    assert err.startswith("Traceback")
    assert err.endswith("pullscope: error: a defect\n")
    assert json.loads(out)["status"] == "failed"


def test_a_bad_reference_is_wrong_usage(play, stage):
    stage.refuses = "'A' is not a reference"

    assert play(json=True) == (2, "", "pullscope: error: 'A' is not a reference\n")
    assert stage.closed


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_interruption_cancels_and_says_how_to_go_on(number, play, stage):
    stage.waits = True
    stage.act = lambda: os.kill(os.getpid(), number)

    status, out, err = play(json=True, quiet=True)

    assert status == 130
    assert err == (
        f"pullscope: interrupted; what has arrived is kept. To go on: pullscope pull {NAME}\n"
    )
    about = json.loads(out)
    assert (about["status"], about["error"]) == ("cancelled", "interrupted")
    assert stage.closed


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals")
def test_the_second_interruption_ends_the_process(play, stage, monkeypatch):
    statuses = []

    def interrupt():
        os.kill(os.getpid(), signal.SIGINT)

    def end_process(status):
        statuses.append(status)
        stage.cancelled.set()

    monkeypatch.setattr(os, "_exit", end_process)
    stage.waits = True
    stage.act = interrupt
    stage.on_cancel = interrupt

    play()

    assert statuses == [130]


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself these signals")
def test_signals_have_their_usual_meaning_after_the_pull(play):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    play()

    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_nothing_is_said_of_going_on_where_nothing_is_kept(play, stage):
    stage.waits = True
    stage.act = stage.cancelled.set

    assert play(again="")[2] == "pullscope: interrupted\n"


def test_a_trace_is_written_however_the_pull_ends(play, stage, tmp_path):
    started = PullStarted(0.0, NAME, "/images", Settings(), 0.0)
    stage.events = [started]
    stage.error = StoreError("the disk is full")

    play(recordings=Recordings(tmp_path / "pull.jsonl"))

    assert read_trace(tmp_path / "pull.jsonl") == [started]


def test_a_pull_is_in_the_history_however_it_ends(play, stage, tmp_path):
    play(recordings=Recordings(tmp_path / "pull.jsonl"))
    stage.error = StoreError("the disk is full")
    play()

    failed, done = History(default_path()).pulls()
    assert (failed.state, failed.error, failed.trace) == ("failed", "the disk is full", "")
    assert (done.state, done.reference) == ("done", stage.ending.reference)
    assert done.trace == str(tmp_path / "pull.jsonl")


def test_a_history_that_cannot_be_written_is_told_and_fails_no_pull(play):
    default_path().mkdir(parents=True)

    status, _, err = play()

    assert status == 0
    assert "pullscope: the history was not written: " in err


def test_a_trace_that_cannot_be_written_is_a_failure_of_a_pull_that_is_done(play, tmp_path):
    status, out, err = play(
        recordings=Recordings(tmp_path / "none" / "pull.jsonl"), json=True, quiet=True
    )

    assert status == 1
    assert err.startswith("pullscope: error: the trace was not written: ")
    assert json.loads(out)["status"] == "done"


def test_the_session_is_asked_for_what_the_job_says(play, stage):
    play()

    assert stage.asked == (NAME, PullOptions(), Settings())


def test_a_collector_that_is_not_there_is_told_and_no_failure(play, stage):
    stage.events = [PullStarted(0.0, NAME, "/images", Settings(), 1.0)]

    status, _, err = play(recordings=Recordings(otlp="http://127.0.0.1:1"), quiet=True)

    assert status == 0
    assert err.startswith("pullscope: OpenTelemetry: 1 span did not reach http://127.0.0.1:1: ")
