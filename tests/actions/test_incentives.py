"""Incentives: approved by another, granted within the budget by the day, ended by themselves."""

from datetime import timedelta

import pytest

from dunwell.actions.approvals import decide_approval
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.incentives import (
    end_incentive,
    grant_incentives,
    propose_incentive,
)
from dunwell.actions.payments import reverse_payment
from dunwell.engine.incentives import IncentiveTerms
from dunwell.models import (
    Adjustment,
    Allocation,
    ApprovalRequest,
    Incentive,
    IncentiveGrant,
    Task,
)
from dunwell.queries.incentives import incentive_detail, incentive_rows
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, open_amounts, postings
from tests.actions.settlement_rows import ON, accepted, pay
from tests.conftest import AT, TODAY, add_customer, add_user

DAY = timedelta(days=1)


def terms(**changes):
    """Two items in a row in time, 1 % back, a budget of 10; nobody is left out."""
    return IncentiveTerms(
        **{
            "name": "Early birds", "kind": "rebate", "streak": 2, "currency": "EUR",
            "budget_minor": 10_00, "reward_ppm": 10_000, "control_ppm": 0,
            "from_on": TODAY, "until_on": TODAY + 90 * DAY, **changes,
        }
    )  # fmt: skip


def proposed(user, **changes):
    return propose_incentive(
        actor=acting(user), terms=terms(**changes), reason="less lateness", **ON
    )


@pytest.fixture
def running(company, manager):
    """Start an incentive, approved by a second manager."""

    def start(**changes):
        incentive = proposed(manager, **changes)
        request = ApprovalRequest.objects.get(subject_id=incentive.pk, status="open")
        second = company.memberships.filter(user__username="max").first()
        boss = second.user if second else add_user(company, "max", "credit_manager")
        decide_approval(actor=acting(boss), request=request, approve=True, reason="", **ON)
        incentive.refresh_from_db()
        return incentive

    return start


def paid_items(customer, *numbers, amount=100_00):
    """Invoices due in twenty days, paid today."""
    for number in numbers:
        item = invoice(customer, number, amount)
        pay(customer, f"P-{number}", {item: amount})


def grant(company, as_of=TODAY):
    return grant_incentives(actor=system(company), as_of=as_of, at=AT)


def test_an_incentive_runs_once_a_second_person_approved_it(company, manager, running):
    incentive = running()

    assert (incentive.status, incentive.approver) == ("running", "max")
    assert verbs(company) == [
        "incentive.proposed", "approval.requested", "incentive.started", "approval.approved",
    ]  # fmt: skip
    request = ApprovalRequest.objects.get()
    assert (request.act, request.amount_minor, request.customer_id) == ("rebate", 10_00, None)
    assert request.ask["concession_ppm"] == 10_000


def test_a_streak_is_rewarded_on_the_next_open_item(company, running, customer):
    incentive = running()
    paid_items(customer, "R1", "R2")
    late = invoice(customer, "OLD", 50_00, due_on=TODAY - DAY)
    assert grant(company) == 0
    target = invoice(customer, "R3", 80_00)

    assert grant(company) == 1

    assert open_amounts(company) == {late.number: 50_00, target.number: 78_00}
    adjustment = Adjustment.objects.get()
    assert (adjustment.kind, adjustment.reason) == ("rebate", "Early birds: 2 items paid in time")
    row = Allocation.objects.get(adjustment=adjustment)
    assert postings("allocation", row) == [("concession", 2_00), ("receivable", -2_00)]
    found = IncentiveGrant.objects.get()
    assert (found.item.number, found.amount_minor, found.is_control) == ("R2", 2_00, False)
    assert last_event(company)[0] == "incentive.granted"
    assert grant(company) == 0
    detail = incentive_detail(company, incentive.pk, as_of=TODAY)
    assert (detail.row.spent_minor, detail.row.left_minor, detail.row.grants) == (2_00, 8_00, 1)
    assert detail.grants.rows[0].given_on_item_id == target.pk
    assert breaks(company) == {}


def test_the_budget_is_never_exceeded(company, running, customer):
    incentive = running(budget_minor=3_00)
    invoice(customer, "T", 500_00)
    paid_items(customer, "R1", "R2", "R3", "R4")

    assert grant(company) == 1

    incentive.refresh_from_db()
    assert incentive.status == "ended"
    assert last_event(company)[3]["reason"] == "its budget is used"
    assert sum(IncentiveGrant.objects.values_list("amount_minor", flat=True)) == 2_00
    assert grant(company) == 0
    assert breaks(company) == {}


