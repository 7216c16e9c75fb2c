from datetime import datetime

from pullscope.cli.table import moment_text, table_lines


def test_that_words_begin_and_amounts_end_below_one_another():
    rows = [("", "NAME", "SIZE", "NOTE"), ("1", "longer", "5", ""), ("10", "x", "1000", "why")]

    assert list(table_lines(rows, words=(1, 3))) == [
        "    NAME    SIZE  NOTE",
        " 1  longer     5",
        "10  x       1000  why",
    ]


def test_that_a_moment_is_one_of_the_local_clock():
    told = moment_text(1e9)

    assert datetime.strptime(told, "%Y-%m-%d %H:%M:%S").astimezone().timestamp() == 1e9
