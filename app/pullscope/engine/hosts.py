"""Which hosts serve a repository, in which order, and how each of them is asked.

Two kinds of files tell, and for one registry only one of them counts:

1. A directory of containerd with a `hosts.toml` for the registry, or a `_default` one. Format:
   https://github.com/containerd/containerd/blob/main/docs/hosts.md
2. Where there is none: Podman's `registries.conf`, version 2, and its drop-ins; see
   containers-registries.conf(5). Of it, `[[registry]]` and its mirrors are read; short names and
   their aliases are not, since references here are read as Docker reads them.

Authorities and client certificates that no hosts.toml names are taken from the directories that
Docker and Podman keep for a host (`HOST:PORT/*.crt`, `*.cert` with its `*.key`), always those of
the host that is asked. Reading only: connections are `registry`'s and `mirrors`' business.
"""

import os
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pullscope.engine.errors import HostsError
from pullscope.engine.message import Message, words_of
from pullscope.engine.reference import DOCKER_HUB, DOCKER_HUB_HOSTS, Reference
from pullscope.engine.transport import ClientCertificate, Tls, web_address

LARGEST_FILE = 1024 * 1024
"""Bytes; a file of hosts that is larger is none."""

LONGEST_DIAL_TIMEOUT = 3600.0

_HOSTS_FILE = "hosts.toml"
_CAPABILITIES = frozenset({"pull", "resolve", "push", "referrers"})
_OWN_HEADERS = frozenset(
    [
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "host",
        "range",
        "transfer-encoding",
    ]
)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*", re.ASCII)
_URL_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*", re.ASCII)
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_UNITS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
}
_QUOTED = re.compile(r"""\(.*\)|(['"]).{2,}\1""", re.DOTALL)
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)\s*$")
_REPOSITORY = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*")
_PULL_FROM = ("all", "digest-only", "tag-only")


