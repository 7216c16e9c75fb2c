"""How many bytes move at a time. Pure.

Every hand-over (transport to loop, loop to writing thread) costs the same whatever its size, so few
large ones are cheap; but bytes on their way are memory, progress not yet seen, and what a crash
loses. With many connections each gets larger steps in time and smaller ones in bytes.
"""

from dataclasses import dataclass

from pullscope.engine.model import KIB, MIB

SIGN_OF_LIFE = 4 * KIB
"""Bytes that count as one: a connection that brings them byte by byte is as good as silent. The
transport hands over no larger steps on the slowest connections, or they would seem so."""


class Silence:
    """How long a body gives no sign of life.

    Attributes:
        waited: seconds spent waiting since the last one.
    """

    def __init__(self) -> None:
        self.waited = 0.0
        self._came = 0

    def note(self, seconds: float, count: int) -> None:
        """Tell that `count` bytes came after a wait of `seconds`."""
        self.waited += seconds
        self._came += count
        if self._came >= SIGN_OF_LIFE:
            self.waited, self._came = 0.0, 0


@dataclass(frozen=True, slots=True)
class Pace:
    """The steps of one attempt.

    Attributes:
        read_buffer: bytes that may wait in the transport before they are seen.
        run_size: bytes collected before a thread writes them; up to two runs are held.
        run_seconds: after this time they are written also when they are fewer.
    """

    read_buffer: int
    run_size: int
    run_seconds: float


def pace(connections: int, connection_rate: float, memory: int) -> Pace:
    """Return the steps for one of `connections` requests, each at about `connection_rate` bytes/s.

    A rate of 0 is not known yet. All together they hold at most `memory` bytes, as long as that
    leaves 16 KiB for each step.

    Together they make at most about 1000 reads and 500 writes a second on slow connections.
    """
    connections = max(connections, 1)
    seen_within = max(0.02, connections / 800)
    batch = round(connection_rate * seen_within) if connection_rate else 32 * KIB
    share = max(memory // (4 * connections), 16 * KIB)
    return Pace(
        read_buffer=min(max(batch, SIGN_OF_LIFE), share, 256 * KIB),
        run_size=min(share, MIB),
        run_seconds=max(0.02, connections / 500),
    )
