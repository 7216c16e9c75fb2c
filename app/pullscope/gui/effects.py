"""What the user's changes did: the received rate before a change against the rate after it.

`Effects` is an observer of a pull's events. It claims nothing it cannot know: not when the pull
had just begun, paused or ended, when another change came too soon, or when every byte had been
asked for already, so that the change could not reach any request.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from statistics import pstdev
from typing import ClassVar

from PySide6.QtCore import QCoreApplication

from pullscope.engine.events import (
    ChunkDone,
    ChunkReturned,
    ChunkStarted,
    FirstByte,
    LayerDiscarded,
    LayerExisting,
    LayerResumed,
    PrefixHashed,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    RangeUnusable,
    Sampled,
    SettingsApplied,
    WindowDrew,
)
from pullscope.engine.model import LayerOrder, Protocol, Settings, WriteMode
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.tuning.translate import untranslated

translate = QCoreApplication.translate
_WINDOW = 3.0  # seconds compared on either side
_LEAST_BEFORE = 0.7
_SETTLE = 0.5  # what was asked before the change still arrives
_LEAST_AFTER = 1.5  # from the change on; nothing is claimed earlier
_DRAG_ENDS_AFTER = 0.35  # seconds in which a slider does not move
_NOISE = 0.05  # a smaller share is never a change
_KEPT = 20


class Verdict(Enum):
    """What is known about a change."""

    MEASURING = "measuring"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of the settings and what became of the received rate.

    Attributes:
        at: when the change was made.
        old, new: the settings.
        before, after: bytes/s; None while or where nothing is known.
        reason: why nothing is known, in English: whoever shows it translates it.
        seconds: since the change, that `after` is taken over.
    """

    at: float
    old: Settings
    new: Settings
    verdict: Verdict = Verdict.MEASURING
    before: float | None = None
    after: float | None = None
    reason: str = ""
    seconds: float = 0.0

    @property
    def share(self) -> float | None:
        """The gain as a share of the rate before: 0.5 is half as much again."""
        if not self.before or self.after is None:
            return None
        return self.after / self.before - 1


def setting_names() -> dict[str, str]:
    """Return the settings in a word or two, by their names."""
    return {
        "parallelism": translate("effects", "parallelism"),
        "chunk_size": translate("effects", "chunk"),
        "layers": translate("effects", "layers"),
        "connections": translate("effects", "connections"),
        "rate_limit": translate("effects", "rate limit"),
        "request_limit": translate("effects", "requests"),
        "memory_limit": translate("effects", "memory"),
        "write": translate("effects", "write"),
        "layer_order": translate("effects", "layer order"),
        "protocol": translate("effects", "protocol"),
    }


def change_text(old: Settings, new: Settings) -> str:
    """Return a change in words: "parallelism 2 → 16, chunk 32 → 4 MiB"."""
    before, after = old.as_dict(), new.as_dict()
    parts = []
    for name, words in setting_names().items():
        if before[name] == after[name]:
            continue
        if name == "chunk_size":
            parts.append(f"{words} {_sizes(old.chunk_size, new.chunk_size)}")
        else:
            parts.append(f"{words} {value_text(name, old)} → {value_text(name, new)}")
    return ", ".join(parts)


def effect_line(effect: Effect) -> str:
    """Return what a change did in one line: "parallelism 4 → 8: 78 → 151 MB/s (+94 %) over 3.0 s".

    Where nothing is known, the line says why.
    """
    change = change_text(effect.old, effect.new)
    if effect.verdict is Verdict.UNKNOWN:
        return f"{change}: {translate('effects', effect.reason)}"
    if effect.before is None or effect.after is None or effect.share is None:
        return f"{change}: {translate('effects', 'measuring')}"
    before, after = rate_text(effect.before), rate_text(effect.after)
    if before.split()[1] == after.split()[1]:
        before = before.split()[0]
    gain = share_text(effect.share)
    if effect.verdict is Verdict.UNCHANGED:
        gain = translate("effects", "no change")
    return translate("effects", "{0}: {1} → {2} ({3}) over {4}").format(
        change, before, after, gain, duration_text(effect.seconds)
    )


def share_text(share: float) -> str:
    """Return a gain as "+94 %", a loss with a minus, and "0 %" where it is neither."""
    percent = round(share * 100)
    sign = "+" if percent > 0 else "−" if percent else ""
    return f"{sign}{abs(percent)} %"


