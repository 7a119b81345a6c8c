"""A month is closed over the API: journal, receipt, lock, unlock with two people, differences."""

import hashlib
from datetime import date, timedelta

import pytest

from dunwell import clock
from dunwell.models import Journal
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_journals import rate
from tests.api.conftest import add_token
from tests.conftest import AT, add_user


@pytest.fixture
def today(company):
    return clock.today(company.zone)


@pytest.fixture
def as_manager(company, manager):
    return add_token(manager, company)


@pytest.fixture
def dollars(company, customer):
    """An invoice of 100.00 USD issued at 0.90, and 100.00 EUR paid."""
    rate(company, "USD", date(2026, 2, 1), 900_000)
    return invoice(customer, "D1", 100_00, currency="USD"), payment(customer, "P1", 100_00)


def test_euros_pay_dollars_and_the_journal_tells_what_was_gained(
    as_clerk, as_manager, company, dollars, today
):
    item, money = dollars
    line = {"item_id": item.pk, "amount_minor": 100_00}
    unsaid = as_clerk.post(f"/payments/{money.pk}/apply", {"lines": [line]})
    done = as_clerk.post(f"/payments/{money.pk}/apply", {"lines": [{**line, "paid_minor": 93_00}]})
    card = as_clerk.get(f"/payments/{money.pk}").json()

    assert (unsaid.status_code, unsaid.json()["detail"]) == (422, "D1 is in USD, not in EUR.")
    assert (done.status_code, done.json()) == (200, {"changed": 1})
    assert [(p["currency"], p["amount_minor"], p["paid_minor"]) for p in card["placed"]] == [
        ("USD", 100_00, 93_00)
    ]
    assert card["row"]["unapplied_minor"] == 7_00

    assert as_clerk.post("/books/journals", {"until_on": str(today)}).status_code == 403
    made = as_manager.post("/books/journals", {"until_on": str(today)}).json()["id"]
    shown = as_clerk.get(f"/books/journals/{made}").json()
    fx = as_clerk.get(f"/books/journals/{made}/lines?account=fx").json()["rows"]
    file = as_clerk.get(f"/books/journals/{made}/lines.csv")
    assert (shown["number"], shown["lines"], shown["status"]) == (1, 8, "made")
    assert [(row["currency"], row["home_minor"]) for row in fx] == [
        ("USD", 90_00),
        ("EUR", -93_00),
    ]
    assert hashlib.sha256(file.content).hexdigest() == shown["sha256"]

    told = as_manager.post(f"/books/journals/{made}/acknowledge", {"receipt": "GL-1"})
    other = as_manager.post(f"/books/journals/{made}/acknowledge", {"receipt": "GL-2"})
    assert (told.status_code, other.status_code) == (200, 422)
    assert as_clerk.get("/books/journals").json()["rows"][0]["receipt"] == "GL-1"

    differences = as_clerk.get("/books/exchange").json()
    rows = as_clerk.get(f"/books/exchange/rows?month_on={today}").json()["rows"]
    assert [month["gain_minor"] for month in differences["months"]] == [3_00]
    assert differences["pending"] == {"allocations": 0, "gain_minor": 0, "missing": []}
    assert [(row["item"], row["gain_minor"]) for row in rows] == [("D1", 3_00)]


def test_a_period_is_closed_by_one_and_opened_by_two(
    as_clerk, as_manager, company, customer, today
):
    second = add_token(add_user(company, "sven", "credit_manager"), company)
    body = {"until_on": str(today - timedelta(days=1)), "reason": "month end"}
    assert as_clerk.post("/books/locks", body).status_code == 403
    closed = as_manager.post("/books/locks", body)
    late = as_clerk.post(
        "/payments",
        {
            "number": "B1", "customer_id": customer.pk, "currency": "EUR", "amount_minor": 1,
            "value_on": body["until_on"],
        },
    )  # fmt: skip
    assert (closed.status_code, late.status_code) == (201, 422)
    assert late.json()["detail"].startswith("The books are closed until ")

    asked = as_manager.post("/books/locks/unlock", {"reason": "late payment"}).json()["id"]
    mine = as_manager.post(f"/books/locks/{asked}/decide", {"is_granted": True})
    theirs = second.post(f"/books/locks/{asked}/decide", {"is_granted": True})
    assert (mine.status_code, theirs.status_code) == (422, 200)
    assert [
        (row["until_on"], row["author"], row["approver"], row["is_in_force"])
        for row in as_clerk.get("/books/locks").json()["rows"]
    ] == [
        (None, "mona via erp", "sven via erp", True),
        (body["until_on"], "mona via erp", "", False),
    ]


def test_an_order_of_law_is_tried_without_writing(as_clerk, company, customer):
    young = invoice(customer, "R1", 60_00, due_on=AT.date())
    old = invoice(customer, "R2", 60_00, due_on=AT.date() - timedelta(days=5))
    fee = invoice(customer, "F1", 5_00, kind="fee")
    money = payment(customer, "P1", 80_00)
    orders = as_clerk.get("/books/orders").json()
    used = as_clerk.get(f"/books/orders/simulate/{money.pk}").json()
    law = as_clerk.get(f"/books/orders/simulate/{money.pk}?order=de_bgb").json()

    assert [order["name"] for order in orders if order["is_used"]] == ["oldest_due"]
    assert [(row["item_id"], row["amount_minor"]) for row in used] == [
        (old.pk, 60_00),
        (young.pk, 20_00),
    ]
    assert [(row["item_id"], row["amount_minor"], row["rule"]) for row in law] == [
        (fee.pk, 5_00, "costs_interest"),
        (young.pk, 37_50, "proportional"),
        (old.pk, 37_50, "proportional"),
    ]
    assert as_clerk.get(f"/books/orders/simulate/{money.pk}?order=roman").status_code == 422
    assert as_clerk.get("/books/orders/simulate/999").status_code == 404
    assert Journal.objects.count() == 0
