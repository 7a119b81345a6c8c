"""Four eyes: who made something does not approve it, unless there is nobody else to."""

from django.db.models import QuerySet

from dunwell.actions.gate import Actor, Refused
from dunwell.models import Company, Membership


def own_approval(actor: Actor, *, author: str, refusal: str) -> str:
    """Return why the author may approve here, empty text when the actor is somebody else.

    Raises Refused with `refusal` where a second person could approve.
    """
    if person(author) != person(actor.name):
        return ""
    if actor.company.is_demo:
        return "demo company"
    if others_here(actor.company, actor.user_id).exists():
        raise Refused(refusal)
    return "nobody else works here"


def others_here(company: Company, user_id: int | None) -> QuerySet[Membership]:
    """Return the roles that everybody else who may sign in has in a company."""
    here = Membership.objects.filter(company=company, user__is_active=True)
    return here.exclude(user=user_id)


def person(name: str) -> str:
    """Return the person behind an actor's name: "mona via erp" is Mona's token, and so Mona."""
    return name.partition(" via ")[0]
