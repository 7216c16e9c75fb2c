"""What limits a pull: judged from made-up evidence, and in pulls from labs whose limit is known."""

import asyncio
import time
from dataclasses import replace

import pytest

from pullscope.engine import hashing
from pullscope.engine.events import (
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerReceived,
    PullPaused,
    PullResolved,
    PullResumed,
    PullStarted,
    RangeUnusable,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.model import GIB, KIB, MIB, Layer, Settings, WriteMode
from pullscope.engine.registry import Registry
from pullscope.engine.store import Part
from pullscope.engine.waits import Waited
from pullscope.lab.config import FaultPlan, Shaping, SyntheticImage
from pullscope.trace.file import read_trace, write_trace
from pullscope.tuning.limits import Evidence, LimitKind, Limits, Pace, limit_of

SETTINGS = Settings(layers=2, parallelism=4, connections=8, chunk_size=4 * MIB)
BUSY = Evidence(
    settings=SETTINGS,
    seconds=2.0,
    received=80 * MIB,
    in_flight=8.0,
    allowed=8.0,
    waited=Waited(network=16.0),
    wanted=GIB,
    missing=GIB,
    unhashed=GIB,
    hashed=80 * MIB,
    processors=4,
)
"""Eight connections, which receive 5 MiB/s each and wait for nothing else."""


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, LimitKind.NETWORK),
        ({"resolved": False}, LimitKind.RESOLVING),
        ({"paused": True}, LimitKind.PAUSED),
        ({"seconds": 0.5}, LimitKind.UNKNOWN),
        ({"missing": 0}, LimitKind.HASHING),
        ({"missing": 0, "unhashed": 0}, LimitKind.COMMITTING),
        ({"waited": Waited(first_byte=9.0, network=7.0)}, LimitKind.LATENCY),
        ({"waited": Waited(disk=9.0, network=7.0)}, LimitKind.DISK),
        ({"waited": Waited(turn=6.0, network=8.0)}, LimitKind.STREAM),
        ({"loop_cpu": 0.95}, LimitKind.PROGRAM),
        ({"loop_cpu": 0.6, "lag": 0.02}, LimitKind.PROGRAM),
        ({"loop_cpu": 0.6, "lag": 0.001}, LimitKind.NETWORK),
        ({"cpu": 3.9}, LimitKind.PROGRAM),
        ({"busy": 0.99, "cpu": 1.6}, LimitKind.MACHINE),
        ({"busy": 0.99, "cpu": 1.6, "paces": (Pace(4, 21e6),) * 2}, LimitKind.CONNECTION_CAP),
        ({"busy": 0.99, "cpu": 0.1}, LimitKind.NETWORK),  # others are busy; it needs no more
        ({"refused": 6, "attempts": 10, "retrying": 2.0}, LimitKind.REFUSALS),
        ({"failed": 6, "attempts": 10, "retrying": 2.0}, LimitKind.FAILURES),
        ({"failed": 1, "attempts": 100, "retrying": 0.1}, LimitKind.NETWORK),
        ({"whole_layers": 2, "in_flight": 2.0}, LimitKind.NO_RANGES),
        ({"in_flight": 2.0, "wanted": 0, "missing": 80 * MIB}, LimitKind.TAIL),
        # Another layer may not begin yet.
        ({"in_flight": 2.0, "wanted": GIB, "missing": GIB + 80 * MIB}, LimitKind.TAIL),
        ({"in_flight": 4.0, "wanted": 0}, LimitKind.CHUNK_SIZE),
        (
            {"in_flight": 4.0, "wanted": 0, "paces": (Pace(4, 42e6),) * 2},
            LimitKind.TOTAL_CAP,  # more chunks at once would bring no more
        ),
        ({"in_flight": 2.0, "waited": Waited(first_byte=4.0)}, LimitKind.LATENCY),
        ({"to_hash": GIB, "unhashed": 2 * GIB, "missing": GIB}, LimitKind.HASHING),
        ({"to_hash": 32 * MIB, "unhashed": 2 * GIB, "missing": GIB}, LimitKind.NETWORK),
        ({"waited": Waited(network=1.0)}, LimitKind.UNKNOWN),
    ],
)
def test_that_each_limit_is_told_by_its_evidence(changes, kind):
    assert limit_of(replace(BUSY, **changes)).kind is kind


