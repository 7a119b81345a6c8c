"""What a person chooses for themselves: theme and, of several, the company to work for."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from dunwell.web.staff import StaffRequest

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie; anything but light or dark follows the system again."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    response = redirect(address if is_ours else "home")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_POST
def company_switch(request: StaffRequest) -> HttpResponse:
    """Work for another of the person's companies from now on; 404 for one that is not theirs."""
    chosen = request.POST.get("company", "")
    company = next((c for c in request.companies if str(c.pk) == chosen), None)
    if company is None:
        raise Http404
    request.session["company_id"] = company.pk
    return redirect("home")
