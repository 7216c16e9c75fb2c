"""One pull in the terminal, from the first request to the exit status.

A `Pull` does the work; this module observes it, hands Ctrl+C on to it and says how it ended.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pullscope.cli.messages import tell, tell_error
from pullscope.cli.progress import Reporter, note, reporter
from pullscope.cli.summary import summary, summary_line
from pullscope.engine.errors import PullError
from pullscope.engine.events import PullEvent
from pullscope.engine.model import PullState, Settings
from pullscope.engine.pull import Pull
from pullscope.session import PullOptions, Session
from pullscope.trace.export import export_trace
from pullscope.trace.file import TraceError
from pullscope.trace.recorder import Recorder

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: a contract for scripts."""


@dataclass(frozen=True, slots=True)
class PullJob:
    """What to pull, and what to say about it.

    Attributes:
        trace: file to write a trace to, in the format of its extension; None for no trace.
        json: whether to print the summary as an object on stdout.
        quiet: whether to say nothing but errors.
        again: the command that goes on after an interruption; empty when nothing is kept.
    """

    reference: str
    options: PullOptions
    settings: Settings
    trace: Path | None = None
    json: bool = False
    quiet: bool = False
    again: str = ""


def run(job: PullJob, open_session: Callable[[], Session] = Session) -> int:
    """Pull, and return the exit status."""
    return asyncio.run(_run(job, open_session))


async def _run(job: PullJob, open_session: Callable[[], Session]) -> int:
    session = open_session()
    try:
        try:
            pull = session.new_pull(job.reference, job.options, job.settings)
        except PullError as error:
            tell_error(error)
            return WRONG_USAGE
        return await _follow(pull, job)
    finally:
        await session.close()


async def _follow(pull: Pull, job: PullJob) -> int:
    recorder = Recorder()
    if job.trace is not None:
        pull.observe(recorder)
    progress = reporter(sys.stderr, quiet=job.quiet)
    pull.observe(lambda event: _say_notes(event, progress))

    def interrupt() -> None:
        progress.say("Stopping in order; Ctrl+C again exits at once.")
        pull.cancel()

    error = ""
    unexpected: Exception | None = None
    with _Interruptions(interrupt):
        showing = asyncio.create_task(_show(pull, progress))
        try:
            final = await pull.run()
        except Exception as failure:
            final = pull.snapshot()
            error = final.error
            # An error that is not the registry's, the network's or the disk's is a defect here:
            # whoever reports it needs to know where it was.
            if not isinstance(failure, PullError):
                unexpected = failure
        finally:
            showing.cancel()
            progress.close()
    if unexpected is not None:
        traceback.print_exception(unexpected)
    if final.state is PullState.CANCELLED:
        error = "interrupted"

    output = pull.store.root
    untold = _write_trace(recorder, job.trace)
    if untold:
        tell_error(untold)
    match final.state:
        case PullState.DONE:
            status = FAILED if untold else DONE
            if not job.quiet:
                tell(summary_line(final, output if job.again else None))
        case PullState.CANCELLED:
            status = INTERRUPTED
            tell(_interruption(job))
        case _:
            status = FAILED
            tell_error(error)
    if job.json:
        # A reader that has left wants no answer; the exit status stands.
        with suppress(BrokenPipeError):
            print(json.dumps(summary(final, output, error)), flush=True)
    return status


async def _show(pull: Pull, progress: Reporter) -> None:
    while True:
        progress.show(pull.snapshot())
        await asyncio.sleep(progress.interval)


def _say_notes(event: PullEvent, progress: Reporter) -> None:
    text = note(event)
    if text is not None:
        progress.say(text)


def _write_trace(recorder: Recorder, path: Path | None) -> str:
    """Write the trace if one is wanted, and return why it could not be, in words."""
    if path is None:
        return ""
    try:
        export_trace(recorder.events, path)
    except TraceError as error:
        return f"the trace was not written: {error}"
    return ""


def _interruption(job: PullJob) -> str:
    if not job.again:
        return "pullscope: interrupted"
    return f"pullscope: interrupted; what has arrived is kept. To go on: {job.again}"


class _Interruptions:
    """Turns the first SIGINT or SIGTERM into a call, and lets the second one end the process."""

    _NUMBERS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self, interrupt: Callable[[], None]) -> None:
        self._interrupt = interrupt
        self._interrupted = False

    def __enter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for number in self._NUMBERS:
            try:
                loop.add_signal_handler(number, self._handle)
            except NotImplementedError:  # Windows
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(self._handle))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        loop = asyncio.get_running_loop()
        for number in self._NUMBERS:
            try:
                loop.remove_signal_handler(number)
            except NotImplementedError:
                usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
                signal.signal(number, usual)

    def _handle(self) -> None:
        if self._interrupted:
            # Whatever holds up the first one would hold up anything more polite as well.
            os._exit(INTERRUPTED)
        self._interrupted = True
        self._interrupt()
