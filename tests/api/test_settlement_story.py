"""A settlement over the API: worth, proposal, approval, acceptance; policies and incentives."""

import pytest
import time_machine

from dunwell import clock
from dunwell.models import ApprovalRequest
from tests.actions.settlement_rows import two_items
from tests.api.operations import OPERATIONS, send
from tests.api.settlement_books import keep_settlements
from tests.api.settlement_operations import SETTLEMENT_OPERATIONS
from tests.conftest import AT, TODAY

PATHS = {
    "list_policy_kinds": ("GET", "/policies"),
    "list_policies": ("GET", "/policies/{kind}"),
    "show_policy_in_force": ("GET", "/policies/{kind}/in-force"),
    "show_policy": ("GET", "/policies/{kind}/{policy_id}"),
    "new_policy": ("POST", "/policies/{kind}"),
    "publish_policy_version": ("POST", "/policies/{kind}/{policy_id}/publish"),
    "discard_policy_version": ("POST", "/policies/{kind}/{policy_id}/discard"),
    "list_approvals": ("GET", "/approvals?scope=all"),
    "decide_on_request": ("POST", "/approvals/{request_id}/decide"),
    "withdraw_request": ("POST", "/approvals/{own_request_id}/withdraw"),
    "list_settlements": ("GET", "/settlements"),
    "show_settlement_worth": ("GET", "/settlements/worth/{customer_id}/{pay_minor}/{pay_by_on}"),
    "show_settlement": ("GET", "/settlements/{settlement_id}"),
    "new_settlement": ("POST", "/settlements"),
    "note_settlement_accepted": ("POST", "/settlements/{settlement_id}/accept"),
    "note_settlement_declined": ("POST", "/settlements/{settlement_id}/decline"),
    "end_settlement": ("POST", "/settlements/{settlement_id}/cancel"),
    "list_incentives": ("GET", "/incentives"),
    "show_incentive": ("GET", "/incentives/{incentive_id}"),
    "new_incentive": ("POST", "/incentives"),
    "stop_incentive": ("POST", "/incentives/{incentive_id}/end"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_a_program_settles_beyond_its_authority_with_a_second_person(
    company, as_collector, as_manager, customer
):
    items = two_items(customer)
    worth = as_collector.get(f"/settlements/worth/{customer.pk}/80000/2026-03-15").json()
    assert (worth["status"], worth["needs_role"], worth["open_minor"]) == (
        "needs_approval", "credit_manager", 1_000_00,
    )  # fmt: skip
    assert [option["name"] for option in worth["worth"]["options"]] == [
        "settle", "wait", "agency", "legal",
    ]  # fmt: skip
    part = f"/settlements/worth/{customer.pk}/100/2026-03-15?item_id={items[0].pk}"
    assert as_collector.get(part).json()["status"] == "never"
    whole = as_collector.get(f"/settlements/worth/{customer.pk}/100000/2026-03-15")
    assert whole.status_code == 422
    body = {
        "customer_id": customer.pk, "item_ids": [item.pk for item in items],
        "pay_minor": 800_00, "pay_by_on": "2026-03-15", "reason": "insolvency looms",
    }  # fmt: skip
    made = as_collector.post("/settlements", body, key="one")
    assert made.status_code == 201
    assert as_collector.post("/settlements", body, key="one").json() == made.json()
    missing = as_collector.post("/settlements", {**body, "item_ids": [10**9]}, key="two")
    assert missing.json()["detail"] == f"The customer has no item {10**9}."
    request = ApprovalRequest.objects.get()
    mine = as_collector.get("/approvals?scope=mine").json()["rows"]
    assert [(row["id"], row["is_mine"]) for row in mine] == [(request.pk, True)]
    assert (
        as_collector.post(f"/approvals/{request.pk}/decide", {"is_approved": True}).status_code
        == 403
    )

    waiting = as_manager.get("/approvals").json()["rows"]
    assert [row["verdict"] for row in waiting] == [request.verdict["text"]]
    no_reason = as_manager.post(f"/approvals/{request.pk}/decide", {"is_approved": False})
    assert no_reason.status_code == 422
    done = as_manager.post(f"/approvals/{request.pk}/decide", {"is_approved": True})
    assert done.json() == {"changed": 1}
    key = made.json()["id"]
    shown = as_collector.get(f"/settlements/{key}").json()
    assert (shown["row"]["status"], shown["approved_by"]) == ("offered", "mona via erp")
    assert as_collector.post(f"/settlements/{key}/accept", {"name": "Pat"}).status_code == 200
    rows = as_collector.get("/settlements?status=accepted").json()["rows"]
    assert [(row["number"], row["concession_minor"]) for row in rows] == [("ST-1", 200_00)]
    assert as_collector.get("/settlements/999999").status_code == 404


@pytest.mark.parametrize("name", sorted(SETTLEMENT_OPERATIONS))
def test_every_operation_works_for_who_may(company, as_anyone, name):
    assert OPERATIONS[name].may
    ids = keep_settlements(company, today=clock.today(company.zone), at=AT)
    ApprovalRequest.objects.filter(requested_by="callie").update(requested_by="omni")
    method, path = PATHS[name]
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content


def test_policies_and_incentives_of_others_are_absent(company, as_rival, as_anyone):
    ids = keep_settlements(company, today=clock.today(company.zone), at=AT)
    for path in (
        "/policies/authority/{policy_id}", "/settlements/{settlement_id}",
        "/incentives/{incentive_id}",
    ):  # fmt: skip
        assert as_rival.get(path.format(**ids)).status_code == 404
    assert as_anyone.get("/policies/strategy").status_code == 404
    assert as_anyone.get(f"/policies/strategy/{ids['policy_id']}").status_code == 404
    assert as_anyone.get("/policies/authority/in-force").json()["version_id"] is None
