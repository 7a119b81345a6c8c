"""A ledger cut into parts, so that the figures of all parts come from one pass over it."""

from dataclasses import replace

import narwhals.stable.v2 as nw

from dunwell.engine.ledger import Keep, Ledger, as_it_is
from dunwell.engine.schema import Column, Frame

PARTS: Frame = {
    "customer_id": Column(nw.Int64, "customer"),
    "part": Column(nw.Int64, "number of the part it belongs to, above 0"),
}
NOBODY = 0
"""The part of money whose payer is not known."""

_BETWEEN = ":"


def parted(ledger: Ledger, parts: nw.LazyFrame, *, keep: Keep = as_it_is) -> Ledger:
    """Return the ledger with `part:currency` in place of each currency; `parts` as PARTS.

    Every sum of a ledger is made per currency, and a customer is in one part: so what is
    worked out per currency of the answer is worked out per part, by the same formulas.
    `keep` as in `KpiBook`.
    """

    def cut(frame: nw.LazyFrame) -> nw.LazyFrame:
        part = nw.col("part").fill_null(NOBODY).cast(nw.String)
        named = nw.concat_str([part, nw.col("currency")], separator=_BETWEEN)
        columns = frame.collect_schema().names()
        return keep(
            frame.join(parts, on="customer_id", how="left")
            .with_columns(currency=named)
            .select(*columns)
        )

    return replace(
        ledger,
        items=cut(ledger.items),
        payments=cut(ledger.payments),
        promises=cut(ledger.promises),
    )


def part_of(name: str) -> tuple[int, str]:
    """Return the part and the currency a name of `parted` stands for."""
    part, _, currency = name.partition(_BETWEEN)
    return int(part), currency


def narrowed(ledger: Ledger, customers: nw.LazyFrame) -> Ledger:
    """Return the ledger of some customers alone, by their `customer_id`."""

    def theirs(frame: nw.LazyFrame) -> nw.LazyFrame:
        return frame.join(customers, on="customer_id", how="semi")

    return replace(
        ledger,
        items=theirs(ledger.items),
        payments=theirs(ledger.payments),
        promises=theirs(ledger.promises),
        disputes=theirs(ledger.disputes),
    )
