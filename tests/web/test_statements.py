"""Statements of account on pages: preview, issue, files, many at once, who may and who may not."""

import csv
import json
import zipfile
from datetime import date
from io import BytesIO

import pytest
from django.utils import translation

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import AccountStatement
from dunwell.queries.statement_spans import span_days
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.web.test_exports import lines

QUERIES_OF_THE_LIST = 6
QUERIES_OF_THE_PREVIEW = 13
SPAN = "span=days&from=2026-02-01&to=2026-03-05"
DAYS = {"span": "days", "from": "2026-02-01", "to": "2026-03-05"}


def table(answer):
    """The rows of a CSV by their heads."""
    return list(csv.DictReader(lines(answer)))


@pytest.fixture
def account(customer):
    """An invoice of February, and a payment of March that is put on it in part."""
    item = invoice(customer, "R1", 50_00, reference="PO 7")
    paid = payment(customer, "P1", 30_00)
    apply_payment(
        actor=system(customer.company), payment=paid, amounts={item: 20_00}, as_of=TODAY, at=AT
    )
    return customer


@pytest.fixture
def issued(account, come_in, clerk):
    """The statement of that account, issued by the clerk on its page."""
    come_in(clerk).post(f"/customers/{account.pk}/statement/", {**DAYS, "language": "en"})
    return AccountStatement.objects.get()


def test_the_customer_page_leads_to_the_preview_with_a_running_balance(come_in, reader, account):
    client = come_in(reader)
    page = client.get(f"/customers/{account.pk}/statement/?{SPAN}").text

    assert (
        f'href="/customers/{account.pk}/statement/"'
        in client.get(f"/customers/{account.pk}/").text
    )
    for text in (
        "Preview of Feb 1, 2026 to Mar 5, 2026, as recorded by Mar 5, 2026.",
        "€50.00",
        "-€30.00",
        "€20.00",
        f'href="/items/{account.items.get().pk}/"',
        f'href="/payments/{account.payments.get().pk}/"',
        "Unapplied cash",
    ):
        assert text in page
    # who may not issue sees no button and a forced one is refused
    assert "Issue statement" not in page
    assert client.post(f"/customers/{account.pk}/statement/", DAYS).status_code == 403
    assert not AccountStatement.objects.exists()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("span=days", "Choose the first and the last day of the span."),
        ("span=days&from=x&to=2026-03-01", "Choose the first and the last day of the span."),
        (
            "span=days&from=2026-03-02&to=2026-03-01",
            "The span ends on 2026-03-01, before it begins",
        ),
        ("span=days&from=2026-03-02&to=2027-03-01", "only what was recorded by 2026-03-05"),
    ],
)
def test_a_wrong_span_is_said_and_nothing_is_previewed(come_in, clerk, account, query, said):
    answer = come_in(clerk).get(f"/customers/{account.pk}/statement/?{query}")

    assert answer.status_code == 422 and said in answer.text and "Preview of" not in answer.text


def test_an_unknown_span_is_last_month(come_in, clerk, account):
    page = come_in(clerk).get(f"/customers/{account.pk}/statement/?span=nonsense").text

    assert "Preview of Feb 1, 2026 to Feb 28, 2026" in page


@pytest.mark.parametrize(
    ("span", "days"),
    [
        ("last_month", (date(2026, 2, 1), date(2026, 2, 28))),
        ("this_month", (date(2026, 3, 1), date(2026, 3, 5))),
        ("last_quarter", (date(2025, 10, 1), date(2025, 12, 31))),
        ("this_year", (date(2026, 1, 1), date(2026, 3, 5))),
        ("last_year", (date(2025, 1, 1), date(2025, 12, 31))),
        ("since_last", (date(2026, 2, 11), date(2026, 3, 5))),
    ],
)
def test_the_named_spans(span, days):
    assert span_days(span, today=TODAY, last_to_on=date(2026, 2, 10)) == days
    assert span_days("since_last", today=TODAY) == (date(2026, 1, 1), TODAY)
    assert span_days("since_last", today=TODAY, last_to_on=TODAY) == (date(2026, 1, 1), TODAY)


def test_a_statement_is_issued_shown_as_proved_and_found_in_the_list(come_in, clerk, issued):
    client = come_in(clerk)
    page = client.get(f"/statements/{issued.pk}/").text
    listed = client.get("/statements/?q=ST-000001").text
    again = client.get(f"/customers/{issued.customer_id}/statement/?{SPAN}").text

    assert "proved from the ledger" in page and issued.sha256 in page
    assert f'href="/statements/{issued.pk}/"' in listed and "€20.00" in listed
    assert "ST-000001" in again and "Since the last statement" in again
    assert "Nothing matches the filter" in client.get("/statements/?q=nothing&cursor=x").text


def test_the_files_say_what_the_page_says(come_in, clerk, issued):
    client = come_in(clerk)
    got = {
        kind: client.get(f"/statements/{issued.pk}/file.{kind}")
        for kind in ("pdf", "csv", "xlsx", "json")
    }
    facts = json.loads(got["json"].content)

    assert [answer["Content-Type"].split(";")[0] for answer in got.values()] == [
        "application/pdf",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/json",
    ]
    assert (
        got["pdf"]["Content-Disposition"] == 'attachment; filename="ST-000001-K1-2026-03-05.pdf"'
    )
    assert got["pdf"].content.startswith(b"%PDF-")
    assert got["pdf"].content == client.get(f"/statements/{issued.pk}/file.pdf").content
    assert [line["number"] for line in facts["accounts"][0]["lines"]] == ["R1", "P1"]
    rows = table(got["csv"])
    assert [(row["Section"], row["Amount"], row["Balance"]) for row in rows[:4]] == [
        ("Opening balance", "", "0.00"),
        ("Account activity", "50.00", "50.00"),
        ("Account activity", "-30.00", "20.00"),
        ("Closing balance", "", "20.00"),
    ]
    assert client.get(f"/statements/{issued.pk}/file.docx").status_code == 404


