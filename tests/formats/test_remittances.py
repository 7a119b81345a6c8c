"""Remittance advices from sheets, mail, text and EDI: documents, amounts, deductions, sums."""

import io
import json
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
import xlsxwriter

from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.remittance.advice import Advice, AdviceLine
from dunwell.formats.remittance.answer import remittance_answer
from dunwell.formats.remittance.entries import advices_of
from dunwell.formats.remittance.prose import read_advice_text
from dunwell.formats.remittance.reader import is_remittance, read_remittance
from tests.formats.bank.test_edi820 import BODY, edi

MATCHES = Path(__file__).resolve().parents[3] / "shared" / "data" / "match_cashapp"
PLAIN = "remittance_id,payment_id,item_ref,amount,memo\n"


def read(content, **told):
    data = content if isinstance(content, bytes) else content.encode()
    return read_remittance(data, "f", **told)


def only(content, **told):
    (advice,) = read(content, **told).advices
    return advice


def lines(advice):
    return [(line.item_ref, line.amount_minor, line.currency) for line in advice.lines]


def refused(content):
    with pytest.raises(StatementError) as caught:
        read(content)
    return caught.value.place, caught.value.reason


def mail(text="", *, html="", attachments=(), sender="Ann Payable <ap@payer.example>"):
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "cash@us.example"
    message["Subject"] = "Remittance"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def workbook(rows):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("Advice")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return target.getvalue()


def test_the_documented_plain_layout_gives_an_advice_per_payment():
    text = PLAIN + "REM-1,PMT-1,Invoice #150,7420.0,Progress payment\n"
    text += "REM-2,PMT-2,INV-294,59200.0,\nREM-3,PMT-2,INV-299,-10.00,Credit applied\n"
    file = read(text, profile=SheetProfile(currency="USD"))
    assert [(a.payment_id, a.references, lines(a)) for a in file.advices] == [
        ("PMT-1", ("PMT-1",), [("Invoice #150", 742000, "USD")]),
        ("PMT-2", ("PMT-2",), [("INV-294", 5920000, "USD"), ("INV-299", -1000, "USD")]),
    ]
    assert file.advices[1].lines[1].memo == "Credit applied"
    assert file.advices[0].findings == ()


def test_the_remittances_of_the_matching_set_are_read_to_the_cent():
    path = MATCHES / "n300_seed42.json"
    if not path.exists():
        pytest.skip(f"test data {path} is absent")
    rows = json.loads(path.read_text())["remittance_lines"]
    text = PLAIN + "".join(
        f"{r['remittance_id']},{r['payment_id']},{r['invoice_ref']},{r['amount']},{r['memo']}\n"
        for r in rows
    )
    found = [
        (advice.payment_id, line.item_ref, line.amount_minor)
        for advice in read(text).advices
        for line in advice.lines
    ]
    assert sorted(found) == sorted(
        (r["payment_id"], r["invoice_ref"], round(r["amount"] * 100)) for r in rows
    )


def test_a_sheet_with_gross_discount_net_and_total_is_read_and_its_sum_checked():
    text = "Invoice No;Gross (EUR);Discount;Net;Reason\nR1;1.000,00;20,00;980,00;\n"
    text += "R2;500,00;;450,00;damaged\nTotal;;;1.430,00;\n"
    advice = only(text)
    assert advice.lines[0] == AdviceLine(
        item_ref="R1",
        amount_minor=98000,
        currency="EUR",
        gross_minor=100000,
        discount_minor=2000,
        place="row 2",
    )
    assert (advice.total_minor, advice.findings) == (143000, ())
    wrong = only(text.replace("1.430,00", "1.431,00"))
    assert [f.reason for f in wrong.findings] == [
        "the lines make 1430.00 EUR, the advice states 1431.00 EUR"
    ]


def test_a_net_that_is_not_told_is_gross_less_discount_and_deduction():
    advice = only("Invoice;Gross;Discount;Deduction;Currency\nR1;100,00;2,00;3,00;EUR\n")
    assert lines(advice) == [("R1", 9500, "EUR")]


def test_a_workbook_is_read_like_text():
    advice = only(
        workbook([["Invoice", "Amount", "Currency"], ["A1", 10.5, "USD"], ["A2", -2, "USD"]])
    )
    assert lines(advice) == [("A1", 1050, "USD"), ("A2", -200, "USD")]


def test_what_a_sheet_leaves_open_is_asked():
    with pytest.raises(UndecidedError) as caught:
        read("Invoice;Amount\nR1;1.234\n")
    assert [one.code for one in caught.value.decisions] == ["decimal"]


