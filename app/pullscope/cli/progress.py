"""How a pull looks in a terminal while it runs.

Snapshots become lines by pure functions; two reporters put lines on a stream: `Bars` redraws a
block in place on a terminal, `Lines` adds a line every few seconds to anything else. Neither may
hurt the pull: a reporter whose stream is gone falls silent.
"""

import os
import sys
from collections import deque
from typing import Protocol, TextIO

from pullscope.engine.events import LayerDiscarded, PullEvent, RangeUnusable
from pullscope.engine.model import LayerSnapshot, LayerState, PullState, Snapshot
from pullscope.engine.units import duration_text, rate_text, size_text

_RATE_SPAN = 3.0
"""Seconds over which a rate is taken: long enough to be read, short enough to follow a change."""

_SHORTEST_BAR = 10
_LONGEST_BAR = 60
_ACTIVE = (LayerState.RECEIVING, LayerState.HASHING, LayerState.COMMITTING)


class Rate:
    """The rate at which bytes come over the network, over the last seconds."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def update(self, snapshot: Snapshot) -> float:
        """Take in `snapshot` and return the rate in bytes/s, 0 for the first one."""
        self._seen.append((snapshot.at, snapshot.network))
        while len(self._seen) > 2 and self._seen[1][0] <= snapshot.at - _RATE_SPAN:
            self._seen.popleft()
        since, before = self._seen[0]
        seconds = snapshot.at - since
        return (snapshot.network - before) / seconds if seconds > 0 else 0.0


def bar(width: int, total: int, received: int, hashed: int) -> str:
    """Return a bar of `width` characters: "=" is verified, "-" received, the rest is to come."""
    inside = max(0, width - 2)
    if total <= 0:
        return f"[{'=' * inside}]"
    to_hashed = inside * min(hashed, total) // total
    to_received = max(to_hashed, inside * min(received, total) // total)
    drawn = "=" * to_hashed + "-" * (to_received - to_hashed)
    return f"[{drawn:<{inside}}]"


def block(snapshot: Snapshot, rate: float, width: int, height: int) -> list[str]:
    """Return a line per active layer and one for the whole pull.

    No line is longer than `width`, and there are at most `height` of them: layers beyond that are
    only counted.
    """
    if snapshot.state is PullState.RESOLVING:
        return [f"resolving {snapshot.reference}"[:width]]
    active = [layer for layer in snapshot.layers if layer.state in _ACTIVE]
    shown = active if len(active) < height else active[: max(0, height - 2)]
    lines = [_layer_line(layer, width) for layer in shown]
    if len(shown) < len(active) and height > 1:
        lines.append(f"and {len(active) - len(shown)} more layers"[:width])
    lines.append(_total_line(snapshot, rate, width))
    return lines


def status(snapshot: Snapshot, rate: float) -> str:
    """Return the whole pull in one line."""
    if snapshot.state is PullState.RESOLVING:
        return f"resolving {snapshot.reference}"
    return f"{_percent(snapshot.received, snapshot.total).strip()}, {_amounts(snapshot, rate)}"


def note(event: PullEvent) -> str | None:
    """Return what a user should know of `event` although the pull goes on, None mostly."""
    match event:
        case RangeUnusable():
            return f"layer {event.layer} comes in one piece: {event.reason}"
        case LayerDiscarded():
            return f"layer {event.layer} is fetched once more: {event.reason}"
        case _:
            return None


def _layer_line(layer: LayerSnapshot, width: int) -> str:
    name = layer.digest.partition(":")[2][:12]
    match layer.state:
        case LayerState.RECEIVING:
            doing = f"{len(layer.in_flight)} in flight"
        case state:
            doing = state.value
    percent = _percent(layer.received, layer.size)
    return _with_bar(
        f"{name:<12} {size_text(layer.size):>8} ",
        f" {percent} {doing}",
        width,
        (layer.size, layer.received, layer.hashed),
        tail=18,
    )


def _total_line(snapshot: Snapshot, rate: float, width: int) -> str:
    finished = (LayerState.DONE, LayerState.EXISTING)
    done = sum(layer.state in finished for layer in snapshot.layers)
    layers = f"{done}/{len(snapshot.layers)} layers"
    text = f" {_percent(snapshot.received, snapshot.total)} {_amounts(snapshot, rate)}"
    return _with_bar(
        f"{layers:<21} ",
        text,
        width,
        (snapshot.total, snapshot.received, snapshot.hashed),
        tail=46,
    )


def _with_bar(head: str, text: str, width: int, amounts: tuple[int, int, int], *, tail: int) -> str:
    """Put a bar between `head` and `text`; without room for one, leave it out.

    `tail` is the room kept for `text`, so that the bars of all lines are equally long where that
    is possible.
    """
    room = min(width - len(head) - max(tail, len(text)), _LONGEST_BAR)
    if room < _SHORTEST_BAR:
        return f"{head.rstrip()}{text}"[:width]
    return head + bar(room, *amounts) + text


def _percent(part: int, whole: int) -> str:
    # Rounded down: 100 % is said when every byte is there, not before.
    return f"{min(100, 100 * part // whole) if whole > 0 else 100:>3}%"


def _amounts(snapshot: Snapshot, rate: float) -> str:
    parts = [f"{size_text(snapshot.received)} of {size_text(snapshot.total)}"]
    if snapshot.state is PullState.PAUSED:
        parts.append("paused")
    elif snapshot.received < snapshot.total:
        parts.append(rate_text(rate))
        if rate > 0:
            left = (snapshot.total - snapshot.received) / rate
            parts.append(f"{duration_text(left)} left")
    elif snapshot.hashed < snapshot.total:
        parts.append("hashing")
    else:
        parts.append("committing")
    return ", ".join(parts)


class Reporter(Protocol):
    """Shows a pull on a stream. `interval` is the time between two calls of `show`, in seconds."""

    interval: float

    def show(self, snapshot: Snapshot) -> None:
        """Show the state of the pull."""

    def say(self, text: str) -> None:
        """Add a line that stays."""

    def close(self) -> None:
        """Leave the stream to others; what was shown in passing is gone."""


class _Output:
    """A stream that may go away."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False

    def write(self, text: str) -> None:
        if self._gone or not text:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # The reader of a pipe left, or the terminal was closed: nobody is watching.
            self._gone = True


