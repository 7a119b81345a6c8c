"""What credit cost and brought, in columns, is what the sentences of its rule say."""

import narwhals.stable.v2 as nw
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.credit_yield import MILLION, YEAR, yield_columns
from dunwell.engine.money import part

customers = st.lists(
    st.fixed_dictionaries(
        {
            "sales_minor": st.integers(-(10**12), 10**13),
            "owed_0": st.integers(0, 10**15),
            "owed_1": st.integers(0, 10**15),
            "margin_ppm": st.integers(0, MILLION),
            "loss_minor": st.integers(0, 10**9),
            "discount_minor": st.integers(0, 10**9),
            "contacts": st.integers(0, 500),
        }
    ),
    min_size=1,
    max_size=6,
)


@given(customers, st.integers(0, 300_000), st.integers(0, 300_000), st.integers(0, 5_000))
def test_columns_are_margin_carry_and_collecting_each_rounded_once(rows, first, second, contact):
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    told = yield_columns(
        nw.from_dict(columns, backend="polars"),
        rates_ppm=[first, second],
        contact_minor=contact,
        days=YEAR,
    )
    for row, one in zip(rows, told.rows(named=True), strict=True):
        carried = row["owed_0"] * first + row["owed_1"] * second
        assert {name: one[name] for name in one if name not in row} == {
            "average_minor": part(row["owed_0"] + row["owed_1"], 1, YEAR),
            "margin_minor": part(row["sales_minor"], row["margin_ppm"], MILLION),
            "carry_minor": part(carried, 1, MILLION * YEAR),
            "collect_minor": row["contacts"] * contact,
        }
