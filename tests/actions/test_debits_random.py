"""Any order of what clerks do with debits: nothing is asked for twice, and the books stay clean."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.actions.debit_files import send_run
from dunwell.actions.debit_returns import return_debit
from dunwell.actions.debit_runs import approve_run, cancel_run, prepare_run, remove_debit
from dunwell.actions.debit_settlements import settle_debit_entries
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.models import Debit, DebitItem, DebitRun, Item, Message, Payment
from tests.actions.debit_rows import COLLECT, COLLECTED_AT, NOW, account_of, entry_of, mandate_of
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.conftest import AT, add_customer

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

DAYS = (COLLECT, COLLECT + timedelta(days=3))
LATER = {"as_of": DAYS[1], "at": COLLECTED_AT + timedelta(days=1)}
STEP = st.tuples(
    st.sampled_from(
        ("bill", "credit", "cash", "pay", "dispute", "prepare", "remove", "cancel", "approve",
         "send", "settle", "back")
    ),
    st.integers(0, 20),
    st.integers(1, 200_00),
)  # fmt: skip


def pick(found, place):
    rows = list(found.order_by("pk"))
    return rows[place % len(rows)] if rows else None


class Play:
    """Steps as somebody might take them; a refusal is as good as any other answer."""

    def __init__(self, company):
        self.company, self.actor = company, system(company)
        self.account = account_of(company)
        self.customers = [add_customer(company, f"K{n}") for n in (1, 2)]
        for customer in self.customers:
            mandate_of(customer)
        self.count = 0

    def step(self, name, place, amount):
        self.count += 1
        with suppress(Refused), transaction.atomic():
            getattr(self, name)(place, amount)

    def bill(self, place, amount):
        due_on = COLLECT - timedelta(days=place % 9)
        invoice(self.customers[place % 2], f"R{self.count}", amount, due_on=due_on)

    def credit(self, place, amount):
        invoice(self.customers[place % 2], f"G{self.count}", -amount)

    def cash(self, place, amount):
        payment(self.customers[place % 2], f"B{self.count}", amount)

    def pay(self, place, amount):
        money = pick(Payment.objects.filter(number__startswith="B"), place)
        item = pick(Item.objects.filter(kind="invoice"), place)
        if money and item:
            apply_payment(actor=self.actor, payment=money, amounts={item: amount}, **NOW)

    def dispute(self, place, amount):
        if item := pick(Item.objects.filter(kind="invoice"), place):
            open_dispute(actor=self.actor, item=item, amount_minor=amount, reason="price", **NOW)

    def prepare(self, place, amount):
        prepare_run(
            actor=self.actor,
            account=self.account,
            scheme="CORE",
            collect_on=DAYS[place % 2],
            **NOW,
        )
        # what is asked for now, over all that is under way, is not more than is open now
        opened = dict(self.company.open_items.values_list("item", "open_minor"))
        run = DebitRun.objects.get(status="draft", collect_on=DAYS[place % 2])
        for line in DebitItem.objects.filter(debit__run=run, debit__status="planned"):
            under = DebitItem.objects.filter(
                item=line.item, debit__status__in=("planned", "sent")
            ).values_list("amount_minor", flat=True)
            assert sum(under) <= opened[line.item_id]
        assert run.total_minor == sum(
            Debit.objects.filter(run=run, status="planned").values_list("amount_minor", flat=True)
        )

    def remove(self, place, amount):
        if debit := pick(Debit.objects.filter(status="planned"), place):
            remove_debit(actor=self.actor, debit=debit, reason="x", at=AT)

    def cancel(self, place, amount):
        if run := pick(DebitRun.objects.all(), place):
            cancel_run(actor=self.actor, run=run, reason="x", at=AT)

    def approve(self, place, amount):
        if run := pick(DebitRun.objects.filter(status="draft"), place):
            approve_run(actor=self.actor, run=run, **NOW)
            Message.objects.filter(status="ready").update(status="sent", sent_at=AT)

    def send(self, place, amount):
        if run := pick(DebitRun.objects.filter(status="approved"), place):
            send_run(actor=self.actor, run=run, **NOW)

    def settle(self, place, amount):
        if debit := pick(Debit.objects.filter(status="sent"), place):
            entry_of(
                self.account, f"e{self.count}", debit.amount_minor, end_to_end=debit.end_to_end
            )
        settle_debit_entries(actor=self.actor, **LATER)

    def back(self, place, amount):
        if debit := pick(Debit.objects.filter(status__in=("sent", "paid")), place):
            code = ("AM04", "AC01", "AC04")[amount % 3]
            return_debit(
                actor=self.actor, debit=debit, reason_code=code, returned_on=DAYS[1], **LATER
            )


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=8, max_size=25))
def test_any_order_of_steps_asks_for_nothing_twice(company, steps):
    with transaction.atomic():
        play = Play(company)
        for step in steps:
            play.step(*step)

        assert all(amount for amount in open_amounts(company).values())
        paid = Debit.objects.filter(status="paid")
        assert all(d.payment.amount_minor == d.amount_minor for d in paid)
        assert breaks(company) == {}
        transaction.set_rollback(True)
