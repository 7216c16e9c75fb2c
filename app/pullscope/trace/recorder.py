"""The recorder: an observer that keeps every event of a pull."""

from pullscope.engine.events import PullEvent


class Recorder:
    """Keeps the events of a pull: `pull.observe(recorder)`.

    Attributes:
        events: in the order in which they happened.
    """

    def __init__(self) -> None:
        self.events: list[PullEvent] = []

    def __call__(self, event: PullEvent) -> None:
        """Keep `event`."""
        self.events.append(event)
