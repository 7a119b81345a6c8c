"""The log of invoice to cash as an object-centric one: invoices, customers, payments, messages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from dunwell.engine.calendars import months_after
from dunwell.engine.money import from_minor
from dunwell.formats.ocel import OcelEvent, OcelLog, OcelObject
from dunwell.models import Company, Item
from dunwell.queries.process import ProcessChoice
from dunwell.queries.process_events import OBJECT_TYPES, process_log

MOST_INVOICES = 20_000
"""Invoices whose log is written to one file."""
CONCERNS, OF, OWED_BY = "concerns", "of", "owed by"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_EVENT = ["activity", "moment", "resource", "object_id"]


class LogTooLargeError(ValueError):
    """The log chosen holds more invoices than go into one file; the message says how many."""


def ocel_log(company: Company, choice: ProcessChoice, *, as_of: date) -> OcelLog:
    """Return the log of the invoices chosen, with everything that they have to do with.

    People stand in it as kinds of party, customers as keys. What one message or payment did to
    several invoices is one event. Raises LogTooLargeError for more than MOST_INVOICES.
    """
    until = months_after(choice.last, 1)
    chosen = Item.objects.filter(
        company=company,
        kind=Item.Kind.INVOICE,
        currency=choice.currency,
        issued_on__gte=choice.first,
        issued_on__lt=until,
    )
    if choice.segment is not None:
        chosen = chosen.filter(customer__segment=choice.segment)
    count = chosen.count()
    if count > MOST_INVOICES:
        raise LogTooLargeError(
            f"{count} invoices are chosen; a file takes {MOST_INVOICES}. "
            "Choose fewer months or one segment."
        )
    read = process_log(
        company, first=choice.first, until=until, as_of=as_of, segment=choice.segment
    )
    cases = read.cases.filter(pl.col("currency") == choice.currency)
    events = read.events.join(cases.select("case_id"), on="case_id", how="semi")
    return OcelLog(
        events=tuple(_events(events, ZoneInfo(company.zone))),
        objects=tuple(_objects(cases, events)),
    )


def _events(events: pl.DataFrame, zone: ZoneInfo) -> Iterator[OcelEvent]:
    """Yield one event for what was done to several invoices at once."""
    alone = pl.when(pl.col("object_id") == 0).then(pl.col("case_id")).otherwise(0)
    grouped = (
        events.with_columns(alone=alone)
        .group_by(*_EVENT, "alone")
        .agg(pl.col("case_id").sort(), settled_minor=pl.col("settled_minor").sum())
        .sort("moment", "activity", "object_id", "alone", "resource")
    )
    for number, row in enumerate(grouped.iter_rows(named=True), start=1):
        kind = OBJECT_TYPES.get(row["activity"])
        objects = [(f"invoice-{key}", CONCERNS) for key in dict.fromkeys(row["case_id"])]
        if kind is not None and row["object_id"]:
            objects.append((f"{kind}-{row['object_id']}", OF))
        local = datetime.fromtimestamp(row["moment"] / 1000, UTC).replace(tzinfo=zone)
        yield OcelEvent(
            id=f"event-{number}",
            type=row["activity"],
            at=local.astimezone(UTC),
            objects=tuple(objects),
            attributes={"party": row["resource"]},
        )


def _objects(cases: pl.DataFrame, events: pl.DataFrame) -> Iterator[OcelObject]:
    for row in cases.iter_rows(named=True):
        told = (
            ("number", row["number"]),
            ("amount", float(from_minor(row["amount_minor"], row["currency"]))),
            ("currency", row["currency"]),
        )
        yield OcelObject(
            id=f"invoice-{row['case_id']}",
            type="invoice",
            attributes=tuple((name, BEGINNING, value) for name, value in told),
            objects=((f"customer-{row['customer_id']}", OWED_BY),),
        )
    for key, segment in cases.select("customer_id", "segment").unique().sort("customer_id").rows():
        yield OcelObject(
            id=f"customer-{key}",
            type="customer",
            attributes=(("segment", BEGINNING, segment),),
        )
    kinds = pl.col("activity").replace_strict(
        list(OBJECT_TYPES), list(OBJECT_TYPES.values()), default="", return_dtype=pl.String
    )
    others = (
        events.with_columns(kind=kinds)
        .filter(pl.col("object_id") != 0, pl.col("kind") != "")
        .select("kind", "object_id")
        .unique()
        .sort("kind", "object_id")
    )
    for kind, key in others.rows():
        yield OcelObject(id=f"{kind}-{key}", type=kind)
