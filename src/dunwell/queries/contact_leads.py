"""Which of our companies speaks on a day to a debtor that owes several of them: in turn, and first
the one that asks for most. The others wait; what was said counts for them as well."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.collectable import in_home
from dunwell.engine.fx import rates_in_force
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.contact_groups import ContactGroup, last_speakers, may_write_today


@dataclass(frozen=True, kw_only=True, slots=True)
class Going:
    """The contacts a company would make on a day, and what each asks for.

    `customers` has customer_id, `totals` customer_id, currency, demand_minor.
    """

    customers: pl.DataFrame
    totals: pl.DataFrame


PlanOf = Callable[[Company], Going]
"""Plans the day of another company, as if it were alone in choosing who leads."""


def led_by_others(
    group: ContactGroup, own: Going, *, as_of: date, plan_of: PlanOf
) -> pl.DataFrame:
    """Return customer_id, leader_id of our contacts that another company makes on the day.

    A company leads only where its own cycle of the day is still to come: what it has written is
    in the contact log already, and one that is behind cannot keep the others waiting.
    """
    shared = group.twins.join(own.customers, on="customer_id", how="semi")
    asked = [(group.company.pk, own, shared.select("customer_id", "debtor").unique())]
    for other in group.others:
        theirs = shared.filter(pl.col("company_id") == other.pk)
        if theirs.height and may_write_today(other, as_of=as_of):
            keys = theirs.select("debtor", customer_id="twin_id").unique()
            asked.append((other.pk, plan_of(other), keys))
    if len(asked) == 1:
        return pl.DataFrame(schema={"customer_id": pl.Int64, "leader_id": pl.Int64})
    sums = pl.concat([_sums(company, going, keys) for company, going, keys in asked])
    leaders = _leaders(sums, last_speakers(group, as_of=as_of), group.reference, as_of=as_of)
    return (
        asked[0][2]
        .join(leaders, on="debtor", how="inner")
        .filter(pl.col("leader_id") != group.company.pk)
        .select("customer_id", "leader_id")
        .unique("customer_id", keep="first", maintain_order=True)
        .sort("customer_id")
    )


def _sums(company: int, going: Going, keys: pl.DataFrame) -> pl.DataFrame:
    """Return debtor, company_id, currency, demand_minor of the contacts a company would make."""
    return (
        keys.join(going.customers, on="customer_id", how="semi")
        .join(going.totals, on="customer_id", how="inner")
        .group_by("debtor", "currency")
        .agg(pl.col("demand_minor").sum())
        .select(
            "debtor",
            "currency",
            "demand_minor",
            company_id=pl.lit(company, pl.Int64),
        )
    )


def _leaders(
    sums: pl.DataFrame, speakers: pl.DataFrame, reference: Company, *, as_of: date
) -> pl.DataFrame:
    """Return debtor, leader_id: who did not speak last, then who asks for most, then the oldest.

    Amounts are compared in the reference's currency.

    Every company finds the same one: rates and currency are those of the oldest of them. Where a
    rate is missing amounts cannot be compared, and the oldest leads.
    """
    rates = rates_in_force(frames.fx_frame(reference), as_of=as_of)
    rated = (
        nw.from_native(sums.lazy())
        .join(rates.select("currency", "rate_ppm"), on="currency", how="left")
        .with_columns(home_minor=in_home(nw.col("demand_minor"), home=reference.currency))
    )
    rows: pl.DataFrame = rated.collect("polars").to_native()
    is_known = pl.col("home_minor").is_not_null().all().over("debtor")
    per_company = (
        rows.with_columns(home_minor=pl.when(is_known).then("home_minor").otherwise(0))
        .group_by("debtor", "company_id")
        .agg(pl.col("home_minor").sum())
    )
    order = ["debtor", "spoke_last", "home_minor", "company_id"]
    return (
        per_company.join(speakers, on="debtor", how="left")
        .with_columns(spoke_last=pl.col("company_id").eq_missing(pl.col("speaker_id")))
        .sort(order, descending=[False, False, True, False])
        .unique("debtor", keep="first", maintain_order=True)
        .select("debtor", leader_id="company_id")
    )
