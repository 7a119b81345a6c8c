"""Which receivables a lender counts, and the borrowing base they make.

Every item is counted once: eligible, or left out for the first reason that applies, or in part
(what credit notes take off it, what is above a debtor's share).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from dunwell.engine import documents
from dunwell.engine.money import part

MILLION = 1_000_000
REASONS = (
    *("assigned", "currency", "intercompany", "foreign", "disputed", "retained", "past_due"),
    *("age", "terms", "cross_aged", "contra", "concentration"),
)
"""Why an item or a part of it is not counted, in the order they are asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityRules:
    """What a lender leaves out; None: no such rule. Days are calendar days, shares in ppm.

    `cross_ppm`: a debtor of whose balance that much is past due too long is left out whole.
    `concentration_ppm`: the most one debtor may be of what is eligible. `countries`: debtors
    elsewhere are left out; empty: from anywhere. `own_segments` hold our own group's companies.
    """

    past_due_days: int | None = 90
    age_days: int | None = None
    terms_days: int | None = None
    cross_ppm: int | None = 500_000
    concentration_ppm: int | None = 200_000
    countries: tuple[str, ...] = ()
    takes_disputed: bool = False
    own_segments: tuple[str, ...] = ("intercompany",)


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolItem:
    """An open item as a lender looks at it; `open_minor` is above 0.

    `disputed_minor` and `retained_minor` are parts of it; `is_assigned`: in a live draw
    on another facility; `is_pledged`: on this one, whose base it is a part of.
    """

    item_id: int
    customer_id: int
    currency: str
    open_minor: int
    issued_on: date
    due_on: date
    country: str = ""
    segment: str = ""
    disputed_minor: int = 0
    retained_minor: int = 0
    is_assigned: bool = False
    is_pledged: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """An item with what of it counts and why the rest does not; together they are what is open."""

    item: PoolItem
    eligible_minor: int
    excluded: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class BorrowingBase:
    """From what is owed to what may be borrowed; in minor units of the facility's currency.

    `gross_minor` = `eligible_minor` + the sum of `excluded`. `reserve_minor` is kept back,
    `advance_minor` is the base after the advance rate and the facility's limit, `drawn_minor`
    is owed already.
    """

    currency: str
    items: int
    gross_minor: int
    excluded: Mapping[str, int]
    excluded_items: Mapping[str, int]
    eligible_minor: int
    reserve_minor: int
    base_minor: int
    advance_minor: int
    limit_minor: int
    drawn_minor: int

    @property
    def available_minor(self) -> int:
        """Return what may still be drawn."""
        return max(self.advance_minor - self.drawn_minor, 0)

    @property
    def over_minor(self) -> int:
        """Return what is drawn above the base: it has to be paid back."""
        return max(self.drawn_minor - self.advance_minor, 0)


def read_rules(stated: Mapping[str, object]) -> EligibilityRules:
    """Build the rules from a document of their fields; raise DocumentError for a wrong one."""
    where = "eligibility"
    documents.known(stated, EligibilityRules.__dataclass_fields__, where)
    numbers = {
        name: None
        if stated[name] is None
        else documents.number(
            stated, name, where, largest=MILLION if name.endswith("_ppm") else 36_500
        )
        for name in ("past_due_days", "age_days", "terms_days", "cross_ppm", "concentration_ppm")
        if name in stated
    }
    return replace(
        EligibilityRules(),
        countries=documents.names(stated.get("countries"), "countries", where),
        takes_disputed=documents.switch(stated, "takes_disputed", where),
        own_segments=documents.names(
            stated.get("own_segments", ["intercompany"]), "own_segments", where
        ),
        **numbers,
    )


def judged(
    items: Sequence[PoolItem],
    rules: EligibilityRules,
    *,
    currency: str,
    owed_back: Mapping[int, int],
    as_of: date,
) -> list[Judged]:
    """Return every item with what counts of it.

    `owed_back` is what each debtor has in credit notes and unused money, in minor units.
    """
    crossed = _crossed(items, rules, as_of=as_of)
    found = []
    for item in items:
        reason = _reason(item, rules, currency, crossed, as_of=as_of)
        excluded: Counter[str] = Counter()
        if reason:
            excluded[reason] = item.open_minor
        elif not rules.takes_disputed and item.disputed_minor:
            excluded["disputed"] = min(item.disputed_minor, item.open_minor)
        left = item.open_minor - excluded.total()
        if left and item.retained_minor:
            excluded["retained"] += min(item.retained_minor, left)
        found.append(
            Judged(
                item=item,
                eligible_minor=item.open_minor - excluded.total(),
                excluded=dict(excluded),
            )
        )
    return _capped(_offset(found, owed_back), rules)


