import csv
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from pyarrow import parquet

from pullscope.engine.model import MIB
from pullscope.sweep.export import export_sweep
from pullscope.sweep.plan import Destination, SweepError, SweptImage, plan_trials
from pullscope.sweep.results import Trial
from pullscope.sweep.store import StoredSweep
from pullscope.sweep.table import SUMMARY_COLUMNS, TRIAL_COLUMNS

HOSTILE = "<script>alert(1)</script>|`*\x1b[31m"


@pytest.fixture
def swept(plan_of, new_machine, tmp_path):
    """A sweep by two programs to a destination of a hostile name, one trial of which failed."""
    plan = plan_of(
        drivers=("pullscope", "crane"),
        destinations=(Destination(HOSTILE, tmp_path),),
        layers=(3,),
        repeat=3,
    )
    trials = new_machine(fails=lambda trial: trial.position == 5).play(plan)
    sweep = StoredSweep(4, "abc", 1e9, plan, False, len(trials), len(trials), 1, False)
    return sweep, trials


def test_csv_has_a_row_per_candidate(swept, tmp_path):
    path = tmp_path / "a.csv"
    export_sweep(*swept, path)

    with path.open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == list(SUMMARY_COLUMNS)
    assert len(rows) == 8 + 1
    (row,) = [
        told
        for told in (dict(zip(head, row, strict=True)) for row in rows)
        if (told["parallelism"], told["chunk_size"]) == ("16", str(4 * MIB))
    ]
    assert (row["driver"], row["layers"], row["connections"]) == ("pullscope", "3", "48")
    assert float(row["total_median_s"]) == pytest.approx(8192 / 960, rel=0.02)
    assert float(row["total_low_s"]) <= float(row["total_mean_s"]) <= float(row["total_high_s"])
    assert float(row["memory_median"]) == 88 * MIB
    assert sum(int(row[head.index("failures")]) for row in rows) <= 1


@pytest.mark.parametrize(("by_trial", "columns"), [(False, SUMMARY_COLUMNS), (True, TRIAL_COLUMNS)])
def test_parquet_has_the_same_columns_with_their_types(swept, tmp_path, by_trial, columns):
    path = tmp_path / "a.parquet"
    export_sweep(*swept, path, by_trial=by_trial)

    table = parquet.read_table(path)
    kinds = {"double": "float64"}
    told = {field.name: kinds.get(str(field.type), str(field.type)) for field in table.schema}
    assert told == columns
    assert table.num_rows == (len(swept[1]) if by_trial else 9)


def test_trials_are_written_as_they_were_measured(swept, tmp_path):
    path = tmp_path / "a.csv"
    export_sweep(*swept, path, by_trial=True)

    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["position"]) for row in rows] == list(range(len(swept[1])))
    assert [row["error"] for row in rows if row["error"]] == ["registry.test: answered 500"]
    assert float(rows[0]["pull_s"]) == swept[1][0].outcome.pull
    assert (rows[5]["memory"], rows[5]["trace"]) == ("", "")


def test_markdown_says_nothing_but_what_it_is_told(swept, tmp_path):
    path = tmp_path / "a.md"
    export_sweep(*swept, path)

    text = path.read_text()
    assert "**Recommended for pullscope" in text
    assert "<script>" not in text
    assert "\x1b" not in text
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 2
    for table in tables:
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(counts) == 1


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_html_loads_nothing_and_has_heat_maps(swept, tmp_path):
    path = tmp_path / "a.html"
    export_sweep(*swept, path)

    text = path.read_text()
    page = _Elements()
    page.feed(text)
    tags = [tag for tag, _ in page.seen]
    assert "script" not in tags
    assert not any({"src", "href"} & set(attrs) for _, attrs in page.seen)
    assert "\x1b" not in text
    maps = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(maps) == 4
    for one in maps:
        picture = ElementTree.fromstring(one)
        shades = [e for e in picture.iter("rect") if e.get("class", "").startswith("s")]
        assert len(shades) == 8
        assert any(e.get("class") == "best" for e in picture.iter("rect"))
    assert tags.count("tr") == 1 + 9


def test_a_heat_map_of_one_line_is_drawn(swept, plan_of, new_machine, tmp_path):
    plan = plan_of(chunk_sizes=(32 * MIB,), repeat=1)
    trials = new_machine().play(plan)
    sweep = StoredSweep(4, "abc", 1e9, plan, False, len(trials), len(trials), 0, False)
    export_sweep(sweep, trials, tmp_path / "a.html")

    (first, *_) = re.findall(r"<svg.*?</svg>", (tmp_path / "a.html").read_text(), re.DOTALL)
    cells = [
        e for e in ElementTree.fromstring(first).iter("rect") if e.get("class", "").startswith("s")
    ]
    assert len(cells) == 4


def test_a_sweep_without_an_outcome_is_written(plan_of, knobs, tmp_path):
    plan = plan_of(image=SweptImage("a.test/b:1", "sha256:" + "b" * 64, (MIB,)))
    trials = [Trial(planned) for planned in plan_trials(plan, knobs)]
    sweep = StoredSweep(4, "abc", 1e9, plan, False, len(trials), 0, 0, False)
    for name in ("a.csv", "a.parquet", "a.md", "a.html"):
        export_sweep(sweep, trials, tmp_path / name)
        assert (tmp_path / name).stat().st_size


def test_what_cannot_be_written_is_said(swept, tmp_path):
    with pytest.raises(SweepError, match="told by the extension"):
        export_sweep(*swept, tmp_path / "a.txt")
    with pytest.raises(SweepError, match="No such file"):
        export_sweep(*swept, tmp_path / "no" / "a.csv")
    with pytest.raises(SweepError, match="single trials are written to"):
        export_sweep(*swept, tmp_path / "a.md", by_trial=True)
    assert list(tmp_path.iterdir()) == []
