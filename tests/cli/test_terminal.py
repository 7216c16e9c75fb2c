"""The program as a script or a person starts it, against the lab."""

import json
import os
import shlex
import signal
import subprocess
import sys
from collections import defaultdict

import pytest

from pullscope.engine.model import KIB, MIB
from pullscope.lab.config import FaultPlan, LabConfig, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess

PULLSCOPE = [sys.executable, "-m", "pullscope"]


@pytest.fixture
def lab(tmp_path):
    config = LabConfig(
        images=(SyntheticImage("demo/app", "1", (2 * MIB, MIB, 64 * KIB)),),
        cache_directory=tmp_path / "cache",
    )
    with LabProcess(config) as running:
        yield running


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PULLSCOPE, *words], capture_output=True, text=True, check=False)


def test_a_script_gets_an_object_and_a_trace(lab, tmp_path):
    lab.reshape(faults=FaultPlan.of("503=0.3", limit=3, retry_after=None))
    trace = tmp_path / "pull.jsonl"

    ended = run(
        "pull", *lab.references, "-o", str(tmp_path / "images"), "--chunk-size", "128KiB",
        "--trace", str(trace), "--json", "--quiet",
    )  # fmt: skip

    assert (ended.returncode, ended.stderr) == (0, "")
    about = json.loads(ended.stdout)
    assert about["status"] == "done"
    assert about["bytes_total"] == 3 * MIB + 64 * KIB
    attempts = sum(layer["attempts"] for layer in about["layers"])

    assert run("trace", "export", str(trace), str(tmp_path / "pull.csv")).returncode == 0
    rows = (tmp_path / "pull.csv").read_text().splitlines()[1:]
    assert len(rows) == attempts
    assert sum(",done," in row for row in rows) == attempts - about["retries"]

    assert run("trace", "export", str(trace), str(tmp_path / "pull.json")).returncode == 0
    chrome = json.loads((tmp_path / "pull.json").read_text())
    assert count_attempts_and_check_nesting(chrome) == attempts


def count_attempts_and_check_nesting(chrome) -> int:
    tracks = defaultdict(list)
    for event in chrome["traceEvents"]:
        if event["ph"] == "X":
            span = (event["ts"], event["ts"] + event["dur"])
            tracks[event["pid"], event["tid"]].append((span, event["name"]))
    for track in tracks.values():
        enclosing = []
        for (start, end), _ in sorted(track, key=lambda one: (one[0][0], -one[0][1])):
            while enclosing and enclosing[-1] <= start:
                enclosing.pop()
            assert not enclosing or end <= enclosing[-1]
            enclosing.append(end)
    return sum(" chunk " in name for track in tracks.values() for _, name in track)


def test_an_image_that_is_not_there_is_one_line_and_an_object(lab, tmp_path):
    ended = run("pull", f"{lab.host}/demo/none:1", "-o", str(tmp_path / "images"), "--json")

    assert ended.returncode == 1
    errors = [line for line in ended.stderr.splitlines() if line.startswith("pullscope: error: ")]
    assert len(errors) == 1
    about = json.loads(ended.stdout)
    assert about["status"] == "failed"
    assert errors == [f"pullscope: error: {about['error']}"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_ctrl_c_stops_a_pull_and_names_the_command_that_goes_on(lab, tmp_path):
    import pty

    lab.reshape(shaping=Shaping(rate_per_connection=16 * KIB))
    words = ["pull", *lab.references, "-o", str(tmp_path / "my images")]
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [*PULLSCOPE, *words],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(terminal)
    shown = b""
    while b"in flight" not in shown:
        shown += os.read(controller, 65536)
    process.send_signal(signal.SIGINT)
    shown += read_to_end(controller)

    assert process.wait() == 130
    assert f"To go on: {shlex.join(['pullscope', *words])}" in shown.decode()
    assert b"Traceback" not in shown

    lab.reshape(shaping=Shaping())
    ended = run(*words, "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["status"] == "done"


def read_to_end(controller: int) -> bytes:
    read = b""
    try:
        while piece := os.read(controller, 65536):
            read += piece
    except OSError:
        pass  # how Linux tells that nobody holds the other end
    os.close(controller)
    return read
