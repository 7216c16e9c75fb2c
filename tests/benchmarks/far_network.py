"""Two network namespaces, joined by a line with a round trip and a loss of its own.

The kernels of many machines lack netem. Here a process reads packets from a TUN device in one
namespace, keeps each for half of the round trip, loses some, and writes the others to a TUN device
in the other namespace; TCP between them is the kernel's own. It takes root, Linux and iproute2.
"""

import ctypes
import fcntl
import os
import random
import selectors
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_MTU = 9000
"""Bytes; with 1500 the process that hands packets on would be the narrowest part of the line."""
_QUEUE = 20_000
"""Packets that wait in a device; a shorter queue loses some of its own."""
_TUNSETIFF = 0x400454CA
_IFF_TUN = 0x0001
_IFF_NO_PI = 0x1000


@dataclass(frozen=True, slots=True)
class FarNetwork:
    """The line's two ends.

    Attributes:
        server, client: names of the namespaces.
        address: of the server, as the client reaches it.
    """

    server: str
    client: str
    address: str

    def inside(self, namespace: str, command: list[str]) -> list[str]:
        """Return the command that runs `command` in one of the namespaces."""
        return ["ip", "netns", "exec", namespace, *command]


@contextmanager
def far_network(round_trip: float, loss: float) -> Iterator[FarNetwork]:
    """Lay a line, and remove it at the end.

    Args:
        round_trip: seconds.
        loss: the share of packets that is lost, in each direction.
    """
    network = FarNetwork(f"far-{os.getpid()}", f"near-{os.getpid()}", "10.77.0.1")
    ends = ((network.server, "10.77.0.1"), (network.client, "10.77.0.2"))
    try:
        for namespace, _ in ends:
            _ip("netns", "add", namespace)
        relay = subprocess.Popen(
            [
                sys.executable, __file__, network.server, network.client,
                str(round_trip / 2), str(loss),
            ],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        try:
            assert relay.stdout is not None
            if relay.stdout.readline() != b"ready\n":
                raise SystemExit("the line between the namespaces could not be laid")
            for namespace, address in ends:
                inside = ("netns", "exec", namespace, "ip")
                _ip(*inside, "address", "add", f"{address}/24", "dev", "far0")
                _ip(*inside, "link", "set", "far0", "mtu", str(_MTU), "txqueuelen", str(_QUEUE))
                _ip(*inside, "link", "set", "far0", "up")
                _ip(*inside, "link", "set", "lo", "up")
            yield network
        finally:
            relay.terminate()
            relay.wait()
    finally:
        for namespace, _ in ends:
            subprocess.run(["ip", "netns", "delete", namespace], check=False)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def _device(namespace: str) -> int:
    """Return a descriptor of a new TUN device "far0" in a namespace."""
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/var/run/netns/{namespace}", os.O_RDONLY)
    _set_namespace(there)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", b"far0", _IFF_TUN | _IFF_NO_PI))
    _set_namespace(here)
    os.close(there)
    os.close(here)
    return device


def _set_namespace(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, 0):
        raise OSError(ctypes.get_errno(), "setns")


def _hand_on(devices: tuple[int, int], delay: float, loss: float) -> None:
    """Carry packets between the devices until the process is ended."""
    peers = {devices[0]: devices[1], devices[1]: devices[0]}
    waiting: dict[int, deque[tuple[float, bytes]]] = {device: deque() for device in devices}
    selector = selectors.DefaultSelector()
    for device in devices:
        selector.register(device, selectors.EVENT_READ)
    chance = random.Random(1)
    while True:
        now = time.monotonic()
        soonest = min((queue[0][0] for queue in waiting.values() if queue), default=None)
        ready = selector.select(None if soonest is None else max(soonest - now, 0))
        now = time.monotonic()
        for key, _ in ready:
            device = key.fd
            queue = waiting[peers[device]]
            for _ in range(64):
                try:
                    packet = os.read(device, 65536)
                except BlockingIOError:
                    break
                if chance.random() >= loss:
                    queue.append((now + delay, packet))
        for device, queue in waiting.items():
            while queue and queue[0][0] <= now:
                try:
                    os.write(device, queue[0][1])
                except BlockingIOError:
                    break
                queue.popleft()


if __name__ == "__main__":
    both = (_device(sys.argv[1]), _device(sys.argv[2]))
    print("ready", flush=True)
    _hand_on(both, float(sys.argv[3]), float(sys.argv[4]))
