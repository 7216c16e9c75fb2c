import random

import pytest

from pullscope.lab.config import FaultKind
from pullscope.lab.replies import Ending, RegistryError, Reply, decide_reply, parse_range


def decide(
    range_header: str | None = None, fault: FaultKind | None = None, retry_after: int | None = 1
) -> Reply:
    return decide_reply(1000, range_header, fault, retry_after, random.Random(1))


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=10-", (10, 1000)),
        ("bytes=990-5000", (990, 1000)),
        ("bytes=-10", (990, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("bytes = 1 - 2", (1, 3)),
        # Not understood, or several: the whole.
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_that_a_range_is_read_as_the_bytes_it_names(
    header: str | None, asked: tuple[int, int] | None
) -> None:
    assert parse_range(header, 1000) == asked


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0"])
def test_that_a_range_outside_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(RegistryError) as refusal:
        parse_range(header, 1000)

    assert refusal.value.status == 416
    assert refusal.value.headers == {"Content-Range": "bytes */1000"}


def test_that_without_faults_a_reply_is_what_was_asked_for() -> None:
    assert decide() == Reply(0, 1000)
    assert decide("bytes=10-19") == Reply(10, 20, 206, {"Content-Range": "bytes 10-19/1000"})


@pytest.mark.parametrize(
    ("fault", "reply"),
    [
        (FaultKind.RANGE_IGNORED, Reply(0, 1000)),
        (FaultKind.NO_CONTENT_RANGE, Reply(10, 20, 206)),
        (
            FaultKind.WRONG_CONTENT_RANGE,
            Reply(10, 20, 206, {"Content-Range": "bytes 11-20/1000"}),
        ),
    ],
)
def test_that_a_range_fault_shows_in_status_and_headers(fault: FaultKind, reply: Reply) -> None:
    assert decide("bytes=10-19", fault) == reply


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (FaultKind.TOO_MANY_REQUESTS, 429),
        (FaultKind.SERVER_ERROR, 500),
        (FaultKind.SERVICE_UNAVAILABLE, 503),
        (FaultKind.RANGE_400, 400),
        (FaultKind.RANGE_REFUSED, 416),
        (FaultKind.EXPIRED_REDIRECT, 403),
    ],
)
def test_that_a_fault_of_status_is_an_error(fault: FaultKind, status: int) -> None:
    with pytest.raises(RegistryError) as error:
        decide("bytes=10-19", fault)

    assert error.value.status == status


@pytest.mark.parametrize(
    ("retry_after", "headers"), [(0, {"Retry-After": "0"}), (7, {"Retry-After": "7"}), (None, {})]
)
def test_that_a_429_says_when_to_come_again(
    retry_after: int | None, headers: dict[str, str]
) -> None:
    with pytest.raises(RegistryError) as error:
        decide(None, FaultKind.TOO_MANY_REQUESTS, retry_after)

    assert error.value.headers == headers


@pytest.mark.parametrize(
    ("fault", "ending"),
    [
        (FaultKind.RESET, Ending.RESET),
        (FaultKind.SHORT_BODY, Ending.CLOSED),
        (FaultKind.STALL, Ending.STALLED),
    ],
)
def test_that_a_body_breaks_off_inside_what_was_asked_for(fault: FaultKind, ending: Ending) -> None:
    reply = decide("bytes=10-19", fault)

    assert reply.ending is ending
    assert reply.cut in range(11, 20)


@pytest.mark.parametrize("fault", [FaultKind.RESET, FaultKind.SHORT_BODY, FaultKind.STALL])
def test_that_a_body_of_one_byte_breaks_off_before_it(fault: FaultKind) -> None:
    assert decide("bytes=10-10", fault).cut == 10


def test_that_the_wrong_byte_is_one_of_those_asked_for() -> None:
    assert decide("bytes=10-19", FaultKind.WRONG_BYTES).wrong_byte in range(10, 20)
