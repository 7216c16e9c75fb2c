"""The results of a sweep as files, in the format of their extension."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pullscope.engine.message import Message, words_of
from pullscope.engine.units import size_text
from pullscope.sweep.html import write_html
from pullscope.sweep.plan import SweepError, left_out_words
from pullscope.sweep.recommendation import recommend, settings_text
from pullscope.sweep.results import Results, Trial, frontier, results
from pullscope.sweep.store import StoredSweep
from pullscope.sweep.table import (
    READING,
    SUMMARY_COLUMNS,
    TRIAL_COLUMNS,
    Value,
    about_programs,
    people_columns,
    people_rows,
    summary_rows,
    titled_maps,
    trial_rows,
)
from pullscope.trace.texts import clean, printable

_Rows = Sequence[tuple[Value, ...]]
_TableWriter = Callable[[Mapping[str, str], _Rows, BinaryIO], None]


def export_sweep(
    sweep: StoredSweep, trials: Sequence[Trial], path: Path, *, by_trial: bool = False
) -> None:
    """Write what a sweep found to `path`, in the format of its extension, one of `FORMATS`.

    The file appears whole or not at all.

    Args:
        by_trial: a row per trial as it was measured, instead of one per candidate; for tables.

    Raises:
        SweepError: the extension names no format, or one that knows no trials, or the file cannot
            be written.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise SweepError(
            Message(
                "{path}: the format is told by the extension, one of {known}",
                path=path,
                known=", ".join(FORMATS),
            )
        )
    if by_trial and ending not in _TABLES:
        one, other = _TABLES
        raise SweepError(
            Message(
                "{path}: single trials are written to {one} or {other}",
                path=path,
                one=one,
                other=other,
            )
        )
    from pullscope.trace.export import write_whole  # with it come all formats of traces
    from pullscope.trace.file import TraceError

    try:
        write_whole(path, lambda file: _write(sweep, trials, file, ending, by_trial=by_trial))
    except TraceError as error:
        raise SweepError(words_of(error)) from error


def _write(
    sweep: StoredSweep, trials: Sequence[Trial], file: BinaryIO, ending: str, *, by_trial: bool
) -> None:
    if by_trial:
        _TABLES[ending](TRIAL_COLUMNS, list(trial_rows(trials)), file)
        return
    found = results(sweep.plan, trials)
    if ending in _TABLES:
        _TABLES[ending](SUMMARY_COLUMNS, list(summary_rows(found)), file)
    elif ending == ".md":
        file.write("".join(f"{line}\n" for line in _markdown(sweep, found)).encode())
    else:
        write_html(sweep, found, file)


def _write_csv(columns: Mapping[str, str], rows: _Rows, file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    text.flush()
    text.detach()


def _write_parquet(columns: Mapping[str, str], rows: _Rows, file: BinaryIO) -> None:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise SweepError(
            Message("Parquet needs pyarrow; install it, or pullscope[parquet], or export .csv")
        ) from error
    schema = pyarrow.schema(
        [(name, pyarrow.type_for_alias(kind)) for name, kind in columns.items()]
    )
    told = [
        {
            name: clean(value) if isinstance(value, str) else value
            for name, value in zip(columns, row, strict=True)
        }
        for row in rows
    ]
    parquet.write_table(pyarrow.Table.from_pylist(told, schema=schema), file)


_TABLES: Mapping[str, _TableWriter] = {".csv": _write_csv, ".parquet": _write_parquet}

FORMATS: Mapping[str, str] = {
    ".csv": "CSV, a row per setting",
    ".parquet": "Parquet, a row per setting",
    ".md": "Markdown",
    ".html": "Report",
}
"""What each extension stands for."""


def _markdown(sweep: StoredSweep, found: Results) -> Iterator[str]:
    image = sweep.plan.image
    yield f"# {_cell(image.reference)}"
    yield ""
    began = datetime.fromtimestamp(sweep.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    size, count = size_text(image.size), len(image.layer_sizes)
    yield (
        f"{_cell(image.digest)}, {count} layers, {size}. {began}, {found.done} of "
        f"{found.planned} trials, {found.failed} failed, seed {sweep.plan.seed}."
    )
    for recommended in recommend(found):
        yield ""
        yield (
            f"**Recommended for {_cell(recommended.driver)} to {_cell(recommended.destination)}: "
            f"{settings_text(recommended.settings)}.** {' '.join(recommended.own_reasons)}"
        )
    yield ""
    yield " ".join(filter(None, (left_out_words(sweep.plan), *found.noise.words)))
    yield ""
    yield from _markdown_table([people_columns(found), *people_rows(found)])
    for title, rows in titled_maps(found):
        yield ""
        yield f"{_cell(title)}:"
        yield ""
        yield from _markdown_table(rows)
    for (driver, destination), group in found.groups().items():
        best = frontier(group)
        if len(best) > 1:
            yield ""
            yield (
                f"To weigh time, memory and requests against one another, {_cell(driver)} to "
                f"{_cell(destination)}:"
            )
            yield ""
            yield from (f"- {settings_text(row.candidate.settings)}" for row in best)
    yield ""
    yield READING
    for line in about_programs(sweep.plan):
        yield ""
        yield line


def _markdown_table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    head, *lines = rows
    yield f"| {' | '.join(map(_cell, head))} |"
    yield f"|{'|'.join('---' if at == 0 else '---:' for at in range(len(head)))}|"
    yield from (f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    """Return `text` as Markdown that means nothing but it."""
    shown = printable(text)
    for letter in "\\`*_[]<>|#":
        shown = shown.replace(letter, f"\\{letter}")
    return shown
