"""Limits over the API: asked for, approved by another, used, shared by a group, and linked."""

import pytest
import time_machine

from dunwell import clock
from dunwell.models import CreditLimit, CreditRating
from tests.actions.ledger_rows import invoice
from tests.api.limit_books import CALLER, keep_limits
from tests.api.limit_operations import LIMIT_OPERATIONS
from tests.api.operations import OPERATIONS, send
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_a_program_asks_for_a_limit_and_sees_what_is_used_of_it(company, as_manager, customer):
    invoice(customer, "R1", 900_00)
    body = {"customer_id": customer.pk, "amount_minor": 1_000_00, "reason": "they buy more"}

    made = as_manager.post("/limits", body, key="one")

    assert made.status_code == 201
    assert as_manager.post("/limits", body, key="one").json() == made.json()
    row = as_manager.get(f"/limits/{made.json()['id']}").json()
    assert (row["status"], row["state"], row["amount_minor"], row["currency"]) == (
        "approved", "in_force", 1_000_00, "EUR",
    )  # fmt: skip
    (used,) = as_manager.get("/limits/in-force").json()["rows"]
    assert {name: used[name] for name in ("limit_minor", "exposure_minor", "free_minor")} == {
        "limit_minor": 1_000_00, "exposure_minor": 900_00, "free_minor": 100_00,
    }  # fmt: skip
    assert used["limit"]["approved_by"] == row["decided_by"]
    assert used["exposure"]["open_minor"] == 900_00
    assert as_manager.get("/limits/in-force?scope=over").json()["rows"] == []
    (listed,) = as_manager.get("/limits?known_on=2026-03-05&status=approved").json()["rows"]
    assert listed == row
    assert as_manager.get("/limits?known_on=2026-03-04").json()["rows"] == []


def test_a_refused_limit_says_why(company, as_manager, customer):
    wish = {"customer_id": customer.pk, "amount_minor": 5_00, "reason": "x"}
    told = as_manager.post("/limits", {**wish, "segment": "small"}, key="one")
    assert (told.status_code, told.json()["detail"]) == (
        422, "Say whom the limit is for: one customer, one group or one segment.",
    )  # fmt: skip
    change = {"customer_ids": [customer.pk], "way": "set", "value": -5, "reason": "x"}
    told = as_manager.post("/limits/change", change, key="two")
    assert (told.status_code, told.json()["detail"]) == (422, "A limit cannot be set below 0.")
    lines = {"lines": [{"customer_number": "N9", "amount_minor": 5}], "reason": "x"}
    told = as_manager.post("/limits/lines", lines, key="three")
    assert told.json()["detail"].startswith("Row 1: There is no customer N9.")
    assert CreditLimit.objects.count() == 0


def test_a_hierarchy_and_a_group_are_told_with_what_they_come_to(company, as_manager, customer):
    child = add_customer(company, "N2", "Child")
    CreditRating.objects.create(
        company=company, customer=child, as_of=TODAY, risk_class="A", risk="low",
        outcome="approve", digest="x", by="system", recorded_at=AT,
    )  # fmt: skip
    for number, one in enumerate((customer, child)):
        invoice(one, f"R{number}", 900_00)
    link = {"customer_id": child.pk, "other_id": customer.pk, "kind": "parent"}
    assert as_manager.post("/customer-links", link, key="one").status_code == 201
    key = as_manager.post("/credit-groups", {"name": "Acme"}, key="two").json()["id"]
    as_manager.post(f"/credit-groups/{key}/members", {"customer_id": child.pk}, key="three")

    tree = as_manager.get(f"/customers/{child.pk}/hierarchy").json()
    (group,) = as_manager.get("/credit-groups").json()

    assert [(x["name"], x["depth"], x["rolled"]["total_minor"]) for x in tree["nodes"]] == [
        ("Acme", 0, 1_800_00), ("Child", 1, 900_00),
    ]  # fmt: skip
    assert (group["members"], group["exposure_minor"], group["limit_minor"]) == (1, 900_00, None)
    (shown,) = as_manager.get(f"/customers/{child.pk}/links").json()
    assert (shown["kind"], shown["other"]) == ("parent", "Acme")


WRITES = {
    "new_limit": ("POST", "/limits"),
    "new_limits": ("POST", "/limits/lines"),
    "change_limits": ("POST", "/limits/change"),
    "take_back_limit": ("POST", "/limits/{limit_id}/withdraw"),
    "new_credit_group": ("POST", "/credit-groups"),
    "new_group_member": ("POST", "/credit-groups/{group_id}/members"),
    "end_membership": ("POST", "/credit-groups/members/{member_id}/leave"),
    "end_credit_group": ("POST", "/credit-groups/{group_id}/end"),
    "new_customer_link": ("POST", "/customer-links"),
    "end_customer_link": ("POST", "/customer-links/{link_id}/end"),
    "list_limits": ("GET", "/limits"),
    "list_limits_in_force": ("GET", "/limits/in-force"),
    "show_limit": ("GET", "/limits/{limit_id}"),
    "list_credit_groups": ("GET", "/credit-groups"),
    "show_credit_group": ("GET", "/credit-groups/{group_id}"),
    "list_group_members": ("GET", "/credit-groups/{group_id}/members"),
    "list_customer_links": ("GET", "/customers/{customer_id}/links"),
    "show_hierarchy": ("GET", "/customers/{customer_id}/hierarchy"),
}


def test_every_operation_of_the_table_works_for_who_may(company, as_manager):
    ids = keep_limits(company, today=clock.today(company.zone), at=AT)
    CreditLimit.objects.filter(pk=ids["waiting_limit_id"]).update(asked_by="mona")

    told = {
        name: send(as_manager, name, *WRITES[name], ids, TODAY).status_code
        for name in LIMIT_OPERATIONS
        if name not in {"end_credit_group", "end_membership"}
    }

    assert WRITES.keys() == LIMIT_OPERATIONS.keys() <= OPERATIONS.keys()
    assert CALLER == "callie"
    assert set(told.values()) <= {200, 201}, told
