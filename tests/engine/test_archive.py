import io
import json
import tarfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine import archive
from pullscope.engine.archive import (
    ArchiveFormat,
    ArchiveStore,
    Member,
    docker_manifest,
    familiar_name,
    work_directory,
)
from pullscope.engine.digests import digest_of
from pullscope.engine.errors import BadReply, StoreError
from pullscope.engine.files import PositionalFile
from pullscope.engine.manifests import DOCKER_CONFIG, DOCKER_MANIFEST, OCI_CONFIG, OCI_MANIFEST
from pullscope.engine.model import Document, Layer, PullPlan
from pullscope.engine.reference import parse_reference
from pullscope.engine.store import Part

BODIES = [bytes(range(250)) * 100, b"", bytes(512)]
LAYERS = tuple(Layer(digest_of(body), len(body), "") for body in BODIES)
REFERENCE = parse_reference("registry.test/team/app:1")


def image(
    order: tuple[int, ...] = (0, 1, 2), media_type: str = OCI_MANIFEST, ids: int | None = None
) -> tuple[PullPlan, bytes]:
    """An image whose manifest has layers in an order, and its config."""
    layers = [LAYERS[number] for number in order]
    config = json.dumps({"rootfs": {"diff_ids": ["x"] * (len(order) if ids is None else ids)}})
    config_type = DOCKER_CONFIG if media_type == DOCKER_MANIFEST else OCI_CONFIG
    described = Layer(digest_of(config.encode()), len(config), config_type)
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"mediaType": config_type, "digest": described.digest, "size": described.size},
        "layers": [{"mediaType": "", "digest": layer.digest, "size": 0} for layer in layers],
    }
    body = json.dumps(document).encode()
    distinct = tuple(dict.fromkeys(layers))
    root = Document(digest_of(body), media_type, body)
    plan = PullPlan("r", root, distinct, (described,), platform="linux/amd64")
    return plan, config.encode()


def filled(target: Path, kind: ArchiveFormat, plan: PullPlan, config: bytes) -> ArchiveStore:
    """A store whose pull has brought every blob."""
    store = ArchiveStore(target, kind)
    store.prepare()
    store.lease(plan)
    for layer in plan.layers:
        part = store.open_part(layer)
        assert isinstance(part, Part)
        part.write(0, [BODIES[LAYERS.index(layer)]])
        store.commit(part, layer.digest)
    store.add_blob(plan.configs[0].digest, config)
    return store


def packed(target: Path, kind: ArchiveFormat, **fields: Any) -> dict[str, bytes]:
    """Pack an image; return the files in the archive, in order."""
    plan, config = image(**fields)
    store = filled(target, kind, plan, config)
    store.add_image(plan, REFERENCE)
    store.release()
    with tarfile.open(target) as tar:
        members = tar.getmembers()
        files = [(member.name, tar.extractfile(member)) for member in members if member.isfile()]
        return {name: file.read() for name, file in files if file is not None}


