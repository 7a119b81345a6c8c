"""What the cycle of some days in a row leaves: books that prove themselves, a figure per day."""

from datetime import date, timedelta

import pytest
import time_machine

from dunwell.engine.aging import BUCKETS
from dunwell.jobs.cycle import run_cycle
from dunwell.models import KpiValue
from dunwell.queries.figures import latest_figures
from dunwell.queries.verify import verify_books
from tests.jobs.demo_desk import AT, DAY, demo_company

START = DAY - timedelta(days=4)
MONTH_ENDS = ((2, 28), (3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31),
              (11, 30), (12, 31))  # fmt: skip


@pytest.fixture(scope="module")
def _run(standing):
    with time_machine.travel(AT, tick=False):
        company = demo_company()
        assert latest_figures(company, until=DAY) == []
        run_cycle(company.pk, START)
        run_cycle(company.pk, DAY)
        return company


@pytest.fixture
def company(_run, db):
    with time_machine.travel(AT, tick=False):
        yield _run


def test_the_books_prove_themselves_after_a_week(company):
    assert [proof.id for proof in verify_books(company).proofs if proof.broken] == []


def test_month_ends_of_a_year_are_filled_in_once(company):
    days = KpiValue.objects.filter(kpi="dso", currency="EUR").order_by("as_of")
    found = list(days.values_list("as_of", flat=True))
    assert found == [
        *(date(2025, month, last) for month, last in MONTH_ENDS),
        date(2026, 1, 31),
        date(2026, 2, 28),
        *(START + timedelta(days=number) for number in range(5)),
    ]


def test_the_latest_figures_stand_beside_those_of_the_day_before(company):
    yesterday = DAY - timedelta(days=1)
    found = {
        (figure.currency, figure.kpi): figure for figure in latest_figures(company, until=DAY)
    }
    kept = dict(
        KpiValue.objects.filter(currency="EUR", kpi="receivables", as_of__gte=yesterday)
        .order_by("as_of")
        .values_list("as_of", "value")
    )
    figure = found["EUR", "receivables"]
    assert (figure.as_of, figure.earlier_on, figure.unit) == (DAY, yesterday, "minor")
    assert {DAY: str(figure.value), yesterday: str(figure.earlier)} == kept
    buckets = [found["EUR", f"aging_{bucket}"].value for bucket in BUCKETS]
    assert sum(buckets) == figure.value
