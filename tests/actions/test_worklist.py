"""The worklist and habits: what is written is what the engine said, and only what differs."""

from datetime import timedelta

import pytest

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, system
from dunwell.actions.habits import refresh_habits
from dunwell.actions.worklist import rank_customers
from dunwell.models import Habit, Item, WorklistEntry
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import plan_contacts
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_reminders import desk, owing  # noqa: F401  a fixture
from tests.conftest import AT, TODAY, add_customer


def ranked(company, days=0, actor=None):
    """Rank the customers of a day; how many entries changed."""
    as_of = TODAY + timedelta(days=days)
    policies = strategies_in_force(company, as_of=as_of)
    plan = plan_contacts(
        company,
        books=Books(company),
        strategies=[policy.strategy for policy in policies],
        as_of=as_of,
    )
    return rank_customers(actor=actor or system(company), plan=plan, at=AT)


def judged(company, days=0):
    return refresh_habits(
        actor=system(company), books=Books(company), as_of=TODAY + timedelta(days=days), at=AT
    )


def entries(company):
    rows = WorklistEntry.objects.filter(company=company).order_by("rank")
    return list(rows.values_list("rank", "customer__number", "due_minor", "to_collect_minor"))


def test_more_money_and_older_money_come_first(desk):  # noqa: F811
    owing(desk, "K1", late=10, amount=50_00)
    owing(desk, "K2", late=10, amount=500_00)
    owing(desk, "K3", late=70, amount=500_00)
    judged(desk)
    assert ranked(desk) == 3
    assert entries(desk) == [(1, "K3", 500_00, 500_00), (2, "K2", 500_00, 500_00),
                             (3, "K1", 50_00, 50_00)]  # fmt: skip
    assert last_event(desk)[:2] == ("worklist.ranked", "system")


def test_the_same_day_again_writes_nothing_and_leaves_no_event(desk):  # noqa: F811
    owing(desk, "K1")
    judged(desk)
    ranked(desk)
    before = verbs(desk)
    assert (judged(desk), ranked(desk), verbs(desk)) == (0, 0, before)


def test_who_has_paid_leaves_the_list(desk):  # noqa: F811
    owing(desk, "K1")
    customer = owing(desk, "K2")
    ranked(desk)
    payment(customer, "P1", 100_00)
    ranked(desk, 1)
    assert [number for _, number, _, _ in entries(desk)] == ["K1", "K2"]
    last = WorklistEntry.objects.get(customer=customer)
    assert (last.to_collect_minor, [row["reason"] for row in last.blocked]) == (
        0,
        ["nothing_to_chase"],
    )


def test_a_disputed_customer_stands_last_with_the_reason(desk):  # noqa: F811
    customer = owing(desk, "K1", amount=900_00)
    owing(desk, "K2", amount=20_00)
    open_dispute(
        actor=system(desk), item=Item.objects.get(number="R-K1"), amount_minor=900_00,
        reason="price", as_of=TODAY, at=AT,
    )  # fmt: skip
    ranked(desk)
    assert entries(desk) == [(1, "K2", 20_00, 20_00), (2, "K1", 900_00, 0)]
    entry = WorklistEntry.objects.get(customer=customer)
    assert (entry.disputed_minor, entry.score, entry.blocked) == (
        900_00,
        0,
        [{"reason": "all_disputed", "measured": 900_00, "allowed": 900_00}],
    )
    assert entry.reasons["contact"]["decision"] == "blocked"


def test_money_of_a_currency_without_a_rate_is_said_not_counted(desk):  # noqa: F811
    customer = owing(desk, "K1")
    due = TODAY - timedelta(days=10)
    invoice(customer, "USD1", 70_00, currency="USD", issued_on=due, due_on=due)
    ranked(desk)
    entry = WorklistEntry.objects.get()
    assert (entry.due_minor, entry.currency, entry.reasons["is_rate_missing"]) == (
        100_00,
        "EUR",
        True,
    )


def test_a_habit_keeps_its_day_until_something_about_it_changes(desk):  # noqa: F811
    customer = add_customer(desk, "K9")
    for n in range(4):
        issued = TODAY - timedelta(days=200 - 30 * n)
        invoice(customer, f"H{n}", 10_00, issued_on=issued, due_on=issued + timedelta(days=14))
    assert (judged(desk), judged(desk, 1)) == (1, 0)
    habit = Habit.objects.get()
    assert (habit.as_of, habit.label, habit.n_settled, habit.last_payment_on) == (
        TODAY,
        "failing",
        0,
        None,
    )
    paid = payment(customer, "P1", 10_00)
    assert judged(desk, 2) == 1
    habit.refresh_from_db()
    assert (habit.as_of, habit.last_payment_on) == (TODAY + timedelta(days=2), paid.value_on)


def test_only_who_may_run_the_cycle_ranks(desk, collector):  # noqa: F811
    owing(desk, "K1")
    with pytest.raises(Forbidden):
        ranked(desk, actor=acting(collector))
    assert entries(desk) == []
