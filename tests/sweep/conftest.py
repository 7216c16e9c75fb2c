"""Sweeps that take no time: a model says how long each trial would have taken."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.model import MIB
from pullscope.sweep.plan import Destination, PlannedTrial, SweepPlan, SweptImage, plan_trials
from pullscope.sweep.results import Outcome, Trial
from pullscope.sweep.settings import KNOBS

_IMAGE = SweptImage("registry.test/demo/app:1", "sha256:" + "a" * 64, (2048 * MIB,) * 4)
KNOBS_OF: Mapping[str, frozenset[str]] = {"pullscope": frozenset(KNOBS), "crane": frozenset()}

Model = Callable[[PlannedTrial], float]
PlanOf = Callable[..., SweepPlan]


def _plan_of(**fields: Any) -> SweepPlan:
    """Return a plan of 2 x 4 x 2 settings, with some of its fields replaced."""
    usual: dict[str, Any] = {
        "image": _IMAGE,
        "layers": (1, 3),
        "parallelism": (1, 4, 16, 64),
        "chunk_sizes": (4 * MIB, 32 * MIB),
        "destinations": (Destination("tmpfs", Path("/dev/shm/x")),),
    }
    return SweepPlan(**{**usual, **fields})


def _connections(trial: PlannedTrial) -> int:
    """Return how many connections a trial has."""
    return trial.candidate.settings.connections(len(_IMAGE.layer_sizes))


def _capped_per_connection(trial: PlannedTrial) -> float:
    """Be a registry that sends 20 MiB/s on each connection, over a line of 1 GiB/s."""
    return _IMAGE.size / min(_connections(trial) * 20 * MIB, 1024 * MIB)


@dataclass
class Machine:
    """Plays trials by a model, with noise.

    Attributes:
        noise: share by which times vary, evenly to either side.
        disturbed_from: position from which everything takes `slower` times as long.
        fails: which trials fail.
    """

    model: Model = _capped_per_connection
    noise: float = 0.01
    disturbed_from: int | None = None
    slower: float = 1.6
    fails: Callable[[PlannedTrial], bool] = lambda _: False
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def __call__(self, trial: PlannedTrial) -> Outcome:
        """Return what the trial would have come to."""
        if self.fails(trial):
            return Outcome(float(trial.position + 1), 0.0, error="registry.test: answered 500")
        seconds = self.model(trial) * (1 + self.chance.uniform(-self.noise, self.noise))
        if self.disturbed_from is not None and trial.position >= self.disturbed_from:
            seconds *= self.slower
        chunk_size = trial.candidate.settings.chunk_size
        return Outcome(
            started_at=float(trial.position + 1),
            wall=seconds + 0.5,
            pull=seconds,
            network=seconds * 0.9,
            cpu=1.5,
            memory=(40 + _connections(trial)) * MIB,
            requests=_IMAGE.size // chunk_size if chunk_size > 0 else 4,
            wasted=0,
            received=_IMAGE.size,
        )

    def stop(self) -> None:
        """Do nothing: no trial takes any time."""

    def close(self) -> None:
        """Do nothing: no trial leaves anything."""

    def play(self, plan: SweepPlan) -> list[Trial]:
        """Return all trials of a plan with their outcomes."""
        return [Trial(trial, self(trial)) for trial in plan_trials(plan, KNOBS_OF)]


@pytest.fixture(scope="session")
def plan_of() -> PlanOf:
    """Makes plans of 2 x 4 x 2 settings and one destination, with some fields replaced."""
    return _plan_of


@pytest.fixture(scope="session")
def knobs() -> Mapping[str, frozenset[str]]:
    """What the programs of the plans can be told."""
    return KNOBS_OF


@pytest.fixture(scope="session")
def new_machine() -> type[Machine]:
    """Makes machines that play trials."""
    return Machine
