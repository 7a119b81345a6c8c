"""A payment plan over the API: offers, proposal, acceptance, another one, and its end."""

import pytest
import time_machine

from dunwell import clock
from dunwell.models import PaymentPlan
from tests.actions.ledger_rows import invoice
from tests.api.operations import OPERATIONS, send
from tests.api.plan_books import keep_plans
from tests.api.plan_operations import PLAN_OPERATIONS
from tests.conftest import AT, TODAY


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_a_program_finds_an_offer_and_lets_it_run(company, as_collector, customer):
    item = invoice(customer, "R1", 900_00)
    asked = "first_on=2026-03-09&payable_minor=30000"
    found = as_collector.get(f"/plans/offers/EUR/90000?{asked}").json()
    best = [row for row in found if row["is_best"] and row["frequency"] == "monthly"]
    assert best == [
        {
            "frequency": "monthly", "number": 3, "deposit_minor": 0, "level_minor": 300_00,
            "interest_minor": 0, "fee_minor": 0, "concession_minor": 0, "total_minor": 900_00,
            "first_on": "2026-03-09", "last_on": "2026-05-11", "is_best": True,
        }
    ]  # fmt: skip
    body = {
        "customer_id": customer.pk, "item_ids": [item.pk], "frequency": "monthly", "number": 3,
        "first_on": "2026-03-09",
    }  # fmt: skip
    made = as_collector.post("/plans", body, key="one")
    assert made.status_code == 201
    assert as_collector.post("/plans", body, key="one").json() == made.json()
    key = made.json()["id"]
    again = as_collector.post("/plans", body, key="two")
    assert again.status_code == 422
    assert again.json()["detail"] == "R1 is covered by PP-1; cancel or replace that first."
    shown = as_collector.get(f"/plans/{key}").json()
    assert shown["plan"]["status"] == "offered" and len(shown["instalments"]) == 3
    values = {"name": "Wile E.", "sha256": shown["terms_sha256"]}
    assert as_collector.post(f"/plans/{key}/accept", values).json() == {"changed": 1}
    rows = as_collector.get("/plans/instalments?which=due").json()["rows"]
    assert [(row["plan"], row["number"], row["amount_minor"]) for row in rows] == [
        ("PP-1", n, 300_00) for n in (1, 2, 3)
    ]
    listed = as_collector.get("/plans?status=active").json()["rows"]
    assert [row["number"] for row in listed] == ["PP-1"]
    unknown = as_collector.post("/plans", {**body, "item_ids": [10**9]}, key="three")
    assert unknown.json()["detail"] == f"The customer has no item {10**9}."
    assert as_collector.get("/plans/999999").status_code == 404


@pytest.mark.parametrize("name", sorted(PLAN_OPERATIONS))
def test_every_write_works_for_who_may(company, as_anyone, name):
    assert OPERATIONS[name].may
    ids = keep_plans(company, today=clock.today(company.zone), at=AT)
    told = {
        "new_plan": ("POST", "/plans"),
        "replace_plan": ("POST", "/plans/{plan_id}/replace"),
        "note_plan_accepted": ("POST", "/plans/{plan_id}/accept"),
        "note_plan_declined": ("POST", "/plans/{plan_id}/decline"),
        "end_plan": ("POST", "/plans/{plan_id}/cancel"),
        "go_on_with_plan": ("POST", "/plans/{plan_id}/cure"),
        "make_plan_due": ("POST", "/plans/{plan_id}/due-at-once"),
        "show_plan": ("GET", "/plans/{plan_id}"),
        "list_plans": ("GET", "/plans"),
        "list_instalments": ("GET", "/plans/instalments"),
        "list_plan_offers": ("GET", "/plans/offers/{currency}/{covered_minor}"),
    }
    method, path = told[name]
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content
    assert PaymentPlan.objects.exists()
