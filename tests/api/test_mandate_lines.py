"""Mandates in numbers by the API: judged first, added all or none, and the same again adds nothing."""

import pytest
import time_machine

from dunwell.models import Mandate
from tests.actions.debit_rows import THEIRS
from tests.conftest import AT, TODAY


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def line(row, number, **changes):
    told = {"row": row, "reference": f"L-{row}", "customer_number": number, "iban": THEIRS}
    return {**told, **changes}


def test_lines_are_judged_then_added_all_or_none(company, customer, as_clerk, as_collector):
    good = line(1, customer.number, signed_on=TODAY.isoformat())
    wrong = line(2, "NOBODY")
    said = as_clerk.post("/mandates/check", {"lines": [good, wrong]}).json()
    assert [(one["row"], one["state"], one["reason"]) for one in said] == [
        (1, "new", ""),
        (2, "refused", "There is no customer NOBODY."),
    ]
    refused = as_clerk.post("/mandates/lines", {"lines": [good, wrong]})
    assert (refused.status_code, Mandate.objects.count()) == (422, 0)
    assert "Row 2: There is no customer NOBODY." in refused.json()["detail"]
    added = as_clerk.post("/mandates/lines", {"lines": [good]})
    assert (added.status_code, added.json()) == (201, {"added": 1, "known": 0})
    assert as_clerk.post("/mandates/lines", {"lines": [good]}).json() == {"added": 0, "known": 1}
    assert Mandate.objects.get().status == "active"
    assert as_collector.post("/mandates/check", {"lines": [good]}).status_code == 403
    assert as_collector.post("/mandates/lines", {"lines": [good]}).status_code == 403
