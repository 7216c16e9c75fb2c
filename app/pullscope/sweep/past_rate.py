"""How fast earlier pulls came from a registry, for the estimate of a sweep."""

import statistics

from pullscope.engine.reference import parse_reference
from pullscope.history import History, HistoryError, default_path

_PULLS_LOOKED_AT = 20


def past_rate(reference: str) -> float | None:
    """Return the rate, in bytes/s, at which earlier pulls came from a reference's registry.

    None where there were none.

    Raises:
        InvalidReference: the reference cannot be read.
    """
    host = parse_reference(reference).domain
    try:
        pulls = History(default_path()).pulls(host)
    except HistoryError:
        return None
    rates = [
        pull.rate for pull in pulls if pull.registry == host and pull.state == "done" and pull.rate
    ]
    return statistics.median(rates[:_PULLS_LOOKED_AT]) if rates else None
