from pullscope.engine.events import ChunkDone, ChunkStarted, FirstByte
from pullscope.trace.attempts import attempts


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
