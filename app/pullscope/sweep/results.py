"""What a sweep found: a row per candidate, how far its times can be trusted, and tables of them.

Warm-ups count for nothing, controls only for the noise. Where the control became faster or slower
by more than `TOO_MUCH` in the course of the sweep, the times of all trials are divided by how much
slower the controls around each were than those of the quicker half: each block holds every
candidate once, but blocks are few, and medians of few cannot bear half of them disturbed. Where the
control before a trial and the one after it differ by that much themselves, nobody knows which of
the two it met, and its times are left out, unless that would leave less than half of a candidate's.
Pure.
"""

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pullscope.sweep.plan import Candidate, PlannedTrial, SweepPlan, TrialKind, control_of
from pullscope.sweep.statistics import Summary, spread, summarise
from pullscope.tuning.translate import Translate, untranslated

TOO_MUCH = 0.10
"""A drift or spread of the control beyond which a sweep is disturbed, or too noisy."""

FEWEST_CONTROLS = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial. Sizes in bytes; None is what its program does not tell.

    Attributes:
        started_at: POSIX time in seconds.
        wall: seconds from the start of the program to its end.
        pull: seconds from the first step of the pull to the finished image.
        network: seconds from the first request to the last byte.
        cpu: CPU seconds of all cores.
        memory: the most that was resident.
        requests: of every kind.
        wasted: bytes received and thrown away.
        received: bytes over the network.
        trace: file of its trace; empty where there is none.
        error: why it failed, in one line; empty when it did not.
    """

    started_at: float
    wall: float
    pull: float | None = None
    network: float | None = None
    cpu: float | None = None
    memory: int | None = None
    requests: int | None = None
    wasted: int | None = None
    received: int | None = None
    trace: str = ""
    error: str = ""

    @property
    def total(self) -> float:
        """Seconds of the pull; of its whole program where that does not tell."""
        return self.wall if self.pull is None else self.pull


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial, with its outcome once it has one."""

    planned: PlannedTrial
    outcome: Outcome | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it brought the image."""
        return self.outcome is not None and not self.outcome.error


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured of a trial.

    Attributes:
        title: for people.
        unit: "s", "bytes", or empty for a count.
        of: its value in an outcome, None where that has none.
        is_time: whether a busy machine makes more of it.
    """

    title: str
    unit: str
    of: Callable[[Outcome], float | None]
    is_time: bool = False


MEASURES: Mapping[str, Measure] = {
    "total": Measure("total time", "s", lambda outcome: outcome.total, is_time=True),
    "network": Measure("network time", "s", lambda outcome: outcome.network, is_time=True),
    "cpu": Measure("CPU time", "s", lambda outcome: outcome.cpu),
    "memory": Measure("peak memory", "bytes", lambda outcome: outcome.memory),
    "requests": Measure("requests", "", lambda outcome: outcome.requests),
    "wasted": Measure("wasted", "bytes", lambda outcome: outcome.wasted),
    "received": Measure("received", "bytes", lambda outcome: outcome.received),
}
"""By name, in the order of tables. Of all of them, less is better."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the trials of a candidate came to.

    Attributes:
        connections: that it has at most.
        trials: those with an outcome, in their order.
        summaries: of its successful trials, by the name of each measure that was told.
    """

    candidate: Candidate
    connections: int
    trials: tuple[Trial, ...]
    summaries: Mapping[str, Summary]

    @property
    def failures(self) -> int:
        """How many trials failed."""
        return sum(not trial.succeeded for trial in self.trials)

    @property
    def time(self) -> Summary | None:
        """Of the total time; None while no trial has succeeded."""
        return self.summaries.get("total")

    def typical(self, measure: str) -> float:
        """Return the median of a measure; infinity where it is not known, which nobody prefers."""
        summary = self.summaries.get(measure)
        return float("inf") if summary is None else summary.median


