import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.digests import digest_of
from pullscope.engine.errors import (
    BadReply,
    DigestMismatch,
    NotAnImage,
    PlatformNotFound,
    PullError,
)
from pullscope.engine.manifests import (
    ACCEPT,
    DOCKER_CONFIG,
    DOCKER_LIST,
    DOCKER_MANIFEST,
    LARGEST_CONFIG,
    LARGEST_LAYER,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_MANIFEST,
    ImageIndex,
    ImageManifest,
    as_oci,
    parse_manifest,
    parse_referrers,
)
from pullscope.engine.message import translated, words_of
from pullscope.engine.model import Document, Layer
from pullscope.engine.platforms import parse_platform

LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def descriptor(number: int = 1, size: Any = 10, media_type: Any = LAYER_TYPE) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest(number), "size": size}


def manifest(**changes: Any) -> bytes:
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": descriptor(0, 5, OCI_CONFIG),
        "layers": [descriptor(1), descriptor(2, 20)],
    }
    return encoded({**document, **changes})


def index(*platforms: Any, **changes: Any) -> bytes:
    entries = []
    for number, text in enumerate(platforms):
        entry = descriptor(number, media_type=OCI_MANIFEST)
        if isinstance(text, str):
            parts = text.split("/")
            entry["platform"] = dict(zip(("os", "architecture", "variant"), parts, strict=False))
        elif text is not None:
            entry["platform"] = text
        entries.append(entry)
    return encoded({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries, **changes})


def encoded(document: dict[str, Any]) -> bytes:
    """Return it as JSON, without the members that are `...`."""
    return json.dumps({key: value for key, value in document.items() if value is not ...}).encode()


def read_image(body: bytes, content_type: str = "") -> ImageManifest:
    read = parse_manifest(body, content_type)
    assert isinstance(read, ImageManifest)
    return read


def read_index(body: bytes, content_type: str = "") -> ImageIndex:
    read = parse_manifest(body, content_type)
    assert isinstance(read, ImageIndex)
    return read


# Images


@pytest.mark.parametrize(
    ("media_type", "config_type"), [(OCI_MANIFEST, OCI_CONFIG), (DOCKER_MANIFEST, DOCKER_CONFIG)]
)
def test_that_an_image_has_its_config_and_its_layers_in_order(
    media_type: str, config_type: str
) -> None:
    body = manifest(mediaType=media_type, config=descriptor(0, 5, config_type))
    assert read_image(body, media_type) == ImageManifest(
        media_type,
        Layer(digest(0), 5, config_type),
        (Layer(digest(1), 10, LAYER_TYPE), Layer(digest(2), 20, LAYER_TYPE)),
    )


def test_that_every_type_that_is_read_is_asked_for() -> None:
    assert set(ACCEPT.split(", ")) == {OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST}


def test_that_a_blob_named_twice_stands_once() -> None:
    body = manifest(layers=[descriptor(2), descriptor(1), descriptor(2)])
    assert [layer.digest for layer in read_image(body).layers] == [digest(2), digest(1)]


def test_that_a_blob_with_two_sizes_is_a_bad_reply() -> None:
    with pytest.raises(BadReply, match="two sizes"):
        parse_manifest(manifest(layers=[descriptor(1, 10), descriptor(1, 11)]), "")


def test_that_an_image_may_have_no_layers_and_layers_no_bytes() -> None:
    assert read_image(manifest(layers=[])).layers == ()
    assert read_image(manifest(layers=[descriptor(1, 0)])).layers[0].size == 0


def test_that_a_layer_without_a_type_is_still_a_layer() -> None:
    body = manifest(layers=[{"digest": digest(1), "size": 1}])
    assert read_image(body).layers == (Layer(digest(1), 1, ""),)


# Types


@pytest.mark.parametrize(
    ("inside", "content_type", "media_type"),
    [
        (OCI_MANIFEST, OCI_MANIFEST, OCI_MANIFEST),
        (OCI_MANIFEST, f"{OCI_MANIFEST}; charset=utf-8", OCI_MANIFEST),
        (OCI_MANIFEST, OCI_MANIFEST.upper(), OCI_MANIFEST),
        (OCI_MANIFEST, "application/json", OCI_MANIFEST),
        (OCI_MANIFEST, "text/plain; charset=utf-8", OCI_MANIFEST),
        (OCI_MANIFEST, "", OCI_MANIFEST),
        (..., DOCKER_MANIFEST, DOCKER_MANIFEST),
        (..., "application/json", OCI_MANIFEST),
        (..., "", OCI_MANIFEST),
        ("", "", OCI_MANIFEST),
    ],
)
def test_that_the_type_comes_from_the_body_or_else_from_its_content_type(
    inside: Any, content_type: str, media_type: str
) -> None:
    assert read_image(manifest(mediaType=inside), content_type).media_type == media_type


