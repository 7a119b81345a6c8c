"""/items.csv and /payments.csv: whole lists as CSV files, under the same filters."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, Literal, TypeVar

from django.http import HttpResponse
from ninja import Query, Router

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PROBLEMS, AnyCurrency, Key, Text
from dunwell.api.items import ItemChoice, item_pages
from dunwell.formats.exports import write_csv
from dunwell.queries.items import ItemRow
from dunwell.queries.pages import LARGEST_PAGE, Page
from dunwell.queries.payments import PaymentRow, payment_rows

router = Router(tags=["exports"])
R = TypeVar("R", ItemRow, PaymentRow)

CSV_FILE = {
    "responses": {
        200: {
            "description": "CSV in UTF-8 with byte order mark and header row; minor units.",
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
    return _file("items", ItemRow, _all(lambda cursor: pages(cursor, LARGEST_PAGE)))


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
    rows = _all(
        lambda cursor: payment_rows(
            request.actor.company,
            scope=scope,
            currency=currency,
            customer_id=customer_id,
            search=search,
            cursor=cursor,
            limit=LARGEST_PAGE,
        )
    )
    return _file("payments", PaymentRow, rows)


def _all(page: Callable[[str], Page[R]]) -> Iterator[R]:
    cursor = ""
    while True:
        found = page(cursor)
        yield from found.rows
        if not (cursor := found.next):
            return


def _file(name: str, row: type[R], rows: Iterator[R]) -> HttpResponse:
    columns = [field.name for field in fields(row)]
    lines: Iterator[list[Any]] = ([getattr(line, name) for name in columns] for line in rows)
    response = HttpResponse(write_csv(columns, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
