"""Pulls one image with Pullscope and with other programs, in turn, and prints ratios.

    .venv/bin/python tests/benchmarks/compare_pullers.py [--layers 8x128MiB] [--rounds 5]
                                                         [--cap 20MiB] [--only pullscope,skopeo]

Data is served from and written to /dev/shm, so that no disk is measured. The server is Debian's
docker-registry, filled by skopeo; with --cap it is the lab, at so many bytes/s per connection.
Every round runs each program once, so that whatever else the machine does hits all alike. What
counts is the last column: the median time as a ratio to the first program's. `pull` is the time
from start to commit as the program itself tells (for the window the wall time includes opening
it); CPU seconds and peak memory are those of the program and its children.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pullscope.engine.units import parse_size
from pullscope.lab.config import LabConfig, Shaping, SyntheticImage, parse_layer_sizes
from pullscope.lab.process import LabProcess

PULLSCOPE = [sys.executable, "-m", "pullscope"]


@dataclass(frozen=True, slots=True)
class Run:
    """One pull: seconds of wall time, of the pull alone, of CPU; peak resident bytes."""

    wall: float
    pull: float
    cpu: float
    memory: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--layers", default="512MiB,256MiB,128MiB,64MiB,32MiB,16MiB,12MiB,4MiB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cap", type=parse_size, help="bytes/s per connection; serves by the lab")
    parser.add_argument("--parallelism", type=int, default=8)
    parser.add_argument("--chunk-size", default="16MiB")
    parser.add_argument("--only", help="programs, by comma")
    options = parser.parse_args()
    image = SyntheticImage("bench/app", "1", parse_layer_sizes(options.layers))
    settings = ["--parallelism", str(options.parallelism), "--chunk-size", options.chunk_size]
    with tempfile.TemporaryDirectory(dir="/dev/shm") as scratch:
        root = Path(scratch)
        with _server(root, image, options.cap) as host:
            reference = f"{host}/bench/app:1"
            programs = _programs(reference, root, settings, options.parallelism)
            if options.only:
                programs = {name: programs[name] for name in options.only.split(",")}
            results: dict[str, list[Run]] = {name: [] for name in programs}
            for number in range(options.rounds):
                for name, program in programs.items():
                    shutil.rmtree(root / "out", ignore_errors=True)
                    results[name].append(program())
                    print(f"round {number + 1}: {name} {results[name][-1]}", file=sys.stderr)
    _print_table(results, sum(image.layer_sizes))
    return 0


def _programs(
    reference: str, root: Path, settings: list[str], connections: int
) -> dict[str, Callable[[], Run]]:
    out = str(root / "out")
    trace = root / "trace.jsonl"
    programs: dict[str, Callable[[], Run]] = {
        "pullscope": lambda: _run(
            [*PULLSCOPE, "pull", reference, "-o", out, *settings, "--quiet", "--json"], _from_json
        )
    }
    if shutil.which("xvfb-run"):
        window = [*PULLSCOPE, "gui", reference, "-o", out, *settings, "--exit-when-done"]
        programs["window"] = lambda: _run(
            ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", *window, "--trace", str(trace)],
            lambda _: _from_trace(trace),
        )
    if shutil.which("skopeo"):
        # Without --preserve-digests it would compress the layers, which nobody else does.
        copy = ["skopeo", "copy", "-q", "--preserve-digests", "--src-tls-verify=false"]
        programs["skopeo"] = lambda: _run([*copy, f"docker://{reference}", f"oci:{out}:1"])
    if shutil.which("aria2c"):
        programs["aria2c"] = lambda: _run(_aria2c(reference, root, connections))
    return programs


def _aria2c(reference: str, root: Path, connections: int) -> list[str]:
    import urllib.request

    host, _, rest = reference.partition("/")
    name, _, tag = rest.partition(":")
    request = urllib.request.Request(
        f"http://{host}/v2/{name}/manifests/{tag}",
        headers={"Accept": "application/vnd.oci.image.manifest.v1+json"},
    )
    with urllib.request.urlopen(request) as reply:
        layers = json.load(reply)["layers"]
    jobs = root / "jobs"
    jobs.write_text(
        "".join(
            f"http://{host}/v2/{name}/blobs/{layer['digest']}\n"
            f"  out={layer['digest'][7:]}\n"
            f"  checksum=sha-256={layer['digest'][7:]}\n"
            for layer in layers
        )
    )
    return [
        "aria2c", "-q", "-i", str(jobs), "-d", str(root / "out"), "-j3",
        f"-x{min(connections, 16)}", f"-s{connections}", "-k1M",
        "--file-allocation=none", "--no-conf",
    ]  # fmt: skip


def _run(command: list[str], pull_time: Callable[[str], float] | None = None) -> Run:
    # A process between, so that children's CPU and memory are those of this command alone.
    measure = (
        "import resource, subprocess, sys, time, json\n"
        "began = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
        "wall = time.perf_counter() - began\n"
        "usage = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([done.returncode, wall, usage.ru_utime + usage.ru_stime,"
        " usage.ru_maxrss * 1024, done.stdout]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, *command], stdout=subprocess.PIPE, text=True, check=True
    )
    status, wall, cpu, memory, output = json.loads(done.stdout)
    if status:
        raise SystemExit(f"{command[0]} ended with status {status}")
    return Run(wall, pull_time(output) if pull_time else wall, cpu, memory)


def _from_json(output: str) -> float:
    return float(json.loads(output.splitlines()[-1])["timeline"]["committed"])


def _from_trace(trace: Path) -> float:
    [ended] = [
        event
        for event in map(json.loads, trace.read_text().splitlines())
        if event.get("event") == "PullEnded"
    ]
    return float(ended["at"])


@contextmanager
def _server(root: Path, image: SyntheticImage, cap: int | None) -> Iterator[str]:
    shaping = Shaping(rate_per_connection=cap)
    with LabProcess(LabConfig(images=(image,), shaping=shaping)) as lab:
        if cap is not None:
            yield lab.host
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            host = f"127.0.0.1:{probe.getsockname()[1]}"
        config = root / "config.yml"
        config.write_text(
            f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {root / 'registry'}\n"
            f"http:\n  addr: {host}\nlog:\n  level: error\n"
        )
        registry = subprocess.Popen(
            ["docker-registry", "serve", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(host)
            subprocess.run(
                [
                    "skopeo", "copy", "-q", "--preserve-digests", "--src-tls-verify=false",
                    "--dest-tls-verify=false", f"docker://{lab.host}/bench/app:1",
                    f"docker://{host}/bench/app:1",
                ],
                check=True,
            )  # fmt: skip
            lab.stop()
            yield host
        finally:
            registry.terminate()
            registry.wait()


def _wait_for(host: str) -> None:
    name, _, port = host.partition(":")
    for _ in range(200):
        try:
            socket.create_connection((name, int(port)), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("docker-registry did not start")


def _print_table(results: dict[str, list[Run]], size: int) -> None:
    print(f"{size / 2**30:.2f} GiB, {os.cpu_count()} cores, medians")
    print("| program | wall s | pull s | CPU s | peak MB | MB/s | ratio |")
    print("|---|---|---|---|---|---|---|")
    first: float | None = None
    for name, runs in results.items():
        pull = statistics.median(run.pull for run in runs)
        first = first or pull
        wall = statistics.median(run.wall for run in runs)
        cpu = statistics.median(run.cpu for run in runs)
        memory = statistics.median(run.memory for run in runs)
        print(
            f"| {name} | {wall:.2f} | {pull:.2f} | {cpu:.2f} | {memory / 1e6:.0f} "
            f"| {size / pull / 1e6:.0f} | {pull / first:.2f} |"
        )


if __name__ == "__main__":
    sys.exit(main())
