"""Sweeps in the terminal: `pullscope sweep`.

The sweep itself runs in a thread; this module plans it, asks, shows how far it is, hands Ctrl+C on
to it, and tells what it found.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from types import FrameType

from pullscope.cli.drivers import list_drivers
from pullscope.cli.messages import tell, tell_error
from pullscope.cli.progress import bar
from pullscope.cli.question import DONE, FAILED, WRONG_USAGE, ask, print_answer
from pullscope.cli.table import moment_text, table_lines
from pullscope.engine.errors import PullError
from pullscope.engine.topology import Topology
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.session import PullOptions, Session, default_store
from pullscope.sweep.drivers.driver import Driver
from pullscope.sweep.drivers.programs import DRIVERS
from pullscope.sweep.export import export_sweep
from pullscope.sweep.past_rate import past_rate
from pullscope.sweep.plan import (
    Destination,
    Estimate,
    PlannedTrial,
    SweepError,
    SweepPlan,
    SweptImage,
    TrialKind,
    check_bytes,
    estimate,
    left_out_words,
    plan_trials,
)
from pullscope.sweep.recommendation import recommend, settings_text
from pullscope.sweep.results import Results, Trial, frontier, results
from pullscope.sweep.run import Ending, Progress, SweepRun
from pullscope.sweep.store import StoredSweep, SweepStore, default_folder
from pullscope.sweep.table import (
    READING,
    SUMMARY_COLUMNS,
    TRIAL_COLUMNS,
    WORDS_IN_FRONT,
    about_programs,
    people_columns,
    people_rows,
    seconds_text,
    summary_rows,
    titled_maps,
    trial_rows,
    weighed_text,
)
from pullscope.sweep.trial import check_destinations
from pullscope.trace.texts import printable

_INTERRUPTED = 130
_DRAWN_EVERY = 0.2  # seconds
_TOLD_EVERY = 10.0  # seconds, where nothing can be drawn
_SHORTEST_BAR, _LONGEST_BAR = 10, 20


def run(arguments: argparse.Namespace) -> int:
    """Run a command of `pullscope sweep`, and return the exit status."""
    store = SweepStore(default_folder())
    try:
        match arguments.sweep_command:
            case "run":
                return _begin(arguments, store)
            case "ls":
                _list(store, as_json=arguments.json)
            case "show":
                _show(
                    store,
                    arguments.number,
                    as_json=arguments.json,
                    trials=arguments.trials,
                    heat_map=arguments.heat_map,
                    over=arguments.over,
                )
            case "export":
                sweep = store.sweep(arguments.number)
                trials = store.trials(sweep.number)
                export_sweep(sweep, trials, arguments.file, by_trial=arguments.trials)
            case "drivers":
                list_drivers(as_json=arguments.json)
            case "resume":
                return _resume(store, arguments.number, retry_failed=arguments.retry_failed)
            case _:
                for number in arguments.numbers:
                    store.remove(number)
                    print(f"removed sweep {number}")
    except SweepError as error:
        tell_error(error)
        return FAILED
    return DONE


# Beginning.


def _begin(arguments: argparse.Namespace, store: SweepStore) -> int:
    options = PullOptions(
        platform=arguments.platform, plain_http=True if arguments.plain_http else None
    )
    found: list[Topology] = []

    def keep(topology: Topology) -> int:
        found.append(topology)
        return DONE

    status = ask(lambda session: session.inspect(arguments.reference, options), keep, Session)
    if status != DONE:
        return status
    (topology,) = found
    if topology.problem:
        tell_error(topology.problem)
        return FAILED
    try:
        plan = _plan(arguments, topology)
        drivers = _drivers(plan.drivers)
        trials = plan_trials(plan, {name: driver.knobs for name, driver in drivers.items()})
    except (PullError, SweepError) as error:
        tell_error(error)
        return WRONG_USAGE
    check_destinations(plan)
    told = estimate(plan.image, trials, past_rate(arguments.reference))
    check_bytes(plan, told)
    for line in _estimate_lines(plan, told):
        tell(line)
    if not arguments.yes and not _agreed():
        return FAILED
    return _follow(store, store.add(plan, trials))


def _plan(arguments: argparse.Namespace, topology: Topology) -> SweepPlan:
    seed = arguments.seed
    return SweepPlan(
        image=SweptImage.of(topology),
        layers=arguments.layers,
        parallelism=arguments.parallelism,
        chunk_sizes=arguments.chunk_size,
        destinations=tuple(arguments.dst or [_usual_destination()]),
        drivers=arguments.driver,
        repeat=arguments.repeat,
        seed=random.randrange(10**6) if seed is None else seed,  # noqa: S311 - not secret
        max_bytes=arguments.max_bytes,
        traces=arguments.traces,
        insecure=arguments.plain_http,
    )


def _usual_destination() -> Destination:
    """Return the disk that images are kept on.

    Raises:
        SweepError: there is no such folder, and none can be made.
    """
    folder = default_store().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SweepError(f"{folder}: {error.strerror or error}") from error
    return Destination("data", folder)


def _drivers(names: Sequence[str]) -> dict[str, Driver]:
    """Return the programs by name.

    Raises:
        SweepError: one is not known, or not installed.
    """
    for name in names:
        driver = DRIVERS.get(name)
        if driver is None:
            raise SweepError(f"{name} is no program to sweep with; there are {', '.join(DRIVERS)}")
        if driver.found() is None:
            raise SweepError(f"{name} cannot be used here; install {driver.package}")
    return {name: DRIVERS[name] for name in names}


def _estimate_lines(plan: SweepPlan, told: Estimate) -> Iterator[str]:
    image = plan.image
    layers = "1 layer" if len(image.layer_sizes) == 1 else f"{len(image.layer_sizes)} layers"
    yield f"{image.reference}: {layers}, {size_text(image.size)}"
    yield (
        f"{told.trials} trials, each a cold pull: {size_text(told.received)} to receive, at least "
        f"{told.manifests} requests for manifests, which some registries count"
    )
    rate = rate_text(told.rate)
    basis = f"if it comes at {rate}" if told.assumed else f"at {rate}, as earlier pulls came"
    yield f"about {duration_text(told.seconds)} {basis}"
    if words := left_out_words(plan):
        yield words


def _agreed() -> bool:
    if not sys.stdin.isatty():
        tell_error("nobody can be asked here; say --yes to begin")
        return False
    sys.stderr.write("Begin? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


# Running.


def _resume(store: SweepStore, number: int, *, retry_failed: bool) -> int:
    sweep = store.sweep(number)
    _drivers(sweep.plan.drivers)
    if retry_failed:
        store.forget_failures(number)
    return _follow(store, number)


def _follow(store: SweepStore, number: int) -> int:
    """Run a sweep to its end or to an interruption, and return the exit status."""
    shown = _Display(number)
    sweep_run = SweepRun(store, number, DRIVERS, shown.watch)
    failures: list[BaseException] = []
    endings: list[Ending] = []

    def work() -> None:
        try:
            endings.append(sweep_run.run())
        except BaseException as error:
            failures.append(error)

    worker = threading.Thread(target=work, name="sweep")
    with _interruptions(sweep_run.pause):
        worker.start()
        while worker.is_alive():
            worker.join(_DRAWN_EVERY)
            shown.draw()
    shown.close()
    if failures:
        raise failures[0]
    again = f"pullscope sweep resume {number}"
    if endings == [Ending.COMPLETE]:
        _show(store, number)
        return DONE
    if sweep_run.reason:
        tell_error(f"sweep {number} paused: {sweep_run.reason}. To go on: {again}")
        return FAILED
    tell(f"pullscope: sweep {number} paused; what was measured is kept. To go on: {again}")
    return _INTERRUPTED


@contextmanager
def _interruptions(pause: Callable[[], None]) -> Iterator[None]:
    """Turn the first Ctrl+C into a call, and let the second one end the process."""
    interrupted = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            os._exit(_INTERRUPTED)  # the trial under way ends with this process
        interrupted = True
        pause()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handle) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


class _Display:
    """Shows how far a sweep is: a bar on a terminal, else a line now and then."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._progress: Progress | None = None
        self._draws = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._told_at = time.monotonic()
        self._drawn = False

    def watch(self, progress: Progress) -> None:
        """Take what is to be shown, from another thread."""
        self._progress = progress

    def draw(self) -> None:
        """Show it, in the thread that writes to the terminal."""
        progress = self._progress
        if progress is None:
            return
        if self._draws:
            width = shutil.get_terminal_size().columns - 1
            self._write(f"\r{progress_text(progress, width)}\x1b[K")
            self._drawn = True
        elif time.monotonic() - self._told_at >= _TOLD_EVERY:
            self._told_at = time.monotonic()
            tell(f"sweep {self._number}: {progress_text(progress, 0)}")

    def close(self) -> None:
        """Remove the bar."""
        if self._drawn:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)
            sys.stderr.flush()


