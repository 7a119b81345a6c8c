"""What desk tests share: actors by role, and a look at the events."""

from dunwell.actions.gate import staff
from dunwell.models import Event


def acting(user):
    """The person as an actor in their one company."""
    return staff(user, user.memberships.order_by("id")[0].company)


def verbs(company):
    """The verbs of the company's events in order, those of building the ledger left out."""
    found = Event.objects.filter(company=company).order_by("seq")
    return [verb for verb in found.values_list("verb", flat=True) if verb not in BUILDING]


def last_event(company):
    """Verb, actor, customer and data of the company's newest event."""
    event = Event.objects.filter(company=company).order_by("-seq")[0]
    return event.verb, event.actor, event.customer_id, event.data


BUILDING = {"item.added", "payment.recorded", "payment.applied", "payment.reversed"}
