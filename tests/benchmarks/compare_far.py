"""Pulls over a line with a long round trip and loss, by Pullscope and others in turn.

    PYTHONPATH=app python tests/benchmarks/compare_far.py [--round-trip 0.04] [--loss 0.0001]
                              [--size 256MiB] [--parallelism 1,8,16] [--rounds 3] [--markdown FILE]

One layer comes from the lab, over the line of `far_network`, to /dev/shm. aria2c gets as many
connections as Pullscope, at most the 16 that it allows, and checks the digest; skopeo uses one.
Medians of the seconds of whole programs. It takes root.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from far_network import FarNetwork, far_network
from pullers import fresh_environment

from pullscope.engine.units import parse_size

PORT = 5000
IMAGE = "bench/far"
_LARGEST_OF_ARIA2C = 16
_READ = "import sys, urllib.request as u; print(u.urlopen(u.Request(sys.argv[1])).read().decode())"


def main() -> int:
    """Compare what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--round-trip", type=float, default=0.04, help="seconds")
    parser.add_argument("--loss", type=float, default=0.0001, help="share of packets, each way")
    parser.add_argument("--size", type=parse_size, default=parse_size("256MiB"))
    parser.add_argument("--chunk-size", type=parse_size, default=parse_size("8MiB"))
    parser.add_argument("--parallelism", default="1,8,16", help="by comma")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    options = parser.parse_args()
    table = ["| connections | program | s | ratio |", "|---:|---|---:|---:|"]
    with (
        far_network(options.round_trip, options.loss) as network,
        tempfile.TemporaryDirectory(dir="/dev/shm", prefix="pullscope-far-") as directory,
    ):
        scratch = Path(directory)
        lab = _start_lab(network, options.size)
        try:
            digest = _digest(network)
            for parallelism in map(int, options.parallelism.split(",")):
                programs = _programs(network, digest, scratch, parallelism, options.chunk_size)
                seconds: dict[str, list[float]] = {name: [] for name in programs}
                for _ in range(options.rounds):
                    for name, command in programs.items():
                        seconds[name].append(_run(network, name, command, scratch, options.size))
                ours = median(seconds["pullscope"])
                for name, each in seconds.items():
                    took = median(each)
                    table.append(f"| {parallelism} | {name} | {took:.2f} | {took / ours:.2f} |")
        finally:
            lab.terminate()
            lab.wait()
    print("\n".join(table))
    if options.markdown is not None:
        options.markdown.write_text("\n".join([*table, ""]))
    return 0


def _start_lab(network: FarNetwork, size: int) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-m", "pullscope", "lab", f"--image={IMAGE}:1={size}",
        f"--host={network.address}", f"--port={PORT}",
    ]  # fmt: skip
    lab = subprocess.Popen(
        network.inside(network.server, command), stdout=subprocess.PIPE, text=True
    )
    assert lab.stdout is not None
    if not lab.stdout.readline():
        raise SystemExit("the lab did not start")
    return lab


def _digest(network: FarNetwork) -> str:
    url = f"http://{network.address}:{PORT}/v2/{IMAGE}/manifests/1"
    read = network.inside(network.client, [sys.executable, "-c", _READ, url])
    manifest = json.loads(subprocess.run(read, check=True, capture_output=True).stdout)
    return str(manifest["layers"][0]["digest"])


def _programs(
    network: FarNetwork, digest: str, scratch: Path, parallelism: int, chunk_size: int
) -> dict[str, list[str]]:
    host = f"{network.address}:{PORT}"
    programs = {
        "pullscope": [
            sys.executable, "-m", "pullscope", "pull", f"{host}/{IMAGE}:1", "--plain-http",
            "-o", str(scratch / "out"), f"--parallelism={parallelism}",
            f"--connections={parallelism}", f"--chunk-size={chunk_size}", "--quiet",
        ]
    }  # fmt: skip
    if shutil.which("aria2c"):
        programs["aria2c"] = [
            "aria2c", "-q", f"http://{host}/v2/{IMAGE}/blobs/{digest}", "-d", str(scratch / "out"),
            f"-x{min(parallelism, _LARGEST_OF_ARIA2C)}", f"-s{parallelism}", "-k1M", "--no-conf",
            f"--checksum=sha-256={digest[7:]}", "--file-allocation=none",
        ]  # fmt: skip
    if parallelism == 1 and shutil.which("skopeo"):
        programs["skopeo"] = [
            "skopeo", "copy", "-q", "--preserve-digests", "--src-tls-verify=false",
            f"docker://{host}/{IMAGE}:1", f"oci:{scratch / 'out'}:1",
        ]  # fmt: skip
    return programs


def _run(network: FarNetwork, name: str, command: list[str], scratch: Path, size: int) -> float:
    began = time.perf_counter()
    subprocess.run(
        network.inside(network.client, command),
        check=True,
        env=fresh_environment(scratch / "home"),
    )
    took = time.perf_counter() - began
    left = sum(path.stat().st_size for path in (scratch / "out").rglob("*") if path.is_file())
    if left < size:
        raise SystemExit(f"{name} left only {left} bytes")
    for folder in ("out", "home"):
        shutil.rmtree(scratch / folder, ignore_errors=True)
    return took


if __name__ == "__main__":
    sys.exit(main())
