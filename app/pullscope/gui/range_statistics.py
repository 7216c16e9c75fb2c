"""What lies in a range of time: counts, bytes, and how long the phases of its attempts took.

A phase is counted where it ended within the range. Pure: arrays in, numbers out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pullscope.gui.attempts import Attempts, Outcome

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """How a number is spread: NaN everywhere where there is none.

    Attributes:
        count: how many numbers.
        total: their sum.
        mean, least, greatest: of them.
        median, p95: below which half and 95 % of them lie.
    """

    count: int
    total: float
    mean: float
    least: float
    median: float
    p95: float
    greatest: float

    @staticmethod
    def of(values: Values) -> "Spread":
        """Return the spread of `values`; what is not known (NaN) is left out."""
        values = values[~np.isnan(values)]
        if not len(values):
            return Spread(0, 0.0, *(float("nan"),) * 5)
        median, p95 = np.percentile(values, [50, 95])
        return Spread(
            len(values),
            float(values.sum()),
            float(values.mean()),
            float(values.min()),
            float(median),
            float(p95),
            float(values.max()),
        )


@dataclass(frozen=True, slots=True)
class RangeStatistics:
    """What lies between the seconds `t0` and `t1`.

    Attributes:
        attempts: that run at some time within.
        done, retried, cut: that ended within, by how.
        received, written, hashed: bytes within.
        rate: bytes/s received, over the tenths of a second within.
        phases: seconds by the names "queued", "waiting", "receiving", "writing", "hashing".
        chunk_rate: bytes/s of each chunk while it was received.
        chunk_size: bytes asked for.
    """

    t0: float
    t1: float
    attempts: int
    done: int
    retried: int
    cut: int
    received: float
    written: float
    hashed: float
    rate: Spread
    phases: dict[str, Spread]
    chunk_rate: Spread
    chunk_size: Spread

    @property
    def seconds(self) -> float:
        """The length of the range."""
        return self.t1 - self.t0

    @property
    def mean_rate(self) -> float:
        """Bytes/s received over the whole range."""
        return self.received / self.seconds if self.seconds > 0 else 0.0


def statistics_of(attempts: Attempts, t0: float, t1: float) -> RangeStatistics:
    """Return what lies between two times."""
    columns = attempts.columns
    started, ended = columns["started"], columns["ended"]
    running = (started <= t1) & ~(ended < t0)
    rows = columns[~(np.fmax(ended, columns["hashed_at"]) < t0) & (started <= t1)]

    def within(times: Values) -> npt.NDArray[np.bool_]:
        inside: npt.NDArray[np.bool_] = (times >= t0) & (times <= t1)
        return inside

    def phase(begin: str, end: str) -> Spread:
        return Spread.of((rows[end] - rows[begin])[within(rows[end])])

    ends = rows[within(rows["ended"])]
    whole = rows[within(rows["received_at"])]
    took = np.maximum(whole["received_at"] - whole["first_byte"], 1e-6)
    at, counts = attempts.samples
    received, written, hashed = (
        float(np.interp(t1, at, each) - np.interp(t0, at, each)) if len(at) > 1 else 0.0
        for each in counts
    )
    return RangeStatistics(
        t0=t0,
        t1=t1,
        attempts=int(running.sum()),
        done=int((ends["outcome"] == Outcome.DONE).sum()),
        retried=int((ends["outcome"] == Outcome.RETRIED).sum()),
        cut=int((ends["outcome"] == Outcome.GIVEN_BACK).sum()),
        received=received,
        written=written,
        hashed=hashed,
        rate=Spread.of(_rates(at, counts[0], t0, t1)),
        phases={
            "queued": phase("queued", "started"),
            "waiting": phase("started", "first_byte"),
            "receiving": phase("first_byte", "received_at"),
            "writing": phase("received_at", "ended"),
            "hashing": phase("hash_began", "hashed_at"),
        },
        chunk_rate=Spread.of(whole["received"] / took),
        chunk_size=Spread.of(rows["length"][within(rows["started"])].astype(np.float64)),
    )


def _rates(at: Values, received: Values, t0: float, t1: float) -> Values:
    """Return the rates between the samples within a range."""
    inside = (at >= t0) & (at <= t1)
    times, counts = at[inside], received[inside]
    if len(times) < 2:
        return np.zeros(0)
    rates: Values = np.diff(counts) / np.maximum(np.diff(times), 1e-6)
    return rates
