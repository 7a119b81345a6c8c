"""Check digits: published examples hold, one changed digit does not."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dunwell.formats.bank.references import (
    is_belgian,
    is_iban,
    is_qr_iban,
    is_qr_reference,
    is_rf,
    structured_reference,
)

RF = "RF18539007547034"
QR = "210000000003139471430009017"
IBANS = ["DE89370400440532013000", "GB29NWBK60161331926819", "CH9300762011623852957"]


def test_published_examples_hold():
    assert is_rf(RF) and is_rf("RF18 5390 0754 7034") and is_rf("rf18539007547034")
    assert is_qr_reference("21 00000 00003 13947 14300 09017") and is_qr_reference(QR)
    assert all(is_iban(iban) for iban in IBANS)
    assert is_qr_iban("CH44 3199 9123 0008 8901 2") and not is_qr_iban(IBANS[2])
    assert is_belgian("+++090/9337/55493+++") and is_belgian("***090/9337/55493***")


@given(st.integers(4, len(RF) - 1), st.sampled_from(string.digits))
def test_one_changed_digit_breaks_an_rf_reference(at, digit):
    assume(RF[at] != digit)
    assert not is_rf(RF[:at] + digit + RF[at + 1 :])


@given(st.integers(0, 26), st.sampled_from(string.digits))
def test_one_changed_digit_breaks_a_qr_reference(at, digit):
    assume(QR[at] != digit)
    assert not is_qr_reference(QR[:at] + digit + QR[at + 1 :])


@given(st.text(max_size=60))
def test_any_text_is_judged_without_an_error(text):
    judged = [is_rf(text), is_iban(text), is_qr_iban(text), is_qr_reference(text)]
    assert all(isinstance(answer, bool) for answer in [*judged, is_belgian(text)])
    assert isinstance(structured_reference(text), str)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Invoice RF18 5390 0754 7034 thanks", RF),
        (f"ref {RF}", RF),
        ("ref RF19539007547034", ""),
        (f"QRR {QR}.", QR),
        ("21 00000 00003 13947 14300 09017", QR),
        ("+++090/9337/55493+++", "+++090/9337/55493+++"),
        ("order 090933755493", ""),
        ("000000000000000000000000000", ""),
        ("", ""),
    ],
)
def test_a_reference_is_found_in_free_text_by_its_check_digits(text, found):
    assert structured_reference(text) == found
