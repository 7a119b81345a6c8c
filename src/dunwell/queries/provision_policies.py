"""The provisions policy in force."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.provisions_policy import ProvisionsPolicy, read_provisions_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.policy_documents import document_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvisionsInForce:
    """The policy that applies, and its version; None where it is the shipped standard."""

    policy: ProvisionsPolicy
    version_id: int | None


def provisions_policy(company: Company, *, as_of: date) -> ProvisionsInForce:
    """Return how expected losses are measured on a day; one query."""
    found = document_in_force(company, PolicyVersion.Kind.PROVISIONS, as_of=as_of)
    return ProvisionsInForce(
        policy=read_provisions_policy(found.document), version_id=found.version_id
    )
