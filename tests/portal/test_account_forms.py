"""What the debtor does on its pages: answers, lists, papers, contacts, a calendar; refusals too."""

import string
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.middleware import csrf

from dunwell.actions.contacts import add_contact
from dunwell.actions.customer_documents import ask_document
from dunwell.actions.gate import system
from dunwell.actions.portal_settings import save_portal_settings
from dunwell.actions.statements import make_statement
from dunwell.models import (
    Contact,
    CustomerDocument,
    DetailChange,
    PortalCalendar,
    StatementAnswer,
    SupplierStatement,
)
from tests.actions.limit_rows import approved, order
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer
from tests.portal.account_rows import filled
from tests.portal.seats import seat_of, seated

YEAR = {"span": "days", "from": "2026-01-01", "to": TODAY.isoformat()}
LIST = b"Invoice number,Amount\nR1,100.00\nR2,250.00\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


@pytest.fixture(autouse=True)
def _standing_clock():
    cache.clear()
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield
    cache.clear()


@pytest.fixture(autouse=True)
def _tokens_without_numbers(monkeypatch):
    """Forms bear random signs, among which what a page must not show could stand."""
    monkeypatch.setattr(csrf, "CSRF_ALLOWED_CHARS", string.ascii_lowercase)


@pytest.fixture
def rows(customer):
    return filled(customer)


@pytest.fixture
def jane(customer, rows):
    return seated(seat_of(customer))


def test_lines_are_answered_and_a_no_without_a_word_keeps_what_was_typed(jane, rows):
    first, later = (f"item:{rows[name].pk}" for name in ("first", "later"))
    refused = jane.post(
        "/portal/statement/",
        {**YEAR, f"verdict:{first}": "disagrees", f"verdict:{later}": "agrees"},
    )
    assert refused.status_code == 422 and "Say in a word what is wrong with R1." in refused.text
    assert refused.text.count("checked") == 2 and not StatementAnswer.objects.exists()
    told = {
        **YEAR,
        f"verdict:{first}": "disagrees",
        f"note:{first}": "price",
        f"query:{first}": "1",
        f"verdict:{later}": "agrees",
    }
    answered = jane.post("/portal/statement/", told, follow=True)
    assert answered.status_code == 200 and "Thank you. Your answers are kept" in answered.text
    assert "DC-" in answered.text or StatementAnswer.objects.get(line_key=first).case is not None
    assert StatementAnswer.objects.count() == 2


def test_a_statement_over_wrong_days_says_so_and_files_carry_the_same(jane):
    wrong = jane.get("/portal/statement/?span=days&from=2026-03-01&to=2026-02-01")
    assert wrong.status_code == 422 and "before it begins" in wrong.text
    for kind in ("csv", "json", "pdf", "xlsx"):
        file = jane.get(f"/portal/statement/statement.{kind}", YEAR)
        assert file.status_code == 200 and file["Content-Disposition"].startswith("attachment")
    assert jane.get("/portal/statement/statement.exe", YEAR).status_code == 404
    assert jane.get("/portal/statement/statement.csv?span=days").status_code == 422


def test_a_list_is_compared_shown_and_exported(jane, customer, company):
    page = jane.post(
        "/portal/statement/compare/",
        {"file": SimpleUploadedFile("ours.csv", LIST), "currency": "EUR"},
        follow=True,
    )
    made = SupplierStatement.objects.get()
    assert "€285.00" in page.text and "€350.00" in page.text and "Amount differs" in page.text
    only = jane.get(f"/portal/statement/compare/{made.pk}/?outcome=not_due")
    assert "R2" in only.text and "R1" not in only.text
    csv = jane.get(f"/portal/statement/compare/{made.pk}/csv/").content.decode("utf-8-sig")
    assert len(csv.splitlines()) == 5
    assert jane.get(f"/portal/statement/compare/{made.pk}/original/").content == LIST
    bad = jane.post(
        "/portal/statement/compare/",
        {"file": SimpleUploadedFile("x.csv", b"Name\nA\n"), "currency": "EUR"},
    )
    assert bad.status_code == 422 and "no column is known as the number" in bad.text
    tom = seated(seat_of(add_customer(company, "K2", "Other"), email="tom@other.example"))
    assert tom.get(f"/portal/statement/compare/{made.pk}/").status_code == 404
    assert tom.get(f"/portal/statement/compare/{made.pk}/original/").status_code == 404


def test_a_file_that_is_too_large_is_refused_unread(jane):
    for address in ("/portal/statement/compare/", "/portal/documents/"):
        huge = jane.generic("POST", address, b"x", CONTENT_LENGTH=str(50 * 1024 * 1024))
        assert huge.status_code == 413


