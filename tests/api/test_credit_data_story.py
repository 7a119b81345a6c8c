"""Credit data over the API: a customer is asked about, its figures are entered, the file is read."""

import pytest
import time_machine

from tests.api.credit_data_books import keep_credit_data
from tests.api.credit_data_operations import CREDIT_DATA_OPERATIONS, FEED, SHEET
from tests.api.operations import send
from tests.conftest import AT, TODAY, add_customer

PATHS = {
    "show_credit_file": ("GET", "/customers/{customer_id}/credit-file"),
    "new_credit_point": ("POST", "/customers/{customer_id}/credit-points"),
    "new_financial_statement": ("POST", "/customers/{customer_id}/financial-statements"),
    "upload_financial_statements": (
        "POST",
        "/customers/{customer_id}/financial-statement-files",
    ),
    "new_bureau_pull": ("POST", "/customers/{customer_id}/bureau-pulls"),
    "new_bureau_consent": ("POST", "/customers/{customer_id}/bureau-consents"),
    "drop_bureau_consent": ("POST", "/bureau-consents/{bureau_consent_id}/withdraw"),
    "new_bureau_report": ("POST", "/customers/{customer_id}/bureau-reports"),
    "list_bureaus": ("GET", "/bureaus"),
    "new_bureau": ("POST", "/bureaus"),
    "change_bureau": ("PATCH", "/bureaus/{bureau_id}"),
    "upload_bureau_reports": ("POST", "/bureaus/{bureau_id}/report-files"),
    "list_bureau_pulls": ("GET", "/bureau-pulls"),
    "run_bureau_pulls": ("POST", "/bureau-pulls/run"),
    "list_bureau_costs": ("GET", "/bureau-costs"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_every_operation_answers_a_call_that_fits(company, as_manager):
    ids = {**keep_credit_data(company, today=TODAY, at=AT)}
    ids["customer_id"] = add_customer(company, "1001").pk
    told = {
        name: send(as_manager, name, *PATHS[name], ids, TODAY).status_code
        for name in CREDIT_DATA_OPERATIONS
    }
    made = {name for name, status in told.items() if status == 201}
    assert {name: status for name, status in told.items() if status not in {200, 201}} == {}
    assert made == {
        "new_credit_point", "new_financial_statement", "new_bureau_pull", "new_bureau_consent",
        "new_bureau_report", "new_bureau", "upload_financial_statements", "upload_bureau_reports",
    }  # fmt: skip


def test_the_file_holds_what_was_told(company, as_manager, as_collector):
    ids = keep_credit_data(company, today=TODAY, at=AT)
    address = f"/customers/{ids['bureau_customer_id']}"
    file = as_collector.get(f"{address}/credit-file").json()
    facts = {fact["name"]: fact["value"] for fact in file["facts"]}
    assert (file["customer_number"], file["currency"], file["as_of"]) == (
        "BUREAU",
        "EUR",
        "2026-03-05",
    )
    assert (facts["bureau_pd_ppm"], facts["fs_revenue_minor"], facts["point_references_good"]) == (
        15_000,
        1_000_00,
        True,
    )
    assert file["bureaus"]["reports"][0]["score"] == 600
    told = [point for point in file["points"] if point["value"] is not None]
    assert [(point["name"], point["source"], point["age_days"]) for point in told] == [
        ("references_good", "call", 0)
    ]
    figures = file["statements"][0]["cells"]
    assert {"line": "revenue", "amount_minor": 1_000_00, "currency": "EUR", "is_derived": False,
            "place": "", "change_ppm": None} in figures  # fmt: skip
    assert as_collector.get("/customers/99999/credit-file").status_code == 404


def test_files_are_read_and_say_what_was_left_over(company, as_manager):
    ids = keep_credit_data(company, today=TODAY, at=AT)
    address = f"/customers/{ids['bureau_customer_id']}/financial-statement-files"
    sheet = SHEET + b"Goodwill;1\n"
    read = as_manager.upload(f"{address}?currency=USD", [("s.csv", sheet)])
    assert (read.status_code, read.json()["unread"]) == (201, ["s.csv, row 4: Goodwill"])
    broken = as_manager.upload(address, [("s.csv", b"nothing")])
    assert (broken.status_code, "no line of a financial statement" in broken.json()["detail"]) == (
        422,
        True,
    )
    both = as_manager.upload(address, [("a.csv", SHEET), ("b.csv", SHEET)])
    assert both.json() == {"detail": "Send one file; 2 were sent."}
    reports = as_manager.upload(f"/bureaus/{ids['bureau_id']}/report-files", [("f.csv", FEED)])
    assert reports.json() == {"added": 1, "unmatched": []}


def test_the_same_key_asks_once_and_a_young_report_is_used_again(company, as_manager):
    ids = keep_credit_data(company, today=TODAY, at=AT)
    known = as_manager.post(
        f"/customers/{ids['bureau_customer_id']}/bureau-pulls", {"purpose": "review"}
    ).json()
    assert (known["pull_id"], known["report_id"] is not None) == (None, True)
    new = f"/customers/{add_customer(company, '1001').pk}/bureau-pulls"
    one, two = (as_manager.post(new, {"purpose": "review"}, key="same") for _ in range(2))
    assert one.json() == two.json()
    person = add_customer(company, "P1", party="person")
    refused = as_manager.post(f"/customers/{person.pk}/bureau-pulls", {"purpose": "review"})
    assert (refused.status_code, refused.json()["detail"][:25]) == (
        422,
        "P1 is a natural person, o",
    )
    costs = as_manager.get("/bureau-costs").json()
    assert [(row["month"], row["pulls"], row["cost_minor"], row["currency"]) for row in costs] == [
        ("2026-03-01", 1, 12_50, "EUR")
    ]
    listed = as_manager.get(
        "/bureau-pulls?only_costed=true&from_on=2026-03-01&until_on=2026-03-31"
    ).json()["rows"]
    assert sum(row["cost_minor"] for row in listed) == 12_50


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Bad", "value": 1, "source": "x", "on": "2026-03-05"}, 422),
        ({"name": "tea", "value": 1.5, "source": "x", "on": "2026-03-05"}, 422),
        ({"name": "tea", "value": None, "source": "x", "on": "2026-03-05"}, 201),
        ({"name": "tea", "value": True, "source": "x", "on": "2026-03-05"}, 201),
        ({"name": "tea", "value": "green", "source": "x", "on": "2026-03-06"}, 422),
    ],
)
def test_a_point_is_a_number_a_text_or_a_yes(company, as_manager, body, status):
    address = f"/customers/{add_customer(company, '1001').pk}/credit-points"
    assert as_manager.post(address, body).status_code == status
