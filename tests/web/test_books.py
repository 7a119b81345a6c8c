"""Closing and journals: pages that close, open with two people, hand over and explain."""

import hashlib
import json
from datetime import date

import pytest

from dunwell.actions.gate import system
from dunwell.actions.journals import make_journal
from dunwell.actions.payments import apply_payment
from dunwell.actions.periods import ask_unlock, lock_period
from dunwell.models import Journal, PeriodLock
from dunwell.queries.periods import closed_until
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_journals import rate
from tests.conftest import AT, TODAY, add_user
from tests.web.test_exports import lines

FEBRUARY = date(2026, 2, 28)
WHEN = {"as_of": TODAY, "at": AT}
HTMX = {"HX-Request": "true"}
QUERIES = {"/books/": 8, "/books/journals/": 6, "/books/exchange/": 9}


def close(company, until_on=FEBRUARY):
    return lock_period(actor=system(company), until_on=until_on, reason="month end", **WHEN)


@pytest.fixture
def journal(company, customer):
    """A journal of 100.00 USD issued at 0.90 and paid at 0.95, and of 50.00 EUR."""
    rate(company, "USD", date(2026, 2, 1), 900_000)
    rate(company, "USD", date(2026, 3, 1), 950_000)
    item = invoice(customer, "D1", 100_00, currency="USD")
    money = payment(customer, "P1", 100_00, currency="USD")
    apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, **WHEN)
    invoice(customer, "R1", 50_00)
    return make_journal(actor=system(company), until_on=TODAY, **WHEN)


def test_nothing_closed_yet_is_said(come_in, reader):
    client = come_in(reader)

    assert "Every day is open" in client.get("/books/").text
    assert "No journal yet" in client.get("/books/journals/").text
    assert "No exchange difference yet" in client.get("/books/exchange/").text
    assert "Close a period" not in client.get("/books/").text


def test_a_manager_closes_a_period_in_a_dialog(come_in, manager, company):
    client = come_in(manager)
    form = client.get("/books/close/", headers=HTMX).text
    assert "<html" not in form and 'value="2026-02-28"' in form and "Month end" in form
    told = {"until_on": "2026-02-28", "reason": "Month end"}
    done = client.post("/books/close/", told, headers=HTMX)
    page = client.get("/books/").text

    assert (done.status_code, "The period is closed." in done["HX-Trigger"]) == (204, True)
    assert closed_until(company) == FEBRUARY
    assert "The books are closed until <time" in page and "in force" in page
    again = client.post("/books/close/", {"until_on": "2026-03-05", "reason": "x"})
    assert again.status_code == 422 and "is not over yet" in again.text


def test_two_people_open_closed_days(come_in, company, manager):
    second = add_user(company, "sven", "credit_manager")
    close(company)
    client = come_in(manager)
    client.post("/books/open/", {"until_on": "", "reason": "late invoice"})
    asked = PeriodLock.objects.get(status="asked")
    page = client.get("/books/").text
    assert "mona asks to open every day: late invoice" in page
    mine = client.post(f"/books/open/{asked.pk}/grant/", {"reason": ""})
    assert mine.status_code == 422 and "a second person has to grant it" in mine.text
    done = come_in(second).post(f"/books/open/{asked.pk}/grant/", {"reason": ""}, follow=True)

    assert "The days are open again." in done.text
    assert closed_until(company) is None
    assert "Opened" in done.text and "sven" in done.text


def test_an_unlock_is_refused_with_a_reason(come_in, company, manager):
    close(company)
    asked = ask_unlock(actor=system(company), until_on=date(2026, 1, 31), reason="x", **WHEN)
    client = come_in(manager)
    page = client.get("/books/").text
    assert "asks to keep the books closed until" in page and "Jan 31, 2026</time> only: x" in page
    empty = client.post(f"/books/open/{asked.pk}/refuse/", {"reason": ""})
    done = client.post(f"/books/open/{asked.pk}/refuse/", {"reason": "no"}, follow=True)

    assert empty.status_code == 422
    assert "Refused; the books stay closed." in done.text and "Unlock refused" in done.text
    assert closed_until(company) == FEBRUARY


def test_only_who_may_closes_and_hands_over(come_in, clerk, company, journal):
    client = come_in(clerk)
    asked = PeriodLock.objects.create(
        company=company, status="asked", reason="x", author="mona", recorded_at=AT
    )
    for address in (
        "/books/close/", "/books/open/", f"/books/open/{asked.pk}/grant/",
        f"/books/open/{asked.pk}/refuse/", "/books/journals/make/",
        f"/books/journals/{journal.pk}/taken-over/",
    ):  # fmt: skip
        assert client.post(address).status_code == 403
    assert client.get(f"/books/journals/{journal.pk}/").status_code == 200


