import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from pullscope.engine.model import MIB
from pullscope.sweep.drivers.ctr import CtrDriver
from pullscope.sweep.drivers.driver import DriverError, DriverRun
from pullscope.sweep.settings import TrialSettings

from .conftest import Play

SETTINGS = TrialSettings(layers=3, parallelism=24, chunk_size=16 * MIB)
TRANSFER = "io.containerd.transfer.v1.local"


def says_version(version: str) -> str:
    return f'[ "$1" = --version ] && echo "containerd example.org/containerd {version} x" && exit'


def made(play: Play, destination: Path, version: str, **options: bool) -> DriverRun:
    play("containerd", says_version(version))
    run = CtrDriver().command("localhost:5000/a/b:1", SETTINGS, destination, **options)
    assert run.prepare is not None
    run.prepare()
    return run


def config_in(destination: Path) -> dict[str, object]:
    return tomllib.loads((destination / "config.toml").read_text())


@pytest.mark.parametrize("version", ["v2.1.4", "2.2.0-rc.1", "v10.0.0"])
def test_that_from_2_1_on_the_daemon_is_configured(
    play: Play, destination: Path, version: str
) -> None:
    run = made(play, destination, version)
    config = config_in(destination)
    assert config["version"] == 3
    assert config["plugins"] == {
        TRANSFER: {"max_concurrent_downloads": 24, "concurrent_layer_fetch_buffer": 16 * MIB}
    }
    assert "--max-concurrent-downloads" not in run.arguments
    assert CtrDriver().knobs == {"parallelism", "chunk_size"}


@pytest.mark.parametrize(
    ("version", "local"), [("1.6.20~ds1", False), ("v1.7.24", False), ("2.0.5", True)]
)
def test_that_before_ctr_pulls_itself_so_many_layers_at_once(
    play: Play, destination: Path, version: str, local: bool
) -> None:
    run = made(play, destination, version)
    assert "plugins" not in config_in(destination)
    assert run.arguments[-3:-1] == ["--max-concurrent-downloads", "3"]
    assert ("--local" in run.arguments) is local
    assert CtrDriver().knobs == {"layers"}


def test_that_a_registry_here_is_asked_by_http_or_by_tls_as_told(
    play: Play, destination: Path
) -> None:
    assert "--plain-http" in made(play, destination, "v2.1.4").arguments
    run = made(play, destination, "v2.1.4", insecure=False)
    assert "--plain-http" not in run.arguments
    assert (
        "https://localhost:5000"
        in (destination / "hosts" / "localhost:5000" / "hosts.toml").read_text()
    )


def test_that_it_is_absent_without_ctr(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    play("containerd", says_version("v2.1.4"))
    play("ctr", "exit 1")
    assert CtrDriver().found() is None
    play("ctr", "echo ctr v2.1.4")
    assert CtrDriver().found() == "2.1.4"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert CtrDriver().found() is None


def test_that_the_daemon_lives_as_long_as_the_pull_and_times_are_told(
    play: Play, destination: Path
) -> None:
    mark = destination / "alive"
    play("ctr", 'case "$*" in *pull*) sleep 0.1; echo unpacking; echo "done: 1m2.5s\t" ;; esac')
    run = made(play, destination, "1.6.20")
    play("containerd", f"echo $$ > {mark}; exec sleep 60")
    done = subprocess.run(run.arguments, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert told["unpacking"] == 62.5
    assert told["seconds"] >= 0.1
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)
    assert run.read('{"seconds": 3.0, "unpacking": 1.0}', destination).network_seconds == 2.0
    assert run.read('{"seconds": 3.0, "unpacking": null}', destination).network_seconds is None
    with pytest.raises(DriverError, match="without its times"):
        run.read("", destination)


def test_that_a_daemon_that_does_not_start_is_told_with_its_log(
    play: Play, destination: Path
) -> None:
    play("ctr", "exit 1")
    run = made(play, destination, "1.6.20")
    play("containerd", "echo no such plugin >&2; exit 1")
    done = subprocess.run(run.arguments, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no such plugin" in done.stderr
