"""Exposure in columns is what the rule says of each customer."""

import narwhals.stable.v2 as nw
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.exposure import ExposureRate, Part, exposure, split_by_currency
from dunwell.engine.exposure_frames import AMOUNTS, PARTS, exposed, held
from tests.conftest import TODAY

amounts = st.sampled_from([0, 0, 1, 7]) | st.integers(-(10**12), 10**12)
parts = st.builds(
    Part,
    currency=st.sampled_from(["EUR", "USD", "GBP"]),
    open_minor=amounts,
    unbilled_minor=amounts.map(abs),
    orders_minor=amounts.map(abs),
    unapplied_minor=amounts,
    prepaid_minor=amounts.map(abs),
)
customers = st.dictionaries(
    st.integers(1, 50),
    st.lists(parts, min_size=1, max_size=3, unique_by=lambda one: one.currency),
    max_size=6,
)
rates = st.dictionaries(st.sampled_from(["USD", "GBP"]), st.integers(1, 3_000_000))


@given(customers, rates)
def test_columns_say_what_the_rule_says_of_each_customer(book, known):
    found = {code: ExposureRate(code, ppm, TODAY) for code, ppm in known.items()}
    lines = [(key, one) for key, some in book.items() for one in some]
    columns = {"customer_id": [key for key, _one in lines]}
    for name in ("currency", *AMOUNTS):
        columns[name] = [getattr(one, name) for _key, one in lines]
    frame = nw.from_dict(columns, nw.Schema(PARTS), backend="polars")
    told = exposed(frame, found, home="EUR")
    one_by_one = {
        key: exposure(some, (), found, home="EUR").exposure_minor for key, some in book.items()
    }
    assert dict(told.select("customer_id", "exposure_minor").iter_rows()) == one_by_one
    split = {}
    for key, code, amount in held(frame, found, told, home="EUR").iter_rows():
        split.setdefault(key, []).append((code, amount))
    expected = {
        key: list(split_by_currency(some, found, home="EUR", exposure_minor=one_by_one[key]))
        for key, some in book.items()
        if one_by_one[key]
    }
    assert split == {key: some for key, some in expected.items() if some}
