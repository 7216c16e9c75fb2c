"""Pulls images with Pullscope and with other programs, in turn, and prints medians and ratios.

    PYTHONPATH=app python tests/benchmarks/compare_pullers.py [--case one-plain,small] [--rounds 5]
                                                              [--markdown FILE]

A case is an image (one layer of 1 GiB; eight layers of 1 GiB in all; many: 127 layers of 1 MiB;
small: 12 layers of 1 MiB), plain or by TLS, uncapped or capped. Uncapped it comes from Debian's
docker-registry, capped from the lab at 20 MiB/s per connection. `settings` pulls the one layer by
Pullscope alone, with every parallelism and chunk size of a grid ("8 x 16 MiB"). A name on the
command line also stands for all cases that begin with it: `one` are four, `one-tls` two.

Every round runs each program once, so that whatever else the machine does hits all alike. Data is
served from and written to /dev/shm, so that no disk is measured, and removed after each pull. The
columns, medians but for those of the window:

- wall: seconds from the start of the program to its end;
- pull: seconds from the start of the pull to the committed image as Pullscope tells, or of ctr's
  fetch; for the others the wall time. aria2c is given the addresses of the blobs;
- ratio: of pull to that of Pullscope without its window, in the settings to that of its defaults;
- CPU: seconds of all cores, of the program and the children it waited for, which the window's X
  server is none of;
- idle: MB (10^6 bytes) that the largest process of the program had resident at most while it pulled
  an image of 2 KiB from the same registry, once before the first round;
- above idle: MB that it had resident at most in the pull itself, less that;
- wire: bytes over the wire for each byte of the layers: of all blobs as the lab counts them, or
  else of layers as Pullscope tells without its window;
- lag, lag p99: milliseconds that the event loop of the window was late for a timer that fires
  ten times a second: at most, and all but one of a hundred times; the worst of all rounds;
- frame, frame p99: milliseconds that the window took to draw a frame: mean over all rounds, and all
  but one of a hundred in the worst of them.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
from pullers import HEADLESS, OTHERS, Puller, Run, absent, headless, pullers, run
from servers import Registry, serve

from pullscope import __version__
from pullscope.engine.model import GIB, MIB, Settings
from pullscope.engine.units import parse_size, size_text
from pullscope.lab.config import SyntheticImage, parse_layer_sizes
from pullscope.trace.own_cost import OwnCost

IMAGES = {
    "one": "1GiB",
    "eight": "512MiB,256MiB,128MiB,64MiB,32MiB,16MiB,12MiB,4MiB",
    "many": "127x1MiB",
    "small": "12x1MiB",
}
CAP = 20 * MIB
PARALLELISM = (1, 2, 4, 8, 16, 32, 64)
CHUNK_SIZES = tuple(size * MIB for size in (1, 4, 16, 64))
TINY = SyntheticImage("bench/tiny", "1", (2048,))  # the smallest that can be unpacked
COLUMNS = (
    "case", "program", "wall s", "pull s", "ratio", "CPU s", "idle MB", "above idle MB", "wire",
    "lag ms", "lag p99", "frame ms", "frame p99",
)  # fmt: skip
_SPARE = GIB


@dataclass(frozen=True, slots=True)
class Case:
    """What is pulled and how it is served.

    Attributes:
        cap: bytes/s per connection; None for none.
        grid: whether Pullscope's settings are compared, and not programs.
    """

    name: str
    layer_sizes: tuple[int, ...]
    tls: bool
    cap: int | None
    grid: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What one program's runs cost in a case, with the bytes that were resident when idle."""

    case: Case
    program: str
    idle: int
    runs: Sequence[Run]


