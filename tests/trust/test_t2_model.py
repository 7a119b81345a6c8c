"""T2: the database agrees with a model of plain dicts, step by step, on SQLite and PostgreSQL.

The model knows sums alone: what is open on an item, what is left of a payment, which bookings
stand. Refusals must agree too: the real actions say no exactly where the model does.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment, reverse_allocation, reverse_payment
from dunwell.models import Allocation, Company, EntryLine
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY, add_customer, examples

pytestmark = [pytest.mark.django_db, pytest.mark.each]

AMOUNTS = st.sampled_from([1, 49_99, 50_00, 50_01, 99_99, 100_00, 100_01])
"""Around the sums that matter, so that the edges are met often."""


class LedgerMachine(RuleBasedStateMachine):
    """Plays the ledger's core on the database and on dicts."""

    items = Bundle("items")
    payments = Bundle("payments")
    bookings = Bundle("bookings")
    write_offs = Bundle("write_offs")

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.open, self.left, self.live, self.gone = {}, {}, {}, set()
        self.count = 0

    def teardown(self):
        try:
            assert breaks(self.company) == {}
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize()
    def company_and_customer(self):
        self.company = Company.objects.create(
            name="Model", zone="UTC", country="DE", currency="EUR", created_at=AT
        )
        self.customer = add_customer(self.company, "K1")

    def on(self):
        """The next moment; days go by with the steps."""
        self.count += 1
        return {
            "as_of": TODAY + timedelta(days=self.count // 4),
            "at": AT + timedelta(days=self.count // 4, seconds=self.count),
        }

    def by(self):
        return {"actor": system(self.company), **self.on()}

    def attempt(self, is_allowed, action, **values):
        """What the action returned; it must refuse exactly where the model does."""
        try:
            result = action(**values, **self.by())
        except Refused:
            assert not is_allowed
            return None
        assert is_allowed
        return result

    @rule(target=items, amount=AMOUNTS)
    def add_item(self, amount):
        row = invoice(self.customer, f"R{self.count}", amount, **self.on())
        self.open[row.number] = amount
        return row

    @rule(target=payments, amount=AMOUNTS)
    def receive(self, amount):
        row = payment(self.customer, f"P{self.count}", amount, **self.on())
        self.left[row.number] = amount
        return row

    @rule(target=bookings, item=items, money=payments, amount=AMOUNTS)
    def allocate(self, item, money, amount):
        left = 0 if money.number in self.gone else self.left[money.number]
        is_allowed = amount <= self.open[item.number] and amount <= left
        rows = self.attempt(is_allowed, apply_payment, payment=money, amounts={item: amount})
        if rows is None:
            return None
        self.open[item.number] -= amount
        self.left[money.number] -= amount
        self.live[rows[0].pk] = (item.number, money.number, amount)
        return rows[0]

    @rule(booking=bookings)
    def unapply(self, booking):
        if booking is None:
            return
        told = self.live.get(booking.pk)
        done = self.attempt(told is not None, reverse_allocation, allocation=booking, reason="x")
        if done is not None:
            self._take_back(booking.pk)

    def _take_back(self, key):
        item, money, amount = self.live.pop(key)
        self.open[item] += amount
        self.left[money] += amount

    @rule(money=payments)
    def reverse(self, money):
        is_allowed = money.number not in self.gone
        if self.attempt(is_allowed, reverse_payment, payment=money, reason="x") is not None:
            for key in [key for key, told in self.live.items() if told[1] == money.number]:
                self._take_back(key)
            self.gone.add(money.number)
            self.left[money.number] = 0

    @rule(target=write_offs, item=items, amount=AMOUNTS)
    def write_off(self, item, amount):
        is_allowed = amount <= self.open[item.number]
        row = self.attempt(
            is_allowed, record_adjustment, item=item, kind="write_off", amount_minor=amount,
            reason="x",
        )  # fmt: skip
        if row is not None:
            self.open[item.number] -= amount
            self.live[f"w{row.pk}"] = (item.number, "", amount)
        return row

    @rule(row=write_offs)
    def take_write_off_back(self, row):
        if row is None:
            return
        told = self.live.get(f"w{row.pk}")
        done = self.attempt(told is not None, reverse_adjustment, adjustment=row, reason="x")
        if done is not None:
            item, _, amount = self.live.pop(f"w{row.pk}")
            self.open[item] += amount

    @invariant()
    def items_agree(self):
        if self.count:
            expected = {number: minor for number, minor in self.open.items() if minor}
            assert open_amounts(self.company) == expected

    @invariant()
    def payments_agree(self):
        if self.count:
            rows = Allocation.objects.filter(company=self.company, payment__isnull=False)
            used = dict(
                rows.values_list("payment__number").annotate(minor=Sum("amount_minor")).order_by()
            )
            applied = {}
            for _, money, amount in self.live.values():
                if money:
                    applied[money] = applied.get(money, 0) + amount
            assert {number: minor for number, minor in used.items() if minor} == applied

    @invariant()
    def control_accounts_agree(self):
        if self.count:
            lines = EntryLine.objects.filter(company=self.company)
            sums = dict(
                lines.values_list("account").annotate(minor=Sum("amount_minor")).order_by()
            )
            assert sums.get("receivable", 0) == sum(self.open.values())
            assert sums.get("unapplied", 0) == -sum(self.left.values())
            assert sum(sums.values()) == 0


def test_t2_the_database_agrees_with_the_model():
    run_state_machine_as_test(LedgerMachine, settings=examples(6, release=300))
