"""Customers' own lists: compared once a day, kept with their bytes, and somebody asked to look."""

import pytest

from dunwell.actions.gate import Forbidden, Refused, debtor, system
from dunwell.actions.portal_settings import save_portal_settings
from dunwell.actions.portal_supplier_statements import compare_own_statement
from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.account_statement_files import KINDS
from dunwell.models import Event, SupplierStatement, Task
from dunwell.queries.statement_spans import read_span
from dunwell.queries.statements import letterhead, preview
from dunwell.queries.supplier_statements import our_entries
from tests.conftest import AT, TODAY
from tests.portal.account_rows import filled
from tests.portal.seats import seat_of

LIST = b"""Invoice number,Due date,Amount
R1,2026-02-04,100.00
R2,2026-03-25,250.00
X9,2026-02-01,9.00
"""


@pytest.fixture
def seat(customer):
    filled(customer)
    return seat_of(customer)


def compare(seat, data=LIST, **changes):
    values = {"file": Upload(name="C:\\lists\\ours.csv", data=data), "currency": "EUR"}
    return compare_own_statement(
        actor=debtor(seat),
        customer=seat.customer,
        seat=seat,
        as_of=TODAY,
        at=AT,
        **{**values, **changes},
    )


def lines(statement):
    return list(
        statement.lines.order_by("place").values_list(
            "number", "outcome", "our_minor", "their_minor", "difference_minor"
        )
    )


def test_a_list_is_compared_line_by_line_and_the_sums_tie(seat):
    made = compare(seat)
    assert (made.our_minor, made.difference_minor, made.their_minor) == (285_00, -74_00, 359_00)
    assert lines(made) == [
        ("G1", "only_ours", -20_00, None, -20_00),
        ("R1", "amount_differs", 60_00, 100_00, -40_00),
        ("Z1", "only_ours", -5_00, None, -5_00),
        ("R2", "not_due", 250_00, 250_00, 0),
        ("X9", "only_theirs", None, 9_00, -9_00),
    ]
    assert made.name == "ours.csv" and upload_path(made.sha256).read_bytes() == LIST
    assert (
        Task.objects.get().reason
        == "The customer's list ours.csv differs in 4 lines from our books"
    )
    assert Event.objects.get(verb="supplier_statement.compared").data["counts"]["not_due"] == 1


def test_the_same_list_on_the_same_day_is_one_comparison(seat):
    assert compare(seat) == compare(seat)
    assert SupplierStatement.objects.count() == 1


def test_our_entries_sum_to_the_balance(seat):
    found = our_entries(seat.customer, "EUR", as_of=TODAY)
    assert sum(one.open_minor for one in found) == 285_00


def test_a_list_that_agrees_asks_nobody(seat):
    text = b"Invoice,Amount\nR1,60.00\nR2,250.00\nG1,-20.00\nZ1,-5.00\n"
    made = compare(seat, text)
    assert made.difference_minor == 0 and not Task.objects.exists()


def test_our_own_statement_as_pdf_is_read_as_their_list(seat):
    _, span = read_span({"span": "this_year"}, today=TODAY)
    customer = seat.customer
    document = preview(customer.company, customer, span=span)
    data = KINDS["pdf"].write(document, letterhead(customer.company, customer))
    made = compare(seat, data)
    assert made.our_minor - made.difference_minor == made.their_minor
    assert made.media_type == "application/pdf" and made.lines.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"currency": "USD"}, "There is no account in 'USD'"),
        ({"data": b""}, "empty"),
        ({"data": b"Name\nx\n"}, "no column is known"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_to_do(seat, changes, words):
    with pytest.raises(Refused, match=words):
        compare(seat, **changes)
    assert not SupplierStatement.objects.exists()


def test_a_company_may_take_no_lists_and_a_viewer_sends_none(company, seat):
    viewer = seat_of(seat.customer, role="viewer", email="vera@buyer.example")
    with pytest.raises(Forbidden):
        compare(viewer)
    save_portal_settings(
        actor=system(company),
        version=0,
        shows_limit="nobody",
        shows_orders=True,
        shows_interest=True,
        takes_statements=False,
        at=AT,
    )
    with pytest.raises(Refused, match="takes no lists here"):
        compare(seat)
