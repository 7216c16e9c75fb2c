"""One trial: a cold pull by a program, in processes of its own, and what it cost.

Everything it writes goes to a folder of its own below the destination, which is removed afterwards.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pullscope.engine.errors import PullError
from pullscope.engine.message import Message
from pullscope.engine.units import duration_text, size_text
from pullscope.sweep import measure
from pullscope.sweep.drivers.driver import Driver, DriverRun, Told
from pullscope.sweep.drivers.pullscope import OWN
from pullscope.sweep.plan import PlannedTrial, SweepError, SweepPlan
from pullscope.sweep.results import Outcome
from pullscope.trace.diagnostics import without_secrets
from pullscope.trace.texts import printable

LONGEST = 3600.0
"""Seconds after which a trial has failed, for some programs wait for a silent registry forever;
larger images get the time that they take at `SLOWEST`."""

SLOWEST = 1_000_000.0
"""Bytes/s."""

_PATIENCE = 5.0  # seconds to end in order
_LONGEST_ERROR = 500


class Stopped(Exception):
    """Raised when a trial was stopped: it has no outcome."""


class TrialRunner(Protocol):
    """Runs trials, one at a time. `stop` may be called from any thread."""

    def __call__(self, trial: PlannedTrial) -> Outcome:
        """Run a trial and return what came of it, also when it failed.

        Raises:
            Stopped: it was stopped, or would have begun after a stop.
        """

    def stop(self) -> None:
        """Stop the trial that runs, and let no other begin."""

    def close(self) -> None:
        """Leave things as they were before the first trial."""


@dataclass(frozen=True, slots=True)
class _Measured:
    status: int
    wall: float
    output: str
    errors: str
    cpu: float | None
    memory: int | None


class TrialProcesses:
    """Runs the trials of a sweep in processes.

    Args:
        key: of the sweep, by which its folders are known.
        traces: folder for the traces of trials.
        longest: seconds that one may take; 0 is as long as anybody could wait for the image.
    """

    def __init__(
        self,
        plan: SweepPlan,
        drivers: Mapping[str, Driver],
        key: str,
        traces: Path,
        *,
        longest: float = 0.0,
    ) -> None:
        self._plan = plan
        self._drivers = drivers
        self._prefix = f"pullscope-sweep-{key}-"
        self._traces = traces
        self._longest = longest or max(LONGEST, plan.image.size / SLOWEST)
        self._places = {place.name: place.path for place in plan.destinations}
        self._made: list[Path] = []
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stopped = threading.Event()

    def __call__(self, trial: PlannedTrial) -> Outcome:
        """See `TrialRunner`."""
        began = time.time()
        trace = self._trace_of(trial)
        try:
            with self._scratch(self._places[trial.candidate.destination]) as scratch:
                measured, told = self._pull(trial, scratch, trace)
        except (PullError, OSError) as error:
            return Outcome(began, 0.0, error=_one_line(str(error)))
        failed = bool(measured.status)
        return Outcome(
            started_at=began,
            wall=measured.wall,
            pull=told.pull_seconds,
            network=told.network_seconds,
            cpu=measured.cpu,
            memory=measured.memory,
            requests=told.requests,
            wasted=told.wasted_bytes,
            received=told.network_bytes,
            trace=str(trace) if trace is not None and trace.exists() else "",
            error=_one_line(_reason(trial.candidate.driver, measured)) if failed else "",
        )

    def stop(self) -> None:
        """See `TrialRunner`."""
        with self._lock:
            self._stopped.set()
            if self._process is not None:
                _end_in_order(self._process)

    def clear(self) -> None:
        """Make the destinations, and remove what an interrupted run has left there.

        Raises:
            SweepError: a destination cannot be made.
        """
        for folder in self._places.values():
            try:
                if not folder.exists():
                    folder.mkdir()
                    self._made.append(folder)
                for left in folder.glob(f"{self._prefix}*"):
                    shutil.rmtree(left, ignore_errors=True)
            except OSError as error:
                raise SweepError(
                    Message("{path}: {error}", path=folder, error=error.strerror or error)
                ) from error

    def close(self) -> None:
        """Remove the destinations that were made, unless somebody else has put something there."""
        for folder in self._made:
            with suppress(OSError):
                folder.rmdir()
        self._made.clear()

    def _pull(
        self, trial: PlannedTrial, scratch: Path, trace: Path | None
    ) -> tuple[_Measured, Told]:
        run = self._drivers[trial.candidate.driver].command(
            self._plan.image.pinned,
            trial.candidate.settings,
            scratch,
            insecure=True if self._plan.insecure else None,
        )
        arguments = list(run.arguments)
        if trace is not None:
            trace.parent.mkdir(parents=True, exist_ok=True)
            arguments += ["--trace", str(trace)]
        try:
            if run.prepare is not None:
                run.prepare()
            measured = self._measure(arguments, run)
            told = Told() if measured.status else run.read(measured.output, scratch)
        finally:
            if run.clean is not None:
                run.clean()
        return measured, told

    def _measure(self, arguments: list[str], run: DriverRun) -> _Measured:
        # The process ends with this one: it reads the end of the pipe.
        theirs, ours = os.pipe()
        try:
            with self._lock:
                if self._stopped.is_set():
                    raise Stopped
                process = self._process = subprocess.Popen(  # noqa: S603 - a driver's command
                    [sys.executable, "-I", "-S", str(Path(measure.__file__)), *arguments],
                    stdin=theirs,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    errors="replace",
                    env={**_environment(), **run.environment},
                    start_new_session=True,  # Ctrl+C is for the sweep, which stops it in order
                )
            output, in_time = self._output_of(process)
        finally:
            os.close(theirs)
            os.close(ours)
            with self._lock:
                self._process = None
        told: dict[str, Any] = {"status": -1, "wall": 0.0, "output": "", "errors": "it was killed"}
        if not in_time:
            told["errors"] = f"it took more than {duration_text(self._longest)}"
        elif output:
            told = json.loads(output)
        if self._stopped.is_set() and told["status"]:
            raise Stopped
        return _Measured(
            told["status"],
            told["wall"],
            told["output"],
            told["errors"],
            told.get("cpu"),
            told.get("memory"),
        )

    def _output_of(self, process: "subprocess.Popen[str]") -> tuple[str, bool]:
        """Wait for a process; return what it printed, and whether it ended in time."""
        in_time = True
        try:
            output, _ = process.communicate(timeout=self._longest)
        except subprocess.TimeoutExpired:
            in_time = False
            _end_in_order(process)
            output, _ = process.communicate()
        _signal(process, kill=True)  # whatever it has left running
        return output, in_time

    @contextmanager
    def _scratch(self, destination: Path) -> Iterator[Path]:
        """Lend a new folder in `destination`."""
        scratch = Path(tempfile.mkdtemp(prefix=self._prefix, dir=destination))
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _trace_of(self, trial: PlannedTrial) -> Path | None:
        if not self._plan.traces or trial.candidate.driver not in OWN:  # the others write none
            return None
        return self._traces / f"{trial.position:05}.pullscope"


def check_destinations(plan: SweepPlan) -> None:
    """See that every destination can be written to and has room for the image.

    A folder that is not there will be made, in one that is.

    Raises:
        SweepError: one has not, or cannot.
    """
    needed = plan.image.size + plan.image.size // 10
    for place in plan.destinations:
        folder = place.path if place.path.exists() else place.path.parent
        if not folder.is_dir():
            raise SweepError(
                Message("{path}: there is no folder {folder}", path=place.path, folder=folder)
            )
        try:
            Path(tempfile.mkdtemp(prefix="pullscope-sweep-", dir=folder)).rmdir()
            free = shutil.disk_usage(folder).free
        except OSError as error:
            raise SweepError(
                Message("{path}: {error}", path=folder, error=error.strerror or error)
            ) from error
        if free < needed:
            raise SweepError(
                Message(
                    "{folder}: a trial needs {needed}, {free} are free",
                    folder=folder,
                    needed=size_text(needed),
                    free=size_text(free),
                )
            )


def _environment() -> dict[str, str]:
    """Return this environment, but for what makes Python compile a program at each start."""
    kept = dict(os.environ)
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept


def _end_in_order(process: "subprocess.Popen[str]") -> None:
    """Ask a process and its children to end, and end them when they do not."""
    _signal(process, kill=False)

    def kill() -> None:
        if process.poll() is None:
            _signal(process, kill=True)

    timer = threading.Timer(_PATIENCE, kill)
    timer.daemon = True
    timer.start()


def _signal(process: "subprocess.Popen[str]", *, kill: bool) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)


def _reason(driver: str, measured: _Measured) -> str:
    """Return why a program failed: the last line that it printed on stderr, or its status."""
    lines = [line.strip() for line in measured.errors.splitlines() if line.strip()]
    last = lines[-1].removeprefix("pullscope: error: ") if lines else ""
    return f"{driver}: {last or f'ended with status {measured.status}'}"


def _one_line(text: str) -> str:
    return printable(without_secrets(" ".join(text.split())))[:_LONGEST_ERROR]
