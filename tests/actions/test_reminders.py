"""Reminders: one contact per customer, levels one by one, nothing while the last one waits."""

from datetime import timedelta

import pytest

from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import Forbidden, system
from dunwell.actions.messages import approve_message, cancel_message
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.reminders import drop_stale_messages, write_reminders
from dunwell.actions.tasks import complete_task
from dunwell.models import Message, MessageItem, Task
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import plan_contacts
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer, add_user
from tests.jobs.test_deliver import contact


@pytest.fixture
def desk(company):
    """A company with strategies and bank data that reaches weeks ahead."""
    load_shipped_policies(company=company, at=AT)
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    type(company).objects.update(feed_max_age_days=400)
    company.refresh_from_db()
    return company


def owing(company, number, *, late=10, amount=100_00, segment="standard", **fields):
    """A customer with one invoice that is so many days late today, and an address."""
    customer = add_customer(
        company, number, segment=segment, country="DE", address="Weg 1", **fields
    )
    contact(customer, f"{number.lower()}@acme.example")
    customer.contacts.update(phone="+49 30 1")
    due = TODAY - timedelta(days=late)
    invoice(customer, f"R-{number}", amount, issued_on=due - timedelta(days=30), due_on=due)
    return customer


def tonight(company, days=0):
    """Plan and write the reminders of a day; how many records were new."""
    as_of = TODAY + timedelta(days=days)
    policies = strategies_in_force(company, as_of=as_of)
    drop_stale_messages(actor=system(company), books=Books(company), as_of=as_of, at=AT)
    plan = plan_contacts(
        company,
        books=Books(company),
        strategies=[policy.strategy for policy in policies],
        as_of=as_of,
    )
    return write_reminders(actor=system(company), plan=plan, policies=policies, at=AT)


def messages(company):
    rows = Message.objects.filter(company=company).order_by("id")
    return list(rows.values_list("level", "channel", "status"))


def sent(company):
    Message.objects.filter(company=company, status="ready").update(status="sent")


def test_levels_rise_one_at_a_time_with_the_days_between(desk):
    owing(desk, "K1", late=40)
    for days in range(13):
        tonight(desk, days)
        sent(desk)
    assert list(Message.objects.order_by("id").values_list("level", "as_of")) == [
        (1, TODAY),
        (2, TODAY + timedelta(days=6)),
        (4, TODAY + timedelta(days=12)),
    ]


def test_nothing_is_written_while_the_last_message_has_not_gone_out(desk):
    owing(desk, "K1", late=40)
    assert (tonight(desk), tonight(desk, 1), tonight(desk, 4)) == (1, 0, 0)
    assert messages(desk) == [(1, "email", "ready")]


def test_a_call_waits_for_a_person_and_blocks_the_step_after_it(desk, collector):
    customer = owing(desk, "K1", late=40, segment="strategic", amount=1_000_00)
    assert tonight(desk) == 2
    task = Task.objects.get()
    assert (task.kind, task.message.channel, task.due_on) == ("call", "call", TODAY)
    assert task.reason == "strategic, level 1: Call K1: open items 1, days late 40"
    assert tonight(desk, 7) == 0
    complete_task(actor=acting(collector), task=task, at=AT)
    assert tonight(desk, 8) == 1
    assert messages(desk) == [(1, "call", "ready"), (2, "email", "ready")]
    assert customer.messages.count() == 2


def test_what_needs_approval_waits_as_a_draft_and_is_never_written_twice(desk, manager):
    owing(desk, "K1", late=200, segment="strategic", amount=1_000_00)
    for days in (0, 7, 14, 21):
        tonight(desk, days)
        sent(desk)
        Task.objects.exclude(kind="approve").update(status="done", done_at=AT)
    assert messages(desk)[-1] == (4, "email", "draft")
    task = Task.objects.get(kind="approve")
    assert tonight(desk, 22) == 0
    approve_message(actor=acting(manager), message=task.message, at=AT)
    assert (messages(desk)[-1], Task.objects.get(pk=task.pk).status) == (
        (4, "email", "ready"),
        "done",
    )


def test_a_cancelled_message_does_not_count_as_a_level(desk, manager):
    owing(desk, "K1", late=40)
    tonight(desk)
    cancel_message(actor=acting(manager), message=Message.objects.get(), reason="wrong", at=AT)
    tonight(desk, 1)
    assert messages(desk) == [(1, "email", "cancelled"), (1, "email", "ready")]


