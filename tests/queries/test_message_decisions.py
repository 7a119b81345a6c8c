"""Decisions written together: each is the JSON its parts would give by themselves."""

import json
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from dunwell.queries.ledgers import Books
from dunwell.queries.message_decisions import message_decisions
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import gate_policy, plan_contacts
from dunwell.queries.texts import message_texts
from tests.actions.ledger_rows import invoice
from tests.actions.test_reminders import desk, owing  # noqa: F401  a fixture
from tests.conftest import TODAY


def by_itself(plan, text):
    """What is kept with one message, put together from the rows of its customer."""
    of_text = pl.col("customer_id") == text.customer_id
    policy = gate_policy(plan.company)
    facts, contact = (
        frame.filter(of_text).drop("customer_id").row(0, named=True)
        for frame in (plan.facts, plan.contacts)
    )
    said = {
        "as_of": plan.as_of.isoformat(),
        "bounds": {name: getattr(policy, name) for name in policy.__slots__},
        "contact": contact,
        "demand_minor": dict(
            plan.totals.filter(of_text).select("currency", "demand_minor").iter_rows()
        ),
        "facts": facts,
    }
    if text.legal:
        said["legal"] = list(text.legal)
    if text.customer_id in plan.hours:
        said["not_before_minute"] = plan.hours[text.customer_id]
    if text.tone:
        said["tone"] = text.tone
    if text.wording is not None:
        said["wording"] = text.wording
    return json.dumps(said, sort_keys=True)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"legal": ("one", 'two "é"'), "tone": "firm", "wording": 7},
        {"legal": (), "tone": "", "wording": 0},
    ],
)
def test_each_decision_is_the_one_its_parts_give(desk, more):  # noqa: F811
    customers = [owing(desk, number, late=20, language="de") for number in ("K1", "K2", "K3")]
    due = TODAY - timedelta(days=12)
    invoice(customers[1], "U1", 50_00, issued_on=due, due_on=due, currency="USD")
    invoice(customers[1], "A1", 70_00, issued_on=due, due_on=due, currency="AUD")
    strategies = [one.strategy for one in strategies_in_force(desk, as_of=TODAY)]
    plan = plan_contacts(desk, books=Books(desk), strategies=strategies, as_of=TODAY)
    timed = replace(plan, hours={customers[2].pk: 0})
    texts = [
        replace(text, **more) for text in message_texts(plan, plan.contacts.select("customer_id"))
    ]

    told = list(message_decisions(timed, texts))

    assert len(told) == 3
    assert told == [by_itself(timed, text) for text in texts]
