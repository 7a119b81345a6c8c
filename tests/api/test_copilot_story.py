"""The copilot for programs: sentences with their records, drafts, and a figure explained."""

from datetime import timedelta

from tests.actions.ledger_rows import invoice
from tests.conftest import TODAY


def test_a_program_reads_what_the_copilot_says(as_collector, as_rival, customer):
    on = TODAY - timedelta(days=20)
    item = invoice(customer, "R1", 100_00, issued_on=on, due_on=on)
    told = as_collector.get(f"/copilot/customers/{customer.pk}").json()

    assert told["summary"][0]["key"] == "owes_late"
    assert told["summary"][0]["text"].startswith("Open: €100.00 in 1 item")
    assert {"kind": "item", "key": str(item.pk), "name": "Item R1"} in told["summary"][0][
        "records"
    ]
    assert [one["key"] for one in told["questions"]] == ["ask_received", "ask_when"]
    draft = as_collector.get(f"/copilot/customers/{customer.pk}/draft?kind=call").json()
    assert draft["item_ids"] == [item.pk] and "R1" in draft["body"] and draft["trouble"] == ""
    figure = as_collector.get("/copilot/figure?kpi=dso").json()
    assert figure[0]["key"] in {"kpi_is", "kpi_none"}

    assert as_rival.get(f"/copilot/customers/{customer.pk}").status_code == 404
    assert as_rival.get(f"/copilot/customers/{customer.pk}/draft").status_code == 404
    assert as_collector.get("/copilot/figure?kpi=none").status_code == 404
