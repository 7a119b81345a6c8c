"""The steps from recognised tables to the frames of a ledger, in one visible order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.formats.customer_rows import aliases, customer_rows, merged, with_numbers
from dunwell.formats.decisions import Decision
from dunwell.formats.dispute_rows import DISPUTE, dispute_rows, empty_disputes
from dunwell.formats.due_dates import finished_items
from dunwell.formats.findings import FindingLog, LedgerError
from dunwell.formats.grid import Table
from dunwell.formats.implied import implied_payments, open_as_told
from dunwell.formats.item_rows import item_rows, with_columns_of
from dunwell.formats.orders import order_amounts, report_loose_lines
from dunwell.formats.payment_rows import (
    all_lines,
    numbered,
    payments_of_lines,
)
from dunwell.formats.settling import (
    ALLOCATION,
    capped,
    stated_allocations,
)
from dunwell.formats.sources import Source
from dunwell.formats.totals import role_totals, summed, unlaid_totals
from dunwell.formats.typed import Typed, typed_rows

ITEM = (
    "number",
    "customer_number",
    "kind",
    "currency",
    "amount_minor",
    "issued_day",
    "due_day",
    "is_disputed",
    "is_paper",
    "open_minor",
    "terms",
    "reference",
    "company_code",
    "file",
    "part",
    "row",
)
PAYMENT = (
    "payment_number",
    "customer_number",
    "currency",
    "amount_minor",
    "value_day",
    "method",
    "reference",
    "is_derived",
    "file",
    "part",
    "row",
)
DETAILS = (
    "customer_number",
    "customer_name",
    "country",
    "language",
    "email",
    "phone",
    "segment",
    "parent",
    "file",
    "part",
    "row",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRows:
    """The frames of a ledger with findings, totals, decisions and what was detected per table."""

    frames: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    totals: pl.DataFrame
    decisions: tuple[Decision, ...]
    detected: Mapping[str, Mapping[str, str | int]]
    known_day: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    source: Source
    typed: Typed


def build_rows(
    sources: Sequence[Source],
    *,
    default_currency: str,
    known_on: date | None,
    by_number: bool = False,
) -> LedgerRows:
    """Return the ledger's frames; every row is imported, refused, or left out by name.

    `by_number`: a payment is known by its number alone, whosever documents it settles.
    """
    log = FindingLog(source.table.findings for source in sources)
    used = [source for source in sources if source.found.role != "other"]
    _report_left_out(sources, log=log)
    read = _typed(used, default_currency=default_currency, log=log)
    decisions = _decisions(sources, read)
    # While a question is open nothing is read on a guess: the frames stay empty.
    frames, totals, known_day = _frames(
        [] if decisions else read,
        default_currency=default_currency,
        known_on=known_on,
        by_number=by_number,
        log=log,
    )
    return LedgerRows(
        frames=frames,
        findings=log.frame(),
        totals=totals,
        decisions=decisions,
        detected={one.source.table.label: one.typed.detected for one in read},
        known_day=known_day,
    )


def _frames(
    read: Sequence[_Read],
    *,
    default_currency: str,
    known_on: date | None,
    by_number: bool,
    log: FindingLog,
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame, int]:
    """Return the frames by name, the control totals, and the day the files are known from."""
    customers = [customer_rows(one.typed.frame, log=log) for one in _of(read, "customers")]
    names = aliases(customers)
    items, among = _items(read, customers, names, log=log)
    paid = [(one.typed.frame, one.source.found) for one in _of(read, "payments", "allocations")]
    lines = all_lines(paid, among, items, names, log=log)
    known_day = _known_day(items, lines, known_on)
    lines = numbered(lines, day=known_day, by_number=by_number, log=log)
    payments, lines = payments_of_lines(lines, log=log)
    allocations, lines = stated_allocations(lines, payments, items, log=log)
    allocations = capped(allocations, payments, items, log=log)
    derived, placed = implied_payments(items, allocations, day=known_day, log=log)
    payments = pl.concat([payments, derived.select(payments.columns)])
    disputes = _disputes(read, items, day=known_day, log=log)
    totals = _totals(read, items, lines, customers, disputes)
    _prove(read, totals)
    kept = items.filter(~pl.col("is_refused")).with_columns(open_as_told().alias("open_minor"))
    named = pl.concat([kept.select(*DETAILS), _payers(payments)])
    frames = {
        "customers": merged(customers, named, currency=_sole(kept, default_currency), log=log),
        "items": kept.select(*ITEM),
        "payments": payments.select(*PAYMENT),
        "allocations": pl.concat([allocations, placed.select(*ALLOCATION)]),
        "disputes": disputes.filter(~pl.col("is_refused")).drop("is_refused", "stated_minor"),
    }
    return frames, totals, known_day


def _of(read: Sequence[_Read], *roles: str) -> list[_Read]:
    return [one for one in read if one.source.found.role in roles]


def _whole_file(table: Table) -> pl.DataFrame:
    return pl.DataFrame(
        {"file": [table.name], "part": [table.part], "row": [None]},
        schema={"file": pl.String, "part": pl.String, "row": pl.Int64},
    )


def _report_left_out(sources: Sequence[Source], *, log: FindingLog) -> None:
    for source in sources:
        if source.found.role == "other":
            rows, why = source.table.cells.height, source.found.reason
            log.rows(
                _whole_file(source.table),
                code="table_left_out",
                action="refused",
                severity="info",
                reason=(
                    f"{rows} rows are left out: the table {why}"
                    if rows != 1
                    else f"1 row is left out: the table {why}"
                )
                if why.startswith("has")
                else f"{rows} rows are left out: {why}"
                if rows != 1
                else f"1 row is left out: {why}",
            )


def _typed(used: Sequence[Source], *, default_currency: str, log: FindingLog) -> list[_Read]:
    """Return every used table typed; customers last: their limits take the ledger's currency."""
    read: list[_Read] = []
    order = sorted(used, key=lambda source: source.found.role == "customers")
    for source in order:
        reading = replace(source.reading, default_currency=default_currency)
        if source.found.role == "customers" and not default_currency:
            codes = {
                code
                for one in _of(read, "items", "orders")
                for code in one.typed.frame.get_column("currency").unique()
            }
            reading = replace(reading, default_currency=codes.pop() if len(codes) == 1 else "")
        read.append(
            _Read(
                source=source,
                typed=typed_rows(source.table, source.found, reading=reading, log=log),
            )
        )
    return read


