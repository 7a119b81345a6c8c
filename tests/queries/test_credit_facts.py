"""The facts that credit decisions rest on: as the engine says, on any day, in few queries."""

from datetime import date, timedelta

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.bureau_reports import record_report
from dunwell.actions.credit_points import record_data_point
from dunwell.actions.financial_statements import record_statement
from dunwell.actions.gate import system
from dunwell.actions.habits import refresh_habits
from dunwell.actions.payments import apply_payment
from dunwell.actions.rates import set_rate
from dunwell.engine.credit_fact_names import FACTS, OWN, fits
from dunwell.models import CustomerScore, Habit, Run
from dunwell.queries.credit_facts import SCHEMA, credit_facts, credit_facts_frame
from dunwell.queries.ledgers import Books
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_bureaus import bureau
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": TODAY, "at": AT}


def payer(company, number, *, late=10, items=4, **fields):
    """A customer with items paid so many days late, one open and overdue, one not due."""
    customer = add_customer(company, number, **fields)
    for n in range(items):
        due = TODAY - timedelta(days=300 - 60 * n)
        item = invoice(
            customer, f"{number}-{n}", 100_00, issued_on=due - timedelta(days=30), due_on=due
        )
        money = payment(customer, f"P{number}-{n}", 100_00, value_on=due + timedelta(days=late))
        apply_payment(
            actor=system(company), payment=money, amounts={item: 100_00},
            as_of=due + timedelta(days=late), at=AT,
        )  # fmt: skip
    invoice(customer, f"{number}-late", 70_00, issued_on=TODAY - timedelta(days=40),
            due_on=TODAY - timedelta(days=12))  # fmt: skip
    invoice(customer, f"{number}-open", 30_00)
    return customer


def known(company, customer):
    """A statement, a report and a data point of the customer."""
    actor = system(company)
    record_statement(
        actor=actor, customer=customer, kind="annual", period_from=date(2025, 1, 1),
        period_to=date(2025, 12, 31), currency="USD", lines={"revenue": 1_000_00, "equity": 50_00,
        "total_assets": 100_00}, **ON,
    )  # fmt: skip
    record_report(
        actor=actor, customer=customer, bureau=company.bureaus.get(), reported_on=TODAY,
        pd_ppm=20_000, limit_minor=1_000_00, currency="USD", **ON,
    )  # fmt: skip
    for name, value in (("references_good", True), ("own_thing", "yes")):
        record_data_point(
            actor=actor, customer=customer, name=name, value=value, source="call", on=TODAY, **ON
        )


@pytest.fixture
def customer(company):
    set_rate(
        actor=system(company), currency="USD", from_on=date(2026, 1, 1), rate_ppm=500_000,
        source="bank", at=AT,
    )  # fmt: skip
    bureau(company)
    return payer(company, "1001", country="DE", party="company", vat_id="DE1")


def test_every_fact_is_told_of_its_kind(company, customer):
    known(company, customer)
    facts = credit_facts(company, as_of=TODAY)[customer.pk]
    assert facts == {
        **dict.fromkeys(FACTS),
        "own_months_known": 10,
        "own_items_paid": 4,
        "own_days_late": 10,
        "own_share_late_ppm": 1_000_000,
        "own_trend_days": None,
        "own_broken_promises": 0,
        "own_returned_debits": 0,
        "own_open_minor": 100_00,
        "own_overdue_minor": 70_00,
        "own_oldest_days": 12,
        "own_highest_balance_minor": 100_00,
        "fs_age_days": 64,
        "fs_weight_ppm": 1_000_000,
        "fs_is_audited": False,
        "fs_is_sound": True,
        "fs_currency": "USD",
        "fs_revenue_minor": 500_00,
        "fs_equity_minor": 25_00,
        "fs_total_assets_minor": 50_00,
        "fs_equity_ratio_ppm": 500_000,
        "fs_debt_to_equity_ppm": 1_000_000,
        "bureau_name": "Alpha",
        "bureau_pd_ppm": 20_000,
        "bureau_limit_minor": 500_00,
        "bureau_age_days": 0,
        "bureau_is_stale": False,
        "bureau_reports": 1,
        "customer_country": "DE",
        "customer_party": "company",
        "customer_segment": "standard",
        "customer_has_vat_id": True,
        "point_references_good": True,
        "point_own_thing": "yes",
    }
    assert all(fits(name, value) for name, value in facts.items())


