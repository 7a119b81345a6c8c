"""Paying early through a provider: the discount is booked with the money, and goes with it."""

from datetime import timedelta

import pytest
import time_machine

from dunwell import clock
from dunwell.actions.checkout_refunds import approve_checkout_refund, refund_checkout
from dunwell.actions.checkouts import Discounted
from dunwell.actions.early_payments import offer_by_hand
from dunwell.actions.gate import Refused, debtor, staff, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.portal_payments import Wish, pay_in_portal
from dunwell.engine.early_payment import OfferStep
from dunwell.jobs.checkouts import hand_over_checkout
from dunwell.jobs.practice_bank import press
from dunwell.models import Adjustment, Checkout, Event, Receipt
from tests.actions.checkout_rows import begun, provider_of
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY
from tests.portal.seats import seat_of


@pytest.fixture
def now():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def provider(company, now):
    return provider_of(company)


@pytest.fixture
def item(customer, provider):
    """An invoice of 100.00, issued today; the customer's terms give 2 % within 10 days."""
    type(customer).objects.filter(pk=customer.pk).update(terms="2/10 net 30")
    customer.refresh_from_db()
    return invoice(customer, "R1", 100_00, issued_on=TODAY, due_on=TODAY + timedelta(days=30))


@pytest.fixture
def seat(customer):
    return seat_of(customer, role="payer")


def pay(seat, provider, item, *, shown_minor=None, key="k1"):
    """Return a checkout for all of an item as the portal begins it, handed over."""
    checkout = pay_in_portal(
        actor=debtor(seat),
        customer=item.customer,
        wish=Wish(currency="EUR", amounts={item.pk: 100_00}, shown_minor=shown_minor),
        provider=provider,
        method="card",
        seat=seat,
        key=key,
        as_of=clock.today(provider.company.zone),
        at=clock.now(),
    )
    return hand_over_checkout(checkout)


def discounts():
    return list(
        Adjustment.objects.filter(kind="discount")
        .order_by("pk")
        .values_list("amount_minor", flat=True)
    )


def test_terms_take_a_discount_off_and_the_item_is_closed_by_money_and_discount(
    company, provider, item, seat
):
    checkout = pay(seat, provider, item, shown_minor=98_00)
    assert discounts() == []

    press(checkout.external_id, "succeed")

    checkout.refresh_from_db()
    booked = Adjustment.objects.get()
    assert (checkout.amount_minor, checkout.payment.amount_minor) == (98_00, 98_00)
    assert (booked.amount_minor, booked.effective_on) == (2_00, checkout.payment.value_on)
    assert open_amounts(company) == {}
    assert breaks(company) == {}
    receipt = Receipt.objects.get()
    assert receipt.document["items"] == [
        {"number": "R1", "paid_minor": 98_00, "discount_minor": 2_00, "open_minor": 0}
    ]
    assert receipt.document["freed_minor"] == 100_00
    assert "2.00 EUR was taken off for paying early." in receipt.message.body
    assert "Paid in full: R1." in receipt.message.body
    told = Event.objects.get(verb="adjustment.recorded")
    assert (told.data["amount_minor"], told.data["reason"]) == (2_00, "Paid early with CK-1")


def test_an_offer_is_earned_the_same_way_and_names_itself(company, manager, provider, seat, item):
    type(item.customer).objects.update(terms="")
    item.customer.refresh_from_db()
    offer = offer_by_hand(
        actor=staff(manager, company),
        item=item,
        steps=[OfferStep(until_on=TODAY + timedelta(days=5), rate_ppm=10_000)],
        reason="needs cash",
        as_of=TODAY,
        at=AT,
    )

    checkout = pay(seat, provider, item, shown_minor=99_00)
    press(checkout.external_id, "succeed")

    assert checkout.lines.get().offer == offer
    assert (discounts(), open_amounts(company), breaks(company)) == ([1_00], {}, {})
    assert Event.objects.get(verb="adjustment.recorded").data["offer"] == offer.pk


def test_money_that_comes_too_late_earns_nothing_and_the_rest_stays_open(
    company, customer, provider, item, seat, now
):
    last_day = invoice(customer, "R2", 100_00, issued_on=TODAY - timedelta(days=10))
    checkout = pay(seat, provider, last_day, shown_minor=98_00)
    now.shift(timedelta(hours=20))

    press(checkout.external_id, "succeed")

    checkout.refresh_from_db()
    assert (checkout.status, discounts()) == ("paid", [])
    assert open_amounts(company) == {item.number: 100_00, "R2": 2_00}
    assert breaks(company) == {}
    assert Receipt.objects.get().document["items"][0]["discount_minor"] == 0


def test_a_discount_that_no_longer_fits_is_not_taken(company, provider, item, seat):
    checkout = pay(seat, provider, item)
    other = payment(item.customer, "P1", 50_00)
    apply_payment(
        actor=system(company), payment=other, amounts={item: 50_00}, as_of=TODAY, at=clock.now()
    )

    press(checkout.external_id, "succeed")

    # 50.00 settle it; the rest of the 98.00 waits on account, and nothing is given away
    assert (discounts(), open_amounts(company), breaks(company)) == ([], {}, {})
    assert Receipt.objects.get().document["on_account_minor"] == 48_00


def test_a_discount_is_compared_with_what_is_granted_at_that_moment(
    company, customer, provider, item
):
    for amount, off, says in [
        (97_00, 3_00, "is not the discount for paying R1 today"),
        (90_00, 2_00, "A discount is for paying R1 in full; 100.00 EUR is open"),
    ]:
        with pytest.raises(Refused, match=says):
            begun(
                provider,
                customer,
                {item: amount},
                discounts={item: Discounted(offer=None, discount_minor=off)},
            )
    assert Checkout.objects.count() == 0


def test_a_page_that_showed_another_amount_is_refused(provider, item, seat):
    with pytest.raises(Refused, match=r"It is 98\.00 EUR now, not 100\.00 EUR"):
        pay(seat, provider, item, shown_minor=100_00)


def test_a_refund_takes_the_discount_back_and_the_item_is_owed_in_full(
    company, clerk, manager, provider, item, seat
):
    checkout = pay(seat, provider, item)
    press(checkout.external_id, "succeed")
    refund = refund_checkout(
        actor=staff(clerk, company),
        checkout=checkout,
        amount_minor=98_00,
        reason="Paid twice",
        as_of=TODAY,
        at=clock.now(),
    )

    approve_checkout_refund(
        actor=staff(manager, company), refund=refund, as_of=TODAY, at=clock.now()
    )

    assert (discounts(), open_amounts(company), breaks(company)) == (
        [2_00, -2_00],
        {"R1": 100_00},
        {},
    )


def test_a_chargeback_takes_it_back_and_a_won_one_brings_it_again(company, provider, item, seat):
    checkout = pay(seat, provider, item)
    press(checkout.external_id, "succeed")

    press(checkout.external_id, "charge_back")
    assert (open_amounts(company), breaks(company)) == ({"R1": 100_00}, {})

    press(checkout.external_id, "give_way")
    assert (discounts(), open_amounts(company), breaks(company)) == (
        [2_00, -2_00, 2_00],
        {},
        {},
    )
