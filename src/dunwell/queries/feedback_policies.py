"""The feedback policy in force."""

from datetime import date

from dunwell.engine.feedback_policy import FeedbackPolicy, read_feedback_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.policy_documents import document_in_force


def feedback_policy(company: Company, *, as_of: date) -> FeedbackPolicy:
    """Return whom the company asks how it was treated; the standard where it did not say."""
    found = document_in_force(company, PolicyVersion.Kind.FEEDBACK, as_of=as_of)
    return read_feedback_policy(found.document)
