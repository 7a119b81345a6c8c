"""What the bank credits: payments on the items of each debit, once, and only when it is sure."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.debit_settlements import record_collected, settle_debit_entries
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.models import BankEntry, Debit, Payment
from tests.actions.debit_rows import (
    COLLECT,
    COLLECTED_AT,
    account_of,
    entry_of,
    mandate_of,
    sent,
    standing,
)
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice, open_amounts
from tests.conftest import add_customer

LATER = {"as_of": date(2026, 3, 23), "at": COLLECTED_AT}


@pytest.fixture
def account(company):
    return account_of(company)


@pytest.fixture
def run(company, clerk, manager, account):
    """Two debits with the bank: 120.00 of K1 for two items, 50.00 of K2."""
    for number, amounts in (("K1", (100_00, 20_00)), ("K2", (50_00,))):
        customer = add_customer(company, number)
        for place, amount in enumerate(amounts):
            invoice(customer, f"R-{number}-{place}", amount, due_on=COLLECT)
        mandate_of(customer)
    return sent(clerk, manager, account)


def settle(company):
    found = settle_debit_entries(actor=system(company), **LATER)
    return found.collected, found.returned


def told(entry):
    entry.refresh_from_db()
    return entry.treatment, entry.payment.number if entry.payment else ""


def test_a_credit_by_end_to_end_id_pays_the_debit_s_items(company, account, run):
    entry = entry_of(account, "e1", 120_00, end_to_end=f"{run.message_id}-1")

    assert settle(company) == (1, 0)

    payment = Payment.objects.get()
    assert (payment.number, payment.method, payment.value_on, payment.customer.number) == (
        f"{run.message_id}-1",
        "debit",
        COLLECT,
        "K1",
    )
    assert standing(run) == [("K1", "paid"), ("K2", "sent")]
    assert told(entry) == ("debit", payment.number)
    assert open_amounts(company) == {"R-K2-0": 50_00}
    assert last_event(company)[0] == "debit.collected"
    assert settle(company) == (0, 0)
    assert breaks(company) == {}


@pytest.mark.parametrize(
    "words",
    [
        {"reference": "{id}-FRST"},
        {"text": "SEPA-LASTSCHRIFT SAMMLER PMTINF {id}-FRST"},
        {"bank_reference": "{id}"},
        {"text": "Collective credit"},
    ],
)
def test_one_sum_pays_every_debit_of_the_batch(company, account, run, words):
    words = {name: text.format(id=run.message_id) for name, text in words.items()}
    entry = entry_of(account, "e1", 170_00, **words)

    assert settle(company) == (2, 0)

    assert standing(run) == [("K1", "paid"), ("K2", "paid")]
    assert told(entry) == ("debit", "")
    assert open_amounts(company) == {}
    assert sum(Payment.objects.values_list("amount_minor", flat=True)) == entry.amount_minor
    assert breaks(company) == {}


@pytest.mark.parametrize(
    "entry",
    [
        {"amount_minor": 119_99, "end_to_end": "{id}-1"},
        {"amount_minor": 170_00, "counterparty_account": "DE02500105170137075030"},
        {"amount_minor": 170_00, "on": COLLECT + timedelta(days=7)},
        {"amount_minor": 170_00, "status": "pending", "reference": "{id}"},
        {"amount_minor": 170_00, "currency": "USD", "reference": "{id}"},
        {"amount_minor": 120_00, "reference": "{id}0-FRST"},
        {"amount_minor": 170_00, "treatment": "same_money", "reference": "{id}"},
    ],
)
def test_other_money_is_left_alone(company, account, run, entry):
    values = {
        k: v.format(id=run.message_id) if isinstance(v, str) else v for k, v in entry.items()
    }
    row = entry_of(account, "e1", values.pop("amount_minor"), **values)
    before = row.treatment

    assert settle(company) == (0, 0)
    assert (told(row), Payment.objects.count()) == ((before, ""), 0)


def test_money_with_a_later_value_date_waits_for_it(company, account, run):
    entry_of(account, "e1", 170_00, on=date(2026, 3, 24), reference=run.message_id)

    assert settle(company) == (0, 0)
    later = settle_debit_entries(
        actor=system(company), as_of=date(2026, 3, 24), at=COLLECTED_AT + timedelta(days=1)
    )
    assert (later.collected, later.returned) == (2, 0)


def test_a_sum_that_became_a_payment_of_nobody_is_taken_back_first(company, account, run):
    payment = record_payment(
        actor=system(company), number="B1", customer=None, currency="EUR", amount_minor=170_00,
        value_on=COLLECT, **LATER,
    )  # fmt: skip
    entry = entry_of(
        account, "e1", 170_00, reference=run.message_id, treatment="payment", payment=payment
    )

    assert settle(company) == (2, 0)

    assert told(entry) == ("debit", "")
    assert sum(Payment.objects.values_list("amount_minor", flat=True)) == 170_00
    assert breaks(company) == {}


def test_a_payment_that_somebody_used_is_not_touched(company, account, run):
    item = invoice(add_customer(company, "K3"), "R-K3", 170_00)
    payment = record_payment(
        actor=system(company), number="B1", customer=None, currency="EUR", amount_minor=170_00,
        value_on=COLLECT, **LATER,
    )  # fmt: skip
    apply_payment(actor=system(company), payment=payment, amounts={item: 170_00}, **LATER)
    entry_of(account, "e1", 170_00, reference=run.message_id, treatment="payment", payment=payment)

    assert settle(company) == (0, 0)
    assert Debit.objects.filter(status="sent").count() == 2


def test_what_was_paid_in_another_way_meanwhile_leaves_unapplied_cash(company, account, run):
    payment = record_payment(
        actor=system(company), number="B1", customer=None, currency="EUR", amount_minor=30_00,
        value_on=COLLECT, **LATER,
    )  # fmt: skip
    item = run.debits.order_by("pk")[1].lines.get().item
    apply_payment(actor=system(company), payment=payment, amounts={item: 30_00}, **LATER)
    entry_of(account, "e1", 170_00, reference=run.message_id)

    assert settle(company) == (2, 0)

    assert open_amounts(company) == {}
    two = Payment.objects.get(number=f"{run.message_id}-2")
    assert [row.amount_minor for row in two.allocations.all()] == [20_00]
    assert breaks(company) == {}


def test_a_payment_of_that_number_recorded_before_is_the_money_and_no_second_one(
    company, account, run
):
    debit = run.debits.order_by("pk")[0]
    figures = {"customer": debit.customer, "currency": "EUR", "value_on": COLLECT, **LATER}
    known = record_payment(
        actor=system(company), number=debit.end_to_end, amount_minor=120_00, **figures
    )
    entry_of(account, "e1", 120_00, end_to_end=debit.end_to_end)

    assert settle(company) == (1, 0)
    assert (Payment.objects.get(), open_amounts(company)) == (known, {"R-K2-0": 50_00})
    assert breaks(company) == {}


def test_a_payment_of_that_number_that_says_other_things_is_refused(company, account, run):
    debit = run.debits.order_by("pk")[0]
    record_payment(
        actor=system(company), number=debit.end_to_end, customer=debit.customer, currency="EUR",
        amount_minor=1_00, value_on=COLLECT, **LATER,
    )  # fmt: skip
    entry_of(account, "e1", 120_00, end_to_end=debit.end_to_end)
    with pytest.raises(
        Refused, match=f"{debit.end_to_end} is already recorded with other figures"
    ):
        settle(company)
    assert Debit.objects.filter(status="sent").count() == 2


def test_more_debits_take_no_more_queries(company, clerk, manager, account):
    counts = []
    for number, debits in enumerate((2, 5)):
        for place in range(debits):
            customer = add_customer(company, f"K{number}{place}")
            invoice(customer, f"R{number}{place}", 10_00 + place, due_on=COLLECT)
            mandate_of(customer)
        one = sent(clerk, manager, account)
        for debit in one.debits.all():
            entry_of(account, debit.end_to_end, debit.amount_minor, end_to_end=debit.end_to_end)
        with CaptureQueriesContext(connection) as asked:
            assert settle(company) == (debits, 0)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert (open_amounts(company), breaks(company)) == ({}, {})


def test_without_statements_a_person_says_that_the_money_came(company, clerk, account, run):
    actor = acting(clerk)
    with pytest.raises(Refused, match="The money can have come from 2026-03-20 to 2026-03-23"):
        record_collected(actor=actor, run=run, value_on=COLLECT - timedelta(days=1), **LATER)

    assert record_collected(actor=actor, run=run, value_on=COLLECT, **LATER) == 2

    assert standing(run) == [("K1", "paid"), ("K2", "paid")]
    with pytest.raises(Refused, match="No debit of run 1 waits for its money"):
        record_collected(actor=actor, run=run, value_on=COLLECT, **LATER)
    assert breaks(company) == {}


def test_where_statements_are_read_the_one_of_the_day_is_waited_for(clerk, account, run):
    entry_of(account, "e0", -1_00, on=COLLECT - timedelta(days=1), text="fee")

    with pytest.raises(Refused, match="read up to 2026-03-19; wait for the one of 2026-03-20"):
        record_collected(actor=acting(clerk), run=run, value_on=COLLECT, **LATER)
    assert BankEntry.objects.get().treatment == "open"
