"""The rows behind an input of a figure: they sum to it, as a page and as a file."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.kpi_rows import DRILLS
from dunwell.engine.kpi_sums import NOT_ADDITIVE
from dunwell.engine.kpi_tables import KPI_INPUTS
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.kpi_courses import kept_days, latest_kept_day
from dunwell.queries.kpi_inputs import (
    INPUTS,
    CustomerShare,
    InputPage,
    InputRow,
    customer_shares,
    every_input_row,
    input_page,
    is_big,
)
from dunwell.queries.kpi_slices import part_figures
from dunwell.templatetags.kpi_inputs import subject_label
from dunwell.web.exports import file_response
from dunwell.web.kpi_choice import WINDOWS, KpiChoice, kpi_choice
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

COLUMNS = (_("Kind"), _("Number"), _("Customer"), _("Currency"), _("Adds"))


@require_GET
def kpi_input(request: StaffRequest, name: str) -> HttpResponse:
    """Show what an input is made of; of a big book, customer by customer first."""
    currency = _currency(request, name)
    choice = kpi_choice(request)
    shares: tuple[CustomerShare, ...] | None = None
    found = None
    if _is_quick(request, name, choice):
        found = _page(request, name, currency, choice)
    elif _is_shared(request, name, choice):
        shares = customer_shares(
            request.actor.company, name=name, currency=currency, as_of=choice.asked.as_of
        )
    context = {
        "choice": choice,
        "windows": WINDOWS,
        "name": name,
        "currency": currency,
        "found": found,
        "kept": _kept_otherwise(request, found, choice) if found else None,
        "page": found.page if found else None,
        "shares": shares,
        "total": sum(one.amount for one in shares) if shares else found and found.total,
        "is_heavy": found is None and shares is None,
        "kept_on": latest_kept_day(
            request.actor.company, until=choice.asked.as_of, dimension="customer"
        )
        if name not in NOT_ADDITIVE
        else None,
        "figures": [KPIS[kpi] for kpi, names in KPI_INPUTS.items() if name in names],
    }
    return render(request, "web/kpi_input.html", context)


@require_GET
def kpi_input_export(request: StaffRequest, name: str, kind: str) -> HttpResponse:
    """Return every row behind an input as a file."""
    currency = _currency(request, name)
    choice = kpi_choice(request)
    rows = every_input_row(request.actor.company, name=name, currency=currency, asked=choice.asked)
    return file_response(
        kind,
        name=f"{name}-{choice.asked.as_of.isoformat()}",
        columns=[str(column) for column in COLUMNS],
        rows=(_cells(row, name, currency) for row in rows),
    )


def _currency(request: StaffRequest, name: str) -> str:
    """Return the currency an input is in, empty for one without; 404 for an unknown input."""
    if name not in INPUTS:
        raise Http404
    has_currency = any(
        KPIS[kpi].has_currency for kpi, names in KPI_INPUTS.items() if name in names
    )
    return kpi_choice(request).currency if has_currency else ""


def _is_quick(request: StaffRequest, name: str, choice: KpiChoice) -> bool:
    """Return whether the rows can be read while somebody waits, or somebody agreed to wait."""
    asked = choice.asked
    is_one = asked.dimension == "customer" and asked.key.isdigit()
    is_asked = request.GET.get("work") == "1"
    return is_one or is_asked or name not in DRILLS or not is_big(request.actor.company)


def _is_shared(request: StaffRequest, name: str, choice: KpiChoice) -> bool:
    """Return whether what each customer adds is kept for the day and adds up."""
    asked = choice.asked
    return (
        choice.is_kept
        and asked.is_whole
        and name not in NOT_ADDITIVE
        and bool(kept_days(request.actor.company, [asked.as_of], dimension="customer"))
    )


def _kept_otherwise(request: StaffRequest, found: InputPage, choice: KpiChoice) -> int | None:
    """Return what the cycle kept of the input where its rows sum to something else by now."""
    if not choice.is_kept:
        return None
    asked = choice.asked
    parts = part_figures(
        request.actor.company, as_of=asked.as_of, dimension=asked.dimension, key=asked.key
    )
    one = next((part for part in parts if part.currency == found.currency), None)
    kept = found.total if one is None else one.inputs.get(found.name, 0)
    return None if kept == found.total else kept


def _page(request: StaffRequest, name: str, currency: str, choice: KpiChoice) -> InputPage:
    """Return the page asked for, the first one for a foreign cursor."""
    read = partial(
        input_page, request.actor.company, name=name, currency=currency, asked=choice.asked
    )
    return page_asked(request, lambda cursor: read(cursor=cursor))


def _cells(row: InputRow, name: str, currency: str) -> tuple[Value, ...]:
    amount = from_minor(row.amount, currency) if name.endswith("_minor") else row.amount
    number = row.number or str(row.subject_id)
    return subject_label(row.subject), number, row.customer_name, currency, amount
