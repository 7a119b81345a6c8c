"""Importing ledgers: a batch is checked, confirmed, and merged once, in one transaction."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from dunwell.actions.balances import refresh_batch_open_items
from dunwell.actions.bulk import insert_rows, look_at_tables, roomy_cache
from dunwell.actions.entries import post_batch_entries
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.merge_moves import note_arrivals
from dunwell.actions.merging.batch import Merge
from dunwell.actions.merging.customers import merge_customers
from dunwell.actions.merging.disputes import day_of_export, merge_disputes
from dunwell.actions.merging.items import MergedItems, merge_items
from dunwell.actions.merging.payments import MergedPayments, merge_payments
from dunwell.actions.merging.reopened import take_back_implied
from dunwell.actions.merging.settling import Settled, settle_items
from dunwell.actions.merging.tie import tie_out
from dunwell.actions.merging.totals import control_totals
from dunwell.actions.merging.unlisted import settled_unlisted, unlisted_findings
from dunwell.engine.calendars import day_number
from dunwell.formats.findings import LedgerError
from dunwell.formats.ledger import Ledger
from dunwell.formats.profile import ALL_OPEN, read_profile
from dunwell.formats.redaction import redacted
from dunwell.models import Company, Customer, Feed, ImportBatch, ImportFinding, ImportProfile, Item
from dunwell.queries.merged_records import Way, ways
from dunwell.queries.periods import closed_until

Status = ImportBatch.Status
PREVIEW = 1000
"""So many findings are kept with a checked batch; the import keeps all of them."""
LARGE = 10_000
"""Rows from which the database is told to look at its tables again after an import."""
STILL_TRUE = 5
"""Times an import that the books must hold for what is known of their tables to serve on."""
TABLES = (
    *("dunwell_customer", "dunwell_item", "dunwell_openitem", "dunwell_payment"),
    *("dunwell_allocation", "dunwell_entryline"),
)
"""The tables that an import fills."""


@transaction.atomic
def record_check(*, actor: Actor, batch: ImportBatch, ledger: Ledger, at: datetime) -> ImportBatch:
    """Note what was found in a batch's files: tables, open decisions, totals, first findings."""
    actor.require("items.import")
    found = ledger.as_dict(most_findings=0)
    unlisted = unlisted_findings(actor.company, ledger)
    _move(
        actor,
        batch,
        Status.CHECKED,
        detected=found["tables"],
        decisions=found["decisions"],
        totals=found["totals"],
        counts={
            "rows_read": ledger.rows_read,
            "rows_refused": ledger.rows_refused,
            "findings": ledger.findings.height + unlisted.height,
            "items_unlisted": unlisted.height,
        },
        error="",
    )
    _write_findings(batch, pl.concat([unlisted, ledger.findings]).head(PREVIEW))
    record_event(actor, "import.checked", batch, at=at, rows=ledger.rows_read)
    return _reread(batch)


@transaction.atomic
def refuse_import(*, actor: Actor, batch: ImportBatch, reason: str, at: datetime) -> ImportBatch:
    """Note that a batch cannot be read, with the sentence that says what to do."""
    actor.require("items.import")
    _move(actor, batch, Status.REFUSED, error=reason, finished_at=at)
    record_event(actor, "import.refused", batch, at=at, reason=redacted(reason))
    return _reread(batch)


@transaction.atomic
def set_profile(
    *, actor: Actor, batch: ImportBatch, document: dict[str, Any], at: datetime
) -> ImportBatch:
    """Set how a batch's files are to be read; raises Refused for a document that does not fit."""
    actor.require("items.import")
    _check_profile(document)
    _move(actor, batch, Status.CHECKED, profile=document, error="", finished_at=None)
    record_event(actor, "import.mapped", batch, at=at, profile=document)
    return _reread(batch)


@transaction.atomic
def save_profile(
    *, actor: Actor, name: str, document: dict[str, Any], header_hash: str = "", at: datetime
) -> ImportProfile:
    """Keep a profile under a name, to be offered again for files with the same header."""
    actor.require("profile.save")
    if not name.strip() or len(name) > 120:  # noqa: PLR2004 -- width of the column
        raise Refused("Give the profile a name of at most 120 characters.")
    _check_profile(document)
    profile, _ = ImportProfile.objects.update_or_create(
        company=actor.company,
        name=name.strip(),
        defaults={"document": document, "header_hash": header_hash, "saved_at": at},
    )
    record_event(actor, "profile.saved", profile, at=at, name=name.strip())
    return profile


@transaction.atomic
def start_import(*, actor: Actor, batch: ImportBatch, at: datetime) -> ImportBatch:
    """Confirm a checked batch: a job may merge it now. Raises Refused while decisions are open."""
    actor.require("items.import")
    batch = _reread(batch)
    if batch.decisions:
        raise Refused("Answer the open questions about the files first.")
    _move(actor, batch, Status.RUNNING, progress_ppm=0, error="")
    record_event(actor, "import.started", batch, at=at)
    return _reread(batch)


