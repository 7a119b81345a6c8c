"""Pages of roll rates, vintages and collection curves."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.book_slices import ALL, SLICED
from dunwell.engine.calendars import month_end, month_number
from dunwell.engine.vintages import AGES, CURVES
from dunwell.models import Analysis
from dunwell.queries.roll_rates import roll_items, roll_matrix
from dunwell.queries.vintages import (
    FEWEST_INVOICES,
    month_curves,
    slice_curves,
    unpaid_items,
    vintage_rows,
)
from dunwell.web.analysis_choices import analysis_choice, days_context
from dunwell.web.keys import read_day
from dunwell.web.staff import StaffRequest

Kind = Analysis.Kind
BASES = {"issue": _("Days since issue"), "due": _("Days since the due date")}
TABLE_AGES = (0, 15, 30, 45, 60, 90, 120, 180)


@require_GET
def analysis_rolls(request: StaffRequest) -> HttpResponse:
    """Show where what was owed a month ago is now."""
    choice = analysis_choice(request, Kind.BOOK, "rolls")
    matrix = roll_matrix(
        choice.shown,
        currency=choice.currency,
        dimension=choice.dimension,
        key=choice.key,
        month=read_day(request.GET.get("month", "")),
    )
    context = {
        **days_context(choice, "analysis-rolls"),
        "matrix": matrix,
        "keys": choice.shown.keys("rolls", dimension=choice.dimension),
        "dimensions": (ALL, *SLICED),
    }
    return render(request, "web/analysis_rolls.html", context)


@require_GET
def analysis_roll_items(request: StaffRequest) -> HttpResponse:
    """Show the items behind one cell of the roll matrix."""
    choice = analysis_choice(request, Kind.BOOK, "rolls")
    month = read_day(request.GET.get("month", ""))
    before, after = request.GET.get("from", ""), request.GET.get("to", "")
    found = month and roll_items(
        request.actor.company,
        choice.shown,
        currency=choice.currency,
        month=month,
        from_state=before,
        to_state=after,
    )
    if not found:
        raise Http404
    context = {
        **days_context(choice, "analysis-rolls"),
        "behind": found,
        "title": gettext("Roll rates"),
        "month": month,
        "before": before,
        "after": after,
    }
    return render(request, "web/analysis_items.html", context)


@require_GET
def analysis_vintages(request: StaffRequest) -> HttpResponse:
    """Show what of the invoices of each month is unpaid as they grow older."""
    choice = analysis_choice(request, Kind.BOOK, "cohorts")
    rows = vintage_rows(
        choice.shown, currency=choice.currency, dimension=choice.dimension, key=choice.key
    )
    context = {
        **days_context(choice, "analysis-vintages"),
        "rows": rows,
        "ages": AGES,
        "keys": choice.shown.keys("cohorts", dimension=choice.dimension),
        "dimensions": (ALL, *SLICED),
    }
    return render(request, "web/analysis_vintages.html", context)


@require_GET
def analysis_vintage_items(request: StaffRequest) -> HttpResponse:
    """Show the invoices of a month that are open."""
    choice = analysis_choice(request, Kind.BOOK, "cohorts")
    month = read_day(request.GET.get("month", ""))
    found = month and unpaid_items(
        request.actor.company,
        choice.shown,
        currency=choice.currency,
        month=month_number(month),
    )
    if not month or not found:
        raise Http404
    context = {
        **days_context(choice, "analysis-vintages"),
        "behind": found,
        "title": gettext("Vintages"),
        "issued": month_end(month_number(month)),
    }
    return render(request, "web/analysis_items.html", context)


@require_GET
def analysis_curves(request: StaffRequest) -> HttpResponse:
    """Show the share collected by age: of months, or of slices beside each other."""
    choice = analysis_choice(request, Kind.BOOK, "cohorts")
    basis = request.GET.get("basis", "")
    basis = basis if basis in CURVES else "issue"
    where = {"currency": choice.currency, "dimension": choice.dimension, "basis": basis}
    is_sliced = choice.dimension != ALL and "key" not in request.GET
    curves = (
        slice_curves(choice.shown, **where)
        if is_sliced
        else month_curves(choice.shown, key=choice.key, **where)
    )
    context = {
        **days_context(choice, "analysis-curves"),
        "curves": curves,
        "basis": basis,
        "bases": BASES.items(),
        "is_sliced": is_sliced,
        "ages": TABLE_AGES,
        "fewest": FEWEST_INVOICES,
        "dimensions": (ALL, *SLICED),
        "keys": choice.shown.keys("cohorts", dimension=choice.dimension),
    }
    return render(request, "web/analysis_curves.html", context)
