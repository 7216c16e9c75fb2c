"""A lab in a process of its own, for tests and the demo."""

import http.client
import json
import os
import ssl
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pullscope
from pullscope.engine.message import Message
from pullscope.lab.command import write_arguments
from pullscope.lab.config import FaultPlan, LabConfig, Shaping
from pullscope.lab.statistics import LabStatistics

_STOP_TIMEOUT = 5.0
_CONTROL_TIMEOUT = 10.0


class LabError(Exception):
    """Raised when the lab does not start, or refuses what it is told."""


class LabProcess:
    """Starts a lab on entry and ends it on exit. All calls block, for milliseconds once started.

    The process ends with its parent, however that ends: it reads the end of a pipe.
    """

    def __init__(self, config: LabConfig) -> None:
        self.config = config
        self.host = ""
        """The registry as "127.0.0.1:PORT"; empty before the start, as the others are."""
        self.cdn_host: str | None = None
        """The second origin, in redirect mode."""
        self.references: list[str] = []
        """What it serves: "127.0.0.1:PORT/demo/app:1"."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The registry's address with its scheme: "http://127.0.0.1:PORT"."""
        return f"{self.config.scheme}://{self.host}"

    @property
    def pid(self) -> int:
        """The process id, for measuring what the lab itself uses; LabError when not started."""
        if self._process is None:
            raise LabError(Message("the lab is not running"))
        return self._process.pid

    def start(self) -> None:
        """Start the process and wait until it listens.

        That takes under a second once the digests are cached, and about a second per GB when
        they are not. Raises LabError when it does not start.
        """
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            [sys.executable, "-m", "pullscope.lab", *write_arguments(self.config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        line = self._process.stdout.readline()
        announced: dict[str, Any] = (
            json.loads(line) if line else {"error": Message("it ended before it listened")}
        )
        if "error" in announced:
            self.stop()
            raise LabError(Message("the lab did not start: {error}", error=announced["error"]))
        self.host = announced["host"]
        self.cdn_host = announced["cdn_host"]
        self.references = announced["references"]

    def stop(self) -> None:
        """End the process: politely, then for good. Does nothing when it has ended."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def statistics(self) -> LabStatistics:
        """Return what the lab has counted. Raises OSError when it has ended."""
        return LabStatistics.from_json(json.loads(self._control("GET", "/lab/statistics")))

    def reshape(self, *, shaping: Shaping | None = None, faults: FaultPlan | None = None) -> None:
        """Replace the shaping, the faults or both, at once and for bodies under way too.

        A new plan of faults counts its limit from zero. Raises LabError when the lab refuses,
        OSError when it has ended.
        """
        document: dict[str, Any] = {}
        if shaping is not None:
            document["shaping"] = asdict(shaping)
        if faults is not None:
            document["faults"] = {**asdict(faults), "faults": [str(f) for f in faults.faults]}
        self._control("POST", "/lab/shaping", json.dumps(document).encode())

    def _control(self, method: str, path: str, body: bytes | None = None) -> bytes:
        connection = self._connect()
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= http.client.BAD_REQUEST:
            raise LabError(
                Message(
                    "{method} {path}: {status} {answer}",
                    method=method,
                    path=path,
                    status=response.status,
                    answer=answer.decode(),
                )
            )
        return answer

    def _connect(self) -> http.client.HTTPConnection:
        if self.config.scheme == "http":
            return http.client.HTTPConnection(self.host, timeout=_CONTROL_TIMEOUT)
        # The process is our own and the certificate is whatever the test made up.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(self.host, timeout=_CONTROL_TIMEOUT, context=context)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _environment() -> dict[str, str]:
    """Return an environment in which the process finds this same package."""
    source = str(Path(pullscope.__file__).parent.parent)
    paths = [source, os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
