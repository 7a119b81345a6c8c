from datetime import date, timedelta

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.promises import record_promise, withdraw_promise
from dunwell.queries.promises import PromiseLine, PromiseRow, promise_lines, promise_rows
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

DUE = date(2026, 3, 20)


def promise(customer, number, due_on=DUE, amount=10_00):
    item = invoice(customer, number, amount)
    return record_promise(
        actor=system(customer.company),
        customer=customer,
        amounts={item: amount},
        due_on=due_on,
        as_of=TODAY,
        at=AT,
    )


def found(company, as_of=TODAY, **asked):
    return [row.id for row in promise_rows(company, as_of=as_of, **asked).rows]


def test_a_row_sums_the_items_and_says_when_its_day_has_passed(company, customer):
    items = {invoice(customer, "R1", 10_00): 10_00, invoice(customer, "R2", 9_00): 4_00}
    actor = system(company)
    made = record_promise(
        actor=actor, customer=customer, amounts=items, due_on=DUE, as_of=TODAY, at=AT, note="ok"
    )
    money = payment(customer, "B1", 10_00)
    apply_payment(
        actor=actor, payment=money, amounts={next(iter(items)): 10_00}, as_of=TODAY, at=AT
    )

    page = promise_rows(company, as_of=DUE + timedelta(days=1))

    assert page.rows == (
        PromiseRow(
            id=made.pk,
            customer_id=customer.pk,
            customer_number="K1",
            customer_name="Acme",
            level="item",
            items=2,
            promised_minor=14_00,
            currency="EUR",
            keep_ppm=None,
            made_on=TODAY,
            due_on=DUE,
            tolerance_days=2,
            outcome="open",
            outcome_label="Open",
            settled_on=None,
            note="ok",
            failures_before=0,
            forgiven_on=None,
            is_late=True,
            confirmation_id=None,
            confirmation="",
            confirmation_label="",
        ),
    )
    assert [
        (line.number, line.promised_minor, line.open_minor)
        for line in promise_lines(company, made.pk)
    ] == [
        ("R1", 10_00, 0),
        ("R2", 4_00, 9_00),
    ]
    assert promise_lines(company, made.pk)[0] == PromiseLine(
        item_id=next(iter(items)).pk,
        number="R1",
        currency="EUR",
        promised_minor=10_00,
        open_minor=0,
    )


def test_promises_are_listed_by_day_filtered_and_paged(company, customer):
    late, soon = promise(customer, "R1"), promise(customer, "R2", TODAY)
    other = promise(add_customer(company, "K2"), "R3")
    withdraw_promise(actor=system(company), promise=other, reason="mistake", as_of=TODAY, at=AT)

    assert found(company) == [soon.pk, late.pk, other.pk]
    assert found(company, outcome="open") == [soon.pk, late.pk]
    assert found(company, customer_id=customer.pk) == [soon.pk, late.pk]
    assert found(company, due_from=DUE) == [late.pk, other.pk]
    assert found(company, due_until=TODAY) == [soon.pk]
    first = promise_rows(company, as_of=TODAY, limit=2)
    assert found(company, cursor=first.next, limit=2) == [other.pk]


def test_one_row_and_three_take_the_same_queries_and_others_see_none(
    company, customer, rival, django_assert_num_queries
):
    one = promise(customer, "R1")
    with django_assert_num_queries(1):
        found(company)
    promise(customer, "R2")
    promise(customer, "R3")
    with django_assert_num_queries(1):
        assert len(found(company)) == 3
    theirs = rival.memberships.all()[0].company
    assert (found(theirs), promise_lines(theirs, one.pk)) == ([], ())
