"""Replays of twelve months under a credit policy: ordered here, done in the background."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import PolicyVersion, Replay
from dunwell.queries.credit_replays import month_ends
from dunwell.queries.runs import first_item_on

Status = Replay.Status


@transaction.atomic
def order_credit_replay(
    *, actor: Actor, version: PolicyVersion, as_of: date, at: datetime
) -> Replay:
    """Note down that the last twelve months' ends are to be replayed under a credit policy.

    The same months under the same version while one is waiting or running are that one.
    Raises Refused for another company's version, one of another kind, and where nothing is
    known of those months.
    """
    actor.require("replay.run")
    if version.company_id != actor.company.pk or version.kind != PolicyVersion.Kind.CREDIT:
        raise Refused("This credit policy belongs to another company.")
    first = first_item_on(actor.company)
    ends = [day for day in month_ends(as_of) if first is not None and day >= first]
    if not ends:
        told = "there is no item yet" if first is None else f"the first item is of {first}"
        raise Refused(f"No month has ended of which anything is known: {told}.")
    span = {"company": actor.company, "version": version, "from_on": ends[0], "to_on": ends[-1]}
    under_way = Replay.objects.filter(**span, status__in=(Status.WAITING, Status.RUNNING)).first()
    if under_way is not None:
        return under_way
    replay = Replay.objects.create(**span, all_days=len(ends), by=actor.name, recorded_at=at)
    record_event(
        actor,
        "replay.ordered",
        replay,
        at=at,
        policy=version.name,
        version=version.version,
        from_on=ends[0].isoformat(),
        to_on=ends[-1].isoformat(),
    )
    return replay