def test_another_company_s_books_are_not_there(come_in, rival, journal):
    client = come_in(rival)
    for address in (
        f"/books/journals/{journal.pk}/", f"/books/journals/{journal.pk}/export.csv",
        f"/books/journals/{journal.pk}/taken-over/", "/books/exchange/2026/3/",
        "/books/open/1/grant/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404
    assert "No journal yet" in client.get("/books/journals/").text


def test_a_journal_is_made_and_taken_over(come_in, manager, company, customer):
    invoice(customer, "R1", 50_00, issued_on=date(2026, 2, 20), due_on=TODAY)
    client = come_in(manager)
    assert "2 entry lines of" in client.get("/books/journals/").text
    client.post("/books/journals/make/", {"until_on": "2026-02-28"})
    made = Journal.objects.get()
    nothing = client.post("/books/journals/make/", {"until_on": "2026-02-27"})
    assert nothing.status_code == 422 and "in a journal already" in nothing.text
    page = client.get("/books/journals/").text
    assert "Journal 1" in page and "To be taken over" in page
    assert "Everything booked by today is in a journal." in page
    client.post(f"/books/journals/{made.pk}/taken-over/", {"receipt": "GL-7"})
    shown = client.get(f"/books/journals/{made.pk}/").text

    assert "Taken over as GL-7, noted by mona." in shown and made.sha256 in shown


def test_a_journal_of_several_currencies_is_shown_to_balance_at_home(come_in, reader, journal):
    page = come_in(reader).get(f"/books/journals/{journal.pk}/").text
    foot = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
    euros = {total["currency"]: total["home_debit_minor"] for total in journal.totals}

    assert "Together" in foot and len(euros) == 2
    assert foot.count(f"€{sum(euros.values()) / 100:.2f}") == 2


def test_a_journal_s_lines_lead_to_what_they_were_booked_from(come_in, reader, journal):
    client = come_in(reader)
    page = client.get(f"/books/journals/{journal.pk}/").text
    unapplied = client.get(f"/books/journals/{journal.pk}/?account=unapplied&cursor=x").text

    assert "Exchange differences" in page and "-€5.00" in page
    # each line, each currency, and both together
    assert page.count('<tr><th scope="row">') == journal.lines + 3
    assert unapplied.count("Unapplied cash</span>") + unapplied.count("Unapplied cash ") >= 2
    assert client.get(f"/books/journals/{journal.pk}/?account=nonsense").status_code == 200


def test_the_file_is_the_one_that_was_hashed(come_in, reader, journal):
    client = come_in(reader)
    content = client.get(f"/books/journals/{journal.pk}/export.csv")
    told = json.loads(client.get(f"/books/journals/{journal.pk}/export.json").content)

    assert hashlib.sha256(content.content).hexdigest() == journal.sha256
    assert content["Content-Disposition"] == 'attachment; filename="journal-1.csv"'
    assert (told["sha256_csv"], len(told["lines"])) == (journal.sha256, journal.lines)
    assert client.get(f"/books/journals/{journal.pk}/export.xlsx").content.startswith(b"PK")
    assert client.get(f"/books/journals/{journal.pk}/export.exe").status_code == 404


def test_a_month_s_exchange_differences_are_made_of_its_bookings(come_in, reader, journal):
    client = come_in(reader)
    months = client.get("/books/exchange/").text
    month = client.get("/books/exchange/2026/3/").text
    head, row = lines(client.get("/books/exchange/2026/3/export.csv"))

    assert 'href="/books/exchange/2026/3/">March 2026</a>' in months and "€5.00" in months
    assert "1 booking in this month" in month and month.count("€5.00") == 2
    assert head.startswith("Booked on,Customer,Item")
    assert row == "2026-03-05,Acme,D1,USD,100.00,P1,USD,100.00,5.00"
    assert client.get("/books/exchange/2026/1/").status_code == 404
    assert client.get("/books/exchange/2026/13/").status_code == 404


def test_a_missing_rate_is_named(come_in, reader, company, customer):
    invoice(customer, "G1", 10_00, currency="GBP")
    page = come_in(reader).get("/books/exchange/").text
    assert "Exchange rates are missing" in page and "Feb 23, 2026</time>" in page


@pytest.mark.parametrize("address", QUERIES)
@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_however_much_there_is(
    come_in, manager, company, customer, address, count, django_assert_num_queries
):
    for n in range(count):
        invoice(customer, f"R{n}", 10_00, issued_on=date(2026, 1, 10 + n), due_on=TODAY)
        make_journal(actor=system(company), until_on=date(2026, 1, 10 + n), **WHEN)
        close(company, date(2026, 1, 10 + n))
    client = come_in(manager)
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)
