"""The window under test: on an event loop of Qt's, with a pull that does what a test says."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from pullscope.engine.errors import InvalidReference, PullError, RegistryError
from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerReceived,
    LayerVerified,
    PrefixHashed,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    PullStarted,
    RequestSent,
    Sampled,
    SettingsApplied,
    WindowDrew,
)
from pullscope.engine.model import (
    MIB,
    Extent,
    Layer,
    LayerSnapshot,
    LayerState,
    PullPlan,
    PullState,
    Settings,
    Snapshot,
    Timeline,
)
from pullscope.engine.passport import Passport, Quota, RangeAnswer, RangeReply
from pullscope.engine.passport_file import PassportFile
from pullscope.engine.reference import parse_reference
from pullscope.engine.store import Store
from pullscope.engine.topology import Topology
from pullscope.gui import theme as themes
from pullscope.gui.event_loop import WindowLoop
from pullscope.gui.main_window import MainWindow
from pullscope.gui.recents import Recents
from pullscope.history import PastPull
from pullscope.session import PullOptions, Session, default_passports, default_store
from pullscope.trace.export import export_trace

SIZES = (64 * MIB, 32 * MIB, 4 * MIB)


def digest(number: int) -> str:
    """Return a digest for layer `number`."""
    return f"sha256:{number:02x}" + "ab" * 31


def past(number: int, **values: Any) -> PastPull:
    """Return a pull for the history, the newer the higher its number."""
    told: dict[str, Any] = {
        "reference": f"ghcr.io/team/app:{number}",
        "digest": "sha256:" + "d" * 64,
        "registry": "ghcr.io",
        "platform": "linux/amd64",
        "started_at": time.time() - 100_000 + number,
        "seconds": 2.0,
        "state": "done",
        "error": "",
        "settings": {"layers": 3},
        "total": 10_000_000,
        "reused": 0,
        "network": 4_000_000,
        "wasted": 0,
        "requests": 5,
        "retries": 1,
        "hedges": 0,
        "verdict": "Limited by the disk",
        "trace": "",
    }
    return PastPull(**{**told, **values})


class FakePull:
    """A pull of three layers, whose bytes come when `advance` is called."""

    def __init__(self, reference: str, options: PullOptions, settings: Settings) -> None:
        self.reference = reference
        self.options = options
        self.settings = settings
        self.applied: list[Settings] = []
        self.cancel_takes_long = False
        self.plan: PullPlan | None = None
        self.store = Store(options.output or Path("nowhere"))
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

    def note_drawn(self, seconds: tuple[float, ...]) -> None:
        """Tell what the window took for its frames."""
        self.emit(WindowDrew(self._at, seconds))

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
        self.store = default_store()
        self.passports = PassportFile(default_passports())
        self.probed: list[str] = []
        self.probe_error: PullError | None = None
        self.inspected: list[tuple[str, PullOptions]] = []
        self.topology: Topology | PullError = Topology("ghcr.io/team/app:1")

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

    async def inspect(self, reference: str, options: PullOptions) -> Topology:
        """Find the topology that a test set, or fail."""
        self.inspected.append((reference, options))
        if isinstance(self.topology, PullError):
            raise self.topology
        return self.topology

    async def close(self) -> None:
        """Do nothing."""

    @property
    def pull(self) -> FakePull:
        """The newest pull."""
        return self.pulls[-1]


def recorded(
    seconds: float = 3.0, settings: Settings | None = None, state: PullState = PullState.DONE
) -> list[PullEvent]:
    """Return the events of a pull of two layers in eight chunks, one of which is asked twice."""
    size, settings = 4 * MIB, settings or Settings()
    layers = tuple(Layer(digest(n), 4 * size, "layer") for n in range(2))
    events: list[PullEvent] = [
        PullStarted(0.0, "registry.example/team/app:1", "/out", settings, 1_750_000_000.0, 2),
        RequestSent(0.05, "manifest", "registry.example", 200, 0.01),
        PullResolved(0.1, digest(99), "linux/amd64", layers),
        SettingsApplied(0.12, settings, settings.changed(parallelism=settings.parallelism + 1)),
    ]
    for chunk in range(8):
        by: dict[str, Any] = {"peer": "203.0.113.7:443", "connecting": ()}
        if chunk < 2:
            by["connecting"] = (0.21 + chunk / 4, 0.215 + chunk / 4)
        layer, at = chunk // 4, 0.2 + chunk * (seconds - 0.5) / 8
        asked = (layer, chunk, 1, chunk % 4 * size)
        events.append(ChunkStarted(at, *asked, size, chunk % 2, at - 0.01))
        events.append(FirstByte(at + 0.02, *asked[:3], 206, "cdn.example", "HTTP/1.1", **by))
        if chunk == 5:
            events.append(ChunkReturned(at + 0.05, *asked[:3], MIB, "connection reset", None, 0.02))
            begun = (layer, chunk, 2, asked[3] + MIB, size - MIB, 1, at + 0.05)
            events.append(ChunkStarted(at + 0.07, *begun))
            events.append(FirstByte(at + 0.08, *begun[:3], 206, "cdn.example", "HTTP/1.1"))
            asked = (layer, chunk, 2, 0)
        got = size - MIB if chunk == 5 else size
        events.append(ChunkDone(at + 0.1, *asked[:3], at + 0.09, got))
        events.append(PrefixHashed(at + 0.1, layer, (chunk % 4 + 1) * size, at + 0.09))
        if chunk % 4 == 3 and state is PullState.DONE:
            events.append(LayerReceived(at + 0.1, layer))
            events.append(LayerVerified(at + 0.11, layer))
            events.append(LayerCommitted(at + 0.12, layer))
        n = (chunk + 1) * size
        events.append(Sampled(at + 0.13, n, n, n, 1, 50 * MIB, network=n))
    events.append(PullEnded(seconds, state, "it went wrong" if state is PullState.FAILED else ""))
    return events


@pytest.fixture
def new_trace(tmp_path: Path) -> Callable[..., Path]:
    """Write a trace of what `recorded` returns, and return its path."""

    def write(name: str = "one.pullscope", **how: Any) -> Path:
        path = tmp_path / name
        export_trace(recorded(**how), path)
        return path

    return write


RunAsync = Callable[[Coroutine[Any, Any, Any]], Any]
NewWindow = Callable[..., MainWindow]


@pytest.fixture(autouse=True, scope="session")
def frozen_before_the_first_window() -> None:
    """Let later collections of garbage pass over what was imported."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collected_in_this_thread() -> Iterator[None]:
    """Let no engine's thread free a window's objects; see `pullscope.gui.garbage`."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture
def run_async(qapp: QApplication) -> Iterator[RunAsync]:
    """Run a coroutine on Qt's event loop, as the window does."""
    with asyncio.Runner(loop_factory=lambda: WindowLoop(qapp)) as runner:
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