def value_text(name: str, settings: Settings) -> str:
    """Return a setting's value in words."""
    match name:
        case "chunk_size":
            return chunk_size_text(settings.chunk_size)
        case "rate_limit":
            return _rate_text(settings.rate_limit)
        case "request_limit":
            return (
                f"{settings.request_limit}/s"
                if settings.request_limit
                else translate("effects", "none")
            )
        case "protocol":
            return protocol_texts()[settings.protocol]
        case "memory_limit":
            return size_text(settings.memory_limit)
        case "write":
            return write_texts()[settings.write]
        case "layer_order":
            return layer_order_texts()[settings.layer_order]
        case _:
            return str(settings.as_dict()[name])


def write_texts() -> dict[WriteMode, str]:
    """Return the ways to write in words."""
    return {
        WriteMode.IN_PLACE: translate("effects", "in place"),
        WriteMode.STREAM: translate("effects", "as a stream"),
    }


def protocol_texts() -> dict[Protocol, str]:
    """Return the protocols in words."""
    return {Protocol.HTTP_1: "HTTP/1.1", Protocol.HTTP_2: "HTTP/2"}


def layer_order_texts() -> dict[LayerOrder, str]:
    """Return the orders of layers in words."""
    return {
        LayerOrder.MANIFEST: translate("effects", "as listed"),
        LayerOrder.LARGEST_FIRST: translate("effects", "largest first"),
    }


def _rate_text(rate: int) -> str:
    return rate_text(rate) if rate else translate("effects", "none")


def chunk_size_text(size: int) -> str:
    """Return a chunk size in words."""
    return size_text(size) if size else translate("effects", "whole layer")


def _sizes(old: int, new: int) -> str:
    first, second = chunk_size_text(old), chunk_size_text(new)
    if old and new and first.split()[-1] == second.split()[-1]:
        first = first.split()[0]  # the unit once
    return f"{first} → {second}"


