"""Money in, on items, and back."""

from datetime import date, timedelta

import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Forbidden, Refused, staff, system
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    record_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.models import Allocation, Event, Payment
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment, postings
from tests.conftest import AT, TODAY, add_customer

LATER = TODAY + timedelta(days=3)


def test_a_payment_is_booked_once_however_often_it_is_sent(company, clerk, customer):
    values = {
        "actor": staff(clerk, company), "number": "P1", "customer": customer, "currency": "EUR",
        "amount_minor": 50_00, "value_on": date(2026, 3, 4), "as_of": TODAY, "at": AT,
    }  # fmt: skip
    first = record_payment(**values)

    assert record_payment(**values) == first
    assert postings("payment", first) == [("bank", 50_00), ("unapplied", -50_00)]
    assert list(Event.objects.values_list("verb", flat=True)) == ["payment.recorded"]
    with pytest.raises(Refused, match="P1 is already recorded with other figures"):
        record_payment(**{**values, "amount_minor": 50_01})
    assert Payment.objects.count() == 1


def test_applying_lowers_the_open_amount_and_leaves_the_rest_unapplied(company, clerk, customer):
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 150_00)

    rows = apply_payment(
        actor=staff(clerk, company), payment=money, amounts={item: 60_00}, as_of=TODAY, at=AT
    )

    assert [(r.amount_minor, r.value_on, r.applied_on) for r in rows] == [
        (60_00, date(2026, 3, 4), TODAY)
    ]
    assert postings("allocation", rows[0]) == [("unapplied", 60_00), ("receivable", -60_00)]
    assert open_amounts(company) == {"R1": 40_00}
    last = Event.objects.order_by("seq").last()
    assert (last.verb, last.data) == ("payment.applied", {"amounts": {"R1": 60_00}})
    assert breaks(company) == {}


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        ({}, "at least one item"),
        ({"R1": 0}, "must be more than 0"),
        ({"R1": 100_01}, r"100\.01 EUR is more than the 100\.00 EUR still open on R1"),
        ({"R1": 100_00, "R2": 51_00}, r"151\.00 EUR is more than the 150\.00 EUR left of payment"),
        ({"D1": 1_00}, "D1 is in USD, not in EUR"),
        ({"C1": 1_00}, "C1 is a credit"),
    ],
)
def test_a_cent_too_much_is_refused_with_the_figures(company, customer, amounts, message):
    items = {
        "R1": invoice(customer, "R1", 100_00),
        "R2": invoice(customer, "R2", 100_00),
        "D1": invoice(customer, "D1", 100_00, currency="USD"),
        "C1": invoice(customer, "C1", -100_00),
    }
    money = payment(customer, "P1", 150_00)

    with pytest.raises(Refused, match=message):
        apply_payment(
            actor=system(company),
            payment=money,
            amounts={items[number]: amount for number, amount in amounts.items()},
            as_of=TODAY,
            at=AT,
        )
    assert Allocation.objects.count() == 0


def test_money_is_not_booked_before_it_came_nor_before_the_invoice(company, customer):
    item = invoice(customer, "R1", 100_00, issued_on=TODAY, due_on=TODAY)
    money = payment(customer, "P1", 100_00)
    for as_of, message in [
        (date(2026, 3, 4), "Nothing can be booked on R1 before"),
        (date(2026, 3, 3), "Nothing can be booked on R1 before"),
    ]:
        with pytest.raises(Refused, match=message):
            apply_payment(
                actor=system(company), payment=money, amounts={item: 1}, as_of=as_of, at=AT
            )
    early = invoice(customer, "R0", 100_00)
    with pytest.raises(Refused, match="P1 cannot be applied before 2026-03-04"):
        apply_payment(
            actor=system(company), payment=money, amounts={early: 1}, as_of=date(2026, 3, 3), at=AT
        )


def test_a_parent_may_pay_for_its_subsidiary(company, customer):
    child = add_customer(company, "K2", parent=customer)
    item, money = invoice(child, "R1", 100_00), payment(customer, "P1", 100_00)

    apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, as_of=TODAY, at=AT)

    assert open_amounts(company) == {}
    assert breaks(company) == {}


