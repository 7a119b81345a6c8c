"""/portal/offers/: discounts are seen, paid for and accepted by the customer's own people alone."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from dunwell.actions.early_payments import offer_by_hand
from dunwell.actions.gate import staff, system
from dunwell.actions.items import add_item
from dunwell.engine.early_payment import OfferStep
from dunwell.models import EarlyPaymentOffer
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import onlooker, seat_of, seated


@pytest.fixture(autouse=True)
def at_the_moment():
    with time_machine.travel(AT, tick=False):
        yield


def offered(company, manager, customer, number):
    item = add_item(
        actor=system(company), customer=customer, number=number, kind="invoice", currency="EUR",
        amount_minor=100_000, issued_on=TODAY, due_on=TODAY + timedelta(days=30), as_of=TODAY, at=AT,
    )  # fmt: skip
    return offer_by_hand(
        actor=staff(manager, company), item=item, reason="needs cash", as_of=TODAY, at=AT,
        steps=[OfferStep(until_on=TODAY + timedelta(days=5), rate_ppm=10_000)],
    )  # fmt: skip


@pytest.fixture
def buyer(company):
    return add_customer(company, "K1", "Acme")


def test_a_payer_sees_the_saving_and_says_by_when_it_pays(company, manager, buyer):
    offer = offered(company, manager, buyer, "R1")
    browser = seated(seat_of(buyer, role="payer"))
    page = browser.get(reverse("portal-offers")).content.decode()
    assert "€10.00" in page and "€990.00" in page and "14.75 %" in page
    accept = reverse("portal-offer-accept", args=[offer.pk])
    late = browser.post(accept, {"pay_on": (TODAY + timedelta(days=6)).isoformat()})
    assert late.status_code == 422
    assert "This offer is for payment from" in late.content.decode()
    assert browser.post(accept, {"pay_on": "soon"}).status_code == 422
    done = browser.post(accept, {"pay_on": (TODAY + timedelta(days=5)).isoformat()}, follow=True)
    assert "You said you pay by Mar 10, 2026." in done.content.decode()
    assert EarlyPaymentOffer.objects.get().status == "accepted"


def test_who_only_looks_sees_offers_but_cannot_accept(company, manager, buyer):
    offer = offered(company, manager, buyer, "R1")
    accept = reverse("portal-offer-accept", args=[offer.pk])
    link, _ = onlooker(buyer)
    for browser in (seated(seat_of(buyer, role="viewer")), link):
        assert "R1" in browser.get(reverse("portal-offers")).content.decode()
        assert browser.post(accept, {"pay_on": TODAY.isoformat()}).status_code == 403
    assert EarlyPaymentOffer.objects.get().status == "open"


def test_another_customer_s_offer_is_not_found(company, manager, buyer):
    offer = offered(company, manager, add_customer(company, "K2", "Other"), "R2")
    browser = seated(seat_of(buyer, role="manager"))
    page = browser.get(reverse("portal-offers")).content.decode()
    assert "R2" not in page and "No discounts at the moment" in page
    accept = reverse("portal-offer-accept", args=[offer.pk])
    assert browser.post(accept, {"pay_on": TODAY.isoformat()}).status_code == 404
