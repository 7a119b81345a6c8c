"""What the day makes of running plans: instalments, default, cure, acceleration, completion."""

from datetime import date, timedelta

import pytest

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_credit, apply_payment, reverse_payment
from dunwell.actions.plan_proposals import renegotiate_plan
from dunwell.actions.plan_steps import accelerate_plan, cure_plan
from dunwell.models import Adjustment, Event, Hold, PaymentPlan, Task
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment, postings
from tests.actions.plan_rows import (
    accepted_offer,
    judged,
    paid,
    policy,
    proposed,
    status_of,
    told,
    wish,
)
from tests.conftest import AT, TODAY, add_customer

# Monday 9 March, Thursday 9 April, Monday 11 May; grace ends on 12 March, 14 April, 14 May
MARCH, APRIL, MAY = date(2026, 3, 9), date(2026, 4, 9), date(2026, 5, 11)
DAY = timedelta(days=1)


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 900_00)


@pytest.fixture
def plan(collector, item):
    return accepted_offer(collector, proposed(collector, [item]))


def events_of(plan):
    found = Event.objects.filter(subject="paymentplan", subject_id=plan.pk).order_by("seq")
    return [verb.removeprefix("plan.") for verb in found.values_list("verb", flat=True)][3:]


def held(plan):
    return Hold.objects.filter(note=plan.number, released_on=None).exists()


def test_instalments_go_from_scheduled_to_what_came_of_them(company, customer, item, plan):
    assert judged(company, TODAY) == 0
    assert judged(company, MARCH) == 1
    assert [status for status, _ in told(plan)] == ["due", "scheduled", "scheduled"]
    paid(customer, "P1", {item: 100_00}, MARCH)
    assert judged(company, date(2026, 3, 12)) == 1
    assert told(plan)[0] == ("due", 100_00)
    assert judged(company, date(2026, 3, 13)) == 1
    assert told(plan)[0] == ("part", 100_00)
    assert last_event(company)[0] == "plan.missed"
    assert last_event(company)[3]["instalments"] == [1]
    paid(customer, "P2", {item: 250_00}, date(2026, 3, 16))
    assert judged(company, date(2026, 3, 16)) == 2
    assert told(plan) == [("late", 300_00), ("scheduled", 50_00), ("scheduled", 0)]
    assert plan.instalments.get(number=1).paid_on == date(2026, 3, 16)
    assert judged(company, date(2026, 3, 16)) == 0
    assert status_of(plan) == "active" and held(plan)
    assert breaks(company) == {}


def test_a_plan_that_is_paid_gives_up_what_was_agreed(company, collector, manager, customer):
    policy(company)
    older = invoice(customer, "R1", 600_00, due_on=TODAY)
    newer = invoice(customer, "R2", 300_00)
    plan = accepted_offer(manager, proposed(manager, [older, newer], wish(concession_minor=45_00)))
    rows = list(plan.instalments.order_by("number"))
    agreed = sum(row.amount_minor for row in rows)
    assert agreed == 900_00 + plan.interest_minor + 15_00 - 45_00
    fee, interest = plan.lines.order_by("item__kind").filter(item__reference="PP-1")
    charges = {fee.item: fee.amount_minor, interest.item: interest.amount_minor}
    amounts = {older: 600_00, newer: agreed - 600_00 - sum(charges.values()), **charges}
    paid(customer, "P1", amounts, MARCH)
    assert open_amounts(company) == {"R2": 45_00}

    judged(company, MARCH)

    assert status_of(plan) == "completed" and not held(plan)
    assert open_amounts(company) == {}
    given = Adjustment.objects.get()
    assert (given.kind, given.amount_minor, given.item) == ("concession", 45_00, newer)
    booked = postings("allocation", given.allocations.get())
    assert booked == [("concession", 45_00), ("receivable", -45_00)]
    assert last_event(company)[3]["conceded_minor"] == 45_00
    assert not plan.lines.filter(is_live=True).exists()
    assert breaks(company) == {}


