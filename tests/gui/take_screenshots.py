"""Takes pictures of every view of the window: a script, because a scale is for a whole process.

    QT_SCALE_FACTOR=2 PYTHONPATH=app python tests/gui/take_screenshots.py FOLDER [--for-readme]

It pulls an image from a lab and stops on the way: for each view theme, language and size are
switched while the pull goes on. A picture is named for what it shows, as
"timeline-dark-de-1440-1x.png". For the README it takes two pictures of a pull that was tuned, which
takes a quarter of a minute.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QDialog, QSlider, QWidget
from sweeps_that_are_played import add_sweep

from pullscope.engine.model import KIB, MIB, Settings
from pullscope.gui import language
from pullscope.gui import theme as themes
from pullscope.gui.compare_view import CompareView
from pullscope.gui.main_window import MainWindow
from pullscope.gui.recents import Recents
from pullscope.lab.config import FaultPlan, LabConfig, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.session import PullOptions, Session

import qasync  # isort: skip - it takes whichever Qt is loaded already

IMAGE = SyntheticImage(
    "team/train", "2.4", tuple(round(n * MIB) for n in (48, 24, 12, 6, 3, 1.5, 0.5, 0.01))
)
SCHEMES = (themes.Scheme.DARK, themes.Scheme.LIGHT)
SETTLES = 0.06  # seconds in which a window under way has painted what it was just told


def sizes(scale: int) -> tuple[tuple[int, int], ...]:
    """Return the sizes of pictures at a scale: at 2 they have 3840 x 2160 pixels."""
    return ((1440, 900), (1024, 700)) if scale == 1 else ((1920, 1080),)


class Photographer:
    """Takes a view in every theme, language and size."""

    def __init__(self, app: QApplication, window: MainWindow, folder: Path, scale: int) -> None:
        self._app = app
        self._window = window
        self._folder = folder
        self._scale = scale

    async def take(self, view: str, what: Callable[[], QWidget] | None = None) -> None:
        """Take `view`; `what` returns the widget where it is not the window."""
        for scheme in SCHEMES:
            themes.apply(self._app, scheme)
            for code in language.LANGUAGES:
                language.apply(self._app, code)
                for width, height in sizes(self._scale):
                    self._window.resize(width, height)
                    await asyncio.sleep(SETTLES)
                    widget = what() if what is not None else self._window
                    name = f"{view}-{scheme.value}-{code}-{width}-{self._scale}x.png"
                    # Hardly compressed: they are many, and nobody keeps them.
                    if not widget.grab().save(str(self._folder / name), "PNG", 80):
                        raise OSError(f"{name} was not written")
        self._window.resize(*sizes(self._scale)[0])

    async def take_dialog(self, view: str, action: str) -> None:
        """Take the dialog that an action opens, anew for each picture: it fits its window."""

        def opened() -> QWidget:
            for dialog in self._window.findChildren(QDialog):
                dialog.close()
                dialog.setParent(None)
            self._window.actions_by_id[action].trigger()
            [dialog] = [each for each in self._window.findChildren(QDialog) if each.isVisible()]
            return dialog

        await self.take(view, opened)
        for dialog in self._window.findChildren(QDialog):
            dialog.close()


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - whatever it looks at has no event
            await asyncio.sleep(0.02)


async def story(app: QApplication, folder: Path, home: Path) -> None:
    """Pull, and take every view."""
    shaping = Shaping(rate_per_connection=640 * KIB, latency=0.02)
    config = LabConfig(images=(IMAGE,), shaping=shaping, faults=FaultPlan.of("reset=0.05", limit=4))
    with LabProcess(config) as lab:
        session = Session()
        recents = Recents(home / "recents.json")
        for reference in ("ghcr.io/team/app:1.4", "docker.io/library/python:3.12"):
            recents.add(reference)
        layout = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
        settings = Settings(parallelism=2, chunk_size=MIB)
        window = MainWindow(session, PullOptions(output=home / "images"), settings, recents, layout)
        window.resize(1440, 900)
        window.show()
        camera = Photographer(app, window, folder, round(window.devicePixelRatioF()))
        await camera.take("empty")
        controller = window.controller
        window.pull(lab.references[0])
        await until(lambda: controller.snapshot and controller.snapshot.received > 3 * MIB)
        slider = window.findChild(QSlider, "parallelism")
        if slider is not None:
            slider.setValue(8)
        await until(lambda: controller.snapshot and controller.snapshot.received > 8 * MIB)
        for view in ("timeline", "image", "map"):
            window.actions_by_id[f"show_{view}"].trigger()
            await camera.take(view)
        for plot in ("memory", "connections", "events"):
            window.actions_by_id[f"show_{plot}"].trigger()
        await camera.take("plots")
        window.actions_by_id["reset_layout"].trigger()
        window.actions_by_id["show_map"].trigger()
        await camera.take_dialog("palette", "command_palette")
        await camera.take_dialog("shortcuts", "shortcuts")
        await camera.take_dialog("settings", "settings")
        lab.reshape(shaping=Shaping(), faults=FaultPlan())
        await until(lambda: not controller.running)
        await camera.take("done")
        window.pull(f"{lab.host}/team/train:none")
        await until(lambda: not controller.running)
        await camera.take("failed")
        controller.show(controller.runs[0])
        traces = [home / f"{day}.pullscope" for day in ("monday", "tuesday")]
        for trace in traces:
            await window.export(trace)
        window.open_trace(*traces)
        await until(lambda: window.findChildren(CompareView))
        [comparison] = window.findChildren(CompareView)
        await until(lambda: not comparison.busy)
        await camera.take("comparison", lambda: comparison)
        comparison.close()
        await camera.take("trace")
        window.bar.set_reference(lab.references[0])
        await take_sweeps(window, camera)
        window.hide()
        await session.close()


async def take_sweeps(window: MainWindow, camera: Photographer) -> None:
    """Take the plan of a sweep, and the heat map of one that is complete."""
    number = add_sweep(window.sweeps.runner.store, parallelism=(1, 4, 16, 64))
    window.actions_by_id["sweep"].trigger()
    view = window.sweeps.view
    if view is None:
        raise RuntimeError("the window of sweeps was not opened")

    def resized() -> QWidget:
        view.resize(window.size())
        return view

    await until(lambda: not view.plan.busy)
    await camera.take("plan", resized)
    view.show_sweep(number)
    view.page.views.bring(view.page.heat)
    await camera.take("heat", resized)
    await window.sweeps.close_down()


async def story_for_readme(app: QApplication, folder: Path, home: Path) -> None:
    """Pull one image after the other, tune the last, and take it while it runs."""
    sizes = tuple(round(n * MIB) for n in (220, 160, 120, 35, 20, 8, 1.3, 0.01))
    train = SyntheticImage("acme/train-cuda", "2.4", sizes)
    shaping = Shaping(rate_per_connection=768 * KIB, latency=0.04)
    with LabProcess(LabConfig(images=(train, IMAGE))) as lab:
        session = Session()
        layout = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
        settings = Settings(parallelism=4, connections=64, chunk_size=2 * MIB)
        options = PullOptions(output=Path.home() / "images")
        window = MainWindow(session, options, settings, Recents(home / "recents.json"), layout)
        window.resize(1440, 900)
        window.show()
        window.actions_by_id["show_timeline"].trigger()
        for reference in (lab.references[1], f"{lab.host}/acme/serve:nightly"):
            window.pull(reference)
            await until(lambda: not window.controller.running)
        faults = FaultPlan.of("reset=0.03", limit=3)
        lab.reshape(shaping=shaping, faults=faults)
        window.pull(lab.references[0], settings=settings)
        slider = window.findChild(QSlider, "parallelism")
        for parallelism, seconds in ((8, 4), (16, 4)):
            await asyncio.sleep(seconds)
            slider.setValue(parallelism)
        await asyncio.sleep(4)
        for scheme in SCHEMES:
            themes.apply(app, scheme)
            await asyncio.sleep(4 * SETTLES)
            if not window.grab().save(str(folder / f"window-{scheme.value}.png")):
                raise OSError("a picture was not written")
        window.hide()
        await window.controller.finish(5)
        await session.close()


def main() -> None:
    """Take the pictures into the folder that the command line names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--for-readme", action="store_true")
    options = parser.parse_args()
    tell = story_for_readme if options.for_readme else story
    with tempfile.TemporaryDirectory() as name:
        os.environ["HOME"] = name
        for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[variable] = str(Path(name) / variable.lower())
        app = QApplication(sys.argv[:1])
        app.setQuitOnLastWindowClosed(False)
        themes.apply(app, SCHEMES[0])
        qasync.run(tell(app, options.folder, Path(name)))


if __name__ == "__main__":
    main()
