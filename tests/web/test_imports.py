import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import Customer, Event, ImportBatch, ImportProfile, Item, OpenItem
from tests.actions.ledger_rows import payment
from tests.conftest import AT, TODAY, add_user

IMPORTS = "/imports/"
CLEAN = """\
Invoice No;Customer;Customer Name;Invoice Date;Due Date;Amount;Open;Currency
R-1001;K900;Alpha Werke GmbH;03.02.2026;05.03.2026;1.234,50;1.234,50;EUR
R-1002;K900;Alpha Werke GmbH;13.02.2026;15.03.2026;500,00;500,00;EUR
R-1004;K902;Gamma SA;31.02.2026;22.03.2026;77,00;77,00;EUR
R-1006;K903;Delta;28.02.2026;30.03.2026;10,00;10,00;CHF
"""
OPEN_LIST = "".join(CLEAN.splitlines(keepends=True)[:3])
UNCLEAR = """\
Invoice,Customer,Posted,Due,Total
A-1,C1,03/04/2025,05/06/2025,100.00
A-2,C1,04/05/2025,06/07/2025,250.00
"""


def upload(client, *texts, name="ledger.csv"):
    files = [
        SimpleUploadedFile(
            name if n == 0 else f"{n}-{name}", text if isinstance(text, bytes) else text.encode()
        )
        for n, text in enumerate(texts)
    ]
    return client.post(IMPORTS, {"files": files})


def only_batch():
    return ImportBatch.objects.latest("pk")


def test_from_upload_to_result(come_in, clerk):
    client = come_in(clerk)

    answer = upload(client, CLEAN)
    batch = only_batch()
    address = f"{IMPORTS}{batch.pk}/"
    assert answer["Location"] == address
    page = client.get(address).text
    assert "What we saw" in page and "encoding: utf-8" in page and "delimiter: semicolon" in page
    assert '<option value="issued" selected>Issue date</option>' in page
    assert "R-1001" in page and "€1,234.50" in page and "Feb 3, 2026" in page
    assert "ties out" in page and "does not tie" not in page
    assert "Impossible date" in page
    assert Item.objects.count() == 0

    assert client.post(f"{address}confirm/")["Location"] == address
    result = client.get(address).text
    assert "Imported" in result and "To the worklist" in result and "does not tie" not in result
    assert "<dt>Items refused</dt><dd>1</dd>" in result
    assert sorted(Item.objects.values_list("number", flat=True)) == ["R-1001", "R-1002", "R-1006"]
    assert Event.objects.filter(verb="ledger.imported").count() == 1


def test_what_the_files_say_is_open_is_tied_out_with_what_is_open_here(come_in, clerk, company):
    client = come_in(clerk)
    upload(client, CLEAN)
    client.post(f"{IMPORTS}{only_batch().pk}/confirm/")
    result = client.get(f"{IMPORTS}{only_batch().pk}/").text
    tie = result.split('id="h-tie"')[1].split("</section>")[0]
    assert "€1,734.50" in tie and tie.count("ties out") == 2 and "code=open_differs" not in tie
    money = payment(Customer.objects.get(number="K900"), "BANK1", 500_00)
    apply_payment(
        actor=system(company), payment=money,
        amounts={Item.objects.get(number="R-1002"): 500_00}, as_of=TODAY, at=AT,
    )  # fmt: skip

    upload(client, CLEAN + "R-1007;K903;Delta;28.02.2026;30.03.2026;10,00;10,00;CHF\n")
    client.post(f"{IMPORTS}{only_batch().pk}/confirm/")

    address = f"{IMPORTS}{only_batch().pk}/"
    tie = client.get(address).text.split('id="h-tie"')[1].split("</section>")[0]
    assert "€1,734.50" in tie and "€1,234.50" in tie and tie.count("ties out") == 1
    rows = f"{address}findings/?code=open_differs&amp;action=kept"
    assert rows in tie
    assert "R-1002" in client.get(rows.replace("&amp;", "&")).text


