"""Statements of account from the records: the ledger of some customers as documents.

The rows are read by `account_rows`, the figures are the engine's (`engine.statements`), and
the texts of the rows are put beside them here.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine import schema
from dunwell.engine.aging import BUCKETS
from dunwell.engine.calendars import day_date
from dunwell.engine.statements import LINE_ORDER, STATEMENT_ALLOCATIONS, statements
from dunwell.formats.account_statement import (
    Account,
    AccountDocument,
    AccountLine,
    CashLine,
    OpenLine,
)
from dunwell.models import Company
from dunwell.queries.account_rows import AccountRows, Through, account_rows
from dunwell.queries.planned import Planned, Read

FIRST_YEAR = 1970
PARTS = 4
"""Totals, lines, open items and cash of a statement."""
SPANS_PLANNED = 32
"""So many spans are kept as planned; nearly all ask for this year."""
OFFSET = "netting"
"""Method of a payment that stands for what we owed the customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From when to when, both days within it, and by when it had to be recorded."""

    from_on: date
    to_on: date
    known_on: date


def checked_span(*, from_on: date, to_on: date, known_on: date | None, as_of: date) -> Span:
    """Return the span of a statement; raise ValueError, saying which day is wrong."""
    known_on = known_on or as_of
    if from_on.year < FIRST_YEAR:
        raise ValueError(f"The first day {from_on} lies before {FIRST_YEAR}; choose a later one.")
    if to_on < from_on:
        raise ValueError(f"The span ends on {to_on}, before it begins on {from_on}.")
    if known_on > as_of:
        raise ValueError(f"What will be known on {known_on} is not known yet; today is {as_of}.")
    if to_on > known_on:
        raise ValueError(
            f"The span ends on {to_on}, but only what was recorded by {known_on} is asked for. "
            "End it on that day or before."
        )
    return Span(from_on=from_on, to_on=to_on, known_on=known_on)


def account_documents(
    company: Company, languages: Mapping[int, str], *, span: Span, through: Through
) -> dict[int, AccountDocument]:
    """Return a statement without number for every customer key in `languages`, in its language.

    A customer who is not the company's is left out.
    """
    rows = account_rows(company, sorted(languages), known_on=span.known_on, through=through)
    totals, lines, opened, cash = _found(rows, list(languages), span)
    book = _Book(rows)
    by_account = {
        "lines": _grouped(lines.sort(*LINE_ORDER), book.line),
        "open_items": _grouped(opened.sort("due_day", "item_id"), book.open_line),
        "unapplied": _grouped(book.without_returned(cash), book.cash_line),
    }
    accounts: dict[int, list[Account]] = defaultdict(list)
    for row in totals.sort("customer_id", "currency").rows(named=True):
        key = (row.pop("customer_id"), row["currency"])
        held: dict[str, Any] = {name: tuple(part[key]) for name, part in by_account.items()}
        buckets = dict.fromkeys(BUCKETS, 0)
        for item in held["open_items"]:
            buckets[item.bucket] += item.open_minor
        if any(held.values()) or row["opening_minor"]:
            accounts[key[0]].append(Account(**row, **held, buckets=tuple(buckets.items())))
    return {
        customer: AccountDocument(
            number="",
            customer=rows.numbers[customer],
            from_on=span.from_on,
            to_on=span.to_on,
            known_on=span.known_on,
            language=languages[customer],
            accounts=tuple(accounts[customer]),
        )
        for customer in languages
        if customer in rows.numbers
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownAccount:
    """One currency of a statement as a page shows it: sums in minor units and the first lines."""

    currency: str
    opening_minor: int
    movements_minor: int
    closing_minor: int
    lines: tuple[AccountLine, ...]
    more_lines: int


def shown_accounts(
    company: Company, customer_id: int, *, span: Span, through: Through, most: int
) -> tuple[ShownAccount, ...]:
    """Return the accounts of `account_documents` with at most so many lines of each."""
    rows = account_rows(company, [customer_id], known_on=span.known_on, through=through)
    found = _together(span.from_on, span.to_on)(
        {
            "items": rows.items.select(*schema.ITEMS),
            "allocations": rows.allocations.select(*STATEMENT_ALLOCATIONS),
            "payments": rows.payments.select(*schema.PAYMENTS),
        }
    ).filter(pl.col("customer_id") == customer_id)
    totals, lines, opened, cash = (found.filter(pl.col("part") == n) for n in range(PARTS))
    book = _Book(rows)
    parts = (lines, opened, book.without_returned(cash))
    used = {code for part in parts for code in part["currency"].unique()}
    first = _grouped(lines.sort(*LINE_ORDER).group_by("currency").head(most), book.line)
    counts = dict(lines.group_by("currency").len().iter_rows())
    return tuple(
        ShownAccount(
            currency=code,
            opening_minor=opening,
            movements_minor=movements,
            closing_minor=closing,
            lines=tuple(first.get((customer_id, code), ())),
            more_lines=max(counts.get(code, 0) - most, 0),
        )
        for code, opening, movements, closing in totals.sort("currency")
        .select("currency", "opening_minor", "movements_minor", "closing_minor")
        .iter_rows()
        if code in used or opening
    )


@lru_cache(maxsize=SPANS_PLANNED)
def _together(from_on: date, to_on: date) -> Planned:
    """Return the plan of a span's statements: their parts as one frame, told apart by `part`.

    Of a single customer the plan costs more than the work.
    """

    def build(read: Read) -> nw.LazyFrame:
        found = statements(
            read["items"], read["allocations"], read["payments"], from_on=from_on, to_on=to_on
        )
        parts = (found.totals, found.lines, found.open_items, found.unapplied)
        numbered = [one.with_columns(part=nw.lit(n)) for n, one in enumerate(parts)]
        return nw.concat(numbered, how="diagonal")

    return Planned(build)


def _found(
    rows: AccountRows, customers: list[int], span: Span
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return what the engine finds of some customers: totals, lines, open items, cash."""
    found = statements(
        _frame(rows.items, schema.ITEMS),
        _frame(rows.allocations, STATEMENT_ALLOCATIONS),
        _frame(rows.payments, schema.PAYMENTS),
        from_on=span.from_on,
        to_on=span.to_on,
    )
    parts = (found.totals, found.lines, found.open_items, found.unapplied)
    wanted = pl.col("customer_id").is_in(customers)
    lazy: list[pl.LazyFrame] = [nw.to_native(part) for part in parts]
    totals, lines, opened, cash = pl.collect_all([frame.filter(wanted) for frame in lazy])
    return totals, lines, opened, cash


