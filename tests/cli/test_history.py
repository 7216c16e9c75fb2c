import json
import time
from dataclasses import replace

import pytest

from pullscope.engine.model import MIB
from pullscope.history import History, default_path, past_pull
from pullscope.main import main


@pytest.fixture
def history(snapshot):
    """A history with two pulls, the second one failed."""
    history = History(default_path())
    history.add(past_pull(snapshot, "Limited by the disk: for 1.0 s of 2.0 s", {"output": "/out"}))
    failed = replace(snapshot, reference="other.test/x:2", error="\x1b[31mno space", at=60.0)
    began = time.time() - 40 * 86_400
    history.add(replace(past_pull(failed, "", {}), state="failed", started_at=began))
    return history


def test_pulls_are_listed(history, capsys):
    assert main(["history", "ls"]) == 0

    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["STARTED", "STATE", "TOOK", "RECEIVED", "RETRIES", "REFERENCE"]
    assert first.split()[0] == "1"
    assert first.endswith("registry.example/demo/app:1")
    assert second.split()[3:] == ["failed", "1:00", "110", "MiB", "2", "other.test/x:2"]


def test_pulls_are_searched_and_listed_as_json(history, capsys):
    assert main(["history", "ls", "OTHER", "--json"]) == 0

    (pull,) = json.loads(capsys.readouterr().out)
    assert (pull["registry"], pull["network"]) == ("other.test", 110 * MIB)


def test_a_pull_is_told_in_full(history, capsys):
    assert main(["history", "show", "1"]) == 0
    out = capsys.readouterr().out
    assert "limit      Limited by the disk: for 1.0 s of 2.0 s\n" in out
    assert "parallelism 8" in out
    assert "output     /out\n" in out

    assert main(["history", "show", "2"]) == 0
    assert r"error      \x1b[31mno space" in capsys.readouterr().out
    assert main(["history", "show", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["number"] == 2


def test_pulls_are_removed_by_number_age_and_count(history, capsys):
    assert main(["history", "rm", "9"]) == 1
    assert "there is no pull 9" in capsys.readouterr().err
    assert main(["history", "rm", "2"]) == 0
    assert capsys.readouterr().out == "removed 1 pull\n"
    assert main(["history", "rm", "--older-than", "30"]) == 0
    assert main(["history", "rm", "--keep", "0", "--dry-run"]) == 0
    assert len(history.pulls()) == 1
    assert main(["history", "rm", "--keep", "0"]) == 0
    out = "removed 0 pulls\nwould remove 1 pull\nremoved 1 pull\n"
    assert capsys.readouterr().out == out
    assert history.pulls() == []


def test_traces_that_the_window_kept_are_removed_by_size(history, snapshot, capsys):
    history.traces.mkdir()
    trace = history.traces / "1.pullscope"
    trace.write_bytes(b"x" * 2048)
    history.add(past_pull(snapshot, "", {}, trace))

    assert main(["history", "rm", "--traces", "3KiB"]) == 0
    assert trace.exists()
    assert main(["history", "rm", "--traces", "1KiB"]) == 0
    assert not trace.exists()
    assert capsys.readouterr().out == "removed 0 pulls\nremoved 0 pulls and 1 trace, 2 KiB\n"


@pytest.mark.parametrize("words", [[], ["1", "--keep", "3"], ["1", "--dry-run"]])
def test_either_pulls_or_bounds_are_named(history, words, capsys):
    assert main(["history", "rm", *words]) == 2
    assert len(history.pulls()) == 2


def test_pulls_are_tagged_and_listed_by_tag(history, capsys):
    assert main(["history", "tag", "prod, slow", "1", "2"]) == 0
    assert main(["history", "untag", "prod", "2"]) == 0
    assert main(["history", "ls", "--tag", "prod", "--tag", "SLOW"]) == 0
    (_, row) = capsys.readouterr().out.splitlines()
    assert row.endswith("registry.example/demo/app:1  [prod]  [slow]")
    assert main(["history", "ls", "--json", "--tag", "slow"]) == 0
    assert [pull["tags"] for pull in json.loads(capsys.readouterr().out)] == [
        ["prod", "slow"],
        ["slow"],
    ]
    assert main(["history", "show", "1"]) == 0
    assert "tags       prod, slow\n" in capsys.readouterr().out
    assert main(["history", "tag", "x", "9"]) == 1
    assert main(["history", "tag", "a" * 50, "1"]) == 1


def test_what_is_no_number_is_wrong_usage(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["history", "rm", "--keep", "-1"])


def test_an_empty_history_is_a_head(capsys):
    assert main(["history", "ls"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
