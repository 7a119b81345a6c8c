"""A statement of account as JSON, CSV, XLSX and PDF: exact, safe, and the same bytes each time."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dunwell.formats.account_statement import (
    Account,
    AccountDocument,
    AccountLine,
    CashLine,
    OpenLine,
    account_totals,
    canonical_json,
    digest,
)
from dunwell.formats.account_statement_files import KINDS, file_name
from dunwell.formats.account_statement_pdf import Letterhead, statement_pdf
from dunwell.formats.account_statement_sheets import statement_csv, statement_xlsx
from dunwell.formats.account_statement_words import (
    LANGUAGES,
    bucket_words,
    kind_words,
    words,
    written_language,
)

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
HEAD = Letterhead(
    company="Northwind GmbH",
    reply_to="ar@northwind.example",
    pay_to="IBAN DE89 3704 0044 0532 0130 00\nBIC COBADEFFXXX",
    customer="Acme",
    address="Hauptstr. 1\n10115 Berlin",
)
BUCKETS = (("not_due", 40_00), ("1-30", 0), ("31-60", 0), ("61-90", 0), ("91+", 0))


def line(place, amount_minor, balance_minor, **changes):
    values = {
        "key": f"item:{place}",
        "on": date(2026, 2, 3),
        "kind": "invoice",
        "number": f"R{place}",
        "reference": "PO 7",
        "other": "",
        "due_on": date(2026, 3, 5),
        "currency": "EUR",
        **changes,
    }
    return AccountLine(amount_minor=amount_minor, balance_minor=balance_minor, **values)


def account(**changes):
    """100.00 owed before, an invoice of 40.00, a payment of 110.00, of which 10.00 is unapplied."""
    values = {
        "currency": "EUR",
        "opening_minor": 100_00,
        "movements_minor": -70_00,
        "closing_minor": 30_00,
        "open_minor": 40_00,
        "overdue_minor": 0,
        "unapplied_minor": 10_00,
        "buckets": BUCKETS,
        "lines": (
            line(1, 40_00, 140_00),
            line(2, -110_00, 30_00, key="payment:2", kind="payment", number="P2", due_on=None),
        ),
        "open_items": (
            OpenLine(
                key="item:1",
                kind="invoice",
                number="R1",
                reference="PO 7",
                issued_on=date(2026, 2, 3),
                due_on=date(2026, 3, 5),
                days_past_due=-5,
                bucket="not_due",
                currency="EUR",
                amount_minor=40_00,
                open_minor=40_00,
            ),
        ),
        "unapplied": (
            CashLine(
                key="payment:2",
                number="P2",
                reference="PO 7",
                value_on=date(2026, 2, 3),
                currency="EUR",
                amount_minor=110_00,
                unapplied_minor=10_00,
            ),
        ),
        **changes,
    }
    return Account(**values)


def document(*accounts, **changes):
    values = {
        "number": "ST-000001",
        "customer": "K1",
        "from_on": date(2026, 2, 1),
        "to_on": date(2026, 2, 28),
        "known_on": date(2026, 3, 5),
        "language": "en",
        **changes,
    }
    return AccountDocument(accounts=accounts or (account(),), **values)


def pages(data):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def test_the_canonical_json_is_written_in_one_way_only():
    small = document(account(lines=(), open_items=(), unapplied=(), buckets=(("not_due", 0),)))

    assert canonical_json(small) == (
        b'{"accounts":[{"buckets":{"not_due":0},"closing_minor":3000,"currency":"EUR",'
        b'"lines":[],"movements_minor":-7000,"open_items":[],"open_minor":4000,'
        b'"opening_minor":10000,"overdue_minor":0,"unapplied":[],"unapplied_minor":1000}],'
        b'"customer":"K1","format":"dunwell.account-statement.1","from_on":"2026-02-01",'
        b'"known_on":"2026-03-05","language":"en","number":"ST-000001","to_on":"2026-02-28"}'
    )
    assert digest(small) == digest(replace(small)) != digest(small.issued("ST-000002"))
    assert account_totals(small) == [
        {
            "currency": "EUR",
            "opening_minor": 100_00,
            "movements_minor": -70_00,
            "closing_minor": 30_00,
        }
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ()),
        ({"closing_minor": 30_01}, ("EUR: opening and movements make 3000, the closing balance is 3001",)),
        ({"movements_minor": -70_01}, ("EUR: opening and movements make 2999, the closing balance is 3000",)),
        ({"opening_minor": 99_99}, ("EUR: the balance after item:1 is 14000, not 13999",)),
        ({"unapplied": ()}, ("EUR: open items less unapplied cash make 4000, the closing balance is 3000",)),
        ({"buckets": (("not_due", 1),)}, ("EUR: buckets less unapplied cash make -999, the closing balance is 3000",)),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_named(changes, said):
    assert document(account(**changes)).breaks() == said


def test_the_csv_has_a_section_per_row_and_units_of_the_currency():
    rows = list(csv.reader(io.StringIO(statement_csv(document()).decode("utf-8-sig"))))

    assert rows[0][:4] == ["Statement", "Customer number", "Currency", "Section"]
    assert [row[3:] for row in rows[1:7]] == [
        ["Opening balance", "2026-02-01", "", "", "", "", "", "100.00", "", "", ""],
        ["Account activity", "2026-02-03", "Invoice", "R1", "PO 7", "2026-03-05", "40.00", "140.00", "", "", "item:1"],
        ["Account activity", "2026-02-03", "Payment", "P2", "PO 7", "", "-110.00", "30.00", "", "", "payment:2"],
        ["Closing balance", "2026-02-28", "", "", "", "", "", "30.00", "", "", ""],
        ["Open items", "2026-02-03", "Invoice", "R1", "PO 7", "2026-03-05", "40.00", "", "40.00", "-5", "item:1"],
        ["Payments not yet put on items", "2026-02-03", "Payment", "P2", "PO 7", "", "-110.00", "", "-10.00", "", "payment:2"],
    ]  # fmt: skip
    assert [row[5] for row in rows[7:]] == [
        "Not due",
        *(f"{n} days" for n in (f"1{DASH}30", f"31{DASH}60", f"61{DASH}90", "91+")),
    ]
    assert {len(row) for row in rows} == {14}


def test_a_german_csv_has_semicolons_and_decimal_commas():
    text = statement_csv(document(language="de")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))

    assert rows[0][3] == "Abschnitt"
    assert rows[2][3:] == ["Kontobewegungen", "2026-02-03", "Rechnung", "R1", "PO 7", "2026-03-05", "40,00", "140,00", "", "", "item:1"]  # fmt: skip
    assert rows[3][9] == "-110,00"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_can_run_as_a_formula(language, evil):
    evil_line = line(1, 40_00, 140_00, number=evil, reference=evil, other=evil)
    made = document(account(lines=(evil_line,)), language=language, customer=evil, number=evil)
    delimiter = ";" if language == "de" else ","
    rows = list(
        csv.reader(io.StringIO(statement_csv(made).decode("utf-8-sig")), delimiter=delimiter)
    )
    texts = {
        cell
        for row in rows
        for cell in row
        if not cell.replace(",", ".").lstrip("-").replace(".", "").isdigit()
    }

    assert [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    sheet = CalamineWorkbook.from_object(io.BytesIO(statement_xlsx(made))).get_sheet_by_index(0)
    assert sheet.to_python()[1][1] == f"'{evil}"


def test_the_sheet_keeps_numbers_and_dates():
    data = statement_xlsx(document())
    rows = CalamineWorkbook.from_object(io.BytesIO(data)).get_sheet_by_index(0).to_python()

    assert rows[2][3:10] == [
        "Account activity",
        date(2026, 2, 3),
        "Invoice",
        "R1",
        "PO 7",
        date(2026, 3, 5),
        40.0,
    ]


def test_the_pdf_holds_the_figures_and_is_the_same_bytes_each_time():
    data = statement_pdf(document(), HEAD)
    text = "\n".join(pages(data))

    assert data == statement_pdf(document(), HEAD)
    for said in (
        "Statement of account", "ST-000001", "Northwind GmbH", "BIC COBADEFFXXX", "10115 Berlin",
        "Feb 1, 2026 to Feb 28, 2026", "Opening balance", "100.00", f"{MINUS}110.00", "30.00",
        "Payments not yet put on items", "Remittance slip EUR", "Page 1 of", digest(document()),
    ):  # fmt: skip
        assert said in text
    # PDF/A-3b for the archive and PDF/UA-1 for screen readers
    assert b"<pdfaid:part>3</pdfaid:part>" in data and b"<pdfaid:conformance>B<" in data
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data


def test_a_german_statement_is_german_and_a_credit_balance_asks_for_nothing():
    credit = account(
        opening_minor=1_234_567_89 - 30_00 + 70_00, closing_minor=-10_00, open_minor=0
    )
    text = "\n".join(pages(statement_pdf(document(credit, language="de"), HEAD)))

    assert "Kontoauszug" in text and "1.234.607,89" in text and "01.02.2026 bis 28.02.2026" in text
    assert "Guthaben zu Ihren Gunsten" in text and "Zahlungsavis" not in text


def test_a_long_table_repeats_its_head_and_counts_its_pages():
    many = tuple(line(n, 1_00, 100_00 + n * 1_00, number=f"R{n}") for n in range(1, 121))
    found = pages(statement_pdf(document(account(lines=many)), HEAD))

    assert len(found) >= 3
    assert [f"Page {n} of {len(found)}" in text for n, text in enumerate(found, 1)] == [
        True
    ] * len(found)
    assert all("Document" in text and "Balance" in text for text in found[:2])


def test_what_users_typed_is_text_and_never_markup():
    evil = '#panic("x") *b* _i_ $x$ @ref <lab> \\u{41} #import "/etc/passwd" // "'
    head = replace(HEAD, company=evil, customer=evil, reply_to=evil, pay_to=evil, address=evil)
    made = document(account(lines=(line(1, 40_00, 140_00, number="#eval(1)", reference=evil),)))
    text = " ".join("\n".join(pages(statement_pdf(made, head))).split())

    assert "#eval(1)" in text and '#panic("x") *b* _i_ $x$ @ref <lab>' in text


@given(st.text(max_size=60))
@settings(max_examples=25)
def test_any_text_can_be_set(text):
    head = replace(HEAD, customer=text)
    made = document(account(lines=(line(1, 40_00, 140_00, number=text, reference=text),)))

    assert statement_pdf(made, head).startswith(b"%PDF-")


def test_an_account_with_nothing_in_it_says_so():
    empty = replace(document(), accounts=())

    assert "Nothing was booked and nothing is open" in "\n".join(pages(statement_pdf(empty, HEAD)))
    assert len(statement_csv(empty).splitlines()) == 1


def test_every_word_is_there_in_every_language():
    assert {frozenset(words(language)) for language in LANGUAGES} == {frozenset(words("en"))}
    assert [kind_words("paid_by_other", code, other="K2") for code in LANGUAGES] == [
        "Paid by customer K2",
        "Bezahlt von Kunde K2",
    ]
    # money of a payer who is not known is a payment like any
    assert kind_words("paid_by_other", "en") == "Payment"
    assert bucket_words("31-60", "de") == f"31{DASH}60 Tage"
    assert [written_language(*wishes) for wishes in (("", "de-AT"), ("fr", "de"), ("", ""), ("de_CH",))] == [
        "de", "en", "en", "de",
    ]  # fmt: skip


def test_files_have_safe_names():
    made = document(customer='../K "1"\n')

    assert [file_name(made, kind) for kind in KINDS] == [
        f"ST-000001-K-1-2026-02-28.{kind}" for kind in ("pdf", "csv", "xlsx", "json")
    ]
    assert file_name(made.issued(""), "pdf") == "preview-K-1-2026-02-28.pdf"
    assert json.loads(KINDS["json"].write(made, HEAD))["customer"] == made.customer
