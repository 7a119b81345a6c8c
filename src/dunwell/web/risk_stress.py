"""Pages about stress: shocks of every kind, saved scenarios, customers, covenants and cash."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.stress_scenarios import end_scenario, save_scenario
from dunwell.engine.credit_book import PPM
from dunwell.engine.money import from_minor
from dunwell.engine.sectors import SECTIONS
from dunwell.engine.stress import Scenario
from dunwell.models import StressScenario
from dunwell.queries.stress_scenarios import (
    READY,
    scenario_of,
    scenario_rows,
    stress_shown,
    stressed_book,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

MOST_SHOWN = 20
LABELS = {
    "downturn": _("Downturn"),
    "top": _("Three largest fail"),
    "rates": _("Money costs 3 points more"),
    "inflation": _("Inflation of 8 %"),
    "foreign": _("Foreign money loses a fifth"),
}
COLUMNS = (
    *(_("Customer number"), _("Customer"), _("Country"), _("Risk class"), _("Fails")),
    *(_("Currency"), _("Exposure"), _("Exposure after"), _("Expected loss")),
    *(_("Expected loss after"), _("Cost of carry"), _("Cost of carry after")),
    _("Cash missing"),
)


def _percent(label: Any, low: int = -100, high: int = 1000) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=low,
        max_value=high,
        max_digits=7,
        decimal_places=3,
        required=False,
    )


class ShockForm(forms.Form):
    """The shocks of a scenario; what is left empty does not happen."""

    pd_times = forms.DecimalField(
        label=_("Chances of default times"),
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=2,
        required=False,
    )
    lgd_add = _percent(_("Loss given default, points more"), -100, 100)
    sales = _percent(_("Sales change, %"))
    inflation = _percent(_("Prices rise, %"))
    rate_add = _percent(_("Money costs, points more"), -100, 100)
    delay = forms.IntegerField(
        label=_("Customers pay so many days later"), min_value=0, max_value=365, required=False
    )
    top = forms.IntegerField(
        label=_("Largest customers that fail"), min_value=0, max_value=1000, required=False
    )
    country = forms.RegexField(
        label=_("Country that fails"), regex=r"^[A-Za-z]{2}$", required=False, max_length=2
    )
    sector = forms.ChoiceField(
        label=_("Sector that fails"),
        choices=[("", _("none")), *((code, f"{code} {name}") for code, name in SECTIONS.items())],
        required=False,
    )
    currency = forms.RegexField(
        label=_("Currency that moves"), regex=r"^([A-Za-z]{3}|\*)$", required=False, max_length=3
    )
    currency_change = _percent(_("It moves by, %"))

    def scenario(self) -> Scenario:
        """Return the shocks; those of a wrong field do not happen."""
        told = getattr(self, "cleaned_data", {})

        def ppm(name: str) -> int:
            value = told.get(name)
            return 0 if value is None else int(value * PPM / 100)

        times, code = told.get("pd_times"), (told.get("currency") or "").upper()
        country = (told.get("country") or "").upper()
        return Scenario(
            pd_times_ppm=PPM if times is None else int(times * PPM),
            lgd_add_ppm=ppm("lgd_add"),
            sales_ppm=ppm("sales"),
            inflation_ppm=ppm("inflation"),
            rate_add_ppm=ppm("rate_add"),
            delay_days=told.get("delay") or 0,
            failing_top=told.get("top") or 0,
            failing_countries=(country,) if country else (),
            failing_sectors=(told["sector"],) if told.get("sector") else (),
            fx=((code, ppm("currency_change")),) if code else (),
        )


def _asked(request: StaffRequest) -> tuple[ShockForm, Scenario, str]:
    """Return form, shocks and the name of the scenario asked for: ready, saved or typed in."""
    ready, saved = request.GET.get("ready", ""), request.GET.get("scenario", "")
    if ready in READY:
        return ShockForm(), READY[ready], str(LABELS[ready])
    if saved.isdecimal():
        company = request.actor.company
        one = StressScenario.objects.filter(
            company=company, pk=int(saved[:18]), ended_on=None
        ).first()
        if one is None:
            raise Http404
        return ShockForm(), scenario_of(one.shocks), one.name
    is_typed = any(name in request.GET for name in ShockForm.base_fields)
    form = ShockForm(request.GET if is_typed else None)
    if is_typed and form.is_valid():
        return form, form.scenario(), gettext("Shocks typed in")
    return form, Scenario(), ""


@require_GET
def risk_stress(request: StaffRequest) -> HttpResponse:
    """Show what a scenario costs, by customer, covenant and in cash."""
    form, scenario, name = _asked(request)
    status = REFUSED if form.is_bound and not form.is_valid() else 200
    return _page(request, form, scenario, name, status=status)


def _page(
    request: StaffRequest,
    form: ShockForm,
    scenario: Scenario,
    name: str,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    company = request.actor.company
    told = stress_shown(company, scenario, as_of=request.as_of, most=MOST_SHOWN)
    found = told.found
    context = {
        "form": form,
        "name": name,
        "told": told,
        "found": found,
        "currency": told.currency,
        "more_minor": found.stressed_loss_minor - found.loss_minor,
        "gauges": list(zip(found.before, found.after, strict=True)),
        "worst": told.worst,
        "ready": LABELS.items(),
        "saved": scenario_rows(company),
        "is_typed": form.is_bound and form.is_valid(),
        "typed": [
            (key, value) for key, value in form.data.items() if key in ShockForm.base_fields
        ],
        "refusal": refusal,
    }
    return render(request, "web/risk_stress.html", context, status=status)


@needs("stress.save")
@require_POST
def risk_stress_save(request: StaffRequest) -> HttpResponse:
    """Keep the shocks typed in under a name."""
    form = ShockForm(request.POST)
    refusal = gettext("Correct the shocks first.")
    if form.is_valid():
        try:
            saved = save_scenario(
                actor=request.actor,
                name=request.POST.get("name", "")[:200],
                shocks=form.scenario(),
                at=clock.now(),
            )
        except Refused as told:
            refusal = spoken(told)
        else:
            response = redirect("risk-stress")
            response["Location"] += f"?scenario={saved.pk}"
            return response
    scenario = form.scenario() if form.is_valid() else Scenario()
    return _page(request, form, scenario, "", status=REFUSED, refusal=refusal)


@needs("stress.save")
@require_http_methods(["POST"])
def risk_stress_end(request: StaffRequest, scenario_id: int) -> HttpResponse:
    """Take a saved scenario away."""
    one = get_object_or_404(StressScenario, pk=scenario_id, company=request.actor.company)
    try:
        end_scenario(actor=request.actor, scenario=one, as_of=request.as_of, at=clock.now())
    except Refused as told:
        return _page(request, ShockForm(), Scenario(), "", status=REFUSED, refusal=spoken(told))
    return redirect("risk-stress")


@require_GET
def risk_stress_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every customer before and after the shocks."""
    _form, scenario, _name = _asked(request)
    told = stressed_book(request.actor.company, scenario, as_of=request.as_of)
    code = told.book.currency

    rows = (
        (
            row.customer_number,
            row.customer_name,
            row.country,
            row.risk_class,
            one.fails,
            code,
            from_minor(one.exposure_minor, code),
            from_minor(one.stressed_minor, code),
            from_minor(one.loss_minor, code),
            from_minor(one.stressed_loss_minor, code),
            from_minor(one.carry_minor, code),
            from_minor(one.stressed_carry_minor, code),
            from_minor(one.missing_minor, code),
        )
        for row, one in zip(told.book.rows, told.found.rows, strict=True)
    )
    return file_response(
        kind,
        name=f"stress-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )
