"""The payment code of a transfer: the same picture each time, and none where none fits."""

import pytest
from segno.helpers import make_epc_qr

from dunwell.formats.payment_code import PaymentCodeError, iban_in, payment_code_png

IBAN = "DE89 3704 0044 0532 0130 00"


def code(**changes):
    told = {"name": "Acme", "iban": IBAN, "amount_minor": 123450, "currency": "EUR", "text": "K1"}
    return payment_code_png(**{**told, **changes})


def test_a_code_is_the_same_picture_each_time():
    again = make_epc_qr(
        name="Acme", iban="DE89370400440532013000", amount=1234.5, text="K1", encoding="utf-8"
    )

    assert code() == code() == code(name=" Acme ", text="K1\n")
    assert code().startswith(b"\x89PNG")
    assert code() != code(amount_minor=123451)
    assert (
        again.designator
        == make_epc_qr(
            name="Acme", iban=IBAN, amount=1234.5, text="K1", encoding="utf-8"
        ).designator
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"currency": "USD"}, "for euro; this is in USD"),
        ({"amount_minor": 0}, "0.01 to"),
        ({"amount_minor": 10**11}, "0.01 to"),
        ({"iban": "DE00 1"}, "DE00 1 is no IBAN"),
        ({"iban": ""}, "The empty account is no IBAN"),
        ({"name": " "}, "needs the name"),
        ({"text": " "}, "needs the name of who is paid, and a text"),
    ],
)
def test_what_cannot_be_paid_by_code_says_why(changes, why):
    with pytest.raises(PaymentCodeError, match=why):
        code(**changes)


def test_long_texts_are_cut_to_what_the_standard_takes():
    assert code(name="A" * 90, text="T" * 300) == code(name="A" * 70, text="T" * 140)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Main Bank, IBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX", "DE89370400440532013000"),
        ("iban gb29nwbk60161331926819 quote K1", "GB29NWBK60161331926819"),
        ("DE89 3704 0044 0532 0130 00 quote your number", "DE89370400440532013000"),
        ("IBAN DE00 0000 0000 0000 0000 00", ""),
        ("account 12345", ""),
        ("", ""),
    ],
)
def test_an_account_is_found_in_a_bank_detail(text, found):
    assert iban_in(text) == found
