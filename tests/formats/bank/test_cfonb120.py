"""CFONB 120: the statements of a real bank, overpunched signs, record 05, and refusals."""

from datetime import date

import pytest

from tests.formats.bank.bank_files import codes, read, read_text, refusal, short

FIXTURES = "cfonb_silarhi/tests/fixtures"
MINUS = "}JKLMNOPQR"
PLUS = "{ABCDEFGHI"


def punched(minor, width=14):
    digits = f"{abs(minor):0{width}d}"
    return digits[:-1] + (MINUS if minor < 0 else PLUS)[int(digits[-1])]


def balance(kind, minor, day="010126", currency="EUR2", account="00012345603"):
    return f"{kind}10278    02204{currency} {account}  {day}{'':50}{punched(minor)}"


def move(minor, label="", *, code="05", reason="", reference="", currency="EUR2"):
    start = f"0410278000102204{currency} 00012345603{code}020126{reason:2}030126{label:31}"
    return f"{start}  0000000  {punched(minor)}{reference:16}"


def note(kind, text):
    return f"0510278000102204EUR2 0001234560305020126     {kind}{text}"


def cfonb(*lines):
    return "\n".join(line.ljust(120) for line in lines) + "\n"


def only(*lines, closing=0):
    file = read_text(cfonb(balance("01", 0), *lines, balance("07", closing, "020126")))
    return file.statements[0].entries


@pytest.mark.parametrize("name", ["complex-test.txt", "non-strict-test.txt"])
def test_the_statements_of_a_real_bank_add_up(name):
    file = read(f"{FIXTURES}/{name}")
    assert [
        (s.account, s.opening_minor, s.closing_minor, len(s.entries)) for s in file.statements
    ] == [
        ("102780220400012345603", 1669565, 1667286, 1),
        ("102780220400020427603", 1667286, 1165275, 2),
        ("102780220400020427603", 1165275, 1165275, 0),
        ("102780220400020427603", 1165275, 1153500, 1),
        ("102780220400020427603", 1153500, 1153500, 0),
        ("102780220400020427603", 1153500, 1148475, 1),
        ("102780220400020427603", 1148475, 1148475, 0),
        ("102780220400020427603", 58435302, 58435302, 0),
    ]
    entries = [entry for statement in file.statements for entry in statement.entries]
    assert short(tuple(entries)) == [
        ("2020-04-07", -2279, "EUR"),
        ("2020-04-08", -2011, "EUR"),
        ("2020-04-08", -500000, "EUR"),
        ("2020-04-01", -11775, "EUR"),
        ("2020-04-14", -5025, "EUR"),
    ]
    assert (entries[3].booked_on, entries[3].reference) == (date(2020, 4, 10), "0001692")
    assert entries[4].text == (
        "PRLV SEPA OVH SAS\nPAYMENT ORDER 124359169\nERS INF ORDER 124359169"
    )
    assert codes(file) == []


def test_short_lines_and_days_without_movements_are_read():
    (statement,) = read(f"{FIXTURES}/simple-test.txt").statements
    assert (statement.opening_minor, statement.entries) == (1669565, ())
    assert len(read(f"{FIXTURES}/test-unused-parts.txt").statements) == 8


@pytest.mark.parametrize("minor", [0, 1, -1, 9, -9, 12345678, -12345670])
def test_the_last_letter_is_digit_and_sign(minor):
    assert [entry.amount_minor for entry in only(move(minor), closing=minor)] == [minor]


def test_further_records_tell_payer_references_mandate_and_original_amount():
    (entry,) = only(
        move(-500, "PRLV SEPA IMPAYE", code="B3", reason="AM"),
        note("NPY", "DUPONT ET FILS"),
        note("RCN", "E2E-77"),
        note("RUM", "MANDAT-9"),
        note("LIB", "FACTURE 2026-33"),
        note("MMO", "USD2" + "00000000000999"),
    )
    assert (entry.counterparty, entry.end_to_end, entry.mandate) == (
        "DUPONT ET FILS",
        "E2E-77",
        "MANDAT-9",
    )
    assert (entry.original_minor, entry.original_currency) == (999, "USD")
    assert (entry.is_reversal, entry.return_reason, entry.reference) == (True, "AM", "E2E-77")
    assert entry.text == "PRLV SEPA IMPAYE\nFACTURE 2026-33"


def test_decimals_told_by_the_file_are_used_exactly():
    entries = only(
        move(1230, currency="EUR3"),
    )
    assert entries[0].amount_minor == 123
    assert refusal(cfonb(balance("01", 0), move(1231, currency="EUR3"), balance("07", 0)))[
        2
    ].startswith("1.231 has more decimals than EUR allows")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (cfonb(balance("01", 5)), "line 1", "the statement has no new balance (07)"),
        (cfonb(balance("01", 5), balance("01", 5)), "line 2", "an old balance follows"),
        (cfonb(balance("01", 5), note("LIB", "x")), "line 2", "record 05 continues a movement"),
        (cfonb(balance("01", 5), "06" + "x" * 20), "line 2", "the record is of account"),
        (
            cfonb(balance("01", 5), balance("07", 5).replace("EUR2", "USD2")),
            "line 2",
            "the new balance is in USD with 2 decimals, the old one in EUR with 2",
        ),
        (
            cfonb(balance("01", 5).replace("E  ", "5  ").replace("00000E", "000005")),
            "line 1",
            "'00000000000005' is no amount with its sign in the last letter",
        ),
    ],
)
def test_damage_is_refused_with_its_line(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)


def test_files_without_line_ends_are_read():
    whole = cfonb(balance("01", 0), move(700, "VIR"), balance("07", 700)).replace("\n", "")
    assert short(read_text(whole).statements[0].entries) == [("2026-01-03", 700, "EUR")]
