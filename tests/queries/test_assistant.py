"""What the assistant reads: facts and talks in a number of queries that rows do not raise."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.models import AssistantConversation, AssistantTurn
from dunwell.queries.assistant_facts import assistant_facts
from dunwell.queries.assistant_talks import assistant_rows, assistant_talk
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import seat_of


def queries(read):
    with CaptureQueriesContext(connection) as caught:
        read()
    return len(caught)


def test_facts_are_the_customer_s_own_and_cost_the_same_for_one_item_and_three(company, customer):
    seat = seat_of(customer)
    other = add_customer(company, "C9", "Other")
    invoice(other, "X-1", 777_77)
    invoice(customer, "R-1", 100)
    payment(customer, "Z-1", 10)
    one = queries(lambda: assistant_facts(customer, seat=seat, as_of=TODAY))
    for number in ("R-2", "R-3"):
        invoice(customer, number, 200)
    payment(customer, "Z-2", 20)
    assert queries(lambda: assistant_facts(customer, seat=seat, as_of=TODAY)) == one
    facts = assistant_facts(customer, seat=seat, as_of=TODAY)
    assert {row.number for row in facts.items} == {"R-1", "R-2", "R-3"}
    assert [(row.owed_minor, row.currency) for row in facts.balances] == [(470, "EUR")]
    assert sorted(row.amount_minor for row in facts.payments) == [10, 20]


def test_talks_cost_the_same_for_one_row_and_three(company, customer):
    def talk(number):
        seat = seat_of(customer, email=f"p{number}@buyer.example")
        made = AssistantConversation.objects.create(
            company=company, customer=customer, seat=seat, language="en", started_on=TODAY,
            started_at=AT, last_at=AT,
        )  # fmt: skip
        AssistantTurn.objects.create(
            conversation=made, number=1, key="k", text="hello", intent="greeting",
            confidence_ppm=1, language="en", answer="Hello.", said_at=AT,
        )  # fmt: skip
        return made

    first = talk(1)
    assert queries(lambda: assistant_rows(company)) == 1
    for number in (2, 3):
        talk(number)
    assert queries(lambda: assistant_rows(company)) == 1
    assert len(assistant_rows(company).rows) == 3
    assert queries(lambda: assistant_talk(company, first.pk)) == 2
