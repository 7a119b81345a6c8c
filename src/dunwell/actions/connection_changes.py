"""Write-backs to outside ledgers: proposed from our books, tried, approved, then written."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from dunwell.actions.connections import locked_connection
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import needed
from dunwell.formats.connection_rows import OutsideWrite, WriteVerdict
from dunwell.models import Connection, ConnectionChange, ConnectionCustomer, Customer
from dunwell.queries.connection_books import wishes

LEASE = timedelta(minutes=10)
MOST_AT_ONCE = 1_000
Kind, Status = ConnectionChange.Kind, ConnectionChange.Status


@transaction.atomic
def propose_changes(*, actor: Actor, connection: Connection, as_of: date, at: datetime) -> int:
    """Propose limits and holds that our books have and were not written there; return how many.

    A proposal that waits and says otherwise by now is dismissed for the new one. At most 1,000 at
    once; run again it adds what is left.
    """
    actor.require("connection.sync")
    found = locked_connection(actor, connection)
    writes = set(found.system.get("writes", ()))
    wanted: dict[tuple[int, str], str] = {}
    for wish in wishes(found, as_of=as_of):
        if Kind.CREDIT_LIMIT in writes and wish.limit is not None:
            wanted[wish.customer_id, Kind.CREDIT_LIMIT] = wish.limit
        if Kind.HOLD in writes:
            wanted[wish.customer_id, Kind.HOLD] = "1" if wish.is_held else ""
    rows = ConnectionChange.objects.filter(connection=found).exclude(kind=Kind.NOTE)
    newest = rows.values("customer", "kind").annotate(last=Max("pk")).values("last")
    last = {
        (one.customer_id, one.kind): one for one in ConnectionChange.objects.filter(pk__in=newest)
    }
    fresh, stale = [], []
    for (customer, kind), value in wanted.items():
        before = last.get((customer, kind))
        if before is not None and before.value == value:
            continue
        if before is None and kind == Kind.HOLD and not value:
            # nobody was ever held from here: what stands there is theirs
            continue
        if before is not None and before.status in ConnectionChange.WAITING:
            if before.status == Status.WRITING:
                continue
            stale.append(before.pk)
        fresh.append(
            ConnectionChange(
                connection=found, customer_id=customer, kind=kind, value=value,
                currency=found.company.currency if kind == Kind.CREDIT_LIMIT else "",
                proposed_by=actor.name, proposed_at=at,
            )
        )  # fmt: skip
    fresh = fresh[:MOST_AT_ONCE]
    ConnectionChange.objects.filter(pk__in=stale).update(
        status=Status.DISMISSED, decided_by=actor.name, decided_at=at, error="our books changed"
    )
    ConnectionChange.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        record_event(
            actor, "connection_change.proposed", found, at=at, name=found.name, changes=len(fresh)
        )
    return len(fresh)


@transaction.atomic
def propose_note(
    *, actor: Actor, connection: Connection, customer: Customer, text: str, at: datetime
) -> ConnectionChange:
    """Propose a note at a customer there; raise Refused where the customer is not there."""
    actor.require("connection.sync")
    open_customer(actor, customer)
    found = locked_connection(actor, connection)
    told = needed(text=text, most=500, what="note", missing="Write the note.")
    if Kind.NOTE not in found.system.get("writes", ()):
        raise Refused(f"{found.name} takes no notes.")
    if not ConnectionCustomer.objects.filter(connection=found, customer=customer).exists():
        raise Refused(f"{customer.name} is not known to {found.name}.")
    change = ConnectionChange.objects.create(
        connection=found, customer=customer, kind=Kind.NOTE, value=told,
        proposed_by=actor.name, proposed_at=at,
    )  # fmt: skip
    record_event(
        actor, "connection_change.proposed", found, at=at, customer_id=customer.pk,
        name=found.name, changes=1,
    )  # fmt: skip
    return change


@transaction.atomic
def record_trial(
    *,
    actor: Actor,
    connection: Connection,
    changes: Sequence[ConnectionChange],
    writes: Sequence[OutsideWrite],
    at: datetime,
) -> int:
    """Note what each change would do there; return how many wait for a person now.

    What stands there already is dismissed, what cannot be done fails with the reason.
    """
    actor.require("connection.sync")
    locked_connection(actor, connection)
    waiting = 0
    told = {one.key: one for one in writes}
    for change in changes:
        write = told[change_key(change)]
        status = {
            WriteVerdict.CHANGES: Status.TRIED,
            WriteVerdict.SAME: Status.DISMISSED,
        }.get(write.verdict, Status.FAILED)
        error = "stands there already" if status == Status.DISMISSED else write.text
        may = (Status.PROPOSED, Status.TRIED, Status.FAILED)
        rows = ConnectionChange.objects.filter(pk=change.pk, status__in=may).update(
            status=status, before=write.before[:500], error=error[:500], tried_at=at
        )
        waiting += rows if status == Status.TRIED else 0
    return waiting


@transaction.atomic
def decide_changes(
    *,
    actor: Actor,
    connection: Connection,
    change_ids: Sequence[int],
    is_approved: bool,
    at: datetime,
) -> int:
    """Approve or dismiss changes that were tried; return how many.

    Raises Refused when one of them no longer waits: the page showed something else.
    """
    actor.require("connection.approve")
    found = locked_connection(actor, connection)
    chosen = sorted(set(change_ids))
    if not chosen:
        raise Refused("Choose what to decide on.")
    status = Status.APPROVED if is_approved else Status.DISMISSED
    may = [before for before, after in ConnectionChange.MOVES.items() if status in after]
    done = ConnectionChange.objects.filter(connection=found, pk__in=chosen, status__in=may).update(
        status=status, decided_by=actor.name, decided_at=at
    )
    if done != len(chosen):
        raise Refused("Some of these no longer wait for a decision; load the page again.")
    name = found.name
    if is_approved:
        record_event(actor, "connection_change.approved", found, at=at, name=name, changes=chosen)
    else:
        record_event(actor, "connection_change.dismissed", found, at=at, name=name, changes=chosen)
    return done


@transaction.atomic
def claim_changes(
    *, actor: Actor, connection: Connection, limit: int, at: datetime
) -> list[ConnectionChange]:
    """Take approved changes to write, and those whose worker died; no two workers get one."""
    actor.require("connection.sync")
    locked_connection(actor, connection)
    ConnectionChange.objects.filter(
        connection=connection, status=Status.WRITING, claimed_at__lte=at - LEASE
    ).update(status=Status.APPROVED)
    keys = list(
        ConnectionChange.objects.filter(connection=connection, status=Status.APPROVED)
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    ConnectionChange.objects.filter(pk__in=keys, status=Status.APPROVED).update(
        status=Status.WRITING, claimed_at=at
    )
    return list(
        ConnectionChange.objects.filter(pk__in=keys, status=Status.WRITING, claimed_at=at)
        .select_related("customer")
        .order_by("pk")
    )


@transaction.atomic
def mark_written(
    *, actor: Actor, connection: Connection, change: ConnectionChange, write: OutsideWrite,
    at: datetime,
) -> str:  # fmt: skip
    """Note what became of a write; return the status. A repeat finds it done and says so."""
    actor.require("connection.sync")
    found = locked_connection(actor, connection)
    is_done = write.verdict in {WriteVerdict.CHANGES, WriteVerdict.SAME}
    status = Status.WRITTEN if is_done else Status.FAILED
    rows = ConnectionChange.objects.filter(
        pk=change.pk, connection=found, status=Status.WRITING, claimed_at=change.claimed_at
    ).update(status=status, error=write.text[:500], written_at=at if is_done else None)
    if rows and is_done:
        record_event(
            actor, "connection_change.written", found, at=at, customer_id=change.customer_id,
            name=found.name, kind=change.kind, change=change.pk, before=change.before,
            value=change.value if change.kind != Kind.NOTE else "",
        )  # fmt: skip
    return status


@transaction.atomic
def put_back_changes(
    *, actor: Actor, connection: Connection, changes: Sequence[ConnectionChange]
) -> int:
    """Put claimed changes back unwritten, where nobody answered; return how many."""
    actor.require("connection.sync")
    own(actor, connection, "connection")
    return ConnectionChange.objects.filter(
        connection=connection, pk__in=[one.pk for one in changes], status=Status.WRITING
    ).update(status=Status.APPROVED)


def change_key(change: ConnectionChange) -> str:
    """Return the key that makes a repeated write harmless."""
    return f"dunwell-{change.pk}"
