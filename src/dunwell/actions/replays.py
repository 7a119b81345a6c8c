"""Replays of past days under a strategy: ordered by a person, done in the background."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.models import PolicyVersion, Replay
from dunwell.queries.replays import LONGEST_DAYS
from dunwell.queries.runs import first_item_on

Status = Replay.Status


@transaction.atomic
def order_replay(
    *, actor: Actor, version: PolicyVersion, from_on: date, to_on: date, as_of: date, at: datetime
) -> Replay:
    """Note down that the days `from_on` to `to_on` are to be replayed under a strategy version.

    The same days under the same version while one is waiting or running are that one. Raises
    Refused for another company's version, days to come, before the first item, or too many.
    """
    actor.require("replay.run")
    if version.company_id != actor.company.pk or version.kind != PolicyVersion.Kind.STRATEGY:
        raise Refused("This strategy belongs to another company.")
    if from_on > to_on:
        raise Refused("The first day lies after the last one.")
    if to_on > as_of:
        raise Refused(f"{to_on.isoformat()} has not come; replay days up to {as_of.isoformat()}.")
    days = (to_on - from_on).days + 1
    if days > LONGEST_DAYS:
        raise Refused(f"{days} days are too many at once; replay at most {LONGEST_DAYS}.")
    first = first_item_on(actor.company)
    if first is None or from_on < first:
        told = "there is no item yet" if first is None else f"the first item is of {first}"
        raise Refused(f"Nothing is known of {from_on.isoformat()}: {told}.")
    under_way = Replay.objects.filter(
        company=actor.company,
        version=version,
        from_on=from_on,
        to_on=to_on,
        status__in=(Status.WAITING, Status.RUNNING),
    ).first()
    if under_way is not None:
        return under_way
    replay = Replay.objects.create(
        company=actor.company,
        version=version,
        from_on=from_on,
        to_on=to_on,
        all_days=2 * days,
        by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "replay.ordered",
        replay,
        at=at,
        strategy=version.name,
        version=version.version,
        from_on=from_on.isoformat(),
        to_on=to_on.isoformat(),
    )
    return replay


@transaction.atomic
def begin_replay(*, actor: Actor, replay: Replay) -> None:
    """Mark a replay as running; one that a dead process left running begins anew."""
    actor.require("replay.run")
    rows = Replay.objects.filter(
        pk=replay.pk, company=actor.company, status__in=(Status.WAITING, Status.RUNNING)
    ).update(status=Status.RUNNING, done_days=0)
    if rows != 1:
        raise Refused("This replay has ended; order it again.")


@transaction.atomic
def tell_replay(*, actor: Actor, replay: Replay, done_days: int) -> None:
    """Say how far a replay is: days done of both courses together."""
    actor.require("replay.run")
    Replay.objects.filter(pk=replay.pk, status=Status.RUNNING).update(done_days=done_days)


@transaction.atomic
def finish_replay(
    *,
    actor: Actor,
    replay: Replay,
    at: datetime,
    summary: dict[str, Any] | None = None,
    rows_sha256: str = "",
    error: str = "",
) -> None:
    """Keep what a replay found, or why it failed; raise Refused when it has ended already."""
    actor.require("replay.run")
    status = Status.FAILED if error else Status.DONE
    fields: dict[str, Any] = {} if error else {"done_days": replay.all_days}
    rows = Replay.objects.filter(
        pk=replay.pk, company=actor.company, status=Status.RUNNING
    ).update(
        status=status,
        summary=summary or {},
        rows_sha256=rows_sha256,
        error=error[:500],
        finished_at=at,
        **fields,
    )
    if rows != 1:
        raise Refused("This replay has ended; order it again.")
    record_event(actor, f"replay.{status}", replay, at=at, error=error[:200], **(summary or {}))
