"""Settings of the portal: what it shows to customers, and what it takes from them."""

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_settings import LONGEST_WELCOME, save_portal_settings
from dunwell.models import PortalSetting
from dunwell.queries.portal_settings import portal_choices
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

FIELDS = ("shows_limit", "shows_orders", "shows_interest", "takes_statements", "welcome")


class PortalSettingForm(forms.Form):
    """What a company's portal shows."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    shows_limit = forms.ChoiceField(
        label=_("The credit limit is shown to"),
        choices=PortalSetting.ShowsLimit.choices,
        widget=forms.RadioSelect,
        help_text=_("With what is used and free of it. Never with our judgement."),
    )
    shows_orders = forms.BooleanField(
        label=_("Show orders, and what would release held ones"), required=False
    )
    shows_interest = forms.BooleanField(
        label=_("Show late-payment interest that has accrued on an item"), required=False
    )
    takes_statements = forms.BooleanField(
        label=_("Take customers' own lists and compare them with our books"), required=False
    )
    welcome = forms.CharField(
        label=_("Welcome text"),
        max_length=LONGEST_WELCOME,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Stands above the account of every customer."),
    )


@needs("company.edit")
@require_http_methods(["GET", "POST"])
def portal_settings(request: StaffRequest) -> HttpResponse:
    """Show and change what the portal shows."""
    choices = portal_choices(request.actor.company)
    before = {name: getattr(choices, name) for name in (*FIELDS, "version")}
    form = PortalSettingForm(request.POST or None, initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            save_portal_settings(actor=request.actor, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            said = gettext("The settings of the portal are saved.")
            return done(request, said, back=reverse("settings-portal"))
    return form_page(
        request, "web/portal_settings.html", form, {"choices": choices, "section": "portal"}
    )