def progress_text(progress: Progress, width: int) -> str:
    """Return how far a sweep is, in one line of at most `width`; with 0, however long it is."""
    parts = [f"{progress.done}/{progress.trials} trials"]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.left is not None:
        parts.append(f"{duration_text(progress.left)} left")
    text = ", ".join(parts)
    room = min(width - len(text) - 1, _LONGEST_BAR)
    if room >= _SHORTEST_BAR:
        text = f"{bar(room, progress.trials, progress.done, progress.done)} {text}"
    if progress.current is not None:
        text += f" | {_candidate_text(progress.current)}"
    return text[:width] if width else text


def _candidate_text(trial: PlannedTrial) -> str:
    candidate = trial.candidate
    kind = "" if trial.kind is TrialKind.MEASURED else f"{trial.kind}: "
    where = f"{candidate.driver} to {candidate.destination}"
    return printable(f"{kind}{where}, {settings_text(candidate.settings)}")


# Telling.


def _list(store: SweepStore, *, as_json: bool) -> None:
    sweeps = store.sweeps()
    if as_json:
        print_answer(json.dumps([_as_dict(sweep) for sweep in sweeps], indent=2))
        return
    rows = [("", "STARTED", "STATE", "TRIALS", "FAILED", "REFERENCE"), *map(_row, sweeps)]
    _print_table(rows, words=(1, 2, 5))


