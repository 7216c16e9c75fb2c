from collections.abc import Iterator
from itertools import pairwise

import pytest

from pullscope.engine.events import (
    ChunkReturned,
    ChunkStarted,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.model import MIB, Layer, PullState, Settings
from pullscope.gui.effects import Drags, Effect, Effects, Verdict, change_text, effect_line

MB = 1_000_000
SLOW = Settings(parallelism=2)
FAST = Settings(parallelism=16)


def resolved() -> PullResolved:
    return PullResolved(0.0, "sha256:1", "", (Layer("sha256:2", 10_000 * MB, "x"),))


def flowing(began: float, ended: float, rate: int, start: int = 0) -> Iterator[Sampled]:
    steps = round((ended - began) * 10)
    for step in range(steps + 1):
        received = start + rate * step // 10
        yield Sampled(began + step / 10, received, received, received, 4, 0)


def fed(*events: PullEvent | Iterator[Sampled]) -> Effects:
    effects = Effects()
    for event in events:
        for each in event if isinstance(event, Iterator) else (event,):
            effects(each)
    return effects


def test_that_a_gain_is_told_with_the_rates_on_both_sides() -> None:
    effects = fed(
        resolved(),
        flowing(0, 5, 8 * MB),
        SettingsApplied(5.0, SLOW, FAST),
        flowing(5.1, 9.5, 62 * MB, 41 * MB),
    )
    [effect] = effects.newest_first
    assert effect.verdict is Verdict.CHANGED
    assert effect.before == pytest.approx(8 * MB, rel=0.02)
    assert effect.after == pytest.approx(62 * MB, rel=0.02)
    assert effect.share == pytest.approx(62 / 8 - 1, rel=0.05)
    assert effect.seconds == pytest.approx(3.0, abs=0.15)


def test_that_a_difference_within_the_noise_is_no_change() -> None:
    effects = fed(
        resolved(),
        flowing(0, 5, 100 * MB),
        SettingsApplied(5.0, SLOW, FAST),
        flowing(5.1, 9.5, 102 * MB, 501 * MB),
    )
    assert effects.newest_first[0].verdict is Verdict.UNCHANGED


def test_that_nothing_is_claimed_within_the_first_moments() -> None:
    effects = fed(
        resolved(),
        flowing(0, 5, 8 * MB),
        SettingsApplied(5.0, SLOW, FAST),
        flowing(5.1, 6.0, 62 * MB, 41 * MB),
    )
    [effect] = effects.newest_first
    assert effect.verdict is Verdict.MEASURING
    assert effect.after is None


@pytest.mark.parametrize(
    "interruption",
    [
        PullEnded(6.0, PullState.DONE, ""),
        PullPaused(6.0),
        SettingsApplied(6.0, FAST, FAST.changed(chunk_size=4 * MIB)),
    ],
)
def test_that_nothing_is_claimed_when_something_came_between(interruption: PullEvent) -> None:
    effects = fed(
        resolved(),
        flowing(0, 5, 8 * MB),
        SettingsApplied(5.0, SLOW, FAST),
        flowing(5.1, 5.9, 62 * MB, 41 * MB),
        interruption,
    )
    effect = effects.newest_first[-1]
    assert effect.verdict is Verdict.UNKNOWN
    assert effect.after is None
    assert effect.reason


def test_that_a_change_before_bytes_flow_is_not_compared() -> None:
    effects = fed(
        resolved(),
        flowing(0, 0.3, 8 * MB),
        SettingsApplied(0.4, SLOW, FAST),
        flowing(0.5, 5, 62 * MB, 3 * MB),
    )
    assert effects.newest_first[0].verdict is Verdict.UNKNOWN


def test_that_a_change_is_not_judged_once_every_byte_was_asked_for() -> None:
    effects = fed(
        resolved(),
        ChunkStarted(0.0, 0, 0, 1, 0, 10_000 * MB, 0, 0.0),
        flowing(0, 5, 8 * MB),
        SettingsApplied(5.0, SLOW, FAST),
        flowing(5.1, 9.5, 8 * MB, 41 * MB),
    )
    assert effects.newest_first[0].verdict is Verdict.UNKNOWN
    assert "asked for" in effects.newest_first[0].reason


def test_that_bytes_given_back_can_be_asked_for_again() -> None:
    effects = fed(
        resolved(),
        ChunkStarted(0.0, 0, 0, 1, 0, 10_000 * MB, 0, 0.0),
        ChunkReturned(0.1, 0, 0, 1, 10, "paused", None, None),
        flowing(0.2, 5, 8 * MB),
        SettingsApplied(5.0, SLOW, FAST),
        flowing(5.1, 9.5, 62 * MB, 41 * MB),
    )
    assert effects.newest_first[0].verdict is Verdict.CHANGED


def test_that_one_drag_is_one_change() -> None:
    steps = [SLOW.changed(parallelism=n) for n in (2, 5, 9, 16)]
    drag = [SettingsApplied(5.0 + n / 10, old, new) for n, (old, new) in enumerate(pairwise(steps))]
    effects = fed(resolved(), flowing(0, 5, 8 * MB), *drag, flowing(5.3, 9.5, 62 * MB, 41 * MB))
    [effect] = effects.newest_first
    assert (effect.old.parallelism, effect.new.parallelism) == (2, 16)
    assert effect.verdict is Verdict.CHANGED


def test_that_a_drag_back_to_where_it_began_is_no_change() -> None:
    effects = fed(
        resolved(),
        flowing(0, 5, 8 * MB),
        SettingsApplied(5.0, SLOW, FAST),
        SettingsApplied(5.2, FAST, SLOW),
    )
    assert effects.newest_first == ()


def test_that_one_drag_makes_one_mark() -> None:
    marks: list[tuple[float, str]] = []
    drags = Drags(lambda at, old, new: marks.append((at, change_text(old, new))))
    drags(SettingsApplied(1.0, SLOW, SLOW.changed(parallelism=7)))
    drags(Sampled(1.1, 0, 0, 0, 0, 0))
    drags(SettingsApplied(1.2, SLOW.changed(parallelism=7), FAST))
    assert marks == []
    drags(Sampled(1.6, 0, 0, 0, 0, 0))
    drags(SettingsApplied(3.0, FAST, FAST.changed(chunk_size=4 * MIB)))
    drags(PullEnded(3.1, PullState.DONE, ""))
    assert marks == [(1.0, "parallelism 2 → 16"), (3.0, "chunk 16 → 4 MiB")]


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (Settings(chunk_size=32 * MIB), "chunk 16 → 32 MiB"),
        (Settings(chunk_size=MIB // 2), "chunk 16 MiB → 512 KiB"),
        (Settings(chunk_size=0), "chunk 16 MiB → whole layer"),
        (Settings(layers=4, connections=30), "layers 3 → 4, connections 24 → 30"),
    ],
)
def test_that_changes_are_told_in_words(new: Settings, words: str) -> None:
    assert change_text(Settings(), new) == words


@pytest.mark.parametrize(
    ("effect", "line"),
    [
        (
            Effect(1.0, Settings(parallelism=4), Settings(), Verdict.CHANGED, 78e6, 151e6, "", 5.0),
            "parallelism 4 → 8: 78 → 151 MB/s (+94 %) over 5.0 s",
        ),
        (
            Effect(1.0, Settings(), Settings(layers=4), Verdict.UNCHANGED, 900e3, 1e6, "", 3.0),
            "layers 3 → 4: 900 kB/s → 1 MB/s (no change) over 3.0 s",
        ),
        (Effect(1.0, Settings(), Settings(layers=4)), "layers 3 → 4: measuring"),
        (
            Effect(1.0, Settings(), Settings(layers=4), Verdict.UNKNOWN, reason="paused too soon"),
            "layers 3 → 4: paused too soon",
        ),
    ],
)
def test_that_what_a_change_did_is_one_line(effect: Effect, line: str) -> None:
    assert effect_line(effect) == line