def test_that_an_index_without_any_type_is_known_by_its_manifests() -> None:
    assert len(read_index(index("linux/amd64", mediaType=...), "").entries) == 1
    assert len(read_index(index("linux/amd64", mediaType=...), DOCKER_LIST).entries) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (manifest(), DOCKER_MANIFEST),
        (manifest(), OCI_INDEX),
        (index("linux/amd64"), OCI_MANIFEST),
        (manifest(), "image/png"),
    ],
)
def test_that_a_body_that_contradicts_its_content_type_is_a_bad_reply(
    body: bytes, content_type: str
) -> None:
    with pytest.raises(BadReply, match="Content-Type"):
        parse_manifest(body, content_type)


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (manifest(schemaVersion=1, mediaType=...), "", "schema 1"),
        (
            manifest(mediaType=...),
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            "schema 1",
        ),
        (manifest(schemaVersion=3), "", "schemaVersion"),
        (manifest(schemaVersion=...), "", "schemaVersion"),
        (manifest(schemaVersion="2"), "", "schemaVersion"),
        (b'{"errors": []}', "application/json", "schemaVersion"),
        (manifest(mediaType="application/vnd.cncf.helm.chart"), "", "helm"),
        (manifest(mediaType=...), "application/vnd.something", "something"),
    ],
)
def test_that_what_is_no_image_is_called_by_its_name(
    body: bytes, content_type: str, message: str
) -> None:
    with pytest.raises(NotAnImage, match=message):
        parse_manifest(body, content_type)


# Impossible values


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b'"text"',
        b"\xff\xfe",
        b"{" * 1000,
        b"[" * 1_000_000,
        b'{"a":' * 500_000,
        b'{"schemaVersion": ' + b"2" * 100_000 + b"}",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_that_what_is_no_json_object_is_a_bad_reply(body: bytes) -> None:
    with pytest.raises(BadReply, match=r"not (a )?JSON"):
        parse_manifest(body, OCI_MANIFEST)


NESTED: Any = []
for _ in range(200):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "changes",
    [
        {"size": -1},
        {"size": LARGEST_LAYER + 1},
        {"size": 10**300},
        {"size": 1.0},
        {"size": float("inf")},
        {"size": float("nan")},
        {"size": True},
        {"size": "10"},
        {"size": None},
        {"size": ...},
        {"digest": "sha256:../../../etc/passwd"},
        {"digest": "sha256:" + "0" * 63},
        {"digest": "sha256:" + "A" * 64},
        {"digest": "md5:" + "0" * 32},
        {"digest": digest(1) + "/x"},
        {"digest": "\ud800"},
        {"digest": NESTED},
        {"digest": None},
        {"digest": ...},
        {"mediaType": 5},
    ],
    ids=lambda changes: repr(changes)[:50],
)
def test_that_an_impossible_descriptor_is_a_bad_reply(changes: dict[str, Any]) -> None:
    entry = {**descriptor(1), **changes}
    entry = {key: value for key, value in entry.items() if value is not ...}
    for body in (manifest(layers=[descriptor(2), entry]), index(manifests=[entry])):
        with pytest.raises(BadReply) as caught:
            parse_manifest(body, "")
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": ...},
        {"layers": None},
        {"layers": {}},
        {"layers": [None]},
        {"layers": [[]]},
        {"layers": ["sha256:"]},
        {"config": ...},
        {"config": []},
        {"config": descriptor(0, -5, OCI_CONFIG)},
        {"config": descriptor(0, LARGEST_CONFIG + 1, OCI_CONFIG)},
        {"config": {**descriptor(0, 5, OCI_CONFIG), "digest": "x"}},
        {"mediaType": ["a"]},
        {"mediaType": 1},
    ],
    ids=lambda changes: repr(changes)[:50],
)
def test_that_an_impossible_manifest_is_a_bad_reply(changes: dict[str, Any]) -> None:
    with pytest.raises(BadReply):
        parse_manifest(manifest(**changes), "")


