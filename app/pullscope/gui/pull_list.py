"""The file of the list of pulls: what stands in the window stands there again after a restart.

It holds what was asked for and how far it was. It names no credentials: a reference has room for
none, and what cannot be read as a reference is neither written nor taken. A file that somebody
damaged is told and set aside; it is no reason not to start.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import platformdirs

from pullscope.engine.errors import PullError
from pullscope.engine.files import replace_file
from pullscope.engine.message import Message, with_message, words_of
from pullscope.engine.model import Settings
from pullscope.engine.reference import parse_reference
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.session import PullOptions, read_options

VERSION = 1
MOST = 200
"""Pulls that are kept; finished ones at the end of the list go first."""

_LARGEST = 4 * 1024 * 1024
_LONGEST_TEXT = 2000
_LONGEST_WORDS = 300
_MOST_BYTES = 2**63 - 1
_WRITTEN_AS = {RunState.RUNNING: RunState.INTERRUPTED, RunState.HELD: RunState.QUEUED}
_READ_AS = {RunState.RUNNING: RunState.INTERRUPTED, RunState.QUEUED: RunState.HELD}
"""Nothing begins by itself when the list comes back."""


class PullListError(Exception):
    """The list cannot be read or written; the words say why."""


def default_path() -> Path:
    """Return where the list of this user is kept."""
    return platformdirs.user_state_path("pullscope") / "pulls.json"


class PullListFile:
    """The file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, base: PullOptions) -> tuple[PullRun, ...]:
        """Return the list; `base` has the options that are those of the program, not of a pull.

        Raises:
            PullListError: the file is there and cannot be used. It is set aside as `.damaged`, so
                that the next list does not replace it unseen.
        """
        try:
            if self.path.stat().st_size > _LARGEST:
                raise ValueError(Message("it is larger than {most} bytes", most=_LARGEST))
            document = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(document, dict) or document.get("version") != VERSION:
                raise ValueError(Message("it is no list of version {version}", version=VERSION))
            entries = document["pulls"]
            if not isinstance(entries, list) or len(entries) > MOST:
                raise ValueError(Message("it lists more than {most} pulls", most=MOST))
            return tuple(_run(entry, base) for entry in entries)
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError, RecursionError, PullError) as error:
            self._set_aside()
            words = f"KeyError {error}" if isinstance(error, KeyError) else words_of(error)
            if len(words) > _LONGEST_WORDS:
                words = words[:_LONGEST_WORDS]
            message = Message("{path}: {error}", path=self.path, error=words)
            raise PullListError(message) from error

    def write(self, runs: Iterable[PullRun]) -> None:
        """Replace the file, whole or not at all.

        Raises:
            PullListError: there is no room or no right.
        """
        kept = [run for run in runs if run.remembered and _can_be_kept(run)]
        while len(kept) > MOST:
            ended = [run for run in kept if not run.state.unfinished]
            kept.remove(ended[-1] if ended else kept[-1])
        document = {"version": VERSION, "pulls": [_entry(run) for run in kept]}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(document, indent=1) + "\n"
            replace_file(self.path, text.encode(), durable=False)
        except OSError as error:
            raise PullListError(
                Message("{path}: {error}", path=self.path, error=error.strerror or error)
            ) from error

    def _set_aside(self) -> None:
        try:
            os.replace(self.path, self.path.with_name(self.path.name + ".damaged"))
        except OSError:
            return  # the file that could not be read cannot be moved either; that is told


def _can_be_kept(run: PullRun) -> bool:
    try:
        parse_reference(run.reference)
    except PullError:
        return False
    return len(run.reference) <= _LONGEST_TEXT


def _entry(run: PullRun) -> dict[str, Any]:
    state = _WRITTEN_AS.get(run.state, run.state)
    return {
        "reference": run.reference,
        "state": state.value,
        "received": run.received,
        "total": run.total,
        "error": run.error[:_LONGEST_TEXT],
        "message": run.error.as_json() if isinstance(run.error, Message) else None,
        "settings": run.settings.as_dict(),
        "options": run.options.as_dict(),
    }


def _run(entry: Any, base: PullOptions) -> PullRun:
    """Return what an entry says.

    Raises:
        ValueError, KeyError, TypeError, PullError: it says something that cannot be.
    """
    reference = _text(entry["reference"])
    parse_reference(reference)
    state = RunState(_text(entry["state"]))
    if state is RunState.TRACE:
        raise ValueError(Message("it has a trace, which is no pull"))
    values = entry["settings"]
    if not isinstance(values, dict) or set(values) - set(Settings().as_dict()):
        raise ValueError(Message("it has settings that are none"))
    for name, value in values.items():
        if type(value) is not type(Settings().as_dict()[name]):
            raise ValueError(Message("{name} is {value!r}", name=name, value=value))
    total = _whole(entry["total"], 0, _MOST_BYTES)
    return PullRun(
        reference,
        read_options(entry["options"], base),
        Settings().changed(**values),
        state=_READ_AS.get(state, state),
        received=_whole(entry["received"], 0, _MOST_BYTES),
        total=total,
        error=with_message(_text(entry["error"], may_be_empty=True), entry.get("message")),
    )


def _text(value: Any, *, may_be_empty: bool = False) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or "\0" in value:
        raise ValueError(Message("it has a text that is none, or too long"))
    if not value and not may_be_empty:
        raise ValueError(Message("it has an empty text"))
    return value


def _whole(value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(
            Message("a number is not between {least} and {most}", least=least, most=most)
        )
    return value
