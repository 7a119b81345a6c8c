"""Composed messages, texts and papers through the API, as a program meets them."""

from datetime import timedelta

import pytest
import time_machine

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.models import ItemDocument, Message, PolicyVersion
from tests.actions.ledger_rows import invoice
from tests.api.composition_books import PDF, keep_compositions, texts
from tests.api.conftest import add_token
from tests.conftest import AT, TODAY, add_user


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def ids(customer):
    contact = add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        at=AT,
    )  # fmt: skip
    item = invoice(customer, "R1", 100_00, due_on=TODAY - timedelta(days=9))
    return {"customer_id": customer.pk, "contact_id": contact.pk, "item_ids": [item.pk]}


def test_a_message_is_checked_then_written_once(company, collector, ids):
    robot = add_token(collector, company)
    body = {**ids, "template": "reminder"}
    seen = robot.call("POST", "/compositions/check", body).json()
    assert (seen["to"], seen["is_allowed"], seen["findings"]) == ("pay@acme.example", True, [])
    assert "Invoice R1" in seen["body"] and Message.objects.count() == 0
    wrong = robot.call("POST", "/compositions/check", {**ids, "subject": "x", "body": "R1: €9"})
    assert wrong.json()["findings"][0]["code"] == "amount_wrong"
    made = robot.call("POST", "/compositions", body, key="k1")
    again = robot.call("POST", "/compositions", body, key="k2")
    assert made.status_code == 201 and made.json() == again.json()
    assert made.json()["status"] == "ready" and Message.objects.count() == 1
    stranger = robot.call("POST", "/compositions", {**body, "item_ids": [99_999]})
    assert stranger.status_code == 422


def test_papers_are_kept_filed_fetched_and_taken_off(company, clerk, ids):
    robot = add_token(clerk, company)
    [item_id] = ids["item_ids"]
    made = robot.upload(f"/documents/items/{item_id}", [("a.pdf", PDF)])
    filed = robot.upload("/documents/filed", [("R1.pdf", PDF + b"2"), ("zzz.pdf", PDF)])
    assert made.status_code == filed.status_code == 201
    assert [one["is_new"] for one in filed.json()["files"]] == [True, False]
    rows = robot.get("/documents").json()["rows"]
    assert [row["name"] for row in rows] == ["R1.pdf", "a.pdf"]
    key = made.json()["id"]
    assert robot.get(f"/documents/{key}/file").content == PDF
    robot.call("POST", f"/documents/{key}/remove", None)
    assert robot.get(f"/documents/{key}/file").status_code == 404
    assert ItemDocument.objects.filter(removed_at=None).count() == 1


def test_texts_are_drafted_published_and_shown(company, manager, ids):
    robot, max_ = add_token(manager, company), add_user(company, "max", "credit_manager")
    made = robot.call("POST", "/wordings", {"text": texts(TODAY)})
    key = made.json()["id"]
    own = robot.call("POST", f"/wordings/versions/{key}/publish", None)
    assert (made.status_code, own.status_code) == (201, 422)
    second = add_token(max_, company)
    assert second.call("POST", f"/wordings/versions/{key}/publish", None).status_code == 200
    shown = second.get("/wordings/es").json()
    assert shown["version_id"] == key and shown["texts"][0]["trouble"] == ""
    assert second.get("/wordings/es/variants").json() == []
    assert second.get("/wordings/xx").status_code == 422
    draft = second.call("POST", "/wordings", {"text": texts(TODAY) + "approve: []\n"}).json()["id"]
    assert second.call("POST", f"/wordings/versions/{draft}/discard", None).status_code == 200
    assert PolicyVersion.objects.get(pk=draft).status == "discarded"


def test_the_books_hold_what_the_table_of_operations_needs(company):
    kept = keep_compositions(company, "T", today=TODAY, at=AT)
    assert ItemDocument.objects.get().pk == kept["item_document_id"]
    assert PolicyVersion.objects.get().pk == kept["wording_version_id"]
