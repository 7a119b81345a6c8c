"""The second factor: a fresh passkey or a code by mail, where a link alone is not enough.

`@second_factor` stands under `@in_portal`: who is not confirmed is led to the page that asks, and
back.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_codes import check_code, send_code
from dunwell.actions.portal_passkeys import confirm_by_passkey
from dunwell.jobs.portal_mails import begin_portal_mails
from dunwell.models import PortalSeat
from dunwell.portal.debtors import CONFIRMED_KEY, FORBIDDEN, Debtor, in_portal
from dunwell.portal.visitors import REFUSED
from dunwell.portal.webauthn import PasskeyError, asked, checked
from dunwell.queries.portal_seats import masked_email, passkey_rows
from dunwell.templatetags.sentences import spoken

LASTS_SECONDS = 15 * 60
CODE_KEY = "portal_code"
Guarded = Callable[..., HttpResponse]


class CodeForm(forms.Form):
    """The six digits."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def second_factor(view: Guarded) -> Guarded:
    """Let only somebody through who confirmed within fifteen minutes who it is."""

    @wraps(view)
    def confirmed(request: HttpRequest, who: Debtor, *args: Any, **kwargs: Any) -> HttpResponse:
        if who.seat is None:
            context = {"who": who, "company": who.company}
            return render(request, "portal/account/not_allowed.html", context, status=FORBIDDEN)
        if is_confirmed(request, who):
            return view(request, who, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else _page_before(request)
        return redirect(f"{reverse('portal-confirm')}?next={quote(back)}")

    return confirmed


def is_confirmed(request: HttpRequest, who: Debtor) -> bool:
    """Return whether the person confirmed in this browser a short while ago."""
    told = request.session.get(CONFIRMED_KEY)
    if who.seat is None or not isinstance(told, dict):
        return False
    until = told.get("until")
    is_own = told.get("person") == who.seat.person_id
    return is_own and isinstance(until, int) and clock.now().timestamp() < until


def confirm(request: HttpRequest, seat: PortalSeat) -> None:
    """Note in the session that the person has just confirmed."""
    until = int(clock.now().timestamp()) + LASTS_SECONDS
    request.session[CONFIRMED_KEY] = {"person": seat.person_id, "until": until}


@in_portal(most=60)
@require_http_methods(["GET", "POST"])
def portal_confirm(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Ask for a passkey or the code that was sent, and take the code."""
    if who.seat is None:
        return redirect("portal-enter")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        is_right = check_code(
            actor=who.actor,
            seat=who.seat,
            key=int(request.session.get(CODE_KEY) or 0),
            said=form.cleaned_data["code"],
            at=clock.now(),
        )
        if is_right:
            request.session.pop(CODE_KEY, None)
            confirm(request, who.seat)
            return redirect(_next(request))
        form.add_error("code", gettext("This is not the code, or it does not work any more."))
    return _page(request, who, {"form": form}, status=REFUSED if form.is_bound else 200)


@in_portal(most=20)
@require_POST
def portal_confirm_send(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Send a code to the person's own address."""
    if who.seat is None:
        return redirect("portal-enter")
    try:
        code = send_code(
            actor=who.actor,
            seat=who.seat,
            site=request.build_absolute_uri("/"),
            at=clock.now(),
        )
    except Refused as refusal:
        return _page(request, who, {"refusal": spoken(refusal)}, status=REFUSED)
    request.session[CODE_KEY] = code.pk
    begin_portal_mails(who.company.pk)
    return redirect(f"{reverse('portal-confirm')}?next={quote(_next(request))}")


@in_portal(most=60)
@require_POST
def portal_confirm_options(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Return what the browser asks the person's passkeys."""
    return asked(request, who.seat.person if who.seat else None)


@in_portal(most=60)
@require_POST
def portal_confirm_passkey(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Take the answer of a passkey."""
    if who.seat is None:
        return redirect("portal-enter")
    try:
        passkey, count = checked(request)
        confirm_by_passkey(
            actor=who.actor, passkey=passkey, seat=who.seat, sign_count=count, at=clock.now()
        )
    except (PasskeyError, Refused) as refusal:
        return _page(request, who, {"refusal": spoken(refusal)}, status=REFUSED)
    confirm(request, who.seat)
    return redirect(_next(request))


def _page(
    request: HttpRequest, who: Debtor, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {
        "form": CodeForm(),
        **context,
        "who": who,
        "company": who.company,
        "next": _next(request),
        "to": masked_email(who.seat.person.email) if who.seat else "",
        "is_sent": CODE_KEY in request.session,
        "passkeys": passkey_rows(who.seat.person) if who.seat else [],
    }
    return render(request, "portal/access/confirm.html", shown, status=status)


def _next(request: HttpRequest) -> str:
    """Return where to go on, a page of the portal in any case."""
    told = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(told, allowed_hosts=None)
    return told if is_ours and told.startswith("/portal/") else reverse("portal-people")


def _page_before(request: HttpRequest) -> str:
    """Return the page a form was sent from; the list of people where it is not told."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc == request.get_host() and parts.path.startswith("/portal/"):
        return parts.path
    return reverse("portal-people")
