"""EDI 820: payments, documents, adjustments, separators, envelopes and refusals."""

from datetime import date

import pytest

from dunwell.formats.bank.edi820 import read_edi820
from dunwell.formats.bank.statement import RemittedItem, StatementError
from tests.formats.bank.bank_files import codes, read_text, refusal

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          *260918*1200*U*00401*"
    "000000121*0*P*:~"
)
GS = "GS*RA*PAYER*PAYEE*20260918*1200*121*X*004010~"
BPR = "BPR*C*1105*C*ACH*CTX*01*021000021*DA*123456789*9876543210**01*071000013*DA*555019900*20260918~"
BODY = (
    BPR,
    "TRN*1*TRACE-9*1121140399~",
    "REF*AC*CUST-7~",
    "N1*PR*ACME FOODS~",
    "N1*PE*US LLC~",
    "ENT*1~",
    "RMR*IV*INV-1**890.00*900.00*10.00~",
    "REF*PO*PO-7~",
    "DTM*003*20260801~",
    "RMR*IV*INV-2*PI*215*265~",
    "ADX*-50.00*01~",
)


def edi(*body, count=None, number="0001", close=("GE*1*121~", "IEA*1*000000121~")):
    end = f"SE*{count or len(body) + 2}*{number}~"
    return "\n".join([ISA, GS, "ST*820*0001~", *body, end, *close])


def only(*body):
    (statement,) = read_text(edi(*body)).statements
    return statement.entries[0]


def test_a_payment_with_its_documents_is_read():
    file = read_text(edi(*BODY))
    (statement,) = file.statements
    (entry,) = statement.entries
    assert (file.format, statement.kind, statement.account) == (
        "edi820",
        "remittance",
        "555019900",
    )
    assert (entry.value_on, entry.amount_minor, entry.currency) == (
        date(2026, 9, 18),
        110500,
        "USD",
    )
    assert (entry.counterparty, entry.counterparty_account) == ("ACME FOODS", "123456789")
    assert (entry.end_to_end, entry.reference) == ("TRACE-9", "CUST-7")
    assert entry.items == (
        RemittedItem(
            reference="INV-1",
            currency="USD",
            paid_minor=89000,
            gross_minor=90000,
            discount_minor=1000,
            issued_on=date(2026, 8, 1),
            kind="IV",
            text="PO PO-7",
        ),
        RemittedItem(
            reference="INV-2",
            currency="USD",
            paid_minor=21500,
            gross_minor=26500,
            deduction_minor=5000,
            kind="IV",
            text="adjustment 01",
        ),
    )
    assert codes(file) == []


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("\n", ""),
        lambda text: text.replace("*", "|").replace("~", "\x1c"),
        lambda text: text.replace("~\n", "\n").replace("*P*:\n", "*P*:\n"),
        lambda text: "\n".join(text.split("\n")[2:-2]),
        lambda text: text.replace("~", "\\"),
    ],
    ids=["one line", "other separators", "line ends", "no envelope", "backslash"],
)
def test_separators_are_taken_from_the_file(changed):
    assert [
        item.reference for item in read_text(changed(edi(*BODY))).statements[0].entries[0].items
    ] == [
        "INV-1",
        "INV-2",
    ]


def test_documents_that_make_another_sum_than_the_payment_are_a_finding():
    file = read_text(edi(BPR, "RMR*IV*INV-1**1100~", "ADX*-5*01*IV*CLAIM-3~"))
    assert [f.reason for f in file.statements[0].findings] == [
        "the documents make 1100.00 USD, the payment is 1105.00 USD"
    ]
    file = read_text(edi(BPR, "ENT*1~", "ADX*5*01*IV*CLAIM-3~", "RMR*IV*INV-1**1100~"))
    assert codes(file) == []
    assert file.statements[0].entries[0].items[0].reference == "CLAIM-3"


def test_counts_and_control_numbers_of_envelopes_are_checked():
    text = edi(*BODY, count=99, number="0002", close=("GE*2*121~", "IEA*1*000000122~"))
    assert [f.reason for f in read_text(text).findings] == [
        "SE tells 99 segments, the file holds 13. Ask the sender for the file again",
        "SE tells control number 0002, ST tells 0001",
        "GE tells 2 sets, the file holds 1. Ask the sender for the file again",
        "IEA tells control number 000000122, ISA tells 000000121",
    ]


def test_notices_without_money_are_information_and_debits_go_out():
    assert only(BPR.replace("BPR*C*", "BPR*I*")).status == "information"
    assert only(BPR.replace("*1105*C*", "*1105*D*")).amount_minor == -110500


def test_another_currency_is_named_by_a_segment_of_its_own():
    entry = only(BPR, "CUR*PR*JPY~", "RMR*IV*1**1105~")
    assert (entry.currency, entry.amount_minor, entry.items[0].paid_minor) == ("JPY", 1105, 1105)


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (
            f"{ISA}\n{GS}\nST*820*0001~\n{BPR}",
            "segment 3 (ST)",
            "the transaction set has no",
        ),
        (edi("TRN*1*2~"), "segment 3 (ST)", "the 820 has 0 payment segments (BPR)"),
        (edi(BPR.replace("1105", "11.005")), "segment 4 (BPR)", "11.005 has more decimals than"),
        (edi(BPR.replace("1105", "1,105")), "segment 4 (BPR)", "'1,105' is not an amount"),
        (edi(BPR.replace("20260918", "20260231")), "segment 4 (BPR)", "'20260231' is no day"),
        (edi(BPR.replace("20260918", "")), "segment 4 (BPR)", "neither BPR16 nor a DTM segment"),
        (edi(BPR, "CUR*PR*ABC~"), "segment 5 (CUR)", "'ABC' is no currency code of ISO 4217"),
    ],
)
def test_damage_is_refused_with_its_segment(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)


@pytest.mark.parametrize("text", [ISA[:60], "ISA" + "*" * 20, "820", "ISA*" + "x" * 200])
def test_a_damaged_interchange_header_is_refused(text):
    with pytest.raises(StatementError) as caught:
        read_edi820(text.encode(), "f")
    assert caught.value.place
