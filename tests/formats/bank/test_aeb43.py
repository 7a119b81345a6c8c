"""AEB43 (Norma 43): three real files, control records 33 and 88, signs and refusals."""

from datetime import date

import pytest

from tests.formats.bank.bank_files import codes, read, read_text, refusal, short

AGAIN = ". Ask the bank for the file again"


def head(opening=0, sign="2", currency="978", account="0081539800014144"):
    return f"11{account}52260101260131{sign}{opening:014d}{currency}3HOLDER"


def move(minor, text="", *, concept="02", document="", reference=""):
    sign = "1" if minor < 0 else "2"
    body = f"22    0901260105260106{concept}408{sign}{abs(minor):014d}{document:10}"
    lines = [f"{body}{'':12}{reference:16}"]
    return [*lines, f"2301{text}"] if text else lines


def tail(debits, debit, many, credit, closing, sign="2", currency="978"):
    return (
        f"33008153980001414452{debits:05d}{debit:014d}{many:05d}{credit:014d}{sign}"
        f"{closing:014d}{currency}"
    )


def end(records):
    return f"88{'9' * 18}{records:06d}"


def aeb43(*lines):
    return "\n".join(line.ljust(80) for line in lines) + "\n"


def test_the_statement_of_tryton_is_read_as_its_scenario_says():
    file = read("tryton/aeb43/n43.txt")
    (statement,) = file.statements
    (entry,) = statement.entries
    assert (statement.opening_minor, statement.closing_minor) == (300500, 299402)
    assert (entry.booked_on, entry.amount_minor) == (date(2018, 3, 19), -1098)
    assert entry.text == "COMPRA TARG 5540XXXXXXXX3014 DNH*MICHAEL SCOTT"
    assert (entry.reference, entry.code) == ("5540014387733014", "12408")
    assert codes(file) == []


def test_the_statement_of_oca_is_read_as_its_test_says():
    file = read("n43_oca/test.n43")
    (statement,) = file.statements
    assert (statement.opening_on, statement.closing_minor) == (date(2016, 2, 1), 10196)
    assert short(statement.entries) == [
        ("2016-05-25", -3, "EUR"),
        ("2016-05-12", -17830, "EUR"),
        ("2016-05-16", 28029, "EUR"),
        ("2016-05-16", 0, "EUR"),
    ]
    assert statement.entries[0].booked_on == date(2016, 5, 26)
    assert statement.entries[1].text == "TRANSFERENC. A TEST PARTNER N43"
    assert (statement.entries[3].original_minor, statement.entries[3].original_currency) == (
        100,
        "EUR",
    )
    # Its end record counts one record too few, and the sign of its closing balance is 0.
    assert codes(file) == ["control_total", "balance_sign"]


def test_two_accounts_of_one_file_are_two_statements():
    file = read("n43_oca/testmulti.n43")
    assert [statement.account for statement in file.statements] == [
        "000000000000000000",
        "100000001000000000",
    ]
    assert len({e.entry_id for s in file.statements for e in s.entries}) == 6


def test_record_33_is_checked_and_both_figures_are_named():
    lines = (head(100), *move(-50, "A"), *move(20), tail(1, 50, 1, 20, 70))
    assert codes(read_text(aeb43(*lines, end(5)))) == []
    wrong = (head(100), *move(-50, "A"), *move(20), tail(2, 50, 1, 21, 70))
    file = read_text(aeb43(*wrong, end(9)))
    assert [f.reason for f in (*file.findings, *file.statements[0].findings)] == [
        f"the end record 88 tells 9 records, the file holds 5 before it{AGAIN}",
        f"record 33 tells 2 debits of 0.50 EUR, the account holds 1 of 0.50 EUR{AGAIN}",
        f"record 33 tells 1 credits of 0.21 EUR, the account holds 1 of 0.20 EUR{AGAIN}",
    ]


def test_other_currencies_and_debit_balances_are_read():
    file = read_text(
        aeb43(head(100, "1", "840"), *move(30), tail(0, 0, 1, 30, 70, "1", "840"), end(3))
    )
    (statement,) = file.statements
    assert (statement.opening_minor, statement.closing_minor) == (-100, -70)
    assert (statement.currency, codes(file)) == ("USD", [])


def test_amounts_are_not_read_in_a_currency_of_other_decimals():
    assert refusal(aeb43(head(150, currency="392"), tail(0, 0, 0, 0, 150, currency="392")))[
        2
    ].startswith("1.50 has more decimals than JPY allows")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (aeb43(head()), "line 1", "the account has no closing record 33: the file is cut off"),
        (aeb43(head(), "2301X"), "line 2", "record 23 continues a movement that is not there"),
        (aeb43(head(), head()), "line 2", "an account begins before the one before is closed"),
        (aeb43(head(), "55"), "line 2", "'55' is no record of AEB43"),
        (aeb43(head(currency="999")), "line 1", "'999' is no numeric currency code known here"),
        (
            aeb43(head(), move(5)[0].replace("4082", "4087"), tail(0, 0, 1, 5, 5)),
            "line 2",
            "the sign '7' is neither 1 (debit) nor 2 (credit)",
        ),
        (
            aeb43(head(), move(5)[0].replace("260106", "260231"), tail(0, 0, 1, 5, 5)),
            "line 2",
            "'260231' is no day of the calendar",
        ),
    ],
)
def test_damage_is_refused_with_its_line(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)


def test_a_file_without_its_end_record_says_so():
    assert codes(read_text(aeb43(head(), tail(0, 0, 0, 0, 0)))) == ["no_end"]
