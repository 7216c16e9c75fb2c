"""Traces as OpenMetrics text: one pull as counters, gauges and histograms, for Prometheus."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from pullscope import __version__
from pullscope.engine.events import PullEvent
from pullscope.trace.recorded import RecordedPull
from pullscope.trace.texts import clean

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


def write_openmetrics(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the metrics of the pull that `events` tell of.

    Raises:
        OSError: `file` cannot be written.
    """
    file.write("".join(f"{line}\n" for line in _lines(RecordedPull(events))).encode())


def _lines(pull: RecordedPull) -> Iterator[str]:
    settings = pull.settings.as_dict() if pull.settings else {}
    about = {
        "reference": pull.reference,
        "digest": pull.digest,
        "platform": pull.resolved.platform if pull.resolved else "",
        "state": pull.state,
        "program": __version__,
        **{name: value for name, value in settings.items() if isinstance(value, str)},
    }
    yield from _family("pullscope_pull", "info", "What was pulled, and how it ended.")
    yield _sample("pullscope_pull_info", about, 1)

    ledger = pull.ledger
    yield from _family("pullscope_image_bytes", "gauge", "All layers.", "bytes")
    yield _sample("pullscope_image_bytes", {}, ledger.image)
    yield from _family("pullscope_layer_bytes", "counter", "Where bytes of layers went.", "bytes")
    for kind in (
        "existing", "kept", "received", "over_fetched", "discarded", "given_up", "retried", "hedged"
    ):  # fmt: skip
        yield _sample("pullscope_layer_bytes_total", {"kind": kind}, max(0, getattr(ledger, kind)))

    yield from _family("pullscope_chunk_attempts", "counter", "Requests for chunks.")
    outcomes = Counter(clean(attempt.outcome) for attempt in pull.attempts)
    for outcome, count in sorted(outcomes.items()):
        yield _sample("pullscope_chunk_attempts_total", {"outcome": outcome}, count)
    for name, count, about_it in (
        ("pullscope_retries", pull.retries, "Attempts that ended early and were made again."),
        ("pullscope_hedges", pull.hedges, "Second requests for the bytes of a silent one."),
    ):
        yield from _family(name, "counter", about_it)
        yield _sample(f"{name}_total", {}, count)
    if ledger.handshakes is not None:
        yield from _family("pullscope_handshakes", "counter", "Connections that were made.")
        yield _sample("pullscope_handshakes_total", {}, ledger.handshakes)
    yield from _family("pullscope_manifests", "counter", "Manifests, which quotas count.")
    yield _sample("pullscope_manifests_total", {}, ledger.manifests)
    if ledger.quota_left is not None:
        yield from _family("pullscope_quota_left", "gauge", "Manifests that may be asked for.")
        yield _sample("pullscope_quota_left", {}, ledger.quota_left)
    yield from _family("pullscope_requests", "counter", "Requests for anything but chunks.")
    requests = Counter((clean(sent.kind), str(sent.status)) for sent in pull.requests)
    for (kind, status), count in sorted(requests.items()):
        yield _sample("pullscope_requests_total", {"kind": kind, "status": status}, count)

    yield from _family(
        "pullscope_attempt_phase_seconds", "histogram", "What attempts spent.", "seconds"
    )
    for phase, seconds in pull.phase_seconds.items():
        yield from _histogram("pullscope_attempt_phase_seconds", {"phase": phase}, seconds)

    yield from _family("pullscope_milestone_seconds", "gauge", "Since the pull began.", "seconds")
    for milestone, at in pull.milestones.items():
        yield _sample("pullscope_milestone_seconds", {"milestone": milestone}, at)
    yield from _family("pullscope_setting", "gauge", "What the pull began with.")
    for name, value in settings.items():
        if isinstance(value, int):
            yield _sample("pullscope_setting", {"name": name}, value)
    if pull.samples:
        peak = max(sample.memory for sample in pull.samples)
        yield from _family("pullscope_memory_peak_bytes", "gauge", "Resident, most.", "bytes")
        yield _sample("pullscope_memory_peak_bytes", {}, peak)
        yield from _family("pullscope_cpu_seconds", "counter", "Of the process.", "seconds")
        cpu = max(0.0, max(sample.cpu for sample in pull.samples))
        yield _sample("pullscope_cpu_seconds_total", {}, cpu)
    yield "# EOF"


def _family(name: str, kind: str, about: str, unit: str = "") -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {about}"


def _histogram(name: str, labels: Mapping[str, str], values: Iterable[float]) -> Iterator[str]:
    told = list(values)
    for bound in _BOUNDS:
        count = sum(value <= bound for value in told)
        yield _sample(f"{name}_bucket", {**labels, "le": str(bound)}, count)
    yield _sample(f"{name}_bucket", {**labels, "le": "+Inf"}, len(told))
    yield _sample(f"{name}_count", labels, len(told))
    yield _sample(f"{name}_sum", labels, sum(told))


def _sample(name: str, labels: Mapping[str, str], value: float) -> str:
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _escaped(text: str) -> str:
    return clean(text).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
