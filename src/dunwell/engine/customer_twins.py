"""Customers that may be one: pairs with what both have alike, and how sure that is.

What both have decides, not the name alone: a tax number, a bank account, an address of mail, or
the domain of one beside a name that reads alike. Points add up, so that every part can be shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw
from rapidfuzz.fuzz import token_sort_ratio

from dunwell.engine.schema import Column, Frame

TRAITS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "kind": Column(nw.String, "tax, account, email, domain or name"),
    "value": Column(nw.String, "the same text for what is the same; never empty"),
}
POINTS: Mapping[str, int] = {"tax": 60, "account": 50, "email": 40, "name": 40, "domain": 30}
"""Points of each trait that both have."""

LEAST_POINTS = 40
"""Below this a pair is not shown."""

MOST_ALIKE = 20
"""A trait that more customers have tells nothing: a collective account, a shared mailbox."""

LIKENESS = 85
"""Names that agree in so many of a hundred read alike; a shared domain counts only beside it."""

FREE_MAIL = frozenset(
    {
        "aol.com", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net",
        "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com", "orange.fr",
        "outlook.com", "outlook.de", "proton.me", "t-online.de", "web.de", "yahoo.com",
    }
)  # fmt: skip
"""Domains in which everybody may have an address."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Two customers that may be one, the lower key first; `reasons` are kinds of TRAITS."""

    first_id: int
    second_id: int
    reasons: tuple[str, ...]
    points: int


def shared_traits(traits: nw.LazyFrame) -> nw.LazyFrame:
    """Return the pairs (first_id, second_id, kind) of customers that have a trait alike."""
    rows = traits.unique(["customer_id", "kind", "value"])
    few = rows.with_columns(have=nw.len().over("kind", "value")).filter(
        nw.col("have") > 1, nw.col("have") <= MOST_ALIKE
    )
    first = few.select("kind", "value", first_id=nw.col("customer_id"))
    second = few.select("kind", "value", second_id=nw.col("customer_id"))
    return (
        first.join(second, on=["kind", "value"], how="inner")
        .filter(nw.col("first_id") < nw.col("second_id"))
        .select("first_id", "second_id", "kind")
        .unique()
    )


def twins(shared: Iterable[tuple[int, int, str]], names: Mapping[int, str]) -> tuple[Twins, ...]:
    """Return the pairs that are worth looking at, the surest first, from their shared traits.

    `names` are the normalised names of the customers by key.
    """
    found: dict[tuple[int, int], set[str]] = {}
    for first, second, kind in shared:
        found.setdefault((first, second), set()).add(kind)
    told = []
    for (first, second), kinds in found.items():
        if "domain" in kinds and "name" not in kinds:
            if token_sort_ratio(names.get(first, ""), names.get(second, "")) >= LIKENESS:
                kinds.add("name")
            else:
                kinds.discard("domain")
        reasons = tuple(kind for kind in POINTS if kind in kinds)
        points = min(sum(POINTS[kind] for kind in reasons), 100)
        if points >= LEAST_POINTS:
            told.append(Twins(first, second, reasons, points))
    return tuple(sorted(told, key=lambda one: (-one.points, one.first_id, one.second_id)))
