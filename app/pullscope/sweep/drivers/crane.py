"""crane, the tool of go-containerregistry."""

from pathlib import Path

from pullscope.engine.reference import parse_reference
from pullscope.sweep.drivers.driver import DriverRun, first_words, speaks_http, version_in
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import untranslated


class CraneDriver:
    """`crane pull` into an OCI image layout."""

    name = "crane"
    package = "crane (go-containerregistry's releases; Homebrew)"
    about = untranslated(
        "sweeps",
        "One stream per layer, four layers at once. It has no setting that a sweep could vary.",
    )
    knobs: frozenset[str] = frozenset()

    def found(self) -> str | None:
        """Return its version."""
        return version_in(first_words("crane", "version"))

    def command(
        self,
        reference: str,
        settings: TrialSettings,
        destination: Path,
        *,
        insecure: bool | None = None,
    ) -> DriverRun:
        """See `Driver.command`."""
        arguments = ["crane", "pull", "--format=oci"]
        if speaks_http(reference, insecure):
            arguments.append("--insecure")
        return DriverRun([*arguments, str(parse_reference(reference)), str(destination / "image")])