def test_a_credit_note_is_netted_by_two_rows_and_taken_back_by_two(company, clerk, customer):
    item, credit = invoice(customer, "R1", 100_00), invoice(customer, "C1", -30_00)
    rows = apply_credit(
        actor=staff(clerk, company), credit=credit, amounts={item: 20_00}, as_of=TODAY, at=AT
    )
    assert [(r.item_id, r.amount_minor) for r in rows] == [(item.pk, 20_00), (credit.pk, -20_00)]
    assert open_amounts(company) == {"R1": 80_00, "C1": -10_00}
    with pytest.raises(Refused, match=r"10\.01 EUR is more than the 10\.00 EUR left of C1"):
        apply_credit(
            actor=system(company), credit=credit, amounts={item: 10_01}, as_of=TODAY, at=AT
        )

    back = reverse_allocation(
        actor=staff(clerk, company), allocation=rows[1], reason="wrong invoice", as_of=LATER, at=AT
    )

    assert [(r.amount_minor, r.reverses_id) for r in back] == [
        (20_00, rows[1].pk),
        (-20_00, rows[0].pk),
    ]
    assert open_amounts(company) == {"R1": 100_00, "C1": -30_00}
    assert breaks(company) == {}
    with pytest.raises(Refused, match="taken back before"):
        reverse_allocation(
            actor=system(company), allocation=rows[0], reason="again", as_of=LATER, at=AT
        )


def test_credit_stays_with_its_customer(company, customer):
    other = add_customer(company, "K2")
    item, credit = invoice(other, "R1", 100_00), invoice(customer, "C1", -30_00)
    for source, message in [(credit, "belongs to another customer"), (item, "is not a credit")]:
        with pytest.raises(Refused, match=message):
            apply_credit(
                actor=system(company), credit=source, amounts={item: 1}, as_of=TODAY, at=AT
            )


def test_a_returned_payment_opens_what_it_had_settled(company, clerk, customer):
    first, second = invoice(customer, "R1", 100_00), invoice(customer, "R2", 50_00)
    money = payment(customer, "P1", 150_00)
    rows = apply_payment(
        actor=system(company), payment=money, amounts={first: 100_00, second: 20_00},
        as_of=TODAY, at=AT,
    )  # fmt: skip
    reverse_allocation(actor=system(company), allocation=rows[1], reason="x", as_of=TODAY, at=AT)

    returned = reverse_payment(
        actor=staff(clerk, company), payment=money, reason="no funds", as_of=LATER, at=AT
    )

    assert (returned.number, returned.amount_minor, returned.value_on) == ("P1-R", -150_00, LATER)
    assert open_amounts(company) == {"R1": 100_00, "R2": 50_00}
    back = Allocation.objects.order_by("pk").last()
    assert (back.value_on, back.applied_on) == (money.value_on, LATER)
    assert breaks(company) == {}
    for again in (money, returned):
        with pytest.raises(Refused, match="return"):
            reverse_payment(actor=system(company), payment=again, reason="x", as_of=LATER, at=AT)
        with pytest.raises(Refused, match="return"):
            apply_payment(
                actor=system(company), payment=again, amounts={first: 1}, as_of=LATER, at=AT
            )


def test_refusals_of_taking_back(company, clerk, collector, customer):
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 100_00)
    (row,) = apply_payment(
        actor=system(company), payment=money, amounts={item: 1_00}, as_of=TODAY, at=AT
    )
    record_adjustment(
        actor=system(company), item=item, kind="discount", amount_minor=1, reason="x",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    given_up = Allocation.objects.get(source="adjustment")
    events = Event.objects.count()
    for allocation, reason, as_of, message in [
        (row, "", TODAY, "Say why"),
        (row, "x", date(2026, 3, 4), "cannot be taken back before"),
        (given_up, "x", TODAY, "reverse the adjustment instead"),
    ]:
        with pytest.raises(Refused, match=message):
            reverse_allocation(
                actor=system(company), allocation=allocation, reason=reason, as_of=as_of, at=AT
            )
    with pytest.raises(Forbidden, match=r"payment\.reverse"):
        reverse_payment(
            actor=staff(collector, company), payment=money, reason="x", as_of=TODAY, at=AT
        )
    assert Event.objects.count() == events


def test_companies_are_kept_apart(company, customer, rival):
    from dunwell.models import Company

    stranger = staff(rival, Company.objects.get(name="Rival"))
    item, money = invoice(customer, "R1", 100_00), payment(customer, "P1", 100_00)
    with pytest.raises(Refused, match="does not belong to Rival"):
        apply_payment(actor=stranger, payment=money, amounts={item: 1}, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="does not belong to Rival"):
        reverse_payment(actor=stranger, payment=money, reason="x", as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="does not belong to Rival"):
        apply_credit(actor=stranger, credit=item, amounts={item: 1}, as_of=TODAY, at=AT)
