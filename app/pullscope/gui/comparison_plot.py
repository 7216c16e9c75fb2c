"""The plot of two pulls over one time, each from its own beginning: how fast bytes came."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PySide6.QtWidgets import QWidget

from pullscope.engine.model import Timeline
from pullscope.engine.units import rate_text
from pullscope.gui.measurements import Measurements, Values
from pullscope.gui.plots import Curve, TimePlot
from pullscope.gui.pull_run import PullRun
from pullscope.gui.time_axis import Mark

LETTERS = ("A", "B")
COLOURS = ("accent", "text")
"""Of the two pulls, as attributes of the theme: neither means a state of bytes."""
_TOO_NEAR = 0.02  # of the time that is shown
_LEAST = 1.0  # second that is shown
_LONGEST_NAME = 28


class ComparisonPlot(TimePlot):
    """Draws the throughput of two pulls."""

    unit = "MB/s"

    def __init__(self, parent: QWidget | None = None) -> None:
        self._runs: Sequence[PullRun] = ()
        self.curves = tuple(
            Curve(
                letter.lower(),
                colour,
                self._rate_of(number),
                lambda value: rate_text(value * 1e6),
                dashed=number > 0,
            )
            for number, (letter, colour) in enumerate(zip(LETTERS, COLOURS, strict=True))
        )
        super().__init__("comparison", parent)
        self.range_wanted.connect(self._show)
        self.period_wanted.connect(lambda _: self.show_whole())

    def show_runs(self, one: PullRun, other: PullRun) -> None:
        """Draw these two, from beginning to end."""
        self._runs = (one, other)
        longer = max(self._runs, key=_end)
        self.ends = {
            letter.lower(): _end(run) for letter, run in zip(LETTERS, self._runs, strict=True)
        }
        self.set_measurements(longer.measurements)  # whose samples are the points of both
        self._set_texts()
        self.show_whole()

    def show_whole(self) -> None:
        """Show both pulls from beginning to end."""
        self._show(0.0, max(_LEAST, *map(_end, self._runs)) if self._runs else _LEAST)

    def title(self) -> str:
        return self.tr("Throughput")

    def curve_names(self) -> Mapping[str, str]:
        names = dict.fromkeys((letter.lower() for letter in LETTERS), "")
        for letter, run in zip(LETTERS, self._runs, strict=False):
            name = run.name
            short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
            names[letter.lower()] = f"{letter}  {short}"
        return names

    def in_words(self, t0: float, t1: float) -> str:
        peaks = []
        for letter, run in zip(LETTERS, self._runs, strict=False):
            samples = run.measurements
            times = samples.at[samples.within(t0, t1 + 1e-9)]
            rates = samples.rate("received", times) if samples.count > 1 else times
            peak = rate_text(float(rates.max()) if len(rates) else 0.0)
            peaks.append(self.tr("{0} peak {1}").format(letter, peak))
        return ", ".join(peaks)

    def marks(self) -> list[Mark]:
        """Return when each of the two passed its milestones; those too near to tell as one."""
        passed: list[tuple[float, str]] = []
        for letter, run in zip(LETTERS, self._runs, strict=False):
            line = run.snapshot.timeline if run.snapshot is not None else Timeline()
            for at, words in (
                (line.first_byte, self.tr("{0} first byte")),
                (line.last_byte, self.tr("{0} last byte")),
                (line.committed, self.tr("{0} committed")),
            ):
                if at is not None:
                    passed.append((at, words.format(letter)))
        t0, t1 = self.visible_range()
        found: list[Mark] = []
        for at, words in sorted(passed):
            if found and at - found[-1].at < _TOO_NEAR * (t1 - t0):
                found[-1] = Mark(found[-1].at, f"{found[-1].text} · {words}")
            else:
                found.append(Mark(at, words))
        return found

    def _show(self, t0: float, t1: float) -> None:
        self.set_range(t0, t1)
        self.refresh()

    def _rate_of(self, number: int) -> Callable[[Measurements, Values], Values]:
        def values(_: Measurements, times: Values) -> Values:
            samples = self._runs[number].measurements if number < len(self._runs) else None
            if samples is None or samples.count < 2:
                return np.zeros(len(times))
            return samples.rate("received", times) / 1e6

        return values


def _end(run: PullRun) -> float:
    return run.snapshot.at if run.snapshot is not None else 0.0
