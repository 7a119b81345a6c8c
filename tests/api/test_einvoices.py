"""Programs check invoices, convert them, and take ours of another system in."""

import pytest

from dunwell.jobs.invoice_rules import end_rules
from dunwell.models import EInvoiceFile, Item
from tests.actions.test_einvoice_imports import xml
from tests.api.einvoice_operations import XML
from tests.einvoices import document_of


@pytest.fixture(scope="module", autouse=True)
def one_process():
    yield
    end_rules()


def test_a_file_is_checked_and_converted(as_clerk):
    told = as_clerk.upload("/einvoices/check", [("a.xml", XML)]).json()
    assert (told["is_valid"], told["syntax"], told["currency"], told["findings"]) == (
        True, "UBL 2.1 invoice", "EUR", [],
    )  # fmt: skip
    totals = document_of(0, shape="plain", kind="380").totals
    assert told["payable_minor"] == totals.payable_minor
    made = as_clerk.upload("/einvoices/convert", [("a.xml", XML)])
    assert made.content == XML and made["Content-Type"] == "application/xml"
    bad = as_clerk.upload("/einvoices/check", [("a.xml", b"<cXML/>")])
    assert bad.status_code == 422 and "a cXML message" in bad.json()["detail"]
    two = as_clerk.upload("/einvoices/check", [("a.xml", XML), ("b.xml", XML)])
    assert two.status_code == 422
    assert not EInvoiceFile.objects.exists()


def test_an_invoice_is_received_and_taken_once(as_clerk, company, customer):
    sent = [("a.xml", xml(company)), ("b.xml", xml(company, number="R-2", buyer="Who"))]
    first, second = as_clerk.upload("/einvoices/received", sent).json()["files"]
    assert (first["status"], first["customer_id"], second["customer_id"]) == (
        "waiting", customer.pk, None,
    )  # fmt: skip
    taken = as_clerk.post(f"/einvoices/{first['id']}/take")
    again = as_clerk.post(f"/einvoices/{first['id']}/take")
    item = Item.objects.get(number="R-1")
    assert (taken.status_code, taken.json(), again.json()) == (
        201, {"item_id": item.pk}, {"item_id": item.pk},
    )  # fmt: skip
    asked = as_clerk.post(f"/einvoices/{second['id']}/take")
    assert asked.status_code == 422 and "No customer" in asked.json()["detail"]
    body = {"customer_number": customer.number}
    assert as_clerk.post(f"/einvoices/{second['id']}/take", body).status_code == 201
    rows = as_clerk.get("/einvoices?status=taken&search=R-").json()["rows"]
    assert [(row["number"], row["status"]) for row in rows] == [("R-2", "taken"), ("R-1", "taken")]
