"""A sweep as one page of HTML: what is recommended, heat maps as SVG, and the table.

It needs nothing else: it has no script, and a policy forbids it to load anything. Words from a
registry or of a user are escaped.
"""

from collections.abc import Iterator, Set
from datetime import UTC, datetime
from html import escape
from typing import BinaryIO

from pullscope import __version__
from pullscope.engine.units import size_text
from pullscope.sweep.plan import Candidate, left_out_words
from pullscope.sweep.recommendation import interval_text, recommend, settings_text
from pullscope.sweep.results import MEASURES, HeatMap, Results, Row, frontier, heat_map
from pullscope.sweep.store import StoredSweep
from pullscope.sweep.table import (
    READING,
    WORDS_IN_FRONT,
    about_programs,
    axis_text,
    axis_title,
    interval_bounds,
    people_columns,
    people_rows,
    value_text,
    weighed_text,
)
from pullscope.trace.texts import printable

_CELL_WIDTH, _CELL_HEIGHT, _LEFT, _TOP = 132, 46, 110, 44
_SHADES = 6
_SHOWN = ("total", "network", "memory", "requests")

_STYLE = """
:root { color-scheme: light dark; --ground: #ffffff; --text: #1b1f24; --soft: #57606a;
  --line: #d0d7de; --mark: #1a7f37;
  --s0: #e8f1fc; --s1: #cfe3fa; --s2: #b0d1f6; --s3: #8dbcf0; --s4: #6ba6e8; --s5: #4f92dd; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --text: #e6edf3; --soft: #9aa4ae;
  --line: #30363d; --mark: #3fb950;
  --s0: #13263b; --s1: #163150; --s2: #1a3e66; --s3: #1f4d80; --s4: #24599a; --s5: #2a66b0; } }
body { background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, sans-serif;
  margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2rem; }
h3 { font-size: 1rem; margin-bottom: .3rem; }
p.soft, figcaption, small { color: var(--soft); } p { overflow-wrap: anywhere; }
p.advice { border-left: 4px solid var(--mark); padding-left: .8rem; }
figure { display: inline-block; margin: 1rem 2rem 1rem 0; max-width: 100%; }
svg { max-width: 100%; height: auto; }
div.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { border-bottom: 1px solid var(--line); padding: .2rem .9rem .2rem 0; text-align: left;
  vertical-align: top; white-space: nowrap; }
td.number, th.number { text-align: right; } tr.chosen td { font-weight: 600; }
svg text { fill: var(--text); font-size: 13px; text-anchor: middle; }
svg text.edge { fill: var(--soft); font-size: 12px; } svg text.left { text-anchor: end; }
svg text.small { font-size: 10.5px; } .best { fill: none; stroke: var(--mark); stroke-width: 3; }
.dashed { fill: none; stroke: var(--text); stroke-width: 1; stroke-dasharray: 4 3; }
.s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); }
.s4 { fill: var(--s4); } .s5 { fill: var(--s5); }
"""


def write_html(sweep: StoredSweep, found: Results, file: BinaryIO) -> None:
    """Write the page.

    Raises:
        OSError: `file` cannot be written.
    """
    for part in _page(sweep, found):
        file.write(f"{part}\n".encode())


