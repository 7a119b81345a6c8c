"""The forms of a credit application, one per step; what is asked depends on who applies."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.engine.application_rules import DOCUMENTS, FIELDS, Needed
from dunwell.formats.countries import ISO_CODES
from dunwell.models import ApplicationReference, CreditApplication
from dunwell.templatetags.applications import DOCUMENT_LABELS, FIELD_LABELS
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.portfolio_risk import country_name

APPLICANT = (
    *("name", "is_natural_person", "country", "legal_form", "registration", "register_court"),
    *("vat_id", "lei", "duns", "owner_name", "owner_born_on", "street", "postcode", "city"),
    *("region", "website", "business_kind", "started_on", "employees", "revenue_minor"),
    *("contact_name", "contact_phone", "invoice_email"),
)
CREDIT = (
    *("asked_minor", "terms_days", "purpose", "bank_name", "iban"),
    *("guarantor_name", "guarantor_email", "guarantor_address", "guarantor_born_on"),
)
FIELDS_OF: Mapping[str, tuple[str, ...]] = {"applicant": APPLICANT, "credit": CREDIT}
"""The questions of each step that has a form of answers."""

STEPS: Mapping[str, Promise | str] = {
    "applicant": _("Who applies"),
    "credit": _("The credit"),
    "references": _("References"),
    "documents": _("Documents"),
    "consent": _("Check and send"),
}
AUTOCOMPLETE = {
    "name": "organization",
    "street": "street-address",
    "postcode": "postal-code",
    "city": "address-level2",
    "contact_name": "name",
    "contact_phone": "tel",
    "invoice_email": "email",
    "website": "url",
}
HELP = {
    "region": _("A code such as US-NY; needed in the United States."),
    "revenue_minor": _("Of the last year, in the currency of the application."),
    "iban": _("The account you pay from. It is used for references and is never debited."),
    "guarantor_name": _("A person or company that answers for the debt, if there is one."),
}


def countries() -> list[tuple[str, str]]:
    """Return the countries by their names in the reader's language, the empty choice first."""
    found = ((code, country_name(code)) for code in ISO_CODES)
    return [("", "-"), *sorted(found, key=lambda one: one[1])]


