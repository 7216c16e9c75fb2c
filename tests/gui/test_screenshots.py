"""Pictures of every view, in both themes and languages, two sizes and two scales, to be looked at.

`take_screenshots.py` takes them. With `PULLSCOPE_KEEP_SCREENSHOTS` naming a folder, those of the
README are written there.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

import pullscope

FOLDER = Path(__file__).parent.parent / "screenshots"
ROOT = Path(__file__).parent.parent.parent
SCRIPT = Path(__file__).with_name("take_screenshots.py")
APP = Path(pullscope.__file__).parent.parent
VIEWS = (
    "empty", "map", "timeline", "image", "plots", "done", "failed", "trace",
    "palette", "shortcuts", "settings", "comparison", "plan", "heat",
)  # fmt: skip
DIALOGS = ("palette", "shortcuts", "settings", "comparison")
SIZES = {1: {1440: 900, 1024: 700}, 2: {1920: 1080}}


def take(folder: Path, scale: int, *options: str) -> None:
    taken = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), *options],
        env={**os.environ, "PYTHONPATH": str(APP), "QT_SCALE_FACTOR": str(scale)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert taken.returncode == 0, taken.stderr


@pytest.mark.parametrize("scale", [1, 2])
def test_that_pictures_of_every_view_are_taken(scale: int) -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob(f"*-{scale}x.png"):
        old.unlink()
    take(FOLDER, scale)
    for view in VIEWS:
        for width, height in SIZES[scale].items():
            pictures = {
                (scheme, code): QImage(str(FOLDER / f"{view}-{scheme}-{code}-{width}-{scale}x.png"))
                for scheme in ("dark", "light")
                for code in ("en", "de")
            }
            for (scheme, code), picture in pictures.items():
                about = f"{view} {scheme} {code} {width}"
                assert not picture.isNull(), about
                if view not in DIALOGS:
                    size = (picture.width(), picture.height())
                    assert size == (width * scale, height * scale), about
                assert (picture.pixelColor(4, 4).value() < 128) is (scheme == "dark"), about
    if scale == 1 and (keep := os.environ.get("PULLSCOPE_KEEP_SCREENSHOTS")):
        take(Path(keep), scale, "--for-readme")


def test_that_the_pictures_that_the_metadata_names_are_there() -> None:
    [metainfo] = (ROOT / "packaging" / "desktop").glob("*.metainfo.xml")
    images = ET.parse(metainfo).findall("screenshots/screenshot/image")
    assert images
    for image in images:
        picture = QImage(str(ROOT / "resources" / "screenshots" / Path(str(image.text)).name))
        size = (int(image.attrib["width"]), int(image.attrib["height"]))
        assert (picture.width(), picture.height()) == size
