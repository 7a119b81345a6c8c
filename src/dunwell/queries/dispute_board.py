"""What many dispute cases come to: the columns of the board, the sums under a list."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import polars as pl
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from dunwell.models import Company, DisputeCase
from dunwell.queries.dispute_amounts import (
    MOST,
    CaseAmounts,
    amounts_by_case,
    amounts_frame,
    case_amounts,
)
from dunwell.queries.dispute_cases import CaseChoice, DisputeCaseRow, found_cases, told_rows
from dunwell.queries.frames import keys_of, read_rows
from dunwell.queries.kept_sums import MANY_ITEMS, kept

Status = DisputeCase.Status

COLUMNS = (
    (Status.NEW,),
    (Status.ASSIGNED,),
    (Status.IN_REVIEW,),
    (Status.WAITING_CUSTOMER,),
    (Status.WAITING_INTERNAL,),
    (Status.PROPOSED, Status.PENDING_APPROVAL),
    (Status.RESOLVED,),
)
"""The statuses of each column of the board."""
CARDS = 20
"""Cards a column shows; the rest is in the list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSum:
    """What cases dispute now in one currency, and how many have a part in it."""

    currency: str
    open_minor: int
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardColumn:
    """One column of the board: its cards, how many cases there are and what they dispute."""

    status: str
    label: str
    count: int
    rows: tuple[DisputeCaseRow, ...]
    sums: tuple[CaseSum, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    """Cases and what they dispute now, by status; `amounts` of each case where they are few."""

    counts: Mapping[str, int]
    sums: Mapping[str, Sequence[CaseSum]]
    amounts: Mapping[int, tuple[CaseAmounts, ...]] | None

    @property
    def cases(self) -> int:
        return sum(self.counts.values())


def case_board(
    company: Company, choice: CaseChoice, *, as_of: date, language: str = "en"
) -> tuple[BoardColumn, ...]:
    """Return the columns of the board, cards by their last day.

    Five queries, two more where there are many cases: the cards and those behind them sum to the
    column's figure. Resolved ones wait for a credit note or for their day to be closed. The sums
    of many cases are kept until something is recorded.
    """
    shown = [status for column in COLUMNS for status in column]
    found = found_cases(company, choice, as_of=as_of).filter(status__in=shown)
    told = kept(
        company,
        ("case_board", choice, as_of),
        lambda: _sums(company, found, as_of),
        is_worth=lambda sums: sums.cases >= MANY_ITEMS,
    )
    rows = _cards(company, found, told.amounts, as_of=as_of, language=language)
    return tuple(
        BoardColumn(
            status=str(column[0]),
            label=str(column[0].label),
            count=sum(told.counts.get(status, 0) for status in column),
            rows=tuple(row for row in rows if row.status in column)[:CARDS],
            sums=_added([told.sums.get(status, ()) for status in column]),
        )
        for column in COLUMNS
    )


def case_sums(company: Company, choice: CaseChoice, *, as_of: date) -> tuple[CaseSum, ...]:
    """Return what the cases asked for dispute now, by currency; the rows of the list sum to it.

    Two queries; the sums of many cases are kept until something is recorded.
    """
    return kept(
        company,
        ("case_sums", choice, as_of),
        lambda: _open_sums(
            amounts_frame(company, found_cases(company, choice, as_of=as_of), as_of=as_of)
        ),
        is_worth=lambda sums: sum(one.cases for one in sums) >= MANY_ITEMS,
    )


def _sums(company: Company, found: QuerySet[DisputeCase], as_of: date) -> _Sums:
    cases, parameters = keys_of(found)
    status_of = read_rows(
        f"SELECT id, status FROM dunwell_disputecase WHERE id IN ({cases})",  # noqa: S608  # our own
        parameters,
        {"case_id": pl.Int64, "status": pl.String},
    )
    amounts = amounts_frame(company, found, as_of=as_of)
    by_status = amounts.join(status_of, on="case_id").partition_by("status", as_dict=True)
    return _Sums(
        counts=dict(status_of["status"].value_counts().rows()),
        sums={str(status): _open_sums(rows) for (status,), rows in by_status.items()},
        amounts=amounts_by_case(amounts) if status_of.height <= MOST else None,
    )


def _cards(
    company: Company,
    found: QuerySet[DisputeCase],
    amounts: Mapping[int, tuple[CaseAmounts, ...]] | None,
    *,
    as_of: date,
    language: str,
) -> list[DisputeCaseRow]:
    """Return the first cases of each status; their amounts are read where they are not given."""
    place = Window(
        RowNumber(), partition_by=[F("status")], order_by=[F("resolve_by").asc(), F("pk").asc()]
    )
    # numbered by their keys alone, which an index tells in this order
    first = found.annotate(place=place).filter(place__lte=CARDS).values("pk")
    listed = DisputeCase.objects.filter(pk__in=first).select_related("customer", "owner")
    places: Counter[str] = Counter()
    cards: list[tuple[int, int, DisputeCase]] = []
    for one in listed.order_by("resolve_by", "pk"):
        places[one.status] += 1
        cards.append((places[one.status], one.pk, one))
    cases = [one for *_, one in sorted(cards, key=lambda card: card[:2])]
    if amounts is None:
        amounts = case_amounts(company, case_ids=[one.pk for one in cases], as_of=as_of)
    return told_rows(company, cases, amounts, as_of=as_of, language=language)


def _open_sums(amounts: pl.DataFrame) -> tuple[CaseSum, ...]:
    """Return what is disputed now by currency; a case of two currencies counts in each."""
    sums = (
        amounts.filter(pl.col("open_minor") != 0)
        .group_by("currency")
        .agg(pl.col("open_minor").sum(), cases=pl.len())
        .sort("currency")
    )
    return tuple(CaseSum(**row) for row in sums.iter_rows(named=True))


def _added(listed: Iterable[Sequence[CaseSum]]) -> tuple[CaseSum, ...]:
    found: dict[str, CaseSum] = {}
    for one in chain.from_iterable(listed):
        before = found.get(one.currency)
        found[one.currency] = CaseSum(
            currency=one.currency,
            open_minor=one.open_minor + (before.open_minor if before else 0),
            cases=one.cases + (before.cases if before else 0),
        )
    return tuple(found[code] for code in sorted(found))
