"""What sweeps are told in, in the user's language: measures, axes, states and progress."""

from PySide6.QtCore import QCoreApplication

from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.sweep.plan import Candidate, Estimate, PlannedTrial, TrialKind
from pullscope.sweep.recommendation import settings_text
from pullscope.sweep.run import Progress
from pullscope.sweep.store import StoredSweep

translate = QCoreApplication.translate
FRONTIER_MARK = "◆"
"""Stands where a setting is on the frontier of time, memory and requests."""


def measure_names() -> dict[str, str]:
    """Return what is measured, by the names in `results.MEASURES`, in their order."""
    return {
        "total": translate("sweeps", "total time"),
        "network": translate("sweeps", "network time"),
        "cpu": translate("sweeps", "CPU time"),
        "memory": translate("sweeps", "peak memory"),
        "requests": translate("sweeps", "requests"),
        "wasted": translate("sweeps", "wasted bytes"),
        "received": translate("sweeps", "received bytes"),
    }


def axis_names() -> dict[str, str]:
    """Return what a heat map can have across and down, by the names in `results.AXES`."""
    return {
        "parallelism": translate("sweeps", "parallelism"),
        "chunk_size": translate("sweeps", "chunk size"),
        "layers": translate("sweeps", "layers at once"),
        "connections": translate("sweeps", "connections"),
        "destination": translate("sweeps", "destination"),
        "driver": translate("sweeps", "program"),
    }


def state_text(sweep: StoredSweep) -> str:
    """Return how far a sweep is, in a word and the count of its trials."""
    words = {
        "running": translate("sweeps", "running"),
        "complete": translate("sweeps", "complete"),
        "cancelled": translate("sweeps", "cancelled"),
        "paused": translate("sweeps", "paused"),
    }
    return f"{words[sweep.state]} · {sweep.done}/{sweep.trials}"


def group_text(driver: str, destination: str) -> str:
    """Return what is compared with each other: a program and where it pulls to."""
    return f"{driver} → {destination}"


def candidate_text(candidate: Candidate) -> str:
    """Return a program, its destination and its settings."""
    settings = settings_text(candidate.settings, translate)
    return f"{group_text(candidate.driver, candidate.destination)}, {settings}"


def kind_text(kind: TrialKind) -> str:
    """Return what a trial is for."""
    return {
        TrialKind.WARM_UP: translate("sweeps", "warm-up"),
        TrialKind.CONTROL: translate("sweeps", "control"),
        TrialKind.MEASURED: translate("sweeps", "measured"),
    }[kind]


def progress_text(progress: Progress) -> str:
    """Return how far a run is, what fails, and what is left."""
    parts = [translate("sweeps", "{0} of {1} trials").format(progress.done, progress.trials)]
    if progress.failed:
        parts.append(translate("sweeps", "{0} failed").format(progress.failed))
    if progress.left is not None:
        parts.append(translate("sweeps", "{0} left").format(duration_text(progress.left)))
    if progress.received:
        parts.append(translate("sweeps", "{0} received").format(size_text(progress.received)))
    return " · ".join(parts)


def trial_text(trial: PlannedTrial | None) -> str:
    """Return the trial under way."""
    if trial is None:
        return ""
    words = candidate_text(trial.candidate)
    if trial.kind is TrialKind.MEASURED:
        return translate("sweeps", "Now: {0}").format(words)
    return translate("sweeps", "Now, {1}: {0}").format(words, kind_text(trial.kind))


def estimate_texts(told: Estimate) -> tuple[str, str]:
    """Return what a sweep will cost, and what that rests on."""
    cost = " · ".join(
        (
            translate("sweeps", "{0} trials").format(told.trials),
            translate("sweeps", "about {0}").format(duration_text(told.seconds)),
            translate("sweeps", "{0} to receive").format(size_text(told.received)),
            translate("sweeps", "{0} requests for manifests").format(told.manifests),
        )
    )
    rate = rate_text(told.rate)
    basis = (
        translate("sweeps", "If it comes at {0}. Some registries count requests for manifests.")
        if told.assumed
        else translate(
            "sweeps", "At {0}, as earlier pulls came. Some registries count requests for manifests."
        )
    )
    return cost, basis.format(rate)
