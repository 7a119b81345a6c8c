"""Bank pages: files in, how far accounts reach, statements that sum, entries and advices decided."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.models import BankAccount, BankEntry, BankFile, BankStatement, Payment, Remittance
from tests.actions.bank_rows import MONDAY, days, line, read, sta
from tests.actions.test_remittances import ADVICE
from tests.web.test_exports import lines

HTMX = {"HX-Request": "true"}
TUESDAY = MONDAY + timedelta(days=1)


def upload(client, *files, address="/bank/", field="files"):
    parts = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post(address, {field: parts if field == "files" else parts[0]})


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


def test_nothing_yet_says_what_to_do(come_in, clerk):
    client = come_in(clerk)
    assert "No account is known yet" in text_of(client, "/bank/")
    assert "No bank file was received yet" in text_of(client, "/bank/files/")
    assert "No entry waits for a person." in text_of(client, "/bank/entries/")
    assert "Every advice has its payment." in text_of(client, "/bank/remittances/")


def test_from_upload_to_the_statement_that_ties(come_in, clerk, company):
    client = come_in(clerk)
    data = sta(1, 100_00, line(250_50, "Acme", "INV-1", ref="B1"), line(-5_00, "Grocer", "rent"))
    answer = upload(client, ("monday.sta", data))
    file = BankFile.objects.get()

    assert answer["Location"] == f"/bank/files/{file.pk}/"
    page = text_of(client, f"/bank/files/{file.pk}/")
    assert "New payments" in page and "mt940" in page and "monday.sta" in page
    feeds = text_of(client, "/bank/")
    assert "Mar 2, 2026" in feeds and "ties out" in feeds and "€345.50" in feeds
    statement = text_of(client, f"/bank/statements/{BankStatement.objects.get().pk}/")
    for shown in ("€100.00", "€250.50", "-€5.00", "€245.50", "€345.50", "ties out"):
        assert shown in statement, shown
    assert f'href="/payments/{Payment.objects.get().pk}/"' in statement
    # the same file again is the same file
    assert upload(client, ("again.sta", data))["Location"] == f"/bank/files/{file.pk}/"
    assert BankFile.objects.count() == 1


def test_several_files_are_listed_and_a_refused_one_says_why(come_in, clerk, company):
    client = come_in(clerk)
    answer = upload(client, ("a.sta", days(1)[0]), ("b.sta", b":20:X\n:25:1\nnothing\n"))
    assert answer["Location"] == "/bank/files/?of=2"
    page = text_of(client, "/bank/files/?of=2")
    assert "a.sta" in page and "b.sta: " in page and "Refused" in page
    refused = text_of(client, f"/bank/files/{BankFile.objects.get(name='b.sta').pk}/")
    assert "Nothing of it was recorded." in refused


def test_a_file_without_a_currency_is_read_again_with_it(come_in, clerk, company):
    client = come_in(clerk)
    upload(client, ("x.qif", b"!Type:Bank\nD03/13/2026\nT12.50\nPAcme\nMINV-1\n^\n"))
    file = BankFile.objects.get()
    assert "tells no currency" in text_of(client, f"/bank/files/{file.pk}/")
    client.post(f"/bank/files/{file.pk}/read/", {"currency": "usd"})
    assert BankEntry.objects.get().currency == "USD"


def test_a_file_that_waits_shows_progress_and_is_taken_up_again(
    come_in, clerk, company, monkeypatch
):
    monkeypatch.setattr("dunwell.web.bank.begin", lambda work, *, key: False)
    monkeypatch.setattr("dunwell.web.bank.AT_ONCE_BYTES", -1)
    client = come_in(clerk)
    upload(client, ("a.sta", days(1)[0]), ("b.sta", days(2)[1]))
    assert 'role="progressbar"' in text_of(client, "/bank/files/?of=2")
    assert "2 files are being read" in text_of(client, "/bank/progress/?of=2")
    monkeypatch.undo()
    done = client.get("/bank/progress/?of=2")
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    assert BankFile.objects.filter(status="read").count() == 2


def test_a_gap_is_red_blocks_and_is_explained_by_an_admin(come_in, admin, company):
    chain = days(3)
    read(company, chain[0])
    read(company, chain[2])
    client = come_in(admin)
    page = text_of(client, "/bank/")
    assert "1 statement leaves a gap or does not add up" in page and "€10.00 missing" in page
    account, statement = BankAccount.objects.get(), BankStatement.objects.latest("pk")
    shown = text_of(client, f"/bank/accounts/{account.pk}/")
    assert "a statement is missing between them" in shown
    address = f"/bank/statements/{statement.pk}/explain/?code=statement_gap"
    assert "Reminders go on as if nothing were missing" in client.get(address, headers=HTMX).text
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "lost by the bank"})
    assert "Explained by ada: lost by the bank" in text_of(
        client, f"/bank/statements/{statement.pk}/"
    )
    assert "leaves a gap" not in text_of(client, "/bank/")


def test_an_account_gets_a_name_and_is_put_out_of_use(come_in, admin, company):
    read(company, days(1)[0])
    client, account = come_in(admin), BankAccount.objects.get()
    address = f"/bank/accounts/{account.pk}/change/"
    assert client.post(address, {"name": ""}).status_code == 422
    names = {"bic": "COBADEFFXXX", "creditor_id": "DE98ZZZ09999999999"}
    client.post(address, {"name": "Old bank", **names})
    account.refresh_from_db()
    assert (account.name, account.is_active) == ("Old bank", False)
    shown = text_of(client, f"/bank/accounts/{account.pk}/")
    assert "BIC COBADEFFXXX" in shown and "Creditor identifier DE98ZZZ09999999999" in shown
    assert "not in use" in text_of(client, "/bank/")


def test_an_entry_is_decided_in_a_dialog(come_in, clerk, company):
    read(company, sta(1, 0, line(50_00, "Acme", "a"), line(50_00, "Beta", "b")))
    read(company, sta(2, 100_00, line(-50_00, "Beta", "b", on=TUESDAY), on=TUESDAY))
    entry = BankEntry.objects.get(amount_minor=-50_00)
    client = come_in(clerk)
    assert "-€50.00" in text_of(client, "/bank/entries/?treatment=other")
    address = f"/bank/entries/{entry.pk}/decide/"
    form = client.get(address, headers=HTMX).text
    assert "<html" not in form and "A payment came back" in form and "Acme" in form
    wrong = client.post(address, {"treatment": "return", "payment": ""})
    assert wrong.status_code == 422 and "Name the payment that came back." in wrong.text
    payment = Payment.objects.get(payer="Beta")
    done = client.post(address, {"treatment": "return", "payment": str(payment.pk)}, headers=HTMX)
    assert (done.status_code, "Decided." in done["HX-Trigger"]) == (204, True)
    assert BankEntry.objects.get(pk=entry.pk).treatment == "return"
    assert "Payment returned" in text_of(client, "/bank/entries/?treatment=return")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?treatment=payment", ["Acme", "Beta"]),
        ("?treatment=all", ["Acme", "Beta", "Grocer"]),
        ("?treatment=all&q=beta", ["Beta"]),
        ("?treatment=nonsense&cursor=x", []),
    ],
)
def test_entries_are_filtered(come_in, reader, company, query, shown):
    read(company, sta(1, 0, line(1_00, "Acme"), line(2_00, "Beta", "b"), line(-1_00, "Grocer")))
    page = text_of(come_in(reader), f"/bank/entries/{query}")
    assert [name for name in ("Acme", "Beta", "Grocer") if name in page] == shown


def test_an_advice_is_read_linked_and_taken_off(come_in, clerk, company):
    read(company, sta(1, 0, line(50_00, "Beta", "a"), line(50_00, "Gamma", "b")))
    client = come_in(clerk)
    answer = upload(client, ("advice.txt", ADVICE), address="/bank/remittances/", field="file")
    one = Remittance.objects.get()
    address = f"/bank/remittances/{one.pk}/"
    assert answer["Location"] == address
    page = text_of(client, address)
    assert "waits for its payment" in page and "R1" in page and "€50.00" in page
    assert "Beta" in page and "Gamma" in page
    number = Payment.objects.get(payer="Gamma").number
    assert client.post(f"{address}link/", {"number": "nothing"}).status_code == 422
    client.post(f"{address}link/", {"number": number})
    assert "Not this payment" in text_of(client, address)
    client.post(f"{address}unlink/")
    assert Remittance.objects.get().payment is None
    bad = upload(client, ("x.txt", b"hello"), address="/bank/remittances/", field="file")
    assert bad.status_code == 422 and "names no document that is paid" in bad.text
    assert client.post("/bank/remittances/").status_code == 422


def test_lists_are_exported(come_in, reader, company):
    read(company, sta(1, 0, line(3_00, "Acme", "=1+1", ref="B1")))
    client = come_in(reader)
    feed = lines(client.get("/bank/export.csv"))[1]
    assert feed.startswith(
        "DE89370400440532013000,DE89370400440532013000,EUR,2026-03-02,2,1,1,1,0"
    )
    entry = lines(client.get("/bank/entries/export.csv?treatment=all"))[1]
    assert "Acme" in entry and "'=1+1" in entry and entry.endswith("Payment received,B1")
    assert len(lines(client.get("/bank/entries/export.csv?treatment=open"))) == 1
    assert len(lines(client.get("/bank/remittances/export.csv"))) == 1
    assert client.get("/bank/export.xlsx").status_code == 200
    assert client.get("/bank/export.pdf").status_code == 404


def test_who_may_what(come_in, collector, company):
    read(company, days(1)[0])
    client, entry = come_in(collector), BankEntry.objects.get()
    assert "Drop bank files here" not in text_of(client, "/bank/")
    assert upload(client, ("a.sta", days(2)[1])).status_code == 403
    account, statement = BankAccount.objects.get(), BankStatement.objects.get()
    for address in (
        f"/bank/entries/{entry.pk}/decide/",
        f"/bank/accounts/{account.pk}/change/",
        f"/bank/statements/{statement.pk}/explain/",
        f"/bank/files/{statement.file_id}/read/",
    ):
        assert client.post(address, {}).status_code == 403, address


def test_another_companys_bank_is_not_there(come_in, rival, company):
    read(company, days(1)[0])
    client, statement = come_in(rival), BankStatement.objects.get()
    assert "No account is known yet" in text_of(client, "/bank/")
    for address in (
        f"/bank/files/{statement.file_id}/",
        f"/bank/accounts/{statement.account_id}/",
        f"/bank/statements/{statement.pk}/",
        "/bank/remittances/1/",
    ):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/bank/", 13),
        ("/bank/files/", 8),
        ("/bank/entries/?treatment=all", 9),
        ("/bank/remittances/?scope=all", 8),
    ],
)
def test_pages_cost_the_same_however_long_they_are(
    come_in, clerk, company, count, address, queries, django_assert_num_queries
):
    for n, data in enumerate(days(count)):
        read(company, data)
        other = f"DE0212030000000020205{n}"
        read(company, sta(1, 0, line(5_00, f"P{n}", f"x{n}"), account=other))
    client = come_in(clerk)
    for n in range(count):
        advice = ADVICE.replace(b"50.00", b"%d.00" % (60 + n))
        upload(client, (f"{n}.txt", advice), address="/bank/remittances/", field="file")

    with django_assert_num_queries(queries):
        client.get(address)
