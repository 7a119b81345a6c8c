"""Opting out by the link of a mail: looking changes nothing, a POST acts once, the law's mails go on."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from dunwell.formats.mail import mail_headers
from dunwell.jobs.message_mails import mail_of
from dunwell.models import Contact, ContactRestriction, Event
from dunwell.queries.contact_rules import customer_verdicts
from dunwell.queries.unsubscribe_links import (
    is_optional,
    message_of_link,
    unsubscribe_address,
    unsubscribe_token,
)
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture(autouse=True)
def _standing(settings):
    settings.SITE = "https://desk.example"
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def contact(customer):
    return Contact.objects.create(customer=customer, email="AP@acme.example", recorded_at=AT)


@pytest.fixture
def message(customer, contact):
    return message_to(customer, status="sent")


def place(message):
    return unsubscribe_address(message).removeprefix("https://desk.example")


def restrictions():
    rows = ContactRestriction.objects.order_by("id")
    return list(rows.values_list("kind", "channel", "purpose", "contact_id"))


def test_looking_changes_nothing_and_says_what_goes_on(visitor, message):
    page = visitor.get(place(message))

    assert page.status_code == 200 and page["Cache-Control"] == "no-store"
    assert "Northwind wrote to ap@acme.example" in page.text
    assert "Invoices, answers to what you write, and notices that the law asks for" in page.text
    assert restrictions() == [] and Event.objects.count() == 0


def test_the_button_of_a_mail_program_acts_without_a_session_and_once(
    visitor, message, contact, company
):
    first = visitor.post(place(message), {"List-Unsubscribe": "One-Click"})
    again = visitor.post(place(message), {"List-Unsubscribe": "One-Click"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert restrictions() == [("opt_out", "email", "collection", contact.pk)]
    assert Event.objects.get().actor == "reader ap@acme.example"
    (mail,) = customer_verdicts(
        company, message.customer_id, as_of=TODAY, at=AT, channels=("email",)
    )
    assert (mail.is_allowed, mail.rule_id) == (False, "OWN-OPTOUT")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("reminders", [("email", "collection")]),
        ("mail", [("email", "collection"), ("email", "service")]),
        ("everything", [("", "collection"), ("", "service")]),
    ],
)
def test_a_reader_chooses_what_stops(visitor, message, choice, expected):
    page = visitor.post(place(message), {"choice": choice})

    assert "It stops for ap@acme.example from now on." in page.text
    assert [row[1:3] for row in restrictions()] == expected
    note = ContactRestriction.objects.order_by("id")[0].note
    assert note == "By the link in the mail to ap@acme.example of 2026-03-05"


def test_an_address_of_no_contact_any_more_opts_the_customer_out(visitor, message, contact):
    Contact.objects.filter(pk=contact.pk).update(email="new@acme.example")
    visitor.post(place(message), {"choice": "reminders"})

    assert restrictions() == [("opt_out", "email", "collection", None)]


def test_a_choice_that_is_none_and_a_token_nobody_was_sent_change_nothing(visitor, message):
    other = message_to(add_customer(message.company, "K2", "Two"), status="sent")
    swapped = f"{other.pk}-{unsubscribe_token(message).partition('-')[2]}"

    assert visitor.post(place(message), {"choice": "odd"}).status_code == 422
    assert visitor.post(place(message)).status_code == 422
    for token in (swapped, "1", "x-y", f"{message.pk}-", f"{'9' * 30}-a", "\u0663-a"):
        page = visitor.get(f"/unsubscribe/{token}/")
        assert page.status_code == 404 and "This link does not work" in page.text, token
        assert visitor.post(f"/unsubscribe/{token}/").status_code == 404
    assert restrictions() == []


def test_only_mails_a_reader_may_do_without_have_the_link(customer, message, settings):
    assert message_of_link(unsubscribe_token(message)) == message
    for changes in (
        {"template": "final_notice"},
        {"template": "debit_notice"},
        {"author": "anna"},
        {"to": "+491234567"},
    ):
        kept = {name: getattr(message, name) for name in changes}
        for name, value in changes.items():
            setattr(message, name, value)
        assert (is_optional(message), unsubscribe_address(message)) == (False, ""), changes
        for name, value in kept.items():
            setattr(message, name, value)
    settings.SITE = ""
    assert unsubscribe_address(message) == ""


def test_a_reminder_that_goes_out_has_the_link_in_its_headers(message):
    headers = mail_headers(mail_of(message))

    assert headers["List-Unsubscribe"] == f"<{unsubscribe_address(message)}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    message.template = "final_notice"
    assert "List-Unsubscribe" not in mail_headers(mail_of(message))


def test_a_german_mail_leads_to_a_page_in_german(visitor, message):
    message.pk, message.language, message.channel = None, "de", "portal"
    message.message_id = "<de@dunwell>"
    message.save()

    assert 'lang="de"' in visitor.get(place(message)).text
