"""What was taken back here stays so: the next export that still tells of it puts nothing on again."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment, reverse_allocation, reverse_payment
from dunwell.models import Allocation, Item, OpenItem, Payment
from tests.actions.exports import findings, items_csv, merged
from tests.actions.ledger_rows import breaks, open_amounts
from tests.conftest import AT, TODAY

LATER = AT + timedelta(days=1)
ITEMS = items_csv(
    "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;10.00",
    "K1;Acme;R2;invoice;2026-01-20;2026-02-19;EUR;80.00;60.00",
    "K1;Acme;C1;credit note;2026-02-01;2026-02-01;EUR;-20.00;0.00",
)
PAYMENTS = ("payments.csv", (b"Payment No;Customer No;Payment Date;Currency;Payment Amount\n"
            b"P1;K1;2026-02-10;EUR;95.00\n"))  # fmt: skip
LINKS = ("allocations.csv", (b"Payment No;Invoice No;Allocated Amount;Date\n"
         b"P1;R1;70.00;2026-02-10\nP1;R2;20.00;2026-02-10\nC1;R1;20.00;2026-02-12\n"))  # fmt: skip


def rows():
    tables = (Item, Payment, Allocation, OpenItem)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def on(number, *, source="payment"):
    """What is put on an item of such a source, not taken back."""
    return Allocation.objects.get(
        item__number=number, source=source, reverses=None, reversed_by=None
    )


def taken_back(company, row):
    reverse_allocation(
        actor=system(company), allocation=row, reason="wrong item", as_of=TODAY, at=AT
    )


def told(batch):
    return [code for code, _, _ in findings(batch)]


def test_money_that_was_returned_is_not_put_on_items_again(company):
    merged(company, ITEMS, PAYMENTS, LINKS)
    reverse_payment(
        actor=system(company), payment=Payment.objects.get(number="P1"), reason="bounced",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    before = rows()

    batch = merged(company, ITEMS, PAYMENTS, LINKS, at=LATER)

    assert rows() == before
    assert told(batch) == ["payment_returned", "payment_returned", "open_differs", "open_differs"]
    assert open_amounts(company) == {"R1": 80_00, "R2": 80_00}
    assert breaks(company) == {}


@pytest.mark.parametrize(
    ("number", "source", "left", "differ"),
    [("R1", "payment", {"R1": 80_00, "R2": 60_00}, 1),
     ("R1", "credit", {"R1": 30_00, "R2": 60_00, "C1": -20_00}, 2)],
)  # fmt: skip
def test_what_a_person_took_off_an_item_is_not_put_on_it_again(
    company, number, source, left, differ
):
    merged(company, ITEMS, PAYMENTS, LINKS)
    taken_back(company, on(number, source=source))
    before = rows()

    batch = merged(company, ITEMS, PAYMENTS, LINKS, at=LATER)

    assert rows() == before
    assert told(batch) == ["taken_back_here", *["open_differs"] * differ]
    assert open_amounts(company) == left
    assert breaks(company) == {}


def test_what_the_export_tells_beyond_what_was_taken_off_is_put_on(company):
    merged(company, ITEMS, PAYMENTS, LINKS)
    taken_back(company, on("R2"))
    more = ("allocations.csv", LINKS[1].replace(b"P1;R2;20.00", b"P1;R2;23.50"))

    for _ in range(2):
        merged(company, ITEMS, PAYMENTS, more, at=LATER)

    assert open_amounts(company) == {"R1": 10_00, "R2": 76_50}
    assert breaks(company) == {}


def test_what_was_put_on_by_hand_since_counts_for_what_the_export_tells(company):
    merged(company, ITEMS, PAYMENTS, LINKS)
    taken_back(company, on("R2"))
    apply_payment(
        actor=system(company), payment=Payment.objects.get(number="P1"),
        amounts={Item.objects.get(number="R2"): 20_00}, as_of=TODAY, at=AT,
    )  # fmt: skip
    before = rows()

    batch = merged(company, ITEMS, PAYMENTS, LINKS, at=LATER)

    assert (rows(), told(batch)) == (before, [])
