"""A follow-up of the assistant: planned by the gate, opened by its link, answered, or not."""

import re
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.actions.contacts import add_contact
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.actions.policies import load_shipped_policies
from dunwell.engine.calendars import day_number
from dunwell.formats.policies import read_policy
from dunwell.jobs import cycle_steps
from dunwell.jobs.cycle_day import Day
from dunwell.jobs.deliver import deliver
from dunwell.models import (
    AssistantConversation,
    AssistantTurn,
    Contact,
    Event,
    Hold,
    Message,
    PolicyVersion,
    PortalSeat,
    Promise,
)
from dunwell.queries.follow_ups import LINK, follow_up_token
from dunwell.queries.steering import signals_frame
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import seat_of

LATE = {"issued_on": TODAY - timedelta(days=40), "due_on": TODAY - timedelta(days=10)}
NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)
STRATEGY = """strategy:
  name: standard
  valid_from: '2026-02-01'
  segments: [standard]
  min_open_minor: {home: 0}
  steps:
    - {level: 1, day: 5, channel: dialogue}
"""


@pytest.fixture
def desk(company, admin, settings, tmp_path):
    cache.clear()
    settings.DATA_DIR, settings.SITE = tmp_path, "https://desk.example"
    load_shipped_policies(company=company, at=AT)
    PolicyVersion.objects.create(
        company=company, kind="strategy", name="standard", version=2, text=STRATEGY,
        document=read_policy(STRATEGY).document, valid_from=TODAY, status="published",
        author="ada", approver="mona", recorded_at=AT,
    )  # fmt: skip
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    save_assistant_setting(actor=acting(admin), version=0, is_on=True, at=AT)
    return company


def late(company, number="K1", language="en"):
    customer = add_customer(company, number, country="DE", language=language)
    email = f"{number.lower()}@buyer.example"
    add_contact(actor=system(company), customer=customer, email=email, name="Pat", at=AT)
    invoice(customer, f"R-{number}", 600_00, **LATE)
    return customer


def cycled(company):
    """Plan the day and deliver it; return its follow-ups by customer."""
    day = Day(actor=system(company), as_of=TODAY, at=AT)
    cycle_steps._rank_customers(day)
    cycle_steps._write_reminders(day)
    with time_machine.travel(NOON, tick=False):
        deliver(company.pk)
    found = Message.objects.filter(template="follow_up").select_related("customer")
    return {one.customer.number: one for one in found}


def key_of(page):
    return re.search(r'name="key" value="([^"]+)"', page.text)[1]


def tell(client, address, **told):
    """Say something on the page; return the page that is shown then."""
    told = {"key": key_of(client.get(address)), **told}
    return client.post(address, told, follow=True)


def heard(company):
    frame = signals_frame(company).collect("polars").to_native()
    return frame.filter(pl.col("signal") == "no_answer")["signal_day"].to_list()


def test_one_goes_out_under_the_gate_and_its_link_is_stored_nowhere(desk, settings, tmp_path):
    late(desk)
    Hold.objects.create(
        company=desk, customer=late(desk, "K2"), reason="hardship", from_on=TODAY, recorded_at=AT
    )
    opted_out = late(desk, "K3")
    type(opted_out).objects.filter(pk=opted_out.pk).update(is_opted_out=True)
    for _ in range(2):
        found = cycled(desk)
    assert list(found) == ["K1"]
    message = found["K1"]
    assert (message.status, message.channel, message.body.count(LINK)) == ("sent", "email", 1)
    mail = "".join(one.read_text() for one in tmp_path.rglob("*.eml")).replace("=\n", "")
    address = f"https://desk.example/follow-up/{follow_up_token(message)}/"
    assert address in mail
    assert LINK not in mail
    assert not any(follow_up_token(message) in str(row) for row in Event.objects.values("data"))


def test_without_the_assistant_nothing_leads_to_it(desk, admin):
    save_assistant_setting(actor=acting(admin), version=1, is_on=False, at=AT)
    late(desk)
    message = cycled(desk)["K1"]
    assert (message.status, "switch it on" in message.error) == ("dead", True)


@pytest.fixture
def mail(desk):
    late(desk)
    message = cycled(desk)["K1"]
    with time_machine.travel(NOON, tick=False):
        yield message


