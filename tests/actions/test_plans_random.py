"""Whatever people, money and days do to plans: sums hold, one plan binds an item, books are clean."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.actions.plan_proposals import propose_plan, renegotiate_plan
from dunwell.actions.plan_steps import accelerate_plan, cure_plan, judge_plans
from dunwell.actions.plans import accept_plan, cancel_plan, decline_plan
from dunwell.models import Adjustment, Hold, OpenItem, Payment, PaymentPlan, PlanItem
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.plan_rows import policy, wish
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

STEP = st.tuples(
    st.sampled_from(
        ["propose", "accept", "accept", "decline", "cancel", "replace", "pay", "pay", "settle",
         "settle", "bounce", "write_off", "wait", "wait", "wait", "wait", "cure", "accelerate"]
    ),
    st.integers(0, 3),
    st.integers(1, 4),
    st.sampled_from([1, 150_00, 300_00, 450_00, 600_00]),
    st.sampled_from([1, 5, 20, 40, 60]),
)  # fmt: skip
"""What to do, on which row, with how many instalments, with how much, so many days later."""


class Play:
    """Plays steps; what is refused changes nothing."""

    def __init__(self, manager, customer):
        self.person, self.customer = acting(manager), customer
        self.items = [invoice(customer, f"R{n}", 600_00) for n in range(3)]
        self.day, self.count = TODAY, 0

    def step(self, verb, index, number, amount, days):
        self.count += 1
        self.day += timedelta(days=days if verb == "wait" else 0)
        on = {"as_of": self.day, "at": AT + timedelta(minutes=self.count)}
        plan = self.plan(verb, index)
        asked = wish(number, first_on=self.day + timedelta(days=3), concession_minor=amount // 40)
        if verb == "propose":
            items = self.items[index % 3 : index % 3 + 1 + number % 2]
            propose_plan(actor=self.person, customer=self.customer, items=items, wish=asked, **on)
        elif verb == "wait":
            self.judge(on)
        elif verb == "pay":
            self.pay(index, amount, on)
        elif verb == "settle" and plan is not None:
            for row in OpenItem.objects.filter(item__plan_lines__plan=plan).order_by("item"):
                self.put(row, row.open_minor, on)
            self.judge(on)
        elif verb == "bounce" and (money := Payment.objects.filter(reverses=None).last()):
            reverse_payment(actor=system(money.company), payment=money, reason="x", **on)
        elif verb == "write_off":
            record_adjustment(
                actor=self.person, item=self.items[index % 3], kind="write_off",
                amount_minor=amount, reason="x", **on,
            )  # fmt: skip
        elif plan is not None:
            self.decide(verb, plan, asked, {"actor": self.person, "plan": plan, **on})

    def plan(self, verb, index):
        """A plan the verb is meant for; one time in four any plan, which refuses."""
        meant = {"accept": "offered", "decline": "offered", "cure": "defaulted",
                 "accelerate": "defaulted", "settle": "active"}.get(verb, "active")  # fmt: skip
        found = PaymentPlan.objects.order_by("-pk")
        plans = list(found if index == 3 else found.filter(status=meant))
        return plans[index % len(plans)] if plans else None

    def decide(self, verb, plan, asked, by):
        if verb == "accept":
            accept_plan(name="W", sha256=plan.terms_sha256, **by)
        elif verb == "replace":
            renegotiate_plan(wish=asked, **by)
        else:
            action = {"decline": decline_plan, "cancel": cancel_plan, "cure": cure_plan,
                      "accelerate": accelerate_plan}.get(verb)  # fmt: skip
            if action:
                action(reason="x", **by)

    def pay(self, index, amount, on):
        rows = OpenItem.objects.filter(open_minor__gt=0).order_by("due_on", "item")
        row = rows[index % len(rows)] if rows else None
        if row is not None:
            self.put(row, min(amount, row.open_minor), on)

    def put(self, row, amount, on):
        number, days = f"P{self.count}-{row.pk}", {"value_on": self.day, "as_of": self.day}
        money = payment(self.customer, number, amount, **days)
        amounts = {row.item: amount}
        apply_payment(actor=system(money.company), payment=money, amounts=amounts, **on)

    def judge(self, on):
        actor = system(self.customer.company)
        judge_plans(actor=actor, **on)
        assert judge_plans(actor=actor, **on) == 0

    def check(self):
        live = list(PlanItem.objects.filter(is_live=True).values_list("item", flat=True))
        assert len(live) == len(set(live))
        assert not OpenItem.objects.filter(open_minor__lt=0).exists()
        for plan in PaymentPlan.objects.all():
            rows = list(plan.instalments.values_list("amount_minor", "paid_minor"))
            assert sum(amount for amount, _ in rows) == (
                plan.covered_minor + plan.interest_minor + plan.fee_minor
                - plan.concession_minor
            )  # fmt: skip
            assert all(0 <= paid <= amount for amount, paid in rows)
            held = Hold.objects.filter(note=plan.number, released_on=None).exists()
            assert held == (plan.status == "active")
            given = Adjustment.objects.filter(
                kind="concession", reason__startswith=f"{plan.number}: "
            )
            conceded = sum(given.values_list("amount_minor", flat=True))
            assert 0 <= conceded <= (plan.concession_minor if plan.status == "completed" else 0)


@settings(
    max_examples=14,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(STEP, min_size=12, max_size=24), acceleration=st.sampled_from(["ask", "auto"])
)
def test_no_sequence_breaks_a_plan_or_the_books(company, manager, customer, steps, acceleration):
    with transaction.atomic():
        policy(company, acceleration=acceleration, renegotiations="9", frequencies=(
            "{weekly: {least: 1, most: 9}, monthly: {least: 1, most: 9}}"))  # fmt: skip
        play = Play(manager, customer)
        for verb in ("propose", "accept"):
            play.step(verb, 0, 3, 300_00, 0)
        for step in steps:
            try:
                with transaction.atomic():
                    play.step(*step)
            except Refused:
                continue
            play.check()
        assert breaks(company) == {}
        transaction.set_rollback(True)
