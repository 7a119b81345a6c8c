from datetime import date, timedelta

import pytest

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.actions.promises import record_promise, settle_promises, withdraw_promise
from dunwell.models import Company, Promise, PromiseItem, Task
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.conftest import AT, TODAY, add_customer

DUE = date(2026, 3, 20)  # a Friday: two business days of tolerance end on Tuesday the 24th


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def record(collector, customer, item):
    def record(**changes):
        arguments = {
            "actor": acting(collector),
            "customer": customer,
            "amounts": {item: 100_00},
            "due_on": DUE,
            "as_of": TODAY,
            "at": AT,
        }
        return record_promise(**{**arguments, **changes})

    return record


def settle(company, as_of):
    return settle_promises(actor=system(company), as_of=as_of, at=AT)


def pay(customer, item, amount, value_on, number="B1"):
    actor = system(customer.company)
    money = payment(customer, number, amount, value_on=value_on, as_of=value_on)
    apply_payment(actor=actor, payment=money, amounts={item: amount}, as_of=value_on, at=AT)
    return money


def outcome(promise):
    promise.refresh_from_db()
    return promise.outcome, promise.settled_on


def tasks(company):
    return list(
        Task.objects.filter(company=company).order_by("id").values_list("kind", "status", "reason")
    )


def test_recording_writes_the_promise_its_lines_and_one_event(company, customer, item, record):
    promise = record(amounts={item: 60_00}, note=" by transfer ")

    assert (promise.made_on, promise.due_on, promise.outcome) == (TODAY, DUE, "open")
    assert (promise.note, promise.tolerance_days) == ("by transfer", 2)
    assert list(promise.lines.values_list("item", "amount_minor")) == [(item.pk, 60_00)]
    assert last_event(company) == (
        "promise.recorded",
        "anna",
        customer.pk,
        {"due_on": "2026-03-20", "currency": "EUR", "amounts": {"R1": 60_00}},
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amounts": {}}, "Choose at least one item to promise."),
        ({"due_on": TODAY - timedelta(days=1)}, "The promised date has already passed."),
        (
            {"due_on": TODAY + timedelta(days=61)},
            "The promised date is more than 60 days away; agree on 2026-05-04 or earlier.",
        ),
        ({"amount": 0}, "The amount promised for R1 must be more than 0."),
        ({"amount": 100_01}, "Of R1 at most 100.00 EUR is open and not disputed."),
        ({"note": "x" * 501}, "The note has 501 characters; at most 500 fit."),
    ],
)
def test_what_cannot_be_promised_is_refused_and_leaves_nothing(
    company, item, record, change, sentence
):
    if "amount" in change:
        change = {"amounts": {item: change["amount"]}}

    with pytest.raises(Refused) as refusal:
        record(**change)

    assert str(refusal.value) == sentence
    assert (Promise.objects.count(), PromiseItem.objects.count(), verbs(company)) == (0, 0, [])


def test_the_day_itself_and_the_last_day_of_the_norm_are_accepted(record):
    first = record(due_on=TODAY)
    second = record(due_on=TODAY + timedelta(days=60), supersede=True)

    assert (first.due_on, second.due_on) == (TODAY, date(2026, 5, 4))


def test_only_the_open_and_undisputed_part_can_be_promised(company, customer, item, record):
    open_dispute(
        actor=system(company), item=item, amount_minor=30_00, reason="price", as_of=TODAY, at=AT
    )
    pay(customer, item, 20_00, TODAY)

    with pytest.raises(Refused, match=r"at most 50\.00 EUR is open and not disputed"):
        record(amounts={item: 50_01})
    assert record(amounts={item: 50_00}).outcome == "open"


def test_settled_items_credits_and_mixed_currencies_are_refused(customer, item, record):
    credit = invoice(customer, "C1", -10_00)
    dollars = invoice(customer, "R2", 10_00, currency="USD")
    paid = invoice(customer, "R3", 10_00)
    pay(customer, paid, 10_00, TODAY)

    for amounts, sentence in [
        ({credit: 1}, "Of C1 at most 0.00 EUR is open and not disputed."),
        ({paid: 1}, "R3 is settled; nothing of it is left to promise."),
        ({item: 1, dollars: 1}, "A promise is in one currency; record one promise per currency."),
    ]:
        with pytest.raises(Refused) as refusal:
            record(amounts=amounts)
        assert str(refusal.value) == sentence


def test_an_item_carries_one_open_promise_and_a_new_one_may_replace_it(company, item, record):
    first = record()

    with pytest.raises(Refused) as refusal:
        record(due_on=date(2026, 3, 27))
    second = record(due_on=date(2026, 3, 27), supersede=True)

    assert str(refusal.value) == (
        "A promise for 2026-03-20 already covers one of these items; replace or withdraw it first."
    )
    assert (outcome(first), outcome(second)) == (("superseded", TODAY), ("open", None))
    assert verbs(company) == ["promise.recorded", "promise.superseded", "promise.recorded"]


def test_withdrawing_ends_the_promise_with_a_reason(company, collector, record):
    promise = record()

    with pytest.raises(Refused, match="Say why"):
        withdraw_promise(actor=acting(collector), promise=promise, reason=" ", as_of=TODAY, at=AT)
    withdraw_promise(
        actor=acting(collector), promise=promise, reason="wrong item", as_of=TODAY, at=AT
    )

    assert outcome(promise) == ("withdrawn", TODAY)
    assert last_event(company)[0::3] == ("promise.withdrawn", {"reason": "wrong item"})


