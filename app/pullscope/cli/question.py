"""A question that a session answers, asked in the terminal."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from pullscope.cli.messages import tell_error
from pullscope.engine.errors import InvalidReference, PullError
from pullscope.session import Session

DONE, FAILED, WRONG_USAGE = 0, 1, 2
"""Exit statuses: a contract for scripts."""

T = TypeVar("T")


def ask(
    question: Callable[[Session], Awaitable[T]],
    tell: Callable[[T], int],
    open_session: Callable[[], Session],
) -> int:
    """Let `tell` print the answer, or print why there is none; return the exit status."""

    async def answer() -> T:
        session = open_session()
        try:
            return await question(session)
        finally:
            await session.close()

    try:
        found = asyncio.run(answer())
    except InvalidReference as error:
        tell_error(error)
        return WRONG_USAGE
    except PullError as error:
        tell_error(error)
        return FAILED
    return tell(found)


def print_answer(text: str) -> None:
    """Print, unless the reader has left: one that has wants no answer."""
    with suppress(BrokenPipeError):
        print(text, flush=True)
