"""Limits: asked for, approved within authority or by somebody else, refused and taken back.

A decided row is never changed. A limit ends, or changes, by the row after it; a suspension ends on
its day or by a row of kind `resumption`, which needs the authority of the limit it gives
back. That is a kind of its own because a new standard limit, an import or an adjustment of many
limits must not lift a suspension nobody spoke of; and because an end that is written into the
suspension's row would change what was decided.
"""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.approvals import drop_approvals, handles, request_approval
from dunwell.actions.authority import Authority, authorise, held_in
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import person
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.limit_appetite import within_appetite
from dunwell.actions.limit_scopes import Whose, lock_scope_of, locked_scope, whose_of
from dunwell.actions.texts import fitting, needed
from dunwell.engine.authority import ALLOWED, STAFF, Ask, Verdict
from dunwell.engine.limit_wishes import Wish, gives_nothing, total_minor
from dunwell.engine.limits import KINDS, RESUMPTION, SUSPENSION, TEMPORARY, Row, granted
from dunwell.engine.money import LARGEST_MINOR
from dunwell.models import ApprovalRequest, CreditGroup, CreditLimit, Customer, Role

Status = CreditLimit.Status

LONGEST = 300
IMPORT, POLICY = "import", "policy"
"""Sources that may tell of days gone by, and that the published credit policy decides for."""


@transaction.atomic
def propose_limit(
    *,
    actor: Actor,
    customer: Customer | None = None,
    group: CreditGroup | None = None,
    segment: str = "",
    kind: str,
    amount_minor: int,
    from_on: date,
    until_on: date | None = None,
    reason: str,
    source: str = STAFF,
    risk_class: str = "",
    proposed_risk: str = "",
    as_of: date,
    at: datetime,
) -> CreditLimit:
    """Ask for a limit of a customer, a group or a segment; return its row of the ledger.

    What gives nothing (a lower limit, a suspension) and what lies within the actor's authority is
    approved at once, the policy being the second eye; anything else waits for an approval.
    Authority is asked for the limit that can be used in the end (insured and standard together),
    for a segment times its customers. Amounts in the company's minor units: 0 for a suspension;
    the end of one (`resumption`) has the limit it gives back, whatever is passed. The same wish
    again is returned as it is. `proposed_risk` is what a credit decision found for a customer who
    has no rating yet. Raises Refused for a wish that makes no sense, while another one of the kind
    waits, and for what nobody may grant.
    """
    actor.require("limit.propose")
    if customer is not None:
        open_customer(actor, customer)
    whose = locked_scope(actor, customer=customer, group=group, segment=segment)
    wish = Wish(kind, amount_minor, from_on, until_on)
    told = _checked(wish, reason=reason, source=source, as_of=as_of)
    rows = whose.rows()
    wish = _with_amount(wish, rows, whose)
    if (same := _same(whose, wish, told, actor, as_of=as_of)) is not None:
        return same
    authority = _authority(
        actor, whose, wish, rows, source=source, proposed_risk=proposed_risk, as_of=as_of
    )
    limit = CreditLimit(
        **whose.fields(),
        kind=kind,
        currency=actor.company.currency,
        amount_minor=wish.amount_minor,
        from_on=from_on,
        until_on=until_on,
        reason=told,
        source=source,
        risk_class=risk_class,
        authority=authority.document(),
        asked_by=actor.name,
        asked_on=as_of,
        recorded_at=at,
    )
    if authority.is_allowed:
        limit.status, limit.decided_by = Status.APPROVED, actor.name
        limit.decided_on, limit.decided_at = as_of, at
        limit.decision_reason = authority.text[:LONGEST]
    limit.save(force_insert=True)
    if authority.needs_approval:
        request_approval(
            actor=actor,
            subject=limit,
            act=wish.act,
            authority=authority,
            reason=told,
            due_on=until_on,
            as_of=as_of,
            at=at,
        )
    _tell(actor, limit, at=at, rule=authority.rule, **held_in(limit.authority))
    return limit


@transaction.atomic
def withdraw_limit(
    *, actor: Actor, limit: CreditLimit, reason: str = "", as_of: date, at: datetime
) -> CreditLimit:
    """Take one's own wish back while it waits; raise Refused for any other row."""
    actor.require("limit.propose")
    lock_scope_of(actor, limit)
    told = fitting(text=reason, most=LONGEST, what="reason") or "withdrawn by its author"
    limit = CreditLimit.objects.get(pk=limit.pk)
    _check_waiting(limit)
    if person(limit.asked_by) != person(actor.name):
        raise Refused(f"Only {limit.asked_by} may withdraw this; somebody else may reject it.")
    drop_approvals(actor=actor, subject=limit, reason=told, as_of=as_of, at=at)
    _decide(limit, Status.WITHDRAWN, by=actor.name, reason=told, as_of=as_of, at=at)
    _tell(actor, limit, at=at)
    return limit


