from dataclasses import replace

import pytest
from made_up_layers import chunks, layer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pullscope.engine.model import GIB, MIB, LayerState, PullState, Settings, Snapshot, Timeline
from pullscope.engine.waits import Waited
from pullscope.gui import language
from pullscope.gui.headline import Headline, average_rate, clock_text, rate_pair
from pullscope.gui.limit_box import LimitBox
from pullscope.gui.pull_run import PullRun, RunState
from pullscope.tuning.limits import Evidence, Limit, LimitKind, Limits, Pace

UNKNOWN = Limit(LimitKind.UNKNOWN)


def snapshot(**fields: object) -> Snapshot:
    plain = Snapshot(
        1.0, PullState.RUNNING, "r", "d", "", Settings(), GIB, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        Timeline(first_byte=0.0), (),
    )  # fmt: skip
    return replace(plain, **fields)  # type: ignore[arg-type]


@pytest.fixture
def headline(qtbot: QtBot) -> Headline:
    headline = Headline()
    qtbot.addWidget(headline)
    headline.resize(1100, 60)
    headline.begin(PullRun("ghcr.io/team/app:1", state=RunState.RUNNING))
    headline.show()
    return headline


def test_that_it_begins_with_what_is_resolved(headline: Headline) -> None:
    assert "Resolving" in headline.text()
    assert "ghcr.io/team/app:1" in headline.text()


def test_that_rate_bytes_and_time_left_are_told(headline: Headline) -> None:
    for tenth in range(49):
        received = tenth * 10_000_000
        headline.measure(snapshot(at=tenth / 10, received=received), UNKNOWN)
    assert headline.text() == (
        "100 · MB/s · average 100 MB/s · peak 100 MB/s · 458 MiB · of 1 GiB · 0:06 · left"
        " · Receiving"
    )


def test_that_a_pause_is_told_and_its_time_does_not_count(headline: Headline) -> None:
    for tenth in range(11):
        headline.measure(snapshot(at=tenth / 10, received=tenth * 10_000_000), UNKNOWN)
    headline.measure(snapshot(at=2.0, received=100_000_000, state=PullState.PAUSED), UNKNOWN)
    assert "Paused · 95.4 MiB are kept" in headline.text()
    for tenth in range(11):
        headline.measure(
            snapshot(at=60 + tenth / 10, received=100_000_000 + tenth * 5_000_000), UNKNOWN
        )
    assert headline.text().startswith("50 · MB/s")


def test_that_the_summary_tells_where_time_and_bytes_went(headline: Headline) -> None:
    headline.end(
        snapshot(
            state=PullState.DONE,
            at=12.6,
            received=GIB,
            network=GIB - 100 * MIB,
            reused=100 * MIB,
            retries=3,
            wasted=MIB,
            timeline=Timeline(0.1, 0.5, 10.5, 12.0, 12.5),
        ),
        Limits(),
    )
    text = headline.text()
    for part in ("12.5 · s", "10.0 s · network time", "2.0 s · verify, commit"):
        assert part in text
    for part in (
        "924 MiB · from network",
        "100 MiB · already here",
        "3 · retries",
        "1 MiB · wasted",
    ):
        assert part in text


def test_that_what_limits_the_pull_is_told_while_it_runs(headline: Headline) -> None:
    evidence = Evidence(seconds=2.0, in_flight=8.0, allowed=8.0, first_bytes=(0.3,))
    headline.measure(snapshot(at=2.0), Limit(LimitKind.LATENCY, evidence, 0.62))

    assert "Limited by the time to the first byte: 0.30 s" in headline.text()
    assert "connections wait for it 62 % of the time · larger chunks would help" in headline.text()


def test_that_a_summary_without_retries_does_not_tell_of_them(headline: Headline) -> None:
    headline.end(snapshot(state=PullState.DONE, received=GIB), Limits())

    assert "Too short to tell what limited it" in headline.text()
    for fact in ("retries", "wasted", "already here"):
        assert fact not in headline.text()


def test_that_a_narrow_strip_leaves_its_room_to_the_verdict(
    headline: Headline, qtbot: QtBot
) -> None:
    for tenth in range(49):
        headline.measure(snapshot(at=tenth / 10, received=tenth * 10_000_000), UNKNOWN)
    qtbot.waitUntil(lambda: "average 100 MB/s" in headline.text())
    headline.resize(620, 60)
    qtbot.waitUntil(lambda: "average 100 MB/s" not in headline.text())


