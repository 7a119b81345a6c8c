"""The company's risk appetite before a limit is granted: what stops it, what a person decides."""

from dataclasses import replace
from datetime import date

from dunwell.actions.authority import Authority
from dunwell.actions.gate import Refused
from dunwell.engine.appetite_measures import BookRow
from dunwell.engine.authority import NEVER
from dunwell.models import Customer
from dunwell.queries.authority import authority_in_force
from dunwell.queries.credit_appetite import appetite_left, appetite_verdict
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.credit_ratings import ratings


def within_appetite(
    authority: Authority, *, customer: Customer | None, limit_minor: int, as_of: date
) -> Authority:
    """Return the authority for a customer's limit as the published appetite leaves it.

    Of the appetite's limits a breach of one that stops raises Refused with what still fits; a
    breach of one that refers takes a second person, whoever asks. Nothing is asked of groups
    and segments, and nothing where no appetite of the company's own stops or refers.
    """
    if customer is None:
        return authority
    company = customer.company
    in_force = credit_policy_in_force(company, as_of=as_of)
    if not in_force.is_published:
        return authority
    policy = in_force.policy
    rated = ratings(company, as_of=as_of, customer_ids=[customer.pk], with_reasons=False)
    rating = rated.get(customer.pk)
    names = policy.classes.names
    name = rating.risk_class if rating is not None else policy.classes.unscored
    risk_class = policy.classes.named(name if name in names else policy.classes.unscored)
    pd_ppm = rating.pd_ppm if rating is not None else None
    row = BookRow(
        customer_id=customer.pk,
        exposure_minor=0,
        risk_class=risk_class.name,
        country=customer.country,
        pd_ppm=risk_class.pd_ppm if pd_ppm is None else pd_ppm,
        lgd_ppm=risk_class.lgd_ppm,
    )
    left = appetite_left(company, policy, row=row, as_of=as_of)
    if left is None:
        return authority
    verdict = appetite_verdict(
        left,
        limit_minor=limit_minor,
        ask=authority.ask,
        verdict=authority.verdict,
        policy=authority_in_force(company, as_of=as_of).policy,
        currency=company.currency,
    )
    if verdict.status == NEVER:
        raise Refused(verdict.text)
    return replace(authority, verdict=verdict)
