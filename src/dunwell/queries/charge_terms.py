"""Which terms hold for which customer: the policy and the law resolved for a company on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.charge_terms import DatedTerms, group_terms
from dunwell.engine.charges.reference_rates import ReferenceTable
from dunwell.engine.charges.terms import ChargeTerms
from dunwell.engine.charges_policy import ChargeGroup, ChargesPolicy
from dunwell.queries.charge_law import late_rules

_IN_FORCE = {
    "customer_id": pl.Int64,
    "terms_no": pl.Int32,
    "from_day": pl.Int32,
    "until_day": pl.Int32,
}


@dataclass(frozen=True, slots=True)
class TermsBook:
    """The terms in use with the groups they come from; `in_force` says who has which, and when.

    The place of terms in `terms` is their number; `in_force` has columns TERMS_IN_FORCE.
    """

    terms: tuple[ChargeTerms, ...]
    groups: tuple[ChargeGroup, ...]
    in_force: pl.DataFrame


def terms_book(
    customers: pl.DataFrame,
    policy: ChargesPolicy,
    tables: Mapping[str, ReferenceTable],
    *,
    as_of: date,
) -> TermsBook:
    """Return the terms of all customers; each kind of customer is looked at once."""
    terms: list[ChargeTerms] = []
    groups: list[ChargeGroup] = []
    rows: list[tuple[str, str, str, int, int, int]] = []
    made: dict[tuple[str, str, str], list[tuple[int, DatedTerms]]] = {}
    kinds = customers.select("segment", "country", "party").unique().sort(pl.all())
    for segment, country, party in kinds.iter_rows():
        group = policy.group_of(segment=segment, country=country, party=party)
        if group is None:
            continue
        key = (group.name, group.law or country, party or group.assume_party)
        if key not in made:
            made[key] = []
            for dated in group_terms(
                group,
                rules=late_rules(),
                tables=tables,
                country=country,
                party=party,
                last=as_of,
            ):
                made[key].append((len(terms), dated))
                terms.append(dated.terms)
                groups.append(group)
        rows += [
            (segment, country, party, number, day_number(d.from_on), day_number(d.until_on))
            for number, d in made[key]
        ]
    return TermsBook(tuple(terms), tuple(groups), _in_force(customers, rows))


def _in_force(
    customers: pl.DataFrame, rows: Sequence[tuple[str, str, str, int, int, int]]
) -> pl.DataFrame:
    names = ("segment", "country", "party", "terms_no", "from_day", "until_day")
    types = (pl.String, pl.String, pl.String, pl.Int32, pl.Int32, pl.Int32)
    kinds = pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
    return customers.join(kinds, on=["segment", "country", "party"], how="inner").select(
        *_IN_FORCE
    )
