"""Connections at work: sign in, sync by schedule, try and write what goes back."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.db.models import Exists, OuterRef

from dunwell import clock
from dunwell.actions.connection_changes import (
    change_key,
    claim_changes,
    mark_written,
    propose_changes,
    put_back_changes,
    record_trial,
)
from dunwell.actions.connection_syncs import (
    begin_sync,
    end_sync,
    fail_sync,
    note_system,
    take_page,
)
from dunwell.actions.connections import record_connection_test
from dunwell.actions.gate import Actor, Refused, system
from dunwell.connectors.erpnext import ErpnextLedger
from dunwell.connectors.odoo import OdooLedger
from dunwell.connectors.outside_ledgers import OutsideLedger, OutsidePlace
from dunwell.connectors.sftp_folder import SftpFolder
from dunwell.connectors.sql_query import PostgresDatabase, SqliteDatabase, SqlLedger
from dunwell.connectors.stripe_invoices import API as STRIPE
from dunwell.connectors.stripe_invoices import StripeLedger
from dunwell.connectors.tryton import TrytonLedger
from dunwell.connectors.webhook_http import DoorAnswer, WebhookDoor, WebhookError
from dunwell.formats.connection_rows import (
    ChangeKind,
    OutsideChange,
    OutsideError,
    OutsideFault,
    Pulled,
    merged_pages,
)
from dunwell.formats.outside_answers import LARGEST_ANSWER, Door
from dunwell.formats.remote_files import file_rules
from dunwell.jobs.background import begin
from dunwell.jobs.connection_files import preview_files, take_files
from dunwell.models import (
    Company,
    Connection,
    ConnectionChange,
    ConnectionCustomer,
    ConnectionSync,
    CustomerMerge,
    CustomerMove,
)
from dunwell.queries.connections import due_connections

TOGETHER = 5_000
"""Rows taken in at once: an import looks at the whole ledger, so few large ones are quicker."""
WRITES = 20
TIMEOUT_SECONDS = 30.0
Opener = Callable[[Connection, "_Door"], OutsidePlace]
Status = ConnectionChange.Status


class _Door:
    """The wall around outgoing requests, speaking in faults of outside ledgers."""

    def __init__(self) -> None:
        self._door = WebhookDoor(
            inside=settings.CONNECTION_HOSTS,
            listed_in="DUNWELL_CONNECTION_HOSTS",
            timeout_seconds=TIMEOUT_SECONDS,
        )

    def ask(
        self, method: str, address: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> DoorAnswer:
        """Send one request; see `formats.outside_answers.Door`."""
        try:
            return self._door.ask(
                method, address, body=body, headers=headers, most_bytes=LARGEST_ANSWER
            )
        except WebhookError as error:
            fault = OutsideFault.REFUSED if error.permanent else OutsideFault.UNREACHABLE
            raise OutsideError(fault, f"{error}.") from error

    def line(self, host: str, port: int) -> Any:
        """Return a connected socket; see `connectors.sftp_folder.Wire`."""
        try:
            return self._door.line(host, port)
        except WebhookError as error:
            fault = OutsideFault.REFUSED if error.permanent else OutsideFault.UNREACHABLE
            raise OutsideError(fault, f"{error}.") from error


def _odoo(connection: Connection, door: Door) -> OutsideLedger:
    told = connection.settings
    return OdooLedger(
        door=door,
        address=told["address"],
        database=told["database"],
        user=told.get("user", ""),
        company=told.get("company", ""),
        secret=connection.secret,
    )


def _erpnext(connection: Connection, door: Door) -> OutsideLedger:
    told = connection.settings
    return ErpnextLedger(
        door=door,
        address=told["address"],
        key=told["key"],
        company=told.get("company", ""),
        secret=connection.secret,
    )


def _tryton(connection: Connection, door: Door) -> OutsideLedger:
    told = connection.settings
    return TrytonLedger(
        door=door,
        address=told["address"],
        database=told["database"],
        user=told["user"],
        company=told.get("company", ""),
        category=told.get("category", ""),
        secret=connection.secret,
    )


def _stripe(connection: Connection, door: Door) -> OutsideLedger:
    address = connection.settings.get("address") or STRIPE
    return StripeLedger(door=door, address=address, secret=connection.secret)


def _postgresql(connection: Connection, door: Door) -> OutsideLedger:  # noqa: ARG001 -- not HTTP
    told = connection.settings
    database = PostgresDatabase(
        address=told["address"],
        name=told["database"],
        user=told["user"],
        secret=connection.secret,
        hosts=settings.CONNECTION_HOSTS,
        tls=told.get("tls", ""),
        root_certificate=told.get("root_certificate", ""),
    )
    return SqlLedger(database=database, statements=told, start=told.get("start", ""))


def _sqlite(connection: Connection, door: Door) -> OutsideLedger:  # noqa: ARG001 -- not HTTP
    told = connection.settings
    database = SqliteDatabase(file=told["address"], folders=settings.CONNECTION_FOLDERS)
    return SqlLedger(database=database, statements=told, start=told.get("start", ""))


def _sftp(connection: Connection, door: "_Door") -> OutsidePlace:
    told = connection.settings
    return SftpFolder(
        address=told["address"],
        host_key=told["host_key"],
        user=told["user"],
        secret=connection.secret,
        folder=told.get("folder", ""),
        rules=file_rules(told),
        wire=door.line,
    )


OPENERS: Mapping[str, Opener] = {
    "odoo": _odoo,
    "erpnext": _erpnext,
    "postgresql": _postgresql,
    "sftp": _sftp,
    "sqlite": _sqlite,
    "stripe": _stripe,
    "tryton": _tryton,
}
"""How the connector of each kind is made from a connection."""


def open_place(connection: Connection) -> OutsidePlace:
    """Return the connector of a connection; nothing is sent yet."""
    return OPENERS[connection.kind](connection, _Door())


def try_connection(*, actor: Actor, connection: Connection) -> Connection:
    """Sign in there and note who answered, or why nobody did."""
    actor.require("connection.manage")
    try:
        who = open_place(connection).system()
    except OutsideError as error:
        return record_connection_test(
            actor=actor, connection=connection, system=None, fault=error.fault, error=str(error),
            at=clock.now(),
        )  # fmt: skip
    return record_connection_test(actor=actor, connection=connection, system=who, at=clock.now())


def preview_connection(*, actor: Actor, connection: Connection) -> list[str]:
    """Return a line for each file a sync would find and what it would do; writes nothing.

    Raises Refused for a connection that leads to no folder, and when that does not answer.
    """
    try:
        place = open_place(connection)
        if not isinstance(place, SftpFolder):
            raise Refused(f"{connection.name} is no folder of files; sync it to see what comes.")
        return preview_files(actor=actor, connection=connection, folder=place)
    except OutsideError as error:
        raise Refused(f"{error.fault}: {error}") from error


def sync_due(company_id: int) -> Counter[str]:
    """Sync every connection of a company that is due, and write what was approved."""
    company = Company.objects.get(pk=company_id)
    counts: Counter[str] = Counter()
    for key in due_connections(company, at=clock.now()):
        sync = sync_connection(key)
        counts[sync.status if sync is not None else "busy"] += 1
    for connection in Connection.objects.filter(company=company, ended_at=None, is_on=True):
        counts += write_changes(connection.pk)
    return counts


def sync_connection(connection_id: int) -> ConnectionSync | None:
    """Sync one connection; return the sync, or None while another worker is at it.

    Killed anywhere, a later call goes on after the last page that was taken in.
    """
    connection = Connection.objects.select_related("company").get(pk=connection_id)
    actor = system(connection.company)
    as_of = clock.today(actor.company.zone)
    try:
        sync = begin_sync(actor=actor, connection=connection, as_of=as_of, at=clock.now())
    except Refused:
        return None
    if sync is None:
        return None
    try:
        connection.refresh_from_db()
        place = open_place(connection)
        note_system(actor=actor, sync=sync, system=place.system())
        if isinstance(place, SftpFolder):
            again_in = take_files(
                actor=actor, sync=sync, connection=connection, folder=place, as_of=as_of
            )
            end_sync(actor=actor, sync=sync, theirs=None, at=clock.now(), again_in=again_in)
        else:
            _pulled(actor, sync, connection, cast("OutsideLedger", place), as_of)
            propose_changes(actor=actor, connection=connection, as_of=as_of, at=clock.now())
            try_changes(connection.pk, place=place)
    except OutsideError as error:
        return _failed(actor, sync, error)
    except Refused as refusal:
        return _failed(actor, sync, OutsideError(OutsideFault.REFUSED, str(refusal)))
    return ConnectionSync.objects.get(pk=sync.pk)


def _pulled(
    actor: Actor, sync: ConnectionSync, connection: Connection, ledger: OutsideLedger, as_of: date
) -> None:
    """Take in every page of a ledger, and compare both sides."""
    cursor, is_last = connection.cursor, False
    while not is_last:
        pulled = _pages(ledger, cursor)
        cursor, is_last = pulled.cursor, pulled.is_last
        taken = take_page(actor=actor, sync=sync, pulled=pulled, as_of=as_of, at=clock.now())
        # whoever ends the sync when this breaks off has to know that it is still ours
        sync.claimed_at = taken.claimed_at
    end_sync(actor=actor, sync=sync, theirs=ledger.open_now(), at=clock.now())


def begin_syncing(connection_id: int) -> bool:
    """Sync a connection in the background unless this process is at it; return whether begun."""
    return begin(partial(sync_connection, connection_id), key=f"connection {connection_id}")


def begin_writing(connection_id: int) -> bool:
    """Write what was approved in the background, once more when asked meanwhile."""
    key = f"connection {connection_id} writes"
    return begin(partial(write_changes, connection_id), key=key, takes_later=True)


def try_changes(connection_id: int, *, place: OutsidePlace | None = None) -> int:
    """Ask what each waiting change would do there; return how many wait for a person."""
    connection = Connection.objects.select_related("company").get(pk=connection_id)
    actor = system(connection.company)
    waiting = ConnectionChange.objects.filter(
        connection=connection, status__in=(Status.PROPOSED, Status.TRIED)
    ).order_by("pk")
    total, found = 0, list(waiting)
    there = place or open_place(connection)
    for start in range(0, len(found), WRITES):
        some = found[start : start + WRITES]
        writes = there.push(_asked(connection, some), dry_run=True)
        total += record_trial(
            actor=actor, connection=connection, changes=some, writes=writes, at=clock.now()
        )
    return total


def write_changes(connection_id: int) -> Counter[str]:
    """Write what was approved; return how many were written and failed.

    Killed in between, a later call writes again what was claimed: a value is set to the same
    value, and a note is looked for by its key first.
    """
    connection = Connection.objects.select_related("company").get(pk=connection_id)
    actor, counts = system(connection.company), Counter[str]()
    there = open_place(connection)
    while some := claim_changes(actor=actor, connection=connection, limit=WRITES, at=clock.now()):
        try:
            writes = there.push(_asked(connection, some), dry_run=False)
        except OutsideError:
            # how far it came is not known: all are tried again, which does no harm
            put_back_changes(actor=actor, connection=connection, changes=some)
            counts["put back"] += len(some)
            return counts
        told = {one.key: one for one in writes}
        for change in some:
            counts[
                mark_written(
                    actor=actor, connection=connection, change=change,
                    write=told[change_key(change)], at=clock.now(),
                )
            ] += 1  # fmt: skip
    return counts


def _pages(ledger: OutsideLedger, cursor: str) -> Pulled:
    """Return pages up to so many rows as one."""
    pages = [ledger.pull(cursor)]
    while not pages[-1].is_last and sum(page.rows for page in pages) < TOGETHER:
        pages.append(ledger.pull(pages[-1].cursor))
    return merged_pages(pages)


def _failed(actor: Actor, sync: ConnectionSync, error: OutsideError) -> ConnectionSync:
    held = ConnectionSync.objects.get(pk=sync.pk)
    if held.status != ConnectionSync.Status.RUNNING:
        return held
    try:
        return fail_sync(actor=actor, sync=sync, error=error, at=clock.now())
    except Refused:
        return ConnectionSync.objects.get(pk=sync.pk)


def _asked(connection: Connection, changes: Sequence[ConnectionChange]) -> list[OutsideChange]:
    moves = CustomerMove.objects.filter(place="connectioncustomer", row_id=OuterRef("pk"))
    came = moves.filter(merge__status=CustomerMerge.Status.MERGED)
    # the last one told counts: the customer's own key before one that came by a merge
    keys = dict(
        ConnectionCustomer.objects.filter(
            connection=connection, customer__in=[one.customer_id for one in changes]
        )
        .order_by(Exists(came).desc(), "-pk")
        .values_list("customer_id", "key")
    )
    return [
        OutsideChange(
            key=change_key(one),
            kind=ChangeKind(one.kind),
            customer=keys[one.customer_id],
            value=one.value,
            currency=one.currency,
        )
        for one in changes
    ]