def test_one_message_names_all_items_and_only_those_due_rise_a_level(desk):
    customer = owing(desk, "K1", late=40)
    tonight(desk)
    sent(desk)
    later = TODAY + timedelta(days=5)
    invoice(customer, "NEW", 70_00, issued_on=TODAY - timedelta(days=20), due_on=TODAY)
    invoice(customer, "CN", -20_00)
    tonight(desk, 6)
    second = Message.objects.get(level=2)
    lines = MessageItem.objects.filter(message=second).order_by("item__number")
    assert list(lines.values_list("item__number", "level", "open_minor")) == [
        ("CN", 0, -20_00),
        ("NEW", 1, 70_00),
        ("R-K1", 2, 100_00),
    ]
    assert second.decision["demand_minor"] == {"EUR": 150_00}
    assert "Amount to pay in EUR: €150.00" in second.body
    assert later < second.as_of


def test_unapplied_cash_lowers_the_demand_and_is_told(desk):
    customer = owing(desk, "K1", late=10)
    payment(customer, "P1", 30_00)
    tonight(desk)
    body = Message.objects.get().body
    assert "  Payment P1 of Mar 4, 2026: -€30.00" in body.splitlines()
    assert "  Amount to pay in EUR: €70.00" in body.splitlines()


def test_a_paid_item_takes_its_waiting_message_and_task_with_it(desk):
    from dunwell.actions.payments import apply_payment

    customer = owing(desk, "K1", late=40, segment="strategic", amount=1_000_00)
    tonight(desk)
    money = payment(customer, "P1", 1_000_00)
    apply_payment(
        actor=system(desk), payment=money, amounts={customer.items.get(): 1_000_00},
        as_of=TODAY, at=AT,
    )  # fmt: skip
    tonight(desk, 1)
    assert (messages(desk), Task.objects.get().status) == (
        [(1, "call", "cancelled")],
        "cancelled",
    )
    assert last_event(desk)[3]["reason"] == "nothing it asks for is open any more"


def test_who_cannot_be_reached_gets_one_task_to_find_a_contact(desk):
    customer = owing(desk, "K1", late=10)
    customer.contacts.update(email="", phone="")
    type(customer).objects.update(address="")
    assert (tonight(desk), tonight(desk, 1)) == (1, 0)
    assert list(Task.objects.values_list("kind", "reason")) == [
        ("contact_missing", "No usable address or number. A reminder is due and cannot be sent.")
    ]
    assert messages(desk) == []


def test_messages_speak_the_contacts_language_and_carry_the_collectors_name(desk):
    user = add_user(desk, "ute", "collector")
    type(user).objects.filter(pk=user.pk).update(first_name="Ute", last_name="Klein")
    german = owing(desk, "K1", late=10, language="en", collector=user)
    german.contacts.update(language="de", name="Paul Weiß")
    owing(desk, "K2", late=10, language="it")
    tonight(desk)
    first, second = Message.objects.order_by("customer__number")
    assert (first.language, first.subject, second.language, second.subject) == (
        "de",
        "Freundliche Erinnerung von Northwind",
        "en",
        "A friendly reminder from Northwind",
    )
    lines = first.body.splitlines()
    assert lines[0] == "Guten Tag Paul Weiß,"
    assert "  Zu zahlen in EUR: 100,00 €" in [line.replace("\xa0", " ") for line in lines]
    assert "Ute Klein, Northwind" in lines


def test_a_wording_that_cannot_be_filled_is_told_and_stops_nobody_else(desk, monkeypatch):
    from dunwell.queries.wordings import WordingsInForce

    owing(desk, "K1", late=10)
    owing(desk, "K2", late=10, language="de")
    chosen = WordingsInForce.chosen

    def without_german(self, template, **who):
        if self.language == "de":
            raise KeyError(template)
        return chosen(self, template, **who)

    monkeypatch.setattr(WordingsInForce, "chosen", without_german)
    assert tonight(desk) == 1
    data = last_event(desk)[3]
    assert (data["messages"], list(data["failed"].values())) == (1, ["reminder: 'reminder'"])


def test_without_the_right_nothing_is_written(desk, reader):
    owing(desk, "K1", late=10)
    before = verbs(desk)
    with pytest.raises(Forbidden):
        drop_stale_messages(actor=acting(reader), books=Books(desk), as_of=TODAY, at=AT)
    assert (messages(desk), verbs(desk)) == ([], before)
