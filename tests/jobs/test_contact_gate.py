"""The chase gate asks the contact rules: when the day is planned, and again before a mail goes."""

from datetime import UTC, datetime, timedelta

import narwhals.stable.v2 as nw
import polars as pl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.contact_attempts import log_attempt
from dunwell.actions.contacts import add_contact
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.restrictions import record_restriction
from dunwell.formats.policies import read_policy
from dunwell.jobs import cycle_steps
from dunwell.jobs.cycle_day import Day
from dunwell.jobs.deliver import deliver
from dunwell.models import ContactAttempt, Message, PolicyVersion, WorklistEntry
from dunwell.queries.contact_rules import plan_verdicts
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

LATE = {"issued_on": TODAY - timedelta(days=40), "due_on": TODAY - timedelta(days=10)}
NOON = datetime(2026, 3, 5, 11, tzinfo=UTC)


@pytest.fixture
def desk(company, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    load_shipped_policies(company=company, at=AT)
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    return company


def late(company, number, **facts):
    customer = add_customer(company, number, address="Weg 1", **{"country": "DE", **facts})
    add_contact(
        actor=system(company), customer=customer, email=f"{number}@a.example", name="Pat", at=AT
    )
    invoice(customer, f"R{number}", 100_00, **LATE)
    return customer


def planned(company):
    day = Day(actor=system(company), as_of=TODAY, at=AT)
    cycle_steps._rank_customers(day)
    cycle_steps._write_reminders(day)
    return list(Message.objects.order_by("customer__number"))


def delivered(company, at=NOON):
    with time_machine.travel(at, tick=False):
        return dict(deliver(company.pk))


def blocked(company):
    """The reasons against a contact, by customer number, as the worklist has them."""
    entries = WorklistEntry.objects.filter(company=company).select_related("customer")
    return {one.customer.number: [row["reason"] for row in one.blocked] for one in entries}


def restrict(customer, kind, **fields):
    return record_restriction(
        actor=system(customer.company), customer=customer, kind=kind, as_of=TODAY, at=AT, **fields
    )


def publish(company, **answers):
    lines = "\n".join(f"  {name}: {value}" for name, value in answers.items())
    text = f"contact:\n  name: contact\n  valid_from: 2026-01-01\n{lines}\n"
    return PolicyVersion.objects.create(
        company=company, kind="contact", name="contact", version=1, text=text,
        document=read_policy(text.replace("2026-01-01", "'2026-01-01'")).document,
        valid_from=TODAY, status="published", author="ada", approver="mona", recorded_at=AT,
    )  # fmt: skip


def test_a_customer_who_asked_us_to_cease_is_not_written_to_and_the_list_says_why(desk):
    silent, other = late(desk, "K1"), late(desk, "K2")
    restrict(silent, "cease")

    messages = planned(desk)

    assert [message.customer_id for message in messages] == [other.pk]
    assert blocked(desk) == {"K1": ["contact_rule"], "K2": []}


def test_what_the_rules_said_is_stored_with_the_message(desk):
    late(desk, "K1")

    (message,) = planned(desk)

    told = {name: message.decision["facts"][name] for name in ("is_rule_clear", "rule_id")}
    assert told == {"is_rule_clear": True, "rule_id": None}
    # the day is planned from midnight on: eight in the morning is the first allowed moment
    eight = datetime(2026, 3, 5, 7, tzinfo=UTC)
    assert message.decision["facts"]["rule_next_second"] == int(eight.timestamp())


def test_a_business_of_which_nothing_is_known_is_written_to_as_before(desk):
    for number, facts in enumerate(({"country": ""}, {"country": "FR"}, {"country": "US"})):
        late(desk, f"K{number}", **facts)

    assert len(planned(desk)) == 3


def test_a_company_that_collects_from_persons_for_others_holds_what_it_does_not_know(desk):
    publish(desk, customers_are="persons", acts_as="third_party", opt_out_in_messages="true")
    late(desk, "K1", country="US", region="US-TX")
    late(desk, "K2", country="")
    late(desk, "K3", country="BR")

    messages = planned(desk)

    assert [message.customer.number for message in messages] == ["K3"]
    assert blocked(desk) == {"K1": ["contact_rule"], "K2": ["contact_rule"], "K3": []}


def test_a_mail_goes_out_with_the_verdict_of_that_moment(desk):
    customer = late(desk, "K1")
    planned(desk)

    assert delivered(desk) == {"sent": 1}

    (attempt,) = ContactAttempt.objects.all()
    assert (attempt.customer_id, attempt.channel, attempt.outcome, attempt.at) == (
        customer.pk,
        "email",
        "written",
        NOON,
    )
    assert attempt.verdict["decision"] == "allow"
    assert attempt.verdict["next_at"] == NOON.isoformat()


def test_a_mail_against_a_word_said_since_is_taken_back(desk):
    customer = late(desk, "K1")
    planned(desk)
    restrict(customer, "attorney")

    assert delivered(desk) == {"withdrawn": 1}

    message = Message.objects.get()
    assert message.status == "cancelled"
    assert message.error == (
        "An attorney represents the customer; contact the attorney only. Rule OWN-ATTORNEY. It "
        "does not become allowed by itself: find out what is missing, or let the customer lift it."
    )
    assert not ContactAttempt.objects.exists()


def test_a_mail_at_an_inconvenient_hour_waits_for_the_hour_after(desk):
    customer = late(desk, "K1")
    planned(desk)
    restrict(customer, "inconvenient", minute_from=11 * 60, minute_until=14 * 60)

    assert delivered(desk) == {"waiting": 1}
    message = Message.objects.get()
    assert message.status == "ready"
    assert message.error == (
        "The customer said that this channel or this hour is inconvenient. Rule "
        "OWN-INCONVENIENT. Allowed again from 2026-03-05 13:00 UTC."
    )
    assert delivered(desk, at=NOON + timedelta(hours=2)) == {"sent": 1}


def test_a_call_of_another_team_since_makes_the_mail_wait(desk):
    customer = late(desk, "K1")
    planned(desk)
    log_attempt(
        actor=system(desk), customer=customer, channel="call", outcome="voicemail", as_of=TODAY,
        at=AT,
    )  # fmt: skip

    assert delivered(desk) == {"waiting": 1}
    assert "EU-B2B-TOUCH" in Message.objects.get().error


def test_more_customers_need_no_more_queries(desk):
    keys = [late(desk, f"K{number}").pk for number in range(3)]
    restrict(desk.customers.get(pk=keys[0]), "cease")

    def asked(count):
        frame = pl.DataFrame({"customer_id": keys[:count], "channel": ["email"] * count})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = plan_verdicts(desk, nw.from_native(frame.lazy()), as_of=TODAY)
        return len(queries), rows.collect("polars").to_native().height

    assert (asked(1), asked(3)) == ((5, 1), (5, 3))
