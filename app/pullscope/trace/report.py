"""A pull as one page of HTML: figures, plots as SVG, settings, what limited it.

It needs nothing else: it has no script, and a policy forbids it to load anything. Words from a
registry are escaped.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

from pullscope import __version__
from pullscope.engine.events import PullEvent
from pullscope.engine.units import rate_text, size_text
from pullscope.trace.explain import Explanation, explain, ledger_lines, time_text
from pullscope.trace.pictures import (
    DARK,
    LIGHT,
    WIDTH,
    Picture,
    chunk_map,
    in_flight,
    memory,
    style,
    text,
    throughput,
    timeline,
)
from pullscope.trace.recorded import RecordedPull
from pullscope.trace.texts import change_texts, setting_text

_MOST_ROWS = 200

_VARIABLES = {kind: f"var(--{kind})" for kind in LIGHT}


def _values(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{kind}: {colour};" for kind, colour in colours.items())


_STYLE = f"""
:root {{ color-scheme: light dark; {_values(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_values(DARK)} }} }}
body {{ background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, sans-serif;
  margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }}
h1 {{ font-size: 1.4rem; overflow-wrap: anywhere; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
p.soft, figcaption, small {{ color: var(--soft); }}
p.bad {{ border-left: 4px solid var(--failed); padding-left: .8rem; }}
p {{ overflow-wrap: anywhere; }} figure {{ margin: 1rem 0; }} svg {{ width: 100%; height: auto; }}
svg.key {{ width: .7em; height: .7em; margin-left: 1rem; }}
svg.key:first-child {{ margin-left: 0; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
td, th {{ border-bottom: 1px solid var(--line); padding: .2rem .9rem .2rem 0; text-align: left;
  overflow-wrap: anywhere; vertical-align: top; }}
td.number, th.number {{ text-align: right; white-space: nowrap; }}
.columns {{ display: flex; flex-wrap: wrap; gap: 0 3rem; }}
{style(_VARIABLES)}
"""

_Row = tuple[str, ...]


def write_report(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the page.

    Raises:
        OSError: `file` cannot be written.
    """
    pull, told = RecordedPull(events), explain(events)
    for part in _page(pull, told):
        file.write(f"{part}\n".encode())


def _page(pull: RecordedPull, told: Explanation) -> Iterator[str]:
    title = text(told.reference or "A pull")
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{title}</h1>"
    began = datetime.fromtimestamp(pull.posix(0.0), UTC).isoformat(" ", "seconds")
    yield f'<p class="soft">{text(told.digest)}<br>{text(began)}</p>'
    yield f"<p><b>{text(told.state)}</b> after {text(time_text(told.seconds))}: "
    yield (
        f"{text(size_text(told.ledger.received))} received, {text(rate_text(told.rate))}; "
        f"{told.attempts} requests for chunks, {told.requests} others, {told.retries} retries, "
        f"{told.hedges} second requests. {text(told.limited_by)}.</p>"
    )
    if told.error:
        yield f'<p class="bad">{text(told.error)}</p>'
    yield from _plots(pull)
    yield '<div class="columns">'
    yield from _tables(pull, told)
    yield "</div>"
    yield f'<p class="soft">Pullscope {text(__version__)}</p>\n</body>\n</html>'


def _tables(pull: RecordedPull, told: Explanation) -> Iterator[str]:
    yield from _table(
        "Milestones", (), [(name, time_text(at)) for name, at in told.milestones.items()]
    )
    whole = sum(told.path_seconds.values())
    yield from _table(
        "Critical path",
        (),
        [
            (kind, time_text(seconds), f"{seconds / whole:.0%}")
            for kind, seconds in told.path_seconds.items()
        ],
    )
    yield from _table(
        "Phases of the requests for chunks",
        ("", "all", "share", "p50", "p90", "p99"),
        [
            (
                one.name,
                time_text(one.total),
                f"{one.share:.0%}",
                *(time_text(value) for value in (one.p50, one.p90, one.p99)),
            )
            for one in told.phases
        ],
    )
    yield from _table("Where it went", (), ledger_lines(told.ledger))
    yield from _table(
        "What limited it",
        (),
        [(f"{time_text(s.began)} to {time_text(s.ended)}", s.words) for s in told.stretches],
    )
    settings = told.settings.as_dict() if told.settings else {}
    yield from _table(
        "Settings",
        (),
        [(name.replace("_", " "), setting_text(name, value)) for name, value in settings.items()],
    )
    yield from _table(
        "Settings that were changed",
        (),
        [
            (time_text(change.at), name, values)
            for change in pull.changes
            for name, values in change_texts(change.old, change.new)
        ],
    )
    yield from _table(
        "Slowest chunks",
        ("layer", "chunk", "attempt", "took", "received", "outcome"),
        [
            (
                *(str(number) for number in (a.layer + 1, a.chunk, a.attempt)),
                time_text(a.ended_by(told.seconds) - a.started),
                size_text(a.received),
                a.outcome,
            )
            for a in told.slowest
        ],
    )
    yield from _table(
        "Connections",
        ("", "requests", "received", "rate"),
        [
            (f"c{c.connection + 1}", str(c.attempts), size_text(c.received), rate_text(c.rate))
            for c in told.connections
        ],
    )
    yield from _table(
        "Layers",
        ("", "size", "digest"),
        [
            (str(number), size_text(layer.size), layer.digest)
            for number, layer in enumerate(pull.layers, start=1)
        ],
    )


def _table(title: str, head: _Row, rows: Sequence[_Row]) -> Iterator[str]:
    if not rows:
        return
    yield f"<section><h2>{text(title)}</h2>\n<table>"
    numbers = [all(row[i][:1].isdigit() for row in rows) for i in range(len(rows[0]))]
    kinds = [' class="number"' if number else "" for number in numbers]
    if head:
        cells = [f"<th{k}>{text(cell)}</th>" for k, cell in zip(kinds, head, strict=True)]
        yield f"<tr>{''.join(cells)}</tr>"
    for row in rows[:_MOST_ROWS]:
        cells = [f"<td{k}>{text(cell)}</td>" for k, cell in zip(kinds, row, strict=True)]
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</table>"
    if len(rows) > _MOST_ROWS:
        yield f"<small>and {len(rows) - _MOST_ROWS} more</small>"
    yield "</section>"


def _plots(pull: RecordedPull) -> Iterator[str]:
    for draw in (throughput, timeline, chunk_map, in_flight, memory):
        if (picture := draw(pull)) is not None:
            yield from _figure(picture)
    if pull.changes:
        yield '<p class="soft">Dashed lines: settings were changed.</p>'


def _figure(picture: Picture) -> Iterator[str]:
    title = text(picture.title)
    yield f"<figure><h2>{title}</h2>"
    yield f'<svg viewBox="0 0 {WIDTH} {picture.height}" role="img" aria-label="{title}">'
    yield from picture.body
    keys = (
        '<svg class="key" viewBox="0 0 10 10">'
        f'<rect class="{kind}" width="10" height="10"/></svg> {text(name)}'
        for kind, name in picture.legend
    )
    yield f"</svg><figcaption>{' '.join(keys)}</figcaption></figure>"
