"""Pulls of what is not just an image: signatures, charts, blobs within manifests and elsewhere."""

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from pullscope.engine.errors import DigestMismatch, NotFound
from pullscope.engine.manifests import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from pullscope.engine.model import KIB, LayerState, PullState
from pullscope.engine.store import Store

LAYER = bytes(range(256)) * 4 * KIB
SMALL = b"a small layer"


def digest_of(body: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"


def descriptor(body: bytes, media_type: str = "x/layer", **more: Any) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest_of(body), "size": len(body), **more}


EMPTY = descriptor(b"{}", "application/vnd.oci.empty.v1+json", data="e30=")


class Shelf:
    """A registry that holds what it is given, and remembers what it was asked."""

    def __init__(self) -> None:
        self.host = ""
        self.manifests: dict[str, bytes] = {}
        self.blobs: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self.referrers: dict[str, list[list[dict[str, Any]]]] = {}
        self.asked: list[str] = []

    def put(self, tag: str, *layers: dict[str, Any], **fields: Any) -> str:
        """Hold a manifest; return its digest."""
        config = fields.pop("config", EMPTY)
        document = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config}
        body = json.dumps({**document, "layers": layers, **fields}).encode()
        self.manifests[tag] = self.manifests[digest_of(body)] = body
        return digest_of(body)

    def hold(self, *bodies: bytes) -> None:
        self.blobs |= {digest_of(body): body for body in bodies}

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        kind, name = request.match_info["kind"], request.match_info["name"]
        if kind == "manifests" and name in self.manifests:
            media_type = json.loads(self.manifests[name]).get("mediaType", OCI_INDEX)
            return web.Response(body=self.manifests[name], content_type=media_type)
        if kind == "blobs" and name in self.blobs:
            return part_of(request, self.blobs[name])
        if kind == "referrers" and name in self.referrers:
            pages, page = self.referrers[name], int(request.query.get("page", "0"))
            index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": pages[page]}
            more = {"Link": f'<{request.path}?page={page + 1}>; rel="next"'}
            return web.Response(
                text=json.dumps(index),
                content_type=OCI_INDEX,
                headers=more if page + 1 < len(pages) else {},
            )
        return web.Response(status=404)

    async def serve_file(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        assert "Authorization" not in request.headers
        return part_of(request, self.files[request.match_info["name"]])


def part_of(request: web.Request, body: bytes) -> web.Response:
    wanted = request.http_range
    if wanted.start is None:
        return web.Response(body=body)
    end = len(body) if wanted.stop is None else min(wanted.stop, len(body))
    return web.Response(
        status=206,
        body=body[wanted.start : end],
        headers={"Content-Range": f"bytes {wanted.start}-{end - 1}/{len(body)}"},
    )


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    shelf = Shelf()
    app = web.Application()
    app.router.add_get("/v2/app/{kind}/{name}", shelf.serve)
    app.router.add_get("/files/{name}", shelf.serve_file)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    shelf.host = f"127.0.0.1:{runner.addresses[0][1]}"
    yield shelf
    await runner.cleanup()


def stored(store: Store, body: bytes, algorithm: str = "sha256") -> bool:
    path = store.blob_path(digest_of(body, algorithm))
    return path.is_file() and path.read_bytes() == body


async def test_that_an_artifact_that_is_no_image_is_pulled(shelf: Shelf, puller: Any) -> None:
    chart = b"values of the chart"
    shelf.hold(LAYER, chart)
    shelf.put("1", descriptor(LAYER), config=descriptor(chart, "application/vnd.helm.config+json"))
    snapshot = await puller.new(f"{shelf.host}/app:1").run()
    assert snapshot.state is PullState.DONE
    store = Store(puller.output)
    assert stored(store, LAYER)
    assert stored(store, chart)
    puller.assert_image_is_whole()


async def test_that_what_is_embedded_is_not_asked_for(shelf: Shelf, puller: Any) -> None:
    embedded = descriptor(SMALL, data="YSBzbWFsbCBsYXllcg==")
    shelf.hold(LAYER)
    shelf.put("1", descriptor(LAYER), embedded, EMPTY)  # the config is a layer as well
    snapshot = await puller.new(f"{shelf.host}/app:1").run()
    assert [layer.state for layer in snapshot.layers] == [
        LayerState.DONE,
        LayerState.EXISTING,
        LayerState.EXISTING,
    ]
    assert {path for path in shelf.asked if "/blobs/" in path} == {
        f"/v2/app/blobs/{digest_of(LAYER)}"
    }
    assert stored(Store(puller.output), SMALL)
    puller.assert_image_is_whole()


async def test_that_a_layer_that_the_registry_lacks_comes_from_its_urls(
    shelf: Shelf, puller: Any
) -> None:
    shelf.files = {"gone": b"something else", "layer": LAYER}
    urls = [f"http://{shelf.host.replace('127.0.0.1', 'localhost')}/files/layer"]
    shelf.hold(SMALL)
    shelf.put("1", descriptor(LAYER, urls=urls), descriptor(SMALL, urls=urls))
    snapshot = await puller.new(f"{shelf.host}/app:1").run()
    assert snapshot.network == snapshot.total
    assert shelf.asked.count(f"/v2/app/blobs/{digest_of(LAYER)}") <= 4  # the address is kept
    assert shelf.asked.count("/files/layer") >= 4
    puller.assert_image_is_whole()


async def test_that_bytes_from_elsewhere_are_verified(shelf: Shelf, puller: Any) -> None:
    shelf.files = {"layer": LAYER[:-1] + b"x"}
    shelf.put("1", descriptor(LAYER, urls=[f"http://{shelf.host}/files/layer"]))
    with pytest.raises(DigestMismatch):
        await puller.new(f"{shelf.host}/app:1").run()


async def test_that_a_layer_that_is_nowhere_is_told(shelf: Shelf, puller: Any) -> None:
    shelf.put("1", descriptor(LAYER))
    with pytest.raises(NotFound, match="no such blob"):
        await puller.new(f"{shelf.host}/app:1").run()


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
async def test_that_blobs_of_every_kind_are_verified_and_stored(
    shelf: Shelf, puller: Any, algorithm: str
) -> None:
    bodies = {"x/tar": LAYER, "x/tar+zstd": LAYER[5:], "x/tar+gzip": b"", "odd": SMALL}
    layers = []
    for media_type, body in bodies.items():
        digest = digest_of(body, algorithm)
        shelf.blobs[digest] = body
        layers.append({"mediaType": media_type, "digest": digest, "size": len(body)})
    shelf.put("1", *layers, layers[0])  # one of them twice
    snapshot = await puller.new(f"{shelf.host}/app:1").run()
    assert snapshot.network == sum(map(len, bodies.values()))
    store = Store(puller.output)
    assert all(stored(store, body, algorithm) for body in bodies.values())
    puller.assert_image_is_whole()


async def refer(shelf: Shelf) -> tuple[str, list[bytes]]:
    """Put an image, an SBOM and a signature; return the image's digest and all layers."""
    bodies = [LAYER, b"an SBOM", b"a signature", b"another", b"{}", b"config"]
    shelf.hold(*bodies)
    digest = shelf.put("1", descriptor(LAYER), config=descriptor(b"config", OCI_CONFIG))
    return digest, bodies[:4]


async def test_that_referrers_are_pulled_page_by_page(shelf: Shelf, puller: Any) -> None:
    digest, bodies = await refer(shelf)
    subject = {"mediaType": OCI_MANIFEST, "digest": digest, "size": 1}
    sbom, signature, other = (
        shelf.put(f"r{n}", descriptor(body), subject=subject) for n, body in enumerate(bodies[1:])
    )
    entries = [
        {"mediaType": OCI_MANIFEST, "digest": d, "size": len(shelf.manifests[d])}
        for d in (sbom, signature, other)
    ]
    shelf.referrers[digest] = [entries[:1], entries[1:]]
    await puller.new(f"{shelf.host}/app:1", referrers=True).run()
    store = Store(puller.output)
    assert all(stored(store, body) for body in bodies)
    images = store.images()
    assert [(image.name, image.digest, image.complete) for image in images] == [
        ("1", digest, True),
        ("", sbom, True),
        ("", signature, True),
        ("", other, True),
    ]
    assert store.collect_garbage().blobs == 0
    await puller.new(f"{shelf.host}/app:1", referrers=True).run()
    assert Store(puller.output).images() == images


async def test_that_referrers_are_found_where_the_registry_does_not_list_them(
    shelf: Shelf, puller: Any
) -> None:
    digest, bodies = await refer(shelf)
    sbom = shelf.put("sbom", descriptor(bodies[1]))
    tag = digest.replace(":", "-")
    signature = shelf.put(f"{tag}.sig", descriptor(bodies[2]))
    entry = {"mediaType": OCI_MANIFEST, "digest": sbom, "size": len(shelf.manifests[sbom])}
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]}
    shelf.manifests[tag] = json.dumps(index).encode()
    await puller.new(f"{shelf.host}/app:1", referrers=True).run()
    store = Store(puller.output)
    assert all(stored(store, body) for body in bodies[:3])
    assert [(image.name, image.digest) for image in store.images()] == [
        ("1", digest),
        ("", sbom),
        (f"{tag}.sig", signature),
    ]


async def test_that_an_image_without_referrers_is_pulled_all_the_same(
    shelf: Shelf, puller: Any
) -> None:
    await refer(shelf)
    snapshot = await puller.new(f"{shelf.host}/app:1", referrers=True).run()
    assert snapshot.state is PullState.DONE
    assert len(Store(puller.output).images()) == 1