@handles("creditlimit")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Put the limit in force, from today where its first day has passed, or drop it."""
    limit = CreditLimit.objects.select_related("customer", "group").get(pk=request.subject_id)
    lock_scope_of(actor, limit)
    limit = CreditLimit.objects.select_for_update(no_key=True).get(pk=limit.pk)
    _check_waiting(limit)
    status = Status.APPROVED if is_approved else Status.REJECTED
    if not is_approved and person(request.requested_by) == person(actor.name):
        status = Status.WITHDRAWN
    if is_approved:
        actor.require("limit.approve")
        if limit.until_on is not None and limit.until_on < as_of:
            raise Refused(f"This limit would have ended on {limit.until_on}; ask for it anew.")
        _check_not_grown(limit, request, as_of=as_of)
        if limit.source != IMPORT:
            limit.from_on = max(limit.from_on, as_of)
    _decide(limit, status, by=actor.name, reason=reason, as_of=as_of, at=at)
    _tell(actor, limit, at=at, asked_by=request.requested_by)


def _checked(wish: Wish, *, reason: str, source: str, as_of: date) -> str:
    """Return the reason; raise Refused for a wish that makes no sense."""
    if wish.kind not in KINDS:
        raise Refused(f"{wish.kind} is no kind of limit; use one of {', '.join(KINDS)}.")
    if not 0 <= wish.amount_minor <= LARGEST_MINOR:
        raise Refused("A limit is an amount of 0 or more; 0 gives no credit.")
    if wish.kind == SUSPENSION and wish.amount_minor:
        raise Refused("A suspension has no amount: nothing may be used while it stands.")
    if wish.until_on is not None and wish.until_on < wish.from_on:
        raise Refused(f"The last day {wish.until_on} is before the first, {wish.from_on}.")
    if wish.kind == TEMPORARY and wish.until_on is None:
        raise Refused("A temporary limit needs its last day.")
    if wish.kind == RESUMPTION and wish.until_on is not None:
        raise Refused("The end of a suspension has no last day; suspend again when it is time.")
    if wish.from_on < as_of and source != IMPORT:
        raise Refused(f"A limit cannot begin before today, {as_of}.")
    return needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say why the customer should have this limit; the approver reads it.",
    )


def _with_amount(wish: Wish, rows: list[Row], whose: Whose) -> Wish:
    """Return the wish; the end of a suspension with the limit that comes back by it."""
    if wish.kind != RESUMPTION:
        return wish
    if granted(rows, on=wish.from_on).suspension is None:
        raise Refused(f"No suspension of this scope stands on {wish.from_on}; nothing to end.")
    back = total_minor(wish, rows, stated_minor=whose.stated_minor)
    return replace(wish, amount_minor=back)


def _check_not_grown(
    limit: CreditLimit, request: ApprovalRequest, *, as_of: date
) -> None:  # fmt: skip
    """Refuse to approve more than was asked for: what is granted beside it may have grown."""
    whose = whose_of(limit)
    wish = Wish(limit.kind, limit.amount_minor, max(limit.from_on, as_of), limit.until_on)
    rows = whose.rows()
    if wish.kind == RESUMPTION and granted(rows, on=wish.from_on).suspension is None:
        raise Refused("The suspension has ended already; reject this or withdraw it.")
    total = total_minor(wish, rows, stated_minor=whose.stated_minor) * whose.members
    if total > request.amount_minor:
        raise Refused(
            "With what was granted meanwhile this would be more than was asked for; reject it "
            "and have it asked for anew."
        )


def _same(whose: Whose, wish: Wish, told: str, actor: Actor, *, as_of: date) -> CreditLimit | None:
    """Return the row that says the same: waiting, or decided today for the same person."""
    scope = CreditLimit.objects.filter(**whose.fields(), kind=wish.kind)
    values = {
        "amount_minor": wish.amount_minor,
        "from_on": wish.from_on,
        "until_on": wish.until_on,
        "reason": told,
    }
    waiting = scope.filter(status=Status.PROPOSED).first()
    if waiting is not None:
        if all(getattr(waiting, name) == value for name, value in values.items()):
            return waiting
        raise Refused(
            f"{waiting.asked_by} asked for another {waiting.get_kind_display().lower()} limit "
            f"on {waiting.asked_on}; that is decided or withdrawn first."
        )
    newest = scope.filter(status=Status.APPROVED).order_by("-decided_at", "-id").first()
    if newest is None or (newest.asked_by, newest.asked_on) != (actor.name, as_of):
        return None
    is_same = all(getattr(newest, name) == value for name, value in values.items())
    return newest if is_same else None


def _authority(
    actor: Actor,
    whose: Whose,
    wish: Wish,
    rows: list[Row],
    *,
    source: str,
    proposed_risk: str,
    as_of: date,
) -> Authority:
    """Return whether the wish is within authority; the published policy acts as an analyst."""
    company, stated = actor.company, whose.stated_minor
    if gives_nothing(wish, rows, stated_minor=stated):
        customer_id = whose.customer.pk if whose.customer else None
        return lowering(actor, wish, customer_id=customer_id, as_of=as_of)
    if actor.user_id is None and source == POLICY:
        actor = replace(actor, roles=frozenset({str(Role.CREDIT_ANALYST.value)}))
    total = total_minor(wish, rows, stated_minor=stated)
    authority = authorise(
        actor=actor,
        customer=whose.customer,
        act=wish.act,
        currency=company.currency,
        amount_minor=total * whose.members,
        months=wish.months,
        proposed_risk=proposed_risk,
        as_of=as_of,
    )
    if source == IMPORT:
        return authority
    return within_appetite(authority, customer=whose.customer, limit_minor=total, as_of=as_of)


def lowering(actor: Actor, wish: Wish, *, customer_id: int | None, as_of: date) -> Authority:
    """Return what holds for a wish that gives nothing: whoever may ask decides it alone."""
    company = actor.company
    text = (
        "Nothing more may be used while this stands."
        if wish.kind == SUSPENSION
        else "No more than what is granted already; nobody else is needed."
    )
    return Authority(
        ask=Ask(
            act=wish.act,
            source=STAFF,
            roles=actor.roles,
            risk="",
            amount_minor=wish.amount_minor,
            concession_ppm=0,
            months=0,
            currency=company.currency,
        ),
        verdict=Verdict(status=ALLOWED, needs_role="", rule=f"{wish.act}/lower", text=text),
        customer_id=customer_id,
        currency=company.currency,
        amount_minor=wish.amount_minor,
        concession_minor=0,
        version_id=None,
        as_of=as_of,
    )


def _check_waiting(limit: CreditLimit) -> None:
    if limit.status != Status.PROPOSED:
        label = limit.get_status_display().lower()
        raise Refused(
            f"This limit was {label} by {limit.decided_by} on {limit.decided_on}; load the page "
            "again."
        )


def _decide(
    limit: CreditLimit,
    status: CreditLimit.Status,
    *,
    by: str,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    values = {
        "status": status,
        "from_on": limit.from_on,
        "decided_by": by,
        "decided_on": as_of,
        "decided_at": at,
        "decision_reason": reason,
    }
    if CreditLimit.objects.filter(pk=limit.pk, status=Status.PROPOSED).update(**values) != 1:
        raise Refused("Somebody else has just decided about this limit; load the page again.")
    for name, value in values.items():
        setattr(limit, name, value)


def _tell(actor: Actor, limit: CreditLimit, *, at: datetime, **data: object) -> None:
    record_event(
        actor,
        verb_of(limit),
        limit,
        at=at,
        customer_id=limit.customer_id,
        **limit_facts(limit),
        **data,
    )


def verb_of(limit: CreditLimit) -> str:
    """Return the event of a row as it stands now."""
    if limit.status == Status.APPROVED and limit.kind in (SUSPENSION, RESUMPTION):
        return "limit.suspended" if limit.kind == SUSPENSION else "limit.resumed"
    return f"limit.{limit.status}"


def limit_facts(limit: CreditLimit) -> dict[str, object]:
    """Return what the events of a row say."""
    return {
        "kind": str(limit.kind),
        "amount_minor": limit.amount_minor,
        "currency": limit.currency,
        "from_on": limit.from_on.isoformat(),
        "until_on": limit.until_on.isoformat() if limit.until_on else "",
        "group": limit.group.name if limit.group else "",
        "segment": limit.segment,
        "source": limit.source,
        "reason": limit.decision_reason or limit.reason,
    }
