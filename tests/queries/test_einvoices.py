"""The list of invoices that came in: one query, whatever its length; by status and words."""

import pytest

from dunwell.models import EInvoiceFile
from dunwell.queries.einvoices import einvoice_file_rows
from dunwell.queries.pages import CursorError
from tests.conftest import AT


def add(company, at, **more):
    return EInvoiceFile.objects.create(
        company=company, sha256=f"{at:064d}", name=f"{at}.xml", size_bytes=1, by="carla",
        status="waiting", number=f"R-{at}", kind="invoice", currency="EUR", amount_minor=at,
        recorded_at=AT, findings=[{"rule": "BR-1", "level": "fatal", "text": "x", "where": "y"}],
        **more,
    )  # fmt: skip


def test_files_are_listed_newest_first_in_one_query(company, customer, django_assert_num_queries):
    add(company, 1, customer=customer)
    with django_assert_num_queries(1):
        (row,) = einvoice_file_rows(company).rows
    assert (row.number, row.customer_name, row.kind_label, row.fatal) == (
        "R-1", customer.name, "Invoice", 1,
    )  # fmt: skip
    add(company, 2, buyer_name="Somebody")
    add(company, 3)
    with django_assert_num_queries(1):
        page = einvoice_file_rows(company, limit=2)
    assert [one.number for one in page.rows] == ["R-3", "R-2"]
    rest = einvoice_file_rows(company, limit=2, cursor=page.next)
    assert [one.number for one in rest.rows] == ["R-1"]
    assert [one.number for one in einvoice_file_rows(company, search="some").rows] == ["R-2"]
    assert einvoice_file_rows(company, status="taken").rows == ()
    with pytest.raises(CursorError):
        einvoice_file_rows(company, cursor="nonsense")
