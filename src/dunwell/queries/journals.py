"""Journals as pages, the API and the general ledger see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min

from dunwell.formats.journal import ExportedLine
from dunwell.models import (
    Allocation,
    Company,
    EntryLine,
    FinancingMove,
    Item,
    Journal,
    JournalLine,
    Payment,
    ProviderPayout,
    ProvisionRun,
)
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

CHUNK = 2000
"""Lines whose source numbers are looked up at a time; bounds memory."""
_LINE = (
    "place", "posted_on", "account", "customer_id", "customer__number", "currency",
    "amount_minor", "home_minor", "allocation_id", "line__source", "line__source_id",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalTotal:
    """What a journal books in one currency, debit and credit alike, in minor units.

    `home_minor` is the debit side's value in the company's currency.
    """

    currency: str
    lines: int
    debit_minor: int
    credit_minor: int
    home_debit_minor: int
    home_credit_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalRow:
    """One journal; `sha256` is of its CSV file."""

    id: int
    number: int
    until_on: date
    lines: int
    totals: tuple[JournalTotal, ...]
    sha256: str
    status: str
    status_label: str
    made_by: str
    made_at: datetime
    acknowledged_by: str
    acknowledged_at: datetime | None
    receipt: str

    @property
    def home_debit_minor(self) -> int:
        """Return the debits of all currencies at home: as much as the credits."""
        return sum(total.home_debit_minor for total in self.totals)

    @property
    def home_credit_minor(self) -> int:
        """Return the credits of all currencies at home."""
        return sum(total.home_credit_minor for total in self.totals)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRow:
    """One line of a journal; a debit is above 0. `source_number`: of the item or payment."""

    place: int
    posted_on: date
    account: str
    account_label: str
    gl_number: str
    customer_id: int | None
    customer_number: str
    currency: str
    amount_minor: int
    home_minor: int
    source: str
    source_number: str
    item_id: int | None
    payment_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unjournaled:
    """What no journal has yet: so many entry lines, dated from one day to another."""

    lines: int
    first_on: date | None
    last_on: date | None


def journal_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[JournalRow]:
    """Return one page of journals, the newest first."""
    limit = page_limit(limit)
    found = Journal.objects.filter(company=company)
    rows = found.filter(after(cursor, ("-number",), (int,))).order_by("-number")[: limit + 1]
    return page_of(
        [journal_row(journal) for journal in rows], limit=limit, key=lambda row: (row.number,)
    )


def journal_row(journal: Journal) -> JournalRow:
    """Return one journal as it is shown."""
    return JournalRow(
        id=journal.pk,
        number=journal.number,
        until_on=journal.until_on,
        lines=journal.lines,
        totals=tuple(JournalTotal(**total) for total in journal.totals),
        sha256=journal.sha256,
        status=journal.status,
        status_label=str(Journal.Status(journal.status).label),
        made_by=journal.made_by,
        made_at=journal.made_at,
        acknowledged_by=journal.acknowledged_by,
        acknowledged_at=journal.acknowledged_at,
        receipt=journal.receipt,
    )


@of_large
def unjournaled(company: Company, *, until_on: date) -> Unjournaled:
    """Return how much of what is booked up to a day waits for the next journal."""
    waiting = EntryLine.objects.filter(company=company, posted_on__lte=until_on, journal_line=None)
    found = waiting.aggregate(lines=Count("id"), first=Min("posted_on"), last=Max("posted_on"))
    return Unjournaled(lines=found["lines"], first_on=found["first"], last_on=found["last"])


def line_rows(
    journal: Journal, *, account: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[LineRow]:
    """Return one page of a journal's lines in order, of one account when it is named."""
    limit = page_limit(limit)
    found = JournalLine.objects.filter(journal=journal).filter(after(cursor, ("place",), (int,)))
    if account:
        found = found.filter(account=account)
    rows = list(found.order_by("place").values(*_LINE)[: limit + 1])
    sources = _sources(rows)
    accounts = _gl_numbers(journal)
    return page_of(
        [
            LineRow(
                place=row["place"],
                posted_on=row["posted_on"],
                account=row["account"],
                account_label=str(EntryLine.Account(row["account"]).label),
                gl_number=accounts.get(row["account"], ""),
                customer_id=row["customer_id"],
                customer_number=row["customer__number"] or "",
                currency=row["currency"],
                amount_minor=row["amount_minor"],
                home_minor=row["home_minor"],
                source=_source(row)[0],
                source_number=sources[_source(row)].number,
                item_id=sources[_source(row)].item_id,
                payment_id=sources[_source(row)].payment_id,
            )
            for row in rows
        ],
        limit=limit,
        key=lambda row: (row.place,),
    )


