"""A book of credit: one customer of it, and all of them in columns, as whole books are measured.

Expected loss is PD x LGD x exposure, of each customer rounded once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine.money import part, share

PPM = 1_000_000
Kind = type[nw.Int64] | type[nw.String] | type[nw.Boolean]


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One customer of the book, in home minor units and ppm.

    `exposure_minor` None: a rate is missing. `limit_minor` None: none was ever granted. `pd_ppm`
    and `lgd_ppm` are those of its rating and class. The rest as in `BookRow`; `collector_id` 0:
    nobody is named.
    """

    customer_id: int
    exposure_minor: int | None
    limit_minor: int | None = None
    pd_ppm: int = 0
    lgd_ppm: int = 0
    risk_class: str = ""
    country: str = ""
    segment: str = ""
    sector: str = ""
    collector_id: int = 0
    group_id: int = 0
    currencies: tuple[tuple[str, int], ...] = ()
    covered_minor: int = 0
    is_new: bool = False

    @property
    def known_minor(self) -> int:
        """Return the exposure as it counts in figures."""
        return self.exposure_minor or 0

    @property
    def loss_minor(self) -> int:
        """Return the expected loss of a year."""
        return loss(self.known_minor, self.pd_ppm, self.lgd_ppm)

    @property
    def over_minor(self) -> int:
        """Return by how much the exposure passes the limit; 0 without a limit."""
        return 0 if self.limit_minor is None else max(self.known_minor - self.limit_minor, 0)


def loss(exposure_minor: int, pd_ppm: int, lgd_ppm: int) -> int:
    """Return PD x LGD x exposure, rounded once."""
    return part(max(exposure_minor, 0), pd_ppm * lgd_ppm, PPM * PPM)


BOOK: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("customer_id", "exposure_minor", "limit_minor", "pd_ppm", "lgd_ppm"), nw.Int64
    ),
    **dict.fromkeys(("risk_class", "country", "segment", "sector"), nw.String),
    **dict.fromkeys(("collector_id", "group_id", "covered_minor"), nw.Int64),
    "is_new": nw.Boolean,
}
"""Columns of a book: the fields of `CreditRow` but the currencies."""

HELD: Mapping[str, Kind] = {
    "customer_id": nw.Int64,
    "currency": nw.String,
    "amount_minor": nw.Int64,
}
"""Columns of the exposure by currency, of each customer in the order of the codes."""


@dataclass(frozen=True, slots=True, eq=False)
class CreditBook:
    """Every customer of a book in columns BOOK and those that follow from them.

    These are `known_minor`, `loss_minor` and `over_minor`, as in `CreditRow`. `held` (HELD) is
    the exposure by currency, empty where it is not told. Further columns are left as they are.
    """

    rows: nw.DataFrame[Any]
    held: nw.DataFrame[Any]

    def owing(self) -> "CreditBook":
        """Return the book without the customers whose exposure is nothing or not known."""
        return CreditBook(self.rows.filter(nw.col("known_minor") > 0), self.held)

    def credit_rows(self) -> tuple[CreditRow, ...]:
        """Return the customers one by one, in the order of the rows."""
        names = [one.name for one in fields(CreditRow)]
        at = names.index("currencies")
        held: dict[int, list[tuple[str, int]]] = {}
        if len(self.held):
            keys = self.rows["customer_id"].to_list()
            wanted = self.held.filter(nw.col("customer_id").is_in(keys))
            for key, code, amount in wanted.select(*HELD).rows():
                held.setdefault(key, []).append((code, amount))
        told = self.rows.select(*names[:at], *names[at + 1 :]).rows()
        return tuple(
            CreditRow(*(*one[:at], tuple(held.get(one[0], ())), *one[at:])) for one in told
        )


def credit_book(rows: nw.DataFrame[Any], held: nw.DataFrame[Any]) -> CreditBook:
    """Return a book of rows in columns BOOK, with what follows from them worked out."""
    known = nw.col("exposure_minor").fill_null(0)
    over = (known - nw.col("limit_minor")).clip(lower_bound=0).fill_null(0)
    found = rows.with_columns(
        known_minor=known,
        loss_minor=share(
            known.clip(lower_bound=0), nw.col("pd_ppm") * nw.col("lgd_ppm"), PPM * PPM
        ),
        over_minor=over,
    )
    return CreditBook(found, held)


def book_of(rows: Iterable[CreditRow]) -> CreditBook:
    """Return the book of customers stated one by one, in their order."""
    stated = list(rows)
    columns = {name: [getattr(row, name) for row in stated] for name in BOOK}
    held = [(row.customer_id, code, amount) for row in stated for code, amount in row.currencies]
    parts = {name: [one[at] for one in held] for at, name in enumerate(HELD)}
    return credit_book(
        nw.from_dict(columns, nw.Schema(BOOK), backend="polars"),
        nw.from_dict(parts, nw.Schema(HELD), backend="polars"),
    )
