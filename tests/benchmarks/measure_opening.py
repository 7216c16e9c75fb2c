"""Measures how long a trace takes to open in the window, and what its parts cost.

    PYTHONPATH=app xvfb-run -a -s "-screen 0 1600x1000x24"
        python tests/benchmarks/measure_opening.py FILE [--rounds 4]

FILE is a native trace, as `pullscope pull REF --chunk-size 64KiB --trace FILE` makes it. Each line
tells the least of the rounds, in seconds: reading the file, all that makes an entry of the list of
it, and, in a window of 1280x800, from the request to the frame that shows it.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from pullscope.engine.model import Settings
from pullscope.gui import theme as themes
from pullscope.gui.event_loop import WindowLoop
from pullscope.gui.garbage import Collector
from pullscope.gui.main_window import MainWindow
from pullscope.gui.recents import Recents
from pullscope.gui.trace_opening import run_of_trace
from pullscope.session import PullOptions, Session
from pullscope.trace.file import read_trace


def least(rounds: int, work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes at best."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


async def open_in_window(app: QApplication, folder: Path, trace: Path) -> float:
    """Return the seconds from the request to the frame that shows the trace."""
    layout = QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat)
    session = Session(folder / "store")
    window = MainWindow(
        session, PullOptions(), Settings(), Recents(folder / "recents"), layout, None, None
    )
    window.resize(1280, 800)
    window.show()
    await asyncio.sleep(1.5)
    opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    window.trace_opening.opened.connect(lambda _: opened.set_result(None))
    window.trace_opening.failed.connect(lambda words: opened.set_exception(ValueError(words)))
    began = time.perf_counter()
    window.trace_opening.open(trace)
    await opened
    window.repaint()
    app.processEvents()
    seconds = time.perf_counter() - began
    await window.trace_opening.close_down()
    await asyncio.sleep(0.5)
    window.hide()
    window.deleteLater()
    return seconds


def main() -> None:
    """Run all, and print the lines."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("trace", type=Path, metavar="FILE")
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    themes.apply(app, themes.Scheme.LIGHT)
    collector = Collector()
    print(f"events      {len(read_trace(options.trace)):,}")
    print(f"file        {least(options.rounds, lambda: read_trace(options.trace)):.2f}")
    print(f"entry       {least(options.rounds, lambda: run_of_trace(options.trace)):.2f}")
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: WindowLoop(app)) as runner,
    ):
        shown = [
            runner.run(open_in_window(app, Path(folder), options.trace))
            for _ in range(options.rounds)
        ]
    print(f"in a window {min(shown):.2f}")
    collector.stop()


if __name__ == "__main__":
    main()
