from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from pullscope.engine.model import GIB, MIB, PullState, Settings, Snapshot, Timeline
from pullscope.gui.headline import Headline, average_rate, clock_text, rate_pair


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
    headline.begin("ghcr.io/team/app:1")
    headline.show()
    return headline


def test_that_it_begins_with_what_is_resolved(headline: Headline) -> None:
    assert "Resolving" in headline.text()
    assert "ghcr.io/team/app:1" in headline.text()


def test_that_rate_bytes_and_time_left_are_told(headline: Headline) -> None:
    for tenth in range(49):
        received = tenth * 10_000_000
        headline.measure(snapshot(at=tenth / 10, received=received))
    assert headline.text() == (
        "100 · MB/s · average 100 MB/s · peak 100 MB/s · 458 MiB · of 1 GiB · 0:06 · left"
        " · Receiving"
    )


def test_that_a_pause_is_told_and_its_time_does_not_count(headline: Headline) -> None:
    for tenth in range(11):
        headline.measure(snapshot(at=tenth / 10, received=tenth * 10_000_000))
    headline.measure(snapshot(at=2.0, received=100_000_000, state=PullState.PAUSED))
    assert "Paused · 95.4 MiB are kept" in headline.text()
    for tenth in range(11):
        headline.measure(snapshot(at=60 + tenth / 10, received=100_000_000 + tenth * 5_000_000))
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
        )
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


def test_that_the_words_of_an_error_are_plain_text(headline: Headline) -> None:
    headline.end(snapshot(state=PullState.FAILED, error="<b>GET</b> refused"))
    assert "<b>GET</b> refused" in headline.text()


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