def exported_lines(journal: Journal) -> Iterator[ExportedLine]:
    """Yield a journal's lines in order, with the account numbers in force when it was made."""
    accounts, home, place = _gl_numbers(journal), journal.company.currency, 0
    found = JournalLine.objects.filter(journal=journal).order_by("place").values(*_LINE)
    while rows := list(found.filter(place__gt=place)[:CHUNK]):
        place = rows[-1]["place"]
        sources = _sources(rows)
        for row in rows:
            yield ExportedLine(
                journal=journal.number,
                line=row["place"],
                posted_on=row["posted_on"],
                account=row["account"],
                gl_number=accounts.get(row["account"], ""),
                customer=row["customer__number"] or "",
                currency=row["currency"],
                amount_minor=row["amount_minor"],
                home_currency=home,
                home_minor=row["home_minor"],
                source=_source(row)[0],
                source_number=sources[_source(row)].number,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Origin:
    """What a line was booked from: its number, and the page that shows it."""

    number: str
    item_id: int | None = None
    payment_id: int | None = None


def _gl_numbers(journal: Journal) -> Mapping[str, str]:
    zone = ZoneInfo(journal.company.zone)
    made_on = journal.made_at.astimezone(zone).date()
    return cash_policy_in_force(journal.company, as_of=made_on).accounts


def _source(row: Mapping[str, Any]) -> tuple[str, int]:
    if row["allocation_id"] is not None:
        return EntryLine.Source.ALLOCATION.value, row["allocation_id"]
    return row["line__source"], row["line__source_id"]


def _sources(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], _Origin]:
    """Return what the lines were booked from: an allocation is shown by its item's number."""
    keys: dict[str, set[int]] = {name: set() for name in EntryLine.Source.values}
    for source, key in map(_source, rows):
        keys[source].add(key)
    items = Item.objects.filter(pk__in=keys["item"]).values_list("pk", "number")
    payments = Payment.objects.filter(pk__in=keys["payment"]).values_list("pk", "number")
    allocations = Allocation.objects.filter(pk__in=keys["allocation"]).values_list(
        "pk", "item", "item__number"
    )
    payouts = ProviderPayout.objects.filter(pk__in=keys["payout"]).values_list("pk", "payout_id")
    runs = ProvisionRun.objects.filter(pk__in=keys["provision"] | keys["reversal"])
    ends = {key: as_of.isoformat() for key, as_of in runs.values_list("pk", "as_of")}
    moves = FinancingMove.objects.filter(pk__in=keys["financing"]).values_list(
        "pk", "draw__number"
    )
    return {
        **{("payout", key): _Origin(number=number) for key, number in payouts},
        **{("provision", key): _Origin(number=number) for key, number in ends.items()},
        **{("reversal", key): _Origin(number=number) for key, number in ends.items()},
        **{("financing", key): _Origin(number=str(number)) for key, number in moves},
        **{("item", key): _Origin(number=number, item_id=key) for key, number in items},
        **{("payment", key): _Origin(number=number, payment_id=key) for key, number in payments},
        **{
            ("allocation", key): _Origin(number=number, item_id=item)
            for key, item, number in allocations
        },
    }
