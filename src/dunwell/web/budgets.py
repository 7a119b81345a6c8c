"""Pages about budgets: the list, a new one, its figures beside actuals, the grid, files."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.budgets import draft_budget, fill_budget
from dunwell.actions.gate import Forbidden, Refused
from dunwell.engine.budgets import FLOWS, months_of
from dunwell.engine.calendars import months_after
from dunwell.formats.budget_rows import (
    MOST_BYTES,
    BudgetFile,
    BudgetFileError,
    budget_columns,
    budget_file_rows,
    read_budget,
    shown,
)
from dunwell.formats.planning_sheets import BudgetSheetRow, write_budget
from dunwell.models import Budget
from dunwell.queries.budget_drill import DRILLED, actual_rows
from dunwell.queries.budgets import BudgetTable, budget_lines, budget_rows, budget_table
from dunwell.queries.ledgers import Books
from dunwell.queries.month_actuals import MonthFacts, month_facts
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import FORBIDDEN, REFUSED, done, posted, told_page
from dunwell.web.budget_grid import BudgetGrid
from dunwell.web.exports import file_response
from dunwell.web.kept_files import capped, sent_file
from dunwell.web.keys import read_day
from dunwell.web.lists import page_asked
from dunwell.web.planning_files import workbook_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.upload_limits import CappedUpload

PERCENT_PPM = 10_000
MOST_PROBLEMS = 20


class BudgetForm(forms.Form):
    """A budget's name and span, and whether it begins with last year's figures."""

    name = forms.CharField(label=_("Name"), max_length=80)
    starts_on = forms.CharField(
        label=_("First month"),
        max_length=7,
        widget=forms.DateInput(attrs={"type": "month"}),
        help_text=_("Such as 2026-01."),
    )
    months = forms.IntegerField(label=_("Months"), min_value=1, max_value=24, initial=12)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    copies = forms.BooleanField(label=_("Begin with last year's figures"), required=False)
    growth = forms.DecimalField(
        label=_("Growth of sales and cash in, percent"),
        min_value=-100,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        localize=True,
        required=False,
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def clean_starts_on(self) -> date:
        """Return the first of the month."""
        found = read_day(f"{self.cleaned_data['starts_on']}-01")
        if found is None:
            raise forms.ValidationError(gettext("Write the month like 2026-01."))
        return found

    def clean_currency(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["currency"]).upper()


@require_GET
def budget_list(request: StaffRequest) -> HttpResponse:
    """List every version of every budget."""
    return render(request, "web/budgets.html", {"rows": budget_rows(request.actor.company)})


@needs("budget.edit")
@require_http_methods(["GET", "POST"])
def budget_add(request: StaffRequest) -> HttpResponse:
    """Draft a budget, empty or from last year's figures."""
    company = request.actor.company
    year = months_after(request.as_of, 1).year
    form = BudgetForm(
        posted(request),
        initial={
            "name": gettext("Budget %(year)s") % {"year": year},
            "starts_on": f"{year}-01",
            "currency": company.currency,
        },
    )

    def draft(**told: Any) -> None:
        growth = int((told["growth"] or 0) * PERCENT_PPM)
        draft_budget(
            actor=request.actor,
            name=told["name"],
            starts_on=told["starts_on"],
            months=told["months"],
            currency=told["currency"],
            note=told["note"],
            facts=_facts(request, told["starts_on"]) if told["copies"] else None,
            growth_ppm={"sales": growth, "cash_in": growth},
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        draft,
        said=gettext("The draft is made; fill it in."),
        back=reverse("budgets"),
        context={
            "heading": gettext("New budget"),
            "lead": gettext(
                "The same name, first month and currency again is the next version of that budget "
                "and begins with its figures."
            ),
            "button": gettext("Draft it"),
            "action": reverse("budget-add"),
            "crumb": gettext("Budgets"),
        },
    )


@require_GET
def budget_page(request: StaffRequest, budget_id: int) -> HttpResponse:
    """Show a budget beside what happened and what is expected."""
    budget = _budget(request, budget_id)
    table = budget_table(request.actor.company, budget, as_of=request.as_of)
    context = {
        "budget": table.budget,
        "table": table,
        "rows": [(total, table.row(total)) for total in table.totals],
        "drilled": DRILLED,
        "is_author": budget.author.partition(" via ")[0] == request.actor.name,
    }
    return render(request, "web/budget.html", context)


@needs("budget.edit")
@require_http_methods(["GET", "POST"])
def budget_edit(request: StaffRequest, budget_id: int) -> HttpResponse:
    """Type a draft's figures in a grid."""
    budget = _budget(request, budget_id)
    grid = BudgetGrid(budget, budget_lines(budget), request.POST or None)
    refusal = ""
    if request.method == "POST" and grid.is_valid():
        try:
            fill_budget(
                actor=request.actor,
                budget=budget,
                revision=grid.revision,
                lines=grid.lines(),
                at=clock.now(),
            )
        except Refused as error:
            refusal = spoken(error)
        else:
            back = reverse("budget", args=[budget.pk])
            return done(request, gettext("The figures are saved."), back=back)
    status = REFUSED if refusal or grid.has_errors else 200
    context = {"budget": budget, "grid": grid, "refusal": refusal}
    return render(request, "web/budget_edit.html", context, status=status)


