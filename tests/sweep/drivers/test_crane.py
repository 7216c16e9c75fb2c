from pathlib import Path

from pullscope.sweep.drivers.crane import CraneDriver
from pullscope.sweep.settings import TrialSettings

from .conftest import Play

SETTINGS = TrialSettings(layers=5, parallelism=1, chunk_size=0)


def test_that_it_writes_a_layout_and_is_insecure_where_told(play: Play, destination: Path) -> None:
    play("crane", "echo v0.20.2")
    driver = CraneDriver()
    assert driver.found() == "0.20.2"
    arguments = driver.command("ghcr.io/a/b:1", SETTINGS, destination).arguments
    assert arguments == ["crane", "pull", "--format=oci", "ghcr.io/a/b:1", f"{destination}/image"]
    insecure = driver.command("ghcr.io/a/b:1", SETTINGS, destination, insecure=True).arguments
    assert "--insecure" in insecure
