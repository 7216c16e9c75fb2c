"""What it costs to record a pull while it runs: CPU time, as a share of the pull's.

    PYTHONPATH=app python tests/benchmarks/measure_recorder.py [MIB] [CHUNK_KIB]

A pull from a lab on this machine is observed; then its events are recorded again, as fast as they
can be, into files and to a collector that is another process, and the CPU time of that is compared
with the CPU time that the pull took.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

from pullscope.engine.events import PullEvent, Sampled
from pullscope.engine.model import KIB, MIB, Settings
from pullscope.lab.config import LabConfig, SyntheticImage
from pullscope.lab.process import LabProcess
from pullscope.session import PullOptions, Session
from pullscope.trace.otlp_live import OtlpExport
from pullscope.trace.recorder import Recorder
from pullscope.trace.streaming import StreamedTrace


async def recorded(reference: str, folder: Path, settings: Settings) -> Recorder:
    """Pull, and return what happened."""
    session, recorder = Session(), Recorder()
    try:
        pull = session.new_pull(reference, PullOptions(output=folder / "images"), settings)
        pull.observe(recorder)
        await pull.run()
    finally:
        await session.close()
    return recorder


class Sink(BaseHTTPRequestHandler):
    """A collector that forgets what it gets."""

    def do_POST(self) -> None:
        """Take a request."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve_sink(port: Connection) -> None:
    """Be the collector; tell the port."""
    server = HTTPServer(("127.0.0.1", 0), Sink)
    port.send(server.server_port)
    server.serve_forever()


def spent(
    events: Sequence[PullEvent], record: Callable[[PullEvent], None], close: Callable[[], object]
) -> float:
    """Return the CPU seconds that it takes to record events."""
    began = time.process_time()
    for event in events:
        record(event)
    close()
    return time.process_time() - began


def main(size: int, chunk_size: int) -> None:
    """Measure, and print the figures."""
    image = SyntheticImage("demo/app", "1", (size // 2, size // 4, size // 4))
    with (
        tempfile.TemporaryDirectory() as name,
        LabProcess(LabConfig(images=(image,))) as lab,
    ):
        folder = Path(name)
        settings = Settings(chunk_size=chunk_size)
        recorder = asyncio.run(recorded(lab.references[0], folder, settings))
        pulled = max(event.cpu for event in recorder.events if isinstance(event, Sampled))
        events = recorder.events

        def tell(name: str, seconds: float) -> None:
            print(
                f"{name}: {len(events)} events, {seconds * 1e6 / len(events):.1f} µs each, "
                f"{seconds:.3f} s of {pulled:.2f} s CPU: {seconds / pulled:.2%}"
            )

        for extension in ("pullscope", "jsonl"):
            path = folder / f"pull.{extension}"
            trace = StreamedTrace(path)
            seconds = spent(events, trace, trace.close)
            tell(f".{extension}, {path.stat().st_size / KIB:.0f} KiB", seconds)
        ours, theirs = multiprocessing.Pipe()
        sink = multiprocessing.get_context("spawn").Process(target=serve_sink, args=(theirs,))
        sink.start()
        export = OtlpExport(f"http://127.0.0.1:{ours.recv()}", {})
        tell("--otlp", spent(events, export, export.close))
        sink.terminate()
        sink.join()


if __name__ == "__main__":
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    kilobytes = int(sys.argv[2]) if len(sys.argv) > 2 else 16 * 1024
    main(megabytes * MIB, kilobytes * KIB)
