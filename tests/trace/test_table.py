import io
import sys

import pytest
from pyarrow import parquet

from pullscope.engine.model import MIB
from pullscope.trace.file import TraceError
from pullscope.trace.table import COLUMNS, write_csv, write_parquet

HEAD = (
    "layer_digest,chunk,offset,length,attempt,connection,host,status,"
    "queued_s,started_s,first_byte_s,received_s,written_s,outcome,layer,protocol,received,hedge,"
    "peer,connecting_s,connected_s,hashed_s"
)
A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def written(write, events):
    file = io.BytesIO()
    write(events, file)
    return file.getvalue()


def test_csv_has_a_row_per_attempt(story):
    assert written(write_csv, story).decode().splitlines() == [
        HEAD,
        f"{A},0,0,16777216,1,0,cdn.example,206,"
        "0.250000,0.300000,0.400000,0.650000,0.700000,done,0,HTTP/1.1,16777216,false,,,,1.150000",
        f"{A},1,16777216,16777216,1,1,registry.example,503,"
        "0.250000,0.300000,0.450000,,0.450000,HTTP 503,0,HTTP/1.1,0,false,,,,",
        f"{B},2,4194304,12582912,1,1,cdn.example,206,"
        "0.450000,0.500000,1.000000,1.100000,1.200000,done,1,HTTP/1.1,12582912,false,,,,",
        f"{A},1,16777216,16777216,2,0,cdn.example,206,"
        "0.450000,0.950000,1.000000,1.300000,1.300000,done,0,HTTP/1.1,16777216,false,,,,",
    ]


def test_parquet_has_a_row_per_attempt_with_numbers_as_numbers(troubled):
    table = parquet.read_table(io.BytesIO(written(write_parquet, troubled)))

    assert {field.name: str(field.type).replace("double", "float64") for field in table.schema} == (
        COLUMNS
    )
    rows = table.to_pylist()
    assert len(rows) == 8
    assert [(row["chunk"], row["attempt"]) for row in rows if row["hedge"]] == [(1, 2)]
    reset = rows[0]
    assert (reset["outcome"], reset["received"], reset["received_s"]) == (
        "connection reset",
        MIB,
        None,
    )
    assert (reset["peer"], reset["connecting_s"], reset["connected_s"]) == (
        "203.0.113.7:443",
        0.21,
        0.25,
    )
    assert [row["hashed_s"] for row in rows if row["layer"] == 0 and row["received"]] == [1.12] * 3


def test_without_pyarrow_the_user_is_told_what_to_install(story, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(TraceError, match=r"pullscope\[parquet\]"):
        written(write_parquet, story)
