"""The form about a bank sheet: what is asked, looking without keeping, answers, layouts kept."""

from dunwell.models import BankEntry, BankFile, BankLayout
from tests.actions.bank_rows import read
from tests.actions.test_bank_layouts import FIRST, HEAD, NEXT
from tests.web.test_bank import text_of, upload
from tests.web.test_exports import lines

SAYS = {
    "version": "0", "date_order": "dmy", "decimal": "", "signs": "", "currency": "EUR",
    "account": "K1", "keeps_account": "1", "field-0": "booked", "field-1": "amount",
    "field-2": "counterparty",
}  # fmt: skip


def test_from_upload_over_the_questions_to_the_entries(come_in, clerk, company):
    client = come_in(clerk)
    answer = upload(client, ("first.csv", FIRST))
    file = BankFile.objects.get()
    address = f"/bank/files/{file.pk}/answers/"
    assert answer["Location"] == address
    page = text_of(client, address)
    assert "Which comes first: day or month?" in page and "dmy: 03/01/2026 is 2026-01-03" in page
    assert "Control totals" not in page and "First rows of the file" in page
    assert "Answer for each:" in text_of(client, "/bank/")
    # looking keeps nothing
    seen = client.post(address, {**SAYS, "look": "1"})
    assert seen.status_code == 200
    for shown in ("Control totals", "€5.00", "-€2.50", "Jan 3, 2026", "not proved", "K1"):
        assert shown in seen.text, shown
    assert (BankEntry.objects.count(), BankLayout.objects.count()) == (0, 0)

    assert client.post(address, SAYS)["Location"] == f"/bank/files/{file.pk}/"
    assert [entry.account.account for entry in BankEntry.objects.all()] == ["K1", "K1"]
    assert "New payments" in text_of(client, f"/bank/files/{file.pk}/")
    assert "Answer for each:" not in text_of(client, "/bank/")
    # the next file of the layout asks nothing
    assert upload(client, ("next.csv", NEXT))["Location"].endswith(f"/bank/files/{file.pk + 1}/")
    assert BankEntry.objects.count() == 3


def test_answers_that_do_not_do_stand_at_the_form(come_in, clerk, company):
    file = read(company, FIRST, "first.csv")
    client = come_in(clerk)
    answer = client.post(f"/bank/files/{file.pk}/answers/", {**SAYS, "date_order": ""})
    assert answer.status_code == 422 and "fit day-month and month-day" in answer.text
    answer = client.post(f"/bank/files/{file.pk}/answers/", {**SAYS, "field-1": "-"})
    assert answer.status_code == 422 and "A column must be chosen" in answer.text


def test_who_comes_second_is_told_and_nothing_of_theirs_is_used(come_in, clerk, company):
    file = read(company, FIRST, "first.csv")
    client = come_in(clerk)
    address = f"/bank/files/{file.pk}/answers/"
    client.post(address, SAYS)
    late = client.post(address, {**SAYS, "date_order": "mdy"})
    assert late.status_code == 422 and "carla has answered for first.csv meanwhile" in late.text
    assert client.get(address)["Location"] == f"/bank/files/{file.pk}/"


def test_only_who_may_import_answers(come_in, manager, company):
    file = read(company, FIRST, "first.csv")
    client = come_in(manager)
    assert client.get(f"/bank/files/{file.pk}/answers/").status_code == 403
    page = text_of(client, f"/bank/files/{file.pk}/")
    assert "Nothing of it is recorded until somebody answers." in page and "/answers/" not in page


def test_a_refused_sheet_can_be_answered_for(come_in, clerk, company):
    file = read(company, f"{HEAD}2026-01-05,5.0.0,Acme\n2026-01-06,1.00 EUR,A\n".encode(), "x.csv")
    client = come_in(clerk)
    assert "Say how its columns are read" in text_of(client, f"/bank/files/{file.pk}/")
    assert "is not an amount" in text_of(client, f"/bank/files/{file.pk}/answers/")


def test_layouts_are_listed_exported_and_forgotten(
    come_in, clerk, company, django_assert_num_queries
):
    client = come_in(clerk)
    assert "No layout is kept yet" in text_of(client, "/bank/layouts/")
    for n in range(3):
        file = read(company, FIRST.replace(b"Payer", b"Payer%d" % n), f"bank{n}.csv")
        client.post(f"/bank/files/{file.pk}/answers/", SAYS)
        if n == 0:
            with django_assert_num_queries(8):
                client.get("/bank/layouts/")
    with django_assert_num_queries(8):
        page = client.get("/bank/layouts/").text
    assert "bank2.csv" in page and "Day first" in page and "K1" in page
    assert len(lines(client.get("/bank/layouts/export.csv"))) == 10
    client.post(f"/bank/layouts/{BankLayout.objects.get(name='bank1.csv').pk}/forget/")
    assert sorted(BankLayout.objects.values_list("name", flat=True)) == ["bank0.csv", "bank2.csv"]
