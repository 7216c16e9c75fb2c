"""The themes: legible, switched live, the same meaning for a colour everywhere."""

import itertools

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFont, QFontInfo, QIcon, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QStyle,
    QStyleOptionButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pullscope.gui import theme as themes
from pullscope.gui.theme import DARK, LIGHT, Scheme, Theme

BOTH = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
STATES = ("waiting", "receiving", "written", "hashed", "retried", "failed")


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(c) for c in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@BOTH
@pytest.mark.parametrize("surface", ["window", "panel", "raised", "selection"])
def test_that_words_are_legible_on_every_surface(theme: Theme, surface: str) -> None:
    assert contrast(theme.text, getattr(theme, surface)) >= 4.5


@BOTH
@pytest.mark.parametrize("surface", ["window", "panel", "raised"])
def test_that_muted_words_are_legible(theme: Theme, surface: str) -> None:
    assert contrast(theme.muted, getattr(theme, surface)) >= 4.5


@BOTH
def test_that_words_on_the_primary_button_are_legible(theme: Theme) -> None:
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@BOTH
def test_that_the_focus_ring_stands_out_from_its_surfaces(theme: Theme) -> None:
    assert all(contrast(theme.accent, s) >= 3 for s in (theme.window, theme.panel, theme.raised))


@BOTH
def test_that_no_two_states_share_a_colour(theme: Theme) -> None:
    colours = [getattr(theme, state).rgb() for state in (*STATES, "pending")]
    assert all(one != other for one, other in itertools.combinations(colours, 2))


def test_that_a_state_has_one_colour_in_both_themes() -> None:
    assert all(getattr(DARK, state) == getattr(LIGHT, state) for state in STATES)


@BOTH
def test_that_the_scheme_asked_for_is_in_force(qapp: QApplication, theme: Theme) -> None:
    themes.apply(qapp, Scheme.DARK if theme.dark else Scheme.LIGHT)
    assert themes.current() is theme
    assert qapp.palette().color(QPalette.ColorRole.Text) == theme.text


@BOTH
def test_that_the_palette_is_set_for_every_group_and_role(qapp: QApplication, theme: Theme) -> None:
    themes.apply(qapp, Scheme.DARK if theme.dark else Scheme.LIGHT)
    palette, role = qapp.palette(), QPalette.ColorRole
    groups = (
        QPalette.ColorGroup.Active,
        QPalette.ColorGroup.Inactive,
        QPalette.ColorGroup.Disabled,
    )
    for group in groups:
        assert palette.color(group, role.Window) == theme.window
        assert palette.color(group, role.ToolTipBase) == theme.raised
        assert palette.color(group, role.Link) == theme.accent
    assert palette.color(QPalette.ColorGroup.Disabled, role.Text) != theme.text


def test_that_the_desktop_is_followed_only_while_the_user_says_so(qapp: QApplication) -> None:
    themes.apply(qapp, Scheme.DARK)
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert themes.current() is DARK
    themes.apply(qapp, Scheme.SYSTEM)
    assert themes.current() in (DARK, LIGHT)


def test_that_a_switch_reaches_widgets_that_are_shown(qapp: QApplication, qtbot: QtBot) -> None:
    class Watcher(QWidget):
        changes = 0
        polished = 0

        def changeEvent(self, event: QEvent) -> None:  # noqa: N802
            self.changes += event.type() is QEvent.Type.PaletteChange
            self.polished += event.type() is QEvent.Type.StyleChange

    themes.apply(qapp, Scheme.DARK)
    watcher = Watcher()
    qtbot.addWidget(watcher)
    watcher.show()
    before = watcher.changes
    themes.apply(qapp, Scheme.LIGHT)
    assert watcher.changes > before
    before = watcher.polished
    themes.apply(qapp, Scheme.LIGHT)  # as any other change of the settings does
    assert watcher.polished == before


def test_that_a_box_keeps_its_size_when_it_is_ticked(qapp: QApplication, qtbot: QtBot) -> None:
    themes.apply(qapp, Scheme.DARK)
    box = QCheckBox("Keep a trace")
    qtbot.addWidget(box)
    box.show()
    option, places = QStyleOptionButton(), []
    for ticked in (False, True):
        box.setChecked(ticked)
        box.initStyleOption(option)
        part = QStyle.SubElement.SE_CheckBoxIndicator
        places.append(box.style().subElementRect(part, option, box))
    assert places[0] == places[1]


def test_that_the_style_sheet_leaves_no_colour_open(qapp: QApplication) -> None:
    themes.apply(qapp, Scheme.LIGHT)
    assert "@" not in qapp.styleSheet()


@BOTH
def test_that_an_icon_wears_the_colour_of_words(qapp: QApplication, theme: Theme) -> None:
    picture = themes.icon("pull", theme)
    image = picture.pixmap(24, 24).toImage()
    solid = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    ]
    assert solid
    assert {colour.rgb() for colour in solid} == {theme.text.rgb()}
    disabled = picture.pixmap(24, 24, QIcon.Mode.Disabled).toImage()
    assert disabled != image


def test_that_an_icon_nobody_drew_is_no_icon(qapp: QApplication) -> None:
    assert themes.icon("no-such-icon", DARK).isNull()


def test_that_the_program_brings_its_own_fonts(qapp: QApplication) -> None:
    assert QFontInfo(themes.base_font()).family() == "Inter"
    assert QFontInfo(themes.mono_font()).fixedPitch()


def test_that_numbers_have_figures_of_one_width(qapp: QApplication) -> None:
    font = themes.number_font(34, QFont.Weight.Bold)
    assert font.featureValue(QFont.Tag("tnum")) == 1
    assert font.pixelSize() == 34
