"""Refunds as pain.001: valid by the schema, the same bytes again, and refusals in plain words."""

from datetime import date, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sepaxml.validation import ValidationError, try_valid_xml

from dunwell.formats.pain001 import SCHEMAS, Payer, Transfer, TransferFileError, write_pain001
from dunwell.formats.pain008 import schema_fault, sepa_text

PAYER = Payer(name="Müller & Söhne", iban="DE89370400440532013000", bic="COBADEFFXXX")
ONE = Transfer(
    end_to_end="RF-1", amount_minor=12_50, name="Ärzte GmbH", iban="FR1420041010050500013M02606",
    bic="", text="RF-1 refund of P1",
)  # fmt: skip
GIVEN = {
    "payer": PAYER, "transfers": [ONE], "execute_on": date(2026, 3, 6), "message_id": "REFUNDS1",
    "made_at": datetime(2026, 3, 5, 9),
}  # fmt: skip


def told(data, schema=SCHEMAS[0]):
    """Texts of the elements by their local names, in order, first occurrence each."""
    found = {}
    for element in ElementTree.fromstring(data).iter():
        found.setdefault(element.tag.rpartition("}")[2], (element.text or "").strip())
    return found


@pytest.mark.parametrize("schema", SCHEMAS)
def test_transfers_are_written_with_our_ids_and_booked_one_by_one(schema):
    data = write_pain001(**GIVEN, schema=schema)
    found = told(data)
    assert {name: found[name] for name in (
        "MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "PmtInfId", "BtchBookg", "EndToEndId",
        "InstdAmt", "IBAN", "Ustrd", "Nm",
    )} == {
        "MsgId": "REFUNDS1", "CreDtTm": "2026-03-05T09:00:00", "NbOfTxs": "1", "CtrlSum": "12.50",
        "PmtInfId": "REFUNDS1", "BtchBookg": "false", "EndToEndId": "RF-1", "InstdAmt": "12.50",
        "IBAN": PAYER.iban, "Ustrd": "RF-1 refund of P1", "Nm": "Mueller + Soehne",
    }  # fmt: skip
    assert write_pain001(**GIVEN, schema=schema) == data
    assert b"2026-03-06" in data and b"Aerzte GmbH" in data


def test_a_bank_whose_code_is_not_known_is_said_to_be_that():
    data = write_pain001(**{**GIVEN, "payer": Payer(name="A", iban=PAYER.iban, bic="")})
    assert b"<Othr><Id>NOTPROVIDED</Id></Othr>" in data
    assert b"NOTPROVIDED" not in write_pain001(**GIVEN)


def changed(**changes):
    values = {name: getattr(ONE, name) for name in Transfer.__slots__}
    return Transfer(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"transfers": []}, "There is no transfer to write"),
        ({"transfers": [ONE, ONE]}, "Two transfers have the same end-to-end id"),
        ({"transfers": [changed(end_to_end="")]}, "has no length that fits"),
        ({"transfers": [changed(amount_minor=0)]}, "the amount must lie between 0.01 and"),
        ({"transfers": [changed(amount_minor=10**11)]}, "the amount must lie between 0.01 and"),
        ({"transfers": [changed(name="!!")]}, "name of the payee of RF-1 cannot be written"),
        (
            {"transfers": [ONE, changed(end_to_end="RF-2", iban="X")]},
            (
                r"The bank would refuse the file at /Document/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf\[2\]/CdtrAcct/"
                r"Id/IBAN: Element 'IBAN': \[facet 'pattern'\] The value 'X' is not accepted by the "
                r"pattern '\[A-Z\]\{2,2\}"
            ),
        ),
        ({"message_id": "M" * 36}, "message id M+ has no length that fits"),
        ({"schema": "pain.001.001.02"}, "pain.001.001.02 cannot be written"),
    ],
)
def test_what_a_bank_would_refuse_is_refused_here_in_words(changes, sentence):
    with pytest.raises(TransferFileError, match=sentence):
        write_pain001(**{**GIVEN, **changes})


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">12.50<", ">12.505<"), (">12.50<", ">1e1<"), ('Ccy="EUR"', 'Ccy="euro"'),
        (">2026-03-06<", ">2026-02-30<"), (">RF-1<", f">{'R' * 36}<"), (">RF-1<", "><"),
        ("<MsgId>REFUNDS1</MsgId>", ""), ("<ChrgBr>SLEV</ChrgBr>", "<ChrgBr>SLEV</ChrgBr>" * 2),
        ("CdtrAcct>", "CdtrAccount>"), (">12.50<", "> 12.50 <"), (">TRF<", ">TRA<"),
    ],
)  # fmt: skip
def test_a_file_is_valid_here_where_it_is_by_the_check_of_the_library(schema, old, new):
    written = write_pain001(**GIVEN, schema=schema).decode()
    assert old in written
    broken = written.replace(old, new).encode()
    try:
        try_valid_xml(broken, schema)
    except ValidationError:
        is_valid = False
    else:
        is_valid = True
    assert (schema_fault(broken, schema) is None) == is_valid


@given(
    amounts=st.lists(st.integers(1, 99_999_999), min_size=1, max_size=4),
    name=st.text(min_size=1, max_size=90),
    text=st.text(max_size=200),
)
def test_any_name_and_text_is_valid_or_refused_and_the_sum_is_right(amounts, name, text):
    transfers = [
        changed(end_to_end=f"RF-{n}", amount_minor=amount, name=name, text=text)
        for n, amount in enumerate(amounts, 1)
    ]
    given = {**GIVEN, "transfers": transfers}
    if not sepa_text(name, most=70):
        with pytest.raises(TransferFileError, match="cannot be written in Latin letters"):
            write_pain001(**given)
        return
    data = write_pain001(**given)
    assert told(data)["CtrlSum"].replace(".", "") == f"{sum(amounts):03d}"
