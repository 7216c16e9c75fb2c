"""A session: what outlives a single pull. It makes pulls and lends them their HTTP clients.

Both views, window and terminal, hold one `Session` and differ only in what they show.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import platformdirs

from pullscope.engine.archive import ArchiveFormat, ArchiveStore
from pullscope.engine.credentials import Credential, find_credential
from pullscope.engine.events import PullEnded, PullEvent, PullResolved
from pullscope.engine.hosts import Host, Places, find_hosts
from pullscope.engine.message import Message
from pullscope.engine.mirrors import Health, MirroredRegistry
from pullscope.engine.model import Protocol, Settings
from pullscope.engine.passport import Passport, PassportLearner, with_manifests
from pullscope.engine.passport_file import PassportFile
from pullscope.engine.platforms import ALL_PLATFORMS, Platform, parse_platform, this_machine
from pullscope.engine.probe import probe
from pullscope.engine.pull import ATTEMPTS, HEDGE_BUDGET, STALL_TIMEOUT, Observer, Pull
from pullscope.engine.reference import Reference, parse_reference
from pullscope.engine.registry import Registry
from pullscope.engine.resolve import look_up
from pullscope.engine.shared_limits import SharedLimits
from pullscope.engine.store import Durability, Store
from pullscope.engine.topology import Topology, config_of, owners_in, topology_of
from pullscope.engine.transport import CONNECT_TIMEOUT, Tls, new_client

_SWITCHES = ("referrers", "tls_verify")
_LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What is decided before a pull begins.

    Attributes:
        output: OCI image layout directory, or archive; None for the user's store.
        archive: the format of the archive that `output` is; None for a directory.
        durability: what a loss of power leaves of the output.
        platform: "os/architecture[/variant]", or "all"; None for this machine's.
        referrers: also pull what refers to the image: signatures, attestations, SBOMs.
        plain_http: None means http for loopback registries and https for all others.
        tls_verify: whether certificates are checked.
        transport: one of `transport.TRANSPORTS`.
        hosts_dir: directory with a directory per registry, holding its hosts.toml; None for
            containerd's own.
        stall_timeout: seconds without a byte after which a connection is cut.
        attempts: fruitless attempts in a row until the pull fails.
        split_tail: whether idle connections share the last chunks of a layer.
        hedge_budget: share of the image's bytes that second requests may waste; 0 sends none.
    """

    output: Path | None = None
    archive: ArchiveFormat | None = None
    durability: Durability = Durability.BLOB
    platform: str | None = None
    referrers: bool = False
    plain_http: bool | None = None
    tls_verify: bool = True
    transport: str = "pyreqwest"
    hosts_dir: Path | None = None
    stall_timeout: float = STALL_TIMEOUT
    attempts: int = ATTEMPTS
    split_tail: bool = False
    hedge_budget: float = HEDGE_BUDGET

    def as_dict(self) -> dict[str, Any]:
        """Return what belongs to a pull, not to the program, for files: `read_options` reads it."""
        return {
            "output": None if self.output is None else str(self.output),
            "archive": None if self.archive is None else self.archive.value,
            "durability": self.durability.value,
            "platform": self.platform,
            "plain_http": self.plain_http,
            **{name: getattr(self, name) for name in _SWITCHES},
        }


def read_options(values: Mapping[str, Any], base: PullOptions) -> PullOptions:
    """Return the options that `PullOptions.as_dict` wrote; `base` has those of the program.

    Raises:
        ValueError, KeyError, TypeError, PullError: they say something that cannot be.
    """
    platform, output = values["platform"], values["output"]
    for text in (platform, output):
        if text is not None and not (
            isinstance(text, str) and 0 < len(text) <= _LONGEST_TEXT and "\0" not in text
        ):
            raise ValueError(Message("it has a text that is none, or too long"))
    if platform is not None and platform != ALL_PLATFORMS:
        parse_platform(platform)
    archive, plain_http = values["archive"], values["plain_http"]
    if plain_http is not None and not isinstance(plain_http, bool):
        raise ValueError(Message("plain_http is neither yes nor no"))
    switches = {name: values[name] for name in _SWITCHES}
    if any(not isinstance(switch, bool) for switch in switches.values()):
        raise ValueError(Message("an option is neither yes nor no"))
    return replace(
        base,
        output=None if output is None else Path(output),
        archive=None if archive is None else ArchiveFormat(archive),
        durability=Durability(values["durability"]),
        platform=platform,
        plain_http=plain_http,
        **switches,
    )


def default_store() -> Path:
    """Return where the user's store is unless the user has put it elsewhere."""
    return Path(platformdirs.user_data_dir("pullscope")) / "images"


def default_passports() -> Path:
    """Return where what is known of registries is kept."""
    return Path(platformdirs.user_state_dir("pullscope")) / "registries.json"


