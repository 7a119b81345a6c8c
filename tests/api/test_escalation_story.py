"""Escalations and watches over the API: raised, taken on, resolved; watched, frozen, ended."""

import pytest
import time_machine

from dunwell import clock
from dunwell.models import ApprovalRequest, Escalation
from tests.actions.escalation_rows import in_force, owing, step
from tests.api.escalation_books import keep_escalations
from tests.api.escalation_operations import ESCALATION_OPERATIONS
from tests.api.operations import OPERATIONS, send
from tests.conftest import AT, TODAY

PATHS = {
    "list_escalations": ("GET", "/escalations"),
    "count_escalations": ("GET", "/escalations/counts"),
    "show_escalation": ("GET", "/escalations/{escalation_id}"),
    "new_escalation": ("POST", "/escalations"),
    "take_escalation_on": ("POST", "/escalations/{escalation_id}/acknowledge"),
    "end_escalation": ("POST", "/escalations/{escalation_id}/resolve"),
    "show_what_if": ("GET", "/team/what-if?people=3&call=5"),
    "list_watches": ("GET", "/watches"),
    "list_freezes": ("GET", "/watches/freezes"),
    "show_watch": ("GET", "/watches/{watch_id}"),
    "new_watch": ("POST", "/watches"),
    "start_proposed_watch": ("POST", "/watches/{watch_id}/start"),
    "alter_watch": ("PATCH", "/watches/{watch_id}"),
    "new_check": ("POST", "/watches/{watch_id}/checks"),
    "stop_watch": ("POST", "/watches/{watch_id}/end"),
    "ask_freeze": ("POST", "/watches/{watch_id}/freeze"),
    "end_freeze": ("POST", "/watches/freezes/{freeze_id}/lift"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_an_escalation_from_its_reason_to_its_result(company, as_collector, as_manager, customer):
    owing(customer)
    sent = {"customer_id": customer.pk, "kind": "other", "reason": "no answer"}
    made = as_collector.post("/escalations", sent)
    assert made.status_code == 201
    key = made.json()["id"]
    again = as_collector.post("/escalations", sent, key="other")
    assert again.status_code == 422
    assert as_collector.get("/escalations?scope=mine").json()["rows"] == []
    (row,) = as_manager.get("/escalations?scope=mine").json()["rows"]
    assert (row["id"], row["to_role"], row["days_left"], row["amount_minor"]) == (
        key, "credit_manager", 3, 1_500_00,
    )  # fmt: skip
    assert as_manager.get("/escalations/counts").json() == {"mine": 1, "open": 1, "overdue": 0}
    assert as_collector.post(f"/escalations/{key}/acknowledge", {}).status_code == 422
    assert as_manager.post(f"/escalations/{key}/acknowledge", {}).json() == {"changed": 1}
    ended = as_manager.post(f"/escalations/{key}/resolve", {"result": "they pay"})
    assert ended.json() == {"changed": 1}
    detail = as_collector.get(f"/escalations/{key}").json()
    assert [one["verb"] for one in detail["steps"]] == [
        "escalation.raised", "escalation.acknowledged", "escalation.resolved",
    ]  # fmt: skip
    assert Escalation.objects.get().resolution == "they pay"


def test_a_watch_from_the_proposal_to_a_freeze(company, as_collector, as_manager, customer):
    in_force(company)
    owing(customer, 2_500_00, days_late=10)
    step(company)
    (row,) = as_collector.get("/watches?scope=proposed").json()["rows"]
    address = f"/watches/{row['id']}"
    assert as_collector.post(f"{address}/start", {"every_days": 3}).json() == {"changed": 1}
    made = as_collector.post(f"{address}/checks", {"result": "the yard is full"})
    assert made.status_code == 201
    changed = as_collector.call("PATCH", address, {"way": "visit", "next_on": "2026-03-12"})
    assert changed.json() == {"changed": 1}
    wrong = as_collector.call("PATCH", address, {"sponsor_id": 999_999})
    assert wrong.status_code == 422
    asked = as_collector.post(f"{address}/freeze", {"reason": "insolvency looms"})
    request = ApprovalRequest.objects.get()
    as_manager.post(f"/approvals/{request.pk}/decide", {"is_approved": True})
    (freeze,) = as_collector.get("/watches/freezes").json()["rows"]
    assert (freeze["id"], freeze["status"], freeze["exposure_minor"]) == (
        asked.json()["id"], "standing", 2_500_00,
    )  # fmt: skip
    lifted = as_manager.post(f"/watches/freezes/{freeze['id']}/lift", {"reason": "guarantee"})
    assert lifted.json() == {"changed": 1}
    as_collector.post(f"{address}/end", {"reason": "paid up"})
    detail = as_collector.get(address).json()
    assert (detail["row"]["status"], detail["row"]["ended_on"]) == ("ended", TODAY.isoformat())
    assert [one["result"] for one in detail["checks"]] == ["the yard is full"]


@pytest.mark.parametrize("name", sorted(ESCALATION_OPERATIONS))
def test_every_operation_works_for_who_may_and_others_find_nothing(
    company, as_anyone, as_rival, name
):
    ids = keep_escalations(company, today=clock.today(company.zone), at=AT)
    method, path = PATHS[name]
    if "_id}" in path:
        assert send(as_rival, name, method, path, ids, TODAY).status_code == 404
    assert OPERATIONS[name].may
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content
