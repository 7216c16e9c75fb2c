"""Platforms of images: reading them, this machine's, and which entry of an index fits.

Names and variants as the OCI image index and Go write them: https://go.dev/doc/install/source
"""

import platform as machine
import re
from dataclasses import dataclass

from pullscope.engine.errors import PullError
from pullscope.engine.message import Message

ALL_PLATFORMS = "all"
"""Stands for the index itself, with all that it names."""

_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "i386": "386",
    "i686": "386",
    "aarch64": "arm64",
    "armhf": "arm",
    "armv8l": "arm",
    "armv7l": "arm",
    "armv6l": "arm",
    "loongarch64": "loong64",
}
_ARM_VARIANTS = {"armv6l": "v6", "armel": "v6"}
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Platform:
    """What an image runs on; `variant` is empty where there is none, or the usual one."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    def acceptable_variants(self) -> tuple[str, ...]:
        """Return the variants that run here, best first."""
        if self.architecture == "arm" and re.fullmatch(r"v[5-8]", self.variant):
            return (*(f"v{n}" for n in range(int(self.variant[1]), 4, -1)), "")
        if self.architecture == "amd64" and re.fullmatch(r"v[2-4]", self.variant):
            return (*(f"v{n}" for n in range(int(self.variant[1]), 1, -1)), "")
        return (self.variant,)


def normalised(os: str, architecture: str, variant: str = "") -> Platform:
    """Return the platform by its usual names: arm64/v8 is arm64, arm is arm/v7."""
    os, architecture, variant = os.lower(), architecture.lower(), variant.lower()
    if architecture in _ARM_VARIANTS and not variant:
        variant = _ARM_VARIANTS[architecture]
    architecture = _ARCHITECTURES.get(architecture, architecture)
    if (architecture, variant) in (("arm64", "v8"), ("arm64", "8"), ("amd64", "v1")):
        variant = ""
    if architecture == "arm" and not variant:
        variant = "v7"
    if architecture == "arm" and variant.isdigit():
        variant = f"v{variant}"
    return Platform(os, architecture, variant)


def this_machine() -> Platform:
    """Return this machine's platform; images are Linux's also where containers run in a VM."""
    return normalised("linux", machine.machine() or "amd64")


def parse_platform(text: str) -> Platform:
    """Read "os/architecture[/variant]".

    Raises:
        PullError: it is not a platform.
    """
    parts = text.strip().split("/")
    if len(parts) not in (2, 3) or not all(_WORD.fullmatch(part) for part in parts):
        raise PullError(
            Message("{text!r} is not a platform", text=text[:60]),
            Message("write os/architecture, as linux/arm64"),
        )
    return normalised(*parts)
