"""What a week of the forecast is made of: chances from the log, shares that add up to it."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.engine.calendars import day_number
from dunwell.ml.predictions import QUANTILES
from dunwell.models import PredictionLog
from dunwell.queries.forecast_items import week_items
from dunwell.queries.pages import CursorError
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.actions.test_predictions import forecast, row, write
from tests.conftest import AT, TODAY, add_customer
from tests.queries.forecast_log import evenly


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


@pytest.fixture
def items(company, customer, version):
    made = [
        invoice(customer, "R1", 100_00),
        invoice(add_customer(company, "K2", "Beta"), "R2", 300_00),
    ]
    write(version, [row(item) for item in made], content=evenly(made))
    return made


def shares(found):
    return [(one.item_number, one.chance_ppm, one.expected_minor) for one in found.page.rows]


def test_a_week_is_open_amount_times_chance(company, version, items):
    forecast(version, [("EUR", 1, 140_00), ("EUR", 2, 140_00)])

    first = week_items(company, currency="EUR", week=1)
    second = week_items(company, currency="EUR", week=2)

    assert shares(first) == [("R2", 350_000, 105_00), ("R1", 350_000, 35_00)]
    assert shares(second) == [("R2", 350_000, 105_00), ("R1", 350_000, 35_00)]
    assert (first.as_of, first.starts_on, first.ends_on) == (
        TODAY,
        TODAY + timedelta(days=1),
        TODAY + timedelta(days=7),
    )
    assert (first.items, first.open_minor, first.p10_minor) == (2, 400_00, 139_90)
    assert [(one.customer_name, one.open_minor) for one in first.page.rows] == [
        ("Beta", 300_00),
        ("Acme", 100_00),
    ]


@pytest.mark.parametrize("total", [1, 2, 99, 140_01, 139_97, 400_00])
@pytest.mark.parametrize("week", [1, 2, 3, 9])
def test_the_shares_always_add_up_to_the_week(company, version, items, total, week):
    forecast(version, [("EUR", week, total)])

    found = week_items(company, currency="EUR", week=week)

    assert sum(one.expected_minor for one in found.page.rows) == total
    assert all(one.expected_minor > 0 for one in found.page.rows)


def test_chances_of_all_weeks_never_exceed_certainty(company, version, items):
    weeks = range(1, 14)
    forecast(version, [("EUR", week, 100_00) for week in weeks])
    told = [week_items(company, currency="EUR", week=week) for week in weeks]
    chances = [found.page.rows[0].chance_ppm for found in told]

    # the day by which the last 5 % are paid is not in the log; by day 40 nothing is left
    assert chances[:2] == [350_000, 350_000]
    assert sum(chances) == pytest.approx(1_000_000, abs=len(weeks)) and min(chances) == 0


def test_a_list_goes_on_where_it_stopped(company, version, items):
    forecast(version, [("EUR", 1, 140_00)])

    first = week_items(company, currency="EUR", week=1, limit=1)
    rest = week_items(company, currency="EUR", week=1, limit=1, cursor=first.page.next)

    assert [one.item_number for one in (*first.page.rows, *rest.page.rows)] == ["R2", "R1"]
    assert (rest.page.next, rest.items, rest.expected_minor) == ("", 2, 140_00)
    with pytest.raises(CursorError):
        week_items(company, currency="EUR", week=1, cursor="nonsense")


def test_a_week_that_was_not_forecast_is_none(company, version, items, rival):
    forecast(version, [("EUR", 1, 140_00), ("EUR", 2, 0)])

    assert week_items(company, currency="USD", week=1) is None
    assert week_items(company, currency="EUR", week=3) is None
    other = rival.memberships.get(role="admin").company
    assert week_items(other, currency="EUR", week=1) is None
    assert week_items(company, currency="EUR", week=2).page.rows == ()


def test_without_a_log_of_the_day_nothing_is_made_up(company, version):
    forecast(version, [("EUR", 1, 140_00)])

    found = week_items(company, currency="EUR", week=1)

    assert not PredictionLog.objects.exists()
    assert (found.items, found.page.rows, found.expected_minor) == (0, (), 140_00)


@pytest.mark.parametrize("count", [1, 3])
def test_a_week_costs_the_same_however_many_items(
    company, version, customer, count, django_assert_num_queries
):
    made = [invoice(customer, f"R{number}", 100_00) for number in range(count)]
    write(version, [row(item) for item in made], content=evenly(made))
    forecast(version, [("EUR", 1, 100_00)])

    with django_assert_num_queries(3):
        assert len(week_items(company, currency="EUR", week=1).page.rows) == count


def test_a_week_does_not_take_what_is_paid_on_the_first_day_after_it(company, version, customer):
    item = invoice(customer, "R1", 100_00)
    day = day_number(TODAY)
    late = dict.fromkeys(QUANTILES[2:], day + 29)
    log = evenly(
        [item],
        p_soon_ppm=0,
        p_unpaid_14_ppm=1_000_000,
        p_late_ppm=1_000_000,
        p_late_7_ppm=900_000,
        p_late_30_ppm=50_000,
        **dict.fromkeys(QUANTILES[:2], day + 15),
        **late,
    )
    write(version, [row(item)], content=log)
    forecast(version, [("EUR", week, 10_00) for week in (4, 5)])
    fourth, fifth = (week_items(company, currency="EUR", week=week) for week in (4, 5))

    assert fourth.page.rows[0].chance_ppm <= 50_000
    assert fifth.page.rows[0].chance_ppm >= 800_000
