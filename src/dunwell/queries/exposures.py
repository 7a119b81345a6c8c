"""What customers owe or will owe on credit, from what is open, ordered, covered and paid now.

Everything is summed by the database per customer and currency, for one customer or for all with
the same number of queries. Open items, money and orders are those of now; `as_of` decides the
rates and which covers count.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from dunwell.engine.exposure import (
    CoverPart,
    Exposure,
    Part,
    exposure,
    order_parts,
)
from dunwell.models import Company
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.fetched_rows import fetched

MOST_NAMED = 500
"""More customers than this are not named one by one: all are read and the others left out."""

_CUSTOMERS = (
    "SELECT id, segment, credit_limit_minor FROM dunwell_customer WHERE company_id = %s {only}"
)
OPEN = """
SELECT customer_id, currency, SUM(open_minor) FROM dunwell_openitem
WHERE {whose} GROUP BY customer_id, currency
"""
_UNAPPLIED = """
SELECT customer_id, currency, SUM(left_minor) FROM (
    SELECT customer_id, currency, amount_minor - COALESCE((
        SELECT SUM(COALESCE(a.paid_minor, a.amount_minor)) FROM dunwell_allocation a
        WHERE a.payment_id = p.id), 0) AS left_minor
    FROM dunwell_payment p WHERE {whose}
) spare WHERE left_minor <> 0 GROUP BY customer_id, currency
"""
UNAPPLIED_OF_ALL = """
SELECT p.customer_id, p.currency, SUM(p.amount_minor - COALESCE(u.used, 0))
FROM dunwell_payment p
LEFT JOIN (SELECT payment_id, SUM(COALESCE(paid_minor, amount_minor)) AS used
           FROM dunwell_allocation WHERE company_id = %s AND payment_id IS NOT NULL
           GROUP BY payment_id) u ON u.payment_id = p.id
WHERE p.{whose} AND p.customer_id IS NOT NULL AND p.amount_minor <> COALESCE(u.used, 0)
GROUP BY p.customer_id, p.currency
"""
ORDERS = """
SELECT customer_id, currency, status, amount_minor, prepaid_minor, delivered_minor, billed_minor
FROM dunwell_order WHERE {whose} AND (status IN ('approved', 'held')
     OR (status IN ('rejected', 'cancelled') AND delivered_minor > billed_minor))
