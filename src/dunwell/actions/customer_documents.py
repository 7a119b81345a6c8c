"""Papers of customers: asked for by us, sent in the portal, and accepted or not."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, check_status, open_customer, own
from dunwell.actions.tasks import ask_follow_up
from dunwell.actions.texts import fitting, needed
from dunwell.actions.uploads import Upload, keep_upload
from dunwell.formats.document_types import DocumentTypeError, document_type, safe_name
from dunwell.models import (
    Customer,
    CustomerDocument,
    CustomerPaper,
    DocumentRequest,
    PortalSeat,
)

MOST_WAITING = 20
"""Papers of one customer that wait to be looked at."""

Status = CustomerDocument.Status


@transaction.atomic
def ask_document(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    note: str = "",
    due_on: date | None = None,
    as_of: date,
    at: datetime,
) -> DocumentRequest:
    """Ask a customer for a paper in its portal; asked for already, that request is returned.

    Raises Refused for an unknown kind and for a day that has passed.
    """
    actor.require("document.edit")
    open_customer(actor, customer)
    _check_kind(kind)
    if due_on is not None and due_on < as_of:
        raise Refused("The day by which it is needed has passed.")
    told = fitting(text=note, most=300, what="note")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    request, is_new = DocumentRequest.objects.get_or_create(
        customer=customer,
        kind=kind,
        closed_on=None,
        defaults={
            "company": actor.company,
            "note": told,
            "due_on": due_on,
            "asked_by": actor.name,
            "asked_on": as_of,
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(
            actor, "document_request.asked", request, at=at, customer_id=customer.pk,
            kind=kind, note=told, due_on=due_on.isoformat() if due_on else "",
        )  # fmt: skip
    return request


@transaction.atomic
def withdraw_document_request(
    *, actor: Actor, request: DocumentRequest, as_of: date, at: datetime
) -> None:
    """Take back that a paper is needed; closed already, nothing changes."""
    actor.require("document.edit")
    own(actor, request, "request")
    if _close(actor, DocumentRequest.objects.filter(pk=request.pk), as_of=as_of):
        record_event(
            actor, "document_request.withdrawn", request, at=at,
            customer_id=request.customer_id, kind=request.kind,
        )  # fmt: skip


@transaction.atomic
def send_document(
    *,
    actor: Actor,
    customer: Customer,
    seat: PortalSeat,
    kind: str,
    file: Upload,
    expires_on: date | None = None,
    as_of: date,
    at: datetime,
) -> CustomerDocument:
    """Keep a paper a customer sends, and ask a colleague to look at it.

    The same bytes of a kind again are the paper sent before. Raises Refused for an unknown kind,
    a type that is not taken, a paper that is no longer valid, and too many that wait.
    """
    actor.require("portal.ask")
    open_customer(actor, customer)
    _check_kind(kind)
    if expires_on is not None and expires_on < as_of:
        raise Refused(f"This paper was valid until {expires_on.isoformat()}; send the new one.")
    try:
        media_type = document_type(file.data)
    except DocumentTypeError as error:
        raise Refused(str(error)) from error
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    waiting = CustomerDocument.objects.filter(customer=customer, status=Status.RECEIVED)
    if waiting.count() >= MOST_WAITING:
        raise Refused(f"{MOST_WAITING} papers wait to be looked at; send this one after that.")
    document, is_new = CustomerDocument.objects.get_or_create(
        customer=customer,
        kind=kind,
        sha256=keep_upload(file.data, by=actor, at=at),
        defaults={
            "company": actor.company,
            "seat": seat,
            "name": safe_name(file.name, media_type),
            "media_type": media_type,
            "size_bytes": len(file.data),
            "expires_on": expires_on,
            "by": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        label = CustomerPaper(kind).label
        ask_follow_up(
            company_id=actor.company.pk,
            customer_id=customer.pk,
            reason=f"The customer sent a paper: {label}",
            as_of=as_of,
            at=at,
        )
        record_event(
            actor, "customer_document.sent", document, at=at, customer_id=customer.pk,
            kind=kind, name=document.name, sha256=document.sha256,
            expires_on=expires_on.isoformat() if expires_on else "",
        )  # fmt: skip
    return document


@transaction.atomic
def decide_document(
    *,
    actor: Actor,
    document: CustomerDocument,
    status: str,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> None:
    """Accept a paper, which closes our request for its kind, or say why it will not do.

    Raises Refused for one that was decided, and for a no without a reason.
    """
    actor.require("document.edit")
    own(actor, document, "document")
    check_status(
        CustomerDocument.MOVES, Status(document.status), status, document.name, document.decided_by
    )
    told = (
        needed(text=reason, most=300, what="reason", missing="Say why the paper will not do.")
        if status == Status.REJECTED
        else fitting(text=reason, most=300, what="reason")
    )
    rows = CustomerDocument.objects.filter(pk=document.pk, status=document.status)
    if rows.update(status=status, decided_by=actor.name, decided_at=at, reason=told) != 1:
        raise Refused("Somebody else has just decided about this paper; load the page again.")
    if status == Status.ACCEPTED:
        _close(
            actor,
            DocumentRequest.objects.filter(customer=document.customer_id, kind=document.kind),
            as_of=as_of,
        )
    record_event(
        actor, f"customer_document.{status}", document, at=at,
        customer_id=document.customer_id, kind=document.kind, reason=told,
    )  # fmt: skip


def _close(actor: Actor, requests: QuerySet[DocumentRequest], *, as_of: date) -> int:
    open_ones = requests.filter(closed_on=None)
    return open_ones.update(closed_on=as_of, closed_by=actor.name)


def _check_kind(kind: str) -> None:
    if kind not in CustomerPaper.values:
        raise Refused(
            f"There is no kind of paper {kind!r}; use {', '.join(CustomerPaper.values)}."
        )
