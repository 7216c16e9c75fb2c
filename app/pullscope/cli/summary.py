"""What is said of a pull when it has ended: an object for scripts, a line for people."""

import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from pullscope.engine.model import Snapshot
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.trace.own_cost import OwnCost
from pullscope.tuning.limit_words import whole_words
from pullscope.tuning.limits import LimitKind, Limits


def summary(
    snapshot: Snapshot,
    output: Path,
    limits: Limits,
    cost: OwnCost,
    error: str = "",
    *,
    first_request: float = 0.0,
) -> dict[str, object]:
    """Return the object that `--json` prints: sizes in bytes, times in seconds since the start.

    `cpu_seconds` and `peak_rss_bytes` are those of the whole process, its start included.

    Args:
        snapshot: the last one of the pull.
        output: where the pull put the image.
        limits: what limited it.
        cost: what it cost this program.
        error: why it is not done, in one line; empty when it is.
        first_request: when the first request was sent, seconds since the start.
    """
    about: dict[str, object] = {
        "reference": snapshot.reference,
        "digest": snapshot.digest,
        "output": str(output),
        "status": snapshot.state.value,
        "bytes_total": snapshot.total,
        "bytes_from_network": snapshot.network,
        "bytes_reused": snapshot.reused,
        "bytes_wasted": snapshot.wasted,
        "requests": snapshot.requests,
        "retries": snapshot.retries,
        "hedges": snapshot.hedges,
        "timeline": asdict(snapshot.timeline),
        "network_seconds": _network_seconds(snapshot, first_request),
        "cpu_seconds": round(time.process_time(), 6),
        "peak_rss_bytes": peak_rss(),
        "loop_lag": {"max": cost.lag_max, "p99": cost.lag_p99},
        "limit": {
            "kind": limits.whole.kind.value,
            "words": str(whole_words(limits)),
            "seconds": {kind.value: round(stood, 3) for kind, stood in limits.seconds.items()},
        },
        "settings": snapshot.settings.as_dict(),
        "layers": [
            {
                "digest": layer.digest,
                "size": layer.size,
                "status": layer.state.value,
                "attempts": layer.attempts,
            }
            for layer in snapshot.layers
        ],
    }
    if error:
        about["error"] = error
    return about


def _network_seconds(snapshot: Snapshot, first_request: float) -> float | None:
    """Return the time from the first request to the last byte; None where no byte came."""
    last = snapshot.timeline.last_byte
    return None if last is None else round(last - first_request, 6)


def summary_line(snapshot: Snapshot, output: Path | None) -> str:
    """Return what a finished pull brought, how fast, and where it is (None: not kept)."""
    parts = [f"{size_text(snapshot.network)} in {duration_text(snapshot.at)}"]
    if snapshot.network and snapshot.at > 0:
        parts[0] += f" ({rate_text(snapshot.network / snapshot.at)})"
    parts.append(f"{size_text(snapshot.reused)} reused")
    parts.append("1 retry" if snapshot.retries == 1 else f"{snapshot.retries} retries")
    if output is not None:
        parts.append(f"in {output}")
    return f"{snapshot.reference}: {', '.join(parts)}"


def limit_line(limits: Limits) -> str:
    """Return what limited a pull that has ended, and for how long; empty where it is not known."""
    if limits.whole.kind is LimitKind.UNKNOWN:
        return ""
    words = whole_words(limits)
    return f"{words.title} ({words.evidence})"


def peak_rss() -> int:
    """Return the most bytes that this process has had resident."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    if sys.platform == "linux":
        # Not getrusage if possible: its figure begins at the size of the process that started
        # this one.
        with suppress(OSError):
            for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
