"""The pages of early payment: offers are listed, exported, made by hand and taken back."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from dunwell.actions.gate import system
from dunwell.actions.items import add_item
from dunwell.models import EarlyPaymentOffer
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture(autouse=True)
def at_the_moment():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def item(company):
    return add_item(
        actor=system(company), customer=add_customer(company, "K1", "Acme"), number="R1",
        kind="invoice", currency="EUR", amount_minor=100_000, issued_on=TODAY,
        due_on=TODAY + timedelta(days=30), as_of=TODAY, at=AT,
    )  # fmt: skip


def signed_in(person):
    browser = Client()
    browser.force_login(person)
    return browser


def test_a_manager_offers_on_an_invoice_and_takes_it_back(manager, item):
    browser = signed_in(manager)
    assert "Offer a discount" in browser.get(reverse("item", args=[item.pk])).content.decode()
    form = reverse("early-payment-offer", args=[item.pk])
    assert "due on Apr 4, 2026" in browser.get(form).content.decode()
    told = {
        "first_on": (TODAY + timedelta(days=7)).isoformat(), "first_percent": "1.5",
        "second_on": (TODAY + timedelta(days=14)).isoformat(), "second_percent": "1.6",
        "reason": "needs cash",
    }  # fmt: skip
    refused = browser.post(form, told)
    assert refused.status_code == 422 and "A later day earns less" in refused.content.decode()
    assert browser.post(form, told | {"second_percent": "0.75"}).status_code == 302
    page = browser.get(reverse("early-payment")).content.decode()
    assert "€15.00" in page and "24.17 %" in page
    assert "By hand" in page and "by_hand" not in page
    # 985.00 at 6 % for 23 days is 3.72: less than the 15.00 it costs
    assert "-€11.28" in page
    offer = EarlyPaymentOffer.objects.get()
    back = reverse("early-payment-withdraw", args=[offer.pk])
    assert browser.post(back, {"reason": "a slip"}).status_code == 302
    assert "No offers here" in browser.get(reverse("early-payment")).content.decode()
    listed = browser.get(reverse("early-payment") + "?state=withdrawn").content.decode()
    assert "R1" in listed
    export = browser.get(reverse("early-payment-export", args=["csv"]) + "?state=all")
    assert b"R1" in b"".join(export)


def test_a_collector_sees_offers_but_cannot_make_them(collector, item):
    browser = signed_in(collector)
    assert browser.get(reverse("early-payment")).status_code == 200
    assert browser.get(reverse("early-payment-offer", args=[item.pk])).status_code == 403


def test_another_company_s_item_is_not_found(rival, item):
    assert signed_in(rival).get(reverse("early-payment-offer", args=[item.pk])).status_code == 404
