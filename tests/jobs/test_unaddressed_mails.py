"""Mails that lead to our pages wait until somebody has said where these are, and then go out."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.actions.portal_links import SIGN_IN_LASTS, send_sign_in_link, send_view_link
from dunwell.formats.mail import ADDRESS_UNKNOWN, AddressUnknown
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.letters import letter_pdf
from dunwell.jobs.portal_mails import deliver_portal_mails
from dunwell.models import Event, Message, PortalMail
from dunwell.queries.message_facts import message_facts, named_items
from dunwell.queries.portal_links import PORTAL_LINK, told_page, with_door
from dunwell.queries.wording_previews import wording_previews
from dunwell.queries.wordings import wordings_in_force
from tests.actions.ledger_rows import invoice
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY
from tests.portal.seats import seat_of

DOOR = "https://desk.example/portal/enter/"


@pytest.fixture(autouse=True)
def _no_address(settings, tmp_path):
    settings.DATA_DIR, settings.SITE, settings.REQUIRE_MFA = tmp_path, "", False
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def contact(customer):
    return add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        at=AT,
    )  # fmt: skip


def bodies(tmp_path):
    files = sorted((tmp_path / "outbox").rglob("*.eml"))
    mails = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in files]
    return [mail.get_body().get_content() for mail in mails]


def test_a_link_to_the_portal_waits_and_costs_no_attempt(company, contact, settings, tmp_path):
    send_view_link(actor=system(company), contact=contact, site="", at=AT)
    assert dict(deliver_portal_mails(company.pk)) == {"waiting": 1}
    mail = PortalMail.objects.get()
    assert (mail.status, mail.attempts, mail.error) == ("ready", 0, ADDRESS_UNKNOWN)
    assert dict(deliver_portal_mails(company.pk)) == {}
    assert not Event.objects.filter(verb="portal.mail_failed").exists()

    settings.SITE = "https://desk.example"
    assert dict(deliver_portal_mails(company.pk)) == {"sent": 1}
    (body,) = bodies(tmp_path)
    assert "https://desk.example/portal/link/" in body
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("sent", "")


def test_a_link_that_ran_out_meanwhile_is_given_up_with_what_to_do(company, customer, settings):
    send_sign_in_link(actor=system(company), seat=seat_of(customer), site="", at=AT)
    assert dict(deliver_portal_mails(company.pk)) == {"waiting": 1}
    settings.SITE = "https://desk.example"
    with time_machine.travel(AT + SIGN_IN_LASTS, tick=False):
        assert dict(deliver_portal_mails(company.pk)) == {"dead": 1}
    assert "send a new one" in PortalMail.objects.get().error


def pay_link_of(company, customer, *, wording):
    """The text somebody wrote, as its preview shows it and as a message gets it."""
    shown = wording_previews(company, language="en", as_of=TODAY, document=wording)
    facts = message_facts(
        customer, named_items(list(customer.items.all())), contact=None, writer="",
        language="en", as_of=TODAY,
    )  # fmt: skip
    (body,) = [one.body for one in shown.previews if one.template == "reminder" and not one.form]
    return body.splitlines()[0], facts.values["pay_link"]


def test_the_preview_of_a_pay_link_says_what_the_message_says(
    company, customer, contact, settings
):
    invoice(customer, "R1", 100_00, issued_on=TODAY - timedelta(days=40), due_on=TODAY)
    item = customer.items.get()
    type(item.open_now).objects.update(due_on=TODAY - timedelta(days=9))
    now = wordings_in_force(company, "en", as_of=TODAY).document
    plain = now.wordings["reminder"]
    changed = replace(plain, body="Pay here: {pay_link}\n" + plain.body)
    wording = replace(now, wordings={**now.wordings, "reminder": changed})
    assert pay_link_of(company, customer, wording=wording) == (
        f"Pay here: {PORTAL_LINK}",
        PORTAL_LINK,
    )
    settings.SITE = "https://desk.example"
    assert pay_link_of(company, customer, wording=wording) == (f"Pay here: {DOOR}", DOOR)


def test_a_letter_that_leads_to_the_portal_is_not_printed_without_its_address(customer, settings):
    letter = message_to(customer, channel="letter")
    letter.body = f"Pay here: {PORTAL_LINK}\n"
    with pytest.raises(TypesettingError, match="set DUNWELL_SITE"):
        letter_pdf(letter)
    settings.SITE = "https://desk.example"
    assert letter_pdf(letter).startswith(b"%PDF-")


def test_a_page_of_the_portal_stands_open_until_the_address_is_known(settings):
    page = told_page("/portal/messages/7/")
    text = f"Answer here:\n{page}\nor there: {PORTAL_LINK}\n[[portal link https://x.example/]]"
    with pytest.raises(AddressUnknown):
        with_door(text)
    settings.SITE = "https://desk.example"
    assert with_door(text).splitlines() == [
        "Answer here:", "https://desk.example/portal/messages/7/", f"or there: {DOOR}",
        "[[portal link https://x.example/]]",
    ]  # fmt: skip
    assert told_page("/portal/messages/7/") == "https://desk.example/portal/messages/7/"


def test_the_command_and_the_pages_say_how_many_wait_and_what_to_set(
    company, customer, contact, clerk, settings, client
):
    send_view_link(actor=system(company), contact=contact, site="", at=AT)
    told = StringIO()
    call_command("deliver", stdout=told)
    assert "1 lead to our pages and wait: set DUNWELL_SITE" in told.getvalue()
    client.force_login(clerk)
    pages = [client.get(page).text for page in ("/messages/", "/channels/")]
    assert ["1 mail leads to our pages and waits" in page for page in pages] == [True, True]

    settings.SITE = "https://desk.example"
    pages = [client.get(page).text for page in ("/messages/", "/channels/")]
    assert ["lead to our pages" in page for page in pages] == [False, False]
    assert Message.objects.count() == 0
