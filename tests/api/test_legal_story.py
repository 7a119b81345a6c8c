"""A legal matter over the API, from opening to dividend; limitation, recoveries and VAT beside it."""

import pytest
import time_machine

from dunwell import clock
from dunwell.formats import typesetting
from tests.actions.ledger_rows import payment
from tests.actions.legal_rows import late_items, written_off
from tests.api.legal_books import keep_legal
from tests.api.legal_operations import LEGAL_OPERATIONS
from tests.api.operations import send
from tests.conftest import AT, TODAY

PATHS = {
    "list_matters": ("GET", "/legal"),
    "show_matter": ("GET", "/legal/{matter_id}"),
    "show_proof_of_claim": ("GET", "/legal/{matter_id}/claim.pdf"),
    "new_matter": ("POST", "/legal"),
    "revise_matter": ("PATCH", "/legal/{matter_id}"),
    "note_matter_filed": ("POST", "/legal/{matter_id}/file"),
    "note_matter_admitted": ("POST", "/legal/{matter_id}/admit"),
    "note_matter_enforced": ("POST", "/legal/{matter_id}/enforce"),
    "end_matter": ("POST", "/legal/{matter_id}/close"),
    "new_legal_cost": ("POST", "/legal/{matter_id}/costs"),
    "new_dividend": ("POST", "/legal/{matter_id}/dividends"),
    "list_limitation": ("GET", "/limitation"),
    "list_limitation_events": ("GET", "/limitation-events"),
    "new_limitation_event": ("POST", "/limitation-events"),
    "note_limitation_event_ended": ("POST", "/limitation-events/{limitation_event_id}/end"),
    "drop_limitation_event": ("POST", "/limitation-events/{limitation_event_id}/take-back"),
    "list_recoveries": ("GET", "/recoveries"),
    "new_recovery": ("POST", "/recoveries/{lost_item_id}"),
    "list_vat_relief": ("GET", "/vat-relief"),
    "new_vat_claim": ("POST", "/vat-relief/{lost_item_id}/claim"),
    "note_vat_repaid": ("POST", "/vat-relief/{repaid_item_id}/repay"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_a_program_opens_files_and_is_paid(
    company, as_manager, as_clerk, customer, clerk, monkeypatch
):
    items = late_items(customer, 600_00, 400_00)
    body = {
        "customer_id": customer.pk, "kind": "insolvency", "opened_on": str(TODAY),
        "item_ids": [item.pk for item in items], "quota_ppm": 100_000,
    }  # fmt: skip
    made = as_manager.post("/legal", body, key="one")
    again = as_manager.post("/legal", body, key="one")
    assert (made.status_code, again.json()) == (201, made.json())
    address = f"/legal/{made.json()['id']}"
    as_manager.post(f"{address}/file", {"filed_on": str(TODAY)}, key="two")
    as_manager.post(f"{address}/admit", {}, key="three")
    money = payment(customer, "Q1", 100_00)
    paid = as_clerk.post(f"{address}/dividends", {"payment_id": money.pk}, key="four")
    assert paid.status_code == 201
    shown = as_manager.get(address).json()
    assert (shown["row"]["dividend_minor"], [line["open_minor"] for line in shown["lines"]]) == (
        100_00, [540_00, 360_00],
    )  # fmt: skip
    assert as_manager.get(f"{address}/claim.pdf").content.startswith(b"%PDF")
    monkeypatch.setattr(typesetting, "TRIES", ())
    unset = as_manager.get(f"{address}/claim.pdf")
    assert (unset.status_code, unset.json()["detail"]) == (
        422, "The document cannot be set: typst gave no file.",
    )  # fmt: skip
    stale = as_manager.call("PATCH", address, {"version": 1, "court": "AG"})
    assert stale.status_code == 409


def test_limitation_and_recoveries_page_by_cursor(company, as_manager, manager, customer):
    for item in late_items(customer, 10_00, 20_00, 30_00):
        written_off(manager, item, item.amount_minor - 1)
    for path in ("/limitation", "/recoveries"):
        first = as_manager.get(f"{path}?limit=2").json()
        second = as_manager.get(f"{path}?limit=2&cursor={first['next']}").json()
        numbers = [row["number"] for row in first["rows"] + second["rows"]]
        assert (sorted(numbers), second["next"]) == (["L1", "L2", "L3"], "")
        assert as_manager.get(f"{path}?cursor=odd").status_code == 400


@pytest.mark.dealt(one_in=3)
@pytest.mark.parametrize("name", sorted(LEGAL_OPERATIONS))
def test_every_operation_succeeds_as_the_table_says(company, as_anyone, name):
    ids = keep_legal(company, today=clock.today(company.zone), at=AT)
    method, path = PATHS[name]
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content


def test_records_of_others_are_absent(company, as_rival, rival):
    ids = keep_legal(company, today=clock.today(company.zone), at=AT)
    for path in ("/legal/{matter_id}", "/legal/{insolvency_matter_id}/claim.pdf"):
        assert as_rival.get(path.format(**ids)).status_code == 404
    for path in ("/legal", "/limitation", "/limitation-events", "/recoveries", "/vat-relief"):
        assert as_rival.get(path).json()["rows"] == []
