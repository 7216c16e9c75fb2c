"""The tuning dock: the four settings, presets, undo, and what each change did.

`settings` is the truth; sliders, spin boxes and the preset show it. A change by the user goes to
`settings_changed` at once, whether a pull runs or not.
"""

import math
import re
from collections.abc import Sequence
from time import monotonic

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPalette, QValidator
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

from pullscope.engine.model import KIB, MIB, RANGES, Settings
from pullscope.engine.units import parse_size, rate_text, size_text
from pullscope.gui import theme as themes
from pullscope.gui.effects import Effect, Verdict, change_text, chunk_size_text
from pullscope.gui.panel import Rule
from pullscope.gui.setting_slider import SettingSlider
from pullscope.tuning.presets import PRESETS, preset_of

TUNING_WIDTH = 272
_SHOWN_EFFECTS = 5
_ONE_DRAG = 1.0  # seconds: changes of one setting that follow sooner are one step of undo
_BARE_MIB = 1024  # a number without a unit up to this one means MiB


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
        rows.addSpacing(10)
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
        }[name]
        slider = _make_slider(name)
        slider.setObjectName(name)
        slider.setAccessibleName(title)
        slider.setToolTip(purpose)
        slider.valueChanged.connect(lambda value, name=name: self._slide(name, value))
        allowed = RANGES[name]
        box = ChunkSizeBox() if name == "chunk_size" else QSpinBox()
        if name != "chunk_size":
            box.setRange(allowed.least, allowed.greatest)
        box.setObjectName(f"{name}_box")
        box.setAccessibleName(title)
        box.setToolTip(purpose)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setKeyboardTracking(False)
        box.setFont(themes.number_font(13))
        box.setFixedWidth(92)
        box.valueChanged.connect(lambda value, name=name: self._change(name, value))
        label = QLabel(title)
        label.setBuddy(box)
        label.setToolTip(purpose)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(label)
        head.addStretch(1)
        head.addWidget(box)
        rows.addLayout(head)
        rows.addSpacing(4)
        rows.addWidget(slider)
        rows.addSpacing(8)
        self._sliders[name] = slider
        self._boxes[name] = box

    def _slide(self, name: str, value: int) -> None:
        self._change(name, 1 << value if name == "chunk_size" else value)

    def _change(self, name: str, value: int) -> None:
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
        for name, slider in self._sliders.items():
            value, box = values[name], self._boxes[name]
            with QSignalBlocker(slider), QSignalBlocker(box):
                box.setValue(value)
                if name == "chunk_size":
                    slider.setValue(round(math.log2(value)) if value else slider.maximum())
                    slider.setAccessibleDescription(chunk_size_text(value))
                else:
                    slider.setValue(value)
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


class ChunkSizeBox(QSpinBox):
    """A spin box for chunk sizes: shows "16 MiB", takes "4MiB", "512 KiB" or "whole layer".

    A bare number up to 1024 means MiB. Stepping halves and doubles.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, RANGES["chunk_size"].greatest)
        self.setSpecialValueText(self.tr("whole layer"))

    def textFromValue(self, value: int) -> str:
        """Return `value` bytes in words."""
        return size_text(value) if value else self.specialValueText()

    def valueFromText(self, text: str) -> int:
        """Return the bytes that `text` names; the value as it is where it names none."""
        size = self._parse(text)
        return self.value() if size is None else size

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Let the user type anything; only a size within the range is accepted."""
        whole = self.specialValueText()
        if self._parse(text) is not None:
            state = QValidator.State.Acceptable
        elif re.match(r"^[\d.]*\s*[a-zA-Z]*\s*$", text) or whole.startswith(text.strip().lower()):
            state = QValidator.State.Intermediate
        else:
            state = QValidator.State.Invalid
        return state, text, place

    def fixup(self, text: str) -> str:
        """Return what stands for a text that was left unfinished: the value as it was."""
        return self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        """Double or halve, `steps` times."""
        allowed = RANGES["chunk_size"]
        value = self.value() or allowed.greatest
        for _ in range(abs(steps)):
            value = value * 2 if steps > 0 else value // 2
        self.setValue(min(allowed.greatest, max(allowed.least, value)))
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put the value back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.lineEdit().setText(self.textFromValue(self.value()))
        else:
            super().keyPressEvent(event)

    def _parse(self, text: str) -> int | None:
        text = text.strip()
        if text.lower() == self.specialValueText().lower():
            return 0
        try:
            size = parse_size(text)
        except ValueError:
            return None
        if text.isdigit() and 0 < size <= _BARE_MIB:
            size *= MIB
        allowed = RANGES["chunk_size"]
        return size if size == 0 or allowed.least <= size <= allowed.greatest else None


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


def _make_slider(name: str) -> SettingSlider:
    match name:
        case "parallelism":
            ticks = [(n, str(n)) for n in (1, 2, 4, 8, 16, 32, 64)]
            return SettingSlider(1, 64, ticks, logarithmic=True)
        case "connections":
            ticks = [(n, str(n)) for n in (1, 2, 4, 8, 16, 32, 64, 128)]
            return SettingSlider(1, 128, ticks, logarithmic=True)
        case "layers":
            ticks = [(n, str(n)) for n in (1, 3, 6, 9, 12)]
            return SettingSlider(1, 12, ticks, logarithmic=False)
        case _:
            least, greatest = 18, 28  # powers of two: 256 KiB to 256 MiB
            ticks = [
                (power, size_text(1 << power).split()[0] + ("K" if 1 << power < MIB else ""))
                for power in range(least, greatest + 1, 2)
            ]
            assert 1 << least == 256 * KIB  # noqa: S101 - what the labels rest on
            return SettingSlider(least, greatest, ticks, logarithmic=False)
