"""A customer's own list of what it owes, compared with our books and kept."""

from collections import Counter
from datetime import date, datetime
from pathlib import PurePosixPath

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.uploads import Upload, keep_upload
from dunwell.engine.statement_matching import (
    AFTER_CUTOFF,
    BY_AMOUNT,
    DIFFERENT,
    PART_PAID,
    SETTLED,
    Comparison,
    compare_statements,
)
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.supplier_statement import ReadSupplierStatement, read_supplier_statement
from dunwell.models import Customer, PortalSeat, SupplierStatement, SupplierStatementLine
from dunwell.queries.portal_settings import portal_choices
from dunwell.queries.supplier_statements import currencies_of, our_entries

MOST_UNREAD = 200
NOTES = {
    "": "",
    PART_PAID: "We have booked a part of it as paid.",
    SETTLED: "It is settled in our books.",
    AFTER_CUTOFF: "It is newer than your list.",
    BY_AMOUNT: "Found by amount and day; the numbers differ.",
}


@transaction.atomic
def compare_own_statement(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    file: Upload,
    currency: str,
    decimal: str = "",
    date_order: str = "",
    cutoff_on: date | None = None,
    as_of: date,
    at: datetime,
) -> SupplierStatement:
    """Compare a customer's list in one currency with our books now; keep file and comparison.

    The same file on the same day is the comparison made before. Differences ask a colleague of
    ours to look at them. Raises Refused where the company takes no lists, for a currency without
    an account, and for a file that cannot be read, saying what to do.
    """
    actor.require("portal.ask")
    open_customer(actor, customer)
    if not portal_choices(actor.company).takes_statements:
        raise Refused(f"{actor.company.name} takes no lists here; send them by message.")
    known = currencies_of(customer)
    if currency not in known:
        raise Refused(f"There is no account in {currency!r}; choose {', '.join(known)}.")
    read = _read(file, currency, decimal, date_order)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    sha256 = keep_upload(file.data, by=actor, at=at)
    before = SupplierStatement.objects.filter(
        customer=customer, sha256=sha256, currency=currency, as_of=as_of
    ).first()
    if before is not None:
        return before
    found = compare_statements(
        our_entries(customer, currency, as_of=as_of),
        read.rows,
        as_of=as_of,
        cutoff_on=cutoff_on,
    )
    statement = SupplierStatement.objects.create(
        company=actor.company,
        customer=customer,
        seat=seat,
        name=PurePosixPath(file.name.replace("\\", "/")).name[:200] or "list",
        media_type=read.media_type,
        size_bytes=len(file.data),
        sha256=sha256,
        currency=currency,
        as_of=as_of,
        our_minor=found.our_minor,
        their_minor=found.their_minor,
        difference_minor=found.difference_minor,
        stated_minor=_stated(read, found),
        counts=dict(found.counts),
        unread=[list(row) for row in read.unread[:MOST_UNREAD]],
        by=actor.name,
        recorded_at=at,
    )
    SupplierStatementLine.objects.bulk_create(_lines(statement, found), batch_size=500)
    _ask(statement, found, as_of=as_of, at=at)
    record_event(
        actor,
        "supplier_statement.compared",
        statement,
        at=at,
        customer_id=customer.pk,
        name=statement.name,
        sha256=sha256,
        currency=currency,
        our_minor=found.our_minor,
        their_minor=found.their_minor,
        difference_minor=found.difference_minor,
        counts=dict(found.counts),
    )
    return statement


def _read(file: Upload, currency: str, decimal: str, date_order: str) -> ReadSupplierStatement:
    try:
        return read_supplier_statement(
            file.data, file.name[:80], currency=currency, decimal=decimal, date_order=date_order
        )
    except StatementError as error:
        raise Refused(f"{error}.") from error


def _stated(read: ReadSupplierStatement, found: Comparison) -> int | None:
    """Return the total of the list, turned round as its rows were."""
    if read.stated_minor is None:
        return None
    return -read.stated_minor if found.is_turned else read.stated_minor


def _lines(statement: SupplierStatement, found: Comparison) -> list[SupplierStatementLine]:
    return [
        SupplierStatementLine(
            statement=statement,
            place=place,
            outcome=line.outcome,
            item_id=int(line.key.removeprefix("item:")) if line.key.startswith("item:") else None,
            number=line.number[:80],
            dated_on=line.dated_on,
            due_on=line.due_on,
            our_minor=line.our_minor,
            their_minor=line.their_minor,
            difference_minor=line.difference_minor,
            note=NOTES[line.note],
        )
        for place, line in enumerate(found.lines, start=1)
    ]


def _ask(statement: SupplierStatement, found: Comparison, *, as_of: date, at: datetime) -> None:
    """Ask a colleague to look at the comparison where something differs."""
    counts = Counter(line.outcome for line in found.lines if line.outcome in DIFFERENT)
    if counts:
        ask_follow_up(
            company_id=statement.company_id,
            customer_id=statement.customer_id,
            reason=f"The customer's list {statement.name[:80]} differs in "
            f"{sum(counts.values())} lines from our books",
            as_of=as_of,
            at=at,
        )