def refusal_of(body: bytes, content_type: str) -> str:
    """Read a body as a pull does; return what is said when it is refused."""
    try:
        read = parse_manifest(body, content_type)
        if isinstance(read, ImageIndex):
            read.choose(parse_platform("linux/amd64"))
    except PullError as error:
        return str(error)
    return ""


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from([2, 10, OCI_MANIFEST, OCI_INDEX, OCI_CONFIG, digest(1), "linux", "arm"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["mediaType", "digest", "size", "platform", "os", "architecture", "variant", "x"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)
FIELDS = st.sampled_from(["schemaVersion", "mediaType", "config", "layers", "manifests"])


@given(
    st.sampled_from([manifest(), index("linux/amd64", None, "linux/arm/v7")]),
    st.dictionaries(FIELDS, JSON, max_size=3),
    st.sampled_from(["", OCI_MANIFEST, OCI_INDEX, DOCKER_LIST, "text/html", ";;", "é"]),
)
def test_that_any_json_is_an_image_an_index_or_a_pull_error(
    body: bytes, changes: dict[str, Any], content_type: str
) -> None:
    said = refusal_of(json.dumps({**json.loads(body), **changes}).encode(), content_type)
    assert said.isprintable()
    assert len(said) < 2000


@given(st.binary(max_size=200))
def test_that_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert refusal_of(body, "").isprintable()


# Indexes

MANY = [
    "linux/amd64",
    "linux/arm/v5",
    "linux/arm64/v8",
    "linux/arm/v6",
    "linux/arm",
    "unknown/unknown",
]


@pytest.mark.parametrize(
    ("wanted", "entry"),
    [
        ("linux/amd64", 0),
        ("linux/arm64", 2),
        ("linux/arm64/v8", 2),
        ("linux/arm/v5", 1),
        ("linux/arm/v6", 3),
        ("linux/arm/v7", 4),
        ("linux/arm/v8", 4),
    ],
)
def test_that_the_best_variant_that_runs_is_chosen(wanted: str, entry: int) -> None:
    chosen = read_index(index(*MANY)).choose(parse_platform(wanted))
    assert chosen.manifest.digest == digest(entry)


def test_that_the_first_of_equal_entries_is_chosen() -> None:
    platforms = (None, "linux/arm64", "linux/amd64", "linux/amd64")
    chosen = read_index(index(*platforms)).choose(parse_platform("linux/amd64"))
    assert chosen.manifest.digest == digest(2)


def test_that_a_variant_is_not_taken_for_the_plain_architecture() -> None:
    with pytest.raises(PlatformNotFound):
        read_index(index("linux/amd64/v4")).choose(parse_platform("linux/amd64"))


def test_that_a_missing_platform_is_reported_with_what_there_is() -> None:
    with pytest.raises(PlatformNotFound) as caught:
        read_index(index(*MANY, None)).choose(parse_platform("windows/amd64"))
    assert str(caught.value) == (
        "the image has no manifest for windows/amd64; it has linux/amd64, linux/arm/v5, "
        "linux/arm/v6, linux/arm/v7, linux/arm64; choose one, or all, with --platform"
    )


def test_that_an_empty_index_has_no_platform() -> None:
    with pytest.raises(PlatformNotFound, match="it has none"):
        read_index(index()).choose(parse_platform("linux/amd64"))


@pytest.mark.parametrize(
    "hostile", ["\x1b[2J/amd64", "linux/a\nb", "linux/\ud800", "x" * 100_000 + "/y", "linux/\u202e"]
)
def test_that_hostile_platforms_do_not_reach_the_message(hostile: str) -> None:
    with pytest.raises(PlatformNotFound) as caught:
        read_index(index(hostile, "linux/arm64")).choose(parse_platform("linux/amd64"))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300
    assert "linux/arm64" in str(caught.value)


@pytest.mark.parametrize("platform", [{"os": 1}, {"os": "linux", "architecture": ["amd64"]}])
def test_that_a_platform_that_is_no_text_is_a_bad_reply(platform: Any) -> None:
    with pytest.raises(BadReply, match="is not text"):
        parse_manifest(index(platform), "")


def test_that_an_entry_whose_platform_is_no_object_has_none() -> None:
    body = index(None, 5, mediaType=DOCKER_LIST)
    assert [entry.platform for entry in read_index(body).entries] == [None, None]


# In OCI's form


def oci_form(body: bytes, media_type: str = DOCKER_MANIFEST) -> bytes:
    return as_oci(Document(digest_of(body), media_type, body))[0].body


def test_that_a_docker_manifest_in_oci_form_has_the_same_blobs() -> None:
    docker_layer = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    body = manifest(
        mediaType=DOCKER_MANIFEST,
        config=descriptor(0, 5, DOCKER_CONFIG),
        layers=[descriptor(1, media_type=docker_layer), descriptor(1, media_type=docker_layer)],
    )
    oci = oci_form(body)
    assert read_image(oci, OCI_MANIFEST) == ImageManifest(
        OCI_MANIFEST, Layer(digest(0), 5, OCI_CONFIG), (Layer(digest(1), 10, LAYER_TYPE),)
    )
    assert oci_form(body) == oci
    assert len(json.loads(oci)["layers"]) == 2


def test_that_a_type_that_oci_does_not_know_stays() -> None:
    body = manifest(
        config=descriptor(0, 5, DOCKER_CONFIG),
        layers=[descriptor(1, 10, "odd"), {"digest": digest(2), "size": 1}],
    )
    layers = read_image(oci_form(body)).layers
    assert [layer.media_type for layer in layers] == ["odd", ""]


def test_that_an_oci_manifest_stays_byte_for_byte() -> None:
    body = b"  " + manifest()
    assert oci_form(body, OCI_MANIFEST) is body


def test_that_an_index_in_oci_form_leads_to_the_oci_forms_of_its_manifests() -> None:
    docker = manifest(mediaType=DOCKER_MANIFEST, config=descriptor(0, 5, DOCKER_CONFIG))
    theirs = Document(digest_of(docker), DOCKER_MANIFEST, docker)
    ours = Document(digest_of(manifest()), OCI_MANIFEST, manifest())
    entries = [
        {"mediaType": d.media_type, "digest": d.digest, "size": len(d.body), "platform": {"os": n}}
        for n, d in (("a", theirs), ("b", ours))
    ]
    inner_body = json.dumps(
        {"schemaVersion": 2, "mediaType": DOCKER_LIST, "manifests": entries}
    ).encode()
    inner = Document(digest_of(inner_body), DOCKER_LIST, inner_body)
    outer_body = index(None, mediaType=OCI_INDEX).replace(digest(0).encode(), inner.digest.encode())
    outer = Document(digest_of(outer_body), OCI_INDEX, outer_body)

    root, children = as_oci(outer, (inner, theirs, ours))
    assert [json.loads(root.body)["manifests"][0][key] for key in ("mediaType", "digest")] == [
        OCI_INDEX,
        children[0].digest,
    ]
    found = json.loads(children[0].body)["manifests"]
    assert [entry["digest"] for entry in found] == [digest_of(oci_form(docker)), ours.digest]
    assert [entry["size"] for entry in found] == [len(oci_form(docker)), len(ours.body)]
    assert [entry["platform"] for entry in found] == [{"os": "a"}, {"os": "b"}]
    assert children[2] is ours
    assert as_oci(ours, ()) == (ours, ())


# What stands within a manifest


def test_that_another_artifact_is_read_and_is_no_image() -> None:
    for kind in ("application/vnd.cncf.helm.config.v1+json", "application/vnd.oci.empty.v1+json"):
        assert not read_image(manifest(config=descriptor(0, 5, kind))).is_image
    assert read_image(manifest()).is_image


def with_data(data: object, body: bytes = b"{}", **fields: object) -> bytes:
    return manifest(
        config={"mediaType": "x", "digest": digest_of(body), "size": len(body), "data": data}
        | fields
    )


def test_that_embedded_data_is_read() -> None:
    assert read_image(with_data("e30=")).embedded == {digest_of(b"{}"): b"{}"}
    assert read_image(manifest()).embedded == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (with_data("e30"), "not base64"),
        (with_data("e3\n0="), "not base64"),
        (with_data(5), "not base64"),
        (with_data([]), "not base64"),
        (with_data("e30=", size=3), "is 2 bytes"),
    ],
)
def test_that_embedded_data_that_contradicts_its_descriptor_is_a_bad_reply(
    body: bytes, message: str
) -> None:
    with pytest.raises(BadReply, match=message):
        parse_manifest(body, OCI_MANIFEST)


