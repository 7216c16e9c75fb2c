"""The box with what limits the pull: its words, and the one meaning of each colour."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pullscope.engine.events import PullResolved, Sampled
from pullscope.engine.model import MIB, Layer
from pullscope.engine.waits import Waited
from pullscope.gui import theme as themes
from pullscope.gui.limit_box import LimitBox, mark_colour, wrapped
from pullscope.tuning.limits import Evidence, Limit, LimitKind, Limits

LATENCY = Limit(
    LimitKind.LATENCY, Evidence(seconds=2.0, in_flight=8.0, allowed=8.0, first_bytes=(0.3,)), 0.62
)


@pytest.fixture
def box(qtbot: QtBot) -> LimitBox:
    widget = LimitBox()
    qtbot.addWidget(widget)
    widget.resize(widget.sizeHint())
    widget.show()
    return widget


def words(box: LimitBox) -> list[str]:
    return [label.text() for label in box.findChildren(QLabel)]


def test_that_verdict_and_evidence_are_two_lines(box: LimitBox) -> None:
    box.show_limit(LATENCY)

    assert words(box) == [
        "Limited by the time to the first byte: 0.30 s",
        "connections wait for it 62 % of the time · larger chunks would help",
    ]
    assert box.toolTip().splitlines() == [
        "Limited by the time to the first byte: 0.30 s",
        "connections wait for it 62 % of the time",
        "larger chunks would help",
    ]
    assert [box.accessibleName(), box.accessibleDescription()] == words(box)


def test_that_the_end_tells_what_limited_the_pull(box: LimitBox) -> None:
    limits = Limits()
    limits(PullResolved(0.0, "sha256:d", "", (Layer("sha256:a", 100 * MIB, ""),)))
    for step in range(51):
        got = step * MIB
        limits(Sampled(step / 10, got, got, got, 8, 0, wanted=1, waited=Waited(disk=step * 0.8)))
    box.show_whole(limits)

    assert box.kind is LimitKind.DISK
    assert words(box) == ["Limited by the disk: 10.5 MB/s written", "for 4.3 s of 5.0 s"]


def test_that_the_mark_wears_the_colour_of_what_is_waited_for(box: LimitBox) -> None:
    box.show_limit(LATENCY)
    image = box.grab().toImage()

    assert image.pixelColor(18, box.height() // 2) == themes.current().waiting
    for theme in (themes.DARK, themes.LIGHT):
        assert mark_colour(LimitKind.DISK, theme) == theme.written
        assert mark_colour(LimitKind.NETWORK, theme) == theme.receiving
        assert mark_colour(LimitKind.HASHING, theme) == theme.hashed
        assert mark_colour(LimitKind.REFUSALS, theme) == theme.retried


def test_that_words_of_the_state_can_stand_in_it(box: LimitBox) -> None:
    box.show_limit(LATENCY)
    box.show_state("Paused", "3 MiB are kept")

    assert box.kind is LimitKind.UNKNOWN
    assert words(box) == ["Paused", "3 MiB are kept"]


def test_that_a_verdict_longer_than_the_box_goes_on_in_a_second_line(box: LimitBox) -> None:
    box.show_limit(LATENCY)
    title, details = box.findChildren(QLabel)
    one_line = title.height()
    assert details.height() == one_line
    box.resize(260, box.height())

    assert title.height() == 2 * one_line
    assert details.height() == one_line
    assert title.y() >= 0
    assert details.geometry().top() == title.geometry().bottom() + 1
    assert details.geometry().bottom() < box.height()


def test_that_evidence_has_the_lines_that_the_verdict_leaves(box: LimitBox) -> None:
    box.resize(300, box.height())
    box.show_state("Paused", "3 MiB are kept, which the next pull of this image goes on from")
    title, details = box.findChildren(QLabel)

    assert details.height() == 2 * title.height()


def test_that_lines_hold_all_words_or_say_that_some_are_missing(box: LimitBox) -> None:
    text = "Limited by the registry: 21.0 MB/s per connection"
    font = themes.number_font(12)

    assert wrapped(text, font, 1000, 2) == [text]
    assert " ".join(wrapped(text, font, 220, 2)) == text
    assert wrapped(text, font, 120, 2)[-1].endswith("…")
    assert wrapped("", font, 120, 2) == []