def main() -> int:
    """Run the cases that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    defaults = Settings()
    parser.add_argument("--case", help="names of cases, by comma; default all", metavar="NAME,...")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--only", metavar="PROGRAM,...", help="programs to run, not for settings")
    parser.add_argument("--layers", type=int, default=defaults.layers, help="at once")
    parser.add_argument("--parallelism", type=int, default=defaults.parallelism)
    parser.add_argument("--chunk-size", type=parse_size, default=defaults.chunk_size)
    parser.add_argument(
        "--divide", type=int, default=1, metavar="N", help="make all layers so many times smaller"
    )
    options = parser.parse_args()
    if options.rounds < 1 or options.divide < 1:
        parser.error("rounds, and what layers are divided by, are at least 1")
    cases = _cases(options.divide)
    if options.list:
        print("\n".join(case.name for case in cases))
        return 0
    chosen = _chosen(cases, options.case.split(",")) if options.case else cases
    only = options.only.split(",") if options.only else None
    if only and (unknown := set(only) - {HEADLESS, *OTHERS}):
        parser.error(f"there is no program {', '.join(unknown)}")
    settings = defaults.changed(
        layers=options.layers,
        parallelism=options.parallelism,
        connections=max(defaults.connections, options.parallelism),
        chunk_size=options.chunk_size,
    )
    about = _about(options.rounds, settings)
    print("\n".join(about), end="\n\n")
    rows: list[list[str]] = []
    for case in chosen:
        results = _run_case(case, options.rounds, settings, only)
        made = _rows(results)
        print(_as_text(made), flush=True)
        rows += made
        if options.markdown is not None:
            # After every case, so that a run that is broken off leaves what it found.
            options.markdown.write_text(_as_markdown(about, rows))
    return 0


def _cases(divisor: int) -> list[Case]:
    variants = [
        (f"{transport}-{rate}", transport == "tls", cap)
        for transport in ("plain", "tls")
        for rate, cap in (("uncapped", None), ("capped", CAP))
    ]
    sizes = {
        name: tuple(max(1, size // divisor) for size in parse_layer_sizes(text))
        for name, text in IMAGES.items()
    }
    programs = [
        Case(f"{image}-{variant}", sizes[image], tls, cap)
        for image in IMAGES
        for variant, tls, cap in variants
    ]
    grids = [
        Case(f"settings-{variant}", sizes["one"], tls, cap, grid=True)
        for variant, tls, cap in variants
        if not tls
    ]
    return [*programs, *grids]


def _chosen(cases: Sequence[Case], names: Sequence[str]) -> list[Case]:
    for name in names:
        if not any(_stands_for(name, case) for case in cases):
            raise SystemExit(f"there is no case {name}; --list shows them")
    return [case for case in cases if any(_stands_for(name, case) for name in names)]


def _stands_for(name: str, case: Case) -> bool:
    return case.name == name or case.name.startswith(f"{name}-")


def _run_case(
    case: Case, rounds: int, settings: Settings, only: Sequence[str] | None
) -> list[Result]:
    image = SyntheticImage("bench/app", "1", case.layer_sizes)
    _check_room(case)
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pullscope-bench-") as directory:
        served, scratch = Path(directory, "served"), Path(directory, "pulled")
        served.mkdir()
        scratch.mkdir()
        with serve(served, (image, TINY), tls=case.tls, cap=case.cap) as registry:
            idle = {
                puller.name: run(puller, registry, TINY, scratch).peak
                for puller in _pullers(case, registry, TINY, scratch, settings, only)
            }
            chosen = _pullers(case, registry, image, scratch, settings, only)
            runs: dict[str, list[Run]] = {puller.name: [] for puller in chosen}
            for number in range(rounds):
                for puller in chosen:
                    cost = run(puller, registry, image, scratch)
                    runs[puller.name].append(cost)
                    print(f"{case.name} {number + 1}: {puller.name} {cost}", file=sys.stderr)
    return [Result(case, name, idle[name], costs) for name, costs in runs.items()]


def _pullers(
    case: Case,
    registry: Registry,
    image: SyntheticImage,
    scratch: Path,
    settings: Settings,
    only: Sequence[str] | None,
) -> list[Puller]:
    if not case.grid:
        made = pullers(registry, image, scratch, settings)
        return [puller for puller in made if only is None or puller.name in only]
    return [headless(_grid_name(changed), registry, image, scratch, changed) for changed in _grid()]


def _grid() -> list[Settings]:
    defaults = Settings()
    return [
        defaults.changed(
            parallelism=parallelism,
            connections=max(defaults.connections, parallelism),
            chunk_size=chunk_size,
        )
        for parallelism in PARALLELISM
        for chunk_size in CHUNK_SIZES
    ]


def _grid_name(settings: Settings) -> str:
    return f"{settings.parallelism} x {size_text(settings.chunk_size)}"


def _check_room(case: Case) -> None:
    # docker-registry holds the image as well as whoever pulls it.
    needed = sum(case.layer_sizes) * (2 if case.cap is None else 1) + _SPARE
    free = min(psutil.virtual_memory().available, shutil.disk_usage("/dev/shm").free)
    if free < needed:
        raise SystemExit(
            f"{case.name} needs {size_text(needed)} of memory; {size_text(free)} is free"
        )


def _about(rounds: int, settings: Settings) -> list[str]:
    tools = {
        "docker-registry": ["docker-registry", "--version"],
        "skopeo": ["skopeo", "--version"],
        "aria2c": ["aria2c", "--version"],
        "crane": ["crane", "version"],
        "ctr": ["ctr", "--version"],
    }
    versions = [
        subprocess.run(command, capture_output=True, text=True).stdout.partition("\n")[0]
        for command in tools.values()
        if shutil.which(command[0])
    ]
    return [
        f"Medians of {rounds} rounds; {os.cpu_count()} cores ({_processor()}), "
        f"{platform.system()} {platform.release()}.",
        f"{settings.layers} layers at once, {settings.parallelism} connections each, chunks of "
        f"{size_text(settings.chunk_size)}; capped: {size_text(CAP)}/s per connection.",
        f"pullscope {__version__}, Python {platform.python_version()}; {'; '.join(versions)}.",
        *(f"Left out: {name} ({reason})." for name, reason in absent().items()),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _rows(results: Sequence[Result]) -> list[list[str]]:
    names = {HEADLESS, _grid_name(Settings())}
    base = next(
        (median(run.pull for run in result.runs) for result in results if result.program in names),
        None,
    )
    return [_row(result, base) for result in results]


def _row(result: Result, base: float | None) -> list[str]:
    runs = result.runs
    pull = median(run.pull for run in runs)
    size = sum(result.case.layer_sizes)
    network = [run.network for run in runs if run.network is not None]
    costs = [run.cost for run in runs if run.cost is not None]
    return [
        result.case.name,
        result.program,
        f"{median(run.wall for run in runs):.2f}",
        f"{pull:.2f}",
        f"{pull / base:.2f}" if base else "",
        f"{median(run.cpu for run in runs):.2f}",
        str(round(result.idle / 1e6)),
        str(round((median(run.peak for run in runs) - result.idle) / 1e6)),
        f"{median(network) / size:.3f}" if network else "",
        *_own_cost(costs),
    ]


def _own_cost(costs: Sequence[OwnCost]) -> list[str]:
    frames = sum(cost.frames for cost in costs)
    if not costs or not frames:
        return [""] * 4
    seconds = (
        max(cost.lag_max for cost in costs),
        max(cost.lag_p99 for cost in costs),
        sum(cost.drawing for cost in costs) / frames,
        max(cost.frame_p99 for cost in costs),
    )
    return [f"{value * 1000:.1f}" for value in seconds]


def _as_text(rows: Sequence[Sequence[str]]) -> str:
    table = [COLUMNS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    lines = [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
    return "\n".join([*lines, ""])


def _as_markdown(about: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---"] * 2 + ["---:"] * (len(COLUMNS) - 2)
    table = [f"| {' | '.join(row)} |" for row in (COLUMNS, rule, *rows)]
    return "\n".join([*about, "", *table, ""])


if __name__ == "__main__":
    sys.exit(main())
