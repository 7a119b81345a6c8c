"""The page of rebalancing proposals: levers that bring the book within its appetite."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.engine.rebalancing import LEVERS
from dunwell.queries.rebalancing import Rebalancing, rebalancing
from dunwell.templatetags.portfolio_risk import LEVERS as LABELS
from dunwell.templatetags.portfolio_risk import lever_label
from dunwell.web.answers import REFUSED
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.staff import StaffRequest

PPM = 1_000_000
COLUMNS = (
    *(_("Step"), _("Lever"), _("Customer number"), _("Customer"), _("Currency")),
    *(_("Exposure"), _("Less"), _("New limit"), _("Cost a year"), _("For the limit")),
)


class LeverForm(forms.Form):
    """What levers cost, and which are used."""

    premium = forms.DecimalField(
        label=_("Premium of a cover, % a year"),
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=3,
        required=False,
    )
    fee = forms.DecimalField(
        label=_("Fee of a factor, percent of turnover"),
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=3,
        required=False,
    )
    without = forms.MultipleChoiceField(
        label=_("Without"),
        choices=[(one, LABELS[one]) for one in LEVERS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def _told(request: StaffRequest) -> tuple[LeverForm, Rebalancing]:
    is_asked = any(name in request.GET for name in LeverForm.base_fields)
    form = LeverForm(request.GET if is_asked else None)
    chosen: dict[str, Any] = {}
    if is_asked and form.is_valid():
        for name in ("premium", "fee"):
            value = form.cleaned_data[name]
            chosen[f"{name}_ppm"] = None if value is None else int(value * PPM / 100)
        chosen["without"] = tuple(form.cleaned_data["without"])
    return form, rebalancing(request.actor.company, as_of=request.as_of, **chosen)


@require_GET
def risk_rebalancing(request: StaffRequest) -> HttpResponse:
    """Show which levers bring the book within its appetite at least cost, step by step."""
    form, told = _told(request)
    found = told.found
    context = {
        "form": form,
        "told": told,
        "currency": told.currency,
        "steps": [
            (n, step, told.named[step.customer_id], _limit(told, step.limit))
            for n, step in enumerate(found.steps, 1)
        ],
        "gauges": list(zip(found.before, found.after, strict=True)),
        "raises": [(one, told.named[one.customer_id]) for one in found.raises],
        "is_within": not any(one.is_reached for one in found.before),
    }
    status = REFUSED if form.is_bound and not form.is_valid() else 200
    return render(request, "web/risk_rebalancing.html", context, status=status)


@require_GET
def risk_rebalancing_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every step."""
    _form, told = _told(request)
    code = told.currency
    rows = (
        (
            n,
            lever_label(step.lever),
            told.named[step.customer_id].customer_number,
            told.named[step.customer_id].customer_name,
            code,
            from_minor(step.exposure_minor, code),
            from_minor(step.less_minor, code),
            amount_or_none(step.limit_minor, code),
            from_minor(step.cost_minor, code),
            step.limit,
        )
        for n, step in enumerate(told.found.steps, 1)
    )
    return file_response(
        kind,
        name=f"rebalancing-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


def _limit(told: Rebalancing, name: str) -> Any:
    return next(one for one in told.found.before if one.limit.name == name)
