"""A whole book in columns measures what its customers one by one do."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.appetite_measures import MEASURES, AppetiteLimit
from dunwell.engine.book_gauges import book_gauges, whole_of
from dunwell.engine.credit_appetite import without
from dunwell.engine.credit_book import PPM, CreditRow, book_of
from dunwell.engine.stress import book_row
from tests.engine.plain_gauges import gauges

rows = st.builds(
    CreditRow,
    customer_id=st.integers(1, 10**6),
    exposure_minor=st.none() | st.integers(0, 10**12),
    limit_minor=st.none() | st.integers(0, 10**12),
    pd_ppm=st.integers(0, PPM),
    lgd_ppm=st.integers(0, PPM),
    risk_class=st.sampled_from("ABDE"),
    country=st.sampled_from(["DE", "FR", ""]),
    sector=st.sampled_from(["", "C", "10", "47"]),
    group_id=st.integers(0, 3),
    currencies=st.dictionaries(
        st.sampled_from(["EUR", "GBP", "USD"]), st.integers(1, 900), max_size=3
    ).map(lambda held: tuple(sorted(held.items()))),
    covered_minor=st.integers(0, 500),
    is_new=st.booleans(),
)
books = st.lists(rows, max_size=15, unique_by=lambda row: row.customer_id)
limits = st.builds(
    AppetiteLimit,
    name=st.just("name"),
    measure=st.sampled_from(MEASURES),
    most=st.integers(0, PPM),
    classes=st.just(("D", "E")),
    countries=st.sampled_from([(), ("FR",)]),
    sectors=st.sampled_from([(), ("C",)]),
    currencies=st.sampled_from([(), ("USD",)]),
    excluding=st.sampled_from([(), ("DE", "EUR", "47")]),
)


@given(books, st.lists(limits, min_size=1, max_size=4))
def test_columns_measure_what_the_customers_one_by_one_do(book, some):
    whole = book_of(book)
    told = book_gauges(some, whole)
    assert told == gauges(some, map(book_row, book))
    few = book_gauges(some, whole, most_parts=2)
    assert [one.parts for one in few] == [one.parts[:2] for one in told]
    assert [one.value for one in few] == [one.value for one in told]


@given(books, limits)
def test_a_measure_ready_to_be_told_without_a_customer_is_that_of_the_book(book, one):
    whole, rows = whole_of(one, book_of(book)), [book_row(row) for row in book]
    (told,) = gauges([one], rows)
    assert (whole.value(), whole.largest_key()) == (told.value, told.key)
    for row in rows:
        (others,) = without([one], rows, customer_id=row.customer_id)
        assert whole.without(row).value() == others.value()
    for row in rows[:3]:
        half = replace(row, exposure_minor=(row.exposure_minor or 0) // 2)
        whole.exchange(row, half)
        rows = [half if other is row else other for other in rows]
    (told,) = gauges([one], rows)
    assert whole.value() == told.value


@given(books)
def test_a_book_tells_its_customers_as_they_were_stated(book):
    whole = book_of(book)
    assert whole.credit_rows() == tuple(book)
    for name in ("known_minor", "loss_minor", "over_minor"):
        assert whole.rows[name].to_list() == [getattr(row, name) for row in book]
    assert whole.owing().credit_rows() == tuple(row for row in book if row.exposure_minor)
