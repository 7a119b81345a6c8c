"""What a receipt says is left, beside what the portal's first page shows."""

from datetime import timedelta

import pytest

from dunwell import clock
from dunwell.models import Receipt
from dunwell.queries.portal_account import account_figures
from tests.actions.checkout_rows import paid, provider_of
from tests.actions.ledger_rows import invoice


@pytest.mark.parametrize(
    ("credit", "left", "overdue"), [(-30_00, 70_00, 20_00), (-60_00, 40_00, 0), (-200_00, 0, 0)]
)
def test_open_credits_are_taken_off_what_is_left(company, customer, credit, left, overdue):
    """It told more than the customer owed, and more than the page that it leads to."""
    today = clock.today(company.zone)
    late = today - timedelta(days=9)
    item = invoice(customer, "R1", 100_00)
    invoice(customer, "R2", 50_00, due_on=late)
    invoice(customer, "R3", 50_00, due_on=today + timedelta(days=9))
    invoice(customer, "C1", credit, due_on=late)

    paid(provider_of(company), customer, {item: 100_00})

    told = Receipt.objects.get().document
    assert (told["left_minor"], told["overdue_minor"]) == (left, overdue)
    (figures,) = account_figures(customer, as_of=today)
    assert max(figures.balance.open_minor, 0) == left