def test_of_two_people_withdrawing_at_once_one_is_told(company, collector, record):
    promise = record()
    stale = Promise.objects.get(pk=promise.pk)
    arguments = {"actor": acting(collector), "reason": "mistake", "as_of": TODAY, "at": AT}
    withdraw_promise(promise=promise, **arguments)

    with pytest.raises(Refused) as refusal:
        withdraw_promise(promise=stale, **arguments)
    promise.refresh_from_db()
    with pytest.raises(Refused) as later:
        withdraw_promise(promise=promise, **arguments)

    assert str(refusal.value) == (
        "Somebody else has just changed this promise; load the page again."
    )
    assert str(later.value) == "A promise that is withdrawn cannot become withdrawn."
    assert verbs(company) == ["promise.recorded", "promise.withdrawn"]


@pytest.mark.parametrize(
    ("paid", "as_of", "expected"),
    [
        ((100_00, date(2026, 3, 19)), date(2026, 3, 19), ("kept", date(2026, 3, 19))),
        ((100_00, date(2026, 3, 24)), date(2026, 3, 25), ("kept", date(2026, 3, 25))),
        ((40_00, date(2026, 3, 19)), date(2026, 3, 25), ("partially_kept", date(2026, 3, 25))),
        (None, date(2026, 3, 24), ("open", None)),
        (None, date(2026, 3, 25), ("broken", date(2026, 3, 25))),
        ((100_00, date(2026, 3, 25)), date(2026, 3, 26), ("broken", date(2026, 3, 26))),
    ],
)
def test_judging_follows_the_money_and_a_second_run_changes_nothing(
    company, customer, item, record, paid, as_of, expected
):
    promise = record()
    if paid:
        pay(customer, item, *paid)

    changed = settle(company, as_of)
    seen = verbs(company)
    again = settle(company, as_of)

    assert outcome(promise) == expected
    assert (changed, again) == (int(expected[0] != "open"), 0)
    assert verbs(company) == seen
    assert seen[1:] == ([f"promise.{expected[0]}"] if changed else [])


def test_a_failed_promise_opens_one_follow_up_task_per_customer(company, customer, item, record):
    other = invoice(customer, "R2", 50_00)
    record()
    record(amounts={other: 50_00})

    settle(company, date(2026, 3, 25))
    settle(company, date(2026, 3, 26))

    assert tasks(company) == [("broken_promise", "open", "Promise for 2026-03-20 was broken.")]


def test_money_booked_late_but_received_in_time_heals_the_promise_and_its_task(
    company, customer, item, record
):
    promise = record()
    settle(company, date(2026, 3, 25))
    money = payment(customer, "B1", 100_00, value_on=date(2026, 3, 20), as_of=date(2026, 3, 26))
    apply_payment(
        actor=system(company),
        payment=money,
        amounts={item: 100_00},
        as_of=date(2026, 3, 26),
        at=AT,
    )

    changed = settle(company, date(2026, 3, 26))

    assert (changed, outcome(promise)) == (1, ("kept", date(2026, 3, 26)))
    assert [row[:2] for row in tasks(company)] == [("broken_promise", "cancelled")]


def test_a_returned_payment_reopens_the_judgement(company, customer, item, record):
    promise = record()
    money = pay(customer, item, 100_00, date(2026, 3, 10))
    settle(company, date(2026, 3, 10))
    kept = outcome(promise)
    reverse_payment(
        actor=system(company), payment=money, reason="no funds", as_of=date(2026, 3, 12), at=AT
    )
    settle(company, date(2026, 3, 12))
    reopened = outcome(promise)
    settle(company, date(2026, 3, 25))

    assert (kept, reopened, outcome(promise)) == (
        ("kept", date(2026, 3, 10)),
        ("open", None),
        ("broken", date(2026, 3, 25)),
    )
    assert verbs(company) == [
        "promise.recorded",
        "promise.kept",
        "promise.open",
        "promise.broken",
    ]


def test_judging_one_company_leaves_the_other_alone(company, record, rival):
    other = Company.objects.get(name="Rival")
    theirs = add_customer(other, "X1")
    item = invoice(theirs, "X-R1", 10_00)
    promise = record_promise(
        actor=system(other), customer=theirs, amounts={item: 1}, due_on=DUE, as_of=TODAY, at=AT
    )
    record()

    assert settle(company, date(2026, 3, 25)) == 1
    assert outcome(promise) == ("open", None)


def test_another_companys_objects_are_refused(rival, customer, item, record):
    promise = record()
    stranger = acting(rival)

    with pytest.raises(Refused, match="This customer belongs to another company"):
        record(actor=stranger)
    with pytest.raises(Refused, match="This promise belongs to another company"):
        withdraw_promise(actor=stranger, promise=promise, reason="x", as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="An item belongs to another customer"):
        record(customer=add_customer(customer.company, "K2"))


def test_the_right_is_checked_first(reader, record):
    with pytest.raises(Forbidden) as refusal:
        record(actor=acting(reader), amounts={})

    assert str(refusal.value) == "rita may not do this (right promise.record is missing)."


def test_judging_takes_the_same_queries_for_one_promise_and_for_three(
    company, customer, record, django_assert_num_queries
):
    record()
    with django_assert_num_queries(6):
        settle(company, TODAY)
    for number in ("R2", "R3"):
        record(amounts={invoice(customer, number, 10_00): 10_00})
    with django_assert_num_queries(6):
        settle(company, TODAY)


def test_broken_on_the_day_its_money_goes_back_is_no_break_of_the_books(
    company, customer, item, record
):
    promise = record(amounts={item: 60_00})
    money = pay(customer, item, 60_00, TODAY)
    late = DUE + timedelta(days=5)
    reverse_payment(actor=system(company), payment=money, reason="returned", as_of=late, at=AT)

    settle(company, late)

    assert outcome(promise) == ("broken", late)
    assert breaks(company) == {}
