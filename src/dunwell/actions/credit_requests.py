"""Credit notes asked of the billing system: handed over, done when one arrives, or refused."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.allocations import (
    check_day,
    locked_items,
    money_text,
    netting_rows,
    write_allocations,
)
from dunwell.actions.dispute_bookings import Resolved, move_resolution
from dunwell.actions.dispute_parts import Status, close_parts, locked_case, move_case, tell
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.actions.texts import needed
from dunwell.models import (
    CreditRequest,
    Customer,
    Dispute,
    DisputeCase,
    DisputeResolution,
    Item,
)
from dunwell.queries.credit_requests import UNANSWERED

Asked = CreditRequest.Status
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*")


@transaction.atomic
def export_requests(
    *, actor: Actor, requests: Sequence[CreditRequest], as_of: date, at: datetime
) -> list[CreditRequest]:
    """Mark requests as handed to billing; those that were before stay as they are.

    Returns all of them in the order of their numbers. Raises Refused for another company's and
    for one that is done or refused.
    """
    actor.require("credit_request.edit")
    if not requests:
        raise Refused("Choose at least one credit request.")
    for request in requests:
        own(actor, request, "credit request")
    keys = sorted({request.pk for request in requests})
    locked = list(
        CreditRequest.objects.select_for_update(no_key=True, of=("self",))
        .select_related("resolution__case", "dispute__item", "dispute__customer")
        .filter(pk__in=keys)
        .order_by("pk")
    )
    fresh = [one for one in locked if one.status != Asked.EXPORTED]
    for one in fresh:
        check_status(CreditRequest.MOVES, Asked(one.status), Asked.EXPORTED, one.number)
    CreditRequest.objects.filter(pk__in=[one.pk for one in fresh], status=Asked.OPEN).update(
        status=Asked.EXPORTED
    )
    for one in fresh:
        one.status = Asked.EXPORTED
        tell(
            actor, "credit_exported", one.resolution.case, at=at, request=one.number,
            on=as_of.isoformat(),
        )  # fmt: skip
    return locked


@transaction.atomic
def settle_request(
    *, actor: Actor, request: CreditRequest, credit_item: Item, as_of: date, at: datetime
) -> CreditRequest:
    """Say which credit note answers a request: it is put on the item, and the part is settled.

    Of the note what is open goes on the item, at most what was asked for. Raises Refused for a
    note of another customer or currency, one that answers another request, and one over less
    than was asked for.
    """
    actor.require("credit_request.edit")
    own(actor, request, "credit request")
    case = locked_case(actor, request.resolution.case)
    request = _locked(request)
    check_status(CreditRequest.MOVES, Asked(request.status), Asked.DONE, request.number)
    item = request.dispute.item
    if credit_item.company_id != actor.company.pk or credit_item.customer_id != item.customer_id:
        raise Refused(f"{credit_item.number} belongs to another customer.")
    if credit_item.currency != request.currency:
        raise Refused(
            f"{credit_item.number} is in {credit_item.currency}, not in {request.currency}."
        )
    if -credit_item.amount_minor < request.amount_minor:
        raise Refused(
            f"{credit_item.number} is not a credit of at least "
            f"{money_text(request.amount_minor, request.currency)}."
        )
    if (other := CreditRequest.objects.filter(credit_item=credit_item).first()) is not None:
        raise Refused(f"{credit_item.number} answers {other.number} already.")
    _settle(actor, case, request, credit_item, as_of=as_of, at=at)
    return request


@transaction.atomic
def settle_requests(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Settle every request whose credit note has arrived; return how many.

    A note fits that is of the same customer, currency and amount and names the request, or the
    item it is for, in its reference or number. Two that fit leave it to a person.
    """
    actor.require("credit_request.edit")
    return settle_waiting(actor, as_of=as_of, at=at)


def settle_waiting(actor: Actor, *, as_of: date, at: datetime) -> int:
    """Do what `settle_requests` does, for the day's cycle, which checked its own right."""
    waiting = list(
        CreditRequest.objects.filter(company=actor.company, status__in=UNANSWERED)
        .select_related("resolution__case", "dispute__item")
        .order_by("dispute__customer", "pk")
    )
    if not waiting:
        return 0
    notes = _notes(actor, waiting, as_of=as_of)
    taken: set[int] = set()
    done = 0
    for one in waiting:
        alike = notes.get((one.dispute.item.customer_id, one.currency, one.amount_minor), ())
        fitting = [note for note in alike if note.pk not in taken and _fits(note, one)]
        named = [note for note in fitting if one.number in _words(note)] or fitting
        if len(named) != 1:
            continue
        case = locked_case(actor, one.resolution.case)
        request = _locked(one)
        if request.status not in UNANSWERED or case.status == DisputeCase.Status.MERGED:
            continue
        taken.add(named[0].pk)
        _settle(actor, case, request, named[0], as_of=as_of, at=at)
        done += 1
    return done


