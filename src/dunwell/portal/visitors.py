"""The request of somebody without an account: who acts, how often, and for which application."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from dunwell import clock
from dunwell.actions.gate import Actor
from dunwell.models import Company, CreditApplication
from dunwell.queries.application_links import form_slug

View = Callable[..., HttpResponse]
WINDOW_SECONDS = 600
SESSION_KEY = "application"
TOO_MANY = 429
REFUSED = 422
TOO_LARGE = 413


def outsider(company: Company, name: str) -> Actor:
    """Return somebody who came through a link as an actor: may fill in an application."""
    return Actor(company=company, name=name[:150], rights=frozenset({"application.edit"}))


def applicant(application: CreditApplication) -> Actor:
    """Return whoever opened an application by its link as an actor."""
    return outsider(application.company, f"applicant of {application.number}")


def visitor(action: str, *, most: int) -> Callable[[View], View]:
    """Let everybody in, at most so often in ten minutes from one address; nothing is cached.

    A GET counts a tenth: reading is cheap, guessing and sending are not.
    """

    def guard(view: View) -> View:
        @login_not_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _may(request, action, most=most):
                return render(request, "portal/slow.html", status=TOO_MANY)
            response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
            return response

        return guarded

    return guard


def of_applicant(view: View) -> View:
    """Give a view the application this visitor has opened; whoever has none is told what to do."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        application = current_application(request)
        if application is None:
            return render(request, "portal/gone.html", status=REFUSED)
        return view(request, application, *args, **kwargs)

    return opened


def remember(request: HttpRequest, application: CreditApplication) -> None:
    """Let this browser go on with an application; what was opened before is forgotten."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {"id": application.pk}
    translation.activate(application.language)


def forget(request: HttpRequest) -> None:
    """Close the application in this browser."""
    request.session.pop(SESSION_KEY, None)


def current_application(request: HttpRequest) -> CreditApplication | None:
    """Return the application this browser has opened, None where there is none (any more)."""
    told = request.session.get(SESSION_KEY)
    key = told.get("id") if isinstance(told, dict) else None
    if not isinstance(key, int):
        return None
    return CreditApplication.objects.filter(pk=key).select_related("company").first()


def company_of(slug: str) -> Company:
    """Return the company of an address such as acme-ltd-3; Http404 for any other."""
    _, _, key = slug.rpartition("-")
    if not key.isdigit() or len(key) > len(str(2**31)):
        raise Http404
    company = Company.objects.filter(pk=int(key)).first()
    if company is None or form_slug(company) != slug:
        raise Http404
    return company


def _may(request: HttpRequest, action: str, *, most: int) -> bool:
    """Count a request of an address; return whether it is within the limit of the window."""
    weight = 1 if request.method == "GET" else 10
    window = int(clock.now().timestamp()) // WINDOW_SECONDS
    key = f"portal:{action}:{get_adapter().get_client_ip(request)}:{window}"
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    return cache.incr(key, weight) <= most * 10
