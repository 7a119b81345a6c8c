"""Deliveries and answers through the API: a file is taken in, effects are told, notes are kept."""

import pytest

from dunwell.models import InvoiceResponse
from tests.actions.delivery_rows import mailed
from tests.actions.ledger_rows import invoice
from tests.conftest import TODAY
from tests.formats.response_samples import peppol, reason


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00, due_on=TODAY)


def test_an_answer_is_taken_in_and_told(as_collector, item):
    sent = as_collector.upload(
        "/invoice-responses", [("answer.xml", peppol(status=reason("REF", "no order")))]
    )
    kept = InvoiceResponse.objects.get()
    assert (sent.status_code, sent.json()) == (201, {"ids": [kept.pk], "new": 1, "refused": []})
    (row,) = as_collector.get("/invoice-responses").json()["rows"]
    assert (row["code"], row["reason_codes"], row["case_number"], row["door"]) == (
        *("RE", ["REF"]),
        *("D-000001", "api"),
    )
    assert row["outcomes"] == [{"effect": "dispute", "is_done": True, "text": "D-000001, no_po"}]
    ladder = as_collector.get(f"/deliveries/items/{item.pk}").json()
    assert (ladder["reached"], ladder["current"]) == ("received", "rejected")


def test_what_cannot_be_taken_is_refused(as_collector, item):
    told = as_collector.upload("/invoice-responses", [("x.xml", peppol(number="X9"))])
    assert (told.status_code, InvoiceResponse.objects.count()) == (422, 0)


def test_a_note_moves_the_ladder_and_the_board(as_collector, item):
    mailed(item)
    board = as_collector.get("/deliveries?state=alarm").json()
    assert [row["number"] for row in board["page"]["rows"]] == ["R1"]
    noted = as_collector.post(
        f"/deliveries/items/{item.pk}/notes", {"stage": "received", "on": TODAY.isoformat()}
    )
    assert noted.status_code == 201
    board = as_collector.get("/deliveries").json()
    assert [(one["state"], one["items"]) for one in board["totals"]] == [("received", 1)]


def test_an_item_without_a_document_has_no_ladder(as_collector, customer):
    fee = invoice(customer, "F1", 5_00, kind="fee")
    assert as_collector.get(f"/deliveries/items/{fee.pk}").status_code == 404