@transaction.atomic
def note_progress(*, actor: Actor, batch: ImportBatch, progress_ppm: int) -> None:
    """Note how far a running import is, in parts per million."""
    actor.require("items.import")
    ImportBatch.objects.filter(company=actor.company, pk=batch.pk, status=Status.RUNNING).update(
        progress_ppm=progress_ppm
    )


@transaction.atomic
def import_ledger(
    *,
    actor: Actor,
    ledger: Ledger,
    batch: ImportBatch | None = None,
    name: str = "ledger",
    as_of: date,
    at: datetime,
) -> ImportBatch:
    """Merge a ledger read from files into the company's books; return the finished batch.

    Rows known already change nothing; known rows with other figures are refused with a
    finding. A batch that is finished, or whose files are, is returned without a second
    merge. Raises Refused when questions about the files are open.
    """
    actor.require("items.import")
    if ledger.decisions:
        raise Refused(ledger.decisions[0].question)
    # one import at a time in a company; the second waits here and then sees what the first did
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if batch is None:
        batch = ImportBatch.objects.create(
            company=company,
            user_id=actor.user_id,
            name=name,
            sha256="",
            size_bytes=0,
            status=Status.RUNNING,
            started_at=at,
        )
    else:
        batch = _reread(batch)
        if batch.company_id != company.pk:
            raise Refused(f"Import {batch.name} does not belong to {company.name}.")
        if batch.status == Status.DONE:
            return batch
        if (first := _same_files(batch)) is not None:
            return _finish_known(actor, batch, first, at=at)
    merge = Merge(
        company=company,
        batch=batch,
        as_of=as_of,
        at=at,
        closed_until=closed_until(company),
        ways=_ways_by_number(company),
    )
    with roomy_cache():
        return _merge(actor, merge, ledger)


def _merge(actor: Actor, merge: Merge, ledger: Ledger) -> ImportBatch:
    batch = merge.batch
    customers = merge_customers(merge, ledger.customers)
    items = merge_items(merge, ledger.items, customers.keys)
    payments = merge_payments(merge, ledger.payments, customers.keys)
    # a list of all that is open is of today, however old its newest document is
    reach = day_number(merge.as_of) if ledger.profile.lists_all_open else ledger.known_day
    returned = take_back_implied(merge, items, known_day=reach)
    unlisted = settled_unlisted(merge, ledger)
    settled = settle_items(
        merge,
        items=items,
        payments=payments,
        allocations=ledger.allocations,
        derived=ledger.payments.filter(pl.col("is_derived")),
        unlisted=unlisted,
    )
    known_day = day_of_export(ledger.known_day, merge)
    disputes = merge_disputes(merge, disputes=ledger.disputes, items=items, known_day=known_day)
    _note_arrivals(actor, merge, items, payments, settled)
    post_batch_entries(batch=batch)
    refresh_batch_open_items(batch=batch)
    totals = control_totals(ledger.totals, items=items.rows, payments=payments.rows)
    tie = tie_out(merge, items)
    found = pl.concat([ledger.findings, merge.log.frame()])
    _write_findings(batch, found)
    counts = {
        "customers_added": customers.added,
        "customers_filled": customers.filled,
        **{
            f"items_{fate}": items.rows.filter(fate=fate).height
            for fate in ("imported", "known", "refused")
        },
        "payments_added": payments.rows.filter(fate="imported").height + settled.payments.height,
        "payments_returned": returned,
        "items_unlisted": unlisted.height,
        "allocations_added": settled.allocations,
        "disputes_changed": disputes,
        "rows_read": ledger.rows_read,
        "rows_refused": ledger.rows_refused,
        "findings": found.height,
    }
    _freshen(merge, known_day, counts, totals)
    changed = sum(
        value
        for key, value in counts.items()
        if key.endswith(("added", "filled", "imported", "changed"))
    )
    if changed >= LARGE and not _is_much_more_there(changed):
        look_at_tables(*TABLES)
    return _finish(actor, batch, totals=totals, counts=counts, tie=tie, at=merge.at)


def _ways_by_number(company: Company) -> dict[str, Way]:
    """Return where the numbers of merged records lead."""
    found = ways(company)
    numbers = Customer.objects.in_bulk([*found]) if found else {}
    return {numbers[key].number: way for key, way in found.items()}


def _note_arrivals(
    actor: Actor, merge: Merge, items: MergedItems, payments: MergedPayments, settled: Settled
) -> None:
    """Note what came by the number of a merged record, so that a split gives it back."""
    if not merge.ways:
        return
    new = payments.payments.filter("is_new_payment").select("payment_id", "customer_number")
    for place, rows in (
        ("item", items.items.filter("is_new").select("item_id", "customer_number")),
        ("payment", pl.concat([new, settled.payments])),
    ):
        told = {key: merge.ways.get(number) for key, number in rows.iter_rows()}
        came = {key: way for key, way in told.items() if way}
        note_arrivals(actor, place, came, as_of=merge.as_of, at=merge.at)


