"""The tuning dock: the settings, presets, undo, and what each change did.

`settings` is the truth; sliders, spin boxes and the preset show it. A change by the user goes to
`settings_changed` at once, whether a pull runs or not.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, QSize, Qt, Signal
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

from pullscope.engine.model import Settings
from pullscope.engine.units import duration_text, rate_text
from pullscope.gui import theme as themes
from pullscope.gui.effects import (
    Effect,
    Verdict,
    change_text,
    effect_line,
    share_text,
    value_text,
)
from pullscope.gui.panel import Rule
from pullscope.gui.preset_row import PresetRow
from pullscope.gui.registry_panel import RegistryPanel
from pullscope.gui.setting_fields import (
    choice_texts,
    name_0,
    new_number_box,
    number_in,
    setting_texts,
    show_number,
    words_for_0,
)
from pullscope.gui.setting_slider import SettingSlider

TUNING_WIDTH = 272
_SHOWN_EFFECTS = 5
_RARE = ("rate_limit", "request_limit", "memory_limit", "layer_order", "write", "protocol")
_FIELD_WIDTH = 92
_CHOICE_WIDTH = 132
_NO_BREAK = "\N{NO-BREAK SPACE}"
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
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.setAllowedAreas(
            Qt.DockWidgetArea.RightDockWidgetArea | Qt.DockWidgetArea.LeftDockWidgetArea
        )
        self._settings = settings
        self._recorded: Settings | None = None
        self._undo, self._redo = undo, redo
        self._past: list[Settings] = []
        self._future: list[Settings] = []
        self._last_change = ("", -math.inf)
        undo.triggered.connect(self.undo)
        redo.triggered.connect(self.redo)

        self._presets = PresetRow()
        self._presets.chosen.connect(self.choose_preset)

        self._sliders: dict[str, SettingSlider] = {}
        self._boxes: dict[str, QSpinBox] = {}
        self._choices: dict[str, QComboBox] = {}
        self._labels: dict[str, QLabel] = {}
        rows = QVBoxLayout()
        rows.setContentsMargins(16, 8, 10, 12)
        rows.setSpacing(0)
        self._recorded_words = QLabel()
        self._recorded_words.setObjectName("recorded_settings")
        self._recorded_words.setWordWrap(True)
        self._recorded_words.setFont(themes.base_font(12))
        self._recorded_words.setProperty("role", "muted")
        self._recorded_words.setContentsMargins(0, 0, 0, 8)
        rows.addWidget(self._recorded_words)
        rows.addWidget(self._presets)
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
        self._effects_heading = heading = QLabel()
        heading.setWordWrap(True)
        heading.setFont(themes.heading_font())
        heading.setProperty("role", "heading")
        rows.addWidget(heading)
        rows.addSpacing(8)
        self._hint = QLabel()
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
        self._set_texts()

    @property
    def settings(self) -> Settings:
        """The settings of the pull that runs, or of the next."""
        return self._settings

    def show_settings(self, settings: Settings) -> None:
        """Show settings that came from elsewhere; nothing is emitted."""
        self._settings = settings
        self._show()

    def show_recorded(self, settings: Settings | None) -> None:
        """Show settings that a trace tells, which nobody can change; None for those in force."""
        if settings != self._recorded:
            self._recorded = settings
            self._show()

    def show_profile(self, host: str, profile: Mapping[str, int | str] | None) -> None:
        """Offer the settings that are kept for a registry; None for a registry without."""
        self._presets.show_profile(host, profile)

    def show_effects(self, effects: Sequence[Effect]) -> None:
        """Show what the newest changes did."""
        self._hint.setVisible(not effects)
        for place, row in enumerate(self._effects):
            row.show_effect(effects[place] if place < len(effects) else None)

    def toggle(self) -> None:
        """Show the dock and go to its first setting, or hide it."""
        self.setVisible(not self.isVisible())
        if self.isVisible():
            self.raise_()
            self._sliders["parallelism"].setFocus()

    def undo(self) -> None:
        """Take the last change back."""
        if self._past and self._recorded is None:
            self._future.append(self._settings)
            self._take(self._past.pop())

    def redo(self) -> None:
        """Make the change that was taken back."""
        if self._future and self._recorded is None:
            self._past.append(self._settings)
            self._take(self._future.pop())

    def sizeHint(self) -> QSize:
        """Return the width of the dock."""
        return QSize(TUNING_WIDTH, 600)

    def _title(self) -> QWidget:
        self._step_buttons: list[tuple[QToolButton, QAction]] = []
        title = QWidget()
        title.setObjectName("tuning_title")
        title.setBackgroundRole(QPalette.ColorRole.Base)
        title.setAutoFillBackground(True)
        self._title_words = words = QLabel()
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
            button.clicked.connect(action.trigger)
            action.enabledChanged.connect(button.setEnabled)
            row.addWidget(button)
            self._step_buttons.append((button, action))
        return title

    def _add_more(self, rows: QVBoxLayout) -> None:
        """Add the settings that are rarely changed, folded away until they are wanted."""
        inside = QVBoxLayout()
        inside.setContentsMargins(0, 8, 0, 0)
        inside.setSpacing(0)
        for name in ("rate_limit", "request_limit", "memory_limit"):
            self._add_setting(inside, name)
        for name in ("layer_order", "write", "protocol"):
            self._add_choice(inside, name)
        self._more = QWidget()
        self._more.setLayout(inside)
        self._fold = QToolButton()
        self._fold.setObjectName("more")
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
        scale = _SCALES[name]
        slider = SettingSlider(
            scale.least, scale.greatest, scale.ticks, logarithmic=scale.logarithmic
        )
        slider.setObjectName(name)
        slider.valueChanged.connect(
            lambda place, name=name, scale=scale: self._change(name, scale.value_at(place))
        )
        rows.addLayout(self._labelled(name, self._new_box(name)))
        rows.addSpacing(4)
        rows.addWidget(slider)
        rows.addSpacing(8)
        self._sliders[name] = slider

    def _new_box(self, name: str) -> QSpinBox:
        box = new_number_box(name)
        box.valueChanged.connect(lambda _: self._change(name, number_in(box)))
        box.setObjectName(f"{name}_box")
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setKeyboardTracking(False)
        box.setFont(themes.number_font(13))
        box.setFixedWidth(_FIELD_WIDTH)
        self._boxes[name] = box
        return box

    def _add_choice(self, rows: QVBoxLayout, name: str) -> None:
        choice = QComboBox()
        choice.setObjectName(name)
        choice.setFixedWidth(_CHOICE_WIDTH)
        for value, text in choice_texts(name).items():
            choice.addItem(text, value)
        choice.activated.connect(
            lambda index, name=name, choice=choice: self._change(name, choice.itemData(index))
        )
        rows.addLayout(self._labelled(name, choice))
        rows.addSpacing(8)
        self._choices[name] = choice

    def _labelled(self, name: str, field: QWidget) -> QHBoxLayout:
        label = self._labels[name] = QLabel()
        label.setBuddy(field)
        label.setWordWrap(True)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label, 1)
        row.addWidget(field)
        return row

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._set_texts()

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Tuning"))
        self._title_words.setText(self.windowTitle())
        for button, action in self._step_buttons:
            button.setAccessibleName(action.text())
            button.setToolTip(action.toolTip())
        self._recorded_words.setText(
            self.tr("As the trace tells them; they cannot be changed any more.")
        )
        self._fold.setText(self.tr("Limits, order, protocol"))
        self._effects_heading.setText(self.tr("What your changes did"))
        for name, (title, purpose) in setting_texts().items():
            self._labels[name].setText(title)
            self._labels[name].setToolTip(purpose)
            for controls in (self._sliders, self._boxes, self._choices):
                if name in controls:
                    controls[name].setAccessibleName(title)
                    controls[name].setToolTip(purpose)
        for name, word in words_for_0().items():
            name_0(self._boxes[name], word)
        for name, choice in self._choices.items():
            for index, text in enumerate(choice_texts(name).values()):
                choice.setItemText(index, text)
        for row in self._effects:
            row.write()
        self._show()

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

    def choose_preset(self, settings: Settings) -> None:
        """Take the settings of a preset, as one step of undo."""
        if self._recorded is None:
            self.use(settings)

    def use(self, settings: Settings) -> None:
        """Take these settings for what is pulled from now on, as one step of undo."""
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
        shown = self._settings if self._recorded is None else self._recorded
        values = shown.as_dict()
        for name, box in self._boxes.items():
            with QSignalBlocker(box):
                show_number(box, int(values[name]))
        for name, slider in self._sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(_SCALES[name].place_of(int(values[name])))
            slider.setAccessibleDescription(value_text(name, shown))
        for name, choice in self._choices.items():
            choice.setCurrentIndex(choice.findData(values[name]))
        self._presets.show_settings(shown)
        self._limit.setText(self._limit_words(shown))
        own = self._recorded is None
        self._recorded_words.setVisible(not own)
        self._hint.setText(
            self.tr("Change a setting while a pull runs: its effect stands here.")
            if own
            else self.tr("No setting was changed during this pull.")
        )
        for controls in (self._boxes, self._sliders, self._choices):
            for control in controls.values():
                control.setEnabled(own)
        self._presets.setEnabled(own)
        self._undo.setEnabled(own and bool(self._past))
        self._redo.setEnabled(own and bool(self._future))

    def _limit_words(self, settings: Settings) -> str:
        wanted = settings.parallelism * settings.layers
        if wanted > settings.connections:
            return self.tr("At most {0} chunks at once: connections is the limit").format(
                settings.connections
            )
        product = self.tr("{0} layers × {1}").format(settings.layers, settings.parallelism)
        return self.tr("At most {0} chunks at once: {1}").format(
            wanted, product.replace(" ", _NO_BREAK)
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
        self.write()

    def write(self) -> None:
        """Say what the change did, in the language in force."""
        effect = self._effect
        if effect is None:
            return
        self._change.setText(change_text(effect.old, effect.new))
        self._rates.setText(self._rates_words(effect))
        self._verdict.setText(self._verdict_words(effect))
        line = effect_line(effect)
        self.setToolTip(line)
        self.setAccessibleName(line)
        quiet = effect.verdict is not Verdict.CHANGED
        self._verdict.setProperty("role", "muted" if quiet else "")
        self._verdict.style().polish(self._verdict)

    def _rates_words(self, effect: Effect) -> str:
        if effect.verdict is Verdict.UNKNOWN:
            return QCoreApplication.translate("effects", effect.reason)
        if effect.before is None:
            return ""
        before = rate_text(effect.before)
        if effect.after is None:
            return f"{before} → …"
        after = rate_text(effect.after)
        if before.split()[1] == after.split()[1]:
            before = before.split()[0]
        return self.tr("{0} → {1} over {2}").format(before, after, duration_text(effect.seconds))

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
                return share_text(share)


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
_REQUESTS = [base * 10**power for power in range(3) for base in (1, 2, 5)] + [1000]
"""The limits that the sliders know; no limit lies behind the last."""


def _limit_at(limits: Sequence[int]) -> Callable[[int], int]:
    return lambda place: limits[place] if place < len(limits) else 0


def _place_in(limits: Sequence[int]) -> Callable[[int], int]:
    def place_of(limit: int) -> int:
        if not limit:
            return len(limits)
        return min(range(len(limits)), key=lambda place: abs(math.log(limits[place] / limit)))

    return place_of


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
        value_at=_limit_at(_RATES),
        place_of=_place_in(_RATES),
    ),
    "request_limit": _Scale(
        0,
        len(_REQUESTS),
        [(0, "1"), (3, "10"), (6, "100"), (9, "1000"), (len(_REQUESTS), "∞")],
        value_at=_limit_at(_REQUESTS),
        place_of=_place_in(_REQUESTS),
    ),
    "memory_limit": _Scale(
        24,
        34,
        [(24, "16M"), (27, "128M"), (30, "1G"), (34, "16G")],
        value_at=lambda power: 1 << power,
        place_of=_power_of_two,
    ),
}
