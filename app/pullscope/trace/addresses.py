"""Addresses of requests, as far as a trace tells them: host and kind, never a query."""

from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote

from pullscope.engine.errors import PullError
from pullscope.engine.reference import Reference, parse_reference
from pullscope.trace.texts import clean

# Kinds of requests, and the part of the registry's API that serves them.
_API = {
    "manifest": "manifests",
    "referrers": "referrers",
    "config": "blobs",
    "redirect": "blobs",
    "challenge": "blobs",
    "blob": "blobs",
}


def image_of(reference: str) -> Reference | None:
    """Return the reference that was pulled; None where it cannot be read."""
    with suppress(PullError):
        return parse_reference(reference)
    return None


def name_of(image: Reference | None) -> str:
    """Return the tag or digest that was asked for; empty where it is not known."""
    return image.manifest_name if image else ""


def host_and_port(text: str) -> tuple[str | None, int | None]:
    """Return the parts of `host:port`; None for one that is not there."""
    name, colon, port = text.rpartition(":")
    if colon and port.isdecimal() and port.isascii() and len(port) <= 5:
        return name or None, int(port)
    return text or None, None


@lru_cache(maxsize=1024)  # the same for all chunks of a layer
def request_url(image: Reference | None, host: str, kind: str, name: str) -> str:
    """Return the address of a request of some `kind`, as `RequestSent` names it, for `name`.

    `kind` is "blob" for bytes of a layer. The path is only known at the registry itself; at another
    host, or of another kind, `name` stands for it.
    """
    scheme = "http" if image is not None and image.is_loopback else "https"
    path = [name]
    if image is not None and host in ("", image.domain, image.api_host):
        host = host or image.api_host
        if kind in _API:
            path = ["v2", *image.repository.split("/"), _API[kind], name]
    quoted = "/".join(quote(clean(part), safe=":") for part in path)
    return f"{scheme}://{quote(clean(host), safe=':[]')}/{quoted}"
