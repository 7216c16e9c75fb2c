"""How fast bytes leave and requests are let in: rates, and the latency to the first byte."""

import asyncio
import math
import random
import time

from pullscope.lab.config import Shaping
from pullscope.lab.synthetic import BLOCK_SIZE

_LARGEST_SLICE = 64 * 1024
_SLICES_PER_SECOND = 50
_CREDIT = 0.02
"""Seconds of lateness that are made up for: a timer's, but not those of a client that rests."""
_SHORTEST_SLEEP = 0.0005


class Schedule:
    """When the next byte may leave at a given rate."""

    def __init__(self, now: float) -> None:
        self._free_at = now

    @classmethod
    def starting_now(cls) -> "Schedule":
        """Return a schedule whose first byte may leave from now on."""
        return cls(time.monotonic())

    def reserve(self, now: float, size: int, rate: int) -> float:
        """Return the time (seconds) at which `size` bytes sent at `rate` bytes/s are through."""
        self._free_at = max(self._free_at, now - _CREDIT) + size / rate
        return self._free_at


class TokenBucket:
    """Lets so many requests through per second, and so many at once after a rest."""

    def __init__(self, now: float) -> None:
        self._filled_at = now
        self._tokens = math.inf

    def take(self, now: float, rate: float, burst: int) -> float:
        """Let a request through and return 0, or return the seconds until the next one may pass."""
        self._tokens = min(burst, self._tokens + (now - self._filled_at) * rate)
        self._filled_at = now
        if self._tokens < 1:
            return (1 - self._tokens) / rate
        self._tokens -= 1
        return 0.0


class Shaper:
    """Applies a Shaping, which may be replaced at any time, to all replies of a lab."""

    def __init__(self, shaping: Shaping, seed: int = 0) -> None:
        self.shaping = shaping
        self._total = Schedule.starting_now()
        self._requests = TokenBucket(time.monotonic())
        self._random = random.Random(seed)  # noqa: S311 - repeatable, not secret

    async def wait_for_first_byte(self) -> None:
        """Sleep for as long as a reply is to keep its client waiting."""
        delay = self.first_byte_delay()
        if delay > 0:
            await asyncio.sleep(delay)

    def first_byte_delay(self) -> float:
        """Return the next reply's latency in seconds."""
        jitter = self.shaping.jitter
        return max(0.0, self.shaping.latency + self._random.uniform(-jitter, jitter))

    def refusal(self) -> float:
        """Return 0 when one more request for a blob is let in, else the seconds to wait."""
        rate, burst = self.shaping.requests_per_second, self.shaping.request_burst
        return 0.0 if rate is None else self._requests.take(time.monotonic(), rate, burst)

    def slice_size(self) -> int:
        """Return how many bytes to send at a time, small enough for an even flow."""
        rates = [
            rate
            for rate in (self.shaping.rate_per_connection, self.shaping.rate_total)
            if rate is not None
        ]
        if not rates:
            return BLOCK_SIZE
        return max(1, min(_LARGEST_SLICE, min(rates) // _SLICES_PER_SECOND))

    async def wait_to_send(self, connection: Schedule, size: int) -> None:
        """Sleep until `size` more bytes may have passed through the `connection`.

        The wait comes before the bytes, so that a body of n bytes takes no less than n / rate
        seconds however it is cut.
        """
        shaping, now = self.shaping, time.monotonic()
        due = now
        if shaping.rate_per_connection is not None:
            due = max(due, connection.reserve(now, size, shaping.rate_per_connection))
        if shaping.rate_total is not None:
            due = max(due, self._total.reserve(now, size, shaping.rate_total))
        if due - now > _SHORTEST_SLEEP:
            await asyncio.sleep(due - now)
