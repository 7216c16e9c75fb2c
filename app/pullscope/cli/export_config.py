"""`pullscope export-config`: settings of a pull as the configuration of a container runtime.

What changes goes to stdout, as a diff or, where there is no file, as the whole text; what it means
goes to stderr.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pullscope.cli.messages import tell
from pullscope.cli.question import print_answer
from pullscope.engine.units import size_text
from pullscope.sweep.plan import SweepError
from pullscope.sweep.recommendation import Recommendation, recommend, settings_text
from pullscope.sweep.results import results
from pullscope.sweep.runtimes.export import export
from pullscope.sweep.runtimes.runtime_config import Runtime, RuntimeConfig, RuntimeConfigError
from pullscope.sweep.runtimes.user_file import read_text, replace_text
from pullscope.sweep.settings import TrialSettings
from pullscope.sweep.store import SweepStore
from pullscope.trace.texts import printable


@dataclass(frozen=True, slots=True)
class ExportJob:
    """What to make a configuration of, and for whom.

    Attributes:
        runtime: who reads it.
        settings: those that were found to be best.
        image_layers: how many layers the image has; None where it is not known.
        found_by: what recommended the settings, and why, in lines; none where the user chose them.
        into: the user's file; None for a text of its own.
        write: whether the file is replaced.
        json: whether to print an object on stdout in the place of all texts.
    """

    runtime: Runtime
    settings: TrialSettings
    image_layers: int | None = None
    found_by: tuple[str, ...] = ()
    into: Path | None = None
    write: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True)
class Winner:
    """The settings that a configuration is made of.

    Attributes:
        image_layers: how many layers the image has; None where it is not known.
        words: which settings those are and why, in lines.
    """

    settings: TrialSettings
    image_layers: int | None
    words: tuple[str, ...]


def winner_of(
    store: SweepStore, number: int, *, driver: str | None = None, destination: str | None = None
) -> Winner:
    """Return what a sweep recommends.

    Args:
        driver: the program that pulled; None takes Pullscope, or else the only one there is.
        destination: the name of the folder that was pulled to; None takes the only one.

    Raises:
        SweepError: there is no such sweep, it recommends nothing, or more than one thing.
    """
    sweep = store.sweep(number)
    offered = recommend(results(sweep.plan, store.trials(number)))
    drivers = {found.driver for found in offered}
    if driver is None and "pullscope" in drivers:
        driver = "pullscope"
    fitting = [
        found
        for found in offered
        if driver in (None, found.driver) and destination in (None, found.destination)
    ]
    if not fitting:
        kinds = " or ".join(dict.fromkeys(map(_kind, offered)))
        raise SweepError(
            f"sweep {number} recommends nothing for that; it does for {kinds}"
            if offered
            else f"sweep {number} recommends nothing yet: that takes two settings that were tried"
        )
    if len(fitting) > 1:
        kinds = " and ".join(map(_kind, fitting))
        raise SweepError(
            f"sweep {number} recommends something for {kinds}; choose by --driver and --destination"
        )
    (chosen,) = fitting
    words = (
        f"Sweep {number}, {sweep.plan.image.reference}, {_kind(chosen)}: "
        f"{settings_text(chosen.settings)}",
        *chosen.reasons,
    )
    return Winner(chosen.settings, len(sweep.plan.image.layer_sizes), words)


def _kind(found: Recommendation) -> str:
    return f"{found.driver} to {found.destination}"


def run(job: ExportJob) -> None:
    """Print the configuration, and write it where that is asked for.

    Raises:
        RuntimeConfigError: the user's file cannot be read, understood or written.
    """
    existing = "" if job.into is None else read_text(job.into)
    try:
        config = export(
            job.runtime,
            job.settings,
            image_layers=job.image_layers,
            existing_text=existing,
            name="" if job.into is None else str(job.into),
        )
    except RuntimeConfigError as error:
        where = config_name(job)
        raise RuntimeConfigError(f"{where}: {error}") from error
    backup, written = None, False
    changed = config.text != existing
    if job.write and job.into is not None and changed:
        backup, written = replace_text(job.into, existing, config.text), True
    if job.json:
        print_answer(json.dumps(_as_dict(config, job, backup, written=written), indent=2))
        return
    shown = config.text if job.into is None else config.diff
    if shown:
        # A patch must keep its bytes; a terminal must not be steered.
        print_answer(_for_terminal(shown) if sys.stdout.isatty() else shown.removesuffix("\n"))
    for line in (*job.found_by, *_lines(config)):
        tell(printable(line))
    if job.into is None:
        tell(f"Add it to {config.usual_path}, or see with --into what changes there.")
    elif not changed:
        tell(f"{job.into} says so already.")
    elif not job.write:
        tell(f"Nothing is written; --write replaces {job.into} and keeps a copy.")
    else:
        tell(f"{job.into} is written" + (f"; as it was: {backup}" if backup else ""))
        if config.apply:
            tell(f"Then: {config.apply}")


def config_name(job: ExportJob) -> str:
    """Return what an error calls the file."""
    return str(job.into) if job.into is not None else job.runtime.value


def _for_terminal(text: str) -> str:
    return "\n".join(printable(line) for line in text.splitlines())


def _lines(config: RuntimeConfig) -> Iterator[str]:
    for change in config.changes:
        was = f" (was {change.before})" if change.before not in ("", change.value) else ""
        yield f"{change.name} = {change.value}{was}"
        yield f"    {change.meaning}"
    yield f"Memory per node: {size_text(config.memory_bytes)}, {config.memory_words}."
    for warning in config.warnings:
        yield f"Warning: {warning}"
    for note in config.notes:
        yield f"Note: {note}"


def _as_dict(
    config: RuntimeConfig, job: ExportJob, backup: Path | None, *, written: bool
) -> dict[str, object]:
    # Not the text, where it is the user's: it may hold secrets.
    about = {name: value for name, value in asdict(config).items() if name != "text"}
    if job.into is None:
        about["text"] = config.text
    return {
        **about,
        "found_by": list(job.found_by),
        "file": None if job.into is None else str(job.into),
        "written": written,
        "backup": None if backup is None else str(backup),
    }
