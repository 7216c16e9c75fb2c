"""A probe in the terminal: what a registry does, a line for each fact, and what it means."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from pullscope.cli.messages import tell_error
from pullscope.engine.errors import InvalidReference, PullError
from pullscope.engine.passport import Passport
from pullscope.session import PullOptions, Session
from pullscope.tuning.passport_lines import Line, lines

DONE, FAILED, WRONG_USAGE = 0, 1, 2
"""Exit statuses: a contract for scripts."""


@dataclass(frozen=True, slots=True)
class ProbeJob:
    """What to probe, and whether to print it as a JSON object."""

    reference: str
    options: PullOptions
    json: bool = False


def run(job: ProbeJob, open_session: Callable[[], Session] = Session) -> int:
    """Probe, print what was found, and return the exit status."""
    try:
        passport = asyncio.run(_probe(job, open_session))
    except InvalidReference as error:
        tell_error(error)
        return WRONG_USAGE
    except PullError as error:
        tell_error(error)
        return FAILED
    text = json.dumps(passport.to_json()) if job.json else _table(passport)
    with suppress(BrokenPipeError):  # a reader that has left wants no answer
        print(text, flush=True)
    return DONE


async def _probe(job: ProbeJob, open_session: Callable[[], Session]) -> Passport:
    session = open_session()
    try:
        return await session.probe(job.reference, job.options)
    finally:
        await session.close()


def _table(passport: Passport) -> str:
    found = lines(passport)
    name_width = max(len(line.name) for line in found)
    value_width = max(len(line.value) for line in found)
    rows = [_row(line, name_width, value_width) for line in found]
    return "\n".join([passport.host, *rows])


def _row(line: Line, name_width: int, value_width: int) -> str:
    row = f"  {line.name:<{name_width}}  {line.value:<{value_width}}  {line.meaning}"
    return row.rstrip()
