"""Any sequence of decisions and undoings leaves clean books; undoing all restores them exactly."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dunwell.actions.gate import Refused, system
from dunwell.actions.match_cases import Deduction, park_case, settle_case, undo_case
from dunwell.models import Allocation, Dispute, EntryLine, MatchCase, PayerAlias, Payment
from tests.actions.ledger_rows import breaks, invoice, open_amounts
from tests.actions.match_desk import money, run
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.dealt(one_in=10, of="long files", whole=True)

DEBITS = st.sampled_from([0, 0, 0, 4_00, 50_00, 90_00])
CREDITS = st.sampled_from([0, 0, 4_00])
STEP = st.tuples(
    st.sampled_from(["settle", "settle", "settle", "park", "undo", "undo", "tomorrow"]),
    st.integers(0, 2),
    st.tuples(DEBITS, DEBITS, DEBITS, DEBITS, CREDITS, CREDITS),
    st.sampled_from([0, 0, 1_00, 2_00]),
    st.sampled_from([0, 0, 10_00]),
    st.booleans(),
)
"""What, on which case, how much of each item, given up, deducted, and whether to learn."""


def books(company):
    """What the books say, every booking summed, and what is known of payers."""
    lines = EntryLine.objects.filter(company=company).order_by()
    sums = lines.values_list("account", "customer", "currency").annotate(m=Sum("amount_minor"))
    used = Allocation.objects.filter(payment__isnull=False).order_by().values_list("payment")
    return {
        "open": open_amounts(company),
        "accounts": {row[:3]: row[3] for row in sums if row[3]},
        "used": {key: minor for key, minor in used.annotate(m=Sum("amount_minor")) if minor},
        "payers": list(Payment.objects.order_by("pk").values_list("number", "customer")),
        "disputes": Dispute.objects.filter(closed_on=None).count(),
        "aliases": list(PayerAlias.objects.order_by("pk").values_list("text", "times")),
    }


class Play:
    """Decides at random on three payments of two customers."""

    def __init__(self, company):
        self.actor, self.day, self.count = system(company), TODAY, 0
        one, two = add_customer(company, "K1"), add_customer(company, "K2")
        self.customers = [one, two]
        self.items = [invoice(one, f"R{n}", 100_00 + n) for n in range(2)]
        self.items += [invoice(two, f"S{n}", 250_00) for n in range(2)]
        self.items += [invoice(one, "C1", -50_00), invoice(two, "C2", -4_00)]
        for number in range(3):
            money(company, f"B{number}", 300_00 + number, payer=f"Payer {number}")
        run(company)
        self.cases = list(MatchCase.objects.order_by("pk"))

    def step(self, verb, which, amounts, given, deducted, learn):
        self.count += 1
        case = self.cases[which]
        case.refresh_from_db()
        try:
            with transaction.atomic():
                getattr(self, verb)(case, amounts, given, deducted, learn)
        except Refused:
            return

    def when(self):
        return {"as_of": self.day, "at": AT + timedelta(minutes=self.count)}

    def settle(self, case, amounts, given, deducted, learn):
        if case.status == MatchCase.Status.PARKED:
            # who parked it said whose it is, which undoing the settlement alone would keep
            self.undo(case)
            case.refresh_from_db()
        signed = {
            item.pk: amount if item.amount_minor > 0 else -amount
            for item, amount in zip(self.items, amounts, strict=True)
            if amount
        }
        first = self.items[case.pk % 2].pk
        refused = Deduction(item_id=first, amount_minor=deducted, reason="price")
        settle_case(
            actor=self.actor, case=case, version=case.version, amounts=signed,
            write_offs={first: given} if given else {},
            deductions=[refused] if deducted else [],
            customer_id=self.customers[0].pk, learn=learn, **self.when(),
        )  # fmt: skip

    def park(self, case, *_):
        park_case(
            actor=self.actor, case=case, version=case.version,
            customer_id=self.customers[1].pk, reason="x", **self.when(),
        )  # fmt: skip

    def undo(self, case, *_):
        undo_case(actor=self.actor, case=case, version=case.version, reason="x", **self.when())

    def tomorrow(self, *_):
        self.day += timedelta(days=1)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=3, max_size=9))
def test_undoing_everything_restores_the_books_exactly(company, steps):
    with transaction.atomic():
        play = Play(company)
        before = books(company)
        for step in steps:
            play.step(*step)
        assert breaks(company) == {}

        for which in range(3):
            play.step("undo", which, [], 0, 0, False)

        assert books(company) == before
        assert breaks(company) == {}
        transaction.set_rollback(True)