def test_the_control_group_is_watched_and_compared(company, running):
    incentive = running(control_ppm=500_000, budget_minor=100_00)
    for n in range(8):
        customer = add_customer(company, f"C{n}")
        invoice(customer, f"T{n}", 500_00)
        paid_items(customer, f"A{n}", f"B{n}")

    assert grant(company) == 8

    watched = IncentiveGrant.objects.filter(is_control=True)
    assert 0 < watched.count() < 8
    assert set(watched.values_list("amount_minor", "adjustment")) == {(0, None)}
    assert Adjustment.objects.count() == 8 - watched.count()
    effect = incentive_detail(company, incentive.pk, as_of=TODAY).effect
    assert (effect.treated + effect.control, effect.difference_ppm) == (8, 0)
    assert breaks(company) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "terms", "reward_days": 10}, "offer 10 days longer terms"),
        ({"kind": "limit"}, "raise the credit limit"),
    ],
)
def test_rewards_that_are_no_money_become_a_task(company, running, customer, changes, words):
    running(budget_minor=0, reward_ppm=0, **changes)
    paid_items(customer, "R1", "R2")

    assert grant(company) == 1

    assert Task.objects.get().reason == f"Early birds: 2 items paid in time, {words}"
    assert (Adjustment.objects.count(), grant(company)) == (0, 0)
    assert breaks(company) == {}


def test_segments_currency_lateness_and_agreements_decide_what_counts(
    company, collector, running, customer
):
    running(segments=("large",))
    paid_items(customer, "R1", "R2")
    invoice(customer, "T", 500_00)
    assert grant(company) == 0
    other = add_customer(company, "L1", segment="large")
    first, second = invoice(other, "L-1", 10_00), invoice(other, "L-2", 10_00)
    pay(other, "PL1", {first: 10_00})
    pay(other, "PL2", {second: 9_00})
    assert grant(company) == 0
    pay(other, "PL3", {second: 1_00})
    # an item of a settlement is left alone
    bound = invoice(other, "L-3", 500_00)
    accepted(collector, [bound], 495_00)
    assert grant(company) == 0
    invoice(other, "L-4", 500_00)
    assert grant(company) == 1
    assert open_amounts(company)["L-4"] == 499_80


def test_money_that_comes_back_does_not_earn_a_second_reward(company, running, customer):
    running()
    item = invoice(customer, "R1", 100_00)
    money = pay(customer, "P1", {item: 100_00})
    paid_items(customer, "R2")
    invoice(customer, "T", 500_00)
    assert grant(company) == 1
    reverse_payment(actor=system(company), payment=money, reason="AC04", **ON)
    pay(customer, "P2", {item: 100_00})
    assert grant(company, TODAY + DAY) == 0


def test_an_incentive_ends_by_itself_or_by_hand(company, manager, running):
    incentive = running(until_on=TODAY + DAY)
    assert grant(company, TODAY + DAY) == 0
    assert grant(company, TODAY + 2 * DAY) == 1
    incentive.refresh_from_db()
    assert incentive.status == "ended"
    waiting = proposed(manager, name="Later")
    end_incentive(actor=acting(manager), incentive=waiting, reason="not now", **ON)
    assert ApprovalRequest.objects.filter(status="withdrawn").count() == 1
    with pytest.raises(Refused, match="Later is marked: ended"):
        end_incentive(actor=acting(manager), incentive=waiting, reason="again", **ON)
    rows = incentive_rows(company).rows
    assert [(row.name, row.status) for row in rows] == [
        ("Later", "ended"), ("Early birds", "ended"),
    ]  # fmt: skip
    assert [row.name for row in incentive_rows(company, status="running").rows] == []


def test_terms_that_cannot_be_are_refused(company, manager, collector, running):
    for changes, message in [
        ({"name": " "}, "Give the incentive a name"),
        ({"kind": "gift"}, "There is no reward gift"),
        ({"streak": 0}, "A streak is 1 to 60 items"),
        ({"from_on": TODAY - DAY}, "begins today or later"),
        ({"control_ppm": 600_000}, "at most half of the customers"),
        ({"reward_ppm": 0}, "A rebate needs a rate"),
        ({"kind": "terms"}, "Longer terms are 1 to 365"),
        ({"kind": "limit", "budget_minor": -1}, "cannot be below 0"),
        ({"reward_ppm": 60_000}, "more than anybody may grant"),
        ({"until_on": TODAY + 900 * DAY}, "more than anybody may grant"),
    ]:
        with pytest.raises(Refused, match=message):
            proposed(manager, **changes)
    with pytest.raises(Forbidden, match=r"incentive\.edit"):
        proposed(collector)
    assert Incentive.objects.count() == 0
    running()
    with pytest.raises(Refused, match="named Early birds already"):
        proposed(manager)
