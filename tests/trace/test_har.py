import io
import json
from datetime import UTC, datetime

import pytest
from haralyzer import HarParser

from pullscope.trace.har import write_har
from pullscope.trace.redact import redacted


def read(events):
    file = io.BytesIO()
    write_har(events, file)
    return HarParser(json.loads(file.getvalue()))


def test_a_pull_is_a_page_with_an_entry_per_request(troubled):
    (page,) = read(troubled).pages

    assert page.title == "registry.example/demo/app:1"
    assert len(page.entries) == 3 + 8
    assert [entry.status for entry in page.entries[:2]] == [200, 200]
    assert str(page.entries[0].request.url) == "https://auth.example/1"
    assert str(page.entries[1].request.url) == "https://registry.example/v2/demo/app/manifests/1"


def test_an_attempt_asks_for_a_range_and_tells_where_its_time_went(story):
    (page,) = read(story).pages
    entry = next(e for e in page.entries if e.raw_entry.get("_chunk") == 0)

    assert entry.request.headers == [{"name": "Range", "value": "bytes=0-16777215"}]
    assert entry.startTime == datetime.fromtimestamp(1_750_000_000.75, UTC)
    assert (entry.status, entry.response.httpVersion) == (206, "HTTP/1.1")
    assert entry.raw_entry["timings"] == {
        "dns": -1,
        "connect": -1,
        "blocked": 50.0,
        "send": 0.0,
        "wait": 100.0,
        "receive": 300.0,
    }
    assert entry.raw_entry["time"] == pytest.approx(450.0)
    assert entry.response.bodySize == 16 * 1024 * 1024


def test_a_request_without_a_reply_has_the_status_0(troubled):
    (page,) = read(troubled).pages
    entries = {(e.raw_entry.get("_chunk"), e.raw_entry.get("_attempt")): e for e in page.entries}
    silent = entries[1, 1]

    assert silent.status == 0
    assert silent.raw_entry["comment"] == "attempt 1 for chunk 1: another request was faster"


def test_a_new_connection_is_told_with_its_address(troubled):
    (page,) = read(troubled).pages
    entry = next(e for e in page.entries if e.raw_entry.get("_chunk") == 0)

    assert entry.raw_entry["timings"]["connect"] == pytest.approx(40.0)
    assert entry.raw_entry["timings"]["wait"] == pytest.approx(60.0)
    assert entry.serverAddress == "203.0.113.7"
    assert entry.raw_entry["time"] == sum(
        value for value in entry.raw_entry["timings"].values() if value != -1
    )


def test_an_address_that_is_redacted_is_told_by_its_pseudonym(troubled):
    (page,) = read(list(redacted(troubled))).pages

    told = [e.raw_entry for e in page.entries if "serverIPAddress" in e.raw_entry]
    assert {entry["serverIPAddress"] for entry in told} == {"peer-1", "peer-2"}
