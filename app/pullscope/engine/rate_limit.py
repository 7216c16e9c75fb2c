"""Limits on bytes/s and requests/s that all connections share, and that may change at any moment.

Bytes are counted against a clock that runs in bytes: it moves on at the limited rate. Who takes
bytes gets a place on it behind those before, and waits until the clock is there.
"""

import asyncio
from collections.abc import Callable

_BURST = 0.05
"""Seconds' worth of bytes that may be taken at once after a pause."""
_STEP = 0.1
"""Seconds after which a waiter looks whether the limit has changed."""


_REQUESTS_AHEAD = 0.2
"""Seconds' worth of requests that may be sent at once: whoever sends looks ten times a second."""


class RateLimit:
    """Keeps takers of bytes together below a rate.

    Args:
        rate: tells the limit of the moment in bytes/s; 0 is none.
        clock: seconds.
    """

    def __init__(self, rate: Callable[[], int], clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._looked_at = clock()
        self._passed = 0.0
        self._taken = 0.0

    def wait_for(self, size: int) -> float:
        """Take `size` bytes; return their place on the byte clock, 0 when there is no limit."""
        rate = self._rate()
        self._advance(rate)
        if rate == 0:
            return 0.0
        self._taken = max(self._taken, self._passed - rate * _BURST) + size
        return self._taken

    def seconds_until(self, place: float) -> float:
        """Return how long it takes, at the rate of this moment, until `place` is reached."""
        rate = self._rate()
        self._advance(rate)
        return max(0.0, (place - self._passed) / rate) if rate else 0.0

    async def take(self, size: int) -> None:
        """Return when `size` more bytes may have come."""
        if not self._rate():
            return
        place = self.wait_for(size)
        while (left := self.seconds_until(place)) > 0:  # noqa: ASYNC110 (a deadline that moves)
            await asyncio.sleep(min(left, _STEP))

    def _advance(self, rate: int) -> None:
        now = self._clock()
        if rate == 0:
            self._taken = self._passed
        self._passed += rate * (now - self._looked_at)
        self._looked_at = now


class RequestLimit:
    """Says when one more request may be sent.

    Args:
        limit: tells the limit of the moment in requests/s; 0 is none.
        clock: seconds.
    """

    def __init__(self, limit: Callable[[], int], clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._looked_at = clock()
        self._allowed = 1.0

    def take(self) -> bool:
        """Take one request; False where it may not be sent yet."""
        limit, now = self._limit(), self._clock()
        most = 1.0 + limit * _REQUESTS_AHEAD
        self._allowed = min(most, self._allowed + limit * (now - self._looked_at))
        self._looked_at = now
        if limit == 0:
            return True
        if self._allowed < 1.0:
            return False
        self._allowed -= 1.0
        return True
