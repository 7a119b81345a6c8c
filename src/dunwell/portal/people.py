"""/portal/people/: who else has access, what I am called, and giving or ending access."""

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
from dunwell.actions.portal_access import change_role, edit_person, end_seat, invite_person
from dunwell.jobs.portal_mails import begin_portal_mails
from dunwell.models import PortalSeat
from dunwell.portal.debtors import FORBIDDEN, Debtor, in_portal, leave
from dunwell.portal.second_factor import is_confirmed, second_factor
from dunwell.portal.visitors import REFUSED
from dunwell.queries.portal_seats import passkey_rows, seat_rows
from dunwell.templatetags.sentences import spoken

LANGUAGES = (
    ("", _("As the supplier writes")),
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
)


class PersonForm(forms.Form):
    """What a person is called, and the language of pages and mails."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)


class ColleagueForm(forms.Form):
    """Somebody to be given access."""

    email = forms.EmailField(label=_("Mail address"), max_length=120)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    role = forms.ChoiceField(
        label=_("May"), choices=PortalSeat.Role.choices, initial=PortalSeat.Role.PAYER
    )
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=LANGUAGES, required=False
    )


@in_portal()
@require_http_methods(["GET", "POST"])
def portal_people(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show who has access and what is mine; a form changes my name and language."""
    if request.method != "POST" or who.seat is None:
        return _page(request, who, {})
    form = PersonForm(request.POST)
    if form.is_valid():
        try:
            edit_person(actor=who.actor, seat=who.seat, at=clock.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("portal-people")
    return _page(request, who, {"form": form}, status=REFUSED)


@in_portal("portal.manage")
@second_factor
@require_http_methods(["GET", "POST"])
def portal_person_invite(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Give a colleague access."""
    form = ColleagueForm(request.POST or None)
    if form.is_valid():
        try:
            invite_person(
                actor=who.actor,
                customer=who.customer,
                site=request.build_absolute_uri("/"),
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            begin_portal_mails(who.company.pk)
            messages.success(request, gettext("The invitation is on its way."))
            return redirect("portal-people")
    context = {"who": who, "company": who.company, "form": form}
    status = REFUSED if form.is_bound else 200
    return render(request, "portal/access/invite.html", context, status=status)


@in_portal("portal.manage")
@second_factor
@require_POST
def portal_seat_role(request: HttpRequest, who: Debtor, seat_id: int) -> HttpResponse:
    """Give a colleague another role."""
    seat = _seat(who, seat_id)
    try:
        change_role(
            actor=who.actor,
            seat=seat,
            role=request.POST.get("role", ""),
            site=request.build_absolute_uri("/"),
            at=clock.now(),
        )
    except Refused as refusal:
        return _page(request, who, {"refusal": spoken(refusal)}, status=REFUSED)
    begin_portal_mails(who.company.pk)
    return redirect("portal-people")


@in_portal()
@require_http_methods(["GET", "POST"])
def portal_seat_end(request: HttpRequest, who: Debtor, seat_id: int) -> HttpResponse:
    """Ask, then end a colleague's access, or one's own."""
    seat = _seat(who, seat_id)
    is_own = who.seat is not None and seat.pk == who.seat.pk
    context: dict[str, Any] = {"who": who, "company": who.company, "seat": seat, "is_own": is_own}
    if not is_own and not who.can_manage:
        return render(request, "portal/account/not_allowed.html", context, status=FORBIDDEN)
    if request.method == "POST":
        try:
            end_seat(
                actor=who.actor,
                seat=seat,
                as_of=clock.today(who.company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            context["refusal"] = spoken(refusal)
            return render(request, "portal/access/end.html", context, status=REFUSED)
        if is_own:
            leave(request)
            return redirect("portal-enter")
        return redirect("portal-people")
    return render(request, "portal/access/end.html", context)


def _seat(who: Debtor, seat_id: int) -> PortalSeat:
    """Return a live seat of the same customer; Http404 for any other."""
    seats = PortalSeat.objects.select_related("person", "customer__company", "company")
    return get_object_or_404(seats, pk=seat_id, customer=who.customer, ended_on=None)


def _page(
    request: HttpRequest, who: Debtor, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    person = who.seat.person if who.seat else None
    initial = {"name": person.name, "language": person.language} if person else {}
    shown = {
        "form": PersonForm(initial=initial),
        **context,
        "who": who,
        "company": who.company,
        "person": person,
        "rows": seat_rows(who.customer) if person else [],
        "roles": PortalSeat.Role.choices,
        "is_confirmed": is_confirmed(request, who),
        "passkeys": passkey_rows(person) if person else [],
    }
    return render(request, "portal/access/people.html", shown, status=status)
