"""Activation: an approved applicant becomes a customer with terms and a limit in the ledger."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.application_moves import Status, locked_application, move, tell
from dunwell.actions.approvals import decide_approval
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.limits import POLICY, propose_limit
from dunwell.actions.texts import fitting
from dunwell.models import (
    ApprovalRequest,
    Company,
    Contact,
    CreditApplication,
    CreditLimit,
    Customer,
)

LONGEST_NUMBER = 80


@transaction.atomic
def activate_application(
    *,
    actor: Actor,
    application: CreditApplication,
    number: str = "",
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Make the applicant a customer (or use the one it was matched with), and give it its limit.

    A new customer gets `number`, or the application's. The limit goes through the ledger of
    limits as it was recommended and decided, by the same people's authority; where that no longer
    covers it, it waits for an approval there. Activating again changes nothing. Raises Refused
    for a number that is taken, and while conditions are open.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.status == Status.ACTIVATED:
        return application
    if application.status == Status.APPROVED_WITH_CONDITIONS:
        raise Refused("Conditions are open: record how they were met first.")
    if application.status not in (Status.APPROVED, Status.CONDITIONS_MET):
        label = Status(application.status).label.lower()
        raise Refused(f"{application.number} is marked: {label}; it cannot be activated.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    customer = application.customer or _new_customer(actor, application, number, at=at)
    _contact(application, customer, at=at)
    terms = f"{application.terms_days} days net" if application.terms_days else "prepaid"
    Customer.objects.filter(pk=customer.pk).update(terms=terms)
    move(application, Status.ACTIVATED, customer=customer, activated_on=as_of, ended_on=as_of)
    limit = _limit(application, customer, as_of=as_of, at=at)
    tell(
        actor, "activated", application, at=at, customer=customer.number, terms=terms,
        limit_id=limit.pk, limit_status=str(limit.status),
    )  # fmt: skip
    return application


def _new_customer(
    actor: Actor, application: CreditApplication, number: str, *, at: datetime
) -> Customer:
    told = fitting(text=number, most=LONGEST_NUMBER, what="number") or application.number
    if Customer.objects.filter(company=actor.company, number=told).exists():
        raise Refused(f"The customer number {told} is taken; choose another.")
    answers = application.answers
    lines = [
        str(answers.get("street") or ""),
        f"{answers.get('postcode') or ''} {answers.get('city') or ''}".strip(),
    ]
    is_person = application.is_natural_person
    return Customer.objects.create(
        company=actor.company,
        number=told,
        name=application.name,
        country=application.country,
        language=application.language,
        currency=application.currency,
        vat_id=str(answers.get("vat_id") or "")[:40],
        address="\n".join(filter(None, lines))[:300],
        party=Customer.Party.PERSON if is_person else Customer.Party.COMPANY,
        region=application.region,
        recorded_at=at,
    )


def _contact(application: CreditApplication, customer: Customer, *, at: datetime) -> None:
    """Add the applicant's address for invoices, where the customer has no such contact yet."""
    answers = application.answers
    email = str(answers.get("invoice_email") or application.email)
    has_one = Contact.objects.filter(
        customer=customer, role=Contact.Role.PAYABLES, is_primary=True
    ).exists()
    if not email or has_one:
        return
    Contact.objects.create(
        customer=customer,
        role=Contact.Role.PAYABLES,
        name=str(answers.get("contact_name") or "")[:120],
        email=email,
        phone=str(answers.get("contact_phone") or "")[:40],
        language=application.language,
        recorded_at=at,
    )


def _limit(
    application: CreditApplication, customer: Customer, *, as_of: date, at: datetime
) -> CreditLimit:
    """Ask for the limit as who recommended it, and approve it as who decided."""
    company = application.company
    decision = application.decision
    is_automatic = bool(decision.get("is_automatic"))
    asker = system(company)
    if not is_automatic:
        told = application.recommendation
        asker = _acting(application.recommended_by, told, company, "limit.propose")
    limit = propose_limit(
        actor=asker,
        customer=customer,
        kind=CreditLimit.Kind.STANDARD,
        amount_minor=application.limit_minor or 0,
        from_on=as_of,
        reason=f"Application {application.number}",
        source=POLICY if is_automatic else f"application {application.pk}",
        risk_class=str(application.proposal.get("risk_class", "")),
        proposed_risk=str(application.proposal.get("risk", "")),
        as_of=as_of,
        at=at,
    )
    if limit.status == CreditLimit.Status.APPROVED or is_automatic:
        return limit
    request = ApprovalRequest.objects.filter(
        company=company, subject="creditlimit", subject_id=limit.pk, status="open"
    ).first()
    if request is not None:
        decider = _acting(
            application.decided_by, decision, company, "approval.decide", "limit.approve"
        )
        try:
            with transaction.atomic():
                decide_approval(
                    actor=decider,
                    request=request,
                    approve=True,
                    reason=f"Decided with {application.number}",
                    as_of=as_of,
                    at=at,
                )
        except Refused:
            # the authority policy has changed since: the request stays for whoever may now
            return limit
        limit.refresh_from_db()
    return limit


def _acting(name: str, told: Mapping[str, object], company: Company, *rights: str) -> Actor:
    """Return somebody who acted before, with the roles held then and the rights this needs."""
    roles = told.get("roles")
    return Actor(
        company=company,
        name=name,
        roles=frozenset(str(role) for role in (roles if isinstance(roles, list) else ())),
        rights=frozenset(rights),
    )
