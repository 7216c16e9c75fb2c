"""The results of a sweep as tables: one for people, and two with plain numbers for programs."""

from collections.abc import Iterator, Sequence

from pullscope.engine.units import size_text
from pullscope.sweep.drivers.programs import DRIVERS
from pullscope.sweep.plan import Candidate, SweepPlan
from pullscope.sweep.recommendation import settings_text
from pullscope.sweep.results import (
    MEASURES,
    HeatMap,
    Measure,
    Results,
    Row,
    Trial,
    heat_map,
)
from pullscope.sweep.settings import UNTOLD
from pullscope.sweep.statistics import Summary
from pullscope.tuning.translate import Translate, untranslated

Value = str | int | float | None
TEXT, WHOLE, FRACTION = "string", "int64", "float64"
"""The kinds of columns, as Arrow names them."""

_NOTHING = "-"
_STATISTICS = ("mean", "median", "low", "high", "least", "most")

_CANDIDATE = {
    "driver": TEXT,
    "destination": TEXT,
    "parallelism": WHOLE,
    "chunk_size": WHOLE,
    "layers": WHOLE,
}

SUMMARY_COLUMNS = {
    **_CANDIDATE,
    "connections": WHOLE,
    "count": WHOLE,
    "failures": WHOLE,
    **{
        f"{name}_{statistic}{'_s' if measure.unit == 's' else ''}": FRACTION
        for name, measure in MEASURES.items()
        for statistic in _STATISTICS
    },
}
"""Of a table with a row per candidate. Sizes in bytes; `low` and `high` bound the median."""

TRIAL_COLUMNS = {
    "position": WHOLE,
    "kind": TEXT,
    "block": WHOLE,
    **_CANDIDATE,
    "started_at": FRACTION,
    "wall_s": FRACTION,
    "pull_s": FRACTION,
    "network_s": FRACTION,
    "cpu_s": FRACTION,
    "memory": WHOLE,
    "requests": WHOLE,
    "wasted": WHOLE,
    "received": WHOLE,
    "trace": TEXT,
    "error": TEXT,
}
"""Of a table with a row per trial, as it was measured: nothing is corrected. Sizes in bytes."""

READING = (
    "Times are medians of the successful trials; network time is from the first request to the "
    "last byte, total time to the finished image. The 95% interval of a median is that of the "
    "percentile bootstrap; of five trials or fewer it is all they span."
)
"""How to read the table for people, in one paragraph."""


def about_programs(plan: SweepPlan, translate: Translate = untranslated) -> tuple[str, ...]:
    """Return what keeps the programs of a sweep from being alike, a line each; none for one."""
    if len(plan.drivers) < 2:
        return ()
    known = [DRIVERS[name] for name in plan.drivers if name in DRIVERS]
    return tuple(f"{driver.name}: {translate('sweeps', driver.about)}" for driver in known)


def summary_rows(found: Results) -> Iterator[tuple[Value, ...]]:
    """Return the rows of `SUMMARY_COLUMNS`."""
    for row in found.rows:
        count = 0 if row.time is None else row.time.count
        values: list[Value] = [*_candidate(row.candidate), row.connections, count, row.failures]
        for name in MEASURES:
            summary = row.summaries.get(name)
            values += [None if summary is None else getattr(summary, s) for s in _STATISTICS]
        yield tuple(values)


def trial_rows(trials: Sequence[Trial]) -> Iterator[tuple[Value, ...]]:
    """Return the rows of `TRIAL_COLUMNS`: the trials with an outcome, in their order."""
    for trial in trials:
        planned, outcome = trial.planned, trial.outcome
        if outcome is not None:
            yield (
                planned.position,
                planned.kind.value,
                planned.block,
                *_candidate(planned.candidate),
                outcome.started_at,
                outcome.wall,
                outcome.pull,
                outcome.network,
                outcome.cpu,
                outcome.memory,
                outcome.requests,
                outcome.wasted,
                outcome.received,
                outcome.trace,
                outcome.error,
            )


def _candidate(candidate: Candidate) -> tuple[Value, ...]:
    settings = candidate.settings
    return (
        candidate.driver,
        candidate.destination,
        settings.parallelism,
        None if settings.chunk_size == UNTOLD else settings.chunk_size,
        settings.layers,
    )


def people_columns(found: Results) -> tuple[str, ...]:
    """Return the head of the table for people; the program is told where there are several."""
    return (
        *(("program",) if len(found.plan.drivers) > 1 else ()),
        "destination",
        "parallelism",
        "chunk size",
        "layers",
        "count",
        "mean s",
        "median s",
        "95% interval",
        "network s",
        "CPU s",
        "peak memory",
        "requests",
        "wasted",
    )


