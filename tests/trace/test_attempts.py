from pullscope.engine.events import (
    ChunkDone,
    ChunkStarted,
    FirstByte,
    LayerDiscarded,
    PrefixHashed,
)
from pullscope.trace.attempts import attempt_phases, attempts


def test_each_attempt_for_a_chunk_stands_alone(story):
    found = attempts(story)

    assert [(one.layer, one.chunk, one.attempt, one.outcome) for one in found] == [
        (0, 0, 1, "done"),
        (0, 1, 1, "HTTP 503"),
        (1, 2, 1, "done"),
        (0, 1, 2, "done"),
    ]


def test_an_attempt_that_ended_early_has_an_end_but_no_last_byte(story):
    returned = attempts(story)[1]

    assert (returned.status, returned.first_byte) == (503, 0.45)
    assert returned.last_byte is None
    assert returned.ended == 0.45


def test_an_attempt_is_unfinished_where_the_trace_ends_first():
    (attempt,) = attempts([ChunkStarted(1.0, 0, 0, 1, 0, 10, 0, 0.5)])

    assert attempt.outcome == "unfinished"
    assert attempt.ended is None


def test_what_is_told_of_an_attempt_that_never_started_is_left_out():
    assert attempts([FirstByte(1.0, 0, 0, 1, 206, "a", ""), ChunkDone(1.0, 0, 0, 1, 1.0, 5)]) == []


def phases(connecting):
    began = ChunkStarted(1.0, 0, 0, 1, 0, 10, 0, 0.5)
    reply = FirstByte(2.0, 0, 0, 1, 206, "a.test", "HTTP/1.1", "203.0.113.7:443", connecting)
    (attempt,) = attempts([began, reply, ChunkDone(4.0, 0, 0, 1, 3.0, 10)])
    return [(phase.name, phase.began, phase.ended) for phase in attempt_phases(attempt, 4.0)]


def test_a_new_connection_is_a_phase_of_its_own():
    after = [("receiving", 2.0, 3.0), ("writing", 3.0, 4.0)]

    assert phases((1.0, 1.5)) == [("connecting", 1.0, 1.5), ("waiting", 1.5, 2.0), *after]
    assert phases(()) == phases(None) == [("waiting", 1.0, 2.0), *after]


def test_an_attempt_that_was_redirected_waits_before_it_connects():
    assert phases((1.25, 1.5))[:3] == [
        ("waiting", 1.0, 1.25),
        ("connecting", 1.25, 1.5),
        ("waiting", 1.5, 2.0),
    ]


def test_an_attempt_is_hashed_when_the_digest_covers_all_it_brought():
    told = [
        event
        for chunk in (0, 1, 2)
        for event in (
            ChunkStarted(1.0, 0, chunk, 1, chunk * 10, 10, chunk, 1.0),
            ChunkDone(2.0 + chunk, 0, chunk, 1, 2.0, 10),
        )
    ]
    hashes = [PrefixHashed(2.5, 0, 10, 2.0), PrefixHashed(3.0, 0, 20, 2.5)]

    first, second, third = attempts(sorted(told + hashes, key=lambda event: event.at))

    assert (first.hashed, second.hashed, third.hashed) == (2.5, 3.0, None)


def test_what_is_discarded_was_hashed_in_vain_and_what_follows_is_hashed_anew():
    first, second = attempts(
        [
            ChunkStarted(0.0, 0, 0, 1, 0, 10, 0, 0.0),
            PrefixHashed(1.0, 0, 10, 0.5),
            ChunkDone(1.0, 0, 0, 1, 1.0, 10),
            LayerDiscarded(1.5, 0, "hashes to another digest"),
            ChunkStarted(2.0, 0, 1, 1, 0, 10, 0, 2.0),
            ChunkDone(3.0, 0, 1, 1, 3.0, 10),
        ]
    )

    assert (first.hashed, second.hashed) == (1.0, None)
