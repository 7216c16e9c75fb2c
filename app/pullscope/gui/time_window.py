"""Which seconds of a pull the timeline and the plots show: following, zoom, and the way back."""

import math
from dataclasses import dataclass

SHORTEST = 0.001  # seconds; no closer look than this
_LEAST_ALL = 12.0  # seconds one can zoom out to, however young the pull is
_MOST_STEPS = 50  # back


@dataclass(frozen=True, slots=True)
class _Look:
    t0: float
    t1: float
    following: bool
    span: float


class TimeWindow:
    """The visible time.

    While it follows, its end is the present; zooming keeps it there, moving stops it. Every look
    that was left by a zoom or a move can be gone back to; steps of one kind in a row are one look.

    Attributes:
        t0, t1: the first and the last second that are visible.
        now: the age of the pull, in seconds.
        span: seconds that are shown while following; infinity: everything since the beginning.
        following: whether the present is kept in view.
    """

    def __init__(self) -> None:
        self.t0, self.t1 = 0.0, 12.0
        self.now = 0.0
        self.span = 12.0
        self.following = True
        self._period = 12.0  # that was chosen, before any zoom
        self._looks: list[_Look] = []
        self._kind = ""

    @property
    def can_go_back(self) -> bool:
        """Whether there is a look to go back to."""
        return bool(self._looks)

    def begin(self, now: float = 0.0, *, ended: bool = False) -> None:
        """Another pull is shown, `now` seconds old: follow it; show all of one that has ended."""
        self.now = now
        self.follow(self._period)
        if ended:
            self.show(0.0, max(now, 1.0))
        self._looks.clear()
        self._kind = ""

    def advance(self, now: float) -> None:
        """The pull is `now` seconds old."""
        self.now = now
        if self.following:
            self._to_the_present()

    def follow(self, span: float) -> None:
        """Keep the last `span` seconds in view; infinity: everything since the beginning."""
        self._remember("follow")
        self._period = self.span = span
        self.following = True
        self._to_the_present()

    def set_following(self, following: bool) -> None:
        """Keep the present in view, as many seconds as are shown now; or freeze."""
        if following == self.following:
            return
        self.following = following
        if following:
            if not math.isinf(self.span):
                self.span = self.t1 - self.t0
            self._to_the_present()

    def show(self, t0: float, t1: float, kind: str = "show") -> None:
        """Show these seconds, and follow no longer."""
        self._remember(kind)
        self.following = False
        self._set(t0, t1)

    def zoom(self, factor: float, at: float | None = None) -> None:
        """Show `factor` of the time, keeping `at` where it is; the middle without one."""
        self._remember("in" if factor < 1 else "out")
        length = self.t1 - self.t0
        span = min(max(length * factor, SHORTEST), max(self.now * 1.1, _LEAST_ALL))
        if self.following:
            self.span = span
            self._to_the_present()
            return
        if at is None:
            at = (self.t0 + self.t1) / 2
        t0 = at - (at - self.t0) * span / length
        self._set(t0, t0 + span)

    def pan(self, seconds: float) -> None:
        """Move towards the end, or with a negative number towards the beginning."""
        span = self.t1 - self.t0
        t0 = max(0.0, min(self.t0 + seconds, self.now - span * 0.2))
        self.show(t0, t0 + span, kind="pan")

    def back(self) -> None:
        """Go back to the look before the last change."""
        if not self._looks:
            return
        look = self._looks.pop()
        self._kind = ""
        self.t0, self.t1 = look.t0, look.t1
        self.following, self.span = look.following, look.span
        if self.following:
            self._to_the_present()

    def _remember(self, kind: str) -> None:
        if kind != self._kind or kind == "show":
            self._looks.append(_Look(self.t0, self.t1, self.following, self.span))
            del self._looks[:-_MOST_STEPS]
        self._kind = kind

    def _to_the_present(self) -> None:
        if math.isinf(self.span):
            self._set(0.0, max(self.now, 1.0))
        else:
            end = max(self.now, self.span)
            self._set(end - self.span, end)

    def _set(self, t0: float, t1: float) -> None:
        span = max(t1 - t0, SHORTEST)
        self.t0 = max(t0, 0.0)
        self.t1 = self.t0 + span
