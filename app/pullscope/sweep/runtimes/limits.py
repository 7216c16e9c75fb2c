"""What settings of a pull come to where a runtime has no such setting."""

from pullscope.sweep.settings import TrialSettings
from pullscope.tuning.translate import Translate


def connections(settings: TrialSettings, image_layers: int | None, *, split: bool) -> int:
    """Return how many requests are under way at most, for runtimes that limit nothing else.

    Args:
        image_layers: how many layers the image has; None where it is not known.
        split: whether layers are fetched in parts.
    """
    # A program that knows no limit for layers was told one for all requests together.
    at_once = settings.layers or (1 if split else max(1, settings.parallelism))
    layers = min(at_once, image_layers or at_once)
    return layers * max(1, settings.parallelism) if split else layers


def whole_layers_only(
    runtime: str, settings: TrialSettings, translate: Translate
) -> tuple[str, ...]:
    """Return what to tell of settings that split layers to those whose runtime cannot."""
    if settings.parallelism <= 1 and settings.chunk_size <= 0:
        return ()
    text = translate(
        "runtimes",
        "{0} fetches each layer over one connection: parallelism and chunk size have no setting "
        "there. Expect the time that parallelism 1 took.",
    )
    return (text.format(runtime),)
