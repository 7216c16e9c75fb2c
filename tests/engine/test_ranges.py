from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pullscope.engine.message import translated
from pullscope.engine.ranges import LONGEST_WAIT, Asked, Verdict, backoff, judge, retry_after

ASKED = Asked(100, 199, 1000)
WHOLE = Asked(0, 999, 1000, whole=True)
EXACT = "bytes 100-199/1000"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def verdict(asked: Asked, status: int, **headers: str) -> Verdict:
    fields = httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return judge(asked, status, fields).verdict


def test_that_the_range_asked_for_is_a_part() -> None:
    assert verdict(ASKED, 206, content_range=EXACT, content_length="100") is Verdict.PART
    assert verdict(ASKED, 206, content_range=EXACT) is Verdict.PART
    assert verdict(ASKED, 206, content_range=f" {EXACT} ") is Verdict.PART
    assert verdict(ASKED, 206, content_range=EXACT.replace("bytes", "Bytes")) is Verdict.PART


def test_that_a_missing_content_range_refuses_the_range() -> None:
    judgement = judge(ASKED, 206, httpx.Headers())
    assert judgement.verdict is Verdict.RANGE_REFUSED
    assert judgement.reason == "asked bytes 100-199, got 206 with no Content-Range"
    said = translated(judgement.reason, lambda _, template: f"<{template}>")
    assert said == "<asked <bytes 100-199>, got 206 with no Content-Range>"


@pytest.mark.parametrize(
    "content_range",
    [
        "bytes 101-199/1000",
        "bytes 100-198/1000",
        "bytes 100-200/1000",
        "bytes 0-999/1000",
        "bytes 100-199/999",
        "bytes 100-199/*",
        "bytes */1000",
        "bytes=100-199/1000",
        "100-199/1000",
        "bytes 100-199",
        "bytes 100 - 199/1000",
        "bytes -100-199/1000",
        "bytes 199-100/1000",
        "octets 100-199/1000",
        "bytes 100-199/1000, bytes 100-199/1000",
        f"bytes 100-199/{'9' * 5000}",
        "bytes ١٠٠-199/1000",
    ],
)
def test_that_another_content_range_refuses_the_range(content_range: str) -> None:
    judgement = judge(ASKED, 206, {"content-range": content_range})
    assert judgement.verdict is Verdict.RANGE_REFUSED
    assert "206" in judgement.reason
    assert len(judgement.reason) < 150


def test_that_a_part_of_another_length_refuses_the_range() -> None:
    for length in ("99", "101", "1000"):
        headers = {"content_range": EXACT, "content_length": length}
        assert verdict(ASKED, 206, **headers) is Verdict.RANGE_REFUSED
    assert verdict(ASKED, 206, content_range=EXACT, content_length="many") is Verdict.PART


def test_that_several_ranges_in_one_reply_refuse_the_range() -> None:
    kind = "multipart/byteranges; boundary=x"
    assert verdict(ASKED, 206, content_type=kind) is Verdict.RANGE_REFUSED


def test_that_a_plain_200_is_the_whole_blob() -> None:
    assert verdict(ASKED, 200) is Verdict.WHOLE
    assert verdict(ASKED, 200, content_length="1000") is Verdict.WHOLE
    assert verdict(WHOLE, 200, content_length="1000") is Verdict.WHOLE
    assert judge(ASKED, 200, {}).reason == "HTTP 200 to a range"


@pytest.mark.parametrize("asked", [ASKED, WHOLE])
def test_that_a_200_of_another_length_is_refused_with_both_lengths(asked: Asked) -> None:
    judgement = judge(asked, 200, {"content-length": "100"})
    assert judgement.verdict is Verdict.REFUSED
    assert "1000" in judgement.reason
    assert "100" in judgement.reason


@pytest.mark.parametrize("status", [200, 206])
@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "zstd, gzip", "aws-chunked"])
def test_that_encoded_bytes_are_refused(status: int, encoding: str) -> None:
    headers = {"content_range": EXACT, "content_encoding": encoding}
    assert verdict(ASKED, status, **headers) is Verdict.REFUSED


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_that_the_identity_encoding_is_none(encoding: str) -> None:
    headers = {"content_range": EXACT, "content_encoding": encoding}
    assert verdict(ASKED, 206, **headers) is Verdict.PART


