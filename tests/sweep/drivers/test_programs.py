import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pullscope.engine.errors import InvalidReference
from pullscope.engine.model import MIB, WriteMode
from pullscope.lab.config import LabConfig, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.sweep.drivers.aria2c import Aria2cDriver
from pullscope.sweep.drivers.driver import Driver, DriverError, DriverRun, Told
from pullscope.sweep.drivers.programs import DRIVERS, absent
from pullscope.sweep.drivers.pullscope import OWN
from pullscope.sweep.settings import KNOBS, TrialSettings

IMAGE = SyntheticImage("demo/app", "1", (2 * MIB, MIB))
SETTINGS = TrialSettings(layers=2, parallelism=4, chunk_size=MIB)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabProcess]:
    config = LabConfig(images=(IMAGE,), cache_directory=tmp_path_factory.mktemp("digests"))
    with LabProcess(config) as process:
        yield process


def pull(made: DriverRun, destination: Path) -> Told:
    """Do what a driver says, as a sweep does."""
    if made.prepare:
        made.prepare()
    try:
        done = subprocess.run(
            made.arguments,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **made.environment},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return made.read(done.stdout, destination)
    finally:
        if made.clean:
            made.clean()


def test_that_this_program_comes_first_and_needs_nothing() -> None:
    assert next(iter(DRIVERS)) == "pullscope"
    assert DRIVERS["pullscope"].found()
    assert all(name == driver.name for name, driver in DRIVERS.items())


def test_that_those_that_are_not_there_are_named_with_what_brings_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    assert absent() == {name: d.package for name, d in DRIVERS.items() if name not in OWN}


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=list(DRIVERS))
def test_that_each_is_told_the_image_and_where_to_write_and_nothing_is_done_yet(
    driver: Driver, destination: Path
) -> None:
    reference = f"registry.example/team/app@sha256:{'a' * 64}"
    made = driver.command(reference, SETTINGS, destination)
    assert list(destination.iterdir()) == []
    assert any(str(destination) in word for word in made.arguments)
    if driver.name != "aria2c":  # it is told of the layers, in a file
        assert any(reference in word for word in made.arguments)
    assert driver.knobs <= set(KNOBS)
    assert driver.about
    with pytest.raises(InvalidReference):
        driver.command("HTTP://x", SETTINGS, destination)


def test_that_pullscope_pulls_cold_and_tells_of_it(destination: Path, lab: LabProcess) -> None:
    made = DRIVERS["pullscope"].command(lab.references[0], SETTINGS, destination)
    told = pull(made, destination)
    assert told.network_bytes == 3 * MIB
    assert told.pull_seconds is not None
    assert told.network_seconds is not None
    assert told.network_seconds <= told.pull_seconds
    assert told.requests
    assert {path.name for path in destination.iterdir()} == {"home", "image"}
    assert all(path.startswith(str(destination)) for path in made.environment.values())
    with pytest.raises(DriverError, match="without its summary"):
        made.read("what?\n", destination)


@pytest.mark.parametrize(("name", "way"), OWN.items())
def test_that_pullscope_writes_as_its_name_says(
    name: str, way: WriteMode, destination: Path, lab: LabProcess
) -> None:
    trace = destination / "trace.jsonl"
    made = DRIVERS[name].command(lab.references[0], SETTINGS, destination)
    pull(replace(made, arguments=[*made.arguments, f"--trace={trace}"]), destination)
    began = next(json.loads(line) for line in trace.read_text().splitlines() if "write" in line)
    assert began["settings"]["write"] == way


def test_that_pullscope_has_the_connections_that_the_settings_need(destination: Path) -> None:
    settings = TrialSettings(layers=32, parallelism=128, chunk_size=0)
    made = DRIVERS["pullscope"].command("ghcr.io/a/b:1", settings, destination, insecure=True)
    assert {"--connections=256", "--chunk-size=0", "--plain-http"} <= set(made.arguments)


def test_that_pullscope_asks_a_registry_here_by_tls_where_it_is_told_to(destination: Path) -> None:
    made = DRIVERS["pullscope"].command("localhost:5/a/b:1", SETTINGS, destination, insecure=False)
    assert made.prepare is not None
    made.prepare()
    assert "--hosts-dir" in made.arguments
    assert (destination / "hosts" / "localhost:5" / "hosts.toml").exists()


def test_that_aria2c_is_given_the_layers_with_their_checksums(
    destination: Path, lab: LabProcess
) -> None:
    made = Aria2cDriver().command(lab.references[0], SETTINGS, destination)
    assert made.prepare is not None
    made.prepare()
    lines = (destination / "layers.txt").read_text().splitlines()
    assert len(lines) == 6
    assert lines[0].startswith(f"http://{lab.host}/v2/demo/app/blobs/sha256:")
    digest = lines[0].rpartition(":")[2]
    assert lines[1:3] == [f"  out={digest}", f"  checksum=sha-256={digest}"]
    assert {"--max-concurrent-downloads=2", "--split=4"} <= set(made.arguments)


def test_that_aria2c_has_no_more_connections_than_it_takes(
    destination: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/authorities")
    settings = TrialSettings(layers=1, parallelism=64, chunk_size=0)
    made = Aria2cDriver().command("ghcr.io/a/b:1", settings, destination)
    assert {
        "--max-connection-per-server=16", "--split=16", "--ca-certificate=/authorities"
    } <= set(made.arguments)  # fmt: skip


def test_that_what_aria2c_cannot_pull_is_said(destination: Path, lab: LabProcess) -> None:
    for reference, complaint in (
        (f"{lab.host}/demo/none:1", "404"),
        ("127.0.0.1:1/demo/app:1", "no manifest could be had"),
    ):
        made = Aria2cDriver().command(reference, SETTINGS, destination)
        assert made.prepare is not None
        with pytest.raises(DriverError, match=complaint):
            made.prepare()
