"""pain.008: the same bytes every time, SEPA's characters, and nothing a bank would refuse."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.pain008 import (
    SCHEMAS,
    Collection,
    Creditor,
    DebitFileError,
    is_creditor_id,
    sepa_text,
    write_pain008,
)

CREDITOR = Creditor(
    name="Müller & Söhne", iban="DE89370400440532013000", bic="COBADEFFXXX",
    creditor_id="DE98ZZZ09999999999",
)  # fmt: skip
ONE = Collection(
    end_to_end="DD1-1-1", sequence="FRST", amount_minor=12_34, mandate="M1",
    signed_on=date(2026, 1, 5), debtor="Acme", iban="FR1420041010050500013M02606", bic="",
    text="R1",
)  # fmt: skip


def write(*collections, **changes):
    return write_pain008(
        **{
            "creditor": CREDITOR,
            "collections": collections,
            "scheme": "CORE",
            "collect_on": date(2026, 3, 20),
            "message_id": "DD1-1",
            "made_at": datetime(2026, 3, 5, 9, tzinfo=UTC),
            **changes,
        }
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_same_collection_is_the_same_bytes(schema):
    one, two = (write(ONE, schema=schema) for _ in range(2))

    assert one == two
    for text in ("<MsgId>DD1-1<", "<CreDtTm>2026-03-05T09:00:00<", "<PmtInfId>DD1-1-FRST<"):
        assert text in one.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"collections": ()}, "There is no direct debit to write"),
        ({"schema": "pain.008.001.99"}, "pain.008.001.99 cannot be written"),
        (
            {"creditor": replace(CREDITOR, creditor_id="")},
            "creditor identifier .* cannot be right",
        ),
        ({"creditor": replace(CREDITOR, name="\N{SNOWMAN}")}, "name of our own company"),
        ({"creditor": replace(CREDITOR, iban="12")}, "The bank would refuse the file at .*IBAN"),
        ({"collections": (ONE, ONE)}, "the same end-to-end id"),
        ({"collections": (replace(ONE, amount_minor=0),)}, "DD1-1-1: the amount must lie"),
        ({"collections": (replace(ONE, amount_minor=10**11),)}, "999,999,999.99 EUR"),
        ({"collections": (replace(ONE, end_to_end="x" * 36),)}, "no length that fits"),
        ({"collections": (replace(ONE, sequence="ABCD"),)}, "would refuse the file at .*SeqTp"),
        ({"message_id": "x" * 31}, "is too long for the bank"),
    ],
)
def test_what_a_bank_would_refuse_is_not_written(change, sentence):
    with pytest.raises(DebitFileError, match=sentence):
        write(**{"collections": (ONE,), **change})


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Müller & Söhne", "Mueller + Soehne"),
        ("Straße", "Strasse"),
        ("Łódź  Ελλάς", "Lodz Ellas"),
        ("//a//b//", "a/b"),
        ("x<y>\n*z", "x y z"),
    ],
)
def test_texts_come_in_the_characters_of_sepa(text, plain):
    assert sepa_text(text, most=70) == plain


@given(st.text(max_size=200))
def test_any_text_becomes_one_that_a_bank_takes(text):
    found = sepa_text(text, most=140)

    assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ ]{0,140}", found)
    assert "//" not in found and found == found.strip("/ ")


def test_creditor_identifiers_are_checked_by_their_digits():
    right = ("DE98ZZZ09999999999", "FR72ZZZ123456", "AT61ZZZ01234567890", "BE68ZZZ0123456789")
    # the three characters of the business code do not count
    assert all(
        is_creditor_id(text) and is_creditor_id(f"{text[:4]}A1B{text[7:]}") for text in right
    )
    assert [
        is_creditor_id(wrong)
        for wrong in ("", "DE97ZZZ09999999999", "de98zzz09999999999", "DE98ZZZ0999999999 ")
    ] == [False] * 4