def _page(sweep: StoredSweep, found: Results) -> Iterator[str]:
    image = sweep.plan.image
    title = _text(f"Sweep of {image.reference}")
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{title}</h1>"
    began = datetime.fromtimestamp(sweep.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    yield f'<p class="soft">{_text(image.digest)}<br>{_text(began)}</p>'
    yield (
        f"<p>{len(image.layer_sizes)} layers, {_text(size_text(image.size))}; {found.done} of "
        f"{found.planned} trials, {found.failed} failed; seed {sweep.plan.seed}.</p>"
    )
    words = filter(None, (left_out_words(sweep.plan), *found.noise.words))
    yield f"<p>{_text(' '.join(words))}</p>"
    yield from _advice(found)
    yield from _maps(found)
    yield from _table(found)
    for line in (READING, *about_programs(sweep.plan)):
        yield f'<p class="soft">{_text(line)}</p>'
    yield f"<p><small>Pullscope {_text(__version__)}</small></p>\n</body>\n</html>"


def _advice(found: Results) -> Iterator[str]:
    for recommended in recommend(found):
        where = f"{recommended.driver} to {recommended.destination}"
        yield f"<h2>Recommended for {_text(where)}</h2>"
        reasons = _text(" ".join(recommended.own_reasons))
        chosen = _text(settings_text(recommended.settings))
        yield f'<p class="advice"><b>{chosen}.</b> {reasons}</p>'
        best = frontier(found.groups()[recommended.driver, recommended.destination])
        if len(best) > 1:
            yield "<p>To weigh time, memory and requests against one another:</p><ul>"
            yield from (f"<li>{_text(weighed_text(row))}</li>" for row in best)
            yield "</ul>"


def _chosen(found: Results) -> set[Candidate]:
    return {recommended.row.candidate for recommended in recommend(found)}


def _maps(found: Results) -> Iterator[str]:
    chosen = _chosen(found)
    for (driver, destination), rows in found.groups().items():
        shown = [heat_map(rows, measure, "parallelism", "chunk_size") for measure in _SHOWN]
        if len(shown[0].columns) < 2 and len(shown[0].lines) < 2:
            continue
        yield f"<h2>{_text(f'{driver} to {destination}')}</h2>"
        yield (
            '<p class="soft">Each cell tells the median, its 95% interval and the count of the '
            "fastest setting that has both; an outline marks the least, dashes what is "
            "recommended.</p>"
        )
        for one in shown:
            if any(one.measure in row.summaries for row in one.cells.values()):
                yield from _heat_map(one, chosen)


def _heat_map(shown: HeatMap, chosen: Set[Candidate]) -> Iterator[str]:
    measure = MEASURES[shown.measure]
    width = _LEFT + _CELL_WIDTH * len(shown.columns)
    height = _TOP + _CELL_HEIGHT * len(shown.lines)
    unit = ", s" if measure.unit == "s" else ""
    title = f"{measure.title[:1].upper()}{measure.title[1:]}{unit}"
    yield (
        f'<figure><figcaption>{_text(title)}</figcaption><svg role="img" '
        f'aria-label="{_text(f"Heat map of {title}")}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
    )
    yield (
        f'<text class="edge" x="{_LEFT + (width - _LEFT) / 2:g}" y="14">'
        f"{_text(axis_title(shown.across))}</text>"
        f'<text class="edge left" x="{_LEFT - 8}" y="{_TOP - 10}">'
        f"{_text(axis_title(shown.down))}</text>"
    )
    for at, column in enumerate(shown.columns):
        middle = _LEFT + (at + 0.5) * _CELL_WIDTH
        yield (
            f'<text class="edge" x="{middle:g}" y="{_TOP - 10}">'
            f"{_text(axis_text(shown.across, column))}</text>"
        )
    for at, line in enumerate(shown.lines):
        middle = _TOP + (at + 0.5) * _CELL_HEIGHT + 4
        yield (
            f'<text class="edge left" x="{_LEFT - 8}" y="{middle:g}">'
            f"{_text(axis_text(shown.down, line))}</text>"
        )
        for place, column in enumerate(shown.columns):
            yield from _cell(shown, (place, column), (at, line), chosen)
    yield "</svg></figure>"


def _cell(
    shown: HeatMap,
    column: tuple[int, int | str],
    line: tuple[int, int | str],
    chosen: Set[Candidate],
) -> Iterator[str]:
    summary = shown.summary(column[1], line[1])
    row = shown.cells.get((column[1], line[1]))
    if summary is None or row is None:
        return
    measure = MEASURES[shown.measure]
    share = shown.share(column[1], line[1]) or 0.0
    shade = min(_SHADES - 1, int(share * _SHADES))
    x, y = _LEFT + column[0] * _CELL_WIDTH, _TOP + line[0] * _CELL_HEIGHT
    middle = x + _CELL_WIDTH / 2
    told = f"{settings_text(row.candidate.settings)}: {interval_text(row)}"
    yield (
        f'<g><title>{_text(told)}</title><rect class="s{shade}" x="{x + 1}" y="{y + 1}" '
        f'width="{_CELL_WIDTH - 2}" height="{_CELL_HEIGHT - 2}"/>'
    )
    if row.candidate in chosen:
        yield (
            f'<rect class="dashed" x="{x + 6}" y="{y + 6}" width="{_CELL_WIDTH - 12}" '
            f'height="{_CELL_HEIGHT - 12}"/>'
        )
    if not share:
        yield (
            f'<rect class="best" x="{x + 3}" y="{y + 3}" width="{_CELL_WIDTH - 6}" '
            f'height="{_CELL_HEIGHT - 6}"/>'
        )
    yield (
        f'<text x="{middle:g}" y="{y + 19}">{_text(value_text(measure, summary))}</text>'
        f'<text class="small" x="{middle:g}" y="{y + 34}">'
        f"{_text(_interval(shown.measure, row))}</text></g>"
    )


def _interval(measure: str, row: Row) -> str:
    summary = row.summaries[measure]
    low, high = interval_bounds(MEASURES[measure], summary)
    return f"{low} to {high} ({summary.count})"


def _table(found: Results) -> Iterator[str]:
    chosen = _chosen(found)
    names = people_columns(found)
    yield '<h2>All settings</h2>\n<div class="wide"><table><tr>'
    yield "".join(f"<th{_class(name)}>{_text(name)}</th>" for name in names)
    yield "</tr>"
    for row, cells in zip(found.rows, people_rows(found), strict=True):
        told = ' class="chosen"' if row.candidate in chosen else ""
        yield f"<tr{told}>"
        yield "".join(
            f"<td{_class(name)}>{_text(cell)}</td>" for name, cell in zip(names, cells, strict=True)
        )
        yield "</tr>"
    yield "</table></div>"


def _class(name: str) -> str:
    return "" if name in WORDS_IN_FRONT else ' class="number"'


def _text(text: str) -> str:
    return escape(printable(text))
