"""Pages about the VAT of bad debts: what may be claimed back, was claimed, has to go back."""

from functools import partial

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.vat_relief import claim_vat_relief, record_vat_repayment
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Item
from dunwell.queries.pages import every_row
from dunwell.queries.vat_relief import (
    STATES,
    VatReliefRow,
    company_vat_rule,
    vat_relief_page,
    vat_rows_of,
    vat_totals,
)
from dunwell.templatetags.legal import vat_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000
COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Currency"),
    _("Lost, with VAT"),
    _("State"),
    _("From"),
    _("Until"),
    _("VAT rate in percent"),
    _("VAT claimed"),
    _("Claimed on"),
    _("Reference"),
    _("Repaid"),
    _("To be repaid"),
    _("Rule"),
)


class ClaimForm(forms.Form):
    """The rate on the invoice, and where the claim stands in the return."""

    rate = forms.DecimalField(
        label=_("VAT rate in percent"),
        min_value=0,
        max_value=99,
        decimal_places=4,
        help_text=_("As the invoice states it; the ledger does not hold it."),
    )
    reference = forms.CharField(label=_("Reference of the return"), max_length=120, required=False)


@require_GET
def vat_list(request: StaffRequest) -> HttpResponse:
    """List bad debts with their VAT, the first to end first, with their sums."""
    company = request.actor.company
    rows = vat_rows_of(company, as_of=request.as_of)
    state = _state(request)
    page = page_asked(request, lambda cursor: vat_relief_page(rows, state=state, cursor=cursor))
    totals = vat_totals(rows)
    context = {
        "tab": "vat",
        "page": page,
        "state": state,
        "states": [(one, sum(t.debts for t in totals if t.state == one)) for one in STATES],
        "totals": [total for total in totals if total.state == state],
        "rule": company_vat_rule(company),
    }
    return render(request, "web/vat_relief.html", context)


@require_GET
def vat_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every bad debt under the page's filter."""
    rows = vat_rows_of(request.actor.company, as_of=request.as_of)
    found = every_row(partial(vat_relief_page, rows, state=_state(request)))
    return file_response(
        kind,
        name=f"vat-relief-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def vat_claim(request: StaffRequest, item_id: int) -> HttpResponse:
    """Record that the VAT of a debt was claimed back."""
    item = get_object_or_404(Item, pk=item_id, company=request.actor.company)
    form = ClaimForm(posted(request))
    back = reverse("vat-relief")
    if request.method == "POST" and form.is_valid():
        try:
            claim_vat_relief(
                actor=request.actor,
                item=item,
                rate_ppm=int(form.cleaned_data["rate"] * PERCENT_PPM),
                reference=form.cleaned_data["reference"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The claim is recorded."), back=back)
    context = {
        "heading": gettext("VAT of %(item)s") % {"item": item.number},
        "lead": gettext("The VAT inside the lost amount is worked out with the rate you give."),
        "button": gettext("The VAT is claimed back"),
        "action": reverse("vat-claim", args=[item.pk]),
        "crumb": item.number,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def vat_repay(request: StaffRequest, item_id: int) -> HttpResponse:
    """Record that VAT was repaid, as the customer paid after the claim."""
    item = get_object_or_404(Item, pk=item_id, company=request.actor.company)
    form = forms.Form(posted(request))
    back = reverse("vat-relief")
    if request.method == "POST" and form.is_valid():
        try:
            record_vat_repayment(
                actor=request.actor, item=item, as_of=request.as_of, at=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The repayment is recorded."), back=back)
    context = {
        "heading": gettext("Repay VAT of %(item)s") % {"item": item.number},
        "lead": gettext("The customer paid after the VAT was claimed back."),
        "button": gettext("The VAT is repaid"),
        "action": reverse("vat-repay", args=[item.pk]),
        "crumb": item.number,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


def _state(request: StaffRequest) -> str:
    asked = request.GET.get("state", STATES[0])
    return asked if asked in STATES else ""


def _row(row: VatReliefRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        row.customer_name,
        code,
        from_minor(row.base_minor, code),
        vat_label(row.state),
        row.from_on,
        row.until_on,
        None if row.rate_ppm is None else row.rate_ppm / PERCENT_PPM,
        None if row.vat_minor is None else from_minor(row.vat_minor, code),
        row.claimed_on,
        row.reference,
        from_minor(row.repaid_minor, code),
        from_minor(row.to_repay_minor, code),
        row.rule,
    )
