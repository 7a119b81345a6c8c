"""The cash forecast: weeks and months by component, their range, and what each is made of."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.ml.cash_claims import NEW
from dunwell.models import CashPeriod
from dunwell.queries.cash_drill import (
    CashDrill,
    CashRow,
    cash_drill,
    currency_shares,
    every_cash_row,
)
from dunwell.queries.cash_outlook import CashOutlook, OutlookPeriod, cash_outlook
from dunwell.templatetags.forecast_words import COMPONENTS
from dunwell.web.exports import file_response
from dunwell.web.forecast_choice import TOGETHER, Choice, choice_of, day_asked
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

PERIOD_COLUMNS = (
    _("As of"),
    _("Scope"),
    _("Currency"),
    _("Together"),
    _("Kind"),
    _("Number"),
    pgettext_lazy("span of days", "From"),
    pgettext_lazy("span of days", "To"),
    _("Expected"),
    _("5 %"),
    _("10 %"),
    _("50 %"),
    _("90 %"),
    _("95 %"),
)
ROW_COLUMNS = (
    _("Component"),
    _("What"),
    _("Customer"),
    _("Day"),
    _("Currency"),
    _("Open"),
    _("Expected in this period"),
)
MONTH_WEEKS = 4


@require_GET
def forecast(request: StaffRequest) -> HttpResponse:
    """Show what cash is expected: weeks or months, one currency or all in the company's own."""
    company = request.actor.company
    asked = choice_of(request, (), company.currency)
    outlook = cash_outlook(company, as_of=request.as_of, scope=asked.scope)
    if outlook is None:
        return render(request, "web/forecast.html", {"outlook": None, "choice": asked})
    choice = choice_of(request, outlook.currencies, company.currency)
    periods = _shown(outlook, choice)
    weeks = _shown(outlook, Choice("week", choice.scope, choice.currency))
    currency = company.currency if choice.currency == TOGETHER else choice.currency
    rows = [(one, _address(choice, one)) for one in periods]
    context = {
        "outlook": outlook,
        "choice": choice,
        "together": TOGETHER,
        "currency": currency,
        "periods": periods,
        "rows": rows,
        "links": [link for _, link in rows],
        "names": [
            name for name in COMPONENTS if any(one.components.get(name, 0) for one in periods)
        ],
        "sums": {name: sum(one.components.get(name, 0) for one in periods) for name in COMPONENTS},
        "total_minor": sum(one.expected_minor for one in periods),
        "weeks_minor": sum(one.expected_minor for one in weeks),
        "month_minor": sum(one.expected_minor for one in weeks[:MONTH_WEEKS]),
        "next": weeks[0] if weeks else None,
        "is_old": outlook.as_of < request.as_of,
    }
    return render(request, "web/forecast.html", context)


@require_GET
def forecast_week(request: StaffRequest, currency: str, week: int) -> HttpResponse:
    """Show what a week is made of."""
    return _period_page(request, currency, CashPeriod.Kind.WEEK, week)


@require_GET
def forecast_month(request: StaffRequest, currency: str, month: int) -> HttpResponse:
    """Show what a month is made of."""
    return _period_page(request, currency, CashPeriod.Kind.MONTH, month)


@require_GET
def forecast_together(request: StaffRequest, period: str, number: int) -> HttpResponse:
    """Show which currencies a consolidated week or month is made of, at which rates."""
    company = request.actor.company
    if period not in CashPeriod.Kind.values:
        raise Http404
    choice = choice_of(request, (), company.currency)
    outlook = cash_outlook(company, as_of=day_asked(request, request.as_of), scope=choice.scope)
    found = outlook and currency_shares(
        company, kind=period, number=number, as_of=outlook.as_of, scope=choice.scope
    )
    if outlook is None or not found:
        raise Http404
    whole, shares = found
    context = {
        "whole": whole,
        "as_of": request.as_of,
        "kept_on": outlook.as_of,
        "scope": choice.scope,
        "kind": period,
        "shares": [
            (one, _period_address(one.currency, period, number, choice.scope)) for one in shares
        ],
        "total_minor": sum(one.home_minor for one in shares),
    }
    return render(request, "web/forecast_together.html", context)


