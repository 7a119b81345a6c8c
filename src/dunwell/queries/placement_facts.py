"""What is known about items that are to be placed: the facts behind the placement's checks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q

from dunwell.engine.commissions import CommissionTier, read_tiers
from dunwell.engine.placement_checks import (
    AgencyTerms,
    PlacementCheck,
    PlacementFacts,
    placement_checks,
)
from dunwell.models import (
    Agency,
    Company,
    Contact,
    ContactRestriction,
    Customer,
    Hold,
    LegalMatter,
    Message,
    MessageItem,
    Placement,
    Promise,
    PromiseItem,
)
from dunwell.queries.authority import exchanged
from dunwell.queries.holds import holds_standing
from dunwell.queries.settlement_items import SettleableItem, settleable_items

FINAL = "final"
"""A message whose wording's name begins so is a final demand (final_notice, final_demand)."""


def agency_terms(agency: Agency) -> AgencyTerms:
    """Return what the agency takes."""
    return AgencyTerms(
        least_minor=agency.least_minor,
        countries=tuple(agency.countries),
        demand_days=agency.demand_days,
    )


def agency_tiers(agency: Agency) -> tuple[CommissionTier, ...]:
    """Return the agency's commission by the age of the debt."""
    return read_tiers(agency.commission)


def placeable_items(
    company: Company, customer: Customer, *, as_of: date, beside: Placement | None = None
) -> tuple[SettleableItem, ...]:
    """Return the open debit items of a customer, the oldest first; `beside` is not counted."""
    found = settleable_items(company, customer, as_of=as_of)
    own = beside.number if beside is not None else ""
    return tuple(replace(item, bound_by="") if item.bound_by == own else item for item in found)


def checks_of(
    company: Company,
    customer: Customer,
    items: Sequence[SettleableItem],
    *,
    agency: Agency,
    as_of: date,
) -> tuple[PlacementCheck, ...]:
    """Return the checks of placing the items with an agency as of the day."""
    facts = placement_facts(company, customer, items, as_of=as_of)
    return placement_checks(facts, agency_terms(agency))


def placement_facts(
    company: Company, customer: Customer, items: Sequence[SettleableItem], *, as_of: date
) -> PlacementFacts:
    """Return what is known about placing the items of one currency; at least one is needed."""
    named, demanded = _sent(company, items, as_of=as_of)
    undemanded = [row.number for row in items if row.id not in demanded]
    currency, total = items[0].currency, sum(row.open_minor for row in items)
    contacts = list(Contact.objects.filter(customer=customer))
    restrictions = ContactRestriction.objects.filter(
        Q(until_on=None) | Q(until_on__gte=as_of),
        customer=customer,
        kind=ContactRestriction.Kind.ATTORNEY,
        from_on__lte=as_of,
        lifted_on=None,
    )
    return PlacementFacts(
        as_of=as_of,
        disputed=[row.number for row in items if row.is_disputed],
        demand_sent_on=None if undemanded else max(demanded[row.id] for row in items),
        undemanded=undemanded,
        unnamed=[row.number for row in items if row.id not in named],
        agreements=sorted({row.bound_by for row in items if row.bound_by}),
        promised=_promised(customer, items),
        has_address=bool(customer.address.strip()),
        has_reach=any(
            contact.phone or (contact.email and contact.bounced_on is None) for contact in contacts
        ),
        home_minor=exchanged(company, total, currency, to=company.currency, as_of=as_of),
        country=customer.country,
        is_insolvent=_is_insolvent(customer, as_of=as_of),
        has_attorney=restrictions.exists(),
        youngest_days=min(row.days_late for row in items),
    )


def _sent(
    company: Company, items: Sequence[SettleableItem], *, as_of: date
) -> tuple[set[int], dict[int, date]]:
    """Return which items were named in a message sent, and when each had its first demand."""
    zone = ZoneInfo(company.zone)
    rows = MessageItem.objects.filter(
        item__in=[row.id for row in items],
        message__status__in=Message.HANDED_OVER,
        message__as_of__lte=as_of,
    ).values_list("item", "message__template", "message__sent_at", "message__as_of")
    named: set[int] = set()
    demanded: dict[int, date] = {}
    for item, template, sent_at, decided_on in rows:
        named.add(item)
        if template.startswith(FINAL):
            sent_on = sent_at.astimezone(zone).date() if sent_at else decided_on
            demanded[item] = min(sent_on, demanded.get(item, sent_on))
    return named, demanded


def _promised(customer: Customer, items: Sequence[SettleableItem]) -> list[str]:
    """Return the items promised, and "all items" where the customer promised an amount."""
    lines = PromiseItem.objects.filter(
        item__in=[row.id for row in items], promise__outcome=Promise.Outcome.OPEN
    )
    numbers = sorted(set(lines.values_list("item__number", flat=True)))
    whole = Promise.objects.filter(
        customer=customer,
        level=Promise.Level.CUSTOMER,
        outcome=Promise.Outcome.OPEN,
        currency=items[0].currency,
    )
    return numbers or (["an amount on all items"] if whole.exists() else [])


def _is_insolvent(customer: Customer, *, as_of: date) -> bool:
    held = Hold.objects.filter(
        holds_standing(as_of=as_of), customer=customer, reason=Hold.Reason.INSOLVENCY
    )
    matters = LegalMatter.objects.filter(
        customer=customer, kind=LegalMatter.Kind.INSOLVENCY
    ).exclude(status=LegalMatter.Status.CLOSED)
    return held.exists() or matters.exists()