@pytest.mark.parametrize(
    ("changes", "evidence", "kind"),
    [
        ({"rate_limit": 42 * MIB}, {}, LimitKind.RATE_LIMIT),
        ({"rate_limit": 400 * MIB}, {}, LimitKind.NETWORK),
        ({"rate_limit": 400 * MIB}, {"waited": Waited(rate_limit=9.0)}, LimitKind.RATE_LIMIT),
        ({"request_limit": 2}, {"in_flight": 1.0}, LimitKind.REQUEST_LIMIT),
        ({"request_limit": 2}, {}, LimitKind.NETWORK),
        ({"memory_limit": 16 * MIB}, {"allowed": 128.0, "loop_cpu": 0.95}, LimitKind.MEMORY_LIMIT),
    ],
)
def test_that_limits_of_the_settings_are_told(changes, evidence, kind):
    settings = SETTINGS.changed(**changes)
    in_flight = evidence.get("in_flight", evidence.get("allowed", 8.0))
    told = {**evidence, "in_flight": in_flight, "settings": settings}

    assert limit_of(replace(BUSY, **told)).kind is kind


@pytest.mark.parametrize(
    ("paces", "kind"),
    [
        # Eight bring 41.9 MB/s now.
        ((Pace(4, 21e6), Pace(4, 21e6)), LimitKind.CONNECTION_CAP),
        ((Pace(4, 41e6), Pace(4, 42e6)), LimitKind.TOTAL_CAP),
        ((Pace(4, 30e6), Pace(4, 30e6)), LimitKind.NETWORK),  # between the two
        ((Pace(4, 21e6),), LimitKind.NETWORK),  # one moment is an accident
        ((Pace(7, 37e6), Pace(7, 37e6)), LimitKind.NETWORK),  # about as many
        ((Pace(16, 42e6), Pace(16, 42e6)), LimitKind.TOTAL_CAP),
        # What was seen last counts: the registry may have changed its mind.
        ((Pace(4, 42e6),) * 9 + (Pace(4, 21e6),) * 6, LimitKind.CONNECTION_CAP),
    ],
)
def test_that_a_cap_is_told_from_another_number_of_connections(paces, kind):
    limit = limit_of(replace(BUSY, paces=paces))

    assert limit.kind is kind
    assert (limit.compared is not None) == (kind is not LimitKind.NETWORK)


LAYERS = tuple(Layer(f"sha256:{n:064}", 64 * MIB, "") for n in range(2))


def begun():
    """Return `Limits` that know a pull of two layers."""
    limits = Limits()
    limits(PullStarted(0.0, "demo", "/out", SETTINGS, 0.0, 4))
    limits(PullResolved(0.1, "sha256:d", "linux/amd64", LAYERS))
    return limits


def feed(limits, began, seconds, *, in_flight=8, rate=8 * MIB, received=0, wait="network"):
    """Let samples come, in which every request waits for one thing."""
    for step in range(round(seconds * 10) + 1):
        got = received + round(rate * step / 10)
        at = began + step / 10
        waited = Waited(**{wait: at * in_flight})
        limits(Sampled(at, got, got, got, in_flight, 0, got, got, 128 * MIB - got, 0, waited))


def test_that_nothing_is_claimed_before_there_is_enough():
    limits = Limits()
    assert limits.now.kind is LimitKind.RESOLVING
    limits = begun()
    assert limits.now.kind is LimitKind.UNKNOWN
    feed(limits, 0.2, 0.6)
    assert limits.now.kind is LimitKind.UNKNOWN
    feed(limits, 0.9, 1.0, received=6 * MIB)
    assert limits.now.kind is LimitKind.NETWORK


def test_that_a_change_of_settings_begins_anew():
    limits = begun()
    feed(limits, 0.2, 2.0)
    limits(SettingsApplied(2.3, SETTINGS, SETTINGS.changed(parallelism=2)))

    assert limits.now.kind is LimitKind.UNKNOWN
    assert limits.evidence().settings.parallelism == 2


def test_that_a_pause_is_told_and_ends():
    limits = begun()
    feed(limits, 0.2, 2.0)
    limits(PullPaused(2.3))
    assert limits.now.kind is LimitKind.PAUSED
    limits(PullResumed(4.0))
    assert limits.now.kind is LimitKind.UNKNOWN


