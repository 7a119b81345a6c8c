"""Offers for early payment as lists and figures: what is offered, accepted, earned, lapsed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.early_payment import apr_ppm, discount_minor, funding_minor
from dunwell.models import Adjustment, Company, EarlyPaymentOffer
from dunwell.queries.early_payment import early_payment_policy, steps_in
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

STATES = ("live", "accepted", "earned", "lapsed", "withdrawn", "all")
LIVE, ACCEPTED, EARNED, LAPSED, WITHDRAWN, ALL = STATES
Status = EarlyPaymentOffer.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRow:
    """One offer; `earned_minor` is what was booked as discount on its item since it was made.

    `apr_ppm` of its nearest step, `worth_minor` what that step leaves us beside our own cost of
    money (below 0: our own money is cheaper).
    """

    id: int
    item_id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    kind: str
    programme: str
    state: str
    terms: str
    open_minor: int
    most_minor: int
    earned_minor: int
    apr_ppm: int
    worth_minor: int
    offered_on: date
    until_on: date
    due_on: date
    pay_on: date | None
    offered_by: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferFigures:
    """Sums of one currency, minor units: offers that wait, accepted ones, discounts earned."""

    currency: str
    live: int
    live_minor: int
    most_minor: int
    accepted: int
    accepted_minor: int
    earned: int
    earned_minor: int


def offer_rows(
    company: Company,
    *,
    state: str = LIVE,
    customer_id: int | None = None,
    as_of: date,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[OfferRow]:
    """Return one page of offers, the newest first."""
    funding = early_payment_policy(company, as_of=as_of)[0].funding_ppm
    found = _in_state(_with_earned(company), state, as_of=as_of)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("item", "customer")
        .order_by("-id")[: limit + 1]
    )
    shown = [_row(one, as_of=as_of, funding_ppm=funding) for one in rows]
    return page_of(shown, limit=limit, key=lambda row: (row.id,))


def offer_figures(company: Company, *, as_of: date) -> tuple[OfferFigures, ...]:
    """Return the sums by currency; one query."""
    live = Q(status=Status.OPEN, until_on__gte=as_of, earned_minor=0)
    accepted = Q(status=Status.ACCEPTED, until_on__gte=as_of, earned_minor=0)
    earned = Q(earned_minor__gt=0)
    rows = (
        _with_earned(company)
        .values("item__currency")
        .order_by("item__currency")
        .annotate(
            live=Count("id", filter=live),
            live_minor=Coalesce(Sum("open_minor", filter=live), 0),
            cost=Coalesce(Sum("most_minor", filter=live | accepted), 0),
            accepted=Count("id", filter=accepted),
            accepted_minor=Coalesce(Sum("open_minor", filter=accepted), 0),
            earned=Count("id", filter=earned),
            sum_earned=Coalesce(Sum("earned_minor", filter=earned), 0),
        )
    )
    return tuple(
        OfferFigures(
            currency=row["item__currency"],
            live=row["live"],
            live_minor=row["live_minor"],
            most_minor=row["cost"],
            accepted=row["accepted"],
            accepted_minor=row["accepted_minor"],
            earned=row["earned"],
            earned_minor=row["sum_earned"],
        )
        for row in rows
    )


def _with_earned(company: Company) -> QuerySet[Any]:
    """Return the offers with the discount booked on their item on the days they were open."""
    booked = (
        Adjustment.objects.filter(
            item=OuterRef("item"),
            kind=Adjustment.Kind.DISCOUNT,
            effective_on__gte=OuterRef("offered_on"),
        )
        .order_by()
        .values("item")
        .annotate(minor=Sum("amount_minor"))
        .values("minor")
    )
    return EarlyPaymentOffer.objects.filter(company=company).annotate(
        earned_minor=Coalesce(Subquery(booked), 0, output_field=BigIntegerField())
    )


def _in_state(found: QuerySet[Any], state: str, *, as_of: date) -> QuerySet[Any]:
    if state == WITHDRAWN:
        return found.filter(status=Status.WITHDRAWN)
    if state == EARNED:
        return found.filter(earned_minor__gt=0)
    if state == ALL:
        return found
    unpaid = found.filter(earned_minor=0)
    if state == LAPSED:
        return unpaid.filter(until_on__lt=as_of).exclude(status=Status.WITHDRAWN)
    status = Status.ACCEPTED if state == ACCEPTED else Status.OPEN
    return unpaid.filter(status=status, until_on__gte=as_of)


def _state(offer: EarlyPaymentOffer, earned_minor: int, *, as_of: date) -> str:
    if earned_minor > 0:
        return EARNED
    if offer.status == Status.WITHDRAWN:
        return WITHDRAWN
    if offer.until_on < as_of:
        return LAPSED
    return ACCEPTED if offer.status == Status.ACCEPTED else LIVE


def _row(offer: EarlyPaymentOffer, *, as_of: date, funding_ppm: int) -> OfferRow:
    step, item = steps_in(offer)[0], offer.item
    days = (item.due_on - step.until_on).days
    discount = discount_minor(offer.open_minor, step.rate_ppm)
    earned = int(getattr(offer, "earned_minor", 0))
    return OfferRow(
        id=offer.pk,
        item_id=item.pk,
        number=item.number,
        customer_id=offer.customer_id,
        customer_number=offer.customer.number,
        customer_name=offer.customer.name,
        currency=item.currency,
        kind=offer.kind,
        programme=offer.programme,
        state=_state(offer, earned, as_of=as_of),
        terms=offer.terms,
        open_minor=offer.open_minor,
        most_minor=offer.most_minor,
        earned_minor=earned,
        apr_ppm=apr_ppm(step.rate_ppm, days),
        worth_minor=funding_minor(offer.open_minor - discount, days, funding_ppm) - discount,
        offered_on=offer.offered_on,
        until_on=offer.until_on,
        due_on=item.due_on,
        pay_on=offer.pay_on,
        offered_by=offer.offered_by,
        reason=offer.reason,
    )
