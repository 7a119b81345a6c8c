"""Flows that fail with canaries in them: none comes out in logs, mails, figures or the trail.

Canaries are an account, a phone, a tax id, a token and a password. A page, the API, work in the
background, the fetching of mail, a bounce and a bank file are tried, refused and broken.
"""

import io
import json
import logging
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from dunwell.jobs.background import begin
from dunwell.jobs.fetch_mail import fetch_mail
from dunwell.models import Contact, Event
from tests.actions.bank_rows import line, read, sta
from tests.actions.mail_rows import imap_box, take
from tests.api.conftest import Program, add_token
from tests.conftest import AT, add_customer
from tests.connectors.imap_server import imap_server

pytestmark = pytest.mark.django_db
IBAN = "DE02120300000000202051"
PHONE = "+49 40 99887001"
TAX_ID = "DE887700003"
TOKEN = "Zx81kQ0vT3mYpL9aBc2dEf4g"
PASSWORD = "Corr3ct-H0rse"
CANARIES = (
    IBAN, "DE02 1203 0000", "%20".join(IBAN[n : n + 4] for n in range(0, 22, 4)), PHONE,
    PHONE.replace(" ", ""), PHONE.replace(" ", "%20"), PHONE.replace(" ", "+")[1:], TAX_ID, TOKEN, PASSWORD,
)  # fmt: skip
TOLD = f"{IBAN} {PHONE} {TAX_ID} {TOKEN}"


@pytest.fixture
def logged():
    """What the root logger writes from INFO on, as the desk's own handler forms it."""
    out, told = io.StringIO(), settings.LOGGING["formatters"]["json"]
    handler = logging.StreamHandler(out)
    handler.setFormatter(told["()"](**{k: v for k, v in told.items() if k != "()"}))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


@contextmanager
def broken():
    """The database without its trail of events: whatever is recorded breaks in the middle."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE dunwell_event RENAME COLUMN verb TO lost")
        yield
        transaction.set_rollback(True)


def fail_pages(client, person, customer):
    """A sign-in, an odd address, a contact that is refused and one that breaks half-way."""
    client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    client.force_login(person)
    client.get("/nowhere/", {"q": TOLD, "token": TOKEN})
    client.get(f"/portal/enter/{TOKEN}/")
    address = f"/customers/{customer.pk}/contact/"
    told = {"role": "payables", "name": "Ina", "email": "", "phone": PHONE, "language": ""}
    assert client.post(address, {**told, "phone": "", "name": TOLD}).status_code == 422
    with broken():
        assert client.post(address, told).status_code == 500


def fail_api(company, person, customer):
    """A wrong token, a body that does not fit, and a contact that breaks half-way."""
    address = f"/customers/{customer.pk}/contacts"
    assert Program(TOKEN).call("POST", address, {"phone": PHONE}).status_code == 401
    program = add_token(person, company)
    program.client.raise_request_exception = False
    assert program.call("POST", address, {"phone": [TOLD]}).status_code == 422
    told = {"role": "payables", "name": "Ina", "phone": PHONE}
    with broken():
        assert program.call("POST", address, told).status_code == 500


def fail_work(company):
    """Work that raises what it worked on, and mail fetched with a wrong password."""

    def break_on_a_row():
        raise ValueError(f"cannot read {TOLD}")

    with pytest.raises(ValueError, match="cannot read"):
        begin(break_on_a_row, key="canary")
    try:
        break_on_a_row()
    except ValueError:
        logging.getLogger("dunwell.jobs").exception("failed on %s", TOLD)
    with imap_server() as account:
        settings.MAILBOX_SECRETS = {"DUNWELL_MAILBOX_DESK": PASSWORD}
        imap_box(company, account.port)
        fetch_mail(company.pk, at=AT)


def take_bounce(company):
    """A mail that came back and says why in words that hold canaries."""
    take(company, (
        "From: postmaster@buyer.example\r\nTo: credit@seller.example\r\n"
        f"Subject: Undeliverable {TOLD}\r\nMessage-ID: <ndr@x>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
        f"--b1\r\nContent-Type: text/plain\r\n\r\nUser unknown, was {TOLD}\r\n--b1\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.x\r\n\r\n"
        "Final-Recipient: rfc822; a@buyer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        f"Diagnostic-Code: smtp; 550 {TOLD}\r\n\r\n--b1--\r\n"
    ).encode())  # fmt: skip


def take_bank_files(company):
    """A statement whose lines hold canaries, and one that cannot be read."""
    read(company, sta(1, 0, line(10_00, f"Ina {IBAN}", TOLD)), f"{IBAN}.sta")
    read(company, sta(2, 0, line(10_00, "Ina", TOLD), closing=99), "broken.sta", currency="EUR")
    read(company, f":20:STARTUMS\n:25:{TOLD}\n:61:{TOLD}\n".encode(), "cut.sta")


def test_a16_2_5_flows_that_fail_tell_no_canary(logged, company, manager, settings):
    settings.METRICS_TOKEN = "monitoring"
    settings.REQUIRE_MFA = False
    customer = add_customer(company, "K1", "Acme")
    client = Client(raise_request_exception=False)
    seen = Event.objects.count()
    fail_pages(client, manager, customer)
    fail_api(company, manager, customer)
    fail_work(company)
    take_bounce(company)
    take_bank_files(company)

    text = logged.getvalue()
    figures = client.get("/metrics/", headers={"Authorization": "Bearer monitoring"})
    events = list(Event.objects.values("verb", "actor", "data"))
    trail = "\n".join(json.dumps(one, default=str) for one in events)
    assert figures.status_code == 200 and Event.objects.count() > seen
    assert text.count("Traceback") >= 3, text[-2000:]
    places = {"logs": text, "figures": figures.text, "trail": trail}
    assert {
        (place, one) for place, told in places.items() for one in CANARIES if one in told
    } == set()
    assert not Contact.objects.exists() and settings.ADMINS == []
    assert [one for one in mail.outbox if "Ina" in one.body] == []