def test_money_that_comes_back_opens_a_completed_plan_again(company, manager, customer):
    policy(company, concession_ppm="100000", fee_minor="0", interest="{method: none, rate_ppm: 0}")
    item = invoice(customer, "R1", 900_00)
    plan = accepted_offer(manager, proposed(manager, [item], wish(concession_minor=45_00)))
    first = paid(customer, "P1", {item: 285_00}, MARCH)
    paid(customer, "P2", {item: 570_00}, MARCH)
    judged(company, MARCH)
    assert status_of(plan) == "completed" and open_amounts(company) == {}

    on = {"as_of": date(2026, 3, 20), "at": AT}
    reverse_payment(actor=system(company), payment=first, reason="no funds", **on)
    judged(company, date(2026, 3, 20))

    # 570 are left: two instalments are covered, the third is not due before May
    assert status_of(plan) == "active" and held(plan)
    assert told(plan) == [("paid", 285_00), ("paid", 285_00), ("scheduled", 0)]
    assert open_amounts(company) == {"R1": 330_00}
    assert last_event(company)[0] == "plan.reopened"
    assert last_event(company)[3]["taken_back_minor"] == 45_00
    assert breaks(company) == {}
    paid(customer, "P3", {item: 285_00}, APRIL)
    judged(company, APRIL)
    assert status_of(plan) == "completed" and open_amounts(company) == {}
    assert breaks(company) == {}


def test_a_returned_payment_can_put_a_completed_plan_in_default(company, customer, item, plan):
    money = paid(customer, "P1", {item: 900_00}, MARCH)
    judged(company, MARCH)
    on = {"as_of": date(2026, 4, 20), "at": AT}
    reverse_payment(actor=system(company), payment=money, reason="no funds", **on)
    judged(company, date(2026, 4, 20))
    assert status_of(plan) == "defaulted" and not held(plan)
    assert [status for status, _ in told(plan)] == ["missed", "missed", "scheduled"]
    assert breaks(company) == {}


def test_a_plan_whose_items_have_another_plan_by_now_stays_completed(
    company, collector, customer, item, plan
):
    money = paid(customer, "P1", {item: 900_00}, MARCH)
    judged(company, MARCH)
    on = {"as_of": MARCH, "at": AT}
    reverse_payment(actor=system(company), payment=money, reason="no funds", **on)
    second = accepted_offer(
        collector, proposed(collector, [item], wish(first_on=APRIL), as_of=MARCH), as_of=MARCH
    )
    judged(company, date(2026, 3, 20))
    assert (status_of(plan), status_of(second)) == ("completed", "active")
    assert Task.objects.get().reason == ("PP-1: Money of PP-1 came back, but PP-2 has its items.")
    assert breaks(company) == {}


def test_two_missed_instalments_are_a_default_and_the_items_are_chased_again(
    company, customer, item, plan
):
    judged(company, date(2026, 3, 13))
    assert status_of(plan) == "active"
    # thirty days after 9 March
    judged(company, date(2026, 4, 7))
    assert status_of(plan) == "active" and held(plan)
    judged(company, date(2026, 4, 8))
    plan = PaymentPlan.objects.get()
    assert (plan.status, plan.defaulted_on) == ("defaulted", date(2026, 4, 8))
    assert not held(plan)
    task = Task.objects.get()
    assert (task.kind, task.reason) == ("follow_up", "PP-1: the payment plan is in default.")
    assert last_event(company)[3]["arrears_minor"] == 300_00
    assert plan.lines.get().is_live is True
    assert judged(company, date(2026, 4, 8)) == 0
    assert breaks(company) == {}


@pytest.fixture
def failed(company, plan):
    """The plan in default since 8 April."""
    judged(company, date(2026, 4, 8))
    return PaymentPlan.objects.get(pk=plan.pk)


