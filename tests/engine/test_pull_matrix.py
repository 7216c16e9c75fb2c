"""Every fault of the lab, alone and in pairs: a pull ends whole or in words, and leaves nothing.

A case is a set of faults with a rate, an image, a lab (plain or TLS, with redirects or without) and
a transport; settings move at random while it runs. What ends in an error is pulled once more from
a registry that has recovered. `PULLSCOPE_MATRIX=full` runs many times as many.
"""

import asyncio
import gc
import hashlib
import itertools
import json
import os
import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import trustme

from pullscope.engine import ranges
from pullscope.engine.errors import PullError
from pullscope.engine.events import ChunkStarted, PullEnded
from pullscope.engine.model import (
    KIB,
    MIB,
    LayerOrder,
    Protocol,
    PullState,
    Settings,
    Snapshot,
    WriteMode,
)
from pullscope.engine.pull import Pull
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import FaultKind, FaultPlan, LabConfig, Shaping, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.lab.statistics import LabStatistics
from pullscope.session import PullOptions, Session

FULL = os.environ.get("PULLSCOPE_MATRIX") == "full"

IMAGES = {
    "small": SyntheticImage("demo/small", "1", (100, 2)),
    "medium": SyntheticImage("demo/medium", "1", (64 * KIB, 64 * KIB + 1, 333)),
    "large": SyntheticImage("demo/large", "1", (MIB + 17, 700 * KIB, 100)),
}
LABS = ("plain", "tls", "plain+redirect", "tls+redirect")
RATES = (0.02, 0.1, 0.3, 0.6, 0.9, 1.0) if FULL else (0.1, 0.8)
PAIR_RATES = (0.1, 0.3, 0.5) if FULL else (0.25,)
SEEDS = 3 if FULL else 1

ATTEMPTS = 5
STALL_TIMEOUT = 0.3
LONGEST = 15.0
"""Seconds after which a case counts as hanging; none needs a tenth."""


@dataclass(frozen=True)
class Case:
    """One pull of the matrix."""

    lab: str
    image: str
    transport: str
    kinds: tuple[FaultKind, ...]
    rate: float
    seed: int

    def plan(self) -> FaultPlan:
        """Return its faults for the lab."""
        faults = (f"{kind}={self.rate}" for kind in self.kinds)
        return FaultPlan.of(*faults, seed=self.seed, retry_after=0)

    def __str__(self) -> str:
        faults = "+".join(self.kinds)
        return f"{faults}={self.rate} {self.image} {self.lab} {self.transport} seed {self.seed}"


def possible(kinds: Iterable[FaultKind], lab: str) -> bool:
    """Whether the lab can show these faults."""
    return FaultKind.EXPIRED_REDIRECT not in kinds or lab.endswith("redirect")


