"""Pages about privacy: what is kept of persons, the purpose log, handing out, and erasing."""

from functools import partial

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.erasures import LONGEST_GROUND, erase_contact, erase_customer
from dunwell.actions.gate import Refused
from dunwell.actions.person_files import hand_out_person
from dunwell.models import Contact, Customer, Hold
from dunwell.queries.pages import every_row
from dunwell.queries.personal import personal_fields
from dunwell.queries.persons import PersonFile, legal_hold
from dunwell.queries.privacy_log import erasure_rows, legal_hold_rows, privacy_log
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, form_page, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
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
WHOSE = {
    "contact": _("Contact"),
    "portal person": _("Person in the portal"),
    "customer": _("Customer"),
    "staff": _("Colleague"),
    "advisor": _("Advisor"),
    "agency": _("Agency"),
    "our company": _("Our company"),
    "listed person": _("Person on a sanctions list"),
    "traded person": _("Person a signal is about"),
}
REASONS = {
    "reach": _("Reaching the person"),
    "collect": _("Collecting what is owed"),
    "refusal": _("Keeping to a refusal of contact"),
    "letters": _("Keeping what was written"),
    "portal": _("Access to the portal"),
    "account": _("Running the account"),
    "books": _("Keeping the books"),
    "credit": _("Deciding on credit"),
    "sanctions": _("Screening against sanctions lists"),
    "audit": _("Showing who did what"),
    "work": _("Working with the desk"),
    "signals": _("Reading signals of risk"),
}
GOES = {
    "now": _("at the erasure"),
    "after": _("when the retention ends"),
    "kept": _("stays as written"),
}
PURPOSES = {
    "access": _("The person asks what we know"),
    "moving": _("The person takes it elsewhere"),
    "authority": _("An authority or a court asks"),
    "checking": _("We check what we hold"),
}
LOG_COLUMNS = (
    _("When"),
    _("By"),
    _("What happened"),
    _("Purpose"),
    _("Customer number"),
    _("Contact"),
    _("Table"),
    _("Rows"),
)
VERBS = {
    "person.handed_out": _("Handed out"),
    "person.erased": _("Erased"),
    "person.retention_ended": _("Retention of a person ended"),
    "retention.ended": _("Retention of a table ended"),
}


class GroundForm(forms.Form):
    """Why a person is erased."""

    ground = forms.CharField(
        label=_("Ground"),
        max_length=LONGEST_GROUND,
        help_text=_("The request and its date. Do not write the person's name here."),
    )


class PurposeForm(forms.Form):
    """What a person's file is handed out for, and how it is to be read."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=list(PURPOSES.items()))
    kind = forms.ChoiceField(
        label=_("Kind of file"),
        choices=[("page", _("To read (HTML)")), ("json", _("For programs (JSON)"))],
    )


@needs("privacy.edit")
@require_GET
def privacy_register(request: StaffRequest) -> HttpResponse:
    """Show every personal field, what it is for, and the erasures so far."""
    company = request.actor.company
    context = {
        "fields": [
            (one, WHOSE[one.whose], REASONS[one.purpose], BASES[one.basis], GOES[one.goes])
            for one in personal_fields()
        ],
        "erasures": erasure_rows(company).rows,
        "holds": legal_hold_rows(company, as_of=request.as_of),
        "reasons": dict(Hold.Reason.choices),
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
                one.model, one.field, str(WHOSE[one.whose]), str(REASONS[one.purpose]),
                str(BASES[one.basis]), one.years, str(GOES[one.goes]),
            )
            for one in personal_fields()
        ),
    )  # fmt: skip


@needs("privacy.edit")
@require_GET
def privacy_log_page(request: StaffRequest) -> HttpResponse:
    """List what was handed out and erased, by whom and for what, the newest first."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: privacy_log(company, cursor=cursor))
    context = {
        "page": page,
        "rows": [(one, VERBS[one.verb], PURPOSES.get(one.purpose, "")) for one in page.rows],
    }
    return render(request, "web/privacy_log.html", context)


@needs("privacy.edit")
@require_GET
def privacy_log_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the whole log as a file."""
    return file_response(
        kind,
        name=f"privacy-log-{request.as_of.isoformat()}",
        columns=[str(name) for name in LOG_COLUMNS],
        rows=(
            (
                one.at, one.by, str(VERBS[one.verb]), str(PURPOSES.get(one.purpose, "")),
                one.customer_number, one.contact_id, one.kind, one.rows,
            )
            for one in every_row(partial(privacy_log, request.actor.company))
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
        "held": legal_hold(customer, as_of=request.as_of),
    }
    return render(request, "web/privacy_customer.html", context)


@needs("privacy.edit")
@require_http_methods(["GET", "POST"])
def privacy_contact_file(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Hand out what is known of a contact."""
    contact = _contact(request, contact_id)
    action = reverse("privacy-contact-file", args=[contact.pk])
    return _file(request, contact.customer, contact, action=action)


@needs("privacy.edit")
@require_http_methods(["GET", "POST"])
def privacy_customer_file(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Hand out what is known of a customer that is a natural person."""
    customer = customer_or_404(request, customer_id)
    action = reverse("privacy-customer-file", args=[customer.pk])
    return _file(request, customer, None, action=action)


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


def _file(
    request: StaffRequest, customer: Customer, contact: Contact | None, *, action: str
) -> HttpResponse:
    """Show the form of a person's file; told for what, the answer is the file."""
    form = PurposeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            told = hand_out_person(
                actor=request.actor, customer=customer, contact=contact,
                purpose=form.cleaned_data["purpose"], as_of=request.as_of, at=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return _attached(request, told, kind=form.cleaned_data["kind"])
    about = str(contact) if contact is not None else customer.name
    context = {
        "heading": gettext("Hand out the file of %(name)s") % {"name": about},
        "lead": gettext("The purpose log keeps who took it and for what, none of its words."),
        "button": gettext("Hand out"),
        "action": action,
        "crumb": gettext("Privacy"),
        "back": reverse("privacy-customer", args=[customer.pk]),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


def _attached(request: StaffRequest, told: PersonFile, *, kind: str) -> HttpResponse:
    if kind == "json":
        text, media, name = told.text, "application/json", f"{told.name}.json"
    else:
        parts = [(one, REASONS[one.purpose], BASES[one.basis]) for one in told.parts]
        context = {"told": told, "parts": parts, "as_of": request.as_of}
        text = render_to_string("web/person_file.html", context)
        media, name = "text/html", f"{told.name}.html"
    response = HttpResponse(text, content_type=f"{media}; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003
    return response
