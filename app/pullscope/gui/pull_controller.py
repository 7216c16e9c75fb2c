"""The list of pulls, those of them that run, and the timers that show one.

The counterpart of the views: they take a `Snapshot` of the pull that is shown from `frame` (at most
30 a second, only when something changed and somebody looks) or from `sampled` (10 a second). What
must miss nothing observes a pull's events instead, and belongs to its `PullRun`. No Qt signal is
sent per event.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from pullscope.engine.errors import PullError, failure_of
from pullscope.engine.message import words_of
from pullscope.engine.model import LayerSnapshot, PullState, Settings, Snapshot
from pullscope.engine.pull import Pull
from pullscope.engine.reference import parse_reference
from pullscope.gui.attempts import Attempts
from pullscope.gui.effects import Effects
from pullscope.gui.frame_pace import FramePace
from pullscope.gui.language import said
from pullscope.gui.measurements import Measurements
from pullscope.gui.pull_record import PullRecord
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.history import History, HistoryError, default_path
from pullscope.session import PullOptions, Session
from pullscope.trace.export import export_trace
from pullscope.trace.recorder import Recorder
from pullscope.trace.recording import Recording, Recordings
from pullscope.trace.redact import redacted
from pullscope.tuning.limit_words import whole_message
from pullscope.tuning.limits import Limits

_LOG = logging.getLogger(__name__)
_SAMPLE_EVERY = 0.09  # seconds: ten times a second, with frames that come a little early
_SAMPLES_PER_LISTING = 5
_FOR_ALL = ("connections", "rate_limit", "memory_limit", "request_limit")
"""Settings that hold for all pulls together."""
_WRITTEN_WITHIN = 5.0  # seconds that the end of the program waits for the history
_ENDED_KEPT = 30
"""Pulls that have ended and stay on the list; each keeps every event of its own."""
AT_ONCE = 2
"""Pulls that run at once, unless somebody wants it otherwise; the others wait."""


class PullController(QObject):
    """Starts pulls, some at once, and tells the views of the one that is shown.

    Signals:
        began: another pull is shown, or the shown one is a new one.
        frame: a `Snapshot` to draw.
        sampled: a `Snapshot`, ten times a second while the pull runs and somebody looks.
        state_changed: the `PullState`, whenever it is another.
        ended: the `PullRun` that ended, shown or not.
        entered: a pull that has ended stands in the history now.
        refused: no pull could be made; the words say why.
        unrecorded: a `Recording` that is not whole.
        lagged: milliseconds that the event loop was late.
        listed: the list, or how far one of it is, has changed.

    Attributes:
        runs: the list, in the order in which they begin.
        history: where pulls that have ended are entered.
        at_once: how many may run at once; those that are paused do not count.
        recordings: what is asked to be kept of each pull while it runs.
        keep_traces: whether the pulls that begin leave a trace in the history.
        discarding: whether `finish` deletes what is unfinished of the pulls that it ends.
    """

    began = Signal()
    frame = Signal(object)
    sampled = Signal(object)
    state_changed = Signal(object)
    ended = Signal(object)
    entered = Signal()
    refused = Signal(str)
    unrecorded = Signal(object)
    lagged = Signal(float)
    listed = Signal()

    def __init__(self, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._tasks: dict[PullRun, asyncio.Task[None]] = {}  # of pulls that have not ended
        self._work: set[asyncio.Task[None]] = set()  # those, until all about them is written
        self._closing: set[asyncio.Task[Recording]] = set()  # recordings of pulls that ended
        self.recordings = Recordings()
        self._told: PullState | None = None
        self._watched = False
        self._leaving = False
        self._drawn: list[float] = []  # seconds that each frame since the last sample took
        self._until_listing = 0
        self.history = History(default_path())
        self.at_once = AT_ONCE
        self.keep_traces = True
        self.discarding = False
        self.runs: list[PullRun] = []
        self._shown = PullRun(state=RunState.DONE)  # nothing, until there is something

        self._pace = FramePace()
        self._since_tick = 0.0  # seconds of drawing: a tick is often painted in two parts
        self._sampled_at = 0.0
        # One timer for both, so that what a sample changes is painted with the frame.
        self._frames = QTimer(self, interval=self._pace.interval)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._tick)
        # Many changes of the sliders in one turn of the event loop are one change for the pull.
        self._applying = QTimer(self, interval=0, singleShot=True)
        self._applying.timeout.connect(self._apply)

    # --- the pull that is shown ---------------------------------------------------------------

    @property
    def shown(self) -> PullRun:
        """What the views show; without a reference when the list is empty."""
        return self._shown

    @property
    def pull(self) -> Pull | None:
        """The pull that is shown."""
        return self._shown.pull

    @property
    def snapshot(self) -> Snapshot | None:
        """The newest picture of the pull that is shown."""
        return self._shown.snapshot

    @property
    def recorder(self) -> Recorder:
        """What keeps its events."""
        return self._shown.recorder

    @property
    def attempts(self) -> Attempts:
        """What keeps its attempts."""
        return self._shown.attempts

    @property
    def effects(self) -> Effects:
        """What its changes of settings did."""
        return self._shown.effects

    @property
    def limits(self) -> Limits:
        """What limits it."""
        return self._shown.limits

    @property
    def measurements(self) -> Measurements:
        """What was measured during it."""
        return self._shown.measurements

    @property
    def running(self) -> bool:
        """Whether the pull that is shown has begun and not ended."""
        return self._shown in self._tasks

    @property
    def settings(self) -> Settings:
        """The settings of the pull that is shown, or of the next."""
        return self._settings

    def set_settings(self, settings: Settings) -> None:
        """Change the settings; a pull that runs has them in the next turn of the event loop."""
        self._settings = settings
        self._applying.start()

    def set_watched(self, watched: bool) -> None:
        """Say whether somebody sees the window: nothing is drawn for nobody."""
        self._watched = watched
        self._run_timers()
        if watched:
            self._draw()
            self.listed.emit()

    def note_frame(self, seconds: float) -> None:
        """Take note of what a frame cost; the pull's observers are told ten times a second."""
        if self.running:
            self._drawn.append(seconds)
            self._since_tick += seconds

    async def export(self, path: Path, *, redact: bool = False) -> None:
        """Write the events of the pull that is shown to `path`, off the event loop.

        `redact`: without the names of hosts, repositories and folders, and without addresses.
        """
        events = tuple(self.recorder.events)

        def write() -> None:
            export_trace(tuple(redacted(events)) if redact else events, path)

        await asyncio.get_running_loop().run_in_executor(None, write)

    async def recorded(self, run: PullRun) -> str:
        """Wait until the recording of a pull that ended is whole, and return why its trace could
        not be written; empty when it was, or none was asked for."""
        return (await run.recorded).trace_failure if run.recorded is not None else ""

    # --- the list -----------------------------------------------------------------------------

    @property
    def unfinished(self) -> list[PullRun]:
        """The pulls that have begun and not ended."""
        return [run for run in self.runs if run in self._tasks]

    def start(
        self,
        reference: str,
        options: PullOptions,
        settings: Settings | None = None,
        *,
        remembered: bool = True,
    ) -> bool:
        """Pull `reference`, now or when others have ended, and show it.

        Returns False when it cannot be read, or what it needs cannot. One that is asked for in the
        same way already is shown.
        """
        for run in self.runs:
            if run.state.unfinished and (run.reference, run.options) == (reference, options):
                self.show(run)
                if run not in self._tasks and run.state is not RunState.QUEUED:
                    self.queue([run])
                return True
        run = PullRun(reference, options, settings or self._settings, remembered=remembered)
        try:
            if self._has_room:
                self._begin(run)
            else:
                parse_reference(reference)
        except PullError as error:
            self.refused.emit(said(error))
            return False
        self.runs.append(run)
        self._show(run)
        self._forget_oldest()
        return True

    def show_trace(self, run: PullRun) -> None:
        """Put what a trace tells on the list, in place of an older reading of it, and show it."""
        for known in self.runs:
            if known.trace is not None and known.trace == run.trace:
                self.runs[self.runs.index(known)] = run
                break
        else:
            self.runs.append(run)
        self._show(run)
        self._forget_oldest()

    def restore(self, runs: Iterable[PullRun]) -> None:
        """Put pulls of an earlier session before those of this one; none begins by itself."""
        self.runs[:0] = runs
        self.listed.emit()

    def show(self, run: PullRun) -> None:
        """Let the views show a pull of the list."""
        if run is not self._shown:
            self._show(run)

    def queue(self, runs: Iterable[PullRun]) -> None:
        """Pull what does not run when it is its turn: at once where there is room."""
        for run in runs:
            if run not in self._tasks and run.trace is None:
                run.state, run.error = RunState.QUEUED, ""
                if run is self._shown:
                    self._show(run)
        self._fill()
        self.listed.emit()

    def start_again(self, run: PullRun) -> None:
        """Pull what waits, was interrupted, or has ended; now, however many run."""
        if run in self._tasks or run.trace is not None:
            return
        try:
            self._begin(run)
        except PullError as error:
            run.state, run.error = RunState.FAILED, words_of(error)
            if run is self._shown:
                self.refused.emit(said(error))
        if run is self._shown:
            self._show(run)
        else:
            self.listed.emit()

    def pause(self, run: PullRun | None = None) -> None:
        """Pause a pull, else the one that is shown; another may begin meanwhile."""
        run = run or self._shown
        if run.pull is not None and run in self._tasks:
            run.pull.pause()
            self._picture(run)
            self._fill()

    def resume(self, run: PullRun | None = None) -> None:
        """Go on with a paused pull, else the one that is shown."""
        run = run or self._shown
        if run.pull is not None and run in self._tasks:
            run.pull.resume()
            self._picture(run)

    def cancel(self, run: PullRun | None = None) -> None:
        """Cancel a pull, else the one that is shown; one that runs ends a moment later."""
        run = run or self._shown
        if run.pull is not None and run in self._tasks:
            run.pull.cancel()
        elif run.state.unfinished:
            run.state = RunState.CANCELLED
            if run is self._shown:
                self._show(run)
            self.listed.emit()

    def remove(self, run: PullRun) -> None:
        """Take a pull off the list, cancelled where it runs. What it brought stays on disk."""
        if run not in self.runs:
            return
        self.cancel(run)
        place = self.runs.index(run)
        self.runs.remove(run)
        if run is self._shown:
            rest = self.runs[place : place + 1] or self.runs[-1:]
            self._show(rest[0] if rest else PullRun(state=RunState.DONE))
        self.listed.emit()

    def move(self, run: PullRun, place: int) -> None:
        """Move a pull to a place of the list, counted without it."""
        self.runs.remove(run)
        self.runs.insert(max(0, place), run)
        self.listed.emit()

    async def discard(self, run: PullRun) -> None:
        """Take a pull off the list as `remove` does, and delete what is unfinished of it."""
        task = self._tasks.get(run)
        self.remove(run)
        if task is not None:
            await asyncio.wait([task])
        await self._discard_parts(run)

    async def finish(self, timeout: float) -> None:
        """Cancel all pulls and wait until they have ended, at most `timeout` seconds."""
        self._leaving = True
        running = self.unfinished
        tasks = set(self._tasks.values())
        for run in running:
            self.cancel(run)
        if tasks:
            await self._wait_for(tasks, timeout)
        if self._closing:  # however long that takes: a trace is wanted whole
            await asyncio.wait(self._closing)
        if self._work:
            await asyncio.wait(self._work, timeout=_WRITTEN_WITHIN)
        if self.discarding:
            for run in running:
                await self._discard_parts(run)

    async def _wait_for(self, tasks: set[asyncio.Task[None]], timeout: float) -> None:
        await asyncio.wait(tasks, timeout=timeout)
        late = tasks & set(self._tasks.values())  # of the others only the recording is not whole
        if late:
            _LOG.warning("a pull did not end within %.0f s of being cancelled", timeout)
            for task in late:
                task.cancel()
            await asyncio.wait(late, timeout=1)

    def set_at_once(self, count: int) -> None:
        """Let other than before run at once; what runs beyond it goes on."""
        self.at_once = count
        self._fill()
        self.listed.emit()

    # --- inside -------------------------------------------------------------------------------

    @property
    def _has_room(self) -> bool:
        active = sum(run.state is RunState.RUNNING for run in self._tasks)
        return active < self.at_once and not self._leaving

    async def _discard_parts(self, run: PullRun) -> None:
        pull = run.pull
        if pull is None or pull.plan is None:
            return
        loop, blobs = asyncio.get_running_loop(), pull.plan.blobs
        try:
            await loop.run_in_executor(None, pull.store.discard_parts, blobs)
        except PullError as error:
            _LOG.warning("parts of %s were not deleted: %s", run.reference, error)

    def _fill(self) -> None:
        """Begin what waits, while there is room."""
        for run in tuple(self.runs):
            if self._has_room and run.state is RunState.QUEUED:
                self.start_again(run)

    def _forget_oldest(self) -> None:
        ended = [run for run in self.runs if not run.state.unfinished and run is not self._shown]
        for run in ended[: max(0, len(ended) - _ENDED_KEPT)]:
            self.remove(run)

    def _begin(self, run: PullRun) -> None:
        pull = self._session.new_pull(run.reference, run.options, run.settings)
        run.begin(pull)
        recording = self.recordings.begin(run.reference)
        pull.observe(recording)
        wanted = self.keep_traces and recording.path is None
        record = PullRecord(self.history, pull, with_trace=wanted)
        work = self._pull(run, pull, recording, record)
        task = asyncio.get_running_loop().create_task(work, name="pull")
        self._tasks[run] = task
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _show(self, run: PullRun) -> None:
        self._shown = run
        self._told = None
        self._drawn.clear()
        if run in self._tasks or run.state is RunState.QUEUED:
            self._settings = run.settings
        self.began.emit()
        if run in self._tasks:
            self._picture(run, anew=True)
        elif run.snapshot is not None:
            self.frame.emit(run.snapshot)
            self.sampled.emit(run.snapshot)
            self._tell_state(run.snapshot.state)
        self._run_timers()
        self.listed.emit()

    async def _pull(
        self, run: PullRun, pull: Pull, recording: Recording, record: PullRecord
    ) -> None:
        try:
            last = await pull.run()
        except PullError:
            last = pull.snapshot()
        except asyncio.CancelledError:  # it did not end in time: nobody waits any more
            record.abandon()
            raise
        except Exception as error:
            _LOG.exception("a pull ended with an error nobody expected")
            failure = failure_of(error)
            last = pull.snapshot()
            last = replace(last, state=PullState.FAILED, error=failure.words, failure=failure)
        finally:
            del self._tasks[run]
            if recording.records:
                run.recorded = asyncio.get_running_loop().create_task(self._close(recording))
                self._closing.add(run.recorded)
                run.recorded.add_done_callback(self._closing.discard)
            self._run_timers()
        verdict = whole_message(run.limits)
        run.show_snapshot(last)
        if run is self._shown:
            self.frame.emit(last)
            self.sampled.emit(last)
            self._tell_state(last.state)
        self.ended.emit(run)
        self._fill()
        self.listed.emit()
        if run.recorded is not None:
            await asyncio.wait([run.recorded])
        try:
            trace = None if recording.trace_failure else recording.path
            options = run.options.as_dict()
            await asyncio.to_thread(record.end, last, verdict, options, trace)
        except HistoryError as error:
            _LOG.warning("the history was not written: %s", error)
        self.entered.emit()

    async def _close(self, recording: Recording) -> Recording:
        await asyncio.get_running_loop().run_in_executor(None, recording.close)
        if recording.trace_failure or recording.otlp_failure:
            self.unrecorded.emit(recording)
        return recording

    def _apply(self) -> None:
        """Give the shown pull its settings, and all others what holds for all."""
        if self._shown.state.unfinished:
            self._shown.settings = self._settings
        common = {name: getattr(self._settings, name) for name in _FOR_ALL}
        for run in self.runs:
            if run.state.unfinished and run is not self._shown:
                run.settings = run.settings.changed(**common)
            if run.pull is not None and run in self._tasks:
                run.pull.apply(run.settings)

    def _run_timers(self) -> None:
        if self._tasks and self._watched:
            self._frames.start()
        else:
            self._frames.stop()

    def _tick(self) -> None:
        self._pace.note(self._since_tick)
        self._since_tick = 0.0
        now = perf_counter()
        due = now - self._sampled_at >= _SAMPLE_EVERY
        self._draw(aging=due)
        if due:
            self._sampled_at = now
            self._sample()
        if self._frames.interval() != self._pace.interval:
            self._frames.setInterval(self._pace.interval)

    def _draw(self, *, aging: bool = True) -> None:
        """Draw what changed; `aging`: also chunks in flight that only grew older."""
        if self.running:
            self._picture(self._shown, aging=aging)

    def _picture(self, run: PullRun, *, aging: bool = True, anew: bool = False) -> None:
        """Take a picture of a pull that runs, and draw it where it is the one that is shown."""
        if run.pull is None:
            return
        before, snapshot = run.snapshot, run.pull.snapshot()
        run.show_snapshot(snapshot)
        if run is not self._shown:
            return
        changed = before is None or _differs(before, snapshot) or (aging and snapshot.in_flight)
        if anew or changed:
            self.frame.emit(snapshot)
        self._tell_state(snapshot.state)

    def _sample(self) -> None:
        if self.running and self._shown.snapshot is not None:
            self.sampled.emit(self._shown.snapshot)
            if self._drawn and self._shown.pull is not None:
                self._shown.pull.note_drawn(tuple(self._drawn))
            self._drawn.clear()
        self._until_listing -= 1
        if self._until_listing < 0:
            self._until_listing = _SAMPLES_PER_LISTING
            for run in self._tasks:
                if run is not self._shown:
                    self._picture(run)
            self.listed.emit()
        asked = perf_counter()
        asyncio.get_running_loop().call_soon(
            lambda: self.lagged.emit((perf_counter() - asked) * 1000)
        )

    def _tell_state(self, state: PullState) -> None:
        if state is not self._told:
            self._told = state
            self.state_changed.emit(state)
            self.listed.emit()


def _differs(old: Snapshot, new: Snapshot) -> bool:
    """Return whether there is something to draw: time and memory alone are not."""
    return (
        old.state is not new.state
        or old.received != new.received
        or old.written != new.written
        or old.hashed != new.hashed
        or old.in_flight != new.in_flight
        or old.requests != new.requests
        or old.retries != new.retries
        or old.settings != new.settings
        or len(old.layers) != len(new.layers)
        or any(_stands(a) != _stands(b) for a, b in zip(old.layers, new.layers, strict=True))
    )


def _stands(layer: LayerSnapshot) -> tuple[object, ...]:
    return layer.state, layer.hashed, layer.frontier, layer.generation, len(layer.extents)
