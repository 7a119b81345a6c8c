"""What the credit policy adds to a customer's credit file: class, points, reasons, proposal."""

from collections.abc import Mapping
from datetime import date

from dunwell.models import Customer
from dunwell.queries.credit_file import CreditFile
from dunwell.queries.credit_proposals import propose
from dunwell.queries.credit_ratings import ratings

POLICY_PANEL = "web/credit_policy_panel.html"


def policy_panel(
    customer: Customer, as_of: date, file: CreditFile | None = None
) -> Mapping[str, object]:
    """Return the rating a customer has and what the policy in force proposes on a day.

    `file` is the customer's credit file of that day, where it has been read.
    """
    rated = ratings(customer.company, as_of=as_of, customer_ids=[customer.pk], with_reasons=False)
    return {
        "number": customer.number,
        "rating": rated.get(customer.pk),
        "proposal": propose(
            customer.company,
            customer=customer,
            as_of=as_of,
            on_record=file.known if file is not None else None,
        ),
    }
