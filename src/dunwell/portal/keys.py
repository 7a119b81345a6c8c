"""/portal/keys/: keys for a customer's own programs: made, shown once, revoked."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_keys import LONGEST, add_key, revoke_key
from dunwell.jobs.portal_mails import begin_portal_mails
from dunwell.models import PortalKey
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.second_factor import second_factor
from dunwell.portal.visitors import REFUSED
from dunwell.queries.portal_seats import key_rows
from dunwell.templatetags.sentences import spoken

RIGHTS = (
    ("portal.view", _("See items, statement and documents")),
    ("portal.ask", _("Promise payments and query invoices")),
    ("portal.pay", _("See how payments stand")),
)


class KeyForm(forms.Form):
    """A key's name, what it may do, and its last day."""

    name = forms.CharField(label=_("Name of the program"), max_length=80)
    rights = forms.MultipleChoiceField(
        label=_("It may"),
        choices=RIGHTS,
        initial=["portal.view"],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label=_("Works until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@in_portal("portal.manage")
@second_factor
@require_http_methods(["GET", "POST"])
def portal_keys(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List the keys, or make one; it is shown on the page that answers, and never again."""
    if who.seat is None or request.method != "POST":
        return _page(request, who, {})
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            key, token = add_key(
                actor=who.actor,
                seat=who.seat,
                site=request.build_absolute_uri("/"),
                as_of=clock.today(who.company.zone),
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            begin_portal_mails(who.company.pk)
            return _page(request, who, {"token": token, "made": key})
    return _page(request, who, {"form": form}, status=REFUSED)


@in_portal("portal.manage")
@second_factor
@require_POST
def portal_key_revoke(
    request: HttpRequest,  # noqa: ARG001  as every view is called
    who: Debtor,
    key_id: int,
) -> HttpResponse:
    """Stop a key; 404 for another customer's."""
    keys = PortalKey.objects.select_related("customer")
    key = get_object_or_404(keys, pk=key_id, customer=who.customer)
    revoke_key(actor=who.actor, key=key, as_of=clock.today(who.company.zone), at=clock.now())
    return redirect("portal-keys")


def _page(
    request: HttpRequest, who: Debtor, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    today = clock.today(who.company.zone)
    shown = {
        "form": KeyForm(initial={"expires_on": today + LONGEST - timedelta(days=1)}),
        **context,
        "who": who,
        "company": who.company,
        "rows": key_rows(who.customer, as_of=today),
    }
    return render(request, "portal/access/keys.html", shown, status=status)
