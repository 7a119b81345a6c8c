"""Verdicts of the day are brought in line in one transaction; what is equal is not written."""

from datetime import date

import polars as pl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from dunwell.actions.differences import write_differences
from dunwell.models import Habit
from tests.conftest import TODAY, add_customer

pytestmark = pytest.mark.both


def verdicts(customers, *, label="prompt", as_of=TODAY, late=3):
    count = len(customers)
    return pl.DataFrame(
        {
            "customer_id": [one.pk for one in customers],
            "company_id": [one.company_id for one in customers],
            "as_of": [as_of] * count,
            "label": [label] * count,
            "n_settled": [4] * count,
            "expected_days_late": [late] * count,
            "median_days_late": [late] * count,
            "share_late_ppm": [250_000] * count,
            "trend_days": [None] * count,
            "broken_promises": [0] * count,
            "last_payment_on": [date(2026, 2, 1)] * count,
            "details": ['{"mean_days_late": 3.25}'] * count,
        },
        schema_overrides={"trend_days": pl.Int64},
    )


def write(company, rows):
    return write_differences(
        table="dunwell_habit",
        rows=rows,
        company_id=company.pk,
        documents=("details",),
        ignored=("as_of",),
    )


def kept(company):
    rows = Habit.objects.filter(company=company).order_by("customer_id")
    return list(rows.values_list("customer__number", "label", "expected_days_late", "as_of"))


@pytest.fixture
def customers(company):
    return [add_customer(company, f"K{number}") for number in range(3)]


def test_only_what_differs_is_written(company, customers):
    assert write(company, verdicts(customers)) == 3
    # the same again, another day: nothing is touched, not even the day
    later = date(2026, 3, 6)
    assert write(company, verdicts(customers, as_of=later)) == 0
    assert {row[3] for row in kept(company)} == {TODAY}
    changed = pl.concat(
        [verdicts(customers[:1], late=9, as_of=later), verdicts(customers[1:], as_of=later)]
    )
    assert write(company, changed) == 1
    assert kept(company) == [
        ("K0", "prompt", 9, later),
        ("K1", "prompt", 3, TODAY),
        ("K2", "prompt", 3, TODAY),
    ]


def test_who_has_no_verdict_any_more_is_taken_out(company, customers):
    write(company, verdicts(customers))
    assert write(company, verdicts(customers[1:])) == 1
    assert [row[0] for row in kept(company)] == ["K1", "K2"]


def test_rows_of_another_company_stay(company, customers):
    from dunwell.models import Company
    from tests.conftest import AT

    other = Company.objects.create(
        name="Other", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    write(other, verdicts([add_customer(other, "X")]))
    write(company, verdicts(customers))
    assert [row[0] for row in kept(other)] == ["X"]


def test_all_or_nothing(company, customers):
    write(company, verdicts(customers))
    before = kept(company)
    with transaction.atomic():
        assert write(company, verdicts(customers, label="failing")) == 3
        transaction.set_rollback(True)
    assert kept(company) == before


def test_the_number_of_queries_does_not_grow(company, customers):
    counts = []
    for some in (customers[:1], customers):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            write(company, verdicts(some))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="asks PostgreSQL for its plan")
def test_what_goes_is_found_by_a_join(company, customers):
    plans = []

    def planned(execute, statement, parameters, many, context):
        if statement.startswith("DELETE"):
            execute(f"EXPLAIN {statement}", parameters, many, context)
            plans.append("\n".join(row[0] for row in context["cursor"].fetchall()))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(planned):
        write(company, verdicts(customers))
    (plan,) = plans
    assert "Anti Join" in plan and "SubPlan" not in plan
