"""Any sequence of ledger actions leaves clean books that agree with a model of plain dicts."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.balances import rebuild_open_items
from dunwell.actions.gate import Refused, system
from dunwell.actions.items import reverse_item
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.models import Allocation
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

STEP = st.tuples(
    st.sampled_from(
        ["item", "item", "credit", "payment", "payment", "apply", "apply", "apply", "net", "net",
         "adjust", "unadjust", "take_back", "take_back", "give_back", "reverse"]
    ),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from([0, 1, 49_99, 50_00, 50_01, 99_99, 100_00, 100_01]),
    st.integers(0, 3),
)  # fmt: skip
"""What to do, on which row, on which other row, with how much, how many days later."""


class Model:
    """The ledger as dicts: what is open, what is left, and which bookings are live."""

    def __init__(self):
        self.amount, self.open, self.left = {}, {}, {}
        self.live, self.reversed_items = [], set()

    def can_book(self, number, amount):
        is_debit = self.amount[number] > 0
        return is_debit and 0 < amount <= self.open[number]

    def book(self, kind, source, number, amount):
        self.live.append([kind, source, number, amount])
        self._move(kind, source, number, amount)

    def unbook(self, booking):
        self.live.remove(booking)
        kind, source, number, amount = booking
        self._move(kind, source, number, -amount)

    def _move(self, kind, source, number, amount):
        self.open[number] -= amount
        if kind == "payment":
            self.left[source] -= amount
        if kind == "credit":
            self.open[source] += amount


@contextmanager
def refused_unless(allowed):
    """The real action must refuse exactly when the model says so."""
    if allowed:
        yield
    else:
        with pytest.raises(Refused):
            yield


def pick(rows, index):
    return list(rows.values())[index % len(rows)] if rows else None


class Play:
    """Plays steps on the real ledger and on the model; both must say no to the same ones."""

    def __init__(self, company, customer):
        self.actor, self.customer = system(company), customer
        self.model, self.items, self.payments = Model(), {}, {}
        self.day, self.count = TODAY, 0

    def step(self, verb, one, two, amount, days):
        self.day += timedelta(days=days)
        self.count += 1
        self.when = {"as_of": self.day, "at": AT + timedelta(minutes=self.count)}
        self.by = {"actor": self.actor, **self.when}
        getattr(self, verb)(one, two, amount)

    def item(self, one, two, amount, sign=1):
        if amount:
            number = f"N{self.count}"
            self.items[number] = invoice(self.customer, number, sign * amount, **self.when)
            self.model.amount[number] = self.model.open[number] = sign * amount

    def credit(self, one, two, amount):
        self.item(one, two, amount, sign=-1)

    def payment(self, one, two, amount):
        if amount:
            number = f"P{self.count}"
            self.payments[number] = payment(self.customer, number, amount, **self.when)
            self.model.left[number] = amount

    def apply(self, one, two, amount):
        item, money = pick(self.items, one), pick(self.payments, two)
        if item and money:
            left = self.model.left[money.number]
            allowed = self.model.can_book(item.number, amount) and amount <= (left or 0)
            with refused_unless(allowed):
                apply_payment(payment=money, amounts={item: amount}, **self.by)
            if allowed:
                self.model.book("payment", money.number, item.number, amount)

    def net(self, one, two, amount):
        item, credit = pick(self.items, one), pick(self.items, two)
        if item and credit:
            can_take = amount <= -self.model.open[credit.number]
            allowed = self.model.can_book(item.number, amount) and can_take
            with refused_unless(allowed):
                apply_credit(credit=credit, amounts={item: amount}, **self.by)
            if allowed:
                self.model.book("credit", credit.number, item.number, amount)

    def adjust(self, one, two, amount):
        if item := pick(self.items, one):
            allowed = 0 < amount <= abs(self.model.open[item.number])
            values = {"kind": "write_off", "amount_minor": amount, "reason": "x", **self.by}
            with refused_unless(allowed):
                row = record_adjustment(item=item, **values)
            if allowed:
                signed = amount if item.amount_minor > 0 else -amount
                self.model.book("adjust", row, item.number, signed)

    def unadjust(self, one, two, amount):
        live = {n: b for n, b in enumerate(self.model.live) if b[0] == "adjust"}
        if booking := pick(live, one):
            reverse_adjustment(adjustment=booking[1], reason="x", **self.by)
            self.model.unbook(booking)

    def take_back(self, one, two, amount):
        live = {n: b for n, b in enumerate(self.model.live) if b[0] != "adjust"}
        if booking := pick(live, one):
            reverse_allocation(allocation=self._row_of(booking), reason="x", **self.by)
            self.model.unbook(booking)

    def give_back(self, one, two, amount):
        if money := pick(self.payments, two):
            allowed = self.model.left[money.number] is not None
            with refused_unless(allowed):
                reverse_payment(payment=money, reason="x", **self.by)
            if allowed:
                for booking in [b for b in self.model.live if b[:2] == ["payment", money.number]]:
                    self.model.unbook(booking)
                self.model.left[money.number] = None

    def reverse(self, one, two, amount):
        if item := pick(self.items, one):
            key, mirror, model = item.number, f"{item.number}-R", self.model
            allowed = key not in model.reversed_items
            with refused_unless(allowed):
                self.items[mirror] = reverse_item(item=item, reason="x", **self.by)
            if allowed:
                model.reversed_items |= {key, mirror}
                model.amount[mirror] = model.open[mirror] = -model.amount[key]
                if still_open := model.open[key]:
                    debit, credit = (key, mirror) if still_open > 0 else (mirror, key)
                    model.book("credit", credit, debit, abs(still_open))

    def _row_of(self, booking):
        """A live allocation that the model's booking stands for."""
        kind, source, number, amount = booking
        from_payment = {"payment": self.payments.get(source)}
        sources = from_payment if kind == "payment" else {"counter_item": self.items[source]}
        rows = Allocation.objects.filter(
            item=self.items[number],
            amount_minor=amount,
            reverses=None,
            reversed_by=None,
            **sources,
        )
        return rows.order_by("pk").first()


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=5, max_size=25))
def test_any_sequence_of_actions_keeps_the_books_clean(company, customer, steps):
    with transaction.atomic():
        play = Play(company, customer)
        for step in steps:
            play.step(*step)

        expected = {number: amount for number, amount in play.model.open.items() if amount}
        assert open_amounts(company) == expected
        assert breaks(company) == {}
        assert rebuild_open_items(actor=system(company), at=AT) == 0
        transaction.set_rollback(True)