def test_a_list_of_all_that_is_open_says_first_what_it_would_settle(come_in, clerk):
    client = come_in(clerk)
    upload(client, OPEN_LIST)
    client.post(f"{IMPORTS}{only_batch().pk}/confirm/")
    upload(client, OPEN_LIST.replace("R-1002", "R-1009"))
    address = f"{IMPORTS}{only_batch().pk}/"
    assert "would count as settled" not in client.get(address).text

    client.post(f"{address}mapping/", {"default_currency": "", "lists_all_open": "1"})

    page = client.get(address).text
    assert 'name="lists_all_open" value="1" checked' in page
    assert "1 item that is open here is not listed and would count as settled today." in page
    rows = client.get(f"{address}findings/?code=unlisted&action=changed").text
    assert "R-1002" in rows
    assert Item.objects.count() == 2
    client.post(f"{address}confirm/")
    assert "<dt>Settled as no longer listed</dt><dd>1</dd>" in client.get(address).text
    still = OpenItem.objects.order_by("item__number").values_list("item__number", flat=True)
    assert list(still) == ["R-1001", "R-1009"]

    # without the tick the box is no longer set
    upload(client, OPEN_LIST.replace("R-1002", "R-1011"))
    address = f"{IMPORTS}{only_batch().pk}/"
    client.post(f"{address}mapping/", {"default_currency": "", "lists_all_open": "1"})
    client.post(f"{address}mapping/", {"default_currency": ""})
    assert "would count as settled" not in client.get(address).text


def test_a_browser_offers_every_kind_of_file_that_is_read(come_in, clerk):
    page = come_in(clerk).get(IMPORTS).text
    kinds = page.split('accept="')[1].split('"')[0].split(",")
    assert {".csv", ".txt", ".xlsx", ".parquet", ".sql", ".xml"} <= set(kinds)


def test_the_same_file_twice_changes_nothing(come_in, clerk):
    client = come_in(clerk)
    for _ in range(2):
        upload(client, CLEAN)
        client.post(f"{IMPORTS}{only_batch().pk}/confirm/")
    assert Item.objects.count() == 3
    assert "These files were imported before" in client.get(f"{IMPORTS}{only_batch().pk}/").text


def test_an_open_question_stops_the_import_until_it_is_answered(come_in, clerk):
    client = come_in(clerk)
    upload(client, UNCLEAR)
    address = f"{IMPORTS}{only_batch().pk}/"
    page = client.get(address).text
    assert "which comes first: day or month?" in page
    assert "Apr 3, 2025" in page and "Mar 4, 2025" in page
    assert "Import now" not in page
    refused = client.post(f"{address}confirm/", {"keep_unknown": "1"})
    assert refused.status_code == 422 and "Answer the open questions" in refused.text

    client.post(f"{address}mapping/", {"date_order-0": "dmy", "default_currency": "EUR"})
    page = client.get(address).text
    assert "Import now" in page and "Apr 3, 2025" in page and "€100.00" in page
    client.post(f"{address}confirm/")
    assert [
        str(day) for day in Item.objects.order_by("number").values_list("issued_on", flat=True)
    ] == [
        "2025-04-03",
        "2025-05-04",
    ]


def test_rows_without_a_currency_need_a_word(come_in, clerk):
    client = come_in(clerk)
    upload(
        client,
        UNCLEAR.replace("03/04/2025", "2025-04-03")
        .replace("04/05/2025", "2025-05-04")
        .replace("05/06", "25/06")
        .replace("06/07", "26/07"),
    )
    address = f"{IMPORTS}{only_batch().pk}/"
    assert "2 rows name no currency" in client.get(address).text
    refused = client.post(f"{address}confirm/")
    assert refused.status_code == 422 and "Choose the currency they are in" in refused.text
    client.post(f"{address}confirm/", {"keep_unknown": "1"})
    assert set(Item.objects.values_list("currency", flat=True)) == {"XXX"}


def test_a_column_is_mapped_by_hand_and_the_mapping_is_kept_and_used_again(come_in, clerk):
    odd = CLEAN.replace("Amount;Open;", "Foo;Bar;").replace("31.02", "28.02")
    client = come_in(clerk)
    upload(client, odd)
    address = f"{IMPORTS}{only_batch().pk}/"
    assert "Say above what the table holds" in client.get(address).text
    client.post(f"{address}mapping/", {"role-0": "items"})
    assert "Amount or Open amount or Debit or Credit" in client.get(address).text

    client.post(f"{address}mapping/", {"field-0-5": "amount", "field-0-6": "open_amount"})
    assert "€1,234.50" in client.get(address).text
    client.post(f"{address}profile/", {"name": "Old system"})
    assert ImportProfile.objects.get().name == "Old system"

    upload(client, odd.replace("R-10", "S-10"))
    address = f"{IMPORTS}{only_batch().pk}/"
    assert "read with the profile Old system before" in client.get(address).text
    client.post(f"{address}mapping/", {"profile": str(ImportProfile.objects.get().pk)})
    client.post(f"{address}confirm/")
    assert Item.objects.filter(number__startswith="S-").count() == 4


