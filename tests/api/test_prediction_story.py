"""Predictions over the API: pay days with reasons, what was said before, scores, cash, files."""

import csv
import io
import json
from datetime import timedelta

import pytest

from dunwell.models import Customer, ModelVersion
from tests.actions.ledger_rows import invoice
from tests.api.prediction_books import keep_predictions, predict
from tests.conftest import AT, TODAY, add_customer

DAY = TODAY - timedelta(days=1)
REASON = {"code": "habit", "value": 4.0, "effect_days": 2.5}


@pytest.fixture
def items(company, customer):
    other = add_customer(company, "K2", "Beta")
    return [
        invoice(customer, "R1", 100_00),
        invoice(customer, "R2", 300_00),
        invoice(other, "R3", 50_00),
    ]


@pytest.fixture
def ids(company, items):
    return keep_predictions(company, items=items, today=TODAY, at=AT)


def pages(program, path):
    """The rows of every page of a list, one row a page."""
    found, cursor = [], ""
    while True:
        page = program.get(f"{path}{'&' if '?' in path else '?'}limit=1&cursor={cursor}").json()
        found += page["rows"]
        cursor = page["next"]
        if not cursor:
            return found


def table(answer):
    """The lines of a CSV answer as dicts."""
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_an_item_shows_its_pay_days_its_chances_and_why(as_collector, items, ids):
    shown = as_collector.get(f"/predictions/{items[0].pk}").json()

    assert shown == {
        "item_id": items[0].pk,
        "item_number": "R1",
        "customer_id": items[0].customer_id,
        "customer_number": "K1",
        "customer_name": "Acme",
        "as_of": "2026-03-04",
        "currency": "EUR",
        "open_minor": 100_00,
        "due_on": items[0].due_on.isoformat(),
        "p_late_ppm": 600_000,
        "p_late_7_ppm": 300_000,
        "p_late_30_ppm": 100_000,
        "p_unpaid_14_ppm": 250_000,
        "p_loss_ppm": 12_345,
        "p_dispute_ppm": None,
        "loss_minor": 1_23,
        "expected_pay_on": "2026-03-13",
        "q10_on": "2026-03-05",
        "q50_on": "2026-03-12",
        "q90_on": "2026-04-03",
        "model_number": 1,
        "model_kind": "customer_median",
        "model_label": "Each customer's median",
        "history_items": 12,
        "reasons": [REASON],
        "dispute_reasons": [{"code": "amount", "log_odds_ppm": 400_000}],
    }


def test_what_was_said_on_a_day_stays_whatever_is_said_later(as_collector, items, ids, company):
    serving = ModelVersion.objects.get(company=company, status="serving")
    predict(serving, items, as_of=TODAY, at=AT, p_late_ppm=700_000)
    told = as_collector.get(f"/predictions/{items[1].pk}/{DAY}").json()

    assert as_collector.get(f"/predictions/{items[1].pk}").json()["p_late_ppm"] == 700_000
    days = told.pop("pay_days")
    assert told == {
        "item_id": items[1].pk,
        "customer_id": items[1].customer_id,
        "as_of": "2026-03-04",
        "currency": "EUR",
        "open_minor": 300_00,
        "issued_on": items[1].issued_on.isoformat(),
        "due_on": items[1].due_on.isoformat(),
        "history_items": 12,
        "p_late_ppm": 600_000,
        "p_late_7_ppm": 300_000,
        "p_late_30_ppm": 100_000,
        "p_soon_ppm": 200_000,
        "p_unpaid_14_ppm": 250_000,
        "p_loss_ppm": 12_345,
        "expected_pay_on": "2026-03-13",
    }
    assert days == [
        {"chance_ppm": 50_000 * step, "on": (DAY + timedelta(days=step)).isoformat()}
        for step in range(1, 20)
    ]


def test_what_was_never_said_is_absent_and_a_strange_day_is_named(
    as_collector, as_rival, items, ids, customer
):
    unscored = invoice(customer, "R9", 5_00)
    item = items[0].pk

    assert as_collector.get(f"/predictions/{unscored.pk}").status_code == 404
    assert as_collector.get(f"/predictions/{item}/2026-03-01").status_code == 404
    assert as_collector.get(f"/predictions/{item}/2190-01-01").status_code == 404
    assert as_collector.get(f"/predictions/{item}/yesterday").status_code == 422
    assert as_collector.get("/predictions?order=magic").status_code == 422
    assert as_collector.get("/predictions?cursor=nonsense").status_code == 400
    assert as_rival.get(f"/predictions/{item}/{DAY}").status_code == 404
    assert as_rival.get("/predictions").json() == {"rows": [], "next": ""}
    assert as_rival.get("/forecast").json() == []


