"""The watch-list: warnings raised and cleared by the cycle, accepted or dismissed by people."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import Fact, record_event, record_events
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.texts import fitting
from dunwell.actions.watches import WatchTerms, start_watch
from dunwell.models import Customer, EarlyWarning, Watch
from dunwell.queries.early_warnings import FoundWarning, WarningsFound, quiet_from

Status = EarlyWarning.Status
Key = tuple[int, str]
FIELDS = [
    *("status", "sign", "strength_ppm", "unit", "measured", "usual", "evidence"),
    *("last_on", "cleared_on", "version"),
]


@transaction.atomic
def raise_warnings(*, actor: Actor, found: WarningsFound, as_of: date, at: datetime) -> int:
    """Bring the watch-list in line with the signs of the day; return how many changed.

    A sign that is new is a warning, one that is gone clears its own, figures that moved are
    written anew. A kind that was dismissed at a customer stays quiet for the policy's days after
    its sign went. Writes differences only.
    """
    actor.require("cycle.run")
    standing: dict[Key, EarlyWarning] = {
        (row.customer_id, row.kind): row
        for row in EarlyWarning.objects.select_for_update(no_key=True)
        .filter(company=actor.company)
        .exclude(status=Status.CLEARED)
        .order_by("id")
    }
    signs: dict[Key, FoundWarning] = {(one.customer_id, one.kind): one for one in found.found}
    changed = [
        row
        for key, row in standing.items()
        if (_renewed(row, signs[key], as_of) if key in signs else _cleared(row, as_of))
    ]
    fresh = [key for key in signs if key not in standing]
    quiet = _quiet(actor, found, as_of=as_of) if fresh else set()
    new = [
        EarlyWarning(
            company=actor.company,
            customer_id=one.customer_id,
            kind=one.kind,
            sign=one.sign,
            strength_ppm=one.strength_ppm,
            unit=one.unit,
            measured=one.measured,
            usual=one.usual,
            evidence=dict(one.evidence),
            since_on=one.since_on,
            first_on=as_of,
            last_on=as_of,
            recorded_at=at,
        )
        for key in fresh
        if key not in quiet and (one := signs[key])
    ]
    EarlyWarning.objects.bulk_update(changed, FIELDS, batch_size=500)
    EarlyWarning.objects.bulk_create(new, batch_size=500)
    told = [_fact("warning.raised", row) for row in new]
    told += [_fact("warning.cleared", row) for row in changed if row.status == Status.CLEARED]
    record_events(actor, told, at=at)
    return len(changed) + len(new)


@transaction.atomic
def decide_warning(
    *,
    actor: Actor,
    warning: EarlyWarning,
    is_accepted: bool,
    reason: str = "",
    playbook: str = "",
    as_of: date,
    at: datetime,
) -> EarlyWarning:
    """Accept a warning, or dismiss it with the reason; accepting may put the customer under watch.

    With `playbook` an accepted warning starts a watch by it, or is put under the one that stands.
    Raises Refused for a dismissal without a reason and for a warning that is decided or cleared.
    """
    actor.require("warning.decide")
    own(actor, warning, "warning")
    told = fitting(text=reason, most=300, what="reason")
    if not is_accepted and not told:
        raise Refused("Say why this warning is none; it is not raised again for some time.")
    Customer.objects.select_for_update(no_key=True).get(pk=warning.customer_id)
    locked = (
        EarlyWarning.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer")
        .get(pk=warning.pk)
    )
    status = Status.ACCEPTED if is_accepted else Status.DISMISSED
    by = f" by {locked.decided_by} on {locked.decided_on}" if locked.decided_on else ""
    check_status(EarlyWarning.MOVES, Status(locked.status), status, "This warning", by)
    if is_accepted and playbook.strip():
        locked.watch = _watch(actor, locked, playbook, told, as_of=as_of, at=at)
    locked.status, locked.verdict = status, str(status)
    locked.decided_by, locked.decided_on, locked.reason = actor.name, as_of, told
    locked.version += 1
    locked.save()
    record_event(
        actor,
        "warning.accepted" if is_accepted else "warning.dismissed",
        locked,
        at=at,
        customer_id=locked.customer_id,
        kind=locked.kind,
        watch_id=locked.watch_id,
        reason=told,
    )
    return locked


def _watch(
    actor: Actor,
    warning: EarlyWarning,
    playbook: str,
    reason: str,
    *,
    as_of: date,
    at: datetime,
) -> Watch:
    """Return the watch that stands over the customer, else a new one."""
    standing = (
        Watch.objects.filter(customer=warning.customer_id, status=Watch.Status.RUNNING)
        .order_by("id")
        .first()
    )
    if standing is not None:
        return standing
    return start_watch(
        actor=actor,
        customer=warning.customer,
        playbook=playbook,
        reason=reason or f"Early warning: {warning.kind.replace('_', ' ')}",
        terms=WatchTerms(),
        as_of=as_of,
        at=at,
    )


def _renewed(row: EarlyWarning, one: FoundWarning, as_of: date) -> bool:
    """Take over what is found now; return whether anything differs."""
    now = (one.sign, one.strength_ppm, one.unit, one.measured, one.usual, dict(one.evidence))
    before = (row.sign, row.strength_ppm, row.unit, row.measured, row.usual, row.evidence)
    if now == before:
        return False
    row.sign, row.strength_ppm, row.unit, row.measured, row.usual, row.evidence = now
    row.last_on = as_of
    row.version += 1
    return True


def _cleared(row: EarlyWarning, as_of: date) -> bool:
    row.status, row.cleared_on = Status.CLEARED, as_of
    row.version += 1
    return True


def _quiet(actor: Actor, found: WarningsFound, *, as_of: date) -> set[Key]:
    """Return the kinds that were dismissed at a customer and went not long ago."""
    return set(
        EarlyWarning.objects.filter(
            company=actor.company,
            status=Status.CLEARED,
            verdict=Status.DISMISSED,
            cleared_on__gt=quiet_from(as_of, found.rules),
        ).values_list("customer", "kind")
    )


def _fact(verb: str, row: EarlyWarning) -> Fact:
    return Fact(
        verb=verb,
        subject="earlywarning",
        subject_id=row.pk,
        customer_id=row.customer_id,
        data={"kind": row.kind, "sign": row.sign, "strength_ppm": row.strength_ppm},
    )
