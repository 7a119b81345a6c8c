"""The authority policy in force, a customer's risk, and amounts in the company's currency."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dunwell.engine.authority import CREDIT_ACTS, AuthorityPolicy
from dunwell.engine.authority_policy import (
    AuthorityPolicyError,
    completed,
    read_authority_policy,
)
from dunwell.engine.calendars import day_number
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import Company, CreditRating, Customer, CustomerScore, PolicyVersion
from dunwell.queries.certificates import certificates_held
from dunwell.queries.curricula import shipped_syllabus
from dunwell.queries.frames import fx_frame
from dunwell.queries.policy_documents import document_in_force, standard_document


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorityInForce:
    """The policy that applies on a day, and the version it comes from (None: the standard)."""

    policy: AuthorityPolicy
    version_id: int | None


def authority_in_force(company: Company, *, as_of: date) -> AuthorityInForce:
    """Return who may grant what in a company as of a day; one query."""
    found = document_in_force(company, PolicyVersion.Kind.AUTHORITY, as_of=as_of)
    if found.version_id is None:
        return AuthorityInForce(policy=_standard(), version_id=None)
    policy = completed(read_authority_policy(found.document), _standard())
    return AuthorityInForce(policy=policy, version_id=found.version_id)


def read_certified_authority(document: Mapping[str, object]) -> AuthorityPolicy:
    """Read an authority policy; one that asks for a certificate nobody can learn is refused.

    Raises AuthorityPolicyError.
    """
    policy = read_authority_policy(document)
    known = shipped_syllabus().curricula
    if unknown := sorted(policy.certificates - set(known)):
        raise AuthorityPolicyError(
            f"authority, grants: there is no certificate {unknown[0]}; there are "
            f"{', '.join(known)}"
        )
    return policy


def certificates_that_count(
    policy: AuthorityPolicy, company: Company, *, user_id: int | None, as_of: date
) -> frozenset[str]:
    """Return the certificates somebody holds; none, and no query, where no cell asks for one."""
    if not policy.certificates:
        return frozenset()
    return certificates_held(company, user_id, as_of=as_of)


def act_risk(customer: Customer, policy: AuthorityPolicy, *, act: str, as_of: date) -> str:
    """Return the risk an act is judged by: of credit the rating's, else the score's.

    Empty when it is not known. A customer without a credit rating has the risk of the score.
    """
    if act in CREDIT_ACTS:
        rated = CreditRating.objects.filter(customer=customer, as_of__lte=as_of)
        found = rated.order_by("-as_of", "-id").values_list("risk", flat=True).first()
        if found is not None:
            return found
    return customer_risk(customer, policy)


def customer_risk(customer: Customer, policy: AuthorityPolicy) -> str:
    """Return low, medium or high by the customer's score; empty when that is not known.

    A score that rests on few items is not known: such a customer is judged as the strictest.
    """
    found = CustomerScore.objects.filter(customer=customer).values_list("band", "is_thin").first()
    if found is None or found[1]:
        return ""
    return policy.risk_of(found[0])


def home_amount(company: Company, amount_minor: int, currency: str, *, as_of: date) -> int | None:
    """Return an amount in minor units of the company's currency, None without a rate."""
    return exchanged(company, amount_minor, currency, to=company.currency, as_of=as_of)


def exchanged(
    company: Company, amount_minor: int, currency: str, *, to: str, as_of: date
) -> int | None:
    """Return an amount in minor units of another currency, None without a rate."""
    if currency == to:
        return amount_minor
    rates = read_rates(fx_frame(company), company.currency)
    return rates.convert(amount_minor, currency, to=to, day=day_number(as_of))


@lru_cache(maxsize=1)
def _standard() -> AuthorityPolicy:
    return read_authority_policy(standard_document(PolicyVersion.Kind.AUTHORITY))