def test_that_evidence_is_of_the_last_seconds_only():
    limits = begun()
    feed(limits, 0.2, 10.0, rate=MIB)
    evidence = limits.evidence()

    assert evidence.seconds == pytest.approx(3.0, abs=0.11)
    assert evidence.rate == pytest.approx(MIB, rel=0.01)
    assert evidence.in_flight == 8
    assert evidence.allowed == 8
    assert evidence.processors == 4


def test_that_layers_that_are_received_allow_no_requests():
    limits = begun()
    limits(LayerReceived(0.2, 0))
    feed(limits, 0.2, 2.0, in_flight=4)

    assert limits.evidence().allowed == 4


def test_that_refused_attempts_and_their_waits_are_counted():
    limits = begun()
    for chunk in range(4):
        limits(ChunkStarted(0.2, 0, chunk, 1, 0, MIB, chunk, 0.2))
        limits(FirstByte(0.3, 0, chunk, 1, 429, "r.example", "HTTP/1.1"))
        limits(ChunkReturned(0.4, 0, chunk, 1, 0, "HTTP 429 from r.example", 429, 5.0))
    feed(limits, 0.3, 2.0, in_flight=4, rate=MIB)
    evidence = limits.evidence()

    assert (evidence.refused, evidence.attempts, evidence.failed) == (4, 4, 0)
    assert evidence.retrying == 4
    assert evidence.first_bytes == ()  # a refusal is no first byte
    assert limits.now.kind is LimitKind.REFUSALS
    limits(ChunkStarted(3.0, 0, 0, 2, 0, MIB, 0, 0.2))
    feed(limits, 3.0, 1.0, in_flight=4, received=3 * MIB)
    assert 3 <= limits.evidence().retrying < 4


def test_that_a_chunk_given_back_is_no_failure():
    limits = begun()
    limits(ChunkStarted(0.2, 0, 0, 1, 0, MIB, 0, 0.2))
    limits(ChunkReturned(0.4, 0, 0, 1, 0, "paused", None, None))
    feed(limits, 0.3, 2.0)

    assert limits.evidence().attempts == 0
    assert limits.evidence().retrying == 0


def test_that_a_layer_that_was_discarded_begins_anew():
    limits = begun()
    feed(limits, 0.2, 2.0)
    feed(limits, 2.3, 2.0, received=0, rate=MIB)

    assert limits.evidence().rate == pytest.approx(MIB, rel=0.01)


def test_that_the_whole_pull_has_the_verdict_that_stood_longest():
    limits = begun()
    feed(limits, 0.2, 2.0, wait="first_byte")
    limits(SettingsApplied(2.2, SETTINGS, SETTINGS.changed(chunk_size=8 * MIB)))
    feed(limits, 2.3, 5.0, wait="disk", received=16 * MIB)

    assert limits.whole.kind is LimitKind.DISK
    assert next(iter(limits.seconds)) is LimitKind.DISK


def test_that_a_cap_of_unknown_kind_counts_for_the_cap_that_was_found():
    limits = begun()
    feed(limits, 0.2, 4.0, in_flight=8, rate=8 * MIB)
    assert limits.now.kind is LimitKind.NETWORK
    limits(SettingsApplied(4.3, SETTINGS, SETTINGS.changed(parallelism=2)))
    feed(limits, 4.4, 2.0, in_flight=4, rate=4 * MIB, received=33 * MIB)

    assert limits.now.kind is LimitKind.CONNECTION_CAP
    assert limits.whole.kind is LimitKind.CONNECTION_CAP


def test_that_the_whole_pull_is_told_by_a_typical_moment():
    limits = begun()
    feed(limits, 0.2, 4.0, rate=4 * MIB)
    feed(limits, 4.3, 1.0, rate=64 * MIB, received=16 * MIB)  # a burst at its end

    assert 3 * MIB < limits.whole.evidence.rate < 16 * MIB


