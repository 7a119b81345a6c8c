"""What follows from promises that fail is data, happens once, and is taken back when forgiven."""

from datetime import date, timedelta

import pytest

from dunwell.actions.gate import Refused, system
from dunwell.actions.promise_consequences import forgive_promise
from dunwell.actions.promises import record_promise, settle_promises
from dunwell.engine.documents import DocumentError
from dunwell.engine.promise_policy import (
    consequences,
    play_promise_cases,
    read_promises_policy,
)
from dunwell.models import Escalation, Promise, PromiseConsequence, Task
from dunwell.queries.policy_documents import standard_document
from tests.actions.desk import acting, verbs
from tests.actions.ledger_rows import invoice
from tests.actions.test_promises import pay
from tests.conftest import AT, TODAY

STANDARD = read_promises_policy(standard_document("promises"))


def promised(user, customer, item, *, on):
    return record_promise(
        actor=acting(user), customer=customer, amounts={item: item.amount_minor},
        due_on=on + timedelta(days=1), as_of=on, at=AT,
    )  # fmt: skip


def settled(company, on):
    return settle_promises(actor=system(company), as_of=on, at=AT)


def drawn():
    rows = PromiseConsequence.objects.order_by("promise", "id")
    return list(rows.values_list("promise", "kind", "undone_on"))


@pytest.fixture
def twice_broken(company, collector, customer):
    """Two promises of 6,000.00 on one item, both broken; the second one and its day."""
    item = invoice(customer, "R1", 6_000_00)
    promised(collector, customer, item, on=TODAY)
    settled(company, TODAY + timedelta(days=8))
    second = promised(collector, customer, item, on=TODAY + timedelta(days=8))
    day = TODAY + timedelta(days=16)
    settled(company, day)
    return second, day


def test_the_standard_policy_passes_its_own_cases():
    assert [
        result.message() for result in play_promise_cases(STANDARD) if not result.is_passed
    ] == []


@pytest.mark.parametrize(
    ("outcome", "failures", "amount", "names"),
    [
        ("kept", 9, 9_000_000, []),
        ("open", 9, None, []),
        ("partially_kept", 1, 1, ["follow up"]),
        ("partially_kept", 2, 499_999, ["follow up", "no third promise"]),
        (
            "partially_kept",
            2,
            None,
            ["follow up", "no third promise", "tell the credit manager"],
        ),
    ],
)
def test_consequences_rise_with_failures_and_sums_and_unknown_is_large(
    outcome, failures, amount, names
):
    found = consequences(STANDARD, outcome=outcome, failures=failures, amount_minor=amount)
    assert [rule.name for rule in found] == names


def test_a_first_failure_is_followed_up_and_a_second_one_more(company, customer, twice_broken):
    second, day = twice_broken
    first = Promise.objects.exclude(pk=second.pk).get()
    escalation = Escalation.objects.get()

    assert (first.rung, second.rung) == (0, 1)
    assert drawn() == [
        (first.pk, "task", None),
        (second.pk, "task", None),
        (second.pk, "no_promises", None),
        (second.pk, "escalate", None),
        (second.pk, "limit", None),
    ]
    assert (escalation.to_role, escalation.status, escalation.raised_on) == (
        "credit_manager",
        "raised",
        day,
    )
    assert sorted(Task.objects.filter(status="open").values_list("kind", flat=True)) == [
        "broken_promise",
        "follow_up",
    ]


def test_judged_again_nothing_is_drawn_twice(company, twice_broken):
    before = drawn()

    assert settled(company, twice_broken[1]) == 0
    assert settled(company, twice_broken[1] + timedelta(days=1)) == 0
    assert (drawn(), Escalation.objects.count(), Task.objects.count()) == (before, 1, 2)


def test_after_two_failures_no_promise_is_taken_for_a_time(collector, customer, twice_broken):
    _, day = twice_broken
    item = invoice(customer, "R2", 10_00)

    with pytest.raises(Refused, match="none is taken until 2026-04-20"):
        promised(collector, customer, item, on=day + timedelta(days=30))
    assert promised(collector, customer, item, on=day + timedelta(days=31)).outcome == "open"


def test_forgiving_takes_the_consequences_back_and_keeps_the_judgement(
    company, collector, customer, twice_broken
):
    second, day = twice_broken
    forgive = {"actor": acting(collector), "as_of": day, "at": AT}
    with pytest.raises(Refused, match="Say why the promise is forgiven"):
        forgive_promise(promise=second, reason=" ", **forgive)
    forgive_promise(promise=second, reason="the bank sent it late", **forgive)
    second.refresh_from_db()

    assert (second.outcome, second.forgiven_on) == ("broken", day)
    assert [undone for key, _, undone in drawn() if key == second.pk] == [day] * 4
    assert Escalation.objects.get().status == "resolved"
    # the first promise still counts, so its follow-up stays
    assert list(Task.objects.filter(status="open").values_list("kind", flat=True)) == [
        "broken_promise"
    ]
    assert promised(collector, customer, invoice(customer, "R2", 1_00), on=day).rung == 0
    assert verbs(company)[-2:] == ["promise.forgiven", "promise.recorded"]
    with pytest.raises(Refused, match="This promise was forgiven on 2026-03-21"):
        forgive_promise(promise=second, reason="again", **forgive)
    first = Promise.objects.exclude(pk=second.pk).order_by("id")[0]
    forgive_promise(promise=first, reason="the bank again", **forgive)
    assert not Task.objects.filter(status="open").exists()


def test_money_that_heals_a_promise_takes_its_consequences_back(company, customer, twice_broken):
    second, day = twice_broken
    item = customer.items.get(number="R1")
    # value-dated in time, booked late: the judgement heals
    pay(customer, item, 6_000_00, second.due_on)
    settled(company, day)
    second.refresh_from_db()

    assert second.outcome == "kept"
    assert {undone for key, _, undone in drawn() if key == second.pk} == {day}


def test_a_kept_promise_has_nothing_to_forgive(company, collector, customer):
    promise = promised(collector, customer, invoice(customer, "R1", 1_00), on=TODAY)

    with pytest.raises(Refused, match="A promise that is open has nothing to forgive"):
        forgive_promise(actor=acting(collector), promise=promise, reason="x", as_of=TODAY, at=AT)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"most_days": 0}, "most_days is 0"),
        ({"consequences": [{"name": "x", "kind": "jail"}]}, "consequence 1: kind 'jail'"),
        ({"consequences": [{"name": "x", "kind": "no_promises"}]}, "for how many days"),
        ({"consequences": [{"name": "x", "kind": "escalate"}]}, "to_role goes with kind escalate"),
        ({"consequences": [{"name": "x", "kind": "task"}] * 2}, "two are named 'x'"),
        ({"weather": 1}, "field 'weather' is not known"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_place(change, message):
    body = {"name": "p", "valid_from": date(2026, 1, 1), **change}

    with pytest.raises(DocumentError, match=message):
        read_promises_policy({"promises": body})
