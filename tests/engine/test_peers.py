import socket

import pytest

from pullscope.engine.peers import Peers, address_text, own_connections


async def looked(peers: Peers, host: str, port: int) -> str:
    """Return what is known once the look that the first question began has ended."""
    peers.of(host, port)
    if peers._look is not None:
        await peers._look
    return peers.of(host, port)


async def test_a_host_that_this_program_is_connected_to_has_that_address():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            assert await looked(Peers(), "127.0.0.1", port) == f"127.0.0.1:{port}"


async def test_a_host_that_this_program_is_not_connected_to_has_none():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            assert await looked(Peers(), "127.0.0.1", port + 1 if port < 65535 else 1) == ""


async def test_nothing_is_claimed_where_several_addresses_are_connected(monkeypatch):
    kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    found = [(*kind, ("192.0.2.1", 443)), (*kind, ("192.0.2.2", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    connected = {("192.0.2.1", 443), ("192.0.2.9", 443)}

    assert await looked(Peers(lambda: connected), "host.test", 443) == "192.0.2.1:443"
    connected.add(("192.0.2.2", 443))
    assert await looked(Peers(lambda: connected), "host.test", 443) == ""


@pytest.mark.parametrize("name", ["host.invalid", "a" * 70 + ".test"])
async def test_a_name_that_cannot_be_looked_up_has_none(name):
    assert await looked(Peers(lambda: {("192.0.2.1", 443)}), name, 443) == ""


async def test_it_is_looked_up_again_only_after_a_while(monkeypatch):
    looks = []
    peers = Peers(lambda: looks.append(1) or set())

    await looked(peers, "127.0.0.1", 80)
    await looked(peers, "127.0.0.1", 80)
    assert len(looks) == 1
    monkeypatch.setattr("pullscope.engine.peers._LOOK_EVERY", 0.0)
    peers._due.clear()
    await looked(peers, "127.0.0.1", 80)
    assert len(looks) >= 2


async def test_one_is_looked_up_at_a_time_and_the_others_later():
    looks = []
    peers = Peers(lambda: looks.append(1) or set())

    for port in range(1, 9):
        peers.of("127.0.0.1", port)
    await peers._look
    assert len(looks) == 1
    await looked(peers, "127.0.0.1", 8)
    assert len(looks) == 2


@pytest.mark.parametrize(
    ("address", "text"),
    [(("192.0.2.7", 443), "192.0.2.7:443"), (("2001:db8::7", 443), "[2001:db8::7]:443")],
)
def test_an_address_is_told_with_its_port(address, text):
    assert address_text(address) == text


def test_an_ipv4_address_within_ipv6_is_told_as_ipv4():
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server,
        socket.create_connection(("127.0.0.1", server.getsockname()[1])),
    ):
        accepted, _ = server.accept()
        with accepted:
            own = accepted.getsockname()[1]
            assert ("127.0.0.1", accepted.getpeername()[1]) in own_connections()
            assert ("127.0.0.1", own) in own_connections()
