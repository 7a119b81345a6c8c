"""No card number is kept, whatever door it is tried at."""

import json
import re
from email.message import EmailMessage
from io import BytesIO
from urllib.parse import urlencode

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, models
from django.urls import get_resolver

from dunwell.actions.gate import Refused, system
from dunwell.actions.intake import take_in
from dunwell.actions.notes import record_note
from dunwell.engine.card_numbers import card_numbers
from dunwell.models import InboundMessage, Note
from dunwell.web.card_numbers import UNSEEN
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY
from tests.dealing import hand
from tests.portal.pay_rows import account_of, provider_of
from tests.portal.seats import seat_of, seated

CARD = "4111 1111 1111 1111"
WORDS = f"Please take it from {CARD}, thanks"


@pytest.fixture(autouse=True)
def _now(settings, tmp_path):
    # a folder of its own: files other tests keep may hold numbers that pass for a card's
    settings.DATA_DIR = tmp_path
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


def stored():
    """Where a card number stands in any column of any table, or in a file that was kept."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        texts = [
            field.column
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        if not texts:
            continue
        columns = ", ".join(f'CAST("{name}" AS text)' for name in texts)
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {columns} FROM "{model._meta.db_table}"')
            for row in cursor:
                found += [
                    f"{model.__name__}.{name}"
                    for name, value in zip(texts, row, strict=True)
                    if value and card_numbers(value)
                ]
    for path in settings.DATA_DIR.rglob("*"):
        if path.is_file() and card_numbers(path.read_bytes().decode("latin-1")):
            found.append(path.name)
    return found


def mail(body, subject="About invoice R1"):
    found = EmailMessage()
    found["From"], found["To"] = "jane@buyer.example", "credit@northwind.example"
    found["Subject"], found["Message-ID"] = subject, "<1@buyer.example>"
    found.set_content(body)
    return found


WORDS_TYPED = urlencode({"text": WORDS})
FORM = "application/x-www-form-urlencoded"
SAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "0" * 8}


def addresses(patterns=None, begin="/"):
    """Every address there is but those programs of others call, each with some record's key.

    What those do with a number is asked of intake below, and of tools in tests/mcp_server.
    """
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        route = re.sub(
            r"<(?:(\w+):)?\w+>", lambda part: SAMPLES[part[1] or "str"], str(one.pattern)
        )
        address = f"{begin}{route}"
        if hasattr(one, "url_patterns"):
            yield from addresses(one.url_patterns, address)
        elif not re.search(r"[\^$?\\(]", address) and not address.startswith(UNSEEN):
            yield address


def test_every_address_refuses_it_before_its_view_and_nothing_is_stored(
    client, company, customer, collector
):
    invoice(customer, "R1", 60_000)
    provider_of(company)
    account_of(company)
    jane = seated(seat_of(customer), client)
    jane.force_login(collector)
    every = sorted(set(addresses()))

    # some pages of the sign-in package are closed altogether
    passed = [
        (address, answer.status_code)
        for address in hand(dict.fromkeys(every), "cards", one_in=8)
        if (answer := jane.post(address, WORDS_TYPED, FORM)).status_code not in {404, 422}
    ]

    assert len(every) > 500
    assert passed == []
    assert stored() == []


def test_staff_forms_and_the_api_refuse_it(client, customer, collector):
    client.force_login(collector)
    address = f"/customers/{customer.pk}/note/"

    plain = client.post(address, {"text": WORDS})
    part = client.post(address, {"text": WORDS}, headers={"HX-Request": "true"})
    told = client.post(
        f"/api/v1/customers/{customer.pk}/notes",
        json.dumps({"text": {"deep": [WORDS]}}),
        content_type="application/json",
    )

    assert [one.status_code for one in (plain, part, told)] == [422, 422, 422]
    assert part.headers["HX-Reswap"] == "afterbegin"
    assert "holds a card number" in told.json()["detail"]
    assert stored() == []


def test_actions_refuse_it_whoever_calls_them(company, customer):
    with pytest.raises(Refused, match="holds a card number"):
        record_note(
            actor=system(company),
            customer=customer,
            kind="note",
            text=WORDS,
            as_of=TODAY,
            at=AT,
        )
    assert not Note.objects.exists()


@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
def test_a_mail_is_kept_without_the_number_however_it_is_encoded(company, encoding):
    letter = mail("x", subject=f"Card {CARD}")
    letter.set_content(WORDS, cte=encoding)

    inbound = take_in(
        actor=system(company), mailbox=None, data=letter.as_bytes(), received_at=AT, at=AT
    )

    assert "[card number removed, ends 1111]" in inbound.text
    assert InboundMessage.objects.count() == 1
    assert stored() == []


def test_a_mail_without_one_is_kept_byte_for_byte(company):
    data = mail("Invoice 2026-000123, IBAN DE89 3704 0044 0532 0130 00").as_bytes()

    inbound = take_in(actor=system(company), mailbox=None, data=data, received_at=AT, at=AT)

    assert inbound.size_bytes == len(data)


def test_accounts_and_large_bodies_pass_the_door(client, company, collector):
    client.force_login(collector)
    answer = client.post("/no/such/page/", {"iban": "4111111111111111"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/x"]
)
def test_the_api_refuses_it_whatever_its_body_is_called(client, customer, collector, kind):
    client.force_login(collector)

    told = client.generic(
        "POST", f"/api/v1/customers/{customer.pk}/notes", json.dumps({"text": WORDS}), kind
    )

    assert told.status_code == 422
    assert "holds a card number" in told.json()["detail"]


@pytest.mark.parametrize("address", ["/bank/", "/einvoices/"])
def test_a_form_with_files_is_refused_when_it_is_read(client, company, manager, address):
    client.force_login(manager)

    answer = client.post(address, {"text": WORDS, "files": BytesIO(b"x"), "file": BytesIO(b"x")})

    assert answer.status_code == 422
    assert "holds a card number" in answer.content.decode()
    assert stored() == []
