"""Pulls from Debian's docker-registry, filled by skopeo, read back by skopeo and umoci."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pullscope.engine.archive import ArchiveFormat
from pullscope.engine.digests import digest_of
from pullscope.engine.errors import NotFound, StoreError
from pullscope.engine.manifests import DOCKER_LIST, DOCKER_MANIFEST
from pullscope.engine.model import KIB, Settings
from pullscope.engine.store import Store
from pullscope.engine.transport import TRANSPORTS
from pullscope.lab.config import LabConfig, SyntheticImage
from pullscope.lab.process import LabProcess

pytestmark = [
    pytest.mark.registry,
    pytest.mark.skipif(
        not (shutil.which("docker-registry") and shutil.which("skopeo")),
        reason="docker-registry and skopeo are not installed here",
    ),
]

IMAGE = SyntheticImage("team/app", "1", (5_000_192, 1_048_576, 10_240))


def skopeo(*arguments: str) -> str:
    done = subprocess.run(["skopeo", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, digest_cache: Path) -> Iterator[str]:
    """The host of a docker-registry that holds team/app:1, :docker, :all and :docker-all."""
    root = tmp_path_factory.mktemp("registry")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    config = root / "config.yml"
    config.write_text(
        f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {root}\n"
        f"http:\n  addr: {host}\nlog:\n  level: error\n"
    )
    process = subprocess.Popen(
        ["docker-registry", "serve", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(host)
        lab_config = LabConfig(images=(IMAGE,), multi_platform=True, cache_directory=digest_cache)
        with LabProcess(lab_config) as lab:
            source = f"docker://{lab.references[0]}"
            plain = ("--src-tls-verify=false", "--dest-tls-verify=false")
            target = f"docker://{host}/team/app"
            skopeo("copy", "-q", *plain, source, f"{target}:1")
            skopeo("copy", "-q", *plain, "--format=v2s2", source, f"{target}:docker")
            skopeo("copy", "-q", *plain, "--all", source, f"{target}:all")
            _put_docker_list(host)
        yield host
    finally:
        process.terminate()
        process.wait()


def _put_docker_list(host: str) -> None:
    """Name a list of Docker's kind, which leads to team/app:docker, team/app:docker-all."""
    url = f"http://{host}/v2/team/app/manifests"
    body = httpx.get(f"{url}/docker", headers={"Accept": DOCKER_MANIFEST}).content
    entry = {"mediaType": DOCKER_MANIFEST, "digest": digest_of(body), "size": len(body)}
    platforms = [{"os": "linux", "architecture": name} for name in ("amd64", "arm64")]
    content = {
        "schemaVersion": 2,
        "mediaType": DOCKER_LIST,
        "manifests": [entry | {"platform": platform} for platform in platforms],
    }
    headers = {"Content-Type": DOCKER_LIST}
    httpx.put(f"{url}/docker-all", json=content, headers=headers).raise_for_status()


def _wait_for(host: str) -> None:
    name, _, port = host.partition(":")
    for _ in range(200):
        try:
            socket.create_connection((name, int(port)), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("docker-registry did not start")


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("tag", ["1", "docker"])
async def test_that_an_image_from_docker_registry_is_read_by_skopeo(
    registry: str, puller: Any, tag: str, transport: str
) -> None:
    settings = Settings(2, 4, 8, 256 * KIB)
    reference = f"{registry}/team/app:{tag}"
    snapshot = await puller.new(reference, settings, transport=transport).run()
    assert snapshot.network == snapshot.total
    puller.assert_image_is_whole(tag)
    ours = json.loads(skopeo("inspect", f"oci:{puller.output}:{tag}"))
    theirs = json.loads(skopeo("inspect", "--tls-verify=false", f"docker://{reference}"))
    assert ours["Layers"] == theirs["Layers"]
    assert theirs["Digest"] == snapshot.digest
    assert (ours["Digest"] == snapshot.digest) is (tag == "1")  # Docker's is named in OCI's form
    assert (puller.output / "blobs" / snapshot.digest.replace(":", "/")).exists()


@pytest.mark.parametrize("tag", ["all", "docker-all"])
@pytest.mark.parametrize("archive", [None, ArchiveFormat.OCI])
async def test_that_all_platforms_are_read_by_skopeo(
    registry: str, puller: Any, tmp_path: Path, tag: str, archive: ArchiveFormat | None
) -> None:
    reference = f"{registry}/team/app:{tag}"
    output = tmp_path / "all.tar" if archive else puller.output
    pull = puller.new(reference, platform="all", output=output, archive=archive)
    snapshot = await pull.run()
    assert snapshot.platform == "all"
    source = f"{'oci-archive' if archive else 'oci'}:{output}:{tag}"
    skopeo("copy", "-q", "--all", "--preserve-digests", source, f"dir:{tmp_path / 'copy'}")
    ours = json.loads(skopeo("inspect", "--raw", source))
    theirs = json.loads(skopeo("inspect", "--raw", "--tls-verify=false", f"docker://{reference}"))
    assert [entry["platform"] for entry in ours["manifests"]] == [
        entry["platform"] for entry in theirs["manifests"]
    ]
    if not archive:
        digests = {entry["digest"] for entry in theirs["manifests"]} | {snapshot.digest}
        blobs = puller.output / "blobs"
        assert all((blobs / digest.replace(":", "/")).exists() for digest in digests)
        store = Store(puller.output)
        assert store.collect_garbage().blobs == 0
        [image] = store.images()
        assert image.complete
        again = await puller.new(reference, platform="all").run()
        assert again.network == 0


async def test_that_a_docker_archive_of_all_platforms_is_refused_before_anything_is_fetched(
    registry: str, puller: Any, tmp_path: Path
) -> None:
    output = tmp_path / "all.tar"
    pull = puller.new(
        f"{registry}/team/app:all", platform="all", output=output, archive=ArchiveFormat.DOCKER
    )
    with pytest.raises(StoreError, match="one platform and nothing else; write an oci-archive"):
        await pull.run()
    assert pull.snapshot().network == 0


def unpack(layout: Path, tag: str, bundle: Path) -> None:
    arguments = ["umoci", "unpack", "--rootless", "--image", f"{layout}:{tag}", str(bundle)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("umoci"), reason="umoci is not installed here")
@pytest.mark.parametrize("tag", ["1", "docker"])
async def test_that_umoci_unpacks_what_was_pulled(
    registry: str, puller: Any, tmp_path: Path, tag: str
) -> None:
    await puller.new(f"{registry}/team/app:{tag}").run()
    bundle = tmp_path / "bundle"
    unpack(puller.output, tag, bundle)
    assert (bundle / "rootfs" / "data").is_dir()


async def test_that_docker_registry_says_what_it_does_not_have(registry: str, puller: Any) -> None:
    with pytest.raises(NotFound, match="check the name and the tag"):
        await puller.new(f"{registry}/team/app:missing").run()
