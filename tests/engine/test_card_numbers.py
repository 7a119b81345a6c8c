"""Card numbers in texts: found however people write them, and nothing else taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.card_numbers import BRANDS, brand_of, card_numbers, masked, passes_luhn
from tests.effort import effort

VISA, AMEX = "4111111111111111", "378282246310005"


def with_check_digit(body):
    return next(f"{body}{digit}" for digit in range(10) if passes_luhn(f"{body}{digit}"))


@pytest.mark.parametrize(
    ("text", "brand", "last4"),
    [
        (VISA, "Visa", "1111"),
        ("4111 1111 1111 1111", "Visa", "1111"),
        ("4111-1111-1111-1111 exp 12/27", "Visa", "1111"),
        ("card:4111.1111.1111.1111!", "Visa", "1111"),
        ("4111\u00a01111\u00a01111\u00a01111", "Visa", "1111"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "Visa", "1111"),
        ("my card is4111111111111111thanks", "Visa", "1111"),
        ("4111 1111 1111 1111 123", "Visa", "1111"),
        ("3782 822463 10005", "American Express", "0005"),
        ("5555555555554444", "Mastercard", "4444"),
        ("2223003122003222", "Mastercard", "3222"),
        ("6011 1111 1111 1117", "Discover", "1117"),
        ("3056 930902 5904", "Diners Club", "5904"),
        ("3566002020360505", "JCB", "0505"),
        ("6200000000000005", "UnionPay", "0005"),
        ("\u0664\u0661\u0661\u0661" + "\u0661" * 12, "Visa", "1111"),
    ],
)
def test_a_card_number_is_found_however_it_is_written(text, brand, last4):
    assert [(one.brand, one.last4) for one in card_numbers(text)] == [(brand, last4)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4111 1111 1111 1112",
        "DE89 3704 0044 0532 0130 00",
        "GB29NWBK60161331926819",
        "RF18 5390 0754 7034",
        "21 00000 00003 13947 14300 09017",
        "+49 151 2345 6789",
        "Invoice 2024-000123 of 12.03.2024 over 1,234.56",
        "1716239022000",
        "4000000000000",
        "4006381333931",
        "0000000000000000",
        "4444444444444444",
        "41111111111111110000000000000",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text):
    assert card_numbers(text) == ()


def test_masking_keeps_the_last_four_digits_and_the_words_around():
    text = f"Take {VISA[:4]} 1111 1111 1111, or {AMEX}. Invoice R-12."

    assert masked(text) == (
        "Take [card number removed, ends 1111], or [card number removed, ends 0005]. Invoice R-12."
    )
    assert card_numbers(masked(text)) == ()


@given(
    st.sampled_from(
        [
            (low, length)
            for rows in BRANDS.values()
            for low, _, lengths in rows
            for length in lengths
        ]
    ),
    st.integers(0, 10**13 - 1),
    st.sampled_from(["", " ", "-"]),
)
def test_every_number_of_every_range_is_found_and_masked(head, rest, separator):
    low, length = head
    digits = with_check_digit(f"{low}{rest:013d}"[: length - 1])
    groups = [digits[at : at + 4] for at in range(0, length, 4)]
    written = f"pay with {separator.join(groups)}, please"

    assert brand_of(digits)
    assert [one.last4 for one in card_numbers(written)] == [digits[-4:]]
    assert digits not in masked(written).replace(separator or " ", "")


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text):
    found = card_numbers(text)

    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert card_numbers(masked(text)) == ()


def seconds(text):
    with effort() as spent:
        masked(text)
    return spent.seconds


@pytest.mark.parametrize("written", [f"{'0' * 40} and ", f"{VISA} and "])
def test_a_text_eight_times_as_long_takes_about_eight_times_as_long(written):
    """Anybody may send megabytes of digits; work that grows with their square would stop the desk."""
    short, long = (min(seconds(written * times) for _ in range(3)) for times in (1_000, 8_000))

    assert long < 24 * short
