"""What the credit policy would grant a customer under review, as the review keeps it."""

from dataclasses import asdict
from datetime import date

from dunwell.models import CreditReview, Customer
from dunwell.queries.credit_proposals import propose


def review_proposal(review: CreditReview, *, as_of: date) -> dict[str, object]:
    """Return the policy's proposal for the customer of a review as a document."""
    customer = Customer.objects.get(pk=review.customer_id)
    found = asdict(propose(customer.company, customer=customer, as_of=as_of))
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: object) -> object:
    """Return a value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value
