import json
from typing import Any, cast

import pytest

from pullscope.engine import resolve as resolving
from pullscope.engine.digests import digest_of
from pullscope.engine.errors import BadReply, NotAnImage, NotFound, PlatformNotFound
from pullscope.engine.manifests import LARGEST_CONFIG, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from pullscope.engine.message import translated
from pullscope.engine.model import PullPlan
from pullscope.engine.platforms import parse_platform
from pullscope.engine.reference import parse_reference
from pullscope.engine.registry import FetchedManifest, Registry
from pullscope.engine.resolve import DEEPEST, look_up, resolve

AMD64, ARM64 = parse_platform("linux/amd64"), parse_platform("linux/arm64")


def blob(number: int, size: int = 10, media_type: str = "layer") -> dict[str, Any]:
    return {"mediaType": media_type, "digest": f"sha256:{number:064x}", "size": size}


def manifest(*layers: dict[str, Any], config: dict[str, Any] | None = None, **more: Any) -> bytes:
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": config or blob(99, 5, OCI_CONFIG),
            "layers": list(layers),
            **more,
        }
    ).encode()


def index(*entries: tuple[bytes, str]) -> bytes:
    described = []
    for body, platform in entries:
        media_type = json.loads(body)["mediaType"]
        entry = {"mediaType": media_type, "digest": digest_of(body), "size": len(body)}
        if platform:
            entry["platform"] = dict(zip(("os", "architecture"), platform.split("/"), strict=True))
        described.append(entry)
    return json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": described}).encode()


class Shelf:
    """A registry's manifests, by digest and tag."""

    def __init__(self, root: bytes, *others: bytes, **tagged: bytes) -> None:
        self.reference = parse_reference("registry.test/app:1")
        self.bodies = {"1": root, **tagged}
        self.bodies |= {digest_of(body): body for body in (root, *others, *tagged.values())}
        self.asked: list[str] = []
        self.refer: dict[str, tuple[str, ...]] = {}

    async def manifest(self, name: str) -> FetchedManifest:
        self.asked.append(name)
        if name not in self.bodies:
            raise NotFound("GET", "404", status=404)
        return FetchedManifest(self.bodies[name], "", name if ":" in name else "")

    async def referrers(self, digest: str) -> tuple[str, ...]:
        return self.refer.get(digest, ())

    async def resolve(self, platform: Any = AMD64, **options: bool) -> PullPlan:
        return await resolve(cast("Registry", self), platform, **options)


def digests(documents: Any) -> list[str]:
    return [document.digest for document in documents]


ONE, TWO = manifest(blob(1), blob(2)), manifest(blob(2), blob(3), config=blob(98, 6, OCI_CONFIG))
BOTH = index((ONE, "linux/amd64"), (TWO, "linux/arm64"))


async def test_that_an_image_for_one_platform_is_taken_as_it_is() -> None:
    plan = await Shelf(ONE).resolve()
    assert (plan.digest, plan.platform, plan.is_image) == (digest_of(ONE), "", True)
    assert digests(plan.layers) == digests(plan.layers) == [blob(1)["digest"], blob(2)["digest"]]
    assert digests(plan.configs) == [blob(99)["digest"]]
    assert (plan.children, plan.referrers) == ((), ())
    assert await Shelf(ONE).resolve(None) == plan


async def test_that_a_platform_is_chosen() -> None:
    plan = await Shelf(BOTH, ONE, TWO).resolve(ARM64)
    assert (plan.digest, plan.platform) == (digest_of(TWO), "linux/arm64")
    assert plan.children == ()


async def test_that_all_platforms_are_taken_with_their_index() -> None:
    shelf = Shelf(BOTH, ONE, TWO)
    plan = await shelf.resolve(None)
    assert (plan.digest, plan.platform, plan.is_image) == (digest_of(BOTH), "all", False)
    assert digests(plan.children) == [digest_of(ONE), digest_of(TWO)]
    assert digests(plan.layers) == [blob(n)["digest"] for n in (1, 2, 3)]
    assert digests(plan.configs) == [blob(n)["digest"] for n in (99, 98)]
    assert len(shelf.asked) == 3


async def test_that_an_index_in_an_index_is_looked_into() -> None:
    inner = index((TWO, "linux/arm64"))
    outer = index((ONE, "linux/amd64"), (inner, ""))
    shelf = Shelf(outer, inner, ONE, TWO)
    assert (await shelf.resolve(ARM64)).digest == digest_of(TWO)
    shelf.asked.clear()
    assert (await shelf.resolve(AMD64)).digest == digest_of(ONE)
    assert len(shelf.asked) == 2  # not in vain
    plan = await shelf.resolve(None)
    assert digests(plan.children) == [digest_of(body) for body in (ONE, inner, TWO)]
    with pytest.raises(PlatformNotFound, match=r"linux/s390x; it has linux/amd64"):
        await shelf.resolve(parse_platform("linux/s390x"))


