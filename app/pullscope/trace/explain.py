"""What a trace tells, in numbers: phases, rates, waste, limits, the critical path. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pullscope.engine.events import PullEvent, Sampled
from pullscope.engine.model import Settings
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.trace.attempts import Attempt
from pullscope.trace.critical_path import Step, critical_path
from pullscope.trace.own_cost import percentile
from pullscope.trace.recorded import Ledger, RecordedPull
from pullscope.tuning.limit_words import limit_words, whole_words
from pullscope.tuning.limits import Limits

SLOWEST = 5
"""How many of the slowest chunks are told."""
_SHORTEST_STRETCH = 0.3  # seconds; what stood for less is part of what was before


@dataclass(frozen=True, slots=True)
class PhaseTimes:
    """What all attempts spent in a phase; seconds.

    Attributes:
        share: of the time of all attempts, with the time in which their bytes were queued and were
            to be hashed.
    """

    name: str
    total: float
    share: float
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True)
class ConnectionRate:
    """What a connection brought: bytes, in so many seconds of requests."""

    connection: int
    attempts: int
    received: int
    busy: float

    @property
    def rate(self) -> float:
        """Bytes/s while it had a request."""
        return self.received / self.busy if self.busy else 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What limited the pull from `began` to `ended`, in words."""

    began: float
    ended: float
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a trace tells of a pull; sizes in bytes, times in seconds since the pull began.

    Attributes:
        seconds: that the pull took, or until where the trace ends.
        limited_by: what limited it for the longest time, in words.
        slowest: the attempts that took the longest, until all was written.
        path: the critical path.
    """

    reference: str
    digest: str
    state: str
    error: str
    seconds: float
    settings: Settings | None
    changes: int
    milestones: dict[str, float]
    phases: Sequence[PhaseTimes]
    slowest: Sequence[Attempt]
    connections: Sequence[ConnectionRate]
    ledger: Ledger
    attempts: int
    requests: int
    retries: int
    hedges: int
    memory: int
    cpu: float
    limited_by: str
    stretches: Sequence[Stretch]
    path: Sequence[Step]

    @property
    def rate(self) -> float:
        """Bytes/s that were received, over the whole pull."""
        return self.ledger.received / self.seconds if self.seconds else 0.0

    @property
    def path_seconds(self) -> dict[str, float]:
        """How long the critical path was in each kind of step, longest first."""
        totals: dict[str, float] = {}
        for step in self.path:
            totals[step.kind] = totals.get(step.kind, 0.0) + step.ended - step.began
        return dict(sorted(totals.items(), key=lambda item: -item[1]))


def explain(events: Sequence[PullEvent]) -> Explanation:
    """Return what the trace of a pull tells."""
    pull = RecordedPull(events)
    limited_by, stretches = _limits(pull)
    return Explanation(
        reference=pull.reference,
        digest=pull.digest,
        state=pull.state,
        error=pull.error,
        seconds=pull.end,
        settings=pull.settings,
        changes=len(pull.changes),
        milestones=pull.milestones,
        phases=_phases(pull),
        slowest=sorted(pull.attempts, key=lambda a: a.started - a.ended_by(pull.end))[:SLOWEST],
        connections=_connections(pull),
        ledger=pull.ledger,
        attempts=len(pull.attempts),
        requests=len(pull.requests),
        retries=pull.retries,
        hedges=pull.hedges,
        memory=max((sample.memory for sample in pull.samples), default=0),
        cpu=max((sample.cpu for sample in pull.samples), default=0.0),
        limited_by=limited_by,
        stretches=stretches,
        path=critical_path(pull),
    )


def _phases(pull: RecordedPull) -> list[PhaseTimes]:
    spent = pull.phase_seconds
    whole = sum(sum(values) for values in spent.values())
    return [
        PhaseTimes(
            name,
            sum(values),
            sum(values) / whole if whole else 0.0,
            *(percentile(values, share) for share in (50, 90, 99)),
        )
        for name, values in spent.items()
        if values
    ]


def _connections(pull: RecordedPull) -> list[ConnectionRate]:
    by_connection: dict[int, list[Attempt]] = {}
    for attempt in pull.attempts:
        by_connection.setdefault(attempt.connection, []).append(attempt)
    rates = []
    for connection, own in sorted(by_connection.items()):
        last_bytes = [a.ended_by(pull.end) if a.last_byte is None else a.last_byte for a in own]
        busy = sum(max(0.0, last - a.started) for last, a in zip(last_bytes, own, strict=True))
        received = sum(attempt.received for attempt in own)
        rates.append(ConnectionRate(connection, len(own), received, busy))
    return rates


def _limits(pull: RecordedPull) -> tuple[str, list[Stretch]]:
    """Return what limited the pull most, and what did at each time."""
    limits = Limits()
    told: list[tuple[float, str]] = []
    for event in pull.events:
        limits(event)
        if isinstance(event, Sampled):
            words = limit_words(limits.now).title.partition(":")[0]
            if not told or told[-1][1] != words:
                told.append((event.at, words))
    ends = [*(began for began, _ in told[1:]), pull.end]
    stretches: list[Stretch] = []
    for (began, words), ended in zip(told, ends, strict=False):
        before = stretches[-1] if stretches else None
        if before and (ended - began < _SHORTEST_STRETCH or before.words == words):
            stretches[-1] = Stretch(before.began, ended, before.words)
        else:
            stretches.append(Stretch(began, ended, words))
    return str(whole_words(limits)), stretches


def time_text(seconds: float) -> str:
    """Return seconds for a table: below one as milliseconds."""
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else duration_text(seconds)


def explanation_lines(told: Explanation) -> Iterator[str]:
    """Return an explanation as lines for a terminal."""
    yield f"{told.reference or 'a pull'}: {told.state} after {time_text(told.seconds)}"
    if told.digest:
        yield f"  {told.digest}"
    if told.error:
        yield f"  {told.error}"
    yield (
        f"  {size_text(told.ledger.received)} received ({rate_text(told.rate)}), "
        f"{told.attempts} requests for chunks, {told.requests} others, "
        f"{told.retries} retries, {told.hedges} second requests"
    )
    yield f"  {told.limited_by}"
    yield from _table("Milestones", [(name, time_text(at)) for name, at in told.milestones.items()])
    yield from _table(
        "Phases of the requests for chunks",
        [("", "all", "share", "p50", "p90", "p99")]
        + [
            (
                phase.name,
                time_text(phase.total),
                f"{phase.share:.0%}",
                *(time_text(value) for value in (phase.p50, phase.p90, phase.p99)),
            )
            for phase in told.phases
        ],
    )
    yield from _table(
        "Slowest chunks",
        [
            (
                f"layer {attempt.layer + 1}, chunk {attempt.chunk}",
                f"attempt {attempt.attempt}",
                time_text(attempt.ended_by(told.seconds) - attempt.started),
                size_text(attempt.received),
                f"c{attempt.connection + 1}",
                attempt.outcome,
            )
            for attempt in told.slowest
        ],
    )
    yield from _table(
        "Connections",
        [
            (
                f"c{one.connection + 1}",
                f"{one.attempts} requests",
                size_text(one.received),
                rate_text(one.rate),
            )
            for one in told.connections
        ],
    )
    yield from _table("Where it went", ledger_lines(told.ledger))
    yield from _table(
        "What limited it",
        [
            (f"{time_text(one.began)} to {time_text(one.ended)}", one.words)
            for one in told.stretches
        ],
    )
    whole = sum(told.path_seconds.values())
    yield from _table(
        "Critical path",
        [
            (kind, time_text(seconds), f"{seconds / whole:.0%}")
            for kind, seconds in told.path_seconds.items()
        ],
    )


def ledger_rows(ledger: Ledger) -> list[tuple[str, int]]:
    """Return the names of a ledger's entries, with their bytes."""
    return [
        ("image", ledger.image),
        ("there before", ledger.existing),
        ("kept of an earlier pull", ledger.kept),
        ("received", ledger.received),
        ("wasted: not needed when it came", ledger.over_fetched),
        ("wasted: of layers that were discarded", ledger.discarded),
        ("wasted: given up for want of ranges", ledger.given_up),
        ("asked for again", ledger.retried),
        ("asked for twice at once", ledger.hedged),
    ]