def test_a_customer_we_know_nothing_of_has_facts_that_are_not_known(company):
    nobody = add_customer(company, "0")
    facts = credit_facts(company, as_of=TODAY, customer_ids=[nobody.pk])[nobody.pk]
    told = {name: value for name, value in facts.items() if value is not None}
    assert told == {"customer_segment": "standard", "customer_has_vat_id": False}


def test_an_amount_whose_rate_is_missing_is_not_known_and_never_zero(company, customer):
    invoice(customer, "CHF", 10_00, currency="CHF")
    facts = credit_facts(company, as_of=TODAY, customer_ids=[customer.pk])[customer.pk]
    names = ("own_open_minor", "own_overdue_minor", "own_highest_balance_minor")
    assert [facts[name] for name in names] == [None, None, None]
    assert facts["own_oldest_days"] == 12


def test_own_facts_are_those_the_cycle_keeps_as_habits(company, customer):
    refresh_habits(actor=system(company), books=Books(company), **ON)
    habit = Habit.objects.get(customer=customer)
    facts = credit_facts(company, as_of=TODAY)[customer.pk]
    assert (
        facts["own_items_paid"],
        facts["own_days_late"],
        facts["own_share_late_ppm"],
        facts["own_trend_days"],
        facts["own_broken_promises"],
    ) == (
        habit.n_settled,
        round(habit.details["mean_days_late"]),
        habit.share_late_ppm,
        habit.trend_days,
        habit.broken_promises,
    )


def test_some_customers_get_the_facts_that_all_get(company, customer):
    other = payer(company, "1002", late=-2)
    known(company, other)
    every = credit_facts(company, as_of=TODAY)
    assert credit_facts(company, as_of=TODAY, customer_ids=[other.pk]) == {
        other.pk: every[other.pk]
    }
    frame = credit_facts_frame(company, as_of=TODAY, books=Books(company))
    assert frame.schema == pl.Schema(SCHEMA)
    assert [row["customer_id"] for row in frame.iter_rows(named=True)] == [customer.pk, other.pk]
    for row in frame.iter_rows(named=True):
        told = every[row.pop("customer_id")]
        assert row == {name: told[name] for name in row}


def test_nothing_later_than_the_day_is_known(company, customer):
    day = TODAY - timedelta(days=70)
    before = credit_facts(company, as_of=day)[customer.pk]
    known(company, customer)
    invoice(customer, "new", 999_00)
    assert credit_facts(company, as_of=day)[customer.pk] == {**before}
    assert (before["own_items_paid"], before["own_open_minor"]) == (4, 0)
    early = credit_facts(company, as_of=TODAY - timedelta(days=200))[customer.pk]
    assert (early["own_items_paid"], early["own_highest_balance_minor"]) == (2, 100_00)


def test_the_band_of_today_is_the_stored_one_and_of_a_day_before_is_worked_out(company, customer):
    CustomerScore.objects.create(
        customer=customer, company=company, as_of=TODAY, score=33, base=50, band="D"
    )
    Run.objects.create(
        company=company, kind="cycle", as_of=TODAY, step="score_customers", changed=1,
        finished_at=AT,
    )  # fmt: skip
    facts = credit_facts(company, as_of=TODAY)[customer.pk]
    assert (facts["own_score"], facts["own_band"]) == (33, "D")
    past = credit_facts(company, as_of=TODAY - timedelta(days=1))[customer.pk]
    assert past["own_band"] in {"A", "B", "C", "D", "E"}
    assert past["own_score"] != 33


def queries(read):
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_customers(company, customer):
    known(company, customer)
    one = queries(lambda: credit_facts(company, as_of=TODAY, customer_ids=[customer.pk]))
    keys = [customer.pk]
    for number in ("1002", "1003"):
        other = payer(company, number)
        known(company, other)
        keys.append(other.pk)
    assert queries(lambda: credit_facts(company, as_of=TODAY, customer_ids=keys)) == one == 14
    assert queries(lambda: credit_facts(company, as_of=TODAY)) == 14
    assert set(OWN) <= set(SCHEMA)


def test_another_companys_customers_are_left_out(company, customer, rival):
    theirs = rival.memberships.all()[0].company
    assert credit_facts(theirs, as_of=TODAY, customer_ids=[customer.pk]) == {}
