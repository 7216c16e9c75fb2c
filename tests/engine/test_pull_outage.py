"""Networks that go away and come back, clocks that jump, machines that sleep."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from pullscope.engine import ranges
from pullscope.engine.errors import RegistryError
from pullscope.engine.events import ChunkReturned
from pullscope.engine.model import KIB, MIB, PullState, Settings
from pullscope.engine.pull import ATTEMPTS, STALL_TIMEOUT, Pull
from pullscope.engine.registry import OUTAGE
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import Auth, AuthScheme, Shaping, SyntheticImage

IMAGE = SyntheticImage("demo/app", "1", (2 * MIB, MIB + 17, 100))
SIZE = 3 * MIB + 117
SETTINGS = Settings(layers=2, parallelism=3, connections=4, chunk_size=256 * KIB)
SLOW = Shaping(rate_per_connection=MIB // 2)


class Cable:
    """A way to the lab that can be pulled out: connections break and new ones are refused."""

    def __init__(self, host: str) -> None:
        self._to = host.split(":")
        self._port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._port}"

    async def plug(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        far_reader, far_writer = await asyncio.open_connection(*self._to)
        both = {writer, far_writer}
        self._writers |= both
        try:
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        finally:
            self._writers -= both
            for each in both:
                each.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(64 * KIB):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the other side has hung up, or the cable is out
    writer.transport.abort()


@pytest.fixture
async def cable(start_lab_process: Any) -> AsyncIterator[Cable]:
    """A cable to a slow lab whose tokens do not outlive an outage."""
    lab = start_lab_process(
        images=(IMAGE,), shaping=SLOW, auth=Auth(AuthScheme.BEARER, token_lifetime=1.0)
    )
    cable = Cable(lab.host)
    await cable.plug()
    yield cable
    await cable.unplug()


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as the engine does, in a fiftieth of the time."""

    def backoff(failures: int, asked_to_wait: float | None, jitter: float) -> float:
        return ranges.backoff(failures, asked_to_wait, jitter) / 50

    monkeypatch.setattr("pullscope.engine.pull.backoff", backoff)
    monkeypatch.setattr("pullscope.engine.registry.backoff", backoff)


async def until_received(pull: Pull, size: int) -> None:
    async with asyncio.timeout(30):
        while pull.snapshot().received < size:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_pull_outlives_an_outage_longer_than_its_attempts_last(
    cable: Cable, puller: Any, transport: str
) -> None:
    pull = puller.new(f"{cable.host}/demo/app:1", SETTINGS, transport=transport)
    running = asyncio.create_task(pull.run())
    await until_received(pull, MIB)
    await cable.unplug()
    await asyncio.sleep(2.0)  # a hundred seconds, in a fiftieth of the time
    assert not running.done()
    await cable.plug()
    async with asyncio.timeout(60):
        snapshot = await running
    tries = [event.chunk for event in puller.of_type(ChunkReturned) if "connect" in event.reason]
    assert max(map(tries.count, tries)) > ATTEMPTS
    assert snapshot.network - snapshot.wasted == SIZE
    puller.assert_image_is_whole()


async def test_that_an_outage_is_one_though_the_registry_was_not_asked_for_long(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.registry.OUTAGE", 1.0)
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)
    cable = Cable(lab.host)
    await cable.plug()
    # One request for each whole layer: the registry is not asked again while they last.
    settings = Settings(layers=3, parallelism=1, connections=3, chunk_size=0)
    pull = puller.new(f"{cable.host}/demo/app:1", settings)
    running = asyncio.create_task(pull.run())
    await until_received(pull, 2 * MIB)
    await cable.unplug()
    await asyncio.sleep(0.5)
    assert not running.done()
    await cable.plug()
    async with asyncio.timeout(60):
        snapshot = await running
    assert snapshot.network - snapshot.wasted == SIZE
    await cable.unplug()


async def test_that_an_outage_without_an_end_ends_the_pull_and_the_next_one_goes_on(
    cable: Cable, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.registry.OUTAGE", 0.3)
    pull = puller.new(f"{cable.host}/demo/app:1", SETTINGS)
    running = asyncio.create_task(pull.run())
    await until_received(pull, MIB)
    await cable.unplug()
    with pytest.raises(RegistryError, match="cannot connect"):
        await running
    kept = pull.snapshot().written
    await cable.plug()
    snapshot = await puller.new(f"{cable.host}/demo/app:1", SETTINGS).run()
    assert snapshot.reused == kept >= MIB
    puller.assert_image_is_whole()


async def test_that_a_host_that_never_answered_is_given_up_soon(
    puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.registry.OUTAGE", 1e9)
    with pytest.raises(RegistryError, match="cannot connect"):
        await puller.new("127.0.0.1:1/demo/app:1").run()


def test_that_a_minute_without_a_network_is_within_the_default_patience() -> None:
    assert OUTAGE > 60
    # Packets that vanish instead of being refused take a stall each.
    assert STALL_TIMEOUT * (ATTEMPTS - 1) > 60


async def test_that_a_clock_that_jumps_loses_nothing(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)
    jumped = 0.0
    plain = puller.new(lab.references[0], SETTINGS)
    pull = Pull(
        plain.reference,
        plain._registry,
        plain.store,
        plain._platform,
        SETTINGS,
        clock=lambda: time.monotonic() + jumped,
    )
    pull.observe(puller.events.append)
    running = asyncio.create_task(pull.run())
    for part in (1, 2, 3):
        await until_received(pull, part * SIZE // 5)
        jumped += 3600.0
    async with asyncio.timeout(60):
        snapshot = await running
    assert snapshot.network - snapshot.wasted == SIZE
    times = [event.at for event in puller.events]
    assert times == sorted(times)
    puller.assert_image_is_whole()


async def test_that_a_machine_that_slept_goes_on(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(images=(IMAGE,), shaping=SLOW)
    pull = puller.new(lab.references[0], SETTINGS, stall_timeout=0.3)
    running = asyncio.create_task(pull.run())
    for part in (1, 2):
        await until_received(pull, part * SIZE // 4)
        time.sleep(1.0)  # noqa: ASYNC251 (nothing of the process runs, as in a sleep)
    async with asyncio.timeout(60):
        snapshot = await running
    assert snapshot.state is PullState.DONE
    assert snapshot.network - snapshot.wasted == SIZE
    puller.assert_image_is_whole()
