"""/portal/arrangements/: what is agreed, what waits for an answer, and what can be asked for."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_hardship import REST_DAYS, report_hardship
from dunwell.portal.arrangements_forms import KeyedForm, page
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.portal_arrangements import arrangements
from dunwell.templatetags.sentences import spoken


class HardshipForm(KeyedForm):
    """What has happened, in the debtor's own words."""

    text = forms.CharField(
        label=_("What has happened?"),
        max_length=1_800,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say as much as you like. Only people read it."),
    )


@in_portal()
@require_GET
def arrangements_home(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show promises, plans and settlements, and the ways to ask for one."""
    today = clock.today(who.company.zone)
    context = {"arranged": arrangements(who.customer, as_of=today), "today": today}
    return page(request, who, "arrangements", context)


@in_portal("portal.ask", most=60)
@require_http_methods(["GET", "POST"])
def hardship_add(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Take in that the debtor is in difficulty: a person looks at it, reminders rest."""
    form = HardshipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report_hardship(
                actor=who.actor,
                customer=who.customer,
                text=form.cleaned_data["text"],
                key=form.cleaned_data["key"],
                as_of=clock.today(who.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("Thank you for telling us. Somebody looks at it."))
            return redirect("portal-arrangements")
    return page(request, who, "hardship", {"form": form, "days": REST_DAYS}, form)
