"""Filling texts: one at a time, and one per row of a frame with the same outcome."""

import narwhals.stable.v2 as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.fillings import (
    filled,
    filled_rows,
    names,
    one_line,
    one_line_rows,
    without_gaps,
)

VALUES = {"a": "A%s", "total:EUR": "1 €"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("plain 100%", "plain 100%"),
        ("%s{a}%", "%sA%s%"),
        ("{a}{total:EUR}{a}", "A%s1 €A%s"),
        ("{{a}} {a}", "{a} A%s"),
    ],
)
def test_a_text_is_filled_with_its_facts_alone(text, said):
    assert filled(text, VALUES) == said


@pytest.mark.parametrize(
    ("text", "missing"), [("{a} {b} {c}", "{b}"), ("{a} }", "}"), ("{}", "{}")]
)
def test_the_first_fact_that_is_missing_is_named(text, missing):
    with pytest.raises(KeyError) as error:
        filled(text, VALUES)
    assert error.value.args == (missing,)


def test_the_names_of_facts_come_in_the_order_of_the_text():
    assert names("{b} {{x}} {a} {b}") == ["b", "a", "b"]


VALUE = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\x0b\x0c\x85\u2028\u2029\x00\x7f\t%{}"),
    max_size=12,
)  # fmt: skip


@given(st.lists(st.tuples(VALUE, VALUE), min_size=1, max_size=5))
def test_a_frame_is_filled_row_by_row_as_one_text_is(rows):
    form = "  {{a}} {a}: 100%s {b}; {a}"
    frame = nw.from_native(pl.DataFrame(rows, schema=["a", "b"], orient="row"))
    cleaned = frame.with_columns(one_line_rows("a", longest=100), one_line_rows("b", longest=100))

    lines = cleaned.select(line=filled_rows(form))["line"].to_list()

    assert lines == [filled(form, {"a": one_line(a), "b": one_line(b)}) for a, b in rows]


def test_a_row_with_a_value_that_is_too_long_stays_empty():
    frame = nw.from_native(pl.DataFrame({"a": ["x" * 5, "x" * 6]}))

    short = frame.with_columns(one_line_rows("a", longest=5))
    lines = short.select(line=filled_rows("{a}!"), plain=filled_rows("-"))

    assert lines.rows() == [("xxxxx!", "-"), (None, "-")]


@pytest.mark.parametrize(
    ("text", "narrow"),
    [("a\n\nb\nc", "a\n\nb\nc"), ("a\n\n\nb\n\n\n\n\nc", "a\n\nb\n\nc"), ("\n\n\n", "\n\n")],
)
def test_one_empty_line_stands_where_there_were_several(text, narrow):
    assert without_gaps(text) == narrow
