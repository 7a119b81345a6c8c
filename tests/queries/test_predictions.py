"""Predictions, scores, anomalies, models and experiments as pages read them."""

from datetime import date, timedelta

import polars as pl
import pytest

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_check, record_model_version
from dunwell.models import Company
from dunwell.queries.anomalies import anomaly_counts, anomaly_rows
from dunwell.queries.experiments import (
    choice_rows,
    choices_of_day,
    experiment_row,
    experiment_rows,
    running_experiments,
)
from dunwell.queries.model_versions import model_page, version_page
from dunwell.queries.predictions import (
    Reason,
    customer_predictions,
    forecast_rows,
    item_prediction,
    logged_content,
    prediction_rows,
    predictions_of,
)
from dunwell.queries.scores import band_counts, customer_score, score_rows
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.actions.test_anomalies import find, finding
from tests.actions.test_experiments import choice, log, plan
from tests.actions.test_model_versions import trained
from tests.actions.test_predictions import forecast, row, score, scores, write
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


@pytest.fixture
def items(company, customer, version):
    other = add_customer(company, "K2")
    made = [
        invoice(customer, "R1", 100_00),
        invoice(customer, "R2", 300_00),
        invoice(other, "R3", 50_00),
    ]
    chances = (600_000, 900_000, 600_000)
    write(version, [row(item, p_late_ppm=p) for item, p in zip(made, chances, strict=True)])
    return made


def test_an_item_shows_its_figures_reasons_and_model(company, items):
    shown = item_prediction(company, items[0].pk)

    assert (shown.item_number, shown.customer_number, shown.p_late_ppm, shown.q50_on) == (
        "R1",
        "K1",
        600_000,
        date(2026, 3, 13),
    )
    assert shown.reasons == (Reason(code="habit", value=4.0, effect_days=2.5),)
    assert (shown.model_number, shown.model_label) == (1, "Learned from items and days")
    assert item_prediction(company, 0) is None
    assert (
        item_prediction(Company.objects.create(name="Other", created_at=AT), items[0].pk) is None
    )


@pytest.mark.parametrize(
    ("order", "numbers"),
    [("late", ["R2", "R1", "R3"]), ("loss", ["R2", "R1", "R3"]), ("expected", ["R1", "R2", "R3"])],
)
def test_lists_go_on_where_they_stopped(company, items, order, numbers):
    found, cursor = [], ""
    while True:
        page = prediction_rows(company, order=order, cursor=cursor, limit=1)
        found += [one.item_number for one in page.rows]
        cursor = page.next
        if not cursor:
            break
    assert found == numbers


