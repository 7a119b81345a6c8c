"""CFONB 240: received transfers of a real file, totals, unknown operations and refusals."""

import pytest

from tests.formats.bank.bank_files import codes, read, read_text, refusal, short

REAL = "cfonb_silarhi/tests/fixtures/cfonb.240-complex-test.txt"

AGAIN = ". Ask the bank for the file again"


def record(kind, number, *, code="20", minor=0, payer="PAYER", text="", index="E"):
    start = f"{kind}{number:06d}{code}020126{index}    300661077100020030401{payer:24}"
    start = f"{start}{'':11}300661077100020030401{'':24}{'':6}{text:88}"
    return f"{start}{'':12}" + (f"{minor:012d}" if kind != "31" else "")


def cfonb(*lines):
    return "\n".join(line.ljust(240) for line in lines) + "\n"


def test_transfers_received_are_read_and_the_real_totals_do_not_agree():
    file = read(REAL)
    assert [short(statement.entries) for statement in file.statements] == [
        [("2020-12-21", 171200, "EUR"), ("2020-12-21", 287280, "EUR")],
        [("2020-12-22", 11760, "EUR")],
    ]
    assert [e.counterparty for s in file.statements for e in s.entries] == [
        "OFFICE NATL DU AAAAAAAA",
        "OFFICE NATL DU AAAAAAAA",
        "CHIC WWW WWWWWWW",
    ]
    assert file.statements[1].entries[0].reference == "F2012017"
    assert [f.reason for s in file.statements for f in s.findings] == [
        f"record 39 tells 4652.70 EUR, the operations make 4584.80 EUR{AGAIN}",
        f"record 39 tells 633.30 EUR, the operations make 117.60 EUR{AGAIN}",
    ]


def test_a_right_total_is_no_finding():
    text = cfonb(record("31", 1), record("34", 2, minor=500), record("39", 3, minor=500))
    assert codes(read_text(text)) == []


def test_operations_of_unknown_direction_move_nothing_and_are_named():
    text = cfonb(
        record("31", 1, code="85"),
        record("34", 2, code="85", minor=500),
        record("39", 3, code="85", minor=500),
    )
    file = read_text(text)
    assert [entry.status for entry in file.statements[0].entries] == ["information"]
    assert [f.code for f in file.statements[0].findings] == ["unknown_operation"]
    assert "code '85' (5.00 EUR)" in file.statements[0].findings[0].reason


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (cfonb(record("31", 1)), "line 1", "the operations have no total (39)"),
        (cfonb(record("31", 1), record("34", 3)), "line 2", "record number 3 follows 1"),
        (cfonb(record("31", 1, index="X")), "line 1", "the currency index 'X' is not known"),
        (cfonb(record("31", 1), record("33", 2)), "line 2", "record '33' stands where"),
    ],
)
def test_damage_is_refused_with_its_line(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)