def test_a_mail_names_payer_documents_deduction_and_total():
    text = (
        "Hello,\n\nPayer: Cascade Health Systems\nAccount: CH-22018\n"
        "Payment reference: W-778812\nPayment date: 19 Sep 2026\n"
        "Invoices: INV-10510   $11,240.00\n"
        "Deduction: $1,240.00 damaged cartons, POD exception on PO CH-PO-4419\n"
        "Remitting: $10,000.00\n\n> Invoices: INV-1 $5.00\n"
    )
    file = read(mail(text))
    (advice,) = file.advices
    assert lines(advice) == [("INV-10510", 1124000, "USD"), ("CH-PO-4419", -124000, "USD")]
    assert (advice.payer, advice.total_minor) == ("Cascade Health Systems", 1000000)
    assert (advice.references, advice.paid_on) == (("W-778812",), date(2026, 9, 19))
    assert (file.format, advice.findings) == ("mail", ())


def test_the_sender_of_a_mail_is_the_payer_where_it_names_none():
    assert only(mail("Invoice 4711: 12,00 EUR")).payer == "Ann Payable"
    assert only(mail("Invoice 4711: 12,00 EUR", sender="ap@payer.example")).payer == (
        "ap@payer.example"
    )


def test_html_tables_and_attachments_of_mail_are_read():
    table = "<table><tr><th>Invoice</th><th>Paid</th></tr><tr><td>INV-1001</td><td>$100.00</td></tr></table>"
    assert lines(only(mail("", html=f"<html><style>x</style>{table}</html>"))) == [
        ("INV-1001", 10000, "USD")
    ]
    csv = b"Invoice,Amount,Currency\nA1,10.50,USD\n"
    file = read(mail("see attached", attachments=[("a.csv", csv), ("b.pdf", b"%PDF-1.7")]))
    assert lines(file.advices[0]) == [("A1", 1050, "USD")]
    assert [(f.code, f.place) for f in file.findings] == [("attachment_left_out", "b.pdf")]


def test_the_text_of_a_german_advice_gives_gross_discount_and_net():
    text = (
        "Zahlungsavis\nZahler: Müller GmbH\nZahlungsreferenz: ZB-2026-0815\n\n"
        "Rechnung       Datum        Brutto      Skonto     Zahlbetrag\n"
        "RE-2026-001    01.09.2026   1.190,00    23,80      1.166,20\n"
        "RE-2026-002    02.09.2026   2.380,00    0,00       2.380,00\n"
        "Gutschrift GS-77            -100,00\n"
        "Gesamt                                              3.446,20 EUR\n"
    )
    advice = only(text)
    assert lines(advice) == [
        ("RE-2026-001", 116620, "EUR"),
        ("RE-2026-002", 238000, "EUR"),
        ("GS-77", -10000, "EUR"),
    ]
    assert (advice.lines[0].gross_minor, advice.lines[0].discount_minor) == (119000, 2380)
    assert (advice.payer, advice.references) == ("Müller GmbH", ("ZB-2026-0815",))
    assert (advice.total_minor, advice.findings) == (344620, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INV-2024-0112 June payment", [("INV-2024-0112", None, "XXX")]),
        (
            "INV-2024-0118 INV-2024-0121",
            [("INV-2024-0118", None, "XXX"), ("INV-2024-0121", None, "XXX")],
        ),
        ("PO-7734 balance due", [("PO-7734", None, "XXX")]),
        ("INV-2024-0117 installment 2 of 3", [("INV-2024-0117", None, "XXX")]),
        ("INV-05-001 EUR 50000 @ 1.08", [("INV-05-001", 5000000, "EUR")]),
        ("LEGACY-2024-0144 FINAL PAYMENT", [("LEGACY-2024-0144", None, "XXX")]),
        ("Rechnung Nr. 4711 vom 01.02.2026 über 1.234,56 €", [("4711", 123456, "EUR")]),
        ("Facture n° F2026-33 : 99,00 EUR", [("F2026-33", 9900, "EUR")]),
        (
            "INV-10530 8,900.00; INV-10531 2,150.00 USD",
            [("INV-10530", 890000, "USD"), ("INV-10531", 215000, "USD")],
        ),
        ("CN-55 $200.00", [("CN-55", -20000, "USD")]),
        ("Invoice INV-9 (12.50) USD", [("INV-9", -1250, "USD")]),
        ("inv 12345 1.234 KWD", [("12345", None, "KWD")]),
        ("invoice 12345 ¥1,234", [("12345", 1234, "JPY")]),
    ],
)
def test_prose_gives_documents_and_amounts(text, expected):
    assert lines(only(text)) == expected


