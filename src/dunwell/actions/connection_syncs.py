"""Syncs of connections: begun once at a time, fed page by page, compared, ended.

The cursor moves in the transaction that takes a page in, so that a sync killed anywhere goes on
where it was, and a page taken in twice changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dunwell.actions.connection_arrivals import note_page, ways_of_keys
from dunwell.actions.connections import told_system
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.imports import import_ledger
from dunwell.actions.merge_moves import note_arrivals
from dunwell.engine.backoff import wait_after
from dunwell.engine.money import to_minor
from dunwell.formats.connection_ledger import PageLedger, page_ledger
from dunwell.formats.connection_rows import OutsideError, OutsideOpen, OutsideSystem, Pulled
from dunwell.models import (
    Company,
    Connection,
    ConnectionCustomer,
    ConnectionDifference,
    ConnectionSync,
    Customer,
    ImportBatch,
)
from dunwell.queries.connection_books import base_number, customers_by_key, known_of, our_open
from dunwell.queries.merged_records import ways

LEASE = timedelta(minutes=15)
"""A sync that took no page in for so long is taken over."""
MOST_NOTES, MOST_DIFFERENCES = 200, 10_000
BOOKED = (
    *("customers_added", "items_imported", "items_refused", "payments_added"),
    "allocations_added",
)
"""Counts of an import that a sync adds up."""
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
Status, Tie = ConnectionSync.Status, ConnectionSync.Tie


@transaction.atomic
def begin_sync(
    *, actor: Actor, connection: Connection, as_of: date, at: datetime
) -> ConnectionSync | None:
    """Begin a sync, or take over one whose worker died; None while another works on it."""
    actor.require("connection.sync")
    own(actor, connection, "connection")
    found = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if found.ended_at is not None or not found.is_on:
        raise Refused(f"{found.name} is paused or ended.")
    running = ConnectionSync.objects.filter(connection=found, status=Status.RUNNING).first()
    if running is not None:
        if running.claimed_at > at - LEASE:
            return None
        ConnectionSync.objects.filter(pk=running.pk).update(claimed_at=at, as_of=as_of)
        return ConnectionSync.objects.get(pk=running.pk)
    return ConnectionSync.objects.create(
        connection=found, by=actor.name, as_of=as_of, started_at=at, claimed_at=at
    )


@transaction.atomic
def note_system(*, actor: Actor, sync: ConnectionSync, system: OutsideSystem) -> None:
    """Note who answered this sync."""
    actor.require("connection.sync")
    held_sync(actor, sync)
    Connection.objects.filter(pk=sync.connection_id).update(system=told_system(system))


@transaction.atomic
def take_page(
    *, actor: Actor, sync: ConnectionSync, pulled: Pulled, as_of: date, at: datetime
) -> ConnectionSync:
    """Take a page into the books and move the cursor, both or neither.

    Raises Refused when the sync was taken over by another worker.
    """
    actor.require("connection.sync")
    held = held_sync(actor, sync)
    connection = Connection.objects.select_for_update(no_key=True).get(pk=held.connection_id)
    # nobody merges or splits customers between what the books know and what is taken in
    Company.objects.select_for_update(no_key=True).get(pk=connection.company_id)
    keys = ways_of_keys(connection)
    page = page_ledger(pulled, known_of(connection, pulled), as_of=as_of)
    counts = Counter(held.counts)
    counts.update(
        customers=len(pulled.customers),
        items=len(pulled.items),
        payments=len(pulled.payments),
        allocations=len(pulled.allocations),
        notes=len(page.notes),
    )
    batches = list(held.batches)
    if page.ledger is not None:
        batch = import_ledger(
            actor=actor, ledger=page.ledger, name=connection.name, as_of=as_of, at=at
        )
        batches.append(batch.pk)
        counts.update({name: batch.counts[name] for name in BOOKED})
        note_page(actor, batch, pulled, keys, as_of=as_of, at=at)
        told = {one.key for one in pulled.customers}
        _remember_customers(actor, connection, page, told, as_of=as_of, at=at)
    notes = [
        {"code": one.code, "number": one.number[:140], "text": one.text[:300]}
        for one in page.notes
    ]
    ConnectionSync.objects.filter(pk=held.pk).update(
        counts=dict(counts),
        batches=batches,
        notes=[*held.notes, *notes][:MOST_NOTES],
        claimed_at=at,
    )
    Connection.objects.filter(pk=connection.pk).update(cursor=pulled.cursor)
    return ConnectionSync.objects.get(pk=held.pk)


@transaction.atomic
def end_sync(
    *,
    actor: Actor,
    sync: ConnectionSync,
    theirs: Sequence[OutsideOpen] | None,
    at: datetime,
    again_in: timedelta | None = None,
) -> ConnectionSync:
    """End a sync: compare what is open there with our books, document by document.

    Nothing is booked to make both agree. Without `theirs` nothing is compared. The next sync is
    due after `again_in`, or as often as the connection says.
    """
    actor.require("connection.sync")
    held = held_sync(actor, sync)
    connection = Connection.objects.select_for_update(no_key=True).get(pk=held.connection_id)
    tie = Tie.UNKNOWN
    totals: list[dict[str, Any]] = []
    if theirs is not None:
        differences, totals = _compared(connection, theirs)
        tie = Tie.DIFFERENT if differences else Tie.EQUAL
        _write_differences(held, differences)
    ConnectionSync.objects.filter(pk=held.pk).update(
        status=Status.DONE, tie=tie, totals=totals, finished_at=at, claimed_at=at
    )
    Connection.objects.filter(pk=connection.pk).update(
        failures=0,
        fault="",
        error="",
        next_at=at + (again_in or timedelta(minutes=connection.every_minutes)),
    )
    record_event(
        actor, "connection.synced", connection, at=at, name=connection.name, sync=held.pk,
        tie=tie, counts=held.counts,
    )  # fmt: skip
    return ConnectionSync.objects.get(pk=held.pk)


@transaction.atomic
def fail_sync(
    *, actor: Actor, sync: ConnectionSync, error: OutsideError, at: datetime
) -> ConnectionSync:
    """End a sync that could not go on; what it took in stays, and the next one goes on there."""
    actor.require("connection.sync")
    held = held_sync(actor, sync)
    connection = Connection.objects.select_for_update(no_key=True).get(pk=held.connection_id)
    failures = connection.failures + 1
    wait = max(
        wait_after(BACKOFF, attempts=failures, key=f"connection {connection.pk}"),
        timedelta(seconds=error.wait_seconds),
    )
    ConnectionSync.objects.filter(pk=held.pk).update(
        status=Status.FAILED, fault=error.fault, error=str(error)[:500], finished_at=at
    )
    Connection.objects.filter(pk=connection.pk).update(
        failures=failures, fault=error.fault, error=str(error)[:500], next_at=at + wait
    )
    record_event(
        actor, "connection.sync_failed", connection, at=at, name=connection.name, sync=held.pk,
        fault=str(error.fault),
    )  # fmt: skip
    return ConnectionSync.objects.get(pk=held.pk)


def count_file(
    held: ConnectionSync,
    *,
    place: str,
    code: str,
    told: str,
    at: datetime,
    batch: ImportBatch | None = None,
) -> ConnectionSync:
    """Count a file of a sync that is held, note what became of it, and keep the sync alive."""
    counts = Counter(held.counts)
    counts[f"files_{code}"] += 1
    if batch is not None:
        counts.update({name: batch.counts.get(name, 0) for name in BOOKED})
    note = {"code": code, "number": place[:140], "text": told[:300]}
    ConnectionSync.objects.filter(pk=held.pk).update(
        counts=dict(counts),
        batches=[*held.batches, *([] if batch is None else [batch.pk])],
        notes=[*held.notes, note][:MOST_NOTES],
        claimed_at=at,
    )
    return ConnectionSync.objects.get(pk=held.pk)


def held_sync(actor: Actor, sync: ConnectionSync) -> ConnectionSync:
    """Return the sync locked; raise Refused unless this worker still holds it."""
    found = ConnectionSync.objects.select_for_update().select_related("connection").get(pk=sync.pk)
    own(actor, found.connection, "connection")
    if found.status != Status.RUNNING or found.claimed_at != sync.claimed_at:
        raise Refused("Another worker has taken this sync over.")
    return found


def _remember_customers(
    actor: Actor,
    connection: Connection,
    page: PageLedger,
    keys: set[str],
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Remember whose keys they are; one of a merged record is the survivor's until a split."""
    known = customers_by_key(connection)
    fresh = {key: page.customers[key] for key in sorted(keys - known.keys())}
    if not fresh:
        return
    numbers = dict(
        Customer.objects.filter(
            company_id=connection.company_id, number__in=fresh.values()
        ).values_list("number", "pk")
    )
    led = ways(connection.company)
    rows = [
        (number, ConnectionCustomer(connection=connection, key=key))
        for key, number in fresh.items()
        if number in numbers
    ]
    for number, row in rows:
        way = led.get(numbers[number])
        row.customer_id = way[-1].after_id if way else numbers[number]
    ConnectionCustomer.objects.bulk_create([row for _, row in rows])
    came = {row.pk: led[numbers[number]] for number, row in rows if numbers[number] in led}
    note_arrivals(actor, "connectioncustomer", came, as_of=as_of, at=at)


