"""Forms about contacts: restrictions and consents, a contact made, what the rules must know."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.contact_attempts import MADE, log_attempt
from dunwell.actions.contacts import edit_customer
from dunwell.actions.gate import Refused
from dunwell.actions.restrictions import (
    give_consent,
    lift_restriction,
    record_restriction,
    withdraw_consent,
)
from dunwell.engine.contact_rules.rules import CHANNELS, PURPOSES
from dunwell.models import Consent, Contact, ContactAttempt, ContactRestriction, Customer
from dunwell.templatetags.contact_rules import any_channel, purpose_label
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted, refused, told_page
from dunwell.web.fields import day_field
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


def _channels(*, with_all: bool) -> list[tuple[str, str]]:
    names = ["", *CHANNELS] if with_all else list(CHANNELS)
    return [(name, any_channel(name)) for name in names]


def _purposes(*, with_all: bool) -> list[tuple[str, str]]:
    names = ["", *PURPOSES] if with_all else list(PURPOSES)
    return [(name, purpose_label(name)) for name in names]


class TimeField(forms.TimeField):
    """A time of the day; cleans to minutes, None when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(widget=widget, required=False, input_formats=["%H:%M"], **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the minute of the day."""
        found = super().clean(value)
        return None if found is None else found.hour * 60 + found.minute


class OfCustomer(forms.Form):
    """A form about one of a customer's contacts, or about all of them."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Person"), required=False, empty_label=_("Everybody")
    )

    def __init__(self, customer: Customer, *args: object, **kwargs: object) -> None:
        """Offer only the customer's own contacts."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        people = Contact.objects.filter(customer=customer).order_by("role", "id")
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]


class RestrictionForm(OfCustomer):
    """What limits how the customer may be contacted."""

    kind = forms.ChoiceField(label=_("What"), choices=ContactRestriction.Kind.choices)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    purpose = forms.ChoiceField(label=_("For"), required=False)
    minute_from = TimeField(
        label=_("Inconvenient from"), help_text=_("The customer's own time; only if inconvenient.")
    )
    minute_until = TimeField(label=_("Inconvenient until"))
    until_on = day_field(
        label=_("Last day"), required=False, help_text=_("Leave empty if it stands until lifted.")
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    field_order = ("kind", "channel", "purpose", "contact")

    def __init__(self, customer: Customer, *args: object, **kwargs: object) -> None:
        """Offer channels and purposes in the reader's language."""
        super().__init__(customer, *args, **kwargs)
        self.fields["channel"].choices = _channels(with_all=True)  # type: ignore[attr-defined]
        self.fields["purpose"].choices = _purposes(with_all=True)  # type: ignore[attr-defined]


class ConsentForm(OfCustomer):
    """A yes to a channel, and where it can be seen."""

    channel = forms.ChoiceField(label=_("Channel"))
    purpose = forms.ChoiceField(label=_("For"), initial="collection")
    given_on = day_field(label=_("Given on"), required=False)
    source = forms.CharField(
        label=_("Where it can be seen"),
        max_length=200,
        help_text=_("Such as a signed form or the recording of a call."),
    )
    field_order = ("channel", "purpose", "contact")

    def __init__(self, customer: Customer, *args: object, **kwargs: object) -> None:
        """Offer channels and purposes in the reader's language."""
        super().__init__(customer, *args, **kwargs)
        self.fields["channel"].choices = _channels(with_all=False)  # type: ignore[attr-defined]
        self.fields["purpose"].choices = _purposes(with_all=False)  # type: ignore[attr-defined]


class AttemptForm(OfCustomer):
    """A contact to be made or that the customer made; a denied one is refused."""

    channel = forms.ChoiceField(label=_("Channel"))
    purpose = forms.ChoiceField(label=_("For"), initial="collection")
    outcome = forms.ChoiceField(
        label=_("How it went"),
        choices=[choice for choice in ContactAttempt.Outcome.choices if choice[0] in MADE],
    )
    is_inbound = forms.BooleanField(label=_("The customer contacted us"), required=False)
    field_order = ("channel", "purpose", "outcome", "is_inbound", "contact")

    def __init__(self, customer: Customer, *args: object, **kwargs: object) -> None:
        """Offer channels and purposes in the reader's language."""
        super().__init__(customer, *args, **kwargs)
        self.fields["channel"].choices = _channels(with_all=False)  # type: ignore[attr-defined]
        self.fields["purpose"].choices = _purposes(with_all=False)  # type: ignore[attr-defined]


class LiftForm(forms.Form):
    """Why a restriction ends."""

    reason = forms.CharField(label=_("Who said so, and when?"), max_length=500)


class FactsForm(forms.Form):
    """What the rules need to know; empty is not known and counts as the strictest."""

    party = forms.ChoiceField(
        label=_("Kind of customer"),
        required=False,
        choices=[("", _("Not known")), *Customer.Party.choices],
    )
    debt_use = forms.ChoiceField(
        label=_("Debt for"),
        required=False,
        choices=[("", _("Not known")), *Customer.DebtUse.choices],
    )
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, such as US.")
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=12,
        required=False,
        help_text=_("ISO 3166-2, such as US-CA; with a city such as US-NY-NYC."),
    )
    zones = forms.CharField(
        label=_("Time zones"),
        max_length=400,
        required=False,
        help_text=_("One or several with commas, such as America/Denver. Empty: of the region."),
    )

    def clean_zones(self) -> list[str]:
        """Return the zones as a list."""
        return [part.strip() for part in self.cleaned_data["zones"].split(",") if part.strip()]


