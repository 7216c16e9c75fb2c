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

from PySide6.QtCore import QCoreApplication

from pullscope.engine.events import (
    ChunkReturned,
    ChunkStarted,
    LayerDiscarded,
    LayerExisting,
    LayerResumed,
    PullEnded,
    PullEvent,
    PullPaused,
    PullResolved,
    PullResumed,
    RangeUnusable,
    Sampled,
    SettingsApplied,
)
from pullscope.engine.model import LayerOrder, Protocol, Settings, WriteMode
from pullscope.engine.units import rate_text, size_text

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
        reason: in words, why nothing is known.
    """

    at: float
    old: Settings
    new: Settings
    verdict: Verdict = Verdict.MEASURING
    before: float | None = None
    after: float | None = None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """The gain as a share of the rate before: 0.5 is half as much again."""
        if not self.before or self.after is None:
            return None
        return self.after / self.before - 1


def change_text(old: Settings, new: Settings) -> str:
    """Return a change in words: "parallelism 2 → 16, chunk 32 → 4 MiB"."""
    names = {
        "parallelism": _tr("parallelism"),
        "chunk_size": _tr("chunk"),
        "layers": _tr("layers"),
        "connections": _tr("connections"),
        "rate_limit": _tr("rate limit"),
        "request_limit": _tr("requests"),
        "memory_limit": _tr("memory"),
        "write": _tr("write"),
        "layer_order": _tr("layer order"),
        "protocol": _tr("protocol"),
    }
    before, after = old.as_dict(), new.as_dict()
    parts = []
    for name, words in names.items():
        if before[name] == after[name]:
            continue
        if name == "chunk_size":
            parts.append(f"{words} {_sizes(old.chunk_size, new.chunk_size)}")
        else:
            parts.append(f"{words} {value_text(name, old)} → {value_text(name, new)}")
    return ", ".join(parts)


def value_text(name: str, settings: Settings) -> str:
    """Return a setting's value in words."""
    match name:
        case "chunk_size":
            return chunk_size_text(settings.chunk_size)
        case "rate_limit":
            return _rate_text(settings.rate_limit)
        case "request_limit":
            return f"{settings.request_limit}/s" if settings.request_limit else _tr("none")
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
    return {WriteMode.IN_PLACE: _tr("in place"), WriteMode.STREAM: _tr("as a stream")}


def protocol_texts() -> dict[Protocol, str]:
    """Return the protocols in words."""
    return {Protocol.HTTP_1: "HTTP/1.1", Protocol.HTTP_2: "HTTP/2"}


def layer_order_texts() -> dict[LayerOrder, str]:
    """Return the orders of layers in words."""
    return {
        LayerOrder.MANIFEST: _tr("as listed"),
        LayerOrder.LARGEST_FIRST: _tr("largest first"),
    }


def _rate_text(rate: int) -> str:
    return rate_text(rate) if rate else _tr("none")


def chunk_size_text(size: int) -> str:
    """Return a chunk size in words."""
    return size_text(size) if size else _tr("whole layer")


def _sizes(old: int, new: int) -> str:
    first, second = chunk_size_text(old), chunk_size_text(new)
    if old and new and first.split()[-1] == second.split()[-1]:
        first = first.split()[0]  # the unit once
    return f"{first} → {second}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("effects", text)


class Effects:
    """The changes made during one pull, newest first."""

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
        match event:
            case PullResolved(layers=layers):
                self._sizes = tuple(layer.size for layer in layers)
                self._unasked = sum(self._sizes)
            case LayerExisting(layer=layer):
                self._unasked -= self._sizes[layer]
            case LayerResumed(kept=kept):
                self._unasked -= kept
            case ChunkStarted(chunk=chunk, length=length):
                self._lengths[chunk] = length
                self._unasked -= length
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
                self._interrupt(at, _tr("paused too soon"))
            case PullResumed():
                self._steady_since = None
            case PullEnded(at=at):
                self._interrupt(at, _tr("the pull ended too soon"))
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
            self._interrupt(at, _tr("all bytes were asked for"))
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
            self._interrupt(at, _tr("changed again too soon"))
        began = self._steady_since
        self._steady_since = at
        if began is not None:
            began += _SETTLE
        if began is None or at - max(began, at - _WINDOW) < _LEAST_BEFORE:
            reason = _tr("changed too soon to compare")
            self._effects.appendleft(Effect(at, old, new, Verdict.UNKNOWN, reason=reason))
            return
        if self._unasked <= 0:
            reason = _tr("all bytes were asked for")
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
        effect = replace(effect, after=after)
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
