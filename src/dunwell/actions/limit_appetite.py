"""The company's risk appetite before a limit is granted: what stops it, what a person decides."""

from dataclasses import replace
from datetime import date

from dunwell.actions.authority import Authority
from dunwell.actions.gate import Refused
from dunwell.engine.authority import NEVER
from dunwell.models import Customer
from dunwell.queries.authority import authority_in_force
from dunwell.queries.credit_appetite import appetite_verdict, published_appetite


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
    appetite = published_appetite(company, as_of=as_of)
    if appetite is None:
        return authority
    verdict = appetite_verdict(
        appetite.left_of(customer.pk),
        limit_minor=limit_minor,
        ask=authority.ask,
        verdict=authority.verdict,
        policy=authority_in_force(company, as_of=as_of).policy,
        currency=company.currency,
    )
    if verdict.status == NEVER:
        raise Refused(verdict.text)
    return replace(authority, verdict=verdict)
