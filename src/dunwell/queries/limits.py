"""The limit each customer has on a day, for what was known on a day, read from the ledger.

Rows, members and covers are read with one query each, for one customer or for all.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from dunwell.engine.exposure import PPM, CoverPart, ExposureRate, exchanged
from dunwell.engine.limits import (
    NOTHING,
    Granted,
    GroupLimit,
    Lift,
    LimitInForce,
    Row,
    granted,
    group_limit,
    limit_in_force,
)
from dunwell.engine.money import part
from dunwell.models import Company
from dunwell.queries.dated_rates import day_of, rates_on
from dunwell.queries.exposures import LIFTS, Scope, covers_in_force
from dunwell.queries.fetched_rows import fetched

_MEMBERS = """
SELECT m.customer_id, g.id, g.name FROM dunwell_creditgroupmember m
JOIN dunwell_creditgroup g ON g.id = m.group_id
WHERE {whose} AND m.from_on <= %s AND (m.until_on IS NULL OR m.until_on >= %s)
"""
_ROW = """
SELECT customer_id, group_id, segment, id, kind, amount_minor, from_on, until_on, decided_on,
       decided_at, decided_by, source
FROM dunwell_creditlimit WHERE company_id = %s AND status = 'approved'
"""


@dataclass(frozen=True, slots=True)
class _Ledger:
    """The approved rows that may concern the customers asked for, by scope."""

    own: Mapping[int, list[Row]]
    groups: Mapping[int, list[Row]]
    segments: Mapping[str, list[Row]]


def limits_in_force(
    company: Company,
    *,
    as_of: date,
    known_on: date | None = None,
    customer_ids: Collection[int] | None = None,
    only: Scope | None = None,
) -> dict[int, LimitInForce]:
    """Return the limit of each customer asked for on a day, of all when None, by its id.

    With `known_on` only what was decided by that day counts. Covers, segments and the limit on the
    customer's record are those of now. Customers of another company are left out. Four queries,
    and one for rates where a cover is in a foreign currency. `only`: they have been looked up
    already, which saves one.
    """
    only = only or Scope(company, customer_ids)
    wanted = {segment for _, segment, _ in only.customers if segment}
    said = Said(only, segments=wanted, as_of=as_of, known_on=known_on)
    return {key: said.limit(key, segment, stated) for key, segment, stated in only.customers}


class Said:
    """What the ledger, groups and covers say of customers on a day; three queries.

    One more for rates where a cover is in a foreign currency.
    """

    def __init__(
        self, only: Scope, *, segments: set[str], as_of: date, known_on: date | None = None
    ) -> None:
        self._company, self._as_of, self._known_on = only.company, as_of, known_on
        self._members = {
            customer: (group, name) for customer, group, name in only.rows(_MEMBERS, as_of, as_of)
        }
        ledger = _ledger(
            only, groups={group for group, _ in self._members.values()}, segments=segments
        )
        self._own = ledger.own
        self._covers = covers_in_force(only, effect=LIFTS, as_of=as_of)
        self._rates = rates_on(
            only.company,
            {cover.currency for some in self._covers.values() for cover in some},
            as_of=as_of,
        )
        self._groups: dict[int, GroupLimit] = {
            key: group_limit(key, name, self._granted(ledger.groups.get(key, ())))
            for key, name in set(self._members.values())
        }
        self._segments = {name: self._granted(rows) for name, rows in ledger.segments.items()}

    @property
    def of_their_own(self) -> set[int]:
        """Return the customers of whom more is said than by their segment and record."""
        return {*self._own, *self._members, *self._covers}

    def limit(self, key: int, segment: str, stated_minor: int | None) -> LimitInForce:
        """Return the limit of a customer; key 0: of one of whom nothing of its own is said."""
        group = self._members.get(key)
        return limit_in_force(
            self._granted(self._own[key]) if key in self._own else NOTHING,
            self._segments.get(segment, NOTHING),
            currency=self._company.currency,
            stated_minor=stated_minor,
            lifts=_lifts(self._company, self._covers.get(key, ()), self._rates),
            group=None if group is None else self._groups[group[0]],
        )

    def _granted(self, rows: Iterable[Row]) -> Granted:
        return granted(rows, on=self._as_of, known_on=self._known_on)


def _lifts(
    company: Company, covers: Collection[CoverPart], rates: Mapping[str, ExposureRate]
) -> tuple[Lift, ...]:
    home = company.currency
    return tuple(
        Lift(
            cover.id,
            cover.currency,
            part(
                exchanged(cover.amount_minor, cover.currency, rates, to=home), cover.share_ppm, PPM
            )
            if cover.currency == home or cover.currency in rates
            else None,
        )
        for cover in covers
    )


def _ledger(only: Scope, *, groups: set[int], segments: set[str]) -> _Ledger:
    """Return the rows of the customers, of their groups and their segments; one query."""
    own: dict[int, list[Row]] = defaultdict(list)
    shared: dict[int, list[Row]] = defaultdict(list)
    common: dict[str, list[Row]] = defaultdict(list)
    for customer, group, segment, *values in _rows(only, groups=groups, segments=segments):
        if customer is not None:
            own[customer].append(ledger_row(values))
        elif group is not None:
            shared[group].append(ledger_row(values))
        else:
            common[segment].append(ledger_row(values))
    return _Ledger(own=own, groups=shared, segments=common)


def _rows(only: Scope, *, groups: set[int], segments: set[str]) -> list[tuple[Any, ...]]:
    """Return the rows by the index of each scope; the whole ledger for all customers."""
    if only.named:
        scopes = (
            ("customer_id", only.named),
            ("group_id", sorted(groups)),
            ("segment <> '' AND segment", sorted(segments)),
        )
        return _fetched_scopes(only.company, scopes)
    return fetched(_ROW, [only.company.pk])


def ledger_row(values: list[Any]) -> Row:
    """Return a row of the engine from its columns, in the order of the statement above."""
    key, kind, amount, from_on, until_on, decided_on, decided_at, decided_by, source = values
    return Row(
        key,
        kind,
        amount,
        day_of(from_on),
        None if until_on is None else day_of(until_on),
        day_of(decided_on),
        _moment(decided_at),
        decided_by,
        source,
    )


def _moment(value: datetime | str) -> datetime:
    """Return a moment in UTC, whichever driver told it: SQLite tells it as text without zone."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def approved_rows(company: Company, *, customer_ids: Collection[int]) -> dict[int, list[Row]]:
    """Return the approved rows of customers, by customer; two queries."""
    only = Scope(company, customer_ids)
    return dict(_ledger(only, groups=set(), segments=set()).own) if only.customers else {}


