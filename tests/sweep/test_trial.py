import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pullscope.sweep import measure
from pullscope.sweep.drivers.driver import DriverError, DriverRun, Told
from pullscope.sweep.plan import (
    Candidate,
    Destination,
    PlannedTrial,
    SweepError,
    SweptImage,
    TrialKind,
)
from pullscope.sweep.settings import TrialSettings
from pullscope.sweep.trial import Stopped, TrialProcesses, check_destinations

A_TRIAL = PlannedTrial(
    7, TrialKind.MEASURED, 1, Candidate("pullscope", "disk", TrialSettings(1, 2, 0))
)


class Script:
    """A program that is told in Python; it finds where to write in `DST`."""

    name = "pullscope"
    knobs = frozenset()

    def __init__(self, code="", **fields):
        self.code = code
        self.fields = fields
        self.asked = None

    def command(self, reference, settings, destination, *, insecure=None):
        self.asked = (reference, settings, insecure)
        self.destination = destination
        environment = {"DST": str(destination)}
        return DriverRun([sys.executable, "-c", self.code], environment, **self.fields)


@pytest.fixture
def place(tmp_path):
    """The folder that trials pull to."""
    folder = tmp_path / "disk"
    folder.mkdir()
    return folder


@pytest.fixture
def new_trials(plan_of, place, tmp_path):
    """Makes what runs the trials of a script."""

    def make(driver, longest=60.0, **fields):
        plan = plan_of(destinations=(Destination("disk", place),), **fields)
        traces = tmp_path / "traces"
        return TrialProcesses(plan, {"pullscope": driver}, "abc", traces, longest=longest)

    return make


def test_a_trial_tells_what_its_program_cost(new_trials, place):
    code = "import os; data = bytearray(64 << 20); open(os.environ['DST'] + '/out', 'w'); print(42)"
    seen = []

    def read(output, destination):
        seen.append((output, (destination / "out").exists()))
        return Told(1.5, 1.25, 7, 3, 1000)

    driver = Script(code, read=read)
    outcome = new_trials(driver, traces=False)(A_TRIAL)

    assert seen == [("42\n", True)]
    assert (outcome.error, outcome.pull, outcome.network) == ("", 1.5, 1.25)
    assert (outcome.requests, outcome.wasted, outcome.received) == (7, 3, 1000)
    assert outcome.wall > 0
    assert outcome.cpu > 0
    assert 64 << 20 < outcome.memory < 256 << 20
    assert driver.asked[0].startswith("registry.test/demo/app@sha256:")
    assert driver.asked[1:] == (A_TRIAL.candidate.settings, None)
    assert list(place.iterdir()) == []


def test_a_trace_is_asked_for_and_kept_outside_of_the_destination(new_trials, tmp_path):
    code = "import sys; open(sys.argv[sys.argv.index('--trace') + 1], 'w').write('trace')"
    outcome = new_trials(Script(code))(A_TRIAL)

    assert outcome.trace == str(tmp_path / "traces" / "00007.pullscope")
    assert Path(outcome.trace).read_text() == "trace"


def test_a_program_that_fails_has_its_last_line_as_its_error(new_trials, place):
    code = "import sys; sys.stderr.write('one\\npullscope: error: no \\x1b space\\n'); sys.exit(3)"
    outcome = new_trials(Script(code), traces=False)(A_TRIAL)

    assert outcome.error == r"pullscope: no \x1b space"
    assert list(place.iterdir()) == []


def test_a_program_that_fails_in_silence_has_its_status_as_its_error(new_trials):
    outcome = new_trials(Script("raise SystemExit(3)"), traces=False)(A_TRIAL)

    assert outcome.error == "pullscope: ended with status 3"


def test_a_program_that_is_not_there_is_a_failure(new_trials):
    driver = Script()
    driver.command = lambda *_, **__: DriverRun(["/no/such/program"])
    outcome = new_trials(driver, traces=False)(A_TRIAL)

    assert "No such file" in outcome.error


def test_what_cannot_be_prepared_or_read_is_a_failure(new_trials):
    def refuse(*_):
        raise DriverError("it wants a token")

    cleaned = []
    driver = Script(prepare=refuse, clean=lambda: cleaned.append(1))
    assert new_trials(driver)(A_TRIAL).error == "it wants a token"
    assert cleaned == [1]
    assert new_trials(Script(read=refuse), traces=False)(A_TRIAL).error == "it wants a token"