def _decisions(sources: Sequence[Source], read: Sequence[_Read]) -> tuple[Decision, ...]:
    found = [decision for one in read for decision in one.typed.decisions]
    found += [
        _mapping_question(source, source.found.missing)
        for source in sources
        if source.found.missing
    ]
    roles = {source.found.role for source in sources}
    if not roles & {"items", "payments", "customers", "orders"}:
        largest = max(sources, key=lambda source: source.table.cells.height)
        found.append(
            _mapping_question(
                largest, ["customer_number", "amount or open_amount", "issued or due"]
            )
        )
    return tuple(found)


def _mapping_question(source: Source, missing: Sequence[str]) -> Decision:
    columns = tuple(source.table.cells.columns)
    return Decision(
        file=source.table.name,
        part=source.table.part,
        code="mapping",
        columns=columns,
        options=tuple(missing),
        question=f"No column of {source.table.label} was recognised as {', '.join(missing)}. Its "
        f"columns are {', '.join(columns[:20])}. Map the right ones in the profile.",
    )


def _items(
    read: Sequence[_Read],
    customers: Sequence[pl.DataFrame],
    names: Mapping[str, str],
    *,
    log: FindingLog,
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    lines = [one.typed.frame for one in _of(read, "order_lines")]
    parts, payments = [], []
    for one in _of(read, "items", "orders"):
        frame, found = one.typed.frame, one.source.found
        if found.role == "orders":
            frame, found = order_amounts(frame, found, lines, log=log)
        rows = item_rows(with_numbers(frame, names), found, log=log)
        parts.append(rows.items)
        payments.append(rows.payments)
    items = pl.concat(parts, how="diagonal") if parts else _no_items()
    terms = (
        pl.concat(customers).filter(~pl.col("is_refused") & pl.col("terms").is_not_null())
        if customers
        else None
    )
    if terms is None:
        items = items.with_columns(pl.lit(None, dtype=pl.String).alias("customer_terms"))
    else:
        by_customer = terms.unique("customer_number", keep="first", maintain_order=True).select(
            "customer_number", pl.col("terms").alias("customer_terms")
        )
        items = items.join(by_customer, on="customer_number", how="left", maintain_order="left")
    are_used = any(
        one.source.found.role == "orders" and "amount" not in one.source.found.fields
        for one in read
    )
    report_loose_lines(lines, items, are_used=are_used, log=log)
    return finished_items(items, log=log), payments


def _no_items() -> pl.DataFrame:
    """Return an items frame without rows but with every column the later steps name."""
    base = pl.DataFrame(schema={"file": pl.String, "part": pl.String, "row": pl.Int64})
    frame = with_columns_of(base).with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in ("number", "stated_number")
    )
    frame = frame.with_columns(
        pl.lit(None, dtype=pl.Int64).alias(name)
        for name in ("amount_minor", "open_minor", "applied_minor")
    )
    return frame.with_columns(
        pl.lit(None, dtype=pl.Int32).alias("issued_day"),
        pl.lit(value=False).alias("is_disputed"),
        pl.lit(None, dtype=pl.Boolean).alias("is_paper"),
    ).clear()


