"""Merges and likely duplicates as programs read them: keys, numbers, names and sums in rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, CustomerMerge
from dunwell.queries.customer_merges import (
    Holding,
    MergePreview,
    merge_preview,
    merge_rows,
)
from dunwell.queries.customer_twins import TwinRow, twin_page
from dunwell.queries.merge_hindrances import Hindrance
from dunwell.queries.merge_splits import rows_that_return, split_hindrances
from dunwell.queries.pages import PAGE_SIZE, Page

Status = CustomerMerge.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerTwins:
    """Two customers that may be one; `reasons` are what both have, `points` how sure, of 100."""

    first_id: int
    first_number: str
    first: str
    second_id: int
    second_number: str
    second: str
    reasons: tuple[str, ...]
    points: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeHindrance:
    """What stands against it: its kind, which records, and what to do first in words."""

    kind: str
    where: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedRows:
    """How many rows of one table go along; a column stands behind a dot."""

    place: str
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerMergePreview:
    """What a merge would do now; sums by currency, and nothing against it where none is named."""

    merged_id: int
    merged_number: str
    merged: str
    survivor_id: int
    survivor_number: str
    survivor: str
    hindrances: tuple[MergeHindrance, ...]
    moves: tuple[MovedRows, ...]
    merged_holdings: tuple[Holding, ...]
    survivor_holdings: tuple[Holding, ...]
    after_holdings: tuple[Holding, ...]
    becomes_opted_out: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerMergeRow:
    """A merge as it is listed: who into whom, why, and who did what when."""

    id: int
    merged_id: int
    merged_number: str
    merged: str
    survivor_id: int
    survivor_number: str
    survivor: str
    status: str
    reason: str
    author: str
    proposed_on: date
    decided_by: str
    decided_on: date | None
    split_by: str
    split_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerMergeFile:
    """One merge, what goes or went along with it, and what stands against its next step.

    The next step of a proposal is to merge, that of a merge in force is to split. Of one that was
    declined nothing went along. `returns` is what a split of one in force would give back now,
    with what came by the number of the closed record since.
    """

    merge: CustomerMergeRow
    moves: tuple[MovedRows, ...]
    holdings: tuple[Holding, ...]
    hindrances: tuple[MergeHindrance, ...]
    returns: tuple[MovedRows, ...]


def twins_told(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[CustomerTwins]:
    """Return one page of the pairs nobody has decided about, the surest first."""
    page = twin_page(company, cursor=cursor, limit=limit)
    return Page(rows=tuple(_twins(row) for row in page.rows), next=page.next)


def preview_told(preview: MergePreview) -> CustomerMergePreview:
    """Return what a merge would do, in the language in force."""
    merged, survivor = preview.merged, preview.survivor
    return CustomerMergePreview(
        merged_id=merged.pk,
        merged_number=merged.number,
        merged=merged.name,
        survivor_id=survivor.pk,
        survivor_number=survivor.number,
        survivor=survivor.name,
        hindrances=_hindrances(preview.hindrances),
        moves=_moves(preview.rows),
        merged_holdings=preview.merged_holdings,
        survivor_holdings=preview.survivor_holdings,
        after_holdings=preview.after_holdings,
        becomes_opted_out=preview.becomes_opted_out,
    )


def merges_told(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CustomerMergeRow]:
    """Return one page of merges, of a status or with a customer on either side, newest first."""
    page = merge_rows(company, status=status, customer_id=customer_id, cursor=cursor, limit=limit)
    return Page(rows=tuple(_row(merge) for merge in page.rows), next=page.next)


def merge_file(company: Company, merge_id: int) -> CustomerMergeFile | None:
    """Return one merge of a company, None where it has none of that key."""
    rows = CustomerMerge.objects.select_related("merged", "survivor")
    merge = rows.filter(company=company, pk=merge_id).first()
    if merge is None:
        return None
    is_in_force = merge.status == Status.MERGED
    if merge.status == Status.PROPOSED:
        preview = merge_preview(merge.merged, merge.survivor)
        against, moved, sums = preview.hindrances, preview.rows, preview.merged_holdings
    else:
        against = split_hindrances(merge) if is_in_force else ()
        moved = merge.told.get("moved", {})
        sums = tuple(Holding(**one) for one in merge.told.get("sums", ()))
    return CustomerMergeFile(
        merge=_row(merge),
        moves=_moves(moved),
        holdings=sums,
        hindrances=_hindrances(against),
        returns=_moves(rows_that_return(merge) if is_in_force else {}),
    )


def _twins(row: TwinRow) -> CustomerTwins:
    return CustomerTwins(
        first_id=row.first.pk,
        first_number=row.first.number,
        first=row.first.name,
        second_id=row.second.pk,
        second_number=row.second.number,
        second=row.second.name,
        reasons=row.reasons,
        points=row.points,
    )


def _row(merge: CustomerMerge) -> CustomerMergeRow:
    return CustomerMergeRow(
        id=merge.pk,
        merged_id=merge.merged_id,
        merged_number=merge.merged.number,
        merged=merge.merged.name,
        survivor_id=merge.survivor_id,
        survivor_number=merge.survivor.number,
        survivor=merge.survivor.name,
        status=merge.status,
        reason=merge.reason,
        author=merge.author,
        proposed_on=merge.proposed_on,
        decided_by=merge.decided_by,
        decided_on=merge.decided_on,
        split_by=merge.split_by,
        split_on=merge.split_on,
    )


def _hindrances(found: Iterable[Hindrance]) -> tuple[MergeHindrance, ...]:
    return tuple(
        MergeHindrance(kind=one.kind, where=one.where, text=str(one.text)) for one in found
    )


def _moves(rows: Mapping[str, int]) -> tuple[MovedRows, ...]:
    """Return the rows that move by place; PostgreSQL keeps those of a merge in an own order."""
    return tuple(MovedRows(place=place, rows=rows[place]) for place in sorted(rows))
