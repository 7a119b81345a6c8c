"""How pages answer a form: done, refused, or shown again with what is wrong.

A form works three ways from one view: as a page, inside a dialog (htmx), and without a script.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from dunwell.actions.gate import Forbidden, Refused
from dunwell.models import Customer, User
from dunwell.templatetags.sentences import spoken
from dunwell.web.staff import StaffRequest

REFUSED = 422
FORBIDDEN = 403


def back_to(request: StaffRequest, default: str) -> str:
    """Return the page of ours that the form names as `next`, or the default."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return default


def done(
    request: StaffRequest, text: str, *, back: str, then: str = "", title: str = ""
) -> HttpResponse:
    """Say what was done: to a script by events, to a browser by going back to a page.

    `then` is a form that follows at once under a title, as the promise after a call. A form that
    is the page itself is left by a script too: shown again, the page would be that form.
    """
    if request.htmx and not _is_own_page(request):
        response = HttpResponse(status=204)
        trigger_client_event(response, "toast", {"text": text})
        return trigger_client_event(response, "acted", {"then": then, "title": title})
    messages.success(request, text)
    address = then or back_to(request, back)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _is_own_page(request: StaffRequest) -> bool:
    """Return whether the form that a script sent stands on its own page, in no dialog."""
    return urlsplit(request.htmx.current_url or "").path == request.path


def refused(request: StaffRequest, refusal: Refused, *, back: str) -> HttpResponse:
    """Show why a button's action was refused: 403 when the right is missing, else 422."""
    status = FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    context = {"refusal": spoken(refusal), "back": back_to(request, back)}
    if request.htmx:
        response = HttpResponse(status=204)
        return trigger_client_event(response, "toast", {"text": spoken(refusal), "error": True})
    return render(request, "web/refused.html", context, status=status)


def posted(request: StaffRequest) -> QueryDict | None:
    """Return what was sent, or None to show an empty form; an empty form that is sent is sent."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: StaffRequest, template: str, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    """Show a form, in a dialog the form alone; 422 when something in it is wrong."""
    status = REFUSED if form.is_bound and form.errors else 200
    part = "#form" if request.htmx else ""
    shown = {"form": form, "next": back_to(request, ""), **context}
    return render(request, f"{template}{part}", shown, status=status)


def told_page(
    request: StaffRequest,
    form: forms.Form,
    act: Callable[..., object],
    *,
    said: str,
    back: str,
    context: Mapping[str, object],
    template: str = "web/plain_form.html",
) -> HttpResponse:
    """Show a form and give what is told to `act`, by the names of its fields; then say so.

    A refusal stands at the form. `context` holds heading, lead, button, action and crumb; of the
    template `web/simple_form.html` heading, button, action and the customer.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, said, back=back)
    return form_page(request, template, form, {"back": back, **context})


def progress(request: StaffRequest, template: str, context: dict[str, Any] | None) -> HttpResponse:
    """Return a line of progress alone; without a context htmx loads the page again: it is over."""
    if context is not None:
        return render(request, template, context)
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


def customer_or_404(request: StaffRequest, customer_id: int) -> Customer:
    """Return a customer of the company the person works for now; otherwise there is none."""
    return get_object_or_404(Customer, pk=customer_id, company=request.actor.company)


def colleague_or_404(request: StaffRequest, user_id: int | None) -> User:
    """Return a person with a role in the same company; of others there is none."""
    people = User.objects.filter(memberships__company=request.actor.company).distinct()
    return get_object_or_404(people, pk=user_id)
