"""Lists as whole CSV files (/items.csv and so on), with the filters and order of the lists."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from functools import partial
from typing import Any, Literal, TypeVar

from django.http import HttpResponse
from ninja import Query, Router

from dunwell.api.anomalies import AnomalyChoice
from dunwell.api.auth import ApiRequest
from dunwell.api.experiments import ChoiceFilter
from dunwell.api.fields import PROBLEMS, AnyCurrency, Key, Text
from dunwell.api.items import ItemChoice, item_pages
from dunwell.api.predictions import PredictionChoice
from dunwell.api.scores import ScoreChoice
from dunwell.formats.exports import write_csv
from dunwell.jobs.heavy_files import heavy_file
from dunwell.queries.anomalies import AnomalyRow, anomaly_rows
from dunwell.queries.experiments import ChoiceRow, choice_rows
from dunwell.queries.items import ItemRow
from dunwell.queries.pages import every_row
from dunwell.queries.payments import PaymentRow, payment_rows
from dunwell.queries.predictions import PredictionRow, prediction_rows
from dunwell.queries.scores import ScoreRow, score_rows

router = Router(tags=["exports"])
R = TypeVar("R", ItemRow, PaymentRow, PredictionRow, ScoreRow, AnomalyRow, ChoiceRow)

CSV_FILE = {
    "responses": {
        200: {
            "description": "CSV in UTF-8 with byte order mark and header row; minor units, "
            "lists as JSON.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    }
}
"""How the OpenAPI document declares a file."""


@router.get("/items.csv", response={200: None, **PROBLEMS}, openapi_extra=CSV_FILE)
def export_items(request: ApiRequest, choice: Query[ItemChoice]) -> HttpResponse:
    """Export every item under the filter, with the columns of the list."""
    request.actor.require("ledger.view")
    pages = item_pages(request, choice, sort="due_on")
    return _file("items", ItemRow, every_row(pages))


@router.get("/payments.csv", response={200: None, **PROBLEMS}, openapi_extra=CSV_FILE)
def export_payments(
    request: ApiRequest,
    scope: Literal["all", "unapplied", "returned"] = "all",
    currency: AnyCurrency = "",
    customer_id: Key | None = None,
    search: Text = "",
) -> HttpResponse:
    """Export every payment under the filter, with the columns of the list."""
    request.actor.require("ledger.view")
    rows = every_row(
        partial(
            payment_rows,
            request.actor.company,
            scope=scope,
            currency=currency,
            customer_id=customer_id,
            search=search,
        )
    )
    return _file("payments", PaymentRow, rows)


@router.get("/predictions.csv", response={200: None, **PROBLEMS}, openapi_extra=CSV_FILE)
def export_predictions(request: ApiRequest, choice: Query[PredictionChoice]) -> HttpResponse:
    """Export what is expected of every open item under the filter, with the reasons."""
    request.actor.require("ledger.view")
    company, only = request.actor.company, choice.dict()
    rows = every_row(partial(prediction_rows, company, **only))
    return _file("predictions", PredictionRow, rows)


@router.get("/scores.csv", response={200: None, **PROBLEMS}, openapi_extra=CSV_FILE)
def export_scores(request: ApiRequest, choice: Query[ScoreChoice]) -> HttpResponse:
    """Export every score under the filter, with its points and warnings."""
    request.actor.require("ledger.view")
    company, only = request.actor.company, choice.dict()
    rows = every_row(partial(score_rows, company, **only))
    return _file("scores", ScoreRow, rows)


@router.get("/anomalies.csv", response={200: None, **PROBLEMS}, openapi_extra=CSV_FILE)
def export_anomalies(request: ApiRequest, choice: Query[AnomalyChoice]) -> HttpResponse:
    """Export every finding under the filter, with what was said of it."""
    request.actor.require("ledger.view")
    company, only = request.actor.company, choice.dict()
    rows = every_row(partial(anomaly_rows, company, **only))
    return _file("anomalies", AnomalyRow, rows)


@router.get("/choices.csv", response={200: None, **PROBLEMS}, openapi_extra=CSV_FILE)
def export_choices(request: ApiRequest, choice: Query[ChoiceFilter]) -> HttpResponse:
    """Export every logged choice under the filter, with the chance it had."""
    request.actor.require("ledger.view")
    company, only = request.actor.company, choice.dict()
    rows = every_row(partial(choice_rows, company, **only))
    return _file("choices", ChoiceRow, rows)


def _file(name: str, row: type[R], rows: Iterator[R]) -> HttpResponse:
    columns = [field.name for field in fields(row)]
    lines: Iterator[list[Any]] = (
        [_cell(getattr(line, name)) for name in columns] for line in rows
    )
    with heavy_file():
        data = write_csv(columns, lines)
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cell(value: Any) -> Any:
    """Return what a cell holds: a list or a document as JSON, anything else as it is."""
    if isinstance(value, tuple | Mapping):
        return json.dumps(value, default=asdict, ensure_ascii=False, separators=(",", ":"))
    return value
