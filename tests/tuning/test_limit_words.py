from dataclasses import replace

import pytest

from pullscope.engine.events import PullResolved, PullStarted, Sampled
from pullscope.engine.message import Message
from pullscope.engine.model import MIB, Layer, Settings
from pullscope.engine.waits import Waited
from pullscope.tuning.limit_words import limit_words, whole_words
from pullscope.tuning.limits import Evidence, Limit, LimitKind, Limits, Pace

EVIDENCE = Evidence(
    settings=Settings(layers=2, parallelism=8, connections=16),
    seconds=2.0,
    received=672_000_000,
    in_flight=16.0,
    allowed=16.0,
    waited=Waited(network=32.0),
    wanted=1 << 30,
    missing=1 << 30,
    first_bytes=(0.2, 0.4, 0.3),
    attempts=30,
    refused=12,
    reason="HTTP 429 from r.example",
    processors=2,
    cpu=1.9,
    busy=0.99,
    tail_layer=2,
    whole_layers=2,
)


_AT_ONCE = (
    LimitKind.UNKNOWN, LimitKind.RESOLVING, LimitKind.PAUSED, LimitKind.HASHING,
    LimitKind.COMMITTING,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "evidence"),
    [
        *((kind, EVIDENCE) for kind in LimitKind),
        *((kind, Evidence()) for kind in _AT_ONCE),  # may be said when nothing is known
    ],
)
def test_that_every_verdict_has_short_words(kind, evidence):
    words = limit_words(Limit(kind, evidence, share=0.62))

    assert words.title
    assert len(words.title) <= 70
    assert len(words.evidence) + len(words.advice) <= 100
    assert "{" not in str(words)


def test_that_a_cap_is_told_with_what_it_rests_on():
    limit = Limit(LimitKind.CONNECTION_CAP, EVIDENCE, 1.0, Pace(8, 168e6))
    words = limit_words(limit)

    assert words.title == "Limited by the registry: 21 MB/s per connection"
    assert words.evidence == "16 of 16 connections at their cap"
    assert words.basis == "16 connections bring 336 MB/s, 8 brought 168 MB/s"
    assert words.advice == "more parallelism would help"
    assert str(words).startswith(words.title)
    assert all(part in str(words) for part in (words.evidence, words.basis, words.advice))


def test_that_the_setting_that_is_in_the_way_is_named():
    evidence = replace(EVIDENCE, settings=Settings(layers=2, parallelism=16, connections=16))

    words = limit_words(Limit(LimitKind.CONNECTION_CAP, evidence, 1.0, Pace(8, 168e6)))
    assert words.advice == "more connections would help"


def test_that_a_tail_names_its_layer():
    assert limit_words(Limit(LimitKind.TAIL, EVIDENCE)).title == "Nothing but the tail of layer 3"


def test_that_texts_are_translated_before_they_are_filled_in():
    asked = []

    def translate(context, text):
        asked.append((context, text))
        return text.upper()

    words = limit_words(Limit(LimitKind.LATENCY, EVIDENCE, 0.5), translate)

    assert words.title == "LIMITED BY THE TIME TO THE FIRST BYTE: 0.30 s"
    assert ("messages", "connections wait for it {0} of the time") in asked


def test_that_a_whole_pull_is_told_with_how_long_it_was_so():
    limits = Limits()
    limits(PullStarted(0.0, "demo", "/out", Settings(), 0.0, 2))
    limits(PullResolved(0.0, "sha256:d", "", (Layer("sha256:a", 100 * MIB, ""),)))
    for step in range(51):
        got = step * MIB
        waited = Waited(disk=step * 0.8)
        limits(Sampled(step / 10, got, got, got, 8, 0, wanted=MIB, waited=waited))

    words = whole_words(limits)
    assert words.title == "Limited by the disk: 10.5 MB/s written"
    assert words.evidence == "for 4.3 s of 5.0 s"
    assert words.advice == ""
    assert whole_words(Limits()).title == "Too short to tell what limited it"


@pytest.mark.parametrize("kind", [LimitKind.REFUSALS, LimitKind.FAILURES])
def test_that_the_reason_of_a_refusal_is_translated_too(kind):
    evidence = replace(EVIDENCE, reason=Message("HTTP {status}", status=429))
    words = limit_words(Limit(kind, evidence), lambda _, text: f"[{text}]")
    assert words.title.endswith(": [HTTP 429]]")
