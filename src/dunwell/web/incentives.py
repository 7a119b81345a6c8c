"""Pages about incentives: budget and effect of each, proposing, ending."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.incentives import end_incentive, propose_incentive
from dunwell.engine.incentives import IncentiveTerms
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Incentive
from dunwell.queries.incentive_effects import watched_customers, watched_rows
from dunwell.queries.incentives import (
    GrantRow,
    grant_rows,
    incentive_detail,
    incentive_rows,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Incentive.Status
PERCENT_PPM = 10_000
LONGEST_SEGMENT = 40

COLUMNS = (
    _("Customer"),
    _("Item"),
    _("Control group"),
    _("Currency"),
    _("Rebate"),
    _("Granted on"),
)


CUSTOMER_COLUMNS = (
    _("Customer number"),
    _("Control group"),
    _("Items"),
    _("Paid in time"),
    _("Currency"),
    _("Amount"),
    _("Money times days"),
)


class IncentiveForm(forms.Form):
    """What is rewarded, how, and within which budget."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Reward"), choices=Incentive.Kind.choices)
    streak = forms.IntegerField(label=_("Items in a row paid in time"), min_value=1, initial=3)
    reward = forms.DecimalField(
        label=_("Rebate in percent of these items"),
        min_value=0,
        max_value=99,
        decimal_places=2,
        required=False,
    )
    reward_days = forms.IntegerField(
        label=_("Days longer terms"), min_value=0, max_value=365, required=False
    )
    segments = forms.CharField(
        label=_("Segments, separated by commas (all if empty)"), max_length=400, required=False
    )
    control = forms.DecimalField(
        label=_("Control group in percent of the customers"),
        min_value=0,
        max_value=50,
        decimal_places=2,
        initial=10,
    )
    from_on = day_field(label=_("From"))
    until_on = day_field(label=_("Until"))
    reason = forms.CharField(label=_("What is it to bring?"), max_length=300)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the budget in the company's currency."""
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["budget"] = MoneyField(currency, label=_("Budget"), required=False)

    def clean_segments(self) -> tuple[str, ...]:
        """Return the segments, each once."""
        names = [name.strip() for name in self.cleaned_data["segments"].split(",")]
        named = tuple(dict.fromkeys(name for name in names if name))
        if any(len(name) > LONGEST_SEGMENT for name in named):
            raise ValidationError(gettext("The name of a segment has at most 40 characters."))
        return named

    def terms(self) -> IncentiveTerms:
        """Return what the form holds, once it is valid."""
        told = self.cleaned_data
        return IncentiveTerms(
            name=told["name"],
            kind=told["kind"],
            streak=told["streak"],
            currency=self.currency,
            budget_minor=told["budget"] or 0,
            from_on=told["from_on"],
            until_on=told["until_on"],
            segments=told["segments"],
            reward_ppm=int((told["reward"] or 0) * PERCENT_PPM),
            reward_days=told["reward_days"] or 0,
            control_ppm=int(told["control"] * PERCENT_PPM),
        )


@require_GET
def incentive_list(request: StaffRequest) -> HttpResponse:
    """List incentives, the newest first, with what is used of each budget."""
    company, asked = request.actor.company, request.GET.get("status", "")
    status = asked if asked in Status.values else ""
    page = page_asked(
        request, lambda cursor: incentive_rows(company, status=status, cursor=cursor)
    )
    context = {"page": page, "status": status, "statuses": Status.choices}
    return render(request, "web/incentives.html", context)


@require_GET
def incentive_show(request: StaffRequest, incentive_id: int) -> HttpResponse:
    """Show one incentive: its budget, its effect against the control group, its grants."""
    company = request.actor.company
    look = partial(incentive_detail, company, incentive_id, as_of=request.as_of)
    detail = page_asked(request, lambda cursor: look(cursor=cursor))
    if detail is None:
        raise Http404
    context = {
        "detail": detail,
        "row": detail.row,
        "effect": detail.effect,
        "days": detail.days,
        "page": detail.grants,
    }
    return render(request, "web/incentive.html", context)