def test_that_a_tail_is_of_a_layer_that_has_no_more_to_ask_for():
    limits = begun()
    for chunk in range(4):  # as many as parallelism allows: there may be more to come
        limits(ChunkStarted(0.2, 0, chunk, 1, 0, 4 * MIB, chunk, 0.2))
    limits(ChunkStarted(0.2, 1, 9, 1, 0, MIB, 5, 0.2))
    feed(limits, 0.3, 2.0, in_flight=5)

    assert limits.evidence().tail_layer == 1
    for chunk in range(3):
        limits(ChunkReturned(2.4, 0, chunk, 1, 0, "paused", None, None))
    feed(limits, 2.5, 0.2, in_flight=2, received=17 * MIB)
    assert limits.evidence().tail_layer == 0


def test_that_a_verdict_of_a_moment_does_not_flicker():
    limits = begun()
    feed(limits, 0.2, 2.0)
    feed(limits, 2.3, 0.2, received=17 * MIB, wait="disk", in_flight=800)
    assert limit_of(limits.evidence()).kind is not LimitKind.NETWORK
    assert limits.now.kind is LimitKind.NETWORK
    feed(limits, 2.6, 0.8, received=19 * MIB, wait="disk", in_flight=800)
    assert limits.now.kind is not LimitKind.NETWORK


def test_that_a_pull_of_a_moment_has_no_verdict():
    assert begun().whole.kind is LimitKind.UNKNOWN


# Pulls from labs, whose limit is known.

TWO_LAYERS = SyntheticImage("demo/app", "1", (12 * MIB, 12 * MIB))
FEW = Settings(layers=2, parallelism=4, connections=8, chunk_size=MIB)


class Watched:
    """A pull that is watched: all its verdicts, and its last."""

    def __init__(self):
        self.limits = Limits()
        self.seen = []

    def __call__(self, event):
        self.limits(event)
        if isinstance(event, Sampled):
            self.seen.append(self.limits.now.kind)


@pytest.fixture
def pull_from_lab(start_lab_process, puller):
    """Pulls from a lab with these fields, until a verdict is there or the pull ends."""

    async def pull_from_lab(until=None, settings=FEW, change=None, **fields):
        fields.setdefault("images", (TWO_LAYERS,))
        lab = start_lab_process(**fields)
        watched = Watched()
        pull = puller.new(lab.references[0], settings)
        pull.observe(watched)

        def stop(event):
            if until is not None and watched.limits.now.kind is until:
                pull.cancel()

        pull.observe(stop)
        running = asyncio.create_task(pull.run())
        if change is not None:
            while LimitKind.NETWORK not in watched.seen and not running.done():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            pull.apply(settings.changed(**change))
        await running
        return watched

    return pull_from_lab


async def test_that_a_cap_per_connection_is_found(pull_from_lab):
    watched = await pull_from_lab(
        LimitKind.CONNECTION_CAP,
        change={"parallelism": 2},
        shaping=Shaping(rate_per_connection=512 * KIB),
    )

    assert watched.limits.now.kind is LimitKind.CONNECTION_CAP
    assert LimitKind.TOTAL_CAP not in watched.seen


async def test_that_a_cap_for_all_is_found(pull_from_lab):
    watched = await pull_from_lab(
        LimitKind.TOTAL_CAP, change={"parallelism": 2}, shaping=Shaping(rate_total=4 * MIB)
    )

    assert watched.limits.now.kind is LimitKind.TOTAL_CAP
    assert LimitKind.CONNECTION_CAP not in watched.seen


async def test_that_without_a_change_it_is_not_said_which_cap_it_is(pull_from_lab):
    one = SyntheticImage("demo/app", "1", (64 * MIB,))
    settings = FEW.changed(chunk_size=8 * MIB)
    shaping = Shaping(rate_per_connection=2 * MIB)
    watched = await pull_from_lab(
        LimitKind.NETWORK, settings=settings, shaping=shaping, images=(one,)
    )

    assert watched.limits.whole.kind is LimitKind.NETWORK


