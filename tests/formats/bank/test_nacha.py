"""Nacha: thirty real files, control records, CTX addenda, returns, and refusals."""

from datetime import date

import pytest

from dunwell.formats.bank.statement import RemittedItem
from tests.formats.bank.bank_files import DATA, bank_files, codes, read, read_text, refusal, short

HEADER = "101 031300012 2313801042601061055A094101Federal Reserve Bank   My Bank Name"
FILES = bank_files("ach_moov/**/*.ach")
DISPUTED = {"contested-return.ach", "dishonored-return.ach"}
FILLER = "9" * 94


def batch(kind="CTX", *, effective="260108", settled="   ", service="200"):
    start = f"5{service}{'Payer Corp':16}{'':20}1231380104{kind}{'VENDOR PAY':10}{'':6}"
    return f"{start}{effective}{settled}1031300010000001"


def entry(minor, *, code="22", number="INV-7", name="Receiver Co", addenda=0, trace=1):
    person = f"{addenda:04d}{name:16}  " if addenda else f"{name:22}"
    start = f"6{code}231380104{'12345678':17}{minor:010d}{number:15}{person}  "
    return f"{start}{1 if addenda else 0}03130001{trace:07d}"


def addendum(text, number=1, trace=1):
    return f"705{text:80}{number:04d}{trace:07d}"


def returned(reason="R01", trace="031300010000009"):
    return f"799{reason}{trace}{'':6}23138010{'':44}{'031300010000001':15}"


def control(records, *, debit=0, credit=0, hashed=23138010, kind="8200"):
    start = f"{kind}{records:06d}{hashed:010d}{debit:012d}{credit:012d}1231380104"
    return f"{start}{'':25}031300010000001"


def end(records, *, debit=0, credit=0, hashed=23138010, batches=1):
    return f"9{batches:06d}000001{records:08d}{hashed:010d}{debit:012d}{credit:012d}"


def nacha(*lines):
    return "\n".join([*(line.ljust(94) for line in (HEADER, *lines)), FILLER]) + "\n"


def whole(*lines, records=None, debit=0, credit=0, head=None):
    count = records if records is not None else len(lines)
    body = (head or batch(), *lines, control(count, debit=debit, credit=credit))
    return nacha(*body, end(count, debit=debit, credit=credit))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_real_file_is_read_and_its_controls_agree(path):
    file = read(str(path.relative_to(DATA)))
    lines = path.read_text().split("\n")
    assert len(file.statements) == sum(line.startswith("5") for line in lines)
    told = sum(line.startswith("6") for line in lines)
    assert sum(len(statement.entries) for statement in file.statements) == told
    expected = {"signs", "disputed_return"} if path.name in DISPUTED else {"signs"}
    assert set(codes(file)) == expected


def test_amounts_days_references_and_signs_of_real_files():
    examples = "ach_moov/examples/testdata"
    (statement,) = read(f"{examples}/ppd-mixedDebitCredit.ach").statements
    assert short(statement.entries) == [
        ("2019-07-19", -200000000, "USD"),
        ("2019-07-19", 100000000, "USD"),
        ("2019-07-19", 100000000, "USD"),
    ]
    (found,) = read("ach_moov/test/ach-ctx-read/ctx-debit.ach").statements[0].entries
    assert (found.reference, found.bank_reference, found.value_on) == (
        "45689033",
        "121042880000001",
        date(2018, 11, 27),
    )
    assert found.text == "Debit First Account Debit Second Account"
    change = read(f"{examples}/cor-read.ach").statements[0].entries[0]
    assert (change.status, change.return_reason) == ("information", "C01")
    assert ("corrected data", "1918171614") in change.details


