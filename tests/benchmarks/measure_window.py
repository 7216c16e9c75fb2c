"""Measures what the window costs a pull: in sight, minimised, and not there at all.

    PYTHONPATH=app xvfb-run -a -s "-screen 0 1600x1000x24" python tests/benchmarks/measure_window.py
        [--case large,layers,chunks] [--rounds 5] [--only minimised] [--view timeline] [--divide N]

A case is an image, plain and unthrottled from Debian's docker-registry, with the chunk size that
makes it what it is: large, one layer of 1 GiB in chunks of 16 MiB; layers, 30 layers of 3,000
chunks of 64 KiB; chunks, 10 layers of 10,000 such chunks. Every round pulls once in each way, each
time in a process of its own, so that whatever else the machine does hits all alike. Data is served
from and written to /dev/shm. The columns:

- pull: seconds from the start of the pull to the committed image, median;
- ratio: of that to the pull without a window, the median of the ratios of the rounds;
- CPU: seconds of all cores that the process used in that time, median; its start is not counted;
- ratio: of that, in the same way;
- loop: the share of the time in which the event loop's thread was busy, median;
- drawing: the share of the time that went into frames, median;
- frames: a second, median;
- frame, frame p99: milliseconds of a frame, median of the means, and median of all but one of a
  hundred;
- lag p99: milliseconds that the event loop was late for a timer that fires ten times a second, all
  but one of a hundred, median.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from pullers import fresh_environment
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from servers import serve

from pullscope.engine.model import KIB, MIB, Settings
from pullscope.gui import theme as themes
from pullscope.gui.event_loop import WindowLoop
from pullscope.gui.garbage import Collector
from pullscope.gui.main_window import MainWindow
from pullscope.gui.pull_run import RunState
from pullscope.gui.recents import Recents
from pullscope.lab.config import SyntheticImage, parse_layer_sizes
from pullscope.session import PullOptions, Session
from pullscope.trace.own_cost import CostMeter, OwnCost, own_cost
from pullscope.tuning.limits import Limits

CASES = {
    "large": ("1GiB", 16 * MIB),
    "layers": (f"30x{3_000 * 64}KiB", 64 * KIB),
    "chunks": (f"10x{10_000 * 64}KiB", 64 * KIB),
}
HEADLESS, WAYS = "headless", ("headless", "minimised", "window")
VIEWS = ("map", "timeline", "image")
COLUMNS = (
    "case", "way", "pull s", "ratio", "CPU s", "ratio", "loop", "drawing", "frames", "frame ms",
    "frame p99", "lag p99",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """What one pull took: seconds, CPU seconds of its process, and what it measured itself."""

    seconds: float
    cpu: float
    cost: OwnCost


# --- one pull, in a process of its own --------------------------------------------------------


class Watch:
    """Takes the time, and the CPU time of this process, from its making on."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def stop(self, cost: OwnCost) -> Run:
        """Return what it took since."""
        began, cpu = self._began
        return Run(time.perf_counter() - began, time.process_time() - cpu, cost)


async def pull_headless(reference: str, options: PullOptions, settings: Settings) -> Run:
    """Pull as the terminal does, watched by what it tells at the end."""
    session = Session()
    meter, watch = CostMeter(), Watch()
    pull = session.new_pull(reference, options, settings)
    pull.observe(Limits())
    pull.observe(meter)
    await pull.run()
    run = watch.stop(meter.cost)
    await session.close()
    return run


async def pull_in_window(
    reference: str, options: PullOptions, settings: Settings, home: Path, way: str, view: str
) -> Run:
    """Pull in a window of the usual size, in sight or minimised before the pull begins."""
    session = Session()
    layout = QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, options, settings, Recents(home / "recents.json"), layout)
    window.resize(1440, 900)
    window.show()
    window.actions_by_id[f"show_{view}"].trigger()
    if way == "minimised":
        window.showMinimized()
    await asyncio.sleep(0.5)  # until it is there, or away
    ended = asyncio.get_running_loop().create_future()
    window.controller.ended.connect(ended.set_result)
    watch = Watch()
    window.pull(reference, options, settings)
    done = await ended
    run = watch.stop(own_cost(window.controller.recorder.events))
    if done.state is not RunState.DONE:
        raise SystemExit(f"the pull ended as {done.state.value}: {done.error}")
    window.hide()
    await session.close()
    return run


