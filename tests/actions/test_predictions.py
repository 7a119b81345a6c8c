"""Predictions and scores: written as differences, logged once, refused when the log would change."""

import hashlib
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dunwell.actions.gate import Refused, system
from dunwell.actions.model_versions import record_model_version
from dunwell.actions.predictions import write_forecast, write_predictions
from dunwell.actions.scores import write_scores
from dunwell.engine.calendars import day_number
from dunwell.models import CashForecast, CustomerScore, ItemPrediction, PredictionLog
from tests.actions.desk import last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.conftest import AT, TODAY, add_customer

DAY = day_number(TODAY)


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


@pytest.fixture
def items(company, customer):
    other = add_customer(company, "K2")
    return [invoice(customer, "R1", 100_00), invoice(other, "R2", 50_00)]


def row(item, **fields):
    return {
        "item_id": item.pk,
        "customer_id": item.customer_id,
        "currency": item.currency,
        "open_minor": item.amount_minor,
        "due_day": day_number(item.due_on),
        "history_items": 12,
        "p_late_ppm": 600_000,
        "p_late_7_ppm": 300_000,
        "p_late_30_ppm": 100_000,
        "p_unpaid_14_ppm": 250_000,
        "p_loss_ppm": 12_345,
        "p_dispute_ppm": None,
        "expected_pay_day": DAY + 9,
        "q10_day": DAY + 1,
        "q50_day": DAY + 8,
        "q90_day": DAY + 30,
        "reasons": '[{"code": "habit", "value": 4.0, "effect_days": 2.5}]',
        "dispute_reasons": '[{"code": "amount", "log_odds_ppm": 400000}]',
        **fields,
    }


def write(version, rows, *, as_of=TODAY, content=b"log"):
    frame = pl.DataFrame(rows, schema_overrides={"p_dispute_ppm": pl.Int64})
    return write_predictions(
        actor=system(version.company),
        version=version,
        rows=frame,
        content=content,
        as_of=as_of,
        at=AT,
    )


def test_predictions_carry_days_chances_loss_and_reasons(company, version, items):
    assert write(version, [row(items[0]), row(items[1], p_dispute_ppm=40_000)]) == 2

    first, second = ItemPrediction.objects.order_by("item")
    assert (first.item_id, first.customer_id, first.version_id, first.as_of) == (
        items[0].pk,
        items[0].customer_id,
        version.pk,
        TODAY,
    )
    # 100.00 x 1.2345 % rounded half away from zero
    assert (first.open_minor, first.loss_minor, second.loss_minor) == (100_00, 123, 62)
    assert (first.expected_pay_on, first.q10_on, first.q50_on, first.q90_on) == (
        date(2026, 3, 14),
        date(2026, 3, 6),
        date(2026, 3, 13),
        date(2026, 4, 4),
    )
    assert (first.p_dispute_ppm, second.p_dispute_ppm) == (None, 40_000)
    assert first.reasons == [{"code": "habit", "value": 4.0, "effect_days": 2.5}]
    assert first.dispute_reasons == [{"code": "amount", "log_odds_ppm": 400_000}]
    assert last_event(company) == (
        "predictions.written",
        "system",
        None,
        {
            "as_of": "2026-03-05",
            "items": 2,
            "changed": 2,
            "content_sha256": hashlib.sha256(b"log").hexdigest(),
        },
    )


def test_the_same_day_again_changes_nothing_and_a_paid_item_leaves(company, version, items):
    rows = [row(items[0]), row(items[1])]
    told = [write(version, rows), write(version, rows)]
    events = verbs(company)
    tomorrow = TODAY + timedelta(days=1)
    told.append(write(version, [row(items[0], q10_day=DAY + 2)], as_of=tomorrow, content=b"next"))

    assert told == [2, 0, 2]
    assert events.count("predictions.written") == 1
    assert list(ItemPrediction.objects.values_list("item", "as_of")) == [(items[0].pk, tomorrow)]
    logs = PredictionLog.objects.order_by("as_of")
    assert [(log.as_of, log.rows, bytes(log.content)) for log in logs] == [
        (TODAY, 2, b"log"),
        (tomorrow, 1, b"next"),
    ]


