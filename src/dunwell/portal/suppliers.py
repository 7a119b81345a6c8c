"""/portal/suppliers/: all companies somebody has access to, with what is owed, and switching."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused, debtor
from dunwell.actions.portal_access import take_other_seat
from dunwell.models import PortalSeat
from dunwell.portal.debtors import Debtor, in_portal, take_seat
from dunwell.queries.portal_seats import seats_of, supplier_rows


@in_portal()
@require_GET
def portal_seats(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List the suppliers; whoever looks on by a link has one alone."""
    if who.seat is None:
        return redirect("portal-home")
    days = {seat.company_id: clock.today(seat.company.zone) for seat in seats_of(who.seat.person)}
    rows = supplier_rows(who.seat.person, days=days)
    context = {"who": who, "company": who.company, "rows": rows}
    return render(request, "portal/access/suppliers.html", context)


@in_portal()
@require_POST
def portal_seat_take(request: HttpRequest, who: Debtor, seat_id: int) -> HttpResponse:
    """Go on with another supplier; 404 for a seat that is not the person's own."""
    if who.seat is None:
        return redirect("portal-enter")
    seats = PortalSeat.objects.select_related("company", "customer", "person")
    seat = get_object_or_404(seats, pk=seat_id, person=who.seat.person_id, ended_on=None)
    try:
        take_other_seat(actor=debtor(seat), seat=seat, at=clock.now())
    except Refused:
        return redirect("portal-seats")
    take_seat(request, seat)
    return redirect("portal-home")