class Bars:
    """Draws bars in place, on a terminal that knows ANSI's cursor movements."""

    interval = 0.1

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._output = _Output(stream)
        self._rate = Rate()
        self._drawn = 0

    def show(self, snapshot: Snapshot) -> None:
        """Redraw the bars."""
        width, height = _terminal_size(self._stream)
        # The last column stays free: some terminals wrap when it is written to. The last row
        # holds the cursor.
        lines = block(snapshot, self._rate.update(snapshot), width - 1, height - 1)
        self._output.write(self._back() + "".join(f"{line}\x1b[K\n" for line in lines) + "\x1b[J")
        self._drawn = len(lines)

    def say(self, text: str) -> None:
        """Add a line above the bars, which come back with the next snapshot."""
        self._output.write(f"{self._back()}\x1b[J{text}\n")
        self._drawn = 0

    def close(self) -> None:
        """Remove the bars."""
        if self._drawn:
            self._output.write(f"{self._back()}\x1b[J")
            self._drawn = 0

    def _back(self) -> str:
        return f"\x1b[{self._drawn}A\r" if self._drawn else ""


class Lines:
    """Adds a line every few seconds."""

    interval = 3.0

    def __init__(self, stream: TextIO) -> None:
        self._output = _Output(stream)
        self._rate = Rate()
        self._shown = False

    def show(self, snapshot: Snapshot) -> None:
        """Add a line; not at once, since a pull may be over before anybody reads it."""
        rate = self._rate.update(snapshot)
        if self._shown:
            self._output.write(f"{status(snapshot, rate)}\n")
        self._shown = True

    def say(self, text: str) -> None:
        """Add a line."""
        self._output.write(f"{text}\n")

    def close(self) -> None:
        """Do nothing: every line stays."""


class Silence:
    """Shows nothing."""

    interval = 3600.0

    def show(self, snapshot: Snapshot) -> None:
        """Do nothing."""

    def say(self, text: str) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def reporter(stream: TextIO, *, quiet: bool) -> Reporter:
    """Return the reporter that suits `stream`."""
    if quiet:
        return Silence()
    return Bars(stream) if _draws(stream) else Lines(stream)


def _draws(stream: TextIO) -> bool:
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        return False
    # The old Windows console shows escape sequences as text; Windows Terminal sets WT_SESSION.
    return sys.platform != "win32" or "WT_SESSION" in os.environ


def _terminal_size(stream: TextIO) -> tuple[int, int]:
    try:
        columns, rows = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        columns, rows = 0, 0
    # A terminal that was never told its size says 0.
    return columns or 80, rows or 24