class StartForm(forms.Form):
    """Who begins an application, and where its link goes."""

    name = forms.CharField(
        label=_("Name of the company or person that applies"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The link by which you can go on at any time is sent there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    country = forms.ChoiceField(label=_("Country"), choices=countries)
    language = forms.ChoiceField(
        label=_("Language of our letters"), choices=[("en", "English"), ("de", "Deutsch")]
    )


class AnswersForm(forms.Form):
    """The questions of one step; none of them has to be answered before going on."""

    def __init__(
        self, application: CreditApplication, step: str, wanted: Needed, *args: Any, **kwargs: Any
    ) -> None:
        """Ask what the step asks; what is needed says so, everything may come later."""
        super().__init__(*args, **kwargs)
        needed = {*wanted.fields, "name", "country", "asked_minor"}
        for name in FIELDS_OF[step]:
            field = _field(name, application.currency)
            field.label = str(FIELD_LABELS[name])
            if name in HELP:
                field.help_text = HELP[name]
            if name in AUTOCOMPLETE:
                field.widget.attrs["autocomplete"] = AUTOCOMPLETE[name]
            if name in needed:
                field.widget.attrs["data-needed"] = "1"
            self.fields[name] = field
        self.needed = needed

    def kept(self) -> dict[str, object]:
        """Return every answer that can be kept, as the action takes it."""
        found: dict[str, object] = {}
        for name, value in self.cleaned_data.items():
            is_day = FIELDS.get(name) == "day"
            found[name] = value.isoformat() if is_day and value else value
            if is_day and not value:
                found[name] = ""
        return {
            name: value
            for name, value in found.items()
            if name not in {"name", "country"} or value
        }


class ReferenceForm(forms.Form):
    """Somebody who knows the applicant."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ApplicationReference.Kind.choices)
    name = forms.CharField(label=_("Company or bank"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    person = forms.CharField(label=_("Whom to ask there"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)


class DocumentForm(forms.Form):
    """A file that shows something."""

    kind = forms.ChoiceField(
        label=_("What it is"), choices=[(one, DOCUMENT_LABELS[one]) for one in DOCUMENTS]
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, TIFF, XLSX or DOCX, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.xlsx,.docx"}),
    )


class ConsentForm(forms.Form):
    """What the applicant agrees to, and who says so."""

    by = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, texts: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        """Ask for each consent with its whole text."""
        super().__init__(*args, **kwargs)
        for kind, text in texts.items():
            self.fields[kind] = forms.BooleanField(label=text)

    def kinds(self) -> tuple[str, ...]:
        """Return what was agreed to."""
        return tuple(name for name, value in self.cleaned_data.items() if value is True)


class SignatureForm(forms.Form):
    """The applicant's name, typed as a signature under everything stated."""

    signed_by = forms.CharField(
        label=_("Type your full name to sign"),
        max_length=120,
        error_messages={"required": _("Type your name to sign.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class ReferenceAnswerForm(forms.Form):
    """What somebody who knows the applicant says; every answer may be left out."""

    years_known = forms.IntegerField(
        label=_("For how many years have you known them?"), min_value=0, max_value=100,
        required=False,
    )  # fmt: skip
    terms_days = forms.IntegerField(
        label=_("After how many days is payment due?"), min_value=0, max_value=365, required=False
    )
    pays = forms.ChoiceField(
        label=_("How do they pay?"),
        required=False,
        choices=[
            ("", _("I cannot say")),
            ("early", _("Early")),
            ("on_time", _("On time")),
            ("to_15_late", _("Up to 15 days late")),
            ("to_30_late", _("Up to 30 days late")),
            ("later", _("Later than that")),
        ],
    )
    would_again = forms.ChoiceField(
        label=_("Would you give them credit again?"),
        required=False,
        choices=[("", _("I cannot say")), ("yes", _("Yes")), ("no", _("No"))],
    )
    comment = forms.CharField(
        label=_("Anything else"), max_length=1_000, required=False, widget=forms.Textarea
    )

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the highest credit in the currency of the application."""
        super().__init__(*args, **kwargs)
        self.fields["highest_credit_minor"] = MoneyField(
            currency,
            label=_("Highest credit you gave, in %(currency)s") % {"currency": currency},
            required=False,
        )

    def told(self) -> dict[str, object]:
        """Return the answers as the action takes them."""
        found: dict[str, object] = dict(self.cleaned_data)
        again = found.pop("would_again", "")
        if again:
            found["would_again"] = again == "yes"
        return found


def answers_before(application: CreditApplication) -> dict[str, object]:
    """Return what the applicant has answered, as the forms show it."""
    return {
        **application.answers,
        "name": application.name,
        "country": application.country,
        "region": application.region,
        "asked_minor": application.asked_minor,
        "is_natural_person": application.is_natural_person,
    }


def _field(name: str, currency: str) -> forms.Field:
    kind = {"asked_minor": "money", "is_natural_person": "flag", "country": "country"}.get(
        name, FIELDS.get(name, "text")
    )
    if kind == "country":
        return forms.ChoiceField(choices=countries, required=False)
    if kind == "flag":
        return forms.BooleanField(required=False)
    if kind == "money":
        return MoneyField(currency, required=False)
    return _typed(kind, most=200 if name == "name" else 300)


def _typed(kind: str, *, most: int) -> forms.Field:
    if kind == "day":
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(required=False, widget=day, input_formats=["%Y-%m-%d"])
    if kind == "number":
        return forms.IntegerField(required=False, min_value=0, max_value=10_000_000)
    if kind == "email":
        return forms.EmailField(required=False, max_length=254)
    return forms.CharField(required=False, max_length=most)
