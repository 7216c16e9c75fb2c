import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pullscope.engine.events import ChunkStarted, FirstByte, PullEvent, RangeUnusable
from pullscope.engine.passport import (
    GOOD_FOR,
    Passport,
    PassportLearner,
    Quota,
    RangeAnswer,
    RangeReply,
    judge_closed,
    judge_several,
    read_keep_alive,
    read_quota,
    signed_lifetime,
    tells_size,
    token_lifetime,
    with_manifests,
)
from pullscope.engine.passport_file import MOST, PassportFile
from pullscope.engine.ranges import Asked

NOW = 1_700_000_000.0  # 2023-11-14T22:13:20Z
SERVED = RangeReply(RangeAnswer.SERVED, 206)
FULL = Passport(
    "registry.test",
    NOW,
    SERVED,
    RangeReply(RangeAnswer.REFUSED, 416),
    RangeReply(RangeAnswer.IGNORED, 200),
    416,
    True,
    True,
    "cdn.test",
    300.0,
    "HTTP/1.1",
    "HTTP/2",
    True,
    75.0,
    0.04,
    300.0,
    True,
    Quota(100, 71, 21600, "192.0.2.1"),
    2,
)


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (206, {"content-range": "bytes 0-9/100", "content-length": "10"}, RangeAnswer.SERVED),
        (206, {"content-range": "bytes 1-10/100"}, RangeAnswer.WRONG),
        (206, {"content-range": "bytes 0-9/*"}, RangeAnswer.WRONG),
        (206, {}, RangeAnswer.WRONG),
        (200, {"content-length": "100"}, RangeAnswer.IGNORED),
        (200, {"content-length": "7"}, RangeAnswer.REFUSED),
        (400, {}, RangeAnswer.REFUSED),
        (416, {}, RangeAnswer.REFUSED),
        (403, {}, RangeAnswer.REFUSED),
    ],
)
def test_that_a_reply_to_a_range_is_judged_by_what_it_says(
    status: int, headers: dict[str, str], answer: RangeAnswer
) -> None:
    assert judge_closed(Asked(0, 9, 100), status, headers) == RangeReply(answer, status)


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (206, {"content-type": "Multipart/ByteRanges; boundary=x"}, RangeAnswer.SERVED),
        (206, {"content-range": "bytes 0-2/100"}, RangeAnswer.MERGED),
        (206, {"content-range": "bytes 0-0/100"}, RangeAnswer.WRONG),
        (206, {"content-type": "application/octet-stream"}, RangeAnswer.WRONG),
        (200, {}, RangeAnswer.IGNORED),
        (400, {}, RangeAnswer.REFUSED),
        (503, {}, RangeAnswer.REFUSED),
    ],
)
def test_that_a_reply_to_several_ranges_is_judged_by_what_it_says(
    status: int, headers: dict[str, str], answer: RangeAnswer
) -> None:
    assert judge_several(100, status, headers) == RangeReply(answer, status)


@pytest.mark.parametrize(
    ("text", "told"),
    [("bytes */100", True), ("bytes */99", False), ("bytes 0-9/100", False), ("", False)],
)
def test_that_a_416_names_the_size_only_where_it_is_the_right_one(text: str, told: bool) -> None:
    assert tells_size(100, {"content-range": text}) is told


@pytest.mark.parametrize(
    ("protocol", "headers", "answer"),
    [
        ("HTTP/1.1", {}, (True, None)),
        ("HTTP/1.1", {"connection": "Keep-Alive", "keep-alive": "max=9, timeout=75"}, (True, 75.0)),
        ("HTTP/1.1", {"connection": "x, Close", "keep-alive": "timeout=5"}, (False, None)),
        ("HTTP/1.0", {}, (False, None)),
        ("HTTP/1.0", {"connection": "keep-alive"}, (True, None)),
        ("HTTP/2", {}, (True, None)),
    ],
)
def test_that_keep_alive_is_read_as_http_defines_it(
    protocol: str, headers: dict[str, str], answer: tuple[bool, float | None]
) -> None:
    assert read_keep_alive(protocol, headers) == answer


