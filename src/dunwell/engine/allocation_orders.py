"""Which debt a payment settles when it does not cover them all: the orders of law, as data.

An order is a list of criteria, asked one after the other: debts that the first tells apart
are settled in its order, the next one decides among equals, and what is equal to the end is
settled in proportion where the law says so. Every order begins with what the debtor
designated. Fees and interest are items of their own here and name no invoice, so the rule
"costs, then interest, then principal" is applied to the account as a whole.

Each order names its source.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType

LAST = 1 << 62
"""Sorts behind everything that has a rank."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Debt:
    """One open debit item, and what the law may ask about it.

    `security`: how well it is secured, 0 not at all; `burden_ppm`: what it costs the debtor
    to leave it open, a year; `claimed_on`: since when it is enforced or sued for.
    `designated` is the debtor's rank for it, `appropriated` ours; empty where none was named.
    """

    item_id: int
    open_minor: int
    due_on: date
    issued_on: date
    kind: str = "invoice"
    security: int = 0
    burden_ppm: int = 0
    claimed_on: date | None = None
    designated: int | None = None
    appropriated: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartOfMoney:
    """What one item gets, in minor units, and the criterion that gave it its place."""

    item_id: int
    amount_minor: int
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AllocationOrder:
    """The criteria of one law from a day on; `countries` whose companies use it by default."""

    name: str
    source: str
    from_on: date
    criteria: tuple[str, ...]
    countries: tuple[str, ...] = ()
    is_proportional: bool = False


def _earliest(day: date | None) -> int:
    return day.toordinal() if day else LAST


CRITERIA: Mapping[str, Callable[[Debt, date], int]] = MappingProxyType(
    {
        "designated": lambda debt, _: LAST if debt.designated is None else debt.designated,
        "appropriated": lambda debt, _: LAST if debt.appropriated is None else debt.appropriated,
        "costs_interest": lambda debt, _: {"fee": 0, "interest": 1}.get(debt.kind, 2),
        "interest": lambda debt, _: 0 if debt.kind == "interest" else 1,
        "due": lambda debt, as_of: 0 if debt.due_on <= as_of else 1,
        "claimed": lambda debt, _: 0 if debt.claimed_on else 1,
        "claimed_first": lambda debt, _: _earliest(debt.claimed_on),
        "less_secured": lambda debt, _: debt.security,
        "burdensome": lambda debt, _: -debt.burden_ppm,
        "older": lambda debt, _: debt.issued_on.toordinal(),
        "due_earlier": lambda debt, _: debt.due_on.toordinal(),
        "due_earlier_if_due": lambda debt, as_of: (
            debt.due_on.toordinal() if debt.due_on <= as_of else 0
        ),
        "less_secured_if_not_due": lambda debt, as_of: debt.security if debt.due_on > as_of else 0,
    }
)
"""What each criterion asks; the smaller answer is settled first."""

EQUAL = "proportional"
"""The rule where nothing tells two debts apart and the law divides."""
LISTED = "listed"
"""The rule where nothing tells two debts apart and their order is that of their keys."""
ALL_PAID = "all_paid"
"""The rule where the money covers everything, or there is one debt alone."""

ORDERS: Mapping[str, AllocationOrder] = MappingProxyType(
    {
        order.name: order
        for order in (
            AllocationOrder(
                name="oldest_due",
                source="Custom of the trade: the earliest due first",
                from_on=date(1900, 1, 1),
                criteria=("designated", "due_earlier"),
            ),
            AllocationOrder(
                name="de_bgb",
                source="BGB § 366 (1), (2), § 367 (1)",
                from_on=date(1900, 1, 1),
                criteria=(
                    *("designated", "costs_interest", "due", "less_secured", "burdensome"),
                    "older",
                ),
                countries=("DE",),
                is_proportional=True,
            ),
            AllocationOrder(
                name="at_abgb",
                source="ABGB §§ 1415, 1416",
                from_on=date(1812, 1, 1),
                criteria=("designated", "interest", "claimed", "due", "burdensome"),
                countries=("AT",),
                is_proportional=True,
            ),
            AllocationOrder(
                name="ch_or",
                source="OR Art. 85-87",
                from_on=date(1912, 1, 1),
                criteria=(
                    *("designated", "appropriated", "costs_interest", "due", "claimed_first"),
                    *("due_earlier_if_due", "less_secured_if_not_due"),
                ),
                countries=("CH", "LI"),
                is_proportional=True,
            ),
            AllocationOrder(
                name="fr_code_civil",
                source="Code civil art. 1342-10, 1343-1 (ordonnance 2016-131)",
                from_on=date(2016, 10, 1),
                criteria=("designated", "interest", "due", "burdensome", "older"),
                countries=("FR",),
                is_proportional=True,
            ),
            AllocationOrder(
                name="es_codigo_civil",
                source="Código Civil art. 1172-1174",
                from_on=date(1889, 5, 1),
                criteria=("designated", "interest", "due", "burdensome"),
                countries=("ES",),
                is_proportional=True,
            ),
            AllocationOrder(
                name="common_law",
                source="Debtor's, then creditor's appropriation; Devaynes v Noble, Clayton's "
                "case (1816) 1 Mer 572: first in, first out",
                from_on=date(1816, 1, 1),
                criteria=("designated", "appropriated", "older"),
                countries=("GB", "IE"),
            ),
            AllocationOrder(
                name="us_common_law",
                source="Restatement (Second) of Contracts §§ 258-260",
                from_on=date(1981, 1, 1),
                criteria=(
                    *("designated", "appropriated", "interest", "less_secured", "due_earlier"),
                ),
                countries=("US",),
                is_proportional=True,
            ),
        )
    }
)
"""Every order by name."""