WORDS_IN_FRONT = ("program", "destination")
"""The columns for people that hold words; the others hold amounts."""


def people_rows(found: Results) -> list[tuple[str, ...]]:
    """Return a row per candidate for people."""
    return [_people_row(row, several=len(found.plan.drivers) > 1) for row in found.rows]


def _people_row(row: Row, *, several: bool) -> tuple[str, ...]:
    settings, time = row.candidate.settings, row.time
    count = str(0 if time is None else time.count)
    if row.failures:
        count += f" ({row.failures} failed)"
    return (
        *((row.candidate.driver,) if several else ()),
        row.candidate.destination,
        str(settings.parallelism or _NOTHING),
        chunk_text(settings.chunk_size),
        str(settings.layers or _NOTHING),
        count,
        _NOTHING if time is None else seconds_text(time.mean),
        _NOTHING if time is None else seconds_text(time.median),
        _NOTHING if time is None else f"{seconds_text(time.low)} to {seconds_text(time.high)}",
        *(
            value_text(MEASURES[name], row.summaries.get(name))
            for name in ("network", "cpu", "memory", "requests", "wasted")
        ),
    )


def chunk_text(size: int) -> str:
    """Return a chunk size in words."""
    if size == UNTOLD:
        return _NOTHING
    return size_text(size) if size else "whole layer"


def seconds_text(seconds: float) -> str:
    """Return seconds with as many digits as a comparison needs, without their unit."""
    return f"{seconds:.1f}" if seconds >= 100 else f"{seconds:.2f}"


def value_text(measure: Measure, summary: Summary | None) -> str:
    """Return the median of a measure; seconds have no unit."""
    if summary is None:
        return _NOTHING
    match measure.unit:
        case "s":
            return seconds_text(summary.median)
        case "bytes":
            return size_text(summary.median)
        case _:
            return f"{summary.median:.0f}"


def interval_bounds(measure: Measure, summary: Summary) -> tuple[str, str]:
    """Return the ends of the 95 % interval of a median, a unit that they share at the second."""
    match measure.unit:
        case "s":
            return seconds_text(summary.low), seconds_text(summary.high)
        case "bytes":
            low, high = size_text(summary.low), size_text(summary.high)
            return (low.split()[0] if low.split()[1] == high.split()[1] else low), high
        case _:
            return f"{summary.low:.0f}", f"{summary.high:.0f}"


def weighed_text(row: Row) -> str:
    """Return what settings cost, to be weighed against others, and the settings."""
    costs = [f"{seconds_text(row.typical('total'))} s"]
    for name in ("memory", "requests"):
        if name in row.summaries:
            unit = " requests" if name == "requests" else ""
            costs.append(value_text(MEASURES[name], row.summaries[name]) + unit)
    return f"{', '.join(costs)}: {settings_text(row.candidate.settings)}"


def axis_text(axis: str, value: int | str) -> str:
    """Return a value of one of the axes of a heat map, for its edge."""
    if isinstance(value, str):
        return value
    return chunk_text(value) if axis == "chunk_size" else str(value or _NOTHING)


def heat_map_rows(shown: HeatMap) -> list[tuple[str, ...]]:
    """Return a heat map as a table of medians, its head first."""
    measure = MEASURES[shown.measure]
    head = (
        f"{axis_title(shown.down)} \\ {axis_title(shown.across)}",
        *(axis_text(shown.across, column) for column in shown.columns),
    )
    return [
        head,
        *(
            (
                axis_text(shown.down, line),
                *(value_text(measure, shown.summary(column, line)) for column in shown.columns),
            )
            for line in shown.lines
        ),
    ]


def titled_maps(
    found: Results,
    measure: str = "total",
    across: str = "parallelism",
    down: str = "chunk_size",
) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Return heat maps as tables with their titles, where there is more than one line and column.

    There is one per program and destination, unless that is what it goes over.
    """
    unit = " in s" if MEASURES[measure].unit == "s" else ""
    groups: dict[str, list[Row]] = {}
    for row in found.rows:
        parts = [row.candidate.driver] if "driver" not in (across, down) else []
        parts += [f"to {row.candidate.destination}"] if "destination" not in (across, down) else []
        groups.setdefault(" ".join(parts), []).append(row)
    for name, rows in groups.items():
        shown = heat_map(rows, measure, across, down)
        if len(shown.columns) > 1 and len(shown.lines) > 1:
            title = f"Median {MEASURES[measure].title}{unit}"
            yield f"{title}, {name}" if name else title, heat_map_rows(shown)


def axis_title(axis: str) -> str:
    """Return the name of an axis for people."""
    return axis.replace("_", " ")