EVIDENCE = Evidence(
    settings=Settings(),
    seconds=2.0,
    received=2_672_000_000,
    hashed=400_000_000,
    in_flight=24.0,
    allowed=24.0,
    waited=Waited(network=48.0, turn=20.0),
    missing=GIB,
    first_bytes=(0.345,),
    attempts=300,
    refused=120,
    reason="HTTP 429 from registry.example.com",
    processors=16,
    cpu=1.9,
    busy=0.99,
    tail_layer=11,
    whole_layers=2,
)


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_that_every_verdict_is_read_whole_in_a_narrow_window(
    headline: Headline, qapp: QApplication, code: str
) -> None:
    language.apply(qapp, code)
    headline.resize(720, 80)  # of a window of 1024
    box = next(box for box in headline.findChildren(LimitBox) if box.isVisible())
    try:
        for tenth in range(49):
            at, received = tenth / 10, tenth * 123_400_000
            headline.measure(snapshot(at=at, received=received, total=8 * GIB), UNKNOWN)
        for n, kind in enumerate(LimitKind):
            at = 5.0 + n
            limit = Limit(kind, EVIDENCE, 0.62, Pace(8, 168e6))
            headline.measure(snapshot(at=at, received=7 * GIB, total=8 * GIB), limit)
            QApplication.processEvents()
            verdict, _ = box.drawn
            assert not verdict[-1].endswith("…"), f"{kind}: {verdict} in {box.width()} pixels"
    finally:
        language.apply(qapp, "en")


def test_that_a_narrow_summary_drops_facts_and_keeps_the_verdict(
    headline: Headline, qtbot: QtBot
) -> None:
    done = snapshot(
        state=PullState.DONE,
        received=GIB,
        network=GIB,
        retries=3,
        wasted=MIB,
        reused=MIB,
        timeline=Timeline(0.1, 0.5, 10.5, 12.0, 12.5),
    )
    headline.end(done, Limits())
    qtbot.waitUntil(lambda: "wasted" in headline.text())
    headline.resize(640, 60)
    qtbot.waitUntil(lambda: "wasted" not in headline.text())
    box = next(box for box in headline.findChildren(LimitBox) if box.isVisible())
    right = max(
        label.mapTo(headline, label.rect().topRight()).x()
        for label in headline.findChildren(QLabel)
        if label.isVisible()
    )
    assert "network time" in headline.text()
    assert box.width() >= 170
    assert right < 640


def test_that_the_words_of_an_error_are_plain_text(headline: Headline) -> None:
    headline.show_error("<b>GET</b> refused")
    assert "<b>GET</b> refused" in headline.text()


def test_that_a_failed_pull_says_what_is_kept(headline: Headline) -> None:
    headline.end(snapshot(state=PullState.FAILED, error="refused"), Limits())
    assert headline.text().startswith("Failed · ")
    assert "are kept" in headline.text()


def test_that_a_layer_that_is_not_what_its_digest_says_is_not_said_to_be_kept(
    headline: Headline,
) -> None:
    good, bad = layer(MIB, extents=chunks(0)), layer(3 * MIB, extents=chunks(0, 1, 2), index=1)
    layers = (replace(good, state=LayerState.DONE), replace(bad, state=LayerState.FAILED))
    moment = snapshot(
        state=PullState.FAILED, error="damaged", written=4 * MIB, total=4 * MIB, layers=layers
    )
    headline.end(moment, Limits())
    assert "1 MiB of 4 MiB are kept" in headline.text()


def test_that_average_leaves_out_what_was_there_before() -> None:
    moment = snapshot(at=10.0, received=150, reused=50)
    assert average_rate(moment) == pytest.approx(10)
    assert average_rate(snapshot(timeline=Timeline())) == 0


@pytest.mark.parametrize(("seconds", "text"), [(5.4, "0:05"), (62, "1:02"), (3723, "1:02:03")])
def test_that_durations_read_as_a_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


def test_that_two_rates_share_a_unit() -> None:
    assert rate_pair(43.1e6, 62.4e6) == "43.1, 62.4 MB/s"
    assert rate_pair(430e3, 62.4e6) == "430 kB/s, 62.4 MB/s"
