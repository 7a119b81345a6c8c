from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold, release_hold
from dunwell.queries.holds import HoldRow, hold_rows
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

TOMORROW = TODAY + timedelta(days=1)


def hold(customer, reason="legal", **changes):
    return place_hold(
        actor=system(customer.company),
        customer=customer,
        reason=reason,
        as_of=TODAY,
        at=AT,
        **changes,
    )


def found(company, as_of=TODAY, **asked):
    return [(row.id, row.is_active) for row in hold_rows(company, as_of=as_of, **asked).rows]


def test_a_row_says_what_is_held_why_and_until_when(company, customer):
    item = invoice(customer, "R1", 1_00)
    made = hold(customer, item=item, until_on=TOMORROW, note="court")

    assert hold_rows(company, as_of=TODAY).rows == (
        HoldRow(
            id=made.pk,
            customer_id=customer.pk,
            customer_number="K1",
            customer_name="Acme",
            item_id=item.pk,
            item="R1",
            reason="legal",
            reason_label="Legal",
            note="court",
            from_on=TODAY,
            until_on=TOMORROW,
            released_on=None,
            is_active=True,
        ),
    )


def test_a_hold_is_active_through_its_last_day_and_not_on_the_day_of_its_release(
    company, customer
):
    ends = hold(customer, until_on=TODAY)
    stays = hold(customer, "plan")
    released = hold(customer, "hardship")
    release_hold(actor=system(company), hold=released, as_of=TODAY, at=AT)

    assert found(company) == [(stays.pk, True), (ends.pk, True)]
    assert found(company, as_of=TOMORROW) == [(stays.pk, True)]
    assert found(company, as_of=TOMORROW, only_active=False) == [
        (released.pk, False),
        (stays.pk, True),
        (ends.pk, False),
    ]
    assert found(company, as_of=TODAY - timedelta(days=1)) == []


def test_holds_are_paged_with_the_same_queries_for_one_and_three(
    company, customer, rival, django_assert_num_queries
):
    first = hold(customer)
    with django_assert_num_queries(1):
        found(company)
    second, third = hold(customer, "plan"), hold(add_customer(company, "K2"))
    with django_assert_num_queries(1):
        assert found(company) == [(third.pk, True), (second.pk, True), (first.pk, True)]
    page = hold_rows(company, as_of=TODAY, limit=2)
    assert found(company, limit=2, cursor=page.next) == [(first.pk, True)]
    assert found(company, customer_id=customer.pk) == [(second.pk, True), (first.pk, True)]
    assert found(rival.memberships.all()[0].company) == []
