"""What the copilot knows is what the records say, in the same queries however many there are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold
from dunwell.actions.promises import record_promise
from dunwell.engine.copilot import draft_choice, questions, summary
from dunwell.queries.copilot import copilot_facts
from dunwell.queries.copilot_drafts import copilot_draft
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

pytestmark = pytest.mark.django_db


def late(customer, number, amount_minor=100_00):
    on = TODAY - timedelta(days=20)
    return invoice(customer, number, amount_minor, issued_on=on, due_on=on)


def known(customer):
    return copilot_facts(customer.company, customer.pk, as_of=TODAY, at=AT)


def counted(customer):
    with CaptureQueriesContext(connection) as found:
        known(customer)
    return len(found)


def test_one_item_and_three_take_the_same_queries(customer):
    late(customer, "R1")
    one = counted(customer)
    for number in ("R2", "R3"):
        late(customer, number)
    assert counted(customer) == one < 45


def test_what_is_disputed_promised_or_held_is_told_and_not_asked_for(company, customer):
    actor = system(company)
    disputed, promised, held, free = (late(customer, f"R{key}") for key in range(1, 5))
    open_dispute(
        actor=actor, item=disputed, reason="price", amount_minor=100_00, as_of=TODAY, at=AT
    )
    record_promise(
        actor=actor, customer=customer, amounts={promised: 100_00},
        due_on=TODAY + timedelta(days=2), as_of=TODAY, at=AT,
    )  # fmt: skip
    place_hold(
        actor=actor, customer=customer, item=held, reason="manual", note="checked", as_of=TODAY,
        at=AT,
    )  # fmt: skip
    facts = known(customer)

    assert {one.number: one.is_free for one in facts.items} == {
        "R1": False, "R2": False, "R3": False, "R4": True,
    }  # fmt: skip
    assert [one.key for one in summary(facts)][:4] == [
        "owes_late", "promised", "disputed", "held_item",
    ]  # fmt: skip
    assert "ask_promise" in [one.key for one in questions(facts)]
    choice = draft_choice(facts, "email")
    assert choice.item_ids == (free.pk,)
    draft = copilot_draft(customer, choice, writer="anna", as_of=TODAY, at=AT)
    assert "R4" in draft.body and not {"R1", "R2", "R3"} & set(draft.body.split())


def test_a_customer_of_another_company_is_nobody(company, rival, customer):
    other = rival.memberships.first().company
    assert copilot_facts(other, customer.pk, as_of=TODAY, at=AT) is None
    assert known(customer).balances == ()
