from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.queries.notes import NoteRow, note_rows
from tests.conftest import AT, TODAY, add_customer


def note(customer, at=AT, **changes):
    fields = {"kind": "note", "text": "x", **changes}
    return record_note(
        actor=system(customer.company), customer=customer, as_of=TODAY, at=at, **fields
    )


def found(company, **asked):
    return [row.id for row in note_rows(company, **asked).rows]


def test_a_row_says_who_said_what(company, customer):
    made = note(customer, kind="call", result="says_paid", why="process", next_on=TODAY)

    assert note_rows(company).rows == (
        NoteRow(
            id=made.pk,
            customer_id=customer.pk,
            customer_number="K1",
            customer_name="Acme",
            kind="call",
            kind_label="Call",
            result="says_paid",
            result_label="Says it is paid",
            why="process",
            why_label="Their payment run comes later",
            text="x",
            next_on=TODAY,
            on=TODAY,
            by="system",
            at=AT,
        ),
    )


def test_notes_are_listed_newest_first_and_paged_with_the_same_queries(
    company, customer, rival, django_assert_num_queries
):
    first = note(customer)
    with django_assert_num_queries(1):
        found(company)
    early = note(customer, AT - timedelta(hours=1))
    other = note(add_customer(company, "K2"), kind="visit")
    with django_assert_num_queries(1):
        assert found(company) == [other.pk, first.pk, early.pk]
    page = note_rows(company, limit=2)
    assert found(company, limit=2, cursor=page.next) == [early.pk]
    assert found(company, customer_id=customer.pk) == [first.pk, early.pk]
    assert found(company, kind="visit") == [other.pk]
    assert found(rival.memberships.all()[0].company) == []