class _Book:
    """The same rows by their keys, to put the texts beside what the engine found."""

    def __init__(self, rows: AccountRows) -> None:
        self.items = _by(rows.items, "item_id")
        self.payments = _by(rows.payments, "payment_id")
        self.allocations = _by(rows.allocations, "allocation_id")
        self.numbers = rows.numbers

    def line(self, row: Mapping[str, Any]) -> AccountLine:
        """Return a line of the engine as the document shows it."""
        source, key, kind = row["source"], f"{row['source']}:{row['source_id']}", row["kind"]
        number = reference = other = ""
        due: date | None = None
        if source == "item":
            item = self.items[row["source_id"]]
            number, reference, due = item["number"], item["reference"], day_date(item["due_day"])
        elif source == "payment":
            payment = self.payments[row["source_id"]]
            number, reference = payment["number"], payment["reference"]
            kind = _payment_kind(payment)
        elif source == "netting":
            key = f"{key}-{row['other_id']}"
            number = self.items[row["source_id"]]["number"]
            reference = self._item_number(row["other_id"])
        else:
            allocation = self.allocations[row["source_id"]]
            payment = self.payments.get(allocation["payment_id"], {})
            number = self._item_number(allocation["item_id"])
            reference = payment.get("number", "")
            other = self._other(kind, allocation, payment)
        return AccountLine(
            key=key,
            on=day_date(row["day"]),
            kind=kind,
            number=number,
            reference=reference,
            other=other,
            due_on=due,
            currency=row["currency"],
            amount_minor=row["amount_minor"],
            balance_minor=row["balance_minor"],
        )

    def open_line(self, row: Mapping[str, Any]) -> OpenLine:
        """Return an open item as the document shows it."""
        item = self.items[row["item_id"]]
        return OpenLine(
            key=f"item:{row['item_id']}",
            kind=row["kind"],
            number=item["number"],
            reference=item["reference"],
            issued_on=day_date(row["issued_day"]),
            due_on=day_date(row["due_day"]),
            days_past_due=row["days_past_due"],
            bucket=row["bucket"],
            currency=row["currency"],
            amount_minor=row["amount_minor"],
            open_minor=row["open_minor"],
        )

    def cash_line(self, row: Mapping[str, Any]) -> CashLine:
        """Return a payment with unapplied cash as the document shows it."""
        payment = self.payments[row["payment_id"]]
        return CashLine(
            key=f"payment:{row['payment_id']}",
            number=payment["number"],
            reference=payment["reference"],
            value_on=day_date(row["value_day"]),
            currency=row["currency"],
            amount_minor=row["amount_minor"],
            unapplied_minor=row["unapplied_minor"],
        )

    def without_returned(self, cash: pl.DataFrame) -> pl.DataFrame:
        """Return unapplied cash in order, without payments that their return cancels."""
        left = dict(cash.select("payment_id", "unapplied_minor").iter_rows())
        gone: set[int] = set()
        for key, minor in left.items():
            first = self.payments[key]["reverses_id"]
            if first is not None and left.get(first, 0) + minor == 0:
                gone |= {key, first}
        kept = cash.filter(~pl.col("payment_id").is_in(list(gone)))
        return kept.sort("value_day", "payment_id")

    def _item_number(self, key: int) -> str:
        return str(self.items[key]["number"]) if key in self.items else ""

    def _other(self, kind: str, allocation: Mapping[str, Any], payment: Mapping[str, Any]) -> str:
        if kind == "paid_by_other":
            return self.numbers.get(payment.get("customer_id") or 0, "")
        if kind == "paid_for_other":
            item = self.items.get(allocation["item_id"], {})
            return self.numbers.get(item.get("customer_id") or 0, "")
        return ""


def _payment_kind(payment: Mapping[str, Any]) -> str:
    if payment["reverses_id"] is not None:
        return "payment_returned"
    if payment["amount_minor"] < 0:
        return "payout"
    return "offset" if payment["method"] == OFFSET else "payment"


def _frame(rows: pl.DataFrame, columns: schema.Frame) -> nw.LazyFrame:
    return nw.from_native(rows.select(*columns).lazy())


def _by(rows: pl.DataFrame, key: str) -> dict[int, dict[str, Any]]:
    return {row[key]: row for row in rows.iter_rows(named=True)}


def _grouped(
    rows: pl.DataFrame, shown: Callable[[Mapping[str, Any]], Any]
) -> dict[tuple[int, str], list[Any]]:
    found: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        found[row["customer_id"], row["currency"]].append(shown(row))
    return found
