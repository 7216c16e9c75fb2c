"""The programs that are compared: how each is told to pull an image, and what one pull costs.

All get the same numbers of layers, connections and bytes per chunk where they have such settings.
All but aria2c and ctr leave an OCI layout; those leave the blobs, checked against their digests.
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from servers import Registry

from pullscope.engine.model import Settings
from pullscope.lab.config import SyntheticImage

HEADLESS = "pullscope"
_PULLSCOPE = [sys.executable, "-m", "pullscope"]
_TICK = 0.1
"""Seconds between two samples in a trace of Pullscope's."""

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
        pull: seconds from the start of the pull to the committed image.
        network: bytes of layers that came over the network; None where it does not tell.
        lag: seconds that its event loop was late at the worst, for the timer that takes a sample
            ten times a second; None where it does not tell.
    """

    pull: float
    network: int | None = None
    lag: float | None = None


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
        lag: see `Told`.
    """

    wall: float
    pull: float
    cpu: float
    peak: int
    network: int | None
    lag: float | None


@dataclass(frozen=True, slots=True)
class Puller:
    """A program with everything it needs to pull one image once.

    Attributes:
        command: what to run; it writes to the scratch directory's "out".
        read: makes what the program tells out of its stdout; None where it tells nothing.
    """

    name: str
    command: list[str]
    read: Callable[[str], Told] | None = None


def absent() -> dict[str, str]:
    """Return why programs cannot be compared here, by the name of each."""
    wanted = {
        "window": ("xvfb-run",),
        "skopeo": ("skopeo",),
        "aria2c": ("aria2c",),
        "crane": ("crane",),
        "ctr": ("ctr", "containerd"),
    }
    reasons = {
        name: f"{tool} is not installed"
        for name, tools in wanted.items()
        for tool in tools
        if shutil.which(tool) is None
    }
    if "ctr" not in reasons and os.geteuid():
        reasons["ctr"] = "containerd needs root"
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
    return [
        registry.reference(image), "-o", str(scratch / "out"),
        f"--layers={settings.layers}", f"--parallelism={settings.parallelism}",
        f"--connections={settings.connections}", f"--chunk-size={settings.chunk_size}",
        *_told_of_tls(registry, scratch),
    ]  # fmt: skip


def _told_of_tls(registry: Registry, scratch: Path) -> list[str]:
    """Return the options, Pullscope's and ctr's alike, by which they speak TLS where it does.

    Both ask registries on this machine in plain HTTP unless a file says otherwise. Whom to trust
    they know from the environment.
    """
    if registry.authority is None:
        return []
    hosts = scratch / "hosts"
    file = hosts / registry.host / "hosts.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    # containerd reads no file without the table.
    file.write_text(f'server = "{registry.url}"\n[host]\n')
    return ["--hosts-dir", str(hosts)]


def _skopeo(registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings) -> Puller:
    trust = (
        "--src-tls-verify=false"
        if registry.authority is None
        else f"--src-cert-dir={registry.authority.directory}"
    )
    # Without --preserve-digests it would compress the layers, which nobody else does.
    command = [
        "skopeo", "copy", "-q", "--preserve-digests", trust,
        f"docker://{registry.reference(image)}", f"oci:{scratch / 'out'}:1",
    ]  # fmt: skip
    return Puller("skopeo", command)


def _aria2c(registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings) -> Puller:
    base = f"{registry.url}/v2/{image.repository}"
    request = urllib.request.Request(
        f"{base}/manifests/{image.tag}",
        headers={"Accept": "application/vnd.oci.image.manifest.v1+json"},
    )
    trust = (
        None
        if registry.authority is None
        else ssl.create_default_context(cafile=registry.authority.certificate)
    )
    with urllib.request.urlopen(request, context=trust) as reply:
        layers = json.load(reply)["layers"]
    jobs = scratch / f"aria2c-{image.repository.replace('/', '-')}"
    jobs.write_text(
        "".join(
            f"{base}/blobs/{layer['digest']}\n"
            f"  out={layer['digest'][7:]}\n"
            f"  checksum=sha-256={layer['digest'][7:]}\n"
            for layer in layers
        )
    )
    command = [
        "aria2c", "-q", "-i", str(jobs), "-d", str(scratch / "out"), f"-j{settings.layers}",
        # It allows no more than 16 connections to one server.
        f"-x{min(settings.parallelism, 16)}", f"-s{settings.parallelism}", "-k1M",
        "--file-allocation=none", "--no-conf",
    ]  # fmt: skip
    if registry.authority is not None:
        command.append(f"--ca-certificate={registry.authority.certificate}")
    return Puller("aria2c", command)


def _crane(registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings) -> Puller:
    command = ["crane", "pull", "--format=oci", registry.reference(image), str(scratch / "out")]
    return Puller("crane", command)


def _ctr(registry: Registry, image: SyntheticImage, scratch: Path, settings: Settings) -> Puller:
    script = Path(__file__).with_name("containerd_fetch.py")
    command = [
        sys.executable, str(script), str(scratch / "out"), registry.reference(image),
        *_told_of_tls(registry, scratch),
    ]  # fmt: skip
    return Puller("ctr", command, lambda output: Told(float(output)))


OTHERS: Mapping[str, Callable[[Registry, SyntheticImage, Path, Settings], Puller]] = {
    "window": _window,
    "skopeo": _skopeo,
    "aria2c": _aria2c,
    "crane": _crane,
    "ctr": _ctr,
}
"""How each program but `HEADLESS` is told to pull, by its name."""


def run(puller: Puller, registry: Registry, image: SyntheticImage, scratch: Path) -> Run:
    """Let a program pull once, and remove at once what it wrote and what it remembers.

    Raises:
        SystemExit: it failed, or it left fewer bytes than the image has.
    """
    environment = fresh_environment(scratch / "home")
    if registry.authority is not None:
        environment["SSL_CERT_FILE"] = str(registry.authority.certificate)
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
        told = puller.read(output) if puller.read else Told(wall)
    finally:
        for name in ("out", "out.jsonl", "home"):
            _remove(scratch / name)
    counted = registry.blob_bytes_sent()
    network = told.network if sent is None or counted is None else counted - sent
    return Run(wall, told.pull, cpu, peak, network, told.lag)


def fresh_environment(home: Path) -> dict[str, str]:
    """Return an environment in which no program knows a registry from an earlier pull.

    What programs remember goes below `home`. The cache is left as it is: it holds what the system's
    fonts are, not what registries do.
    """
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    return {**os.environ, **{name: str(home / name.lower()) for name in names}}


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _from_json(output: str) -> Told:
    summary = json.loads(output.splitlines()[-1])
    return Told(float(summary["timeline"]["committed"]), int(summary["bytes_from_network"]))


def _from_trace(trace: Path) -> Told:
    events = [json.loads(line) for line in trace.read_text().splitlines()]
    [ended] = [event for event in events if event.get("event") == "PullEnded"]
    ticks = [event["at"] for event in events if event.get("event") == "Sampled"]
    late = [after - before - _TICK for before, after in pairwise(ticks)]
    return Told(float(ended["at"]), lag=max(0.0, *late) if late else None)
