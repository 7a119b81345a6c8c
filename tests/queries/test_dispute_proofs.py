"""The proofs of disputes find every planted break."""

import pytest

from dunwell.actions.credit_requests import settle_requests
from dunwell.actions.dispute_moves import withdraw_case
from dunwell.actions.gate import system
from dunwell.models import CreditRequest, DisputeCase
from tests.actions.desk import acting
from tests.actions.dispute_rows import case_over, on, resolve
from tests.actions.ledger_rows import breaks, invoice
from tests.conftest import TODAY, add_customer, add_user
from tests.queries.test_verify import unprotected


@pytest.fixture
def books(company, customer):
    """A case of every kind: credited, on its way, waiting, proposed, withdrawn."""
    resolver = acting(add_user(company, "dora", "resolver"))
    cases = [case_over(invoice(customer, f"R{n}", 5_000_00), 300_00) for n in range(1, 5)]
    invoice(add_customer(company, "K2"), "X1", 1_00)
    resolve(cases[0], resolver, credit=200_00, denied=100_00)
    invoice(customer, "G1", -200_00, issued_on=TODAY, due_on=TODAY, reference="R1", **on())
    assert settle_requests(actor=system(company), **on()) == 1
    resolve(cases[1], resolver, credit=300_00)
    resolve(cases[2], resolver, denied=300_00, only_proposed=True)
    withdraw_case(actor=resolver, case=cases[3], reason="found", **on())
    case = case_over(invoice(customer, "R5", 5_000_00), 2_000_00)
    resolve(case, resolver, credit=2_000_00)
    return company


def test_cases_of_every_kind_are_clean(books):
    assert list(DisputeCase.objects.order_by("pk").values_list("status", flat=True)) == [
        *("resolved", "resolved", "proposed", "withdrawn", "pending_approval"),
    ]
    assert list(CreditRequest.objects.order_by("pk").values_list("status", flat=True)) == [
        *("done", "open"),
    ]
    assert breaks(books) == {}


CASE = "(SELECT id FROM dunwell_disputecase WHERE number = '{}')"
OTHER = "(SELECT id FROM dunwell_customer WHERE number = 'K2')"
ITEM = "(SELECT id FROM dunwell_item WHERE number = 'X1')"
PARTS, ENDS, ASKED = "D7.parts", "D7.resolutions", "D7.requests"


def of(number):
    """The condition that a row is of a case."""
    return f" WHERE case_id = {CASE.format(number)}"


@pytest.mark.parametrize(
    ("proof", "planted"),
    [
        (PARTS, f"UPDATE dunwell_dispute SET customer_id = {OTHER}" + of("D-000002")),
        (
            PARTS,
            "UPDATE dunwell_disputecase SET status = 'closed' WHERE number = 'D-000002'",
        ),
        (PARTS, "UPDATE dunwell_dispute SET closed_on = NULL WHERE split_from_id IS NULL"
         " AND case_id = " + CASE.format("D-000001")),
        (PARTS, f"UPDATE dunwell_dispute SET item_id = {ITEM} WHERE split_from_id IS NOT NULL"),
        (ENDS, "UPDATE dunwell_disputeresolution SET credit_minor = 1" + of("D-000001")),
        (ENDS, "UPDATE dunwell_disputeresolution SET status = 'approved'" + of("D-000001")),
        (ENDS, "UPDATE dunwell_disputeresolution SET status = 'done'" + of("D-000002")),
        (ENDS, "UPDATE dunwell_disputecase SET status = 'new' WHERE number = 'D-000003'"),
        (ENDS, "UPDATE dunwell_disputecase SET status = 'new' WHERE number = 'D-000005'"),
        (ENDS, "UPDATE dunwell_disputeresolution SET denied_minor = -1" + of("D-000003")),
        (ASKED, "UPDATE dunwell_creditrequest SET credit_item_id = NULL"),
        (ASKED, "UPDATE dunwell_creditrequest SET status = 'done' WHERE credit_item_id IS NULL"),
        (ASKED, "UPDATE dunwell_creditrequest SET currency = 'USD'"),
        (ASKED, "UPDATE dunwell_creditrequest SET amount_minor = 20001 WHERE status = 'done'"),
        (ASKED, "UPDATE dunwell_dispute SET closed_on = opened_on" + of("D-000002")),
    ],
)  # fmt: skip
def test_a_planted_break_is_found(books, proof, planted):
    unprotected(planted)
    assert proof in breaks(books)
