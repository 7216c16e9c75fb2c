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
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pullscope.cli.messages import tell, tell_error
from pullscope.cli.progress import Reporter, note, reporter
from pullscope.cli.question import print_answer
from pullscope.cli.summary import limit_line, summary, summary_line
from pullscope.engine.errors import PullError
from pullscope.engine.events import PullEvent, RequestSent
from pullscope.engine.model import PullState, Settings
from pullscope.engine.pull import Pull
from pullscope.history import History, HistoryError, default_path, past_pull
from pullscope.session import PullOptions, Session
from pullscope.trace.own_cost import CostMeter
from pullscope.trace.recording import Recordings
from pullscope.tuning.limit_words import whole_message
from pullscope.tuning.limits import Limits

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: a contract for scripts."""


@dataclass(frozen=True, slots=True)
class PullJob:
    """What to pull, and what to say about it.

    Attributes:
        recordings: what is kept of the pull while it runs.
        json: whether to print the summary as an object on stdout.
        quiet: whether to say nothing but errors.
        again: the command that goes on after an interruption; empty when nothing is kept.
    """

    reference: str
    options: PullOptions
    settings: Settings
    recordings: Recordings = field(default_factory=Recordings)
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
    recording = job.recordings.begin(job.reference)
    pull.observe(recording)
    limits, cost = Limits(), CostMeter()
    pull.observe(limits)
    pull.observe(cost)
    asked = _FirstRequest()
    pull.observe(asked)
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
    await asyncio.to_thread(recording.close)
    untold = recording.trace_failure
    if untold:
        tell_error(f"the trace was not written: {untold}")
    if recording.otlp_failure:
        tell(f"pullscope: OpenTelemetry: {recording.otlp_failure}")
    verdict = whole_message(limits)
    try:
        trace = None if untold else recording.path
        told = past_pull(final, verdict, job.options.as_dict(), trace)
        History(default_path()).add(told)
    except HistoryError as failure:
        tell(f"pullscope: the history was not written: {failure}")
    match final.state:
        case PullState.DONE:
            status = FAILED if untold else DONE
            if not job.quiet:
                tell(summary_line(final, output if job.again else None))
                if limited := limit_line(limits):
                    tell(limited)
        case PullState.CANCELLED:
            status = INTERRUPTED
            tell(_interruption(job))
        case _:
            status = FAILED
            tell_error(error)
    if job.json:
        about = summary(final, output, limits, cost.cost, error, first_request=asked.at)
        print_answer(json.dumps(about))
    return status


async def _show(pull: Pull, progress: Reporter) -> None:
    while True:
        progress.show(pull.snapshot())
        await asyncio.sleep(progress.interval)


def _say_notes(event: PullEvent, progress: Reporter) -> None:
    text = note(event)
    if text is not None:
        progress.say(text)


def _interruption(job: PullJob) -> str:
    if not job.again:
        return "pullscope: interrupted"
    return f"pullscope: interrupted; what has arrived is kept. To go on: {job.again}"


class _FirstRequest:
    """Notes when the first request was sent; 0 until then."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self, event: PullEvent) -> None:
        if not self.at and isinstance(event, RequestSent):
            self.at = event.began


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
