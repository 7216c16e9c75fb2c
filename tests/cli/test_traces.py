import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pullscope.engine.events import PullEnded, PullStarted
from pullscope.engine.model import PullState, Settings
from pullscope.main import main
from pullscope.trace.export import export_trace


@pytest.fixture
def trace(tmp_path: Path):
    """Write the trace of a pull that took so many seconds."""

    def write(name: str, seconds: float, state: PullState = PullState.DONE, **values: int) -> str:
        path = tmp_path / name
        started = PullStarted(0.0, "a/b:1", "", Settings().changed(**values), 1.0)
        export_trace([started, PullEnded(seconds, state, "")], path)
        return str(path)

    return write


def test_a_trace_is_shown(trace, capsys):
    assert main(["trace", "show", trace("one.pullscope", 2.0)]) == 0

    assert capsys.readouterr().out.startswith("a/b:1: done after 2.0 s\n")


def test_a_trace_is_shown_as_json(trace, capsys):
    assert main(["trace", "show", "--json", trace("one.jsonl", 2.0)]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["reference"], told["seconds"]) == ("a/b:1", 2.0)
    assert told["settings"]["parallelism"] == 8


def test_what_is_no_trace_is_a_failure(tmp_path, capsys):
    path = tmp_path / "x.jsonl"
    path.write_text("x")

    assert main(["trace", "show", str(path)]) == 1
    assert f"{path}, line 1: not JSON" in capsys.readouterr().err
    assert main(["trace", "diff", str(path), str(path)]) == 1


def test_words_of_others_do_not_steer_the_terminal(tmp_path, capsys):
    path = tmp_path / "x.jsonl"
    ended = PullEnded(1.0, PullState.FAILED, "\x1b[31mred\x1b[0m\rover")
    export_trace([ended], path)

    assert main(["trace", "show", str(path)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert r"\x1b[31mred\x1b[0m\rover" in out


@pytest.mark.parametrize(
    ("seconds", "state", "limit", "status"),
    [
        (2.2, PullState.DONE, "10%", 0),
        (2.3, PullState.DONE, "10%", 1),
        (2.3, PullState.DONE, "20", 0),
        (1.0, PullState.FAILED, "10%", 1),
    ],
)
def test_a_slower_pull_fails_where_that_is_asked_for(trace, capsys, seconds, state, limit, status):
    before, after = trace("a.pullscope", 2.0), trace("b.pullscope", seconds, state, parallelism=3)

    assert main(["trace", "diff", before, after, "--fail-if-slower", limit]) == status
    out = capsys.readouterr().out
    assert "whole pull" in out
    assert "parallelism  8  3" in out


def test_a_slower_pull_is_no_failure_where_nobody_asks(trace, capsys):
    before, after = trace("a.pullscope", 2.0), trace("b.pullscope", 20.0)

    assert main(["trace", "diff", before, after, "--json"]) == 0
    measures = json.loads(capsys.readouterr().out)["measures"]
    assert measures[0] == {
        "name": "whole pull",
        "kind": "seconds",
        "before": 2.0,
        "after": 20.0,
        "change": 9.0,
        "group": "whole",
    }


def test_what_is_no_percentage_is_wrong_usage(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["trace", "diff", "a", "b", "--fail-if-slower", "fast"])
    assert "'fast' is not a percentage" in capsys.readouterr().err


@pytest.mark.parametrize("view", ["timeline", "throughput", "map"])
def test_a_picture_is_drawn_as_svg(trace, tmp_path, view):
    target = tmp_path / "view.svg"

    assert main(["trace", "export", trace("a.jsonl", 2.0), str(target), "--view", view]) == 0
    assert ElementTree.parse(target).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_a_picture_is_drawn_as_png_without_a_display(trace, tmp_path):
    source, target = trace("a.jsonl", 2.0), tmp_path / "view.png"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("DISPLAY", None)

    subprocess.run(
        [sys.executable, "-m", "pullscope", "trace", "export", source, str(target), "--dark"],
        env=environment,
        check=True,
        timeout=60,
    )

    assert target.read_bytes().startswith(b"\x89PNG")


def test_a_view_is_for_pictures_alone(trace, tmp_path, capsys):
    target = str(tmp_path / "view.csv")

    assert main(["trace", "export", trace("a.jsonl", 2.0), target, "--view", "map"]) == 2
    assert "--view and --dark are for pictures" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_a_failure(trace, tmp_path, capsys):
    assert main(["trace", "export", trace("a.jsonl", 2.0), str(tmp_path / "no" / "x.svg")]) == 1
    assert "No such file" in capsys.readouterr().err