def name(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


@pytest.mark.parametrize("kind", list(ArchiveFormat))
def test_that_an_archive_holds_the_image_in_the_order_of_its_layers(
    tmp_path: Path, kind: ArchiveFormat
) -> None:
    plan, config = image()
    files = packed(tmp_path / "x.tar", kind)
    heads = ["oci-layout", "index.json"]
    heads += ["manifest.json"] if kind is ArchiveFormat.DOCKER else []
    blobs = [plan.digest, plan.configs[0].digest, *(layer.digest for layer in LAYERS)]
    assert list(files) == heads + [name(digest) for digest in blobs]
    assert [files[name(digest)] for digest in blobs] == [plan.manifest.body, config, *BODIES]
    index = json.loads(files["index.json"])
    [entry] = index["manifests"]
    assert entry["digest"] == plan.digest
    assert entry["annotations"] == {
        "org.opencontainers.image.ref.name": "1",
        "io.containerd.image.name": "registry.test/team/app:1",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["x.tar"]


def test_that_a_docker_archive_names_config_tags_and_layers(tmp_path: Path) -> None:
    plan, _ = image((0, 2, 0, 1))
    files = packed(tmp_path / "x.tar", ArchiveFormat.DOCKER, order=(0, 2, 0, 1))
    assert json.loads(files["manifest.json"]) == [
        {
            "Config": name(plan.configs[0].digest),
            "RepoTags": ["registry.test/team/app:1"],
            "Layers": [name(LAYERS[number].digest) for number in (0, 2, 0, 1)],
        }
    ]


def test_that_a_docker_manifest_is_packed_in_its_oci_form(tmp_path: Path) -> None:
    files = packed(tmp_path / "x.tar", ArchiveFormat.OCI, media_type=DOCKER_MANIFEST)
    [entry] = json.loads(files["index.json"])["manifests"]
    manifest = files[name(entry["digest"])]
    assert digest_of(manifest) == entry["digest"]
    assert json.loads(manifest)["mediaType"] == OCI_MANIFEST


def test_that_the_same_image_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    packed(tmp_path / "a" / "x.tar", ArchiveFormat.DOCKER)
    packed(tmp_path / "y.tar", ArchiveFormat.DOCKER)
    body = (tmp_path / "y.tar").read_bytes()
    assert (tmp_path / "a" / "x.tar").read_bytes() == body
    assert len(body) % 10240 == 0
    assert body.endswith(bytes(1024))


def test_that_an_archive_that_is_there_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"old" * 100_000)
    assert "index.json" in packed(tmp_path / "x.tar", ArchiveFormat.OCI)


def test_that_a_directory_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a directory"):
        ArchiveStore(tmp_path, ArchiveFormat.OCI).prepare()


@pytest.mark.parametrize("ids", [0, 2, 4])
def test_that_a_config_with_other_layers_is_told_and_the_layout_kept(
    tmp_path: Path, ids: int
) -> None:
    plan, config = image(ids=ids)
    store = filled(tmp_path / "x.tar", ArchiveFormat.DOCKER, plan, config)
    with pytest.raises(BadReply, match=f"names {ids} layers, the manifest 3") as caught:
        store.add_image(plan, REFERENCE)
    assert caught.value.came.endswith("Docker cannot load that")
    assert caught.value.remedy == "write an oci-archive"
    assert [path.name for path in tmp_path.iterdir()] == [".x.tar.pullscope"]


@pytest.mark.parametrize("config", [b"", b"[]", b"{}", b'{"rootfs": 3}', b"[" * 100_000])
def test_that_a_config_of_anything_is_no_image(config: bytes) -> None:
    plan, _ = image()
    with pytest.raises(BadReply, match="names 0 layers"):
        docker_manifest(plan.manifest.body, config, REFERENCE)


def test_that_a_cancelled_pull_writes_no_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, config = image()
    store = filled(tmp_path / "x.tar", ArchiveFormat.OCI, plan, config)
    copy = PositionalFile.copy_from

    def stop(file: PositionalFile, *arguments: Any) -> None:
        copy(file, *arguments)
        store._stopped.set()

    monkeypatch.setattr(archive, "COPY_SIZE", 1000)
    monkeypatch.setattr(PositionalFile, "copy_from", stop)
    with pytest.raises(StoreError, match="cancelled"):
        store.add_image(plan, REFERENCE)
    monkeypatch.undo()
    store.release()
    assert not (tmp_path / "x.tar").exists()
    again = filled_again(tmp_path / "x.tar", plan)
    again.add_image(plan, REFERENCE)
    assert [path.name for path in tmp_path.iterdir()] == ["x.tar"]


def filled_again(target: Path, plan: PullPlan) -> ArchiveStore:
    store = ArchiveStore(target, ArchiveFormat.OCI)
    store.prepare()
    store.lease(plan)
    assert all(store.has(layer) for layer in plan.layers)
    return store


def test_that_another_pull_in_the_same_place_keeps_its_layout(tmp_path: Path) -> None:
    target = tmp_path / "x.tar"
    plan, config = image()
    first = filled(target, ArchiveFormat.OCI, plan, config)
    second = filled_again(target, plan)
    first.add_image(plan, REFERENCE)
    assert target.exists()
    assert work_directory(target).exists()
    second.add_image(plan, REFERENCE)
    assert [path.name for path in tmp_path.iterdir()] == ["x.tar"]


def test_that_long_names_and_large_files_have_headers() -> None:
    for member in (
        Member(f"blobs/sha512/{'0' * 128}", b"", 2**40),
        Member("blobs/", b"", 0),
    ):
        header = member.header()
        info = tarfile.open(fileobj=io.BytesIO(header + bytes(1024))).next()  # noqa: SIM115
        assert info is not None
        assert (info.name, info.size) == (member.name.rstrip("/"), member.size)
        assert info.isdir() is member.name.endswith("/")


@pytest.mark.parametrize(
    ("text", "familiar"),
    [
        ("alpine", "alpine:latest"),
        ("docker.io/library/alpine:3", "alpine:3"),
        ("team/app:1", "team/app:1"),
        ("library/a/b:1", "library/a/b:1"),
        ("ghcr.io/library/app:1", "ghcr.io/library/app:1"),
    ],
)
def test_that_names_are_those_that_docker_shows(text: str, familiar: str) -> None:
    assert familiar_name(parse_reference(text)) == familiar


def test_that_an_image_without_a_tag_has_no_repo_tags() -> None:
    plan, config = image()
    reference = parse_reference(f"registry.test/app@{plan.digest}")
    assert docker_manifest(plan.manifest.body, config, reference)[0]["RepoTags"] is None


def test_that_two_pulls_of_one_archive_end_well_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.tar"
    plan, config = image()
    first = filled(target, ArchiveFormat.OCI, plan, config)
    second = filled_again(target, plan)
    writing, go_on = threading.Event(), threading.Event()
    write = ArchiveStore._write

    def slow(self: ArchiveStore, *arguments: Any) -> None:
        if self is first:
            writing.set()
            assert go_on.wait(10)
        write(self, *arguments)

    monkeypatch.setattr(ArchiveStore, "_write", slow)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first.add_image, plan, REFERENCE)
        assert writing.wait(10)
        other = pool.submit(second.add_image, plan, REFERENCE)
        go_on.set()
        one.result(10)
        other.result(10)
    assert [path.name for path in tmp_path.iterdir()] == ["x.tar"]


def test_that_an_image_without_a_tag_is_told_from_what_refers_to_it(tmp_path: Path) -> None:
    plan, config = image()
    target = tmp_path / "x.tar"
    referrer = Document(digest_of(b"{}"), OCI_MANIFEST, b"{}")
    store = filled(target, ArchiveFormat.OCI, replace(plan, referrers=(referrer,)), config)
    reference = parse_reference(f"registry.test/app@{plan.digest}")
    store.add_image(replace(plan, referrers=(referrer,)), reference)
    store.release()
    with tarfile.open(target) as tar:
        file = tar.extractfile("index.json")
        assert file is not None
        entries = json.load(file)["manifests"]
    names = [e.get("annotations", {}).get("org.opencontainers.image.ref.name") for e in entries]
    assert names == [plan.digest.replace(":", "-"), None]
