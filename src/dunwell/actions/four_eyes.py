"""Four eyes: who made something does not approve it, unless there is nobody else to."""

from dunwell.actions.gate import Actor, Refused
from dunwell.models import Membership


def own_approval(actor: Actor, *, author: str, refusal: str) -> str:
    """Return why the author may approve here, empty text when the actor is somebody else.

    Raises Refused with `refusal` where a second person could approve.
    """
    if person(author) != person(actor.name):
        return ""
    if actor.company.is_demo:
        return "demo company"
    others = Membership.objects.filter(company=actor.company, user__is_active=True).exclude(
        user=actor.user_id
    )
    if others.exists():
        raise Refused(refusal)
    return "nobody else works here"


def person(name: str) -> str:
    """Return the person behind an actor's name: "mona via erp" is Mona's token, and so Mona."""
    return name.partition(" via ")[0]
