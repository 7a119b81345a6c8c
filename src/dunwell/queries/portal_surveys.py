"""Questions about our work that wait for somebody in the portal."""

from datetime import date

from django.db.models import Q

from dunwell.models import Customer, PortalSeat, Survey


def waiting_surveys(
    customer: Customer, seat: PortalSeat | None, *, as_of: date
) -> tuple[Survey, ...]:
    """Return the questions that this person was asked and has not answered; none for others.

    Whose question it is tell the contact of the seat, or the address the question went to.
    """
    if seat is None:
        return ()
    mine = Q(message__to__iexact=seat.person.email)
    if seat.contact_id is not None:
        mine |= Q(contact=seat.contact_id)
    found = Survey.objects.filter(mine, customer=customer, answered_at=None, until_on__gte=as_of)
    return tuple(found.order_by("pk"))


def waiting_survey(
    customer: Customer, seat: PortalSeat | None, survey_id: int, *, as_of: date
) -> Survey | None:
    """Return one of the questions that wait for this person, None for any other."""
    found = waiting_surveys(customer, seat, as_of=as_of)
    return next((one for one in found if one.pk == survey_id), None)
