"""Many limits in one step: read from a file, or changed by a share or an amount.

Every line is judged as one limit by hand would be: what is within authority is approved at once,
what is beyond waits for somebody else, each on its own. All chosen lines are taken, or none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from dunwell.actions.approvals import request_approval
from dunwell.actions.authority import Authority, held_in
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.limits import IMPORT, LONGEST, limit_facts, lowering, verb_of
from dunwell.actions.row_batches import refuse_lines
from dunwell.actions.texts import needed
from dunwell.actions.uploads import Upload, keep_upload
from dunwell.engine.authority import ALLOWED, NEEDS_APPROVAL, Verdict
from dunwell.engine.limit_wishes import Change
from dunwell.formats.limit_rows import MOST_BYTES, LimitFileError, LimitLine, read_limits
from dunwell.models import Company, CreditLimit, Customer
from dunwell.queries.authority import authority_in_force
from dunwell.queries.limit_checks import (
    APPROVAL,
    KNOWN,
    LOWER,
    REFUSED,
    Asked,
    CheckedLimit,
    asked_of_change,
    asked_of_lines,
    checked_limits,
)

Status = CreditLimit.Status

MOST_APPROVALS = 200
"""So many limits at once are put to somebody else; he decides each of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedLimits:
    """How many limits were approved, wait for an approval, and were in the ledger before."""

    approved: int
    proposed: int
    known: int


@transaction.atomic
def receive_limit_file(*, actor: Actor, file: Upload, at: datetime) -> str:
    """Keep a file of limits byte for byte until its lines are chosen; return its hash.

    Nothing is added. Raises Refused for a file that is no table of limits: file, place, reason.
    """
    actor.require("limit.propose")
    if not file.data:
        raise Refused(f"{file.name} is empty. Export it again.")
    if len(file.data) > MOST_BYTES:
        raise Refused(
            f"{file.name} has more than {MOST_BYTES // 1024**2} MB. Send fewer lines at once."
        )
    try:
        read_limits(file.data, file.name, home=actor.company.currency)
    except LimitFileError as error:
        raise Refused(str(error)) from error
    return keep_upload(file.data, by=actor, at=at)


@transaction.atomic
def import_limits(
    *,
    actor: Actor,
    lines: Sequence[LimitLine],
    rows: Collection[int] | None = None,
    reason: str,
    as_of: date,
    at: datetime,
) -> AddedLimits:
    """Add the limits of the chosen rows (None: all); what the ledger says already changes nothing.

    `reason` stands for lines without one. Days gone by are taken as told, for a ledger kept
    elsewhere until now. Raises Refused, naming the first row and its reason, when any chosen line
    cannot be added: then none is.
    """
    actor.require("limit.propose")
    chosen = [line for line in lines if rows is None or line.row in rows]
    asked = asked_of_lines(chosen, as_of=as_of)
    return _added(actor, asked, source=IMPORT, reason=reason, as_of=as_of, at=at)


@transaction.atomic
def adjust_limits(
    *,
    actor: Actor,
    change: Change,
    customer_ids: Collection[int],
    from_on: date,
    reason: str,
    as_of: date,
    at: datetime,
) -> AddedLimits:
    """Change the standard limits of customers in one step, from today or a later day on.

    Customers without a limit, or whose limit has expired, are left out. The same change on the
    same day again would change what it made: the page asks for it once. Raises Refused as
    `import_limits` does.
    """
    actor.require("limit.propose")
    if from_on < as_of:
        raise Refused(f"A limit cannot begin before today, {as_of}.")
    company = actor.company
    # the limits that are changed are read only once nobody else can change them
    _lock(company, Customer.objects.filter(company=company, pk__in=customer_ids))
    asked = asked_of_change(company, change, customer_ids=customer_ids, from_on=from_on)
    return _added(actor, asked, source="adjustment", reason=reason, as_of=as_of, at=at)


