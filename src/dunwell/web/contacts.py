"""Pages that add and change the people we write to at a customer."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.contacts import CONTACT_FIELDS, add_contact, edit_contact
from dunwell.actions.gate import Refused
from dunwell.models import Contact
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.staff import StaffRequest


class ContactForm(forms.Form):
    """A person or mailbox, and the role in which we write to it."""

    role = forms.ChoiceField(label=_("Role"), choices=Contact.Role.choices)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    language = forms.CharField(
        label=_("Language"), max_length=5, required=False, help_text=_("Two letters, such as de.")
    )
    is_primary = forms.BooleanField(
        label=_("First contact for this role"), required=False, initial=True
    )


@require_http_methods(["GET", "POST"])
def contact_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Add a contact of a customer."""
    customer = customer_or_404(request, customer_id)
    form = ContactForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            add_contact(
                actor=request.actor, customer=customer, at=clock.now(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request, gettext("Contact added."), back=reverse("customer", args=[customer.pk])
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": customer,
            "heading": gettext("New contact"),
            "button": gettext("Add contact"),
            "action": reverse("contact-add", args=[customer.pk]),
        },
    )


@require_http_methods(["GET", "POST"])
def contact_change(request: StaffRequest, contact_id: int) -> HttpResponse:
    """Change a contact; a new e-mail address counts as working until it bounces."""
    contact = get_object_or_404(
        Contact.objects.select_related("customer"),
        pk=contact_id,
        customer__company=request.actor.company,
    )
    initial = {name: getattr(contact, name) for name in CONTACT_FIELDS}
    form = ContactForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            edit_contact(
                actor=request.actor, contact=contact, changes=form.cleaned_data, at=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("Contact changed."),
                back=reverse("customer", args=[contact.customer_id]),
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": contact.customer,
            "heading": gettext("Change contact"),
            "button": gettext("Save contact"),
            "action": reverse("contact-change", args=[contact.pk]),
        },
    )
