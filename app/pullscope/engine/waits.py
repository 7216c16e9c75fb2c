"""What connections wait for, in seconds. Pure.

An `Attempt` says what it begins to wait for; `pull` adds up what all of them say.
"""

from collections.abc import Callable
from enum import Enum

from msgspec import Struct

from pullscope.engine.model import Number


class Wait(Enum):
    """What a request for a chunk can wait for. The values name the fields of `Waited`."""

    FIRST_BYTE = "first_byte"
    NETWORK = "network"  # the next bytes of its reply
    RATE_LIMIT = "rate_limit"  # of the settings
    DISK = "disk"  # the write before to end
    TURN = "turn"  # the bytes before its own, where chunks are written one behind the other


class Waited(Struct, frozen=True, gc=False):
    """Seconds that requests for chunks have waited, all together."""

    first_byte: Number = 0.0
    network: Number = 0.0
    rate_limit: Number = 0.0
    disk: Number = 0.0
    turn: Number = 0.0

    def __add__(self, other: "Waited") -> "Waited":
        return Waited(*(getattr(self, name) + getattr(other, name) for name in _WAITED))

    def __sub__(self, other: "Waited") -> "Waited":
        return Waited(*(getattr(self, name) - getattr(other, name) for name in _WAITED))


_WAITED = Waited.__struct_fields__


class WaitMeter:
    """Adds up what one request waits for.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seconds = dict.fromkeys(Wait, 0.0)
        self._wait: Wait | None = None
        self._since = 0.0

    def begin(self, wait: Wait | None) -> None:
        """Say what is waited for from now on; None for nothing."""
        now = self._clock()
        if self._wait is not None:
            self._seconds[self._wait] += now - self._since
        self._wait, self._since = wait, now

    @property
    def waited(self) -> Waited:
        """The sums, with the wait that is under way."""
        self.begin(self._wait)
        return Waited(**{wait.value: seconds for wait, seconds in self._seconds.items()})
