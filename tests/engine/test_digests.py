import hashlib

import pytest

from pullscope.engine.digests import digest_of, new_hash, verify
from pullscope.engine.errors import BadReply, DigestMismatch
from pullscope.engine.message import Message, translated, words_of

BODY = b"some bytes"


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_that_bytes_match_their_own_digest(algorithm: str) -> None:
    digest = f"{algorithm}:{hashlib.new(algorithm, BODY).hexdigest()}"
    verify(digest, BODY, "the manifest")
    hashed = new_hash(digest)
    hashed.update(BODY)
    assert digest == f"{algorithm}:{hashed.hexdigest()}"


def test_that_other_bytes_are_refused_with_both_digests_named() -> None:
    asked = digest_of(b"other bytes")
    with pytest.raises(DigestMismatch) as caught:
        verify(asked, BODY, "the manifest from ghcr.io")
    assert str(caught.value).startswith("the manifest from ghcr.io")
    assert asked in str(caught.value)
    assert digest_of(BODY) in str(caught.value)


def test_that_what_the_bytes_are_is_said_in_the_language_of_the_whole() -> None:
    with pytest.raises(DigestMismatch) as caught:
        verify(digest_of(b""), BODY, Message("the manifest"))
    said = translated(words_of(caught.value), lambda _, text: f"<{text}>")
    assert said.startswith("<<the manifest> was to be sha256:")


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "md5:" + "0" * 32,
        "sha256:" + "0" * 63,
        "sha256:" + "A" * 64,
        "sha256:../../etc/passwd",
        digest_of(BODY) + "\n",
    ],
)
def test_that_a_digest_that_cannot_be_checked_is_a_bad_reply(digest: str) -> None:
    with pytest.raises(BadReply):
        verify(digest, BODY, "the manifest")
