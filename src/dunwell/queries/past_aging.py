"""The ageing as of any day, as known on any day: worked out from the engine's frames."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.aging import BUCKETS, aging_totals, currency_totals
from dunwell.engine.items import open_items
from dunwell.engine.ledger import known
from dunwell.models import Company
from dunwell.queries.reminders import native
from dunwell.queries.whole_ledger import whole_allocations, whole_items


@dataclass(frozen=True, kw_only=True, slots=True)
class AgingBucket:
    """One bucket of days past due; the amount in minor units."""

    bucket: str
    open_minor: int
    items: int
    customers: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AgingFigures:
    """The ageing of one currency as of a day: every bucket in order, and their sums."""

    as_of: date
    known_on: date
    currency: str
    open_minor: int
    overdue_minor: int
    items: int
    customers: int
    buckets: tuple[AgingBucket, ...]


def aging_on(company: Company, *, as_of: date, known_on: date) -> list[AgingFigures]:
    """Return the ageing per currency of what was open on the day, from what was recorded by then.

    `known_on` is the last day of recording that counts. Amounts in minor units.
    """
    items = known(whole_items(company), on=known_on)
    allocations = known(whole_allocations(company), on=known_on)
    opened = open_items(items, allocations, as_of=as_of)
    sums = native(currency_totals(opened)).sort("currency")
    buckets: dict[str, dict[str, AgingBucket]] = {}
    for row in native(aging_totals(opened)).iter_rows(named=True):
        buckets.setdefault(row["currency"], {})[row["bucket"]] = AgingBucket(
            bucket=row["bucket"],
            open_minor=row["open_minor"],
            items=row["items"],
            customers=row["customers"],
        )
    return [
        AgingFigures(
            as_of=as_of,
            known_on=known_on,
            currency=row["currency"],
            open_minor=row["open_minor"],
            overdue_minor=row["overdue_minor"],
            items=row["items"],
            customers=row["customers"],
            buckets=tuple(buckets[row["currency"]][bucket] for bucket in BUCKETS),
        )
        for row in sums.iter_rows(named=True)
    ]
