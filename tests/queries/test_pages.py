from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.models import Customer
from dunwell.queries.pages import CursorError, after, cursor, page_limit, page_of, read_cursor
from tests.conftest import add_customer

MOMENT = datetime(2026, 3, 5, 9, tzinfo=UTC)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.text().filter(lambda t: "\0" not in t), st.dates())
def test_a_cursor_gives_back_the_key_it_was_made_of(number, text, on):
    assert read_cursor(cursor((number, text, on)), (int, str, date)) == (number, text, on)


def test_moments_keep_their_zone():
    assert read_cursor(cursor((MOMENT,)), (datetime,)) == (MOMENT,)


@given(st.text(max_size=40))
def test_any_other_text_is_refused(text):
    try:
        key = read_cursor(text, (date, int))
    except CursorError:
        return
    assert cursor(key)


@pytest.mark.parametrize(
    ("key", "kinds"),
    [((1,), (int, int)), (("x",), (int,)), ((True,), (int,)), ((1,), (str,)), (("x",), (date,))],
)
def test_a_cursor_of_another_list_is_refused(key, kinds):
    with pytest.raises(CursorError, match="leave it out to start again"):
        read_cursor(cursor(key), kinds)


def test_pages_hold_every_row_once_in_order_whatever_is_added_meanwhile(company):
    for number, name in [("K1", "B"), ("K2", "A"), ("K3", "B"), ("K4", "C"), ("K5", "B")]:
        add_customer(company, number, name)

    def page(order, text):
        rows = Customer.objects.filter(after(text, order, (str, int))).order_by(*order)[:3]
        return page_of(list(rows), limit=2, key=lambda row: (row.name, row.pk))

    seen, text = [], ""
    while True:
        found = page(("name", "id"), text)
        seen += [row.number for row in found.rows]
        if len(seen) == 2:
            add_customer(company, "K0", "A")  # before the cursor: not shown, nothing shifts
        text = found.next
        if not text:
            break
    assert seen == ["K2", "K1", "K3", "K5", "K4"]

    down = page(("-name", "-id"), "")
    assert [row.number for row in down.rows] == ["K4", "K5"]
    assert [row.number for row in page(("-name", "-id"), down.next).rows] == ["K3", "K1"]


def test_page_sizes_stay_within_bounds():
    assert [page_limit(size) for size in (-1, 0, 1, 50, 10_000)] == [1, 1, 1, 50, 500]
