"""skopeo, the copier of podman's family."""

from functools import cached_property
from pathlib import Path

from pullscope.engine.reference import Reference, parse_reference
from pullscope.sweep.drivers.driver import (
    DriverRun,
    first_words,
    output_of,
    speaks_http,
    version_in,
)
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import untranslated

_LAYERS_OPTION = "--image-parallel-copies"


class SkopeoDriver:
    """`skopeo copy` into an OCI image layout."""

    name = "skopeo"
    package = "skopeo (Debian, Fedora, Homebrew)"
    about = untranslated(
        "sweeps",
        "One stream per layer, six layers at once; only newer versions can be told how many.",
    )

    @cached_property
    def knobs(self) -> frozenset[str]:
        """The layers, where the installed version has an option for them."""
        known = _LAYERS_OPTION in (output_of("skopeo", "copy", "--help") or "")
        return frozenset({"layers"} if known else ())

    def found(self) -> str | None:
        """Return its version."""
        return version_in(first_words("skopeo", "--version"))

    def command(
        self,
        reference: str,
        settings: TrialSettings,
        destination: Path,
        *,
        insecure: bool | None = None,
    ) -> DriverRun:
        """See `Driver.command`."""
        # Without --preserve-digests it would compress the layers, which nobody else does.
        arguments = ["skopeo", "copy", "--quiet", "--preserve-digests"]
        if speaks_http(reference, insecure):
            arguments.append("--src-tls-verify=false")
        if settings.layers and "layers" in self.knobs:
            arguments.append(f"{_LAYERS_OPTION}={settings.layers}")
        source = f"docker://{tag_or_digest(parse_reference(reference))}"
        return DriverRun([*arguments, source, f"oci:{destination / 'image'}:1"])


def tag_or_digest(reference: Reference) -> str:
    """Return a reference as podman's family takes it: with a tag or a digest, not both."""
    return f"{reference.name}@{reference.digest}" if reference.digest else str(reference)
