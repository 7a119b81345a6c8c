"""Tables for scorecards: numbers become numbers, what is missing is missing, the rest is text."""

import polars as pl
import pytest

from dunwell.formats.findings import TableError
from dunwell.formats.scoring_rows import read_scoring_rows


def test_columns_are_read_by_what_they_hold():
    found = read_scoring_rows(
        b"whole;broken;text;empty;mixed\n1;0.5;none;;1\n?;NA;;;two\n-3;2;south;;3\n",
        name="a.csv",
    )
    assert found.schema == {
        "whole": pl.Int64,
        "broken": pl.Float64,
        "text": pl.String,
        "empty": pl.String,
        "mixed": pl.String,
    }
    assert found.rows() == [
        (1, 0.5, "none", None, "1"),
        (None, None, None, None, "two"),
        (-3, 2.0, "south", None, "3"),
    ]


def test_a_file_without_rows_is_refused():
    with pytest.raises(TableError):
        read_scoring_rows(b"a,b\n", name="a.csv")
