from msgspec.structs import replace

from pullscope.engine.events import ChunkStarted, Sampled
from pullscope.engine.model import MIB
from pullscope.trace.recorded import RecordedPull


def test_milestones_are_those_of_the_first_reply_and_the_last_layer(story):
    assert RecordedPull(story).milestones == {
        "resolved": 0.2,
        "first byte": 0.4,
        "last byte": 1.3,
        "verified": 1.5,
        "committed": 1.6,
        "ended": 1.7,
    }


def test_bytes_add_up_to_the_image_and_what_was_wasted(story, troubled):
    for events in (story, troubled):
        ledger = RecordedPull(events).ledger
        came = ledger.existing + ledger.kept + ledger.received
        assert came == ledger.image + ledger.discarded + ledger.given_up


def test_the_ledger_tells_what_was_fetched_in_vain(troubled):
    ledger = RecordedPull(troubled).ledger

    assert (ledger.discarded, ledger.given_up) == (2 * MIB, MIB)
    assert ledger.over_fetched == MIB
    assert ledger.wasted == 4 * MIB
    assert (ledger.retried, ledger.hedged) == (MIB, 2 * MIB)


def test_what_requests_that_run_have_brought_is_not_wasted():
    ledger = RecordedPull(
        [
            ChunkStarted(0.0, 0, 0, 1, 0, 9, 0, 0.0),
            Sampled(0.1, 5, 5, 5, 1, MIB, network=7, wasted=2),
        ]
    ).ledger

    assert (ledger.received, ledger.over_fetched) == (5, 2)


def test_handshakes_and_the_quota_are_in_the_ledger_where_they_are_known(story, troubled):
    ledger = RecordedPull(troubled).ledger

    assert (ledger.handshakes, ledger.manifests, ledger.quota_left) == (2, 1, 97)
    ledger = RecordedPull(story).ledger
    assert (ledger.handshakes, ledger.manifests, ledger.quota_left) == (None, 1, None)


def test_chains_are_the_attempts_of_chunks_that_took_several(troubled):
    chains = RecordedPull(troubled).chains

    assert [[(a.chunk, a.attempt, a.hedge) for a in chain] for chain in chains] == [
        [(0, 1, False), (0, 2, False)],
        [(1, 1, False), (1, 2, True)],
    ]


def test_a_pull_without_events_is_unfinished():
    pull = RecordedPull([])

    assert (pull.state, pull.end, pull.reference, pull.milestones) == ("unfinished", 0.0, "", {})


def test_two_samples_of_one_moment_tell_no_rate():
    samples = [Sampled(at, 8, 8, 8, 1, 0) for at in (0.0, 5e-324, 1.0)]
    samples[1] = replace(samples[1], received=9)

    assert [(rate.at, rate.received) for rate in RecordedPull(samples).rates] == [(1.0, 0.0)]
