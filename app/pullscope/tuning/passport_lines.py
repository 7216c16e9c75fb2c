"""A registry's passport in words: a line per fact, with what it means for a pull.

Both views say the same: the terminal all lines with their meaning, the window the short ones with
the meaning as a tooltip.
"""

from dataclasses import dataclass

from pullscope.engine.passport import Passport, Quota, RangeAnswer, RangeReply
from pullscope.engine.units import duration_text

_ANSWERS = {
    RangeAnswer.SERVED: "served",
    RangeAnswer.MERGED: "merged into one",
    RangeAnswer.IGNORED: "ignored",
    RangeAnswer.REFUSED: "refused",
    RangeAnswer.WRONG: "answered wrongly",
    RangeAnswer.UNSTEADY: "not always served",
}

_CLOSED = {
    RangeAnswer.SERVED: "layers come in parts, over several connections",
    RangeAnswer.IGNORED: "every layer comes whole, over one connection",
    RangeAnswer.REFUSED: "every layer is asked for whole, over one connection",
    RangeAnswer.WRONG: "the parts cannot be relied on: every layer is asked for whole",
    RangeAnswer.UNSTEADY: "a pull tries one range first, and takes a layer whole where it must",
}

_OPEN = {
    RangeAnswer.SERVED: "runtimes that ask to the end of the layer get what they ask for",
    RangeAnswer.IGNORED: "runtimes that ask to the end of the layer get all of it",
    RangeAnswer.REFUSED: "runtimes that ask to the end of the layer fail here",
    RangeAnswer.WRONG: "runtimes that ask to the end of the layer get other bytes",
}

