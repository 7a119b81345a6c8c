"""The plain layout for matching on files: what is read, and what is refused and why."""

import pytest

from dunwell.engine.matching import match, match_answer
from dunwell.formats.findings import TableError
from dunwell.formats.match_rows import (
    read_accounts,
    read_aliases,
    read_items,
    read_payments,
    read_relations,
    read_remittances,
)

PAYMENTS = b"""payment_id,value_on,amount,currency,payer,reference,text
P1,2026-03-12,100.00,EUR,Harbor Foods Ltd,Wire 7,INV-101
P2,2026-03-13,1500,JPY,,,
P3,2026-03-14,-20.5,EUR,Harbor Foods Ltd,,refund
"""
ITEMS = b"""item_id,customer_id,customer,issued_on,due_on,amount,open,currency,terms
INV-101,C1,Harbor Foods Ltd,2026-03-02,2026-04-01,100.00,100.00,EUR,net 30
CN-7,C1,Harbor Foods Ltd,2026-03-02,2026-04-01,-20.50,-20.50,EUR,
INV-9,C1,Harbor Foods Ltd,2026-03-02,2026-04-01,50.00,0,EUR,
"""
REMITTANCES = b"""remittance_id,payment_id,item_ref,amount,memo
R1,P1,INV-101,100.00,
R2,P2,INV-5,,see attachment
"""


def rows(read):
    return read.frame.collect().to_native().to_dicts()


def problems(read):
    frame = read.findings.select("row", "column", "code")
    return frame.rows()


def test_the_three_files_are_read_and_matched():
    money = read_payments(PAYMENTS, name="payments.csv")
    book = read_items(ITEMS, name="items.csv")
    said = read_remittances(REMITTANCES, payments=money.frame, name="remittances.csv")
    assert [(r["payment_id"], r["amount_minor"]) for r in rows(money)] == [
        ("P1", 100_00),
        ("P2", 1_500),
        ("P3", -20_50),
    ]
    assert rows(book)[2]["open_minor"] == 0
    assert [(r["item_ref"], r["amount_minor"]) for r in rows(said)] == [
        ("INV-101", 100_00),
        ("INV-5", None),
    ]
    assert problems(money) == problems(book) == problems(said) == []
    answer = match_answer(match(money.frame, book.frame, remittances=said.frame))
    assert [(a["payment_id"], a["item_id"], a["amount_minor"]) for a in answer["allocations"]] == [
        ("P1", "INV-101", 100_00),
        ("P3", "CN-7", -20_50),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b",2026-03-12,1.00,EUR,,,", (2, "payment_id", "missing")),
        (b"P1,12/03/2026,1.00,EUR,,,", (2, "value_on", "unreadable_date")),
        (b"P1,2026-02-30,1.00,EUR,,,", (2, "value_on", "unreadable_date")),
        (b"P1,2026-03-12,1.005,EUR,,,", (2, "amount", "too_many_decimals")),
        (b"P1,2026-03-12,1.5,JPY,,,", (2, "amount", "too_many_decimals")),
        (b'P1,2026-03-12,"1,000.00",EUR,,,', (2, "amount", "unreadable_amount")),
        (b"P1,2026-03-12,,EUR,,,", (2, "amount", "unreadable_amount")),
        (b"P1,2026-03-12,999999999999999,EUR,,,", (2, "amount", "too_large_amount")),
        (b"P1,2026-03-12,1.00,EURO,,,", (2, "currency", "unknown_currency")),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_place(line, problem):
    head = b"payment_id,value_on,amount,currency,payer,reference,text\n"
    read = read_payments(head + line + b"\nP9,2026-03-12,1.00,EUR,a,b,c\n", name="p.csv")
    assert problems(read) == [problem]
    assert [row["payment_id"] for row in rows(read)] == ["P9"]
    assert read.findings["file"].to_list() == ["p.csv"]


def test_a_repeated_key_is_refused_and_the_first_row_stays():
    read = read_payments(PAYMENTS + b"P1,2026-03-20,7.00,EUR,,,\n", name="p.csv")
    assert problems(read) == [(5, "payment_id", "repeated_key")]
    assert len(rows(read)) == 3


@pytest.mark.parametrize("left", [b"100.01", b"-100.00"])
def test_an_open_amount_beyond_its_item_is_refused(left):
    read = read_items(ITEMS.replace(b",100.00,100.00,", b",100.00," + left + b","), name="i.csv")
    assert problems(read) == [(2, "open", "open_beyond_amount")]


def test_an_item_without_a_due_date_is_due_when_issued():
    read = read_items(ITEMS.replace(b"2026-04-01,100.00", b",100.00"), name="i.csv")
    assert rows(read)[0]["due_day"] == rows(read)[0]["issued_day"]


def test_a_line_of_an_unknown_payment_is_refused():
    money = read_payments(PAYMENTS, name="p.csv")
    read = read_remittances(REMITTANCES.replace(b"R1,P1", b"R1,P8"), payments=money.frame)
    assert problems(read) == [(2, "payment_id", "unknown_payment")]


def test_a_missing_column_is_said_with_all_that_are_needed():
    with pytest.raises(
        TableError,
        match="column currency is missing. The columns of payment files are payment_id, ",
    ):
        read_payments(PAYMENTS.replace(b"currency", b"ccy"), name="p.csv")


def test_aliases_accounts_and_relations_are_read():
    aliases = read_aliases(b"payer,customer_id\nT&R Trading,C1\n")
    accounts = read_accounts(b"account,customer_id\nDE02120300000000202051,C1\n")
    relations = read_relations(
        b"payer,payer_customer_id,customer_id,kind,amount\nOmega,C9,C1,parent,\n,,C1,netting,268.00\n"
        b"Omega,,C1,friend,\n",
        currency="EUR",
    )
    assert rows(aliases) == [{"payer": "T&R Trading", "customer_id": "C1"}]
    assert rows(accounts) == [{"account": "DE02120300000000202051", "customer_id": "C1"}]
    assert [(r["kind"], r["amount_minor"]) for r in rows(relations)] == [
        ("parent", None),
        ("netting", 268_00),
    ]
    assert problems(relations) == [(4, "kind", "unknown_kind")]
