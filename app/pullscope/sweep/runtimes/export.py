"""Settings of a pull as the configuration of a container runtime: the one call for all runtimes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

from pullscope.sweep.runtimes import containerd, docker, podman, soci
from pullscope.sweep.runtimes.runtime_config import Draft, Runtime, RuntimeConfig, unified_diff
from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import Translate, untranslated


@dataclass(frozen=True, slots=True)
class _Kind:
    configure: Callable[[TrialSettings, int | None, str, Translate], Draft]
    usual_path: str
    apply: str


_KINDS: Mapping[Runtime, _Kind] = {
    Runtime.CONTAINERD: _Kind(containerd.configure, containerd.USUAL_PATH, containerd.APPLY),
    Runtime.SOCI: _Kind(soci.configure, soci.USUAL_PATH, soci.APPLY),
    Runtime.DOCKER: _Kind(docker.configure, docker.USUAL_PATH, docker.APPLY),
    Runtime.PODMAN: _Kind(podman.configure, podman.USUAL_PATH, podman.APPLY),
}


def export(
    runtime: Runtime,
    settings: TrialSettings,
    *,
    image_layers: int | None = None,
    existing_text: str = "",
    name: str = "",
    translate: Translate = untranslated,
) -> RuntimeConfig:
    """Return a runtime's configuration with settings in it.

    Args:
        settings: those that were found to be best.
        image_layers: how many layers the image has; None where it is not known.
        existing_text: of the user's file, of which nothing else changes; empty where there is none.
        name: of that file, for the diff; empty takes the runtime's usual one.
        translate: brings words into the user's language.

    Raises:
        RuntimeConfigError: the text is not what the runtime reads, or cannot be changed safely.
    """
    kind = _KINDS[runtime]
    draft = kind.configure(settings, image_layers, existing_text, translate)
    return RuntimeConfig(
        **{field.name: getattr(draft, field.name) for field in fields(Draft)},
        runtime=runtime,
        usual_path=kind.usual_path,
        apply=kind.apply,
        diff=unified_diff(existing_text, draft.text, name or kind.usual_path),
    )
