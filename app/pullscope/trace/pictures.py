"""Plots of a pull as SVG: when each connection did what, rates, and which bytes came how.

A report shows them with its own colours; alone, a picture brings those of the light or dark theme.
Every text in them is escaped.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import BinaryIO

from pullscope.engine.events import LayerDiscarded, PullEvent
from pullscope.engine.model import MIB
from pullscope.engine.units import size_text
from pullscope.trace.attempts import Attempt, attempt_phases
from pullscope.trace.recorded import RecordedPull
from pullscope.trace.texts import printable

WIDTH = 960
_HEIGHT = 180  # of a plot with lines
_LEFT, _BOTTOM, _TOP = 64, 22, 8
_MOST_BARS = 4000  # attempts in the plot of connections; the longest of them
_MOST_ROWS = 64  # connections, and layers
_MOST_POINTS = 1000
_MARK = 4  # width of the end of an attempt that ended early
_MARGIN, _TITLE, _LEGEND = 16, 30, 26  # of a picture that stands alone
_LETTER = 7.0  # width of a letter of the legend, about

# The window's: Okabe and Ito's, told apart by colour-blind eyes.
_COLOURS = {
    "connecting": "#8a94a3",
    "waiting": "#cc79a7",
    "receiving": "#56b4e9",
    "writing": "#e69f00",
    "hashed": "#009e73",
    "retried": "#d55e00",
    "failed": "#d4373d",
}
_LIGHT = {"ground": "#ffffff", "text": "#1a1f27", "soft": "#5a6675", "line": "#d8dde4"}
_DARK = {"ground": "#14171c", "text": "#e8ebf0", "soft": "#9aa5b4", "line": "#2d3440"}
LIGHT: Mapping[str, str] = {**_LIGHT, **_COLOURS}
DARK: Mapping[str, str] = {**_DARK, **_COLOURS}
"""Colours by what they stand for."""

_Key = tuple[str, str]  # what a colour stands for, and its words in the legend
_Line = tuple[_Key, list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot.

    Attributes:
        height: of `body`, whose width is `WIDTH`.
        body: elements of SVG.
        legend: which colour means what.
    """

    title: str
    height: int
    body: Sequence[str]
    legend: Sequence[_Key]


def timeline(pull: RecordedPull) -> Picture | None:
    """Return a row per connection, with what its requests did; None without any."""
    if pull.end <= 0 or not pull.attempts:
        return None
    connections = sorted({attempt.connection for attempt in pull.attempts})
    rows = {connection: row for row, connection in enumerate(connections[:_MOST_ROWS])}
    shown = [attempt for attempt in pull.attempts if attempt.connection in rows]
    if len(shown) > _MOST_BARS:
        shown = sorted(shown, key=lambda a: a.started - a.ended_by(pull.end))[:_MOST_BARS]
    height = 10 if len(rows) > 16 else 16
    whole = _TOP + height * len(rows) + _BOTTOM
    body = [*_time_axis(pull, whole)]
    for connection, row in rows.items():
        body.append(_label(_TOP + row * height + height * 0.75, f"c{connection + 1}"))
    kinds = set()
    for attempt in shown:
        y = _TOP + rows[attempt.connection] * height + 1
        for phase in attempt_phases(attempt, pull.end):
            left, right = _x(phase.began, pull.end), _x(phase.ended, pull.end)
            if right > left:
                kinds.add(phase.name)
                body.append(_bar(phase.name, left, y, right - left, height - 2))
        if attempt.outcome not in ("done", "unfinished"):
            kind = "failed" if attempt.retry_in is None else "retried"
            kinds.add(kind)
            end = _x(attempt.ended_by(pull.end), pull.end)
            body.append(_bar(kind, max(_LEFT, end - _MARK), y, _MARK, height - 2))
    if len(connections) > _MOST_ROWS:
        more = f"+ {len(connections) - _MOST_ROWS} connections"
        body.append(_note(whole, more, x=_LEFT + 50))
    names = {
        "connecting": "connecting",
        "waiting": "waiting",
        "receiving": "receiving",
        "writing": "writing",
        "retried": "ended early, sent again",
        "failed": "ended early",
    }
    legend = [(kind, name) for kind, name in names.items() if kind in kinds]
    return Picture("Connections", whole, body, legend)


def throughput(pull: RecordedPull) -> Picture | None:
    """Return the rates of receiving, writing and hashing; None without any."""
    rates = pull.rates
    lines: list[_Line] = [
        (("receiving", "received"), [(rate.at, rate.received / 1e6) for rate in rates]),
        (("writing", "written"), [(rate.at, rate.written / 1e6) for rate in rates]),
        (("hashed", "hashed"), [(rate.at, rate.hashed / 1e6) for rate in rates]),
    ]
    return _line_plot("Throughput, MB/s", lines, pull)


