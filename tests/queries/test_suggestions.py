"""What the cycle suggests on real records: permitted ways, their worth, and today's plan."""

from datetime import timedelta

import polars as pl
import pytest

from dunwell.actions.gate import system
from dunwell.actions.habits import refresh_habits
from dunwell.actions.snoozes import snooze_customer
from dunwell.actions.worklist import rank_customers
from dunwell.ml.next_action import EVIDENCE
from dunwell.models import Customer, Message, MessageItem, WorklistEntry
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import plan_contacts
from dunwell.queries.worklist import suggestion_of, worklist_rows
from dunwell.queries.worklist_sums import day_plan
from tests.actions.test_reminders import desk, owing  # noqa: F401  a fixture
from tests.conftest import AT, TODAY


def ranked(company, *, shown=None):
    strategies = [one.strategy for one in strategies_in_force(company, as_of=TODAY)]
    refresh_habits(actor=system(company), books=Books(company), as_of=TODAY, at=AT)
    plan = plan_contacts(company, books=Books(company), strategies=strategies, as_of=TODAY)
    rank_customers(actor=system(company), plan=plan, at=AT, shown=shown)
    return {
        entry.customer.number: (entry, suggestion_of(entry.reasons))
        for entry in WorklistEntry.objects.select_related("customer")
    }


def waiting(company, number, *, collector=None, amount=1_000_00, **fields):
    """A customer between two steps: reminded ten days ago, the next step comes in two days."""
    customer = owing(company, number, late=10, amount=amount, collector=collector, **fields)
    message = Message.objects.create(
        company=company, customer=customer, channel="email", status="sent", strategy="standard",
        level=1, template="reminder", language="en", subject="x", body="x", body_sha256="",
        message_id=number, as_of=TODAY - timedelta(days=8), recorded_at=AT,
    )  # fmt: skip
    MessageItem.objects.create(
        message=message, item=customer.items.get(), level=1, open_minor=amount
    )
    return customer


def test_between_steps_every_way_that_reaches_is_weighed(desk):  # noqa: F811
    waiting(desk, "K1")
    (entry, told), = ranked(desk).values()  # fmt: skip

    # 1,000.00 * 10 % for a call ten days late; a mail brings 5/12 of that, a letter 4/12
    assert [(one.action, one.minutes, one.extra_minor) for one in told.options] == [
        ("email", 4, 41_67),
        ("call", 10, 100_00),
        ("letter", 6, 33_33),
    ]
    assert (told.is_automatic, told.is_planned, told.is_measured) == (False, False, False)
    assert (told.prior_ppm, told.effect_ppm) == (41_667, 41_667)
    assert (told.action, entry.minutes, entry.expected_extra_minor, entry.score) == (
        "email",
        4,
        41_67,
        10_41,
    )


def test_what_does_not_reach_is_no_option(desk):  # noqa: F811
    customer = waiting(desk, "K1")
    customer.contacts.update(phone="")
    Customer.objects.update(address="")
    assert [one.action for one in ranked(desk)["K1"][1].options] == ["email"]
    customer.contacts.update(bounced_on=TODAY)
    assert ranked(desk)["K1"][1] is None
    customer.contacts.update(bounced_on=None)
    Customer.objects.update(is_opted_out=True)
    assert ranked(desk)["K1"][1] is None


def test_a_step_that_is_due_is_the_only_option_and_a_mail_needs_nobody(desk, collector):  # noqa: F811
    owing(desk, "K1", collector=collector, amount=1_000_00)
    owing(desk, "K2", collector=collector, amount=1_000_00, segment="strategic")
    found = ranked(desk)

    mail, call = found["K1"][1], found["K2"][1]
    assert ([one.action for one in mail.options], mail.is_automatic, mail.is_planned) == (
        ["email"],
        True,
        False,
    )
    assert ([one.action for one in call.options], call.is_automatic, call.is_planned) == (
        ["call"],
        False,
        True,
    )


def test_a_blocked_customer_has_no_suggestion_and_keeps_its_worth(desk):  # noqa: F811
    owing(desk, "K1", amount=1_000_00)
    desk.feeds.update(covers_until_on=TODAY - timedelta(days=500))
    (entry, told), = ranked(desk).values()  # fmt: skip

    assert told is None
    assert entry.expected_extra_minor // entry.minutes == entry.score > 0


def test_a_collector_s_day_holds_what_fits_and_the_rest_keeps_its_rank(desk, collector):  # noqa: F811
    for number in range(30):
        waiting(desk, f"K{number:02d}", collector=collector, amount=1_000_00 + number)
    asleep = waiting(desk, "K99", collector=collector, amount=9_000_00)
    snooze_customer(
        actor=system(desk), customer=asleep, until_on=TODAY + timedelta(days=3), reason="x",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    ranked(desk)
    rows = worklist_rows(desk, as_of=TODAY, user_id=collector.pk).rows
    plan = day_plan(desk, as_of=TODAY, user_id=collector.pk)

    assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    assert (plan.minutes, plan.capacity_minutes) == (240, 240)
    planned = [row for row in rows if row.suggestion.is_planned]
    assert plan.expected_extra_minor == sum(row.expected_extra_minor for row in planned)
    assert plan.customers == len(planned) == 30
    # there is time for a mail to each of thirty, and for a call instead to twenty of them
    assert [row.suggestion.action for row in planned].count("call") == 20


def shown(*rows):
    types = {name: pl.String if name in {"action", "band"} else pl.Int64 for name in EVIDENCE}
    return pl.DataFrame(list(rows), schema=types, orient="row")


def test_what_chance_has_shown_replaces_what_was_assumed(desk):  # noqa: F811
    waiting(desk, "K1")
    measured = shown(
        ("letter", "1-30", 900, 900, 200_000, 400, 30_000),
        ("email", "1-30", 900, 900, -100_000, 400, 30_000),
    )
    before, after = ranked(desk)["K1"][1], ranked(desk, shown=measured)["K1"][1]

    assert (before.action, after.action) == ("email", "letter")
    assert (after.observed_ppm, after.low_ppm, after.high_ppm) == (200_000, 141_200, 258_800)
    # two thirds of the weight are what was measured
    assert (after.weight_ppm, after.effect_ppm) == (666_666, 144_444)
    assert {one.action: one.extra_minor for one in after.options} == {
        "letter": 144_44,
        "call": 100_00,
        "email": -52_78,
    }


@pytest.mark.both
def test_the_same_day_twice_suggests_the_same(desk, collector):  # noqa: F811
    for number in range(5):
        waiting(desk, f"K{number}", collector=collector)
    first = {key: entry.reasons for key, (entry, _) in ranked(desk).items()}
    again = {key: entry.reasons for key, (entry, _) in ranked(desk).items()}
    assert first == again
