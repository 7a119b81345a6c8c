"""What the credit policy proposes for applications: their facts in, its proposal out."""

from collections.abc import Mapping
from datetime import date

from dunwell.engine.application_proposals import ApplicationProposal
from dunwell.engine.credit_fact_names import Value
from dunwell.models import Company, CreditApplication, Customer
from dunwell.queries.authority import home_amount
from dunwell.queries.credit_proposals import propose

Status = CreditApplication.Status


def application_proposal(application: CreditApplication, *, as_of: date) -> ApplicationProposal:
    """Return what the policy in force proposes; own history counts where the customer is known.

    Without a rate the amount asked for is not known, and the table's limit is proposed.
    """
    company = application.company
    asked = application.asked_minor
    home = (
        None if asked is None else home_amount(company, asked, application.currency, as_of=as_of)
    )
    found = propose(
        company,
        customer=application.customer,
        as_of=as_of,
        asked_minor=home,
        facts=_facts(application),
    )
    return ApplicationProposal(
        outcome=found.outcome,
        limit_minor=found.limit_minor,
        currency=found.currency,
        terms_days=found.terms_days,
        risk_class=found.risk_class,
        risk=found.risk,
        points=found.points,
        pd_ppm=found.pd_ppm,
        reasons=tuple(found.reasons),
        conditions=found.conditions,
        missing=found.missing,
        expected_loss_minor=found.expected_loss_minor,
        margin_minor=found.margin_minor,
        carry_minor=found.carry_minor,
        policy_version=found.policy_version,
    )


def waiting_proposals(company: Company, *, as_of: date) -> Mapping[int, ApplicationProposal]:
    """Return the proposals of the applications that could be scored on a day, by their keys.

    Those that are being screened or gathered: some of them may be ready once the day's answers
    are in. One query where there are none.
    """
    waiting = (
        CreditApplication.objects.filter(
            company=company, status__in=(Status.SUBMITTED, Status.SCREENING, Status.GATHERING)
        )
        .select_related("company", "customer")
        .order_by("id")
    )
    return {one.pk: application_proposal(one, as_of=as_of) for one in waiting}


def _facts(application: CreditApplication) -> dict[str, Value]:
    """Return what the application says of the facts the policy knows."""
    party = Customer.Party.PERSON if application.is_natural_person else Customer.Party.COMPANY
    facts: dict[str, Value] = {"customer_party": str(party.value)}
    if application.country:
        facts["customer_country"] = application.country
    if application.region:
        facts["customer_region"] = application.region
    facts["customer_has_vat_id"] = bool(application.answers.get("vat_id"))
    return facts
