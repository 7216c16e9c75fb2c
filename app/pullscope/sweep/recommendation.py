"""Which settings to use: the cheapest of those that are as fast as the fastest, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from pullscope.engine.model import MIB
from pullscope.engine.units import duration_text, size_text
from pullscope.sweep.results import ALIKE, Results, Row
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import Translate, untranslated

CEILING = 0.10
"""Nobody should take one that is slower by more than this, however little is known of it."""

_FEWEST = 3  # trials; the interval of fewer says nothing
_MEMORY_STEP = 16 * MIB  # less than this is noise


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The settings that a program should have for a destination.

    Attributes:
        row: what is recommended.
        best: the row with the least median of the total time.
        as_fast: those that cannot be told from the best, `row` and `best` among them, the cheapest
            first.
        own_reasons: in sentences.
        noise: what `Noise.words` says, where the sweep was disturbed or too noisy; else nothing.
    """

    driver: str
    destination: str
    row: Row
    best: Row
    as_fast: tuple[Row, ...]
    own_reasons: tuple[str, ...]
    noise: tuple[str, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """All there is to say, for whoever is not told of the noise elsewhere."""
        return (*self.own_reasons, *self.noise)

    @property
    def settings(self) -> TrialSettings:
        """What is recommended."""
        return self.row.candidate.settings


def recommend(found: Results, translate: Translate = untranslated) -> list[Recommendation]:
    """Return a recommendation for each program and destination that has several settings.

    A setting is as fast as the fastest when the intervals of their medians overlap, or when its
    median is slower by no more than `ALIKE`; never when it is slower by more than `CEILING`. The
    cheapest has the fewest connections, then the least memory, then the fewest requests. Settings
    with which pulls failed are left out as long as there are others.
    """
    return [
        _recommendation(driver, destination, rows, found, translate)
        for (driver, destination), rows in found.groups().items()
        if len(rows) > 1 and any(row.time is not None for row in rows)
    ]


def _recommendation(
    driver: str, destination: str, rows: Sequence[Row], found: Results, translate: Translate
) -> Recommendation:
    fewest = min(row.failures for row in rows if row.time is not None)
    sound = [row for row in rows if row.time is not None and row.failures == fewest]
    best = min(sound, key=lambda row: (row.typical("total"), _cost(row)))
    as_fast = sorted((row for row in sound if _as_fast(row, best)), key=_cost)
    row = as_fast[0]
    reasons = [*_speed(row, best, translate), *_price(row, as_fast, translate)]
    if count := sum(row.failures > fewest for row in rows):
        one = translate("sweeps", "1 setting is left out, because pulls with it failed.")
        more = translate("sweeps", "{0} settings are left out, because pulls with them failed.")
        reasons.append(one if count == 1 else more.format(count))
    if found.done < found.planned:
        reasons.append(
            translate("sweeps", "The sweep is not complete: more trials may change this.")
        )
    told = found.noise.too_noisy or found.noise.corrected
    noise = found.noise.words_in(translate) if told else ()
    return Recommendation(driver, destination, row, best, tuple(as_fast), tuple(reasons), noise)


def settings_text(settings: TrialSettings, translate: Translate = untranslated) -> str:
    """Return settings in words; those that the program cannot be told are left out."""
    parts = []
    if settings.layers:
        one, more = translate("sweeps", "1 layer"), translate("sweeps", "{0} layers")
        parts.append(one if settings.layers == 1 else more.format(settings.layers))
    if settings.parallelism:
        parts.append(translate("sweeps", "parallelism {0}").format(settings.parallelism))
    if settings.chunk_size > 0:
        chunks = translate("sweeps", "chunks of {0}")
        parts.append(chunks.format(size_text(settings.chunk_size)))
    elif settings.chunk_size == 0:
        parts.append(translate("sweeps", "whole layers"))
    return ", ".join(parts) or translate("sweeps", "its own settings")


def interval_text(row: Row, translate: Translate = untranslated) -> str:
    """Return the median of the total time and its interval."""
    time = row.time
    if time is None:
        return translate("sweeps", "no successful trial")
    bounds = (duration_text(seconds) for seconds in (time.median, time.low, time.high))
    return translate("sweeps", "{0} ({1} to {2})").format(*bounds)


def _as_fast(row: Row, best: Row) -> bool:
    if row.time is None or best.time is None:
        return False
    slower = row.time.median / best.time.median - 1 if best.time.median else 0.0
    return slower <= ALIKE or (slower <= CEILING and _overlap(row, best))


def _overlap(row: Row, best: Row) -> bool:
    if row.time is None or best.time is None:
        return False
    few = min(row.time.count, best.time.count) < _FEWEST
    return few or row.time.low <= best.time.high


def _cost(row: Row) -> tuple[float, ...]:
    memory = row.typical("memory")
    step = memory if memory == float("inf") else round(memory / _MEMORY_STEP)
    return (row.connections, step, row.typical("requests"), row.typical("total"))


def _speed(row: Row, best: Row, translate: Translate) -> list[str]:
    took = interval_text(row, translate)
    if row is best:
        return [translate("sweeps", "It is the fastest: {0}.").format(took)]
    text = (
        translate(
            "sweeps",
            "It takes {0}, which these trials cannot tell from the fastest: {1} with {2}.",
        )
        if _overlap(row, best)
        else translate("sweeps", "It takes {0}, hardly slower than the fastest: {1} with {2}.")
    )
    settings = settings_text(best.candidate.settings, translate)
    return [text.format(took, interval_text(best, translate), settings)]


def _price(row: Row, as_fast: Sequence[Row], translate: Translate) -> list[str]:
    others = [other for other in as_fast if other is not row]
    if not others:
        return [translate("sweeps", "No other setting is as fast.")]
    same = [other for other in others if other.connections == row.connections]
    if not same:
        fewest = min(other.connections for other in others)
        if len(others) == 1:
            text = translate(
                "sweeps",
                "Another setting is as fast, but with {0} connections instead of {1}.",
            )
            return [text.format(fewest, row.connections)]
        text = translate(
            "sweeps",
            "{2} others are as fast, but with at least {0} connections instead of {1}.",
        )
        return [text.format(fewest, row.connections, len(others))]
    text = (
        translate(
            "sweeps",
            "Of the {0} that are as fast with {1} connections it needs the least memory.",
        )
        if all(_cost(other)[1] > _cost(row)[1] for other in same)
        else translate(
            "sweeps",
            "Of the {0} that are as fast with {1} connections it needs the least memory and "
            "requests.",
        )
    )
    return [text.format(len(same) + 1, row.connections)]
