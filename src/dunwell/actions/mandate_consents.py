"""Direct debit mandates signed in the portal: the text, who agreed, and where from."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, lent, open_customer
from dunwell.actions.mandates import add_mandate, sign_mandate
from dunwell.actions.texts import needed
from dunwell.models import Company, Customer, Mandate, MandateConsent
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.mandate_texts import mandate_terms

OFF, AT_ONCE = "off", "at_once"
"""Enrolment in the portal, by the cash policy: not offered, or in force unchecked."""


@transaction.atomic
def enrol_mandate(
    *,
    actor: Actor,
    customer: Customer,
    iban: str,
    debtor: str,
    name: str,
    sha256: str,
    address_hash: str,
    as_of: date,
    at: datetime,
) -> Mandate:
    """Add the mandate a customer signed in the portal, and what it agreed to.

    It waits for a person of ours, who checks and signs it, unless the policy puts it in force at
    once. `sha256` is of the text the page showed; the same enrolment again returns what is there.
    Raises Refused where we collect no debits, for another text than today's, an account number
    that is wrong, and while another mandate is in force or waits.
    """
    actor.require("portal.manage")
    open_customer(actor, customer)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    policy = cash_policy_in_force(actor.company, as_of=as_of).debit
    terms = mandate_terms(customer)
    if terms is None or policy.portal == OFF:
        raise Refused(f"{actor.company.name} does not collect by direct debit here.")
    if sha256 != terms.sha256:
        raise Refused("The text of the mandate has changed meanwhile; read it again.")
    who = needed(text=name, most=120, what="name", missing="Write your name to sign.")
    waiting = Mandate.objects.filter(
        customer=customer, status__in=(Mandate.Status.DRAFT, Mandate.Status.ACTIVE)
    ).first()
    if waiting is not None:
        return _same(waiting, iban, who, sha256)
    mandate = add_mandate(
        actor=lent(actor, "mandate.edit"),
        customer=customer,
        reference=f"P{customer.pk}-{Mandate.objects.filter(customer=customer).count() + 1}",
        iban=iban,
        debtor=debtor,
        at=at,
    )
    MandateConsent.objects.create(
        mandate=mandate,
        text=terms.text,
        sha256=sha256,
        signed_by=who,
        address_hash=address_hash,
        signed_on=as_of,
        recorded_by=actor.name,
        recorded_at=at,
    )
    if policy.portal == AT_ONCE:
        sign_mandate(
            actor=lent(actor, "mandate.edit"), mandate=mandate, signed_on=as_of, as_of=as_of, at=at
        )
    record_event(
        actor,
        "mandate.enrolled",
        mandate,
        at=at,
        customer_id=customer.pk,
        reference=mandate.reference,
        signed_by=who,
        sha256=sha256,
    )
    return mandate


def address_hash_of(address: str, salt: str) -> str:
    """Return what is kept of the address somebody agreed from: enough to compare, not to read."""
    return hashlib.sha256(f"{salt}:{address}".encode()).hexdigest()


def _same(waiting: Mandate, iban: str, who: str, sha256: str) -> Mandate:
    consent = MandateConsent.objects.filter(mandate=waiting, signed_by=who, sha256=sha256).first()
    if consent is not None and waiting.iban == "".join(iban.split()).upper():
        return waiting
    if waiting.status == Mandate.Status.DRAFT:
        raise Refused(f"Your mandate {waiting.reference} waits for our check; nothing to do now.")
    raise Refused(f"Mandate {waiting.reference} is in force. Tell us to end it first.")
