"""Charges through the API: rows that sum, billing once, waiving, rates by two people."""

from datetime import date

import pytest

from dunwell.models import Charge
from tests.actions.charge_desk import ACCRUE, accrue, charges_policy, late
from tests.api.conftest import add_token
from tests.conftest import TODAY, add_customer, add_user


@pytest.fixture
def owing(company):
    charges_policy(company, ACCRUE)
    german = add_customer(company, "D1", "Deutsch", country="DE", party="company")
    item = late(german, due_on=date(2025, 11, 30))
    accrue(company, TODAY)
    return item


def test_rows_sum_to_the_total_and_carry_their_parts(company, reader, owing):
    program = add_token(reader, company)
    rows = program.get("/charges?kind=interest&limit=2").json()
    assert len(rows["rows"]) == 2 and rows["next"]
    first = rows["rows"][0]
    assert (first["item"], first["rule"], first["status"]) == ("R1", "DE-BGB-288-B2B", "accrued")
    assert first["parts"][0]["rate_ppm"] == 102_700
    (total,) = program.get("/charges/totals?kind=interest").json()
    assert total["amount_minor"] == sum(
        Charge.objects.filter(kind="interest").values_list("amount_minor", flat=True)
    )
    (one,) = program.get("/charges/customers").json()["rows"]
    assert one["accrued_minor"] == total["amount_minor"] + 40_00
    assert program.get("/charges?month=2026-13").status_code == 422
    assert any(table["missing"] for table in program.get("/charges/rates").json())
    assert {rule["id"] for rule in program.get("/charges/rules").json()} >= {"EU-LPD", "UK-LPA"}


def test_a_bill_is_made_once_for_a_key_and_then_refused(company, clerk, owing):
    program = add_token(clerk, company)
    path, body = f"/charges/customers/{owing.customer_id}/bill", {"until_on": "2026-02-28"}
    for _ in range(2):
        answer = program.post(path, body, key="once")
        assert (answer.status_code, answer.json()) == (200, {"changed": 2})
    again = program.post(path, body)
    assert again.status_code == 422 and "owes no interest" in again.json()["detail"]


def test_a_waiver_is_done_or_asked_for(company, collector, owing):
    program = add_token(collector, company)
    charge = Charge.objects.get(kind="compensation")
    answer = program.post(f"/charges/{charge.pk}/waive", {"reason": "goodwill"})
    assert answer.json() == {"status": "waived", "request_id": None}
    big = Charge.objects.get(period="2025-12")
    asked = program.post(f"/charges/{big.pk}/waive", {"reason": "goodwill"}).json()
    assert asked["status"] == "asked" and asked["request_id"]
    assert program.post(f"/charges/{charge.pk}/restore", {"reason": "x"}).json() == {"changed": 1}
    assert program.get(f"/charges/{charge.pk}").json()["status"] == "accrued"


def test_a_rate_is_proposed_by_one_and_approved_by_another(company, manager, clerk):
    second = add_token(add_user(company, "max", "credit_manager"), company, "b")
    first = add_token(manager, company)
    body = {"name": "ECB_MRO", "from_on": "2026-07-01", "rate_ppm": 19_000, "source": "ECB"}
    key = first.post("/charges/rates", body).json()["id"]
    assert [row["id"] for row in first.get("/charges/rates/proposed").json()] == [key]
    assert first.post(f"/charges/rates/{key}/approve").status_code == 422
    assert second.post(f"/charges/rates/{key}/approve").json() == {"changed": 1}
    assert add_token(clerk, company).post("/charges/rates", body).status_code == 403
