"""The clock of covers: deadlines told, met, missed, or gone because the item was paid."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.covers import locked_cover, tell
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.texts import fitting
from dunwell.engine.cover_clock import Deadline
from dunwell.models import CoverNotice
from dunwell.queries.cover_clocks import CoverClock

Status = CoverNotice.Status
Key = tuple[int, str, int | None, date]


@transaction.atomic
def record_notice(
    *,
    actor: Actor,
    notice: CoverNotice,
    note: str = "",
    done_on: date | None = None,
    as_of: date,
    at: datetime,
) -> CoverNotice:
    """Record that a deadline was met: reported, stopped, renewed; today unless a day is named.

    Raises Refused for a day to come, one before the cover was asked for, and for a deadline that
    is done or no longer needed. Done after its day it counts as done, and as late.
    """
    actor.require("cover.report")
    own(actor, notice, "deadline")
    on = as_of if done_on is None else done_on
    told = fitting(text=note, most=300, what="note")
    cover = locked_cover(actor, notice.cover)
    if on > as_of:
        raise Refused("The day on which it was done has not come.")
    if on < cover.requested_on and (cover.from_on is None or on < cover.from_on):
        raise Refused("The day on which it was done lies before the cover.")
    locked = CoverNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    by = f" by {locked.by} on {locked.done_on}" if locked.done_on else ""
    check_status(CoverNotice.MOVES, Status(locked.status), Status.DONE, "This deadline", by)
    locked.status, locked.done_on, locked.by = Status.DONE, on, actor.name
    locked.is_late, locked.note = on > locked.due_on, told
    locked.save(update_fields=["status", "done_on", "by", "is_late", "note"])
    tell(
        actor,
        "cover.deadline_met",
        cover,
        at=at,
        deadline=locked.kind,
        item_id=locked.item_id,
        due_on=locked.due_on.isoformat(),
        done_on=on.isoformat(),
        is_late=locked.is_late,
        reason=told,
    )
    return locked


@transaction.atomic
def watch_covers(*, actor: Actor, clock: CoverClock | None, as_of: date, at: datetime) -> int:
    """Bring told deadlines in line with the clock; return how many changed, 0 without covers.

    New ones are told as far ahead as the policy says. One that passed undone is missed if it had
    been told by its day; one found only afterwards is put to a person as open, for nobody knows
    whether it was kept. What the clock no longer asks for is no longer needed. Writes
    differences only.
    """
    actor.require("cycle.run")
    if clock is None:
        return 0
    standing: dict[Key, Deadline] = {_key(one): one for one in clock.deadlines}
    told = {
        (row.cover_id, row.kind, row.item_id, row.due_on): row
        for row in CoverNotice.objects.select_for_update(no_key=True)
        .filter(company=actor.company, cover__in=clock.covers)
        .order_by("id")
    }
    changed: list[CoverNotice] = []
    facts: list[Fact] = []
    for key, row in told.items():
        verb = _moved(row, is_asked=key in standing, as_of=as_of)
        if verb:
            changed.append(row)
            facts.append(_fact(verb, clock, row))
        elif row.status == Status.OPEN and row.amount_minor != standing[key].amount_minor:
            row.amount_minor = standing[key].amount_minor
            changed.append(row)
    new = [
        CoverNotice(
            company=actor.company,
            cover_id=one.cover_id,
            item_id=one.item_id,
            kind=one.kind,
            due_on=one.due_on,
            amount_minor=one.amount_minor,
            found_on=as_of,
            recorded_at=at,
        )
        for key, one in standing.items()
        if key not in told and (one.due_on - as_of).days <= clock.rules.ahead(one.kind)
    ]
    CoverNotice.objects.bulk_update(changed, ["status", "amount_minor", "done_on"], batch_size=500)
    CoverNotice.objects.bulk_create(new, batch_size=500)
    facts += [_fact("cover.deadline_told", clock, row) for row in new]
    record_events(actor, facts, at=at)
    return len(changed) + len(new)


def _moved(row: CoverNotice, *, is_asked: bool, as_of: date) -> str:
    """Move a told deadline on where it must; return the verb of the event, empty for none."""
    has_passed = row.due_on < as_of
    # the end of a cover is no longer asked for once it has come, and was not met either
    is_due = is_asked or row.kind == CoverNotice.Kind.EXPIRY
    if is_due and row.status == Status.OPEN and has_passed and row.found_on <= row.due_on:
        row.status = Status.MISSED
        return "cover.deadline_missed"
    if row.status in (Status.OPEN, Status.MISSED) and not is_asked:
        if row.kind == CoverNotice.Kind.EXPIRY and has_passed:
            return ""
        row.status, row.done_on = Status.MOOT, as_of
        return "cover.deadline_gone"
    return ""


def _key(one: Deadline) -> Key:
    return one.cover_id, one.kind, one.item_id, one.due_on


def _fact(verb: str, clock: CoverClock, row: CoverNotice) -> Fact:
    cover = clock.covers[row.cover_id]
    return Fact(
        verb=verb,
        subject="cover",
        subject_id=cover.pk,
        customer_id=cover.customer_id,
        data={
            "provider": cover.provider,
            "number": cover.number,
            "deadline": row.kind,
            "item_id": row.item_id,
            "due_on": row.due_on.isoformat(),
        },
    )
