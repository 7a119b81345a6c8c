"""Killed anywhere between the payer's click and the receipt: one payment, one receipt.

The quick tier tries a sample of the points of the flows it is dealt, `--release` all of all.
"""

import os

import pytest

from tests.journeys.crashes import findings, most

pytestmark = pytest.mark.dealt(one_in=12, of="crashes")

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
def test_a_payment_killed_anywhere_is_booked_once():
    few = most()
    found = findings("tests.journeys.pay_crashes", "--most", few)

    assert (found["whole"], found["failures"]) == (WHOLE, [])
    assert found["points"] >= 116
    assert found["tried"] == (few or found["points"])
