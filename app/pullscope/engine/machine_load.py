"""How busy the machine is: the share of its CPU time that anyone uses."""

from collections.abc import Callable

import psutil

_EVERY = 0.5
"""Seconds between two looks: asking the system costs the more the more processors there are."""


class MachineLoad:
    """Measures the load since its last look.

    Args:
        clock: seconds.
        cpu_times: tells the seconds of all processors together, used ones and all of them.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        cpu_times: Callable[[], tuple[float, float]] | None = None,
    ) -> None:
        self._clock = clock
        self._cpu_times = cpu_times or _cpu_times
        self._looked_at = clock()
        self._before = self._cpu_times()
        self._share = 0.0

    def share(self) -> float:
        """Return the share lately used, from 0 to 1; 0 before it is known."""
        now = self._clock()
        if now - self._looked_at >= _EVERY:
            self._looked_at = now
            used, passed = self._cpu_times()
            used_before, passed_before = self._before
            if passed > passed_before:
                share = (used - used_before) / (passed - passed_before)
                self._share = min(1.0, max(0.0, share))
                self._before = (used, passed)
        return self._share


def _cpu_times() -> tuple[float, float]:
    times = psutil.cpu_times()
    # Some systems count the time of guests, which is user time as well, on its own.
    passed = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    idle = times.idle + getattr(times, "iowait", 0.0)
    return passed - idle, passed
