"""The tuning dock: the settings, presets, undo, and what each change did.

`settings` is the truth; sliders, spin boxes and the preset show it. A change by the user goes to
`settings_changed` at once, whether a pull runs or not.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pullscope.engine.model import RANGES, ZERO_ALLOWED, Settings
from pullscope.engine.units import rate_text
from pullscope.gui import theme as themes
from pullscope.gui.amount_box import RATE, SIZE, AmountBox
from pullscope.gui.effects import (
    Effect,
    Verdict,
    change_text,
    layer_order_texts,
    protocol_texts,
    value_text,
    write_texts,
)
from pullscope.gui.panel import Rule
from pullscope.gui.registry_panel import RegistryPanel
from pullscope.gui.setting_slider import SettingSlider
from pullscope.tuning.presets import PRESETS, preset_of

TUNING_WIDTH = 272
_SHOWN_EFFECTS = 5
_RARE = ("rate_limit", "request_limit", "memory_limit", "layer_order", "write", "protocol")
_FIELD_WIDTH = 92
_CHOICE_WIDTH = 132
_ONE_DRAG = 1.0  # seconds: changes of one setting that follow sooner are one step of undo


class TuningDock(QDockWidget):
    """Where the settings are changed.

    Signals:
        settings_changed: the new `Settings`, whenever the user changed one.
    """

    settings_changed = Signal(object)

    def __init__(
        self, settings: Settings, undo: QAction, redo: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("tuning")
        self.setWindowTitle(self.tr("Tuning"))
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        self.setAllowedAreas(
            Qt.DockWidgetArea.RightDockWidgetArea | Qt.DockWidgetArea.LeftDockWidgetArea
        )
        self._settings = settings
        self._undo, self._redo = undo, redo
        self._past: list[Settings] = []
        self._future: list[Settings] = []
        self._last_change = ("", -math.inf)
        undo.triggered.connect(self.undo)
        redo.triggered.connect(self.redo)

        self._preset = QComboBox()
        self._preset.setObjectName("preset")
        self._preset.setAccessibleName(self.tr("Preset"))
        self._preset.setPlaceholderText(self.tr("Your own settings"))
        for preset in PRESETS:
            self._preset.addItem(self.tr(preset.name), preset.settings)
            self._preset.setItemData(
                self._preset.count() - 1, self.tr(preset.purpose), Qt.ItemDataRole.ToolTipRole
            )
        self._preset.activated.connect(self._choose_preset)

        self._sliders: dict[str, SettingSlider] = {}
        self._boxes: dict[str, QSpinBox] = {}
        self._choices: dict[str, QComboBox] = {}
        rows = QVBoxLayout()
        rows.setContentsMargins(16, 8, 16, 12)
        rows.setSpacing(0)
        rows.addWidget(self._preset)
        rows.addSpacing(14)
        for name in ("parallelism", "chunk_size", "layers", "connections"):
            self._add_setting(rows, name)
        self._limit = QLabel()
        self._limit.setObjectName("limit")
        self._limit.setWordWrap(True)
        self._limit.setFont(themes.base_font(12))
        self._limit.setProperty("role", "muted")
        self._limit.setMinimumHeight(2 * self._limit.fontMetrics().lineSpacing() + 2)
        self._limit.setAlignment(Qt.AlignmentFlag.AlignTop)
        rows.addWidget(self._limit)
        self._add_more(rows)
        rows.addSpacing(6)
        rows.addWidget(Rule(upright=False))
        rows.addSpacing(12)
        heading = QLabel(self.tr("What your changes did"))
        heading.setFont(themes.heading_font())
        heading.setProperty("role", "heading")
        rows.addWidget(heading)
        rows.addSpacing(8)
        self._hint = QLabel(self.tr("Change a setting while a pull runs: its effect stands here."))
        self._hint.setWordWrap(True)
        self._hint.setFont(themes.base_font(12))
        self._hint.setProperty("role", "muted")
        rows.addWidget(self._hint)
        self._effects = [_EffectRow() for _ in range(_SHOWN_EFFECTS)]
        for row in self._effects:
            row.hide()
            rows.addWidget(row)
        rows.addSpacing(10)
        self.registry = RegistryPanel()
        rows.addWidget(self.registry)
        rows.addStretch(1)

        inside = QWidget()
        inside.setObjectName("tuning_inside")
        inside.setLayout(rows)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        inside.setAutoFillBackground(True)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        scroll.setObjectName("tuning_scroll")
        self.setWidget(scroll)
        self.setMinimumWidth(TUNING_WIDTH - 16)
        self.setTitleBarWidget(self._title())
        self._show()

    @property
    def settings(self) -> Settings:
        """The settings that are shown."""
        return self._settings

    def show_settings(self, settings: Settings) -> None:
        """Show settings that came from elsewhere; nothing is emitted."""
        self._settings = settings
        self._show()

    def show_effects(self, effects: Sequence[Effect]) -> None:
        """Show what the newest changes did."""
        self._hint.setVisible(not effects)
        for place, row in enumerate(self._effects):
            row.show_effect(effects[place] if place < len(effects) else None)

    def undo(self) -> None:
        """Take the last change back."""
        if self._past:
            self._future.append(self._settings)
            self._take(self._past.pop())

    def redo(self) -> None:
        """Make the change that was taken back."""
        if self._future:
            self._past.append(self._settings)
            self._take(self._future.pop())

    def sizeHint(self) -> QSize:
        """Return the width of the dock."""
        return QSize(TUNING_WIDTH, 600)

    def _title(self) -> QWidget:
        title = QWidget()
        title.setObjectName("tuning_title")
        title.setBackgroundRole(QPalette.ColorRole.Base)
        title.setAutoFillBackground(True)
        words = QLabel(self.windowTitle())
        words.setFont(themes.heading_font())
        words.setProperty("role", "heading")
        row = QHBoxLayout(title)
        row.setContentsMargins(16, 12, 10, 2)
        row.setSpacing(0)
        row.addWidget(words)
        row.addStretch(1)
        for action, sign in ((self._undo, "↶"), (self._redo, "↷")):
            button = QToolButton()
            button.setText(sign)
            button.setFont(themes.base_font(16))
            button.setAccessibleName(action.text())
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
            row.addWidget(button)
        return title

    def _add_more(self, rows: QVBoxLayout) -> None:
        """Add the settings that are rarely changed, folded away until they are wanted."""
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 8, 0, 0)
        inside.setSpacing(0)
        self._add_setting(inside, "rate_limit")
        for name, title, purpose in (
            (
                "request_limit",
                self.tr("Requests per second"),
                self.tr("Requests for chunks, of all layers"),
            ),
            ("memory_limit", self.tr("Memory limit"), self.tr("Bytes on their way to the disk")),
        ):
            inside.addLayout(_labelled(title, purpose, self._new_box(name, title, purpose)))
            inside.addSpacing(8)
        self._add_choice(inside, "layer_order", layer_order_texts())
        self._add_choice(inside, "write", write_texts())
        self._add_choice(inside, "protocol", protocol_texts())
        self._more = QWidget()
        self._more.setLayout(inside)
        self._fold = QToolButton()
        self._fold.setObjectName("more")
        self._fold.setText(self.tr("Limits, order, protocol"))
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setCheckable(True)
        self._fold.setProperty("legend", "true")
        self._fold.toggled.connect(self._unfold)
        rows.addWidget(self._fold)
        rows.addWidget(self._more)
        before, now = Settings().as_dict(), self._settings.as_dict()
        self._fold.setChecked(any(before[name] != now[name] for name in _RARE))
        self._unfold(self._fold.isChecked())

    def _unfold(self, open_: bool) -> None:
        self._more.setVisible(open_)
        arrow = Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow
        self._fold.setArrowType(arrow)

    def _add_setting(self, rows: QVBoxLayout, name: str) -> None:
        title, purpose = {
            "parallelism": (
                self.tr("Parallelism per layer"),
                self.tr("Chunks of one layer in flight at once"),
            ),
            "chunk_size": (self.tr("Chunk size"), self.tr("Bytes of the next chunk to be asked")),
            "layers": (self.tr("Layers at once"), self.tr("Layers that receive bytes at once")),
            "connections": (
                self.tr("Connections in all"),
                self.tr("Requests for chunks at once, of all layers"),
            ),
            "rate_limit": (
                self.tr("Rate limit"),
                self.tr("Bytes per second of all connections together, in MB/s"),
            ),
        }[name]
        scale = _SCALES[name]
        slider = SettingSlider(
            scale.least, scale.greatest, scale.ticks, logarithmic=scale.logarithmic
        )
        slider.setObjectName(name)
        slider.setAccessibleName(title)
        slider.setToolTip(purpose)
        slider.valueChanged.connect(
            lambda place, name=name, scale=scale: self._change(name, scale.value_at(place))
        )
        box = self._new_box(name, title, purpose)
        rows.addLayout(_labelled(title, purpose, box))
        rows.addSpacing(4)
        rows.addWidget(slider)
        rows.addSpacing(8)
        self._sliders[name] = slider

    def _new_box(self, name: str, title: str, purpose: str) -> QSpinBox:
        allowed = RANGES[name]
        box: QSpinBox
        if name in ("chunk_size", "rate_limit", "memory_limit"):
            words = {"chunk_size": self.tr("whole layer"), "rate_limit": self.tr("none")}
            kind = RATE if name == "rate_limit" else SIZE
            box = amounts = AmountBox(kind, allowed, words.get(name, ""))
            amounts.amount_changed.connect(lambda amount, name=name: self._change(name, amount))
        else:
            box = QSpinBox()
            box.setRange(allowed.least, allowed.greatest)
            if name in ZERO_ALLOWED:
                box.setMinimum(0)
                box.setSpecialValueText(self.tr("none"))
            box.valueChanged.connect(lambda value, name=name: self._change(name, value))
        box.setObjectName(f"{name}_box")
        box.setAccessibleName(title)
        box.setToolTip(purpose)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setKeyboardTracking(False)
        box.setFont(themes.number_font(13))
        box.setFixedWidth(_FIELD_WIDTH)
        self._boxes[name] = box
        return box

    def _add_choice(self, rows: QVBoxLayout, name: str, texts: Mapping[Any, str]) -> None:
        title, purpose = {
            "write": (
                self.tr("Write"),
                self.tr("As a stream: one chunk behind the other, the others wait in memory"),
            ),
            "layer_order": (self.tr("Layer order"), self.tr("Which layers come first")),
            "protocol": (
                self.tr("Protocol"),
                self.tr("The newest that is offered; HTTP/2 puts all chunks on one connection"),
            ),
        }[name]
        choice = QComboBox()
        choice.setObjectName(name)
        choice.setAccessibleName(title)
        choice.setToolTip(purpose)
        choice.setFixedWidth(_CHOICE_WIDTH)
        for value, text in texts.items():
            choice.addItem(text, value)
        choice.activated.connect(
            lambda index, name=name, choice=choice: self._change(name, choice.itemData(index))
        )
        rows.addLayout(_labelled(title, purpose, choice))
        rows.addSpacing(8)
        self._choices[name] = choice

    def _change(self, name: str, value: int | str) -> None:
        if self._settings.as_dict()[name] == value:
            return
        now = monotonic()
        last, when = self._last_change
        if name != last or now - when > _ONE_DRAG:
            self._past.append(self._settings)
        self._future.clear()
        self._last_change = (name, now)
        self._take(self._settings.changed(**{name: value}))

    def _choose_preset(self, index: int) -> None:
        settings = self._preset.itemData(index)
        if settings != self._settings:
            self._past.append(self._settings)
            self._future.clear()
            self._last_change = ("", -math.inf)
            self._take(settings)

    def _take(self, settings: Settings) -> None:
        self._settings = settings
        self._show()
        self.settings_changed.emit(settings)

    def _show(self) -> None:
        """Bring every control in line with the settings, without being told of it."""
        values = self._settings.as_dict()
        for name, box in self._boxes.items():
            value = int(values[name])
            with QSignalBlocker(box):
                if isinstance(box, AmountBox):
                    box.set_amount(value)
                else:
                    box.setValue(value)
        for name, slider in self._sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(_SCALES[name].place_of(int(values[name])))
            slider.setAccessibleDescription(value_text(name, self._settings))
        for name, choice in self._choices.items():
            choice.setCurrentIndex(choice.findData(values[name]))
        preset = preset_of(self._settings)
        self._preset.setCurrentIndex(-1 if preset is None else PRESETS.index(preset))
        self._limit.setText(self._limit_words())
        self._undo.setEnabled(bool(self._past))
        self._redo.setEnabled(bool(self._future))

    def _limit_words(self) -> str:
        settings = self._settings
        wanted = settings.parallelism * settings.layers
        if wanted > settings.connections:
            return self.tr("At most {0} chunks at once: connections is the limit").format(
                settings.connections
            )
        return self.tr("At most {0} chunks at once: {1} layers × {2}").format(
            wanted, settings.layers, settings.parallelism
        )


class _EffectRow(QWidget):
    """One change, the rates before and after it, and the verdict."""

    def __init__(self) -> None:
        super().__init__()
        self._effect: Effect | None = None
        self._change = QLabel()
        self._change.setFont(themes.number_font(12))
        self._change.setWordWrap(True)
        self._rates = QLabel()
        self._rates.setFont(themes.base_font(12))
        self._rates.setProperty("role", "muted")
        self._rates.setWordWrap(True)
        self._verdict = QLabel()
        self._verdict.setFont(themes.number_font(12))
        self._verdict.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 10)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self._change, 0, 0)
        grid.addWidget(self._verdict, 0, 1)
        grid.addWidget(self._rates, 1, 0, 1, 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_effect(self, effect: Effect | None) -> None:
        if effect == self._effect:
            return
        self._effect = effect
        self.setVisible(effect is not None)
        if effect is None:
            return
        self._change.setText(change_text(effect.old, effect.new))
        self._rates.setText(self._rates_words(effect))
        self._verdict.setText(self._verdict_words(effect))
        quiet = effect.verdict is not Verdict.CHANGED
        self._verdict.setProperty("role", "muted" if quiet else "")
        self._verdict.style().polish(self._verdict)

    def _rates_words(self, effect: Effect) -> str:
        if effect.verdict is Verdict.UNKNOWN:
            return effect.reason
        if effect.before is None:
            return ""
        before = rate_text(effect.before)
        if effect.after is None:
            return f"{before} → …"
        after = rate_text(effect.after)
        if before.split()[1] == after.split()[1]:
            before = before.split()[0]
        return f"{before} → {after}"

    def _verdict_words(self, effect: Effect) -> str:
        match effect.verdict:
            case Verdict.MEASURING:
                return self.tr("measuring")
            case Verdict.UNCHANGED:
                return self.tr("no change")
            case Verdict.UNKNOWN:
                return "–"
            case Verdict.CHANGED:
                share = effect.share
                if share is None:
                    return "–"
                return f"{'+' if share > 0 else '−'}{abs(round(share * 100))} %"


def _labelled(title: str, purpose: str, field: QWidget) -> QHBoxLayout:
    label = QLabel(title)
    label.setBuddy(field)
    label.setToolTip(purpose)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(label)
    row.addStretch(1)
    row.addWidget(field)
    return row


@dataclass(frozen=True, slots=True)
class _Scale:
    """The slider of a setting: what its positions stand for."""

    least: int
    greatest: int
    ticks: Sequence[tuple[int, str]]
    logarithmic: bool = False
    value_at: Callable[[int], int] = int
    place_of: Callable[[int], int] = int


_RATES = [base * 1_000_000 * 10**power for power in range(4) for base in (1, 2, 5)]
"""The rate limits that the slider knows; no limit lies behind the last."""


def _place_of_rate(rate: int) -> int:
    if not rate:
        return len(_RATES)
    return min(range(len(_RATES)), key=lambda place: abs(math.log(_RATES[place] / rate)))


def _power_of_two(size: int) -> int:
    return round(math.log2(size)) if size else _LARGEST_CHUNK_POWER


_LARGEST_CHUNK_POWER = 28
_SCALES = {
    "parallelism": _Scale(1, 64, [(n, str(n)) for n in (1, 2, 4, 8, 16, 32, 64)], True),
    "connections": _Scale(1, 128, [(n, str(n)) for n in (1, 2, 4, 8, 16, 32, 64, 128)], True),
    "layers": _Scale(1, 12, [(n, str(n)) for n in (1, 3, 6, 9, 12)]),
    "chunk_size": _Scale(
        18,
        _LARGEST_CHUNK_POWER,
        [(18, "256K"), *((n, str(1 << n - 20)) for n in range(20, _LARGEST_CHUNK_POWER + 1, 2))],
        value_at=lambda power: 1 << power,
        place_of=_power_of_two,
    ),
    "rate_limit": _Scale(
        0,
        len(_RATES),
        [(0, "1"), (3, "10"), (6, "100"), (9, "1G"), (len(_RATES), "∞")],
        value_at=lambda place: _RATES[place] if place < len(_RATES) else 0,
        place_of=_place_of_rate,
    ),
}
