"""What traces tell, in the terminal: `pullscope trace show` and `pullscope trace diff`."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from pullscope.engine.model import PullState
from pullscope.trace.explain import (
    Explanation,
    difference_lines,
    differences,
    different_settings,
    explain,
    explanation_lines,
)
from pullscope.trace.file import read_trace
from pullscope.trace.texts import printable


def show(path: Path, *, as_json: bool) -> None:
    """Print what the trace at `path` tells.

    Raises:
        TraceError: it cannot be read.
    """
    told = explain(read_trace(path))
    if as_json:
        print(json.dumps(_as_dict(told), indent=2))
        return
    _print(explanation_lines(told))


def diff(before: Path, after: Path, *, fail_if_slower: float | None, as_json: bool) -> bool:
    """Print in what two traces differ, and return whether the second one is well.

    It is not when it took longer than the first one by more than the share `fail_if_slower`, or is
    not done; with None it always is.

    Raises:
        TraceError: one of them cannot be read.
    """
    one, other = explain(read_trace(before)), explain(read_trace(after))
    if as_json:
        measures = [{**asdict(found), "change": found.change} for found in differences(one, other)]
        settings = {name: list(pair) for name, pair in different_settings(one, other).items()}
        print(json.dumps({"measures": measures, "settings": settings}, indent=2))
    else:
        _print(difference_lines(one, other))
    if fail_if_slower is None:
        return True
    done = other.state == PullState.DONE.value
    return done and other.seconds <= one.seconds * (1 + fail_if_slower)


def _as_dict(told: Explanation) -> dict[str, object]:
    settings = told.settings.as_dict() if told.settings else None
    return {**asdict(told), "settings": settings, "path_seconds": told.path_seconds}


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(printable(line))
