"""The dispute policy in force: the company's own, or the shipped standard."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dunwell.engine.dispute_policy import DisputePolicy, read_dispute_policy
from dunwell.engine.dispute_routes import COLLECTOR
from dunwell.engine.documents import works_here
from dunwell.models import Company, PolicyVersion
from dunwell.queries.policy_documents import document_in_force, standard_document
from dunwell.queries.users import usernames_of


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputesInForce:
    """The policy that applies on a day, and the version it comes from (None: the standard)."""

    policy: DisputePolicy
    version_id: int | None


def dispute_policy_in_force(company: Company, *, as_of: date) -> DisputesInForce:
    """Return how disputes of a company are cleared up as of a day; one query."""
    found = document_in_force(company, PolicyVersion.Kind.DISPUTES, as_of=as_of)
    if found.version_id is None:
        return DisputesInForce(policy=_standard(), version_id=None)
    return DisputesInForce(policy=read_dispute_policy(found.document), version_id=found.version_id)


def check_owners(company: Company, policy: DisputePolicy) -> None:
    """Raise DocumentError for the first owner of a route who does not work here; one query."""
    staff = usernames_of(company) | {COLLECTOR}
    for n, route in enumerate(policy.routes, 1):
        works_here(route.owner, staff, f"disputes, route {n}", "owner")


@lru_cache(maxsize=1)
def _standard() -> DisputePolicy:
    return read_dispute_policy(standard_document(PolicyVersion.Kind.DISPUTES))
