from datetime import timedelta

from dunwell.actions.disputes import close_dispute, open_dispute
from dunwell.actions.gate import system
from dunwell.queries.disputes import DisputeRow, dispute_rows
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer


def dispute(customer, number, as_of=TODAY, reason="price"):
    item = invoice(customer, number, 100_00)
    return open_dispute(
        actor=system(customer.company),
        item=item,
        amount_minor=30_00,
        reason=reason,
        as_of=as_of,
        at=AT,
    )


def found(company, **asked):
    return [row.id for row in dispute_rows(company, as_of=TODAY, **asked).rows]


def test_a_row_shows_the_disputed_part_and_its_age(company, customer):
    made = dispute(customer, "R1")

    page = dispute_rows(company, as_of=TODAY + timedelta(days=12))

    assert page.rows == (
        DisputeRow(
            id=made.pk,
            customer_id=customer.pk,
            customer_number="K1",
            customer_name="Acme",
            item_id=made.item_id,
            item="R1",
            currency="EUR",
            amount_minor=30_00,
            item_minor=100_00,
            reason="price",
            reason_label="Price",
            note="",
            opened_on=TODAY,
            closed_on=None,
            outcome="",
            age_days=12,
            case_id=made.case_id,
            case_number="D-000001",
        ),
    )


def test_disputes_are_listed_oldest_first_filtered_and_paged(company, customer):
    young, old = dispute(customer, "R1"), dispute(customer, "R2", TODAY - timedelta(days=5))
    tax = dispute(add_customer(company, "K2"), "R3", reason="tax")
    close_dispute(actor=system(company), dispute=old, outcome="agreed", as_of=TODAY, at=AT)

    assert found(company) == [young.pk, tax.pk]
    assert found(company, only_open=False) == [old.pk, young.pk, tax.pk]
    assert found(company, reason="tax") == [tax.pk]
    assert found(company, customer_id=customer.pk) == [young.pk]
    first = dispute_rows(company, as_of=TODAY, only_open=False, limit=2)
    assert first.rows[0].age_days == 5
    assert found(company, only_open=False, limit=2, cursor=first.next) == [tax.pk]


def test_one_row_and_three_take_the_same_queries_and_others_see_none(
    company, customer, rival, django_assert_num_queries
):
    dispute(customer, "R1")
    with django_assert_num_queries(1):
        found(company)
    dispute(customer, "R2")
    dispute(customer, "R3")
    with django_assert_num_queries(1):
        assert len(found(company)) == 3
    assert found(rival.memberships.all()[0].company) == []