@require_GET
def budget_export(request: StaffRequest, budget_id: int, kind: str) -> HttpResponse:
    """Return a budget: XLSX with actuals and live variances, CSV as the import reads it."""
    budget = _budget(request, budget_id)
    name = f"budget-{budget.name}-{budget.starts_on:%Y-%m}-v{budget.version}"
    if kind == "xlsx":
        table = budget_table(request.actor.company, budget, as_of=request.as_of)
        words = {
            "total": gettext("Total"),
            "note": gettext(
                "Actual less budget; a month that is not over is compared as it stands."
            ),
        }
        data = write_budget(
            _sheet_rows(table), months=table.months, currency=budget.currency, words=words
        )
        return workbook_response(data, name=name)
    months = months_of(budget.starts_on, budget.months)
    rows = budget_file_rows(budget_lines(budget), months=months, currency=budget.currency)
    return file_response(kind, name=name, columns=budget_columns(months), rows=rows)


@csrf_exempt  # the cap must stand before anything reads the form; the token is checked inside
@needs("budget.edit")
@require_http_methods(["GET", "POST"])
def budget_upload(request: StaffRequest, budget_id: int) -> HttpResponse:
    """Fill a draft from a file; the export is the template."""
    budget = _budget(request, budget_id)
    if request.method != "POST":
        return _upload_page(request, budget)
    return _receive(request, budget, capped(request, limit_bytes=MOST_BYTES))


@require_GET
def budget_actual(
    request: StaffRequest, budget_id: int, figure: str, year: int, month: int
) -> HttpResponse:
    """Show the rows that a figure of a month is made of."""
    budget = _budget(request, budget_id)
    if figure not in DRILLED or not 1 <= month <= 12 or not 1 <= year < date.max.year:  # noqa: PLR2004
        raise Http404
    first = date(year, month, 1)
    if first not in months_of(budget.starts_on, budget.months):
        raise Http404
    only: dict[str, Any] = {
        "figure": figure,
        "currency": budget.currency,
        "first": first,
        "last": min(months_after(first, 1) - timedelta(days=1), request.as_of),
        "dimension": request.GET.get("dimension", ""),
        "key": request.GET.get("key", "")[:150].replace("\0", ""),
    }
    found = page_asked(
        request, lambda cursor: actual_rows(request.actor.company, **only, cursor=cursor)
    )
    context = {"budget": budget, "found": found, "page": found.page, **only}
    return render(request, "web/budget_actual.html", context)


@csrf_protect
def _receive(request: StaffRequest, budget: Budget, cap: CappedUpload) -> HttpResponse:
    try:
        upload = sent_file(request, cap, most_bytes=MOST_BYTES)
        months = months_of(budget.starts_on, budget.months)
        told = read_budget(upload.data, upload.name, months=months, currency=budget.currency)
        _check(told)
        fill_budget(
            actor=request.actor,
            budget=budget,
            revision=budget.revision,
            lines=told.lines,
            keep=False,
            at=clock.now(),
        )
    except (Refused, BudgetFileError) as refusal:
        return _upload_page(request, budget, refusal)
    back = reverse("budget", args=[budget.pk])
    return done(request, gettext("The figures of the file are in."), back=back)


def _upload_page(
    request: StaffRequest, budget: Budget, refusal: Exception | None = None
) -> HttpResponse:
    status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    context = {
        "budget": budget,
        "refusal": str(refusal or ""),
        "limit_bytes": MOST_BYTES,
        "limit_mb": MOST_BYTES // 1024**2,
    }
    return render(request, "web/budget_upload.html", context, status=status if refusal else 200)


def _check(told: BudgetFile) -> None:
    """Raise BudgetFileError for a file with cells that cannot be read."""
    if told.problems:
        raise BudgetFileError("\n".join(told.problems[:MOST_PROBLEMS]))


def _budget(request: StaffRequest, budget_id: int) -> Budget:
    return get_object_or_404(Budget, pk=budget_id, company=request.actor.company)


def _facts(request: StaffRequest, starts_on: date) -> MonthFacts:
    """Return the months before the budget as the books tell them now."""
    ahead = (starts_on.year - request.as_of.year) * 12 + starts_on.month - request.as_of.month
    return month_facts(
        Books(request.actor.company), as_of=request.as_of, months=max(1, min(36, 12 - ahead))
    )


def _sheet_rows(table: BudgetTable) -> list[BudgetSheetRow]:
    code = table.budget.currency
    return [
        BudgetSheetRow(
            figure=total.figure,
            dimension=total.dimension,
            key=total.key,
            is_flow=total.figure in FLOWS,
            budget=[shown(total.figure, cell.budget, code) for cell in table.row(total)],
            actual=[shown(total.figure, cell.actual, code) for cell in table.row(total)],
        )
        for total in table.totals
    ]
