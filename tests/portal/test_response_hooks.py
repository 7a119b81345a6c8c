"""Posting answers to invoices: only what is signed in time is taken in, and once."""

import json

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from dunwell.actions.gate import system
from dunwell.actions.invoice_platforms import (
    add_invoice_platform,
    renew_platform_secret,
    switch_invoice_platform,
)
from dunwell.formats.invoice_responses import MOST_BYTES
from dunwell.formats.webhook_letters import signature
from dunwell.models import Event, InvoiceResponse
from dunwell.queries.invoice_platforms import platform_secret, platform_token
from tests.actions.ledger_rows import invoice
from tests.conftest import AT
from tests.formats.response_samples import cdar, peppol


@pytest.fixture(autouse=True)
def _standing_clock():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def platform(company, customer):
    invoice(customer, "R1", 100_00)
    return add_invoice_platform(actor=system(company), name="Access point", at=AT)


def post(client, platform, data, *, secret="", token="", seconds=0):
    moment = str(int(AT.timestamp()) + seconds)
    signed = signature(secret or platform_secret(platform), "msg_1", moment, data)
    told = {"webhook-id": "msg_1", "webhook-timestamp": moment, "webhook-signature": signed}
    address = reverse(
        "invoice-response-hook", args=[platform.pk, token or platform_token(platform)]
    )
    return client.post(address, data, content_type="application/xml", headers=told)


def test_a_signed_answer_is_taken_in_once(client, company, platform):
    first, again = post(client, platform, peppol()), post(client, platform, peppol())
    assert (first.status_code, first.json()) == (202, {"new": 1, "known": 0, "refused": []})
    assert (again.status_code, again.json()) == (202, {"new": 0, "known": 1, "refused": []})
    kept = InvoiceResponse.objects.get()
    assert (kept.company, kept.door, kept.by) == (company, "platform", "platform Access point")
    assert Event.objects.get(verb="dispute_case.opened").actor == "platform Access point"


def test_answers_come_as_json_too(client, platform):
    row = {"invoice_number": "R1", "code": "AP", "effective_on": "2026-03-04"}
    assert post(client, platform, json.dumps([row]).encode()).json()["new"] == 1


@pytest.mark.parametrize(
    "forged", [{"secret": "whsec_bm90aGluZw=="}, {"seconds": -301}, {"seconds": 301}]
)
def test_what_is_not_signed_in_time_is_not_taken(client, platform, forged):
    assert post(client, platform, cdar(), **forged).status_code == 401
    assert InvoiceResponse.objects.count() == 0


def test_another_token_and_a_platform_that_is_off_are_absent(client, company, platform):
    assert post(client, platform, peppol(), token="x").status_code == 404
    switch_invoice_platform(actor=system(company), platform=platform, is_active=False, at=AT)
    assert post(client, platform, peppol()).status_code == 404


def test_a_new_secret_ends_the_address_before(client, company, platform):
    token = platform_token(platform)
    renew_platform_secret(actor=system(company), platform=platform, at=AT)
    assert post(client, platform, peppol(), token=token).status_code == 404
    assert post(client, platform, peppol()).status_code == 202


def test_what_cannot_be_used_is_told_with_the_reason(client, platform):
    told = post(client, platform, peppol(number="X9"))
    assert (told.status_code, told.json()) == (
        422,
        {"detail": "There is no invoice X9; check the number, or import it first."},
    )
    assert post(client, platform, b"<Invoice/>").status_code == 422
    assert post(client, platform, b"<" + b"x" * MOST_BYTES).status_code == 413


def test_a_platform_sees_invoices_of_its_own_company_alone(client, rival, platform):
    other = rival.memberships.order_by("id")[0].company
    theirs = add_invoice_platform(actor=system(other), name="Theirs", at=AT)
    assert post(client, theirs, peppol()).status_code == 422