"""
_COVERS = """
SELECT customer_id, id, currency, amount_minor, share_ppm, effect FROM dunwell_cover
WHERE {whose} AND status = 'granted' AND effect IN (%s, %s)
AND (from_on IS NULL OR from_on <= %s) AND (until_on IS NULL OR until_on >= %s)
"""

REDUCES, LIFTS = "reduces_exposure", "lifts_limit"


def exposures(
    company: Company,
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    only: "Scope | None" = None,
) -> dict[int, Exposure]:
    """Return the exposure of each customer asked for, of all when None, by its id.

    Customers of another company are left out. Five queries, and one for rates where a foreign
    currency occurs. `only`: they have been looked up already, which saves one, and one for covers
    where their limits were asked for.
    """
    only = only or Scope(company, customer_ids)
    parts = _parts(only)
    covers = covers_in_force(only, effect=REDUCES, as_of=as_of)
    rates = rates_on(
        company,
        {
            *(line.currency for lines in parts.values() for line in lines),
            *(cover.currency for some in covers.values() for cover in some),
        },
        as_of=as_of,
    )
    home, nothing = company.currency, Exposure(company.currency)
    return {
        key: exposure(parts.get(key, ()), covers.get(key, ()), rates, home=home)
        if key in parts or key in covers
        else nothing
        for key, _, _ in only.customers
    }


def exposure_parts(
    company: Company, *, customer_ids: Collection[int] | None = None
) -> dict[int, tuple[Part, ...]]:
    """Return what the exposure of each customer is made of, per currency; four queries.

    Customers with nothing are left out.
    """
    return parts_of(Scope(company, customer_ids))


def parts_of(
    only: "Scope", *, opened: Iterable[tuple[int, str, int]] | None = None
) -> dict[int, tuple[Part, ...]]:
    """Return `exposure_parts` of customers that have been looked up already; three queries.

    `opened` is what is open by customer and currency where it has been read: one query less.
    """
    found = _parts(only, opened)
    return {key: tuple(sorted(lines, key=lambda x: x.currency)) for key, lines in found.items()}


class Scope:
    """The customers a reading is about: all of a company, or those of them that are named.

    `customers` are their rows (id, segment, limit on the record); one query, of all customers
    when they are asked for. Named customers are looked up by their own index alone, for they were
    found to be the company's.
    """

    def __init__(self, company: Company, customer_ids: Collection[int] | None) -> None:
        self.company = company
        self.covers: dict[date, list[tuple[Any, ...]]] = {}
        wanted = None if customer_ids is None else frozenset(customer_ids)
        named = sorted(wanted) if wanted is not None and len(wanted) <= MOST_NAMED else []
        self._wanted: set[int] | None = None
        self.named: list[int] = []
        if wanted is not None:
            self.customers = self._read(named, wanted) if wanted else []
            self._wanted = {row[0] for row in self.customers}
            self.named = [row[0] for row in self.customers] if named else []

    @cached_property
    def customers(self) -> list[tuple[int, str, int | None]]:
        """Return id, segment and the limit on the record of each customer."""
        return self._read([], None)

    def _read(
        self, named: list[int], wanted: Collection[int] | None
    ) -> list[tuple[int, str, int | None]]:
        only = f"AND id IN ({_marks(named)})" if named else ""
        found = fetched(_CUSTOMERS.format(only=only), [self.company.pk, *named])
        return [row for row in found if wanted is None or row[0] in wanted]

    def rows(
        self, query: str, *after: str | date, before: Sequence[int | date] = ()
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query with a place `{whose}`; their first column is the customer.

        `before` and `after` are the values in front of that place and behind it.
        """
        if self._wanted is not None and not self._wanted:
            return []
        if self.named:
            whose = f"customer_id IN ({_marks(self.named)})"
            return fetched(query.format(whose=whose), [*before, *self.named, *after])
        rows = fetched(query.format(whose="company_id = %s"), [*before, self.company.pk, *after])
        wanted = self._wanted
        return rows if wanted is None else [row for row in rows if row[0] in wanted]


def _marks(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))


def covers_in_force(only: Scope, *, effect: str, as_of: date) -> dict[int, list[CoverPart]]:
    """Return the granted covers of an effect that hold on a day, by customer.

    One query for both effects of the same customers.
    """
    if as_of not in only.covers:
        only.covers[as_of] = only.rows(_COVERS, REDUCES, LIFTS, as_of, as_of)
    found: dict[int, list[CoverPart]] = defaultdict(list)
    for customer, key, currency, amount, share_ppm, has_effect in only.covers[as_of]:
        if has_effect == effect:
            found[customer].append(CoverPart(key, currency, amount, share_ppm))
    return found


def _parts(
    only: Scope, opened: Iterable[tuple[int, str, int]] | None = None
) -> dict[int, list[Part]]:
    """Return the sums of each customer and currency; three queries."""
    sums: dict[tuple[int, str], list[int]] = {}
    for customer, currency, total in only.rows(OPEN) if opened is None else opened:
        sums.setdefault((customer, currency), [0, 0, 0, 0, 0])[0] += int(total)
    unapplied = (
        only.rows(_UNAPPLIED)
        if only.named
        else only.rows(UNAPPLIED_OF_ALL, before=[only.company.pk])
    )
    for customer, currency, total in unapplied:
        if total:
            sums.setdefault((customer, currency), [0, 0, 0, 0, 0])[3] = int(total)
    for customer, currency, status, amount, prepaid, delivered, billed in only.rows(ORDERS):
        line = sums.setdefault((customer, currency), [0, 0, 0, 0, 0])
        unbilled, to_come, ahead = order_parts(
            status=status,
            amount_minor=amount,
            prepaid_minor=prepaid,
            delivered_minor=delivered,
            billed_minor=billed,
        )
        line[1] += unbilled
        line[2] += to_come
        line[4] += ahead
    parts: dict[int, list[Part]] = {}
    for (customer, currency), amounts in sums.items():
        parts.setdefault(customer, []).append(Part(currency, *amounts))
    return parts
