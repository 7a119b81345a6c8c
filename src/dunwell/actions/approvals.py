"""Approvals: a decision beyond one's authority is put to somebody else, who takes it whole.

Deciding and carrying out are one transaction: the handler of the request's subject makes the
change, or refuses and then nothing is decided.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from django.db import models, transaction

from dunwell.actions.authority import Authority, ask_document, asked_in
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval, person
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.authority import approvers, may_approve
from dunwell.models import ApprovalRequest, Customer
from dunwell.queries.authority import authority_in_force

Status = ApprovalRequest.Status

LONGEST = 300
"""Characters of a reason and of a decision."""


class Handler(Protocol):
    """What a subject does when its request is decided; raises Refused when it has moved on."""

    def __call__(
        self,
        *,
        actor: Actor,
        request: ApprovalRequest,
        is_approved: bool,
        reason: str,
        as_of: date,
        at: datetime,
    ) -> None:
        """Carry the decision out on `request.subject_id`; rights were checked, the row is locked.

        The customer's row and the request are locked already.
        """


GIVES_NOTHING = ("freeze",)
"""Acts that give the customer nothing away: the role asked for is enough to approve them."""

HANDLERS: dict[str, Handler] = {}
"""The handler of each subject, by the name of its model in small letters.

A subject's own file puts itself in with `handles`, for it imports this one.
"""


def handles(subject: str) -> Callable[[Handler], Handler]:
    """Return a decorator that makes a function the handler of a subject."""

    def keep(handler: Handler) -> Handler:
        HANDLERS[subject] = handler
        return handler

    return keep


@transaction.atomic
def request_approval(
    *,
    actor: Actor,
    subject: models.Model,
    act: str,
    authority: Authority,
    reason: str,
    as_of: date,
    at: datetime,
    due_on: date | None = None,
) -> ApprovalRequest:
    """Put a decision to whoever may take it; after `due_on` it can only be rejected.

    The action that asks checks the right of its own. Raises Refused without a reason, where
    no approval is needed, and while the same decision waits already.
    """
    if not actor.rights:
        actor.require("ledger.view")
    told = fitting(text=reason, most=LONGEST, what="reason")
    if not told:
        raise Refused("Say why this should be approved.")
    if not authority.needs_approval:
        raise Refused("This is within your authority; no approval is needed.")
    name = subject._meta.model_name or ""
    waiting = ApprovalRequest.objects.filter(
        company=actor.company, subject=name, subject_id=subject.pk, act=act, status=Status.OPEN
    )
    if (found := waiting.order_by("pk").first()) is not None:
        raise Refused(
            f"{found.requested_by} asked for this on {found.requested_on.isoformat()}; "
            "that request is decided or withdrawn first."
        )
    request = ApprovalRequest.objects.create(
        company=actor.company,
        customer_id=authority.customer_id,
        subject=name,
        subject_id=subject.pk,
        act=act,
        currency=authority.currency,
        amount_minor=authority.amount_minor,
        ask=ask_document(authority.ask),
        verdict=authority.document(),
        needs_role=authority.needs_role,
        reason=told,
        requested_by=actor.name,
        requested_on=as_of,
        due_on=due_on,
        recorded_at=at,
    )
    record_event(
        actor,
        "approval.requested",
        request,
        at=at,
        customer_id=request.customer_id,
        about=name,
        about_id=subject.pk,
        act=act,
        amount_minor=authority.amount_minor,
        currency=authority.currency,
        needs_role=authority.needs_role,
        rule=authority.rule,
        certificates=sorted(authority.ask.certificates),
        reason=told,
    )
    return request


@transaction.atomic
def decide_approval(
    *,
    actor: Actor,
    request: ApprovalRequest,
    approve: bool,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> ApprovalRequest:
    """Approve or reject what somebody else asked for, and carry it out in one go.

    The approver needs the role the request names, or one above it, and authority of his own
    by the policy of the day. Raises Refused for his own request (except where nobody else
    works: the decision then says so), one decided before or too late, a rejection without a
    reason, and when what it is about has changed meanwhile.
    """
    actor.require("approval.decide")
    if request.company_id != actor.company.pk:
        raise Refused("This request belongs to another company.")
    told = fitting(text=reason, most=LONGEST, what="reason")
    if not approve and not told:
        raise Refused("Say why the request is rejected; its author reads it.")
    request = _locked(request)
    _check_open(request)
    override = own_approval(
        actor,
        author=request.requested_by,
        refusal="You asked for this; somebody else has to decide it. You may withdraw it.",
    )
    if approve:
        _check_authority(actor, request, as_of=as_of)
        if request.due_on is not None and request.due_on < as_of:
            raise Refused(
                f"This could be approved until {request.due_on.isoformat()}; reject it, and have "
                "it asked for again."
            )
    handler = HANDLERS.get(request.subject)
    if handler is None:
        raise Refused(f"Requests about a {request.subject} cannot be decided here.")
    handler(actor=actor, request=request, is_approved=approve, reason=told, as_of=as_of, at=at)
    status = Status.APPROVED if approve else Status.REJECTED
    # the author deciding is possible only with the reason why nobody else can, and it shows
    by = f"{actor.name} ({override})" if override else actor.name
    _move(request, status, by=by, told=told, as_of=as_of)
    record_event(
        actor,
        f"approval.{status}",
        request,
        at=at,
        customer_id=request.customer_id,
        about=request.subject,
        about_id=request.subject_id,
        act=request.act,
        author=request.requested_by,
        reason=told,
        override=override,
    )
    return request


@transaction.atomic
def withdraw_approval(
    *, actor: Actor, request: ApprovalRequest, reason: str = "", as_of: date, at: datetime
) -> ApprovalRequest:
    """Take one's own request back; what it is about is told, as if it were rejected.

    Raises Refused for somebody else's request and for one decided before.
    """
    if not actor.rights:
        actor.require("ledger.view")
    if request.company_id != actor.company.pk:
        raise Refused("This request belongs to another company.")
    request = _locked(request)
    _check_open(request)
    if person(request.requested_by) != person(actor.name):
        raise Refused(f"Only {request.requested_by} may withdraw this; you may reject it.")
    told = fitting(text=reason, most=LONGEST, what="reason") or "withdrawn by its author"
    if (handler := HANDLERS.get(request.subject)) is not None:
        handler(actor=actor, request=request, is_approved=False, reason=told, as_of=as_of, at=at)
    _withdrawn(actor, request, told=told, as_of=as_of, at=at)
    return request


@transaction.atomic
def drop_approvals(
    *, actor: Actor, subject: models.Model, reason: str, as_of: date, at: datetime
) -> int:
    """Withdraw the open requests about a record that was cancelled; return how many.

    For the action that cancels it, which checks the right of its own and holds the customer.
    """
    if not actor.rights:
        actor.require("ledger.view")
    waiting = ApprovalRequest.objects.select_for_update(no_key=True).filter(
        company=actor.company,
        subject=subject._meta.model_name or "",
        subject_id=subject.pk,
        status=Status.OPEN,
    )
    told = fitting(text=reason, most=LONGEST, what="reason")
    requests = list(waiting.order_by("pk"))
    for request in requests:
        _withdrawn(actor, request, told=told, as_of=as_of, at=at)
    return len(requests)


def _locked(request: ApprovalRequest) -> ApprovalRequest:
    """Return the request as it is now: the customer's row locked first, as everywhere."""
    if request.customer_id is not None:
        Customer.objects.select_for_update(no_key=True).get(pk=request.customer_id)
    return ApprovalRequest.objects.select_for_update(no_key=True).get(pk=request.pk)


