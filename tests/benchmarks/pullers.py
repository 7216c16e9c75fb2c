"""The programs that are compared: how each is told to pull an image, and what one pull costs.

All get the same numbers of layers, connections and bytes per chunk where they have such settings.
All but aria2c and ctr leave an OCI layout; those leave the blobs, checked against their digests.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from servers import Registry

from pullscope.engine.events import PullEnded
from pullscope.engine.model import Settings
from pullscope.lab.config import SyntheticImage
from pullscope.sweep.drivers.driver import write_tls_hosts
from pullscope.sweep.drivers.programs import DRIVERS
from pullscope.sweep.settings import TrialSettings
from pullscope.trace.file import read_trace
from pullscope.trace.own_cost import OwnCost, own_cost

HEADLESS = "pullscope"
_PULLSCOPE = [sys.executable, "-m", "pullscope"]

# A process between, so that children's CPU and memory are those of this command alone. It is small,
# because what a child is said to have had resident begins at the size of whoever started it.
_MEASURE = (
    "import json, resource, subprocess, sys, time\n"
    "began = time.perf_counter()\n"
    "done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
    "wall = time.perf_counter() - began\n"
    "usage = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
    "print(json.dumps([done.returncode, wall, usage.ru_utime + usage.ru_stime,"
    " usage.ru_maxrss * 1024, done.stdout]))\n"
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a program tells of its pull itself.

    Attributes:
        pull: seconds from the start of the pull to the committed image; None where it does not
            tell.
        network: bytes of layers that came over the network; None where it does not tell.
        cost: how late its event loop was and what frames took; None where it does not tell.
    """

    pull: float | None = None
    network: int | None = None
    cost: OwnCost | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What one pull cost.

    Attributes:
        wall: seconds from the start of the program to its end.
        pull: seconds of the pull as the program tells; of the whole program where it does not.
        cpu: seconds of all cores, of the program and of the children it waited for.
        peak: the most bytes that any one of them had resident.
        network: bytes of blobs over the wire as the lab counts, or else of layers as the program
            tells; None where neither does.
        cost: see `Told`.
    """

    wall: float
    pull: float
    cpu: float
    peak: int
    network: int | None
    cost: OwnCost | None


@dataclass(frozen=True, slots=True)
class Puller:
    """A program with everything it needs to pull one image once.

    Attributes:
        command: what to run; it writes to the scratch directory's "out".
        read: makes what the program tells out of its stdout; None where it tells nothing.
        prepare: what is done before each pull, and is no part of it.
    """

    name: str
    command: list[str]
    read: Callable[[str], Told] | None = None
    prepare: Callable[[], None] | None = None


def absent() -> dict[str, str]:
    """Return why programs cannot be compared here, by the name of each."""
    reasons = {
        name: f"install {DRIVERS[name].package}"
        for name in _BY_DRIVER
        if DRIVERS[name].found() is None
    }
    if shutil.which("xvfb-run") is None:
        reasons["window"] = "xvfb-run is not installed"
    return reasons


def pullers(
    registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings
) -> list[Puller]:
    """Return the programs that can be compared here, each told to pull `image`."""
    others = [make for name, make in OTHERS.items() if name not in absent()]
    return [
        headless(HEADLESS, registry, image, scratch, settings),
        *(make(registry, image, scratch, settings) for make in others),
    ]


def headless(
    name: str, registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings
) -> Puller:
    """Return Pullscope without its window, under any name."""
    command = [*_PULLSCOPE, "pull", *_told_to_pullscope(registry, image, scratch, settings)]
    return Puller(name, [*command, "--quiet", "--json"], _from_json)


def _window(registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings) -> Puller:
    trace = scratch / "out.jsonl"
    command = [
        "xvfb-run", "-a", "-s", "-screen 0 1600x1000x24", *_PULLSCOPE, "gui",
        *_told_to_pullscope(registry, image, scratch, settings),
        "--exit-when-done", "--trace", str(trace),
    ]  # fmt: skip
    return Puller("window", command, lambda _: _from_trace(trace))


def _told_to_pullscope(
    registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings
) -> list[str]:
    reference = registry.reference(image)
    return [
        reference, "-o", str(scratch / "out"),
        f"--layers={settings.layers}", f"--parallelism={settings.parallelism}",
        f"--connections={settings.connections}", f"--chunk-size={settings.chunk_size}",
        *_told_of_tls(registry, reference, scratch),
    ]  # fmt: skip


def _told_of_tls(registry: Registry, reference: str, scratch: Path) -> list[str]:
    if registry.authority is None:
        return []
    hosts = scratch / "hosts"
    if not hosts.exists():
        write_tls_hosts(reference, hosts)
    return ["--hosts-dir", str(hosts)]


def _by_driver(
    name: str, registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings
) -> Puller:
    destination = scratch / "out"
    made = DRIVERS[name].command(
        registry.reference(image),
        TrialSettings(settings.layers, settings.parallelism, settings.chunk_size),
        destination,
        insecure=registry.authority is None,
    )

    def read(output: str) -> Told:
        told = made.read(output, destination)
        # Unpacking is not compared: the others leave it to whoever starts the container.
        return Told(told.network_seconds or told.pull_seconds, told.network_bytes)

    return Puller(name, made.arguments, read, made.prepare)


_BY_DRIVER = ("skopeo", "aria2c", "crane", "ctr")

OTHERS: Mapping[str, Callable[[Registry, SyntheticImage, Path, Settings], Puller]] = {
    "window": _window,
    **{name: partial(_by_driver, name) for name in _BY_DRIVER},
}
"""How each program but `HEADLESS` is told to pull, by its name."""


def run(puller: Puller, registry: Registry, image: SyntheticImage, scratch: Path) -> Run:
    """Let a program pull once, and remove at once what it wrote and what it remembers.

    Raises:
        SystemExit: it failed, or it left fewer bytes than the image has.
    """
    environment = fresh_environment(scratch / "home")
    (scratch / "out").mkdir()
    if puller.prepare:
        puller.prepare()
    sent = registry.blob_bytes_sent()
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _MEASURE, *puller.command],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=environment,
        )
        status, wall, cpu, peak, output = json.loads(done.stdout)
        if status:
            raise SystemExit(f"{puller.name} ended with status {status}: {puller.command}")
        left = sum(path.stat().st_size for path in (scratch / "out").rglob("*") if path.is_file())
        if left < sum(image.layer_sizes):
            raise SystemExit(f"{puller.name} left only {left} bytes of {image}")
        told = puller.read(output) if puller.read else Told()
    finally:
        for name in ("out", "out.jsonl", "home"):
            _remove(scratch / name)
    counted = registry.blob_bytes_sent()
    network = told.network if sent is None or counted is None else counted - sent
    return Run(wall, told.pull or wall, cpu, peak, network, told.cost)


def fresh_environment(home: Path) -> dict[str, str]:
    """Return an environment in which no program knows a registry from an earlier pull.

    What programs remember goes below `home`. The cache is left as it is: it holds what the system's
    fonts are, not what registries do.
    """
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    environment = {**os.environ, **{name: str(home / name.lower()) for name in names}}
    # An installed program has its bytecode; where Python may not keep it, every start compiles all.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _from_json(output: str) -> Told:
    summary = json.loads(output.splitlines()[-1])
    return Told(float(summary["timeline"]["committed"]), int(summary["bytes_from_network"]))


def _from_trace(trace: Path) -> Told:
    events = read_trace(trace)
    [ended] = [event for event in events if isinstance(event, PullEnded)]
    return Told(ended.at, cost=own_cost(events))
