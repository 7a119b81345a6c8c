"""The cash forecast: thirteen weeks per currency with their range, and what each is made of."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Company
from dunwell.queries.forecast_items import WeekItem, WeekItems, week_items
from dunwell.queries.pages import LARGEST_PAGE, CursorError
from dunwell.queries.predictions import ForecastRow, forecast_rows
from dunwell.web.exports import file_response
from dunwell.web.staff import StaffRequest

WEEK_COLUMNS = (
    _("As of"),
    _("Currency"),
    _("Week"),
    _("From"),
    _("Expected"),
    _("10 %"),
    _("50 %"),
    _("90 %"),
)
ITEM_COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Due"),
    _("Currency"),
    _("Open"),
    _("Chance in this week"),
    _("Expected in this week"),
)


@require_GET
def forecast(request: StaffRequest) -> HttpResponse:
    """Show what cash is expected from the items on the book, currency by currency."""
    rows = forecast_rows(request.actor.company)
    asked = request.GET.get("currency", "")
    own = request.actor.company.currency
    known = [row.currency for row in rows]
    chosen = asked if asked in known else own if own in known or not known else known[0]
    shown = next((row for row in rows if row.currency == chosen), None)
    context = {
        "rows": rows,
        "currency": chosen,
        "forecast": shown,
        "total_minor": _sum(shown, 13),
        "month_minor": _sum(shown, 4),
        "is_old": shown is not None and shown.as_of < request.as_of,
    }
    return render(request, "web/forecast.html", context)


@require_GET
def forecast_week(request: StaffRequest, currency: str, week: int) -> HttpResponse:
    """Show the items that a week's sum is made of, the largest share first."""
    found = _week(request, currency, week)
    row = next(
        (one for one in forecast_rows(request.actor.company) if one.currency == found.currency),
        None,
    )
    context = {"found": found, "page": found.page, "forecast": row}
    return render(request, "web/forecast_week.html", context)


@require_GET
def forecast_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every week of every currency."""
    rows = [
        (
            row.as_of,
            row.currency,
            week.week,
            week.starts_on,
            from_minor(week.expected_minor, row.currency),
            from_minor(week.p10_minor, row.currency),
            from_minor(week.p50_minor, row.currency),
            from_minor(week.p90_minor, row.currency),
        )
        for row in forecast_rows(request.actor.company)
        for week in row.weeks
    ]
    return file_response(
        kind,
        name=f"forecast-{request.as_of.isoformat()}",
        columns=[str(name) for name in WEEK_COLUMNS],
        rows=rows,
    )


@require_GET
def forecast_week_export(
    request: StaffRequest, currency: str, week: int, kind: str
) -> HttpResponse:
    """Return every item of a week with its share."""
    found = _week(request, currency, week)
    return file_response(
        kind,
        name=f"forecast-{found.currency}-{found.starts_on.isoformat()}",
        columns=[str(name) for name in ITEM_COLUMNS],
        rows=(
            _item(row, found.currency)
            for row in _all_items(request.actor.company, found.currency, week)
        ),
    )


def _week(request: StaffRequest, currency: str, week: int) -> WeekItems:
    """Return the week asked for; 404 for none, the first page for a foreign cursor."""
    company, code = request.actor.company, currency[:3].upper()
    try:
        found = week_items(company, currency=code, week=week, cursor=request.GET.get("cursor", ""))
    except CursorError:
        found = week_items(company, currency=code, week=week)
    if found is None:
        raise Http404
    return found


def _all_items(company: Company, currency: str, week: int) -> Iterator[WeekItem]:
    cursor = ""
    while True:
        found = week_items(
            company, currency=currency, week=week, cursor=cursor, limit=LARGEST_PAGE
        )
        if found is None:
            return
        yield from found.page.rows
        if not (cursor := found.page.next):
            return


def _item(row: WeekItem, currency: str) -> tuple[Value, ...]:
    return (
        row.item_number,
        row.customer_name,
        row.due_on,
        currency,
        from_minor(row.open_minor, currency),
        row.chance_ppm / 1_000_000,
        from_minor(row.expected_minor, currency),
    )


def _sum(row: ForecastRow | None, weeks: int) -> int:
    return sum(week.expected_minor for week in row.weeks[:weeks]) if row else 0
