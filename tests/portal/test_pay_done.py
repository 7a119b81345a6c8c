"""Coming back from a payment: it moves on by itself, and says what it did."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.promises import record_promise
from dunwell.jobs.payment_gateways import practice_bank
from dunwell.jobs.practice_bank import press
from dunwell.models import Checkout
from tests.actions.checkout_rows import provider_of
from tests.actions.ledger_rows import invoice, open_amounts
from tests.actions.test_checkouts import start
from tests.conftest import AT, TODAY
from tests.portal.seats import seat_of, seated
from tests.portal.test_pay import HOW
from tests.portal.test_pay import start as choose

PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def provider(company):
    return provider_of(company)


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def jane(customer, item):
    return seated(seat_of(customer))


def begun(company, provider, customer, item):
    return start(system(company), provider, customer, amounts={item: 100_00})


def test_a_payment_nobody_handed_over_yet_is_by_the_page_that_waits_for_it(
    company, customer, provider, item, jane
):
    checkout = begun(company, provider, customer, item)

    page = jane.get(f"/portal/pay/{checkout.pk}/?go", headers=PART)

    checkout.refresh_from_db()
    assert checkout.status == "open"
    assert page.headers["HX-Redirect"] == checkout.address


def test_a_page_that_waits_asks_the_provider_now_and_then(
    company, customer, provider, item, jane, now
):
    checkout = begun(company, provider, customer, item)
    jane.get(f"/portal/pay/{checkout.pk}/")
    checkout.refresh_from_db()
    address = f"/portal/pay/{checkout.pk}/"
    assert "Waiting for your payment" in jane.get(address, headers=PART).content.decode()
    # paid there, and no webhook comes
    practice_bank().press(checkout.external_id, "succeed", at=clock.now())
    assert "Waiting for your payment" in jane.get(address, headers=PART).content.decode()
    now.shift(timedelta(seconds=11))

    page = jane.get(address, headers=PART).content.decode()

    assert "Thank you, it is paid" in page
    assert open_amounts(company) == {}


def test_the_page_of_a_paid_one_names_the_kept_promise_and_leads_to_the_receipt(
    company, customer, provider, item, jane
):
    record_promise(
        actor=system(company),
        customer=customer,
        amounts={item: 100_00},
        due_on=TODAY + timedelta(days=1),
        as_of=TODAY,
        at=AT,
    )
    checkout = begun(company, provider, customer, item)
    jane.get(f"/portal/pay/{checkout.pk}/")
    checkout.refresh_from_db()
    press(checkout.external_id, "succeed")

    page = jane.get(f"/portal/pay/{checkout.pk}/").content.decode()

    assert "Your promise for Mar 6, 2026 is kept." in page
    assert f'href="/portal/receipts/{checkout.number}/">Receipts</a>' in page
    assert jane.get(f"/portal/receipts/{checkout.number}/").status_code == 200


def test_the_discount_of_the_customers_terms_is_shown_charged_less_and_told(
    company, customer, provider, item, jane
):
    type(customer).objects.filter(pk=customer.pk).update(terms="2/10 net 30")
    query = {"mode": "selected", "item": item.pk}
    shown = jane.get(HOW, query).content.decode()
    assert "€2.00 discount for paying early" in shown
    assert "€98.00" in shown

    choose(jane, query, f"provider:{provider.pk}:card")
    checkout = Checkout.objects.get()
    press(checkout.external_id, "succeed")

    page = jane.get(f"/portal/pay/{checkout.pk}/").content.decode()
    assert checkout.total_minor == 98_00
    assert "€2.00 discount for paying early" in page
    assert "settled" in page
    receipt = jane.get(f"/portal/receipts/{checkout.number}/").content.decode()
    assert "2.00 EUR was taken off for paying early." in receipt
    assert clock.today(company.zone) == TODAY