def _check_open(request: ApprovalRequest) -> None:
    if request.status == Status.OPEN:
        return
    on = f" on {request.decided_on.isoformat()}" if request.decided_on else ""
    label = Status(request.status).label.lower()
    raise Refused(f"This request was {label} by {request.decided_by}{on}; load the page again.")


def _check_authority(actor: Actor, request: ApprovalRequest, *, as_of: date) -> None:
    """Refuse an approver without the role, or whose own authority does not cover it today."""
    policy = authority_in_force(actor.company, as_of=as_of).policy
    role = request.needs_role.replace("_", " ")
    if not actor.roles & frozenset(approvers(request.needs_role, policy)):
        raise Refused(f"A {role} has to approve this; you may not.")
    if request.act in GIVES_NOTHING:
        return
    if not may_approve(asked_in(request.ask), policy, roles=actor.roles):
        raise Refused(
            "This is more than the authority policy in force lets you approve; "
            "somebody with more authority has to, or it has to ask for less."
        )


def _withdrawn(
    actor: Actor, request: ApprovalRequest, *, told: str, as_of: date, at: datetime
) -> None:
    _move(request, Status.WITHDRAWN, by=actor.name, told=told, as_of=as_of)
    record_event(
        actor,
        "approval.withdrawn",
        request,
        at=at,
        customer_id=request.customer_id,
        about=request.subject,
        about_id=request.subject_id,
        reason=told,
    )


def _move(
    request: ApprovalRequest, status: ApprovalRequest.Status, *, by: str, told: str, as_of: date
) -> None:
    rows = ApprovalRequest.objects.filter(pk=request.pk, status=Status.OPEN).update(
        status=status, decision=told, decided_by=by, decided_on=as_of
    )
    if rows != 1:
        raise Refused("Somebody else has just decided this request; load the page again.")
    request.status, request.decision = status, told
    request.decided_by, request.decided_on = by, as_of
