"""One's own day over the API: the figures, whom to call, and a promised amount."""

from datetime import timedelta

import pytest
import time_machine

from dunwell.models import Promise
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY
from tests.web.test_call_mode import to_call

FRIDAY = str(TODAY + timedelta(days=8))


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_a_program_reads_the_day_and_whom_to_call(company, collector, as_collector):
    customer = to_call(company, collector, "K1", 1)

    day = as_collector.get("/my-day").json()
    calls = as_collector.get("/calls").json()

    assert (day["to_collect_minor"], day["calls"], day["promises"]) == (100_00, 0, [])
    assert [row["customer_id"] for row in calls["waiting"]] == [customer.pk]
    assert calls["waiting"][0]["verdict"]["decision"] == "allow"
    assert (calls["done"], calls["blocked"]) == (0, [])


def test_a_program_records_an_amount_once(customer, as_collector):
    invoice(customer, "R1", 900_00)
    body = {
        "customer_id": customer.pk, "currency": "EUR", "amount_minor": 500_00, "due_on": FRIDAY,
    }  # fmt: skip

    made = as_collector.post("/promises/amounts", body, key="one")
    again = as_collector.post("/promises/amounts", body, key="one")
    second = as_collector.post("/promises/amounts", body, key="two")

    assert (made.status_code, again.json()) == (201, made.json())
    assert second.status_code == 422
    assert "500.00 EUR is already promised" in second.json()["detail"]
    key = made.json()["id"]
    assert as_collector.get(f"/promises/{key}").json() == {
        "id": key, "level": "customer", "currency": "EUR", "amount_minor": 500_00,
        "keep_ppm": None, "lines": [],
    }  # fmt: skip
    (row,) = as_collector.get("/promises").json()["rows"]
    assert (row["level"], row["promised_minor"], row["items"]) == ("customer", 500_00, 0)
    replaced = as_collector.post("/promises/amounts", {**body, "supersede": True}, key="three")
    assert replaced.status_code == 201
    assert Promise.objects.get(pk=key).outcome == "superseded"
    assert as_collector.get("/promises/999999").status_code == 404
