"""The credit file of a customer: all that is known, with its source and age, on one day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.financial_ratios import ALTMAN, RATIOS
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Customer
from dunwell.queries.bureaus import bureau_rows, pull_rows
from dunwell.queries.credit_file import CreditFile, credit_file
from dunwell.queries.financial_statements import LAYOUT, FinancialStatementRow
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404
from dunwell.web.credit_panels import POLICY_PANEL, policy_panel
from dunwell.web.exports import file_response
from dunwell.web.staff import StaffRequest

Panel = tuple[str, Callable[[Customer, date, CreditFile], Mapping[str, object]]]

CREDIT_FILE_PANELS: tuple[Panel, ...] = ((POLICY_PANEL, policy_panel),)
"""What stands above the data: (template, what it shows of a customer on a day).

A panel's template finds its context as `panel`. Decisions, limits and applications add a line.
"""

COLUMNS = (_("Group"), _("Fact"), _("Name"), _("Value"), _("Unit"), _("Currency"))
SHOWN_PULLS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class TrendOf:
    """A line over the years: its points, and what it shows."""

    label: str
    points: tuple[tuple[date, int | None], ...]


@require_GET
def credit_file_show(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the credit file, as it was known on the day `as_of` of the address, else today."""
    customer = customer_or_404(request, customer_id)
    day = _day(request)
    file = _file(request, customer_id, day)
    context = {
        "file": file,
        "customer": customer,
        "day": day,
        "is_past": day < request.as_of,
        "panels": [
            {"template": template, "context": show(customer, day, file)}
            for template, show in CREDIT_FILE_PANELS
        ],
        "bureaus": [row for row in bureau_rows(request.actor.company) if row.is_active],
        "pulls": pull_rows(
            request.actor.company, customer_id=customer.pk, asked_by=day, limit=SHOWN_PULLS
        ).rows,
        "trends": trends(file),
        "layout": [name for name in LAYOUT if any(_tells(row, name) for row in file.statements)],
        "ratio_names": tuple(RATIOS),
        "altman_models": tuple(ALTMAN),
        "leading": next((row for row in file.statements if row.leads), None),
    }
    return render(request, "web/credit_file.html", context)


@require_GET
def credit_file_export(request: StaffRequest, customer_id: int, kind: str) -> HttpResponse:
    """Return every fact of the credit file as a file."""
    file = _file(request, customer_id, _day(request))
    return file_response(
        kind,
        name=f"credit-file-{file.customer_number}-{file.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=_rows(file),
    )


def trends(file: CreditFile) -> tuple[TrendOf, ...]:
    """Return lines over the annual statements in the currency of the one that counts."""
    leading = next((row for row in file.statements if row.leads), None)
    if leading is None:
        return ()
    years = sorted(
        (
            row
            for row in file.statements
            if row.kind == leading.kind and row.currency == leading.currency
        ),
        key=lambda row: row.period_to,
    )
    told = []
    for name in ("revenue", "ebit", "equity"):
        points = tuple(
            (
                row.period_to,
                next(cell.amount_minor for cell in row.cells if cell.line == name),
            )
            for row in years
        )
        if sum(value is not None for _, value in points) > 1:
            told.append(TrendOf(label=name, points=points))
    return tuple(told)


def _tells(row: FinancialStatementRow, name: str) -> bool:
    return any(cell.line == name and cell.amount_minor is not None for cell in row.cells)


def _file(request: StaffRequest, customer_id: int, day: date) -> CreditFile:
    found = credit_file(request.actor.company, customer_id, as_of=day)
    if found is None:
        raise Http404
    return found


def _day(request: StaffRequest) -> date:
    """Return the day the address asks for, not after today."""
    try:
        asked = date.fromisoformat(request.GET.get("as_of", ""))
    except ValueError:
        return request.as_of
    return min(max(asked, date(1990, 1, 1)), request.as_of)


def _rows(file: CreditFile) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = []
    for fact in file.facts:
        value: Value = fact.value
        if isinstance(value, bool):
            value = "yes" if value else "no"
        elif isinstance(value, int) and fact.unit == "minor":
            value = from_minor(value, file.currency)
        currency = file.currency if fact.unit == "minor" else ""
        rows.append((fact.group, translated(fact.label), fact.name, value, fact.unit, currency))
    own = (point for point in file.points if not point.is_listed)
    rows += [
        ("point", point.label, f"point_{point.name}", _plain(point.value), point.unit, "")
        for point in own
    ]
    return rows


def _plain(value: int | str | bool | None) -> Value:  # noqa: FBT001  a fact may be a yes or no
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value
