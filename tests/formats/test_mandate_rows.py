"""Files of mandates: English and German columns, dates, words of schemes, and every refusal."""

import io
from datetime import date

import pytest
import xlsxwriter

from dunwell.formats.mandate_rows import (
    MOST_LINES,
    TEMPLATE,
    MandateFileError,
    MandateLine,
    read_mandates,
)

IBAN = "DE02120300000000202051"
GERMAN = (
    "Mandatsreferenz;Kundennummer;Kontoinhaber;IBAN;BIC;Art;Sequenz;Unterschriftsdatum\n"
    f"M-1;10001;Äcker GmbH;{IBAN};BYLADEM1001;Basislastschrift;wiederkehrend;13.01.2026\n"
    f"M-2;10002;;{IBAN};;Firmenlastschrift;einmalig;\n"
)
HEAD = "Mandate reference,Customer number,IBAN"


def read(text, **told):
    return read_mandates(text.encode("utf-8") if isinstance(text, str) else text, "f.csv", **told)


def problems(text, **told):
    return [line.problem for line in read(text, **told).lines]


def refusal(text):
    with pytest.raises(MandateFileError) as caught:
        read(text)
    return caught.value.file, caught.value.place, caught.value.reason


def test_german_columns_and_words_are_read():
    file = read(GERMAN)
    assert file.lines == (
        MandateLine(
            row=2, reference="M-1", customer_number="10001", iban=IBAN, bic="BYLADEM1001",
            debtor="Äcker GmbH", signed_on=date(2026, 1, 13),
        ),
        MandateLine(
            row=3, reference="M-2", customer_number="10002", iban=IBAN, scheme="B2B",
            is_recurring=False,
        ),
    )  # fmt: skip
    assert file.columns[0] == ("Mandatsreferenz", "reference")
    assert not file.asks_date_order


def test_the_columns_of_the_template_are_all_read():
    row = ("M-1", "1", "Acme", IBAN, "", "CORE", "RCUR", "2026-01-31")
    file = read(",".join(TEMPLATE) + "\n" + ",".join(row) + "\n")
    assert [field for _, field in file.columns] == [
        "reference", "customer_number", "debtor", "iban", "bic", "scheme", "sequence", "signed_on",
    ]  # fmt: skip
    assert file.lines[0].signed_on == date(2026, 1, 31)


def test_a_workbook_with_typed_dates_is_read():
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Mandate reference", "Customer number", "IBAN", "Signed on"])
        sheet.write_row(1, 0, ["M-1", "7", IBAN])
        sheet.write_datetime(1, 3, date(2026, 3, 4), book.add_format({"num_format": "d/m/yy"}))
        sheet.write_row(2, 0, ["M-2", "8", IBAN])
    first, second = read(data.getvalue()).lines
    assert (first.customer_number, first.signed_on) == ("7", date(2026, 3, 4))
    assert (second.signed_on, second.problem) == (None, "")


def test_dates_that_fit_both_orders_are_asked_for_and_never_guessed():
    text = f"{HEAD},Signed on\nM-1,1,{IBAN},03/04/2026\n"
    file = read(text)
    assert file.asks_date_order and "fits day-month and month-day" in file.lines[0].problem
    assert read(text, date_order="dmy").lines[0].signed_on == date(2026, 4, 3)
    assert read(text, date_order="mdy").lines[0].signed_on == date(2026, 3, 4)


def test_what_a_line_lacks_or_says_wrongly_is_its_problem():
    (said,) = problems(f"{HEAD},Scheme,Sequence,Signed on\n,1,{IBAN},XX,FNAL,soon\n")
    assert said == (
        "'XX' is no scheme; write CORE or B2B; 'FNAL' is no sequence; write RCUR (recurring) or "
        "OOFF (once); 'soon' is no day, or fits day-month and month-day; write it as 2026-01-31; "
        "the mandate reference (Mandatsreferenz) is missing"
    )


@pytest.mark.parametrize(
    ("text", "place", "sentence"),
    [
        ("Name,IBAN\nAcme,DE1\n", "first row", "no column is known as mandate reference"),
        ("", "whole file", "empty"),
        (f"{HEAD}\n", "whole file", "0 lines"),
        (f"{HEAD}\n" + f"M,1,{IBAN}\n" * (MOST_LINES + 1), "whole file", "send 1 to 2000"),
        (f"{HEAD}\nM-1,1,{IBAN},a,b\n", "row 2", ""),
        (b"%PDF-1.4 hello", "whole file", ""),
    ],
)
def test_a_file_that_is_no_table_of_mandates_is_refused_with_file_place_and_reason(
    text, place, sentence
):
    file, where, reason = refusal(text)
    assert (file, where) == ("f.csv", place)
    assert sentence in reason and reason
