"""What the end of a pull waited for, step by step from its start: the critical path. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pullscope.trace.attempts import Attempt, attempt_phases
from pullscope.trace.layer_phases import LayerPhase
from pullscope.trace.recorded import RecordedPull


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the critical path; seconds since the pull began.

    Attributes:
        kind: "resolving", "queued", "retry wait", "connecting", "waiting", "receiving", "writing",
            "hashing" or "committing".
        layer, chunk: that it was about; None where it was about none.
    """

    kind: str
    began: float
    ended: float
    layer: int | None = None
    chunk: int | None = None


def critical_path(pull: RecordedPull) -> list[Step]:
    """Return the steps that led to the end of `pull`, one behind the other, first to last.

    It begins at the end, with the layer that was the last to be committed, and asks of each step
    what had to be over before: of a retry, the attempt before; of another attempt, the one that had
    its connection before.
    """
    steps: list[Step] = []
    cursor = pull.end
    for step in _backwards(pull):
        ended = min(step.ended, cursor)
        if step.began < ended:
            steps.append(Step(step.kind, step.began, ended, step.layer, step.chunk))
            cursor = step.began
    return steps[::-1]


def _backwards(pull: RecordedPull) -> Iterator[Step]:
    layer_phases = pull.layer_phases
    last_layer = _last_layer(layer_phases)
    for told in reversed(layer_phases):
        if told.layer == last_layer and told.phase.name != "receiving":
            yield Step(told.phase.name, told.phase.began, told.phase.ended, told.layer)
    places = _Places(pull)
    attempt = max(
        (a for a in pull.attempts if last_layer in (None, a.layer) and a.ended is not None),
        key=lambda a: a.ended or 0.0,
        default=None,
    )
    cursor = pull.end
    while attempt is not None:
        for phase in reversed(attempt_phases(attempt, pull.end)):
            yield Step(phase.name, phase.began, phase.ended, attempt.layer, attempt.chunk)
        cursor = attempt.started
        before, kind = places.before(attempt)
        if before is not None:
            yield Step(kind, _free(before, cursor), cursor, attempt.layer, attempt.chunk)
        attempt = before
    resolved = pull.resolved.at if pull.resolved else cursor
    yield Step("queued", resolved, cursor)
    yield Step("resolving", 0.0, resolved)


def _last_layer(layer_phases: Iterable[LayerPhase]) -> int | None:
    ends = [(told.phase.ended, told.layer) for told in layer_phases]
    return max(ends)[1] if ends else None


class _Places:
    """Finds the attempt that had to be over before another one."""

    def __init__(self, pull: RecordedPull) -> None:
        self._by_connection: dict[int, Attempt] = {}
        self._before_on_connection: dict[int, Attempt] = {}
        self._by_number = {(a.chunk, a.attempt): a for a in pull.attempts}
        for attempt in pull.attempts:
            earlier = self._by_connection.get(attempt.connection)
            if earlier is not None:
                self._before_on_connection[id(attempt)] = earlier
            self._by_connection[attempt.connection] = attempt
        self._seen: set[int] = set()

    def before(self, attempt: Attempt) -> tuple[Attempt | None, str]:
        """Return it, and what the time between is called; None when nothing was before."""
        self._seen.add(id(attempt))
        found, kind = self._by_number.get((attempt.chunk, attempt.attempt - 1)), "retry wait"
        if found is None or found.ended is None or found.ended > attempt.started:
            found, kind = self._before_on_connection.get(id(attempt)), "queued"
        if found is None or id(found) in self._seen:
            return None, ""
        return found, kind


def _free(attempt: Attempt, cursor: float) -> float:
    """Return when an attempt gave its connection free."""
    ends = [time for time in (attempt.last_byte, attempt.ended) if time is not None]
    return min([*ends, cursor])
