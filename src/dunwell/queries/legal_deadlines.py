"""Legal deadlines that are near: claims to file, claims that lapse, VAT to repay."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.money import from_minor
from dunwell.models import Company, Item, LegalMatter, VatRelief
from dunwell.queries.limitation_frames import limitation_frame, limitation_rules
from dunwell.queries.vat_relief import REPAY, vat_rows_of

FILE_DAYS = 14
"""So many days before the last day to file a person is asked."""
LAPSE_DAYS = 60
"""So many days before a claim lapses: a suit takes time to prepare."""
YEAR_DAYS = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """What a person has to do for a customer by a day, as the sentence of a task."""

    customer_id: int
    due_on: date
    reason: str


def coming_deadlines(company: Company, *, as_of: date) -> tuple[Deadline, ...]:
    """Return what is near, the nearest first; three queries when there is nothing.

    Claims in a running matter are left out of those that lapse: they are taken care of.
    """
    found = [
        *_to_file(company, as_of=as_of),
        *_lapsing(company, as_of=as_of),
        *_to_repay(company, as_of=as_of),
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on, one.customer_id, one.reason)))


def _to_file(company: Company, *, as_of: date) -> list[Deadline]:
    near = LegalMatter.objects.filter(
        company=company,
        status=LegalMatter.Status.OPEN,
        file_by_on__lte=as_of + timedelta(days=FILE_DAYS),
    ).order_by("file_by_on", "pk")
    return [
        Deadline(
            customer_id=matter.customer_id,
            due_on=matter.file_by_on,
            reason=f"{matter.number}: file the claim by {matter.file_by_on}.",
        )
        for matter in near
        if matter.file_by_on is not None
    ]


def _lapsing(company: Company, *, as_of: date) -> list[Deadline]:
    # nothing lapses before the shortest period is over, so that younger items need no look
    shortest = min(rule.years for rule in limitation_rules())
    due_until = as_of + timedelta(days=LAPSE_DAYS - YEAR_DAYS * shortest)
    claims = limitation_frame(company, as_of=as_of, due_until=due_until)
    near = claims.filter(pl.col("days_left").is_between(0, LAPSE_DAYS))
    if near.is_empty():
        return []
    keys: list[int] = near.get_column("item_id").to_list()
    numbers = dict(
        Item.objects.filter(pk__in=keys)
        .exclude(legal_lines__is_live=True)
        .values_list("pk", "number")
    )
    first: dict[int, tuple[str, date, str]] = {}
    for row in near.sort("last_day", "item_id").iter_rows(named=True):
        if row["item_id"] in numbers:
            rule = limitation_rules()[row["rule_no"]].id
            told = (numbers[row["item_id"]], day_date(row["last_day"]), rule)
            first.setdefault(row["customer_id"], told)
    return [
        Deadline(
            customer_id=customer_id,
            due_on=last_on,
            reason=f"{number}: the claim lapses after {last_on} ({rule}).",
        )
        for customer_id, (number, last_on, rule) in first.items()
    ]


def _to_repay(company: Company, *, as_of: date) -> list[Deadline]:
    if not VatRelief.objects.filter(company=company).exists():
        return []
    return [
        Deadline(
            customer_id=row.customer_id,
            due_on=as_of,
            reason=f"{row.number}: repay VAT of {from_minor(row.to_repay_minor, row.currency)} "
            f"{row.currency}, the customer paid.",
        )
        for row in vat_rows_of(company, as_of=as_of)
        if row.state == REPAY
    ]