def pull_once(options: argparse.Namespace) -> None:
    """Pull in the way that the command line names, and print what it took."""
    pull_options = PullOptions(output=Path(options.output))
    settings = Settings(chunk_size=options.chunk_size)
    if options.way == HEADLESS:
        run = asyncio.run(pull_headless(options.reference, pull_options, settings))
    else:
        app = QApplication([])
        app.setQuitOnLastWindowClosed(False)
        themes.apply(app, themes.Scheme.DARK)
        collector = Collector()
        home = Path(options.output).parent
        story = pull_in_window(
            options.reference, pull_options, settings, home, options.way, options.view
        )
        with asyncio.Runner(loop_factory=lambda: WindowLoop(app)) as runner:
            run = runner.run(story)
        collector.stop()
    cost = {name: getattr(run.cost, name) for name in OwnCost.__slots__}
    print(json.dumps([run.seconds, run.cpu, cost]))


# --- all of them, in turn ---------------------------------------------------------------------


def run_case(case: str, options: argparse.Namespace) -> dict[str, list[Run]]:
    """Return the runs of a case, by the way in which each pulled."""
    sizes, chunk_size = CASES[case]
    layers = tuple(size // options.divide for size in parse_layer_sizes(sizes))
    image = SyntheticImage("bench/window", "1", layers)
    ways = [way for way in WAYS if way == HEADLESS or not options.only or way in options.only]
    runs: dict[str, list[Run]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pullscope-window-") as directory:
        served, scratch = Path(directory, "served"), Path(directory, "pulled")
        served.mkdir()
        with serve(served, (image,), tls=False, cap=None) as registry:
            for number in range(options.rounds):
                for way in ways:
                    scratch.mkdir()
                    command = [
                        sys.executable, __file__, "--way", way, "--view", options.view,
                        "--reference", registry.reference(image), "--output", str(scratch / "out"),
                        "--chunk-size", str(chunk_size),
                    ]  # fmt: skip
                    done = subprocess.run(
                        command,
                        check=True,
                        stdout=subprocess.PIPE,
                        text=True,
                        env=fresh_environment(scratch / "home"),
                    )
                    shutil.rmtree(scratch)
                    seconds, cpu, cost = json.loads(done.stdout.splitlines()[-1])
                    runs[way].append(Run(seconds, cpu, OwnCost(**cost)))
                    print(f"{case} {number + 1}: {way} {seconds:.2f} s", file=sys.stderr)
    return runs


def rows_of(case: str, runs: dict[str, list[Run]]) -> list[list[str]]:
    """Return the table of a case."""
    return [
        [
            case,
            way,
            f"{median(run.seconds for run in mine):.2f}",
            f"{ratio([run.seconds for run in mine], [run.seconds for run in runs[HEADLESS]]):.2f}",
            f"{median(run.cpu for run in mine):.2f}",
            f"{ratio([run.cpu for run in mine], [run.cpu for run in runs[HEADLESS]]):.2f}",
            f"{median(run.cost.loop_cpu / run.seconds for run in mine):.0%}",
            f"{median(run.cost.drawing / run.seconds for run in mine):.0%}",
            f"{median(run.cost.frames / run.seconds for run in mine):.0f}",
            f"{median(run.cost.frame_mean for run in mine) * 1000:.1f}",
            f"{median(run.cost.frame_p99 for run in mine) * 1000:.1f}",
            f"{median(run.cost.lag_p99 for run in mine) * 1000:.1f}",
        ]
        for way, mine in runs.items()
    ]


def ratio(values: Sequence[float], base: Sequence[float]) -> float:
    """Return the median of the ratios of those that were measured one after the other."""
    return median(value / other for value, other in zip(values, base, strict=True))


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows below their heading."""
    table = [COLUMNS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    for row in table:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument(
        "--case", default="large", metavar="NAME,...", help=f"of {', '.join(CASES)}"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=WAYS[1:], action="append", help="beside the headless one")
    parser.add_argument("--view", choices=VIEWS, default="map", help="below the layers")
    parser.add_argument("--divide", type=int, default=1, metavar="N", help="make layers smaller")
    # What a process that pulls once is told.
    for name in ("--way", "--reference", "--output"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--chunk-size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        pull_once(options)
        return
    for case in options.case.split(","):
        if case not in CASES:
            parser.error(f"there is no case {case}")
        print_table(rows_of(case, run_case(case, options)))


if __name__ == "__main__":
    main()
