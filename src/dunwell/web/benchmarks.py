"""Pages of benchmarks: own past, own segments, and figures of industries with their source."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.industry_figures import (
    add_industry_figure,
    import_industry_figures,
    withdraw_industry_figure,
)
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.formats.industry_rows import COLUMNS, IndustryFileError, read_industry_figures
from dunwell.models import IndustryFigure
from dunwell.queries.benchmarks import (
    benchmark_currencies,
    history_rows,
    industry_rows,
    segment_table,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused, told_page
from dunwell.web.staff import StaffRequest

MOST_PROBLEMS = 10


class IndustryFigureForm(forms.Form):
    """One published figure and where it comes from."""

    kpi = forms.ChoiceField(label=_("Figure"))
    value = forms.CharField(
        label=_("Value"), max_length=20, help_text=_("In the unit of the figure, such as 54.2.")
    )
    industry = forms.CharField(label=_("Industry"), max_length=80)
    region = forms.CharField(label=_("Region"), max_length=80)
    period = forms.CharField(
        label=_("Period"), max_length=40, help_text=_("What the figure covers, such as 2025.")
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("Publication and page, or its address.")
    )
    published_on = forms.DateField(
        label=_("Source dated"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the figures of the catalogue by name."""
        super().__init__(*args, **kwargs)
        names = sorted((gettext(kpi.name), kpi.id, kpi.unit) for kpi in KPIS.values())
        choices = [(key, f"{name} ({unit})") for name, key, unit in names]
        self.fields["kpi"] = forms.ChoiceField(label=_("Figure"), choices=choices)


class IndustryFileForm(forms.Form):
    """A table of figures."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX with the columns: %s.") % ", ".join(COLUMNS)
    )


def benchmark_choice(request: StaffRequest) -> tuple[list[str], str]:
    """Return the currencies figures are kept of, and the one asked for or the home currency."""
    company = request.actor.company
    currencies = benchmark_currencies(company, until=request.as_of)
    asked = request.GET.get("currency", "")
    home = company.currency if company.currency in currencies else ""
    return currencies, asked if asked in currencies else home or next(iter(currencies), "")


@require_GET
def benchmarks(request: StaffRequest) -> HttpResponse:
    """Show the company's figures beside its past, its segments and its industry."""
    company = request.actor.company
    currencies, currency = benchmark_choice(request)
    context = {
        "currencies": currencies,
        "currency": currency,
        "history": history_rows(company, currency=currency, until=request.as_of),
        "segments": segment_table(company, currency=currency, until=request.as_of),
        "industry": industry_rows(company, currency=currency, until=request.as_of),
        "can_edit": "industry_figure.edit" in request.actor.rights,
    }
    return render(request, "web/benchmarks.html", context)


@require_http_methods(["GET", "POST"])
def industry_figure_add(request: StaffRequest) -> HttpResponse:
    """Type a published figure in."""
    act = partial(add_industry_figure, actor=request.actor, as_of=request.as_of, at=clock.now())
    return told_page(
        request,
        IndustryFigureForm(posted(request)),
        act,
        said=gettext("The figure is kept."),
        back=reverse("benchmarks"),
        context={
            "heading": _("Figure of an industry"),
            "lead": _("Comparisons show the source and its date beside it."),
            "button": _("Keep it"),
            "action": reverse("industry-figure-add"),
            "crumb": _("Benchmarks"),
        },
    )


@require_http_methods(["GET", "POST"])
def industry_figure_import(request: StaffRequest) -> HttpResponse:
    """Read a table of published figures; with one wrong row none is kept."""
    form = IndustryFileForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = read_industry_figures(file.read(), file.name)
            if found.problems:
                for problem in found.problems[:MOST_PROBLEMS]:
                    form.add_error("file", problem)
            else:
                new = import_industry_figures(
                    actor=request.actor, rows=found.rows, as_of=request.as_of, at=clock.now()
                )
                text = gettext("New figures: %(n)s.") % {"n": new}
                return done(request, text, back=reverse("benchmarks"))
        except (IndustryFileError, Refused) as refusal:
            form.add_error("file", spoken(refusal))
    context = {
        "heading": _("Figures of industries from a file"),
        "lead": _("Days as 2026-03-31, numbers with a point. Figures there already stay."),
        "button": _("Read the file"),
        "action": reverse("industry-figure-import"),
        "crumb": _("Benchmarks"),
        "back": reverse("benchmarks"),
    }
    return form_page(request, "web/industry_import.html", form, context)


@require_POST
def industry_figure_withdraw(request: StaffRequest, figure_id: int) -> HttpResponse:
    """Take a figure out of every comparison."""
    figure = get_object_or_404(IndustryFigure, pk=figure_id, company=request.actor.company)
    back = reverse("benchmarks")
    try:
        withdraw_industry_figure(actor=request.actor, figure=figure, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The figure is withdrawn."), back=back)
