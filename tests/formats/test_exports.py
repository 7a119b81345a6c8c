"""Exports: no cell can run as a formula, values keep their type."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dunwell.formats.exports import (
    MEDIA_TYPES,
    RISKY,
    safe_text,
    write_csv,
    write_table,
    write_xlsx,
)

PAYLOADS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\tx", "\rx", "\nx", "\0=1", "=cmd|'/c calc'!A0"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_formula_becomes_text_in_both_formats(payload: str) -> None:
    expected = "'" + payload.replace("\0", "\u2400")
    rows = list(
        csv.reader(io.StringIO(write_csv([payload], [[payload]]).decode("utf-8-sig"), newline=""))
    )
    assert rows == [[expected], [expected]]
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx([payload], [[payload]])))
    cells = [row[0] for row in book.get_sheet_by_index(0).to_python()]
    assert [str(cell).replace("_x000D_", "\r") for cell in cells] == [expected, expected]


def test_values_keep_their_type_and_a_minus_stays_a_number() -> None:
    row = ["Müller", -5, Decimal("-12.34"), True, date(2026, 1, 31), None]
    assert write_csv(list("abcdef"), [row]).decode("utf-8-sig") == (
        "a,b,c,d,e,f\r\nMüller,-5,-12.34,true,2026-01-31,\r\n"
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx(list("abcdef"), [row])))
    assert book.get_sheet_by_index(0).to_python()[1] == [
        "Müller", -5.0, -12.34, True, date(2026, 1, 31), "",
    ]  # fmt: skip


def test_a_number_a_double_cannot_hold_is_written_as_text() -> None:
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(write_xlsx(["a"], [[10**18], [float("nan")]]))
    )
    assert book.get_sheet_by_index(0).to_python()[1:] == [["1000000000000000000"], ["nan"]]


BEGINS = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK", "parquet": b"PAR1"}


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_a_kind_of_file_is_chosen_in_one_place(kind: str) -> None:
    data, name = write_table(kind, name="Ledger of Müller & Co", columns=["a"], rows=[[1]])
    assert (data.startswith(BEGINS[kind]), name) == (True, f"Ledger-of-M-ller-Co.{kind}")


@given(st.text())
def test_no_text_leaves_with_a_risky_first_character(text: str) -> None:
    safe = safe_text(text)
    assert isinstance(safe, str)
    assert not safe.startswith(RISKY)
    assert safe.removeprefix("'").replace("\u2400", "\0") in {
        text,
        text.removeprefix("'"),
        text.replace("\u2400", "\0"),
    }
