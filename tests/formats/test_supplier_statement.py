"""Customers' lists as they come: CSV, XLSX and PDF in, rows or a sentence that helps out."""

from datetime import date

import pytest

from dunwell.engine.statement_matching import TheirEntry
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.exports import write_xlsx
from dunwell.formats.supplier_statement import MOST_BYTES, read_supplier_statement

CSV = b"""Invoice number,Invoice date,Due date,Type,Amount,Currency,Status
INV-1,2026-01-05,2026-02-04,Invoice,100.00,EUR,open
INV-2,2026-01-06,2026-02-05,Invoice,200.50,EUR,paid
PMT-77,2026-02-01,,Payment,-100.00,EUR,
INV-9,2026-01-06,2026-02-05,Invoice,9.00,USD,open
,,,Total,200.50,EUR,
"""


def read(data, **more):
    return read_supplier_statement(data, "list", currency=more.pop("currency", "EUR"), **more)


def numbers(found):
    return [(row.number, row.amount_minor) for row in found.rows]


def test_a_csv_is_read_with_days_payments_and_its_total():
    found = read(CSV)
    assert found.rows == (
        TheirEntry(
            place=2, number="INV-1", amount_minor=100_00,
            dated_on=date(2026, 1, 5), due_on=date(2026, 2, 4),
        ),
        TheirEntry(
            place=3, number="INV-2", amount_minor=200_50,
            dated_on=date(2026, 1, 6), due_on=date(2026, 2, 5), is_paid=True,
        ),
        TheirEntry(
            place=4, number="PMT-77", amount_minor=-100_00, dated_on=date(2026, 2, 1),
            is_payment=True,
        ),
    )  # fmt: skip
    assert (found.stated_minor, found.unread) == (200_50, ((5, "in USD, not in EUR"),))


def test_debit_and_credit_of_a_supplier_are_turned_into_what_is_owed():
    text = "Belegnummer;Belegdatum;Soll;Haben\nR1;31.01.2026;;1.000,50\nZ5;02.02.2026;500,00;\n"
    assert numbers(read(text.encode())) == [("R1", 1000_50), ("Z5", -500_00)]


def test_the_open_amount_comes_before_the_amount_of_the_document():
    text = b"Invoice,Amount,Open amount\nR1,100.00,40.00\n"
    assert numbers(read(text)) == [("R1", 40_00)]


def test_a_workbook_is_read_by_its_cells():
    data = write_xlsx(["Invoice number", "Amount"], [["R1", 12.5], ["R2", -3]])
    assert numbers(read(data)) == [("R1", 12_50), ("R2", -3_00)]


def test_amounts_that_fit_two_readings_are_asked_about():
    text = b"Invoice;Amount\nR1;1.234\n"
    with pytest.raises(UndecidedError, match="decimal"):
        read(text, currency="EUR")
    assert numbers(read(text, decimal=",")) == [("R1", 1234_00)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"x" * (MOST_BYTES + 1), "more than 5 MB"),
        (b"Name,City\nA,B\n", "no column is known as the number"),
        (b"Invoice,Amount\n,\n", "names no document"),
        (b"PK\x03\x04 damaged", "damaged"),
        (b"%PDF-1.4 /Launch", "program"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(data, words):
    with pytest.raises(StatementError, match=words):
        read(data)


def test_a_printed_list_is_read_line_by_line():
    from dunwell.formats.supplier_statement import _pdf

    text = (
        "Supplier statement 2026\n"
        "INV-1001   05.01.2026   04.02.2026   1.000,00   1.000,00\n"
        "INV-1002   15.01.2026   14.02.2026     250,50   1.250,50\n"
        "Payment EFT-77   20.02.2026   -250,50   1.000,00\n"
        "Total   1.000,00\n"
    )
    found = _pdf(text, "list", currency="EUR", decimal="", date_order="")
    assert numbers(found) == [("INV-1001", 1000_00), ("INV-1002", 250_50), ("EFT-77", -250_50)]
    assert found.rows[0].due_on == date(2026, 2, 4) and found.rows[2].is_payment
    assert found.stated_minor == 1000_00
