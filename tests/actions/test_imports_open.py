"""What an export tells as open leads, up and down, and is tied out with what is open here."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment, reverse_allocation, reverse_payment
from dunwell.models import Allocation, Customer, Item, Payment
from tests.actions.exports import findings, items_csv, merged
from tests.actions.ledger_rows import breaks, open_amounts, payment
from tests.conftest import AT, TODAY

LATER = AT + timedelta(days=1)


def export(**left):
    """Items R1 over 100 and C1 over -20, and what of each is said to be open."""
    rows = {
        "R1": "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00",
        "R2": "K1;Acme;R2;invoice;2026-01-06;2026-02-05;USD;30.00",
        "C1": "K1;Acme;C1;credit note;2026-02-01;2026-02-01;EUR;-20.00",
    }
    return items_csv(*(f"{rows[number]};{amount}" for number, amount in left.items()))


def payments():
    rows = Payment.objects.order_by("number").values_list(
        "number", "amount_minor", "reverses__number"
    )
    return list(rows)


def by(company):
    return {"actor": system(company), "as_of": TODAY, "at": AT}


def test_an_item_that_is_told_as_open_again_is_open_again(company):
    merged(company, export(R1="0.00", R2="30.00", C1="0.00"))
    batch = merged(company, export(R1="100.00", R2="30.00", C1="-20.00"), at=LATER)

    assert open_amounts(company) == {"R1": 100_00, "R2": 30_00, "C1": -20_00}
    assert payments() == [
        ("paid/K1/C1/1", -20_00, None),
        ("paid/K1/C1/1-R", 20_00, "paid/K1/C1/1"),
        ("paid/K1/R1/1", 100_00, None),
        ("paid/K1/R1/1-R", -100_00, "paid/K1/R1/1"),
    ]
    assert [code for code, *_ in findings(batch)] == ["open_again", "open_again"]
    assert batch.counts["payments_returned"] == 2
    assert batch.tie == [
        {
            "currency": "EUR",
            "items": 2,
            "told_minor": 80_00,
            "ours_minor": 80_00,
            "differences": 0,
        },
        {
            "currency": "USD",
            "items": 1,
            "told_minor": 30_00,
            "ours_minor": 30_00,
            "differences": 0,
        },
    ]
    assert breaks(company) == {}


def test_an_item_that_is_told_as_partly_open_again_keeps_what_is_paid_of_it(company):
    merged(company, export(R1="60.00"))
    merged(company, export(R1="0.00"), at=LATER)

    merged(company, export(R1="25.00"), at=LATER)

    assert open_amounts(company) == {"R1": 25_00}
    # the newest goes first, and what of it was right comes anew
    assert payments() == [
        ("paid/K1/R1/1", 40_00, None),
        ("paid/K1/R1/2", 60_00, None),
        ("paid/K1/R1/2-R", -60_00, "paid/K1/R1/2"),
        ("paid/K1/R1/3", 35_00, None),
    ]
    assert breaks(company) == {}


def test_what_was_applied_here_is_ahead_of_the_export_and_stays(company):
    merged(company, export(R1="40.00"))
    money = payment(Customer.objects.get(number="K1"), "BANK1", 40_00)
    apply_payment(**by(company), payment=money, amounts={Item.objects.get(number="R1"): 40_00})
    before = payments()

    batch = merged(company, export(R1="40.00", C1="-20.00"), at=LATER)

    assert (payments(), open_amounts(company)) == (before, {"C1": -20_00})
    assert findings(batch)[-1] == ("open_differs", 2, "kept")
    assert batch.tie == [
        {
            "currency": "EUR",
            "items": 2,
            "told_minor": 20_00,
            "ours_minor": -20_00,
            "differences": 1,
        }
    ]
    # and the export that tells all as open takes back what it had implied, not the bank's money
    merged(company, export(R1="100.00"), at=LATER)
    assert open_amounts(company) == {"R1": 60_00, "C1": -20_00}
    assert breaks(company) == {}


def test_an_older_export_takes_nothing_back(company):
    merged(company, export(R1="100.00", C1="-20.00"))
    newer = "K1;Acme;R9;invoice;2026-02-20;2026-03-20;EUR;5.00;5.00"
    paid = "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;0.00"
    merged(company, items_csv(paid, newer), at=LATER)

    batch = merged(company, export(R1="100.00", C1="-20.00"), at=LATER)

    assert open_amounts(company) == {"C1": -20_00, "R9": 5_00}
    assert [code for code, *_ in findings(batch)] == ["open_differs"]


@pytest.mark.parametrize("told", ["0.00", "100.00"])
def test_implied_money_that_a_person_took_off_is_not_implied_once_more(company, told):
    merged(company, export(R1="0.00"))
    row = Allocation.objects.get(item__number="R1")
    reverse_allocation(**by(company), allocation=row, reason="another invoice")
    before = payments()

    for _ in range(2):
        merged(company, export(R1=told), at=LATER)

    assert (payments(), open_amounts(company)) == (before, {"R1": 100_00})
    assert breaks(company) == {}


def test_implied_money_that_bounced_counts_as_come_when_it_is_told_again(company):
    merged(company, export(R1="0.00"))
    money = Payment.objects.get(number="paid/K1/R1/1")
    reverse_payment(**by(company), payment=money, reason="bounced")
    assert open_amounts(company) == {"R1": 100_00}

    merged(company, export(R1="100.00"), at=LATER)
    assert open_amounts(company) == {"R1": 100_00}
    merged(company, export(R1="0.00"), at=LATER)
    assert open_amounts(company) == {}
    assert breaks(company) == {}


def test_files_that_say_nothing_of_what_is_open_are_not_tied_out(company):
    head = b"Customer No;Customer Name;Invoice No;Type;Invoice Date;Due Date;Currency;Amount\n"
    row = b"K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00\n"
    assert merged(company, head + row).tie is None
