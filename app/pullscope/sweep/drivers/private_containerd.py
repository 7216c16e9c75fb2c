"""Runs ctr against a containerd of its own, and tells the seconds that ctr took.

    private_containerd.py DIRECTORY ARGUMENT OF ctr...

A program, and a small one: what it imports would count as memory of the pull. The daemon keeps
everything in DIRECTORY, where it finds its config.toml, and ends with ctr, so that its CPU time and
memory are those of a child. It needs root.

Prints a JSON object: `seconds` from ctr's start to its end, and `unpacking`, those that it unpacked
for after it had fetched, or null where it does not say.
"""

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_STARTS_WITHIN = 20.0  # seconds
_ENDS_WITHIN = 20.0
_TERMINATED = 143  # the status of a program that SIGTERM ended
_UNPACKED = re.compile(r"^done: ([0-9.]+(?:h|ms|µs|m|s))+", re.MULTILINE)
_PART = re.compile(r"([0-9.]+)(h|ms|µs|m|s)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "µs": 1e-6}


def main() -> int:
    """Run what the command line names, and return ctr's exit status."""
    # As an exception, so that what is done here is undone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    root = Path(sys.argv[1])
    log_file = root / "containerd.log"
    # The path of a socket may have a hundred bytes or so.
    with tempfile.TemporaryDirectory(prefix="pullscope-") as short, log_file.open("w") as log:
        address = Path(short, "s")
        daemon = subprocess.Popen(  # noqa: S603 - paths of ours
            [  # noqa: S607 - whichever the user has
                "containerd", "--config", root / "config.toml", "--root", root / "root",
                "--state", Path(short, "state"), "--address", address,
            ],
            stdout=log,
            stderr=log,
        )  # fmt: skip
        ctr = ["ctr", "--address", str(address)]
        try:
            if not _answers(ctr, daemon):
                sys.stderr.write(
                    f"containerd did not start\n{log_file.read_text('utf-8', 'replace')}"
                )
                return 1
            began = time.perf_counter()
            done = subprocess.run([*ctr, *sys.argv[2:]], stdout=subprocess.PIPE)  # noqa: S603 - that is its task
            seconds = time.perf_counter() - began
        finally:
            _end(daemon)
    unpacking = _unpacking(done.stdout.decode("utf-8", "replace"))
    json.dump({"seconds": seconds, "unpacking": unpacking}, sys.stdout)
    return done.returncode


def _answers(ctr: "list[str]", daemon: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + _STARTS_WITHIN
    while subprocess.run([*ctr, "version"], capture_output=True).returncode:  # noqa: S603
        if daemon.poll() is not None or time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _end(daemon: "subprocess.Popen[bytes]") -> None:
    daemon.terminate()
    try:
        daemon.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()


def _unpacking(said: str) -> "float | None":
    """Return the seconds of ctr's last line, "done: 1m2.5s", None where there is no such line."""
    match = _UNPACKED.search(said)
    if match is None:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(match[0]))


if __name__ == "__main__":
    sys.exit(main())
