"""A registry's passport in words: a line per fact, with what it means for a pull.

Both views say the same: the terminal all lines with their meaning, the window the short ones with
the meaning as a tooltip.
"""

from dataclasses import dataclass

from pullscope.engine.passport import Passport, Quota, RangeAnswer, RangeReply
from pullscope.engine.units import duration_text
from pullscope.tuning.translate import Translate, untranslated

_ANSWERS = {
    RangeAnswer.SERVED: untranslated("passport", "served"),
    RangeAnswer.MERGED: untranslated("passport", "merged into one"),
    RangeAnswer.IGNORED: untranslated("passport", "ignored"),
    RangeAnswer.REFUSED: untranslated("passport", "refused"),
    RangeAnswer.WRONG: untranslated("passport", "answered wrongly"),
    RangeAnswer.UNSTEADY: untranslated("passport", "not always served"),
}

_CLOSED = {
    RangeAnswer.SERVED: untranslated("passport", "layers come in parts, over several connections"),
    RangeAnswer.IGNORED: untranslated("passport", "every layer comes whole, over one connection"),
    RangeAnswer.REFUSED: untranslated(
        "passport", "every layer is asked for whole, over one connection"
    ),
    RangeAnswer.WRONG: untranslated(
        "passport", "the parts cannot be relied on: every layer is asked for whole"
    ),
    RangeAnswer.UNSTEADY: untranslated(
        "passport", "a pull tries one range first, and takes a layer whole where it must"
    ),
}

_OPEN = {
    RangeAnswer.SERVED: untranslated(
        "passport", "runtimes that ask to the end of the layer get what they ask for"
    ),
    RangeAnswer.IGNORED: untranslated(
        "passport", "runtimes that ask to the end of the layer get all of it"
    ),
    RangeAnswer.REFUSED: untranslated(
        "passport", "runtimes that ask to the end of the layer fail here"
    ),
    RangeAnswer.WRONG: untranslated(
        "passport", "runtimes that ask to the end of the layer get other bytes"
    ),
}

