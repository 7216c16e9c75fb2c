"""What a pull leaves: layouts of several images, archives that others read, one fetch of a blob."""

import asyncio
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.archive import ArchiveFormat, work_directory
from pullscope.engine.errors import BadReply
from pullscope.engine.events import LayerResumed
from pullscope.engine.files import PositionalFile
from pullscope.engine.model import KIB, MIB, LayerState, PullState, Settings
from pullscope.engine.store import Durability, Store
from pullscope.lab.config import Layout, Shaping, SyntheticImage

SIZE = 6 * MIB + 3 * MIB + MIB + 17 + 100
TAR_IMAGE = SyntheticImage("demo/app", "1", (6 * MIB, 3 * MIB, MIB + 17))
SLOW = Shaping(rate_per_connection=MIB)

needs_skopeo = pytest.mark.skipif(not shutil.which("skopeo"), reason="skopeo is not installed here")


async def until(condition: Any) -> None:
    """Wait until something is seen in the pull's own state."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def skopeo(*arguments: str) -> str:
    done = subprocess.run(["skopeo", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def copied_layers(source: str, target: Path) -> list[bytes]:
    """Let skopeo copy an image to a layout; return its layers, unpacked."""
    skopeo("--insecure-policy", "copy", "-q", source, f"oci:{target}:1")
    [entry] = json.loads((target / "index.json").read_bytes())["manifests"]
    manifest = json.loads((target / "blobs" / entry["digest"].replace(":", "/")).read_bytes())
    bodies = []
    for layer in manifest["layers"]:
        body = (target / "blobs" / layer["digest"].replace(":", "/")).read_bytes()
        bodies.append(gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body)
    return bodies


# Archives


@needs_skopeo
@pytest.mark.parametrize("kind", list(ArchiveFormat))
@pytest.mark.parametrize("docker_types", [False, True])
async def test_that_an_archive_is_read_by_skopeo(
    start_lab_process: Any, puller: Any, tmp_path: Path, kind: ArchiveFormat, docker_types: bool
) -> None:
    lab = start_lab_process(images=(TAR_IMAGE,), docker_types=docker_types)
    target = tmp_path / "x.tar"
    pull = puller.new(lab.references[0], output=target, archive=kind)
    snapshot = await pull.run()
    assert pull.store.root == target
    bodies = copied_layers(f"{kind}:{target}", tmp_path / "copy")
    digests = [f"sha256:{hashlib.sha256(body).hexdigest()}" for body in bodies]
    assert digests == [layer.digest for layer in snapshot.layers]
    inspected = json.loads(skopeo("inspect", "--config", f"{kind}:{target}"))
    assert inspected["rootfs"]["diff_ids"] == digests
    assert names_in(tmp_path) == ["copy", "x.tar"]


def compressed_layout(root: Path) -> tuple[Path, list[bytes]]:
    """A layout with a compressed layer that is there twice; and its layers, unpacked."""
    bodies = []
    for number in range(2):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as tar:
            info = tarfile.TarInfo(f"file-{number}")
            info.size = 200_000
            tar.addfile(info, io.BytesIO(bytes([number]) * info.size))
        bodies.append(file.getvalue())
    directory = root / "blobs" / "sha256"
    directory.mkdir(parents=True)

    def add(body: bytes, media_type: str) -> dict[str, object]:
        encoded = hashlib.sha256(body).hexdigest()
        (directory / encoded).write_bytes(body)
        return {"mediaType": media_type, "digest": f"sha256:{encoded}", "size": len(body)}

    kind = "application/vnd.oci.image"
    layers = [add(gzip.compress(body), f"{kind}.layer.v1.tar+gzip") for body in bodies]
    ids = [f"sha256:{hashlib.sha256(body).hexdigest()}" for body in bodies]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [*ids, ids[0]]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": add(json.dumps(config).encode(), f"{kind}.config.v1+json"),
        "layers": [*layers, layers[0]],
    }
    entry = add(json.dumps(manifest).encode(), f"{kind}.manifest.v1+json")
    entry["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    (root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (root / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    return root, [*bodies, bodies[0]]


@needs_skopeo
@pytest.mark.parametrize("kind", list(ArchiveFormat))
async def test_that_compressed_layers_stay_so_and_are_read(
    start_lab_process: Any, puller: Any, tmp_path: Path, kind: ArchiveFormat
) -> None:
    root, bodies = compressed_layout(tmp_path / "source")
    lab = start_lab_process(images=(), layouts=(Layout("demo/packed", root),))
    target = tmp_path / "x.tar"
    await puller.new(f"{lab.host}/demo/packed:1", output=target, archive=kind).run()
    assert target.stat().st_size < 20_000
    assert copied_layers(f"{kind}:{target}", tmp_path / "copy") == bodies


async def test_that_an_interrupted_archive_is_gone_on_with(
    start_lab_process: Any, puller: Any, tmp_path: Path
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=2 * MIB))
    target = tmp_path / "x.tar"
    options = {"output": target, "archive": ArchiveFormat.OCI}
    pull = puller.new(lab.references[0], **options)
    running = asyncio.create_task(pull.run())
    await until(lambda: pull.snapshot().received > 2 * MIB)
    pull.cancel()
    first = await running
    assert not target.exists()
    assert work_directory(target).is_dir()
    lab.reshape(shaping=Shaping())
    second = await puller.new(lab.references[0], **options).run()
    assert (second.reused, second.network) == (first.written, SIZE - first.written)
    assert names_in(tmp_path) == ["x.tar"]


async def test_that_a_pull_can_be_cancelled_while_its_archive_is_written(
    start_lab_process: Any, puller: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying, go_on = threading.Event(), threading.Event()
    copy = PositionalFile.copy_from

    def copy_slowly(file: PositionalFile, *arguments: Any) -> None:
        copying.set()
        go_on.wait(20)
        copy(file, *arguments)

    monkeypatch.setattr("pullscope.engine.archive.COPY_SIZE", MIB)
    monkeypatch.setattr(PositionalFile, "copy_from", copy_slowly)
    lab = start_lab_process()
    target = tmp_path / "x.tar"
    options = {"output": target, "archive": ArchiveFormat.OCI}
    pull = puller.new(lab.references[0], **options)
    running = asyncio.create_task(pull.run())
    await until(copying.is_set)
    pull.cancel()
    await asyncio.sleep(0.05)
    go_on.set()
    assert (await running).state is PullState.CANCELLED
    assert not target.exists()
    assert (await puller.new(lab.references[0], **options).run()).network == 0
    assert names_in(tmp_path) == ["x.tar"]


async def test_that_an_image_that_docker_cannot_load_is_told(
    start_lab_process: Any, puller: Any, tmp_path: Path
) -> None:
    root, _ = compressed_layout(tmp_path / "source")
    [entry] = json.loads((root / "index.json").read_bytes())["manifests"]
    document = json.loads((root / "blobs" / entry["digest"].replace(":", "/")).read_bytes())
    body = json.dumps(document | {"layers": document["layers"][:2]}).encode()
    digest = hashlib.sha256(body).hexdigest()
    (root / "blobs" / "sha256" / digest).write_bytes(body)
    entry |= {"digest": f"sha256:{digest}", "size": len(body)}
    (root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    lab = start_lab_process(images=(), layouts=(Layout("demo/odd", root),))
    reference, target = f"{lab.host}/demo/odd:1", tmp_path / "x.tar"
    with pytest.raises(BadReply, match="write an oci-archive"):
        await puller.new(reference, output=target, archive=ArchiveFormat.DOCKER).run()
    await puller.new(reference, output=target, archive=ArchiveFormat.OCI).run()
    assert tarfile.is_tarfile(target)


# Several images in one layout


@needs_skopeo
async def test_that_images_of_one_tag_stay_in_a_layout_and_are_read_by_skopeo(
    start_lab_process: Any, puller: Any
) -> None:
    images = tuple(
        SyntheticImage(f"demo/{name}", "1", (MIB, KIB), seed)
        for seed, name in enumerate(("first", "second"))
    )
    lab = start_lab_process(images=images)
    snapshots = [await puller.new(reference).run() for reference in lab.references]
    puller.assert_image_is_whole("1")
    puller.assert_image_is_whole(lab.references[0])
    found = [
        json.loads(skopeo("inspect", f"oci:{puller.output}:{name}"))["Digest"]
        for name in (lab.references[0], "1")
    ]
    assert found == [snapshot.digest for snapshot in snapshots]
    assert Store(puller.output).collect_garbage().blobs == 0


@pytest.mark.parametrize("durability", list(Durability))
async def test_that_every_durability_leaves_the_same_layout(
    start_lab_process: Any, puller: Any, durability: Durability
) -> None:
    lab = start_lab_process()
    snapshot = await puller.new(lab.references[0], durability=durability).run()
    assert snapshot.network == SIZE
    puller.assert_image_is_whole()
    again = await puller.new(lab.references[0], durability=durability).run()
    assert again.reused == SIZE


# The same blob, twice at once


async def test_that_a_pull_takes_over_what_another_gives_up(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=SLOW)
    first = puller.new(lab.references[0])
    running = asyncio.create_task(first.run())
    await until(lambda: first.snapshot().received > MIB)
    second = puller.new(lab.references[0])
    waiting = asyncio.create_task(second.run())
    await until(lambda: second.snapshot().state is PullState.RUNNING)
    first.cancel()
    given_up = await running
    lab.reshape(shaping=Shaping())
    snapshot = await waiting
    assert puller.of_type(LayerResumed)
    assert snapshot.reused == given_up.written
    assert snapshot.network == SIZE - given_up.written
    puller.assert_image_is_whole()


async def test_that_a_waiting_pull_can_be_cancelled(start_lab_process: Any, puller: Any) -> None:
    lab = start_lab_process(shaping=SLOW)
    first = puller.new(lab.references[0])
    running = asyncio.create_task(first.run())
    await until(lambda: first.snapshot().received > 0)
    second = puller.new(lab.references[0])
    waiting = asyncio.create_task(second.run())
    await until(lambda: second.snapshot().state is PullState.RUNNING)
    second.cancel()
    assert (await waiting).state is PullState.CANCELLED
    assert not running.done()
    first.cancel()
    await running


async def test_that_pulls_of_the_same_layers_in_another_order_do_not_wait_for_each_other(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=4 * MIB))
    one_layer = Settings(layers=1, parallelism=2, connections=2, chunk_size=256 * KIB)
    pull = puller.new(lab.references[0], one_layer)
    other = Store(puller.output)
    other.prepare()
    plan_layers = []

    def hold_first(event: Any) -> None:
        if hasattr(event, "layers") and not plan_layers:
            plan_layers.extend(event.layers)
            held.append(other.open_part(event.layers[0]))

    held: list[Any] = []
    pull.observe(hold_first)
    running = asyncio.create_task(pull.run())
    # The first layer is another's; the rest must come although one layer may be fetched at once.
    await until(lambda: [s.state for s in pull.snapshot().layers[1:]] == [LayerState.DONE] * 3)
    assert not running.done()
    held[0].close()
    assert (await running).network == SIZE
    puller.assert_image_is_whole()


async def test_that_pulls_in_two_processes_fetch_each_blob_once(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=Shaping(rate_per_connection=MIB))
    command = [sys.executable, "-m", "pullscope", "pull", lab.references[0], "--quiet"]
    process = await asyncio.create_subprocess_exec(*command, "-o", str(puller.output))
    await until(lambda: lab.statistics().blob_bytes_sent > 0)
    await puller.new(lab.references[0]).run()
    assert await process.wait() == 0
    # What was on its way on a connection that was hung up may come twice; no layer does.
    assert lab.statistics().blob_bytes_sent - SIZE < 512 * KIB
    puller.assert_image_is_whole()


# Garbage collection meanwhile


async def test_that_garbage_is_collected_around_a_running_pull(
    start_lab_process: Any, puller: Any
) -> None:
    lab = start_lab_process(shaping=SLOW)
    store = Store(puller.output)
    store.prepare()
    stray = f"sha256:{hashlib.sha256(b'stray').hexdigest()}"
    pull = puller.new(lab.references[0])
    running = asyncio.create_task(pull.run())
    await until(lambda: any(s.state is LayerState.DONE for s in pull.snapshot().layers))
    store.add_blob(stray, b"stray")
    found = await asyncio.to_thread(store.collect_garbage)
    assert (found.blobs, found.parts) == (1, 0)
    lab.reshape(shaping=Shaping())
    assert (await running).network == SIZE
    puller.assert_image_is_whole()
    assert Store(puller.output).collect_garbage().blobs == 0
