"""What a layer goes through, from events: receiving, hashing, committing."""

from dataclasses import dataclass

from pullscope.engine.events import (
    ChunkStarted,
    LayerCommitted,
    LayerDiscarded,
    LayerReceived,
    LayerVerified,
    PullEvent,
)
from pullscope.trace.attempts import Phase


@dataclass(frozen=True, slots=True)
class LayerPhase:
    """A phase of a layer: "receiving", "hashing" (what hashing needs beyond receiving) or
    "committing"."""

    layer: int
    phase: Phase


class LayerPhaseReader:
    """Puts the phases of layers together from events, one after the other."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[str, float]] = {}

    def take(self, event: PullEvent) -> LayerPhase | None:
        """Return the phase that ended with `event`; None when none did."""
        match event:
            case ChunkStarted() if event.layer not in self._running:
                self._running[event.layer] = ("receiving", event.at)
            case LayerReceived():
                return self._leave(event.layer, event.at, "hashing")
            case LayerDiscarded():
                return self._leave(event.layer, event.at, None)
            case LayerVerified():
                return self._leave(event.layer, event.at, "committing")
            case LayerCommitted():
                return self._leave(event.layer, event.at, None)
            case _:
                pass
        return None

    def close(self, at: float) -> list[LayerPhase]:
        """Return the phases that were running when the trace ended, at `at`."""
        left = [self._leave(layer, at, None) for layer in list(self._running)]
        return [phase for phase in left if phase is not None]

    def _leave(self, layer: int, at: float, then: str | None) -> LayerPhase | None:
        phase = self._running.pop(layer, None)
        if then is not None:
            self._running[layer] = (then, at)
        return None if phase is None else LayerPhase(layer, Phase(*phase, at))
