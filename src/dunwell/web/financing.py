"""Pages about facilities to borrow on receivables: terms, borrowing base, and how they compare."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.financing_facilities import (
    add_facility,
    add_terms,
    close_facility,
    open_facility,
)
from dunwell.actions.gate import Refused
from dunwell.engine.financing_eligibility import REASONS
from dunwell.engine.money import from_minor
from dunwell.models import FinancingFacility
from dunwell.queries.borrowing_base import FacilityBase, base_rows, facility_base
from dunwell.queries.financing import draw_rows, facility_row, facility_rows, terms_rows
from dunwell.queries.financing import financing_compared as compared
from dunwell.queries.segments import segment_choices
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.provisions import exclusion
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000
ITEM_COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Issued"),
    _("Due"),
    _("Currency"),
    _("Open"),
    _("Counts"),
    _("Why not"),
)


def share_field(label: Any, **kwargs: Any) -> forms.DecimalField:
    """Return a field of percent, 0 to 100."""
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, max_digits=7, decimal_places=4, **kwargs
    )


class FacilityForm(forms.Form):
    """What is offered to us, by whom, up to how much and for how long."""

    name = forms.CharField(label=_("Name"), max_length=80)
    lender = forms.CharField(label=_("Lender, factor or insurer"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=FinancingFacility.Kind.choices)
    from_on = day_field(label=_("First day"))
    until_on = day_field(label=_("Last day"), required=False)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the limit in the company's currency."""
        super().__init__(*args, **kwargs)
        self.fields["limit_minor"] = MoneyField(
            currency, label=_("Limit in %(currency)s") % {"currency": currency}
        )
        self.order_fields(["name", "lender", "kind", "limit_minor"])


class TermsForm(forms.Form):
    """The terms from a day on; shares in percent."""

    valid_from = day_field(label=_("In force from"))
    advance = share_field(_("Advance, percent of what counts"), initial=80)
    rate = share_field(_("Interest a year, %"), initial=6)
    fee = share_field(_("Fee, percent of what is assigned"), initial=0)
    reserve = share_field(_("Kept back, %"), initial=0)
    insured = share_field(_("Part of a loss they bear, %"), initial=0)
    recourse_days = forms.IntegerField(
        label=_("Recourse after days past due"),
        min_value=0,
        max_value=3650,
        required=False,
        help_text=_("Leave empty where an item never comes back."),
    )
    past_due_days = forms.IntegerField(
        label=_("Left out: more days past due than"), min_value=0, required=False, initial=90
    )
    concentration = share_field(
        _("Most one debtor may be, percent of what counts"), required=False, initial=20
    )
    cross = share_field(
        _("Debtor left out whole when so much of it is too late, %"), required=False, initial=50
    )
    countries = forms.CharField(
        label=_("Debtors in these countries only"),
        max_length=200,
        required=False,
        help_text=_("Two letters each, with commas; empty for all."),
    )
    source = forms.CharField(label=_("Where these terms stand"), max_length=200)

    def told(self) -> dict[str, Any]:
        """Return what the action takes."""
        told = self.cleaned_data

        def ppm(name: str) -> int | None:
            return None if told[name] is None else int(told[name] * PERCENT_PPM)

        codes = [code.strip().upper() for code in told["countries"].split(",") if code.strip()]
        return {
            "valid_from": told["valid_from"],
            "source": told["source"],
            "figures": {
                "advance_ppm": ppm("advance"),
                "rate_ppm": ppm("rate"),
                "fee_ppm": ppm("fee"),
                "reserve_ppm": ppm("reserve"),
                "insured_ppm": ppm("insured"),
                "recourse_days": told["recourse_days"],
            },
            "rules": {
                "past_due_days": told["past_due_days"],
                "concentration_ppm": ppm("concentration"),
                "cross_ppm": ppm("cross"),
                "countries": codes,
            },
        }


