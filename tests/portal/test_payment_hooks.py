"""The door of payment providers: what is signed is kept once and applied, nothing else is."""

import json
import random
from datetime import timedelta

import pytest

from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.payment_providers import add_payment_provider
from dunwell.jobs.payment_gateways import practice_bank, practice_gateway
from dunwell.models import Event, Membership, Payment, ProviderEvent
from dunwell.queries.payment_providers import payment_provider_row
from tests.actions.checkout_rows import begun, provider_of
from tests.actions.ledger_rows import invoice, open_amounts

BAD = 500


@pytest.fixture
def provider(company):
    return provider_of(company)


@pytest.fixture
def door(company, provider):
    return payment_provider_row(company, provider.pk).hook_path


def untold(provider, customer, *, amount_minor=100_00):
    """An event the practice bank has not told yet, and its body."""
    checkout = begun(provider, customer, {invoice(customer, "R1", amount_minor): amount_minor})
    practice_bank().press(checkout.external_id, "succeed", at=clock.now())
    return next(one for one in practice_bank().untold(provider.nonce) if b'"paid"' in one.body)


def sent(client, door, body, headers):
    told = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    told.pop("HTTP_CONTENT_TYPE", None)
    return client.post(door, body, content_type="application/json", **told)


def test_a_signed_event_is_applied_once_however_often_it_comes(
    company, customer, provider, door, client
):
    event = untold(provider, customer)
    headers = practice_gateway(provider).letter(event.id, event.body, now=clock.now())

    answers = [sent(client, door, event.body, headers) for _ in range(4)]

    assert [answer.json() for answer in answers] == [{"new": 1}, *[{"new": 0}] * 3]
    assert (Payment.objects.count(), open_amounts(company)) == (1, {})


def test_500_bad_signatures_are_refused_and_write_nothing(
    company, customer, provider, door, client, rival
):
    event = untold(provider, customer)
    gateway = practice_gateway(provider)
    other = practice_gateway(
        provider_stranger(Membership.objects.filter(user=rival).first().company)
    )
    source = random.Random(7)
    before = (ProviderEvent.objects.count(), Event.objects.count())
    refused = 0
    for number in range(BAD):
        now, body = clock.now(), event.body
        headers = gateway.letter(event.id, body, now=now)
        flaw = number % 6
        if flaw == 0:
            headers = other.letter(event.id, body, now=now)
        elif flaw == 1:
            headers = gateway.letter(event.id, body, now=now - timedelta(seconds=301 + number))
        elif flaw == 2:
            headers = gateway.letter(event.id, body, now=now + timedelta(seconds=302 + number))
        elif flaw == 3:
            body = json.dumps(json.loads(body), indent=source.randrange(4)).encode()
        elif flaw == 4:
            name = source.choice(["webhook-id", "webhook-timestamp", "webhook-signature"])
            headers = {key: value for key, value in headers.items() if key != name}
        else:
            place = source.randrange(len(headers["webhook-signature"]))
            signature = headers["webhook-signature"]
            swapped = "A" if signature[place] != "A" else "B"
            headers["webhook-signature"] = signature[:place] + swapped + signature[place + 1 :]
        refused += sent(client, door, body, headers).status_code == 400

    assert refused == BAD
    assert (ProviderEvent.objects.count(), Event.objects.count()) == before
    assert Payment.objects.count() == 0


def provider_stranger(company):
    """A provider of another company, whose key fits nothing here."""
    return add_payment_provider(
        actor=system(company),
        kind="loopback",
        name="Theirs",
        is_live=False,
        currencies=["EUR"],
        methods=["card"],
        account=None,
        settings={},
        at=clock.now(),
    )


def test_a_wrong_address_and_a_get_find_nothing(provider, door, client):
    assert client.post(f"{door[:-3]}x/", b"{}", content_type="x/y").status_code == 404
    assert client.get(door).status_code == 405


def test_news_about_nothing_of_ours_is_kept_and_ignored(company, provider, door, client):
    body = json.dumps(
        {
            "id": "lbe_900",
            "kind": "paid",
            "subject": "nobody",
            "happened_at": clock.now().isoformat(),
            "currency": "EUR",
            "amount_minor": 5,
        }
    ).encode()
    headers = practice_gateway(provider).letter("lbe_900", body, now=clock.now())

    assert sent(client, door, body, headers).json() == {"new": 1}
    assert ProviderEvent.objects.get().state == "ignored"


def test_the_practice_bank_is_closed_where_money_is_real(company, customer, provider, client):
    checkout = begun(provider, customer, {invoice(customer, "R1", 10_00): 10_00})
    company.sending = "live"
    company.save()

    assert client.get(f"/loopback-bank/{checkout.external_id}/").status_code == 404
