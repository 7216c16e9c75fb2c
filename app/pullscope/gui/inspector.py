"""What fills the image view: an image that is looked up, or the one that is being pulled.

It asks the session on behalf of the window, and offers the platforms that were found in the
reference bar for as long as the reference there stays the same.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from pullscope.engine.errors import PullError
from pullscope.engine.image_config import plain
from pullscope.engine.message import words_of
from pullscope.engine.model import Snapshot
from pullscope.engine.pull import Pull
from pullscope.engine.reference import parse_reference
from pullscope.engine.topology import Topology, TopologyLayer, topology_of_plan
from pullscope.gui.image_view import ImageView
from pullscope.gui.language import said
from pullscope.gui.reference_bar import ReferenceBar
from pullscope.session import PullOptions, Session

_LOOK_EVERY = 1.0  # seconds, while the config is not there yet
_MOST_LOOKS = 20


class Inspector(QObject):
    """Looks images up for one view.

    Signals:
        failed: an image could not be looked up; the words say why.
        busy_changed: whether an image is being looked up.
    """

    failed = Signal(str)
    busy_changed = Signal(bool)

    def __init__(
        self, session: Session, bar: ReferenceBar, view: ImageView, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._bar = bar
        self._view = view
        self._pull: Pull | None = None  # until nothing is missing
        self._shown: Pull | None = None
        self._looked_at = 0.0
        self._looks = 0
        self._inspected = ""  # the text in the bar whose platforms are offered
        self._tasks: set[asyncio.Task[None]] = set()
        self.busy = False
        bar.reference_edited.connect(self._forget_platforms)
        view.platform_chosen.connect(bar.choose_platform)

    def inspect(self, text: str, options: PullOptions) -> None:
        """Look up what a reference leads to, without pulling it."""
        if not self.busy and text:
            self._run(self._inspect(text, options))

    def show_pull(
        self, reference: str, pull: Pull | None, recorded: Snapshot | None = None
    ) -> None:
        """Show the image of a pull as soon as it is known; another's is no longer shown then.

        `recorded` is what a trace tells, where there is no pull to ask.
        """
        shown = self._view.topology
        if recorded is not None:
            self._view.show_topology(_recorded_topology(recorded) if recorded.digest else None)
        elif shown is not None and shown.reference != _in_full(reference):
            self._view.show_topology(None)
        self._pull = self._shown = pull
        self._looked_at = 0.0
        self._looks = 0

    def follow(self, snapshot: Snapshot) -> None:
        """Look again where something is missing; called a few times a second and at the end."""
        pull = self._pull
        if pull is None or not snapshot.digest or pull.plan is None:
            return
        complete = self._view_shows(pull) and self._config_is_there()
        early = snapshot.at - self._looked_at < _LOOK_EVERY and self._looks > 0
        if not snapshot.state.ended and (complete or early or self._looks >= _MOST_LOOKS):
            return
        self._looked_at = snapshot.at
        self._looks += 1
        self._run(self._look(pull))
        if snapshot.state.ended:
            self._pull = None

    def select(self, snapshot: Snapshot | None, layer: int) -> None:
        """Show in the view that the layer with this index is selected; -1 for none."""
        layers = snapshot.layers if snapshot is not None else ()
        self._view.select_layer(layers[layer].digest if 0 <= layer < len(layers) else "")

    async def close(self) -> None:
        """End what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _view_shows(self, pull: Pull) -> bool:
        shown = self._view.topology
        return shown is not None and pull.plan is not None and shown.digest == pull.plan.digest

    def _config_is_there(self) -> bool:
        return self._view.topology is not None and self._view.topology.config is not None

    async def _inspect(self, text: str, options: PullOptions) -> None:
        self._set_busy(busy=True)
        try:
            topology = await self._session.inspect(text, options)
        except PullError as error:
            self.failed.emit(said(error))
        else:
            self._pull = self._shown = None  # what was asked for last stays
            self._view.show_topology(topology)
            if self._bar.text == text:
                self._inspected = text
                self._bar.offer_platforms(topology.choices)
        finally:
            self._set_busy(busy=False)

    async def _look(self, pull: Pull) -> None:
        plan = pull.plan
        if plan is None:
            return
        try:
            topology = await asyncio.to_thread(topology_of_plan, plan, pull.store)
        except PullError as error:  # the image can be pulled nevertheless
            topology = Topology(plan.reference, plan.digest, problem=words_of(error))
        if pull is not self._shown:
            return  # another pull is looked at meanwhile
        shown = self._view.topology
        same = shown is not None and shown.digest == topology.digest
        if same and topology.config is None and self._config_is_there():
            return  # an archive has taken it along
        self._view.show_topology(topology)

    def _forget_platforms(self, text: str) -> None:
        if self._inspected and text.strip() != self._inspected:
            self._inspected = ""
            self._bar.offer_platforms(())

    def _set_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit(busy)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _recorded_topology(snapshot: Snapshot) -> Topology:
    """Return the little that a trace tells of an image."""
    layers = (
        TopologyLayer(plain(layer.digest), layer.size, plain(layer.media_type))
        for layer in snapshot.layers
    )
    return Topology(
        plain(snapshot.reference),
        plain(snapshot.digest),
        platform=plain(snapshot.platform),
        layers=tuple(layers),
    )


def _in_full(reference: str) -> str:
    try:
        return str(parse_reference(reference))
    except PullError:
        return reference
