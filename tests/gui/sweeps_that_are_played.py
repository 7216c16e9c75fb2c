"""Sweeps whose trials take no time, for the tests of the window."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pullscope.engine.model import MIB
from pullscope.sweep.plan import Destination, PlannedTrial, SweepPlan, SweptImage, plan_trials
from pullscope.sweep.results import Outcome
from pullscope.sweep.settings import KNOBS
from pullscope.sweep.store import SweepStore
from pullscope.sweep.trial import Stopped

IMAGE = SweptImage("registry.example/team/app:1", "sha256:" + "a" * 64, (1024 * MIB,) * 4)


@dataclass(frozen=True, slots=True)
class PlayedDriver:
    """A program that is said to be here, or not."""

    name: str
    version: str | None = "1.2.3"
    package: str = "some package"
    about: str = "Pulls <b>images</b>."
    knobs: frozenset[str] = frozenset(KNOBS)

    def found(self) -> str | None:
        """Return the version."""
        return self.version

    def command(self, *_: Any, **__: Any) -> Any:
        """Never be asked: trials are played."""
        raise AssertionError("a trial was to be run")


DRIVERS: dict[str, Any] = {
    "pullscope": PlayedDriver("pullscope"),
    "crane": PlayedDriver("crane", None),
    "ctr": PlayedDriver("ctr"),
}


def plan_of(**fields: Any) -> SweepPlan:
    """Return a plan of 2 x 3 settings, with some of its fields replaced."""
    usual: dict[str, Any] = {
        "image": IMAGE,
        "layers": (2,),
        "parallelism": (1, 4, 16),
        "chunk_sizes": (4 * MIB, 32 * MIB),
        "destinations": (Destination("disk", Path("/var/tmp/x")),),
        "repeat": 3,
    }
    return SweepPlan(**{**usual, **fields})


@dataclass
class Player:
    """Plays trials: 20 MiB/s on each connection, up to 16 of them.

    Attributes:
        noise: share by which a trial is slower at most.
        fails: which trials fail.
        waits: a trial with this position waits for `go_on`.
        trace: the file that each trial is said to have written.
    """

    noise: float = 0.0
    fails: Callable[[PlannedTrial], bool] = lambda _: False
    waits: int = -1
    trace: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    stopped: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def __call__(self, trial: PlannedTrial) -> Outcome:
        """Return what the trial came to."""
        if trial.position == self.waits:
            assert self.go_on.wait(30)
        if self.stopped:
            raise Stopped
        if self.fails(trial):
            return Outcome(1000.0, 0.0, error="registry.example: answered <b>500</b>")
        settings = trial.candidate.settings
        connections = settings.connections(len(IMAGE.layer_sizes))
        seconds = IMAGE.size / (min(connections, 16) * 20 * MIB)
        seconds *= 1 + self.noise * self.chance.random() + 0.001 * (trial.position % 5)
        return Outcome(
            started_at=1000.0 + trial.position,
            wall=seconds + 0.5,
            pull=seconds,
            network=seconds * 0.9,
            cpu=1.5,
            memory=(40 + connections) * MIB,
            requests=IMAGE.size // settings.chunk_size if settings.chunk_size else 4,
            wasted=0,
            received=IMAGE.size,
            trace=self.trace,
        )

    def stop(self) -> None:
        """Let no other trial begin, and the one that waits end."""
        self.stopped = True
        self.go_on.set()

    def close(self) -> None:
        """Leave nothing behind."""


def add_sweep(
    store: SweepStore, player: Player | None = None, most: int | None = None, **fields: Any
) -> int:
    """Keep a sweep whose first trials were played, and return its number."""
    plan = plan_of(**fields)
    trials = plan_trials(plan, dict.fromkeys(DRIVERS, frozenset(KNOBS)))
    number = store.add(plan, trials)
    for trial in trials[:most]:
        store.record(number, trial.position, (player or Player())(trial))
    return number
