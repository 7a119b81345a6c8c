"""Bank sheets that ask, by the API: shown, answered once, kept, forgotten; and every operation."""

import pytest
import time_machine

from dunwell.models import BankEntry
from tests.actions.bank_rows import read
from tests.actions.desk import acting
from tests.actions.test_bank_layouts import FIRST, NEXT
from tests.api.bank_layout_books import keep_bank_layouts
from tests.api.bank_layout_operations import BANK_LAYOUT_OPERATIONS
from tests.api.operations import OPERATIONS, send
from tests.conftest import AT, TODAY

PATHS = {
    "show_bank_sheet": ("GET", "/bank/files/{file_id}/sheet"),
    "answer_bank_sheet": ("POST", "/bank/files/{file_id}/answers"),
    "list_bank_layouts": ("GET", "/bank/layouts"),
    "forget_layout": ("POST", "/bank/layouts/{layout_id}/forget"),
}
SAYS = {"version": 0, "date_order": "dmy", "currency": "EUR"}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.parametrize("name", sorted(BANK_LAYOUT_OPERATIONS))
def test_every_operation_works_for_who_may(company, clerk, as_clerk, name):
    assert "K" in OPERATIONS[name].may
    ids = keep_bank_layouts(company, acting(clerk), "T", at=AT)
    answer = send(as_clerk, name, *PATHS[name], ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content


def test_a_sheet_is_shown_answered_and_the_next_reads_itself(company, as_clerk, as_manager):
    file = read(company, FIRST, "first.csv")
    path = f"/bank/files/{file.pk}"
    assert as_clerk.get(path).json()["row"]["status"] == "asks"
    shown = as_clerk.get(f"{path}/sheet").json()
    assert [one["code"] for one in shown["decisions"]] == ["date_order"]
    assert [one["field"] for one in shown["columns"]] == ["booked", "amount", "counterparty"]
    assert as_manager.post(f"{path}/answers", SAYS).status_code == 403
    assert as_clerk.post(f"{path}/answers", {"version": 0}).status_code == 422
    assert as_clerk.post(f"{path}/answers", SAYS).json() == {"changed": 1}
    late = as_clerk.post(f"{path}/answers", {**SAYS, "date_order": "mdy"})
    assert (late.status_code, "meanwhile" in late.json()["detail"]) == (422, True)
    assert as_clerk.get(path).json()["row"]["status"] == "read"
    (layout,) = as_clerk.get("/bank/layouts").json()
    assert (layout["date_order"], layout["currency"], layout["files"]) == ("dmy", "EUR", 1)
    assert read(company, NEXT, "next.csv").status == "read"
    assert BankEntry.objects.count() == 3
    gone = as_clerk.post(f"/bank/layouts/{layout['id']}/forget", {})
    assert (gone.json(), as_clerk.get("/bank/layouts").json()) == ({"changed": 1}, [])
