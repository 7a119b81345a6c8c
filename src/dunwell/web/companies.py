"""Settings of the company: how it writes to customers, what its desk takes as large."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.companies import edit_company
from dunwell.actions.gate import Refused
from dunwell.models import Company
from dunwell.queries.wordings import LANGUAGES
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page
from dunwell.web.staff import StaffRequest

LANGUAGE_LABELS = {
    "en": _("English"),
    "de": _("German"),
    "fr": _("French"),
    "es": _("Spanish"),
}
FIELDS = ("reply_to", "pay_to", "sending", "feed_max_age_days", "large_item_minor", "language")


class CompanyForm(forms.Form):
    """What a company may set itself."""

    sending = forms.ChoiceField(
        label=_("Sending"), choices=Company.Sending.choices, widget=forms.RadioSelect
    )
    reply_to = forms.EmailField(
        label=_("Answers go to"),
        required=False,
        help_text=_("Replies to reminders reach this address."),
    )
    pay_to = forms.CharField(
        label=_("Pay to"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Bank details as they stand in every message."),
    )
    language = forms.ChoiceField(
        label=_("Language of messages"),
        choices=[(code, LANGUAGE_LABELS[code]) for code in LANGUAGES],
        help_text=_("For customers without a language of their own."),
    )
    feed_max_age_days = forms.IntegerField(
        label=_("Bank data may be this many days old"),
        min_value=0,
        max_value=60,
        help_text=_("Older data stops reminders: somebody may have paid already."),
    )

    def __init__(self, company: Company, *args: object, **kwargs: object) -> None:
        """Read the large amount in the company's own currency."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["large_item_minor"] = MoneyField(
            company.currency,
            label=_("A large item is, in %(currency)s, at least") % {"currency": company.currency},
            help_text=_("Large items rank higher on the worklist."),
        )


@require_http_methods(["GET", "POST"])
def company_edit(request: StaffRequest) -> HttpResponse:
    """Show and change the settings; others are led to the settings they may see."""
    if "company.edit" not in request.actor.rights:
        return redirect("rates")
    company = request.actor.company
    before = {name: getattr(company, name) for name in FIELDS}
    form = CompanyForm(company, request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in FIELDS}
        changes = {name: value for name, value in told.items() if value != before[name]}
        try:
            edit_company(actor=request.actor, changes=changes, at=clock.now())
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Settings kept."), back=reverse("company"))
    return form_page(request, "web/companies.html", form, {"section": "company"})
