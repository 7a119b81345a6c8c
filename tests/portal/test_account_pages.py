"""What the debtor sees: figures that lead to rows of the same sum, and nobody else's rows."""

import re
import string
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.cache import cache
from django.middleware import csrf
from python_calamine import CalamineWorkbook

from dunwell.actions.deliveries import note_delivery
from dunwell.actions.gate import system
from dunwell.actions.item_documents import add_item_document
from dunwell.models import PortalView
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.portal.account_rows import filled
from tests.portal.seats import onlooker, seat_of, seated

PDF = b"%PDF-1.4 the invoice"


@pytest.fixture(autouse=True)
def _standing_clock():
    cache.clear()
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        yield
    cache.clear()


@pytest.fixture(autouse=True)
def _tokens_without_numbers(monkeypatch):
    """Forms bear random signs, among which an R1 that a page must not show would stand."""
    monkeypatch.setattr(csrf, "CSRF_ALLOWED_CHARS", string.ascii_lowercase)


@pytest.fixture
def rows(customer):
    return filled(customer)


@pytest.fixture
def jane(customer, rows):
    return seated(seat_of(customer))


def shown(page):
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def test_the_first_page_says_what_is_owed_due_and_next(jane):
    page = jane.get("/portal/")
    text = shown(page)
    assert page.status_code == 200
    assert "€285.00" in text  # 60 + 250 - 20 - 5
    assert "€290.00" in text and "€5.00" in text and "€40.00" in text
    assert "2 items are past their due day, together €40.00" in text
    assert "Z1" in text and "1 item falls due" in text


@pytest.mark.parametrize(
    ("query", "numbers", "total"),
    [
        ("state=open", {"R1", "R2", "G1"}, "€290.00"),
        ("state=due", {"R1", "G1"}, "€40.00"),
        ("state=overdue", {"R1", "G1"}, "€40.00"),
        ("state=upcoming", {"R2"}, "€250.00"),
        ("state=paid", {"R3"}, "€0.00"),
        ("state=all&q=PO-77", {"R1"}, "€60.00"),
        ("state=all&q=250.00", {"R2"}, "€250.00"),
        ("state=all&q=60,00", {"R1"}, "€60.00"),
        ("bucket=1-30", {"R1", "G1"}, "€40.00"),
    ],
)
def test_a_figure_leads_to_rows_that_sum_to_it(jane, query, numbers, total):
    page = jane.get(f"/portal/items/?{query}")
    links = set(re.findall(r'/portal/items/\d+/">([A-Z]\d)<', page.text))
    assert links == numbers
    assert total in page.text.split("<tfoot>")[1].split("</tfoot>")[0]


def test_a_list_is_a_file_too(jane):
    csv = jane.get("/portal/items/items.csv?state=open")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[0].startswith("Number,Kind,Your reference")
    book = CalamineWorkbook.from_object(
        BytesIO(jane.get("/portal/items/items.xlsx?state=all").content)
    )
    found = book.get_sheet_by_index(0).to_python()[1:]
    assert [row[0] for row in found] == ["R1", "G1", "R3", "R2"]
    assert jane.get("/portal/items/items.exe").status_code == 404


def test_an_item_says_what_was_paid_with_which_reference(jane, rows, company):
    document = add_item_document(
        actor=system(company), item=rows["first"], kind="invoice", name="R1.pdf", data=PDF, at=AT
    )
    page = jane.get(f"/portal/items/{rows['first'].pk}/")
    text = shown(page)
    assert "It was due 29 days ago." in text and "Z1" in text and "RF your invoices" in text
    assert "€60.00" in text and "PO-77" in text
    file = jane.get(f"/portal/items/{rows['first'].pk}/files/{document.pk}/")
    assert file.content == PDF and file["Content-Disposition"] == 'attachment; filename="R1.pdf"'
    assert jane.get(f"/portal/items/{rows['later'].pk}/files/{document.pk}/").status_code == 404


