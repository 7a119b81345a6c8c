"""Whatever people do with a payment and a credit, no more is given back than there is."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_credit, apply_payment, reverse_payment
from dunwell.actions.refunds import (
    approve_refund,
    fail_refund,
    mark_refunds_paid,
    propose_refund,
    reject_refund,
)
from dunwell.models import Allocation, OpenItem, Refund
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.refund_rows import approved_payee
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

STEP = st.tuples(
    st.sampled_from(
        ["propose", "propose", "approve", "approve", "approve", "reject", "pay", "fail", "fail",
         "apply", "bounce"]
    ),
    st.booleans(),
    st.integers(0, 5),
    st.sampled_from([1, 30_00, 50_00, 99_99, 100_00, 100_01]),
)  # fmt: skip
"""What to do, of the payment or the credit, with which refund, with how much."""


class Play:
    """Plays steps; what is refused changes nothing."""

    def __init__(self, company, customer, payee):
        self.actor = system(company)
        self.money = payment(customer, "P1", 100_00)
        self.credit = invoice(customer, "G1", -100_00)
        self.item = invoice(customer, "R1", 1_000_00)
        self.payee, self.count = payee, 0

    def step(self, verb, is_money, index, amount):
        self.count += 1
        on = {"as_of": TODAY + timedelta(days=self.count // 3),
              "at": AT + timedelta(minutes=self.count)}  # fmt: skip
        by = {"actor": self.actor, **on}
        refunds = list(Refund.objects.order_by("pk"))
        refund = refunds[index % len(refunds)] if refunds else None
        source = self.money if is_money else self.credit
        if verb == "propose":
            propose_refund(source=source, payee=self.payee, amount_minor=amount, reason="x", **by)
        elif verb == "apply" and is_money:
            apply_payment(payment=self.money, amounts={self.item: amount}, **by)
        elif verb == "apply":
            apply_credit(credit=self.credit, amounts={self.item: amount}, **by)
        elif verb == "bounce" and index == 0 and amount == 1:
            reverse_payment(payment=self.money, reason="no funds", **by)
        elif refund is not None:
            self.decide(verb, refund, by)

    def decide(self, verb, refund, by):
        if verb == "approve":
            approve_refund(refund=refund, **by)
        elif verb == "reject":
            reject_refund(refund=refund, reason="x", **by)
        elif verb == "pay":
            mark_refunds_paid(refunds=[refund], paid_on=by["as_of"], **by)
        elif verb == "fail":
            fail_refund(refund=refund, reason="x", **by)

    def check(self):
        used = sum(
            Allocation.objects.filter(payment=self.money).values_list("amount_minor", flat=True)
        )
        taken = -sum(
            Allocation.objects.filter(item=self.credit).values_list("amount_minor", flat=True)
        )
        assert 0 <= used <= 100_00 and 0 <= taken <= 100_00
        for of in ({"payment": self.money}, {"credit": self.credit}):
            given = Refund.objects.filter(status__in=("approved", "paid"), **of)
            is_bounced = "payment" in of and hasattr(self.money, "reversed_by")
            assert is_bounced or sum(given.values_list("amount_minor", flat=True)) <= 100_00


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=5, max_size=20))
def test_no_sequence_gives_back_more_than_there_is(company, clerk, manager, customer, steps):
    with transaction.atomic():
        payee = approved_payee(clerk, manager, customer)
        play = Play(company, customer, payee)
        for step in steps:
            try:
                with transaction.atomic():
                    play.step(*step)
            except Refused:
                continue
            play.check()
        assert breaks(company) == {}
        # refunds are open only where their money bounced afterwards
        if not play.money.__class__.objects.filter(reverses=play.money).exists():
            assert not OpenItem.objects.filter(item__kind="refund").exists()
        transaction.set_rollback(True)
