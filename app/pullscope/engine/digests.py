"""Digests of content, as OCI writes them: "sha256:<hex>" or "sha512:<hex>"."""

import hashlib
from typing import TYPE_CHECKING

from pullscope.engine.errors import BadReply, DigestMismatch
from pullscope.engine.message import Message
from pullscope.engine.reference import is_digest

if TYPE_CHECKING:
    from hashlib import _Hash


def new_hash(digest: str) -> "_Hash":
    """Return an empty hash of the algorithm that `digest` names."""
    return hashlib.new(digest.partition(":")[0], usedforsecurity=True)


def digest_of(body: bytes) -> str:
    """Return the sha256 digest of some bytes."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def verify(digest: str, body: bytes, what: str) -> None:
    """Check bytes against a digest.

    Raises:
        BadReply: the digest is none.
        DigestMismatch: the bytes are others; the message names `what` and both digests.
    """
    if not is_digest(digest):
        raise BadReply(
            Message("{what} came with {digest!r} for a digest", what=what, digest=digest[:80])
        )
    hashed = new_hash(digest)
    hashed.update(body)
    found = f"{digest.partition(':')[0]}:{hashed.hexdigest()}"
    if found != digest:
        raise DigestMismatch(
            Message(
                "{what} was to be {digest}, but hashes to {found}",
                what=what,
                digest=digest,
                found=found,
            )
        )
