import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from pullscope.cli import sweep as command
from pullscope.cli.sweep import progress_text
from pullscope.engine.events import PullEnded
from pullscope.engine.model import KIB, MIB
from pullscope.engine.topology import Topology, TopologyLayer
from pullscope.lab.config import SyntheticImage
from pullscope.main import main
from pullscope.session import Session
from pullscope.sweep.drivers.driver import DriverRun, Told
from pullscope.sweep.plan import Candidate, PlannedTrial, TrialKind
from pullscope.sweep.run import Progress
from pullscope.sweep.settings import TrialSettings
from pullscope.sweep.store import SweepStore, default_folder
from pullscope.trace.file import read_trace

IMAGE = SyntheticImage("demo/sweep", "1", (256 * KIB, 100 * KIB))


class Quick:
    """A driver that pulls nothing, for its time is told by its settings."""

    name = package = about = "quick"
    knobs = frozenset({"parallelism"})
    waits = fails = False

    def found(self):
        return "1"

    def command(self, reference, settings, destination, *, insecure=None):
        code = "import time; time.sleep(60)" if self.waits else "pass"
        if self.fails:
            code = "raise SystemExit('quick: no such blob')"
        return DriverRun(
            [sys.executable, "-I", "-S", "-c", code],
            read=lambda *_: Told(8.0 / settings.parallelism, 4.0, 10, 0, 356 * KIB),
        )


@pytest.fixture
def quick(monkeypatch):
    """The only driver that there is."""
    driver = Quick()
    monkeypatch.setattr(command, "DRIVERS", {"quick": driver})
    return driver


@pytest.fixture
def begin(quick, monkeypatch, tmp_path):
    """Sweeps an image with the quick driver; returns the exit status."""

    async def inspect(session, reference, options):
        layers = [TopologyLayer(f"sha256:{size:064}", size, "") for size in IMAGE.layer_sizes]
        return Topology(reference, "sha256:" + "a" * 64, layers=tuple(layers))

    monkeypatch.setattr(Session, "inspect", inspect)
    line = [
        "sweep", "registry.test/demo/sweep:1", "--driver", "quick", "--parallelism", "1,2",
        "--chunk-size", "64KiB", "--repeat", "1", "--dst", f"disk={tmp_path / 'disk'}",
        "--seed", "1",
    ]  # fmt: skip
    return lambda *options: main([*line, *options])


def sweeps():
    return SweepStore(default_folder()).sweeps()


def test_a_sweep_is_estimated_run_and_told(begin, capsys, tmp_path):
    assert begin("--yes") == 0

    told = capsys.readouterr()
    assert "2 layers, 356 KiB" in told.err
    assert "6 trials, each a cold pull: 2.09 MiB to receive, at least 6 requests" in told.err
    assert "if it comes at 50 MB/s" in told.err
    assert "sweep 1: complete" in told.out
    lines = told.out.splitlines()
    (head,) = [line for line in lines if "PARALLELISM" in line]
    assert head.split()[:4] == ["DESTINATION", "PARALLELISM", "CHUNK", "SIZE"]
    assert "Recommended for quick to disk: parallelism 2" in told.out
    assert not (tmp_path / "disk").exists()


