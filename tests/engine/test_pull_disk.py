"""What a pull says and leaves when the disk, or the process, lets it down at any step."""

import asyncio
import errno
import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.archive import ArchiveFormat, work_directory
from pullscope.engine.errors import StoreError
from pullscope.engine.model import KIB, MIB, PullState
from pullscope.engine.store import INGEST, Store
from pullscope.lab.config import Shaping, SyntheticImage

SIZE = 6 * MIB + 3 * MIB + MIB + 17 + 100

Mount = Callable[..., Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mounts file systems in memory, and takes them off afterwards."""
    with ExitStack() as stack:

        def mount(kind: str, options: str = "rw") -> Path:
            place = tmp_path / f"mounted-{kind}"
            place.mkdir()
            command = ["mount", "-t", kind, "-o", options, kind, str(place)]
            if sys.platform != "linux" or os.geteuid() != 0 or subprocess.call(command) != 0:
                pytest.skip(f"mounting a {kind} is not permitted here")
            stack.callback(subprocess.check_call, ["umount", "-l", str(place)])
            return place

        yield mount


def remount(place: Path, options: str) -> None:
    """Change the options of a mounted file system."""
    subprocess.check_call(["mount", "-o", f"remount,{options}", str(place)])


async def until(condition: Any) -> None:
    """Wait until something is seen in the pull's own state."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


# Killed at every step

KILLED_AT_EACH_STEP = """
import asyncio, io, itertools, os, signal, sys
from pathlib import Path
from pullscope.engine.archive import ArchiveFormat
from pullscope.engine.model import Settings
from pullscope.session import PullOptions, Session

reference, root, archive = sys.argv[1:]
STEPS = (
    "copy_file_range fsync ftruncate mkdir open pwritev rename replace rmdir sendfile unlink"
).split()

def kill_at(last):
    steps = itertools.count(1)
    def step():
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)
    def hooked(real):
        def call(*arguments, **options):
            step()
            result = real(*arguments, **options)
            if real is io_open:
                step()  # the file is empty now, and nothing is written yet
            return result
        return call
    io_open = io.open
    io.open = hooked(io_open)
    for name in STEPS:
        setattr(os, name, hooked(getattr(os, name)))

async def pull(place):
    session = Session()
    output = place / "x.tar" if archive else place
    options = PullOptions(output=output, archive=ArchiveFormat(archive) if archive else None)
    await session.new_pull(reference, options, Settings(layers=1, parallelism=1)).run()
    await session.close()

for step in itertools.count(1):
    place = Path(root) / str(step)
    if archive:
        place.mkdir(parents=True)
    child = os.fork()
    if child == 0:
        kill_at(step)
        asyncio.run(pull(place))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        sys.exit(os.waitstatus_to_exitcode(status))
"""


def killed_at_each_step(reference: str, root: Path, archive: str = "") -> list[Path]:
    """Pull into a directory per step, killed just before that step; the last pull is whole."""
    command = [sys.executable, "-c", KILLED_AT_EACH_STEP, reference, str(root), archive]
    subprocess.run(command, check=True, timeout=100)
    places = sorted(root.iterdir(), key=lambda place: int(place.name))
    assert len(places) > 30
    return places


def assert_consistent(layout: Path) -> None:
    """What has a name is whole, and nothing is in the way of looking."""
    store = Store(layout)
    if (layout / "oci-layout").exists():
        assert all(image.complete for image in store.images())
        store.collect_garbage(dry_run=True)
    for blob in layout.glob("blobs/sha256/[0-9a-f]*"):
        digest = subprocess.check_output(["sha256sum", str(blob)], text=True).split()[0]
        assert digest == blob.name


@pytest.mark.skipif(sys.platform != "linux", reason="the steps are counted in forked processes")
async def test_that_a_pull_killed_at_any_step_leaves_a_store_that_the_next_one_completes(
    start_lab_process: Any, puller: Any, tmp_path: Path
) -> None:
    lab = start_lab_process(images=(SyntheticImage("demo/app", "1", (20_000, 3000)),))
    named = 0
    for place in killed_at_each_step(lab.references[0], tmp_path / "places"):
        assert_consistent(place)
        named += (place / "index.json").exists()
        snapshot = await puller.new(lab.references[0], output=place).run()
        assert snapshot.state is PullState.DONE
        puller.assert_image_is_whole(output=place)
        Store(place).collect_garbage()
        assert sorted(path.name for path in place.iterdir()) == [
            "blobs", "index.json", "oci-layout",
        ]  # fmt: skip
        blobs = list((place / "blobs" / "sha256").iterdir())
        assert len(blobs) == 4
    assert named > 3


@pytest.mark.skipif(sys.platform != "linux", reason="the steps are counted in forked processes")
async def test_that_a_pull_killed_at_any_step_leaves_no_half_archive(
    start_lab_process: Any, puller: Any, tmp_path: Path
) -> None:
    lab = start_lab_process(images=(SyntheticImage("demo/app", "1", (20_000,)),))
    kind = ArchiveFormat.DOCKER
    whole = b""
    for place in reversed(killed_at_each_step(lab.references[0], tmp_path / "places", kind)):
        target = place / "x.tar"
        assert_consistent(work_directory(target))
        if target.exists():
            whole = whole or target.read_bytes()
            assert target.read_bytes() == whole
        else:
            await puller.new(lab.references[0], output=target, archive=kind).run()
            assert target.read_bytes() == whole
            assert [path.name for path in place.iterdir()] == ["x.tar"]
    assert len(whole) > 20_000


# Disks


@pytest.mark.parametrize("reserves", [True, False])
async def test_that_a_full_disk_is_told_and_what_came_is_kept(
    start_lab_process: Any,
    puller: Any,
    mount: Mount,
    monkeypatch: pytest.MonkeyPatch,
    reserves: bool,
) -> None:
    lab = start_lab_process()
    place = mount("tmpfs", "size=8m")
    if not reserves:  # then the disk is full somewhere in the middle
        monkeypatch.setattr("pullscope.engine.files._allocation", lambda: None)
    said = f"cannot write to {place}/out: No space left on device; make room and pull again"
    for _ in range(2):
        with pytest.raises(StoreError, match=said):
            await puller.new(lab.references[0], output=place / "out").run()
    assert puller.events[-1].error.startswith(said)
    remount(place, "size=64m")
    snapshot = await puller.new(lab.references[0], output=place / "out").run()
    assert reserves or snapshot.reused > MIB
    assert snapshot.network == SIZE - snapshot.reused
    puller.assert_image_is_whole(output=place / "out")


async def test_that_a_disk_too_small_for_the_archive_keeps_its_layers(
    start_lab_process: Any, puller: Any, mount: Mount
) -> None:
    lab = start_lab_process()
    place = mount("tmpfs", "size=16m")
    options = {"output": place / "x.tar", "archive": ArchiveFormat.OCI}
    with pytest.raises(StoreError, match=r"cannot write to .*x\.tar: No space left on device"):
        await puller.new(lab.references[0], **options).run()
    assert not (place / "x.tar").exists()
    remount(place, "size=64m")
    snapshot = await puller.new(lab.references[0], **options).run()
    assert snapshot.network == 0
    assert tarfile.is_tarfile(place / "x.tar")


async def test_that_a_disk_that_fills_during_the_pull_is_told(
    start_lab_process: Any, puller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    lab = start_lab_process()
    for method in ("PositionalFile.reserve", "PositionalFile.write", "PositionalFile.sync"):
        with monkeypatch.context() as patch:
            patch.setattr(f"pullscope.engine.files.{method}", refuse)
            with pytest.raises(StoreError, match="No space left on device; make room"):
                await puller.new(lab.references[0]).run()
    await puller.new(lab.references[0]).run()
    puller.assert_image_is_whole()


async def test_that_a_file_system_that_reserves_nothing_will_do(
    start_lab_process: Any, puller: Any, mount: Mount
) -> None:
    lab = start_lab_process()
    output = mount("ramfs") / "out"
    snapshot = await puller.new(lab.references[0], output=output).run()
    assert snapshot.network == SIZE
    puller.assert_image_is_whole(output=output)


async def test_that_a_read_only_target_is_told(
    start_lab_process: Any, puller: Any, mount: Mount
) -> None:
    lab = start_lab_process()
    place = mount("tmpfs", "ro")
    said = "Read-only file system; choose a directory that you may write to"
    for options in (
        {"output": place / "out"},
        {"output": place / "x.tar", "archive": ArchiveFormat.OCI},
    ):
        with pytest.raises(StoreError, match=said):
            await puller.new(lab.references[0], **options).run()


async def test_that_a_disk_that_becomes_read_only_costs_no_blob(
    start_lab_process: Any, puller: Any, mount: Mount
) -> None:
    lab = start_lab_process()
    output = mount("tmpfs") / "out"
    await puller.new(lab.references[0], output=output).run()
    remount(output.parent, "ro")
    with pytest.raises(StoreError, match="Read-only file system"):
        await puller.new(lab.references[0], output=output).run()
    assert [image.complete for image in Store(output).images()] == [True]
    with pytest.raises(StoreError, match="Read-only file system"):
        Store(output).remove(["1"])


async def test_that_blobs_may_be_on_another_device(
    start_lab_process: Any, puller: Any, mount: Mount
) -> None:
    lab = start_lab_process()
    other = mount("tmpfs")
    puller.output.mkdir()
    (puller.output / "blobs").symlink_to(other)
    snapshot = await puller.new(lab.references[0]).run()
    assert snapshot.network == SIZE
    puller.assert_image_is_whole()
    assert not list(other.glob("sha256/.*"))


async def test_that_another_device_that_is_full_keeps_the_part(
    start_lab_process: Any, puller: Any, mount: Mount
) -> None:
    lab = start_lab_process()
    other = mount("tmpfs", "size=4m")
    puller.output.mkdir()
    (puller.output / "blobs").symlink_to(other)
    with pytest.raises(StoreError, match="No space left on device"):
        await puller.new(lab.references[0]).run()
    assert not list(other.glob("sha256/.*"))
    remount(other, "size=64m")
    snapshot = await puller.new(lab.references[0]).run()
    assert snapshot.reused > 0
    puller.assert_image_is_whole()


async def test_that_a_target_removed_during_the_pull_is_told(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > 2 * MIB)
    await asyncio.to_thread(shutil.rmtree, puller.output)
    lab.reshape(shaping=Shaping())
    with pytest.raises(StoreError, match="the directory was removed; pull again"):
        await running
    await puller.new(lab.references[0]).run()
    puller.assert_image_is_whole()


async def test_that_blobs_removed_during_the_pull_are_missed_before_the_image_is_named(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process()
    pull = puller.new(lab.references[0])
    last_layer = len((await pull.run()).layers) - 1
    largest = max(puller.output.glob("blobs/sha256/*"), key=lambda path: path.stat().st_size)
    smallest = pull.snapshot().layers[last_layer]
    (puller.output / "blobs" / smallest.digest.replace(":", "/")).unlink()
    (puller.output / "index.json").unlink()
    pull = puller.new(lab.references[0])
    pull.observe(lambda event: largest.unlink(missing_ok=True) if is_commit(event) else None)
    with pytest.raises(StoreError, match=r"was removed from .* during the pull; pull again"):
        await pull.run()
    assert not (puller.output / "index.json").exists()
    await puller.new(lab.references[0]).run()
    puller.assert_image_is_whole()


def is_commit(event: object) -> bool:
    return type(event).__name__ == "LayerCommitted"


# Limits of the process


def limited(
    reference: str, output: Path, limit: int, most: int, *more: str
) -> tuple[int, list[str]]:
    """Pull in a process with a limit; return its exit status and what it said."""
    code = (
        "import resource, sys\n"
        "from pullscope.main import main\n"
        "import pullscope.cli.pull\n"  # what is imported later needs descriptors too
        f"resource.setrlimit({limit}, ({most}, {most}))\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", code, "pull", reference, "-o", str(output), "--quiet", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr.splitlines()


async def test_that_a_limit_of_file_sizes_is_told(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process()
    status, said = await asyncio.to_thread(
        limited, lab.references[0], puller.output, resource.RLIMIT_FSIZE, 4 * MIB
    )
    assert status == 1
    [line] = said
    assert "File too large; choose a file system that holds larger files, or raise" in line
    await puller.new(lab.references[0]).run()
    puller.assert_image_is_whole()


async def test_that_running_out_of_descriptors_is_told(start_lab_process: Any, puller: Any) -> None:
    sizes = (2 * MIB,) + (256 * KIB,) * 30
    lab = start_lab_process(images=(SyntheticImage("demo/app", "1", sizes),))
    status, said = await asyncio.to_thread(
        limited, lab.references[0], puller.output, resource.RLIMIT_NOFILE, 40, "--layers", "31"
    )
    assert status == 1
    [line] = said
    assert "Too many open files; raise the limit of open files (ulimit -n)" in line
    snapshot = await puller.new(lab.references[0]).run()
    assert snapshot.network + snapshot.reused == sum(sizes)
    puller.assert_image_is_whole()
    assert not (puller.output / INGEST).exists()
    assert json.loads((puller.output / "index.json").read_bytes())["schemaVersion"] == 2
