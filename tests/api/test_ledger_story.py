"""The ledger over the API: an item, its payment, what each caller may see and do."""

import json
from datetime import date, timedelta

from dunwell import clock
from dunwell.models import Item, Payment


def new_item(program, customer, number="R1", amount_minor=100_00):
    today = clock.today("Europe/Berlin")
    return program.post(
        "/items",
        {
            "customer_id": customer.pk,
            "number": number,
            "kind": "invoice",
            "currency": "EUR",
            "amount_minor": amount_minor,
            "issued_on": (today - timedelta(days=40)).isoformat(),
            "due_on": (today - timedelta(days=10)).isoformat(),
        },
    )


def test_an_invoice_is_added_paid_in_part_and_totalled(as_clerk, customer):
    item = new_item(as_clerk, customer).json()["id"]
    payment = as_clerk.post(
        "/payments",
        {
            "number": "B-1",
            "customer_id": customer.pk,
            "currency": "EUR",
            "amount_minor": 80_00,
            "value_on": clock.today("Europe/Berlin").isoformat(),
        },
    ).json()["id"]

    applied = as_clerk.post(
        f"/payments/{payment}/apply", {"lines": [{"item_id": item, "amount_minor": 30_00}]}
    )
    totals = as_clerk.get("/items/totals?scope=overdue")
    aging = as_clerk.get("/aging").json()

    assert (applied.status_code, applied.json()) == (200, {"changed": 1})
    assert totals.json() == [
        {"currency": "EUR", "items": 1, "amount_minor": 100_00, "open_minor": 70_00}
    ]
    assert [(b["bucket"], b["open_minor"]) for b in aging[0]["buckets"] if b["items"]] == [
        ("1-30", 70_00)
    ]
    assert as_clerk.get("/verify").json()["proofs"] != []
    assert [p for p in as_clerk.get("/verify").json()["proofs"] if p["broken"]] == []


def test_more_than_is_open_is_refused_with_the_figures_and_nothing_is_written(as_clerk, customer):
    item = new_item(as_clerk, customer).json()["id"]
    payment = as_clerk.post(
        "/payments",
        {
            "number": "B-1",
            "customer_id": customer.pk,
            "currency": "EUR",
            "amount_minor": 500_00,
            "value_on": date(2026, 1, 2).isoformat(),
        },
    ).json()["id"]

    answer = as_clerk.post(
        f"/payments/{payment}/apply", {"lines": [{"item_id": item, "amount_minor": 100_01}]}
    )

    assert answer.status_code == 422
    assert "100.00" in answer.json()["detail"]
    assert as_clerk.get(f"/payments/{payment}").json()["placed"] == []


def test_the_same_key_gets_the_same_answer_and_one_effect(as_clerk, customer):
    body = {
        "number": "B-7",
        "customer_id": customer.pk,
        "currency": "EUR",
        "amount_minor": 1,
        "value_on": "2026-01-02",
    }

    first = as_clerk.post("/payments", body, key="once")
    second = as_clerk.post("/payments", body, key="once")
    other = as_clerk.post("/payments", {**body, "number": "B-8"}, key="once")

    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == second.json()
    assert Payment.objects.count() == 1


def test_a_refused_request_may_be_corrected_under_the_same_key(as_clerk, customer):
    body = {
        "number": "B-7",
        "customer_id": customer.pk,
        "currency": "EUR",
        "amount_minor": 1,
        "value_on": "2190-01-02",
    }

    refused = as_clerk.post("/payments", body, key="once")
    corrected = as_clerk.post("/payments", {**body, "value_on": "2026-01-02"}, key="once")

    assert (refused.status_code, corrected.status_code) == (422, 201)


def test_a_write_without_a_key_is_refused(as_clerk, customer):
    answer = as_clerk.call("POST", "/payments", {"number": "B"}, key=" ")
    valid = {
        "number": "B-7",
        "currency": "EUR",
        "amount_minor": 1,
        "value_on": "2026-01-02",
    }
    bare = as_clerk.client.generic(
        "POST",
        "/api/v1/payments",
        json.dumps(valid).encode(),
        content_type="application/json",
        headers={"Authorization": f"Bearer {as_clerk.token}"},
    )

    assert answer.status_code == 422
    assert bare.status_code == 400
    assert "Idempotency-Key" in bare.json()["detail"]
    assert not Payment.objects.exists()


def test_a_right_that_is_missing_is_403_and_a_foreign_record_is_404(
    as_collector, as_rival, as_clerk, customer
):
    item = new_item(as_clerk, customer).json()["id"]

    assert new_item(as_collector, customer, "R2").status_code == 403
    assert as_rival.get(f"/items/{item}").status_code == 404
    assert new_item(as_rival, customer, "R3").status_code == 404
    assert as_rival.get("/items").json()["rows"] == []
    assert list(Item.objects.values_list("number", flat=True)) == ["R1"]


def test_a_token_ends_when_it_is_revoked_or_its_owner_leaves(as_admin, admin):
    tokens = as_admin.get("/tokens").json()

    revoked = as_admin.call("DELETE", f"/tokens/{tokens[0]['id']}")

    assert revoked.status_code == 200
    assert as_admin.get("/me").status_code == 401


def test_a_token_holds_no_more_than_its_owner_does_now(as_clerk, clerk):
    clerk.memberships.update(role="read_only")

    assert as_clerk.get("/me").json()["rights"] == ["ledger.verify", "ledger.view"]


def test_lists_go_on_by_cursor_and_a_broken_cursor_is_said(as_clerk, customer):
    for number in range(5):
        new_item(as_clerk, customer, f"R{number}")

    first = as_clerk.get("/items?limit=2").json()
    second = as_clerk.get(f"/items?limit=2&cursor={first['next']}").json()
    third = as_clerk.get(f"/items?limit=2&cursor={second['next']}").json()

    numbers = [row["number"] for page in (first, second, third) for row in page["rows"]]
    assert sorted(numbers) == ["R0", "R1", "R2", "R3", "R4"]
    assert third["next"] == ""
    assert as_clerk.get("/items?cursor=nonsense").status_code == 400


def test_impossible_values_are_named_not_guessed(as_clerk):
    for path in ("/aging?as_of=0", "/items/0", "/items?limit=0", "/items/99999999999999999999"):
        assert as_clerk.get(path).status_code == 422, path