Story = Callable[[MainWindow], Coroutine[Any, Any, None]]
STORY_SETTINGS = Settings(layers=2, parallelism=2, connections=64, chunk_size=MIB)


@pytest.fixture
def tell(run_async: RunAsync, new_window: NewWindow) -> Callable[[Story], MainWindow]:
    """Run a story of real pulls in a window of its own, end both in order, return the window."""

    def run(story: Story) -> MainWindow:
        windows: list[MainWindow] = []

        async def whole() -> None:
            session = Session()
            window = new_window(session, settings=STORY_SETTINGS)
            windows.append(window)
            try:
                await story(window)
            finally:
                window.leave(0)
                await window.controller.finish(10)
                await session.close()

        run_async(whole())
        return windows[0]

    return run


# --- every view of the window, in turn -------------------------------------------------------


async def _under_way(window: MainWindow, session: Any, until: Any) -> None:
    window.pull("ghcr.io/team/app:1")
    await until(lambda: window.controller.snapshot and window.controller.snapshot.layers)
    session.pull.advance(3, 40 * MIB)


async def _empty(window: MainWindow, session: Any, until: Any) -> None:
    """Show the first start."""


async def _chunk_map(window: MainWindow, session: Any, until: Any) -> None:
    await _under_way(window, session, until)
    window.actions_by_id["show_map"].trigger()


async def _timeline(window: MainWindow, session: Any, until: Any) -> None:
    await _under_way(window, session, until)
    window.actions_by_id["show_timeline"].trigger()


async def _memory(window: MainWindow, session: Any, until: Any) -> None:
    await _under_way(window, session, until)
    window.actions_by_id["show_memory"].trigger()


async def _image(window: MainWindow, session: Any, until: Any) -> None:
    window.bar.set_reference("ghcr.io/team/app:1")
    window.actions_by_id["inspect"].trigger()
    await until(lambda: session.inspected and not window.inspector.busy)


async def _no_image(window: MainWindow, session: Any, until: Any) -> None:
    window.actions_by_id["show_image"].trigger()


async def _events_and_plots(window: MainWindow, session: Any, until: Any) -> None:
    await _under_way(window, session, until)
    for name in ("show_events", "show_connections", "show_own_cost"):
        window.actions_by_id[name].trigger()


async def _done(window: MainWindow, session: Any, until: Any) -> None:
    await _under_way(window, session, until)
    session.pull.finish()
    await until(lambda: not window.controller.running)


async def _failed(window: MainWindow, session: Any, until: Any) -> None:
    await _under_way(window, session, until)
    session.pull.fail("HTTP 403")
    await until(lambda: not window.controller.running)


async def _trace(window: MainWindow, session: Any, until: Any) -> None:
    path = Path(window.bar.options.output or "").with_name("a-trace-of-a-pull.jsonl")
    export_trace(recorded(), path)
    window.open_trace(path)
    await until(lambda: window.controller.shown.trace)


async def _unexpected(window: MainWindow, session: Any, until: Any) -> None:
    window.show_error("something nobody expected")


_VIEWS = {
    "empty": _empty,
    "chunk_map": _chunk_map,
    "timeline": _timeline,
    "memory": _memory,
    "image": _image,
    "no_image": _no_image,
    "events_and_plots": _events_and_plots,
    "done": _done,
    "failed": _failed,
    "trace": _trace,
    "unexpected": _unexpected,
}


@pytest.fixture(params=_VIEWS)
def view(
    request: pytest.FixtureRequest, window: MainWindow, session: FakeSession, until: Any
) -> Callable[[], Awaitable[None]]:
    """Bring the window to one of its views, each in turn."""
    show = _VIEWS[request.param]
    return lambda: show(window, session, until)