@dataclass(frozen=True, slots=True)
class Noise:
    """How much the machine, the registry and the network changed while a sweep ran.

    Attributes:
        control: what was repeated to know.
        controls: how often it succeeded.
        drift: by how much its median was greater in the later half than in the earlier, as a share;
            None where it is too few to tell.
        spread: how far the middle half of its times reached, as a share of their median, after a
            correction where there was one; None where it is too few to tell.
        corrected: whether times are corrected for the drift.
    """

    control: Candidate
    controls: int
    drift: float | None
    spread: float | None
    corrected: bool

    @property
    def too_noisy(self) -> bool:
        """Whether small differences in the results mean nothing."""
        return self.spread is not None and self.spread > TOO_MUCH

    @property
    def words(self) -> tuple[str, ...]:
        """What a user should know of it, in sentences."""
        return self.words_in(untranslated)

    def words_in(self, translate: Translate) -> tuple[str, ...]:
        """Return `words` in the user's language."""
        if self.drift is None or self.spread is None:
            text = translate(
                "sweeps",
                "Too few controls to tell how noisy this sweep was: {0} of at least {1}.",
            )
            return (text.format(self.controls, FEWEST_CONTROLS),)
        told = []
        if self.corrected:
            text = (
                translate(
                    "sweeps",
                    "The sweep was disturbed: its control became {0:.0%} slower in the later half. "
                    "Times are corrected by the controls around them, and left out where those "
                    "differ.",
                )
                if self.drift > 0
                else translate(
                    "sweeps",
                    "The sweep was disturbed: its control became {0:.0%} faster in the later half. "
                    "Times are corrected by the controls around them, and left out where those "
                    "differ.",
                )
            )
            told.append(text.format(abs(self.drift)))
        if self.too_noisy:
            text = translate(
                "sweeps",
                "Too noisy: the times of one and the same setting spread by {0:.0%}. Differences "
                "smaller than that mean nothing; sweep again on a quieter machine, or with more "
                "repeats.",
            )
            told.append(text.format(self.spread))
        if not told:
            text = translate(
                "sweeps",
                "Steady: the times of one and the same setting spread by {0:.1%} and drifted by "
                "{1:+.1%}.",
            )
            told.append(text.format(self.spread, self.drift))
        return tuple(told)


