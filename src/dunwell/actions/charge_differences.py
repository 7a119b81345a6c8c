"""Which stored charges differ from what is owed: new, changed and gone rows.

What was billed or waived stays as it is. A month that is owed more than was billed (a payment
came back) gets the difference as a further row, its period marked +1, +2 ...; of a waived month
nothing comes back by itself.
"""

from dataclasses import dataclass

import polars as pl

from dunwell.actions.bulk import staged
from dunwell.models import Company
from dunwell.queries.charges_due import CHARGE_ROWS
from dunwell.queries.frames import read_rows

KEY = ["item_id", "kind", "period", "rule"]
COMPARED = ("amount_minor", "base_minor", "days", "from_on", "until_on")
_STORED = {
    "id": pl.Int64,
    "item_id": pl.Int64,
    "kind": pl.String,
    "period": pl.String,
    "rule": pl.String,
    "status": pl.String,
    "amount_minor": pl.Int64,
    "base_minor": pl.Int64,
    "days": pl.Int64,
    "from_on": pl.String,
    "until_on": pl.String,
}
_SCOPE = "dunwell_charge_scope"


@dataclass(frozen=True, slots=True)
class Differences:
    """New rows in columns CHARGE_ROWS, changed ones with their `id`, and keys of the gone."""

    added: pl.DataFrame
    changed: pl.DataFrame
    gone: pl.DataFrame

    @property
    def count(self) -> int:
        """Return how many rows differ."""
        return self.added.height + self.changed.height + self.gone.height


def stored_charges(company: Company, item_ids: pl.Series) -> pl.DataFrame:
    """Return the stored charges of the items."""
    scope = pl.DataFrame({"item_id": item_ids})
    with staged(_SCOPE, scope, key="item_id") as stage:
        rows = read_rows(
            "SELECT c.id, c.item_id, c.kind, c.period, c.rule, c.status, c.amount_minor, "  # noqa: S608
            "c.base_minor, c.days, CAST(c.from_on AS text), CAST(c.until_on AS text) "
            "FROM dunwell_charge c "
            f"JOIN {stage} s ON s.item_id = c.item_id WHERE c.company_id = %(company)s",
            {"company": company.pk},
            _STORED,
        )
    return rows.with_columns(pl.col("from_on", "until_on").str.to_date())


def differences(owed: pl.DataFrame, stored: pl.DataFrame) -> Differences:
    """Return what to write so that the charges not yet decided on are what is owed.

    `owed` in columns CHARGE_ROWS, `stored` the charges of every item looked at.
    """
    decided = _by_month(stored.filter(pl.col("status") != "accrued"))
    sums = decided.group_by("item_id", "kind", "month").agg(
        billed_minor=pl.col("amount_minor").filter(pl.col("status") == "billed").sum(),
        is_waived=(pl.col("status") == "waived").any(),
        rows=pl.len().cast(pl.Int64),
    )
    wanted = (
        _by_month(owed)
        .join(sums, on=["item_id", "kind", "month"], how="left")
        .filter(
            pl.col("rows").is_null()
            | (
                ~pl.col("is_waived")
                & (pl.col("kind") == "interest")
                & (pl.col("amount_minor") > pl.col("billed_minor"))
            )
        )
        .with_columns(
            amount_minor=pl.col("amount_minor") - pl.col("billed_minor").fill_null(0),
            period=pl.when(pl.col("rows").is_null())
            .then(pl.col("month"))
            .otherwise(pl.format("{}+{}", "month", "rows")),
        )
        .select(*CHARGE_ROWS)
    )
    accrued = stored.filter(pl.col("status") == "accrued")
    both = wanted.join(accrued, on=KEY, how="inner", suffix="_before")
    differs = pl.any_horizontal(
        *[pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in COMPARED]
    )
    return Differences(
        added=wanted.join(accrued, on=KEY, how="anti").sort(*KEY),
        changed=both.filter(differs).select("id", *CHARGE_ROWS).sort("id"),
        gone=accrued.join(wanted, on=KEY, how="anti").select("id").sort("id"),
    )


def _by_month(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the period they began as: 2026-03 for 2026-03+1."""
    return rows.with_columns(month=pl.col("period").str.split("+").list.first())
