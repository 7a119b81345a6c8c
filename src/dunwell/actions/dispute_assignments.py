"""Many dispute cases given to one person or team at once: all of them, or none."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.dispute_moves import assign_case
from dunwell.actions.gate import Actor, Refused
from dunwell.models import DisputeCase, User

MOST_CASES = 200


@transaction.atomic
def assign_cases(
    *,
    actor: Actor,
    cases: Sequence[DisputeCase],
    owner: User | None,
    team: str = "",
    as_of: date,
    at: datetime,
) -> int:
    """Give cases to a person or a team; return how many. Raises Refused where one cannot be given.

    Each has its own event. Raises Refused for none and for more than MOST_CASES.
    """
    actor.require("dispute.edit")
    if not cases:
        raise Refused("Choose at least one case.")
    if len(cases) > MOST_CASES:
        raise Refused(f"Give at most {MOST_CASES} cases at once; {len(cases)} were chosen.")
    # one order for everybody: customers are locked first
    for case in sorted(cases, key=lambda one: (one.customer_id, one.pk)):
        assign_case(actor=actor, case=case, owner=owner, team=team, as_of=as_of, at=at)
    return len(cases)
