"""A verdict of `limits` in words: what limits, how that is seen, and what would help.

Both views say the same. `translate` is Qt's, where there is Qt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from pullscope.engine.message import Message, translated
from pullscope.engine.model import MIB
from pullscope.engine.units import duration_text, rate_text, size_text
from pullscope.tuning.limits import LEAST, Evidence, Limit, LimitKind, Limits, kinds_like
from pullscope.tuning.translate import Translate, untranslated

_LONGEST_REASON = 60


@dataclass(frozen=True, slots=True)
class LimitWords:
    """What a verdict says.

    Attributes:
        title: half a sentence.
        evidence: what it rests on.
        advice: what would help; empty where nothing would.
        basis: what was compared, for whoever wants to know more.
    """

    title: str
    evidence: str = ""
    advice: str = ""
    basis: str = ""

    def __str__(self) -> str:
        details = " · ".join(part for part in (self.evidence, self.basis, self.advice) if part)
        return f"{self.title}: {details}" if details else self.title

    def said(self, translate: Translate) -> "LimitWords":
        """Return the same in another language."""
        parts = (self.title, self.evidence, self.advice, self.basis)
        return LimitWords(*(translated(part, translate) for part in parts))


def limit_words(limit: Limit, translate: Translate = untranslated) -> LimitWords:
    """Return `limit` in words."""
    return _WORDS[limit.kind](limit, limit.evidence).said(translate)


def whole_words(limits: Limits, translate: Translate = untranslated) -> LimitWords:
    """Return what limited a pull that has ended, and for how long; no advice."""
    return _whole(limits).said(translate)


def whole_message(limits: Limits) -> str:
    """Return what `whole_words` says in one line, which can be translated later."""
    words = _whole(limits)
    return Message("{0}: {1}", words.title, words.evidence) if words.evidence else words.title


def _whole(limits: Limits) -> LimitWords:
    limit = limits.whole
    if limit.kind is LimitKind.UNKNOWN:
        return LimitWords(Message("Too short to tell what limited it"))
    seconds = limits.seconds
    stood = sum(seconds.get(kind, 0.0) for kind in kinds_like(limit.kind))
    return LimitWords(
        _WORDS[limit.kind](limit, limit.evidence).title,
        Message("for {0} of {1}", duration_text(stood), duration_text(sum(seconds.values()))),
    )


def _unknown(limit: Limit, e: Evidence) -> LimitWords:
    if e.seconds < LEAST:
        return LimitWords(
            Message("What limits it is not known yet"),
            Message("measuring"),
        )
    return LimitWords(
        Message("No single limit stands out"),
        Message(
            "the network {0}, the disk {1} of the time",
            _percent(e.share(e.waited.network)),
            _percent(e.share(e.waited.disk)),
        ),
    )


def _resolving(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(Message("Waiting for the manifest"))


def _paused(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(Message("Paused"))


def _connection_cap(limit: Limit, e: Evidence) -> LimitWords:
    each = e.rate / max(e.waited.network / e.seconds, 0.1)
    receiving, allowed = round(e.waited.network / e.seconds), round(e.allowed)
    basis = ""
    if limit.compared is not None:
        basis = Message(
            "{0} connections bring {1}, {2} brought {3}",
            receiving,
            rate_text(e.rate),
            round(limit.compared.connections),
            rate_text(limit.compared.rate),
        )
    return LimitWords(
        Message("Limited by the registry: {0} per connection", rate_text(each)),
        Message("{0} of {1} connections at their cap", receiving, max(receiving, allowed)),
        _more(e),
        basis,
    )


def _more(e: Evidence) -> str:
    """Say which setting allows more connections."""
    s = e.settings
    if s.connections < s.parallelism * s.layers and s.connections <= e.allowed + 0.5:
        return Message("more connections would help")
    if e.wanted or e.in_flight >= 0.9 * e.allowed:
        return Message("more parallelism would help")
    return ""


def _total_cap(limit: Limit, e: Evidence) -> LimitWords:
    evidence = ""
    if limit.compared is not None:
        evidence = Message(
            "{0} connections bring {1}, {2} brought {3}",
            round(e.waited.network / e.seconds),
            rate_text(e.rate),
            round(limit.compared.connections),
            rate_text(limit.compared.rate),
        )
    return LimitWords(
        Message("Limited by the registry or the link: {0} in all", rate_text(e.rate)),
        evidence,
        Message("more would not help"),
    )


def _network(limit: Limit, e: Evidence) -> LimitWords:
    receiving = max(1, round(e.waited.network / e.seconds))
    return LimitWords(
        Message("Limited by the registry or the link"),
        Message("{0} connections, {1} each", receiving, rate_text(e.rate / receiving)),
        Message("more or fewer would tell which"),
    )


def _latency(limit: Limit, e: Evidence) -> LimitWords:
    evidence = Message("connections wait for it {0} of the time", _percent(limit.share))
    title = Message("Limited by the time to the first byte")
    if e.first_bytes:
        title = Message("{0}: {1}", title, duration_text(median(e.first_bytes)))
    return LimitWords(title, evidence, Message("larger chunks would help"))


def _refusals(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("The registry refuses requests: {0}", _brief(e.reason)),
        Message("{0} of {1} refused, {2} chunks wait", e.refused, e.attempts, round(e.retrying)),
        Message("fewer connections or a request limit would help"),
    )


def _failures(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Requests fail: {0}", _brief(e.reason)),
        Message("{0} of {1} failed, {2} chunks wait", e.failed, e.attempts, round(e.retrying)),
    )


def _no_ranges(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("The registry serves layers only whole"),
        Message("{0} for each of {1} layers", rate_text(e.rate / e.whole_layers), e.whole_layers),
        Message("more layers at once may help") if e.wanted else "",
    )


def _disk(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Limited by the disk: {0} written", rate_text(e.rate)),
        Message("connections wait for it {0} of the time", _percent(limit.share)),
        Message("another output folder may help"),
    )


def _hashing(limit: Limit, e: Evidence) -> LimitWords:
    rate = e.hashed / e.seconds if e.seconds else 0.0
    title = Message("Limited by checking digests")
    return LimitWords(
        Message("{0}: {1}", title, rate_text(rate)) if rate else title,
        Message("{0} are still to be hashed", size_text(e.unhashed)),
    )


def _committing(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Limited by the disk: layers are made durable"),
        Message("every byte is received and hashed"),
    )


def _program(limit: Limit, e: Evidence) -> LimitWords:
    evidence = Message("it keeps {0:.1f} of {1} processors busy", e.cpu, e.processors)
    if e.loop_cpu >= 0.85:
        evidence = Message("its event loop is busy {0} of the time", _percent(e.loop_cpu))
    small = 0 < e.settings.chunk_size < 2 * MIB
    return LimitWords(
        Message("Limited by this program"),
        evidence,
        Message("larger chunks would help") if small else Message("fewer connections may help"),
    )


def _machine(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Limited by this computer's processors"),
        Message(
            "{0} busy, {1} of it this program",
            _percent(e.busy),
            _percent(min(1.0, e.cpu / e.processors / e.busy)),
        ),
    )


def _memory_limit(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Limited by your memory limit: {0}", size_text(e.settings.memory_limit)),
        Message("{0} connections read in small steps", round(e.in_flight)),
        Message("more memory or fewer connections would help"),
    )


def _rate_limit(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Limited by your rate limit: {0}", rate_text(e.settings.rate_limit)),
        Message("connections wait for it {0} of the time", _percent(limit.share)),
    )


def _request_limit(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Limited by your request limit: {0} per second", e.settings.request_limit),
        Message("connections are idle {0} of the time", _percent(limit.share)),
        Message("larger chunks would help"),
    )


def _stream(limit: Limit, e: Evidence) -> LimitWords:
    return LimitWords(
        Message("Limited by writing as a stream"),
        Message(
            "{0} chunks wait in memory for those before them", round(e.waited.turn / e.seconds)
        ),
        Message("writing in place would help"),
    )


def _chunk_size(limit: Limit, e: Evidence) -> LimitWords:
    size = e.settings.chunk_size
    return LimitWords(
        Message(
            "Limited by the chunk size: {0}", size_text(size) if size else Message("whole layers")
        ),
        Message(
            "{0} of {1} connections have a chunk", max(1, round(e.in_flight)), round(e.allowed)
        ),
        Message("smaller chunks would help"),
    )


def _tail(limit: Limit, e: Evidence) -> LimitWords:
    title = Message("Nothing but the last chunks on their way")
    if e.tail_layer is not None:
        title = Message("Nothing but the tail of layer {0}", e.tail_layer + 1)
    return LimitWords(
        title,
        Message(
            "{0} of {1} connections at work, {2} left",
            max(1, round(e.in_flight)),
            round(e.allowed),
            size_text(e.missing),
        ),
        Message("more layers at once would help")
        if e.wanted
        else Message("smaller chunks shorten the tail"),
    )


def _brief(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else reason[:_LONGEST_REASON]


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


_WORDS: dict[LimitKind, Callable[[Limit, Evidence], LimitWords]] = {
    LimitKind.UNKNOWN: _unknown,
    LimitKind.RESOLVING: _resolving,
    LimitKind.PAUSED: _paused,
    LimitKind.CONNECTION_CAP: _connection_cap,
    LimitKind.TOTAL_CAP: _total_cap,
    LimitKind.NETWORK: _network,
    LimitKind.LATENCY: _latency,
    LimitKind.REFUSALS: _refusals,
    LimitKind.FAILURES: _failures,
    LimitKind.NO_RANGES: _no_ranges,
    LimitKind.DISK: _disk,
    LimitKind.HASHING: _hashing,
    LimitKind.COMMITTING: _committing,
    LimitKind.PROGRAM: _program,
    LimitKind.MACHINE: _machine,
    LimitKind.MEMORY_LIMIT: _memory_limit,
    LimitKind.RATE_LIMIT: _rate_limit,
    LimitKind.REQUEST_LIMIT: _request_limit,
    LimitKind.STREAM: _stream,
    LimitKind.CHUNK_SIZE: _chunk_size,
    LimitKind.TAIL: _tail,
}