def in_flight(pull: RecordedPull) -> Picture | None:
    """Return how many requests for chunks ran at once; None without any."""
    points = [(sample.at, float(sample.in_flight)) for sample in pull.samples]
    return _line_plot("Requests for chunks at once", [(("receiving", "in flight"), points)], pull)


def memory(pull: RecordedPull) -> Picture | None:
    """Return the memory of the process; None without any."""
    points = [(sample.at, sample.memory / MIB) for sample in pull.samples]
    return _line_plot("Memory, MiB", [(("writing", "resident"), points)], pull)


def chunk_map(pull: RecordedPull) -> Picture | None:
    """Return a row per layer, with how its bytes came; None where no layer is known.

    Layers are as wide as they are large, the largest one as the plot.
    """
    largest = max((layer.size for layer in pull.layers), default=0)
    if largest <= 0:
        return None
    own = _kept_attempts(pull)
    committed = {told.layer for told in pull.layer_phases if told.phase.name == "committing"}
    committed |= pull.existing
    height = 10 if len(pull.layers) > 16 else 16
    shown = pull.layers[:_MOST_ROWS]
    whole = _TOP + height * len(shown) + _BOTTOM
    body, kinds = [], set()
    for index, layer in enumerate(shown):
        y = _TOP + index * height + 1
        body.append(_label(y + height * 0.75 - 1, str(index + 1)))
        width = max(2, round((WIDTH - _LEFT) * max(layer.size, 0) / largest))
        before = "hashed" if index in committed else "missing"
        for kind, first, last in _runs(own.get(index, []), max(layer.size, 1), width, before):
            kinds.add(kind)
            body.append(_bar(kind, _LEFT + first, y, last - first, height - 2, gap=0.0))
    if len(pull.layers) > _MOST_ROWS:
        body.append(_note(whole, f"+ {len(pull.layers) - _MOST_ROWS} layers"))
    body.append(_note(whole, f"{size_text(largest)} wide", anchor="end", x=WIDTH))
    names = {
        "receiving": "came with the first request",
        "retried": "sent for again",
        "waiting": "came with a second request beside a silent one",
        "hashed": "was there before",
        "missing": "is missing",
    }
    return Picture(
        "Layers", whole, body, [(kind, name) for kind, name in names.items() if kind in kinds]
    )


VIEWS: Mapping[str, Callable[[RecordedPull], Picture | None]] = {
    "timeline": timeline,
    "throughput": throughput,
    "map": chunk_map,
}
"""What can be shown alone, by name."""


def write_timeline(events: Sequence[PullEvent], file: BinaryIO) -> None:
    """Write the timeline of the pull that `events` tell of as an SVG that stands alone.

    Raises:
        OSError: `file` cannot be written.
    """
    file.write(svg(RecordedPull(events), "timeline", LIGHT).encode())


def svg(pull: RecordedPull, view: str, colours: Mapping[str, str]) -> str:
    """Return a picture of a pull that stands alone.

    Args:
        view: a name of `VIEWS`.
        colours: `LIGHT` or `DARK`.
    """
    picture = VIEWS[view](pull) or Picture("Nothing was recorded that it shows", 0, (), ())
    width = WIDTH + 2 * _MARGIN
    height = _TITLE + picture.height + _LEGEND + 2 * _MARGIN
    title = f"{picture.title}: {pull.reference}" if pull.reference else picture.title
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif">',
        f"<title>{text(title)}</title>",
        f"<style>{style(colours)}</style>",
        f'<rect class="ground" width="{width}" height="{height}"/>',
        f'<text class="title" x="{_MARGIN}" y="{_MARGIN + 14}">{text(title[:120])}</text>',
        f'<g transform="translate({_MARGIN} {_MARGIN + _TITLE})">',
        *picture.body,
        "</g>",
    ]
    x, y = float(_MARGIN + _LEFT), height - _MARGIN - 4
    for kind, name in picture.legend:
        lines.append(f'<rect class="{kind}" x="{x:.0f}" y="{y - 10}" width="10" height="10"/>')
        lines.append(f'<text class="label" x="{x + 15:.0f}" y="{y}">{text(name)}</text>')
        x += 35 + _LETTER * len(name)
    return "\n".join([*lines, "</svg>", ""])


def style(colours: Mapping[str, str]) -> str:
    """Return the style sheet of pictures in some colours, of CSS or variables of it."""
    rules = [f".{kind} {{ fill: {colours[kind]}; }}" for kind in _COLOURS]
    rules += [
        f".missing {{ fill: {colours['line']}; }}",
        f".ground {{ fill: {colours['ground']}; }}",
        f".title {{ fill: {colours['text']}; font-size: 15px; font-weight: bold; }}",
        f".label {{ fill: {colours['soft']}; font-size: 12px; }}",
        f".grid {{ stroke: {colours['line']}; stroke-width: 1; }}",
        f".change {{ stroke: {colours['soft']}; stroke-width: 1; stroke-dasharray: 3 3; }}",
    ]
    rules += [
        f".line-{kind} {{ fill: none; stroke: {colours[kind]}; stroke-width: 1.5; }}"
        for kind in ("receiving", "writing", "hashed")
    ]
    return "\n".join(rules)


