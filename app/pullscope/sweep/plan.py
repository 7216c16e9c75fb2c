"""What a sweep does: which settings it tries, in which order, and what that will cost.

The order is random within blocks, and each block holds every candidate once: what changes slowly,
as the load of a network by the hour, meets all of them alike. A control, always the same candidate,
is repeated all along and shows such a change. Pure: no I/O, no clock.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pullscope.engine.message import Message
from pullscope.engine.reference import parse_reference
from pullscope.engine.units import size_text
from pullscope.sweep.settings import TrialSettings
from pullscope.trace.texts import clean

if TYPE_CHECKING:
    from pullscope.engine.topology import Topology  # the command line does not wait for it

CONTROL_EVERY = 8
"""Trials from one control to the next."""

ASSUMED_RATE = 50_000_000.0
"""Bytes/s that an estimate rests on where nothing is known of a registry."""

MOST_TRIALS = 100_000
MOST_REPEATS = 1000
"""The chances of the medians of more are beyond floating point: a sweep could not be evaluated."""

_START = 1.0  # seconds that a program takes to start and to end


class SweepError(Exception):
    """A sweep cannot be planned, run, kept or found. `str()` is one line for people."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder that images are pulled to, on the kind of disk that `name` stands for.

    What is no Unicode in the name is escaped: it is kept, and compared, as text. The path may hold
    any bytes.
    """

    name: str
    path: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", clean(self.name))

    @classmethod
    def parse(cls, text: str) -> "Destination":
        """Return what "NAME=FOLDER" or "FOLDER" names.

        Raises:
            ValueError: it names no folder.
        """
        name, equals, path = text.partition("=")
        if not equals:
            name = path = text
        if not (name and path):
            raise ValueError(
                Message("{text!r} is not a destination; write it as tmpfs=/dev/shm/x", text=text)
            )
        return cls(name, Path(path).absolute())


@dataclass(frozen=True, slots=True)
class SweptImage:
    """The image that a sweep pulls.

    Attributes:
        reference: as the user named it, in full.
        digest: of the manifest: every trial pulls exactly this one.
        layer_sizes: bytes; a layer that is named twice counts once.
    """

    reference: str
    digest: str
    layer_sizes: tuple[int, ...]

    @classmethod
    def of(cls, topology: "Topology") -> "SweptImage":
        """Return the image of a topology."""
        sizes = {layer.digest: layer.size for layer in topology.layers}
        return cls(topology.reference, topology.digest, tuple(sizes.values()))

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(self.layer_sizes)

    @property
    def pinned(self) -> str:
        """The reference that trials pull: by digest, for a tag may move, and a quota counts the
        index that a tag may lead to."""
        return f"{parse_reference(self.reference).name}@{self.digest}"


_NEEDED = {
    "layers": Message("layers"),
    "parallelism": Message("parallelism"),
    "chunk_sizes": Message("chunk sizes"),
    "destinations": Message("destinations"),
    "drivers": Message("drivers"),
}
"""What a plan lists, and its words."""


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What a user asks of a sweep.

    Attributes:
        layers, parallelism, chunk_sizes: the values to try, each with all others.
        drivers: names of the programs that pull.
        repeat: trials of each candidate.
        seed: of the order.
        max_bytes: the sweep pauses rather than receive more; 0 is no limit.
        traces: whether the trace of each trial is kept, where its program writes one.
        insecure: whether the registry is asked without TLS, or its certificate not checked.

    Raises:
        SweepError: there is nothing to try, or names are not distinct.
    """

    image: SweptImage
    layers: tuple[int, ...]
    parallelism: tuple[int, ...]
    chunk_sizes: tuple[int, ...]
    destinations: tuple[Destination, ...]
    drivers: tuple[str, ...] = ("pullscope",)
    repeat: int = 5
    seed: int = 0
    max_bytes: int = 0
    traces: bool = True
    insecure: bool = False

    def __post_init__(self) -> None:
        for name, what in _NEEDED.items():
            values = getattr(self, name)
            if not values:
                raise SweepError(Message("a sweep needs {what}", what=what))
            if len(set(values)) != len(values):
                raise SweepError(Message("one of the {what} is given twice", what=what))
        names = [destination.name for destination in self.destinations]
        if len(set(names)) != len(names):
            raise SweepError(Message("two destinations have the same name"))
        if not self.image.layer_sizes:
            raise SweepError(
                Message("{reference} has no layers to pull", reference=self.image.reference)
            )
        if self.repeat < 1:
            raise SweepError(Message("each setting must be tried at least once"))

    def to_json(self) -> dict[str, Any]:
        """Return the plan as a JSON object."""
        return {
            "reference": self.image.reference,
            "digest": self.image.digest,
            "layer_sizes": list(self.image.layer_sizes),
            "layers": list(self.layers),
            "parallelism": list(self.parallelism),
            "chunk_sizes": list(self.chunk_sizes),
            "destinations": {place.name: str(place.path) for place in self.destinations},
            "drivers": list(self.drivers),
            "repeat": self.repeat,
            "seed": self.seed,
            "max_bytes": self.max_bytes,
            "traces": self.traces,
            "insecure": self.insecure,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "SweepPlan":
        """Return the plan in a JSON object that `to_json` made."""
        places = told["destinations"].items()
        return cls(
            image=SweptImage(told["reference"], told["digest"], tuple(told["layer_sizes"])),
            layers=tuple(told["layers"]),
            parallelism=tuple(told["parallelism"]),
            chunk_sizes=tuple(told["chunk_sizes"]),
            destinations=tuple(Destination(name, Path(path)) for name, path in places),
            drivers=tuple(told["drivers"]),
            repeat=told["repeat"],
            seed=told["seed"],
            max_bytes=told["max_bytes"],
            traces=told["traces"],
            insecure=told["insecure"],
        )


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """What is compared: a program with settings, and the name of the destination it pulls to."""

    driver: str
    destination: str
    settings: TrialSettings


class TrialKind(StrEnum):
    """What a trial is for."""

    WARM_UP = "warm-up"  # not counted: caches fill, name servers are asked
    CONTROL = "control"  # tells how much the machine and the network change
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class PlannedTrial:
    """A trial that is to come. `position` counts from 0, `block` from 1; 0 is the warm-up's."""

    position: int
    kind: TrialKind
    block: int
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sweep will cost, as far as that can be known before.

    Attributes:
        trials: all, with warm-ups and controls.
        received: bytes over the network.
        manifests: requests for manifests, which registries count against a quota.
        requests: for chunks, of the programs that can be told their size.
        seconds: rough.
        rate: bytes/s that `seconds` rests on.
        assumed: whether that rate is no more than an assumption.
    """

    trials: int
    received: int
    manifests: int
    requests: int
    seconds: float
    rate: float
    assumed: bool


def candidates(plan: SweepPlan, knobs: Mapping[str, Set[str]]) -> tuple[Candidate, ...]:
    """Return what a plan compares, in order.

    Settings that would do the same as smaller ones stand once: more layers at once than the image
    has, chunks larger than its largest layer, more chunks at once than that layer has.

    Args:
        knobs: by the name of each program, which settings it can be told.
    """
    found = {
        Candidate(driver, destination.name, settings.only(knobs[driver])): None
        for driver, destination in product(plan.drivers, plan.destinations)
        for settings in _distinct_settings(plan)
    }
    return tuple(found)


def check_bytes(plan: SweepPlan, cost: Estimate) -> None:
    """Let no sweep begin that would receive more than its plan allows.

    Raises:
        SweepError: it would.
    """
    if 0 < plan.max_bytes < cost.received:
        raise SweepError(
            Message(
                "the sweep would receive {received}, more than the {most} allowed",
                received=size_text(cost.received),
                most=size_text(plan.max_bytes),
            )
        )


def left_out(plan: SweepPlan) -> int:
    """Return how many of the settings asked for would do the same as others."""
    asked = len(plan.layers) * len(plan.parallelism) * len(plan.chunk_sizes)
    return asked - len(_distinct_settings(plan))


def left_out_words(plan: SweepPlan) -> str:
    """Return a sentence about the settings that are left out; empty where none are."""
    count = left_out(plan)
    if not count:
        return ""
    do, are = ("does", "is") if count == 1 else ("do", "are")
    return (
        f"{count} of the settings asked for {do} the same as smaller ones with this image, and "
        f"{are} not tried."
    )


def _distinct_settings(plan: SweepPlan) -> list[TrialSettings]:
    largest = max(plan.image.layer_sizes)
    layers = _up_to(plan.layers, len(plan.image.layer_sizes))
    sizes = _up_to(plan.chunk_sizes, largest)
    return [
        TrialSettings(at_once, parallelism, size)
        for at_once in layers
        for size in sizes
        for parallelism in _up_to(plan.parallelism, math.ceil(largest / (size or largest)))
    ]


def _up_to(values: Iterable[int], enough: int) -> list[int]:
    """Return the values in ascending order, and of those that are `enough` only the first.

    0 is the greatest: a chunk size of 0 asks for the whole layer.
    """
    ordered = sorted(values, key=lambda value: value or math.inf)
    below = [value for value in ordered if 0 < value < enough]
    return ordered[: len(below) + 1]


def control_of(chosen: Sequence[Candidate], layers_in_image: int) -> Candidate:
    """Return the candidate that is repeated all along: of the first program and destination, the
    one in the middle by connections."""
    first = chosen[0]
    alike = [c for c in chosen if (c.driver, c.destination) == (first.driver, first.destination)]
    alike.sort(key=lambda c: (c.settings.connections(layers_in_image), c.settings))
    return alike[len(alike) // 2]


def plan_trials(plan: SweepPlan, knobs: Mapping[str, Set[str]]) -> tuple[PlannedTrial, ...]:
    """Return the trials of a sweep in their order, the same for the same plan.

    Raises:
        SweepError: they are too many.
    """
    chosen = candidates(plan, knobs)
    count = len(plan.image.layer_sizes)
    if len(chosen) * plan.repeat > MOST_TRIALS:
        raise SweepError(
            Message(
                "{trials} trials are more than {most}",
                trials=len(chosen) * plan.repeat,
                most=MOST_TRIALS,
            )
        )
    if plan.repeat > MOST_REPEATS:
        raise SweepError(
            Message(
                "{trials} trials of each setting are more than {most}",
                trials=plan.repeat,
                most=MOST_REPEATS,
            )
        )
    control = control_of(chosen, count)
    order = _Order()
    for candidate in _warm_ups(chosen, count):
        order.add(TrialKind.WARM_UP, 0, candidate)
    order.add(TrialKind.CONTROL, 1, control)
    chance = random.Random(plan.seed)  # noqa: S311 - repeatable, not secret
    since_control = 0
    for block in range(1, plan.repeat + 1):
        shuffled = list(chosen)
        chance.shuffle(shuffled)
        for candidate in shuffled:
            if since_control == CONTROL_EVERY:
                order.add(TrialKind.CONTROL, block, control)
                since_control = 0
            order.add(TrialKind.MEASURED, block, candidate)
            since_control += 1
    order.add(TrialKind.CONTROL, plan.repeat, control)
    return tuple(order.trials)


@dataclass(slots=True)
class _Order:
    trials: list[PlannedTrial] = field(default_factory=list)

    def add(self, kind: TrialKind, block: int, candidate: Candidate) -> None:
        self.trials.append(PlannedTrial(len(self.trials), kind, block, candidate))


def _warm_ups(chosen: Sequence[Candidate], layers_in_image: int) -> list[Candidate]:
    """Return, of each program, the candidates with the fewest and with the most connections."""
    ends: dict[Candidate, None] = {}
    for driver in dict.fromkeys(candidate.driver for candidate in chosen):
        of_it = [candidate for candidate in chosen if candidate.driver == driver]
        by_connections = [(c.settings.connections(layers_in_image), c) for c in of_it]
        ends |= {min(by_connections)[1]: None, max(by_connections)[1]: None}
    return list(ends)


def estimate(
    image: SweptImage, trials: Sequence[PlannedTrial], rate: float | None = None
) -> Estimate:
    """Return what `trials` will cost.

    Args:
        rate: bytes/s that earlier pulls from the registry came at; None where there were none.
    """
    speed = rate or ASSUMED_RATE
    return Estimate(
        trials=len(trials),
        received=len(trials) * image.size,
        manifests=len(trials),
        requests=sum(_chunks(image, trial.candidate.settings.chunk_size) for trial in trials),
        seconds=len(trials) * (_START + image.size / speed),
        rate=speed,
        assumed=not rate,
    )


def _chunks(image: SweptImage, chunk_size: int) -> int:
    return sum(math.ceil(size / chunk_size) if chunk_size > 0 else 1 for size in image.layer_sizes)
