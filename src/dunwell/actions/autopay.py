"""Standing orders to charge a saved way to pay: agreed, paused, resumed and ended by people."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, check_status, open_customer, own_customer
from dunwell.actions.texts import fitting, needed
from dunwell.models import Autopay, AutopayCharge, Company, Customer, SavedMethod
from dunwell.queries.autopay import NOTICE_DAYS, autopay_terms

Status = Autopay.Status
LONGEST_REASON = 300


@transaction.atomic
def agree_autopay(
    *,
    actor: Actor,
    customer: Customer,
    method: SavedMethod,
    covers: str,
    currency: str,
    cap_minor: int | None = None,
    day_offset: int = 0,
    name: str,
    sha256: str,
    address_hash: str = "",
    as_of: date,
    at: datetime,
) -> Autopay:
    """Record that a customer lets us charge a saved way to pay by itself, with the text agreed.

    `sha256` is of the text the page showed for just these choices. The same order again returns
    what is there. Raises Refused for a way to pay that is gone or another's, other choices than
    the text names, and while another order in the currency is not ended.
    """
    actor.require("portal.manage")
    open_customer(actor, customer)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    saved = SavedMethod.objects.filter(customer=customer, pk=method.pk, removed_at=None).first()
    if saved is None:
        raise Refused("This way to pay is not saved any more; choose another one.")
    if covers not in Autopay.Covers.values:
        raise Refused("Choose what is paid by itself: invoices, instalments or both.")
    if cap_minor is not None and cap_minor <= 0:
        raise Refused("The most of one charge must be above zero; leave it empty for no limit.")
    if not -30 <= day_offset <= 30:  # noqa: PLR2004  a month each way, as the constraint says
        raise Refused("Choose a day at most 30 days before or after the due date.")
    terms = autopay_terms(
        customer,
        saved,
        covers=covers,
        currency=currency,
        cap_minor=cap_minor,
        day_offset=day_offset,
    )
    if sha256 != terms.sha256:
        raise Refused("The text does not say what you chose; read it again and agree to it.")
    who = needed(text=name, most=120, what="name", missing="Write your name to agree.")
    live = Autopay.objects.filter(customer=customer, currency=currency).exclude(
        status=Status.ENDED
    )
    if (found := live.first()) is not None:
        if (found.sha256, found.agreed_by) == (sha256, who):
            return found
        raise Refused(f"Automatic payment in {currency} is set up already; end it first.")
    autopay = Autopay.objects.create(
        company=actor.company,
        customer=customer,
        method=saved,
        covers=covers,
        currency=currency,
        cap_minor=cap_minor,
        day_offset=day_offset,
        notice_days=NOTICE_DAYS,
        text=terms.text,
        sha256=sha256,
        agreed_by=who,
        address_hash=address_hash,
        agreed_on=as_of,
        recorded_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "autopay.agreed",
        autopay,
        at=at,
        customer_id=customer.pk,
        covers=covers,
        currency=currency,
        cap_minor=cap_minor,
        day_offset=day_offset,
        sha256=sha256,
    )
    return autopay


@transaction.atomic
def pause_autopay(*, actor: Actor, autopay: Autopay, reason: str = "", at: datetime) -> Autopay:
    """Charge nothing by itself until it is resumed; what was announced is dropped."""
    actor.require(_right(actor))
    found = _locked(actor, autopay)
    return move_autopay(actor, found, Status.PAUSED, reason=reason, at=at)


@transaction.atomic
def resume_autopay(*, actor: Actor, autopay: Autopay, at: datetime) -> Autopay:
    """Charge by itself again; raise Refused where the way to pay is gone."""
    actor.require(_right(actor))
    found = _locked(actor, autopay)
    if found.method.removed_at is not None:
        raise Refused("The way to pay is not saved any more; set automatic payment up anew.")
    return move_autopay(actor, found, Status.ACTIVE, reason="", at=at)


@transaction.atomic
def end_autopay(
    *, actor: Actor, autopay: Autopay, reason: str = "", as_of: date, at: datetime
) -> Autopay:
    """End a standing order for good; what was announced is dropped."""
    actor.require(_right(actor))
    found = _locked(actor, autopay)
    return move_autopay(actor, found, Status.ENDED, reason=reason, at=at, ended_on=as_of)


def end_of_method(actor: Actor, method: SavedMethod, *, at: datetime) -> None:
    """End every standing order of a way to pay that is gone, within the caller's action."""
    for autopay in Autopay.objects.filter(method=method).exclude(status=Status.ENDED):
        move_autopay(
            actor,
            autopay,
            Status.ENDED,
            reason="The way to pay was removed.",
            at=at,
            ended_on=at.date(),
        )


def move_autopay(
    actor: Actor, autopay: Autopay, status: Status, *, reason: str, at: datetime, **changes: object
) -> Autopay:
    """Move a standing order on, with its event; charges not taken yet are dropped.

    Raises Refused for a move that Autopay.MOVES does not have, and for one made twice at once.
    """
    before = Status(autopay.status)
    check_status(Autopay.MOVES, before, status, "Automatic payment")
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    hit = Autopay.objects.filter(pk=autopay.pk, status=before).update(
        status=status, reason=told, **changes
    )
    if not hit:
        raise Refused("This has just changed; load the page again.")
    if status != Status.ACTIVE:
        AutopayCharge.objects.filter(autopay=autopay, status=AutopayCharge.Status.PLANNED).update(
            status=AutopayCharge.Status.DROPPED, reason=status
        )
    verbs = {Status.ACTIVE: "resumed", Status.PAUSED: "paused", Status.ENDED: "ended"}
    record_event(
        actor,
        f"autopay.{verbs[status]}",
        autopay,
        at=at,
        customer_id=autopay.customer_id,
        reason=told,
    )
    autopay.refresh_from_db()
    return autopay


def _right(actor: Actor) -> str:
    """Return what is needed: the debtor's people manage their own, ours edit."""
    return "autopay.edit" if actor.customer_id is None else "portal.manage"


def _locked(actor: Actor, autopay: Autopay) -> Autopay:
    found = (
        Autopay.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk=autopay.pk)
        .select_related("customer", "method")
        .first()
    )
    if found is None:
        raise Refused("This standing order belongs to another company.")
    own_customer(actor, found.customer)
    return found
