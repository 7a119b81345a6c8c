"""The promises policy in force, and since when a customer's promises are not taken."""

from datetime import date

from dunwell.engine.promise_policy import PromisePolicy, read_promises_policy
from dunwell.models import Company, Customer, PolicyVersion, PromiseConsequence
from dunwell.queries.policy_documents import document_in_force


def promises_policy(company: Company, *, as_of: date) -> PromisePolicy:
    """Return what the company takes as a promise on a day; the standard where it did not say."""
    found = document_in_force(company, PolicyVersion.Kind.PROMISES, as_of=as_of)
    return read_promises_policy(found.document)


def no_promises_until(customer: Customer, *, as_of: date) -> date | None:
    """Return the last day on which no promise of the customer is taken, None where one is."""
    lasting = PromiseConsequence.objects.filter(
        promise__customer=customer,
        kind=PromiseConsequence.Kind.NO_PROMISES,
        undone_on=None,
    ).values_list("details", flat=True)
    until = max((date.fromisoformat(details["until_on"]) for details in lasting), default=None)
    return None if until is None or until < as_of else until
