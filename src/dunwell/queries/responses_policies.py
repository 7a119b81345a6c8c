"""The policy on deliveries and answers to invoices that is in force."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.responses_policy import ResponsesPolicy, read_responses_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.policy_documents import document_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponsesInForce:
    """The policy, and the version it comes from; None where it is the shipped standard."""

    policy: ResponsesPolicy
    version_id: int | None


def responses_in_force(company: Company, *, as_of: date) -> ResponsesInForce:
    """Return what follows from answers to invoices, and when one counts as never received."""
    found = document_in_force(company, PolicyVersion.Kind.RESPONSES, as_of=as_of)
    return ResponsesInForce(
        policy=read_responses_policy(found.document), version_id=found.version_id
    )
