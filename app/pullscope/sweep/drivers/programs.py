"""All programs that a sweep can pull with."""

from collections.abc import Mapping

from pullscope.sweep.drivers.aria2c import Aria2cDriver
from pullscope.sweep.drivers.crane import CraneDriver
from pullscope.sweep.drivers.ctr import CtrDriver
from pullscope.sweep.drivers.driver import Driver
from pullscope.sweep.drivers.podman import PodmanDriver
from pullscope.sweep.drivers.pullscope import OWN, PullscopeDriver
from pullscope.sweep.drivers.skopeo import SkopeoDriver

_ALL: tuple[Driver, ...] = (
    *map(PullscopeDriver, OWN),
    SkopeoDriver(),
    CraneDriver(),
    CtrDriver(),
    PodmanDriver(),
    Aria2cDriver(),
)

DRIVERS: Mapping[str, Driver] = {driver.name: driver for driver in _ALL}
"""By name; this program first."""


def absent() -> dict[str, str]:
    """Return what to install for those that cannot be used here, by name."""
    return {name: driver.package for name, driver in DRIVERS.items() if driver.found() is None}
