import json
from pathlib import Path
from typing import Any

import pytest

from pullscope.engine.digests import digest_of
from pullscope.engine.errors import BadReply
from pullscope.engine.inventory import StoredImage
from pullscope.engine.manifests import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from pullscope.engine.model import Document, Layer, PullPlan
from pullscope.engine.platforms import ALL_PLATFORMS
from pullscope.engine.store import Store
from pullscope.engine.topology import PlatformEntry, config_of, topology_of, topology_of_plan

CONFIG = json.dumps(
    {
        "os": "linux",
        "architecture": "amd64",
        "history": [
            {"created_by": "ADD base"},
            {"created_by": "ENV A=1", "empty_layer": True},
            {"created_by": "RUN build"},
        ],
    }
).encode()


def document(media_type: str, **content: Any) -> Document:
    body = json.dumps({"schemaVersion": 2, "mediaType": media_type, **content}).encode()
    return Document(digest_of(body), media_type, body)


def blob(number: int, size: int = 10, media_type: str = "layer") -> dict[str, Any]:
    return {"mediaType": media_type, "digest": f"sha256:{number:064x}", "size": size}


def image(*layers: dict[str, Any], **more: Any) -> Document:
    config = {"mediaType": OCI_CONFIG, "digest": digest_of(CONFIG), "size": len(CONFIG)}
    return document(OCI_MANIFEST, config=config, layers=list(layers), **more)


MANIFEST = image(blob(1, 5), blob(2, 7), annotations={"b": "2", "a": "<i>1</i>\n"})
INDEX = document(
    OCI_INDEX,
    manifests=[
        {**blob(7), "platform": {"os": "linux", "architecture": "amd64"}},
        {**blob(8), "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
        {**blob(9), "platform": {"os": "unknown", "architecture": "unknown"}},
    ],
    annotations={"of": "index"},
)


def stored(name: str, digest: str = "sha256:x", source: str = "") -> StoredImage:
    return StoredImage(0, name, name, digest, "", 1, True, source)


def test_that_each_layer_has_the_step_that_made_it() -> None:
    topology = topology_of("r", manifest=MANIFEST, config=CONFIG)
    assert [layer.made_by and layer.made_by.created_by for layer in topology.layers] == [
        "ADD base",
        "RUN build",
    ]
    assert topology.size == 12
    assert topology.platform == "linux/amd64"


def test_that_a_layer_that_is_there_twice_is_shown_twice_and_counted_once() -> None:
    topology = topology_of("r", manifest=image(blob(1, 5), blob(2, 7), blob(1, 5)))
    assert [layer.size for layer in topology.layers] == [5, 7, 5]
    assert topology.size == 12


def test_that_the_platforms_that_can_be_pulled_are_told() -> None:
    topology = topology_of("r", index=INDEX, manifest=MANIFEST, platform="linux/amd64")
    assert topology.choices == ("linux/amd64", "linux/arm64")
    assert topology.platforms[2] == PlatformEntry("unknown/unknown", blob(9)["digest"], "layer")
    assert topology.annotations == (("of", "index"), ("a", "<i>1</i>"), ("b", "2"))


def test_that_an_index_without_the_platform_still_tells_what_it_has() -> None:
    topology = topology_of("r", index=INDEX, problem="nothing for plan9")
    assert (topology.digest, topology.layers) == ("", ())
    assert topology.choices == ("linux/amd64", "linux/arm64")
    assert topology.problem == "nothing for plan9"


def test_that_a_layer_names_the_other_images_that_have_it_and_not_its_own() -> None:
    owners = {
        blob(1)["digest"]: (
            stored("base"),
            stored("r"),
            stored("again", MANIFEST.digest),
            stored("converted", source=MANIFEST.digest),
            stored("base"),
        )
    }
    first, second = topology_of("r", manifest=MANIFEST, owners=owners).layers
    assert first.shared_with == ("base",)
    assert second.shared_with == ()


def test_that_a_config_that_is_none_is_refused() -> None:
    with pytest.raises(BadReply):
        topology_of("r", manifest=MANIFEST, config=b"[]")


def test_that_an_artifact_has_no_config_to_read() -> None:
    artifact = document(OCI_MANIFEST, config=blob(3, 2, "application/x"), layers=[blob(1)])
    assert config_of(artifact) is None
    config = config_of(MANIFEST)
    assert config is not None
    assert config.digest == digest_of(CONFIG)


def test_that_a_plan_is_shown_with_the_config_that_is_in_the_store(tmp_path: Path) -> None:
    store = Store(tmp_path)
    config = Layer(digest_of(CONFIG), len(CONFIG), OCI_CONFIG)
    plan = PullPlan("r", MANIFEST, (), (config,), platform="linux/amd64", index=INDEX)
    assert topology_of_plan(plan, store).config is None
    store.prepare()
    store.add_blob(config.digest, CONFIG)
    topology = topology_of_plan(plan, store)
    assert topology.config is not None
    assert len(topology.platforms) == 3


def test_that_of_all_platforms_the_first_image_is_shown(tmp_path: Path) -> None:
    index = document(OCI_INDEX, manifests=[blob(7)])
    plan = PullPlan("r", index, (), children=(INDEX, MANIFEST), platform=ALL_PLATFORMS)
    topology = topology_of_plan(plan, Store(tmp_path))
    assert topology.digest == MANIFEST.digest
    assert len(topology.platforms) == 1


def test_that_a_store_that_is_none_shares_nothing(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("x")
    plan = PullPlan("r", MANIFEST, ())
    layers = topology_of_plan(plan, Store(tmp_path)).layers
    assert [layer.shared_with for layer in layers] == [(), ()]
    assert len(layers) == 2