def test_a_list_of_documents_with_one_amount_gives_a_total():
    advice = only("Invoices 150, 151 and 152 for a total of 1,200.50 USD")
    assert [line.item_ref for line in advice.lines] == ["150", "151", "152"]
    assert (advice.total_minor, advice.currency) == (120050, "USD")


def test_an_amount_behind_less_is_a_deduction_not_what_is_paid():
    advice = only("INV-2024-0114 less freight allowance $1500")
    assert (advice.lines[0].amount_minor, advice.lines[0].deduction_minor) == (None, 150000)
    advice = only("INV-2024-0114 less 2% discount of $15.00")
    assert (advice.lines[0].amount_minor, advice.lines[0].discount_minor) == (None, 1500)


def test_a_proven_structured_reference_is_kept_without_a_document():
    advice = only("Please find our payment RF18 5390 0754 7034")
    assert (advice.references, advice.lines) == (("RF18539007547034",), ())


def test_the_currency_of_a_text_may_be_told():
    advice = read_advice_text("INV-1  100.00", "f", currency="GBP")
    assert (lines(advice), advice.findings) == ([("INV-1", 10000, "GBP")], ())
    assert [f.code for f in only("INV-1  100.00").findings] == ["no_currency"]


def test_advices_inside_edi_are_the_same_by_both_doors():
    file = read(edi(*BODY))
    (advice,) = file.advices
    assert lines(advice) == [("INV-1", 89000, "USD"), ("INV-2", 21500, "USD")]
    assert (advice.payer, advice.total_minor, advice.paid_on) == (
        "ACME FOODS",
        110500,
        date(2026, 9, 18),
    )
    assert advices_of(read_bank_file(edi(*BODY).encode(), "f")) == file.advices


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (b"%PDF-1.7 x", "whole file", "the PDF is damaged (PdfStreamError)"),
        (b" \n", "whole file", "the file is empty"),
        (b"Dear customer, thank you", "whole file", "the text names no document that is paid"),
        (b"Invoice,Amount\nR1,x1\n", "row 2, column Amount", "'x1' is not an amount"),
        (b"\0\1\2\3", "whole file", "byte 1 is zero"),
        (edi("BPR*C*5*C~", "DTM*009*20260101~").encode(), "whole file", "the message names no"),
    ],
)
def test_what_is_no_advice_is_refused(content, place, reason):
    found = refused(content)
    assert found[0] == place
    assert found[1].startswith(reason)


def test_advices_are_told_from_bank_sheets_by_their_header():
    assert is_remittance(PLAIN.encode(), "f")
    assert is_remittance(b"Invoice;Amount;Discount\n", "f")
    assert is_remittance(mail("x"), "f")
    assert is_remittance(workbook([["Invoice", "Amount"], ["A1", 1]]), "f")
    assert not is_remittance(workbook([["Date", "Amount"], ["A1", 1]]), "f")
    assert not is_remittance(b"PK\x03\x04damaged", "f")
    assert not is_remittance(b"Date,Amount,Reference\n", "f")
    assert not is_remittance(b"Date,Amount,Balance,Invoice\n", "f")
    assert not is_remittance(b"Dear customer,\n", "f")


def test_the_answer_holds_plain_values_only():
    answer = remittance_answer(read("Invoice;Gross;Discount;Currency\nR1;100,00;2,00;EUR\n"))
    assert json.loads(json.dumps(answer)) == {
        "format": "sheet",
        "advices": [
            {
                "remittance_id": "",
                "payment_id": "",
                "payer": "",
                "paid_on": None,
                "total_minor": None,
                "currency": "EUR",
                "references": [],
                "lines": [
                    {
                        "item_ref": "R1",
                        "amount_minor": 9800,
                        "currency": "EUR",
                        "memo": "",
                        "gross_minor": 10000,
                        "discount_minor": 200,
                    }
                ],
                "findings": [],
            }
        ],
        "findings": [],
    }


def test_an_advice_without_amounts_proves_no_sum():
    text = "Invoices 1 and 2\nTotal: 5.00 EUR"
    assert only(text) == Advice(
        lines=(
            AdviceLine(
                item_ref="1",
                amount_minor=None,
                currency="EUR",
                memo="Invoices 1 and 2",
                place="line 1",
            ),
            AdviceLine(
                item_ref="2",
                amount_minor=None,
                currency="EUR",
                memo="Invoices 1 and 2",
                place="line 1",
            ),
        ),
        total_minor=500,
        currency="EUR",
        place="f",
    )
