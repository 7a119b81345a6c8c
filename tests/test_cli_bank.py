"""`dunwell statement` and `match` on files: what is printed, and one line for what cannot be read."""

import json

import pytest

from dunwell import cli

MT940 = b"""{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:
:20:STARTUMS
:25:DE89370400440532013000
:28C:00001/001
:60F:C260301EUR1000,00
:61:2603020302C250,50NTRFNONREF
:86:166?00GUTSCHRIFT?20INV-1001?32NORTHWIND GMBH
:62F:C260302EUR1250,50
-}
"""
ITEMS = """item_id,customer_id,customer,issued_on,due_on,amount,open,currency,terms
INV-1001,C1,Northwind GmbH,2026-02-01,2026-03-03,250.50,250.50,EUR,
INV-1002,C2,Fabrikam AG,2026-02-01,2026-03-03,99.00,99.00,EUR,
"""
PAYMENTS = """payment_id,value_on,amount,currency,payer,reference,text
P1,2026-03-02,250.50,EUR,Northwind GmbH,INV-1001,
P2,2026-03-02,77.77,EUR,Unknown Ltd,,
"""


@pytest.fixture
def run(capsys, tmp_path):
    def called(*arguments, **files):
        paths = {}
        for name, content in files.items():
            paths[name] = tmp_path / name.replace("_", ".")
            data = content if isinstance(content, bytes) else content.encode()
            paths[name].write_bytes(data)
        told = [str(paths.get(word, word)) for word in arguments]
        code = cli.main(told)
        out, err = capsys.readouterr()
        return code, out, err

    return called


def test_a_statement_is_told_with_balances_and_entries(run):
    code, out, _ = run("statement", "day_sta", "--format", "json", day_sta=MT940)

    told = json.loads(out)
    (statement,) = told["statements"]
    (entry,) = statement["entries"]
    assert (code, told["format"], told["account"]) == (0, "mt940", "DE89370400440532013000")
    assert (statement["opening_minor"], statement["closing_minor"]) == (100_000, 125_050)
    assert (entry["value_on"], entry["amount_minor"], entry["currency"], entry["counterparty"]) == (
        "2026-03-02", 25_050, "EUR", "NORTHWIND GMBH",
    )  # fmt: skip


def test_what_does_not_add_up_is_told_beside_a_table_too(run):
    code, out, err = run("statement", "day_sta", day_sta=MT940.replace(b"1250,50", b"1260,50"))
    assert (code, "NORTHWIND GMBH" in out) == (0, True)
    assert err == (
        "day.sta: statement 00001/001 DE89370400440532013000: opening 1000.00 EUR and entries "
        "250.50 EUR make 1250.50 EUR, not the closing 1260.50 EUR: 10.00 EUR are unexplained. "
        "Ask the bank for the statement again\n"
    )


def test_a_table_of_matches_says_that_money_is_left(run):
    _, out, err = run(
        "match",
        "--statement",
        "pay_csv",
        "--items",
        "items_csv",
        pay_csv=PAYMENTS,
        items_csv=ITEMS,
    )
    assert ("P1" in out, "P2" in out) == (True, False)
    assert err == "unapplied: 1, held for a person: 0; json says why\n"


def test_what_is_no_bank_file_is_refused_in_one_line(run):
    code, out, err = run("statement", "note_bin", note_bin=b"\x00\x01 nothing of a bank")

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("dunwell statement: note.bin: ")


ADVICE = "Payer: Acme GmbH\nInvoice R1: 40.00 EUR\nInvoice R2: 10.00 EUR\nTotal: 50.00 EUR\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ADVICE, "text"),
        (f"From: Acme GmbH <ap@acme.example>\nSubject: advice\n\n{ADVICE}", "mail"),
        (f"<html><body>{ADVICE.replace(chr(10), '<br>')}</body></html>", "text"),
        ("Invoice;Amount;Payer\nR1;40,00;Acme GmbH\nR2;10,00;Acme GmbH\n", "sheet"),
    ],
)
def test_remittance_advices_print_in_the_form_of_statements(run, content, kind):
    code, out, err = run("statement", "advice_txt", "--format", "json", advice_txt=content)

    told = json.loads(out)
    (statement,) = told["statements"]
    assert (code, err, told["format"], told["account"]) == (0, "", kind, "")
    assert (statement["kind"], statement["opening_minor"], statement["closing_minor"]) == (
        "remittance", None, None,
    )  # fmt: skip
    assert [
        (one["reference"], one["amount_minor"], one["counterparty"])
        for one in statement["entries"]
    ] == [("R1", 4000, "Acme GmbH"), ("R2", 1000, "Acme GmbH")]
    assert len({one["entry_id"] for one in statement["entries"]}) == 2
    assert [line["item_ref"] for line in told["advices"][0]["lines"]] == ["R1", "R2"]
    assert run("statement", "advice_txt", advice_txt=content)[0] == 0


def test_what_a_bank_message_says_of_documents_stands_beside_its_entries(run):
    from tests.formats.bank.test_edi820 import BODY, edi

    code, out, _ = run("statement", "a_edi", "--format", "json", a_edi=edi(*BODY))
    told = json.loads(out)
    assert (code, told["format"], len(told["statements"][0]["entries"])) == (0, "edi820", 1)
    assert [line["item_ref"] for line in told["advices"][0]["lines"]] == ["INV-1", "INV-2"]


def test_text_that_only_mentions_invoices_is_refused_as_no_bank_file(run):
    code, out, err = run("statement", "note_txt", note_txt="We await your invoice.\n")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "is of no bank format known here" in err


def test_payments_of_a_table_are_matched_to_items(run):
    words = ("match", "--statement", "pay_csv", "--items", "items_csv", "--format", "json")
    code, out, err = run(*words, pay_csv=PAYMENTS, items_csv=ITEMS)

    told = json.loads(out)
    (allocation,) = told["allocations"]
    assert (code, err) == (0, "")
    assert (allocation["payment_id"], allocation["item_id"]) == ("P1", "INV-1001")
    assert (allocation["amount_minor"], allocation["currency"]) == (25_050, "EUR")
    assert allocation["tier"].startswith("auto:")
    assert [one["payment_id"] for one in told["unapplied"]] == ["P2"]


def test_a_bank_file_is_matched_as_it_comes(run):
    words = ("match", "--statement", "day_sta", "--items", "items_csv", "--format", "json")
    code, out, _ = run(*words, day_sta=MT940, items_csv=ITEMS)

    (allocation,) = json.loads(out)["allocations"]
    assert (code, allocation["item_id"], allocation["amount_minor"]) == (0, "INV-1001", 25_050)


def test_a_refused_row_is_told_and_the_rest_is_matched(run):
    broken = PAYMENTS + "P3,2026-03-02,12.345,EUR,Fabrikam AG,INV-1002,\n"
    words = ("match", "--statement", "pay_csv", "--items", "items_csv")
    code, out, err = run(*words, pay_csv=broken, items_csv=ITEMS)

    assert code == 0
    assert "INV-1001" in out
    assert err.startswith("pay.csv row 4, amount: ")


def test_a_table_without_its_columns_is_refused_in_one_line(run):
    words = ("match", "--statement", "pay_csv", "--items", "items_csv")
    code, out, err = run(*words, pay_csv=PAYMENTS, items_csv="item_id,amount\nA,1\n")

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "column customer_id is missing" in err
