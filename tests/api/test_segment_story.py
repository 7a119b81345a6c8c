"""Segments and pools over the API: a hand, a stale reader, movement, a pool that narrows lists."""

import pytest
import time_machine

from dunwell import clock
from tests.actions.ledger_rows import invoice
from tests.actions.segment_desk import assign, policy
from tests.api.operations import OPERATIONS, send
from tests.api.segment_books import keep_segments
from tests.api.segment_operations import SEGMENT_OPERATIONS
from tests.conftest import AT, TODAY, add_customer

PATHS = {
    "list_segments": ("GET", "/segments"),
    "list_overlaps": ("GET", "/segments/overlaps"),
    "list_segment_members": ("GET", "/segments/members"),
    "list_segment_moves": ("GET", "/segments/moves"),
    "show_segment_matrix": ("GET", "/segments/matrix"),
    "list_moved_customers": ("GET", "/segments/matrix/customers"),
    "preview_segments": ("GET", "/segments/preview/{draft_id}"),
    "show_learned_segments": ("GET", "/segments/learned"),
    "show_customer_segment": ("GET", "/segments/customers/{customer_id}"),
    "put_into_segment": ("POST", "/segments/customers/{customer_id}"),
    "clear_customer_segment": ("POST", "/segments/customers/{customer_id}/clear"),
    "list_pools": ("GET", "/pools"),
    "show_pool": ("GET", "/pools/{pool_id}"),
    "show_pool_aging": ("GET", "/pools/{pool_id}/aging"),
    "list_pool_customers": ("GET", "/pools/{pool_id}/customers"),
    "new_pool": ("POST", "/pools"),
    "edit_pool": ("POST", "/pools/{pool_id}"),
    "drop_pool": ("POST", "/pools/{pool_id}/remove"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.parametrize("name", sorted(SEGMENT_OPERATIONS))
def test_every_operation_works_for_who_may(company, as_manager, name):
    assert OPERATIONS[name].may
    ids = keep_segments(company, today=clock.today(company.zone), at=AT)
    ids["customer_id"] = add_customer(company, "K9").pk
    answer = send(as_manager, name, *PATHS[name], ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content


def test_a_program_that_read_another_segment_gets_409_and_sees_the_movement(
    company, as_manager, customer
):
    invoice(customer, "R1", 1500_00)
    policy(company)
    assign(company)
    path = f"/segments/customers/{customer.pk}"
    shown = as_manager.get(path).json()
    assert (shown["segment"], shown["rule"], shown["facts"]["owed_minor"]) == (
        "strategic", "large", 1500_00,
    )  # fmt: skip
    body = {"segment": "late", "reason": "agreed", "seen": "standard"}
    assert as_manager.post(path, body).status_code == 409
    assert as_manager.post(path, {**body, "seen": "strategic"}).status_code == 201
    cells = as_manager.get("/segments/matrix?from_on=2026-03-05").json()
    assert [(c["before"], c["after"], c["customers"], c["owed_minor"]) for c in cells] == [
        ("standard", "late", 1, 1500_00)
    ]
    moved = as_manager.get(
        "/segments/matrix/customers?from_on=2026-03-05&before=standard&after=late"
    ).json()["rows"]
    assert [row["customer_number"] for row in moved] == ["K1"]
    wrong = as_manager.get("/segments/matrix?from_on=2026-03-05&until_on=2026-03-04")
    assert wrong.status_code == 422
    assert as_manager.get("/segments/preview/999999").status_code == 404
    assert as_manager.get("/segments/customers/999999").status_code == 404
    assert as_manager.get("/segments/learned").json()["text"] == ""


def test_a_pool_narrows_the_lists_of_customers(company, as_manager, customer):
    other = add_customer(company, "K2", country="DE")
    made = as_manager.post("/pools", {"name": "Germans", "rule": {"country": ["DE"]}}).json()
    rows = as_manager.get(f"/customers?pool_id={made['id']}").json()["rows"]
    assert [row["id"] for row in rows] == [other.pk]
    assert as_manager.get(f"/worklist?show=all&pool_id={made['id']}").json()["rows"] == []
    change = {"name": "Germans", "rule": {"country": ["AT"]}, "seen": 2}
    assert as_manager.post(f"/pools/{made['id']}", change).status_code == 409
    assert as_manager.post(f"/pools/{made['id']}", {**change, "seen": 1}).status_code == 200
    assert as_manager.get(f"/pools/{made['id']}").json()["customers"] == 0
    wrong = as_manager.post("/pools", {"name": "x", "rule": {"mood": ["bad"]}})
    assert wrong.status_code == 422 and "field 'mood' is not known" in wrong.json()["detail"]
    nobody = as_manager.post(
        "/pools", {"name": "x", "rule": {"country": ["DE"]}, "people": [9**9]}
    )
    assert nobody.json()["detail"].startswith("There is no collector")
    assert as_manager.get("/pools/999999").status_code == 404
