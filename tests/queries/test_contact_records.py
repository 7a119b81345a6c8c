"""What records say to the contact rules: a time-barred debt, and whose phone it is."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.queries.contact_facts import barred_claims
from dunwell.queries.contact_rules import customer_verdicts
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.jobs.test_contact_gate import publish

OLD = date(2005, 1, 10)


@pytest.fixture
def agency(company):
    publish(company, customers_are="persons", acts_as="third_party")
    return company


def person(company, number, state="US-TX"):
    return add_customer(
        company, number, country="US", region=state, party="person", debt_use="personal"
    )


def owed(customer, number, due_on):
    return invoice(
        customer, number, 100_00, issued_on=due_on - timedelta(days=30), due_on=due_on,
        as_of=TODAY, currency="USD",
    )  # fmt: skip


def said(company, customer, **fields):
    (verdict,) = customer_verdicts(
        company, customer.pk, as_of=TODAY, at=AT.replace(hour=20), channels=("letter",), **fields
    )
    return verdict.decision, verdict.rule_id


def test_a_suit_on_a_time_barred_debt_is_denied_and_asking_for_it_is_not(agency):
    customer = person(agency, "K1", "US-NY")
    old, fresh = owed(customer, "R1", OLD), owed(customer, "R2", TODAY - timedelta(days=60))
    elsewhere = person(agency, "K2")
    unknown = owed(elsewhere, "R3", OLD)
    claims = dict(
        barred_claims(agency, as_of=TODAY, keys=[customer.pk])
        .select("item_id", "is_barred")
        .iter_rows()
    )

    assert claims == {old.pk: True, fresh.pk: False}
    assert said(agency, customer, purpose="legal", item_id=old.pk) == (
        "deny",
        "US-REGF-TIMEBARRED",
    )
    assert said(agency, customer, purpose="legal") == ("deny", "US-REGF-TIMEBARRED")
    assert said(agency, customer, purpose="collection", item_id=old.pk)[1] != "US-REGF-TIMEBARRED"
    assert said(agency, customer, purpose="legal", item_id=fresh.pk)[0] == "allow"
    # no limitation period is known for the other state: a person must find out
    assert said(agency, elsewhere, purpose="legal", item_id=unknown.pk) == (
        "hold",
        "US-REGF-TIMEBARRED",
    )


def test_limitation_is_read_only_where_a_suit_is_meant(agency):
    customer = person(agency, "K1")
    owed(customer, "R1", OLD)
    with CaptureQueriesContext(connection) as queries:
        said(agency, customer)
    assert not any("dunwell_limitation" in query["sql"] for query in queries)


def test_phones_that_are_the_customers_own_come_under_the_shorter_cap(company):
    from dunwell.actions.contact_attempts import log_attempt
    from dunwell.actions.gate import system

    customer = person(company, "K1", "US-MA")
    for days in (12, 11):
        log_attempt(
            actor=system(company), customer=customer, channel="call", outcome="no_answer",
            as_of=TODAY - timedelta(days=days), at=AT.replace(hour=16) - timedelta(days=days),
        )  # fmt: skip

    def call():
        (verdict,) = customer_verdicts(
            company, customer.pk, as_of=TODAY, at=AT.replace(hour=16), channels=("call",)
        )
        return verdict.decision, verdict.rule_id

    assert call() == ("deny", "US-MA-CALLS-ELSEWHERE")
    publish(company, phones_are_own="true")
    assert call() == ("allow", "")
