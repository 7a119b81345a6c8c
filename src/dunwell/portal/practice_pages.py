"""/loopback-bank/…: the hosted page of the practice bank, for demo companies and test mode."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell.jobs.practice_bank import buttons_of, practice_session, press
from dunwell.portal.visitors import visitor

BUTTONS = {
    "succeed": _("Pay"),
    "challenge": _("Pay, and be asked to confirm (3-D Secure)"),
    "delay": _("Pay by a way that takes days"),
    "decline": _("Be declined"),
    "cancel": _("Cancel and go back"),
    "confirm": _("Confirm as your bank would ask"),
    "refuse": _("Refuse to confirm"),
    "arrive": _("Let the money arrive"),
    "bounce": _("Let the money fail to arrive"),
    "charge_back": _("Charge it back"),
    "give_way": _("Let the seller win the chargeback"),
    "insist": _("Let the payer win the chargeback"),
}
STATES = {
    "open": _("Waits for you"),
    "challenge": _("Your bank asks whether this is you"),
    "processing": _("The money is under way"),
    "paid": _("Paid"),
    "failed": _("Declined"),
    "cancelled": _("Cancelled"),
    "expired": _("Ran out"),
    "charged_back": _("Charged back"),
    "won": _("The seller won the chargeback"),
    "lost": _("The payer won the chargeback"),
}
LEADS_BACK = frozenset({"paid", "processing", "failed", "cancelled"})


@require_http_methods(["GET", "POST"])
@visitor("practice-bank", most=300)
def practice_page(request: HttpRequest, session_id: str) -> HttpResponse:
    """Show a payment of the practice bank, or press one of its buttons and go back to the seller.

    There is no field to type a number into. 404 where the company's money is real.
    """
    found = practice_session(session_id)
    if found is None:
        raise Http404
    session, provider = found
    if request.method == "POST":
        was_open = session.status in {"open", "challenge"}
        session = press(session_id, request.POST.get("button", "")) or session
        back = str(session.document["return_to"])
        if was_open and session.status in LEADS_BACK and back:
            return redirect(back)
        return redirect("practice-page", session_id=session_id)
    context = {
        "session": session,
        "provider": provider,
        "company": provider.company,
        "state": STATES[session.status],
        "buttons": [(name, BUTTONS[name]) for name in buttons_of(session)],
        "lines": session.document["lines"],
        "back": session.document["return_to"],
    }
    return render(request, "portal/practice_page.html", context)
