"""Credit ratings of the day: what the policy of the company makes of its customers anew."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import CreditRating
from dunwell.queries.credit_ratings import RatingDue, RatingsDue

CHUNK = 1_000
"""Rows of one statement."""


@transaction.atomic
def rate_customers(*, actor: Actor, due: RatingsDue | None, as_of: date, at: datetime) -> int:
    """Write the ratings that changed; return how many.

    A rating that says the same is not written again, and none is ever edited. Nothing is
    written where the company has published no credit policy. Raises Refused for a day before
    the last one that was rated: the past is not rated anew.
    """
    actor.require("cycle.run")
    if due is None or not due.rows:
        return 0
    last = CreditRating.objects.filter(company=actor.company, as_of__gt=as_of)
    if last.exists():
        raise Refused(
            f"Customers were rated after {as_of.isoformat()} already; rate them as of that day "
            "or later."
        )
    rows = [_rating(actor, due, one, as_of=as_of, at=at) for one in due.rows]
    CreditRating.objects.bulk_create(rows, batch_size=CHUNK)
    record_event(
        actor,
        "credit_ratings.written",
        actor.company,
        at=at,
        as_of=as_of.isoformat(),
        customers=due.rated,
        changed=len(rows),
        policy_version=due.version_id,
        scorecard=due.scorecard,
    )
    return len(rows)


def _rating(
    actor: Actor, due: RatingsDue, one: RatingDue, *, as_of: date, at: datetime
) -> CreditRating:
    return CreditRating(
        company=actor.company,
        customer_id=one.customer_id,
        as_of=as_of,
        risk_class=one.decision.risk_class,
        risk=one.decision.risk,
        outcome=one.decision.outcome,
        points=one.decision.points,
        pd_ppm=one.decision.pd_ppm,
        facts=dict(one.facts),
        reasons=[reason.document() for reason in one.decision.reasons],
        digest=one.digest,
        scorecard=due.scorecard,
        scorecard_version=due.scorecard_id,
        policy_version=due.version_id,
        by=actor.name,
        recorded_at=at,
    )
