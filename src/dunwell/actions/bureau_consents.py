"""Consents of customers to be asked about at a bureau; withdrawn, never deleted."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.actions.texts import needed
from dunwell.models import BureauAccount, BureauConsent, Customer


@transaction.atomic
def record_consent(
    *,
    actor: Actor,
    customer: Customer,
    bureau: BureauAccount | None = None,
    given_on: date,
    until_on: date | None = None,
    evidence: str,
    as_of: date,
    at: datetime,
) -> BureauConsent:
    """Record that a customer agreed to be asked about, at one bureau or (None) at all.

    Raises Refused without evidence, for a day to come, and for an end before the beginning.
    """
    actor.require("bureau.pull")
    open_customer(actor, customer)
    if bureau is not None:
        own(actor, bureau, "bureau")
    proof = needed(
        text=evidence,
        most=300,
        what="evidence",
        missing="Say how the customer agreed, such as: signed form of 3 March.",
    )
    if given_on > as_of:
        raise Refused(f"{given_on} has not come yet; record the consent once it is given.")
    if until_on is not None and until_on < given_on:
        raise Refused("The consent cannot end before it was given.")
    consent = BureauConsent.objects.create(
        company=actor.company,
        customer=customer,
        bureau=bureau,
        given_on=given_on,
        until_on=until_on,
        evidence=proof,
        by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "bureau_consent.recorded",
        consent,
        at=at,
        customer_id=customer.pk,
        bureau=bureau.name if bureau else "",
        given_on=given_on.isoformat(),
        until_on=until_on.isoformat() if until_on else None,
        evidence=proof,
    )
    return consent


@transaction.atomic
def withdraw_consent(*, actor: Actor, consent: BureauConsent, as_of: date, at: datetime) -> None:
    """Note that a customer withdrew its consent; what was asked before stays.

    Raises Refused for a consent that is withdrawn already.
    """
    actor.require("bureau.pull")
    rows = BureauConsent.objects.filter(
        company=actor.company, pk=consent.pk, withdrawn_on__isnull=True
    )
    if rows.update(withdrawn_on=as_of) != 1:
        raise Refused("This consent is withdrawn already, or is none of ours.")
    record_event(
        actor,
        "bureau_consent.withdrawn",
        consent,
        at=at,
        customer_id=consent.customer_id,
        withdrawn_on=as_of.isoformat(),
    )