def _known_day(items: pl.DataFrame, lines: pl.DataFrame, known_on: date | None) -> int:
    """Return the day the files are known from: as told, else the latest day something happened."""
    if known_on is not None:
        return day_number(known_on)
    kept = items.filter(~pl.col("is_refused"))
    latest = [
        kept.get_column("issued_day").max(),
        kept.get_column("settled").max(),
        kept.get_column("posted").max(),
        lines.get_column("day").max(),
    ]
    return max((int(day) for day in latest if isinstance(day, int)), default=0)


def _disputes(
    read: Sequence[_Read], items: pl.DataFrame, *, day: int, log: FindingLog
) -> pl.DataFrame:
    parts = [
        dispute_rows(one.typed.frame, one.source.found, items, day=day, log=log)
        for one in _of(read, "disputes")
    ]
    return pl.concat([empty_disputes(), *(part.select(*DISPUTE) for part in parts)])


def _payers(payments: pl.DataFrame) -> pl.DataFrame:
    absent = [name for name in DETAILS if name not in payments.columns]
    return payments.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in absent
    ).select(*DETAILS)


def _sole(items: pl.DataFrame, default_currency: str) -> str:
    codes = items.get_column("currency").unique().to_list()
    return default_currency or (str(codes[0]) if len(codes) == 1 else "")


def _prove(read: Sequence[_Read], totals: pl.DataFrame) -> None:
    """Raise LedgerError unless every row read is in the control totals: nothing is dropped."""
    rows = sum(one.typed.rows_read for one in read if one.source.found.role != "order_lines")
    counted = int(totals.get_column("rows_in").sum())
    if rows != counted:
        raise LedgerError(
            f"Control totals do not tie: {rows} rows were read but {counted} accounted for. "
            "Nothing was imported; please report this with the file."
        )


def _totals(
    read: Sequence[_Read],
    items: pl.DataFrame,
    lines: pl.DataFrame,
    customers: Sequence[pl.DataFrame],
    disputes: pl.DataFrame,
) -> pl.DataFrame:
    payments = lines.filter(pl.col("role") == "payments")
    links = lines.filter(pl.col("role") == "allocations")
    parts = [
        role_totals(items, role="items", amount="amount_minor"),
        role_totals(payments, role="payments", amount="amount_minor"),
        role_totals(links, role="allocations", amount="amount_minor"),
        role_totals(disputes, role="disputes", amount="stated_minor"),
        *(
            role_totals(table, role="customers", amount="credit_limit_minor")
            for table in customers
        ),
    ]
    counts = [
        (
            "items" if one.source.found.role == "orders" else one.source.found.role,
            one.typed.rows_refused,
        )
        for one in read
        if one.source.found.role != "order_lines"
    ]
    return summed([part for part in parts if part.height] + [unlaid_totals(counts)])