def test_a_table_gets_another_role(come_in, clerk):
    client = come_in(clerk)
    upload(client, CLEAN)
    address = f"{IMPORTS}{only_batch().pk}/"
    client.post(f"{address}mapping/", {"role-0": "customers"})
    batch = only_batch()
    assert batch.detected[0]["role"] == "customers"
    fields = {match["column"]: match["field"] for match in batch.detected[0]["columns"]}
    assert (fields["Customer"], fields["Customer Name"]) == ("customer_number", "customer_name")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 nothing", "is a PDF document, not a table"),
        (b"\x00\x01\x02\x03" * 200, "ledger.csv"),
        (b"PK\x03\x04 not a workbook", "ledger.csv"),
        (b"<html><body>no</body></html>", "is a web page or XML"),
    ],
)
def test_an_unreadable_file_is_refused_with_what_to_do(come_in, clerk, data, words):
    client = come_in(clerk)
    upload(client, data)
    page = client.get(f"{IMPORTS}{only_batch().pk}/").text
    assert only_batch().status == "refused"
    assert words in page and "Nothing was imported" in page


def test_an_empty_or_missing_file_is_refused_at_the_form(come_in, clerk):
    client = come_in(clerk)
    empty = upload(client, b"")
    assert empty.status_code == 422 and "is empty" in empty.text
    missing = client.post(IMPORTS, {})
    assert missing.status_code == 422 and "No file was sent" in missing.text
    assert ImportBatch.objects.count() == 0


def test_files_beyond_the_limit_are_stopped_while_they_come_in(come_in, clerk, settings):
    settings.IMPORT_LIMIT_BYTES = 100_000
    client = come_in(clerk)
    page = upload(client, b"a;b\n" * 20_000, b"c;d\n" * 20_000)
    assert page.status_code == 422 and "so reading stopped" in page.text
    assert ImportBatch.objects.count() == 0


def test_a_name_is_only_a_name(come_in, clerk):
    client = come_in(clerk)
    upload(client, CLEAN, name="../../etc/passwd<b>.csv")
    page = client.get(f"{IMPORTS}{only_batch().pk}/").text
    assert "/etc/" not in only_batch().files[0]["name"] and "<b>.csv" not in page


def test_findings_are_listed_row_by_row_and_exported(come_in, clerk):
    client = come_in(clerk)
    upload(client, CLEAN)
    address = f"{IMPORTS}{only_batch().pk}/"
    page = client.get(f"{address}findings/?code=impossible_date").text
    assert "<code>31.02.2026</code>" in page and "does not exist in the calendar" in page
    lines = (
        client.get(f"{address}findings.csv?code=impossible_date")
        .content.decode("utf-8-sig")
        .splitlines()
    )
    assert lines[0] == "File,Row,Column,Value,Finding,Reason,What happened"
    assert lines[1].startswith("ledger.csv,4,Invoice Date,31.02.2026,impossible_date,")
    assert client.get(f"{address}findings/?cursor=x&action=y&code=%00").status_code == 200


def test_files_are_dropped_before_they_are_confirmed(come_in, clerk):
    client = come_in(clerk)
    upload(client, CLEAN)
    client.post(f"{IMPORTS}{only_batch().pk}/drop/")
    assert only_batch().status == "refused" and Item.objects.count() == 0


def test_progress_is_a_bar_until_there_is_more_to_see(come_in, clerk):
    client = come_in(clerk)
    upload(client, CLEAN)
    batch = only_batch()
    done = client.get(f"{IMPORTS}{batch.pk}/progress/")
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")


def test_without_the_right_nothing_is_taken_in(come_in, reader, company):
    client = come_in(reader)
    assert "Look at the files" not in client.get(IMPORTS).text
    refused = upload(client, CLEAN)
    assert refused.status_code == 403 and "items.import" in refused.text
    assert ImportBatch.objects.count() == 0


def test_an_upload_without_the_form_s_token_is_refused(company, clerk):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    assert upload(client, CLEAN).status_code == 403
    assert ImportBatch.objects.count() == 0


def test_another_company_s_import_is_not_found(come_in, clerk, rival):
    upload(come_in(clerk), CLEAN)
    address = f"{IMPORTS}{only_batch().pk}/"
    client = come_in(rival)
    for path in ("", "progress/", "findings/", "findings.csv"):
        assert client.get(f"{address}{path}").status_code == 404
    for path in ("mapping/", "confirm/", "drop/", "profile/"):
        assert client.post(f"{address}{path}").status_code == 404
    assert "ledger.csv" not in client.get(IMPORTS).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(
    come_in, clerk, company, count, django_assert_num_queries
):
    client = come_in(clerk)
    for number in range(count):
        upload(client, CLEAN.replace("R-10", f"R-{number}"))
    client = come_in(add_user(company, "other", "clerk"))
    client.get(IMPORTS)
    with django_assert_num_queries(5):
        client.get(IMPORTS)
