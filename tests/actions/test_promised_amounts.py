"""Promises of an amount: recorded, judged by any money of the customer, covering the oldest."""

from datetime import timedelta

import pytest

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Refused, system
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.actions.promise_consequences import forgive_promise
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.actions.promises import record_promise, settle_promises
from dunwell.models import Promise, PromiseItem, Task
from dunwell.queries.items import ItemFilter, item_rows
from dunwell.queries.promised_amounts import covered_now, free_to_promise, unpaid_amounts
from dunwell.queries.promises import keep_record, promise_days, promise_rows
from dunwell.queries.verify import verify_books
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

DUE = TODAY + timedelta(days=4)
MOST = (
    "At most 300.00 EUR is open and neither disputed, promised nor agreed otherwise; promise that "
    "or less."
)


@pytest.fixture
def items(customer):
    """Return three items of 100.00, the second the oldest."""
    return [
        invoice(
            customer,
            f"R{n}",
            100_00,
            issued_on=TODAY - timedelta(days=40),
            due_on=TODAY - timedelta(days=days),
        )
        for n, days in enumerate((5, 30, 1), 1)
    ]


@pytest.fixture
def record(collector, customer, items):
    def record(**changes):
        arguments = {
            "actor": acting(collector),
            "customer": customer,
            "currency": "EUR",
            "amount_minor": 150_00,
            "due_on": DUE,
            "as_of": TODAY,
            "at": AT,
        }
        return record_promised_amount(**{**arguments, **changes})

    return record


def money_on(customer, item, amount, value_on, number="B1"):
    actor = system(customer.company)
    money = payment(customer, number, amount, value_on=value_on, as_of=value_on)
    apply_payment(actor=actor, payment=money, amounts={item: amount}, as_of=value_on, at=AT)
    return money


def settle(company, as_of):
    return settle_promises(actor=system(company), as_of=as_of, at=AT)


def outcome(promise):
    promise.refresh_from_db()
    return promise.outcome


def test_recording_writes_the_amount_without_lines_and_one_event(company, customer, record):
    promise = record(note="by transfer")

    assert (promise.level, promise.currency, promise.amount_minor) == ("customer", "EUR", 150_00)
    assert (promise.outcome, promise.note, promise.keep_ppm) == ("open", "by transfer", None)
    assert not PromiseItem.objects.exists()
    assert last_event(company) == (
        "promise.recorded",
        "anna",
        customer.pk,
        {"due_on": DUE.isoformat(), "currency": "EUR", "amount_minor": 150_00},
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount_minor": 0}, "The promised amount must be more than 0."),
        (
            {"amount_minor": 300_01},
            MOST,
        ),
        (
            {"currency": "USD"},
            "Nothing in USD is open that is neither disputed, promised nor agreed otherwise.",
        ),
        ({"due_on": TODAY - timedelta(days=1)}, "The promised date has already passed."),
    ],
)
def test_what_cannot_be_promised_is_refused_with_the_reason(record, changes, sentence):
    with pytest.raises(Refused) as refused:
        record(**changes)

    assert str(refused.value) == sentence
    assert not Promise.objects.exists()


def test_disputed_and_promised_parts_are_not_free(collector, customer, items, record):
    actor = acting(collector)
    open_dispute(
        actor=actor, item=items[0], amount_minor=40_00, reason="price", as_of=TODAY, at=AT
    )
    record_promise(
        actor=actor, customer=customer, amounts={items[1]: 100_00}, due_on=DUE, as_of=TODAY, at=AT
    )

    assert free_to_promise(customer, as_of=TODAY) == {"EUR": 160_00}


def test_a_second_amount_is_refused_or_replaces_the_first(company, record):
    first = record()
    with pytest.raises(Refused) as refused:
        record(amount_minor=10_00)
    assert str(refused.value) == (
        f"150.00 EUR is already promised for {DUE.isoformat()}; replace or withdraw that promise "
        "first. Several days are a payment plan."
    )

    second = record(amount_minor=200_00, supersede=True)

    assert (outcome(first), outcome(second)) == ("superseded", "open")


def test_any_money_since_keeps_it_and_a_return_opens_it_again(company, customer, items, record):
    promise = record()
    day = TODAY + timedelta(days=1)
    money_on(customer, items[2], 100_00, day)
    assert (settle(company, day), outcome(promise)) == (0, "open")
    money = money_on(customer, items[0], 50_00, day, "B2")
    assert (settle(company, day), outcome(promise)) == (1, "kept")
    assert settle(company, day) == 0

    reverse_payment(actor=system(company), payment=money, reason="returned", as_of=DUE, at=AT)
    assert (settle(company, DUE), outcome(promise)) == (1, "open")
    late = DUE + timedelta(days=10)
    assert (settle(company, late), outcome(promise)) == (1, "partially_kept")
    assert verify_books(company).broken == 0


def test_one_that_fails_has_its_consequences_until_it_is_forgiven(
    company, collector, customer, record
):
    promise = record()
    late = DUE + timedelta(days=10)
    settle(company, late)

    assert outcome(promise) == "broken"
    assert list(Task.objects.values_list("kind", "status")) == [("broken_promise", "open")]
    assert record(as_of=late, due_on=late).rung == 1

    forgive_promise(
        actor=acting(collector), promise=promise, reason="bank strike", as_of=late, at=AT
    )
    assert list(Task.objects.values_list("kind", "status")) == [("broken_promise", "cancelled")]
    assert keep_record(customer).judged == 0


def test_it_covers_the_oldest_items_until_they_are_paid(company, customer, items, record):
    record()
    oldest, middle, newest = items[1], items[0], items[2]
    assert covered_now(company, [customer.pk], as_of=TODAY) == {
        oldest.pk: 100_00,
        middle.pk: 50_00,
    }

    day = TODAY + timedelta(days=1)
    money_on(customer, oldest, 100_00, day)

    assert covered_now(company, [customer.pk], as_of=day) == {middle.pk: 50_00}
    assert unpaid_amounts(company, [customer.pk], as_of=day) == {(customer.pk, "EUR"): 50_00}
    rows = item_rows(company, as_of=day, only=ItemFilter(customer_id=customer.pk)).rows
    assert {row.number: row.promised_minor for row in rows} == {"R1": 50_00, "R3": 0}
    assert newest.pk not in covered_now(company, [customer.pk], as_of=day)


def test_lists_and_calendar_show_it(company, customer, items, collector, record):
    record()
    record_promise(
        actor=acting(collector),
        customer=customer,
        amounts={items[2]: 20_00},
        due_on=DUE,
        as_of=TODAY,
        at=AT,
    )
    rows = promise_rows(company, as_of=TODAY).rows

    assert [(row.level, row.items, row.promised_minor, row.currency) for row in rows] == [
        ("customer", 0, 150_00, "EUR"),
        ("item", 1, 20_00, "EUR"),
    ]
    (day,) = promise_days(company, from_on=DUE, to_on=DUE)
    assert (day.count, day.promised_minor, day.kept, day.failed, day.is_open) == (
        2,
        170_00,
        0,
        0,
        True,
    )


def test_the_next_one_is_as_likely_as_the_record_says(company, customer, record):
    record()
    settle(company, DUE + timedelta(days=10))
    other = add_customer(company, "C9")
    invoice(other, "X1", 10_00)

    assert keep_record(customer).chance_ppm == 0
    assert keep_record(other).judged == 0
