"""What the program itself cost while it pulled: how late its event loop was, how long frames took.

The program measures both and leaves them in the trace, so that a benchmark reads what a user felt.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pullscope.engine.events import PullEvent, Sampled, WindowDrew


@dataclass(frozen=True, slots=True)
class OwnCost:
    """All in seconds; those of frames are 0 where no window drew any.

    Attributes:
        lag_max, lag_p99: by which the event loop was late, ten times a second.
        frames: how many were drawn.
        frame_mean, frame_p99, frame_max: what one took.
        drawing: what all took.
        loop_cpu, cpu: CPU time of the event loop's thread and of the process.
    """

    lag_max: float
    lag_p99: float
    frames: int
    frame_mean: float
    frame_p99: float
    frame_max: float
    drawing: float
    loop_cpu: float
    cpu: float


class CostMeter:
    """Measures one pull: `pull.observe(meter)`, and a window tells it of its frames."""

    def __init__(self) -> None:
        self._lags: list[float] = []
        self._frames: list[float] = []
        self._cpu = (0.0, 0.0)

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        match event:
            case Sampled():
                self._lags.append(event.lag)
                self._cpu = (event.loop_cpu, event.cpu)
            case WindowDrew(seconds=seconds):
                self._frames += seconds
            case _:
                pass

    @property
    def cost(self) -> OwnCost:
        """What it cost so far."""
        lags, frames = self._lags, self._frames
        drawing = math.fsum(frames)
        return OwnCost(
            lag_max=max(lags, default=0.0),
            lag_p99=percentile(lags, 99),
            frames=len(frames),
            frame_mean=drawing / len(frames) if frames else 0.0,
            frame_p99=percentile(frames, 99),
            frame_max=max(frames, default=0.0),
            drawing=drawing,
            loop_cpu=self._cpu[0],
            cpu=self._cpu[1],
        )


def own_cost(events: Iterable[PullEvent]) -> OwnCost:
    """Return what the pull that `events` tell of cost the program."""
    meter = CostMeter()
    for event in events:
        meter(event)
    return meter.cost


def percentile(values: Sequence[float], share: float) -> float:
    """Return the least value that `share` percent of `values` do not exceed; 0 without any."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(len(values) * share / 100) - 1)]
