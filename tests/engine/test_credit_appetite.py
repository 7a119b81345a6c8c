"""The risk appetite: measures over a book by hand, and what is left for one customer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.appetite_measures import MEASURES, AppetiteLimit, BookRow, Whole
from dunwell.engine.book_gauges import book_gauges
from dunwell.engine.credit_appetite import (
    breaches,
    headroom,
    read_appetite,
    without,
)
from dunwell.engine.credit_book import CreditRow, book_of
from dunwell.engine.documents import DocumentError

BOOK = (
    BookRow(customer_id=1, exposure_minor=600, risk_class="A", country="DE", pd_ppm=10_000,
            lgd_ppm=500_000),
    BookRow(customer_id=2, exposure_minor=300, risk_class="D", country="FR", pd_ppm=100_000,
            lgd_ppm=500_000),
    BookRow(customer_id=3, exposure_minor=100, risk_class="E", country="DE", pd_ppm=300_000,
            lgd_ppm=600_000),
    BookRow(customer_id=4, exposure_minor=None, risk_class="E", country="DE"),
    BookRow(customer_id=5, exposure_minor=0, risk_class="E", country="DE"),
)  # fmt: skip


def gauges(limits, book):
    """The gauges of customers stated as the appetite sees them."""
    names = BookRow.__slots__
    rows = [CreditRow(**{name: getattr(row, name) for name in names}) for row in book]
    return book_gauges(limits, book_of(rows))


def limit(measure, most, then="stop", **names):
    return AppetiteLimit(name=measure, measure=measure, most=most, then=then, **names)


EVERY = (
    limit("total_exposure", 900),
    limit("class_share", 400_000, classes=("D", "E")),
    limit("top_1_share", 500_000),
    limit("top_10_share", 1_000_000),
    limit("country_share", 250_000, countries=("FR",)),
    limit("expected_loss", 30),
)


def test_gauges_by_hand_with_the_customers_they_are_made_of():
    found = gauges(EVERY, BOOK)
    # EL: 600 x 1 % x 50 % = 3; 300 x 10 % x 50 % = 15; 100 x 30 % x 60 % = 18
    assert [gauge.value for gauge in found] == [1_000, 400_000, 600_000, 1_000_000, 300_000, 36]
    assert [gauge.is_reached for gauge in found] == [True, False, True, False, True, True]
    assert found[1].parts == ((2, 300), (3, 100))
    assert found[5].parts == ((3, 18), (2, 15), (1, 3))
    assert [gauge.is_share for gauge in found] == [False, True, True, True, True, False]
    assert found[0].used_ppm == 1_111_111


def test_an_empty_book_uses_nothing():
    assert [gauge.value for gauge in gauges(EVERY, ())] == [0] * 6


def test_more_for_one_customer_breaches_what_it_makes_worse_and_no_more():
    row = BOOK[1]
    others = without(EVERY, BOOK, customer_id=2)
    names = [gauge.limit.measure for gauge in breaches(others, row, more_minor=100)]
    # the largest customer's share stands above already, and falls
    assert names == ["total_exposure", "class_share", "country_share", "expected_loss"]
    assert breaches(others, row, more_minor=0) == ()


def test_headroom_is_the_most_that_stops_nothing():
    row = BookRow(customer_id=9, exposure_minor=0, risk_class="D", country="DE")
    others = without([limit("class_share", 500_000, classes=("D", "E"))], BOOK, customer_id=9)
    # 600 of 1,200 is the half allowed
    assert headroom(others, row, more_minor=1_000) == 200
    assert headroom(others, row, more_minor=150) == 150
    watch = [limit("class_share", 1, "watch", classes=("D", "E"))]
    assert breaches(without(watch, BOOK, customer_id=9), row, more_minor=1_000) == ()
    refer = [limit("class_share", 500_000, "refer", classes=("D", "E"))]
    assert headroom(without(refer, BOOK, customer_id=9), row, more_minor=1_000) == 1_000


rows = st.builds(
    BookRow,
    customer_id=st.integers(1, 30),
    exposure_minor=st.none() | st.integers(0, 1_000),
    risk_class=st.sampled_from("ABDE"),
    country=st.sampled_from(["DE", "FR"]),
    pd_ppm=st.integers(0, 500_000),
    lgd_ppm=st.just(500_000),
)
books = st.lists(rows, max_size=12, unique_by=lambda row: row.customer_id)
limits = st.sampled_from(MEASURES).flatmap(
    lambda measure: st.builds(
        limit,
        st.just(measure),
        st.integers(0, 1_500 if measure in ("total_exposure", "expected_loss") else 1_000_000),
        classes=st.just(("D", "E") if measure == "class_share" else ()),
        countries=st.just(("FR",) if measure == "country_share" else ()),
    )
)


@given(books, st.lists(limits, min_size=1, max_size=3), rows, st.integers(0, 2_000))
def test_headroom_breaches_nothing_and_a_unit_more_does(book, some, row, more):
    others = without(some, book, customer_id=row.customer_id)
    most = headroom(others, row, more_minor=more)
    assert 0 <= most <= more
    assert breaches(others, row, more_minor=most) == ()
    if most < more:
        assert breaches(others, row, more_minor=most + 1) != ()


@given(books, limits, rows, st.integers(0, 2_000))
def test_a_measure_without_one_customer_and_with_it_again_is_the_whole_book_s(
    book, one, row, more
):
    rest = [other for other in book if other.customer_id != row.customer_id]
    then = replace(row, exposure_minor=(row.exposure_minor or 0) + more)
    (others,) = without([one], book, customer_id=row.customer_id)
    (whole,) = gauges([one], [*rest, then])
    assert others.value(row, then.exposure_minor) == whole.value


placed = rows.flatmap(
    lambda row: st.builds(
        replace,
        st.just(row),
        group_id=st.integers(0, 3),
        covered_minor=st.integers(0, 500),
        is_new=st.booleans(),
        sector=st.sampled_from(["", "C10", "G47"]),
        currencies=st.lists(
            st.tuples(st.sampled_from(["EUR", "USD", "GBP"]), st.integers(1, 900)),
            max_size=3,
            unique_by=lambda part: part[0],
        ).map(tuple),
    )
)


@given(
    st.lists(placed, max_size=30, unique_by=lambda row: row.customer_id),
    limits,
    st.integers(0, 2_000),
    st.data(),
)
def test_what_is_left_of_a_book_read_once_is_what_is_left_without_the_customer(
    book, one, more, data
):
    whole = Whole(one, book)
    for row in book:
        (others,) = without([one], book, customer_id=row.customer_id)
        left = whole.without(row)
        assert left.value() == others.value()
        then = data.draw(st.sampled_from([0, more, (row.exposure_minor or 0) + more]))
        assert left.value(row, then) == others.value(row, then)


def test_the_twenty_first_name_moves_up_where_one_of_the_largest_is_left_out():
    book = [BookRow(customer_id=n, exposure_minor=n * 100) for n in range(1, 31)]
    one = limit("top_20_share", 1_000_000)
    (others,) = without([one], book, customer_id=30)
    assert Whole(one, book).without(book[-1]).value() == others.value() > 0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"name": "x", "measure": "luck"}, "measure 'luck' is not known"),
        ({"name": "x", "measure": "class_share", "most_ppm": 1}, "class_share needs classes"),
        (
            {"name": "x", "measure": "top_1_share", "most_ppm": 1, "excluding": ["DE"]},
            "excluding goes with a share",
        ),
        ({"name": "x", "measure": "total_exposure", "most_ppm": 1}, "stated with most_minor"),
        ({"name": "x", "measure": "top_1_share", "most_ppm": 1_000_001}, "most_ppm is 1000001"),
        ({"name": "x", "measure": "top_1_share", "most_ppm": 1, "then": "shrug"}, "then 'shrug'"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(row, message):
    with pytest.raises(DocumentError, match=message):
        read_appetite([row], classes=("D",))