@require_GET
def forecast_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every week and month of every currency and of all together, in both scopes."""
    rows: list[tuple[Value, ...]] = []
    for scope in CashPeriod.Scope.values:
        outlook = cash_outlook(request.actor.company, as_of=request.as_of, scope=scope)
        if outlook is None:
            continue
        for is_together, periods in ((False, outlook.periods), (True, outlook.consolidated or ())):
            rows += [_period_row(outlook, one, scope, is_together=is_together) for one in periods]
    return file_response(
        kind,
        name=f"forecast-{request.as_of.isoformat()}",
        columns=[*map(str, PERIOD_COLUMNS), *(str(name) for name in COMPONENTS.values())],
        rows=rows,
    )


@require_GET
def forecast_week_export(
    request: StaffRequest, currency: str, week: int, kind: str
) -> HttpResponse:
    """Return every row of every component of a week."""
    return _period_file(request, currency, CashPeriod.Kind.WEEK, week, kind)


@require_GET
def forecast_month_export(
    request: StaffRequest, currency: str, month: int, kind: str
) -> HttpResponse:
    """Return every row of every component of a month."""
    return _period_file(request, currency, CashPeriod.Kind.MONTH, month, kind)


def _shown(outlook: CashOutlook, choice: Choice) -> tuple[OutlookPeriod, ...]:
    if choice.currency == TOGETHER:
        return outlook.together(choice.kind)
    return outlook.of(choice.currency, choice.kind)


def _address(choice: Choice, period: OutlookPeriod) -> str:
    """Return where a period opens."""
    if choice.currency == TOGETHER:
        place = reverse("forecast-together", args=(period.kind, period.number))
        return f"{place}?scope={choice.scope}"
    return _period_address(period.currency, period.kind, period.number, choice.scope)


def _period_address(currency: str, kind: str, number: int, scope: str) -> str:
    return f"{reverse(f'forecast-{kind}', args=(currency, number))}?scope={scope}"


def _period_page(request: StaffRequest, currency: str, kind: str, number: int) -> HttpResponse:
    found = _drill(request, currency, kind, number)
    scope = choice_of(request, (), "").scope
    as_of = day_asked(request, request.as_of)
    context = {
        "found": found,
        "page": found.page,
        "period": found.period,
        "scope": scope,
        "kind": kind,
        "is_past": as_of < request.as_of,
        "asked_on": as_of,
        "export": reverse(f"forecast-{kind}-export", args=(currency, number, "csv")),
        "export_xlsx": reverse(f"forecast-{kind}-export", args=(currency, number, "xlsx")),
        "export_parquet": reverse(f"forecast-{kind}-export", args=(currency, number, "parquet")),
    }
    return render(request, "web/forecast_period.html", context)


def _drill(request: StaffRequest, currency: str, kind: str, number: int) -> CashDrill:
    """Return the period asked for; 404 for none, the first page for a foreign cursor."""
    read = partial(
        cash_drill,
        request.actor.company,
        currency=currency[:3].upper(),
        kind=kind,
        number=number,
        as_of=day_asked(request, request.as_of),
        scope=choice_of(request, (), "").scope,
        component=request.GET.get("component", ""),
    )
    found = page_asked(request, lambda cursor: read(cursor=cursor))
    if found is None:
        raise Http404
    return found


def _period_file(
    request: StaffRequest, currency: str, kind: str, number: int, file_kind: str
) -> HttpResponse:
    found = _drill(request, currency, kind, number)
    return file_response(
        file_kind,
        name=f"forecast-{found.period.currency}-{found.period.starts_on.isoformat()}",
        columns=[str(name) for name in ROW_COLUMNS],
        rows=_file_rows(request, found),
    )


def _file_rows(request: StaffRequest, found: CashDrill) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of all components; new business, which has none, as one."""
    for row in every_cash_row(request.actor.company, found):
        yield _row(row, found.period.currency)
    if new := found.period.components.get(NEW, 0):
        amount = from_minor(new, found.period.currency)
        on, currency = found.period.ends_on, found.period.currency
        yield (str(COMPONENTS[NEW]), "", "", on, currency, None, amount)


def _row(row: CashRow, currency: str) -> tuple[Value, ...]:
    return (
        str(COMPONENTS[row.component]),
        row.label,
        row.customer_name,
        row.at_on,
        currency,
        from_minor(row.open_minor, currency),
        from_minor(row.expected_minor, currency),
    )


def _period_row(
    outlook: CashOutlook, one: OutlookPeriod, scope: str, *, is_together: bool
) -> tuple[Value, ...]:
    amounts: Sequence[int] = (
        one.expected_minor,
        one.p5_minor,
        one.p10_minor,
        one.p50_minor,
        one.p90_minor,
        one.p95_minor,
        *(one.components.get(name, 0) for name in COMPONENTS),
    )
    return (
        outlook.as_of,
        str(CashPeriod.Scope(scope).label),
        one.currency,
        is_together,
        str(CashPeriod.Kind(one.kind).label),
        one.number,
        one.starts_on,
        one.ends_on,
        *(from_minor(minor, one.currency) for minor in amounts),
    )
