"""Recommendations for registries and disks whose best settings are known: real pulls, of little."""

import asyncio
import shutil
import threading
import time
from itertools import groupby

import pytest

from pullscope.engine.files import PositionalFile
from pullscope.engine.model import KIB, MIB, Settings
from pullscope.lab.config import Shaping, SyntheticImage
from pullscope.session import PullOptions, Session
from pullscope.sweep.plan import Destination, SweepPlan, SweptImage, TrialKind, plan_trials
from pullscope.sweep.recommendation import recommend
from pullscope.sweep.results import Outcome, Trial, results

MOST_REPEATS = 12


@pytest.fixture
def recommended(start_lab_process, knobs, tmp_path):
    """Pulls from a lab; returns which value of a setting is recommended, by destination.

    Repeats it until that is `expected`, or often enough for the medians of a busy machine.
    """

    def sweep(shaping, setting, expected, size=512 * KIB, **fields):
        image = SyntheticImage("demo/swept", "1", (size,))
        lab = start_lab_process(images=(image,), shaping=shaping)
        (reference,) = lab.references
        plan = SweepPlan(
            **{
                "image": SweptImage(reference, "sha256:" + "0" * 64, image.layer_sizes),
                "layers": (1,),
                "destinations": (Destination("disk", tmp_path / "disk"),),
                "repeat": MOST_REPEATS,
                **fields,
            }
        )
        trials, found = [], {}
        for _, block in groupby(plan_trials(plan, knobs), key=lambda trial: trial.block):
            measured = [trial for trial in block if trial.kind is TrialKind.MEASURED]
            trials += [Trial(trial, asyncio.run(pulled(plan, trial))) for trial in measured]
            if not trials:
                continue  # warm-ups
            best = recommend(results(plan, trials))
            found = {one.destination: getattr(one.settings, setting) for one in best}
            if found == expected:
                break
        return found

    return sweep


async def pulled(plan, trial):
    """Pull once, cold, and return what came of it."""
    settings = trial.candidate.settings
    (folder,) = [p.path for p in plan.destinations if p.name == trial.candidate.destination]
    session = Session()
    pull = session.new_pull(
        plan.image.reference,
        PullOptions(output=folder),
        Settings(settings.layers, settings.parallelism, 64, settings.chunk_size),
    )
    try:
        done = await pull.run()
    finally:
        await session.close()
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(1.0, done.at, pull=done.timeline.committed, requests=done.requests)


def test_that_a_cap_per_connection_wants_many_unless_the_disk_is_slower(
    recommended, tmp_path, monkeypatch
):
    quick, slow = tmp_path / "quick", tmp_path / "slow"
    write, lock = PositionalFile.write, threading.Lock()

    def throttled(self, offset, pieces):
        if self._path.is_relative_to(slow):
            with lock:
                time.sleep(sum(map(len, pieces)) / MIB)  # 1 MiB/s
        write(self, offset, pieces)

    monkeypatch.setattr(PositionalFile, "write", throttled)
    expected = {"quick": 16, "slow": 6}
    best = recommended(
        Shaping(rate_per_connection=512 * KIB),
        "parallelism",
        expected,
        size=MIB,
        parallelism=(6, 16),
        chunk_sizes=(64 * KIB,),
        destinations=(Destination("quick", quick), Destination("slow", slow)),
    )

    assert best == expected


def test_that_a_cap_for_all_wants_one_connection(recommended):
    expected = {"disk": 1}
    best = recommended(
        Shaping(rate_total=MIB),
        "parallelism",
        expected,
        parallelism=(1, 8),
        chunk_sizes=(64 * KIB,),
    )

    assert best == expected


def test_that_latency_wants_large_chunks(recommended):
    expected = {"disk": 512 * KIB}
    best = recommended(
        Shaping(latency=0.06),
        "chunk_size",
        expected,
        parallelism=(1,),
        chunk_sizes=(64 * KIB, 512 * KIB),
    )

    assert best == expected


def test_that_a_limit_of_requests_wants_few(recommended):
    expected = {"disk": 512 * KIB}
    best = recommended(
        Shaping(requests_per_second=20, request_burst=4),
        "chunk_size",
        expected,
        parallelism=(8,),
        chunk_sizes=(64 * KIB, 512 * KIB),
    )

    assert best == expected