def test_a_logged_day_cannot_be_said_again_otherwise(company, version, items):
    write(version, [row(items[0])])
    with pytest.raises(Refused) as refusal:
        write(version, [row(items[0], p_late_ppm=700_000)], content=b"other")

    assert str(refusal.value) == (
        "The predictions of 2026-03-05 are logged already and stay as they are; "
        "the next day is scored anew."
    )
    assert ItemPrediction.objects.get().p_late_ppm == 600_000


def test_a_book_without_open_items_is_logged_too(company, version, items):
    empty = pl.DataFrame([row(items[0])], schema_overrides={"p_dispute_ppm": pl.Int64}).clear()
    changed = write_predictions(
        actor=system(company), version=version, rows=empty, content=b"none", as_of=TODAY, at=AT
    )
    assert (changed, PredictionLog.objects.get().rows) == (0, 0)
    assert verbs(company)[-1] == "predictions.written"


@pytest.mark.parametrize(
    "wrong",
    [
        {"p_late_7_ppm": 600_001},
        {"p_late_30_ppm": 300_001},
        {"p_late_ppm": 1_000_001},
        {"q10_day": DAY + 9, "q50_day": DAY + 8},
        {"q90_day": DAY + 7},
        {"q10_day": DAY},
        {"open_minor": 0},
    ],
)
def test_the_database_refuses_a_distribution_that_contradicts_itself(version, items, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        write(version, [row(items[0], **wrong)])
    assert PredictionLog.objects.count() == 0


@pytest.mark.parametrize(
    "change",
    ["UPDATE dunwell_predictionlog SET rows = 0", "DELETE FROM dunwell_predictionlog"],
)
def test_the_database_keeps_the_log(version, items, change):
    write(version, [row(items[0])])
    with (
        pytest.raises(DatabaseError, match="stays as it was written"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def forecast(version, rows, as_of=TODAY):
    frame = pl.DataFrame(
        [
            {
                "currency": currency,
                "week": week,
                "from_day": day_number(as_of) + 7 * week - 6,
                "expected_minor": expected,
                "p10_minor": expected - 10,
                "p50_minor": expected,
                "p90_minor": expected + 10,
            }
            for currency, week, expected in rows
        ]
    )
    return write_forecast(
        actor=system(version.company), version=version, rows=frame, as_of=as_of, at=AT
    )


def test_the_forecast_of_every_day_is_kept_and_written_once(company, version):
    weeks = [("EUR", 1, 500), ("EUR", 2, 300), ("USD", 1, 70)]
    told = [forecast(version, weeks), forecast(version, weeks)]
    told.append(forecast(version, weeks[:2], as_of=TODAY + timedelta(days=1)))

    assert told == [3, 0, 2]
    assert list(
        CashForecast.objects.filter(as_of=TODAY)
        .order_by("currency", "week")
        .values_list("currency", "week", "starts_on", "expected_minor", "p10_minor", "p90_minor")
    ) == [
        ("EUR", 1, date(2026, 3, 6), 500, 490, 510),
        ("EUR", 2, date(2026, 3, 13), 300, 290, 310),
        ("USD", 1, date(2026, 3, 6), 70, 60, 80),
    ]
    assert verbs(company).count("forecast.written") == 2


def score(customer, value, **fields):
    return {
        "customer_id": customer.pk,
        "score": value,
        "base": 60,
        "is_thin": False,
        "band": "B",
        "points": '[{"code": "median", "points": 12}]',
        "score_before": None,
        "band_before": "",
        "is_alarm": False,
        "warnings": "[]",
        **fields,
    }


def scores(company, rows, as_of=TODAY):
    frame = pl.DataFrame(rows, schema_overrides={"score_before": pl.Int64})
    return write_scores(actor=system(company), rows=frame, as_of=as_of, at=AT)


def test_scores_change_only_when_they_differ(company, customer):
    other = add_customer(company, "K2")
    first = [score(customer, 70), score(other, 40, is_alarm=True, score_before=60)]
    told = [scores(company, first), scores(company, first, TODAY + timedelta(days=1))]
    told.append(scores(company, [score(customer, 71)], TODAY + timedelta(days=2)))

    kept = CustomerScore.objects.get()
    assert (told, kept.score, kept.points) == ([2, 0, 2], 71, [{"code": "median", "points": 12}])
    assert last_event(company)[3] == {
        "as_of": "2026-03-07",
        "customers": 1,
        "alarms": 0,
        "changed": 2,
    }
