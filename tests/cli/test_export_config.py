import json
import tomllib
from pathlib import Path

import pytest

from pullscope.engine.model import MIB
from pullscope.main import main
from pullscope.sweep.plan import Destination, SweepPlan, SweptImage, plan_trials
from pullscope.sweep.results import Outcome
from pullscope.sweep.settings import KNOBS
from pullscope.sweep.store import SweepStore, default_folder

SETTINGS = ["export-config", "--layers=3", "--parallelism=8", "--chunk-size=16MiB"]


def test_that_without_a_file_the_whole_text_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SETTINGS, "--for=containerd"]) == 0
    out, err = capsys.readouterr()
    [table] = tomllib.loads(out)["plugins"].values()
    assert table["max_concurrent_downloads"] == 24
    assert "768 MiB" in err
    assert "/etc/containerd/config.toml" in err


def test_that_a_file_is_compared_and_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "daemon.json"
    file.write_text('{\n  "max-concurrent-downloads": 8\n}\n')
    assert main([*SETTINGS, "--for=docker", f"--into={file}"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"--- {file}\n")
    assert '-  "max-concurrent-downloads": 8\n+  "max-concurrent-downloads": 3\n' in out
    assert "(was 8)" in err
    assert "Nothing is written" in err
    assert [path.name for path in tmp_path.iterdir()] == ["daemon.json"]


def test_that_writing_replaces_the_file_and_keeps_a_copy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "containers.conf"
    file.write_text("# ours\n")
    assert main([*SETTINGS, "--for=podman", f"--into={file}", "--write"]) == 0
    assert file.read_text() == "# ours\n\n[engine]\nimage_parallel_copies = 3\n"
    [backup] = set(tmp_path.iterdir()) - {file}
    assert backup.read_text() == "# ours\n"
    assert str(backup) in capsys.readouterr().err

    assert main([*SETTINGS, "--for=podman", f"--into={file}", "--write"]) == 0
    assert "says so already" in capsys.readouterr().err
    assert set(tmp_path.iterdir()) == {file, backup}


def test_that_an_object_holds_no_text_of_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("version = 3\n[x]\npassword = 'hush'\n")
    assert main([*SETTINGS, "--for=containerd", f"--into={file}", "--json"]) == 0
    out = capsys.readouterr().out
    told = json.loads(out)
    assert "hush" not in out
    assert told["memory_bytes"] == 2 * 24 * 16 * 2**20
    assert (told["written"], told["backup"]) == (False, None)

    assert main([*SETTINGS, "--for=containerd", f"--into={file}", "--json", "--write"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["written"]
    assert Path(told["backup"]).exists()
    assert main([*SETTINGS, "--for=containerd", f"--into={file}", "--json", "--write"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["diff"], told["written"], told["backup"]) == ("", False, None)

    assert main([*SETTINGS, "--for=containerd", "--json"]) == 0
    assert "max_concurrent_downloads" in json.loads(capsys.readouterr().out)["text"]


@pytest.mark.parametrize("text", ["version = ", "version = 1\n", "version = 3\nplugins = 2\n"])
def test_that_a_file_that_is_not_understood_is_left_with_a_line_that_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    assert main([*SETTINGS, "--for=containerd", f"--into={file}", "--write"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"pullscope: error: {file}: ")
    assert err.count("\n") == 1
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


def test_that_wrong_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SETTINGS, "--for=docker", "--write"]) == 2
    assert "--into" in capsys.readouterr().err
    assert (
        main(["export-config", "--layers=99", "--parallelism=8", "--chunk-size=0", "--for=soci"])
        == 2
    )
    assert "layers is 99" in capsys.readouterr().err


def swept(*destinations: str, drivers: tuple[str, ...] = ("pullscope",), tried: bool = True) -> int:
    """Keep a sweep in which 8 connections are as fast as 32, and return its number."""
    plan = SweepPlan(
        image=SweptImage("registry.test/app:1", f"sha256:{'a' * 64}", (512 * MIB,) * 2),
        layers=(2,),
        parallelism=(1, 4, 16),
        chunk_sizes=(16 * MIB,),
        destinations=tuple(Destination(name, Path("/x") / name) for name in destinations),
        drivers=drivers,
        repeat=3,
    )
    knobs = {name: frozenset(KNOBS) for name in drivers}
    store = SweepStore(default_folder())
    number = store.add(plan, plan_trials(plan, knobs))
    for trial in store.trials(number) if tried else ():
        seconds = 4.0 / min(trial.planned.candidate.settings.parallelism, 4)
        store.record(number, trial.planned.position, Outcome(0.0, seconds, pull=seconds))
    return number


def test_that_what_a_sweep_recommends_is_taken_and_why_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = swept("disk")
    assert main(["export-config", f"--from={number}", "--for=containerd"]) == 0
    out, err = capsys.readouterr()
    [table] = tomllib.loads(out)["plugins"].values()
    assert table == {"max_concurrent_downloads": 8, "concurrent_layer_fetch_buffer": 16 * MIB}
    assert f"Sweep {number}, registry.test/app:1, pullscope to disk: 2 layers, par" in err
    assert "as fast" in err


def test_that_one_of_several_recommendations_must_be_chosen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["export-config", f"--from={swept('disk', 'tmpfs', drivers=('ctr',))}", "--for=soci"]
    assert main(words) == 1
    assert "ctr to disk and ctr to tmpfs" in capsys.readouterr().err
    assert main([*words, "--driver=crane"]) == 1
    assert "recommends nothing for that" in capsys.readouterr().err
    assert main([*words, "--destination=tmpfs", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "ctr to tmpfs" in told["found_by"][0]


def test_that_pullscopes_own_results_are_taken_before_those_of_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    number = swept("disk", drivers=("ctr", "pullscope"))
    assert main(["export-config", f"--from={number}", "--for=docker"]) == 0
    assert "pullscope to disk" in capsys.readouterr().err


def test_that_a_sweep_that_is_not_there_or_has_no_results_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["export-config", "--from=7", "--for=docker"]) == 1
    assert "no sweep 7" in capsys.readouterr().err
    number = swept("disk", tried=False)
    assert main(["export-config", f"--from={number}", "--for=docker"]) == 1
    assert "recommends nothing yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--layers=3"],
        ["--from=1", "--layers=3"],
        ["--from=1", *SETTINGS[1:]],
        ["--from=0", "--layers=3"],
    ],
)
def test_that_settings_come_from_a_sweep_or_from_the_user(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["export-config", "--for=docker", *words]) == 2
    assert "--from SWEEP, or" in capsys.readouterr().err
