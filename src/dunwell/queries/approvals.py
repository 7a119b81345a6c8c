"""Requests for approval as pages and the API show them: what waits for whom, and what was said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dunwell.engine.authority import ROLES, approvers
from dunwell.models import ApprovalRequest, Company
from dunwell.queries.authority import authority_in_force
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = ApprovalRequest.Status

WAITING, MINE, DECIDED, ALL = "waiting", "mine", "decided", "all"
SCOPES = (WAITING, MINE, DECIDED, ALL)
"""Open and for somebody with these roles; asked for by this person; over; every one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalRow:
    """One request: `amount_minor` is what it is about, `concession_ppm` the share given up.

    `is_mine`: this person asked for it. `is_late`: its last day has passed; it can no longer be
    approved.
    """

    id: int
    act: str
    subject: str
    subject_id: int
    customer_id: int | None
    customer_number: str
    customer_name: str
    currency: str
    amount_minor: int
    concession_ppm: int | None
    months: int | None
    risk: str
    verdict: str
    needs_role: str
    reason: str
    status: str
    status_label: str
    requested_by: str
    requested_on: date
    due_on: date | None
    decided_by: str
    decided_on: date | None
    decision: str
    is_mine: bool
    is_late: bool


def approval_rows(
    company: Company,
    *,
    scope: str = WAITING,
    person: str,
    roles: Collection[str],
    as_of: date,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ApprovalRow]:
    """Return one page of requests: those that wait the oldest first, others the newest first."""
    found = _scope(company, scope, person=person, roles=roles, as_of=as_of)
    limit, order = page_limit(limit), "id" if scope == WAITING else "-id"
    rows = (
        found.filter(after(cursor, (order,), (int,)))
        .select_related("customer")
        .order_by(order)[: limit + 1]
    )
    return page_of(
        [_row(request, person=person, as_of=as_of) for request in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def waiting_count(company: Company, *, person: str, roles: Collection[str], as_of: date) -> int:
    """Return how many requests wait for somebody with these roles who did not ask himself."""
    return _scope(company, WAITING, person=person, roles=roles, as_of=as_of).count()


def waiting_request(company: Company, *, subject: str, subject_id: int) -> ApprovalRequest | None:
    """Return the open request about a record, None where nobody has to decide on it."""
    found = ApprovalRequest.objects.filter(
        company=company, subject=subject, subject_id=subject_id, status=Status.OPEN
    )
    return found.order_by("pk").first()


def open_count(
    company: Company, *, scope: str, person: str, roles: Collection[str], as_of: date
) -> int:
    """Return how many requests of a scope are not decided yet."""
    found = _scope(company, scope, person=person, roles=roles, as_of=as_of)
    return found.filter(status=Status.OPEN).count()


def _scope(
    company: Company, scope: str, *, person: str, roles: Collection[str], as_of: date
) -> QuerySet[ApprovalRequest]:
    found = ApprovalRequest.objects.filter(company=company)
    own = Q(requested_by=person) | Q(requested_by__startswith=f"{person} via ")
    if scope == MINE:
        return found.filter(own)
    if scope == DECIDED:
        return found.exclude(status=Status.OPEN)
    if scope == WAITING:
        policy = authority_in_force(company, as_of=as_of).policy
        held = frozenset(roles)
        covered = [role for role in ROLES if held & frozenset(approvers(role, policy))]
        return found.filter(status=Status.OPEN, needs_role__in=covered).exclude(own)
    return found


def _row(request: ApprovalRequest, *, person: str, as_of: date) -> ApprovalRow:
    customer, ask = request.customer, request.ask
    return ApprovalRow(
        id=request.pk,
        act=request.act,
        subject=request.subject,
        subject_id=request.subject_id,
        customer_id=request.customer_id,
        customer_number=customer.number if customer else "",
        customer_name=customer.name if customer else "",
        currency=request.currency,
        amount_minor=request.amount_minor,
        concession_ppm=ask.get("concession_ppm"),
        months=ask.get("months"),
        risk=ask.get("risk") or "",
        verdict=request.verdict.get("text", ""),
        needs_role=request.needs_role,
        reason=request.reason,
        status=request.status,
        status_label=str(Status(request.status).label),
        requested_by=request.requested_by,
        requested_on=request.requested_on,
        due_on=request.due_on,
        decided_by=request.decided_by,
        decided_on=request.decided_on,
        decision=request.decision,
        is_mine=request.requested_by.partition(" via ")[0] == person,
        is_late=request.due_on is not None and request.due_on < as_of,
    )
