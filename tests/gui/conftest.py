"""The window under test: on an event loop of Qt's, with a pull that does what a test says."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from pullscope.engine.errors import InvalidReference, PullError, RegistryError
from pullscope.engine.events import (
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    PullStarted,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.model import (
    MIB,
    Extent,
    Layer,
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.engine.passport import Passport, Quota, RangeAnswer, RangeReply
from pullscope.engine.passport_file import PassportFile
from pullscope.engine.reference import parse_reference
from pullscope.gui import theme as themes
from pullscope.gui.main_window import MainWindow
from pullscope.gui.recents import Recents
from pullscope.session import PullOptions, Session, default_passports

import qasync  # isort: skip - it takes whichever Qt is loaded already

SIZES = (64 * MIB, 32 * MIB, 4 * MIB)


def digest(number: int) -> str:
    """Return a digest for layer `number`."""
    return f"sha256:{number:02x}" + "ab" * 31


class FakePull:
    """A pull of three layers, whose bytes come when `advance` is called."""

    def __init__(self, reference: str, options: PullOptions, settings: Settings) -> None:
        self.reference = reference
        self.options = options
        self.settings = settings
        self.applied: list[Settings] = []
        self.cancel_takes_long = False
        self._observers: list[Callable[[PullEvent], None]] = []
        self._state = PullState.RESOLVING
        self._at = 0.0
        self._received = 0
        self._error = ""
        self._ending: asyncio.Future[None] | None = None

    def observe(self, observer: Callable[[PullEvent], None]) -> None:
        """Take an observer."""
        self._observers.append(observer)

    def emit(self, event: PullEvent) -> None:
        """Tell the observers."""
        for observer in self._observers:
            observer(event)

    def apply(self, settings: Settings) -> None:
        """Note the settings, and tell."""
        old, self.settings = self.settings, settings
        self.applied.append(settings)
        if old != settings:
            self.emit(SettingsApplied(self._at, old, settings))

    def pause(self) -> None:
        """Pause."""
        self._state = PullState.PAUSED
        self.emit(PullPaused(self._at))

    def resume(self) -> None:
        """Go on."""
        self._state = PullState.RUNNING
        self.emit(PullResumed(self._at))

    def cancel(self) -> None:
        """End, unless a test wants to end it later; also before `run`, as the engine does."""
        self._state = PullState.CANCELLED
        if not self.cancel_takes_long:
            self.end()

    def advance(self, seconds: float, received: int) -> None:
        """Let time pass, in which bytes come."""
        steps = max(1, round(seconds / 0.1))
        first, at = self._received, self._at
        for step in range(1, steps + 1):
            self._at = at + seconds * step / steps
            self._received = min(sum(SIZES), first + received * step // steps)
            n = self._received
            self.emit(Sampled(self._at, n, n, n, 2, 100 * MIB))

    def end(self) -> None:
        """Let `run` return."""
        if self._ending is not None and not self._ending.done():
            self._ending.set_result(None)

    def finish(self) -> None:
        """Be done."""
        self._received = sum(SIZES)
        self._state = PullState.DONE
        self.end()

    def fail(self, words: str) -> None:
        """Fail."""
        self._state = PullState.FAILED
        self._error = words
        self.end()

    def crash(self, error: Exception) -> None:
        """Let `run` raise what nobody expects."""
        assert self._ending is not None
        self._ending.set_exception(error)

    def snapshot(self) -> Snapshot:
        """Return the moment."""
        layers = () if self._state is PullState.RESOLVING else self._layers()
        return Snapshot(
            at=self._at,
            state=self._state,
            reference=self.reference,
            digest=digest(99),
            platform="linux/amd64",
            settings=self.settings,
            total=sum(SIZES) if layers else 0,
            reused=0,
            network=self._received,
            wasted=0,
            received=self._received,
            written=self._received,
            hashed=self._received,
            in_flight=2,
            requests=3,
            retries=0,
            memory=100 * MIB,
            timeline=Timeline(resolved=0.01, first_byte=0.02, last_byte=self._at, committed=None),
            layers=layers,
            error=self._error,
        )

    async def run(self) -> Snapshot:
        """Live until a test ends it."""
        self._ending = asyncio.get_running_loop().create_future()
        self.emit(PullStarted(0.0, self.reference, "/out", self.settings, 1.0))
        if self._state is PullState.CANCELLED:
            self._ending.set_result(None)
        else:
            self._state = PullState.RUNNING
        layers = tuple(Layer(digest(n), size, "x") for n, size in enumerate(SIZES))
        self.emit(PullResolved(0.01, digest(99), "linux/amd64", layers))
        await self._ending
        self.emit(PullEnded(self._at, self._state, self._error))
        if self._state is PullState.FAILED:
            raise RegistryError("GET https://registry/v2/", self._error)
        return self.snapshot()

    def _layers(self) -> tuple[LayerSnapshot, ...]:
        layers, left = [], self._received
        for index, size in enumerate(SIZES):
            here = min(size, left)
            left -= here
            state = LayerState.RECEIVING if here else LayerState.PENDING
            if here == size:
                state = LayerState.DONE
            extents = (Extent(0, here, index),) if here else ()
            layers.append(
                LayerSnapshot(
                    index, digest(index), size, "x", state, here, here, here, here,
                    1, 0, 0, extents, (),
                )
            )  # fmt: skip
        return tuple(layers)


class FakeSession:
    """Makes fake pulls, and keeps them."""

    def __init__(self) -> None:
        self.pulls: list[FakePull] = []
        self.passports = PassportFile(default_passports())
        self.probed: list[str] = []
        self.probe_error: PullError | None = None

    def new_pull(self, reference: str, options: PullOptions, settings: Settings) -> Any:
        """Return a pull; upper case is refused."""
        if reference != reference.lower():
            raise InvalidReference(f"{reference!r} has upper-case letters")
        self.pulls.append(FakePull(reference, options, settings))
        return self.pulls[-1]

    async def probe(self, reference: str, options: PullOptions) -> Passport:
        """Find that ranges are served, and remember it."""
        self.probed.append(reference)
        if self.probe_error is not None:
            raise self.probe_error
        passport = Passport(
            parse_reference(reference).domain,
            closed=RangeReply(RangeAnswer.SERVED, 206),
            open=RangeReply(RangeAnswer.SERVED, 206),
            redirected=True,
            redirect_host="cdn.example",
            redirect_lifetime=300.0,
            first_byte=0.038,
            quota=Quota(100, 71, 21600),
            spent=2,
        )
        self.passports.note(passport)
        return passport

    async def close(self) -> None:
        """Do nothing."""

    @property
    def pull(self) -> FakePull:
        """The newest pull."""
        return self.pulls[-1]


RunAsync = Callable[[Coroutine[Any, Any, Any]], Any]
NewWindow = Callable[..., MainWindow]


@pytest.fixture
def run_async(qapp: QApplication) -> Iterator[RunAsync]:
    """Run a coroutine on Qt's event loop, as the window does."""
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(qapp)) as runner:
        yield runner.run


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Wait until a condition holds."""

    async def wait(condition: Callable[[], object], timeout: float = 30.0) -> None:
        async with asyncio.timeout(timeout):
            while not condition():  # noqa: ASYNC110 - whatever it looks at has no event
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture
def layout(tmp_path: Path) -> QSettings:
    """Where the window keeps its layout."""
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def recents(tmp_path: Path) -> Recents:
    """Recent references in a file of this test."""
    return Recents(tmp_path / "state" / "recents.json")


@pytest.fixture
def session() -> FakeSession:
    """A session of fake pulls."""
    return FakeSession()


@pytest.fixture
def new_window(
    qapp: QApplication, layout: QSettings, recents: Recents, tmp_path: Path
) -> Iterator[NewWindow]:
    """Make windows around a session; they are deleted afterwards."""
    themes.apply(qapp, themes.Scheme.DARK)
    made: list[MainWindow] = []

    def make(session: Session | FakeSession, **options: Any) -> MainWindow:
        settings = options.pop("settings", Settings())
        pull_options = replace(PullOptions(output=tmp_path / "out"), **options)
        window = MainWindow(session, pull_options, settings, recents, layout)  # type: ignore[arg-type]
        made.append(window)
        window.show()
        return window

    yield make
    for window in made:
        window.hide()
        window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def window(new_window: NewWindow, session: FakeSession) -> MainWindow:
    """A window around fake pulls."""
    return new_window(session)
