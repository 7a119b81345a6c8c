"""Killed anywhere between the payer's click and the receipt: one payment, one receipt.

The quick tier tries a sample of the points, `--release` all of them.
"""

import os

import pytest

from tests.journeys.test_crash_cycle import findings

WHOLE = {
    "broken": [],
    "checkouts": ["paid"],
    "payments": [["CK-1", 101_00]],
    "allocations": 3,
    "open": 0,
    "fees": 1,
    "receipts": 1,
}


@pytest.mark.skipif("DUNWELL_DATABASE_URL" in os.environ, reason="the harness keeps a SQLite file")
def test_a_payment_killed_anywhere_is_booked_once(request):
    every = 1 if request.config.getoption("--release") else 23
    found = findings("tests.journeys.pay_crashes", "--every", every)

    assert (found["whole"], found["failures"]) == (WHOLE, [])
    assert found["tried"] == len(range(0, found["points"], every)) >= 6