@require_GET
def incentive_customers(request: StaffRequest, incentive_id: int) -> HttpResponse:
    """List the customers behind the effect, each with its group, its items and its days."""
    incentive = _incentive(request, incentive_id)
    read = partial(watched_rows, request.actor.company, incentive.pk, as_of=request.as_of)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {"incentive": incentive, "currency": incentive.currency, "page": page}
    return render(request, "web/incentive_customers.html", context)


@require_GET
def incentive_customers_export(
    request: StaffRequest, incentive_id: int, kind: str
) -> HttpResponse:
    """Return every customer behind the effect."""
    incentive = _incentive(request, incentive_id)
    code = incentive.currency
    found = watched_customers(incentive, as_of=request.as_of)
    numbers = dict(
        incentive.company.customers.filter(pk__in=[one.customer_id for one in found]).values_list(
            "pk", "number"
        )
    )
    return file_response(
        kind,
        name=f"incentive-{incentive.pk}-customers",
        columns=[str(name) for name in CUSTOMER_COLUMNS],
        rows=(
            (
                numbers[one.customer_id],
                gettext("yes") if one.is_control else gettext("no"),
                one.items,
                one.on_time,
                code,
                from_minor(one.amount_minor, code),
                from_minor(one.day_minor, code),
            )
            for one in found
        ),
    )


@require_GET
def grants_export(request: StaffRequest, incentive_id: int, kind: str) -> HttpResponse:
    """Return every completed streak of an incentive."""
    incentive = _incentive(request, incentive_id)
    found = every_row(partial(grant_rows, incentive))
    return file_response(
        kind,
        name=f"incentive-{incentive.pk}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row, incentive.currency) for row in found),
    )


@needs("incentive.edit")
@require_http_methods(["GET", "POST"])
def incentive_add(request: StaffRequest) -> HttpResponse:
    """Propose an incentive; somebody else approves its budget."""
    form = IncentiveForm(
        request.actor.company.currency, posted(request), initial={"from_on": request.as_of}
    )
    back = reverse("incentives")
    if request.method == "POST" and form.is_valid():
        try:
            incentive = propose_incentive(
                actor=request.actor,
                terms=form.terms(),
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            words = {"name": incentive.name}
            text = gettext("%(name)s is proposed; somebody else has to approve it.") % words
            return done(request, text, back=reverse("incentive", args=[incentive.pk]))
    context = {
        "heading": gettext("New incentive"),
        "lead": gettext(
            "A rebate lowers the next due invoice of the customer. The control group is drawn by "
            "chance and gets nothing, so that the effect can be measured."
        ),
        "button": gettext("Propose incentive"),
        "action": reverse("incentive-add"),
        "crumb": gettext("Incentives"),
        "back": back,
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("incentive.edit")
@require_http_methods(["GET", "POST"])
def incentive_end(request: StaffRequest, incentive_id: int) -> HttpResponse:
    """End an incentive, or take a proposal back; what was granted stays."""
    incentive = _incentive(request, incentive_id)

    def take_back(reason: str) -> None:
        end_incentive(
            actor=request.actor,
            incentive=incentive,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": gettext("End the incentive"),
        "lead": gettext("What was granted stays; nothing more is granted."),
        "button": gettext("End the incentive"),
        "action": reverse("incentive-end", args=[incentive.pk]),
        "crumb": incentive.name,
    }
    back = reverse("incentive", args=[incentive.pk])
    said = gettext("The incentive is ended.")
    return reason_page(request, take_back, said=said, back=back, context=context)


def _incentive(request: StaffRequest, incentive_id: int) -> Incentive:
    return get_object_or_404(Incentive, pk=incentive_id, company=request.actor.company)


def _row(row: GrantRow, currency: str) -> tuple[Value, ...]:
    return (
        row.customer_name,
        row.item,
        gettext("yes") if row.is_control else gettext("no"),
        currency,
        from_minor(row.amount_minor, currency),
        row.granted_on,
    )