_SEVERAL = {
    RangeAnswer.SERVED: "lazy readers can ask for scattered bytes at once",
    RangeAnswer.MERGED: "lazy readers get one range that covers all",
    RangeAnswer.IGNORED: "lazy readers that ask so get the whole layer",
    RangeAnswer.REFUSED: "lazy readers must ask for one range at a time",
    RangeAnswer.WRONG: "lazy readers must ask for one range at a time",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A fact.

    Attributes:
        id: stable, for files and tests.
        name: what it is about.
        value: short.
        meaning: what follows from it, in half a sentence; may be empty.
    """

    id: str
    name: str
    value: str
    meaning: str = ""


def lines(passport: Passport) -> tuple[Line, ...]:
    """Return what is known, in the order of interest; what is not known has no line."""
    found = [
        _range_line("closed", "Closed range", passport.closed, _CLOSED),
        _range_line("open", "Open range", passport.open, _OPEN),
        _range_line("several", "Several ranges", passport.several, _SEVERAL),
        _beyond(passport),
        _redirect(passport),
        _protocol(passport),
        _keep_alive(passport),
        _first_byte(passport),
        _token(passport),
        _head(passport),
        _quota(passport),
        _spent(passport),
    ]
    return tuple(line for line in found if line is not None)


def short_lines(passport: Passport | None) -> tuple[Line, ...]:
    """Return the four facts that a window has room for; what is not known is a dash."""
    known = {line.id: line for line in lines(passport)} if passport is not None else {}
    closed = known.get("closed")
    if passport is not None and passport.closed.answer is RangeAnswer.SERVED:
        value = "closed and open" if passport.open.answer is RangeAnswer.SERVED else "closed"
        status = passport.closed.status
        known["closed"] = Line(
            "closed",
            "Ranges",
            value if status is None else f"{value}, {status}",
            closed.meaning if closed is not None else "",
        )
    return tuple(
        Line(id_, name, known[id_].value, known[id_].meaning)
        if id_ in known
        else Line(id_, name, "–", "not known yet")
        for id_, name in (
            ("closed", "Ranges"),
            ("redirect", "Redirect"),
            ("first_byte", "First byte"),
            ("quota", "Quota"),
        )
    )


def _range_line(
    id_: str, name: str, reply: RangeReply, meanings: dict[RangeAnswer, str]
) -> Line | None:
    if reply.answer is RangeAnswer.UNKNOWN:
        return None
    status = "" if reply.status is None else f", {reply.status}"
    return Line(id_, name, f"{_ANSWERS[reply.answer]}{status}", meanings.get(reply.answer, ""))


def _beyond(passport: Passport) -> Line | None:
    if passport.beyond is None:
        return None
    if passport.beyond != 416:
        meaning = "should be 416: who resumes a finished layer is not told so"
    elif passport.beyond_tells_size:
        meaning = "as it should be, and it names the size"
    else:
        meaning = "as it should be, but it does not name the size"
    return Line("beyond", "Beyond the end", f"HTTP {passport.beyond}", meaning)


def _redirect(passport: Passport) -> Line | None:
    if passport.redirected is None:
        return None
    if not passport.redirected:
        return Line("redirect", "Redirect", "none", "the registry sends the bytes itself")
    value = passport.redirect_host or "to another host"
    if passport.redirect_lifetime is None:
        return Line("redirect", "Redirect", value, "the link does not say how long it is good for")
    lifetime = time_text(passport.redirect_lifetime)
    return Line(
        "redirect",
        "Redirect",
        f"{value}, {lifetime}",
        f"the link is good for {lifetime} and used for all chunks of a layer meanwhile",
    )


def _protocol(passport: Passport) -> Line | None:
    if not passport.protocol:
        return None
    if passport.offered and passport.offered != passport.protocol:
        value = f"{passport.protocol}; {passport.offered} offered"
        return Line("protocol", "Protocol", value, "what the bytes came by, and what there is")
    return Line("protocol", "Protocol", passport.protocol, "what the bytes came by")


def _keep_alive(passport: Passport) -> Line | None:
    if passport.keep_alive is None:
        return None
    if not passport.keep_alive:
        meaning = "every chunk needs a new connection: large chunks cost less"
        return Line("keep_alive", "Keep-alive", "no", meaning)
    idle = passport.keep_alive_timeout
    value = "yes" if idle is None else f"yes, {time_text(idle)} idle"
    return Line("keep_alive", "Keep-alive", value, "a connection serves one chunk after the other")


def _first_byte(passport: Passport) -> Line | None:
    if passport.first_byte is None:
        return None
    meaning = "the wait that each chunk costs: large chunks hide it"
    return Line("first_byte", "First byte", f"{time_text(passport.first_byte)} median", meaning)


def _token(passport: Passport) -> Line | None:
    if passport.token_lifetime is None:
        return None
    meaning = "a longer pull renews its token by the way"
    return Line("token", "Token", time_text(passport.token_lifetime), meaning)


def _head(passport: Passport) -> Line | None:
    match passport.head:
        case None:
            return None
        case True:
            meaning = "asking whether a tag has changed spends no quota"
            return Line("head", "HEAD of manifests", "answered", meaning)
        case _:
            meaning = "whether a tag has changed costs a GET"
            return Line("head", "HEAD of manifests", "not answered", meaning)


def _quota(passport: Passport) -> Line | None:
    quota = passport.quota
    if quota is None:
        # Most registries have none, and say so by silence.
        return None if passport.spent is None else Line("quota", "Quota", "none told")
    return Line("quota", "Quota", _quota_value(quota), _quota_meaning(quota))


def _quota_value(quota: Quota) -> str:
    if quota.remaining is None:
        return f"{quota.limit} in all"
    return (
        f"{quota.remaining} left"
        if quota.limit is None
        else (f"{quota.remaining} of {quota.limit} left")
    )


def _quota_meaning(quota: Quota) -> str:
    window = f" in {time_text(quota.window)}" if quota.window else ""
    source = f", counted for {quota.source}" if quota.source else ""
    return f"GETs of manifests{window}{source}; HEAD and layers are free"


def _spent(passport: Passport) -> Line | None:
    if passport.spent is None:
        return None
    count = "1 manifest GET" if passport.spent == 1 else f"{passport.spent} manifest GETs"
    return Line("spent", "Spent", count, "by the newest pull or probe")


def time_text(seconds: float) -> str:
    """Return a duration in its own unit: "38 ms", "1.2 s", "5 min", "12 h", "7 days"."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms"
    if seconds < 119.5:
        return duration_text(seconds) if seconds % 1 and seconds < 59.95 else f"{seconds:.0f} s"
    for unit, name, most in ((60, "min", 120), (3600, "h", 48)):
        if seconds < (most - 0.5) * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds / 86400:.0f} days"