def rows_of_scope(
    company: Company,
    *,
    customer_id: int | None = None,
    group_id: int | None = None,
    segment: str = "",
) -> list[Row]:
    """Return the approved rows of one customer, group or segment; one query."""
    found = scoped_rows(
        company,
        customer_ids=set() if customer_id is None else {customer_id},
        group_ids=set() if group_id is None else {group_id},
        segments={segment} if segment else set(),
    )
    return next(iter(found.values()), [])


def scoped_rows(
    company: Company,
    *,
    customer_ids: Collection[int] = (),
    group_ids: Collection[int] = (),
    segments: Collection[str] = (),
) -> dict[tuple[str, int | str], list[Row]]:
    """Return the approved rows of scopes, by ("customer" | "group" | "segment", its key).

    One query, for as many scopes as a page or a list of groups has.
    """
    found: dict[tuple[str, int | str], list[Row]] = defaultdict(list)
    scopes = (
        ("customer_id", sorted(customer_ids)),
        ("group_id", sorted(group_ids)),
        ("segment <> '' AND segment", sorted(segments)),
    )
    for customer, group, segment, *values in _fetched_scopes(company, scopes):
        key: tuple[str, int | str] = ("segment", segment)
        if customer is not None:
            key = ("customer", customer)
        elif group is not None:
            key = ("group", group)
        found[key].append(ledger_row(values))
    return dict(found)


def _fetched_scopes(
    company: Company, scopes: Sequence[tuple[str, Sequence[int | str]]]
) -> list[tuple[Any, ...]]:
    parts: list[str] = []
    values: list[int | str] = []
    for column, wanted in scopes:
        if wanted:
            parts.append(f"{_ROW} AND {column} IN ({', '.join(['%s'] * len(wanted))})")
            values += [company.pk, *wanted]
    if not parts:
        return []
    return fetched(" UNION ALL ".join(parts), values)
