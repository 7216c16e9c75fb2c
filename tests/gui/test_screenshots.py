"""Pictures of the window in both themes and two sizes, for people to look at.

With `PULLSCOPE_KEEP_SCREENSHOTS` naming a folder, those of the README are written there.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QSlider

from pullscope.engine.model import MIB, Settings
from pullscope.gui import theme as themes
from pullscope.lab.config import FaultPlan, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.session import Session

FOLDER = Path(__file__).parent.parent / "screenshots"
IMAGE = SyntheticImage(
    "team/train", "2.4", tuple(round(n * MIB) for n in (48, 24, 12, 6, 3, 1.5, 0.5, 0.01))
)


@pytest.mark.parametrize("scheme", [themes.Scheme.DARK, themes.Scheme.LIGHT])
def test_that_pictures_of_a_pull_are_taken(
    qapp: QApplication,
    new_window: Any,
    run_async: Callable[..., Any],
    start_lab_process: Callable[..., LabProcess],
    until: Callable[..., Awaitable[None]],
    scheme: themes.Scheme,
) -> None:
    FOLDER.mkdir(exist_ok=True)
    lab = start_lab_process(
        images=(IMAGE,),
        shaping=Shaping(rate_per_connection=MIB, latency=0.02),
        faults=FaultPlan.of("reset=0.05", limit=4),
    )
    taken: list[Path] = []

    async def story() -> None:
        session = Session()
        settings = Settings(parallelism=2, chunk_size=MIB)
        window = new_window(session, settings=settings)
        themes.apply(qapp, scheme)

        async def take(name: str) -> None:
            for width, height in ((1440, 900), (1024, 700)):
                window.resize(width, height)
                await asyncio.sleep(0.2)
                path = FOLDER / f"{name}-{scheme.value}-{width}.png"
                assert window.grab().save(str(path))
                taken.append(path)

        await take("empty")
        window.resize(1440, 900)
        window.pull(lab.references[0], replace(window.bar.options))
        controller = window.controller
        await until(lambda: controller.snapshot and controller.snapshot.received > 12 * MIB)
        window.findChild(QSlider, "parallelism").setValue(8)
        await until(lambda: controller.snapshot.received > 50 * MIB)
        await take("map")
        window.actions_by_id["show_timeline"].trigger()
        await take("timeline")
        lab.reshape(shaping=Shaping(), faults=FaultPlan())
        await until(lambda: not controller.running)
        await take("done")
        window.pull(f"{lab.host}/team/train:none")
        await until(lambda: not controller.running)
        await take("failed")
        await session.close()

    run_async(story())
    if keep := os.environ.get("PULLSCOPE_KEEP_SCREENSHOTS"):
        Path(keep).mkdir(parents=True, exist_ok=True)
        picture = FOLDER / f"timeline-{scheme.value}-1440.png"
        shutil.copy(picture, Path(keep) / f"window-{scheme.value}.png")
    assert all(path.stat().st_size > 10_000 for path in taken)
