"""Legal matters: a claim in court or in an insolvency, from its opening to its close."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.allocations import LockedItem, locked_items
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, open_customer
from dunwell.actions.legal_holds import close_deadline, hold_matter, release_matter
from dunwell.actions.texts import fitting
from dunwell.models import (
    Agency,
    Customer,
    Item,
    LegalMatter,
    LegalMatterItem,
    PlanItem,
    SettlementItem,
)
from dunwell.queries.legal_interest import interest_until

Status, Kind = LegalMatter.Status, LegalMatter.Kind
MILLION = 1_000_000


@transaction.atomic
def open_matter(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    items: Sequence[Item],
    opened_on: date,
    as_of: date,
    at: datetime,
    file_by_on: date | None = None,
    lawyer: Agency | None = None,
    court: str = "",
    reference: str = "",
    quota_ppm: int | None = None,
) -> LegalMatter:
    """Open a matter over all that is open on some items, with interest up to `opened_on`.

    A court claim holds its items; an insolvency stops all chasing of the customer at once and
    drops the messages that wait. Raises Refused without items, for items of two currencies or
    another customer, paid items, items of another matter (for a court claim also of a plan or a
    settlement), a second insolvency that runs, an opening to come, and a deadline before it.
    """
    actor.require("legal.edit")
    open_customer(actor, customer)
    if kind not in Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Kind.values)}.")
    _check_days(opened_on, file_by_on, as_of=as_of)
    _check_lawyer(actor, lawyer)
    _check_quota(quota_ppm)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    running = LegalMatter.objects.filter(customer=customer, kind=kind).exclude(
        status=Status.CLOSED
    )
    if kind == Kind.INSOLVENCY and (other := running.order_by("pk").first()):
        raise Refused(f"{customer.name} is in insolvency already: {other.number}.")
    claimed = _claimed(actor, customer, items, kind=kind)
    interest = interest_until(actor.company, customer, until_on=opened_on)
    matter = LegalMatter.objects.create(
        company=actor.company,
        customer=customer,
        kind=kind,
        lawyer=lawyer,
        court=fitting(text=court, most=120, what="court"),
        reference=fitting(text=reference, most=80, what="reference"),
        currency=claimed[0].item.currency,
        claim_minor=sum(one.open_minor for one in claimed),
        interest_minor=sum(interest.get(one.item.pk, 0) for one in claimed),
        quota_ppm=quota_ppm,
        opened_on=opened_on,
        file_by_on=file_by_on,
        by=actor.name,
        recorded_at=at,
    )
    LegalMatterItem.objects.bulk_create(
        LegalMatterItem(
            matter=matter,
            item=one.item,
            amount_minor=one.open_minor,
            interest_minor=interest.get(one.item.pk, 0),
        )
        for one in claimed
    )
    dropped = hold_matter(matter, by=actor.name, as_of=as_of, at=at)
    _tell(
        actor,
        "opened",
        matter,
        at=at,
        kind=kind,
        claim_minor=matter.claim_minor,
        items=[one.item.number for one in claimed],
        messages_dropped=dropped,
    )
    return matter


@transaction.atomic
def file_matter(
    *,
    actor: Actor,
    matter: LegalMatter,
    filed_on: date,
    as_of: date,
    at: datetime,
    reference: str = "",
) -> None:
    """Record that the claim was filed; its deadline is met.

    Raises Refused for a day before the opening or to come.
    """
    actor.require("legal.edit")
    matter = _locked(actor, matter)
    if not matter.opened_on <= filed_on <= as_of:
        raise Refused(f"The day of filing must lie between {matter.opened_on} and {as_of}.")
    told = fitting(text=reference, most=80, what="reference") or matter.reference
    _move(matter, Status.FILED, filed_on=filed_on, reference=told)
    close_deadline(matter, by=actor.name, at=at)
    _tell(actor, "filed", matter, at=at, filed_on=filed_on.isoformat(), reference=told)


@transaction.atomic
def admit_matter(
    *,
    actor: Actor,
    matter: LegalMatter,
    as_of: date,  # noqa: ARG001  every action is told the day
    at: datetime,
    quota_ppm: int | None = None,
) -> None:
    """Record that the claim was admitted or adjudged, with the quota that is expected now."""
    actor.require("legal.edit")
    _check_quota(quota_ppm)
    matter = _locked(actor, matter)
    quota = matter.quota_ppm if quota_ppm is None else quota_ppm
    _move(matter, Status.ADMITTED, quota_ppm=quota)
    _tell(actor, "admitted", matter, at=at, quota_ppm=quota)


@transaction.atomic
def enforce_matter(
    *,
    actor: Actor,
    matter: LegalMatter,
    as_of: date,  # noqa: ARG001  every action is told the day
    at: datetime,
) -> None:
    """Record that an adjudged claim is being enforced."""
    actor.require("legal.edit")
    matter = _locked(actor, matter)
    _move(matter, Status.ENFORCING)
    _tell(actor, "enforced", matter, at=at)


@transaction.atomic
def close_matter(
    *,
    actor: Actor,
    matter: LegalMatter,
    result: str,
    is_chased_again: bool,
    as_of: date,
    at: datetime,
) -> None:
    """Close a matter with its result; with `is_chased_again` its holds are released.

    Without, the holds stand: who was insolvent is not asked for the rest by itself. A court claim
    always releases. Raises Refused without a result.
    """
    actor.require("legal.edit")
    told = fitting(text=result, most=300, what="result")
    if not told:
        raise Refused("Say how the matter ended.")
    matter = _locked(actor, matter)
    _move(matter, Status.CLOSED, result=told, closed_on=as_of)
    LegalMatterItem.objects.filter(matter=matter).update(is_live=False)
    is_released = is_chased_again or matter.kind == Kind.CLAIM
    if is_released:
        release_matter(matter, as_of=as_of)
    close_deadline(matter, by=actor.name, at=at)
    _tell(actor, "closed", matter, at=at, result=told, is_released=is_released)


@transaction.atomic
def change_matter(
    *,
    actor: Actor,
    matter: LegalMatter,
    version: int,
    file_by_on: date | None,
    lawyer: Agency | None,
    court: str,
    reference: str,
    quota_ppm: int | None,
    as_of: date,  # noqa: ARG001  every action is told the day
    at: datetime,
) -> None:
    """Change deadline, lawyer, court, reference and quota of a matter that runs.

    Raises Stale when somebody changed it since `version`, Refused when it is closed.
    """
    actor.require("legal.edit")
    matter = _locked(actor, matter)
    if matter.version != version:
        raise Stale(f"Somebody else has changed {matter.number} meanwhile; load the page again.")
    if matter.status == Status.CLOSED:
        raise Refused(f"{matter.number} is closed.")
    _check_days(matter.opened_on, file_by_on, as_of=matter.opened_on)
    _check_lawyer(actor, lawyer)
    _check_quota(quota_ppm)
    fields: Mapping[str, Any] = {
        "file_by_on": file_by_on,
        "lawyer": lawyer,
        "court": fitting(text=court, most=120, what="court"),
        "reference": fitting(text=reference, most=80, what="reference"),
        "quota_ppm": quota_ppm,
    }
    if all(getattr(matter, name) == value for name, value in fields.items()):
        return
    is_moved = matter.file_by_on != file_by_on
    LegalMatter.objects.filter(pk=matter.pk).update(**fields, version=matter.version + 1)
    if is_moved:
        close_deadline(matter, by=actor.name, at=at)
    _tell(
        actor,
        "changed",
        matter,
        at=at,
        file_by_on=file_by_on.isoformat() if file_by_on else "",
        lawyer=lawyer.name if lawyer else "",
        quota_ppm=quota_ppm,
    )


def _claimed(
    actor: Actor, customer: Customer, items: Sequence[Item], *, kind: str
) -> list[LockedItem]:
    """Lock the items and return them in order, or raise Refused with what is wrong of which."""
    if not items:
        raise Refused("Choose at least one item to claim.")
    locked = list(locked_items(company=actor.company, items=items).values())
    keys = [one.item.pk for one in locked]
    bound = _bound(LegalMatterItem.objects.filter(item__in=keys), "another legal matter")
    if kind == Kind.CLAIM:  # an insolvency comes over plans and settlements, whatever we want
        bound |= _bound(PlanItem.objects.filter(item__in=keys), "a payment plan")
        bound |= _bound(SettlementItem.objects.filter(item__in=keys), "a settlement")
    currency = locked[0].item.currency
    for one in locked:
        item = one.item
        if item.customer_id != customer.pk:
            raise Refused(f"{item.number} belongs to another customer.")
        if item.currency != currency:
            raise Refused(f"{item.number} is in {item.currency}, not in {currency}.")
        if one.open_minor <= 0:
            raise Refused(f"Nothing is owed on {item.number}.")
        if item.pk in bound:
            raise Refused(f"{item.number} is covered by {bound[item.pk]}; end that first.")
    return sorted(locked, key=lambda one: (one.item.due_on, one.item.pk))


def _bound(lines: Any, what: str) -> dict[int, str]:
    return dict.fromkeys(lines.filter(is_live=True).values_list("item", flat=True), what)


def _check_days(opened_on: date, file_by_on: date | None, *, as_of: date) -> None:
    if opened_on > as_of:
        raise Refused(f"{opened_on} has not come yet; open the matter on the day or later.")
    if file_by_on is not None and file_by_on < opened_on:
        raise Refused(f"The last day to file cannot be before the opening on {opened_on}.")


def _check_lawyer(actor: Actor, lawyer: Agency | None) -> None:
    if lawyer is None:
        return
    if lawyer.company_id != actor.company.pk:
        raise Refused("This lawyer belongs to another company.")
    if lawyer.kind != Agency.Kind.LAWYER or not lawyer.is_active:
        raise Refused(f"{lawyer.name} is no lawyer we work with now.")


def _check_quota(quota_ppm: int | None) -> None:
    if quota_ppm is not None and not 0 <= quota_ppm <= MILLION:
        raise Refused("The quota must lie between 0 and 100 percent.")


def _locked(actor: Actor, matter: LegalMatter) -> LegalMatter:
    """Lock the customer and the matter; return it as it is now, or raise Refused."""
    Customer.objects.select_for_update(no_key=True).get(pk=matter.customer_id)
    found = (
        LegalMatter.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk=matter.pk)
        .first()
    )
    if found is None:
        raise Refused(f"{matter.number} does not belong to {actor.company.name}.")
    return found


def _move(matter: LegalMatter, status: str, **fields: object) -> None:
    """Move a matter on, with fields that change with it; refuse what MOVES does not allow."""
    before = Status(matter.status)
    if Status(status) not in LegalMatter.MOVES[before]:
        raise Refused(f"{matter.number} is marked: {before.label.lower()}; load the page again.")
    rows = LegalMatter.objects.filter(pk=matter.pk, status=before, version=matter.version)
    if rows.update(status=status, version=matter.version + 1, **fields) != 1:
        raise Refused(f"Somebody else has just changed {matter.number}; load the page again.")


def _tell(actor: Actor, verb: str, matter: LegalMatter, *, at: datetime, **data: object) -> None:
    record_event(
        actor,
        f"legal.{verb}",
        matter,
        at=at,
        customer_id=matter.customer_id,
        number=matter.number,
        currency=matter.currency,
        **data,
    )
