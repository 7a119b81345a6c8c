"""The company's risk appetite before a limit is granted: what stops it, what a person decides."""

from dataclasses import replace
from datetime import date

from dunwell.actions.authority import Authority
from dunwell.actions.gate import Refused
from dunwell.engine.appetite_measures import STOP, BookRow
from dunwell.engine.authority import NEEDS_APPROVAL, Verdict, may_approve
from dunwell.engine.money import from_minor
from dunwell.models import Customer
from dunwell.queries.authority import authority_in_force
from dunwell.queries.credit_appetite import appetite_left
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
    breached = left.breached(limit_minor) if left is not None else ()
    if left is None or not breached:
        return authority
    told = ", ".join(gauge.limit.name for gauge in breached)
    if any(gauge.limit.then == STOP for gauge in breached):
        most = from_minor(left.most(limit_minor), company.currency)
        raise Refused(
            f"Used in full, this limit would pass the risk appetite ({told}). At most "
            f"{most:,} {company.currency} fits; ask for that, or change the appetite first."
        )
    return _referred(authority, customer, told=told, as_of=as_of)


def _referred(authority: Authority, customer: Customer, *, told: str, as_of: date) -> Authority:
    """Return the authority with a second person: the first on the ladder who may approve it."""
    if not authority.is_allowed:
        return authority
    policy = authority_in_force(customer.company, as_of=as_of).policy
    able = (role for role in policy.ladder if may_approve(authority.ask, policy, roles=[role]))
    role = next(able, "")
    if not role:
        raise Refused(f"This would pass the risk appetite ({told}), and nobody may approve it.")
    verdict = Verdict(
        status=NEEDS_APPROVAL,
        needs_role=role,
        rule=f"{authority.ask.act}/appetite",
        text=f"Used in full, this would pass the risk appetite ({told}); "
        f"a {role.replace('_', ' ')} may approve it.",
    )
    return replace(authority, verdict=verdict)
