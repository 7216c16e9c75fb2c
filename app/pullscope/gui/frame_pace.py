"""How often a window draws: often enough to look alive, and never at the cost of the pull.

Pure: the counterpart is the timer of `pull_controller`.
"""

FASTEST = 33  # milliseconds between two frames
SLOWEST = 200
_SHARE = 1 / 10  # of the time that may be spent on drawing
_LATELY = 0.2  # the weight of the newest frame
_HYSTERESIS = 0.25  # an interval changes by no less than this share, so that it stands still


class FramePace:
    """Finds the interval between frames out of what they cost.

    On an idle machine a frame costs little and there are thirty a second. Where processors are
    short, as when a pull runs at full speed, a frame takes longer, and there are fewer.

    Attributes:
        interval: milliseconds from one frame to the next.
    """

    def __init__(self) -> None:
        self.interval = FASTEST
        self._cost = 0.0

    def note(self, seconds: float) -> None:
        """Take note of what drawing cost since the last time."""
        self._cost += (seconds - self._cost) * _LATELY
        wanted = min(max(FASTEST, self._cost * 1000 / _SHARE), SLOWEST)
        if abs(wanted - self.interval) > _HYSTERESIS * self.interval or wanted == FASTEST:
            self.interval = round(wanted)
