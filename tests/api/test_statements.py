"""Statements of account through the API: issued once, proved, paged by line, handed out as files."""

import hashlib
from datetime import timedelta

import pytest

from dunwell import clock
from dunwell.actions.role_rights import RIGHTS, STAFF_ROLES
from dunwell.models import AccountStatement
from tests.actions.ledger_rows import invoice, payment
from tests.api.conftest import add_token
from tests.conftest import TODAY, add_customer, add_user


@pytest.fixture
def program(company):
    return add_token(add_user(company, "omni", *STAFF_ROLES), company, rights=sorted(RIGHTS))


@pytest.fixture
def body(company, customer):
    """A customer with an invoice and a payment, and the span that holds both."""
    invoice(customer, "R1", 50_00)
    payment(customer, "P1", 20_00)
    today = clock.today(company.zone)
    return {
        "customer_id": customer.pk,
        "from_on": str(TODAY - timedelta(days=40)),
        "to_on": str(max(TODAY, today)),
    }


def test_a_statement_is_issued_once_and_its_json_is_what_was_hashed(program, body):
    made = program.post("/account-statements", body)
    again = program.post("/account-statements", body)
    key = made.json()["id"]
    card = program.get(f"/account-statements/{key}").json()
    kept = program.get(f"/account-statements/{key}/json")

    assert (made.status_code, again.json()) == (201, made.json())
    assert card["is_proved"] is True and card["row"]["number"] == "ST-000001"
    assert card["row"]["totals"] == [
        {"currency": "EUR", "opening_minor": 0, "movements_minor": 30_00, "closing_minor": 30_00}
    ]
    assert hashlib.sha256(kept.content).hexdigest() == card["row"]["sha256"]
    assert [row["number"] for row in card["accounts"][0]["lines"]] == ["R1", "P1"]
    assert program.get("/account-statements?search=ST-000001").json()["rows"] == [card["row"]]


def test_lines_are_paged_with_a_running_balance(program, body):
    key = program.post("/account-statements", body).json()["id"]
    first = program.get(f"/account-statements/{key}/lines?limit=1").json()
    rest = program.get(f"/account-statements/{key}/lines?cursor={first['next']}").json()
    other = program.get(f"/account-statements/{key}/lines?currency=USD").json()

    lines = [*first["rows"], *rest["rows"]]
    assert [(row["kind"], row["balance_minor"]) for row in lines] == [
        ("invoice", 50_00),
        ("payment", 30_00),
    ]
    assert (rest["next"], other["rows"]) == ("", [])
    assert program.get(f"/account-statements/{key}/lines?cursor=x").status_code == 400


@pytest.mark.parametrize(
    ("kind", "media_type", "start"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("csv", "text/csv", b"\xef\xbb\xbf"),
        ("xlsx", "application/vnd", b"PK"),
    ],
)
def test_files_carry_number_customer_and_last_day(program, body, kind, media_type, start):
    key = program.post("/account-statements", body).json()["id"]
    answer = program.get(f"/account-statements/{key}/{kind}")

    assert answer["Content-Type"].startswith(media_type) and answer.content.startswith(start)
    assert answer["Content-Disposition"] == (
        f'attachment; filename="ST-000001-K1-{body["to_on"]}.{kind}"'
    )


def test_a_statement_that_is_not_reproduced_is_shown_as_such_and_gives_no_file(program, body):
    statement = AccountStatement.objects.get(
        pk=program.post("/account-statements", body).json()["id"]
    )
    statement.pk, statement.number, statement.sha256 = None, "ST-000002", "0" * 64
    statement.save()

    assert program.get(f"/account-statements/{statement.pk}").json()["is_proved"] is False
    assert program.get(f"/account-statements/{statement.pk}/pdf").status_code == 409


def test_many_are_issued_together_or_none(company, program, body):
    other = add_customer(company, "K2")
    span = {name: body[name] for name in ("from_on", "to_on")}
    made = program.post(
        "/account-statements/many", {**span, "customer_ids": [other.pk, body["customer_id"]]}
    )
    missing = program.post("/account-statements/many", {**span, "customer_ids": [other.pk, 999]})
    wrong = program.post("/account-statements", {**body, "from_on": "2200-01-01"})

    rows = AccountStatement.objects.in_bulk(made.json()["ids"])
    assert [rows[key].customer_id for key in made.json()["ids"]] == [other.pk, body["customer_id"]]
    assert (missing.status_code, wrong.status_code) == (404, 422)
    assert "before it begins" in wrong.json()["detail"]
    assert AccountStatement.objects.count() == 2
