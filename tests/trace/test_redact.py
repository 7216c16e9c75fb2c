import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pullscope.engine.events import ChunkReturned, FirstByte, PullEnded, PullStarted, RequestSent
from pullscope.engine.model import PullState, Settings
from pullscope.trace.export import FORMATS
from pullscope.trace.redact import redacted

TELLING = ("registry.example", "auth.example", "cdn.example", "demo", "/images")


def ended(words, *before):
    *_, last = redacted([*before, PullEnded(1.0, PullState.FAILED, words)])
    return last.error


def started(reference, output=""):
    return PullStarted(0.0, reference, output, Settings(), 0.0)


@pytest.mark.parametrize("extension", FORMATS)
def test_no_format_tells_a_host_a_repository_or_a_folder(troubled, extension):
    troubled[-1] = PullEnded(
        1.4, PullState.FAILED, "cdn.example: no route for demo/app in /images/blobs"
    )
    clear, safe = io.BytesIO(), io.BytesIO()
    FORMATS[extension].write(troubled, clear)
    FORMATS[extension].write(list(redacted(troubled)), safe)

    if extension not in (".pullscope", ".parquet"):  # which are compressed
        assert b"registry.example" in clear.getvalue()
    for word in TELLING:
        assert word.encode() not in safe.getvalue()


def test_the_same_name_gets_the_same_pseudonym(troubled):
    safe = list(redacted(troubled))

    assert safe[0].reference == "host-1.example/repository-1:1"
    hosts = {event.host for event in safe if isinstance(event, FirstByte | RequestSent)}
    assert hosts == {"host-1.example", "host-2.example", "host-3.example"}
    peers = {event.peer for event in safe if isinstance(event, FirstByte | RequestSent)}
    assert peers == {"peer-1", "peer-2", ""}
    assert list(redacted(troubled)) == safe


def test_times_sizes_and_digests_stay(story):
    for before, after in zip(story, redacted(story), strict=True):
        assert (type(before), before.at) == (type(after), after.at)
    assert list(redacted(story))[2] == story[2]


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ("10.1.2.3:443 refused it", "host-1.example refused it"),
        ("[2001:db8::7]:5000 refused it", "host-1.example refused it"),
        ("fe80::1%eth0 refused it", "host-1.example refused it"),
        ("cannot resolve db.corp.internal:5000", "cannot resolve host-1.example"),
        ("localhost:5000 closed", "host-1.example closed"),
        ("GET https://a.b.test/v2/x?y=1 failed", "GET address-1 failed"),
        ("cannot write /home/ann/images/x", "cannot write path-1"),
        ("connection reset", "connection reset"),
        ("HTTP 503", "HTTP 503"),
        ("12.5 MiB at 0.4 s, 3 times", "12.5 MiB at 0.4 s, 3 times"),
    ],
)
def test_addresses_in_words_of_others_are_replaced(words, safe):
    assert ended(words) == safe


def test_names_that_are_known_are_replaced_within_words():
    assert (
        ended("my.host/team/app is not there", started("my.host:5000/team/app:2", "/x/y"))
        == "host-1.example/repository-1 is not there"
    )


def test_a_host_is_the_same_on_each_port():
    events = [
        RequestSent(0.0, "token", "a.test:1", 200, 0.0),
        FirstByte(0, 0, 0, 1, 206, "a.test", ""),
    ]

    assert [event.host for event in redacted(events)] == ["host-1.example"] * 2


def test_docker_hub_is_one_host_by_both_of_its_names():
    events = [started("alpine"), FirstByte(0, 0, 0, 1, 206, "registry-1.docker.io", "")]

    first, second = redacted(events)
    assert (first.reference, second.host) == (
        "host-1.example/repository-1:latest",
        "host-1.example",
    )


def test_what_is_no_reference_is_replaced_whole():
    (event,) = redacted([started("not a reference")])

    assert event.reference == "reference-1"


def test_why_an_attempt_ended_is_searched_as_well():
    (event,) = redacted([ChunkReturned(0.0, 0, 0, 1, 0, "a.test reset it", None, None)])

    assert event.reason == "host-1.example reset it"


@settings(deadline=None)
@given(data=st.data())
def test_any_event_can_be_redacted(data, any_events):
    events = data.draw(any_events)

    assert len(list(redacted(events))) == len(events)