def test_what_is_missing_paid_in_time_cures_the_plan(company, customer, item, failed):
    paid(customer, "P1", {item: 299_99}, date(2026, 4, 20))
    judged(company, date(2026, 4, 20))
    assert status_of(failed) == "defaulted"
    paid(customer, "P2", {item: 300_01}, date(2026, 4, 22))
    judged(company, date(2026, 4, 22))
    plan = PaymentPlan.objects.get()
    assert (plan.status, plan.defaulted_on) == ("active", None)
    assert held(plan) and Task.objects.get().status == "cancelled"
    assert events_of(plan) == ["missed", "defaulted", "missed", "cured"]
    assert breaks(company) == {}


def test_after_the_days_to_cure_a_person_decides(company, collector, customer, item, failed):
    actor, late = acting(collector), date(2026, 4, 23)
    on = {"as_of": late, "at": AT}
    with pytest.raises(Refused) as refusal:
        accelerate_plan(actor=actor, plan=failed, reason="x", as_of=late - DAY, at=AT)
    assert str(refusal.value) == "The customer may cure PP-1 until 2026-04-22; wait until then."
    with pytest.raises(Refused) as refusal:
        cure_plan(actor=actor, plan=failed, reason="x", **on)
    assert str(refusal.value) == (
        "Instalments of PP-1 are still not paid; take the money first, or agree on another plan."
    )
    paid(customer, "P1", {item: 600_00}, late)
    judged(company, late)
    assert status_of(failed) == "defaulted"
    cure_plan(actor=actor, plan=failed, reason="bank was closed", **on)
    assert status_of(failed) == "active" and held(failed)
    judged(company, late)
    assert status_of(failed) == "active"
    with pytest.raises(Refused) as refusal:
        cure_plan(actor=actor, plan=failed, reason="x", **on)
    assert str(refusal.value) == "PP-1 is not in default; there is nothing to cure."
    assert breaks(company) == {}


def test_all_due_at_once_lets_later_interest_fall_and_can_still_be_paid(
    company, collector, manager, customer
):
    policy(company, fee_minor="0")
    item = invoice(customer, "R1", 900_00)
    plan = accepted_offer(manager, proposed(manager, [item]))
    judged(company, date(2026, 4, 15))
    assert status_of(plan) == "defaulted"
    late = date(2026, 4, 30)
    third = plan.instalments.get(number=3).interest_minor
    accelerate_plan(actor=acting(collector), plan=plan, reason="no answer", as_of=late, at=AT)
    assert status_of(plan) == "accelerated"
    left = plan.interest_minor - third
    assert open_amounts(company) == {"R1": 900_00, "PP-1-I": left}
    assert breaks(company) == {}
    judged(company, late)
    assert status_of(plan) == "accelerated"
    charge = plan.lines.get(item__kind="interest").item
    paid(customer, "P1", {item: 900_00, charge: left}, late)
    judged(company, late)
    assert status_of(plan) == "completed" and open_amounts(company) == {}
    assert breaks(company) == {}


def test_the_policy_can_let_all_fall_due_by_itself_or_never(company, collector, manager):
    outcomes = {}
    for number, acceleration in enumerate(("auto", "never")):
        policy(company, acceleration=acceleration)
        customer = add_customer(company, f"K{number + 5}")
        plan = accepted_offer(
            manager, proposed(manager, [invoice(customer, f"R{number}", 900_00)])
        )
        outcomes[acceleration] = plan
    judged(company, date(2026, 4, 15))
    judged(company, date(2026, 4, 29))
    assert {n: status_of(p) for n, p in outcomes.items()} == {
        "auto": "defaulted", "never": "defaulted",
    }  # fmt: skip
    judged(company, date(2026, 4, 30))
    assert {n: status_of(p) for n, p in outcomes.items()} == {
        "auto": "accelerated", "never": "defaulted",
    }  # fmt: skip
    with pytest.raises(Refused) as refusal:
        accelerate_plan(
            actor=acting(collector), plan=outcomes["never"], reason="x",
            as_of=date(2026, 5, 30), at=AT,
        )  # fmt: skip
    assert str(refusal.value) == "The terms of PP-2 do not let all fall due at once."
    assert breaks(company) == {}


