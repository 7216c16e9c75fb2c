"""Runs a command and prints what it cost, as one line of JSON.

    measure.py COMMAND...

A program, and a small one, started with `python -I -S`: a child's memory is said to begin at the
size of whoever started it. The command and all that it starts are its children, so that their CPU
time and memory are told from everybody else's. When its standard input ends, whoever started it is
gone, and it ends the whole process group.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

_MOST_ERRORS = 4000  # characters
_PATIENCE = 5.0  # seconds to end in order


def main() -> int:
    """Run the command, and print the object: status, wall, cpu, memory, output, errors."""
    # The signal is for the command, which gets it too and ends in its own way. A handler and not
    # SIG_IGN, which the command would inherit.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    began = time.perf_counter()
    try:
        done = subprocess.run(
            sys.argv[1:],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except OSError as error:
        print(json.dumps({"status": -1, "wall": 0.0, "output": "", "errors": str(error)}))
        return 0
    wall = time.perf_counter() - began
    told = {
        "status": done.returncode,
        "wall": wall,
        "output": done.stdout,
        "errors": done.stderr[-_MOST_ERRORS:],
    }
    print(json.dumps({**told, **_cost()}))
    return 0


def _cost() -> dict[str, float]:
    try:
        import resource
    except ImportError:  # Windows
        return {}
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    return {"cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * unit}


def _end_with_standard_input() -> None:
    while os.read(0, 1024):
        pass
    if hasattr(os, "killpg"):  # not on Windows
        os.killpg(0, signal.SIGTERM)
        time.sleep(_PATIENCE)
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