def test_a_list_asks_the_database_once_whatever_its_length(
    company, items, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert len(prediction_rows(company, limit=1).rows) == 1
    with django_assert_num_queries(1):
        assert len(prediction_rows(company, limit=3).rows) == 3
    with django_assert_num_queries(1):
        assert predictions_of(company, [item.pk for item in items]).keys() == {
            item.pk for item in items
        }
    with pytest.raises(ValueError, match="There is no order magic; use one of late, loss"):
        prediction_rows(company, order="magic")


def test_a_customer_sums_up_its_items_per_currency(
    company, items, customer, django_assert_num_queries
):
    with django_assert_num_queries(1):
        (found,) = customer_predictions(company, customer.pk)
    assert (
        found.currency,
        found.items,
        found.open_minor,
        found.expected_14_minor,
        found.loss_minor,
        found.mean_p_late_ppm,
        found.next_pay_on,
    ) == ("EUR", 2, 400_00, 300_00, 123 + 370, 750_000, date(2026, 3, 13))


def test_the_forecast_is_that_of_the_last_day_and_the_log_is_kept(company, version, items):
    forecast(version, [("EUR", 1, 500), ("EUR", 2, 300), ("USD", 1, 70)])
    tomorrow = TODAY + timedelta(days=1)
    forecast(version, [("EUR", 1, 400)], as_of=tomorrow)
    (shown,) = forecast_rows(company)
    assert (shown.currency, shown.as_of, [week.expected_minor for week in shown.weeks]) == (
        "EUR",
        tomorrow,
        [400],
    )
    assert (logged_content(company, as_of=TODAY), logged_content(company, as_of=tomorrow)) == (
        b"log",
        None,
    )


LEAGUE = {
    "serves": "hazard",
    "is_worse": False,
    "reason": {"code": "lowest_crps", "model": "hazard"},
    "first_on": "2025-11-06",
    "last_on": "2026-01-08",
    "snapshots": 10,
    "requests": 1200,
    "rows": [
        {
            "model": "hazard", "is_learned": True, "is_eligible": True, "is_calibrated": True,
            "against": [], "figures": {"new": {"days": {"crps": 2.1}}},
        }
    ],
    "champion": "",
    "promotion": None,
}  # fmt: skip


def test_the_model_page_shows_who_serves_and_what_waits(
    company, version, django_assert_num_queries
):
    other = trained("customer_median", content=b"b", rows="b" * 64)
    record_model_version(actor=system(company), trained=other, at=AT)
    record_check(
        actor=system(company),
        version=version,
        figures={"psi": []},
        alarms=["inputs_shifted"],
        as_of=TODAY,
        at=AT,
    )
    with django_assert_num_queries(4):
        page = model_page(company)
    assert [
        (one.number, one.status, one.can_promote, one.can_reject) for one in page.versions
    ] == [
        (2, "candidate", True, True),
        (1, "serving", False, False),
    ]
    assert (page.serving.number, page.league, page.card["kind"]) == (1, None, "hazard")
    assert [(one.as_of, one.is_alarm, one.alarms, one.model_number) for one in page.checks] == [
        (TODAY, True, ("inputs_shifted",), 1)
    ]
    assert (page.last_scored_on, page.scored_items) == (None, 0)


def test_a_version_shows_its_league_and_is_not_anothers(company, rival):
    made = trained()
    with_league = record_model_version(
        actor=system(company),
        trained=type(made)(
            **{name: getattr(made, name) for name in made.__slots__} | {"league": LEAGUE}
        ),
        at=AT,
    )
    page = version_page(company, with_league.pk)
    (hazard,) = page.league.rows
    assert (page.league.serves, page.league.first_on, page.league.snapshots) == (
        "hazard",
        date(2025, 11, 6),
        10,
    )
    assert (hazard.label, hazard.is_best, hazard.figures["new"]["days"]["crps"]) == (
        "Learned from items and days",
        True,
        2.1,
    )
    assert version_page(Company.objects.get(name="Rival"), with_league.pk) is None


def test_scores_come_lowest_first_with_their_change(company, customer, django_assert_num_queries):
    other = add_customer(company, "K2", "Beta")
    warned = score(
        other, 30, band="E", is_alarm=True, score_before=60, band_before="C",
        warnings='[{"code": "silence"}]',
    )  # fmt: skip
    scores(company, [score(customer, 70), warned])
    with django_assert_num_queries(1):
        rows = score_rows(company).rows
    assert [(one.customer_number, one.score, one.change, one.warnings) for one in rows] == [
        ("K2", 30, -30, ({"code": "silence"},)),
        ("K1", 70, None, ()),
    ]
    assert [one.customer_number for one in score_rows(company, only_alarms=True).rows] == ["K2"]
    assert [one.customer_number for one in score_rows(company, only_warned=True).rows] == ["K2"]
    assert [one.customer_number for one in score_rows(company, search="Acme").rows] == ["K1"]
    assert band_counts(company) == {"A": 0, "B": 1, "C": 0, "D": 0, "E": 1}
    assert customer_score(company, other.pk).band_label == "E: at risk"


def test_anomalies_come_most_severe_first(company, customer, django_assert_num_queries):
    item = invoice(customer, "R1", 100_00)
    subject = {"item_id": item.pk, "customer_id": customer.pk}
    find(
        company,
        finding("a", severity=30, **subject),
        finding("b", severity=80, kind="duplicate", other_item_id=item.pk, **subject),
    )
    with django_assert_num_queries(1):
        rows = anomaly_rows(company).rows
    assert [(one.kind, one.severity, one.item_number, one.other_item_number) for one in rows] == [
        ("duplicate", 80, "R1", "R1"),
        ("amount", 30, "R1", ""),
    ]
    assert (rows[0].currency, rows[0].unit, anomaly_counts(company)) == (
        "EUR",
        "minor",
        {"amount": 1, "duplicate": 1},
    )
    assert anomaly_rows(company, status="dismissed").rows == ()


def test_experiments_count_their_customers(company, customer, manager, django_assert_num_queries):
    from dunwell.actions.experiments import start_experiment

    experiment = plan(manager)
    start_experiment(actor=acting(manager), experiment=experiment, as_of=TODAY, at=AT)
    drawn = {"experiment_id": experiment.pk, "arm": "chance"}
    log(company, choice(customer, **drawn), choice(add_customer(company, "K2")))
    log(company, choice(customer, **drawn, action="none"), as_of=TODAY + timedelta(days=1))
    with django_assert_num_queries(2):
        (shown,) = experiment_rows(company, as_of=TODAY).rows
    assert (shown.is_active, [(arm.name, arm.customers, arm.choices) for arm in shown.arms]) == (
        True,
        [("chance", 1, 2)],
    )
    assert experiment_row(company, experiment.pk, as_of=TODAY) == shown
    assert experiment_row(Company.objects.create(name="O", created_at=AT), 1, as_of=TODAY) is None
    assert running_experiments(company, as_of=TODAY) == (experiment,)
    assert running_experiments(company, as_of=TODAY - timedelta(days=1)) == ()
    assert choices_of_day(company, as_of=TODAY) == {"email": 2, "held_out": 2}
    with django_assert_num_queries(1):
        told = choice_rows(company, customer_id=customer.pk).rows
    assert [(one.as_of.day, one.action, one.permitted) for one in told] == [
        (6, "none", ("email", "none")),
        (5, "email", ("email", "none")),
    ]
    assert pl.DataFrame(told[0].reasons).height == 1