@dataclass(frozen=True, slots=True)
class Results:
    """What a sweep found so far.

    Attributes:
        rows: a row per candidate, in the order of the plan.
        done, failed, planned: how many trials, of every kind.
    """

    plan: SweepPlan
    rows: tuple[Row, ...]
    noise: Noise
    done: int
    failed: int
    planned: int

    def groups(self) -> dict[tuple[str, str], list[Row]]:
        """Return the rows by program and destination: what can be compared."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            key = (row.candidate.driver, row.candidate.destination)
            found.setdefault(key, []).append(row)
        return found


def results(plan: SweepPlan, trials: Sequence[Trial]) -> Results:
    """Return what the outcomes of `trials`, of which there is at least one, tell so far."""
    count = len(plan.image.layer_sizes)
    measured: dict[Candidate, list[Trial]] = {}
    for trial in trials:
        if trial.planned.kind is TrialKind.MEASURED:
            of_it = measured.setdefault(trial.planned.candidate, [])
            if trial.outcome is not None:
                of_it.append(trial)
    chosen = sorted(measured) or [trials[0].planned.candidate]
    noise, slowness = _noise(control_of(chosen, count), trials)
    rows = [
        Row(
            candidate,
            candidate.settings.connections(count),
            tuple(measured.get(candidate, ())),
            _summaries(measured.get(candidate, ()), slowness),
        )
        for candidate in chosen
    ]
    place = {driver: at for at, driver in enumerate(plan.drivers)}
    disk = {destination.name: at for at, destination in enumerate(plan.destinations)}
    rows.sort(key=lambda r: (place[r.candidate.driver], disk[r.candidate.destination], r.candidate))
    return Results(
        plan=plan,
        rows=tuple(rows),
        noise=noise,
        done=sum(trial.outcome is not None for trial in trials),
        failed=sum(trial.outcome is not None and not trial.succeeded for trial in trials),
        planned=len(trials),
    )


_Slowness = Callable[[int], tuple[float, bool]]
"""By position, how many times slower things were, and whether the controls around agree on it."""


def _noise(planned: Candidate, trials: Iterable[Trial]) -> tuple[Noise, _Slowness]:
    """Return the noise that the controls show, and how much slower things were by position."""
    controls = [t for t in trials if t.planned.kind is TrialKind.CONTROL]
    control = controls[0].planned.candidate if controls else planned
    seen = [
        (trial.planned.position, trial.outcome.total)
        for trial in controls
        if trial.outcome is not None and trial.succeeded
    ]
    times = [seconds for _, seconds in seen]
    if len(times) < FEWEST_CONTROLS:
        return Noise(control, len(times), None, None, corrected=False), lambda _: (1.0, True)
    half = len(times) // 2
    earlier, later = statistics.median(times[:half]), statistics.median(times[-half:])
    drift = later / earlier - 1
    if abs(drift) <= TOO_MUCH:
        return Noise(control, len(times), drift, spread(times), corrected=False), lambda _: (
            1.0,
            True,
        )
    slowness = _slowness(seen, min(earlier, later))
    corrected = [seconds / slowness(position)[0] for position, seconds in seen]
    return Noise(control, len(times), drift, spread(corrected), corrected=True), slowness


def _slowness(seen: Sequence[tuple[int, float]], undisturbed: float) -> _Slowness:
    """Return, by position, how many times slower than `undisturbed` the controls around it were.

    Each control counts as the median of itself and its neighbours, so that one that is out of line
    spoils nothing, and a sudden change stays sudden.
    """
    times = [seconds for _, seconds in seen]
    smooth = [
        (position, statistics.median(times[max(0, at - 1) : at + 2]) / undisturbed)
        for at, (position, _) in enumerate(seen)
    ]

    def slowness(position: int) -> tuple[float, bool]:
        before = [factor for at, factor in smooth if at <= position]
        after = [factor for at, factor in smooth if at >= position]
        around = [*before[-1:], *after[:1]]
        return statistics.fmean(around), max(around) <= min(around) * (1 + TOO_MUCH)

    return slowness


def _summaries(trials: Iterable[Trial], slowness: _Slowness) -> dict[str, Summary]:
    good = [(t.planned.position, t.outcome) for t in trials if t.outcome and not t.outcome.error]
    factors = [(outcome, *slowness(position)) for position, outcome in good]
    too_few = 2 * sum(agreed for *_, agreed in factors) < len(factors)
    found: dict[str, Summary] = {}
    for name, measure in MEASURES.items():
        values = []
        for outcome, factor, agreed in factors:
            value = measure.of(outcome)
            if value is None:
                continue
            if not measure.is_time:
                values.append(value)
            elif agreed or too_few:
                values.append(value / factor)
        summary = summarise(values)
        if summary is not None:
            found[name] = summary
    return found


AXES: Mapping[str, Callable[[Row], int | str]] = {
    "parallelism": lambda row: row.candidate.settings.parallelism,
    "chunk_size": lambda row: row.candidate.settings.chunk_size,
    "layers": lambda row: row.candidate.settings.layers,
    "connections": lambda row: row.connections,
    "destination": lambda row: row.candidate.destination,
    "driver": lambda row: row.candidate.driver,
}
"""What a heat map can have across and down."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A measure over two settings.

    Attributes:
        measure: a name of `MEASURES`.
        across, down: names of `AXES`.
        columns, lines: their values, ascending; a chunk size of 0, the whole layer, comes last.
        cells: by column and line, the row whose total time is the least of those that have both:
            what the other settings can make of the two. Nothing where there is none.
    """

    measure: str
    across: str
    down: str
    columns: tuple[int | str, ...]
    lines: tuple[int | str, ...]
    cells: Mapping[tuple[int | str, int | str], Row]

    def summary(self, column: int | str, line: int | str) -> Summary | None:
        """Return what a cell shows."""
        row = self.cells.get((column, line))
        return None if row is None else row.summaries.get(self.measure)

    @property
    def medians(self) -> list[float]:
        """The medians of all cells that have one."""
        summaries = (row.summaries.get(self.measure) for row in self.cells.values())
        return [summary.median for summary in summaries if summary is not None]

    def share(self, column: int | str, line: int | str) -> float | None:
        """Return where the median of a cell stands from the least, 0, to the most, 1.

        By ratios, where all are more than 0: twice as much looks alike everywhere. None where a
        cell has none.
        """
        summary = self.summary(column, line)
        if summary is None:
            return None
        least, most = min(self.medians), max(self.medians)
        if most <= least:
            return 0.0
        if least <= 0:
            return (summary.median - least) / (most - least)
        return math.log(summary.median / least) / math.log(most / least)


def heat_map(rows: Iterable[Row], measure: str, across: str, down: str) -> HeatMap:
    """Return a measure over two settings, of the rows that have succeeded."""
    cells: dict[tuple[int | str, int | str], Row] = {}
    for row in rows:
        if row.time is None:
            continue
        place = (AXES[across](row), AXES[down](row))
        other = cells.get(place)
        if other is None or row.typical("total") < other.typical("total"):
            cells[place] = row
    return HeatMap(
        measure,
        across,
        down,
        _ascending(across, {column for column, _ in cells}),
        _ascending(down, {line for _, line in cells}),
        cells,
    )


def _ascending(axis: str, values: Iterable[int | str]) -> tuple[int | str, ...]:
    # 0 is a chunk size without an end; of the others, a setting that a program cannot be told.
    last = axis == "chunk_size"
    return tuple(sorted(values, key=lambda v: (last and v == 0, isinstance(v, str), v)))


FRONTIER = ("total", "memory", "requests")
"""The measures that a choice weighs against one another."""

ALIKE = 0.03
"""A share by which two values may differ without anybody caring."""


def frontier(rows: Iterable[Row]) -> list[Row]:
    """Return the rows that are worth a choice between time, memory and requests, the fastest first.

    Left out is what a faster one of them beats: that needs no more of the others, or no more than
    by `ALIKE`.
    """
    known = [(tuple(map(row.typical, FRONTIER)), row) for row in rows if row.time is not None]
    known.sort(key=lambda pair: (pair[0], pair[1].candidate))
    kept: list[tuple[tuple[float, ...], Row]] = []
    for costs, row in known:
        if not any(_beats(faster, costs) for faster, _ in kept):
            kept.append((costs, row))
    return [row for _, row in kept]


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(a <= b * (1 + ALIKE) for a, b in zip(one, other, strict=True))
