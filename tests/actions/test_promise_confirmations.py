"""Confirmations of promises: only where the policy asks, once, and not after the promise ended."""

import email
import email.policy
from datetime import timedelta

import pytest
import time_machine

from dunwell.actions.contacts import add_contact, edit_contact, mark_bounced
from dunwell.actions.gate import system
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.actions.promises import record_promise, withdraw_promise
from dunwell.actions.reminders import drop_stale_messages
from dunwell.actions.restrictions import record_restriction
from dunwell.engine.promise_policy import PromisePolicyError, read_promises_policy
from dunwell.jobs.deliver import deliver
from dunwell.models import (
    Company,
    ContactAttempt,
    ContactRestriction,
    Customer,
    Message,
    PolicyVersion,
    Promise,
)
from dunwell.queries.deliveries import delivery_verdicts
from dunwell.queries.ledgers import Books
from dunwell.queries.promises import promise_rows
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice
from tests.conftest import AT, TODAY, add_customer
from tests.connectors.mail_sink import mail_sink

DUE = TODAY + timedelta(days=8)
LATER = AT + timedelta(minutes=1)


@pytest.fixture
def asked(company):
    """The company wants promises confirmed."""
    text = "promises: {name: promises, valid_from: 2026-01-01, confirm: true}\n"
    return PolicyVersion.objects.create(
        company=company, kind="promises", name="promises", version=1, text=text,
        document={}, valid_from=TODAY, status="published",
        author="anna", approver="bert", recorded_at=AT,
    )  # fmt: skip


@pytest.fixture
def contact(customer):
    return add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        at=AT,
    )  # fmt: skip


def promised(user, customer, number="R1", **changes):
    item = invoice(customer, number, 1_234_50)
    return record_promise(
        actor=acting(user), customer=customer, amounts={item: 1_234_50}, due_on=DUE,
        as_of=TODAY, at=AT, **changes,
    )  # fmt: skip


def amount_promised(user, customer, amount_minor=500_00, **changes):
    return record_promised_amount(
        actor=acting(user), customer=customer, currency="EUR", amount_minor=amount_minor,
        due_on=DUE, as_of=TODAY, at=AT, **changes,
    )  # fmt: skip


def judged(company, *, as_of=TODAY, at=LATER):
    messages = list(Message.objects.filter(status__in=["ready", "claimed"]))
    found = delivery_verdicts(company, messages, as_of=as_of, at=at)
    return [(one.act, one.reasons) for one in found.values()]


def test_nothing_is_written_unless_the_policy_asks_for_it(collector, customer, contact):
    promised(collector, customer)
    assert not Message.objects.exists()
    with pytest.raises(PromisePolicyError, match="confirm must be true or false"):
        read_promises_policy(
            {"promises": {"name": "p", "valid_from": "2026-01-01", "confirm": "yes"}}
        )


def test_a_promise_is_confirmed_in_the_words_of_the_wordings(
    company, collector, customer, contact, asked
):
    customer.collector = collector
    customer.save()
    promise = promised(collector, customer)
    message = Message.objects.get()
    assert (message.to, message.channel, message.status, message.template, message.level) == (
        "pay@acme.example", "confirm", "ready", "promise_confirmation", 0,
    )  # fmt: skip
    assert message.message_id == f"<promise-{promise.pk}.confirmation@dunwell>"
    assert message.subject == "Thank you: payment agreed for Mar 13, 2026"
    assert "Dear Pat,\n" in message.body and "€1,234.50 will be paid by\nMar 13, 2026" in (
        message.body
    )
    assert f"{collector.username}, {company.name}" in message.body
    edit_contact(actor=system(company), contact=contact, changes={"language": "de"}, at=AT)
    amount_promised(collector, add_debt(customer))
    german = Message.objects.order_by("-pk")[0]
    assert (german.channel, german.subject) == (
        "confirm2", "Danke: Zahlung vereinbart für den 13.03.2026",
    )  # fmt: skip
    assert "500,00" in german.body
    assert breaks(company) == {}


def add_debt(customer, number="R9"):
    invoice(customer, number, 900_00)
    return customer


