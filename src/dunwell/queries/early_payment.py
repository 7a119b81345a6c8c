"""Early payment: what may be offered, what is offered, and what it costs and brings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.early_payment import (
    OFFERABLE,
    OfferStep,
    apr_ppm,
    discount_minor,
    programme_of,
    rate_on,
    steps_of,
    terms_text,
)
from dunwell.engine.early_payment_policy import (
    EarlyPaymentPolicy,
    Programme,
    read_early_payment_policy,
)
from dunwell.engine.matching.discounts import discount_steps
from dunwell.models import Company, Customer, EarlyPaymentOffer, Item, OpenItem, PolicyVersion
from dunwell.queries.frames import day, read_frame
from dunwell.queries.policy_documents import document_in_force

Status = EarlyPaymentOffer.Status
TERMS = "terms"
"""The kind of a discount that the customer's own terms grant."""

EPOCH = date(1970, 1, 1)
BLOCKED = """
EXISTS (SELECT 1 FROM dunwell_dispute d WHERE d.item_id = i.id AND d.closed_on IS NULL)
OR EXISTS (SELECT 1 FROM dunwell_planitem p WHERE p.item_id = i.id AND p.is_live)
OR EXISTS (SELECT 1 FROM dunwell_hold h WHERE (h.item_id = i.id
           OR (h.item_id IS NULL AND h.customer_id = i.customer_id))
           AND h.released_on IS NULL AND (h.until_on IS NULL OR h.until_on >= %s))
"""
"""What keeps an item from being offered for on a day; the text of a subquery on `i`."""

_OFFERABLE = """
SELECT i.id, i.customer_id, k.segment, i.kind, i.currency, o.open_minor, {issued}, {due},
       CASE WHEN {blocked} OR EXISTS (
         SELECT 1 FROM dunwell_earlypaymentoffer f
         WHERE f.item_id = i.id)
       THEN {yes} ELSE {no} END
FROM dunwell_openitem o
JOIN dunwell_item i ON i.id = o.item_id
JOIN dunwell_customer k ON k.id = i.customer_id
WHERE o.company_id = %s AND i.kind = 'invoice' AND o.open_minor > 0 AND o.due_on > %s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferDue:
    """An offer the policy makes of an item today."""

    item_id: int
    programme: Programme
    steps: tuple[OfferStep, ...]
    terms: str
    open_minor: int
    most_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OffersDue:
    """What the policy offers today, and the policy."""

    policy: EarlyPaymentPolicy
    version_id: int | None
    offers: tuple[OfferDue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferLine:
    """One step as both sides see it: pay `pay_minor` by the day instead of the whole at due."""

    until_on: date
    rate_ppm: int
    discount_minor: int
    pay_minor: int
    days_early: int
    apr_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenOffer:
    """A discount that can be earned on an item today; `offer_id` None where the terms grant it."""

    offer_id: int | None
    kind: str
    status: str
    item_id: int
    number: str
    currency: str
    open_minor: int
    issued_on: date
    due_on: date
    pay_on: date | None
    lines: tuple[OfferLine, ...] = field(default=())

    def discount_on(self, on: date) -> int:
        """Return the discount in minor units that payment of the whole earns on a day."""
        return max((one.discount_minor for one in self.lines if on <= one.until_on), default=0)


def early_payment_policy(
    company: Company, *, as_of: date
) -> tuple[EarlyPaymentPolicy, int | None]:  # fmt: skip
    """Return the policy in force and its version; None where it is the standard."""
    found = document_in_force(company, PolicyVersion.Kind.EARLY_PAY, as_of=as_of)
    return read_early_payment_policy(found.document), found.version_id


def offerable_frame(company: Company, *, as_of: date) -> nw.LazyFrame:
    """Return the open invoices not due yet in columns OFFERABLE.

    An item is offered for once: what lapsed or was taken back is not offered anew.
    """
    query = _OFFERABLE.format(
        issued=day("i.issued_on"), due=day("i.due_on"), blocked=BLOCKED, yes="TRUE", no="FALSE"
    )
    return read_frame(query, [as_of, company.pk, as_of], OFFERABLE)


def offers_due(company: Company, *, as_of: date) -> OffersDue | None:
    """Return what the policy offers today; None where it has no programme. Two queries."""
    policy, version = early_payment_policy(company, as_of=as_of)
    if not policy.programmes:
        return None
    frame = offerable_frame(company, as_of=as_of)
    chosen = programme_of(frame, policy, as_of=as_of)
    rows = frame.join(chosen, on="item_id", how="inner").sort("item_id").collect().to_native()
    offers = [_due(row, policy, as_of=as_of) for row in _rows(rows)]
    found = tuple(one for one in offers if one is not None)
    return OffersDue(policy=policy, version_id=version, offers=found)


def _rows(frame: object) -> Iterable[Mapping[str, int]]:
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"expected a Polars frame, found {type(frame).__name__}")
    return frame.iter_rows(named=True)


def _due(row: Mapping[str, int], policy: EarlyPaymentPolicy, *, as_of: date) -> OfferDue | None:
    programme = policy.programmes[row["programme"]]
    issued_on = EPOCH + timedelta(days=row["issued_day"])
    due_on = EPOCH + timedelta(days=row["due_day"])
    steps = steps_of(programme, policy, issued_on=issued_on, due_on=due_on, as_of=as_of)
    most = discount_minor(row["open_minor"], steps[0].rate_ppm) if steps else 0
    if not 0 < most < row["open_minor"]:
        return None
    return OfferDue(
        item_id=row["item_id"],
        programme=programme,
        steps=steps,
        terms=terms_text(steps, issued_on=issued_on),
        open_minor=row["open_minor"],
        most_minor=most,
    )


def steps_in(offer: EarlyPaymentOffer) -> tuple[OfferStep, ...]:
    """Return an offer's steps as the engine reads them."""
    return tuple(
        OfferStep(until_on=date.fromisoformat(on), rate_ppm=rate) for on, rate in offer.steps
    )


