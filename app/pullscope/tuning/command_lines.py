"""A pull as a command line, for a terminal or a colleague: ours, skopeo's, curl's and containerd's.

Every line is quoted for a POSIX shell. None holds a credential: where curl needs a token, the line
names the shell variable `TOKEN`.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path

from pullscope.engine.manifests import ACCEPT
from pullscope.engine.model import Settings
from pullscope.engine.platforms import ALL_PLATFORMS
from pullscope.engine.reference import Reference, parse_reference
from pullscope.engine.store import Durability
from pullscope.session import PullOptions

_AUTHORIZATION = '--header "Authorization: Bearer $TOKEN"'


def pullscope_line(
    reference: str, options: PullOptions, settings: Settings, kept: Mapping[str, int | str]
) -> str:
    """Return the command that pulls the same in the terminal.

    Args:
        kept: the settings kept for the registry, which the command takes without being told.

    Raises:
        InvalidReference: the reference cannot be read.
    """
    words = ["pullscope", "pull", str(parse_reference(reference))]
    if options.output is not None:
        prefix = "" if options.archive is None else f"{options.archive}:"
        words += ["--output", f"{prefix}{options.output.absolute()}"]
    if options.durability is not Durability.BLOB:
        words += ["--durability", options.durability]
    if options.platform:
        words += ["--platform", options.platform]
    if options.referrers:
        words.append("--referrers")
    if options.hosts_dir is not None:
        words += ["--hosts-dir", str(options.hosts_dir.absolute())]
    if options.plain_http:
        words.append("--plain-http")
    if not options.tls_verify:
        words.append("--tls-skip-verify")
    if options.transport != PullOptions().transport:
        words += ["--transport", options.transport]
    untold = Settings().changed(**kept).as_dict()
    for name, value in settings.as_dict().items():
        if value != untold[name]:
            words += [f"--{name.replace('_', '-')}", _setting_text(name, value)]
    return shlex.join(words)


def skopeo_line(reference: str, options: PullOptions) -> str:
    """Return the command that copies the same image with skopeo.

    Raises:
        InvalidReference: the reference cannot be read.
    """
    parsed = parse_reference(reference)
    words = ["skopeo"]
    if options.platform and options.platform != ALL_PLATFORMS:
        for name, part in zip(("os", "arch", "variant"), options.platform.split("/"), strict=False):
            words += [f"--override-{name}", part]
    words.append("copy")
    if options.platform == ALL_PLATFORMS:
        words.append("--all")
    if _speaks_http(parsed, options) or not options.tls_verify:
        words.append("--src-tls-verify=false")
    # skopeo takes a tag or a digest, not both.
    name = f"{parsed.name}@{parsed.digest}" if parsed.digest else str(parsed)
    return shlex.join([*words, f"docker://{name}", _skopeo_target(parsed, options)])


def ctr_line(reference: str, options: PullOptions) -> str:
    """Return the command that pulls the same image with containerd's client.

    Raises:
        InvalidReference: the reference cannot be read.
    """
    parsed = parse_reference(reference)
    words = ["ctr", "images", "pull"]
    if options.platform == ALL_PLATFORMS:
        words.append("--all-platforms")
    elif options.platform:
        words += ["--platform", options.platform]
    if options.hosts_dir is not None:
        words += ["--hosts-dir", str(options.hosts_dir.absolute())]
    if _speaks_http(parsed, options):
        words.append("--plain-http")
    if not options.tls_verify:
        words.append("--skip-verify")
    return shlex.join([*words, str(parsed)])


def curl_manifest_line(reference: str, options: PullOptions) -> str:
    """Return the command that fetches the manifest, or the index, with curl.

    Raises:
        InvalidReference: the reference cannot be read.
    """
    parsed = parse_reference(reference)
    accept = shlex.join(["--header", f"Accept: {ACCEPT}"])
    return _curl(parsed, options, f"manifests/{parsed.manifest_name}", accept)


def curl_blob_line(
    reference: str, options: PullOptions, digest: str, part: tuple[int, int] | None = None
) -> str:
    """Return the command that fetches a layer with curl, or a part of it.

    Args:
        part: the offset and the length of a chunk, in bytes; None for the whole layer.

    Raises:
        InvalidReference: the reference cannot be read.
    """
    words = []
    if part is not None and part[1] > 0:
        words += ["--range", f"{part[0]}-{part[0] + part[1] - 1}"]
    words += ["--output", digest.rpartition(":")[2][:12] or "layer"]
    return _curl(parse_reference(reference), options, f"blobs/{digest}", shlex.join(words))


def _curl(reference: Reference, options: PullOptions, path: str, more: str) -> str:
    scheme = "http" if _speaks_http(reference, options) else "https"
    words = ["curl", "--fail", "--location"]
    if not options.tls_verify:
        words.append("--insecure")
    url = f"{scheme}://{reference.api_host}/v2/{reference.repository}/{path}"
    return f"{shlex.join(words)} {_AUTHORIZATION} {more} {shlex.quote(url)}"


def _skopeo_target(reference: Reference, options: PullOptions) -> str:
    tag = reference.tag or "latest"
    if options.output is None:
        return f"oci:{reference.repository.rpartition('/')[2]}:{tag}"
    place: Path = options.output.absolute()
    if options.archive is None:
        return f"oci:{place}:{tag}"
    name = f"{reference.name}:{tag}" if options.archive == "docker-archive" else tag
    return f"{options.archive}:{place}:{name}"


def _speaks_http(reference: Reference, options: PullOptions) -> bool:
    if options.plain_http is None:
        return reference.is_loopback and options.tls_verify
    return options.plain_http


def _setting_text(name: str, value: int | str) -> str:
    """Return a value as the command reads it, without loss."""
    base, unit = {
        "chunk_size": (1 << 20, "MiB"),
        "memory_limit": (1 << 20, "MiB"),
        "rate_limit": (1_000_000, "MB"),
    }.get(name, (0, ""))
    if base and isinstance(value, int) and value and value % base == 0:
        return f"{value // base}{unit}"
    return str(value)