def test_that_a_quota_is_read_from_docker_hubs_headers() -> None:
    headers = {
        "ratelimit-limit": "100;w=21600",
        "ratelimit-remaining": "76;w=21600",
        "docker-ratelimit-source": "192.0.2.1",
    }
    assert read_quota(headers) == Quota(100, 76, 21600, "192.0.2.1")


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        ({}, None),
        ({"ratelimit-limit": "unlimited", "ratelimit-remaining": "-1"}, None),
        ({"ratelimit-limit": "9" * 30}, None),
        ({"ratelimit-remaining": "5"}, Quota(None, 5)),
        ({"ratelimit-limit": "100", "docker-ratelimit-source": "a b\x1b[2J"}, Quota(100, None)),
    ],
)
def test_that_a_quota_in_another_form_is_not_made_up(
    headers: dict[str, str], quota: Quota | None
) -> None:
    assert read_quota(headers) == quota


@pytest.mark.parametrize(
    ("query", "lifetime"),
    [
        ({"X-Amz-Date": "20231114T221320Z", "X-Amz-Expires": "1200", "X-Amz-Signature": "s"}, 1200),
        ({"X-Amz-Date": "20231114T221220Z", "X-Amz-Expires": "1200"}, 1140),
        ({"X-Goog-Date": "20231114T221320Z", "X-Goog-Expires": "900"}, 900),
        ({"se": "2023-11-14T22:18:20Z", "sig": "s"}, 300),
        ({"se": "2023-11-14T22:18Z"}, 280),
        ({"Expires": "1700000600", "Signature": "s"}, 600),
        ({"expires": "1700000060.250", "sig": "s"}, 60.25),
        ({"Expires": "1600000000"}, None),  # in the past
        ({"X-Amz-Date": "20231399T221320Z", "X-Amz-Expires": "1200"}, None),
        ({"X-Amz-Date": "20231114T221320Z", "X-Amz-Expires": "²"}, None),
        ({"se": "soon"}, None),
        ({"verify": "1700000600-abc"}, None),
        ({}, None),
    ],
)
def test_that_the_lifetime_of_a_signed_link_is_read_as_its_signer_writes_it(
    query: dict[str, str], lifetime: float | None
) -> None:
    assert signed_lifetime(query, NOW) == lifetime


@given(
    st.dictionaries(st.sampled_from(["expires", "se", "X-Amz-Expires", "X-Amz-Date"]), st.text())
)
def test_that_no_query_breaks_the_reading_of_lifetimes(query: dict[str, str]) -> None:
    lifetime = signed_lifetime(query, NOW)
    assert lifetime is None or lifetime >= 0


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        ({"expires_in": 300}, 300.0),
        ({}, 60.0),
        ({"expires_in": "300"}, 60.0),
        ({"expires_in": True}, 60.0),
        ({"expires_in": -5}, 60.0),
        ({"expires_in": float("nan")}, 60.0),
    ],
)
def test_that_a_token_lives_a_minute_unless_its_reply_says_otherwise(
    document: dict[str, Any], seconds: float
) -> None:
    assert token_lifetime(document) == seconds


def test_that_ranges_are_relied_on_while_the_knowledge_is_fresh() -> None:
    assert FULL.serves_ranges(NOW + GOOD_FOR)
    assert not FULL.serves_ranges(NOW + GOOD_FOR + 1)
    assert not FULL.serves_ranges(NOW - 1), "the clock was set back: the age is not known"
    for answer in set(RangeAnswer) - {RangeAnswer.SERVED}:
        assert not replace(FULL, closed=RangeReply(answer)).serves_ranges(NOW)


def test_that_a_passport_reads_what_it_writes() -> None:
    assert Passport.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL
    empty = Passport("registry.test")
    assert Passport.from_json(json.loads(json.dumps(empty.to_json()))) == empty


@pytest.mark.parametrize(
    "change",
    [
        {"host": None},
        {"host": 3},
        {"at": "now"},
        {"at": float("nan")},
        {"closed": "served"},
        {"closed": {"answer": "perhaps"}},
        {"beyond": -1},
        {"keep_alive": 1},
        {"quota": []},
        {"quota": {"limit": "x"}},
        {"redirect_host": "x" * 1000},
    ],
)
def test_that_a_damaged_passport_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Passport.from_json({**FULL.to_json(), **change})


def reply(chunk: int, at: float, status: int = 206, host: str = "registry.test:5000") -> FirstByte:
    return FirstByte(at, 0, chunk, 1, status, host, "HTTP/1.1")


def asked(chunk: int, at: float) -> ChunkStarted:
    return ChunkStarted(at, 0, chunk, 1, 0, 10, 0, at)


def learnt(*events: PullEvent, known: Passport | None = None) -> Passport:
    learner = PassportLearner("registry.test:5000")
    passport = known or Passport("registry.test:5000")
    for event in events:
        passport = learner.learn(event, passport, NOW)
    return passport


