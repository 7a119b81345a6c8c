"""The guided tour of the demo's portal: the steps through it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.tours import PORTAL
from dunwell.templatetags.tours import moved, stages


@in_portal()
@require_POST
def portal_tour(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Begin the tour, go on with it or end it; 404 outside a demo company."""
    if not who.company.is_demo:
        raise Http404
    rights = who.actor.rights
    found = stages(PORTAL, who.company, rights=rights, customer=who.customer)
    return redirect(moved(request, PORTAL, who.company, found) or "portal-home")
