"""The attempts of a pull's chunks, in columns that a drawing can bisect and mask.

`Attempts` observes the events of one pull and keeps one row per attempt, in the order in which the
attempts were sent; a row is filled in as its later facts arrive and is never removed. The timeline
draws it. The counterpart is `engine.events`, where the meaning of each time is written.
"""

import heapq
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    PullEvent,
    PullResolved,
)

Columns = npt.NDArray[np.void]


class Outcome(IntEnum):
    """How an attempt ended."""

    IN_FLIGHT = 0
    DONE = 1
    RETRIED = 2  # it failed, and its chunk is asked again
    GIVEN_BACK = 3  # cut: by a pause, a cancel, or the end of the pull


DTYPE = np.dtype(
    [
        ("layer", np.int32),
        ("chunk", np.int64),
        ("attempt", np.int32),
        ("connection", np.int32),
        ("lane", np.int32),  # its place among the attempts of its layer that run side by side
        ("offset", np.int64),
        ("length", np.int64),
        ("queued", np.float64),
        ("started", np.float64),
        ("first_byte", np.float64),
        ("received_at", np.float64),
        ("ended", np.float64),
        ("outcome", np.int8),
        ("received", np.int64),
        ("host", np.int32),
        ("status", np.int32),
        ("reason", np.int32),
    ]
)


class Attempts:
    """An observer of a pull that keeps its chunk attempts.

    Times are seconds since the pull began, NaN while unknown. `columns` is ordered by `started`.
    """

    def __init__(self) -> None:
        self._rows = np.zeros(1024, DTYPE)
        self._count = 0
        self._open: dict[tuple[int, int], int] = {}
        self._names: list[str] = [""]  # hosts and reasons: few, named again and again
        self._numbers: dict[str, int] = {"": 0}
        self._lanes: list[int] = []
        self._free_lanes: list[list[int]] = []
        self.connections = 0
        self.digests: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self._count

    @property
    def columns(self) -> Columns:
        """Return the rows so far, as a structured array of `DTYPE`; not to be written to."""
        return self._rows[: self._count]

    @property
    def lanes(self) -> tuple[int, ...]:
        """Return, per layer, how many of its attempts ran side by side at most."""
        return tuple(self._lanes)

    def name(self, number: int) -> str:
        """Return the text behind a number in the columns `host` and `reason`."""
        return self._names[number]

    def __call__(self, event: PullEvent) -> None:
        """Take in what happened."""
        match event:
            case ChunkStarted():
                self._start(event)
            case FirstByte():
                self._set(
                    event.chunk,
                    event.attempt,
                    first_byte=event.at,
                    host=self._number(event.host),
                    status=event.status,
                )
            case ChunkDone():
                self._end(
                    event.chunk,
                    event.attempt,
                    received_at=event.received_at,
                    ended=event.at,
                    received=event.received,
                    outcome=Outcome.DONE,
                )
            case ChunkReturned():
                again = event.retry_in is not None
                self._end(
                    event.chunk,
                    event.attempt,
                    ended=event.at,
                    received=event.received,
                    outcome=Outcome.RETRIED if again else Outcome.GIVEN_BACK,
                    reason=self._number(event.reason),
                    **({} if event.status is None else {"status": event.status}),
                )
            case PullResolved():
                self.digests = tuple(layer.digest for layer in event.layers)

    def _start(self, event: ChunkStarted) -> None:
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        nan = np.nan
        self._rows[self._count] = (
            event.layer,
            event.chunk,
            event.attempt,
            event.connection,
            self._take_lane(event.layer),
            event.offset,
            event.length,
            event.queued,
            event.at,
            nan,
            nan,
            nan,
            Outcome.IN_FLIGHT,
            0,
            0,
            0,
            0,
        )
        self._open[event.chunk, event.attempt] = self._count
        self._count += 1
        self.connections = max(self.connections, event.connection + 1)

    def _set(self, chunk: int, attempt: int, **values: Any) -> int | None:
        row = self._open.get((chunk, attempt))
        if row is not None:  # an observer that came late has not seen it start
            for name, value in values.items():
                self._rows[name][row] = value
        return row

    def _end(self, chunk: int, attempt: int, **values: Any) -> None:
        row = self._set(chunk, attempt, **values)
        if row is not None:
            del self._open[chunk, attempt]
            record = self._rows[row]
            heapq.heappush(self._free_lanes[int(record["layer"])], int(record["lane"]))

    def _take_lane(self, layer: int) -> int:
        while len(self._lanes) <= layer:
            self._lanes.append(0)
            self._free_lanes.append([])
        if self._free_lanes[layer]:
            return heapq.heappop(self._free_lanes[layer])
        self._lanes[layer] += 1
        return self._lanes[layer] - 1

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self._names)
            self._names.append(name)
        return self._numbers[name]
