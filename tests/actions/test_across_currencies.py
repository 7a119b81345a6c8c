"""Payments on items of another currency: both amounts are said, and every currency balances."""

import pytest

from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment, reverse_allocation, reverse_payment
from dunwell.engine.items import unapplied
from dunwell.models import Allocation, EntryLine, Event
from dunwell.queries.cards import customer_card
from dunwell.queries.frames import allocations_frame, payments_frame
from dunwell.queries.payments import payment_rows, payment_totals
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY
from tests.engine.rows import answers

WHEN = {"as_of": TODAY, "at": AT}


def lines(row):
    found = EntryLine.objects.filter(source="allocation", source_id=row.pk)
    return sorted(found.values_list("currency", "account", "amount_minor"))


@pytest.fixture
def dollars(customer):
    """An invoice of 100.00 USD, and 95.00 EUR paid."""
    return invoice(customer, "D1", 100_00, currency="USD"), payment(customer, "P1", 95_00)


def put(company, item, money, amount=100_00, used=92_00):
    return apply_payment(
        actor=system(company), payment=money, amounts={item: amount}, paid={item: used}, **WHEN
    )


def test_euros_settle_dollars_and_both_currencies_balance(company, customer, dollars):
    item, money = dollars
    (row,) = put(company, item, money)

    assert (row.amount_minor, row.paid_minor) == (100_00, 92_00)
    assert lines(row) == [
        ("EUR", "fx", -92_00),
        ("EUR", "unapplied", 92_00),
        ("USD", "fx", 100_00),
        ("USD", "receivable", -100_00),
    ]
    assert open_amounts(company) == {}
    assert Event.objects.order_by("seq").last().data == {
        "amounts": {"D1": 100_00},
        "paid": {"D1": 92_00},
    }
    assert breaks(company) == {}


def test_what_is_left_of_the_payment_is_counted_in_its_own_currency(company, customer, dollars):
    item, money = dollars
    put(company, item, money)

    left = unapplied(payments_frame(company), allocations_frame(company), as_of=TODAY)
    assert answers(left, "payment_id", "unapplied_minor") == [
        {"payment_id": money.pk, "unapplied_minor": 3_00}
    ]
    (row,) = payment_rows(company, scope="unapplied").rows
    assert (row.currency, row.unapplied_minor) == ("EUR", 3_00)
    (total,) = payment_totals(company, scope="unapplied")
    assert total.unapplied_minor == 3_00
    (balance,) = customer_card(company, customer.pk, as_of=TODAY).balances
    assert (balance.currency, balance.unapplied_minor) == ("EUR", 3_00)
    for used in (3_01, 95_00):
        more = invoice(customer, f"D{used}", 10_00, currency="USD")
        with pytest.raises(Refused, match=r"is more than the 3\.00 EUR left of payment P1"):
            put(company, more, money, amount=10_00, used=used)


@pytest.mark.parametrize(
    ("amount", "used", "message"),
    [
        (100_01, 92_00, r"100\.01 USD is more than the 100\.00 USD still open on D1"),
        (100_00, 0, "What D1 uses of the payment must be more than 0"),
        (100_00, 95_01, r"95\.01 EUR is more than the 95\.00 EUR left of payment P1"),
    ],
)
def test_too_much_on_either_side_is_refused_with_its_currency(
    company, dollars, amount, used, message
):
    with pytest.raises(Refused, match=message):
        put(company, *dollars, amount=amount, used=used)
    assert Allocation.objects.count() == 0


def test_an_item_of_the_payment_s_currency_uses_its_own_amount(company, customer, dollars):
    item, money = invoice(customer, "E1", 10_00), dollars[1]
    with pytest.raises(Refused, match=r"it uses 10\.00 EUR of it, not 9\.00 EUR"):
        put(company, item, money, amount=10_00, used=9_00)
    with pytest.raises(Refused, match="Nothing is put on item"):
        apply_payment(
            actor=system(company), payment=money, amounts={item: 1}, paid={dollars[0]: 1}, **WHEN
        )
    (row,) = put(company, item, money, amount=10_00, used=10_00)
    assert row.paid_minor is None


@pytest.mark.parametrize("back", ["allocation", "payment"])
def test_it_is_taken_back_in_both_currencies(company, dollars, back):
    item, money = dollars
    (row,) = put(company, item, money)
    if back == "allocation":
        reverse_allocation(actor=system(company), allocation=row, reason="x", **WHEN)
    else:
        reverse_payment(actor=system(company), payment=money, reason="x", **WHEN)

    reversal = Allocation.objects.get(reverses=row)
    assert (reversal.amount_minor, reversal.paid_minor) == (-100_00, -92_00)
    assert lines(reversal) == [
        ("EUR", "fx", 92_00),
        ("EUR", "unapplied", -92_00),
        ("USD", "fx", -100_00),
        ("USD", "receivable", 100_00),
    ]
    assert open_amounts(company) == {"D1": 100_00}
    assert breaks(company) == {}