def offer_terms(item_ids: Collection[int]) -> dict[int, str]:
    """Return the discount terms that live offers add to those of the customer, by item."""
    found = EarlyPaymentOffer.objects.filter(
        item__in=item_ids, status__in=EarlyPaymentOffer.LIVE
    ).values_list("item_id", "terms")
    return dict(found)


def open_offers(company: Company, customer: Customer, *, as_of: date) -> tuple[OpenOffer, ...]:
    """Return the discounts a customer can earn today, the nearest day first; at most two queries.

    Offers, and what the customer's own terms grant where that is not over. Disputed items have
    none: who pays less because of a query does not pay early.
    """
    made = {
        one.item_id: one
        for one in EarlyPaymentOffer.objects.filter(
            customer=customer, status__in=EarlyPaymentOffer.LIVE, until_on__gte=as_of
        )
    }
    granted = discount_steps(customer.terms)
    if not made and not granted:
        return ()
    rows = (
        OpenItem.objects.filter(
            company=company, customer=customer, open_minor__gt=0, item__kind=Item.Kind.INVOICE
        )
        .exclude(item__disputes__closed_on=None, item__disputes__isnull=False)
        .select_related("item")
        .order_by("due_on", "item")
    )
    found = []
    for row in rows:
        offer = made.get(row.item_id)
        steps = [
            OfferStep(
                until_on=row.item.issued_on + timedelta(days=one.days), rate_ppm=one.rate_ppm
            )
            for one in granted
        ]
        steps += steps_in(offer) if offer else ()
        if lines := _lines(steps, row, as_of=as_of):
            found.append(_open_offer(row, offer, lines))
    return tuple(sorted(found, key=lambda one: (one.lines[0].until_on, one.item_id)))


def discounts_on(
    company: Company, customer: Customer, *, on: date, as_of: date
) -> dict[int, tuple[int | None, int]]:
    """Return, by item, the offer (None: the terms) and the discount that payment on a day earns.

    In minor units of the item, for paying all that is open of it.
    """
    return {
        one.item_id: (one.offer_id, amount)
        for one in open_offers(company, customer, as_of=as_of)
        if (amount := one.discount_on(on)) > 0
    }


def _open_offer(
    row: OpenItem, offer: EarlyPaymentOffer | None, lines: tuple[OfferLine, ...]
) -> OpenOffer:  # fmt: skip
    return OpenOffer(
        offer_id=offer.pk if offer else None,
        kind=str(offer.kind) if offer else TERMS,
        status=str(offer.status) if offer else Status.ACCEPTED.value,
        item_id=row.item_id,
        number=row.item.number,
        currency=row.currency,
        open_minor=row.open_minor,
        issued_on=row.item.issued_on,
        due_on=row.due_on,
        pay_on=offer.pay_on if offer else None,
        lines=lines,
    )


def _lines(steps: Iterable[OfferStep], row: OpenItem, *, as_of: date) -> tuple[OfferLine, ...]:
    """Return the steps that still can be earned, as amounts."""
    kept = [one for one in steps if one.until_on >= as_of]
    found: list[OfferLine] = []
    for on in sorted({one.until_on for one in kept}):
        rate = rate_on(kept, on)
        discount = discount_minor(row.open_minor, rate)
        days = (row.due_on - on).days
        if found and found[-1].rate_ppm == rate:
            found.pop()
        found.append(
            OfferLine(
                until_on=on,
                rate_ppm=rate,
                discount_minor=discount,
                pay_minor=row.open_minor - discount,
                days_early=days,
                apr_ppm=apr_ppm(rate, days),
            )
        )
    return tuple(found)
