"""Rows as JSON: what `json.dumps` writes, from whole columns."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.json_rows import json_rows

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "b_number": st.none() | st.integers(-(2**63), 2**63 - 1),
            "a_text": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            "ö_flag": st.none() | st.booleans(),
            'quo"ted': st.integers(-(2**31), 2**31 - 1),
        }
    ),
    max_size=5,
)
SCHEMA = {"b_number": pl.Int64, "a_text": pl.String, "ö_flag": pl.Boolean, 'quo"ted': pl.Int32}


@given(ROWS)
def test_each_row_is_written_as_json_dumps_writes_it(rows: list[dict[str, object]]) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA)
    assert json_rows(frame) == [json.dumps(row, sort_keys=True) for row in rows]


def test_no_rows_are_no_texts() -> None:
    assert json_rows(pl.DataFrame()) == []
    assert json_rows(pl.DataFrame(schema=SCHEMA)) == []


def test_a_column_that_holds_something_else_is_named() -> None:
    with pytest.raises(TypeError, match="share is Float64"):
        json_rows(pl.DataFrame({"share": [0.5]}))
