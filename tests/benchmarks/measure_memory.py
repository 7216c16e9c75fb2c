"""Measures how much memory a pull takes beyond that of the idle program, whatever the layer's size.

    PYTHONPATH=app python tests/benchmarks/measure_memory.py [--sizes 1GiB,10GiB]
        [--rates uncapped,20MiB] [--parallelism 110] [--chunk-size 32MiB]
        [--transport httpx] [--markdown FILE]

`pullscope pull --json` pulls one layer from the lab, which makes it up as it sends it, to /dev/shm.
The process is watched from outside. Three measures, in MB (10^6 bytes):

- RSS: resident bytes, 20 times a second;
- private: RSS less pages of files and of shared memory, in the same moments;
- USS: bytes that no other process shares, twice a second.

Idle is a sample before the first reply: the program is imported, its session is open and its first
request is sent, and the lab holds the answer back until that sample is taken. `above` is the
greatest sample from then on less the idle one. `kernel` is the greatest RSS by the kernel's own
account (VmHWM), which misses no moment, less the idle RSS.

`pull` is the time of the pull less that for which the first answer was held back. `bodies` is how
many bodies of blobs the lab sent at once at most, which is how many connections there really were:
a layer of few chunks needs few.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from pullers import fresh_environment

from pullscope.engine.model import GIB, Settings
from pullscope.engine.transport import TRANSPORTS
from pullscope.engine.units import parse_size, size_text
from pullscope.lab.config import LabConfig, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess

INTERVAL = 0.05
"""Seconds between two samples."""
USS_EVERY = 10
"""Samples of which one measures the USS as well, for which the kernel walks through all pages."""
FIRST_REPLY_AFTER = 3.0
IDLE_AFTER = 1.5
"""Seconds after the first request: when it is answered, and when the program is taken as idle."""
SPARE = 4 * GIB
COLUMNS = (
    "layer", "rate", "pull s", "wire", "bodies", "idle RSS", "above", "kernel", "idle private",
    "above", "idle USS", "above",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process occupies in one moment, in bytes; `uss` is None in most."""

    rss: int
    private: int
    uss: int | None


def main() -> int:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="1GiB,10GiB", help="of the layer, by comma")
    parser.add_argument(
        "--rates", default="uncapped,20MiB", help="bytes/s per connection, by comma"
    )
    parser.add_argument("--parallelism", type=int, default=110)
    parser.add_argument("--chunk-size", type=parse_size, default=parse_size("32MiB"))
    parser.add_argument("--transport", choices=TRANSPORTS, default=TRANSPORTS[0])
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    settings = Settings(
        parallelism=options.parallelism,
        connections=options.parallelism,
        chunk_size=options.chunk_size,
    )
    table = [f"| {' | '.join(COLUMNS)} |", "|---|---|" + "---:|" * (len(COLUMNS) - 2)]
    print("\n".join(table), flush=True)
    for size in map(parse_size, options.sizes.split(",")):
        for rate in options.rates.split(","):
            cap = None if rate == "uncapped" else parse_size(rate)
            row = [size_text(size), rate if cap is None else f"{size_text(cap)}/s"]
            row += _measure(size, cap, settings, options.transport)
            table.append(f"| {' | '.join(row)} |")
            print(table[-1], flush=True)
            if options.markdown is not None:
                options.markdown.write_text("\n".join([*table, ""]))
    return 0


def _measure(size: int, cap: int | None, settings: Settings, transport: str) -> list[str]:
    """Pull a layer of `size` bytes once and return what there is to tell of it, for the table."""
    _check_room(size)
    image = SyntheticImage("bench/app", "1", (size,))
    config = LabConfig(images=(image,), shaping=Shaping(latency=FIRST_REPLY_AFTER))
    with (
        tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pullscope-memory-") as directory,
        LabProcess(config) as lab,
    ):
        process = subprocess.Popen(
            [
                sys.executable, "-m", "pullscope", "pull", lab.references[0],
                "-o", str(Path(directory, "out")),
                f"--parallelism={settings.parallelism}", f"--connections={settings.connections}",
                f"--chunk-size={settings.chunk_size}", f"--transport={transport}",
                "--quiet", "--json",
            ],
            stdout=subprocess.PIPE,
            text=True,
            env=fresh_environment(Path(directory, "home")),
        )  # fmt: skip
        try:
            idle = _wait_until_idle(process, lab)
            lab.reshape(shaping=Shaping(rate_per_connection=cap))
            samples = _watch(process)
            output, _ = process.communicate()
        finally:
            process.kill()
            process.wait()
        statistics = lab.statistics()
    if process.returncode:
        raise SystemExit(f"the pull ended with status {process.returncode}")
    summary = json.loads(output)
    rss = max(sample.rss for sample in samples)
    private = max(sample.private for sample in samples)
    uss = max((sample.uss for sample in samples if sample.uss is not None), default=None)
    return [
        f"{summary['timeline']['committed'] - FIRST_REPLY_AFTER:.2f}",
        f"{statistics.blob_bytes_sent / size:.3f}",
        str(statistics.bodies_peak),
        _mb(idle.rss),
        _mb(rss - idle.rss),
        _mb(summary["peak_rss_bytes"] - idle.rss),
        _mb(idle.private),
        _mb(private - idle.private),
        "" if idle.uss is None else _mb(idle.uss),
        "" if uss is None or idle.uss is None else _mb(uss - idle.uss),
    ]


def _check_room(size: int) -> None:
    needed = size + SPARE
    free = min(psutil.virtual_memory().available, shutil.disk_usage("/dev/shm").free)
    if free < needed:
        raise SystemExit(
            f"a layer of {size_text(size)} needs {size_text(needed)} of memory; "
            f"{size_text(free)} is free"
        )


def _wait_until_idle(process: "subprocess.Popen[str]", lab: LabProcess) -> Sample:
    while not lab.statistics().requests:
        if process.poll() is not None:
            raise SystemExit(f"the pull ended with status {process.returncode} before it began")
        time.sleep(INTERVAL)
    time.sleep(IDLE_AFTER)
    return _sample(psutil.Process(process.pid), with_uss=True)


def _watch(process: "subprocess.Popen[str]") -> list[Sample]:
    """Sample a process until it ends."""
    watched = psutil.Process(process.pid)
    samples: list[Sample] = []
    while process.poll() is None:
        try:
            samples.append(_sample(watched, with_uss=len(samples) % USS_EVERY == 0))
        except psutil.NoSuchProcess:
            break
        time.sleep(INTERVAL)
    return samples


def _sample(process: psutil.Process, *, with_uss: bool) -> Sample:
    info = process.memory_info()
    uss = process.memory_full_info().uss if with_uss else None
    return Sample(info.rss, info.rss - info.shared, uss)


def _mb(size: int) -> str:
    return str(round(size / 1e6))


if __name__ == "__main__":
    sys.exit(main())
