"""Laws of merge and split over any two records: totals and ageing at every day, and the way back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from dunwell.actions.balances import rebuild_open_items
from dunwell.actions.gate import Refused, system
from dunwell.actions.imports import import_ledger
from dunwell.actions.items import reverse_item
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.models import Allocation, Customer, EntryLine, Item, Payment
from dunwell.queries.past_aging import aging_on
from tests.actions.exports import items_csv, ledger
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.merge_rows import merged_by, ownership, split_by
from tests.conftest import AT, TODAY, add_customer, examples

pytestmark = [
    pytest.mark.both,
    pytest.mark.dealt(one_in=10, of="long files", whole=True),
]

STEP = st.tuples(
    st.sampled_from(
        ["item", "item", "item", "credit", "payment", "payment", "apply", "apply", "apply", "net",
         "take_back", "give_back", "reverse", "file", "file"]
    ),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from([1, 49_99, 50_00, 100_00]),
    st.sampled_from(["EUR", "USD"]),
    st.integers(0, 20),
)  # fmt: skip
"""What to do, on which row, on which other row, with how much of what, how many days later."""


class Books:
    """Three customers and what a sequence of steps did to them; what rules refuse is left out."""

    def __init__(self, company):
        self.company, self.by, self.count, self.day = company, system(company), 0, TODAY
        self.customers = [add_customer(company, f"N{n}", f"Name {n}") for n in range(3)]

    def play(self, steps):
        for step in steps:
            try:
                with transaction.atomic():
                    self._step(*step)
            except Refused:
                continue

    def _step(self, kind, first, other, amount, currency, days):
        self.count += 1
        number, customer = f"{kind}{self.count}", self.customers[first % 3]
        customer = Customer.objects.get(pk=customer.pk)
        on = {"as_of": self.day, "at": AT + timedelta(seconds=self.count)}
        day = {"currency": currency, **on}
        if kind in {"item", "credit"}:
            signed = amount if kind == "item" else -amount
            issued = self.day - timedelta(days=days)
            invoice(
                customer, number, signed, issued_on=issued,
                due_on=issued + timedelta(days=other * 10), **day,
            )  # fmt: skip
        elif kind == "file":
            self._import(customer, number, amount, currency, on)
        elif kind == "payment":
            payment(customer, number, amount, value_on=self.day - timedelta(days=days), **day)
        elif kind == "apply":
            money, item = self.row(Payment, first), self.row(Item, other, amount_minor__gt=0)
            apply_payment(actor=self.by, payment=money, amounts={item: amount}, **on)
        elif kind == "net":
            credit, item = (
                self.row(Item, first, kind="credit_note"), self.row(Item, other, kind="invoice"),
            )  # fmt: skip
            apply_credit(actor=self.by, credit=credit, amounts={item: amount}, **on)
        else:
            self._take_back(kind, first, on)

    def _import(self, customer, number, amount, currency, on):
        """A document of a file, half of it paid, by the number of a record that may be closed."""
        paid, left = f"{amount / 100:.2f}", f"{(amount - amount // 2) / 100:.2f}"
        told = f"{number}-{customer.number};invoice;2026-02-20;2026-03-20;{currency};{paid};{left}"
        row = items_csv(f"{customer.number};{customer.name};{told}")
        import_ledger(actor=self.by, ledger=ledger(row), **on)

    def strayed(self):
        """Documents of files that are not whose number they came by, with whose they are."""
        rows = Item.objects.filter(company=self.company, batch__isnull=False)
        owners = rows.values_list("number", "customer__number")
        return [(number, owner) for number, owner in owners if not number.endswith(f"-{owner}")]

    def _take_back(self, kind, first, on):
        by = {"actor": self.by, "reason": "x", **on}
        if kind == "take_back":
            reverse_allocation(allocation=self.row(Allocation, first, reverses=None), **by)
        elif kind == "give_back":
            reverse_payment(payment=self.row(Payment, first), **by)
        else:
            reverse_item(item=self.row(Item, first), **by)

    def row(self, model, place, **only):
        rows = list(model.objects.filter(company=self.company, **only).order_by("pk"))
        if not rows:
            raise Refused("there is none")
        return rows[place % len(rows)]


def currency_of(figures):
    """The currency of a row of the ageing."""
    return figures.currency


def ageing(company):
    """The ageing of the company as of several days, as known then and as known now."""
    days = [TODAY - timedelta(days=n) for n in (30, 12, 5, 0)]
    return {
        (on, known): sorted(aging_on(company, as_of=on, known_on=known), key=currency_of)
        for on in days
        for known in (on, TODAY + timedelta(days=1))
    }


def amounts_of(aged):
    """The same without how many customers owe it: two records that are one count once."""
    return {
        days: [
            (
                one.currency, one.open_minor, one.overdue_minor, one.items,
                [(part.bucket, part.open_minor, part.items) for part in one.buckets],
            )
            for one in figures
        ]
        for days, figures in aged.items()
    }  # fmt: skip


def totals(company, *customers):
    """Sum of every account by currency and day, of the company or of some customers together."""
    rows = EntryLine.objects.filter(company=company)
    if customers:
        rows = rows.filter(customer__in=customers)
    named = rows.order_by().values_list("account", "currency", "posted_on")
    return {tuple(key): minor for *key, minor in named.annotate(minor=Sum("amount_minor"))}


@examples(8, release=200)
@given(st.lists(STEP, min_size=6, max_size=30))
def test_i26_merging_and_splitting_keep_every_total_and_lead_back(company, clerk, manager, steps):
    with transaction.atomic():
        books = Books(company)
        books.play(steps)
        survivor, merged, third = books.customers
        before, aged, owned = totals(company), ageing(company), ownership(company)
        both, other = totals(company, merged, survivor), totals(company, third)

        merge = merged_by(clerk, manager, merged, survivor)
        assert totals(company) == before
        assert amounts_of(ageing(company)) == amounts_of(aged)
        assert totals(company, survivor) == both == totals(company, merged, survivor)
        assert (totals(company, merged), totals(company, third)) == ({}, other)
        assert breaks(company) == {}
        assert rebuild_open_items(actor=books.by, at=AT) == 0

        split_by(manager, merge)
        assert (totals(company), ageing(company)) == (before, aged)
        assert ownership(company) == owned
        assert breaks(company) == {}
        assert rebuild_open_items(actor=books.by, at=AT) == 0
        transaction.set_rollback(True)


@examples(8, release=200)
@given(
    st.lists(STEP, min_size=4, max_size=15), st.lists(STEP, min_size=1, max_size=12),
)  # fmt: skip
def test_i26_what_is_done_between_merge_and_split_never_breaks_the_books(
    company, clerk, manager, steps, since
):
    with transaction.atomic():
        books = Books(company)
        books.play(steps)
        survivor, merged, _third = books.customers
        merge = merged_by(clerk, manager, merged, survivor)
        books.play(since)
        before, aged = totals(company), amounts_of(ageing(company))
        try:
            split_by(manager, merge)
        except Refused as refused:
            assert "cannot be split off" in str(refused)  # noqa: PT017  either way is lawful
        else:
            assert books.strayed() == []
        assert (totals(company), amounts_of(ageing(company))) == (before, aged)
        assert breaks(company) == {}
        assert rebuild_open_items(actor=books.by, at=AT) == 0
        transaction.set_rollback(True)
