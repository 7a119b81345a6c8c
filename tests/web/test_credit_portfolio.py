"""The credit manager's home: figures that lead to the rows that add up to them, and stress."""

import io
import re

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests.actions.cover_rows import overdue
from tests.conftest import add_customer

QUERIES = {"/credit/": 22, "/credit/customers/": 14, "/credit/stress/": 15}


@pytest.fixture
def book(company):
    for number, country, amount in (("A", "DE", 500_00), ("B", "FR", 300_00), ("C", "DE", 200_00)):
        overdue(
            add_customer(
                company, number, f"Firm {number}", country=country, credit_limit_minor=400_00
            ),
            f"R-{number}",
            amount,
        )


def test_an_empty_book_says_so(come_in, reader):
    page = come_in(reader).get("/credit/").text
    assert "Nobody owes anything on credit." in page
    assert "Nobody is rated yet" in page
    assert "Nobody here" in come_in(reader).get("/credit/customers/").text


def test_figures_lead_to_rows_that_add_up(come_in, reader, book):
    client = come_in(reader)
    page = client.get("/credit/").text
    assert "€1,000.00" in page and "€1,200.00" in page and "€100.00" in page
    for address, total in (
        ("?only=owing", "€1,000.00"),
        ("?only=over", "€500.00"),
        ("?only=owing&country=DE", "€700.00"),
        ("?top=1", "€500.00"),
        ("?only=nonsense&top=x&cursor=x&q=firm", "€1,000.00"),
    ):
        listed = client.get(f"/credit/customers/{address}").text
        foot = listed[listed.index("<tfoot>") :]
        assert total in foot
    assert re.search(r"only=owing&amp;country=DE", page)
    lines = client.get("/credit/customers/export.csv?country=FR").text.splitlines()
    assert len(lines) == 2 and "Firm B" in lines[1]


def test_stress_says_what_shocks_cost_and_refuses_nonsense(come_in, reader, book):
    client = come_in(reader)
    assert "No shock yet" in client.get("/credit/stress/").text
    page = client.get("/credit/stress/?pd_times=2&country=FR").text
    assert "fails" in page and "Firm B" in page
    assert client.get("/credit/stress/?pd_times=-1").status_code == 422
    lines = client.get("/credit/stress/export.csv?sales=-20").text
    assert "400" in lines


def test_the_review_pack_comes_as_pdf_and_workbook(come_in, reader, book):
    client = come_in(reader)
    found = client.get("/credit/pack.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(found.content)).pages)
    assert found["Content-Type"] == "application/pdf"
    assert "Credit portfolio review" in text and "1,000.00" in text and "Firm A" in text
    assert client.get("/credit/pack.pdf").content == found.content
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(client.get("/credit/pack.xlsx").content))
    rows = sheets.get_sheet_by_name("By country").to_python()
    assert [row[:3] for row in rows[1:]] == [["DE", 2, 700], ["FR", 1, 300]]
    assert client.get("/credit/pack.docx").status_code == 404


@pytest.mark.parametrize("address", QUERIES)
@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_and_three_customers(
    come_in, reader, company, django_assert_num_queries, address, count
):
    for n in range(count):
        overdue(add_customer(company, f"Q{n}", credit_limit_minor=1_00), f"I{n}")
    client = come_in(reader)
    client.get(address)
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)


def test_long_names_of_countries_have_room_beside_their_bars(come_in, reader, company):
    customer = add_customer(company, "A", "Firm A", country="GB", credit_limit_minor=400_00)
    overdue(customer, "R-A", 500_00)
    page = come_in(reader).get("/credit/").text
    named = page.index('class="aging aging-named"')
    # of countries alone: letters of classes need no room
    assert page.count("aging-named") == 1
    assert page.index(">By country<") < named < page.index("United Kingdom")