def test_money_booked_before_the_plan_is_no_part_of_it(company, collector, customer, item):
    early = paid(customer, "P0", {item: 100_00}, TODAY)
    plan = accepted_offer(collector, proposed(collector, [item]))
    assert plan.covered_minor == 800_00
    judged(company, MARCH)
    assert told(plan)[0] == ("due", 0)
    # its return is a debt beside the plan
    on = {"as_of": MARCH, "at": AT}
    reverse_payment(actor=system(company), payment=early, reason="no funds", **on)
    assert judged(company, MARCH) == 0
    paid(customer, "P1", {item: 800_00}, MARCH)
    judged(company, MARCH)
    assert status_of(plan) == "completed"
    assert open_amounts(company) == {"R1": 100_00} and not held(plan)
    assert breaks(company) == {}


def test_unapplied_cash_of_earlier_days_counts_when_it_is_put_on(
    company, collector, customer, item
):

    money = payment(customer, "P0", 300_00)
    plan = accepted_offer(collector, proposed(collector, [item]))
    on = {"as_of": MARCH, "at": AT}
    apply_payment(actor=system(company), payment=money, amounts={item: 300_00}, **on)
    judged(company, MARCH)
    assert told(plan)[0] == ("paid", 300_00)


def test_credit_pays_and_a_write_off_shortens_from_the_end(company, customer, item, plan):
    actor, on = system(company), {"as_of": MARCH, "at": AT}
    credit = invoice(customer, "G1", -300_00)
    apply_credit(actor=actor, credit=credit, amounts={item: 300_00}, **on)
    record_adjustment(
        actor=actor, item=item, kind="write_off", amount_minor=300_00, reason="x", **on
    )
    judged(company, MARCH)
    assert told(plan) == [("paid", 300_00), ("scheduled", 0), ("scheduled", 0)]
    paid(customer, "P1", {item: 300_00}, APRIL)
    judged(company, APRIL)
    assert status_of(plan) == "completed" and open_amounts(company) == {}
    assert breaks(company) == {}


def test_later_policies_change_nothing_of_a_running_plan(company, collector, item, plan):
    policy(company, default="{missed: 1, days: 5}", tolerance_days="0")
    judged(company, date(2026, 3, 20))
    assert status_of(plan) == "active"


def test_another_plan_for_the_rest_replaces_the_first(company, collector, manager, customer):
    policy(company)
    item = invoice(customer, "R1", 900_00)
    old = accepted_offer(manager, proposed(manager, [item]))
    paid(customer, "P1", {item: 200_00}, TODAY)
    new = renegotiate_plan(actor=acting(manager), plan=old, wish=wish(6), as_of=TODAY, at=AT)
    # all interest is of days to come: the new plan charges its own
    assert new.covered_minor == 700_00 + 15_00
    assert status_of(old) == "active"
    new = accepted_offer(manager, new)
    assert (status_of(old), status_of(new)) == ("renegotiated", "active")
    live = PaymentPlan.objects.filter(lines__is_live=True).distinct()
    assert list(live) == [new]
    assert open_amounts(company) == {
        "R1": 700_00, "PP-1-F": 15_00, "PP-2-I": new.interest_minor, "PP-2-F": 15_00,
    }  # fmt: skip
    held = Hold.objects.filter(released_on=None).values_list("item__number", "note")
    assert set(held) == {
        ("R1", "PP-2"), ("PP-1-F", "PP-2"), ("PP-2-I", "PP-2"), ("PP-2-F", "PP-2"),
    }  # fmt: skip
    assert breaks(company) == {}
    # once, says the policy
    with pytest.raises(Refused) as refusal:
        renegotiate_plan(actor=acting(manager), plan=new, wish=wish(6), as_of=TODAY, at=AT)
    assert str(refusal.value) == (
        "PP-2 already stands for 1 earlier plan, the most the plans policy allows; cancel it, or "
        "wait until it is paid."
    )
