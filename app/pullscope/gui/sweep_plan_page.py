"""The page that plans a sweep: what is tried, where to, how often, and what that will cost."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.errors import PullError
from pullscope.engine.message import words_of
from pullscope.engine.model import GIB, MIB, SettingRange
from pullscope.engine.topology import Topology
from pullscope.engine.units import size_text
from pullscope.gui import theme as themes
from pullscope.gui.amount_box import SIZE, AmountBox
from pullscope.gui.destination_list import DestinationList
from pullscope.gui.language import said
from pullscope.gui.program_list import ProgramList
from pullscope.gui.sweep_words import estimate_texts
from pullscope.gui.value_field import ValueField
from pullscope.session import default_store
from pullscope.sweep.drivers.driver import Driver
from pullscope.sweep.past_rate import past_rate
from pullscope.sweep.plan import (
    Destination,
    Estimate,
    PlannedTrial,
    SweepError,
    SweepPlan,
    SweptImage,
    check_bytes,
    estimate,
    left_out,
    plan_trials,
)

LookUp = Callable[[str], Awaitable[Topology]]
"""Returns what the image with a reference is made of; it may raise PullError."""

_RECKONED_AFTER_MS = 150
_MOST_REPEATS = 50
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Preset:
    layers: tuple[int, ...]
    parallelism: tuple[int, ...]
    chunk_sizes: tuple[int, ...]
    repeat: int


_PRESETS = {
    "usual": _Preset((3,), (1, 4, 16, 64), (4 * MIB, 16 * MIB, 32 * MIB), 5),
    "quick": _Preset((3,), (1, 4, 16), (16 * MIB,), 3),
    "thorough": _Preset(
        (2, 3, 4), (1, 2, 4, 8, 16, 32, 64), (4 * MIB, 8 * MIB, 16 * MIB, 32 * MIB), 5
    ),
    "whole": _Preset((1, 3, 8), (1, 8), (0, 8 * MIB), 5),
}


@dataclass(frozen=True, slots=True)
class _Image:
    reference: str
    swept: SweptImage
    platform: str
    rate: float | None


@dataclass(frozen=True, slots=True)
class _Planned:
    plan: SweepPlan
    trials: tuple[PlannedTrial, ...]
    cost: Estimate
    left_out: int


class _NotReady(Exception):
    """Raised when something is missing in a plan. `str()` says what."""


class SweepPlanPage(QWidget):
    """Plans a sweep.

    Args:
        drivers: all programs, by name.
        look_up: finds out what an image is made of.
        asks_http: whether a sweep asks the registry by HTTP without TLS.

    Signals:
        begin_asked: a `SweepPlan` and its trials.
    """

    begin_asked = Signal(object, object)

    def __init__(
        self,
        drivers: Mapping[str, Driver],
        look_up: LookUp,
        asks_http: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look_up = look_up
        self._asks_http = asks_http
        self._image: _Image | None = None
        self._image_problem = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._looked_for = ""
        self._planned: _Planned | None = None
        self._blocked = ""
        self._make_fields(drivers)
        self._timer = QTimer(self, interval=_RECKONED_AFTER_MS, singleShot=True)
        self._timer.timeout.connect(self.reckon)
        for changed in (
            self.layers.changed,
            self.parallelism.changed,
            self.chunk_size.changed,
            self.destinations.changed,
            self.programs.changed,
            self.repeat.valueChanged,
            self.most.amount_changed,
        ):
            changed.connect(lambda *_: self._timer.start())
        self._lay_out()
        self._set_texts()

    @property
    def busy(self) -> bool:
        """Whether an image or programs are looked for."""
        return bool(self._tasks)

    @property
    def estimate(self) -> Estimate | None:
        """What the sweep as it is planned will cost; None while it cannot begin."""
        return None if self._planned is None else self._planned.cost

    def open(self, reference: str) -> None:
        """Plan for this image, where one is named, and find out which programs are here."""
        self._run(self.programs.look())
        if reference and not self.reference.text().strip():
            self.reference.setText(reference)
        self.look_up()

    def look_up(self) -> None:
        """Find out what the image is made of, unless that is known."""
        reference = self.reference.text().strip()
        if reference in ("", self._looked_for):
            self.reckon()
            return
        self._looked_for, self._image, self._image_problem = reference, None, ""
        self._run(self._find(reference))
        self.reckon()

    def block(self, reason: str) -> None:
        """Let no sweep begin, for a reason; empty: let it."""
        self._blocked = reason
        self.reckon()

    def stop(self) -> None:
        """Wait for nothing any more."""
        for task in self._tasks:
            task.cancel()

    def reckon(self) -> None:
        """Bring the estimate up to date with what is planned."""
        self._timer.stop()
        try:
            self._planned = self._plan()
        except (_NotReady, SweepError, ValueError) as error:
            self._planned = None
            self._cost.setText(self.tr("Not ready to begin"))
            self._notes.setText(said(error))
        else:
            cost, notes = estimate_texts(self._planned.cost)
            if self._planned.left_out:
                words = self.tr("{0} of the settings would do the same as others: left out.")
                notes += " " + words.format(self._planned.left_out)
            self._cost.setText(cost)
            self._notes.setText(self._blocked or notes)
        self._begin.setEnabled(self._planned is not None and not self._blocked)
        self._write_image()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _plan(self) -> _Planned:
        """Return what is planned.

        Raises:
            _NotReady: something is missing.
            SweepError, ValueError: something cannot be.
        """
        for field in (self.parallelism, self.chunk_size, self.layers):
            if field.problem:
                raise _NotReady(f"{field.field.accessibleName()}: {said(field.problem)}")
        drivers = self.programs.chosen
        if not drivers:
            raise _NotReady(self.tr("Choose a program to pull with"))
        if self._image is None or not all(name in self.programs.knobs for name in drivers):
            if self.busy:
                raise _NotReady(self.tr("Looking for the image and the programs…"))
            raise _NotReady(self._image_problem or self.tr("Name the image to pull"))
        plan = SweepPlan(
            image=self._image.swept,
            layers=self.layers.values,
            parallelism=self.parallelism.values,
            chunk_sizes=self.chunk_size.values,
            destinations=self.destinations.destinations(),
            drivers=drivers,
            repeat=self.repeat.value(),
            seed=random.randrange(10**6),  # noqa: S311 - of an order, not secret
            traces=self.traces.isChecked(),
            max_bytes=self.most.amount,
            insecure=self._asks_http(),
        )
        trials = plan_trials(plan, self.programs.knobs)
        cost = estimate(plan.image, trials, self._image.rate)
        check_bytes(plan, cost)
        return _Planned(plan, trials, cost, left_out(plan))

    def _ask_begin(self) -> None:
        self.reckon()
        if self._planned is not None and not self._blocked:
            self.begin_asked.emit(self._planned.plan, self._planned.trials)

    async def _find(self, reference: str) -> None:
        try:
            topology = await self._look_up(reference)
            rate = await asyncio.to_thread(past_rate, reference)
        except PullError as error:
            if reference == self._looked_for:
                self._image_problem, self._looked_for = words_of(error), ""
            return
        if reference != self._looked_for:
            return
        if topology.problem:
            self._image_problem, self._looked_for = said(topology.problem), ""
            return
        platform = topology.platform
        self._image = _Image(reference, SweptImage.of(topology), platform, rate)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            self.reckon()
            task.result()  # what nobody expected is for the loop's handler

    def _take_preset(self, place: int) -> None:
        preset = _PRESETS[self.presets.itemData(place)]
        self.layers.set_values(preset.layers)
        self.parallelism.set_values(preset.parallelism)
        self.chunk_size.set_values(preset.chunk_sizes)
        self.repeat.setValue(preset.repeat)

    def _reference_edited(self, text: str) -> None:
        if text.strip() != self._looked_for:
            self._looked_for, self._image, self._image_problem = "", None, ""
            self._timer.start()

    def _write_image(self) -> None:
        if self._image is None:
            self._about.setText(said(self._image_problem))
            self._about.setVisible(bool(self._image_problem))
            return
        swept = self._image.swept
        count = len(swept.layer_sizes)
        words = self.tr("1 layer, {1}") if count == 1 else self.tr("{0} layers, {1}")
        told = words.format(count, size_text(swept.size))
        self._about.setText(" · ".join(part for part in (told, self._image.platform) if part))
        self._about.show()

    # --- construction -------------------------------------------------------------------------

    def _make_fields(self, drivers: Mapping[str, Driver]) -> None:
        usual = _PRESETS["usual"]
        self.reference = QLineEdit()
        self.reference.setObjectName("sweep_reference")
        self.reference.setFont(themes.mono_font())
        self.reference.textChanged.connect(self._reference_edited)
        self.reference.editingFinished.connect(self.look_up)
        self._about = _words("sweep_image")
        self.presets = QComboBox()
        self.presets.setObjectName("sweep_preset")
        for name in _PRESETS:
            self.presets.addItem("", name)
        self.presets.activated.connect(self._take_preset)
        self.layers = ValueField("layers", usual.layers)
        self.parallelism = ValueField("parallelism", usual.parallelism)
        self.chunk_size = ValueField("chunk_size", usual.chunk_sizes)
        self.repeat = QSpinBox()
        self.repeat.setObjectName("sweep_repeat")
        self.repeat.setRange(1, _MOST_REPEATS)
        self.repeat.setValue(usual.repeat)
        self.repeat.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        memory = Path("/dev/shm")  # noqa: S108 - trials make folders of their own in there
        self.destinations = DestinationList(
            [Destination("data", default_store().parent)],
            [Destination("tmpfs", memory / "pullscope-sweep")] if memory.is_dir() else [],
        )
        self.programs = ProgramList(drivers)
        self.most = AmountBox(SIZE, SettingRange(MIB, 1024 * GIB), self.tr("no limit"))
        self.most.setObjectName("sweep_most")
        self.most.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.traces = QCheckBox()
        self.traces.setObjectName("sweep_traces")
        self.traces.setChecked(True)
        self._cost = QLabel()
        self._cost.setObjectName("sweep_cost")
        self._cost.setTextFormat(Qt.TextFormat.PlainText)
        self._cost.setFont(themes.number_font(13))
        self._cost.setWordWrap(True)
        self._notes = _words("sweep_notes")
        self._begin = QPushButton()
        self._begin.setObjectName("begin_sweep")
        self._begin.setProperty("primary", True)
        self._begin.setEnabled(False)
        self._begin.clicked.connect(self._ask_begin)

    def _lay_out(self) -> None:
        inside = QWidget()
        self._form = form = QFormLayout(inside)
        form.setContentsMargins(16, 12, 16, 12)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        image = QWidget()
        lines = QVBoxLayout(image)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        lines.addWidget(self.reference)
        lines.addWidget(self._about)
        self._labels = [QLabel() for _ in range(10)]
        for label, row in zip(
            self._labels,
            (
                image,
                _at_left(self.presets),
                self.parallelism,
                self.chunk_size,
                self.layers,
                _at_left(self.repeat),
                self.destinations,
                self.programs,
                _at_left(self.most),
                self.traces,
            ),
            strict=True,
        ):
            label.setContentsMargins(0, 5, 0, 0)
            form.addRow(label, row)
        scroll = QScrollArea()
        scroll.setObjectName("sweep_plan")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        inside.setAutoFillBackground(False)  # the panel's surface is theirs, too
        scroll.viewport().setAutoFillBackground(False)
        upper = QFrame()
        themes.as_panel(upper)
        around = QVBoxLayout(upper)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(scroll)
        lower = QFrame()
        themes.as_panel(lower)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self._cost)
        told.addWidget(self._notes)
        foot = QHBoxLayout(lower)
        foot.setContentsMargins(16, 10, 16, 10)
        foot.setSpacing(16)
        foot.addLayout(told, 1)
        foot.addWidget(self._begin)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(upper, 1)
        rows.addWidget(lower)

    def _set_texts(self) -> None:
        titles = (
            self.tr("Image"),
            self.tr("Preset"),
            self.tr("Parallelism"),
            self.tr("Chunk size"),
            self.tr("Layers at once"),
            self.tr("Trials of each"),
            self.tr("Destinations"),
            self.tr("Programs"),
            self.tr("Bytes in all"),
            self.tr("Traces"),
        )
        for label, title in zip(self._labels, titles, strict=True):
            label.setText(title)
        self.reference.setAccessibleName(self.tr("Image to pull"))
        self.reference.setPlaceholderText("ghcr.io/team/app:1")
        names = {
            "usual": self.tr("Usual"),
            "quick": self.tr("Quick look"),
            "thorough": self.tr("Thorough"),
            "whole": self.tr("Whole layers or chunks"),
        }
        for place in range(self.presets.count()):
            self.presets.setItemText(place, names[self.presets.itemData(place)])
        self.presets.setAccessibleName(self.tr("Preset of the values"))
        self.parallelism.set_words(
            self.tr("Parallelism"), self.tr("chunks of one layer at once, 1 to 128")
        )
        self.chunk_size.set_words(
            self.tr("Chunk size"), self.tr("as 4MiB, 32MiB; 0 asks for a whole layer")
        )
        self.layers.set_words(self.tr("Layers at once"), self.tr("1 to 32"))
        self.repeat.setAccessibleName(self.tr("Trials of each setting"))
        self.repeat.setToolTip(self.tr("With five or more, an interval tells how sure a time is"))
        self.most.set_word_for_0(self.tr("no limit"))
        self.most.setAccessibleName(self.tr("Bytes received in all, at most"))
        self.most.setToolTip(
            self.tr("The sweep pauses rather than receive more; registries count and charge")
        )
        self.traces.setText(self.tr("keep the trace of each of Pullscope's trials"))
        self._begin.setText(self.tr("Begin"))
        self._begin.setToolTip(self.tr("Each trial is a cold pull in a process of its own"))
        self.reckon()


def _words(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    label.setFont(themes.base_font(12))
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _at_left(widget: QWidget) -> QWidget:
    around = QWidget()
    row = QHBoxLayout(around)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(widget)
    row.addStretch(1)
    return around
