from pathlib import Path

import pytest

from pullscope.sweep.drivers.skopeo import SkopeoDriver
from pullscope.sweep.settings import TrialSettings

from .conftest import Play

SETTINGS = TrialSettings(layers=5, parallelism=1, chunk_size=0)
OLDER = 'echo "--all  --quiet"'
NEWER = 'echo "--image-parallel-copies uint   Maximum number of image layers"'


@pytest.mark.parametrize(
    ("help_text", "knobs", "option"),
    [(OLDER, frozenset(), False), (NEWER, frozenset({"layers"}), True)],
)
def test_that_it_is_told_the_layers_where_its_version_can_be(
    play: Play, destination: Path, help_text: str, knobs: frozenset[str], option: bool
) -> None:
    play("skopeo", help_text)
    driver = SkopeoDriver()
    made = driver.command("ghcr.io/a/b:1", SETTINGS, destination)
    assert driver.knobs == knobs
    assert ("--image-parallel-copies=5" in made.arguments) is option
    assert "--src-tls-verify=false" not in made.arguments


def test_that_a_tag_beside_a_digest_is_left_out(destination: Path) -> None:
    digest = f"sha256:{'a' * 64}"
    made = SkopeoDriver().command(f"localhost:5000/a/b:1@{digest}", SETTINGS, destination)
    assert f"docker://localhost:5000/a/b@{digest}" in made.arguments
    assert "--src-tls-verify=false" in made.arguments


def test_that_its_version_is_found(play: Play) -> None:
    play("skopeo", 'echo "skopeo version 1.9.3 commit: 1"')
    assert SkopeoDriver().found() == "1.9.3"
