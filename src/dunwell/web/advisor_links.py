"""The link that lets an advisor or auditor in for the first time."""

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.advisors import accept_invitation
from dunwell.actions.gate import Refused
from dunwell.queries.advisors import invitation_of
from dunwell.templatetags.sentences import spoken


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def advisor_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is offered, and let in when the button is pressed: a scanner's GET burns nothing.

    Whoever has set up a second factor is asked for it.
    """
    at = clock.now()
    if request.method != "POST":
        offered = invitation_of(token, at=at)
        return render(
            request, "web/advisor_join.html", {"offered": offered}, status=200 if offered else 422
        )
    if not ratelimit.consume(request, action="login"):
        slow: HttpResponse = ratelimit.respond_429(request)
        return slow
    try:
        user = accept_invitation(token=token, at=at)
    except Refused as refusal:
        context = {"offered": None, "refusal": spoken(refusal)}
        return render(request, "web/advisor_join.html", context, status=422)
    logout(request)
    response: HttpResponse = perform_login(request, user, redirect_url=reverse("my-access"))
    return response