def test_that_a_pull_teaches_ranges_redirect_protocol_and_wait() -> None:
    cdn = "cdn.test"
    passport = learnt(
        asked(0, 1.0), reply(0, 1.5, host=cdn),
        asked(1, 2.0), asked(2, 2.0), reply(2, 2.1, host=cdn), reply(1, 2.2, host=cdn),
    )  # fmt: skip
    assert passport.closed == SERVED
    assert passport.serves_ranges(NOW)
    assert (passport.redirected, passport.redirect_host) == (True, cdn)
    assert passport.protocol == "HTTP/1.1"
    assert passport.first_byte == pytest.approx(0.2)


def test_that_a_registry_that_serves_blobs_itself_has_no_redirect() -> None:
    passport = learnt(asked(0, 1.0), reply(0, 1.1, host="Registry.test:5000"))
    assert (passport.redirected, passport.redirect_host) == (False, "")


def test_that_a_whole_layer_says_nothing_about_ranges() -> None:
    passport = learnt(asked(0, 1.0), reply(0, 1.1, status=200))
    assert passport.closed == RangeReply()
    assert passport.redirected is False


def test_that_a_contradiction_is_not_forgotten_before_the_next_pull() -> None:
    ignored = RangeUnusable(2.0, 0, "HTTP 200 to a range", 0)
    passport = learnt(ignored, asked(1, 3.0), reply(1, 3.1), known=FULL)
    assert passport.closed == RangeReply(RangeAnswer.UNSTEADY, 200)
    assert not passport.serves_ranges(NOW)
    assert learnt(asked(1, 3.0), reply(1, 3.1), known=passport).serves_ranges(NOW)


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ("HTTP 200 to a range", RangeAnswer.IGNORED),
        ("HTTP 416 to a range", RangeAnswer.REFUSED),
        ("asked bytes 0-9, got 206 with no Content-Range", RangeAnswer.WRONG),
    ],
)
def test_that_the_reason_why_a_range_is_of_no_use_is_kept(reason: str, answer: RangeAnswer) -> None:
    assert learnt(RangeUnusable(2.0, 0, reason, 0)).closed.answer is answer


def test_that_refusals_teach_nothing() -> None:
    assert learnt(asked(0, 1.0), reply(0, 1.1, status=503), known=FULL) == FULL


def test_that_a_pull_without_manifests_leaves_the_quota_as_it_was() -> None:
    assert with_manifests(FULL, None, 0) == FULL
    spent = with_manifests(FULL, Quota(100, 69), 2)
    assert (spent.quota, spent.spent, spent.at) == (Quota(100, 69), 2, FULL.at)


def test_that_passports_are_found_again_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "state" / "registries.json"
    file = PassportFile(path)
    assert file.find(FULL.host) is None
    file.note(FULL)
    assert not path.exists()
    file.save()
    assert PassportFile(path).find(FULL.host) == FULL
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_that_processes_keep_each_others_passports(tmp_path: Path) -> None:
    path = tmp_path / "registries.json"
    here, there = PassportFile(path), PassportFile(path)
    assert here.find("a") is there.find("a") is None
    here.note(replace(FULL, host="a"))
    there.note(replace(FULL, host="b"))
    here.save()
    there.save()
    last = PassportFile(path)
    assert last.find("a") is not None
    assert last.find("b") is not None


def test_that_the_registries_unseen_for_longest_are_dropped(tmp_path: Path) -> None:
    file = PassportFile(tmp_path / "registries.json")
    for number in range(MOST + 5):
        file.note(replace(FULL, host=f"{number}.test", at=NOW + number))
    file.save()
    again = PassportFile(tmp_path / "registries.json")
    assert again.find("4.test") is None
    assert again.find("5.test") is not None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 9, "passports": []}', '{"version": 1, "passports": [{}]}']
)
def test_that_a_damaged_file_is_a_warning_and_written_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    path = tmp_path / "registries.json"
    path.write_text(text)
    file = PassportFile(path)
    with caplog.at_level(logging.WARNING):
        assert file.find(FULL.host) is None
    assert str(path) in caplog.text
    file.note(FULL)
    file.save()
    assert PassportFile(path).find(FULL.host) == FULL


def test_that_a_file_that_cannot_be_written_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    file = PassportFile(tmp_path / "state" / "registries.json")
    file.note(FULL)
    file.save()
    assert "not written" in caplog.text
    assert file.find(FULL.host) == FULL
