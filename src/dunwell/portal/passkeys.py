"""/portal/passkeys/: a person's passkeys: adding one, removing one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_passkeys import add_passkey, remove_passkey
from dunwell.jobs.portal_mails import begin_portal_mails
from dunwell.models import PortalPasskey
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.second_factor import second_factor
from dunwell.portal.visitors import REFUSED
from dunwell.portal.webauthn import PasskeyError, asked_new, made
from dunwell.queries.portal_seats import passkey_rows
from dunwell.templatetags.sentences import spoken


class PasskeyForm(forms.Form):
    """What the passkey is called; the browser fills in the rest."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=80)
    credential = forms.CharField(widget=forms.HiddenInput, required=False)


@in_portal()
@second_factor
@require_http_methods(["GET", "POST"])
def portal_passkeys(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List a person's passkeys, or keep a new one the browser has made."""
    if who.seat is None or request.method != "POST":
        return _page(request, who, {})
    form = PasskeyForm(request.POST)
    if form.is_valid():
        try:
            credential_id, credential, count = made(request)
            add_passkey(
                actor=who.actor,
                seat=who.seat,
                name=form.cleaned_data["name"],
                credential_id=credential_id,
                credential=credential,
                sign_count=count,
                site=request.build_absolute_uri("/"),
                at=clock.now(),
            )
        except (PasskeyError, Refused) as refusal:
            form.add_error(None, spoken(refusal))
        else:
            begin_portal_mails(who.company.pk)
            messages.success(request, gettext("The passkey is kept. Use it to sign in."))
            return redirect("portal-passkeys")
    return _page(request, who, {"form": form}, status=REFUSED)


@in_portal()
@second_factor
@require_POST
def portal_passkey_new(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Return what the browser makes a passkey from."""
    if who.seat is None:
        return redirect("portal-enter")
    return asked_new(request, who.seat.person)


@in_portal()
@second_factor
@require_POST
def portal_passkey_remove(
    request: HttpRequest,  # noqa: ARG001  as every view is called
    who: Debtor,
    passkey_id: int,
) -> HttpResponse:
    """Remove one's own passkey; 404 for somebody else's."""
    if who.seat is None:
        return redirect("portal-enter")
    passkey = get_object_or_404(PortalPasskey, pk=passkey_id, person=who.seat.person_id)
    remove_passkey(actor=who.actor, seat=who.seat, passkey=passkey, at=clock.now())
    return redirect("portal-passkeys")


def _page(
    request: HttpRequest, who: Debtor, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {
        "form": PasskeyForm(),
        **context,
        "who": who,
        "company": who.company,
        "rows": passkey_rows(who.seat.person) if who.seat else [],
    }
    return render(request, "portal/access/passkeys.html", shown, status=status)
