"""Write-offs, small balances and discounts."""

from datetime import date

import pytest

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.models import Adjustment, Allocation, Event
from tests.actions.ledger_rows import breaks, invoice, open_amounts, postings
from tests.conftest import AT, TODAY


def adjust(item, amount_minor, kind="write_off", reason="insolvent", as_of=TODAY, actor=None):
    return record_adjustment(
        actor=actor or system(item.company), item=item, kind=kind, amount_minor=amount_minor,
        reason=reason, as_of=as_of, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "account"),
    [("write_off", "write_off"), ("small_balance", "write_off"), ("discount", "discount")],
)
def test_an_adjustment_lowers_what_is_owed(company, manager, customer, kind, account):
    item = invoice(customer, "R1", 100_00)

    adjust(item, 40_00, kind, actor=staff(manager, company))

    row = Allocation.objects.get()
    assert postings("allocation", row) == [(account, 40_00), ("receivable", -40_00)]
    assert open_amounts(company) == {"R1": 60_00}
    last = Event.objects.order_by("seq").last()
    assert (last.verb, last.data["amount_minor"], last.data["reason"]) == (
        "adjustment.recorded", 40_00, "insolvent",
    )  # fmt: skip
    assert breaks(company) == {}


def test_a_credit_is_given_up_with_its_own_sign(company, customer):
    adjust(invoice(customer, "C1", -40_00), 15_00)
    assert open_amounts(company) == {"C1": -25_00}
    assert Adjustment.objects.get().amount_minor == -15_00
    assert breaks(company) == {}


def test_taking_it_back_makes_the_item_owed_again(company, manager, customer):
    adjustment = adjust(invoice(customer, "R1", 100_00), 100_00)
    assert open_amounts(company) == {}

    back = reverse_adjustment(
        actor=staff(manager, company), adjustment=adjustment, reason="paid after all",
        as_of=TODAY, at=AT,
    )  # fmt: skip

    assert (back.amount_minor, back.reverses) == (-100_00, adjustment)
    assert open_amounts(company) == {"R1": 100_00}
    assert breaks(company) == {}
    for again in (adjustment, back):
        with pytest.raises(Refused, match="taken back before"):
            reverse_adjustment(
                actor=system(company), adjustment=again, reason="x", as_of=TODAY, at=AT
            )


def test_refusals_leave_nothing_behind(company, clerk, customer):
    item = invoice(customer, "R1", 100_00)
    for change, message in [
        ({"amount_minor": 100_01}, r"100\.01 EUR is not between 0 and the 100\.00 EUR"),
        ({"amount_minor": 0}, "not between 0"),
        ({"kind": "fx"}, "cannot be decided by hand"),
        ({"reason": " "}, "Say why"),
        ({"as_of": date(2026, 1, 1)}, "Nothing can be booked on R1 before"),
    ]:
        with pytest.raises(Refused, match=message):
            adjust(**{"item": item, "amount_minor": 1, **change})
    with pytest.raises(Forbidden, match=r"adjustment\.record"):
        adjust(item, 1, actor=staff(clerk, company))
    assert (Adjustment.objects.count(), Event.objects.count()) == (0, 1)
