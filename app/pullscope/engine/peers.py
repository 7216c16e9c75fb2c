"""Which addresses replies come from, where the HTTP client does not tell.

A host's peer is the one address, of those that its name stands for, that this program is connected
to. Where it is connected to several of them, nothing is known.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Callable

import psutil

Address = tuple[str, int]
"""An IP address and a port."""

_LOOK_EVERY = 10.0  # seconds; a look costs 10 ms of a thread where 110 connections are open


def own_connections() -> set[Address]:
    """Return the far ends of this program's TCP connections. Blocks for some milliseconds."""
    try:
        connections = psutil.Process().net_connections("tcp")
    except psutil.Error:  # a system that does not tell
        return set()
    return {
        (_plain(connection.raddr.ip), connection.raddr.port)
        for connection in connections
        if connection.raddr and connection.status == psutil.CONN_ESTABLISHED
    }


def address_text(address: Address) -> str:
    """Return an address as it stands in events: "192.0.2.7:443", "[2001:db8::7]:443"."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Peers:
    """The peers of the hosts that answered.

    Args:
        connections: as `own_connections`.
    """

    def __init__(self, connections: Callable[[], set[Address]] = own_connections) -> None:
        self._connections = connections
        self._known: dict[Address, str] = {}
        self._due: dict[Address, float] = {}
        self._look: asyncio.Future[str] | None = None  # one at a time, however many hosts there are

    def of(self, host: str, port: int) -> str:
        """Return where the replies of a host come from; empty while or where it is not known.

        It is looked up meanwhile, in a thread, where that was not done lately.
        """
        asked = (host, port)
        loop = asyncio.get_running_loop()
        if self._look is None and loop.time() >= self._due.get(asked, 0.0):
            self._due[asked] = loop.time() + _LOOK_EVERY
            self._look = loop.run_in_executor(None, self._look_up, host, port)
            self._look.add_done_callback(lambda look: self._note(asked, look))
        return self._known.get(asked, "")

    def _look_up(self, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return ""
        addresses = {(_plain(str(address[0])), int(address[1])) for *_, address in found}
        connected = addresses & self._connections()
        return address_text(connected.pop()) if len(connected) == 1 else ""

    def _note(self, asked: Address, look: "asyncio.Future[str]") -> None:
        self._look = None
        if not look.cancelled():
            self._known[asked] = look.result()


def _plain(ip: str) -> str:
    """Return an address as others write it; one of IPv4 within IPv6 is one of IPv4."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