def transport_of(seed: int) -> str:
    """Return a transport, so that in time each lab meets each."""
    return TRANSPORTS[(seed + seed // len(LABS)) % len(TRANSPORTS)]


def cases_alone(kind: FaultKind) -> list[Case]:
    """Return the cases with one kind of fault."""
    seeds = itertools.count()
    return [
        Case(lab, image, transport_of(seed), (kind,), rate, seed)
        for _ in range(SEEDS)
        for rate, image, lab in itertools.product(RATES, IMAGES, LABS)
        if possible((kind,), lab)
        for seed in itertools.islice(seeds, 1)
    ]


def cases_in_pairs(kind: FaultKind) -> list[Case]:
    """Return the cases that pair `kind` with each one that follows it."""
    kinds = list(FaultKind)
    seeds = itertools.count()
    images = list(IMAGES) if FULL else ["large"]
    return [
        Case(lab, image, transport_of(seed), (kind, other), rate, seed)
        for _ in range(SEEDS)
        for other in kinds[kinds.index(kind) + 1 :]
        for rate, image, lab in itertools.product(PAIR_RATES, images, LABS)
        if possible((kind, other), lab)
        for seed in itertools.islice(seeds, 1)
    ]


KINDS_WITH_A_PARTNER = list(FaultKind)[:-1]


@pytest.fixture(scope="module")
def labs(
    digest_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, LabProcess]]:
    """The four labs, by name."""
    folder = tmp_path_factory.mktemp("tls")
    certificate = trustme.CA().issue_cert("127.0.0.1")
    chain, key = folder / "chain.pem", folder / "key.pem"
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(chain, append=True)
    certificate.private_key_pem.write_to_path(key)
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                LabProcess(
                    LabConfig(
                        images=tuple(IMAGES.values()),
                        redirect_lifetime=60.0 if name.endswith("redirect") else None,
                        tls_certificate=chain if name.startswith("tls") else None,
                        tls_key=key if name.startswith("tls") else None,
                        cache_directory=digest_cache,
                    )
                )
            )
            for name in LABS
        }


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as the engine does, in a fiftieth of the time."""

    def backoff(failures: int, asked_to_wait: float | None, jitter: float) -> float:
        return ranges.backoff(failures, asked_to_wait, jitter) / 50

    monkeypatch.setattr("pullscope.engine.pull.backoff", backoff)
    monkeypatch.setattr("pullscope.engine.registry.backoff", backoff)
    monkeypatch.setattr("pullscope.engine.registry.REPLY_TIMEOUT", 2 * STALL_TIMEOUT)
    monkeypatch.setattr("pullscope.engine.transport.READ_TIMEOUT", 4 * STALL_TIMEOUT)


@pytest.fixture
async def session() -> Any:
    session = Session()
    yield session
    await session.close()


# One case


async def move_settings(pull: Pull, chance: random.Random, *, http2: bool) -> None:
    """Do to a pull what a restless user does."""
    # The stock transport has no HTTP/2 unless h2 is installed.
    protocols = list(Protocol) if http2 else [Protocol.HTTP_1]
    while True:
        await asyncio.sleep(chance.uniform(0.0, 0.03))
        pull.apply(
            Settings(
                layers=chance.randint(1, 4),
                parallelism=chance.randint(1, 16),
                connections=chance.randint(1, 16),
                chunk_size=chance.choice((0, 64 * KIB, 100_000, 256 * KIB, MIB)),
                memory_limit=chance.choice((16 * MIB, 64 * MIB)),
                request_limit=chance.choice((0, 0, 0, 500)),
                write=chance.choice(list(WriteMode)),
                layer_order=chance.choice(list(LayerOrder)),
                protocol=chance.choice(protocols),
            )
        )
        if chance.random() < 0.1:
            pull.pause()
            await asyncio.sleep(chance.uniform(0.0, 0.01))
            pull.resume()


async def pull_once(
    session: Session, lab: LabProcess, case: Case, output: Path
) -> Snapshot | PullError:
    """Run one pull while its settings move; return what came of it."""
    image = IMAGES[case.image]
    options = PullOptions(
        output=output,
        tls_verify=not case.lab.startswith("tls"),
        transport=case.transport,
        stall_timeout=STALL_TIMEOUT,
        attempts=ATTEMPTS,
    )
    settings = Settings(layers=2, parallelism=4, connections=6, chunk_size=64 * KIB)
    reference = f"{lab.host}/{image.repository}:{image.tag}"
    pull = session.new_pull(reference, options, settings)
    ends: list[PullEnded] = []
    pull.observe(lambda event: ends.append(event) if isinstance(event, PullEnded) else None)
    chance = random.Random(case.seed)
    http2 = case.transport == "pyreqwest"
    moving = asyncio.create_task(move_settings(pull, chance, http2=http2))
    came: Snapshot | PullError
    try:
        async with asyncio.timeout(LONGEST):
            came = await pull.run()
    except PullError as error:
        came = error
    finally:
        moving.cancel()
        await asyncio.wait([moving])
    [ended] = ends
    picture = pull.snapshot()
    assert picture.state is ended.state
    assert picture.in_flight == 0
    assert picture.state is (PullState.FAILED if isinstance(came, PullError) else PullState.DONE)
    assert 0 <= picture.wasted <= picture.network
    for layer in picture.layers:
        assert layer.hashed <= layer.frontier <= layer.written == layer.received <= layer.size
        assert not layer.in_flight
    return came


def assert_blobs_are_true(output: Path) -> None:
    """Check that what is under a digest's name has it, whatever became of the pull."""
    for path in output.glob("blobs/*/*"):
        assert path.name == hashlib.new(path.parent.name, path.read_bytes()).hexdigest()


def assert_whole(snapshot: Snapshot, output: Path) -> None:
    """Check that the image is there, every byte of it, and no other file."""
    [entry] = json.loads((output / "index.json").read_bytes())["manifests"]
    assert entry["digest"] == snapshot.digest
    assert snapshot.received == snapshot.written == snapshot.hashed == snapshot.total
    assert snapshot.network - snapshot.wasted == snapshot.total - snapshot.reused
    manifest = json.loads((output / "blobs" / snapshot.digest.replace(":", "/")).read_bytes())
    digests = [d["digest"] for d in (entry, manifest["config"], *manifest["layers"])]
    expected = {"oci-layout", "index.json"}
    expected |= {f"blobs/{digest.replace(':', '/')}" for digest in digests}
    files = {str(p.relative_to(output)) for p in output.rglob("*") if not p.is_dir()}
    assert files == expected
    assert not (output / ".ingest").exists()


def assert_failed_in_order(error: PullError, output: Path) -> None:
    """Check the words, and that only what a later pull can use is left."""
    said = str(error)
    assert len(said) > 20
    assert said.isprintable()
    assert "unexpected" not in said
    assert "://" not in said or "?" not in said  # no signed link
    assert not (output / "index.json").exists()
    names = {path.name for path in output.iterdir()}
    assert names <= {"oci-layout", "blobs", ".ingest"}
    parts = {path.name for path in output.glob(".ingest/*")}
    assert parts == {name for part in parts for name in (part, f"{part}.journal")} & parts


