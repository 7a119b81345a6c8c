"""The credit manager's home: the book, what it is made of, what waits, and what shocks cost."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.credit_book import PPM
from dunwell.engine.money import from_minor
from dunwell.engine.stress import Scenario
from dunwell.formats.credit_pack import pack_pdf, pack_xlsx
from dunwell.formats.exports import Value
from dunwell.formats.typesetting import TypesettingError
from dunwell.queries.credit_packs import credit_pack
from dunwell.queries.credit_portfolio import (
    EXPIRING_DAYS,
    FILTERS,
    MOVES_DAYS,
    PortfolioRow,
    chosen_rows,
    credit_desk,
    portfolio,
)
from dunwell.queries.portfolio_pages import book_countries
from dunwell.queries.portfolio_pages import credit_customers as customers_shown
from dunwell.queries.portfolio_pages import credit_home as credit_home_shown
from dunwell.queries.portfolio_pages import credit_stress as stress_shown
from dunwell.templatetags.portfolio_risk import country_name
from dunwell.templatetags.sentences import spoken
from dunwell.web.exports import KINDS, amount_or_none, file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

LABELS = {
    "": _("All"),
    "owing": _("With exposure"),
    "over": _("Over their limit"),
    "expiring": _("Limit ends soon"),
    "suspended": _("Suspended"),
    "no_limit": _("Without a limit"),
    "unknown": _("Rate missing"),
}
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Country"),
    _("Segment"),
    _("Risk class"),
    _("Chance of default"),
    _("Currency"),
    _("Exposure"),
    _("Limit"),
    _("Over the limit"),
    _("Expected loss"),
    _("Limit until"),
)
STRESS_COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Country"),
    _("Risk class"),
    _("Fails"),
    _("Currency"),
    _("Exposure"),
    _("Exposure after"),
    _("Expected loss"),
    _("Expected loss after"),
)
MOST_SHOWN = 20
PACKS = {"pdf": "application/pdf", "xlsx": KINDS["xlsx"]}


class StressForm(forms.Form):
    """The shocks of a scenario; what is left empty does not happen."""

    pd_times = forms.DecimalField(
        label=_("Chances of default times"),
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=2,
        required=False,
    )
    top = forms.IntegerField(
        label=_("Largest customers that fail"), min_value=0, max_value=1000, required=False
    )
    country = forms.ChoiceField(label=_("Country that fails"), required=False)
    sales = forms.DecimalField(
        label=_("Sales change, %"),
        min_value=-100,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        required=False,
    )

    def __init__(self, *args: Any, countries: list[str], **kwargs: Any) -> None:
        """Offer the countries of the book."""
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(
            label=_("Country that fails"),
            required=False,
            choices=[("", _("none")), *((one, country_name(one)) for one in countries)],
        )

    def scenario(self) -> Scenario:
        """Return the shocks; those of a wrong field do not happen."""
        told = getattr(self, "cleaned_data", {})
        times, sales, country = told.get("pd_times"), told.get("sales"), told.get("country")
        return Scenario(
            pd_times_ppm=PPM if times is None else int(times * PPM),
            sales_ppm=0 if sales is None else int(sales * PPM / 100),
            failing_top=told.get("top") or 0,
            failing_countries=(country,) if country else (),
        )


@require_GET
def credit_home(request: StaffRequest) -> HttpResponse:
    """Show the book of credit: every figure leads to the rows that add up to it."""
    company = request.actor.company
    book = credit_home_shown(company, as_of=request.as_of)
    context = {
        "book": book,
        "figures": book.figures,
        "spread": book.spread,
        "largest": book.largest,
        "countries": book.countries,
        "segments": book.segments,
        "classes": book.classes,
        "gauges": book.gauges,
        "moves": book.moves,
        "desk": credit_desk(company, as_of=request.as_of),
        "expiring": book.expiring,
        "expiring_days": EXPIRING_DAYS,
        "moves_days": MOVES_DAYS,
    }
    return render(request, "web/credit_portfolio.html", context)


@require_GET
def credit_customers(request: StaffRequest) -> HttpResponse:
    """List the customers behind a figure, the largest exposure first, with their sums."""
    company, only = request.actor.company, _only(request)
    told = page_asked(
        request,
        lambda cursor: customers_shown(company, as_of=request.as_of, only=only, cursor=cursor),
    )
    context = {
        "page": told.page,
        "figures": told.figures,
        "currency": told.currency,
        "only": only,
        "tabs": list(LABELS.items()),
    }
    return render(request, "web/credit_customers.html", context)


@require_GET
def credit_customers_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every customer under the page's filter."""
    book = portfolio(request.actor.company, as_of=request.as_of)
    return file_response(
        kind,
        name=f"credit-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in chosen_rows(book, **_only(request))),
    )


