"""EDI 823: lockbox deposits, cheques, totals, and refusals."""

from datetime import date

import pytest

from tests.formats.bank.bank_files import codes, read_text, refusal, short

BODY = (
    "N1*PR*BANK*92*B1~",
    "DTM*009*20260105~",
    "DEP*D55*20260105***01*071000013*DA*000111222~",
    "AMT*1*7600~",
    "QTY*42*2~",
    "BAT*20260105**BATCH1~",
    "AMT*2*5000~",
    "BPR*C*5000*C*CHK*PBC*01*021000021*DA*9988~",
    "TRN*1*004711~",
    "RMR*IV*INV100**3000~",
    "RMR*IV*INV101**2000~",
    "N1*PR*ACME PAYER~",
    "BAT*20260106**BATCH2~",
    "BPR*C*2600*C*CHK~",
    "REF*CK*8812~",
    "RMR*IV*INV200**2600~",
)


def edi(*body):
    return "\n".join(["ST*823*0001~", *body, f"SE*{len(body) + 2}*0001~"])


def test_a_deposit_is_a_notification_with_an_entry_per_cheque():
    file = read_text(edi(*BODY))
    (statement,) = file.statements
    assert (statement.kind, statement.account, statement.id) == (
        "notification",
        "000111222",
        "0001-D55",
    )
    assert short(statement.entries) == [
        ("2026-01-05", 500000, "USD"),
        ("2026-01-06", 260000, "USD"),
    ]
    first, second = statement.entries
    assert (first.counterparty, first.cheque_number, first.counterparty_account) == (
        "ACME PAYER",
        "004711",
        "9988",
    )
    assert [item.reference for item in first.items] == ["INV100", "INV101"]
    assert (second.cheque_number, second.reference) == ("8812", "INV200")
    assert ("batch", "BATCH2") in second.details
    assert (statement.closing_on, codes(file)) == (date(2026, 1, 5), [])


def test_totals_of_deposit_and_batch_are_checked_and_named():
    text = edi(*BODY).replace("AMT*1*7600", "AMT*1*7500").replace("QTY*42*2", "QTY*42*3")
    text = text.replace("AMT*2*5000", "AMT*2*5001")
    assert [f.reason for f in read_text(text).statements[0].findings] == [
        "AMT tells 5001.00 USD, the payments make 5000.00 USD. Ask the bank for the file again",
        "AMT tells 7500.00 USD, the payments make 7600.00 USD. Ask the bank for the file again",
        "QTY tells 3 payments, the file holds 2. Ask the bank for the file again",
    ]


def test_a_cheque_that_pays_other_documents_is_a_finding():
    text = edi(*BODY).replace("INV200**2600", "INV200**2500")
    assert [f.reason for f in read_text(text).statements[0].findings] == [
        "the documents make 2500.00 USD, the payment is 2600.00 USD"
    ]


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (edi("N1*PR*B~"), "whole file", "the file holds no deposit (DEP) of an 823"),
        (edi("DEP*1~", "BPR*C*5~"), "segment 3 (BPR)", "neither the payment, its batch nor its"),
        (edi("DEP*1*20260105~", "BPR*C~"), "segment 3 (BPR)", "the payment has no amount (BPR02)"),
        (edi(*BODY)[:-14], "segment 1 (ST)", "the transaction set has no end (SE)"),
    ],
)
def test_damage_is_refused_with_its_segment(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)
