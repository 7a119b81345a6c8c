"""A customer's program with a key: sees its own account, promises, objects, and nothing else."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from dunwell.actions.gate import debtor, system
from dunwell.actions.items import add_item
from dunwell.actions.portal_access import end_seat
from dunwell.actions.portal_keys import add_key, revoke_key
from dunwell.models import DisputeCase, PortalKey, Promise
from tests.actions.merge_rows import merged_by
from tests.conftest import AT, add_customer
from tests.portal.seats import seat_of

TODAY = AT.date()
ROOT = "/portal-api/v1"


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as moved:
        yield moved


def owed(customer, number, amount_minor=100_00):
    return add_item(
        actor=system(customer.company), customer=customer, number=number, kind="invoice",
        currency="EUR", amount_minor=amount_minor, issued_on=TODAY - timedelta(days=40),
        due_on=TODAY - timedelta(days=10), as_of=TODAY, at=AT,
    )  # fmt: skip


def keyed(seat, *rights):
    key, token = add_key(
        actor=debtor(seat), seat=seat, name="robot", rights=rights or ["portal.view"],
        expires_on=TODAY + timedelta(days=30), site="", as_of=TODAY, at=AT,
    )  # fmt: skip
    return key, Program(token)


class Program:
    """A caller with a key."""

    def __init__(self, token):
        self.client, self.headers = Client(), {"Authorization": f"Bearer {token}"}

    def get(self, path):
        return self.client.get(f"{ROOT}{path}", headers=self.headers)

    def post(self, path, body, key="k1"):
        headers = {**self.headers, "Idempotency-Key": key}
        return self.client.post(
            f"{ROOT}{path}", body, content_type="application/json", headers=headers
        )


@pytest.fixture
def seat(customer):
    return seat_of(customer)


def test_a_program_reads_its_own_account(customer, seat):
    item = owed(customer, "R1")
    _, program = keyed(seat)

    balance = program.get("/balance").json()
    assert balance["customer_number"] == "K1"
    assert [one["due_minor"] for one in balance["figures"]] == [100_00]
    items = program.get("/items").json()["rows"]
    assert [(one["id"], one["open_minor"], one["state"]) for one in items] == [
        (item.pk, 100_00, "overdue")
    ]
    told = program.get(f"/statement?from_on={TODAY - timedelta(days=60)}&to_on={TODAY}").json()
    assert [one["closing_minor"] for one in told["accounts"]] == [100_00]
    assert program.get("/documents").json() == []
    assert PortalKey.objects.get().last_used_at == AT


def test_a_program_promises_and_objects_once(customer, seat):
    one, other = owed(customer, "R1"), owed(customer, "R2")
    _, program = keyed(seat, "portal.view", "portal.ask")
    body = {
        "lines": [{"item_id": one.pk, "amount_minor": 100_00}],
        "due_on": str(TODAY + timedelta(days=5)),
    }
    first = program.post("/promises", body)
    assert first.status_code == 201, first.content
    assert program.post("/promises", body).json() == first.json()
    assert Promise.objects.count() == 1

    wrong = {"item_id": other.pk, "amount_minor": 10_00, "reason": "price", "text": "too dear"}
    assert program.post("/disputes", wrong, key="k2").status_code == 201
    assert DisputeCase.objects.get().customer == customer


def test_another_customers_records_are_not_there(company, customer, seat):
    theirs = owed(add_customer(company, "K2"), "X1")
    _, program = keyed(seat, "portal.view", "portal.ask", "portal.pay")
    body = {
        "lines": [{"item_id": theirs.pk, "amount_minor": 1_00}],
        "due_on": str(TODAY + timedelta(days=5)),
    }
    wrong = {"item_id": theirs.pk, "amount_minor": 1_00, "reason": "price", "text": "no"}

    assert program.get("/items?state=all").json()["rows"] == []
    assert program.post("/promises", body).status_code == 404
    assert program.post("/disputes", wrong, key="k2").status_code == 404
    assert program.get(f"/documents/{theirs.pk}/1").status_code == 404
    assert program.get("/checkouts/1").status_code == 404


def test_a_program_may_only_what_its_key_and_its_seat_hold(customer, seat):
    item = owed(customer, "R1")
    _, program = keyed(seat)
    wrong = {"item_id": item.pk, "amount_minor": 1_00, "reason": "price", "text": "no"}
    assert program.post("/disputes", wrong).status_code == 403
    assert program.get("/checkouts/1").status_code == 403
    _, asking = keyed(seat, "portal.ask", "portal.view")
    type(seat).objects.filter(pk=seat.pk).update(role="viewer")
    assert asking.post("/disputes", wrong, key="k9").status_code == 403
    assert not DisputeCase.objects.exists()


@pytest.mark.parametrize("how", ["revoked", "seat ended", "expired"])
def test_a_key_stops(company, seat, now, how):
    key, program = keyed(seat)
    assert program.get("/balance").status_code == 200
    if how == "revoked":
        revoke_key(actor=debtor(seat), key=key, as_of=TODAY, at=AT)
    elif how == "seat ended":
        end_seat(actor=system(company), seat=seat, as_of=TODAY, at=AT)
    else:
        now.move_to(AT + timedelta(days=31))
    assert program.get("/balance").status_code == 401


def test_guesses_and_haste_are_stopped(seat):
    stranger = Program("dwp_guess")
    told = [stranger.get("/balance").status_code for _ in range(125)]
    assert told == [401] * 120 + [429] * 5
    _, program = keyed(seat)
    assert program.get("/balance").status_code == 200


def test_a_key_of_the_desk_opens_nothing_here_and_the_other_way_round(seat):
    _, program = keyed(seat)
    answer = program.client.get("/api/v1/customers", headers=program.headers)
    assert answer.status_code == 401
    assert program.client.get(f"{ROOT}/balance").status_code == 401


def test_the_document_tells_every_operation(client, db):
    document = client.get(f"{ROOT}/openapi.json").json()
    assert {path.removeprefix(ROOT) for path in document["paths"]} == {
        *("/balance", "/items", "/documents", "/documents/{item_id}/{document_id}"),
        *("/statement", "/promises", "/disputes", "/checkouts/{checkout_id}"),
    }


@pytest.mark.parametrize("has_both", [False, True])
def test_a_program_of_a_merged_record_reads_the_survivors_account(
    company, clerk, manager, customer, has_both
):
    twin = add_customer(company, "K2", "Acme GmbH")
    owed(customer, "R1")
    owed(twin, "R2")
    _, program = keyed(seat_of(twin))
    if has_both:
        seat_of(customer)
    merged_by(clerk, manager, twin, customer)

    assert program.get("/balance").json()["customer_number"] == "K1"
    assert len(program.get("/items").json()["rows"]) == 2
