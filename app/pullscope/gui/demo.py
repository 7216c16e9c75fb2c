"""The demo: an image from a registry on this computer, slow enough to watch and to tune."""

import asyncio
import tempfile
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from pullscope.lab.demo import demo_config
from pullscope.lab.process import LabProcess


def demo_words() -> str:
    """Return what the demo is, in the language in force."""
    return QCoreApplication.translate(
        "Demo", "Demo: a registry on this computer, 4 MiB/s per connection."
    )


class Demo:
    """The registry and the folder of the demo, from the first use until the window is left."""

    def __init__(self) -> None:
        self._lab: LabProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._pulls = 0

    @property
    def reference(self) -> str:
        """The image's reference; empty while the registry does not run."""
        return "" if self._lab is None else self._lab.references[0]

    async def start(self) -> str:
        """Start the registry where it does not run yet; return the reference of the image.

        Raises:
            LabError: it does not start.
        """
        if self._lab is None:
            lab = LabProcess(demo_config())
            await asyncio.get_running_loop().run_in_executor(None, lab.start)
            self._lab = lab
        return self.reference

    def new_output(self) -> Path:
        """Return an empty folder, so that every demo pulls every byte."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="pullscope-demo-")
        self._pulls += 1
        return Path(self._folder.name) / str(self._pulls)

    async def stop(self) -> None:
        """End the registry and delete what was pulled from it."""
        lab, folder, self._lab, self._folder = self._lab, self._folder, None, None
        loop = asyncio.get_running_loop()
        if lab is not None:
            await loop.run_in_executor(None, lab.stop)
        if folder is not None:
            await loop.run_in_executor(None, folder.cleanup)
