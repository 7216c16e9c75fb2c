"""Fetches an image with ctr into a containerd of its own, and prints the seconds that took.

    containerd_fetch.py DIRECTORY REFERENCE [OPTION OF ctr content fetch]...

Only the content is fetched: nothing is unpacked. The daemon keeps everything in DIRECTORY and ends
with the fetch, so that its CPU time and memory are those of a child. It needs root.
"""

import subprocess
import sys
import time
from pathlib import Path

_STARTS_WITHIN = 20.0


def main() -> int:
    """Fetch what the command line names, and return ctr's exit status."""
    directory, reference, *options = sys.argv[1:]
    root = Path(directory)
    root.mkdir(parents=True)
    config = root / "config.toml"
    config.write_text('version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n')
    address = root / "containerd.sock"
    log_file = root / "containerd.log"
    with log_file.open("w") as log:
        daemon = subprocess.Popen(
            [
                "containerd", "--config", str(config), "--root", str(root / "root"),
                "--state", str(root / "state"), "--address", str(address),
            ],
            stdout=log,
            stderr=log,
        )  # fmt: skip
    ctr = ["ctr", "--address", str(address)]
    try:
        if not _answers(ctr, daemon):
            raise SystemExit(f"containerd did not start\n{log_file.read_text()}")
        began = time.perf_counter()
        done = subprocess.run(
            [*ctr, "content", "fetch", *options, reference], stdout=subprocess.DEVNULL
        )
        print(time.perf_counter() - began)
    finally:
        daemon.terminate()
        daemon.wait()
    return done.returncode


def _answers(ctr: list[str], daemon: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + _STARTS_WITHIN
    while subprocess.run([*ctr, "version"], capture_output=True).returncode:
        if daemon.poll() is not None or time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


if __name__ == "__main__":
    sys.exit(main())