def test_no_address_a_bounced_one_and_an_opt_out_are_not_written_to_nor_a_fourth_time_a_day(
    company, collector, customer, contact, asked
):
    promised(collector, add_customer(company, "K7", "Bare"), "B1")
    mark_bounced(actor=system(company), contact=contact, as_of=TODAY, at=AT)
    promised(collector, customer)
    edit_contact(
        actor=system(company), contact=contact, changes={"email": "new@acme.example"}, at=AT
    )
    Customer.objects.filter(pk=customer.pk).update(is_opted_out=True)
    promised(collector, Customer.objects.get(pk=customer.pk), "R2")
    assert not Message.objects.exists()
    Customer.objects.filter(pk=customer.pk).update(is_opted_out=False)
    for number in range(4):
        promised(collector, Customer.objects.get(pk=customer.pk), f"X{number}")
    assert Message.objects.count() == 3


def test_one_that_waits_stops_when_its_promise_is_withdrawn_or_replaced(
    company, collector, customer, contact, asked
):
    promise = promised(collector, customer)
    withdraw_promise(
        actor=acting(collector), promise=promise, reason="wrong day", as_of=TODAY, at=AT
    )
    first = Message.objects.get()
    assert (first.status, first.error) == ("cancelled", "the promise was withdrawn")
    amount_promised(collector, customer)
    amount_promised(collector, customer, 600_00, supersede=True)
    assert list(Message.objects.order_by("pk").values_list("status", "error")[1:]) == [
        ("cancelled", "the promise was superseded"), ("ready", ""),
    ]  # fmt: skip
    assert judged(company) == [("send", ())]


def test_before_it_goes_the_promise_the_address_and_the_contact_rules_are_asked(
    company, collector, customer, contact, asked
):
    promise = promised(collector, customer)
    assert judged(company) == [("send", ())]
    assert judged(company, as_of=TODAY + timedelta(days=6)) == [("withdraw", ("too_old",))]
    for outcome in ("kept", "broken"):
        Promise.objects.update(outcome=outcome, settled_on=TODAY)
        assert judged(company) == [("withdraw", ("promise_ended",))]
    Promise.objects.update(outcome="open", settled_on=None)
    Customer.objects.update(is_opted_out=True)
    ((act, reasons),) = judged(company)
    assert act == "withdraw" and "opted_out" in reasons
    Customer.objects.update(is_opted_out=False)
    # outside business hours it waits for the morning
    Customer.objects.update(country="DE", party="company")
    assert judged(company, at=AT.replace(hour=4)) == [("wait", ("contact_rule",))]
    record_restriction(
        actor=acting(collector), customer=customer, kind="opt_out", channel="email",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    assert judged(company) == [("withdraw", ("contact_forbidden",))]
    ContactRestriction.objects.update(lifted_on=TODAY)
    mark_bounced(actor=system(company), contact=contact, as_of=TODAY, at=AT)
    assert judged(company) == [("withdraw", ("address_bounced",))]
    edit_contact(
        actor=system(company), contact=contact, changes={"email": "new@acme.example"}, at=AT
    )
    assert judged(company) == [("withdraw", ("address_changed",))]
    assert promise.pk == Message.objects.get().decision["promise"]


def test_it_arrives_once_is_kept_as_a_contact_and_shows_its_state(
    company, collector, customer, contact, asked, settings, tmp_path
):
    promised(collector, customer)
    drop_stale_messages(
        actor=system(company), books=Books(company), as_of=TODAY + timedelta(days=1), at=AT
    )
    folder = tmp_path / "sink"
    folder.mkdir()
    with mail_sink(folder) as port, time_machine.travel(LATER, tick=False):
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        Company.objects.update(sending="live")
        assert dict(deliver(company.pk)) == {"sent": 1}
        assert dict(deliver(company.pk)) == {}
    (path,) = folder.glob("*.eml")
    arrived = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert arrived["To"] == "pay@acme.example"
    assert "€1,234.50" in arrived.get_content()
    attempt = ContactAttempt.objects.get()
    assert (attempt.channel, attempt.outcome) == ("email", "written")
    (row,) = promise_rows(company, as_of=TODAY).rows
    assert (row.confirmation_id, row.confirmation, row.confirmation_label) == (
        Message.objects.get().pk, "sent", "Sent",
    )  # fmt: skip
    assert breaks(company) == {}
