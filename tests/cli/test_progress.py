import io
from dataclasses import replace

import pytest

from pullscope.cli.progress import Bars, Lines, Rate, Silence, bar, block, note, reporter, status
from pullscope.engine.events import LayerDiscarded, LayerVerified, RangeUnusable
from pullscope.engine.model import MIB, LayerState, PullState


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Broken(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


def test_a_bar_tells_what_is_verified_what_is_here_and_what_is_to_come():
    assert bar(12, total=100, received=50, hashed=20) == "[==---     ]"
    assert bar(12, total=100, received=0, hashed=0) == "[          ]"
    assert bar(12, total=100, received=100, hashed=100) == "[==========]"


def test_a_bar_of_nothing_is_full():
    assert bar(7, total=0, received=0, hashed=0) == "[=====]"


def test_each_active_layer_has_a_line_and_the_pull_has_the_last_one(snapshot):
    assert block(snapshot, 50e6, 79, 24) == [
        "aaaaaaaaaaaa  200 MiB [====-----                            ]  25% 2 in flight",
        "bbbbbbbbbbbb   50 MiB [==================-------------------] 100% hashing",
        "1/4 layers            [===-     ]  50% 200 MiB of 400 MiB, 50 MB/s, 4.2 s left",
    ]


@pytest.mark.parametrize("width", [1, 20, 40, 60, 79, 80, 120, 500])
@pytest.mark.parametrize("height", [1, 2, 3, 24])
def test_a_block_fits_the_terminal(width, height, snapshot):
    many = replace(snapshot, layers=snapshot.layers * 5)

    lines = block(many, 50e6, width, height)

    assert 1 <= len(lines) <= height
    assert max(map(len, lines)) <= width


def test_layers_without_room_are_counted(snapshot):
    lines = block(replace(snapshot, layers=snapshot.layers * 5), 50e6, 100, 6)

    assert len(lines) == 6
    assert lines[-2] == "and 6 more layers"


def test_a_narrow_terminal_has_no_bars(snapshot):
    assert block(snapshot, 50e6, 45, 24)[0] == "aaaaaaaaaaaa  200 MiB  25% 2 in flight"


def test_what_is_being_resolved_is_named(snapshot):
    resolving = replace(snapshot, state=PullState.RESOLVING, layers=())

    assert block(resolving, 0, 80, 24) == ["resolving registry.example/demo/app:1"]
    assert status(resolving, 0) == "resolving registry.example/demo/app:1"


def test_the_status_tells_amounts_rate_and_time_left(snapshot):
    assert status(snapshot, 200 * MIB / 4) == "50%, 200 MiB of 400 MiB, 52.4 MB/s, 4.0 s left"


def test_the_status_names_the_phase_when_nothing_is_left_to_receive(snapshot):
    received = replace(snapshot, received=snapshot.total)
    hashed = replace(received, hashed=snapshot.total)

    assert status(received, 0) == "100%, 400 MiB of 400 MiB, hashing"
    assert status(hashed, 0) == "100%, 400 MiB of 400 MiB, committing"
    paused = replace(snapshot, state=PullState.PAUSED)
    assert status(paused, 0) == "50%, 200 MiB of 400 MiB, paused"


def test_one_hundred_percent_is_not_said_before_every_byte_is_here(snapshot):
    assert status(replace(snapshot, received=snapshot.total - 1), 0).startswith("99%")


def test_a_rate_is_taken_over_the_last_seconds(snapshot):
    rate = Rate()
    seen = [rate.update(replace(snapshot, at=at, network=network)) for at, network in (
        (0.0, 0), (1.0, 100), (2.0, 200), (4.0, 200), (8.0, 1000),
    )]  # fmt: skip

    assert seen == [0.0, 100.0, 100.0, pytest.approx(100 / 3), 200.0]


def test_what_changes_the_course_of_a_pull_is_noted():
    assert note(RangeUnusable(1.0, 2, "HTTP 200 to a range", 0)) == (
        "layer 2 comes in one piece: HTTP 200 to a range"
    )
    assert note(LayerDiscarded(1.0, 2, "digest mismatch")) == (
        "layer 2 is fetched once more: digest mismatch"
    )
    assert note(LayerVerified(1.0, 2)) is None


def test_bars_are_redrawn_in_place_and_removed_at_the_end(snapshot):
    terminal = Terminal()
    bars = Bars(terminal)

    bars.show(snapshot)
    first = terminal.getvalue()
    bars.show(snapshot)
    second = terminal.getvalue()[len(first) :]
    bars.close()
    last = terminal.getvalue()[len(first) + len(second) :]

    assert first.count("\n") == 3
    assert "\x1b[3A" not in first
    assert second.startswith("\x1b[3A")
    assert last == "\x1b[3A\r\x1b[J"


def test_a_frame_reaches_the_terminal_in_one_write(snapshot):
    writes = []
    terminal = Terminal()
    terminal.write = writes.append

    Bars(terminal).show(snapshot)

    assert len(writes) == 1


def test_a_line_that_stays_stands_above_the_bars(snapshot):
    terminal = Terminal()
    bars = Bars(terminal)
    bars.show(snapshot)
    before = len(terminal.getvalue())
    bars.say("layer 0 comes in one piece")
    bars.close()

    assert terminal.getvalue()[before:] == "\x1b[3A\r\x1b[Jlayer 0 comes in one piece\n"


def test_lines_hold_no_control_characters_and_begin_after_an_interval(snapshot):
    stream = io.StringIO()
    lines = Lines(stream)

    lines.show(snapshot)
    assert stream.getvalue() == ""
    lines.show(replace(snapshot, at=5.0))
    lines.close()
    assert stream.getvalue() == "50%, 200 MiB of 400 MiB, 0 kB/s\n"


@pytest.mark.parametrize("kind", [Bars, Lines])
def test_a_stream_whose_reader_left_does_no_harm(kind, snapshot):
    shown = kind(Broken())

    shown.say("text")
    shown.show(snapshot)
    shown.show(snapshot)
    shown.close()


def test_the_reporter_suits_its_stream(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("WT_SESSION", "1")
    assert isinstance(reporter(Terminal(), quiet=False), Bars)
    assert isinstance(reporter(io.StringIO(), quiet=False), Lines)
    assert isinstance(reporter(Terminal(), quiet=True), Silence)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(reporter(Terminal(), quiet=False), Lines)


def test_a_layer_that_is_committed_says_so(snapshot):
    committing = replace(snapshot.layers[1], state=LayerState.COMMITTING)

    assert block(replace(snapshot, layers=(committing,)), 0, 80, 24)[0].endswith("committing")