def _row(sweep: StoredSweep) -> tuple[str, ...]:
    return (
        str(sweep.number),
        moment_text(sweep.created_at),
        sweep.state,
        f"{sweep.done}/{sweep.trials}",
        str(sweep.failed),
        printable(sweep.plan.image.reference),
    )


def _as_dict(sweep: StoredSweep) -> dict[str, object]:
    return {
        "number": sweep.number,
        "state": sweep.state,
        "created_at": sweep.created_at,
        "trials": sweep.trials,
        "done": sweep.done,
        "failed": sweep.failed,
        "plan": sweep.plan.to_json(),
    }


def _show(
    store: SweepStore,
    number: int,
    *,
    as_json: bool = False,
    trials: bool = False,
    heat_map: str = "total",
    over: Sequence[str] = ("parallelism", "chunk_size"),
) -> None:
    sweep = store.sweep(number)
    kept = store.trials(number)
    found = results(sweep.plan, kept)
    if as_json:
        print_answer(json.dumps(_found_as_dict(sweep, kept, found), indent=2))
        return
    image = sweep.plan.image
    print(f"{printable(image.reference)}, {size_text(image.size)}, sweep {number}: {sweep.state}")
    print(
        f"{moment_text(sweep.created_at)}, {found.done} of {found.planned} trials, "
        f"{found.failed} failed, seed {sweep.plan.seed}"
    )
    print()
    words = range(sum(name in WORDS_IN_FRONT for name in people_columns(found)))
    head = tuple(name.upper() for name in people_columns(found))
    _print_table([head, *people_rows(found)], words=words)
    for title, rows in titled_maps(found, heat_map, *over):
        print(f"\n{printable(title)}:")
        _print_table(rows, words=())
    print()
    if untried := left_out_words(sweep.plan):
        print(untried)
    for line in found.noise.words:
        print(line)
    for line in _recommendation_lines(found):
        print(line)
    print()
    for line in (READING, *about_programs(sweep.plan)):
        print(line)
    if trials:
        print_answer("")
        _print_table(_trial_lines(kept), words=(1, 3, 5))


def _recommendation_lines(found: Results) -> Iterator[str]:
    for recommended in recommend(found):
        where = f"{recommended.driver} to {recommended.destination}"
        yield f"\nRecommended for {where}: {settings_text(recommended.settings)}"
        # What is said of the noise stands above.
        yield from (f"  {reason}" for reason in recommended.own_reasons)
        group = found.groups()[recommended.driver, recommended.destination]
        if len(best := frontier(group)) > 1:
            yield "  To weigh time, memory and requests against one another:"
            yield from (f"    {weighed_text(row)}" for row in best)


def _trial_lines(trials: Sequence[Trial]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("", "KIND", "BLOCK", "TRIAL", "TOTAL S", "TRACE OR ERROR")]
    for trial in trials:
        if (outcome := trial.outcome) is not None:
            candidate = trial.planned.candidate
            what = f"{candidate.driver} to {candidate.destination}"
            rows.append(
                (
                    str(trial.planned.position),
                    trial.planned.kind.value,
                    str(trial.planned.block),
                    printable(f"{what}, {settings_text(candidate.settings)}"),
                    seconds_text(outcome.total) if trial.succeeded else "-",
                    printable(outcome.error or outcome.trace),
                )
            )
    return rows


def _found_as_dict(
    sweep: StoredSweep, trials: Sequence[Trial], found: Results
) -> dict[str, object]:
    noise = found.noise
    return {
        **_as_dict(sweep),
        "noise": {
            "controls": noise.controls,
            "drift": noise.drift,
            "spread": noise.spread,
            "corrected": noise.corrected,
            "too_noisy": noise.too_noisy,
            "words": list(noise.words),
        },
        "settings": [dict(zip(SUMMARY_COLUMNS, row, strict=True)) for row in summary_rows(found)],
        "recommended": [
            {
                "driver": one.driver,
                "destination": one.destination,
                **asdict(one.settings),
                "reasons": list(one.reasons),
            }
            for one in recommend(found)
        ],
        "measured": [dict(zip(TRIAL_COLUMNS, row, strict=True)) for row in trial_rows(trials)],
    }


def _print_table(rows: Sequence[tuple[str, ...]], words: Container[int]) -> None:
    for line in table_lines(rows, words):
        print_answer(line)