def ledger_lines(ledger: Ledger) -> list[tuple[str, str]]:
    """Return all of a ledger for people: bytes, then what else was spent, where that is known."""
    lines = [(name, size_text(size)) for name, size in ledger_rows(ledger)]
    if ledger.handshakes is not None:
        lines.append(("connections that were made", f"{ledger.handshakes}"))
    if ledger.manifests:
        left = "" if ledger.quota_left is None else f", {ledger.quota_left} left"
        lines.append(("manifests, which quotas count", f"{ledger.manifests}{left}"))
    return lines


def _table(title: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Return a title and columns, the first one to the left, those with numbers to the right."""
    if not rows:
        return
    yield ""
    yield title
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [first.ljust(widths[0])]
        cells += [
            cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
            for cell, width in zip(others, widths[1:], strict=True)
        ]
        yield f"  {'  '.join(cells)}".rstrip()


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of two traces.

    Attributes:
        group: "whole", "milestones", "phases", "critical path", "bytes" or "requests".
        kind: "seconds", "share", "bytes", "rate" or "count".
    """

    name: str
    kind: str
    before: float
    after: float
    group: str

    @property
    def change(self) -> float | None:
        """As a share of `before`; None where that is 0, and where both are shares themselves."""
        return self.after / self.before - 1 if self.before and self.kind != "share" else None


def differences(before: Explanation, after: Explanation) -> list[Difference]:
    """Return two traces' measures side by side: the whole, milestones, phases, bytes, requests."""
    found = [
        Difference("whole pull", "seconds", before.seconds, after.seconds, "whole"),
        Difference("rate", "rate", before.rate, after.rate, "whole"),
        Difference("CPU", "seconds", before.cpu, after.cpu, "whole"),
        Difference("memory, most", "bytes", before.memory, after.memory, "whole"),
    ]
    found += [
        Difference(name, "seconds", before.milestones[name], after.milestones[name], "milestones")
        for name in before.milestones
        if name in after.milestones
    ]
    phases = {phase.name: phase for phase in after.phases}
    for one in before.phases:
        other = phases.get(one.name)
        if other is None:
            continue
        for name, kind, first, second in (
            ("all", "seconds", one.total, other.total),
            ("share", "share", one.share, other.share),
            ("p50", "seconds", one.p50, other.p50),
            ("p90", "seconds", one.p90, other.p90),
            ("p99", "seconds", one.p99, other.p99),
        ):
            found.append(Difference(f"{one.name}, {name}", kind, first, second, "phases"))
    for step in {**before.path_seconds, **after.path_seconds}:
        seconds = (before.path_seconds.get(step, 0.0), after.path_seconds.get(step, 0.0))
        name = f"critical path, {step}"
        found.append(Difference(name, "seconds", *seconds, "critical path"))
    ledgers = zip(ledger_rows(before.ledger), ledger_rows(after.ledger), strict=True)
    found += [
        Difference(name, "bytes", first, second, "bytes") for (name, first), (_, second) in ledgers
    ]
    found += [
        Difference("wasted", "bytes", before.ledger.wasted, after.ledger.wasted, "bytes"),
        Difference("requests for chunks", "count", before.attempts, after.attempts, "requests"),
        Difference("other requests", "count", before.requests, after.requests, "requests"),
        Difference("retries", "count", before.retries, after.retries, "requests"),
        Difference("second requests", "count", before.hedges, after.hedges, "requests"),
    ]
    if before.ledger.handshakes is not None and after.ledger.handshakes is not None:
        made = (before.ledger.handshakes, after.ledger.handshakes)
        found.append(Difference("connections made", "count", *made, "requests"))
    return found


def different_settings(
    before: Explanation, after: Explanation
) -> dict[str, tuple[int | str, int | str]]:
    """Return the settings that two pulls began with and that differ."""
    if before.settings is None or after.settings is None:
        return {}
    one, other = before.settings.as_dict(), after.settings.as_dict()
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}


def difference_lines(before: Explanation, after: Explanation) -> Iterator[str]:
    """Return the differences of two traces as lines for a terminal."""
    yield f"A: {before.reference} {before.state} after {time_text(before.seconds)}"
    yield f"B: {after.reference} {after.state} after {time_text(after.seconds)}"
    yield from _table(
        "Measures",
        [("", "A", "B", "change")]
        + [
            (
                one.name,
                amount_text(one.kind, one.before),
                amount_text(one.kind, one.after),
                "" if one.change is None else f"{one.change:+.0%}",
            )
            for one in differences(before, after)
        ],
    )
    settings = different_settings(before, after)
    yield from _table(
        "Settings that differ",
        [(name.replace("_", " "), f"{a}", f"{b}") for name, (a, b) in settings.items()],
    )


def amount_text(kind: str, value: float) -> str:
    """Return one side of a `Difference` in words."""
    match kind:
        case "seconds":
            return time_text(value)
        case "share":
            return f"{value:.0%}"
        case "bytes":
            return size_text(value)
        case "rate":
            return rate_text(value)
        case _:
            return str(int(value))
