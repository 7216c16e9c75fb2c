import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from pullscope.lab.catalog import Catalog, Repository
from pullscope.lab.config import LabConfig, Layout, SyntheticImage
from pullscope.lab.synthetic import DigestCache

IMAGE = SyntheticImage("demo/app", "1", (5000, 100))
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def build(tmp_path: Path, **fields: Any) -> Catalog:
    return Catalog.build(LabConfig(**fields), DigestCache(tmp_path))


def document(repository: Repository, reference: str) -> dict[str, Any]:
    manifest = repository.manifest(reference)
    assert manifest is not None
    assert manifest.digest == f"sha256:{hashlib.sha256(manifest.body).hexdigest()}"
    content: dict[str, Any] = json.loads(manifest.body)
    assert content["mediaType"] == manifest.media_type
    return content


def blob(repository: Repository, descriptor: dict[str, Any]) -> bytes:
    found = repository.blobs[descriptor["digest"]]
    assert found.size == descriptor["size"]
    with found.open_at(0) as source:
        content = b"".join(iter(lambda: source.read(65536), b""))
    assert descriptor["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    return content


def write_blob(directory: Path, content: bytes) -> dict[str, Any]:
    encoded = hashlib.sha256(content).hexdigest()
    path = directory / "blobs" / "sha256" / encoded
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {"digest": f"sha256:{encoded}", "size": len(content)}


def write_layout(directory: Path, *tags: str | None) -> Layout:
    config, layer = write_blob(directory, b"{}"), write_blob(directory, b"layer")
    manifest = write_blob(directory, json.dumps({"config": config, "layers": [layer]}).encode())
    entries = [
        {
            **manifest,
            "mediaType": MANIFEST_TYPE,
            "annotations": {"org.opencontainers.image.ref.name": tag} if tag else {},
        }
        for tag in tags
    ]
    (directory / "index.json").write_text(json.dumps({"manifests": entries}))
    return Layout("from/disk", directory)


def test_that_an_image_has_what_its_manifest_names(tmp_path: Path) -> None:
    repository = build(tmp_path, images=(IMAGE,)).repositories["demo/app"]
    manifest = document(repository, "1")

    assert manifest["mediaType"] == MANIFEST_TYPE
    assert [len(blob(repository, layer)) for layer in manifest["layers"]] == [5000, 100]
    config = json.loads(blob(repository, manifest["config"]))
    assert (config["os"], config["architecture"]) == ("linux", "amd64")
    assert config["rootfs"]["diff_ids"] == [layer["digest"] for layer in manifest["layers"]]


def test_that_docker_types_replace_all_types_of_an_image(tmp_path: Path) -> None:
    catalog = build(tmp_path, images=(IMAGE,), docker_types=True, multi_platform=True)
    repository = catalog.repositories["demo/app"]
    index = document(repository, "1")
    manifest = document(repository, index["manifests"][0]["digest"])

    assert index["mediaType"] == "application/vnd.docker.distribution.manifest.list.v2+json"
    assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
    assert manifest["config"]["mediaType"] == "application/vnd.docker.container.image.v1+json"
    assert {layer["mediaType"] for layer in manifest["layers"]} == {
        "application/vnd.docker.image.rootfs.diff.tar"
    }


def test_that_an_index_has_two_platforms_and_an_attestation(tmp_path: Path) -> None:
    catalog = build(tmp_path, images=(IMAGE,), multi_platform=True)
    repository = catalog.repositories["demo/app"]
    entries = document(repository, "1")["manifests"]
    manifests = [document(repository, entry["digest"]) for entry in entries]

    assert [entry["platform"] for entry in entries] == [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm64", "os": "linux", "variant": "v8"},
        {"architecture": "unknown", "os": "unknown"},
    ]
    assert manifests[0]["layers"] == manifests[1]["layers"]
    assert manifests[0]["config"] != manifests[1]["config"]
    for manifest in manifests:
        for descriptor in [manifest["config"], *manifest["layers"]]:
            blob(repository, descriptor)


def test_that_images_of_different_seeds_differ(tmp_path: Path) -> None:
    images = IMAGE, SyntheticImage("demo/app", "2", IMAGE.layer_sizes, seed=1)
    repository = build(tmp_path, images=images).repositories["demo/app"]

    assert sorted(repository.tags) == ["1", "2"]
    assert document(repository, "1")["layers"] != document(repository, "2")["layers"]


def test_that_a_blob_is_found_in_whichever_repository_has_it(tmp_path: Path) -> None:
    images = IMAGE, SyntheticImage("other", "1", (7000,))
    catalog = build(tmp_path, images=images)
    [layer] = document(catalog.repositories["other"], "1")["layers"]

    assert catalog.find_blob(layer["digest"]) is not None
    assert catalog.find_blob("sha256:" + "0" * 64) is None


def test_that_a_layout_is_served_by_its_tags(tmp_path: Path) -> None:
    catalog = build(tmp_path, layouts=(write_layout(tmp_path, "1", "example.org/app:2", "!"),))
    repository = catalog.repositories["from/disk"]

    assert catalog.tagged() == [("from/disk", "1"), ("from/disk", "2")]
    manifest = repository.manifest("1")
    assert manifest is not None
    [layer] = json.loads(manifest.body)["layers"]
    assert blob(repository, layer) == b"layer"


def test_that_the_only_image_of_a_layout_needs_no_name(tmp_path: Path) -> None:
    catalog = build(tmp_path, layouts=(write_layout(tmp_path, None),))

    assert catalog.tagged() == [("from/disk", "latest")]


def test_that_a_layout_may_lack_platforms_of_an_index(tmp_path: Path) -> None:
    layout = write_layout(tmp_path, "1")
    [present] = json.loads((tmp_path / "index.json").read_text())["manifests"]
    absent = {"digest": "sha256:" + "0" * 64, "size": 1, "mediaType": MANIFEST_TYPE}
    index = write_blob(tmp_path, json.dumps({"manifests": [present, absent]}).encode())
    entry = {**index, "mediaType": INDEX_TYPE}
    (tmp_path / "index.json").write_text(json.dumps({"manifests": [entry]}))
    repository = build(tmp_path, layouts=(layout,)).repositories["from/disk"]

    assert repository.tags == {"latest": index["digest"]}
    assert set(repository.manifests) == {index["digest"], present["digest"]}


@pytest.mark.parametrize(
    "index",
    ["", "[]", '{"manifests": 3}', '{"manifests": [{"digest": "sha256:../../../etc/passwd"}]}'],
)
def test_that_a_damaged_layout_is_refused(tmp_path: Path, index: str) -> None:
    (tmp_path / "index.json").write_text(index)

    with pytest.raises(ValueError, match=r".+"):
        build(tmp_path, layouts=(Layout("from/disk", tmp_path),))