def test_an_item_tells_its_way_as_far_as_it_came(jane, rows, company):
    desk, first = system(company), rows["first"]
    before = {"on": TODAY - timedelta(days=3), "as_of": TODAY, "at": AT}
    note_delivery(actor=desk, item=first, stage="not_received", **before)
    way = (
        shown(jane.get(f"/portal/items/{first.pk}/"))
        .split("What happened so far")[1]
        .split("Papers")[0]
    )
    told = ("We wrote it", "You told us that it had not come", "It was opened")
    assert sorted(told, key=way.index) == list(told)
    assert "confirmed" not in way and "settled" not in way and "note" not in way
    credit = shown(jane.get(f"/portal/items/{rows['settled'].pk}/"))
    assert "It was settled" in credit


def test_what_was_looked_at_is_kept_once_a_day(jane, rows):
    for _ in range(3):
        jane.get("/portal/")
        jane.get(f"/portal/items/{rows['first'].pk}/")
    views = PortalView.objects.order_by("id").values_list("kind", "item__number", "on")
    assert list(views) == [("page", None, TODAY), ("item", "R1", TODAY)]


def test_a_view_link_looks_and_changes_nothing(customer, rows):
    client, link = onlooker(customer)
    assert client.get("/portal/").status_code == 200
    assert PortalView.objects.get().link == link
    posted = client.post("/portal/statement/", {"span": "this_year", "verdict:item:1": "agrees"})
    assert posted.status_code == 403
    assert client.post("/portal/calendar/").status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/portal/items/{item}/",
        "/portal/receipts/{payment}/",
        "/portal/items/{item}/files/1/",
    ],
)
def test_another_customers_rows_do_not_exist(company, rows, address):
    other = add_customer(company, "K2", "Other")
    invoice(other, "S1", 10_00)
    client = seated(seat_of(other, email="tom@other.example"))
    path = address.format(item=rows["first"].pk, payment=rows["paid"].pk)
    assert client.get(path).status_code == 404
    for page in (
        "/portal/",
        "/portal/items/?state=all",
        "/portal/receipts/",
        "/portal/statement/",
    ):
        told = client.get(page).text
        assert "R1" not in told and "Z1" not in told and "Acme" not in told


@pytest.mark.parametrize(
    "address",
    [
        "/portal/",
        "/portal/items/",
        "/portal/statement/",
        "/portal/statement/compare/",
        "/portal/documents/",
        "/portal/receipts/",
        "/portal/credit/",
        "/portal/calendar/",
        "/portal/contacts/",
    ],
)
def test_an_empty_account_is_shown_kindly_and_nobody_else_comes_in(client, customer, address):
    assert client.get(address).status_code == 302
    page = seated(seat_of(customer)).get(address)
    assert page.status_code == 200 and "Traceback" not in page.text


def test_receipts_say_what_a_payment_was_put_on(jane, rows):
    page = jane.get(f"/portal/receipts/{rows['paid'].pk}/")
    text = shown(page)
    assert "€125.00" in text and "R1" in text and "R3" in text and "€5.00" in text
    assert "Z1" in jane.get("/portal/receipts/?scope=unapplied").text
    lines = jane.get("/portal/receipts/payments.csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/portal/", "/portal/"),
        ("/portal/items/", "/portal/items/"),
        ("/portal/ways/", "/portal/pay/"),
        ("/portal/receipts/", "/portal/pay/"),
        ("/portal/contacts/", "/portal/people/"),
        ("/portal/statement/compare/", "/portal/statement/"),
    ],
)
def test_the_navigation_marks_the_entry_a_page_is_part_of(jane, address, entry):
    page = jane.get(address)
    assert page.status_code == 200
    side = page.text.split("portal-nav", 1)[-1]
    assert re.findall(r'<li><a href="([^"]+)" aria-current="page"><svg', side) == [entry]
