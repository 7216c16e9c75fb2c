"""Rates out of growing counts of bytes."""

from collections import deque
from collections.abc import Iterable

PEAK_WINDOW = 1.0
"""Seconds over which a peak is taken."""
FULL = 0.8
"""The share of a window from which on a rate over it is believed."""


class RateMeter:
    """The rate over the last `window` seconds of a count that grows.

    A count that shrinks (a layer begun anew) starts the measurement over.
    """

    def __init__(self, window: float) -> None:
        self._window = window
        self._samples: deque[tuple[float, float]] = deque()

    def add(self, at: float, count: float) -> None:
        """Take note that `count` bytes were there at `at`."""
        samples = self._samples
        if samples and (count < samples[-1][1] or at < samples[-1][0]):
            samples.clear()
        samples.append((at, count))
        while len(samples) > 2 and samples[1][0] <= at - self._window:
            samples.popleft()

    @property
    def rate(self) -> float:
        """Bytes/s; 0 before there are two samples."""
        if len(self._samples) < 2:
            return 0.0
        (began, least), (ended, most) = self._samples[0], self._samples[-1]
        return (most - least) / (ended - began) if ended > began else 0.0

    @property
    def span(self) -> float:
        """Seconds the rate is taken over."""
        return self._samples[-1][0] - self._samples[0][0] if self._samples else 0.0


def peak_rate(counts: Iterable[tuple[float, float]], window: float) -> float:
    """Return the highest rate over `window` seconds of counts with their times; 0 without one."""
    meter = RateMeter(window)
    peak = 0.0
    for at, count in counts:
        meter.add(at, count)
        if meter.span >= FULL * window:
            peak = max(peak, meter.rate)
    return peak
