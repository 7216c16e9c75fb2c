import tempfile
import tomllib
from pathlib import Path

import pytest

from pullscope.sweep.drivers.podman import PodmanDriver
from pullscope.sweep.settings import TrialSettings


def test_that_it_has_a_store_and_a_configuration_of_its_own(destination: Path) -> None:
    settings = TrialSettings(layers=5, parallelism=1, chunk_size=0)
    made = PodmanDriver().command("localhost:5000/a/b:1", settings, destination)
    assert made.prepare is not None
    made.prepare()
    engine = tomllib.loads(Path(made.environment["CONTAINERS_CONF"]).read_text())["engine"]
    storage = tomllib.loads(Path(made.environment["CONTAINERS_STORAGE_CONF"]).read_text())
    assert engine == {"image_parallel_copies": 5}
    assert storage["storage"]["graphroot"] == str(destination / "root")
    assert "--tls-verify=false" in made.arguments
    run_root = Path(storage["storage"]["runroot"])
    assert run_root.is_dir()
    assert made.clean is not None
    made.clean()
    assert not run_root.exists()


def test_that_what_it_keeps_while_it_runs_has_a_short_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/tmp")
    settings = TrialSettings(layers=5, parallelism=1, chunk_size=0)
    places = {
        PodmanDriver().command("localhost:5/a/b:1", settings, tmp_path / name).arguments[4]
        for name in ("a" * 100, "b" * 100)
    }
    assert len(places) == 2  # two pulls do not share it
    assert all(len(place) <= 50 for place in places)


def test_that_without_a_number_of_layers_it_keeps_its_own(destination: Path) -> None:
    settings = TrialSettings(layers=0, parallelism=1, chunk_size=0)
    made = PodmanDriver().command("ghcr.io/a/b:1", settings, destination)
    assert made.prepare is not None
    made.prepare()
    text = Path(made.environment["CONTAINERS_CONF"]).read_text()
    assert tomllib.loads(text)["engine"] == {}
    assert made.clean is not None
    made.clean()
