"""Measures what a frame of the window's views costs the event loop's thread, in CPU milliseconds.

    PYTHONPATH=app xvfb-run -a python tests/benchmarks/measure_frames.py [--seconds 5]
        [--changes 1800] [--size 1280x800]

Two pulls of which half is here: 30 layers of 3,000 chunks, and 10 layers of 10,000. In every frame
`--changes` chunks finish, far more than any registry could serve. A frame is the hand-over of a
snapshot and the painting that follows; what builds the snapshot is not counted. Printed are the
median and the 95th percentile.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QApplication, QWidget

from pullscope.engine.events import ChunkDone, ChunkStarted, FirstByte, PrefixHashed
from pullscope.engine.model import (
    MIB,
    ChunkSnapshot,
    ChunkState,
    Extent,
    LayerSnapshot,
    LayerState,
    PullState,
    Settings,
    Snapshot,
)
from pullscope.engine.model import (
    Timeline as Milestones,
)
from pullscope.gui import theme as themes
from pullscope.gui.attempts import Attempts
from pullscope.gui.chunk_map import ChunkMap
from pullscope.gui.layer_table import LayerModel, LayerTable
from pullscope.gui.map_colours import ColourBy
from pullscope.gui.timeline import Timeline

CHUNK = 4 * MIB
CONNECTIONS = 64
FRAME = 1 / 30


class Story:
    """A pull that goes on by a number of chunks a frame, over all its layers at once."""

    def __init__(self, layers: int, chunks: int, changes: int) -> None:
        self.attempts = Attempts()
        self.at = 0.0
        self._layers = layers
        self._chunks = chunks
        self._per_layer = max(1, changes // layers)
        self._done = [0] * layers
        self._asked = 0
        self._took = FRAME * CONNECTIONS / changes  # of one chunk after the other on a connection
        self._extents: list[list[Extent]] = [[] for _ in range(layers)]
        while self._done[0] < chunks // 2:
            self.advance(self._per_layer)

    @property
    def ended(self) -> bool:
        """Whether no frame is left."""
        return self._done[0] + self._per_layer + 2 > self._chunks

    def advance(self, count: int) -> None:
        """Finish `count` chunks of every layer."""
        self.at += FRAME
        for layer in range(self._layers):
            for _ in range(min(count, self._chunks - self._done[layer])):
                self._finish(layer)
            hashed = max(0, self._done[layer] - 3) * CHUNK
            self.attempts(PrefixHashed(self.at, layer, hashed, self.at - FRAME))

    def _finish(self, layer: int) -> None:
        number = self._done[layer]
        self._done[layer] += 1
        # Two by two in the wrong order: there is always a gap somewhere.
        place = min(number ^ 1, self._chunks - 1)
        chunk = layer * self._chunks + place
        c = self._asked % CONNECTIONS
        start = self.at - FRAME + self._asked // CONNECTIONS * self._took % FRAME
        self._asked += 1
        offset = place * CHUNK
        first, received, end = (start + share * self._took for share in (0.2, 0.9, 1.0))
        self.attempts(ChunkStarted(start, layer, chunk, 1, offset, CHUNK, c, start))
        self.attempts(FirstByte(first, layer, chunk, 1, 206, "cdn.example", "HTTP/1.1"))
        self.attempts(ChunkDone(end, layer, chunk, 1, received, CHUNK))
        self._extents[layer].append(Extent(offset, CHUNK, chunk, 1 + (number % 97 == 0)))

    def snapshot(self) -> Snapshot:
        """Return the moment."""
        layers = tuple(self._layer(number) for number in range(self._layers))
        received = sum(layer.received for layer in layers)
        return Snapshot(
            at=self.at, state=PullState.RUNNING, reference="registry.example/image:1", digest="",
            platform="", settings=Settings(), total=self._layers * self._chunks * CHUNK, reused=0,
            network=received, wasted=0, received=received, written=received, hashed=received,
            in_flight=2 * self._layers, requests=0, retries=0, memory=0, timeline=Milestones(),
            layers=layers,
        )  # fmt: skip

    def _layer(self, number: int) -> LayerSnapshot:
        here = self._done[number] * CHUNK
        flight = tuple(
            ChunkSnapshot(
                number * self._chunks + self._done[number] + n, here + n * CHUNK, CHUNK, MIB, MIB,
                1, number % CONNECTIONS, state,
            )
            for n, state in enumerate((ChunkState.WAITING, ChunkState.RECEIVING))
        )  # fmt: skip
        return LayerSnapshot(
            index=number, digest=f"sha256:{number:064x}", size=(self._chunks + 2) * CHUNK,
            media_type="", state=LayerState.RECEIVING, received=here, written=here,
            hashed=max(0, here - 3 * CHUNK), frontier=here, attempts=self._done[number], retries=0,
            generation=0, extents=tuple(self._extents[number]), in_flight=flight,
        )  # fmt: skip


def frames(
    app: QApplication, story: Story, view: QWidget, show: Callable[[Snapshot], None]
) -> Iterator[float]:
    """Yield the milliseconds of one frame after the other, until the pull is over."""
    first = True
    while not story.ended:
        story.advance(story._per_layer)
        snapshot = story.snapshot()
        began = time.thread_time()
        show(snapshot)
        app.processEvents()
        if not first:  # the first one takes in what was there before
            yield (time.thread_time() - began) * 1000
        first = False


def report(name: str, costs: list[float]) -> None:
    """Print one line."""
    costs.sort()
    worst = costs[int(len(costs) * 0.95)]
    print(f"{name:<44} {statistics.median(costs):6.2f} {worst:6.2f}  ({len(costs)} frames)")


def measure(
    app: QApplication, name: str, layers: int, chunks: int, options: argparse.Namespace
) -> None:
    """Measure every view with a pull of so many layers and chunks."""
    width, height = map(int, options.size.split("x"))

    def run(title: str, view: QWidget, show: Callable[[Story], Callable[[Snapshot], None]]) -> None:
        story = Story(layers, chunks, options.changes)
        shown = show(story)
        view.resize(width, height)
        view.show()
        app.processEvents()
        costs = []
        end = time.perf_counter() + options.seconds
        for cost in frames(app, story, view, shown):
            costs.append(cost)
            if time.perf_counter() > end:
                break
        report(f"{name}, {title}", costs)
        view.close()

    for by in ColourBy:
        chunk_map = ChunkMap()
        chunk_map.colour_by = by

        def show_map(story: Story, view: ChunkMap = chunk_map) -> Callable[[Snapshot], None]:
            view.set_attempts(story.attempts)
            return view.show_snapshot

        run(f"map by {by.value}", chunk_map, show_map)
    model = LayerModel()
    table = LayerTable(model)

    def show_table(story: Story) -> Callable[[Snapshot], None]:
        table.set_attempts(story.attempts)
        return model.show_snapshot

    run("layer table", table, show_table)
    timeline = Timeline()

    def show_timeline(story: Story) -> Callable[[Snapshot], None]:
        timeline.set_attempts(story.attempts)
        return lambda snapshot: timeline.advance(snapshot.at)

    run("timeline", timeline, show_timeline)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--changes", type=int, default=1800)
    parser.add_argument("--size", default="1280x800")
    options = parser.parse_args()
    app = QApplication([])
    themes.apply(app, themes.Scheme.DARK)
    print(f"{'ms a frame':<44} median    95 %")
    measure(app, "30 x 3,000", 30, 3000, options)
    measure(app, "10 x 10,000", 10, 10_000, options)


if __name__ == "__main__":
    main()
