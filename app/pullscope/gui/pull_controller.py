"""The pull that runs, its observers and the timers that show it.

The counterpart of the views: they take a `Snapshot` from `frame` (at most 30 a second, only when
something changed and somebody looks) or from `sampled` (10 a second). What must miss nothing
observes the pull's events instead: the recorder, the attempts of the timeline, the effects of
changes, and the samples of the plots. No Qt signal is sent per event.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from pullscope.engine.errors import PullError
from pullscope.engine.events import PullEvent
from pullscope.engine.model import PullState, Settings, Snapshot
from pullscope.engine.pull import Pull
from pullscope.gui.attempts import Attempts
from pullscope.gui.effects import Effects
from pullscope.session import PullOptions, Session
from pullscope.trace.export import export_trace
from pullscope.trace.recorder import Recorder

_LOG = logging.getLogger(__name__)
_FRAME_MS = 33
_SAMPLE_MS = 100


class PullController(QObject):
    """Starts pulls one after the other, and tells the views.

    Signals:
        began: `pull`, `recorder`, `attempts` and `effects` are new ones.
        frame: a `Snapshot` to draw.
        sampled: a `Snapshot`, ten times a second while a pull runs and somebody looks.
        state_changed: the `PullState`, whenever it is another.
        ended: the last `Snapshot`.
        refused: no pull could be made; the words say why.
        lagged: milliseconds that the event loop was late.
    """

    began = Signal()
    frame = Signal(object)
    sampled = Signal(object)
    state_changed = Signal(object)
    ended = Signal(object)
    refused = Signal(str)
    lagged = Signal(float)

    def __init__(self, session: Session, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._task: asyncio.Task[None] | None = None
        self._state: PullState | None = None
        self._watched = False
        self.pull: Pull | None = None
        self.snapshot: Snapshot | None = None
        self.recorder = Recorder()
        self.attempts = Attempts()
        self.effects = Effects()
        self.observer: Callable[[PullEvent], None] | None = None

        self._frames = QTimer(self, interval=_FRAME_MS)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._draw)
        self._samples = QTimer(self, interval=_SAMPLE_MS)
        self._samples.timeout.connect(self._sample)
        # Many changes of the sliders in one turn of the event loop are one change for the pull.
        self._applying = QTimer(self, interval=0, singleShot=True)
        self._applying.timeout.connect(self._apply)

    @property
    def running(self) -> bool:
        """Whether a pull has begun and not ended."""
        return self._task is not None

    @property
    def settings(self) -> Settings:
        """The settings of the pull that runs, or of the next."""
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

    def start(self, reference: str, options: PullOptions) -> bool:
        """Begin to pull `reference`; False when another pull runs or the reference is none."""
        if self.running:
            return False
        try:
            pull = self._session.new_pull(reference, options, self._settings)
        except PullError as error:
            self.refused.emit(str(error))
            return False
        self.pull = pull
        self.snapshot = None
        self._state = None
        self.recorder = Recorder()
        self.attempts = Attempts()
        self.effects = Effects()
        pull.observe(self.recorder)
        pull.observe(self.attempts)
        pull.observe(self.effects)
        if self.observer is not None:
            pull.observe(self.observer)
        self._task = asyncio.get_running_loop().create_task(self._pull(pull), name="pull")
        self.began.emit()
        self._draw()
        self._run_timers()
        return True

    def pause(self) -> None:
        """Pause the pull."""
        if self.pull is not None and self.running:
            self.pull.pause()
            self._draw()

    def resume(self) -> None:
        """Go on with a paused pull."""
        if self.pull is not None and self.running:
            self.pull.resume()
            self._draw()

    def cancel(self) -> None:
        """Cancel the pull; it ends a moment later."""
        if self.pull is not None and self.running:
            self.pull.cancel()

    async def finish(self, timeout: float) -> None:
        """Cancel the pull and wait until it has ended, at most `timeout` seconds."""
        task = self._task
        if task is None:
            return
        self.cancel()
        _, late = await asyncio.wait([task], timeout=timeout)
        if late:
            _LOG.warning("the pull did not end within %.0f s of being cancelled", timeout)
            task.cancel()
            await asyncio.wait([task], timeout=1)

    async def export(self, path: Path) -> None:
        """Write the events of the pull to `path`, off the event loop."""
        events = tuple(self.recorder.events)
        await asyncio.get_running_loop().run_in_executor(None, export_trace, events, path)

    async def _pull(self, pull: Pull) -> None:
        try:
            last = await pull.run()
        except PullError:
            last = pull.snapshot()
        except Exception as error:
            _LOG.exception("a pull ended with an error nobody expected")
            words = f"unexpected error: {type(error).__name__}: {error}"
            last = replace(pull.snapshot(), state=PullState.FAILED, error=words)
        finally:
            self._task = None
            self._run_timers()
        self.snapshot = last
        self.frame.emit(last)
        self.sampled.emit(last)
        self._tell_state(last.state)
        self.ended.emit(last)

    def _apply(self) -> None:
        if self.pull is not None and self.running:
            self.pull.apply(self._settings)

    def _run_timers(self) -> None:
        for timer in (self._frames, self._samples):
            if self.running and self._watched:
                timer.start()
            else:
                timer.stop()

    def _draw(self) -> None:
        if self.pull is None or not self.running:
            return
        before, snapshot = self.snapshot, self.pull.snapshot()
        self.snapshot = snapshot
        if before is None or _differs(before, snapshot):
            self.frame.emit(snapshot)
        self._tell_state(snapshot.state)

    def _sample(self) -> None:
        if self.snapshot is None:
            return
        self.sampled.emit(self.snapshot)
        asked = perf_counter()
        asyncio.get_running_loop().call_soon(
            lambda: self.lagged.emit((perf_counter() - asked) * 1000)
        )

    def _tell_state(self, state: PullState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)


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
        or any(a is not b for a, b in zip(old.layers, new.layers, strict=False))
        or len(old.layers) != len(new.layers)
    )
