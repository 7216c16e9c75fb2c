"""A probe in the terminal: what a registry does, a line for each fact, and what it means."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from pullscope.cli.question import DONE, ask, print_answer
from pullscope.engine.passport import Passport
from pullscope.session import PullOptions, Session
from pullscope.tuning.passport_lines import Line, lines


@dataclass(frozen=True, slots=True)
class ProbeJob:
    """What to probe, and whether to print it as a JSON object."""

    reference: str
    options: PullOptions
    json: bool = False


def run(job: ProbeJob, open_session: Callable[[], Session] = Session) -> int:
    """Probe, print what was found, and return the exit status."""
    return ask(
        lambda session: session.probe(job.reference, job.options),
        lambda passport: _tell(passport, as_json=job.json),
        open_session,
    )


def _tell(passport: Passport, *, as_json: bool) -> int:
    print_answer(json.dumps(passport.to_json()) if as_json else _table(passport))
    return DONE


def _table(passport: Passport) -> str:
    found = lines(passport)
    name_width = max(len(line.name) for line in found)
    value_width = max(len(line.value) for line in found)
    rows = [_row(line, name_width, value_width) for line in found]
    return "\n".join([passport.host, *rows])


def _row(line: Line, name_width: int, value_width: int) -> str:
    row = f"  {line.name:<{name_width}}  {line.value:<{value_width}}  {line.meaning}"
    return row.rstrip()