def test_a_sweep_is_listed_shown_exported_and_removed(begin, capsys, tmp_path):
    begin("--yes")
    capsys.readouterr()

    assert main(["sweep", "ls"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[3:6] == ["complete", "6/6", "0"]
    assert main(["sweep", "ls", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["plan"]["seed"] == 1
    assert main(["sweep", "show", "1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [row["total_median_s"] for row in shown["settings"]] == [8.0, 4.0]
    assert shown["recommended"][0]["parallelism"] == 2
    assert len(shown["measured"]) == 6
    assert main(["sweep", "show", "1", "--trials"]) == 0
    assert "warm-up" in capsys.readouterr().out
    line = ["sweep", "show", "1", "--heat-map", "memory", "--over", "parallelism", "driver"]
    assert main(line) == 0
    assert "Median peak memory, to disk" not in capsys.readouterr().out  # a single driver
    assert main(["sweep", "export", "1", str(tmp_path / "a.csv")]) == 0
    assert (tmp_path / "a.csv").read_text().count("\n") == 3
    assert main(["sweep", "export", "1", str(tmp_path / "a.txt")]) == 1
    assert "told by the extension" in capsys.readouterr().err
    assert main(["sweep", "rm", "1"]) == 0
    assert sweeps() == []
    assert main(["sweep", "show", "1"]) == 1


def test_ctrl_c_pauses_a_sweep_that_can_go_on(begin, quick, capsys):
    quick.waits = True

    def interrupt():
        while not sweeps() or sweeps()[0].state != "running":
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    interrupting = threading.Thread(target=interrupt)
    interrupting.start()
    assert begin("--yes") == 130
    interrupting.join()
    assert "To go on: pullscope sweep resume 1" in capsys.readouterr().err
    assert sweeps()[0].state == "paused"

    quick.waits = False
    assert main(["sweep", "resume", "1"]) == 0
    assert sweeps()[0].state == "complete"


def test_a_sweep_that_fails_all_along_says_why(begin, quick, capsys):
    quick.fails = True
    assert begin("--yes") == 1
    assert "5 trials in a row failed: quick: quick: no such blob" in capsys.readouterr().err

    quick.fails = False
    assert main(["sweep", "resume", "1", "--retry-failed"]) == 0
    assert (sweeps()[0].state, sweeps()[0].failed) == ("complete", 0)


def test_nothing_begins_without_consent(begin, capsys, monkeypatch):
    assert begin() == 1
    assert "say --yes to begin" in capsys.readouterr().err
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdin, "readline", lambda: "n\n", raising=False)
    assert begin() == 1
    assert sweeps() == []


def test_what_cannot_be_swept_is_said_before_it_begins(begin, capsys, tmp_path):
    assert begin("--yes", "--max-bytes", "1MiB") == 1
    assert "more than the 1 MiB allowed" in capsys.readouterr().err
    assert begin("--yes", "--driver", "nope") == 2
    assert "nope is no program to sweep with; there are quick" in capsys.readouterr().err
    assert begin("--yes", "--parallelism", "999") == 2
    assert "parallelism is 999" in capsys.readouterr().err
    assert begin("--yes", "--dst", str(tmp_path / "a" / "b")) == 1
    assert "there is no folder" in capsys.readouterr().err
    assert sweeps() == []


def test_without_a_destination_images_go_to_the_disk_they_are_kept_on(begin, home):
    main(["sweep", "registry.test/demo/sweep:1", "--driver", "quick", "--repeat", "1", "--yes"])

    (sweep,) = sweeps()
    (place,) = sweep.plan.destinations
    assert place.path == home / "xdg_data_home" / "pullscope"
    assert (sweep.state, list(place.path.iterdir())) == ("complete", [])


def test_an_image_that_is_not_there_is_said(quick, capsys, start_lab_process):
    lab = start_lab_process()

    assert main(["sweep", f"{lab.host}/no/such:1", "--yes"]) == 1
    assert "error" in capsys.readouterr().err
    assert main(["sweep", "not a reference", "--yes"]) == 2


def test_a_sweep_of_real_pulls_has_every_measure_and_traces(start_lab_process, tmp_path, capsys):
    lab = start_lab_process(images=(IMAGE,))
    (reference,) = lab.references
    line = ["sweep", reference, "--parallelism", "4", "--chunk-size", "64KiB", "--repeat", "1"]
    assert main([*line, "--dst", f"disk={tmp_path / 'disk'}", "--yes"]) == 0

    (sweep,) = sweeps()
    assert (sweep.trials, sweep.done, sweep.failed) == (4, 4, 0)
    for trial in SweepStore(default_folder()).trials(1):
        outcome = trial.outcome
        assert 0 < outcome.network <= outcome.pull <= outcome.wall
        assert outcome.cpu > 0
        assert outcome.memory > 10 * MIB
        assert (outcome.received, outcome.wasted) == (356 * KIB, 0)
        assert outcome.requests >= 4 + 2 + 2
        (ended,) = [e for e in read_trace(Path(outcome.trace)) if isinstance(e, PullEnded)]
        assert ended.at == pytest.approx(outcome.pull, abs=0.1)
    assert not (tmp_path / "disk").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_progress_fits_its_width():
    trial = PlannedTrial(
        3, TrialKind.CONTROL, 1, Candidate("quick", "disk", TrialSettings(3, 16, 4 * MIB))
    )
    progress = Progress(20, 5, 1, trial, None, 0, 10.0, 95.0)

    assert progress_text(progress, 0) == (
        "5/20 trials, 1 failed, 1:35 left | control: quick to disk, 3 layers, parallelism 16, "
        "chunks of 4 MiB"
    )
    assert progress_text(progress, 79).startswith("[====              ] 5/20 trials, 1 failed")
    for width in (1, 40, 100, 120, 140, 300):
        assert len(progress_text(progress, width)) <= width