def test_a_statement_the_ledger_does_not_reproduce_hands_out_no_file(come_in, clerk, issued):
    issued.pk, issued.number, issued.sha256 = None, "ST-000002", "0" * 64
    issued.save()
    client = come_in(clerk)

    assert "not reproduced" in client.get(f"/statements/{issued.pk}/").text
    answer = client.get(f"/statements/{issued.pk}/file.pdf")
    assert answer.status_code == 409 and "no longer reproduces statement ST-000002" in answer.text


def test_a_preview_is_a_file_without_number(come_in, reader, account):
    client = come_in(reader)
    address = f"/customers/{account.pk}/statement/preview.csv?{SPAN}&language=de"
    answer = client.get(address)

    assert answer["Content-Disposition"] == 'attachment; filename="preview-K1-2026-03-05.csv"'
    assert "Anfangssaldo" in answer.text and "50,00" in answer.text
    assert (
        client.get(f"/customers/{account.pk}/statement/preview.csv?span=days").status_code == 422
    )
    assert not AccountStatement.objects.exists()


def test_many_are_made_in_one_zip_with_an_index(come_in, clerk, company, account):
    other = add_customer(company, "K2", "Globex", language="de")
    invoice(other, "R2", 5_000, currency="JPY")
    add_customer(company, "K3", "Idle")
    client = come_in(clerk)
    begun = client.post("/statements/run/", {**DAYS, "scope": "balance", "kinds": ["pdf", "json"]})
    page = client.get(begun["Location"]).text
    answer = client.get(f"{begun['Location']}statements.zip")
    archive = zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))

    assert "2 statements are in the ZIP" in page
    assert sorted(archive.namelist()) == [
        "ST-000001-K1-2026-03-05.json",
        "ST-000001-K1-2026-03-05.pdf",
        "ST-000002-K2-2026-03-05.json",
        "ST-000002-K2-2026-03-05.pdf",
        "index.csv",
    ]
    index = archive.read("index.csv").decode("utf-8-sig").splitlines()
    assert [line.rpartition(",")[0] for line in index[1:]] == [
        "ST-000001,K1,Acme,EUR,0.00,20.00,20.00,en",
        "ST-000002,K2,Globex,JPY,0,5000,5000,de",
    ]
    assert client.get(f"{begun['Location']}progress/").status_code == 204
    # the same run again issues nothing new
    client.post("/statements/run/", {**DAYS, "scope": "balance", "kinds": ["pdf", "json"]})
    assert AccountStatement.objects.count() == 2
    assert "Customers with something open now" in client.get("/statements/").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinds": []}, "Choose at least one kind of file"),
        ({"scope": "nonsense"}, "There is no choice nonsense"),
        ({"segment": "none"}, "No customer fits this choice."),
        ({"from": "x"}, "Choose the first and the last day of the span."),
    ],
)
def test_a_wrong_choice_for_many_is_refused_with_the_reason(
    come_in, clerk, account, changes, said
):
    form = {**DAYS, "scope": "balance", "kinds": ["pdf"], **changes}
    answer = come_in(clerk).post("/statements/run/", form)

    assert answer.status_code == 422 and said in answer.text


def test_only_who_may_makes_many(come_in, reader, account):
    client = come_in(reader)

    assert "For many customers" not in client.get("/statements/").text
    assert client.post("/statements/run/", DAYS).status_code == 403


def test_the_issued_ones_are_exported_with_a_row_per_currency(come_in, reader, issued):
    [row] = table(come_in(reader).get("/statements/export.csv"))

    assert (row["Statement"], row["Opening"], row["Closing"]) == ("ST-000001", "0.00", "20.00")


def test_another_company_s_statements_are_not_there(come_in, rival, issued):
    client = come_in(rival)

    assert [
        client.get(address).status_code
        for address in (
            f"/statements/{issued.pk}/",
            f"/statements/{issued.pk}/file.pdf",
            f"/customers/{issued.customer_id}/statement/",
            f"/customers/{issued.customer_id}/statement/preview.pdf",
            "/statements/runs/0123456789abcdef/",
            "/statements/runs/..%2Fx/statements.zip",
        )
    ] == [404] * 6
    assert "ST-000001" not in client.get("/statements/").text


def test_pages_take_as_many_queries_for_three_as_for_one(
    come_in, clerk, company, account, django_assert_num_queries
):
    client = come_in(clerk)
    client.get("/statements/")

    def make(customer):
        client.post(f"/customers/{customer.pk}/statement/", DAYS)

    make(account)
    for n in range(2):
        with django_assert_num_queries(QUERIES_OF_THE_LIST):
            client.get("/statements/")
        with django_assert_num_queries(QUERIES_OF_THE_PREVIEW):
            client.get(f"/customers/{account.pk}/statement/?{SPAN}")
        for number in (1, 2):
            other = add_customer(company, f"N{n}{number}")
            invoice(other, f"X{n}{number}", 9_00)
            invoice(account, f"Y{n}{number}", 9_00)
            make(other)


def test_a_german_reader_sees_german_figures(come_in, clerk, account):
    clerk.language = "de"
    clerk.save()
    page = come_in(clerk).get(f"/customers/{account.pk}/statement/?{SPAN}").text
    translation.deactivate()

    assert "50,00\N{NO-BREAK SPACE}€" in page and "05.03.2026" in page