@transaction.atomic
def refuse_request(
    *, actor: Actor, request: CreditRequest, reason: str, as_of: date, at: datetime
) -> CreditRequest:
    """Record that billing does not credit: the part stays disputed, the case is reviewed again.

    Raises Refused without a reason, and for a request that is done or refused.
    """
    actor.require("credit_request.edit")
    own(actor, request, "credit request")
    told = needed(text=reason, most=300, what="reason", missing="Say why billing refuses it.")
    case = locked_case(actor, request.resolution.case)
    request = _locked(request)
    check_status(CreditRequest.MOVES, Asked(request.status), Asked.REFUSED, request.number)
    _move(request, Asked.REFUSED, note=told)
    resolution = DisputeResolution.objects.get(pk=request.resolution_id)
    others = CreditRequest.objects.filter(resolution=resolution, status__in=UNANSWERED)
    if resolution.status == Resolved.APPROVED and not others.exists():
        move_resolution(resolution, Resolved.REJECTED, note=f"{request.number}: {told}"[:500])
    if case.status == Status.RESOLVED:
        move_case(case, Status.IN_REVIEW, as_of=as_of, resolved_on=None)
    tell(actor, "credit_refused", case, at=at, request=request.number, reason=told)
    return request


def _settle(
    actor: Actor,
    case: DisputeCase,
    request: CreditRequest,
    note: Item,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Put a note on the item of a request and end its part; the last one ends the resolution."""
    item = request.dispute.item
    locked = locked_items(company=actor.company, items=[item, note])
    credit, debit = locked[note.pk], locked[item.pk]
    amount = min(request.amount_minor, -credit.open_minor, debit.open_minor)
    if amount > 0:
        check_day(credit, as_of=as_of)
        check_day(debit, as_of=as_of)
        rows = netting_rows(
            credit=credit.item, debit=debit.item, amount_minor=amount, as_of=as_of, at=at
        )
        write_allocations(company=actor.company, rows=rows)
    part = Dispute.objects.get(pk=request.dispute_id)
    if part.closed_on is None:
        close_parts([part], outcome=f"Credit note {note.number}", as_of=as_of)
    _move(request, Asked.DONE, credit_item=note, done_at=at)
    resolution = DisputeResolution.objects.get(pk=request.resolution_id)
    others = CreditRequest.objects.filter(resolution=resolution, status__in=UNANSWERED)
    if resolution.status == Resolved.APPROVED and not others.exists():
        move_resolution(resolution, Resolved.DONE)
    tell(
        actor, "credited", case, at=at, request=request.number, note=note.number,
        amount_minor=request.amount_minor, currency=request.currency, netted_minor=max(amount, 0),
    )  # fmt: skip


def _locked(request: CreditRequest) -> CreditRequest:
    return (
        CreditRequest.objects.select_for_update(no_key=True, of=("self",))
        .select_related("dispute__item", "resolution")
        .get(pk=request.pk)
    )


def _move(request: CreditRequest, status: Asked, **fields: object) -> None:
    rows = CreditRequest.objects.filter(pk=request.pk, status=request.status)
    if rows.update(status=status, **fields) != 1:
        raise Refused(f"Somebody else has just changed {request.number}; load the page again.")
    request.status = status
    for name, value in fields.items():
        setattr(request, name, value)


def _notes(
    actor: Actor, waiting: Sequence[CreditRequest], *, as_of: date
) -> dict[tuple[int, str, int], list[Item]]:
    """Return the credit notes that answer no request yet, by customer, currency and credit."""
    customers = Customer.objects.filter(disputes__in=[one.dispute_id for one in waiting])
    found = Item.objects.filter(
        company=actor.company,
        kind=Item.Kind.CREDIT_NOTE,
        customer__in=customers.values("pk"),
        amount_minor__in={-one.amount_minor for one in waiting},
        issued_on__lte=as_of,
        reverses=None,
        reversed_by=None,
        credit_requests=None,
    )
    notes: dict[tuple[int, str, int], list[Item]] = {}
    for note in found.order_by("pk"):
        notes.setdefault((note.customer_id, note.currency, -note.amount_minor), []).append(note)
    return notes


def _fits(note: Item, request: CreditRequest) -> bool:
    """Return whether day and words of a note alike in customer, currency and amount fit."""
    item, words = request.dispute.item, _words(note)
    return note.issued_on >= item.issued_on and (item.number in words or request.number in words)


def _words(note: Item) -> frozenset[str]:
    """Return what a note names: its number, its reference, and the words in both."""
    told = f"{note.number} {note.reference}"
    words = {word.rstrip(".,;:") for word in _WORD.findall(told)}
    return frozenset({note.number, note.reference.strip(), *words})
