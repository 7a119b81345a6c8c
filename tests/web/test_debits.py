"""Direct debit pages: from a mandate to the bank's file, its answer, and what came back."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.engine.debits import LEFT_OUT
from dunwell.engine.return_reasons import RETURN_REASONS
from dunwell.models import Debit, DebitRun, Mandate
from dunwell.templatetags.debits import LEFT_OUT_WORDS, SEQUENCES
from tests.actions.debit_rows import (
    COLLECT,
    THEIRS,
    account_of,
    approved,
    mandate_of,
    prepared,
    sent,
    tell,
)
from tests.actions.ledger_rows import invoice
from tests.conftest import TODAY, add_customer
from tests.formats.test_pain002 import report


def table(answer):
    """Rows of a CSV download."""
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


HTMX = {"HX-Request": "true"}
DUE = {"due_on": COLLECT}


@pytest.fixture
def account(company):
    return account_of(company)


@pytest.fixture
def due(customer):
    mandate_of(customer)
    return invoice(customer, "R1", 1_234_56, **DUE)


@pytest.fixture
def with_the_bank(clerk, manager, account, due):
    """A run that is with the bank."""
    return sent(clerk, manager, account)


def test_every_reason_and_sequence_has_words():
    assert set(LEFT_OUT_WORDS) == set(LEFT_OUT)
    assert set(SEQUENCES) == {"FRST", "RCUR", "OOFF", "FNAL"}


def test_without_an_account_or_mandate_it_says_what_is_missing(company, come_in, clerk):
    client = come_in(clerk)

    page = client.get("/debits/").text
    assert "No account can collect yet" in page and "Prepare a run" not in page
    account_of(company)
    page = client.get("/debits/").text
    assert "No customer has an active mandate yet." in page and "Prepare a run" in page
    assert "Nothing came back" in client.get("/debits/returns/").text
    assert "No mandate here" in client.get("/mandates/").text


def test_a_mandate_is_added_and_signed_on_the_customer_s_page(come_in, clerk, customer):
    client = come_in(clerk)
    address = f"/customers/{customer.pk}/mandate/"
    form = {"reference": "M1", "iban": "DE02 1203 0000 0000 2020 52", "scheme": "CORE"}

    wrong = client.post(address, form)
    right = client.post(address, {**form, "iban": THEIRS, "is_recurring": "on"})
    mandate = Mandate.objects.get()
    signed = client.post(f"/mandates/{mandate.pk}/sign/", {"signed_on": "2026-03-01"})

    assert wrong.status_code == 422 and "The account number cannot be right" in wrong.text
    assert right["Location"] == f"/mandates/{mandate.pk}/sign/"
    assert signed["Location"] == f"/customers/{customer.pk}/"
    page = client.get(f"/customers/{customer.pk}/").text
    assert "DE** **** 2051" in page and "signed Mar 1, 2026" in page and THEIRS not in page


def test_a_mandate_is_suspended_resumed_and_ended(come_in, clerk, customer):
    mandate, client = mandate_of(customer), come_in(clerk)
    told = []
    for act, data in (
        ("suspend", {"reason": "blocked"}),
        ("resume", {}),
        ("end", {"reason": "x"}),
    ):
        client.post(f"/mandates/{mandate.pk}/{act}/", data)
        mandate.refresh_from_db()
        told.append(mandate.status)

    assert told == ["suspended", "active", "ended"]
    assert client.post(f"/mandates/{mandate.pk}/resume/").status_code == 422


def test_the_whole_way_from_a_draft_to_the_file(
    client, come_in, company, clerk, manager, account, due
):
    come_in(clerk)
    made = client.post(
        "/debits/add/",
        {"account": account.pk, "scheme": "CORE", "collect_on": COLLECT.isoformat()},
    )
    run = DebitRun.objects.get()
    assert made["Location"] == f"/debits/{run.pk}/"
    page = client.get(f"/debits/{run.pk}/").text
    assert "€1,234.56" in page and "They are told on approval, 14 days before" in page
    assert client.post(f"/debits/{run.pk}/approve/").status_code == 403

    come_in(manager)
    assert client.post(f"/debits/{run.pk}/approve/").status_code == 302
    assert "Waits in the outbox" in client.get(f"/debits/{run.pk}/").text

    come_in(clerk)
    early = client.post(f"/debits/{run.pk}/send/", {"schema": "pain.008.001.08"})
    assert early.status_code == 422 and "must be told first" in early.text
    assert client.get(f"/debits/{run.pk}/file/").status_code == 404
    tell(company)
    client.post(f"/debits/{run.pk}/send/", {"schema": "pain.008.001.08"})
    one, two = (client.get(f"/debits/{run.pk}/file/") for _ in range(2))
    assert one.content == two.content and b'<InstdAmt Ccy="EUR">1234.56</InstdAmt>' in one.content
    assert one["Content-Disposition"] == f'attachment; filename="DD{company.pk}-1.xml"'
    assert "Handed to the bank" in client.get("/debits/").text


def test_a_wrong_day_stands_at_the_form(come_in, clerk, account, due):
    page = come_in(clerk).post(
        "/debits/add/", {"account": account.pk, "scheme": "CORE", "collect_on": "2026-03-21"}
    )

    assert page.status_code == 422
    assert "Banks settle nothing on 2026-03-21" in page.text


def test_letters_are_downloaded_and_noted_as_posted(
    come_in, company, clerk, manager, account, customer
):
    mandate_of(customer, contact=False)
    invoice(customer, "R1", 5_00, **DUE)
    run = approved(manager, prepared(clerk, account))
    client = come_in(clerk)

    letters = client.get(f"/debits/{run.pk}/letters/")
    posted = client.post(f"/debits/{run.pk}/posted/", headers=HTMX)

    assert "Mandate reference: M-K1" in letters.text
    assert posted.status_code == 204
    assert client.post(f"/debits/{run.pk}/posted/").status_code == 422


def test_a_debit_is_taken_out_marked_last_and_a_run_cancelled(
    company, come_in, clerk, account, due
):
    run, client = prepared(clerk, account), come_in(clerk)
    debit = run.debits.get()

    client.post(f"/debits/one/{debit.pk}/last/")
    assert "Last" in client.get(f"/debits/{run.pk}/").text
    client.post(f"/debits/one/{debit.pk}/remove/", {"reason": "called"})
    assert "Cancelled" in client.get(f"/debits/{run.pk}/").text
    client.post(f"/debits/{run.pk}/cancel/", {"reason": "wrong"})

    assert (DebitRun.objects.get().status, Debit.objects.get().sequence) == ("cancelled", "FNAL")


def test_a_return_by_hand_says_what_happens_next(come_in, clerk, manager, account, due):
    run, client = sent(clerk, manager, account), come_in(clerk)
    debit = run.debits.get()

    client.post(
        f"/debits/one/{debit.pk}/return/",
        {"reason_code": "AC04", "returned_on": TODAY.isoformat(), "fee": "2.50"},
    )

    page = client.get("/debits/returns/").text
    assert RETURN_REASONS["AC04"] in page
    assert "The mandate has ended: agree on another way to pay." in page
    assert table(client.get("/debits/returns/export.csv"))[1][3:9] == [
        "Acme", "M-K1", "1234.56", "Returned", "2026-03-05", "AC04",
    ]  # fmt: skip


def test_the_bank_s_report_is_read_and_another_file_refused(come_in, clerk, manager, account, due):
    run, client = sent(clerk, manager, account), come_in(clerk)
    name = f"{run.message_id}-1"
    told = report(run.message_id, "PART", debits=[(name, "RJCT", "AM04")])

    wrong = client.post("/debits/answer/", {"file": SimpleUploadedFile("a.xml", b"hello")})
    right = client.post("/debits/answer/", {"file": SimpleUploadedFile("a.xml", told)})

    assert wrong.status_code == 422 and "a.xml: line 1, column 1" in wrong.text
    assert right["Location"] == "/debits/returns/"
    page = client.get("/debits/returns/").text
    assert "refused before it was collected" in page and "It may be tried again from" in page


def test_money_is_recorded_by_hand_where_no_statement_is_read(
    come_in, clerk, manager, account, due
):
    run, client = sent(clerk, manager, account), come_in(clerk)

    page = client.post(f"/debits/{run.pk}/collected/", {"value_on": "2026-03-05"})

    assert page.status_code == 422 and "The money can have come from" in page.text


def test_left_out_customers_stand_below_with_the_reason(company, come_in, clerk, account, due):
    other = add_customer(company, "K2", "Globex")
    mandate_of(other, scheme="B2B")
    invoice(other, "R2", 9_99, **DUE)
    run = prepared(clerk, account)

    page = come_in(clerk).get(f"/debits/{run.pk}/").text

    assert "The mandate is for the other scheme." in page and "€9.99" in page
    sheet = table(come_in(clerk).get(f"/debits/{run.pk}/export.csv"))
    assert sum(float(row[6]) for row in sheet[1:]) == 1234.56


def test_the_list_of_mandates_is_filtered_and_exported(come_in, reader, company, customer):
    mandate_of(customer)
    mandate_of(add_customer(company, "K2", "Globex"), signed_on=None)
    client = come_in(reader)

    assert "M-K2" not in client.get("/mandates/?status=active").text
    assert "M-K1" not in client.get("/mandates/?q=glob").text
    assert [row[0] for row in table(client.get("/mandates/export.csv"))[1:]] == ["M-K2", "M-K1"]


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/debits/", 9), ("/debits/{run}/", 10), ("/debits/returns/", 7), ("/mandates/", 6)],
)
def test_the_number_of_queries_does_not_grow(
    company, come_in, clerk, with_the_bank, account, address, queries, django_assert_num_queries
):
    run, client = with_the_bank, come_in(clerk)
    Debit.objects.filter(run=run).update(status="returned", reason_code="AM04")
    with django_assert_num_queries(queries):
        client.get(address.format(run=run.pk))
    for number in ("K2", "K3"):
        customer = add_customer(company, number)
        mandate_of(customer)
        invoice(customer, f"R-{number}", 10_00, **DUE)
    again = prepared(clerk, account)
    Debit.objects.filter(run=again).update(run=run, status="returned", reason_code="AM04")
    with django_assert_num_queries(queries):
        client.get(address.format(run=run.pk))


def test_pages_of_another_company_are_not_there(come_in, clerk, manager, account, due, rival):
    run = sent(clerk, manager, account)
    client = come_in(rival)
    debit = run.debits.get()

    for address in (
        f"/debits/{run.pk}/",
        f"/debits/{run.pk}/file/",
        f"/debits/{run.pk}/export.csv",
        f"/debits/one/{debit.pk}/remove/",
        f"/mandates/{debit.mandate_id}/end/",
    ):
        assert client.get(address).status_code == 404, address
