"""Pages about privacy: the register of personal fields, a person's file, and erasing somebody."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.erasures import erase_contact, erase_customer
from dunwell.models import Contact, Customer, Erasure
from dunwell.queries.personal import personal_fields
from dunwell.queries.persons import legal_hold, person_file
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Table"),
    _("Field"),
    _("Whose"),
    _("Purpose"),
    _("Lawful basis"),
    _("Kept for years"),
    _("When it goes"),
)
BASES = {"b": _("contract"), "c": _("legal duty"), "f": _("legitimate interest")}
GOES = {
    "now": _("at the erasure"),
    "after": _("when the retention ends"),
    "kept": _("stays as written"),
}


class GroundForm(forms.Form):
    """Why a person is erased."""

    ground = forms.CharField(
        label=_("Ground"),
        max_length=300,
        help_text=_("The request and its date. Do not write the person's name here."),
    )


@needs("privacy.edit")
@require_GET
def privacy_register(request: StaffRequest) -> HttpResponse:
    """Show every personal field, what it is for, and the erasures so far."""
    erasures = Erasure.objects.filter(company=request.actor.company).select_related("customer")
    context = {
        "fields": [(one, BASES[one.basis], GOES[one.goes]) for one in personal_fields()],
        "erasures": erasures.order_by("-erased_on", "-id")[:50],
    }
    return render(request, "web/privacy.html", context)


@needs("privacy.edit")
@require_GET
def privacy_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the register as a file."""
    return file_response(
        kind,
        name=f"personal-fields-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                one.model, one.field, one.whose, one.purpose, str(BASES[one.basis]), one.years,
                str(GOES[one.goes]),
            )
            for one in personal_fields()
        ),
    )  # fmt: skip


@needs("privacy.edit")
@require_GET
def privacy_customer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show the persons of a customer: take their file, or erase them."""
    customer = customer_or_404(request, customer_id)
    context = {
        "customer": customer,
        "contacts": customer.contacts.order_by("pk"),
        "erasures": {one.contact_id: one for one in customer.erasures.order_by("pk")},
        "is_person": customer.party == Customer.Party.PERSON,
        "held": legal_hold(customer),
    }
    return render(request, "web/privacy_customer.html", context)


@needs("privacy.edit")
@require_GET
def privacy_contact_file(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Return what is known of a contact as one file."""
    contact = _contact(request, contact_id)
    return _file(request, contact.customer, contact)


@needs("privacy.edit")
@require_GET
def privacy_customer_file(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Return what is known of a customer as one file."""
    return _file(request, customer_or_404(request, customer_id), None)


@needs("privacy.edit")
@require_http_methods(["GET", "POST"])
def privacy_contact_erase(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Erase a contact."""
    contact = _contact(request, contact_id)
    return told_page(
        request,
        GroundForm(posted(request)),
        lambda ground: erase_contact(
            actor=request.actor, contact=contact, ground=ground, as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Erased."),
        back=reverse("privacy-customer", args=[contact.customer_id]),
        context={
            "heading": gettext("Erase %(name)s") % {"name": str(contact)},
            "lead": gettext(
                "Name, address and phone go for good, and so does the access to the portal. "
                "Letters that law has us keep stay until their time is over."
            ),
            "button": gettext("Erase for good"),
            "action": reverse("privacy-contact-erase", args=[contact.pk]),
            "crumb": gettext("Privacy"),
        },
    )  # fmt: skip


@needs("privacy.edit")
@require_http_methods(["GET", "POST"])
def privacy_customer_erase(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Erase a customer that is a natural person."""
    customer = customer_or_404(request, customer_id)
    return told_page(
        request,
        GroundForm(posted(request)),
        lambda ground: erase_customer(
            actor=request.actor, customer=customer, ground=ground, as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Erased; what law keeps is restricted until its time is over."),
        back=reverse("privacy-customer", args=[customer.pk]),
        context={
            "heading": gettext("Erase %(name)s") % {"name": customer.name},
            "lead": gettext(
                "All its contacts go at once; the books keep the name for the time of law."
            ),
            "button": gettext("Erase for good"),
            "action": reverse("privacy-customer-erase", args=[customer.pk]),
            "crumb": gettext("Privacy"),
        },
    )  # fmt: skip


def _contact(request: StaffRequest, contact_id: int) -> Contact:
    return get_object_or_404(
        Contact.objects.select_related("customer"),
        pk=contact_id,
        customer__company=request.actor.company,
    )


def _file(request: StaffRequest, customer: Customer, contact: Contact | None) -> HttpResponse:
    told = person_file(customer, contact=contact, as_of=request.as_of, at=clock.now())
    response = HttpResponse(told.text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, told.name)  # noqa: FBT003
    return response