def text(words: str) -> str:
    """Return words of others for SVG and HTML."""
    return escape(printable(words))


def _kept_attempts(pull: RecordedPull) -> dict[int, list[Attempt]]:
    """Return the attempts of each layer, without those whose bytes were discarded with it."""
    discarded = {e.layer: e.at for e in pull.events if isinstance(e, LayerDiscarded)}
    own: dict[int, list[Attempt]] = {}
    for attempt in pull.attempts:
        if attempt.received > 0 and attempt.started >= discarded.get(attempt.layer, 0.0):
            own.setdefault(attempt.layer, []).append(attempt)
    return own


def _runs(
    attempts: Iterable[Attempt], size: int, width: int, before: str
) -> Iterator[tuple[str, int, int]]:
    """Return how the bytes of a layer came, as stretches of `width` steps.

    Where a step has several kinds, the one that tells of trouble is seen.
    """
    ranks = {before: 0, "receiving": 1, "retried": 2, "waiting": 3}
    steps = [before] * width
    for attempt in attempts:
        kind = "waiting" if attempt.hedge else "retried" if attempt.attempt > 1 else "receiving"
        first = attempt.offset * width // size
        last = -(-(attempt.offset + attempt.received) * width // size)
        for step in range(max(0, first), min(width, max(last, first + 1))):
            if ranks[kind] > ranks[steps[step]]:
                steps[step] = kind
    began = 0
    for step in range(1, width + 1):
        if step == width or steps[step] != steps[began]:
            yield steps[began], began, step
            began = step


def _line_plot(title: str, lines: Sequence[_Line], pull: RecordedPull) -> Picture | None:
    most = max((value for _, points in lines for _, value in points), default=0.0)
    if pull.end <= 0 or most <= 0:
        return None
    most = _round_above(most)
    body = [*_time_axis(pull, _HEIGHT)]
    floor = _HEIGHT - _BOTTOM
    for share in (0.0, 0.5, 1.0):
        y = floor - share * (floor - _TOP)
        body.append(_label(y + 4, f"{most * share:.4g}"))
        body.append(_rule("grid", _LEFT, y, WIDTH, y))
    for (kind, _), points in lines:
        told = " ".join(
            f"{_x(at, pull.end):.1f},{floor - max(0.0, value) / most * (floor - _TOP):.1f}"
            for at, value in _thinned(points)
        )
        body.append(f'<polyline class="line-{kind}" points="{told}"/>')
    return Picture(title, _HEIGHT, body, [key for key, _ in lines])


def _round_above(value: float) -> float:
    """Return the least number with one digit, or 1.5 or 2.5 of it, that is not below `value`."""
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return next(step * power for step in steps if step * power >= value * (1 - 1e-9))


def _thinned(points: Sequence[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    """Return the highest of each few points, where there are more than can be seen."""
    step = -(-len(points) // _MOST_POINTS) or 1
    for first in range(0, len(points), step):
        yield max(points[first : first + step], key=lambda point: point[1])


def _time_axis(pull: RecordedPull, height: int) -> Iterator[str]:
    """Draw the time, and when settings changed."""
    end = pull.end
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _x(share * end, end)
        anchor = "start" if share == 0 else "end" if share == 1 else "middle"
        yield _note(height, f"{share * end:.3g} s", anchor=anchor, x=x)
        yield _rule("grid", x, _TOP, x, height - _BOTTOM)
    for change in pull.changes[:_MOST_ROWS]:
        x = _x(change.at, end)
        yield _rule("change", x, _TOP, x, height - _BOTTOM)


def _label(y: float, words: str) -> str:
    return f'<text class="label" x="{_LEFT - 6}" y="{y:.1f}" text-anchor="end">{text(words)}</text>'


def _note(height: int, words: str, *, anchor: str = "start", x: float = _LEFT) -> str:
    return (
        f'<text class="label" x="{x:.1f}" y="{height - 4}" text-anchor="{anchor}">'
        f"{text(words)}</text>"
    )


def _bar(kind: str, x: float, y: float, width: float, height: float, gap: float = 0.5) -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(0.5, width - gap):.1f}" '
        f'height="{height}"/>'
    )


def _rule(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _x(at: float, end: float) -> float:
    return _LEFT + min(max(at / end, 0.0), 1.0) * (WIDTH - _LEFT)