@needs("restriction.edit")
@require_http_methods(["GET", "POST"])
def restriction_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record what a customer or its lawyer said about being contacted."""
    customer = customer_or_404(request, customer_id)

    def record(**told: Any) -> None:
        record_restriction(
            actor=request.actor, customer=customer, as_of=request.as_of, at=clock.now(), **told
        )

    return _told(
        request,
        RestrictionForm(customer, posted(request)),
        customer,
        record,
        said=gettext("Restriction recorded."),
        heading=gettext("Restriction"),
        button=gettext("Record restriction"),
        action=reverse("restriction-add", args=[customer.pk]),
    )


@needs("restriction.edit")
@require_http_methods(["GET", "POST"])
def restriction_lift(request: StaffRequest, restriction_id: int) -> HttpResponse:
    """End a restriction with the reason."""
    restriction = get_object_or_404(
        ContactRestriction.objects.select_related("customer"),
        pk=restriction_id,
        company=request.actor.company,
    )

    def lift(reason: str) -> None:
        lift_restriction(
            actor=request.actor,
            restriction=restriction,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return _told(
        request,
        LiftForm(posted(request)),
        restriction.customer,
        lift,
        said=gettext("Restriction lifted."),
        heading=gettext("Lift the restriction"),
        button=gettext("Lift"),
        action=reverse("restriction-lift", args=[restriction.pk]),
    )


@needs("restriction.edit")
@require_http_methods(["GET", "POST"])
def consent_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record a customer's consent to a channel."""
    customer = customer_or_404(request, customer_id)

    def give(**told: Any) -> None:
        give_consent(
            actor=request.actor, customer=customer, as_of=request.as_of, at=clock.now(), **told
        )

    return _told(
        request,
        ConsentForm(customer, posted(request)),
        customer,
        give,
        said=gettext("Consent recorded."),
        heading=gettext("Consent"),
        button=gettext("Record consent"),
        action=reverse("consent-add", args=[customer.pk]),
    )


@require_POST
def consent_withdraw(request: StaffRequest, consent_id: int) -> HttpResponse:
    """End a consent."""
    consent = get_object_or_404(
        Consent.objects.select_related("customer"), pk=consent_id, company=request.actor.company
    )
    back = _back(consent.customer)
    try:
        withdraw_consent(actor=request.actor, consent=consent, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Consent withdrawn."), back=back)


@needs("contact.log")
@require_http_methods(["GET", "POST"])
def attempt_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Log a contact; a denied one is kept as refused, and the page says when it is allowed."""
    customer = customer_or_404(request, customer_id)
    form = AttemptForm(customer, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            attempt = log_attempt(
                actor=request.actor,
                customer=customer,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            if attempt.outcome != ContactAttempt.Outcome.REFUSED:
                return done(request, gettext("Contact logged."), back=_back(customer))
            form.add_error(None, _why_refused(request, attempt))
    return _page(
        request,
        form,
        customer,
        heading=gettext("Contact"),
        button=gettext("Log contact"),
        action=reverse("attempt-add", args=[customer.pk]),
    )


@needs("customer.edit")
@require_http_methods(["GET", "POST"])
def contact_facts(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Change what the contact rules know about a customer."""
    customer = customer_or_404(request, customer_id)
    initial = {
        "party": customer.party,
        "debt_use": customer.debt_use,
        "country": customer.country,
        "region": customer.region,
        "zones": ", ".join(customer.zones),
    }

    def edit(**changes: Any) -> None:
        edit_customer(actor=request.actor, customer=customer, changes=changes, at=clock.now())

    return _told(
        request,
        FactsForm(posted(request), initial=initial),
        customer,
        edit,
        said=gettext("Customer changed."),
        heading=gettext("What the contact rules must know"),
        button=gettext("Save"),
        action=reverse("contact-facts", args=[customer.pk]),
    )


def _why_refused(request: StaffRequest, attempt: ContactAttempt) -> str:
    told = attempt.verdict
    words = {"rule": told["rule"], "text": told["text"]}
    if told["next_at"] is None:
        return (
            gettext(
                "Not made: %(text)s Rule %(rule)s; it is not allowed again by itself. "
                "The refusal is kept."
            )
            % words
        )
    zone = ZoneInfo(request.actor.company.zone)
    local = datetime.fromisoformat(told["next_at"]).astimezone(zone)
    words["when"] = f"{day_text(local.date())}, {local:%H:%M}"
    return (
        gettext(
            "Not made: %(text)s Rule %(rule)s; allowed again from %(when)s. The refusal is kept."
        )
        % words
    )


def _back(customer: Customer) -> str:
    return reverse("contact-rules-customer", args=[customer.pk])


def _told(
    request: StaffRequest,
    form: forms.Form,
    customer: Customer,
    act: Callable[..., object],
    *,
    said: str,
    **words: str,
) -> HttpResponse:
    """Show a form about a customer, and give what is told to an action."""
    return told_page(
        request,
        form,
        act,
        said=said,
        back=_back(customer),
        context={"customer": customer, **words},
        template="web/simple_form.html",
    )


def _page(
    request: StaffRequest, form: forms.Form, customer: Customer, **words: str
) -> HttpResponse:
    return form_page(request, "web/simple_form.html", form, {"customer": customer, **words})