@pytest.mark.parametrize("order", ["late", "loss", "expected"])
def test_a_list_goes_on_by_cursor_in_each_order(as_collector, company, items, ids, order):
    serving = ModelVersion.objects.get(company=company, status="serving")
    predict(serving, items, as_of=TODAY, at=AT)

    rows = pages(as_collector, f"/predictions?order={order}")
    losses = [row["loss_minor"] for row in rows]
    acme = pages(as_collector, f"/predictions?customer_id={items[0].customer_id}")

    assert sorted(row["item_number"] for row in rows) == ["R1", "R2", "R3"]
    assert order != "loss" or losses == sorted(losses, reverse=True)
    assert [row["item_number"] for row in acme] == ["R1", "R2"]


def test_a_customer_shows_what_is_expected_its_score_and_what_changed(
    as_collector, as_rival, items, ids, company
):
    key = items[0].customer_id
    shown = as_collector.get(f"/customers/{key}/outlook").json()
    stranger = add_customer(company, "K9")
    empty = as_collector.get(f"/customers/{stranger.pk}/outlook").json()

    assert shown["expected"] == [
        {
            "currency": "EUR",
            "items": 2,
            "open_minor": 400_00,
            "expected_14_minor": 300_00,
            "loss_minor": 1_23 + 3_70,
            "mean_p_late_ppm": 600_000,
            "next_pay_on": "2026-03-12",
        }
    ]
    score = shown["score"]
    assert (score["score"], score["base"] + sum(one["points"] for one in score["points"])) == (
        70,
        70,
    )
    assert (score["band"], score["change"], score["is_alarm"]) == ("B", -20, True)
    assert [one["code"] for one in score["warnings"]] == ["silence"]
    assert as_collector.get(f"/scores/{key}").json() == score
    assert empty == {"customer_id": stranger.pk, "expected": [], "score": None}
    assert as_collector.get(f"/scores/{stranger.pk}").status_code == 404
    assert as_rival.get(f"/customers/{key}/outlook").status_code == 404


def test_scores_are_filtered_and_counted(as_collector, items, ids):
    for path, names in (
        ("/scores", ["K1", "K2"]),
        ("/scores?band=B", ["K1", "K2"]),
        ("/scores?band=E", []),
        ("/scores?only_alarms=true&only_warned=true", ["K1", "K2"]),
        ("/scores?search=Beta", ["K2"]),
    ):
        assert [row["customer_number"] for row in pages(as_collector, path)] == names, path
    assert as_collector.get("/scores/bands").json() == {"A": 0, "B": 2, "C": 0, "D": 0, "E": 0}
    assert as_collector.get("/scores?band=F").status_code == 422
    moves = as_collector.get("/scores/moves").json()
    moved = [move for move in moves.pop("moves") if move["customers"]]
    assert moved == [{"before": "A", "band": "B", "customers": 2, "steps": 1}]
    assert moves == {"customers": 2, "alarms": 2, "warned": 2}


def test_the_forecast_says_what_comes_each_week_and_how_sure_that_is(as_collector, ids):
    week = {"expected_minor": 500, "p10_minor": 200, "p50_minor": 480, "p90_minor": 900}

    assert as_collector.get("/forecast").json() == [
        {
            "currency": "EUR",
            "as_of": "2026-03-04",
            "weeks": [
                {"week": 1, "starts_on": "2026-03-05", **week},
                {"week": 2, "starts_on": "2026-03-12", **week},
            ],
        }
    ]


def test_a_week_of_the_forecast_names_its_items_and_they_add_up(
    as_collector, as_rival, items, ids
):
    week = as_collector.get("/forecast/EUR/1").json()

    assert (week["starts_on"], week["ends_on"], week["items"]) == ("2026-03-05", "2026-03-11", 3)
    assert sum(row["expected_minor"] for row in week["page"]["rows"]) == week["expected_minor"]
    assert as_collector.get("/forecast/EUR/3").status_code == 404
    assert as_collector.get("/forecast/eur/1").status_code == 422
    assert as_collector.get("/forecast/EUR/0").status_code == 422
    assert as_collector.get("/forecast/EUR/1?cursor=nonsense").status_code == 400
    assert as_rival.get("/forecast/EUR/1").status_code == 404


def test_a_file_holds_what_the_list_shows(as_collector, items, ids):
    for name in ("predictions", "scores", "anomalies", "choices"):
        answer = as_collector.get(f"/{name}.csv")
        rows = as_collector.get(f"/{name}").json()["rows"]
        lines = table(answer)

        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}.csv"'
        assert lines == [{column: cell(value) for column, value in row.items()} for row in rows], (
            name
        )


def cell(value):
    """How a value of the list is written in a file."""
    if isinstance(value, list | dict):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def test_a_file_keeps_to_the_filter_and_cannot_run_a_formula(as_collector, items, ids):
    Customer.objects.filter(number="K2").update(name="=1+1")

    alone = table(as_collector.get("/scores.csv?search=K2"))
    acme = table(as_collector.get(f"/predictions.csv?customer_id={items[0].customer_id}"))

    assert [row["customer_name"] for row in alone] == ["'=1+1"]
    assert [row["item_number"] for row in acme] == ["R1", "R2"]
    assert as_collector.get("/scores.csv?band=F").status_code == 422
