"""How a book of credit is spread: groups that add up to it, its largest names, and its HHI.

Exposure is counted where it is known; what is not known counts in no figure and is told beside
them. Expected loss is PD x LGD x exposure. The Herfindahl-Hirschman index is the sum of squared
shares (Hirschman 1945): 1/n for n equal names, 1 for a single one, here in ppm.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.credit_book import PPM, CreditBook, CreditRow
from dunwell.engine.money import share


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """A part of the book: its customers, exposure, share of the whole, and expected loss."""

    name: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Concentration:
    """The spread of a book: the ten largest names, their share, the rest, and the HHI."""

    largest: tuple[CreditRow, ...]
    largest_minor: int
    rest_minor: int
    share_ppm: int
    hhi_ppm: int

    @property
    def equal_names(self) -> int:
        """Return how many equal names would have this HHI, 0 for an empty book."""
        return PPM // self.hhi_ppm if self.hhi_ppm else 0


def share_of(amount_minor: int, whole_minor: int) -> int:
    """Return a share in ppm, 0 of nothing."""
    return amount_minor * PPM // whole_minor if whole_minor > 0 else 0


Place = tuple[int, str]
"""Where a group stands among the others: its exposure and its name."""


def slices(
    book: CreditBook, *, by: str | nw.Expr, most: int | None = None, after: Place | None = None
) -> tuple[Slice, ...]:
    """Return the book in groups, the largest first; groups add up to the whole.

    `by` is a column or what names the group of a customer. `most`: so many of them at most,
    `after`: those that come after a place.
    """
    name = nw.col(by) if isinstance(by, str) else by
    rows = book.rows.with_columns(name=name, counted=nw.col("known_minor"))
    return _told(rows, most, after)


def currency_slices(
    book: CreditBook, *, most: int | None = None, after: Place | None = None
) -> tuple[Slice, ...]:
    """Return the book by currency, where one customer may lie in several, the largest first.

    Its expected loss goes with the exposure. Exposures and losses of the groups add up to the
    whole, customers do not need to.
    """
    held = book.held.rename({"currency": "name", "amount_minor": "counted"})
    rows = held.join(
        book.rows.select("customer_id", "known_minor", "loss_minor"), on="customer_id"
    )
    # the last part takes what rounding left, so that losses add up as well
    is_last = nw.col("name") == nw.col("name").max().over("customer_id")
    own = share(
        nw.col("loss_minor"),
        nw.col("counted").clip(lower_bound=0),
        nw.when(nw.col("known_minor") == 0).then(nw.lit(1)).otherwise(nw.col("known_minor")),
    )
    rows = rows.with_columns(own=nw.when(is_last).then(nw.lit(0)).otherwise(own), is_last=is_last)
    left = nw.col("loss_minor") - nw.col("own").sum().over("customer_id")
    return _told(
        rows.with_columns(
            loss_minor=nw.when(nw.col("is_last")).then(left).otherwise(nw.col("own"))
        ),
        most,
        after,
    )


def _told(rows: nw.DataFrame[Any], most: int | None, after: Place | None) -> tuple[Slice, ...]:
    """Return the groups of rows with `name`, what counts and the loss of each."""
    whole = int(rows["counted"].sum())
    found = (
        rows.group_by("name")
        .agg(nw.len().alias("customers"), nw.col("counted", "loss_minor").sum())
        .sort("counted", "name", descending=[True, False])
    )
    chosen = found
    if after is not None:
        amount, name = after
        is_next = (nw.col("counted") == amount) & (nw.col("name") > name)
        chosen = found.filter((nw.col("counted") < amount) | is_next)
    if most is not None:
        chosen = chosen.head(most)
    return tuple(
        Slice(
            name=name,
            customers=customers,
            exposure_minor=amount,
            share_ppm=share_of(amount, whole),
            loss_minor=lost,
        )
        for name, customers, amount, lost in chosen.select(
            "name", "customers", "counted", "loss_minor"
        ).rows()
    )


def lorenz(amounts: Iterable[int], *, points: int = 20) -> tuple[tuple[int, int], ...]:
    """Return the Lorenz curve: the share of the exposure that the smallest customers hold, ppm.

    Pairs (share of customers, share of exposure) from (0, 0) to (1, 1), at most `points` steps;
    on the diagonal everybody owes the same (Lorenz 1905). Empty for an empty book.
    """
    ordered = sorted(amount for amount in amounts if amount > 0)
    whole = sum(ordered)
    if not whole:
        return ()
    steps = min(points, len(ordered))
    marks = {len(ordered) * step // steps for step in range(1, steps + 1)}
    found, held = [(0, 0)], 0
    for count, amount in enumerate(ordered, 1):
        held += amount
        if count in marks:
            found.append((count * PPM // len(ordered), held * PPM // whole))
    return tuple(found)


def gini(amounts: Iterable[int]) -> int:
    """Return the Gini coefficient in ppm: 0 where all owe the same, near 1 where one owes all."""
    ordered = sorted(amount for amount in amounts if amount > 0)
    whole, count = sum(ordered), len(ordered)
    if not whole:
        return 0
    weighted = sum(place * amount for place, amount in enumerate(ordered, 1))
    return (2 * weighted - (count + 1) * whole) * PPM // (count * whole)


def concentration(book: CreditBook, *, most: int = 10) -> Concentration:
    """Return the spread of a book; the largest and the rest add up to the whole."""
    owing = book.rows.filter(nw.col("known_minor") > 0).sort(
        "known_minor", "customer_id", descending=[True, False]
    )
    amounts = owing["known_minor"].to_list()
    whole, largest = sum(amounts), sum(amounts[:most])
    return Concentration(
        largest=CreditBook(owing.head(most), book.held).credit_rows(),
        largest_minor=largest,
        rest_minor=whole - largest,
        share_ppm=share_of(largest, whole),
        hhi_ppm=hhi(amounts),
    )


def hhi(amounts: Sequence[int]) -> int:
    """Return the Herfindahl-Hirschman index of amounts above 0, in ppm; 0 for none."""
    counted = [amount for amount in amounts if amount > 0]
    whole = sum(counted)
    if not whole:
        return 0
    return sum(amount * amount for amount in counted) * PPM // (whole * whole)
