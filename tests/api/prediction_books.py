"""What the model says of a small company: one record of every kind that prediction keeps."""

import io
from dataclasses import replace
from datetime import timedelta

import polars as pl

from dunwell.actions.experiments import plan_experiment, start_experiment, stop_experiment
from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_check, record_model_version
from dunwell.actions.predictions import write_forecast, write_predictions
from dunwell.actions.scores import SCORE_COLUMNS, write_scores
from dunwell.engine.calendars import day_number
from dunwell.jobs.score import LOGGED
from dunwell.jobs.train import naive_model
from dunwell.models import Anomaly, ModelVersion
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from tests.actions.test_anomalies import find, finding
from tests.actions.test_experiments import choice, log
from tests.actions.test_predictions import row
from tests.queries.outlook_books import keep as keep_outlook_of

QUANTILES = [name for name in LOGGED if name[0] == "q"]
LEAGUE = {
    "serves": "customer_median",
    "is_worse": False,
    "reason": {"code": "few_items", "model": "customer_median"},
    "first_on": "2025-11-06",
    "last_on": "2026-01-08",
    "snapshots": 10,
    "requests": 1200,
    "rows": [
        {
            "model": "customer_median", "is_learned": False, "is_eligible": True, "is_calibrated": True,
            "against": [], "figures": {"new": {"days": {"crps": 2.1}}, "cold": None},
        }
    ],
    "champion": "",
    "promotion": None,
}  # fmt: skip
CARD = {"name": "Pay days", "purpose": "Says when items are paid.", "league": []}
WARNING = (
    '{"code": "silence", "kind": "refusal", "unit": "days", "measured": 20, "usual": 3, '
    '"since_on": "2026-02-01", "evidence": 4, "severity": 2}'
)
POINTS = (
    '{"reason": "days_late", "reason_group": "history", "unit": "days", "measured": 2, '
    '"neutral": 5, "evidence": 9, "points": 20, "most": 30, "least": -40}'
)


def versions(company, *, as_of, at):
    """A version that serves and one that waits; return both."""
    history = company_history(Books(company), as_of=as_of)
    return [
        record_model_version(
            actor=system(company),
            trained=replace(
                naive_model(history, company=company, kind=kind), league=LEAGUE, card=CARD
            ),
            at=at,
        )
        for kind in ("customer_median", "due_date")
    ]


def logged(items, as_of):
    """The day's log of some items, as the job writes it."""
    day = day_number(as_of)
    said = [
        {
            **{name: row(item)[name] for name in row(item) if name in LOGGED},
            "issued_day": day_number(item.issued_on),
            "as_of_day": day,
            "p_soon_ppm": 200_000,
            "expected_pay_day": day + 9,
            **{name: day + 1 + number for number, name in enumerate(QUANTILES)},
        }
        for item in items
    ]
    out = io.BytesIO()
    pl.DataFrame(said).select(*LOGGED).write_parquet(out)
    return out.getvalue()


def predict(version, items, *, as_of, at, **fields):
    """Write predictions of some items and the day's log."""
    day = day_number(as_of)
    days = {
        "expected_pay_day": day + 9,
        "q10_day": day + 1,
        "q50_day": day + 8,
        "q90_day": day + 30,
    }
    rows = [row(item, **days, **fields) for item in items]
    return write_predictions(
        actor=system(version.company), version=version,
        rows=pl.DataFrame(rows, schema_overrides={"p_dispute_ppm": pl.Int64}),
        content=logged(items, as_of), as_of=as_of, at=at,
    )  # fmt: skip


def forecast(version, *, as_of, at):
    """Write two weeks of cash in EUR."""
    first = day_number(as_of) + 1
    rows = pl.DataFrame(
        {"currency": "EUR", "week": week, "from_day": first + 7 * week - 7, "expected_minor": 500,
         "p10_minor": 200, "p50_minor": 480, "p90_minor": 900}
        for week in (1, 2)
    )  # fmt: skip
    return write_forecast(
        actor=system(version.company), version=version,
        rows=rows.with_columns(pl.col("from_day").cast(pl.Int32)), as_of=as_of, at=at,
    )  # fmt: skip


def score(company, customers, *, as_of, at):
    """Give every customer a score of 70, with a reason and a warning."""
    rows = [
        (one.pk, 70, 50, False, "B", f"[{POINTS}]", 90, "A", True, f"[{WARNING}]")
        for one in customers
    ]
    frame = pl.DataFrame(rows, schema=SCORE_COLUMNS, orient="row")
    return write_scores(actor=system(company), rows=frame, as_of=as_of, at=at)


def experiments(company, *, as_of, at):
    """A draft, one that runs, and one that was stopped: path parameter -> key."""
    actor, on = system(company), {"as_of": as_of, "at": at}
    days = {"starts_on": as_of, "ends_on": as_of + timedelta(days=90)}
    made = {
        name: plan_experiment(actor=actor, name=name, kind=kind, arms=[(arm, 200_000)], **days, **on)
        for name, kind, arm in (
            ("letters", "comparison", "letter"),
            ("holdout", "holdout", "chance"),
            ("calls", "comparison", "call"),
        )
    }  # fmt: skip
    start_experiment(actor=actor, experiment=made["holdout"], **on)
    stop_experiment(actor=actor, experiment=made["calls"], reason="enough", **on)
    return {
        "experiment_id": made["letters"].pk,
        "running_id": made["holdout"].pk,
        "stopped_id": made["calls"].pk,
    }


def keep_predictions(company, *, items, today, at):
    """Add one record of every kind, of yesterday; return path parameter -> key."""
    as_of = today - timedelta(days=1)
    serving, waiting = versions(company, as_of=as_of, at=at)
    assert serving.status == ModelVersion.Status.SERVING
    record_check(
        actor=system(company), version=serving, figures={"psi": [], "rank_shares_ppm": []},
        alarms=["inputs_shifted"], as_of=as_of, at=at,
    )  # fmt: skip
    predict(serving, items, as_of=as_of, at=at)
    forecast(serving, as_of=as_of, at=at)
    keep_outlook_of(company, serving, as_of=as_of)
    customers = list(dict.fromkeys(item.customer for item in items))
    score(company, customers, as_of=as_of, at=at)
    find(
        company,
        *(
            finding(
                f"amount_high:item:{item.pk}",
                kind="amount_high",
                severity=50,
                item_id=item.pk,
                customer_id=item.customer_id,
            )
            for item in items
        ),
        as_of=as_of,
    )
    keys = experiments(company, as_of=today, at=at)
    log(
        company,
        *(choice(one, experiment_id=keys["running_id"], arm="chance") for one in customers),
        as_of=as_of,
    )
    return {
        "anomaly_id": Anomaly.objects.get(item=items[0]).pk,
        "as_of": as_of.isoformat(),
        "currency": "EUR",
        "model_id": waiting.pk,
        "model_version_id": waiting.pk,
        "week": 1,
        "cash_kind": "week",
        "cash_number": 1,
        **keys,
    }
