"""Lanes: tracks side by side for what a viewer wants one after the other on each track."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Lanes:
    """Tracks side by side. `ends`: until when each is taken, in any whole unit of time."""

    ends: list[int] = field(default_factory=list)

    def place(self, start: int, end: int) -> int:
        """Return the first lane that is free from `start` on, and take it until `end`."""
        for lane, taken in enumerate(self.ends):
            if taken <= start:
                self.ends[lane] = end
                return lane
        self.ends.append(end)
        return len(self.ends) - 1