class Session:
    """Makes pulls. Close it after they have ended.

    Attributes:
        store: the user's store, for the pulls to come that name no output.
    """

    def __init__(self, store: Path | None = None) -> None:
        self.store = store or default_store()
        self._clients: dict[tuple[str, Protocol, Tls, bool, float], httpx.AsyncClient] = {}
        self._health: dict[str, Health] = {}
        self._limits = SharedLimits(time.monotonic)
        self.passports = PassportFile(default_passports())
        """What is known of registries, from probes and earlier pulls."""

    def new_pull(
        self,
        reference: str,
        options: PullOptions = PullOptions(),
        settings: Settings = Settings(),  # noqa: B008 (frozen)
    ) -> Pull:
        """Return a pull, to be observed and run.

        Raises:
            InvalidReference: the reference cannot be read.
            PullError: the platform, or a file with hosts or certificates, cannot be read.
        """
        parsed = parse_reference(reference)
        registry = self._registry(parsed, options)
        store = self._store(options)
        mirrored = isinstance(registry, MirroredRegistry)  # its bytes come from other hosts
        known = None if mirrored else self.passports.find(parsed.domain)
        pull = Pull(
            parsed,
            registry,
            store,
            None if options.platform == ALL_PLATFORMS else _platform(options),
            settings,
            stall_timeout=options.stall_timeout,
            attempts=options.attempts,
            split_tail=options.split_tail,
            hedge_budget=options.hedge_budget,
            with_referrers=options.referrers,
            ranges_known=known is not None and known.serves_ranges(time.time()),
            limits=self._limits,
        )
        if not mirrored:
            pull.observe(self._learner(registry))
        return pull

    async def probe(self, reference: str, options: PullOptions = PullOptions()) -> Passport:
        """Find out how a reference's registry answers, and remember it for the next pull.

        Raises:
            InvalidReference: the reference cannot be read.
            PullError: the manifest, or the first bytes of a layer, cannot be had.
        """
        parsed = parse_reference(reference)
        proxies = not parsed.is_loopback
        registry = self._registry(parsed, options, with_mirrors=False)
        passport = await probe(registry, _platform(options), proxies=proxies)
        self.passports.note(passport)
        self.passports.save()
        return passport

    async def inspect(self, reference: str, options: PullOptions = PullOptions()) -> Topology:
        """Find out what an image is made of, without pulling its layers.

        Raises:
            InvalidReference: the reference cannot be read.
            PullError: the manifest or the config cannot be had, or is not what it should be.
        """
        parsed = parse_reference(reference)
        registry = self._registry(parsed, options)
        every = options.platform == ALL_PLATFORMS
        platform = this_machine() if every else _platform(options)
        found = await look_up(registry, platform)
        config = None
        if found.manifest is not None and (blob := config_of(found.manifest)) is not None:
            config = await registry.small_blob(blob)
        owners = await asyncio.to_thread(owners_in, self._store(options))
        return topology_of(
            str(parsed),
            index=found.index,
            manifest=found.manifest,
            platform=found.platform,
            config=config,
            owners=owners,
            problem=found.problem,
        )

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _store(self, options: PullOptions) -> Store:
        if options.output is None:
            return Store(self.store, names_in_full=True, durability=options.durability)
        if options.archive is not None:
            return ArchiveStore(options.output, options.archive, durability=options.durability)
        return Store(options.output, durability=options.durability)

    def _learner(self, registry: Registry) -> Observer:
        """Return an observer that keeps what a pull shows of its registry."""
        host = registry.reference.domain
        learner = PassportLearner(urlsplit(registry.origin).netloc)

        def learn(event: PullEvent) -> None:
            known = self.passports.find(host) or Passport(host)
            learnt = learner.learn(event, known, time.time())
            if isinstance(event, PullResolved | PullEnded):
                learnt = with_manifests(learnt, registry.quota, registry.manifests_spent)
            if learnt != known:
                self.passports.note(learnt)
            if isinstance(event, PullEnded):
                self.passports.save()

        return learn

    def _registry(
        self, reference: Reference, options: PullOptions, *, with_mirrors: bool = True
    ) -> Registry:
        plain_http = options.plain_http
        if plain_http is None and not options.tls_verify:
            plain_http = False  # to skip TLS verification means that TLS is there
        places = Places.of_this_machine(options.hosts_dir)
        *mirrors, itself = find_hosts(reference, places, plain_http=plain_http)
        login = _login(itself, reference)
        if not (mirrors and with_mirrors):
            return Registry(
                reference, itself, self._clients_for(itself, options), find_credential=login
            )
        return MirroredRegistry(
            reference,
            itself,
            self._clients_for(itself, options),
            find_credential=login,
            mirrors=[
                Registry(
                    reference,
                    mirror,
                    self._clients_for(mirror, options),
                    find_credential=_login(mirror, reference),
                    reply_timeout=options.stall_timeout,
                )
                for mirror in mirrors
            ],
            health=self._health,
            stall_timeout=options.stall_timeout,
        )

    def _clients_for(
        self, host: Host, options: PullOptions
    ) -> Callable[[Protocol], httpx.AsyncClient]:
        def client_for(protocol: Protocol) -> httpx.AsyncClient:
            return self._client(host, options, protocol)

        client_for(Protocol.HTTP_1)  # files that cannot be used are told before the pull begins
        return client_for

    def _client(self, host: Host, options: PullOptions, protocol: Protocol) -> httpx.AsyncClient:
        """Return the client for a host: hosts that are asked in the same way share one."""
        proxies = not host.is_loopback
        tls = host.tls if options.tls_verify else replace(host.tls, verify=False)
        dial_timeout = host.dial_timeout or CONNECT_TIMEOUT
        key = (options.transport, protocol, tls, proxies, dial_timeout)
        if key not in self._clients:
            self._clients[key] = new_client(
                options.transport,
                tls=tls,
                proxies=proxies,
                http2=protocol is Protocol.HTTP_2,
                connect_timeout=dial_timeout,
            )
        return self._clients[key]


def _login(host: Host, reference: Reference) -> Callable[[], Awaitable[Credential | None]]:
    """Return what finds the login for a host, by that host's own name."""
    there = host.as_reference(reference)

    async def find() -> Credential | None:
        return await asyncio.to_thread(find_credential, there)

    return find


def _platform(options: PullOptions) -> Platform:
    return parse_platform(options.platform) if options.platform else this_machine()