def address_of(message):
    return f"/follow-up/{follow_up_token(message)}/"


def test_a_scanner_burns_nothing_and_the_reader_promises_by_it(mail, client):
    address = address_of(mail)
    for _ in range(3):
        page = Client().get(address)
        assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert "AI assistant, not a person" in page.text
    assert "600.00" not in page.text
    assert not PortalSeat.objects.exists()
    assert not AssistantConversation.objects.exists()

    page = tell(client, address, reason="promise")
    assert "By which day will you pay?" in page.text
    page = tell(client, address, text="I will pay on 13 March 2026")
    assert "600.00" in page.text
    page = tell(client, address, reason="yes")
    promise = Promise.objects.get()
    assert (promise.customer_id, promise.due_on.isoformat()) == (mail.customer_id, "2026-03-13")
    seat = PortalSeat.objects.get()
    assert (seat.role, seat.person.email) == ("asker", "k1@buyer.example")
    # it is no way into the portal, and another browser sees nothing of the talk
    assert client.get("/portal/").status_code == 302
    assert "600.00" not in Client().get(address).text


def test_sent_twice_it_is_one_turn_and_what_is_refused_stays_at_the_form(mail, client):
    address = address_of(mail)
    told = {"key": key_of(client.get(address)), "reason": "person"}
    for _ in range(2):
        assert client.post(address, told).status_code == 302
    assert AssistantTurn.objects.count() == 1
    assert AssistantConversation.objects.get().handed_to_id is not None
    empty = client.post(address, {"key": "another"})
    assert (empty.status_code, "Choose an answer" in empty.text) == (422, True)
    card = client.post(address, {"key": "card", "text": "4111 1111 1111 1111"})
    assert (card.status_code, "card number" in card.text) == (422, True)


def test_hardship_goes_to_a_person(mail, client):
    page = tell(client, address_of(mail), text="I lost my job and cannot afford to pay")
    talk = AssistantConversation.objects.get()
    assert (talk.reason, talk.status) == ("hardship", "handed_over")
    assert "A person of our team goes on" in page.text


@pytest.mark.parametrize("why", ["late", "moved", "guessed", "off"])
def test_a_link_that_is_over_opens_nothing(mail, client, admin, why):
    address, now = address_of(mail), NOON
    if why == "late":
        now = NOON + timedelta(days=15)
    if why == "moved":
        Contact.objects.update(email="new@buyer.example")
    if why == "guessed":
        address = f"/follow-up/{mail.pk}-guess/"
    if why == "off":
        save_assistant_setting(actor=acting(admin), version=1, is_on=False, at=AT)
    with time_machine.travel(now, tick=False):
        told = {"key": "k", "text": "I will pay"}
        assert client.get(address).status_code == 422
        assert client.post(address, told).status_code == 422
    assert not AssistantConversation.objects.exists()


@pytest.mark.parametrize("seat", [{"role": "viewer"}, {"role": "payer", "ended": True}])
def test_access_that_was_taken_or_looks_only_is_not_widened_by_a_link(mail, client, seat):
    held = seat_of(mail.customer, role=seat["role"], email=mail.to)
    if "ended" in seat:
        PortalSeat.objects.filter(pk=held.pk).update(ended_on=TODAY)
    page = client.post(address_of(mail), {"key": "k", "reason": "promise"})
    assert (page.status_code, "answer the mail" in page.text) == (422, True)
    assert PortalSeat.objects.count() == 1


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_what_may_be_pressed_is_understood_in_every_language(desk, client, language):
    late(desk, language=language)
    address = address_of(cycled(desk)["K1"])
    with time_machine.travel(NOON, tick=False):
        for reason in ("promise", "plan", "paid", "dispute"):
            tell(client, address, reason=reason)
    intents = list(AssistantTurn.objects.order_by("pk").values_list("intent", flat=True))
    assert intents == ["promise", "plan", "paid_already", "dispute"]
    assert set(AssistantTurn.objects.values_list("language", flat=True)) == {language}


def test_no_answer_is_heard_on_the_day_after_its_days_and_an_answer_is_not(desk, mail, client):
    assert heard(desk) == [day_number(TODAY) + 8]
    tell(client, address_of(mail), text="How much do I owe?")
    assert heard(desk) == []