def _compared(
    connection: Connection, theirs: Iterable[OutsideOpen]
) -> tuple[list[ConnectionDifference], list[dict[str, Any]]]:
    """Return the documents that differ and the sums by currency."""
    customers = customers_by_key(connection)
    left: dict[tuple[bool, str, int | None, str], list[int | None]] = {}
    for one in theirs:
        place = (one.is_payment, one.number, customers.get(one.customer), one.currency)
        row = left.setdefault(place, [None, None])
        try:
            minor = to_minor(one.open, one.currency)
        except ValueError as error:
            raise Refused(f"{one.number}: {error}.") from error
        row[0] = (row[0] or 0) + minor
    for mine in our_open(connection):
        place = (mine.is_payment, mine.number, mine.customer_id, mine.currency)
        row = left.setdefault(place, [None, None])
        row[1] = (row[1] or 0) + mine.open_minor
    sums: dict[str, Counter[str]] = {}
    found = []
    for (is_payment, number, customer, currency), (there, here) in sorted(
        left.items(), key=lambda one: (one[0][3], one[0][1], one[0][2] or 0)
    ):
        total = sums.setdefault(currency, Counter())
        total.update(theirs_minor=there or 0, ours_minor=here or 0)
        if (there or 0) != (here or 0):
            total["differences"] += 1
            found.append(
                ConnectionDifference(
                    customer_id=customer, number=base_number(number)[:140], is_payment=is_payment,
                    currency=currency, theirs_minor=there, ours_minor=here,
                )
            )  # fmt: skip
    totals = [
        {
            "currency": currency,
            "theirs_minor": total["theirs_minor"],
            "ours_minor": total["ours_minor"],
            "differences": total["differences"],
        }
        for currency, total in sorted(sums.items())
    ]
    return found, totals


def _write_differences(sync: ConnectionSync, found: list[ConnectionDifference]) -> None:
    """Keep the differences of the newest sync alone: those before are in its totals."""
    ConnectionDifference.objects.filter(sync__connection=sync.connection_id).delete()
    for one in found:
        one.sync = sync
    ConnectionDifference.objects.bulk_create(found[:MOST_DIFFERENCES], batch_size=1_000)