@pytest.mark.parametrize(
    ("kind", "settings", "fields"),
    [
        (LimitKind.LATENCY, {"chunk_size": 256 * KIB}, {"shaping": Shaping(latency=0.25)}),
        (LimitKind.REFUSALS, {}, {"faults": FaultPlan.of("429=0.7")}),
        (LimitKind.FAILURES, {}, {"faults": FaultPlan.of("reset=0.7")}),
        (
            LimitKind.NO_RANGES,
            {},
            {
                "faults": FaultPlan.of("range-ignored=1"),
                "shaping": Shaping(rate_per_connection=4 * MIB),
            },
        ),
        (LimitKind.RATE_LIMIT, {"rate_limit": 4 * MIB}, {}),
        (LimitKind.REQUEST_LIMIT, {"request_limit": 3}, {}),
        (
            LimitKind.TAIL,
            {"chunk_size": 12 * MIB},
            {"shaping": Shaping(rate_per_connection=7 * MIB)},
        ),
        (
            LimitKind.CHUNK_SIZE,
            {"chunk_size": 12 * MIB},
            {"shaping": Shaping(rate_per_connection=MIB)},
        ),
    ],
    ids=lambda value: value.value if isinstance(value, LimitKind) else "",
)
async def test_that_the_limit_of_a_lab_is_found(kind, settings, fields, pull_from_lab):
    watched = await pull_from_lab(kind, settings=FEW.changed(**settings), **fields)

    assert watched.limits.now.kind is kind
    assert set(watched.seen) <= {kind, LimitKind.UNKNOWN}


async def test_that_a_slow_disk_is_found(pull_from_lab, monkeypatch):
    write = Part.write

    def slowly(part, offset, run):
        time.sleep(0.1)
        write(part, offset, run)

    monkeypatch.setattr(Part, "write", slowly)
    watched = await pull_from_lab(
        LimitKind.DISK, images=(replace(TWO_LAYERS, layer_sizes=(96 * MIB, 96 * MIB)),)
    )

    assert watched.limits.now.kind is LimitKind.DISK


async def test_that_slow_hashing_is_found(pull_from_lab, monkeypatch):
    hash_between = hashing.PrefixHasher._hash_between

    def slowly(hasher, start, end):
        time.sleep(0.4)
        return hash_between(hasher, start, end)

    monkeypatch.setattr(hashing.PrefixHasher, "_hash_between", slowly)
    monkeypatch.setattr(hashing, "_MOST", MIB)
    watched = await pull_from_lab(LimitKind.HASHING)

    assert watched.limits.now.kind is LimitKind.HASHING


async def test_that_a_busy_event_loop_is_found(pull_from_lab, monkeypatch):
    ended = False
    burnt = 0.0
    # As on a machine of its own: where others want the processors, a thread gets too little of one.
    monkeypatch.setattr(time, "thread_time", lambda: burnt)

    async def burn():
        nonlocal burnt
        while not ended:
            began = time.monotonic()
            while time.monotonic() - began < 0.02:
                pass
            burnt += time.monotonic() - began
            await asyncio.sleep(0)

    burning = asyncio.create_task(burn())
    try:
        watched = await pull_from_lab(LimitKind.PROGRAM, shaping=Shaping(rate_per_connection=MIB))
    finally:
        ended = True
        await burning

    assert watched.limits.now.kind is LimitKind.PROGRAM


async def test_that_a_trace_of_a_pull_explains_it_as_the_pull_did(pull_from_lab, puller, tmp_path):
    watched = await pull_from_lab(settings=FEW.changed(rate_limit=8 * MIB))
    path = tmp_path / "pull.jsonl"
    with path.open("wb") as file:
        write_trace(puller.events, file)
    replayed = Limits()
    for event in read_trace(path):
        replayed(event)

    assert replayed.whole == watched.limits.whole
    assert replayed.seconds == watched.limits.seconds


async def test_that_chunks_held_for_their_turn_are_found(pull_from_lab, monkeypatch):
    open_blob = Registry.open_blob

    async def sometimes_late(registry, layer, asked, read_buffer):
        if asked.first % (2 * MIB) == 0:  # what is behind it waits in memory
            await asyncio.sleep(0.5)
        return await open_blob(registry, layer, asked, read_buffer)

    monkeypatch.setattr(Registry, "open_blob", sometimes_late)
    watched = await pull_from_lab(
        LimitKind.STREAM,
        settings=FEW.changed(write=WriteMode.STREAM, chunk_size=256 * KIB, parallelism=8),
        images=(replace(TWO_LAYERS, layer_sizes=(12 * MIB,)),),
    )

    assert watched.limits.now.kind is LimitKind.STREAM


def test_that_a_range_that_is_unusable_is_told():
    limits = begun()
    limits(RangeUnusable(0.2, 0, "ignored", 0))
    feed(limits, 0.3, 2.0, in_flight=1)

    assert limits.now.kind is LimitKind.NO_RANGES
