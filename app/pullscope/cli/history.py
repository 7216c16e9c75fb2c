"""What pulls did before, in the terminal: `pullscope history`."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from pullscope.cli.table import moment_text, table_lines
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.history import History, Kept, PastPull, read_tags
from pullscope.trace.texts import printable


def list_pulls(history: History, search: str, tags: Sequence[str], *, as_json: bool) -> None:
    """Print the pulls that contain the words of `search` and have `tags`, newest first.

    Raises:
        HistoryError: the history cannot be read.
    """
    pulls = history.pulls(search, tags=tags)
    if as_json:
        print(json.dumps([asdict(pull) for pull in pulls], indent=2))
        return
    rows = [("", "STARTED", "STATE", "TOOK", "RECEIVED", "RETRIES", "REFERENCE"), *map(_row, pulls)]
    for line in table_lines(rows, words=(1, 2, 6)):
        print(line)


def show_pull(history: History, number: int, *, as_json: bool) -> None:
    """Print all that is known of a pull.

    Raises:
        HistoryError: it is not there, or the history cannot be read.
    """
    pull = history.pull(number)
    if as_json:
        print(json.dumps(asdict(pull), indent=2))
        return
    told = {
        "reference": pull.reference,
        "digest": pull.digest,
        "platform": pull.platform,
        "started": moment_text(pull.started_at),
        "took": duration_text(pull.seconds),
        "state": pull.state,
        "error": pull.error,
        "limit": pull.verdict,
        "image": size_text(pull.total),
        "reused": size_text(pull.reused),
        "received": f"{size_text(pull.network)} ({rate_text(pull.rate)})",
        "wasted": size_text(pull.wasted),
        "requests": f"{pull.requests}, {pull.retries} retries, {pull.hedges} second requests",
        "output": str(pull.options.get("output") or ""),
        "settings": ", ".join(f"{name} {value}" for name, value in pull.settings.items()),
        "trace": pull.trace,
        "tags": ", ".join(pull.tags),
    }
    width = max(map(len, told))
    for name, value in told.items():
        if value:
            print(f"{name.ljust(width)}  {printable(value)}")


def remove_pulls(history: History, numbers: Sequence[int]) -> None:
    """Remove pulls.

    Raises:
        HistoryError: one is not there, or the history cannot be written.
    """
    history.remove(numbers)
    print(f"removed {_counted(len(set(numbers)), 'pull')}")


def prune(history: History, kept: Kept, *, dry_run: bool) -> None:
    """Remove what is beyond `kept`, or only say what that is.

    Raises:
        HistoryError: the history cannot be read or written.
    """
    pruned = history.prune(kept, dry_run=dry_run)
    words = f"{'would remove' if dry_run else 'removed'} {_counted(pruned.pulls, 'pull')}"
    if pruned.traces:
        words += f" and {_counted(pruned.traces, 'trace')}, {size_text(pruned.trace_bytes)}"
    print(words)


def tag_pulls(history: History, numbers: Sequence[int], tags: str, *, off: bool) -> None:
    """Give pulls the tags, separated by commas, or take them off.

    Raises:
        HistoryError: a pull is not there, a tag is none, or the history cannot be written.
    """
    change = history.untag if off else history.tag
    change(numbers, read_tags(tags))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _row(pull: PastPull) -> tuple[str, ...]:
    return (
        str(pull.number),
        moment_text(pull.started_at),
        pull.state,
        duration_text(pull.seconds),
        size_text(pull.network),
        str(pull.retries),
        printable(pull.reference) + "".join(f"  [{tag}]" for tag in pull.tags),
    )