@pytest.mark.parametrize(
    ("status", "to_a_range", "to_the_whole"),
    [
        (400, Verdict.RANGE_REFUSED, Verdict.REFUSED),
        (416, Verdict.RANGE_REFUSED, Verdict.REFUSED),
        (206, Verdict.RANGE_REFUSED, Verdict.REFUSED),
        *[(status, Verdict.RETRY, Verdict.RETRY) for status in (408, 425, 429)],
        *[(status, Verdict.RETRY, Verdict.RETRY) for status in (500, 502, 503, 504, 599)],
        *[(status, Verdict.REFUSED, Verdict.REFUSED) for status in (401, 403, 404, 410, 451)],
        *[(status, Verdict.REFUSED, Verdict.REFUSED) for status in (100, 204, 302, 304, 600)],
    ],
)
def test_that_each_status_has_its_verdict(
    status: int, to_a_range: Verdict, to_the_whole: Verdict
) -> None:
    assert verdict(ASKED, status) is to_a_range
    assert verdict(WHOLE, status) is to_the_whole


@given(
    st.integers(0, 999),
    st.fixed_dictionaries(
        {},
        optional={
            "content-range": st.one_of(st.text(), st.from_regex(r"bytes \d+-\d+/(\d+|\*)")),
            "content-length": st.one_of(st.text(), st.integers().map(str)),
            "content-encoding": st.text(),
        },
    ),
)
def test_that_only_the_exact_range_is_ever_a_part(status: int, headers: dict[str, str]) -> None:
    judgement = judge(ASKED, status, headers)
    if judgement.verdict is Verdict.PART:
        assert status == 206
        assert headers["content-range"].split() == EXACT.split()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("100000", LONGEST_WAIT),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30.0),
        ("Thu, 01 Jan 2026 01:00:30 +0100", 30.0),
        ("Wed, 31 Dec 2025 23:59:00 GMT", 0.0),
        ("Fri, 01 Jan 2027 00:00:00 GMT", LONGEST_WAIT),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("60s", None),
        ("try again in 5 minutes", None),
        ("9" * 5000, None),
        ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Thu, 01 Jan 2026 00:00:00 +99999999999999999999", None),
        ("Thu, 01 Jan 2026 00:00:00 +9999", None),
    ],
)
def test_that_a_wait_is_read_from_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}, NOW) == seconds


def test_that_no_header_asks_for_no_wait() -> None:
    assert retry_after({}) is None


DATE_PIECES = st.sampled_from(
    [
        "Thu,",
        "1",
        "Jan",
        "2026",
        "0",
        "00:00:30",
        "99:99",
        "GMT",
        "+0100",
        "-9999",
        "9" * 30,
        ":",
        "-",
    ]
)


@given(st.one_of(st.text(), st.lists(DATE_PIECES).map(" ".join)))
@example("Thu, 01 Jan 0001 00:00:00 +2300")
@example("Fri, 31 Dec 9999 23:59:59 -2300")
def test_that_any_text_asks_for_a_bounded_wait_or_none(text: str) -> None:
    seconds = retry_after({"retry-after": text})
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


@given(st.integers(1, 500), st.floats(0, 1))
def test_that_backoff_grows_from_a_quarter_of_a_second_to_twenty(
    failures: int, jitter: float
) -> None:
    wait = backoff(failures, None, jitter)
    assert 0.125 <= wait <= 20
    assert wait <= 0.25 * 2 ** (failures - 1)
    assert backoff(failures + 1, None, jitter) >= wait


@given(st.integers(1, 20), st.floats(0, LONGEST_WAIT), st.floats(0, 1))
def test_that_backoff_is_never_shorter_than_asked(
    failures: int, asked: float, jitter: float
) -> None:
    assert backoff(failures, asked, jitter) >= asked
