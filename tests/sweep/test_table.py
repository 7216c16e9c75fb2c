from dataclasses import replace
from pathlib import Path

import pytest

from pullscope.cli.sweep_arguments import AXES as TOLD_AXES
from pullscope.cli.sweep_arguments import MAPPED
from pullscope.engine.model import MIB
from pullscope.sweep.plan import Destination
from pullscope.sweep.results import AXES, MEASURES, results
from pullscope.sweep.settings import UNTOLD
from pullscope.sweep.table import (
    about_programs,
    chunk_text,
    people_columns,
    people_rows,
    seconds_text,
    titled_maps,
    value_text,
    weighed_text,
)


@pytest.fixture
def found(plan_of, new_machine):
    """The results of two programs to two destinations."""
    plan = plan_of(
        drivers=("pullscope", "crane"),
        destinations=(Destination("tmpfs", Path("/a")), Destination("disk", Path("/b"))),
        repeat=2,
    )
    return results(plan, new_machine(noise=0.0).play(plan))


def test_that_people_are_told_of_every_candidate_in_the_order_of_the_plan(found):
    columns, rows = people_columns(found), people_rows(found)

    assert len(rows) == 2 * 16 + 2
    assert {len(row) for row in rows} == {len(columns)}
    assert [row[0] for row in rows] == ["pullscope"] * 32 + ["crane"] * 2
    assert [row[1] for row in rows] == [*["tmpfs"] * 16, *["disk"] * 16, "tmpfs", "disk"]
    told = dict(zip(columns, rows[-1], strict=True))
    assert (told["parallelism"], told["chunk size"], told["layers"]) == ("-", "-", "-")
    assert dict(zip(columns, rows[0], strict=True))["peak memory"] == "41 MiB"


def test_that_a_single_program_needs_no_column(plan_of, new_machine):
    plan = plan_of(repeat=1)
    alone = results(plan, new_machine().play(plan))

    assert people_columns(alone)[0] == "destination"
    assert people_rows(alone)[0][0] == "tmpfs"


def test_that_maps_are_told_apart_by_what_they_do_not_go_over(found):
    titles = [title for title, _ in titled_maps(found)]
    assert titles == [
        "Median total time in s, pullscope to tmpfs",
        "Median total time in s, pullscope to disk",
    ]
    ((title, rows),) = titled_maps(found, "memory", "destination", "driver")
    assert title == "Median peak memory"
    assert rows[0] == ("driver \\ destination", "disk", "tmpfs")
    assert [row[0] for row in rows[1:]] == ["crane", "pullscope"]


def test_that_the_command_line_knows_all_measures_and_axes():
    assert tuple(MEASURES) == MAPPED
    assert tuple(AXES) == TOLD_AXES


def test_that_values_are_told_with_the_digits_that_count():
    assert [seconds_text(value) for value in (0.123, 12.3456, 123.456)] == [
        "0.12", "12.35", "123.5",
    ]  # fmt: skip
    assert [chunk_text(size) for size in (4 * MIB, 0)] == ["4 MiB", "whole layer"]
    assert chunk_text(UNTOLD) == "-"
    assert value_text(MEASURES["total"], None) == "-"


def test_that_settings_are_weighed_by_what_is_known_of_them(found):
    row = found.rows[0]
    settings = "1 layer, parallelism 1, chunks of 4 MiB"
    assert weighed_text(row) == f"409.6 s, 41 MiB, 2048 requests: {settings}"
    untold = replace(row, summaries={"total": row.summaries["total"]})
    assert weighed_text(untold) == f"409.6 s: {settings}"


def test_that_programs_that_are_compared_are_told_apart(found, plan_of):
    first, second = about_programs(found.plan, lambda _, text: text.upper())

    assert first.startswith("pullscope: WRITES EACH CHUNK")
    assert second.startswith("crane: ONE STREAM PER LAYER")
    assert about_programs(plan_of(drivers=("crane",))) == ()
