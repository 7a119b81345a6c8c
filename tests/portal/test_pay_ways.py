"""Ways to pay in the portal: what is shown, the mandate, the standing order, and removing."""

import pytest
import time_machine
from django.core.cache import cache

from dunwell.models import Autopay, Mandate
from dunwell.portal.debtors import CONFIRMED_KEY
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, add_customer
from tests.portal.pay_rows import account_of, hidden, method_of, provider_of
from tests.portal.seats import seat_of, seated

WAYS, MANDATE, AUTOPAY = "/portal/ways/", "/portal/ways/mandate/", "/portal/ways/autopay/"


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


def confirmed(seat):
    """A browser of somebody who has just shown a second factor."""
    client = seated(seat)
    session = client.session
    until = int(AT.timestamp()) + 600
    session[CONFIRMED_KEY] = {"person": seat.person_id, "until": until}
    session.save()
    return client


@pytest.fixture
def method(company, customer):
    invoice(customer, "R1", 60_000)
    account_of(company)
    return method_of(customer, provider_of(company))


def test_changing_ways_to_pay_asks_for_a_second_factor_first(customer, method):
    jane = seated(seat_of(customer))

    assert jane.get(WAYS).status_code == 200
    for address in (MANDATE, AUTOPAY):
        assert jane.get(address).url.startswith("/portal/confirm/")
    assert jane.post(f"/portal/ways/method/{method.pk}/").url.startswith("/portal/confirm/")


def test_a_mandate_is_signed_and_waits_for_our_check(customer, method):
    jane = confirmed(seat_of(customer))
    page = jane.get(MANDATE)
    told = {"iban": "DE02120300000000202051", "debtor": "Acme", "name": "Jane", "agrees": "on"}

    wrong = jane.post(MANDATE, {**told, "iban": "DE00", "sha256": hidden(page, "sha256")})
    assert wrong.status_code == 422 and "compare it with your bank card" in wrong.text
    assert "signed mandate" not in wrong.text
    assert jane.post(MANDATE, {**told, "sha256": hidden(page, "sha256")}).url == WAYS

    assert Mandate.objects.get().status == "draft"
    assert "waits for our check" in jane.get(WAYS).content.decode()


def test_a_standing_order_is_agreed_to_after_its_text_was_read_then_ended(customer, method):
    jane = confirmed(seat_of(customer))
    choices = {
        "method": method.pk,
        "currency": "EUR",
        "covers": "items",
        "day_offset": "0",
        "cap": "500.00",
    }

    shown = jane.post(AUTOPAY, choices)
    assert "at most €500.00" in shown.content.decode()
    signed = {**choices, "sha256": hidden(shown, "sha256"), "name": "Jane", "agrees": "on"}
    changed = jane.post(AUTOPAY, {**signed, "cap": "900.00"})
    assert changed.status_code == 422
    assert jane.post(AUTOPAY, signed).url == WAYS

    order = Autopay.objects.get()
    assert (order.cap_minor, order.agreed_by) == (50_000, "Jane")
    assert "Visa •••• 4242" in jane.get(WAYS).content.decode()
    stranger = confirmed(seat_of(add_customer(customer.company, "K2"), email="o@buyer.example"))
    assert stranger.post(f"/portal/ways/autopay/{order.pk}/", {"what": "end"}).status_code == 404
    assert stranger.post(f"/portal/ways/method/{method.pk}/").status_code == 404
    assert jane.post(f"/portal/ways/autopay/{order.pk}/", {"what": "end"}).url == WAYS
    assert Autopay.objects.get().status == "ended"