async def test_that_indexes_are_not_followed_for_ever() -> None:
    bodies = [index((ONE, "linux/amd64"))]
    for _ in range(DEEPEST):
        bodies.append(index((bodies[-1], "")))
    shelf = Shelf(bodies[-1], ONE, *bodies)
    for platform in (AMD64, None):
        with pytest.raises(NotAnImage, match="indexes lie in one another"):
            await shelf.resolve(platform)
    allowed = Shelf(bodies[-2], ONE, *bodies)
    assert (await allowed.resolve(AMD64)).digest == digest_of(ONE)
    assert len((await allowed.resolve(None)).children) == DEEPEST


async def test_that_too_many_manifests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolving, "MOST_MANIFESTS", 2)
    with pytest.raises(BadReply, match="more than 2 manifests"):
        await Shelf(BOTH, ONE, TWO).resolve(None)
    monkeypatch.setattr(resolving, "MOST_MANIFESTS", 3)
    await Shelf(BOTH, ONE, TWO).resolve(None)
    monkeypatch.setattr(resolving, "MOST_BYTES", len(BOTH) + len(ONE))
    with pytest.raises(BadReply, match="bytes"):
        await Shelf(BOTH, ONE, TWO).resolve(None)


async def test_that_a_manifest_that_is_missing_ends_it() -> None:
    with pytest.raises(NotFound):
        await Shelf(BOTH, ONE).resolve(None)


async def test_that_two_sizes_for_a_blob_are_refused_across_manifests() -> None:
    other = manifest(blob(1, 11))
    both = index((ONE, "linux/amd64"), (other, "linux/arm64"))
    with pytest.raises(BadReply, match="two sizes"):
        await Shelf(both, ONE, other).resolve(None)


async def test_that_what_refers_to_the_image_is_taken_along() -> None:
    signature = manifest(blob(7), config=blob(97, 2, "application/x.signature"))
    sbom = manifest(blob(8), config=blob(96, 2, "application/x.sbom"))
    tag = f"{digest_of(ONE).replace(':', '-')}.sig"
    shelf = Shelf(ONE, sbom, **{tag: signature})
    shelf.refer[digest_of(ONE)] = (digest_of(sbom),)
    plan = await shelf.resolve(with_referrers=True)
    assert [(d.digest, d.tag) for d in plan.referrers] == [
        (digest_of(sbom), ""),
        (digest_of(signature), tag),
    ]
    assert digests(plan.layers) == [blob(n)["digest"] for n in (1, 2, 8, 7)]
    assert plan.is_image
    assert (await shelf.resolve()).referrers == ()


async def test_that_a_config_is_fetched_once_and_a_large_one_in_parts() -> None:
    both = manifest(blob(1), blob(2), config=blob(1, 10, "application/x.empty"))
    plan = await Shelf(both).resolve()
    assert (plan.configs, digests(plan.layers)) == ((), [blob(1)["digest"], blob(2)["digest"]])
    large = manifest(blob(2), config=blob(1, LARGEST_CONFIG + 1, "application/x.weights"))
    plan = await Shelf(large).resolve()
    assert (plan.configs, digests(plan.layers)) == ((), [blob(1)["digest"], blob(2)["digest"]])
    assert not plan.is_image


async def test_that_what_is_embedded_and_where_else_blobs_are_is_known() -> None:
    empty = {"mediaType": "x", "digest": digest_of(b"{}"), "size": 2, "data": "e30="}
    foreign = blob(1) | {"urls": ["https://a.test/1"]}
    plan = await Shelf(manifest(foreign, config=empty)).resolve()
    assert plan.embedded == {digest_of(b"{}"): b"{}"}
    assert plan.urls == {blob(1)["digest"]: ("https://a.test/1",)}


async def test_that_a_chosen_manifest_comes_with_the_index_it_was_chosen_from() -> None:
    plan = await Shelf(BOTH, ONE, TWO).resolve(ARM64)
    assert plan.index is not None
    assert plan.index.digest == digest_of(BOTH)
    assert (await Shelf(ONE).resolve()).index is None


async def test_that_looking_up_fetches_only_the_index_and_the_manifest() -> None:
    shelf = Shelf(BOTH, ONE, TWO)
    found = await look_up(cast("Registry", shelf), ARM64)
    assert found.index is not None
    assert found.manifest is not None
    assert (found.index.digest, found.manifest.digest) == (digest_of(BOTH), digest_of(TWO))
    assert found.platform == "linux/arm64"
    assert shelf.asked == ["1", digest_of(TWO)]


async def test_that_looking_up_a_platform_that_is_missing_tells_what_there_is() -> None:
    found = await look_up(cast("Registry", Shelf(BOTH, ONE, TWO)), parse_platform("plan9/amd64"))
    assert found.index is not None
    assert found.manifest is None
    assert "it has linux/amd64, linux/arm64" in found.problem
    assert translated(found.problem, lambda _, text: f"<{text}>") == (
        "<<the image has no manifest for plan9/amd64; it has linux/amd64, linux/arm64>; "
        "<choose one, or all, with --platform>>"
    )


async def test_that_looking_up_a_manifest_needs_no_index() -> None:
    found = await look_up(cast("Registry", Shelf(ONE)), AMD64)
    assert found.index is None
    assert found.manifest is not None
