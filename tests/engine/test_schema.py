"""The data dictionary refuses frames that do not fit it."""

import narwhals.stable.v2 as nw
import pytest

from dunwell.engine.schema import FRAMES, ITEMS, SchemaError, check
from tests.engine.rows import answers, items


def test_a_fitting_frame_keeps_only_the_declared_columns():
    frame = items({}).with_columns(extra=nw.lit(1))

    assert check(frame, ITEMS, name="items").collect_schema().names() == list(ITEMS)
    assert answers(check(frame, ITEMS, name="items")) == answers(items({}))


def test_a_missing_column_is_named_with_its_meaning():
    with pytest.raises(SchemaError, match=r"items: column due_day is missing \(due date\)"):
        check(items({}).drop("due_day"), ITEMS, name="items")


def test_a_mistyped_column_is_named_with_both_types():
    frame = items({}).with_columns(nw.col("amount_minor").cast(nw.Float64))

    with pytest.raises(SchemaError, match="amount_minor is Float64, expected Int64"):
        check(frame, ITEMS, name="items")


def test_every_column_has_a_meaning_and_money_is_whole():
    columns = [(name, column) for frame in FRAMES.values() for name, column in frame.items()]

    assert [name for name, column in columns if not column.meaning] == []
    assert {column.dtype for name, column in columns if name.endswith("_minor")} == {nw.Int64}
    assert {column.dtype for name, column in columns if name.endswith("_day")} == {nw.Int32}