class Effects:
    """The changes made during one pull, newest first.

    Attributes:
        UNHEEDED: kinds of events that say nothing of a change.
    """

    UNHEEDED: ClassVar = frozenset({FirstByte, ChunkDone, PrefixHashed, WindowDrew})

    def __init__(self) -> None:
        self._effects: deque[Effect] = deque(maxlen=_KEPT)
        self._samples: deque[tuple[float, int]] = deque()
        self._sizes: tuple[int, ...] = ()
        self._lengths: dict[int, int] = {}
        self._unasked = 0
        self._steady_since: float | None = None  # bytes flow, with the same settings, since then

    @property
    def newest_first(self) -> tuple[Effect, ...]:
        """What is known so far."""
        return tuple(self._effects)

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        if type(event) in self.UNHEEDED:
            return
        match event:
            case ChunkStarted(chunk=chunk, length=length):
                self._lengths[chunk] = length
                self._unasked -= length
            case PullResolved(layers=layers):
                self._sizes = tuple(layer.size for layer in layers)
                self._unasked = sum(self._sizes)
            case LayerExisting(layer=layer):
                self._unasked -= self._sizes[layer]
            case LayerResumed(kept=kept):
                self._unasked -= kept
            case ChunkReturned(chunk=chunk, received=received):
                self._unasked += self._lengths.pop(chunk, received) - received
            case RangeUnusable(given_up=given_up):
                self._unasked += given_up
            case LayerDiscarded(layer=layer):
                self._unasked += self._sizes[layer]
            case Sampled(at=at, received=received):
                self._sample(at, received)
            case SettingsApplied(at=at, old=old, new=new):
                self._change(at, old, new)
            case PullPaused(at=at):
                self._interrupt(at, untranslated("effects", "paused too soon"))
            case PullResumed():
                self._steady_since = None
            case PullEnded(at=at):
                self._interrupt(at, untranslated("effects", "the pull ended too soon"))
            case _:
                pass

    def _sample(self, at: float, received: int) -> None:
        if self._samples and received < self._samples[-1][1]:
            self._samples.clear()
        if self._steady_since is None and self._samples and received > self._samples[-1][1]:
            self._steady_since = at
        self._samples.append((at, received))
        while self._samples[0][0] < at - 2 * _WINDOW - _SETTLE:
            self._samples.popleft()
        if not self._measuring:
            return
        changed = self._effects[0].at
        if self._unasked <= 0:
            self._interrupt(at, untranslated("effects", "all bytes were asked for"))
        elif at >= changed + _SETTLE + _WINDOW:
            self._conclude(at, measuring=False)
        elif at >= changed + _LEAST_AFTER:
            self._conclude(at, measuring=True)

    @property
    def _measuring(self) -> bool:
        return bool(self._effects) and self._effects[0].verdict is Verdict.MEASURING

    def _change(self, at: float, old: Settings, new: Settings) -> None:
        if self._measuring:
            last = self._effects[0]
            if at < last.at + _LEAST_AFTER and _names(last.old, last.new) == _names(old, new):
                # One drag of one slider: a single change, from where it began.
                self._effects.popleft()
                self._steady_since = at
                if last.old != new:
                    self._effects.appendleft(replace(last, at=at, new=new))
                return
            self._interrupt(at, untranslated("effects", "changed again too soon"))
        began = self._steady_since
        self._steady_since = at
        if began is not None:
            began += _SETTLE
        if began is None or at - max(began, at - _WINDOW) < _LEAST_BEFORE:
            reason = untranslated("effects", "changed too soon to compare")
            self._effects.appendleft(Effect(at, old, new, Verdict.UNKNOWN, reason=reason))
            return
        if self._unasked <= 0:
            reason = untranslated("effects", "all bytes were asked for")
            self._effects.appendleft(Effect(at, old, new, Verdict.UNKNOWN, reason=reason))
            return
        before = self._rate(max(began, at - _WINDOW), at)
        self._effects.appendleft(Effect(at, old, new, before=before))

    def _interrupt(self, at: float, reason: str) -> None:
        if not self._measuring:
            return
        if at >= self._effects[0].at + _LEAST_AFTER and self._effects[0].after is not None:
            self._conclude(self._samples[-1][0], measuring=False)
        else:
            self._effects[0] = replace(self._effects[0], verdict=Verdict.UNKNOWN, reason=reason)

    def _conclude(self, at: float, *, measuring: bool) -> None:
        effect = self._effects[0]
        began = effect.at + _SETTLE
        after = self._rate(began, at)
        effect = replace(effect, after=after, seconds=at - began)
        if not measuring:
            share = effect.share
            noise = max(_NOISE, self._spread(began, at))
            same = share is not None and abs(share) < noise
            effect = replace(effect, verdict=Verdict.UNCHANGED if same else Verdict.CHANGED)
        self._effects[0] = effect

    def _rate(self, began: float, ended: float) -> float:
        within = [(at, count) for at, count in self._samples if began <= at <= ended]
        if len(within) < 2 or within[-1][0] <= within[0][0]:
            return 0.0
        return (within[-1][1] - within[0][1]) / (within[-1][0] - within[0][0])

    def _spread(self, began: float, ended: float) -> float:
        """Return how far rates over half a second stray from their mean, as a share of it."""
        rates = []
        while began + 0.5 <= ended:
            rates.append(self._rate(began, began + 0.55))
            began += 0.5
        mean = sum(rates) / len(rates) if rates else 0.0
        return min(0.5, pstdev(rates) / mean) if mean and len(rates) > 2 else 0.0


class Drags:
    """Makes one change of the many that one drag of a slider sends; tells it when it is over.

    An observer of events. `tell` gets when the drag began, and the settings before and after it.
    """

    def __init__(self, tell: Callable[[float, Settings, Settings], None]) -> None:
        self._tell = tell
        self._began = 0.0
        self._last = 0.0
        self._change: tuple[Settings, Settings] | None = None

    def __call__(self, event: PullEvent) -> None:
        """Take an event."""
        match event:
            case SettingsApplied(at=at, old=old, new=new):
                if self._change is not None and _names(*self._change) != _names(old, new):
                    self._end()
                if self._change is None:
                    self._began = at
                    self._change = (old, new)
                else:
                    self._change = (self._change[0], new)
                self._last = at
            case Sampled(at=at) if at - self._last >= _DRAG_ENDS_AFTER:
                self._end()
            case PullEnded():
                self._end()
            case _:
                pass

    def _end(self) -> None:
        change, self._change = self._change, None
        if change is not None and change[0] != change[1]:
            self._tell(self._began, *change)


def _names(old: Settings, new: Settings) -> set[str]:
    before, after = old.as_dict(), new.as_dict()
    return {name for name in before if before[name] != after[name]}
