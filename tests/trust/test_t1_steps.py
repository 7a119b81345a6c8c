"""T1: every action that books, and every one of a connection, is a step of the simulator.

What is not is named here with the test that plays it; an action that comes to book and is in
neither place fails here, and so does a line that is no longer true.
"""

from pathlib import Path

import pytest

from tests.actions.rights_matrix import INSTALLATION, MATRIX
from tests.simulator.coverage import booking, place, played

pytestmark = pytest.mark.each

ROOT = Path(__file__).parents[2]
ACTIONS = {*MATRIX, *INSTALLATION}
ELSEWHERE = {
    "bank_entries.decide_entry": "tests/actions/test_bank_entries.py",
    "checkout_refunds.approve_checkout_refund": "tests/actions/test_checkouts.py",
    "checkout_refunds.mark_refund_not_sent": "tests/web/test_checkouts.py",
    "credit_request_answers.take_answers": "tests/web/test_dispute_cases.py",
    "credit_requests.settle_requests": "tests/actions/test_dispute_resolutions.py",
    "debit_returns.apply_status_report": "tests/actions/test_debit_returns.py",
    "debit_settlements.record_collected": "tests/actions/test_debit_settlements.py",
    "demo.load_demo_ledger": "tests/jobs/test_demo_resets.py",
    "financing_draws.disburse_draw": "tests/actions/test_financing.py",
    "financing_draws.return_item": "tests/actions/test_financing.py",
    "financing_draws.settle_draw": "tests/api/provision_operations.py",
    "legal_money.record_dividend": "tests/actions/test_legal.py",
    "placement_reports.reconcile_reports": "tests/actions/test_placement_reports.py",
    "portal_payments.pay_in_portal": "tests/actions/test_checkout_discounts.py",
    "portal_payments.transfer_in_portal": "tests/portal/test_pay.py",
    "portal_plans.accept_own_plan": "tests/actions/test_portal_requests.py",
    "provider_payouts.take_payouts": "tests/web/test_checkouts.py",
}
"""Booking actions without a step: they need a provider, a bank's answer or a debtor's session."""


def test_every_action_that_books_is_a_step_or_is_played_by_a_test_of_its_own():
    steps = played()
    missing = {name for name in booking(ACTIONS) if place(name) not in steps}
    assert missing == set(ELSEWHERE)
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).is_file()] == []


def test_the_reading_of_the_source_finds_what_books_and_what_does_not():
    found = booking({"payments.apply_payment", "imports.import_ledger", "notes.record_note"})
    assert found == {"payments.apply_payment", "imports.import_ledger"}


def test_every_action_of_connections_is_a_step():
    steps = played()
    ours = {name for name in ACTIONS if name.startswith(("connections.", "connection_"))}
    assert {name for name in ours if place(name) not in steps} == set()
    assert len(ours) == 22
