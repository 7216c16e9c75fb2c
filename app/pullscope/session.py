"""A session: what outlives a single pull. It makes pulls and lends them their HTTP clients.

Both views, window and terminal, hold one `Session` and differ only in what they show.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import httpx
import platformdirs

from pullscope.engine.credentials import Credential, find_credential
from pullscope.engine.model import Settings
from pullscope.engine.platforms import parse_platform, this_machine
from pullscope.engine.pull import ATTEMPTS, HEDGE_BUDGET, STALL_TIMEOUT, Pull
from pullscope.engine.reference import parse_reference
from pullscope.engine.registry import Registry
from pullscope.engine.store import Store
from pullscope.engine.transport import new_client


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What is decided before a pull begins.

    Attributes:
        output: OCI image layout directory; None for the user's store.
        platform: "os/architecture[/variant]"; None for this machine's.
        plain_http: None means http for loopback registries and https for all others.
        tls_verify: whether certificates are checked.
        transport: one of `transport.TRANSPORTS`.
        stall_timeout: seconds without a byte after which a connection is cut.
        attempts: fruitless attempts in a row until the pull fails.
        in_order: write a layer's chunks one behind the other, as a runtime that joins them does.
        largest_first: begin with the largest layer instead of the manifest's first.
        split_tail: whether idle connections share the last chunks of a layer.
        hedge_budget: share of the image's bytes that second requests may waste; 0 sends none.
    """

    output: Path | None = None
    platform: str | None = None
    plain_http: bool | None = None
    tls_verify: bool = True
    transport: str = "pyreqwest"
    stall_timeout: float = STALL_TIMEOUT
    attempts: int = ATTEMPTS
    split_tail: bool = False
    hedge_budget: float = HEDGE_BUDGET
    largest_first: bool = False
    in_order: bool = False


def default_store() -> Path:
    """Return where images go when no output directory is named."""
    return Path(platformdirs.user_data_dir("pullscope")) / "images"


class Session:
    """Makes pulls. Close it after they have ended."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, bool, bool], httpx.AsyncClient] = {}

    def new_pull(
        self,
        reference: str,
        options: PullOptions = PullOptions(),
        settings: Settings = Settings(),  # noqa: B008 (frozen)
    ) -> Pull:
        """Return a pull, to be observed and run.

        Raises:
            InvalidReference: the reference cannot be read.
            PullError: the platform cannot be read.
        """
        parsed = parse_reference(reference)
        platform = parse_platform(options.platform) if options.platform else this_machine()
        plain_http = options.plain_http
        if plain_http is None:
            # As container runtimes do; skipping TLS verification means that TLS is there.
            plain_http = parsed.is_loopback and options.tls_verify

        async def login() -> Credential | None:
            return await asyncio.to_thread(find_credential, parsed)

        registry = Registry(
            parsed,
            self._client(options.transport, options.tls_verify, not parsed.is_loopback),
            plain_http=plain_http,
            find_credential=login,
        )
        store = (
            Store(options.output)
            if options.output is not None
            else Store(default_store(), names_in_full=True)
        )
        return Pull(
            parsed,
            registry,
            store,
            platform,
            settings,
            stall_timeout=options.stall_timeout,
            attempts=options.attempts,
            split_tail=options.split_tail,
            hedge_budget=options.hedge_budget,
            largest_first=options.largest_first,
            in_order=options.in_order,
        )

    async def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _client(self, transport: str, tls_verify: bool, proxies: bool) -> httpx.AsyncClient:
        key = (transport, tls_verify, proxies)
        if key not in self._clients:
            self._clients[key] = new_client(transport, tls_verify=tls_verify, proxies=proxies)
        return self._clients[key]