@require_GET
def facility_list(request: StaffRequest) -> HttpResponse:
    """List facilities and what was drawn on them."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: draw_rows(company, cursor=cursor))
    rows = facility_rows(company, as_of=request.as_of)
    return render(request, "web/financing.html", {"tab": "financing", "rows": rows, "page": page})


@require_GET
def financing_compare(request: StaffRequest) -> HttpResponse:
    """Show what a pool is worth today held, and under every facility."""
    company = request.actor.company
    segment = request.GET.get("segment", "")[:80]
    found = compared(
        company,
        as_of=request.as_of,
        segment=segment,
        customer_id=read_key(request.GET.get("customer", "")),
    )
    context = {
        "tab": "compare",
        "found": found,
        "segment": segment,
        "segments": segment_choices(company, as_of=request.as_of),
    }
    return render(request, "web/financing_compare.html", context)


@needs("financing.edit")
@require_http_methods(["GET", "POST"])
def facility_add(request: StaffRequest) -> HttpResponse:
    """Note what a lender offers."""
    form = FacilityForm(
        request.actor.company.currency, posted(request), initial={"from_on": request.as_of}
    )
    return told_page(
        request,
        form,
        partial(add_facility, actor=request.actor, at=clock.now()),
        said=gettext("Noted; enter its terms next."),
        back=reverse("financing"),
        context={
            "heading": gettext("Note an offer"),
            "lead": gettext("Offers are compared; only what is taken into use can be drawn on."),
            "button": gettext("Note it"),
            "action": reverse("facility-add"),
            "crumb": gettext("Financing"),
        },
    )


@require_GET
def facility_show(request: StaffRequest, facility_id: int) -> HttpResponse:
    """Show a facility: its terms, and the borrowing base from gross to what may be drawn."""
    company = request.actor.company
    facility = _facility(request, facility_id)
    context = {
        "row": facility_row(company, facility_id, as_of=request.as_of),
        "terms": terms_rows(facility.pk),
        "found": facility_base(company, facility, as_of=request.as_of),
        "draws": draw_rows(company, facility_id=facility.pk).rows,
    }
    return render(request, "web/facility.html", context)


@needs("financing.edit")
@require_http_methods(["GET", "POST"])
def terms_add(request: StaffRequest, facility_id: int) -> HttpResponse:
    """Enter terms from a day on."""
    facility = _facility(request, facility_id)
    form = TermsForm(posted(request), initial={"valid_from": request.as_of})
    return told_page(
        request,
        form,
        lambda **_told: add_terms(
            actor=request.actor, facility=facility, at=clock.now(), **form.told()
        ),
        said=gettext("The terms are entered."),
        back=reverse("facility", args=[facility.pk]),
        context={
            "heading": gettext("Terms of %(name)s") % {"name": facility.name},
            "lead": gettext("What was drawn before keeps the terms it was drawn under."),
            "button": gettext("Enter them"),
            "action": reverse("facility-terms", args=[facility.pk]),
            "crumb": facility.name,
        },
    )


@require_http_methods(["POST"])
def facility_open(request: StaffRequest, facility_id: int) -> HttpResponse:
    """Take a facility into use."""
    facility = _facility(request, facility_id)
    back = reverse("facility", args=[facility.pk])
    try:
        open_facility(actor=request.actor, facility=facility, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("In use: it can be drawn on."), back=back)


@require_http_methods(["POST"])
def facility_close(request: StaffRequest, facility_id: int) -> HttpResponse:
    """End a facility."""
    facility = _facility(request, facility_id)
    back = reverse("facility", args=[facility.pk])
    try:
        close_facility(actor=request.actor, facility=facility, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Closed."), back=back)


@require_GET
def facility_items(request: StaffRequest, facility_id: int) -> HttpResponse:
    """Show the items behind a line of the borrowing base; they sum to it."""
    found, reason = _base(request, facility_id), _reason(request)
    page = page_asked(request, lambda cursor: base_rows(found, reason=reason, cursor=cursor))
    context = {"found": found, "reason": reason, "page": page, "facility": found.facility}
    return render(request, "web/facility_items.html", context)


@require_GET
def facility_items_export(request: StaffRequest, facility_id: int, kind: str) -> HttpResponse:
    """Return the borrowing base item by item, for the lender."""
    found, reason = _base(request, facility_id), _reason(request)
    rows = base_rows(found, reason=reason, limit=None).rows
    return file_response(
        kind,
        name=f"borrowing-base-{request.as_of.isoformat()}",
        columns=[str(name) for name in ITEM_COLUMNS],
        rows=(
            (
                row.number,
                row.customer_name,
                row.issued_on,
                row.due_on,
                row.currency,
                from_minor(row.open_minor, row.currency),
                from_minor(row.eligible_minor, row.currency),
                ", ".join(exclusion(name) for name, _minor in row.excluded),
            )
            for row in rows
        ),
    )


def _facility(request: StaffRequest, facility_id: int) -> FinancingFacility:
    return get_object_or_404(FinancingFacility, pk=facility_id, company=request.actor.company)


def _base(request: StaffRequest, facility_id: int) -> FacilityBase:
    facility = _facility(request, facility_id)
    found = facility_base(request.actor.company, facility, as_of=request.as_of)
    if found is None:
        raise Http404
    return found


def _reason(request: StaffRequest) -> str:
    reason = request.GET.get("reason", "")
    return reason if reason in (*REASONS, "eligible") else ""