def _added(
    actor: Actor, asked: Sequence[Asked], *, source: str, reason: str, as_of: date, at: datetime
) -> AddedLimits:
    told = needed(
        text=reason,
        most=LONGEST,
        what="reason",
        missing="Say why these limits are set; it stands in the ledger.",
    )
    if not asked:
        raise Refused("No line was chosen. Choose at least one.")
    company = actor.company
    numbers = {line.customer_number for line in asked}
    _lock(company, Customer.objects.filter(company=company, number__in=numbers))
    checked = checked_limits(
        company,
        asked,
        roles=actor.roles,
        user_id=actor.user_id,
        is_told=source == IMPORT,
        as_of=as_of,
    )
    _check(checked)
    new = [one for one in checked if one.state != KNOWN]
    version = authority_in_force(company, as_of=as_of).version_id
    pairs = [(one, _authority(actor, one, version=version, as_of=as_of)) for one in new]
    limits = CreditLimit.objects.bulk_create(
        [
            _limit(actor, one, authority, source=source, reason=told, as_of=as_of, at=at)
            for one, authority in pairs
        ],
        batch_size=1_000,
    )
    asked_for = 0
    for limit, (_, authority) in zip(limits, pairs, strict=True):
        if authority.needs_approval:
            asked_for += 1
            request_approval(
                actor=actor,
                subject=limit,
                act=authority.ask.act,
                authority=authority,
                reason=limit.reason,
                due_on=limit.until_on,
                as_of=as_of,
                at=at,
            )
    record_events(actor, [_fact(limit) for limit in limits], at=at)
    return AddedLimits(
        approved=len(limits) - asked_for, proposed=asked_for, known=len(checked) - len(new)
    )


def _lock(company: Company, customers: QuerySet[Customer]) -> None:
    """Lock the customers in the order of their keys, one batch of a company at a time."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    list(customers.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def _check(checked: Sequence[CheckedLimit]) -> None:
    """Refuse a batch with a line that cannot be added, or with more than anybody would decide."""
    refuse_lines([(one.row, one.reason) for one in checked if one.state == REFUSED])
    beyond = sum(one.state == APPROVAL for one in checked)
    if beyond > MOST_APPROVALS:
        raise Refused(
            f"{beyond} of these limits are beyond your authority; at most {MOST_APPROVALS} are "
            "put to somebody else at once. Choose fewer, or have somebody with more authority "
            "add them."
        )


def _authority(actor: Actor, one: CheckedLimit, *, version: int | None, as_of: date) -> Authority:
    """Return what the policy said to a checked line."""
    if one.state == LOWER or one.ask is None:
        return lowering(actor, one.wish, customer_id=one.customer_id, as_of=as_of)
    return Authority(
        ask=one.ask,
        verdict=Verdict(
            status=NEEDS_APPROVAL if one.state == APPROVAL else ALLOWED,
            needs_role=one.needs_role,
            rule=one.rule,
            text=one.reason or "Within what is allowed without a second person.",
        ),
        customer_id=one.customer_id,
        currency=actor.company.currency,
        amount_minor=one.ask.amount_minor or 0,
        concession_minor=0,
        version_id=version,
        as_of=as_of,
    )


def _limit(
    actor: Actor,
    one: CheckedLimit,
    authority: Authority,
    *,
    source: str,
    reason: str,
    as_of: date,
    at: datetime,
) -> CreditLimit:
    is_approved = authority.is_allowed
    return CreditLimit(
        company=actor.company,
        customer_id=one.customer_id,
        kind=one.wish.kind,
        status=Status.APPROVED if is_approved else Status.PROPOSED,
        currency=actor.company.currency,
        amount_minor=one.wish.amount_minor,
        from_on=one.wish.from_on,
        until_on=one.wish.until_on,
        reason=(one.told or reason)[:LONGEST],
        source=source,
        authority=authority.document(),
        asked_by=actor.name,
        asked_on=as_of,
        decided_by=actor.name if is_approved else "",
        decided_on=as_of if is_approved else None,
        decided_at=at if is_approved else None,
        decision_reason=authority.text[:LONGEST] if is_approved else "",
        recorded_at=at,
    )


def _fact(limit: CreditLimit) -> Fact:
    return Fact(
        verb=verb_of(limit),
        subject="creditlimit",
        subject_id=limit.pk,
        customer_id=limit.customer_id,
        data={**limit_facts(limit), **held_in(limit.authority)},
    )