LAW_OF_COUNTRY = "by_country"
"""Names the order of the company's own country."""
ORDER_NAMES = (*ORDERS, LAW_OF_COUNTRY)
"""What a cash policy may name."""

BY_COUNTRY: Mapping[str, str] = MappingProxyType(
    {country: order.name for order in ORDERS.values() for country in order.countries}
)


def order_of(name: str, *, country: str = "") -> AllocationOrder:
    """Return an order by name; `by_country` means the law of the country, else oldest due.

    Raises KeyError for a name that no order has.
    """
    if name == LAW_OF_COUNTRY:
        name = BY_COUNTRY.get(country, "oldest_due")
    return ORDERS[name]


def allocate(
    debts: Iterable[Debt], amount_minor: int, *, order: AllocationOrder, as_of: date
) -> tuple[PartOfMoney, ...]:
    """Return what each debt gets of an amount, in the order settled; nothing is written.

    What the debts do not need stays over. In a proportional division whole minor units are
    given by the largest remainder, and by key where those are equal.
    """
    open_debts = [debt for debt in debts if debt.open_minor > 0]
    left = max(amount_minor, 0)
    ranked = sorted(open_debts, key=lambda debt: (_rank(debt, order, as_of), debt.item_id))
    is_enough = left >= sum(debt.open_minor for debt in open_debts)
    places = [
        list(group) for _, group in groupby(ranked, key=lambda debt: _rank(debt, order, as_of))
    ]
    shares: list[PartOfMoney] = []
    for n, group in enumerate(places):
        if left <= 0:
            break
        rule = ALL_PAID if is_enough else _deciding(places, n, order, as_of)
        parts = _divided(group, left, order)
        is_split = sum(parts) < sum(debt.open_minor for debt in group) and len(group) > 1
        told = (EQUAL if order.is_proportional else LISTED) if is_split else rule
        shares += [
            PartOfMoney(item_id=debt.item_id, amount_minor=part, rule=told)
            for debt, part in zip(group, parts, strict=True)
            if part
        ]
        left -= sum(parts)
    return tuple(shares)


def _rank(debt: Debt, order: AllocationOrder, as_of: date) -> tuple[int, ...]:
    return tuple(CRITERIA[name](debt, as_of) for name in order.criteria)


def _deciding(
    places: Sequence[Sequence[Debt]], n: int, order: AllocationOrder, as_of: date
) -> str:
    """Return the criterion that puts a place before the next, or the last one behind its own."""
    if len(places) == 1:
        return EQUAL if order.is_proportional else LISTED
    one, other = (places[n], places[n + 1]) if n + 1 < len(places) else (places[n - 1], places[n])
    ranks = zip(
        order.criteria, _rank(one[0], order, as_of), _rank(other[0], order, as_of), strict=True
    )
    return next(name for name, first, second in ranks if first != second)


def _divided(group: Sequence[Debt], left: int, order: AllocationOrder) -> list[int]:
    """Return what each of equal debts gets of what is left: in full, in proportion or in turn."""
    needed = sum(debt.open_minor for debt in group)
    if left >= needed:
        return [debt.open_minor for debt in group]
    if not order.is_proportional:
        parts = []
        for debt in group:
            parts.append(min(left, debt.open_minor))
            left -= parts[-1]
        return parts
    parts = [left * debt.open_minor // needed for debt in group]
    rests = [left * debt.open_minor % needed for debt in group]
    for n in sorted(range(len(group)), key=lambda n: (-rests[n], group[n].item_id))[
        : left - sum(parts)
    ]:
        parts[n] += 1
    return parts
