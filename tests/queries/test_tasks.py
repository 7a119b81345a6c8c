from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.tasks import complete_task
from dunwell.queries.tasks import TaskRow, task_rows
from tests.actions.test_notes import task_of
from tests.conftest import AT, TODAY, add_customer


def found(company, **asked):
    return [row.id for row in task_rows(company, as_of=TODAY, **asked).rows]


def test_a_row_says_what_to_do_for_whom(company, collector):
    customer = add_customer(company, "K1", "Acme", collector=collector)
    task = task_of(customer, "call")

    assert task_rows(company, as_of=TODAY + timedelta(days=1)).rows == (
        TaskRow(
            id=task.pk,
            customer_id=customer.pk,
            customer_number="K1",
            customer_name="Acme",
            collector="anna",
            message_id=None,
            kind="call",
            kind_label="Call",
            status="open",
            reason="standard, level 3",
            due_on=TODAY,
            done_at=None,
            done_by="",
            is_late=True,
        ),
    )


def test_tasks_are_filtered_and_paged_with_the_same_queries_for_one_and_three(
    company, customer, collector, rival, django_assert_num_queries
):
    call = task_of(customer, "call")
    with django_assert_num_queries(1):
        found(company)
    letter = task_of(customer, "letter")
    other = task_of(add_customer(company, "K2", collector=collector), "call")
    with django_assert_num_queries(1):
        assert found(company) == [call.pk, letter.pk, other.pk]
    complete_task(actor=system(company), task=letter, at=AT)

    assert found(company) == [call.pk, other.pk]
    assert found(company, status="done") == [letter.pk]
    assert found(company, status="", customer_id=customer.pk) == [call.pk, letter.pk]
    assert found(company, kind="call", collector_id=collector.pk) == [other.pk]
    page = task_rows(company, as_of=TODAY, status="", limit=2)
    assert found(company, status="", limit=2, cursor=page.next) == [other.pk]
    assert found(rival.memberships.all()[0].company) == []
