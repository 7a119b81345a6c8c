"""The clock of a company's covers: deadlines, what is open behind them, what is covered."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from dunwell.engine.calendars import day_number
from dunwell.engine.cover_clock import (
    COVER_KINDS,
    CoveredItem,
    CoverRules,
    CoverTerms,
    Deadline,
    Part,
    deadlines,
    parts,
    unpaid_ppm,
)
from dunwell.engine.matching.foreign import Rates, read_rates
from dunwell.models import Company, Cover, CoverNotice, ItemPrediction, OpenItem
from dunwell.queries.credit_sections import cover_rules
from dunwell.queries.frames import fx_frame

PPM = 1_000_000
STANDING = (Cover.Status.REQUESTED, Cover.Status.GRANTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockItem:
    """An open debit item of a covered customer; `home_minor` None where no rate is known.

    `curve` are points (day, chance in ppm to be unpaid when it ends), empty without a prediction.
    """

    item_id: int
    customer_id: int
    number: str
    currency: str
    issued_on: date
    due_on: date
    open_minor: int
    home_minor: int | None
    curve: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverUse:
    """What one customer's covers do for its open items, in the company's currency.

    `open_minor` = `covered_minor` + what `gaps` name; None where a rate is missing.
    `of_cover` is what each cover covers, by its key.
    """

    customer_id: int
    open_minor: int | None
    covered_minor: int | None
    gaps: Mapping[str, int] = field(default_factory=dict)
    of_cover: Mapping[int, int] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def uncovered_minor(self) -> int | None:
        """Return what no cover stands behind."""
        if self.open_minor is None or self.covered_minor is None:
            return None
        return self.open_minor - self.covered_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverClock:
    """Covers that are asked for or granted, what is open behind them, and every deadline."""

    as_of: date
    rules: CoverRules
    covers: Mapping[int, Cover]
    items: Mapping[int, ClockItem]
    deadlines: tuple[Deadline, ...]
    uses: Mapping[int, CoverUse]

    def chance(self, deadline: Deadline) -> int | None:
        """Return the chance (ppm) that an item is unpaid when its deadline ends.

        None without a prediction, and for a deadline of the cover as a whole.
        """
        item = self.items.get(deadline.item_id or 0)
        return unpaid_ppm(item.curve, deadline.due_on) if item and item.curve else None


def cover_clock(
    company: Company, *, as_of: date, customer_ids: Collection[int] | None = None
) -> CoverClock | None:
    """Return the clock of all covers, or of some customers' ones; None without any.

    One query when there is none, six at most. Open amounts are those of now.
    """
    found = Cover.objects.filter(company=company, status__in=STANDING).select_related("customer")
    if customer_ids is not None:
        found = found.filter(customer__in=customer_ids)
    covers = {cover.pk: cover for cover in found.order_by("from_on", "id")}
    if not covers:
        return None
    rules = cover_rules(company, as_of=as_of)
    rates = read_rates(fx_frame(company), company.currency)
    customers = {cover.customer_id for cover in covers.values()}
    items = _items(company, customers, rates, as_of=as_of)
    by_customer: dict[int, list[ClockItem]] = defaultdict(list)
    for item in items.values():
        by_customer[item.customer_id].append(item)
    standing: list[Deadline] = []
    for cover in covers.values():
        standing += deadlines(
            _terms(cover, cover.amount_minor or cover.asked_minor),
            [_covered(item, item.open_minor) for item in by_customer[cover.customer_id]],
            rules=rules,
            as_of=as_of,
        )
    standing.sort(key=lambda one: (one.due_on, one.cover_id, one.kind, one.item_id or 0))
    uses = _uses(company, covers, by_customer, rules, rates, as_of=as_of)
    return CoverClock(
        as_of=as_of,
        rules=rules,
        covers=covers,
        items=items,
        deadlines=tuple(standing),
        uses=uses,
    )


def _items(
    company: Company, customers: set[int], rates: Rates, *, as_of: date
) -> dict[int, ClockItem]:
    rows = (
        OpenItem.objects.filter(company=company, customer__in=customers, open_minor__gt=0)
        .filter(item__issued_on__lte=as_of)
        .order_by("due_on", "item")
        .values_list(
            "item",
            "customer",
            "item__number",
            "currency",
            "item__issued_on",
            "due_on",
            "open_minor",
        )
    )
    found = list(rows)
    curves = _curves(company, customers)
    day = day_number(as_of)
    return {
        key: ClockItem(
            item_id=key,
            customer_id=customer,
            number=number,
            currency=currency,
            issued_on=issued,
            due_on=due,
            open_minor=minor,
            home_minor=minor
            if currency == company.currency
            else rates.convert(minor, currency, to=company.currency, day=day),
            curve=curves.get(key, ()),
        )
        for key, customer, number, currency, issued, due, minor in found
    }


def _curves(company: Company, customers: set[int]) -> dict[int, tuple[tuple[date, int], ...]]:
    """Return what the pay-date model says of each open item, as points of one falling curve."""
    rows = ItemPrediction.objects.filter(company=company, customer__in=customers).values_list(
        "item",
        "as_of",
        "due_on",
        "p_late_ppm",
        "p_late_7_ppm",
        "p_late_30_ppm",
        "p_unpaid_14_ppm",
        "q10_on",
        "q50_on",
        "q90_on",
    )
    found = {}
    for key, on, due, late, late_7, late_30, unpaid_14, q10, q50, q90 in rows:
        points = [
            (on, PPM),
            (on + timedelta(days=14), unpaid_14),
            (q10, 900_000),
            (q50, 500_000),
            (q90, 100_000),
        ]
        for days, chance in ((0, late), (7, late_7), (30, late_30)):
            if (day := due + timedelta(days=days)) > on:
                points.append((day, chance))
        found[key] = tuple(sorted(points))
    return found


def _uses(
    company: Company,
    covers: Mapping[int, Cover],
    by_customer: Mapping[int, Sequence[ClockItem]],
    rules: CoverRules,
    rates: Rates,
    *,
    as_of: date,
) -> dict[int, CoverUse]:
    missed = defaultdict(list)
    rows = CoverNotice.objects.filter(
        company=company, cover__in=covers, status=CoverNotice.Status.MISSED
    ).values_list("cover__customer", "cover", "kind", "item", "due_on")
    for customer, cover, kind, item, due in rows.order_by("id"):
        missed[customer].append((cover, kind, item, due))
    granted: dict[int, list[CoverTerms]] = defaultdict(list)
    unknown: set[int] = set()
    for one in sorted(covers.values(), key=lambda c: (COVER_KINDS.index(c.kind), c.pk)):
        if one.status != Cover.Status.GRANTED:
            continue
        amount: int | None = one.amount_minor
        if one.currency != company.currency:
            amount = rates.convert(
                one.amount_minor, one.currency, to=company.currency, day=day_number(as_of)
            )
        if amount is None:
            unknown.add(one.customer_id)
            continue
        granted[one.customer_id].append(_terms(one, amount))
    uses = {}
    for customer in {cover.customer_id for cover in covers.values()}:
        held = by_customer.get(customer, ())
        if customer in unknown or any(item.home_minor is None for item in held):
            uses[customer] = CoverUse(customer_id=customer, open_minor=None, covered_minor=None)
            continue
        uses[customer] = _use(
            customer,
            parts(
                granted[customer],
                [_covered(item, item.home_minor or 0) for item in held],
                rules=rules,
                missed=missed[customer],
            ),
        )
    return uses


def _use(customer: int, found: Sequence[Part]) -> CoverUse:
    gaps: dict[str, int] = defaultdict(int)
    of_cover: dict[int, int] = defaultdict(int)
    for part in found:
        if part.cover_id is None:
            gaps[part.gap] += part.amount_minor
        else:
            of_cover[part.cover_id] += part.amount_minor
    return CoverUse(
        customer_id=customer,
        open_minor=sum(part.amount_minor for part in found),
        covered_minor=sum(of_cover.values()),
        gaps=dict(gaps),
        of_cover=dict(of_cover),
        parts=tuple(found),
    )


def _terms(cover: Cover, amount_minor: int) -> CoverTerms:
    return CoverTerms(
        cover_id=cover.pk,
        kind=cover.kind,
        status=cover.status,
        amount_minor=amount_minor,
        share_ppm=cover.share_ppm,
        requested_on=cover.requested_on,
        from_on=cover.from_on,
        until_on=cover.until_on,
        conditions=cover.conditions,
    )


def _covered(item: ClockItem, amount_minor: int) -> CoveredItem:
    return CoveredItem(
        item_id=item.item_id,
        issued_on=item.issued_on,
        due_on=item.due_on,
        open_minor=amount_minor,
    )