@dataclass(frozen=True, slots=True)
class Host:
    """A host that serves a repository.

    Attributes:
        base: what the repository's name follows: "https://mirror.example:5000/v2".
        repository: its name there.
        namespace: the registry that a mirror stands for, told as `?ns=`; empty for none.
        is_mirror: whether it is asked before the registry itself.
        resolves: whether it may say which manifest a tag means.
        pulls: whether it may serve manifests by digest, and blobs.
        insecure: whether plain HTTP will do where the host speaks no TLS.
        tls: how it is trusted, and how it knows us.
        headers: sent with each request to this host, and to no other.
        dial_timeout: seconds until a connection attempt is given up; None for the usual.
    """

    base: str
    repository: str
    namespace: str = ""
    is_mirror: bool = False
    resolves: bool = True
    pulls: bool = True
    insecure: bool = False
    tls: Tls = Tls()  # noqa: RUF009 (frozen)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    dial_timeout: float | None = None

    @property
    def name(self) -> str:
        """Host and port, as they were written."""
        return urlsplit(self.base).netloc

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine."""
        return Reference(self.name, self.repository, None, None).is_loopback

    def as_reference(self, reference: Reference) -> Reference:
        """Return what `reference` is called at this host: by that name its login is found."""
        domain = DOCKER_HUB if self.name in DOCKER_HUB_HOSTS else self.name
        return replace(reference, domain=domain, repository=self.repository)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files are; the first that has something for a host counts.

    Attributes:
        hosts: directories that hold a directory per registry, containerd's way.
        certificates: directories that hold a directory per host, Docker's and Podman's way.
        registries: registries.conf; the first that exists.
        drop_ins: directories whose *.conf override it, later ones earlier ones.
    """

    hosts: tuple[Path, ...] = ()
    certificates: tuple[Path, ...] = ()
    registries: tuple[Path, ...] = ()
    drop_ins: tuple[Path, ...] = ()

    @classmethod
    def of_this_machine(cls, hosts_dir: Path | None = None) -> "Places":
        """Return the usual places; `hosts_dir` takes the place of containerd's own."""
        own = Path(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config"))
        explicit = os.environ.get("CONTAINERS_REGISTRIES_CONF")
        system = Path("/etc")
        # A user's own file takes the place of all that the system says.
        alone = os.path.isfile(own / "containers" / "registries.conf")
        drop_in_roots = (own,) if alone else (system, own)
        return cls(
            hosts=(hosts_dir,)
            if hosts_dir is not None
            else (own / "containerd" / "certs.d", system / "containerd" / "certs.d"),
            certificates=tuple(
                root / program / "certs.d"
                for root in (own, system)
                for program in ("containers", "docker")
            ),
            registries=(Path(explicit),)
            if explicit
            else tuple(root / "containers" / "registries.conf" for root in (own, system)),
            drop_ins=()
            if explicit
            else tuple(root / "containers" / "registries.conf.d" for root in drop_in_roots),
        )


def find_hosts(
    reference: Reference, places: Places, *, plain_http: bool | None = None
) -> tuple[Host, ...]:
    """Return the hosts for a reference in the order to ask them; the registry itself is the last.

    Args:
        plain_http: how the registry itself is asked where no file says it; None means http for
            loopback registries and https for all others.

    Raises:
        HostsError: a file is damaged; the registry is blocked; no host may serve the reference.
    """
    found = _from_directories(reference, places, plain_http)
    if found is None:
        found = _from_registries(reference, places, plain_http)
    hosts = [
        host if host.tls.authorities or host.tls.clients else _with_certificates(host, places)
        for host in found
    ]
    if not any(host.pulls for host in hosts):
        raise HostsError(
            Message(
                "no host that is configured for {registry} may serve pulls",
                registry=reference.domain,
            )
        )
    if not reference.digest and not any(host.resolves for host in hosts):
        raise HostsError(
            Message(
                "no host that is configured for {registry} may resolve tags",
                registry=reference.domain,
            )
        )
    return tuple(hosts)


def _itself(reference: Reference, plain_http: bool | None) -> Host:
    """Return the host of a reference as it is without any configuration."""
    plain = reference.is_loopback if plain_http is None else plain_http
    scheme = "http" if plain else "https"
    return Host(f"{scheme}://{reference.api_host}/v2", reference.repository)


@dataclass(frozen=True, slots=True)
class ConfiguredRegistry:
    """What a file says of one registry, for people.

    Attributes:
        registry: the host or prefix that the file speaks of; "*" for all others.
        hosts: that are asked, in this order.
        file: where it is said.
        problem: why it cannot be used, in words; empty where it can.
    """

    registry: str
    hosts: tuple[str, ...]
    file: Path
    problem: str = ""


def configured(places: Places) -> tuple[ConfiguredRegistry, ...]:
    """Return what all files say, those that count more before the others."""
    found = [
        _in_directory(name, root / name / _HOSTS_FILE)
        for root in places.hosts
        for name in _names_in(root)
        if os.path.isfile(root / name / _HOSTS_FILE)
    ]
    for path in _registries_files(places):
        try:
            entries = parse_registries(_read(path), path)
        except HostsError as error:
            found.append(ConfiguredRegistry("", (), path, words_of(error)))
            continue
        found += [
            ConfiguredRegistry(
                entry.prefix,
                (*(mirror.location for mirror in entry.mirrors), entry.location or entry.prefix),
                path,
                Message("blocked") if entry.blocked else "",
            )
            for entry in entries
        ]
    return tuple(found)


def _in_directory(name: str, path: Path) -> ConfiguredRegistry:
    registry = "*" if name == "_default" else re.sub(r"_([0-9]+)_$", r":\1", name)
    stand_in = Reference(
        "registry.invalid" if registry == "*" else registry, "any/image", "1", None
    )
    try:
        hosts = parse_hosts_file(_read(path), path, stand_in)
    except HostsError as error:
        return ConfiguredRegistry(registry, (), path, words_of(error))
    names = (registry if host.name == "registry.invalid" else host.name for host in hosts)
    return ConfiguredRegistry(registry, tuple(names), path)


# containerd's directories


def _from_directories(
    reference: Reference, places: Places, plain_http: bool | None
) -> tuple[Host, ...] | None:
    for root in places.hosts:
        for name in (*_directory_names(reference.domain), "_default"):
            path = root / name / _HOSTS_FILE
            if not os.path.isdir(path.parent):
                continue
            # The first directory counts, also when there are only certificates in it.
            if os.path.isfile(path) and (text := _read(path)):
                return parse_hosts_file(text, path, reference, plain_http)
            return (_itself(reference, plain_http),)
    return None


def _directory_names(host: str) -> Iterator[str]:
    """Yield what the directory of a host may be called: HOST_PORT_ or HOST:PORT."""
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        yield f"{name}_{port}_"
    yield host


def parse_hosts_file(
    text: str, path: Path, reference: Reference, plain_http: bool | None = None
) -> tuple[Host, ...]:
    """Return the hosts that the text of a hosts.toml names for a reference, its server last.

    `path` is where it was read: relative files in it are looked for beside it.

    Raises:
        HostsError: it cannot be read.
    """
    document = _Document(text, path)
    itself = _itself(reference, plain_http)
    sections = document.values.get("host", {})
    if not isinstance(sections, dict):
        raise document.error(
            "host",
            Message("{key} is no table", key="host"),
            remedy=Message("write {header}", header='[host."https://mirror.example"]'),
        )
    hosts = []
    for url, values in sections.items():
        section = _Section(document, values, _header_of(url))
        host = _host_of(section, url, "host", reference)
        hosts.append(replace(host, is_mirror=True))
    top = _Section(document, document.values, None)
    server = top.text("server")
    if server:
        hosts.append(_host_of(top, server, "server", reference))
    else:
        own = _settings_of(top, itself)
        hosts.append(replace(own, resolves=True, pulls=True))
    return tuple(hosts)


def _header_of(url: str) -> Callable[[str], bool]:
    return lambda line: line.startswith("[host.") and url in line


def _host_of(section: "_Section", url: str, key: str, reference: Reference) -> Host:
    parsed = web_address(url if "://" in url else f"https://{url}")
    if (
        parsed is None
        or parsed.userinfo
        or parsed.query
        or not _URL_PATH.fullmatch(path := parsed.raw_path.decode("ascii"))
    ):
        raise section.error(
            key, Message("{key} names a host that is no plain web address", key=key)
        )
    path = posixpath.normpath(path).lstrip("/")
    path = f"/{path}" if path not in ("", ".") else ""
    if not section.flag("override_path") and not path.endswith("/v2"):
        path += "/v2"
    name = parsed.netloc.decode("ascii")
    of_registry = name in (reference.domain.lower(), reference.api_host.lower())
    host = Host(
        f"{parsed.scheme}://{name}{path}",
        reference.repository,
        namespace="" if of_registry else reference.domain,
    )
    return _settings_of(section, host)


def _settings_of(section: "_Section", host: Host) -> Host:
    capabilities = {name.lower() for name in section.texts("capabilities")}
    if unknown := capabilities - _CAPABILITIES:
        said = Message("capabilities names {name}, which is none", name=_shown(min(unknown)))
        raise section.error("capabilities", said)
    directory = section.document.path.parent
    tls = Tls(
        verify=not section.flag("skip_verify"),
        authorities=tuple(directory / name for name in section.texts("ca")),
        clients=tuple(
            ClientCertificate(directory / pair[0], directory / pair[1] if pair[1] else None)
            for pair in section.pairs("client")
        ),
    )
    return replace(
        host,
        resolves=not capabilities or "resolve" in capabilities,
        pulls=not capabilities or "pull" in capabilities,
        tls=tls,
        headers=section.headers("header"),
        dial_timeout=section.seconds("dial_timeout"),
    )


def _with_certificates(host: Host, places: Places) -> Host:
    """Return a host with the certificates that are kept for it, by its own name."""
    for root in (*places.hosts, *places.certificates):
        for name in _directory_names(host.name):
            tls = _certificates_in(root / name)
            if tls is not None:
                return replace(host, tls=replace(tls, verify=host.tls.verify))
    return host


def _certificates_in(directory: Path) -> Tls | None:
    names = _names_in(directory)
    if _HOSTS_FILE in names:
        return None  # which has said all there is to say
    authorities = [directory / name for name in names if name.endswith(".crt")]
    clients = []
    for name in names:
        if name.endswith(".cert"):
            key = f"{name.removesuffix('.cert')}.key"
            if key not in names:
                raise HostsError(
                    Message(
                        "{path}: its key is missing, {key} beside it",
                        path=directory / name,
                        key=key,
                    )
                )
            clients.append(ClientCertificate(directory / name, directory / key))
    if not authorities and not clients:
        return None
    return Tls(authorities=tuple(authorities), clients=tuple(clients))


# Podman's registries.conf


@dataclass(frozen=True, slots=True)
class Mirror:
    """A [[registry.mirror]]: where it is, and of `_PULL_FROM` what it is good for."""

    location: str
    insecure: bool = False
    pull_from: str = "all"


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A [[registry]]; `location` is empty where names stay as they are."""

    prefix: str
    location: str
    path: Path
    insecure: bool = False
    blocked: bool = False
    mirrors: tuple[Mirror, ...] = ()

    def closeness(self, reference: Reference) -> tuple[int, bool, int]:
        """Return what is greater for the closer of two prefixes that match: a name is closer than
        a wildcard that stands for as much."""
        is_wildcard = self.prefix.startswith("*.")
        return self.matched(reference), not is_wildcard, len(self.prefix)

    def matched(self, reference: Reference) -> int:
        """Return how many characters of a reference the prefix stands for; 0 for no match."""
        text = str(reference)
        if self.prefix.startswith("*."):
            suffix = self.prefix[1:]
            at = text.find(suffix)
            end = at + len(suffix)
            fits = at > 0 and "/" not in text[:at]
        else:
            end = len(self.prefix)
            fits = text.startswith(self.prefix)
        return end if fits and text[end : end + 1] in ("", "/", ":", "@") else 0


def parse_registries(text: str, path: Path) -> tuple[RegistryEntry, ...]:
    """Return the [[registry]] entries of a registries.conf that was read from `path`.

    Raises:
        HostsError: it cannot be read.
    """
    document = _Document(text, path)
    entries = []
    mirrors_before = 0
    for number, values in enumerate(_tables(document, document.values, "registry")):
        section = _Section(document, values, _nth("[[registry]]", number))
        mirrors = _tables(document, values, "mirror")
        by_digest = section.flag("mirror-by-digest-only")
        found = []
        for own, mirror in enumerate(mirrors, mirrors_before):
            part = _Section(document, mirror, _nth("[[registry.mirror]]", own))
            found.append(_mirror_of(part, by_digest))
        mirrors_before += len(mirrors)
        location = _location(section, "location")
        prefix = _location(section, "prefix") or location
        if not prefix:
            said = Message("location of registry is missing, and so is prefix")
            raise section.error("location", said)
        if "*" in prefix.removeprefix("*."):
            said = Message("prefix may hold a * only at its begin, as *.example.com")
            raise section.error("prefix", said)
        if not location and not prefix.startswith("*."):
            location = prefix
        entries.append(
            RegistryEntry(
                prefix,
                location,
                path,
                section.flag("insecure"),
                section.flag("blocked"),
                tuple(found),
            )
        )
    return tuple(entries)


def _mirror_of(section: "_Section", by_digest: bool) -> Mirror:
    location = _location(section, "location")
    if not location:
        raise section.error("location", Message("location of registry.mirror is missing"))
    pull_from = section.text("pull-from-mirror") or "all"
    if pull_from not in _PULL_FROM:
        said = Message(
            "pull-from-mirror is {value}; it can be {values}",
            value=_shown(pull_from),
            values=", ".join(_PULL_FROM),
        )
        raise section.error("pull-from-mirror", said)
    return Mirror(location, section.flag("insecure"), "digest-only" if by_digest else pull_from)


def _location(section: "_Section", key: str) -> str:
    text = section.text(key).rstrip("/")
    if "://" in text:
        raise section.error(
            key,
            Message("{key} begins with a scheme", key=key),
            remedy=Message("write the host without it"),
        )
    return text


def _from_registries(
    reference: Reference, places: Places, plain_http: bool | None
) -> tuple[Host, ...]:
    by_prefix: dict[str, RegistryEntry] = {}
    for path in _registries_files(places):
        by_prefix.update({e.prefix: e for e in parse_registries(_read(path), path)})
    fitting = [entry for entry in by_prefix.values() if entry.matched(reference)]
    entry = max(fitting, key=lambda e: e.closeness(reference), default=None)
    if entry is None:
        return (_itself(reference, plain_http),)
    if entry.blocked:
        raise HostsError(
            Message("{prefix} is blocked in {path}", prefix=entry.prefix, path=entry.path)
        )
    unwanted = "tag-only" if reference.digest else "digest-only"
    hosts = []
    for mirror in entry.mirrors:
        if mirror.pull_from != unwanted:
            moved = _moved(reference, entry, mirror.location)
            host = _insecure(moved, None) if mirror.insecure else _itself(moved, plain_http=False)
            hosts.append(replace(host, is_mirror=True))
    moved = _moved(reference, entry, entry.location)
    hosts.append((_insecure if entry.insecure else _itself)(moved, plain_http))
    return tuple(hosts)


def _insecure(reference: Reference, plain_http: bool | None) -> Host:
    """Return the host of a reference that may be asked in any way that works."""
    host = _itself(reference, bool(plain_http))
    return replace(host, insecure=plain_http is None, tls=Tls(verify=False))


def _registries_files(places: Places) -> Iterator[Path]:
    for path in places.registries:
        if os.path.isfile(path):
            yield path
            break
    for directory in places.drop_ins:
        for name in _names_in(directory):
            if name.endswith(".conf") and os.path.isfile(directory / name):
                yield directory / name


def _moved(reference: Reference, entry: RegistryEntry, location: str) -> Reference:
    """Return a reference with `location` in the place of the entry's prefix."""
    name = location + reference.name[entry.matched(reference) :] if location else reference.name
    domain, _, repository = name.partition("/")
    address = web_address(f"https://{domain}/")
    if (
        address is None
        or address.userinfo
        or "?" in domain
        or "#" in domain
        or _REPOSITORY.fullmatch(repository) is None
    ):
        raise HostsError(
            Message(
                "{path}: the location of {prefix} leads {name} to no repository",
                path=entry.path,
                prefix=entry.prefix,
                name=reference.name,
            )
        )
    return Reference(domain, repository, reference.tag, reference.digest)


def _tables(document: "_Document", values: dict[str, Any], key: str) -> list[dict[str, Any]]:
    tables = values.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        # Version 1 had a table here, with lists of hosts.
        raise document.error(
            key,
            Message("{key} is no list of tables", key=key),
            remedy=Message("write {header}", header=f"[[{key}]]"),
        )
    return tables


def _nth(header: str, number: int) -> Callable[[str], bool]:
    """Return whether a line, asked line by line, opens the table of this number."""
    seen = -1

    def opens(line: str) -> bool:
        nonlocal seen
        seen += line.startswith(header)
        return seen == number and line.startswith(header)

    return opens


# Files and their values


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise HostsError(
            Message("{asked}: {came}", asked=path, came=error.strerror or type(error).__name__)
        ) from None
    if len(content) > LARGEST_FILE:
        raise HostsError(
            Message(
                "{path}: is larger than the {limit} bytes allowed", path=path, limit=LARGEST_FILE
            )
        )
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise HostsError(
            Message("{path}, line {line}: holds bytes that are not UTF-8", path=path, line=line)
        ) from None


def _names_in(directory: Path) -> list[str]:
    """Return what a directory holds; nothing where there is none or it may not be looked at."""
    try:
        return sorted(os.listdir(directory))
    except (OSError, ValueError):
        return []


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


class _Document:
    """A TOML file and the places in it. TOML: https://toml.io/en/v1.0.0"""

    def __init__(self, text: str, path: Path) -> None:
        self.path = path
        self._lines = text.splitlines()
        try:
            self.values: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = _TOML_PLACE.search(str(error))
            line = place[1] if place and place[1] else str(max(1, len(self._lines)))
            # What is in brackets or quotes is the file's: a name that is there twice, a value.
            reason = _QUOTED.sub("...", _TOML_PLACE.sub("", str(error)))
            raise HostsError(
                Message("{path}, line {line}: {reason}", path=path, line=line, reason=reason)
            ) from None
        except (ValueError, RecursionError):
            raise HostsError(Message("{path}: cannot be read as TOML", path=path)) from None

    def error(
        self,
        key: str,
        said: Message,
        opens: Callable[[str], bool] | None = None,
        *,
        remedy: str = "",
    ) -> HostsError:
        """Return an error about a key in the table that a line opens, or before all tables."""
        line = self._line_of(key, opens)
        if line is None:
            return HostsError(Message("{asked}: {came}", asked=self.path, came=said), remedy)
        words = Message("{path}, line {line}: {reason}", path=self.path, line=line, reason=said)
        return HostsError(words, remedy)

    def _line_of(self, key: str, opens: Callable[[str], bool] | None) -> int | None:
        """Return where a key stands as people write it; None where it is written otherwise."""
        assigns = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*[.=]""")
        inside = opens is None
        opened: int | None = None
        for number, line in enumerate(self._lines, 1):
            bare = line.strip()
            if bare.startswith("["):
                inside = opens is not None and opens(bare)
                if inside:
                    opened = opened or number
                if key in ("host", "registry") and bare.startswith((f"[{key}", f"[[{key}")):
                    return number
            elif inside and assigns.match(line):
                return number
        return opened


class _Section:
    """A table of a document: its values, checked.

    Args:
        opens: whether a line is the table's header; None for what stands before all tables.
    """

    def __init__(
        self, document: _Document, values: Any, opens: Callable[[str], bool] | None
    ) -> None:
        self.document = document
        self._opens = opens
        if not isinstance(values, dict):
            raise self.error("host", Message("{key} is no table", key="host"))
        self._values = values

    def error(self, key: str, said: Message, *, remedy: str = "") -> HostsError:
        """Return the error for a value."""
        return self.document.error(key, said, self._opens, remedy=remedy)

    def flag(self, key: str) -> bool:
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, Message("{key} is neither true nor false", key=key))
        return value

    def text(self, key: str) -> str:
        value = self._values.get(key, "")
        if not isinstance(value, str):
            raise self.error(key, Message("{key} is no text", key=key))
        return self._checked(key, value)

    def texts(self, key: str) -> list[str]:
        """Return a text, or the texts of a list."""
        value = self._values.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            raise self.error(key, Message("{key} is neither a text nor a list of texts", key=key))
        return [self._checked(key, v) for v in values]

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """Return pairs from a text, a list of texts or a list of lists of one or two texts."""
        value = self._values.get(key, [])
        rows = [value] if isinstance(value, str) else value
        pairs = []
        for row in rows if isinstance(rows, list) else [None]:
            parts = [row] if isinstance(row, str) else row
            if (
                not isinstance(parts, list)
                or not 1 <= len(parts) <= 2
                or not all(isinstance(part, str) for part in parts)
                or not parts[0]
            ):
                raise self.error(
                    key, Message("{key} is no file, no list of files and no list of pairs", key=key)
                )
            checked = [self._checked(key, part) for part in parts]
            pairs.append((checked[0], checked[1] if len(checked) == 2 else ""))
        return pairs

    def headers(self, key: str) -> tuple[tuple[str, str], ...]:
        table = self._values.get(key, {})
        if not isinstance(table, dict):
            raise self.error(key, Message("{key} is no table of headers", key=key))
        pairs = []
        for name, value in table.items():
            values: Iterable[Any] = [value] if isinstance(value, str) else value
            if not isinstance(values, Sequence) or not all(
                isinstance(v, str) and _HEADER_VALUE.fullmatch(v) for v in values
            ):
                said = Message("{key} has a value that no header can have", key=key)
                if _HEADER_NAME.fullmatch(name):
                    said = Message(
                        "{key} has a value for {name} that no header can have", key=key, name=name
                    )
                raise self.error(key, said)
            if not _HEADER_NAME.fullmatch(name):
                raise self.error(
                    key, Message("{key} has a name that no header can be called", key=key)
                )
            if name.lower() in _OWN_HEADERS:
                raise self.error(
                    key,
                    Message("{key} has {name}, which is set for each request", key=key, name=name),
                )
            pairs += [(name, v) for v in values]
        return tuple(pairs)

    def seconds(self, key: str) -> float | None:
        """Return the seconds of a duration in Go's form, "1m30s"; None where there is none."""
        text = self.text(key)
        if not text:
            return None
        parts = list(_DURATION.finditer(text))
        seconds = sum(float(part[1]) * _UNITS[part[2]] for part in parts)
        if "".join(part[0] for part in parts) != text or not seconds <= LONGEST_DIAL_TIMEOUT:
            raise self.error(key, Message('{key} is no duration such as "10s"', key=key))
        return seconds or None

    def _checked(self, key: str, text: str) -> str:
        if any(sign in text for sign in "\0\r\n"):
            raise self.error(key, Message("{key} holds a character that is not allowed", key=key))
        return text
