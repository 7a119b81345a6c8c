"""Pages about mandates: the list, adding one for a customer, signing, suspending, ending."""

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
from dunwell.actions.mandates import (
    add_mandate,
    end_mandate,
    resume_mandate,
    sign_mandate,
    suspend_mandate,
)
from dunwell.formats.exports import Value
from dunwell.models import Mandate
from dunwell.queries.accounts_shown import shown
from dunwell.queries.mandates import MandateRow, mandate_counts, mandate_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404, done, form_page, refused
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Mandate.Status

COLUMNS = (
    _("Reference"),
    _("Customer number"),
    _("Customer"),
    _("Scheme"),
    _("Recurring"),
    _("Account holder"),
    _("IBAN"),
    _("BIC"),
    _("Status"),
    _("Signed on"),
    _("Last used on"),
    _("Debits"),
    _("Returns"),
    _("Reason"),
)


class MandateForm(forms.Form):
    """What the customer signs."""

    reference = forms.CharField(
        label=_("Mandate reference"),
        max_length=35,
        help_text=_("Unique; it stands on the customer's bank statement."),
    )
    iban = forms.CharField(
        label=_("IBAN"), max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    bic = forms.CharField(
        label=_("BIC"),
        max_length=11,
        required=False,
        help_text=_("Looked up where it is left empty."),
    )
    debtor = forms.CharField(
        label=_("Account holder"),
        max_length=70,
        required=False,
        help_text=_("The customer, if left empty."),
    )
    scheme = forms.ChoiceField(label=_("Scheme"), choices=Mandate.Scheme.choices)
    is_recurring = forms.BooleanField(
        label=_("May be used more than once"), initial=True, required=False
    )


class SignForm(forms.Form):
    """The day of the signature."""

    signed_on = day_field(label=_("Signed on"))


@require_GET
def mandate_list(request: StaffRequest) -> HttpResponse:
    """List mandates, the newest first."""
    company = request.actor.company
    only = _only(request)
    page = page_asked(request, lambda cursor: mandate_rows(company, cursor=cursor, **only))
    counts = mandate_counts(company)
    context = {
        "page": page,
        "status": only["status"],
        "search": only["search"],
        "statuses": [(value, label, counts.get(str(value), 0)) for value, label in Status.choices],
        "here": "mandates",
    }
    return render(request, "web/mandates.html", context)


@require_GET
def mandates_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every mandate under the page's filter as a file."""
    return file_response(
        kind,
        name=f"mandates-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            _row(shown(row, request.actor.rights))
            for row in every_row(partial(mandate_rows, request.actor.company, **_only(request)))
        ),
    )


@needs("mandate.edit")
@require_http_methods(["GET", "POST"])
def mandate_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Add a mandate of a customer; it is used once its signature is noted."""
    customer = customer_or_404(request, customer_id)
    back = reverse("customer", args=[customer.pk])
    form = MandateForm(request.POST or None, initial={"debtor": customer.name[:70]})
    if request.method == "POST" and form.is_valid():
        try:
            mandate = add_mandate(
                actor=request.actor, customer=customer, at=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("Mandate %(reference)s added.") % {"reference": mandate.reference},
                back=back,
                then=reverse("mandate-sign", args=[mandate.pk]),
                title=gettext("Signature"),
            )
    context = {
        "heading": gettext("New mandate"),
        "lead": gettext("Another account needs a new mandate; one is never changed."),
        "button": gettext("Add"),
        "action": reverse("mandate-add", args=[customer.pk]),
        "crumb": customer.name,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("mandate.edit")
@require_http_methods(["GET", "POST"])
def mandate_sign(request: StaffRequest, mandate_id: int) -> HttpResponse:
    """Note the day of the signature."""
    mandate = _mandate(request, mandate_id)
    form = SignForm(request.POST or None, initial={"signed_on": request.as_of})
    if request.method == "POST" and form.is_valid():
        try:
            sign_mandate(
                actor=request.actor,
                mandate=mandate,
                signed_on=form.cleaned_data["signed_on"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The mandate is active."), back=_back(mandate))
    context = {
        "heading": gettext("Mandate %(reference)s") % {"reference": mandate.reference},
        "lead": gettext("Keep the signed paper or file: the bank may ask for it for 14 months."),
        "button": gettext("Note the signature"),
        "action": reverse("mandate-sign", args=[mandate.pk]),
        "crumb": mandate.customer.name,
        "back": _back(mandate),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("mandate.edit")
@require_http_methods(["GET", "POST"])
def mandate_suspend(request: StaffRequest, mandate_id: int) -> HttpResponse:
    """Stop using a mandate for the time being, with a reason."""
    mandate = _mandate(request, mandate_id)
    return reason_page(
        request,
        lambda reason: suspend_mandate(
            actor=request.actor, mandate=mandate, reason=reason, at=clock.now()
        ),
        said=gettext("The mandate is suspended."),
        back=_back(mandate),
        context={
            **_head(mandate),
            "lead": gettext("Nothing is collected under it until it is resumed."),
            "button": gettext("Suspend"),
            "action": reverse("mandate-suspend", args=[mandate.pk]),
        },
    )


@needs("mandate.edit")
@require_http_methods(["GET", "POST"])
def mandate_end(request: StaffRequest, mandate_id: int) -> HttpResponse:
    """End a mandate for good, with a reason."""
    mandate = _mandate(request, mandate_id)
    return reason_page(
        request,
        lambda reason: end_mandate(
            actor=request.actor,
            mandate=mandate,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The mandate has ended."),
        back=_back(mandate),
        context={
            **_head(mandate),
            "lead": gettext("It is never used again; a new one needs a new signature."),
            "button": gettext("End the mandate"),
            "action": reverse("mandate-end", args=[mandate.pk]),
        },
    )


@needs("mandate.edit")
@require_POST
def mandate_resume(request: StaffRequest, mandate_id: int) -> HttpResponse:
    """Use a suspended mandate again."""
    mandate = _mandate(request, mandate_id)
    try:
        resume_mandate(actor=request.actor, mandate=mandate, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=_back(mandate))
    return done(request, gettext("The mandate is active again."), back=_back(mandate))


def _mandate(request: StaffRequest, key: int) -> Mandate:
    found = Mandate.objects.select_related("customer")
    return get_object_or_404(found, pk=key, company=request.actor.company)


def _back(mandate: Mandate) -> str:
    return reverse("customer", args=[mandate.customer_id])


def _head(mandate: Mandate) -> dict[str, str]:
    heading = gettext("Mandate %(reference)s") % {"reference": mandate.reference}
    return {"heading": heading, "crumb": mandate.customer.name}


def _only(request: StaffRequest) -> dict[str, Any]:
    status = request.GET.get("status", "")
    return {
        "as_of": request.as_of,
        "status": status if status in Status.values else "",
        "search": request.GET.get("q", "")[:80],
    }


def _row(row: MandateRow) -> tuple[Value, ...]:
    return (
        row.reference,
        row.customer_number,
        row.customer_name,
        translated(row.scheme_label),
        row.is_recurring,
        row.debtor,
        row.iban,
        row.bic,
        translated(row.status_label),
        row.signed_on,
        row.used_on,
        row.debits,
        row.returns,
        row.reason,
    )
