"""The statistics of few and noisy times: medians, and how far they can be trusted.

The interval of a median is that of the percentile bootstrap: draw as many values as there are, with
replacement, take their median, again and again; 95 % of those medians lie in the interval. Here it
is computed instead of drawn, for the probability of each such median is known (see
`bootstrap_medians`), so that the same values always have the same interval. Of five values or fewer
it reaches from the least to the greatest, which is all that so few can tell.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Summary:
    """What several values of one measure come to; `low` and `high` bound the median."""

    count: int
    mean: float
    median: float
    low: float
    high: float
    least: float
    most: float


def summarise(values: Sequence[float]) -> Summary | None:
    """Return what `values` come to; None without any."""
    if not values:
        return None
    low, high = bootstrap_interval(values)
    return Summary(
        count=len(values),
        mean=statistics.fmean(values),
        median=statistics.median(values),
        low=low,
        high=high,
        least=min(values),
        most=max(values),
    )


def bootstrap_interval(
    values: Sequence[float], confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Return the bootstrap interval of the median of `values`, of which there is at least one."""
    outside = (1 - confidence) / 2
    medians = bootstrap_medians(values)
    return _reached(medians, outside), _reached(medians, 1 - outside)


def bootstrap_medians(values: Sequence[float]) -> list[tuple[float, float]]:
    """Return the medians that resamples of `values` can have, ascending, with their probability.

    The k-th smallest of n drawn values is at most the i-th smallest of all with the probability
    that at least k of n draws hit one of these i. An odd number of values has its middle one as the
    median. Of an even number 2m, the median lies between two neighbours i < j of the draw where m
    draws are at most i, i among them, and m are at least j, j among them.
    """
    ordered = sorted(values)
    count = len(ordered)
    middle = (count + 1) // 2
    ways = [math.comb(count, hits) for hits in range(count + 1)]
    up_to = [_at_least(middle, ways, place / count) for place in range(count + 1)]
    alone = [after - before for before, after in pairwise(up_to)]
    if count % 2:
        return list(zip(ordered, alone, strict=True))
    ends_at = [(place / count) ** middle for place in range(count + 1)]
    found: list[tuple[float, float]] = []
    for i, value in enumerate(ordered):
        last = ends_at[i + 1] - ends_at[i]
        for j in range(i + 1, count):
            share = ways[middle] * last * (ends_at[count - j] - ends_at[count - j - 1])
            found.append(((value + ordered[j]) / 2, share))
            alone[i] -= share
        found.append((value, alone[i]))
    return sorted(found)


def spread(values: Sequence[float]) -> float:
    """Return how far the middle half of `values` reaches, as a share of their median; 0 for fewer
    than two."""
    if len(values) < 2:
        return 0.0
    first, middle, third = statistics.quantiles(values, n=4, method="inclusive")
    return (third - first) / middle if middle else 0.0


def _at_least(hits: int, ways: Sequence[int], chance: float) -> float:
    """Return the probability of at least so many hits; `ways` to have each number of them."""
    draws = len(ways) - 1
    return math.fsum(
        ways[k] * chance**k * (1 - chance) ** (draws - k) for k in range(hits, draws + 1)
    )


def _reached(medians: Sequence[tuple[float, float]], share: float) -> float:
    """Return the first value up to which the probabilities come to `share`."""
    total = 0.0
    for value, probability in medians:
        total += probability
        if total >= share:
            return value
    return medians[-1][0]