def test_that_the_entry_that_is_wrong_is_named_in_the_language_of_the_whole() -> None:
    document = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [5]})
    with pytest.raises(BadReply) as caught:
        parse_manifest(document.encode(), OCI_INDEX)
    assert str(caught.value) == "entry 1 of the index is not a descriptor"
    said = translated(words_of(caught.value), lambda _, text: f"<{text}>")
    assert said == "<<entry 1 of the index> is not a descriptor>"


def test_that_embedded_data_is_verified() -> None:
    with pytest.raises(DigestMismatch, match="within the manifest"):
        parse_manifest(with_data("e3s=", b"{}"), OCI_MANIFEST)


def test_that_urls_are_read_as_far_as_they_are_web_addresses() -> None:
    urls = ["https://a.test/x", "ftp://a.test/x", 5, "file:///etc/passwd", "http://b.test/y?q=1"]
    layer = descriptor(1) | {"urls": urls}
    assert read_image(manifest(layers=[layer, descriptor(2)])).urls == {
        digest(1): ("https://a.test/x", "http://b.test/y?q=1")
    }
    for odd in (5, {}, "https://a.test/x", None):
        assert read_image(manifest(layers=[descriptor(1) | {"urls": odd}])).urls == {}


def test_that_a_list_of_referrers_is_read() -> None:
    assert parse_referrers(index("linux/amd64")) == (digest(0),)
    assert parse_referrers(b'{"manifests": []}') == ()
    for odd in (b"[]", b"{}", b'{"manifests": [1]}', b'{"manifests": [{"digest": "../x"}]}'):
        with pytest.raises(BadReply):
            parse_referrers(odd)
