"""What the cycle last wrote of each customer's habits, as the order of work rests on it."""

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame
from dunwell.models import Company
from dunwell.queries.frames import read_frame

HABITS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "expected_days_late": Column(nw.Int32, "days late the customer is expected to be"),
    "late_ppm": Column(nw.Int64, "share of items paid late"),
    "promises_broken": Column(nw.Int64, "promises broken"),
    "settled_items": Column(nw.Int64, "items the habit rests on"),
    "habit": Column(nw.String, "label"),
}
"""What `engine.priority` rests on, as kept by `actions.habits`."""


def habits_frame(company: Company) -> nw.LazyFrame:
    """Return the habits of the company's customers, in columns HABITS."""
    return read_frame(
        "SELECT h.customer_id, h.expected_days_late, h.share_late_ppm, h.broken_promises, "
        "h.n_settled, h.label FROM dunwell_habit h WHERE h.company_id = %s",
        [company.pk],
        HABITS,
    )
