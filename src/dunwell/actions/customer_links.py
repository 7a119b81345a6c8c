"""Links between customers: parent, guarantor, bill-to and payer, from day to day."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import fitting
from dunwell.engine.hierarchies import PARENT, Link, closes_circle
from dunwell.engine.money import LARGEST_MINOR
from dunwell.models import Company, Customer, CustomerLink
from dunwell.queries.hierarchies import company_links

Kind = CustomerLink.Kind

LONGEST = 300


@transaction.atomic
def add_link(
    *,
    actor: Actor,
    customer: Customer,
    other: Customer,
    kind: str,
    from_on: date,
    most_minor: int | None = None,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> CustomerLink:
    """Say that another customer is the parent, guarantor, bill-to or payer, from today or later.

    `most_minor` caps what a guarantor answers for, in the company's currency. The same link again
    changes nothing. Raises Refused for a day gone by, where a link of the kind holds on the day
    already, and for a parent that is a child of the customer, however far away.
    """
    actor.require("link.edit")
    open_customer(actor, customer)
    open_customer(actor, other)
    told = fitting(text=reason, most=LONGEST, what="reason")
    # one at a time: two parents set at once could close a circle that neither sees
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    _check(company, customer, other, kind, from_on, most_minor, as_of=as_of)
    standing = CustomerLink.objects.filter(customer=customer, kind=kind, until_on=None)
    if kind == Kind.GUARANTOR:
        standing = standing.filter(other=other)
    if (found := standing.select_related("other").first()) is not None:
        if (found.other_id, found.most_minor) == (other.pk, most_minor):
            return found
        raise Refused(
            f"{found.other.name} is the {found.get_kind_display().lower()} of {customer.name} "
            f"since {found.from_on}; end that link first."
        )
    later = CustomerLink.objects.filter(customer=customer, kind=kind, until_on__gte=from_on)
    if kind != Kind.GUARANTOR and (found := later.select_related("other").first()) is not None:
        raise Refused(f"{found.other.name} still is until {found.until_on}; begin after that day.")
    if kind == Kind.PARENT:
        _check_no_circle(company, customer, other, from_on)
    link = CustomerLink.objects.create(
        company=company,
        customer=customer,
        other=other,
        kind=kind,
        most_minor=most_minor,
        from_on=from_on,
        reason=told,
        by=actor.name,
        recorded_at=at,
    )
    _tell(actor, "customer_link.added", link, at=at, from_on=from_on.isoformat(), reason=told)
    return link


@transaction.atomic
def end_link(
    *, actor: Actor, link: CustomerLink, until_on: date, as_of: date, at: datetime
) -> CustomerLink:
    """End a link with its last day, today or later; raise Refused for one that has ended."""
    actor.require("link.edit")
    own(actor, link, "link")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    link = CustomerLink.objects.select_related("customer", "other").get(pk=link.pk)
    if link.until_on is not None:
        raise Refused(f"This link ends on {link.until_on} already.")
    if until_on < max(as_of, link.from_on):
        raise Refused("The last day of a link is today or later, and not before the first.")
    link.until_on, link.ended_by = until_on, actor.name
    link.save(update_fields=["until_on", "ended_by"])
    _tell(actor, "customer_link.ended", link, at=at, until_on=until_on.isoformat())
    return link


def _check(
    company: Company,
    customer: Customer,
    other: Customer,
    kind: str,
    from_on: date,
    most_minor: int | None,
    *,
    as_of: date,
) -> None:
    if kind not in Kind.values:
        raise Refused(f"{kind} is no kind of link; use one of {', '.join(Kind.values)}.")
    if {customer.company_id, other.company_id} != {company.pk}:
        raise Refused("Both customers must belong to this company.")
    if customer.pk == other.pk:
        raise Refused("A customer cannot be linked to itself.")
    if from_on < as_of:
        raise Refused(f"A link cannot begin before today, {as_of}.")
    if most_minor is not None and kind != Kind.GUARANTOR:
        raise Refused("Only a guarantor answers for at most an amount.")
    if most_minor is not None and not 0 < most_minor <= LARGEST_MINOR:
        raise Refused("The most a guarantor answers for is above 0; leave it out for no cap.")


def _check_no_circle(
    company: Company, customer: Customer, other: Customer, from_on: date
) -> None:  # fmt: skip
    """Refuse a parent below the customer on the first day of the link or any day after."""
    links = company_links(company, kinds=(PARENT,), since=from_on)
    new = Link(customer.pk, other.pk, PARENT, from_on)
    if closes_circle([*links, new], customer.pk):
        raise Refused(
            f"{other.name} is below {customer.name} in the hierarchy; a parent cannot be."
        )


def _tell(actor: Actor, verb: str, link: CustomerLink, *, at: datetime, **data: str) -> None:
    record_event(
        actor,
        verb,
        link,
        at=at,
        customer_id=link.customer_id,
        kind=str(link.kind),
        other=link.other.name,
        other_id=link.other_id,
        most_minor=link.most_minor,
        **data,
    )
