"""Freezing a watched customer's exposure: asked for by one person, approved by another, lifted.

A freeze says "nothing more on credit". It is no hold: collecting goes on.
"""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.approvals import GIVES_NOTHING, handles, request_approval
from dunwell.actions.authority import Authority
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.authority import NEEDS_APPROVAL, STAFF, Ask, Verdict
from dunwell.models import ApprovalRequest, Customer, ExposureFreeze, Role, Watch
from dunwell.queries.playbooks import risk_facts

Status = ExposureFreeze.Status

ACT = GIVES_NOTHING[0]
LONGEST = 300


@transaction.atomic
def propose_freeze(
    *, actor: Actor, watch: Watch, reason: str, as_of: date, at: datetime
) -> ExposureFreeze:
    """Ask a credit manager to freeze the exposure of a customer under watch.

    Raises Refused without a reason, for a watch that does not run, and for a customer that is
    frozen or asked for already.
    """
    actor.require("watch.edit")
    if watch.company_id != actor.company.pk:
        raise Refused("This watch belongs to another company.")
    told = fitting(text=reason, most=LONGEST, what="reason")
    if not told:
        raise Refused("Say why nothing more should be delivered on credit.")
    customer = Customer.objects.select_for_update(no_key=True).get(pk=watch.customer_id)
    if Watch.objects.get(pk=watch.pk).status != Watch.Status.RUNNING:
        raise Refused("Only the exposure of a customer under watch is frozen; start the watch.")
    standing = ExposureFreeze.objects.filter(
        customer=customer, status__in=(Status.PENDING, Status.STANDING)
    ).first()
    if standing is not None:
        label = Status(standing.status).label.lower()
        raise Refused(
            f"{standing.asked_by} asked for a freeze on {standing.asked_on.isoformat()} "
            f"(marked: {label})."
        )
    facts = risk_facts(actor.company, as_of=as_of, customer_ids=[customer.pk])[customer.pk]
    exposure = max(0, facts.open_minor or 0)
    freeze = ExposureFreeze.objects.create(
        company=actor.company,
        customer=customer,
        watch=watch,
        reason=told,
        exposure_minor=exposure,
        asked_by=actor.name,
        asked_on=as_of,
        recorded_at=at,
    )
    request_approval(
        actor=actor,
        subject=freeze,
        act=ACT,
        authority=_authority(actor, customer, exposure, as_of=as_of),
        reason=told,
        as_of=as_of,
        at=at,
    )
    return freeze


@handles("exposurefreeze")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Freeze the exposure as approved, or drop the proposal."""
    freeze = ExposureFreeze.objects.select_for_update(no_key=True).get(pk=request.subject_id)
    if freeze.status != Status.PENDING:
        label = Status(freeze.status).label.lower()
        raise Refused(f"This freeze is marked: {label}; load the page again.")
    if is_approved:
        freeze.status, freeze.approved_by, freeze.frozen_on = Status.STANDING, actor.name, as_of
    else:
        freeze.status = Status.REJECTED
    freeze.save(update_fields=["status", "approved_by", "frozen_on"])
    record_event(
        actor,
        "exposure.frozen" if is_approved else "exposure.not_frozen",
        freeze,
        at=at,
        customer_id=freeze.customer_id,
        asked_by=freeze.asked_by,
        reason=reason or freeze.reason,
    )


@transaction.atomic
def lift_freeze(
    *, actor: Actor, freeze: ExposureFreeze, reason: str, as_of: date, at: datetime
) -> ExposureFreeze:
    """End a freeze: credit is given again; raise Refused for one that does not stand."""
    actor.require("hold.release")
    if freeze.company_id != actor.company.pk:
        raise Refused("This freeze belongs to another company.")
    told = fitting(text=reason, most=LONGEST, what="reason")
    if not told:
        raise Refused("Say why credit is given again.")
    rows = ExposureFreeze.objects.filter(pk=freeze.pk, status=Status.STANDING).update(
        status=Status.LIFTED, lifted_by=actor.name, lifted_on=as_of, lift_reason=told
    )
    freeze.refresh_from_db()
    if rows != 1:
        label = Status(freeze.status).label.lower()
        by = f" by {freeze.lifted_by} on {freeze.lifted_on}" if freeze.lifted_by else ""
        raise Refused(f"This freeze is marked: {label}{by}; load the page again.")
    record_event(
        actor,
        "exposure.released",
        freeze,
        at=at,
        customer_id=freeze.customer_id,
        reason=told,
    )
    return freeze


def _authority(actor: Actor, customer: Customer, exposure: int, *, as_of: date) -> Authority:
    """Return what every freeze needs: a credit manager who did not ask for it."""
    role = str(Role.CREDIT_MANAGER.value)
    return Authority(
        ask=Ask(
            act=ACT,
            source=STAFF,
            roles=actor.roles,
            risk="",
            amount_minor=exposure,
            concession_ppm=0,
            months=0,
            currency=actor.company.currency,
        ),
        verdict=Verdict(
            status=NEEDS_APPROVAL,
            needs_role=role,
            rule=f"{ACT}/{role}",
            text="Nothing more is delivered on credit; a second person decides.",
        ),
        customer_id=customer.pk,
        currency=actor.company.currency,
        amount_minor=exposure,
        concession_minor=0,
        version_id=None,
        as_of=as_of,
    )
