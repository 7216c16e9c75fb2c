import asyncio
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from pullscope.engine.errors import (
    AccessDenied,
    BadReply,
    DigestMismatch,
    NotFound,
    PlatformNotFound,
    PullError,
    RegistryError,
    StoreError,
)
from pullscope.engine.events import (
    ChunkDone,
    ChunkHedged,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerCommitted,
    LayerDiscarded,
    LayerExisting,
    LayerHeldElsewhere,
    LayerReceived,
    LayerResumed,
    LayerVerified,
    PrefixHashed,
    PullEnded,
    PullEvent,
    PullResolved,
    PullStarted,
    RangeUnusable,
    RequestSent,
    Sampled,
    SettingsApplied,
    WindowDrew,
)
from pullscope.engine.message import Message, translated, words_of
from pullscope.engine.model import KIB, MIB, LayerState, PullState, Settings, WriteMode
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import Auth, AuthScheme, FaultPlan, Shaping, SyntheticImage

SIZE = 6 * MIB + 3 * MIB + MIB + 17 + 100
SMALL_CHUNKS = Settings(layers=3, parallelism=4, connections=8, chunk_size=256 * KIB)
SLOW = Shaping(rate_per_connection=MIB)


async def until(condition: Any) -> None:
    """Wait until something is seen in the pull's own state."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_pull_brings_a_whole_image_and_no_byte_twice(
    start_lab_process: Any, puller: Any, transport: str
) -> None:
    lab = start_lab_process()
    pull = puller.new(lab.references[0], transport=transport)
    snapshot = await pull.run()
    assert snapshot.state is PullState.DONE
    assert snapshot.total == snapshot.network == SIZE
    assert (snapshot.received, snapshot.written, snapshot.hashed) == (SIZE, SIZE, SIZE)
    assert (snapshot.wasted, snapshot.reused, snapshot.retries, snapshot.in_flight) == (0, 0, 0, 0)
    puller.assert_image_is_whole()
    for reply in puller.of_type(FirstByte):
        told = transport == "httpx"  # the other one hides its connections
        assert reply.peer in ((lab.host,) if told else (lab.host, ""))
        assert (reply.connecting is not None) == told
        assert all(0.0 <= at <= reply.at for at in reply.connecting or ())
    statistics = lab.statistics()
    assert statistics.blob_bytes_sent - SIZE < 4 * KIB  # the config blob
    assert sum(statistics.requests.values()) == snapshot.requests


async def test_that_the_events_of_a_pull_tell_its_whole_story(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    snapshot = await puller.new(lab.references[0]).run()
    assert isinstance(puller.events[0], PullStarted)
    assert isinstance(puller.events[-1], PullEnded)
    [resolved] = puller.of_type(PullResolved)
    assert [layer.size for layer in resolved.layers] == [6 * MIB, 3 * MIB, MIB + 17, 100]
    started, done = puller.of_type(ChunkStarted), puller.of_type(ChunkDone)
    assert len(started) == len(done) == len(puller.of_type(FirstByte)) == 24 + 12 + 5 + 1
    assert sum(event.length for event in started) == sum(event.received for event in done) == SIZE
    for kind in (LayerReceived, LayerVerified, LayerCommitted):
        assert sorted(event.layer for event in puller.of_type(kind)) == [0, 1, 2, 3]
    hashed: dict[int, PrefixHashed] = {}
    for event in puller.of_type(PrefixHashed):
        before = hashed.get(event.layer)
        assert before is None or before.hashed < event.hashed
        assert 0.0 <= event.began <= event.at
        hashed[event.layer] = event
    assert [hashed[index].hashed for index in range(4)] == [6 * MIB, 3 * MIB, MIB + 17, 100]
    times = [event.at for event in puller.events]
    assert times == sorted(times)
    assert {event.kind for event in puller.of_type(RequestSent)} == {"manifest", "config"}
    milestones = snapshot.timeline
    assert (
        milestones.resolved
        <= milestones.first_byte
        <= milestones.last_byte
        <= milestones.verified
        <= milestones.committed
    )


async def test_that_samples_tell_what_requests_wait_for(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=MIB, latency=0.3))
    settings = Settings(layers=1, parallelism=2, connections=2, chunk_size=MIB)
    pull = puller.new(lab.references[0], settings)
    await pull.run()

    samples = puller.of_type(Sampled)
    last, waited = samples[-1], samples[-1].waited
    # Each of eleven chunks waits 0.3 s, and then for up to a second for its bytes.
    assert waited.first_byte >= 11 * 0.25
    assert waited.network >= 8.0
    assert sum((waited.first_byte, waited.network)) <= 2 * last.at
    assert (waited.turn, waited.rate_limit) == (0.0, pytest.approx(0.0, abs=0.5))
    assert last.wanted == 0
    assert all(one.wanted >= two.wanted for one, two in pairwise(samples))
    assert all(sample.hashed <= sample.frontier <= sample.written for sample in samples)
    assert last.network >= last.received - MIB
    assert max(sample.buffers for sample in samples) > 0
    assert 0.0 < last.loop_cpu <= last.cpu
    assert min(sample.lag for sample in samples) >= 0.0
    [started] = puller.of_type(PullStarted)
    assert started.processors == os.cpu_count()


async def test_that_a_window_can_tell_the_observers_what_it_drew(
    start_lab_process: Any, puller: Any
) -> None:
    pull = puller.new(start_lab_process().references[0])
    pull.note_drawn((0.002, 0.004))
    await pull.run()
    pull.note_drawn((0.001,))  # nobody tells of a pull that has ended

    [drew] = puller.of_type(WindowDrew)
    assert drew.seconds == (0.002, 0.004)


async def test_that_limits_hold(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(shaping=Shaping(latency=0.01))
    settings = Settings(layers=2, parallelism=3, connections=5, chunk_size=128 * KIB)
    open_chunks: dict[int, int] = {}
    most = {"layers": 0, "parallelism": 0, "connections": 0}

    def watch(event: object) -> None:
        if isinstance(event, ChunkStarted):
            open_chunks[event.chunk] = event.layer
        elif isinstance(event, ChunkDone):
            del open_chunks[event.chunk]
        layers = list(open_chunks.values())
        most["connections"] = max(most["connections"], len(layers))
        most["layers"] = max(most["layers"], len(set(layers)))
        most["parallelism"] = max(most["parallelism"], *map(layers.count, set(layers)), 0)

    pull = puller.new(lab.references[0], settings)
    pull.observe(watch)
    await pull.run()
    assert most == {"layers": 2, "parallelism": 3, "connections": 5}
    assert {event.connection for event in puller.of_type(ChunkStarted)} == {0, 1, 2, 3, 4}


async def test_that_settings_change_a_running_pull_without_a_restart(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    slow = Settings(layers=1, parallelism=1, connections=1, chunk_size=512 * KIB)
    fast = Settings(layers=4, parallelism=16, connections=32, chunk_size=64 * KIB)
    pull = puller.new(lab.references[0], slow)
    running = asyncio.create_task(pull.run())
    await until(lambda: len(puller.of_type(ChunkDone)) >= 1)
    pull.apply(fast)
    assert pull.snapshot().in_flight >= 16  # at once, without waiting for a chunk to end
    await until(lambda: pull.snapshot().in_flight == 32)
    snapshot = await running
    [applied] = puller.of_type(SettingsApplied)
    assert (applied.old, applied.new) == (slow, fast)
    assert snapshot.network == SIZE
    assert snapshot.wasted == snapshot.retries == 0
    later = [e.length for e in puller.of_type(ChunkStarted) if e.at >= applied.at]
    assert max(later) == 64 * KIB
    puller.assert_image_is_whole()


async def test_that_lowering_a_limit_lets_chunks_in_flight_finish(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    pull = puller.new(lab.references[0], Settings(3, 8, 16, 256 * KIB))
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().in_flight == 16)
    pull.apply(Settings(1, 1, 1, 256 * KIB))
    assert pull.snapshot().in_flight == 16
    await until(lambda: pull.snapshot().in_flight == 1)
    pull.apply(Settings(4, 32, 64, 256 * KIB))
    snapshot = await running
    assert not puller.of_type(ChunkReturned)
    assert snapshot.network == SIZE


async def test_that_settings_moved_at_random_lose_and_repeat_nothing(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=4 * MIB))
    pull = puller.new(lab.references[0], Settings(1, 1, 1, 64 * KIB))
    running = asyncio.create_task(pull.run())
    number = 0
    while not running.done():
        number += 1
        pull.apply(
            Settings(
                layers=1 + number % 4,
                parallelism=1 + (number * 7) % 13,
                connections=1 + (number * 5) % 17,
                chunk_size=64 * KIB * (1 + number % 9),
            )
        )
        await asyncio.sleep(0.005)
    snapshot = await running
    assert number > 5
    assert (snapshot.network, snapshot.wasted) == (SIZE, 0)
    puller.assert_image_is_whole()


async def test_that_chunk_size_zero_asks_for_a_layer_at_once(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    await puller.new(lab.references[0], Settings(3, 1, 3, 0)).run()
    assert sorted(event.length for event in puller.of_type(ChunkStarted)) == [
        100, MIB + 17, 3 * MIB, 6 * MIB,
    ]  # fmt: skip
    puller.assert_image_is_whole()


async def test_that_a_pull_that_is_paused_before_it_is_resolved_is_paused(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    pull = puller.new(lab.references[0])
    states: list[PullState] = []

    def pause(event: object) -> None:
        if isinstance(event, PullStarted):
            states.append(pull.snapshot().state)
            pull.pause()
            states.append(pull.snapshot().state)

    pull.observe(pause)
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().layers)
    assert states == [PullState.RESOLVING, PullState.PAUSED]
    paused = pull.snapshot()
    assert (paused.state, paused.received) == (PullState.PAUSED, 0)
    pull.resume()
    assert (await running).state is PullState.DONE


async def test_that_a_paused_pull_asks_for_nothing_and_goes_on_where_it_was(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > MIB)
    pull.pause()
    await until(lambda: pull.snapshot().in_flight == 0)
    paused = pull.snapshot()
    assert paused.state is PullState.PAUSED
    assert paused.received == paused.written
    pull.apply(Settings(4, 16, 32, 512 * KIB))
    await asyncio.sleep(0.15)
    assert pull.snapshot().received == paused.received
    pull.resume()
    snapshot = await running
    assert snapshot.received == SIZE
    # What was on its way when the connections were cut is all that may come twice.
    assert snapshot.network == SIZE
    puller.assert_image_is_whole()


async def test_that_a_cancelled_pull_is_resumed_by_the_next_one(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > 2 * MIB)
    pull.cancel()
    first = await running
    assert first.state is PullState.CANCELLED
    assert first.in_flight == 0
    lab.reshape(shaping=Shaping())
    second = await puller.new(lab.references[0]).run()
    assert second.reused == first.written
    assert second.network == SIZE - first.written
    assert puller.of_type(LayerResumed)
    puller.assert_image_is_whole()


async def test_that_a_pull_cancelled_before_it_runs_asks_nothing(puller: Any) -> None:
    pull = puller.new("127.0.0.1:1/demo/app:1")
    pull.cancel()
    snapshot = await pull.run()
    assert (snapshot.state, snapshot.requests) == (PullState.CANCELLED, 0)


async def test_that_what_is_there_is_not_fetched_again(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process()
    await puller.new(lab.references[0]).run()
    before = lab.statistics()
    snapshot = await puller.new(lab.references[0]).run()
    after = lab.statistics()
    assert (snapshot.network, snapshot.reused) == (0, SIZE)
    assert [layer.state for layer in snapshot.layers] == [LayerState.EXISTING] * 4
    assert len(puller.of_type(LayerExisting)) == 4
    assert after.requests["blob"] == before.requests["blob"]


async def test_that_bytes_damaged_between_two_pulls_are_fetched_again(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: len(puller.of_type(ChunkDone)) > 6)
    pull.cancel()
    first = await running
    parts = sorted((puller.output / ".ingest").glob("*.journal"))
    journal = next(path for path in parts if path.stat().st_size)
    offset = int(journal.read_text().split()[0])
    with (journal.with_suffix("")).open("r+b") as part:
        part.seek(offset)
        byte = part.read(1)
        part.seek(offset)
        part.write(bytes([byte[0] ^ 1]))
    lab.reshape(shaping=Shaping())
    second = await puller.new(lab.references[0]).run()
    assert 0 < second.reused < first.written
    assert not puller.of_type(LayerDiscarded)  # found before it was hashed
    puller.assert_image_is_whole()


async def test_that_idle_connections_share_what_is_left_of_a_slow_layer(
    start_lab_process: Any, puller: Any
) -> None:
    image = SyntheticImage("demo/app", "1", (8 * MIB,))
    lab = start_lab_process(images=(image,), shaping=SLOW)
    one_chunk = Settings(layers=1, parallelism=8, connections=8, chunk_size=8 * MIB)
    snapshot = await puller.new(lab.references[0], one_chunk, split_tail=True).run()
    extents = sorted(snapshot.layers[0].extents, key=lambda extent: extent.offset)
    assert len(extents) >= 8
    assert max(extent.length for extent in extents) < 2 * MIB
    # The connection that had it all is hung up; what was on its way is all that is wasted.
    assert snapshot.network == 8 * MIB + snapshot.wasted
    assert snapshot.wasted <= 256 * KIB
    assert snapshot.retries == 0
    puller.assert_image_is_whole()


async def test_that_nothing_is_shared_unless_it_is_wanted(
    start_lab_process: Any, puller: Any
) -> None:
    image = SyntheticImage("demo/app", "1", (2 * MIB,))
    lab = start_lab_process(images=(image,), shaping=SLOW)
    settings = Settings(layers=1, parallelism=8, connections=8, chunk_size=2 * MIB)
    snapshot = await puller.new(lab.references[0], settings).run()
    assert [extent.length for extent in snapshot.layers[0].extents] == [2 * MIB]


@pytest.mark.parametrize("fault", ["reset", "stall", "503", "range-refused", "range-ignored"])
async def test_that_a_shared_chunk_survives_faults(
    start_lab_process: Any, puller: Any, fault: str
) -> None:
    image = SyntheticImage("demo/app", "1", (4 * MIB, 3 * MIB))
    plan = FaultPlan.of(f"{fault}=0.3", limit=8, retry_after=0)
    lab = start_lab_process(images=(image,), shaping=SLOW, faults=plan)
    settings = Settings(layers=2, parallelism=8, connections=12, chunk_size=2 * MIB)
    snapshot = await puller.new(
        lab.references[0], settings, stall_timeout=0.5, split_tail=True
    ).run()
    assert snapshot.network == 7 * MIB + snapshot.wasted
    puller.assert_image_is_whole()


async def test_that_a_rate_limit_holds_for_all_connections_and_changes_live(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    limited = SMALL_CHUNKS.changed(rate_limit=4 * MIB)
    pull = puller.new(lab.references[0], limited)
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > MIB)
    slow = pull.snapshot()
    began = slow.timeline.first_byte
    assert began is not None
    # Nothing is sampled in the first moment; what waits in the sockets is not received yet.
    assert slow.network <= 4 * MIB * (slow.at - began + 0.1) + 512 * KIB
    pull.apply(SMALL_CHUNKS)
    snapshot = await running
    assert (snapshot.network, snapshot.retries) == (SIZE, 0)
    puller.assert_image_is_whole()


async def test_that_a_request_limit_holds_and_changes_live(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    limited = SMALL_CHUNKS.changed(request_limit=20)
    pull = puller.new(lab.references[0], limited)
    running = asyncio.create_task(pull.run())
    await until(lambda: len(puller.of_type(ChunkStarted)) >= 16)
    started = [event.at for event in puller.of_type(ChunkStarted)]
    # What is sent at once counts before the first second.
    assert len(started) <= 20 * (started[-1] - started[0]) + 20 * 0.2 + 2
    pull.apply(limited.changed(request_limit=0))
    snapshot = await running
    assert (snapshot.network, snapshot.retries) == (SIZE, 0)
    puller.assert_image_is_whole()


async def test_that_the_protocol_can_change_during_a_pull(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=4 * MIB))
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: len(puller.of_type(ChunkDone)) >= 2)
    pull.apply(SMALL_CHUNKS.changed(protocol="http/2"))
    snapshot = await running
    assert (snapshot.network, snapshot.retries, snapshot.wasted) == (SIZE, 0, 0)
    puller.assert_image_is_whole()


async def test_that_the_largest_layer_can_come_first(start_lab_process: Any, puller: Any) -> None:
    image = SyntheticImage("demo/app", "1", (MIB, 100, 3 * MIB, 2 * MIB))
    lab = start_lab_process(images=(image,))
    one = SMALL_CHUNKS.changed(layers=1, layer_order="largest-first")
    await puller.new(lab.references[0], one).run()
    begun = dict.fromkeys(event.layer for event in puller.of_type(ChunkStarted))
    assert list(begun)[-1] == 1
    assert [layer for layer in begun if layer != 1] == [2, 3, 0]


async def test_that_the_order_of_layers_can_change_during_a_pull(
    start_lab_process: Any, puller: Any
) -> None:
    image = SyntheticImage("demo/app", "1", (MIB, 100, 2 * MIB, 3 * MIB))
    lab = start_lab_process(images=(image,), shaping=SLOW)
    one = SMALL_CHUNKS.changed(layers=1, parallelism=2)
    pull = puller.new(lab.references[0], one)
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > 0)
    pull.apply(one.changed(layer_order="largest-first"))
    lab.reshape(shaping=Shaping())
    await running
    begun = dict.fromkeys(event.layer for event in puller.of_type(ChunkStarted))
    assert list(begun) == [0, 3, 2, 1]  # what has begun is not put off
    puller.assert_image_is_whole()


async def test_that_an_idle_connection_asks_for_what_a_silent_one_does_not_bring(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(faults=FaultPlan.of("stall=0.15", limit=3))
    pull = puller.new(lab.references[0], SMALL_CHUNKS.changed(connections=12), stall_timeout=60.0)
    snapshot = await pull.run()
    stalls = lab.statistics().faults["stall"]
    returned = puller.of_type(ChunkReturned)
    assert stalls == 3
    assert snapshot.hedges == len(puller.of_type(ChunkHedged)) >= stalls
    assert {event.reason for event in returned} <= {
        "a second request was answered first",
        "the first request went on",
    }
    assert all(isinstance(event.reason, Message) for event in returned)
    assert snapshot.network == SIZE + snapshot.wasted
    assert snapshot.wasted <= SIZE // 100
    puller.assert_image_is_whole()


async def test_that_a_second_request_ends_where_the_first_has_gone_on_meanwhile(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.pull.HEDGE_AFTER", 0.1)
    monkeypatch.setattr("pullscope.engine.pull.HEDGE_FACTOR", 0.0)
    image = SyntheticImage("demo/app", "1", (2 * MIB,))
    shaping = Shaping(latency=0.5, rate_per_connection=2 * MIB)
    lab = start_lab_process(images=(image,), shaping=shaping)
    settings = Settings(layers=1, parallelism=3, connections=4, chunk_size=MIB)
    snapshot = await puller.new(lab.references[0], settings).run()
    assert snapshot.hedges == 1
    [returned] = puller.of_type(ChunkReturned)
    assert returned.reason == "the first request went on"
    assert snapshot.wasted <= 2 * MIB // 100
    puller.assert_image_is_whole()


async def test_that_second_requests_end_where_they_bring_nothing(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.pull.HEDGE_AFTER", 0.1)
    image = SyntheticImage("demo/app", "1", (512 * KIB,))
    lab = start_lab_process(images=(image,), faults=FaultPlan.of("stall=1"))
    pull = puller.new(lab.references[0], stall_timeout=0.5, attempts=2)
    with pytest.raises(RegistryError, match="no byte for"):
        await pull.run()
    hedged = [event.chunk for event in puller.of_type(ChunkHedged)]
    # Once, and once more for each 64 KiB that came since.
    assert hedged
    assert max(map(hedged.count, hedged)) <= 1 + 256 // 64


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_slow_connection_is_not_taken_for_a_silent_one(
    start_lab_process: Any, puller: Any, transport: str
) -> None:
    image = SyntheticImage("demo/app", "1", (96 * KIB,))
    lab = start_lab_process(images=(image,), shaping=Shaping(rate_per_connection=16 * KIB))
    settings = Settings(layers=1, parallelism=2, connections=2, chunk_size=64 * KIB)
    pull = puller.new(lab.references[0], settings, stall_timeout=1.0, transport=transport)
    assert (await pull.run()).state is PullState.DONE
    puller.assert_image_is_whole()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_chunks_that_wait_for_their_turn_hold_no_connection(
    start_lab_process: Any, puller: Any, transport: str
) -> None:
    image = SyntheticImage("demo/app", "1", (8 * MIB,))
    faults = FaultPlan.of("503=0.2", limit=3, retry_after=1)
    lab = start_lab_process(images=(image,), faults=faults)
    settings = Settings(
        layers=1, parallelism=64, connections=4, chunk_size=128 * KIB, write=WriteMode.STREAM
    )
    pull = puller.new(lab.references[0], settings, transport=transport)
    held: list[int] = []
    pull.observe(
        lambda event: (
            held.append(len(pull.snapshot().layers[0].in_flight))
            if isinstance(event, Sampled)
            else None
        )
    )
    snapshot = await pull.run()
    assert snapshot.retries >= 1
    # The config's, and one more for each that was refused something and closed.
    assert lab.statistics().connections <= 4 + 1 + 3
    assert max(held) > 8  # many waited meanwhile
    puller.assert_image_is_whole()


async def test_that_without_a_budget_no_second_request_is_sent(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.pull.HEDGE_AFTER", 0.1)
    lab = start_lab_process(faults=FaultPlan.of("stall=0.2", limit=2))
    pull = puller.new(lab.references[0], stall_timeout=0.6, hedge_budget=0.0)
    snapshot = await pull.run()
    assert snapshot.hedges == 0
    assert snapshot.retries >= 1
    puller.assert_image_is_whole()


async def test_that_chunks_can_be_written_in_order(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=4 * MIB))
    pull = puller.new(lab.references[0], SMALL_CHUNKS.changed(write="stream"))
    ahead: list[int] = []

    def watch(event: object) -> None:
        if isinstance(event, ChunkDone):
            for layer in pull.snapshot().layers:
                assert layer.written == layer.frontier
                ahead.append(layer.received - layer.written)

    pull.observe(watch)
    snapshot = await pull.run()
    assert pull.snapshot().layers[0].written == 6 * MIB
    assert max(ahead) > 256 * KIB  # what waits for its turn is held in memory
    assert (snapshot.network, snapshot.wasted) == (SIZE, 0)
    puller.assert_image_is_whole()


async def test_that_the_way_to_write_can_change_during_a_pull(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=4 * MIB))
    stream = SMALL_CHUNKS.changed(write="stream")
    pull = puller.new(lab.references[0], stream)
    written_ahead: list[bool] = []

    def change(event: object) -> None:
        if isinstance(event, ChunkDone):
            layers = pull.snapshot().layers
            written_ahead.append(any(layer.written > layer.frontier for layer in layers))
            in_place = pull.settings.write == "in-place"
            pull.apply(stream if in_place else stream.changed(write="in-place"))

    pull.observe(change)
    snapshot = await pull.run()
    assert any(written_ahead)
    assert (snapshot.network, snapshot.wasted) == (SIZE, 0)
    puller.assert_image_is_whole()


@pytest.mark.parametrize("fault", ["reset", "stall", "503", "range-ignored", "range-refused"])
async def test_that_writing_in_order_survives_faults(
    start_lab_process: Any, puller: Any, fault: str
) -> None:
    lab = start_lab_process(faults=FaultPlan.of(f"{fault}=0.3", limit=6, retry_after=0))
    settings = SMALL_CHUNKS.changed(write="stream")
    pull = puller.new(lab.references[0], settings, stall_timeout=0.4)
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > MIB)
    pull.pause()
    await until(lambda: pull.snapshot().in_flight == 0)
    pull.resume()
    snapshot = await running
    assert snapshot.network == SIZE + snapshot.wasted
    puller.assert_image_is_whole()


async def test_that_a_request_cut_before_it_began_gives_its_connection_back(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: len(puller.of_type(ChunkDone)) >= 2)
    for _ in range(5):
        pull.pause()
        await until(lambda: pull.snapshot().in_flight == 0)
        pull.resume()
        pull.pause()  # in the same turn: no request has taken its first step
        await until(lambda: pull.snapshot().in_flight == 0)
        pull.resume()
    snapshot = await running
    assert snapshot.received == SIZE
    puller.assert_image_is_whole()


async def test_that_a_pull_cancelled_from_outside_twice_still_ends_in_order(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=SLOW)
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > 0)
    running.cancel()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert isinstance(puller.events[-1], PullEnded)
    open_files = [file.path for file in psutil.Process().open_files()]
    assert not [path for path in open_files if str(puller.output) in path]


async def test_that_an_observer_may_cancel_the_pull(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process()
    for kind in (PullStarted, PullResolved, ChunkStarted, FirstByte, LayerVerified):
        pull = puller.new(lab.references[0], output=puller.output / kind.__name__)

        def cancel(event: object, pull: Any = pull, kind: type = kind) -> None:
            if isinstance(event, kind):
                pull.cancel()

        pull.observe(cancel)
        assert (await pull.run()).state is PullState.CANCELLED
        assert isinstance(puller.events[-1], PullEnded)


async def test_that_a_failing_measurement_of_memory_does_not_stop_the_pull(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(24, "too many open files")

    monkeypatch.setattr(psutil.Process, "memory_info", refuse)
    lab = start_lab_process(faults=FaultPlan.of("reset=0.3", limit=4))
    snapshot = await puller.new(lab.references[0]).run()
    assert snapshot.retries >= 3
    puller.assert_image_is_whole()


# Registries that misbehave


@pytest.mark.parametrize("fault", ["429", "500", "503", "reset", "short-body", "stall"])
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_that_a_passing_fault_is_retried_for_the_missing_bytes_only(
    start_lab_process: Any, puller: Any, fault: str, transport: str
) -> None:
    lab = start_lab_process(faults=FaultPlan.of(f"{fault}=0.3", limit=6, retry_after=0))
    pull = puller.new(lab.references[0], transport=transport, stall_timeout=0.4)
    snapshot = await pull.run()
    returned = puller.of_type(ChunkReturned)
    # The config blob may take one.
    assert 5 <= len(returned) == snapshot.retries <= 6 == sum(lab.statistics().faults.values())
    assert all(event.retry_in is not None for event in returned)
    asked = sum(event.length for event in puller.of_type(ChunkStarted))
    assert asked == SIZE + sum(
        event.length for event in puller.of_type(ChunkStarted) if event.attempt > 1
    )
    assert (snapshot.network, snapshot.wasted) == (SIZE, 0)
    puller.assert_image_is_whole()


async def test_that_retry_after_is_honoured(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(faults=FaultPlan.of("429=1", limit=3, retry_after=1))
    await puller.new(lab.references[0]).run()
    assert all(event.retry_in >= 1 for event in puller.of_type(ChunkReturned))


async def test_that_a_registry_that_never_answers_ends_in_a_clear_error(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(faults=FaultPlan.of("503=1", retry_after=None))
    pull = puller.new(lab.references[0], attempts=3)
    with pytest.raises(RegistryError, match=r"HTTP 503.*3 times in a row.*kept") as caught:
        await pull.run()
    assert puller.events[-1].state is PullState.FAILED
    for words in (words_of(caught.value), puller.events[-1].error, pull.snapshot().error):
        said = translated(words, lambda _, template: f"<{template}>")
        assert re.fullmatch(
            r"<<<layer \d, <bytes \d+-\d+>, from [\w.:]+>: <<HTTP 503 from [\w.:]+>, 3 times in a "
            r"row>>; <pull again later: what is here is kept>>",
            said,
        )
    assert any(layer.error == str(caught.value) for layer in pull.snapshot().layers)
    assert all(isinstance(event.reason, Message) for event in puller.of_type(ChunkReturned))


async def test_that_an_ignored_range_becomes_the_layer(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(faults=FaultPlan.of("range-ignored=1"))
    snapshot = await puller.new(lab.references[0]).run()
    unusable = puller.of_type(RangeUnusable)
    assert sorted(event.layer for event in unusable) == [0, 1, 2, 3]
    assert all("200" in event.reason for event in unusable)
    assert all(isinstance(event.reason, Message) for event in unusable)
    assert (snapshot.network, snapshot.wasted) == (SIZE, 0)
    assert lab.statistics().requests["blob"] == 5  # the one reply per layer, and the config
    puller.assert_image_is_whole()


async def test_that_a_range_ignored_late_gives_up_no_more_than_it_brings(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=4 * MIB))
    pull = puller.new(lab.references[0], Settings(1, 4, 4, 256 * KIB))
    running = asyncio.create_task(pull.run())
    await until(lambda: len(puller.of_type(ChunkDone)) >= 5)
    lab.reshape(faults=FaultPlan.of("range-ignored=1"))
    snapshot = await running
    assert snapshot.state is PullState.DONE
    assert snapshot.network == SIZE + snapshot.wasted
    puller.assert_image_is_whole()


@pytest.mark.parametrize(
    ("fault", "seed"), [("range-refused", 1), ("range-400", 1), ("wrong-content-range", 2)]
)
async def test_that_the_bytes_that_a_whole_reply_gives_up_are_told(
    start_lab_process: Any, puller: Any, fault: str, seed: int
) -> None:
    lab = start_lab_process(
        shaping=Shaping(rate_per_connection=8 * MIB),
        faults=FaultPlan.of(f"{fault}=0.05", seed=seed),
    )
    await puller.new(lab.references[0], SMALL_CHUNKS.changed(connections=12)).run()
    brought = puller.of_type(ChunkDone) + puller.of_type(ChunkReturned)
    given_up = sum(event.given_up for event in puller.of_type(RangeUnusable))
    assert sum(event.received for event in brought) == SIZE + given_up
    puller.assert_image_is_whole()


@pytest.mark.parametrize(
    "fault", ["range-refused", "range-400", "wrong-content-range", "no-content-range"]
)
async def test_that_an_unusable_range_falls_back_to_the_whole_layer(
    start_lab_process: Any, puller: Any, fault: str
) -> None:
    lab = start_lab_process(faults=FaultPlan.of(f"{fault}=1"))
    snapshot = await puller.new(lab.references[0]).run()
    assert len(puller.of_type(RangeUnusable)) == 4
    assert lab.statistics().requests["blob"] == 2 * 4 + 1
    assert snapshot.network == SIZE
    puller.assert_image_is_whole()


@pytest.mark.parametrize("fault", ["reset", "short-body"])
async def test_that_a_whole_layer_that_breaks_off_is_asked_again_and_not_rewritten(
    start_lab_process: Any, puller: Any, fault: str
) -> None:
    plan = FaultPlan.of("range-refused=1", f"{fault}=0.5", limit=8, retry_after=0)
    lab = start_lab_process(faults=plan)
    snapshot = await puller.new(lab.references[0]).run()
    assert snapshot.network == SIZE + snapshot.wasted
    puller.assert_image_is_whole()


async def test_that_wrong_bytes_are_discarded_and_fetched_once_more(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    first = await puller.new(lab.references[0]).run()
    layer = first.layers[1]
    (puller.output / "blobs" / layer.digest.replace(":", "/")).unlink()
    lab.reshape(faults=FaultPlan.of("wrong-bytes=1", limit=1))
    snapshot = await puller.new(lab.references[0]).run()
    assert [event.layer for event in puller.of_type(LayerDiscarded)] == [1]
    assert snapshot.layers[1].generation == 1
    assert snapshot.wasted == layer.size
    assert snapshot.network == 2 * layer.size


async def test_that_a_damaged_config_is_fetched_once_more(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(
        images=(SyntheticImage("demo/app", "1", (1,)),),
        faults=FaultPlan.of("wrong-bytes=1", limit=1),
    )
    await puller.new(lab.references[0]).run()
    puller.assert_image_is_whole()
    puller.assert_image_is_whole()


async def test_that_bytes_wrong_twice_fail_the_pull_and_are_not_committed(
    start_lab_process: Any, puller: Any
) -> None:
    image = SyntheticImage("demo/app", "1", (MIB,))
    lab = start_lab_process(images=(image,))
    await puller.new(lab.references[0], output=puller.output.with_name("warm")).run()
    lab.reshape(faults=FaultPlan.of("wrong-bytes=1"))
    with pytest.raises((DigestMismatch, BadReply), match="sha256"):
        await puller.new(lab.references[0]).run()
    assert not (puller.output / "index.json").exists()
    assert not list(puller.output.glob("blobs/sha256/*"))


async def test_that_nothing_of_a_layer_that_is_wrong_twice_counts_as_received(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = start_lab_process(images=(SyntheticImage("demo/app", "1", (MIB,)),))
    wrong = property(lambda self: "sha256:" + "0" * 64)
    monkeypatch.setattr("pullscope.engine.hashing.PrefixHasher.digest", wrong)
    pull = puller.new(lab.references[0])
    with pytest.raises(DigestMismatch, match="also when fetched again"):
        await pull.run()
    snapshot = pull.snapshot()
    assert snapshot.received == 0
    assert snapshot.wasted == snapshot.network == 2 * MIB
    discarded = puller.of_type(LayerDiscarded)
    assert [event.layer for event in discarded] == [0, 0]
    assert all(isinstance(event.reason, Message) for event in discarded)


# Redirects and logins


async def test_that_redirects_are_followed_once_per_blob_and_never_see_authorization(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(redirect_lifetime=60.0, auth=Auth(AuthScheme.BEARER))
    snapshot = await puller.new(lab.references[0]).run()
    statistics = lab.statistics()
    assert statistics.cdn_authorizations == 0
    assert statistics.requests["token"] == 1
    hosts = {event.host for event in puller.of_type(FirstByte)}
    assert hosts == {lab.cdn_host}
    assert statistics.requests["blob"] < statistics.requests["cdn"]
    assert snapshot.network == SIZE
    puller.assert_image_is_whole()


async def test_that_an_expired_redirect_is_asked_for_again(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(
        redirect_lifetime=60.0, faults=FaultPlan.of("expired-redirect=0.4", limit=8)
    )
    snapshot = await puller.new(lab.references[0]).run()
    assert lab.statistics().faults["expired-redirect"] == 8
    assert snapshot.network == SIZE
    puller.assert_image_is_whole()


async def test_that_a_token_that_expires_during_the_pull_is_renewed(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(
        auth=Auth(AuthScheme.BEARER, token_lifetime=0.5),
        shaping=Shaping(rate_per_connection=MIB),
    )
    snapshot = await puller.new(lab.references[0]).run()
    assert lab.statistics().requests["token"] >= 2
    assert snapshot.retries == 0
    puller.assert_image_is_whole()


@pytest.mark.parametrize("scheme", list(AuthScheme))
async def test_that_the_users_login_is_found_and_used(
    start_lab_process: Any, puller: Any, home: Path, scheme: AuthScheme
) -> None:
    lab = start_lab_process(auth=Auth(scheme, "ann", "s3cret-word"))
    with pytest.raises(AccessDenied, match="log in"):
        await puller.new(lab.references[0]).run()
    docker = home / ".docker"
    docker.mkdir()
    (docker / "config.json").write_text(
        f'{{"auths": {{"{lab.host}": {{"auth": "YW5uOnMzY3JldC13b3Jk"}}}}}}'
    )
    await puller.new(lab.references[0]).run()
    puller.assert_image_is_whole()


# What is asked for


async def test_that_an_index_leads_to_the_platform_asked_for(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(multi_platform=True)
    snapshot = await puller.new(lab.references[0], platform="linux/arm64/v8").run()
    assert snapshot.platform == "linux/arm64"
    puller.assert_image_is_whole()
    with pytest.raises(PlatformNotFound, match=r"linux/amd64, linux/arm64"):
        await puller.new(lab.references[0], platform="linux/s390x").run()


async def test_that_a_digest_is_pulled_and_verified(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(docker_types=True)
    snapshot = await puller.new(lab.references[0]).run()
    name = lab.references[0].rpartition(":")[0]
    again = await puller.new(f"{name}:other@{snapshot.digest}").run()
    assert again.digest == snapshot.digest
    puller.assert_image_is_whole("other")


async def test_that_an_unknown_tag_is_told_in_words(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process()
    with pytest.raises(NotFound, match=r"manifests/nope: HTTP 404.*check the name and the tag"):
        await puller.new(f"{lab.host}/demo/app:nope").run()


async def test_that_no_registry_at_all_is_told_in_words(
    puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.registry.ATTEMPTS", 1)
    with pytest.raises(RegistryError, match="cannot connect"):
        await puller.new("127.0.0.1:1/demo/app:1").run()


async def test_that_a_place_that_cannot_be_written_is_told_in_words(
    start_lab_process: Any, puller: Any, tmp_path: Path
) -> None:
    lab = start_lab_process()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot write to"):
        await puller.new(lab.references[0], output=tmp_path / "file" / "out").run()


async def test_that_two_pulls_into_one_place_do_not_write_over_each_other(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=SLOW)
    first = puller.new(lab.references[0])
    running = asyncio.create_task(first.run())
    await until(lambda: first.snapshot().received > 0)
    second = puller.new(lab.references[0])
    events: list[PullEvent] = []
    second.observe(events.append)
    waiting = asyncio.create_task(second.run())
    await until(lambda: second.snapshot().state is PullState.RUNNING)
    await until(lambda: any(isinstance(event, LayerHeldElsewhere) for event in events))
    lab.reshape(shaping=Shaping())
    assert (await running).state is PullState.DONE
    states = [layer.state for layer in (await waiting).layers]
    # The last layer is nobody's at first: whoever has room for it fetches it.
    assert states[:3] == [LayerState.EXISTING] * 3
    assert states[3] in (LayerState.EXISTING, LayerState.DONE)
    held = [event.layer for event in events if isinstance(event, LayerHeldElsewhere)]
    assert len(held) == len(set(held))  # each is told once
    assert lab.statistics().blob_bytes_sent - SIZE < 4 * KIB  # each blob once
    puller.assert_image_is_whole()


async def test_that_an_observer_that_raises_cannot_hurt_the_pull(
    start_lab_process: Any, puller: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(event: object) -> None:
        raise ValueError("not today")

    pull = puller.new(start_lab_process().references[0])
    pull.observe(broken)
    assert (await pull.run()).state is PullState.DONE
    assert caplog.text.count("was removed") == 1


async def test_that_a_pull_leaves_no_task_and_no_descriptor_behind(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pullscope.engine.registry.ATTEMPTS", 1)
    lab = start_lab_process(faults=FaultPlan.of("reset=0.2", "503=0.2", limit=6, retry_after=0))
    for _ in range(2):
        with pytest.raises(PullError):
            await puller.new("127.0.0.1:1/x:1", output=puller.output / "none").run()
    await puller.new(lab.references[0]).run()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    open_files = [file.path for file in psutil.Process().open_files()]
    assert not [path for path in open_files if str(puller.output) in path]
