"""Twelve months under another credit policy: what would have changed, and nothing written."""

from datetime import date, timedelta

import pytest

from dunwell.actions.credit_replays import order_credit_replay
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.replays import begin_replay
from dunwell.jobs.credit_replays import run_credit_replay
from dunwell.jobs.replays import replayed_bytes
from dunwell.models import CreditCheck, CreditRating, Event
from dunwell.queries.credit_replays import (
    credit_replay_answer,
    credit_replay_rows,
    every_credit_change,
    lost_items,
    month_ends,
)
from tests.actions.credit_worlds import drafted_credit, paying, silent
from tests.actions.desk import acting, last_event
from tests.actions.test_credit_ratings import ON
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

LATE = """    rules:
      - name: pays late
        when: {own_days_late: {from: 10}}
        then: decline
        reason: Pays late
"""


def replayed(company, manager, **pieces):
    version = drafted_credit(manager, **pieces)
    found = order_credit_replay(actor=acting(manager), version=version, **ON)
    run_credit_replay(found.pk)
    found.refresh_from_db()
    return found, replayed_bytes(found)


@pytest.fixture
def world(company):
    late = paying(company, "LATE", late=20, months=10)
    lost = silent(company, "LOST", issued_days=130)
    return late, lost


def test_the_last_days_of_the_months_before_a_day():
    ends = month_ends(date(2026, 3, 5), months=3)
    assert ends == (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28))


def test_the_policy_in_force_changes_nothing(company, manager, world):
    before = Event.objects.count()
    found, data = replayed(company, manager)
    answer = credit_replay_answer(company, found, data)
    assert (found.status, found.error) == ("done", "")
    assert [kind.changes for kind in answer.kinds] == [0] * 7
    assert (answer.changes, answer.all_changes) == ((), 0)
    assert answer.sides["approve"][0] == answer.sides["approve"][1]
    assert found.done_days == found.all_days == 12
    # drafted, ordered, done: nothing of a customer
    assert Event.objects.count() == before + 3
    assert CreditRating.objects.count() == 0


def test_what_a_stricter_policy_would_have_changed(company, manager, world):
    late, _ = world
    found, data = replayed(company, manager, decisions=("    rules:\n", LATE))
    answer = credit_replay_answer(company, found, data)
    counts = {kind.kind: kind for kind in answer.kinds}
    assert counts["outcome"].customers == 1
    assert {(row.number, row.after) for row in answer.changes if row.kind == "outcome"} == {
        ("LATE", "decline")
    }
    # every invoice of a month after a month's end at which it would have been declined
    assert answer.refused_sales_minor == counts["sales"].amount_minor > 0
    assert answer.refused_sales_minor % 1_000_00 == 0
    assert answer.sides["decline"] == (1, 2)
    months = {month.on: dict(zip(("outcome", "class"), month.counts, strict=False))
              for month in answer.months}  # fmt: skip
    assert months[found.to_on]["outcome"] == 1
    narrowed = credit_replay_answer(company, found, data, kind="sales", on=found.from_on)
    assert {row.kind for row in narrowed.changes} <= {"sales"}
    assert len(every_credit_change(company, data)) == found.summary["changes"]
    assert late.pk in {row.customer_id for row in answer.changes}


def test_debts_that_were_lost_since_are_told_where_a_policy_would_not_have_granted_them(
    company, manager
):
    # an old customer goes silent; the new policy declines whoever is hardly known
    silent(company, "LOST", issued_days=130)
    unknown = """    rules:
      - name: class of the unscored
        when: {rated_class: [D]}
        then: decline
        reason: Hardly known
"""
    found, data = replayed(company, manager, decisions=("    rules:\n", unknown))
    answer = credit_replay_answer(company, found, data)
    assert [item.amount_minor for item in lost_items(company, from_on=TODAY - timedelta(days=300),
                                                     to_on=found.to_on)] == [5_000_00]  # fmt: skip
    assert answer.avoided_minor in {0, 5_000_00}
    assert answer.let_in_minor == 0


def test_recorded_checks_are_asked_again_by_the_new_rules(company, manager, world):
    customer = add_customer(company, "ORDERS", country="DE")
    CreditCheck.objects.create(
        company=company, customer=customer, decision="held", currency="EUR", amount_minor=700_00,
        request={"number": "O1", "amount_minor": 700_00}, as_of=TODAY - timedelta(days=20),
        outcomes=[{"rule": "days_overdue", "result": "held",
                   "figures": {"days": 40, "allowed_days": 30}}],
        by="t", at=AT,
    )  # fmt: skip
    orders = "  orders: {rules: [{rule: days_overdue, days: 60}]}\n"
    found, data = replayed(
        company, manager, orders=("  # How much risk is wanted", orders + "  #")
    )
    answer = credit_replay_answer(company, found, data, kind="order")
    (row,) = answer.changes
    assert (row.reference, row.before, row.after, row.amount_minor) == (
        "O1", "held", "approved", 700_00,
    )  # fmt: skip


def test_a_replay_is_ordered_once_by_those_who_may(company, manager, collector, world):
    version = drafted_credit(manager)
    first = order_credit_replay(actor=acting(manager), version=version, **ON)
    assert order_credit_replay(actor=acting(manager), version=version, **ON) == first
    assert last_event(company)[0] == "replay.ordered"
    with pytest.raises(Forbidden):
        order_credit_replay(actor=acting(collector), version=version, **ON)
    begin_replay(actor=acting(manager), replay=first)
    run_credit_replay(first.pk)
    (row,) = credit_replay_rows(company, version_id=version.pk).rows
    assert (row.status, row.done_ppm) == ("done", 1_000_000)


def test_nothing_to_replay_is_said(company, manager):
    version = drafted_credit(manager)
    with pytest.raises(Refused, match="there is no item yet"):
        order_credit_replay(actor=acting(manager), version=version, **ON)


def test_a_version_that_cannot_be_read_any_more_fails_with_the_reason(company, manager, world):
    version = drafted_credit(manager)
    found = order_credit_replay(actor=acting(manager), version=version, **ON)
    type(version).objects.filter(pk=version.pk).update(text="credit: {name: broken}\n")
    run_credit_replay(found.pk)
    found.refresh_from_db()
    assert found.status == "failed" and "valid_from" in found.error
