"""Rows go to Parquet, CSV and JSON lines and come back the same, or with a typed refusal."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.record_files import FORMS, Column, RecordFileError, read_rows, row_writer
from tests.conftest import examples

COLUMNS = [
    Column(name="id", kind="whole number"),
    Column(name="is_open", kind="yes or no"),
    Column(name="due_on", kind="day"),
    Column(name="sent_at", kind="moment"),
    Column(name="name", kind="text"),
    Column(name="data", kind="document"),
    Column(name="content", kind="bytes"),
]
MOMENT = datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
ROWS = [
    [1, True, date(2026, 1, 1), MOMENT, "", '{"a": 1.0, "b": null}', b""],
    [2, None, None, None, None, None, None],
    [-(2**63), False, date(1, 1, 1), MOMENT, 'a"b,\r\nc\n\rd\té€😀', "null", bytes(range(256))],
    [2**63 - 1, False, date(9999, 12, 31), MOMENT, "null", '"a b"', b"\0" * 2_000_000],
]


def written(path, form, rows):
    writer = row_writer(path, COLUMNS, form=form)
    writer.write(rows[:1])
    writer.write(rows[1:])
    writer.close()
    return path


def read(path, form, columns=COLUMNS):
    return [row for piece in read_rows(path, columns, form=form) for row in piece]


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_comes_back_and_what_is_missing_is_not_what_is_empty(form, tmp_path):
    assert read(written(tmp_path / "rows", form, ROWS), form) == ROWS


@pytest.mark.parametrize("form", FORMS)
def test_a_table_without_rows_comes_back(form, tmp_path):
    assert read(written(tmp_path / "rows", form, []), form) == []


@examples(25, release=400)
@given(
    st.lists(
        st.tuples(
            st.integers(-(2**63), 2**63 - 1),
            st.none() | st.booleans(),
            st.none() | st.dates(),
            st.none() | st.datetimes().map(lambda told: told.replace(tzinfo=UTC)),
            st.none() | st.text(st.characters(exclude_categories=("Cs",))),
            st.none(),
            st.none() | st.binary(),
        ).map(list),
        max_size=5,
    )
)
def test_any_rows_come_back(tmp_path_factory, rows):
    for form in FORMS:
        path = tmp_path_factory.mktemp("any") / "rows"
        assert read(written(path, form, rows), form) == rows


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_file_and_other_columns_are_refused(form, tmp_path):
    path = written(tmp_path / "rows", form, ROWS[:2])
    with pytest.raises(RecordFileError):
        read(path, form, [*COLUMNS[:-1], Column(name="other", kind="bytes")])
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(RecordFileError):
        read(path, form)
