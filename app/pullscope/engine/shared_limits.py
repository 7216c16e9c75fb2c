"""What the pulls of a session have together: connections, bytes/s, requests/s and memory.

A limit that holds "in all" holds for all pulls that run. A free connection goes to the pull that
uses the fewest of those that could use it.
"""

import itertools
from collections.abc import Callable

from pullscope.engine.model import Settings
from pullscope.engine.rate_limit import RateLimit, RequestLimit


class Share:
    """What one pull has of the limits.

    Attributes:
        connections: those that all may use, as the pull's settings have it.
        busy: connections that it uses.
        took_at: counts up with every connection that any pull takes.
        hungry: whether it could use another and may not.

    Args:
        wake: called when it may have what it could not.
    """

    def __init__(self, connections: int, wake: Callable[[], None]) -> None:
        self.connections = connections
        self.busy = 0
        self.took_at = 0
        self.hungry = False
        self.wake = wake


class SharedLimits:
    """Limits of all pulls together.

    Each pull brings its own settings; those that were applied last hold for bytes/s and requests/s,
    which is nothing to choose between while they are the same.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._settings = Settings()
        self._shares: list[Share] = []
        self._taken = itertools.count(1)
        self.rate = RateLimit(lambda: self._settings.rate_limit, clock)
        self.requests = RequestLimit(lambda: self._settings.request_limit, clock)

    def apply(self, settings: Settings) -> None:
        """Let the limits of these settings hold from now on."""
        self._settings = settings

    def join(self, share: Share) -> None:
        """Let a pull take part."""
        self._shares.append(share)

    def leave(self, share: Share) -> None:
        """The pull has ended, and its connections with it."""
        self._shares.remove(share)
        self.offer(share)

    def room(self, share: Share) -> int:
        """Return how many more connections the pull may use."""
        free = share.connections - sum(other.busy for other in self._shares)
        turn = (share.busy, share.took_at)
        if any(other.hungry and (other.busy, other.took_at) < turn for other in self._shares):
            return 0
        return max(free, 0)

    def take(self, share: Share) -> None:
        """Let the pull use one more connection."""
        share.busy += 1
        share.took_at = next(self._taken)

    def offer(self, share: Share) -> None:
        """Let others have what the pull has taken no use of."""
        for other in tuple(self._shares):
            if other is not share and other.hungry and self.room(other):
                other.wake()

    def memory(self, share: Share, memory_limit: int) -> int:
        """Return how many bytes the pull may hold, when all may hold `memory_limit`."""
        return memory_limit // self._taking_part(share)

    def _taking_part(self, share: Share) -> int:
        others = (other for other in self._shares if other is not share)
        return 1 + sum(1 for other in others if other.busy or other.hungry)