def _is_much_more_there(changed: int) -> bool:
    """Return whether the books were far larger before, so that what is noted of them still holds.

    Looking costs as much as importing ten thousand rows; PostgreSQL does so by itself in time,
    and the day's cycle has SQLite do it.
    """
    most = changed * STILL_TRUE
    return Item.objects.order_by().values("pk")[most : most + 1].exists()


def _finish(
    actor: Actor,
    batch: ImportBatch,
    *,
    totals: list[dict[str, Any]],
    counts: dict[str, int],
    at: datetime,
    tie: list[dict[str, Any]] | None = None,
) -> ImportBatch:
    ImportBatch.objects.filter(pk=batch.pk).update(
        status=Status.DONE,
        totals=totals,
        counts=counts,
        tie=tie,
        progress_ppm=1_000_000,
        error="",
        finished_at=at,
    )
    record_event(actor, "ledger.imported", batch, at=at, name=batch.name, counts=counts)
    return _reread(batch)


def _same_files(batch: ImportBatch) -> ImportBatch | None:
    """Return the finished import of the same bytes, read the same way.

    A list of all that is open says something new where other files came since, though it is the
    same list as before.
    """
    done = ImportBatch.objects.filter(company_id=batch.company_id, status=Status.DONE)
    files = done.exclude(sha256="").order_by("pk")
    same = files.filter(sha256=batch.sha256, profile=batch.profile)
    last = same.last()
    if last is not None and batch.profile.get(ALL_OPEN) and files.filter(pk__gt=last.pk).exists():
        return None
    return same.first()


def _finish_known(
    actor: Actor, batch: ImportBatch, first: ImportBatch, *, at: datetime
) -> ImportBatch:
    """Finish a batch whose files were imported before: every row is known."""
    totals = [
        {
            **total,
            "known_minor": total["known_minor"] + total["imported_minor"],
            "rows_known": total["rows_known"] + total["rows_imported"],
            "imported_minor": 0,
            "rows_imported": 0,
        }
        for total in first.totals
    ]
    known = sum(total["rows_known"] for total in totals if total["role"] == "items")
    counts = {"items_imported": 0, "items_known": known, "same_as_batch": first.pk}
    return _finish(actor, batch, totals=totals, counts=counts, at=at)


def _freshen(
    merge: Merge, known_day: int, counts: dict[str, int], totals: list[dict[str, Any]]
) -> None:
    """Note how far the ledger export reaches; an older file does not turn it back."""
    covers = date(1970, 1, 1) + timedelta(days=known_day)
    feed = Feed.objects.filter(company=merge.company, kind=Feed.Kind.LEDGER, name="import").first()
    Feed.objects.update_or_create(
        company=merge.company,
        kind=Feed.Kind.LEDGER,
        name="import",
        defaults={
            "covers_until_on": max(covers, feed.covers_until_on) if feed else covers,
            "rows": counts["rows_read"],
            "control_totals": totals,
            "received_at": merge.at,
        },
    )


def _write_findings(batch: ImportBatch, findings: pl.DataFrame) -> None:
    """Replace the batch's findings."""
    ImportFinding.objects.filter(batch=batch).delete()
    place = (
        pl.when(pl.col("part") == "").then("file").otherwise(pl.format("{} · {}", "file", "part"))
    )
    insert_rows(
        table="dunwell_importfinding",
        rows=findings.select(
            pl.lit(batch.pk, dtype=pl.Int64).alias("batch_id"),
            place.str.slice(0, 200).alias("file"),
            "row",
            pl.col("column").str.slice(0, 200),
            pl.col("value").str.slice(0, 200),
            pl.col("code").str.slice(0, 40),
            pl.col("reason").str.slice(0, 500),
            "action",
        ),
    )


def _move(actor: Actor, batch: ImportBatch, status: str, **changes: Any) -> None:
    """Move a batch to a status the table of moves allows; raise Refused when it is elsewhere."""
    allowed = [before for before, after in ImportBatch.MOVES.items() if status in after]
    moved = ImportBatch.objects.filter(
        company=actor.company, pk=batch.pk, status__in=allowed
    ).update(status=status, **changes)
    if moved != 1:
        now = Status(_reread(batch).status).label.lower()
        raise Refused(
            f"Import {batch.name} is {now}; it cannot become {Status(status).label.lower()}."
        )


def _reread(batch: ImportBatch) -> ImportBatch:
    return ImportBatch.objects.get(pk=batch.pk)


def _check_profile(document: dict[str, Any]) -> None:
    try:
        read_profile(document)
    except LedgerError as error:
        raise Refused(str(error)) from error
