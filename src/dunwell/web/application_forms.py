"""Forms of staff about credit applications: entering, answering, recommending, deciding."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dunwell.actions.application_decisions import APPROVE, DECLINE, SEND_BACK, Recommendation
from dunwell.engine.application_rules import DOCUMENTS, FIELDS
from dunwell.formats.countries import ISO_CODES
from dunwell.models import ApplicationCondition, ApplicationReference, CreditApplication
from dunwell.templatetags.applications import DOCUMENT_LABELS, FIELD_LABELS
from dunwell.templatetags.money import MoneyField
from dunwell.web.fields import day_field

MOST_REASONS = 4
COUNTRIES = [("", "-"), *((code, code) for code in sorted(ISO_CODES))]


class NewForm(forms.Form):
    """Who applies; the rest is filled in by them through a link, or here."""

    name = forms.CharField(label=_("Name of the company or person"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES, required=False)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("en", "English"), ("de", "Deutsch")]
    )
    is_natural_person = forms.BooleanField(
        label=_("The applicant is a natural person"), required=False
    )
    sends_link = forms.BooleanField(
        label=_("Mail the link to the applicant"), required=False, initial=True
    )


class StaffAnswersForm(forms.Form):
    """Every answer, entered for the applicant."""

    def __init__(self, application: CreditApplication, data: QueryDict | None) -> None:
        """Ask in the currency of the application."""
        initial = {
            **application.answers,
            "name": application.name,
            "country": application.country,
            "region": application.region,
            "contact_email": application.email,
            "asked_minor": application.asked_minor,
            "is_natural_person": application.is_natural_person,
        }
        super().__init__(data, initial=initial)
        self.fields["name"] = forms.CharField(max_length=200)
        self.fields["country"] = forms.ChoiceField(choices=COUNTRIES, required=False)
        self.fields["is_natural_person"] = forms.BooleanField(required=False)
        self.fields["asked_minor"] = MoneyField(application.currency, required=False)
        for name, kind in FIELDS.items():
            if name not in self.fields:
                self.fields[name] = _field(kind, application.currency)
        for name, field in self.fields.items():
            field.label = str(FIELD_LABELS[name])

    def clean(self) -> dict[str, Any]:
        """Return the answers as the action takes them, under one name."""
        told = super().clean() or {}
        return {
            "answers": {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in told.items()
            }
        }


class StaffReferenceForm(forms.Form):
    """Somebody who knows the applicant."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ApplicationReference.Kind.choices)
    name = forms.CharField(label=_("Company or bank"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    person = forms.CharField(label=_("Whom to ask there"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)


class StaffDocumentForm(forms.Form):
    """A file of the applicant."""

    kind = forms.ChoiceField(
        label=_("What it is"), choices=[(one, DOCUMENT_LABELS[one]) for one in DOCUMENTS]
    )
    file = forms.FileField(
        label=_("File"), help_text=_("PDF, PNG, JPEG, TIFF, XLSX or DOCX, at most 10 MB.")
    )


class ConsentGivenForm(forms.Form):
    """Who agreed for the applicant, on paper or by phone."""

    by = forms.CharField(
        label=_("Who agreed for the applicant"),
        max_length=120,
        help_text=_("To the credit check, and that what is stated is true."),
    )


class WaitForm(forms.Form):
    """What the applicant should add."""

    text = forms.CharField(
        label=_("What is needed (it stands in the mail)"), max_length=2_000, widget=forms.Textarea
    )


class JudgeForm(forms.Form):
    """What something that was found comes to."""

    verdict = forms.ChoiceField(label=_("What it comes to"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What shows it"), max_length=300)

    def __init__(self, choices: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        """Offer the two verdicts."""
        super().__init__(*args, **kwargs)
        field = self.fields["verdict"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class RecommendForm(forms.Form):
    """What should be decided."""

    outcome = forms.ChoiceField(
        label=_("Recommendation"), choices=[(APPROVE, _("Approve")), (DECLINE, _("Decline"))]
    )
    terms_days = forms.IntegerField(
        label=_("Days to pay"), min_value=0, max_value=365, required=False
    )
    condition = forms.ChoiceField(
        label=_("Condition"),
        required=False,
        choices=[("", _("None")), *ApplicationCondition.Kind.choices],
    )
    condition_text = forms.CharField(label=_("What exactly"), max_length=300, required=False)
    condition_due_on = day_field(label=_("Condition due on"), required=False)
    reasons = forms.CharField(
        label=_("Reasons of a refusal, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two to four, specific to this applicant. They stand in the letter."),
    )
    note = forms.CharField(
        label=_("Note for who decides"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for amounts in the company's currency."""
        super().__init__(*args, **kwargs)
        self.fields["limit_minor"] = MoneyField(
            currency, label=_("Credit limit in %(code)s") % {"code": currency}, required=False
        )
        self.fields["condition_minor"] = MoneyField(
            currency, label=_("Amount of the condition"), required=False
        )
        self.order_fields(["outcome", "limit_minor", "terms_days", "condition"])

    def clean(self) -> dict[str, Any]:
        """Return the recommendation as the action takes it."""
        told = super().clean() or {}
        conditions: tuple[dict[str, object], ...] = ()
        due_on = told.get("condition_due_on")
        if told.get("condition"):
            conditions = (
                {
                    "kind": told["condition"],
                    "text": told.get("condition_text") or "",
                    "amount_minor": told.get("condition_minor"),
                    "due_on": due_on.isoformat() if due_on else "",
                },
            )
        is_approval = told.get("outcome") == APPROVE
        lines = [line.strip() for line in str(told.get("reasons") or "").splitlines()]
        return {
            "recommendation": Recommendation(
                outcome=str(told.get("outcome", "")),
                limit_minor=(told.get("limit_minor") or 0) if is_approval else 0,
                terms_days=(told.get("terms_days") or 0) if is_approval else 0,
                conditions=conditions if is_approval else (),
                reasons=() if is_approval else tuple(filter(None, lines)),
                note=told.get("note") or "",
            )
        }


class DecideForm(forms.Form):
    """The decision: as recommended, or sent back."""

    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Reason or note"), max_length=300, required=False)

    def __init__(self, application: CreditApplication, *args: Any, **kwargs: Any) -> None:
        """Offer what was recommended, and to send it back."""
        super().__init__(*args, **kwargs)
        labels = {APPROVE: _("Approve as recommended"), DECLINE: _("Decline as recommended")}
        wanted = str(application.recommendation.get("outcome", APPROVE))
        field = self.fields["outcome"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(wanted, labels[wanted]), (SEND_BACK, _("Send back to review"))]


class ActivateForm(forms.Form):
    """The number of the new customer."""

    number = forms.CharField(
        label=_("Customer number"),
        max_length=80,
        required=False,
        help_text=_("Left empty, the number of the application is taken."),
    )


class EvidenceForm(forms.Form):
    """What shows that a condition is met."""

    evidence = forms.CharField(label=_("What shows it"), max_length=300)


class AgencyForm(forms.Form):
    """The agency a report on a person came from."""

    name = forms.CharField(label=_("Agency"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=200)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)


class AskedOnForm(forms.Form):
    """When the applicant asked."""

    asked_on = day_field(label=_("Asked on"))


class ContestForm(forms.Form):
    """What the applicant says against a decision."""

    text = forms.CharField(
        label=_("What the applicant says"), max_length=1_000, widget=forms.Textarea
    )
    asked_on = day_field(label=_("Asked on"))


class ContestAnswerForm(forms.Form):
    """What was found on looking again."""

    is_upheld = forms.TypedChoiceField(
        label=_("The decision"),
        choices=[("1", _("stands")), ("0", _("does not stand; it is taken anew"))],
        coerce=lambda value: value == "1",
    )
    text = forms.CharField(label=_("What was found"), max_length=1_000, widget=forms.Textarea)


class ToldForm(forms.Form):
    """How the applicant was told."""

    how = forms.CharField(label=_("How the applicant was told"), max_length=300)


class CustomerForm(forms.Form):
    """The number of the customer the applicant already is."""

    number = forms.CharField(
        label=_("Customer number"),
        max_length=80,
        required=False,
        help_text=_("Leave it empty to say that the applicant is nobody we know."),
    )


def _field(kind: str, currency: str) -> forms.Field:
    if kind == "money":
        return MoneyField(currency, required=False)
    if kind == "day":
        return day_field(required=False)
    if kind == "number":
        return forms.IntegerField(required=False, min_value=0, max_value=10_000_000)
    if kind == "email":
        return forms.EmailField(required=False, max_length=254)
    return forms.CharField(required=False, max_length=300)
