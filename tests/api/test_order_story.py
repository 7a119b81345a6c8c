"""An order over the API: simulated, checked, held, what if, released, delivered and billed."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell import clock
from dunwell.models import CreditCheck, CreditHold, IdempotencyKey, Order
from tests.actions.ledger_rows import invoice
from tests.actions.order_rows import limited
from tests.api.operations import OPERATIONS, send
from tests.api.order_books import keep_orders, order_body
from tests.api.order_operations import ORDER_OPERATIONS
from tests.conftest import AT, TODAY, add_customer

NO_KEY = {"Idempotency-Key": ""}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_an_order_is_checked_held_released_and_billed(company, as_manager, customer):
    limited(customer, 1_000_00)
    invoice(customer, "R1", 700_00)
    body = {**order_body(customer.pk, "SO-1"), "amount_minor": 500_00}
    tried = as_manager.post("/credit-checks", {**body, "commit": False}, **NO_KEY).json()
    assert (tried["decision"], tried["id"], tried["held_by"]) == ("held", None, ["limit"])
    assert (tried["exposure_minor"], tried["limit_minor"], tried["home_currency"]) == (
        700_00, 1_000_00, "EUR"
    )  # fmt: skip
    assert [(way["kind"], way["amount_minor"]) for way in tried["release"]] == [
        ("pay", 200_00), ("prepay", 200_00), ("reduce", 300_00), ("raise_limit", 1_200_00)
    ]  # fmt: skip
    assert not Order.objects.exists() and not IdempotencyKey.objects.exists()

    assert as_manager.post("/credit-checks", body, **NO_KEY).status_code == 400
    made = as_manager.post("/credit-checks", body, key="one")
    assert made.status_code == 200, made.content
    assert as_manager.post("/credit-checks", body, key="one").content == made.content
    found = made.json()
    assert (found["decision"], found["order_status"]) == ("held", "held")
    assert found["outcomes"] == tried["outcomes"]
    hold = found["hold_id"]
    assert as_manager.get(f"/credit-holds/{hold}/what-if?paid_minor=19999").json()["is_held"]
    assert not as_manager.get(f"/credit-holds/{hold}/what-if?paid_minor=20000").json()["is_held"]
    listed = as_manager.get("/credit-holds?rule=limit").json()["rows"]
    assert [(row["id"], row["order_number"], row["over_minor"]) for row in listed] == [
        (hold, "SO-1", 200_00)
    ]
    assert as_manager.get("/credit-holds?rule=mood").status_code == 422
    answer = as_manager.post(f"/credit-holds/{hold}/release", {"reason": "known"}, key="two")
    assert answer.json() == {"changed": 1}
    order = as_manager.get("/orders").json()["rows"][0]
    assert (order["status"], order["on_credit_minor"]) == ("approved", 500_00)
    moved = {"delivered_minor": 500_00, "billed_minor": 500_00}
    path = f"/orders/{order['id']}"
    assert as_manager.post(path, moved, key="three").json() == {"changed": 1}
    assert as_manager.get(path).json()["status"] == "closed"
    shown = as_manager.get(f"/credit-holds/{hold}").json()
    assert (shown["hold"]["status"], shown["hold"]["end_reason"]) == ("released", "known")


def test_a_list_is_checked_at_once(company, as_manager, customer):
    limited(customer, 1_000_00)
    add_customer(company, "K2", credit_limit_minor=50_00)
    orders = [
        {**order_body(customer.pk, "SO-1"), "amount_minor": 800_00},
        {**order_body(customer.pk, "SO-2"), "amount_minor": 300_00},
        {"customer_number": "K2", "number": "SO-3", "currency": "EUR", "amount_minor": 50_00},
    ]
    body = {"orders": orders, "commit": False}
    tried = as_manager.post("/credit-checks/bulk", body, **NO_KEY).json()
    made = as_manager.post("/credit-checks/bulk", {"orders": orders}, key="one").json()
    for told in (tried, made):
        assert (told["approved"], told["held"]) == (2, 1)
        assert [row["decision"] for row in told["rows"]] == ["approved", "held", "approved"]
    assert CreditCheck.objects.count() == 3
    rows = as_manager.get("/credit-checks?decision=held").json()["rows"]
    assert [row["order_number"] for row in rows] == ["SO-2"]


def test_what_is_wrong_is_said_in_a_sentence(company, as_manager, customer, as_stranger_body):
    limited(customer, 1_000_00)
    body = order_body(customer.pk, "SO-1")
    told = {
        "prepaid": {**body, "prepaid_minor": 99_00},
        "nobody": {**body, "customer_id": None},
        "both": {**body, "customer_number": "K1"},
    }
    answers = {
        name: as_manager.post("/credit-checks", {**sent, "commit": False}).json()["detail"]
        for name, sent in told.items()
    }
    named = "Order SO-1: name the customer by its key or its number."
    assert answers == {
        "prepaid": "Order SO-1: the prepaid part must lie between 0 and the order's amount.",
        "nobody": named,
        "both": named,
    }
    assert as_manager.post("/credit-checks", as_stranger_body).status_code == 404


def test_an_order_of_an_unknown_customer_says_which(as_manager, customer, as_stranger_body):
    unknown = {"customer_number": "K9", "number": "SO-2", "currency": "EUR", "amount_minor": 1}
    known = order_body(customer.pk, "SO-1")
    asked = {"orders": [known, unknown], "commit": False}
    nobody = "Order SO-2: there is no customer K9 in your company."

    for answer in (
        as_manager.post("/credit-checks", {**unknown, "commit": False}, **NO_KEY),
        as_manager.post("/credit-checks", unknown, key="one"),
        as_manager.post("/credit-checks/bulk", asked, **NO_KEY),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (404, nobody)
    assert as_manager.post("/credit-checks", as_stranger_body).json()["detail"] == (
        f"Order SO-1: there is no customer {as_stranger_body['customer_id']} in your company."
    )


@pytest.fixture
def as_stranger_body(rival):
    stranger = add_customer(rival.memberships.first().company, "S1")
    return {**order_body(stranger.pk, "SO-1"), "commit": False}


@pytest.mark.parametrize("path", ["/orders", "/credit-holds", "/credit-checks"])
def test_lists_cost_the_same_queries_with_one_row_and_with_three(
    company, as_manager, customer, path
):
    limited(customer, 0)
    costs = []
    for numbers in (("1",), ("2", "3")):
        for number in numbers:
            as_manager.post("/credit-checks", order_body(customer.pk, number), key=number)
        with CaptureQueriesContext(connection) as queries:
            assert as_manager.get(path).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("name", sorted(ORDER_OPERATIONS))
def test_every_operation_works_for_who_may(company, as_anyone, name):
    assert OPERATIONS[name].may
    ids = keep_orders(company, today=clock.today(company.zone), at=AT)
    told = {
        "check_credit": ("POST", "/credit-checks"),
        "check_many_credits": ("POST", "/credit-checks/bulk"),
        "list_credit_checks": ("GET", "/credit-checks"),
        "show_credit_check": ("GET", "/credit-checks/{credit_check_id}"),
        "list_orders": ("GET", "/orders"),
        "show_order": ("GET", "/orders/{order_id}"),
        "change_order": ("POST", "/orders/{order_id}"),
        "list_credit_holds": ("GET", "/credit-holds"),
        "show_credit_hold": ("GET", "/credit-holds/{credit_hold_id}"),
        "try_credit_release": ("GET", "/credit-holds/{credit_hold_id}/what-if"),
        "force_credit_hold": ("POST", "/credit-holds"),
        "review_credit_hold": ("POST", "/credit-holds/{credit_hold_id}/review"),
        "evaluate_credit_hold": ("POST", "/credit-holds/{credit_hold_id}/evaluate"),
        "release_credit_hold": ("POST", "/credit-holds/{credit_hold_id}/release"),
        "reject_credit_hold": ("POST", "/credit-holds/{credit_hold_id}/reject"),
    }
    method, path = told[name]
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content
    assert CreditHold.objects.exists()