@require_GET
def credit_stress(request: StaffRequest) -> HttpResponse:
    """Show what a scenario costs, and the customers who cost most."""
    company = request.actor.company
    form, scenario = _asked(request)
    told = stress_shown(company, scenario, as_of=request.as_of, most=MOST_SHOWN)
    found = told.found
    context = {
        "form": form,
        "found": found,
        "more_minor": found.stressed_loss_minor - found.loss_minor,
        "worst": told.worst,
        "gauges": list(zip(found.before, found.after, strict=True)),
        "currency": told.currency,
        "is_asked": form.is_bound and form.is_valid(),
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "web/credit_stress.html", context, status=status)


@require_GET
def credit_stress_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every customer before and after the scenario's shocks."""
    book = portfolio(request.actor.company, as_of=request.as_of)
    _form, scenario = _asked(request)
    found = book.under(scenario)
    code = book.currency
    rows = (
        (
            row.customer_number,
            row.customer_name,
            row.country,
            row.risk_class,
            told.fails,
            code,
            from_minor(told.exposure_minor, code),
            from_minor(told.stressed_minor, code),
            from_minor(told.loss_minor, code),
            from_minor(told.stressed_loss_minor, code),
        )
        for row, told in zip(book.rows, found.rows, strict=True)
    )
    return file_response(
        kind,
        name=f"stress-{request.as_of.isoformat()}",
        columns=[str(name) for name in STRESS_COLUMNS],
        rows=rows,
    )


@require_GET
def credit_pack_file(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the portfolio review pack as PDF or XLSX."""
    if kind not in PACKS:
        raise Http404
    pack = credit_pack(request.actor.company, as_of=request.as_of)
    try:
        data = pack_pdf(pack) if kind == "pdf" else pack_xlsx(pack)
    except TypesettingError as error:
        text = gettext("The pack cannot be written: %(why)s") % {"why": spoken(error)}
        return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type=PACKS[kind])
    name = f"credit-review-{request.as_of.isoformat()}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: StaffRequest) -> tuple[StressForm, Scenario]:
    countries = list(book_countries(request.actor.company))
    is_asked = any(name in request.GET for name in ("pd_times", "top", "country", "sales"))
    form = StressForm(request.GET if is_asked else None, countries=countries)
    return form, form.scenario() if is_asked and form.is_valid() else Scenario()


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; wrong values show all."""
    asked = request.GET
    only, top = asked.get("only", ""), read_key(asked.get("top", ""))

    def named(name: str) -> str | None:
        return asked[name][:80].replace("\0", "") if name in asked else None

    return {
        "only": only if only in FILTERS else "",
        "country": named("country"),
        "segment": named("segment"),
        "risk_class": named("class"),
        "top": min(top or 0, 1000),
        "search": asked.get("q", "")[:80].replace("\0", ""),
    }


def _line(row: PortfolioRow) -> tuple[Value, ...]:
    code = row.currency

    return (
        row.customer_number,
        row.customer_name,
        row.country,
        row.segment,
        row.risk_class,
        row.pd_ppm / PPM,
        code,
        amount_or_none(row.exposure_minor, code),
        amount_or_none(row.limit_minor, code),
        amount_or_none(row.over_minor, code),
        amount_or_none(row.loss_minor, code),
        row.until_on,
    )
