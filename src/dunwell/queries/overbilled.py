"""What was billed and is not owed after all: money that reached us earlier than was known.

Worked out anew when asked for. Such a bill is waived and made again; nothing is given back by
itself.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.models import Charge, Company
from dunwell.queries.charge_frames import ChargeScope
from dunwell.queries.charge_law import charges_in_force
from dunwell.queries.charges_due import charges_of

MOST_ROWS = 500
"""So many are shown, the largest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OverbilledRow:
    """A time of an item that was billed higher than it is owed now, in minor units."""

    charge_id: int
    customer_id: int
    customer_name: str
    item_id: int
    item: str
    bill_id: int | None
    bill: str
    kind: str
    kind_label: str
    period: str
    currency: str
    billed_minor: int
    owed_minor: int

    @property
    def surplus_minor(self) -> int:
        """Return what was billed too much."""
        return self.billed_minor - self.owed_minor


def overbilled_rows(company: Company, *, as_of: date) -> tuple[OverbilledRow, ...]:
    """Return the billed times that are owed less now, the largest surplus first.

    Two queries where nothing was billed or nobody is charged.
    """
    billed = list(
        Charge.objects.filter(company=company, status=Charge.Status.BILLED)
        .order_by("id")
        .values_list("id", "item_id", "kind", "period", "amount_minor")
    )
    policy = charges_in_force(company, as_of=as_of).policy
    if not billed or policy.is_off:
        return ()
    scope = ChargeScope(as_of=as_of, recorded_since=as_of, only_billed=True)
    due = charges_of(company, policy, scope)
    found = _surplus(billed, due.rows)
    charges = Charge.objects.select_related("customer", "item", "billed_item").in_bulk(
        [key for key, _, _ in found]
    )
    return tuple(_row(charges[key], billed_minor, owed) for key, billed_minor, owed in found)


def _surplus(
    billed: list[tuple[int, int, str, str, int]], owed: pl.DataFrame
) -> list[tuple[int, int, int]]:
    """Return (newest charge, billed, owed) of every time that was billed too high."""
    types = (pl.Int64, pl.Int64, pl.String, pl.String, pl.Int64)
    names = ("id", "item_id", "kind", "period", "billed_minor")
    key = ["item_id", "kind", "period"]
    told = (
        pl.DataFrame(billed, schema=dict(zip(names, types, strict=True)), orient="row")
        .with_columns(period=pl.col("period").str.split("+").list.first())
        .group_by(key)
        .agg(pl.col("id").max(), pl.col("billed_minor").sum())
    )
    both = told.join(owed.select(*key, "amount_minor"), on=key, how="left").with_columns(
        owed_minor=pl.col("amount_minor").fill_null(0)
    )
    high = both.filter(pl.col("billed_minor") > pl.col("owed_minor")).with_columns(
        surplus=pl.col("billed_minor") - pl.col("owed_minor")
    )
    chosen = high.sort(["surplus", "id"], descending=[True, False]).head(MOST_ROWS)
    return list(chosen.select("id", "billed_minor", "owed_minor").iter_rows())


def _row(charge: Charge, billed_minor: int, owed_minor: int) -> OverbilledRow:
    bill = charge.billed_item
    return OverbilledRow(
        charge_id=charge.pk,
        customer_id=charge.customer_id,
        customer_name=charge.customer.name,
        item_id=charge.item_id,
        item=charge.item.number,
        bill_id=charge.billed_item_id,
        bill=bill.number if bill else "",
        kind=charge.kind,
        kind_label=str(Charge.Kind(charge.kind).label),
        period=charge.period,
        currency=charge.currency,
        billed_minor=billed_minor,
        owed_minor=owed_minor,
    )
