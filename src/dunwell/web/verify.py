"""The page that proves the books: a button, every check with its answer, the last answers."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.verifications import record_verification
from dunwell.queries.verifications import verification_rows
from dunwell.web.answers import done, refused
from dunwell.web.staff import StaffRequest


@require_http_methods(["GET", "POST"])
def verify(request: StaffRequest) -> HttpResponse:
    """Show the last proof of the books; a POST makes a new one."""
    if request.method == "POST":
        try:
            found = record_verification(actor=request.actor, at=clock.now())
        except Refused as refusal:
            return refused(request, refusal, back=reverse("verify"))
        if found.broken:
            return redirect("verify")
        text = gettext("All %(n)d checks hold.") % {"n": len(found.proofs)}
        return done(request, text, back=reverse("verify"))
    rows = verification_rows(request.actor.company)
    context = {"last": rows[0] if rows else None, "earlier": rows[1:]}
    return render(request, "web/verify.html", context)