def borrowing_base(
    found: Sequence[Judged],
    *,
    currency: str,
    advance_ppm: int,
    reserve_ppm: int,
    limit_minor: int,
    drawn_minor: int,
) -> BorrowingBase:
    """Return the report that leads from what is owed to what may be borrowed."""
    excluded: Counter[str] = Counter()
    touched: Counter[str] = Counter()
    for one in found:
        excluded.update(one.excluded)
        touched.update(dict.fromkeys(one.excluded, 1))
    eligible = sum(one.eligible_minor for one in found)
    reserve = part(eligible, reserve_ppm, MILLION)
    base = part(eligible - reserve, advance_ppm, MILLION)
    return BorrowingBase(
        currency=currency,
        items=len(found),
        gross_minor=sum(one.item.open_minor for one in found),
        excluded={name: excluded[name] for name in REASONS if excluded[name]},
        excluded_items={name: touched[name] for name in REASONS if excluded[name]},
        eligible_minor=eligible,
        reserve_minor=reserve,
        base_minor=base,
        advance_minor=min(base, limit_minor),
        limit_minor=limit_minor,
        drawn_minor=drawn_minor,
    )


def _reason(
    item: PoolItem,
    rules: EligibilityRules,
    currency: str,
    crossed: Collection[int],
    *,
    as_of: date,
) -> str:
    """Return why an item is left out whole; empty where it is not."""
    late, age = (as_of - item.due_on).days, (as_of - item.issued_on).days
    terms = (item.due_on - item.issued_on).days
    asked = (
        ("assigned", item.is_assigned),
        ("currency", item.currency != currency),
        ("intercompany", item.segment in rules.own_segments),
        ("foreign", bool(rules.countries) and item.country not in rules.countries),
        ("past_due", rules.past_due_days is not None and late > rules.past_due_days),
        ("age", rules.age_days is not None and age > rules.age_days),
        ("terms", rules.terms_days is not None and terms > rules.terms_days),
        ("cross_aged", item.customer_id in crossed),
    )
    return next((name for name, applies in asked if applies), "")


def _crossed(items: Sequence[PoolItem], rules: EligibilityRules, *, as_of: date) -> frozenset[int]:
    """Return the debtors too much of whose balance is past due too long."""
    if rules.cross_ppm is None or rules.past_due_days is None:
        return frozenset()
    whole: Counter[int] = Counter()
    late: Counter[int] = Counter()
    for item in items:
        whole[item.customer_id] += item.open_minor
        if (as_of - item.due_on).days > rules.past_due_days:
            late[item.customer_id] += item.open_minor
    return frozenset(
        key for key, minor in late.items() if minor * MILLION >= rules.cross_ppm * whole[key]
    )


def _offset(found: Sequence[Judged], owed_back: Mapping[int, int]) -> list[Judged]:
    """Take what debtors have in credit off their eligible items, the oldest first."""
    left = {key: minor for key, minor in owed_back.items() if minor > 0}
    offset = {}
    for one in sorted(found, key=lambda one: (one.item.due_on, one.item.item_id)):
        taken = min(left.get(one.item.customer_id, 0), one.eligible_minor)
        if taken:
            left[one.item.customer_id] -= taken
            offset[one.item.item_id] = taken
    return [_without(one, "contra", offset.get(one.item.item_id, 0)) for one in found]


def _capped(found: Sequence[Judged], rules: EligibilityRules) -> list[Judged]:
    """Leave out what one debtor is above the share of all that is eligible, its newest first."""
    if rules.concentration_ppm is None:
        return list(found)
    whole = sum(one.eligible_minor for one in found)
    most = whole * rules.concentration_ppm // MILLION
    held: Counter[int] = Counter()
    kept = []
    for one in sorted(found, key=lambda one: (one.item.due_on, one.item.item_id)):
        room = max(most - held[one.item.customer_id], 0)
        over = max(one.eligible_minor - room, 0)
        held[one.item.customer_id] += one.eligible_minor - over
        kept.append(_without(one, "concentration", over))
    return kept


def _without(one: Judged, reason: str, minor: int) -> Judged:
    if not minor:
        return one
    return replace(
        one, eligible_minor=one.eligible_minor - minor, excluded={**one.excluded, reason: minor}
    )