_SEVERAL = {
    RangeAnswer.SERVED: untranslated(
        "passport", "lazy readers can ask for scattered bytes at once"
    ),
    RangeAnswer.MERGED: untranslated("passport", "lazy readers get one range that covers all"),
    RangeAnswer.IGNORED: untranslated("passport", "lazy readers that ask so get the whole layer"),
    RangeAnswer.REFUSED: untranslated("passport", "lazy readers must ask for one range at a time"),
    RangeAnswer.WRONG: untranslated("passport", "lazy readers must ask for one range at a time"),
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


def lines(passport: Passport, translate: Translate = untranslated) -> tuple[Line, ...]:
    """Return what is known, in the order of interest; what is not known has no line."""
    found = [
        _range_line(
            "closed", translate("passport", "Closed range"), passport.closed, _CLOSED, translate
        ),
        _range_line("open", translate("passport", "Open range"), passport.open, _OPEN, translate),
        _range_line(
            "several",
            translate("passport", "Several ranges"),
            passport.several,
            _SEVERAL,
            translate,
        ),
        _beyond(passport, translate),
        _redirect(passport, translate),
        _protocol(passport, translate),
        _keep_alive(passport, translate),
        _first_byte(passport, translate),
        _token(passport, translate),
        _head(passport, translate),
        _quota(passport, translate),
        _spent(passport, translate),
    ]
    return tuple(line for line in found if line is not None)


def short_lines(passport: Passport | None, translate: Translate = untranslated) -> tuple[Line, ...]:
    """Return the four facts that a window has room for; what is not known is a dash."""
    known = {line.id: line for line in lines(passport, translate)} if passport is not None else {}
    closed = known.get("closed")
    if passport is not None and passport.closed.answer is RangeAnswer.SERVED:
        both = passport.open.answer is RangeAnswer.SERVED
        value = (
            translate("passport", "closed and open") if both else translate("passport", "closed")
        )
        status = passport.closed.status
        known["closed"] = Line(
            "closed",
            translate("passport", translate("passport", "Ranges")),
            value if status is None else f"{value}, {status}",
            closed.meaning if closed is not None else "",
        )
    return tuple(
        Line(id_, name, known[id_].value, known[id_].meaning)
        if id_ in known
        else Line(id_, name, "–", translate("passport", "not known yet"))
        for id_, name in (
            ("closed", translate("passport", "Ranges")),
            ("redirect", translate("passport", "Redirect")),
            ("first_byte", translate("passport", "First byte")),
            ("quota", translate("passport", "Quota")),
        )
    )


def _range_line(
    id_: str,
    name: str,
    reply: RangeReply,
    meanings: dict[RangeAnswer, str],
    translate: Translate,
) -> Line | None:
    if reply.answer is RangeAnswer.UNKNOWN:
        return None
    status = "" if reply.status is None else f", {reply.status}"
    answer = translate("passport", _ANSWERS[reply.answer])
    meaning = meanings.get(reply.answer, "")
    return Line(id_, name, f"{answer}{status}", translate("passport", meaning) if meaning else "")


def _beyond(passport: Passport, translate: Translate) -> Line | None:
    if passport.beyond is None:
        return None
    if passport.beyond != 416:
        meaning = translate(
            "passport", "should be 416: who resumes a finished layer is not told so"
        )
    elif passport.beyond_tells_size:
        meaning = translate("passport", "as it should be, and it names the size")
    else:
        meaning = translate("passport", "as it should be, but it does not name the size")
    return Line(
        "beyond", translate("passport", "Beyond the end"), f"HTTP {passport.beyond}", meaning
    )


def _redirect(passport: Passport, translate: Translate) -> Line | None:
    if passport.redirected is None:
        return None
    if not passport.redirected:
        return Line(
            "redirect",
            translate("passport", "Redirect"),
            translate("passport", "none"),
            translate("passport", "the registry sends the bytes itself"),
        )
    value = passport.redirect_host or translate("passport", "to another host")
    if passport.redirect_lifetime is None:
        return Line(
            "redirect",
            translate("passport", "Redirect"),
            value,
            translate("passport", "the link does not say how long it is good for"),
        )
    lifetime = time_text(passport.redirect_lifetime)
    return Line(
        "redirect",
        translate("passport", "Redirect"),
        f"{value}, {lifetime}",
        translate(
            "passport", "the link is good for {0} and used for all chunks of a layer meanwhile"
        ).format(lifetime),
    )


def _protocol(passport: Passport, translate: Translate) -> Line | None:
    if not passport.protocol:
        return None
    if passport.offered and passport.offered != passport.protocol:
        value = translate("passport", "{0}; {1} offered").format(
            passport.protocol, passport.offered
        )
        return Line(
            "protocol",
            translate("passport", "Protocol"),
            value,
            translate("passport", "what the bytes came by, and what there is"),
        )
    return Line(
        "protocol",
        translate("passport", "Protocol"),
        passport.protocol,
        translate("passport", "what the bytes came by"),
    )


def _keep_alive(passport: Passport, translate: Translate) -> Line | None:
    if passport.keep_alive is None:
        return None
    if not passport.keep_alive:
        meaning = translate(
            "passport", "every chunk needs a new connection: large chunks cost less"
        )
        return Line(
            "keep_alive", translate("passport", "Keep-alive"), translate("passport", "no"), meaning
        )
    idle = passport.keep_alive_timeout
    value = (
        translate("passport", "yes")
        if idle is None
        else translate("passport", "yes, {0} idle").format(time_text(idle))
    )
    return Line(
        "keep_alive",
        translate("passport", "Keep-alive"),
        value,
        translate("passport", "a connection serves one chunk after the other"),
    )


def _first_byte(passport: Passport, translate: Translate) -> Line | None:
    if passport.first_byte is None:
        return None
    meaning = translate("passport", "the wait that each chunk costs: large chunks hide it")
    return Line(
        "first_byte",
        translate("passport", "First byte"),
        translate("passport", "{0} median").format(time_text(passport.first_byte)),
        meaning,
    )


def _token(passport: Passport, translate: Translate) -> Line | None:
    if passport.token_lifetime is None:
        return None
    meaning = translate("passport", "a longer pull renews its token by the way")
    return Line(
        "token", translate("passport", "Token"), time_text(passport.token_lifetime), meaning
    )


def _head(passport: Passport, translate: Translate) -> Line | None:
    match passport.head:
        case None:
            return None
        case True:
            meaning = translate("passport", "asking whether a tag has changed spends no quota")
            return Line(
                "head",
                translate("passport", "HEAD of manifests"),
                translate("passport", "answered"),
                meaning,
            )
        case _:
            meaning = translate("passport", "whether a tag has changed costs a GET")
            return Line(
                "head",
                translate("passport", "HEAD of manifests"),
                translate("passport", "not answered"),
                meaning,
            )


def _quota(passport: Passport, translate: Translate) -> Line | None:
    quota = passport.quota
    if quota is None:
        # Most registries have none, and say so by silence.
        return (
            None
            if passport.spent is None
            else Line("quota", translate("passport", "Quota"), translate("passport", "none told"))
        )
    return Line(
        "quota",
        translate("passport", "Quota"),
        _quota_value(quota, translate),
        _quota_meaning(quota, translate),
    )


def _quota_value(quota: Quota, translate: Translate) -> str:
    if quota.remaining is None:
        return translate("passport", "{0} in all").format(quota.limit)
    if quota.limit is None:
        return translate("passport", "{0} left").format(quota.remaining)
    return translate("passport", "{0} of {1} left").format(quota.remaining, quota.limit)


def _quota_meaning(quota: Quota, translate: Translate) -> str:
    words = translate("passport", "GETs of manifests")
    if quota.window:
        words += " " + translate("passport", "in {0}").format(time_text(quota.window))
    if quota.source:
        words += ", " + translate("passport", "counted for {0}").format(quota.source)
    return f"{words}; {translate('passport', 'HEAD and layers are free')}"


def _spent(passport: Passport, translate: Translate) -> Line | None:
    if passport.spent is None:
        return None
    one = passport.spent == 1
    many = translate("passport", "{0} manifest GETs").format(passport.spent)
    count = translate("passport", "1 manifest GET") if one else many
    return Line(
        "spent",
        translate("passport", "Spent"),
        count,
        translate("passport", "by the newest pull or probe"),
    )


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