def assert_counted(before: LabStatistics, after: LabStatistics, case: Case) -> None:
    """Check that the lab did to the pull what the case says, and nothing else."""
    kinds = {kind for kind, count in after.faults.items() if count > before.faults.get(kind, 0)}
    assert kinds <= set(case.kinds)
    if case.rate == 1.0:
        assert kinds
    assert after.cdn_authorizations == 0


async def run_case(session: Session, lab: LabProcess, case: Case, output: Path) -> bool:
    """Run one case and check all that can be checked while others run; return whether it failed."""
    before = await asyncio.to_thread(lab.statistics)
    await asyncio.to_thread(lab.reshape, faults=case.plan(), shaping=Shaping())
    came = await pull_once(session, lab, case, output)
    assert_counted(before, await asyncio.to_thread(lab.statistics), case)
    assert_blobs_are_true(output)
    if failed := isinstance(came, PullError):
        assert_failed_in_order(came, output)
        await asyncio.to_thread(lab.reshape, faults=FaultPlan())
        came = await pull_once(session, lab, case, output)
        assert not isinstance(came, PullError), came
        assert_blobs_are_true(output)
    assert_whole(came, output)
    assert not [f.path for f in psutil.Process().open_files() if f"{output}/" in f.path]
    return failed


# All of them


async def run_cases(
    session: Session, labs: dict[str, LabProcess], cases: list[Case], output: Path
) -> int:
    """Run cases, one at a time on each lab, and check that nothing of them is left.

    Returns how many ended in an error and were pulled again.
    """
    failures = 0

    async def run_those_of(name: str) -> None:
        nonlocal failures
        for number, case in enumerate(cases):
            if case.lab == name:
                try:
                    failures += await run_case(session, labs[name], case, output / str(number))
                except BaseException as error:
                    error.add_note(f"in the case {case}")
                    raise

    async with asyncio.TaskGroup() as group:
        for name in LABS:
            group.create_task(run_those_of(name))
    gc.collect()  # here, where the sockets above are expected
    assert asyncio.all_tasks() == {asyncio.current_task()}
    async with asyncio.timeout(LONGEST):  # the labs see a client that has hung up
        for lab in labs.values():
            while (await asyncio.to_thread(lab.statistics)).bodies_now:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    async with asyncio.timeout(LONGEST):  # threads end on their own once they have nothing to do
        while any(t.name.startswith("pullscope-") for t in threading.enumerate()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return failures


@pytest.mark.timeout(0 if FULL else 120)
@pytest.mark.parametrize("kind", list(FaultKind))
async def test_that_a_fault_at_any_rate_ends_whole_or_in_words(
    labs: dict[str, LabProcess],
    session: Session,
    tmp_path: Path,
    kind: FaultKind,
    record_property: Callable[[str, object], None],
) -> None:
    cases = cases_alone(kind)
    record_property("matrix cases", len(cases))
    record_property("matrix cases pulled twice", await run_cases(session, labs, cases, tmp_path))


@pytest.mark.timeout(0 if FULL else 120)
@pytest.mark.parametrize("kind", KINDS_WITH_A_PARTNER)
async def test_that_two_faults_at_once_end_whole_or_in_words(
    labs: dict[str, LabProcess],
    session: Session,
    tmp_path: Path,
    kind: FaultKind,
    record_property: Callable[[str, object], None],
) -> None:
    cases = cases_in_pairs(kind)
    record_property("matrix cases", len(cases))
    record_property("matrix cases pulled twice", await run_cases(session, labs, cases, tmp_path))


def test_that_the_matrix_is_as_large_as_it_claims() -> None:
    alone = [case for kind in FaultKind for case in cases_alone(kind)]
    pairs = [case for kind in KINDS_WITH_A_PARTNER for case in cases_in_pairs(kind)]
    assert {case.kinds for case in alone} == {(kind,) for kind in FaultKind}
    assert {case.kinds for case in pairs} == set(itertools.combinations(FaultKind, 2))
    for cases in (alone, pairs):
        assert {(case.lab, case.transport) for case in cases} == {
            *itertools.product(LABS, TRANSPORTS)
        }
    if not FULL:
        assert (len(alone), len(pairs)) == (300, 288)


# Moments that a matrix meets by chance


async def test_that_a_pause_before_a_request_is_sent_is_survived(
    labs: dict[str, LabProcess], session: Session, tmp_path: Path
) -> None:
    lab = labs["plain"]
    await asyncio.to_thread(lab.reshape, faults=FaultPlan())
    pull = session.new_pull(f"{lab.host}/demo/medium:1", PullOptions(output=tmp_path / "out"))
    pauses = 0

    def pause_at_once(event: object) -> None:
        nonlocal pauses
        if isinstance(event, ChunkStarted) and pauses < 5:
            pauses += 1
            pull.pause()
            asyncio.get_running_loop().call_soon(pull.resume)

    pull.observe(pause_at_once)
    async with asyncio.timeout(LONGEST):
        snapshot = await pull.run()
    assert pauses == 5
    assert_whole(snapshot, tmp_path / "out")