def test_a_trial_that_takes_too_long_is_ended_and_a_failure(new_trials, place):
    code = "import time; time.sleep(60)"
    outcome = new_trials(Script(code), longest=0.3, traces=False)(A_TRIAL)

    assert outcome.error == "pullscope: it took more than 0.30 s"
    assert list(place.iterdir()) == []


def test_large_images_get_the_time_they_take(new_trials):
    assert new_trials(Script(), longest=0.0)._longest == pytest.approx(8192 * 1.048576)
    small = SweptImage("registry.test/a:1", "sha256:" + "a" * 64, (1000,))
    assert new_trials(Script(), longest=0.0, image=small)._longest == 3600.0


def test_a_stop_ends_the_program_and_all_that_it_started(new_trials, place):
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open(os.environ['DST'] + '/pid', 'w').write(f'{child.pid}\\n')\n"
        "time.sleep(60)\n"
    )
    trials = new_trials(Script(code), traces=False)
    pids = []

    def stop():
        while not (found := [p.read_text() for p in place.glob("*/pid")]) or "\n" not in found[0]:
            time.sleep(0.01)
        pids.append(int(found[0]))
        trials.stop()

    stopping = threading.Thread(target=stop)
    stopping.start()
    with pytest.raises(Stopped):
        trials(A_TRIAL)
    stopping.join()

    assert list(place.iterdir()) == []
    assert has_ended(pids[0])
    with pytest.raises(Stopped):
        trials(A_TRIAL)


def has_ended(pid):
    """Return whether a process has ended, once it has or 10 s have passed."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # nobody has asked for its status yet
            return True
        time.sleep(0.01)
    return False


def test_a_trial_ends_with_the_program_that_runs_it(tmp_path):
    pid = tmp_path / "pid"
    code = f"import os, time; open({str(pid)!r}, 'w').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", measure.__file__, sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    until = time.monotonic() + 30
    while not (pid.exists() and pid.read_text().endswith("\n")) and time.monotonic() < until:
        time.sleep(0.01)
    process.stdin.close()

    assert process.wait(30) == 0
    assert has_ended(int(pid.read_text()))
    process.stdout.close()


def test_what_an_interrupted_run_left_is_removed(new_trials, place):
    ours, others = place / "pullscope-sweep-abc-1", place / "pullscope-sweep-other-1"
    ours.mkdir()
    others.mkdir()
    (ours / "blob").write_text("left")

    new_trials(Script()).clear()

    assert list(place.iterdir()) == [others]


def test_a_destination_is_made_in_a_folder_that_is_there(plan_of, tmp_path):
    plan = plan_of(destinations=(Destination("disk", tmp_path / "new"),))
    trials = TrialProcesses(plan, {}, "abc", tmp_path)
    trials.clear()
    assert (tmp_path / "new").is_dir()

    trials.close()
    assert not (tmp_path / "new").exists()


def test_a_destination_that_was_there_stays(new_trials, place):
    trials = new_trials(Script())
    trials.clear()
    trials.close()

    assert place.is_dir()


def test_signed_addresses_do_not_get_into_errors(new_trials):
    code = "raise SystemExit('Get \"https://cdn.test/a?X-Amz-Signature=abc&e=1\": reset')"
    outcome = new_trials(Script(code), traces=False)(A_TRIAL)

    assert "reset" in outcome.error
    assert "Signature=abc" not in outcome.error


def test_destinations_are_checked(plan_of, tmp_path, monkeypatch):
    def checked(path):
        check_destinations(plan_of(destinations=(Destination("disk", path),)))

    with pytest.raises(SweepError, match="there is no folder"):
        checked(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    with pytest.raises(SweepError, match="there is no folder"):
        checked(tmp_path / "file")

    usage = shutil.disk_usage(tmp_path)._replace(free=1024**3)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(SweepError, match=r"a trial needs 8\.8 GiB, 1 GiB are free"):
        checked(tmp_path)
    usage = usage._replace(free=1024**4)
    checked(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_signal_leaves_the_measuring_to_its_child(tmp_path):
    code = "import signal, time\nsignal.signal(15, lambda *_: exit(130))\nprint('', flush=True)\n"
    code += f"open({str(tmp_path / 'up')!r}, 'w')\ntime.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", measure.__file__, sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    until = time.monotonic() + 30
    while not (tmp_path / "up").exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGTERM)
    output = process.stdout.read()
    process.stdin.close()
    process.stdout.close()

    assert process.wait(30) == 0
    assert '"status": 130' in output