def test_papers_are_sent_fetched_and_only_ones_own(jane, customer, company):
    desk = system(company)
    ask_document(actor=desk, customer=customer, kind="resale", as_of=TODAY, at=AT)
    issued = make_statement(
        actor=desk, customer=customer, from_on=TODAY - timedelta(days=60), to_on=TODAY,
        as_of=TODAY, at=AT,
    )  # fmt: skip
    letter = message_to(customer, status="sent")
    assert "Resale or exemption certificate" in jane.get("/portal/documents/").text
    sent = {"kind": "resale", "file": SimpleUploadedFile("c.png", PNG), "expires_on": "2027-01-01"}
    page = jane.post("/portal/documents/", sent, follow=True)
    paper = CustomerDocument.objects.get()
    assert "Received, being checked" in page.text and paper.by == "jane@buyer.example (portal)"
    addresses = [
        f"/portal/documents/{paper.pk}/",
        f"/portal/documents/statements/{issued.pk}/pdf/",
        f"/portal/documents/messages/{letter.pk}/",
    ]
    assert [jane.get(one).status_code for one in addresses] == [200] * 3
    tom = seated(seat_of(add_customer(company, "K2", "Other"), email="tom@other.example"))
    assert [tom.get(one).status_code for one in addresses] == [404] * 3
    wrong = jane.post("/portal/documents/", {**sent, "expires_on": "soon"})
    assert wrong.status_code == 422 and "Write the day" in wrong.text


def test_credit_is_shown_as_far_as_the_company_wants(jane, customer, company):
    approved(500_00, customer=customer)
    order(customer, "O1", 900_00, status="held")
    page = jane.get("/portal/credit/")
    assert "€500.00" in page.text and "O1" in page.text and "waiting" in page.text
    viewer = seated(seat_of(customer, role="viewer", email="vera@buyer.example"))
    assert "€500.00" not in viewer.get("/portal/credit/").text
    save_portal_settings(
        actor=system(company), version=0, shows_limit="nobody", shows_orders=False,
        shows_interest=False, takes_statements=False, at=AT,
    )  # fmt: skip
    hidden = jane.get("/portal/credit/").text
    assert "€500.00" not in hidden and "O1" not in hidden


def test_contacts_are_changed_here_and_the_rest_is_asked_for(customer, company):
    own = add_contact(actor=system(company), customer=customer, email="jane@buyer.example", at=AT)
    other = Contact.objects.create(
        customer=customer, email="secret@buyer.example", is_primary=False, recorded_at=AT
    )
    jane = seated(seat_of(customer))
    page = jane.get("/portal/contacts/")
    assert "secret@" not in page.text and "Ask for the change" in page.text
    jane.post(f"/portal/contacts/{own.pk}/", {"name": "Jane", "email": "new@buyer.example"})
    own.refresh_from_db()
    assert own.name == "Jane" and DetailChange.objects.get().after == {
        "email": "new@buyer.example"
    }
    jane.post(f"/portal/contacts/{own.pk}/channels/", {"channel": "sms", "stop": "1"})
    assert "Allow again" in jane.get("/portal/contacts/").text
    # others are shown and changed only after a second factor
    assert jane.get("/portal/contacts/all/").status_code == 302
    assert jane.post(f"/portal/contacts/{other.pk}/", {"name": "X"}).status_code == 302
    other.refresh_from_db()
    assert other.name == ""
    wrong = jane.post(f"/portal/contacts/{own.pk}/", {"email": "not an address"})
    assert wrong.status_code == 422 and "not an address is not an e-mail address" in wrong.text
    asked = jane.post("/portal/contacts/details/", {"address": "New Street 1"}, follow=True)
    assert "Waits to be confirmed by us" in asked.text
    stranger = add_customer(company, "K2", "Other")
    foreign = Contact.objects.create(customer=stranger, email="x@other.example", recorded_at=AT)
    assert jane.post(f"/portal/contacts/{foreign.pk}/", {"name": "X"}).status_code == 404


def test_a_calendar_address_is_read_by_a_program_until_it_is_stopped(jane, client, customer):
    assert b"BEGIN:VCALENDAR" in jane.get("/portal/calendar/due-days.ics").content
    page = jane.post("/portal/calendar/", follow=True)
    address = page.text.split('class="portal-address" readonly value="')[1].split('"')[0]
    path = address.removeprefix("http://testserver")
    feed = client.get(path)
    assert feed.status_code == 200 and b"R1 due: 60.00 EUR" in feed.content
    assert feed["Cache-Control"] == "private, no-store"
    jane.post("/portal/calendar/stop/")
    assert client.get(path).status_code == 404
    assert PortalCalendar.objects.get().revoked_at is not None
