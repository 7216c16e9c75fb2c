import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullscope.engine.errors import InvalidReference
from pullscope.engine.message import translated, words_of
from pullscope.engine.reference import Reference, is_digest, parse_reference

DIGEST = "sha256:" + "ab" * 32
LONG_DIGEST = "sha512:" + "0c" * 64


@pytest.mark.parametrize(
    ("text", "in_full"),
    [
        ("alpine", "docker.io/library/alpine:latest"),
        (" alpine:3.20\n", "docker.io/library/alpine:3.20"),
        ("team/app", "docker.io/team/app:latest"),
        ("docker.io/alpine", "docker.io/library/alpine:latest"),
        ("index.docker.io/alpine", "docker.io/library/alpine:latest"),
        ("index.docker.io/team/app:1", "docker.io/team/app:1"),
        ("ghcr.io/team/app", "ghcr.io/team/app:latest"),
        ("localhost/app", "localhost/app:latest"),
        ("localhost:5000/app:1", "localhost:5000/app:1"),
        ("registry:5000/app", "registry:5000/app:latest"),
        ("registry/app", "docker.io/registry/app:latest"),
        ("alpine:5000", "docker.io/library/alpine:5000"),
        ("127.0.0.1:5000/a/b/c:x", "127.0.0.1:5000/a/b/c:x"),
        ("[::1]:5000/app", "[::1]:5000/app:latest"),
        ("[2001:db8::1]/app:1", "[2001:db8::1]/app:1"),
        ("Host/app", "Host/app:latest"),
        ("docker://ghcr.io/team/app:1", "ghcr.io/team/app:1"),
        (f"alpine@{DIGEST}", f"docker.io/library/alpine@{DIGEST}"),
        (f"alpine:3.20@{DIGEST}", f"docker.io/library/alpine:3.20@{DIGEST}"),
        (f"localhost:5000/app@{LONG_DIGEST}", f"localhost:5000/app@{LONG_DIGEST}"),
        ("x/a-b__c.d---e/f_g:_T.a-G", "docker.io/x/a-b__c.d---e/f_g:_T.a-G"),
        ("a:" + "t" * 128, "docker.io/library/a:" + "t" * 128),
    ],
)
def test_that_references_are_read_as_docker_reads_them(text: str, in_full: str) -> None:
    assert str(parse_reference(text)) == in_full


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is missing"),
        ("  ", "is missing"),
        ("https://ghcr.io/team/app", "without it"),
        ("oci://ghcr.io/team/app", "without it"),
        ("docker://", "not an image reference"),
        ("Alpine", "upper-case"),
        ("ghcr.io/Team/app", "upper-case"),
        ("alpine:", "tag"),
        ("alpine:-x", "tag"),
        ("alpine:a b", "tag"),
        ("alpine:a:b", "tag"),
        ("a:" + "t" * 129, "tag"),
        ("alpine@", "digest"),
        ("alpine@latest", "digest"),
        ("alpine@sha256:abc", "digest"),
        ("alpine@md5:" + "0" * 32, "digest"),
        (f"alpine@{DIGEST.upper()}", "digest"),
        (f"alpine@{DIGEST}@{DIGEST}", "digest"),
        ("ghcr.io/", "not an image reference"),
        ("/app", "not an image reference"),
        ("ghcr.io//app", "not an image reference"),
        ("ghcr.io/team/", "not an image reference"),
        ("ghcr.io/../app", "not an image reference"),
        ("ghcr.io/team/.app", "not an image reference"),
        ("team/a..b", "not an image reference"),
        ("team/a___b", "not an image reference"),
        ("app?tag=1", "not an image reference"),
        ("äpp", "not an image reference"),
        ("-host.io/app", "registry host"),
        ("host.io:/app", "registry host"),
        ("host.io:port/app", "registry host"),
        ("host.io:99999/app", "registry host"),
        ("host.io:0/app", "registry host"),
        ("host..io/app", "registry host"),
        ("1.2.3.999/app", "registry host"),
        ("1.2.3/app", "registry host"),
        ("0x7f.1/app", "registry host"),
        ("[::::]/app", "registry host"),
        ("[::1/app", "registry host"),
        ("user:secret@ghcr.io/app", "digest"),
        ("ghcr.io/" + "a" * 250, "255 characters"),
    ],
)
def test_that_what_is_no_reference_is_refused_with_the_place_where_it_goes_wrong(
    text: str, message: str
) -> None:
    with pytest.raises(InvalidReference, match=message) as caught:
        parse_reference(text)
    assert translated(words_of(caught.value), lambda *_: "anders") == "anders"


def test_that_a_refusal_shows_no_more_than_the_start_of_a_long_text() -> None:
    with pytest.raises(InvalidReference) as caught:
        parse_reference("!" * 100_000)
    assert len(str(caught.value)) < 250


PIECES = st.sampled_from(
    [
        "a",
        "app",
        "Z",
        "0",
        "io",
        "ghcr.io",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "docker.io",
        "://",
        "index.docker.io",
        "docker",
        DIGEST,
        "latest",
        "/",
        ":",
        "@",
        ".",
        "_",
        "-",
        "5000",
        " ",
        "é",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=9).map("".join)))
@example("docker://docker://a")
@example("[1:2]:3/a")
@example("256.256.256.256/a")
def test_that_any_text_is_a_reference_or_an_invalid_one(text: str) -> None:
    try:
        reference = parse_reference(text)
    except InvalidReference:
        return
    assert parse_reference(str(reference)) == reference
    # Whatever was accepted can be asked for.
    url = httpx.URL(f"https://{reference.api_host}/v2/{reference.repository}/manifests/1")
    assert url.path == f"/v2/{reference.repository}/manifests/1"
    assert not url.query
    assert not url.userinfo


def test_that_a_digest_is_asked_for_rather_than_a_tag() -> None:
    assert parse_reference(f"alpine:3@{DIGEST}").manifest_name == DIGEST
    assert parse_reference("alpine:3").manifest_name == "3"
    assert parse_reference("alpine").manifest_name == "latest"
    assert Reference("docker.io", "a", None, None).manifest_name == "latest"


def test_that_docker_hub_is_served_by_another_host() -> None:
    assert parse_reference("alpine").api_host == "registry-1.docker.io"
    assert parse_reference("ghcr.io/a").api_host == "ghcr.io"


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("localhost/a", True),
        ("localhost:5000/a", True),
        ("127.0.0.1/a", True),
        ("127.1.2.3:80/a", True),
        ("[::1]:5000/a", True),
        ("localhost.evil.com/a", False),
        ("127.0.0.1.evil.com/a", False),
        ("10.0.0.1/a", False),
        ("alpine", False),
    ],
)
def test_that_only_this_machine_is_loopback(text: str, loopback: bool) -> None:
    assert parse_reference(text).is_loopback is loopback


@pytest.mark.parametrize("value", [None, 1, b"", "", DIGEST + "\n", "sha256:" + "g" * 64, [DIGEST]])
def test_that_only_whole_lower_case_digests_are_digests(value: object) -> None:
    assert not is_digest(value)
    assert is_digest(DIGEST)
    assert is_digest(LONG_DIGEST)