def test_ctx_addenda_give_the_documents_that_are_paid():
    text = r"ST*820*0001\BPR*C*1500*C*ACH\RMR*IV*INV-1*PO*1000*1050*50\RMR*IV*INV-2**500\SE*5*1\\"
    file = read_text(
        whole(entry(150000, addenda=2), addendum(text[:80]), addendum(text[80:], 2), credit=150000)
    )
    (found,) = file.statements[0].entries
    assert found.items == (
        RemittedItem(
            reference="INV-1",
            currency="USD",
            paid_minor=100000,
            gross_minor=105000,
            discount_minor=5000,
            kind="IV",
        ),
        RemittedItem(reference="INV-2", currency="USD", paid_minor=50000, kind="IV"),
    )
    assert (found.counterparty, found.amount_minor) == ("Payer Corp", 150000)


def test_free_text_in_addenda_stays_text():
    (found,) = (
        read_text(whole(entry(100, addenda=1), addendum("RMR INVOICES OF JUNE"), credit=100))
        .statements[0]
        .entries
    )
    assert (found.text, found.items, found.reference) == ("RMR INVOICES OF JUNE", (), "INV-7")


def test_a_returned_debit_is_money_that_goes_back_to_the_debtor():
    file = read_text(
        whole(
            entry(4200, code="26", name="Greenfield"),
            returned(),
            debit=4200,
            head=batch("PPD", effective="000000", settled="008"),
        )
    )
    (statement,) = file.statements
    (found,) = statement.entries
    assert (found.amount_minor, found.return_reason, found.is_reversal) == (-4200, "R01", True)
    assert (found.counterparty, found.counterparty_account) == ("Greenfield", "12345678")
    assert (found.bank_reference, statement.account) == ("031300010000009", "1231380104")
    assert found.value_on == date(2026, 1, 8)


def test_a_settlement_day_at_the_turn_of_the_year_is_near_the_file():
    (statement,) = read_text(
        whole(entry(1), credit=1, head=batch(effective="000000", settled="364"))
    ).statements
    assert statement.entries[0].value_on == date(2025, 12, 30)


def test_prenotifications_and_zero_dollar_entries_move_no_money():
    (statement,) = read_text(
        nacha(
            batch(),
            entry(0, code="23"),
            entry(0, code="24"),
            control(2, hashed=46276020),
            end(2, hashed=46276020),
        )
    ).statements
    assert [one.status for one in statement.entries] == ["information", "information"]


def test_every_control_figure_is_checked_and_named():
    text = nacha(
        batch(),
        entry(100),
        control(2, credit=101, debit=7, hashed=5),
        end(3, credit=102, debit=8, hashed=6, batches=2),
    )
    file = read_text(text)
    reasons = [f.reason for f in (*file.statements[0].findings, *file.findings[1:])]
    assert [reason.removesuffix(". Ask the bank for the file again") for reason in reasons] == [
        "the batch control tells 2 records, it holds 1",
        "the batch control tells 5 entry hash, it holds 23138010",
        "the batch control tells 0.07 of debits, it holds 0.00",
        "the batch control tells 1.01 of credits, it holds 1.00",
        "the file control tells 2 batches, it holds 1",
        "the file control tells 3 records, it holds 1",
        "the file control tells 6 entry hash, it holds 23138010",
        "the file control tells 0.08 of debits, it holds 0.00",
        "the file control tells 1.02 of credits, it holds 1.00",
    ]


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (nacha(), "line 1", "the file has no file control (9): it is cut off"),
        (nacha(entry(1)), "line 2", "record 6 stands outside a batch (5 to 8)"),
        (nacha(batch(), batch()), "line 3", "a batch begins before the one before is closed"),
        (nacha(batch(), addendum("x")), "line 3", "addenda (7) come before any entry (6)"),
        (nacha(batch(), end(0)), "line 3", "the file ends inside a batch"),
        (nacha(batch(), "x"), "line 3", "'x' is no record of Nacha"),
        (nacha(end(0), batch()), "line 3", "records follow the file control (9)"),
        (
            nacha(batch(), entry(1).replace("0000000001", "00000000O1"), control(1)),
            "line 3",
            "amount '00000000O1' is not a number",
        ),
    ],
)
def test_damage_is_refused_with_its_line(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)
