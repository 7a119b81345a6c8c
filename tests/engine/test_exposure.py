from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.exposure import (
    CoverPart,
    Exposure,
    ExposureRate,
    Part,
    exchanged,
    exposure,
    order_parts,
)

DAY = date(2026, 3, 1)
RATES = {"USD": ExposureRate("USD", 900_000, DAY), "JPY": ExposureRate("JPY", 610_000, DAY)}


def seen(*parts, covers=(), rates=RATES):
    return exposure(parts, covers, rates, home="EUR")


def test_everything_on_credit_counts_and_money_on_account_is_taken_off():
    found = seen(Part("EUR", 100_00, 20_00, 30_00, 15_00))

    assert found == Exposure("EUR", 100_00, 20_00, 30_00, 0, 15_00, 135_00)
    assert found.gross_minor == 150_00


def test_each_sum_of_a_currency_is_converted_and_rounded_once_at_the_named_rate():
    found = seen(Part("EUR", 1_00), Part("USD", 55, 0, 0, 5), Part("JPY", 1_000))

    # 55 * 0.9 = 49.5, half away from zero; 5 * 0.9 = 4.5
    assert found == Exposure(
        "EUR", 1_00 + 50 + 610, 0, 0, 0, 5, 755, (), (RATES["JPY"], RATES["USD"])
    )


def test_without_a_rate_the_exposure_is_not_known_and_the_currency_is_named():
    found = seen(Part("EUR", 1_00), Part("CHF", 5_00), Part("USD", 10))

    assert (found.exposure_minor, found.missing_rates) == (None, ("CHF",))
    assert found.rates == (RATES["USD"],)


def test_a_currency_whose_sums_are_all_nothing_needs_no_rate():
    assert seen(Part("CHF"), Part("EUR", 1)) == Exposure("EUR", 1, exposure_minor=1)


def test_a_cover_takes_its_share_of_the_smaller_of_its_amount_and_what_is_left_on_credit():
    small = CoverPart(1, "EUR", 40_00, 900_000)
    large = CoverPart(2, "EUR", 500_00, 900_000)

    assert seen(Part("EUR", 100_00), covers=[small]).covered_minor == 36_00
    assert seen(Part("EUR", 100_00), covers=[large]).covered_minor == 90_00
    assert seen(Part("EUR", 100_00, unapplied_minor=40_00), covers=[large]).exposure_minor == 6_00


def test_the_second_cover_counts_for_what_the_first_leaves():
    covers = [CoverPart(2, "EUR", 100_00, 500_000), CoverPart(1, "USD", 50_00, 1_000_000)]

    found = seen(Part("EUR", 100_00), covers=covers)

    assert found.covers == ((1, 45_00), (2, 27_50))
    assert (found.covered_minor, found.exposure_minor) == (72_50, 27_50)


def test_a_cover_without_a_rate_makes_the_exposure_unknown():
    found = seen(Part("EUR", 100_00), covers=[CoverPart(1, "CHF", 50_00, 1_000_000)])

    assert (found.exposure_minor, found.missing_rates, found.covers) == (None, ("CHF",), ())


def test_an_exposure_below_nothing_is_nothing():
    assert seen(Part("EUR", 10_00, unapplied_minor=30_00)).exposure_minor == 0


ORDER = {"amount_minor": 100, "prepaid_minor": 30}


@pytest.mark.parametrize(
    ("status", "delivered", "billed", "expect"),
    [
        ("approved", 0, 0, (0, 70, 30)),
        ("approved", 20, 0, (0, 70, 30)),
        ("approved", 50, 0, (20, 50, 30)),
        ("approved", 50, 50, (0, 50, 0)),
        ("approved", 60, 20, (30, 40, 10)),
        ("approved", 100, 100, (0, 0, 0)),
        ("held", 0, 0, (0, 0, 30)),
        ("held", 50, 20, (20, 0, 10)),
        ("rejected", 0, 0, (0, 0, 0)),
        ("cancelled", 50, 0, (20, 0, 30)),
        ("cancelled", 20, 0, (0, 0, 20)),
        ("cancelled", 50, 50, (0, 0, 0)),
    ],
)
def test_what_an_order_adds(status, delivered, billed, expect):
    found = order_parts(status=status, **ORDER, delivered_minor=delivered, billed_minor=billed)

    assert found == expect


amounts = st.integers(-(10**12), 10**12)
above = st.integers(0, 10**12)
codes = st.sampled_from(["EUR", "USD", "JPY"])
lines = st.builds(Part, codes, amounts, above, above, amounts, above)
covering = st.builds(
    CoverPart, st.integers(1, 10**6), codes, above, st.integers(0, 1_000_000)
)  # fmt: skip
books = st.lists(lines, max_size=6)
held = st.lists(covering, max_size=4, unique_by=lambda cover: cover.id)


@given(books, held)
def test_the_parts_make_the_whole_and_covers_never_take_more_than_there_is(parts, covers):
    found = seen(*parts, covers=covers)
    net = max(found.gross_minor - found.unapplied_minor, 0)

    assert found.exposure_minor == net - found.covered_minor >= 0
    assert found.covered_minor == sum(amount for _, amount in found.covers)
    assert all(amount >= 0 for _, amount in found.covers)


@given(books, held, st.randoms(use_true_random=False))
def test_no_order_of_rows_changes_an_exposure(parts, covers, random):
    first = seen(*parts, covers=covers)
    random.shuffle(parts)
    random.shuffle(covers)

    assert seen(*parts, covers=covers) == first


@given(books, held, codes, st.integers(0, 10**9))
def test_more_on_credit_never_lowers_the_exposure_by_more_than_a_rounding(
    parts, covers, code, more
):
    before = seen(*parts, covers=covers).exposure_minor
    after = seen(*parts, Part(code, more), covers=covers).exposure_minor

    # a share of a cover may round up by a unit where the exposure rises by one
    assert after >= before - len(covers)


@given(books, held, st.integers(0, 10**9))
def test_prepayment_never_raises_what_money_takes_off(parts, covers, ahead):
    free = seen(*parts, Part("EUR", unapplied_minor=5_000), covers=covers)
    bound = seen(
        *parts, Part("EUR", unapplied_minor=5_000, prepaid_minor=ahead), covers=covers
    )  # fmt: skip

    assert bound.unapplied_minor <= free.unapplied_minor


@given(
    st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000)
)  # fmt: skip
def test_billing_an_order_changes_nothing_on_credit(amount, prepaid, delivered, billed):
    prepaid, delivered, billed = (min(n, amount) for n in (prepaid, delivered, billed))
    unbilled, to_come, ahead = order_parts(
        status="approved",
        amount_minor=amount,
        prepaid_minor=prepaid,
        delivered_minor=delivered,
        billed_minor=billed,
    )

    # the invoices (billed), the rest of the order and the money paid for it, once each
    assert billed + unbilled + to_come - (prepaid - ahead) == amount - prepaid


def test_an_amount_below_nothing_is_rounded_away_from_it_too():
    assert [exchanged(n, "USD", RATES, to="EUR") for n in (5, -5)] == [5, -5]
