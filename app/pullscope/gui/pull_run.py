"""One pull of the window's list: what was asked for, how far it is, and all that watches it."""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import get_args

from pullscope.engine.events import PullEvent
from pullscope.engine.model import PullState, Settings, Snapshot
from pullscope.engine.pull import Pull
from pullscope.gui.attempts import Attempts
from pullscope.gui.effects import Effects
from pullscope.gui.measurements import Measurements
from pullscope.gui.rates import PEAK_WINDOW, peak_rate
from pullscope.session import PullOptions
from pullscope.trace.last_snapshot import ImpossibleTrace, last_snapshot
from pullscope.trace.recorder import Recorder
from pullscope.trace.recording import Recording
from pullscope.tuning.limits import Limits


class RunState(Enum):
    """What becomes of an entry of the list. The values stand in the file of the list."""

    QUEUED = "queued"  # begins when others have ended
    HELD = "held"  # would have begun, but everything was stopped: begins when the user says so
    RUNNING = "running"
    PAUSED = "paused"
    INTERRUPTED = "interrupted"  # the program was left in the middle of it
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    TRACE = "trace"  # told by a file, and never pulled; not in the file of the list

    @property
    def under_way(self) -> bool:
        """Whether a pull exists that has not ended."""
        return self in (RunState.RUNNING, RunState.PAUSED)

    @property
    def unfinished(self) -> bool:
        """Whether there is something left to fetch that nobody gave up."""
        return self.under_way or self in (RunState.QUEUED, RunState.HELD, RunState.INTERRUPTED)


class PullRun:
    """An entry of the list of pulls. It can be pulled again; everything that watches is new then.

    Attributes:
        reference, options: what is pulled, and how.
        settings: to begin with, later those that hold.
        remembered: whether it outlives the window; the demo does not.
        received, total: bytes, as last known; 0 where the size is not known.
        error: in words, empty unless it failed.
        trace: the file that tells of it; None for one that is or was pulled here.
        pull: None until it begins, and for a trace.
        snapshot: the newest; None until there is one.
        peak: the highest rate that was shown, bytes/s.
        recorded: makes the recording whole once it has ended; None until then.
    """

    def __init__(
        self,
        reference: str = "",
        options: PullOptions = PullOptions(),  # noqa: B008 (frozen)
        settings: Settings = Settings(),  # noqa: B008 (frozen)
        *,
        state: RunState = RunState.QUEUED,
        remembered: bool = True,
        received: int = 0,
        total: int = 0,
        error: str = "",
    ) -> None:
        self.reference = reference
        self.options = options
        self.settings = settings
        self.state = state
        self.remembered = remembered
        self.received = received
        self.total = total
        self.error = error
        self.trace: Path | None = None
        self.pull: Pull | None = None
        self.snapshot: Snapshot | None = None
        self.peak = 0.0
        self.recorded: asyncio.Task[Recording] | None = None
        self._watch_anew()

    @property
    def name(self) -> str:
        """The name of its file where it is a trace, else its reference."""
        return self.reference if self.trace is None else self.trace.name

    @property
    def comparable(self) -> bool:
        """Whether all that happened in it is known."""
        return bool(self.recorder.events) and not self.state.under_way

    def begin(self, pull: Pull) -> None:
        """Be watched from the start while `pull` runs."""
        self.pull = pull
        self.snapshot = None
        self.peak = 0.0
        self.recorded = None
        self._watch_anew()
        self.state = RunState.RUNNING
        self.error = ""
        for observer in self._observers:
            pull.observe(observer)

    @classmethod
    def of_trace(cls, path: Path, events: Sequence[PullEvent]) -> "PullRun":
        """Return an entry that shows what a trace tells; it is never pulled. For any thread.

        Raises:
            ImpossibleTrace: what it tells cannot have happened.
        """
        last = last_snapshot(events)
        run = cls(
            last.reference,
            settings=last.settings,
            state=RunState.TRACE,
            remembered=False,
            received=last.received,
            total=last.total,
            error=last.error,
        )
        run.trace, run.snapshot = path, last
        run.recorder.events = list(events)
        try:
            observers = (run.attempts, run.effects, run.limits, run.measurements)
            takes = {  # looked up once, not for each of some 100,000 events
                kind: [one.__call__ for one in observers if kind not in one.UNHEEDED]
                for kind in get_args(PullEvent)
            }
            for event in events:
                for take in takes[type(event)]:
                    take(event)
        except (ArithmeticError, LookupError, ValueError) as error:  # numbers beyond all bounds
            raise ImpossibleTrace(str(error)) from error
        run.attempts.extents.follow(last.layers)  # here, and not where it is drawn
        samples = run.measurements
        counts = zip(samples.at.tolist(), samples.column("received").tolist(), strict=True)
        run.peak = peak_rate(counts, PEAK_WINDOW)
        return run

    @property
    def _observers(self) -> tuple[Callable[[PullEvent], None], ...]:
        return (self.recorder, self.attempts, self.effects, self.limits, self.measurements)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the newest picture of the pull."""
        self.snapshot = snapshot
        self.received, self.total = snapshot.received, snapshot.total
        self.error = snapshot.error
        match snapshot.state:
            case PullState.DONE:
                self.state = RunState.DONE
            case PullState.CANCELLED:
                self.state = RunState.CANCELLED
            case PullState.FAILED:
                self.state = RunState.FAILED
            case PullState.PAUSED:
                self.state = RunState.PAUSED
            case _:
                self.state = RunState.RUNNING

    def _watch_anew(self) -> None:
        self.recorder = Recorder()
        self.attempts = Attempts()
        self.effects = Effects()
        self.limits = Limits()
        self.measurements = Measurements()
