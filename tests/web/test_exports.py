import io
import re
from html import unescape
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import dunwell
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import add_customer

TEMPLATES = Path(dunwell.__file__).parent / "templates"


def lines(answer):
    return answer.content.decode("utf-8-sig").splitlines()


def test_items_are_exported_under_the_same_filter(come_in, reader, company, customer):
    invoice(customer, "R1", 1_234_50)
    invoice(customer, "R2", 10, currency="JPY")
    client = come_in(reader)

    answer = client.get("/items/export.csv?currency=EUR")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="items-2026-03-05.csv"'
    head, row = lines(answer)
    assert head.startswith("Item,Kind,Customer number,Customer,Issued,Due,")
    assert row == (
        "R1,Invoice,K1,Acme,2026-02-23,2026-03-25,-20,EUR,1234.50,1234.50,0.00,0.00,,2026-03-05"
    )


def test_text_that_a_spreadsheet_would_run_is_made_inert(come_in, reader, company):
    invoice(add_customer(company, "K7", '=HYPERLINK("http://x","y")'), "@R1", 10_00)
    client = come_in(reader)

    row = lines(client.get("/items/export.csv"))[1]
    assert row.startswith("'@R1,") and "\"'=HYPERLINK(" in row


def test_a_past_day_is_exported_as_it_was(come_in, reader, customer):
    invoice(customer, "R1", 10_00)
    answer = come_in(reader).get("/items/export.csv?as_of=2026-03-04")
    assert lines(answer)[1].endswith(",2026-03-04")


def test_a_sheet_holds_the_rows_with_their_types(come_in, reader, customer):
    payment(customer, "P1", 99_50)
    answer = come_in(reader).get("/payments/export.xlsx?scope=all")
    head, row = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert head[0] == "Payment"
    assert (row[0], row[2], row[6], row[7], row[8]) == ("P1", "K1", "EUR", 99.5, 99.5)


def test_other_kinds_and_other_companies_get_nothing(come_in, reader, rival, customer):
    invoice(customer, "R1", 10_00)
    assert come_in(reader).get("/items/export.exe").status_code == 404
    assert len(lines(come_in(rival).get("/items/export.csv?scope=all"))) == 1


@pytest.mark.parametrize(
    "page",
    [
        "/items/?scope=all", "/initiatives/", "/invoices/", "/anomalies/", "/charges/",
        "/privacy/", "/privacy/log/", "/my-day/", "/planning/cash/",
    ],
)  # fmt: skip
def test_every_parquet_entry_of_an_export_menu_answers(come_in, admin, customer, page):
    invoice(customer, "R1", 10_00)
    client = come_in(admin)
    shown = client.get(page).content.decode()
    links = re.findall(r'href="([^"]*[./]parquet[^"]*)" download', shown)
    assert len(links) == len(re.findall(r'href="[^"]*[./]csv[^"]*" download', shown)) > 0
    for link in links:
        answer = client.get(unescape(link))
        assert (answer.status_code, answer.content[:4]) == (200, b"PAR1"), link


FORMS_AND_PAPERS = {
    "journal-export": "a file that an accounting program takes in",
    "portal-items-file": "a debtor's own list",
    "portal-receipts-file": "a debtor's own list",
    "portal-reconciliation-file": "a debtor's own list",
}
"""What is handed out as CSV and not as Parquet, and why; empty forms to fill in besides."""


def test_every_list_that_is_handed_out_as_csv_is_handed_out_as_parquet():
    def offered(text, kind):
        return set(re.findall(rf"{{% url '([a-z-]+)'[^%]*'{kind}' %}}", text))

    missing = {
        (page.name, name)
        for page in TEMPLATES.rglob("*.html")
        if not page.name.endswith("_upload.html")
        for text in [page.read_text(encoding="utf-8")]
        for name in offered(text, "csv") - offered(text, "parquet")
        if not name.endswith("-template") and name not in FORMS_AND_PAPERS
    }
    assert missing == set()
    assert len(list(TEMPLATES.rglob("*.html"))) > 300
