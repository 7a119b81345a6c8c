"""The plans policy in force, with its amounts in the currency of a debt."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dunwell.engine.calendars import day_number
from dunwell.engine.matching.foreign import read_rates
from dunwell.engine.plan_offers import in_currency
from dunwell.engine.plans_policy import PlansPolicy, read_plans_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.frames import fx_frame
from dunwell.queries.policy_documents import document_in_force, standard_document


@dataclass(frozen=True, kw_only=True, slots=True)
class PlansInForce:
    """The policy that applies on a day, and the version it comes from (None: the standard)."""

    policy: PlansPolicy
    version_id: int | None


def plans_in_force(company: Company, *, as_of: date) -> PlansInForce:
    """Return what plans a company offers as of a day, in its own currency; one query."""
    found = document_in_force(company, PolicyVersion.Kind.PLANS, as_of=as_of)
    if found.version_id is None:
        return PlansInForce(policy=_standard(), version_id=None)
    return PlansInForce(policy=read_plans_policy(found.document), version_id=found.version_id)


def plans_in_currency(company: Company, currency: str, *, as_of: date) -> PlansInForce | None:
    """Return the policy with its amounts in a currency at the day's rate, None without a rate."""
    found = plans_in_force(company, as_of=as_of)
    if currency == company.currency:
        return found
    rates = read_rates(fx_frame(company), company.currency)
    rate_ppm = rates.rate_ppm(currency, day_number(as_of))
    if not rate_ppm:
        return None
    return PlansInForce(
        policy=in_currency(found.policy, rate_ppm=rate_ppm), version_id=found.version_id
    )


@lru_cache(maxsize=1)
def _standard() -> PlansPolicy:
    return read_plans_policy(standard_document(PolicyVersion.Kind.PLANS))
