"""CODA: two real statements, control record 9, structured communications, totals and details."""

from datetime import date

import pytest

from dunwell.formats.bank.coda import read_coda
from tests.formats.bank.bank_files import codes, read, read_text, refusal, short

REAL = "coda_oca/Ontvangen_CODA.2012-01-11-18.59.15.txt"

AGAIN = ". Ask the bank for the file again"


def placed(*fields):
    """A record from (position, text) pairs; positions count from 1."""
    line = " " * 128
    for at, text in fields:
        line = line[: at - 1] + text + line[at - 1 + len(text) :]
    return line


HEADER = placed((1, "00000"), (6, "030126"), (12, "72505"), (25, "REF0000001"), (128, "2"))


def balance(sign, minor):
    return f"{sign}{minor:014d}0"


def old(minor=0, currency="EUR"):
    return placed(
        (1, "12001"),
        (6, "BE46737018594236"),
        (40, currency),
        (43, balance("0", minor)),
        (59, "020126"),
    )


def new(minor):
    return placed(
        (1, "8001"),
        (5, "BE46737018594236"),
        (39, "EUR"),
        (42, balance("0", minor)),
        (58, "030126"),
    )


def move(minor, *, detail="0000", code="00150000", free="", structured="", amount=""):
    return placed(
        (1, f"210001{detail}B1"),
        (32, amount or balance("1" if minor < 0 else "0", abs(minor))),
        (48, f"030126{code}"),
        (62, f"1{structured}" if structured else f"0{free}"),
        (116, "030126"),
    )


def more(*fields):
    return placed((1, "2200010000"), *fields)


def end(records, debit, credit):
    return placed((1, "9"), (17, f"{records:06d}{debit:014d}0{credit:014d}0"), (128, "2"))


def coda(*lines):
    return "\n".join(line.ljust(128) for line in (HEADER, *lines)) + "\n"


def only(*lines):
    file = read_text(coda(old(), *lines, new(0), end(len(lines) + 2, 0, 0)))
    return file.statements[0].entries


def test_the_statement_of_kbc_is_read_whole():
    (statement,) = read(REAL).statements
    assert (statement.account, statement.currency) == ("BE46737018594236", "EUR")
    assert (statement.opening_minor, statement.closing_minor) == (1181270, 1364605)
    assert (statement.opening_on, statement.closing_on) == (date(2010, 7, 27), date(2012, 1, 11))
    assert short(statement.entries) == [
        ("2012-01-11", -43500, "EUR"),
        ("2012-01-11", 304445, "EUR"),
        ("2012-01-11", -47904, "EUR"),
        ("2012-01-11", -47904, "EUR"),
        ("2012-01-11", 6374, "EUR"),
    ]
    assert [(e.counterparty, e.counterparty_account, e.reference) for e in statement.entries] == [
        ("PARTNER 1", "BE41063012345610", ""),
        ("PARTNER 2", "BE61310126985517", "+++240/2838/42818+++"),
        ("", "", ""),
        ("", "", ""),
        ("KBC VERZEKERINGEN NV", "BE43730004200601", "362/363"),
    ]
    assert [part.amount_minor for part in statement.entries[2].parts] == [-41992, -5912]
    assert statement.entries[4].text == "TERUGGAVE 37232481 8400083296 ."
    # The totals of record 9 agree; the old balance of this file is of another year.
    assert codes(read(REAL)) == ["balance_gap"]


def test_the_statement_of_tryton_is_read_as_its_scenario_says():
    file = read("tryton/coda/CODA.txt")
    (statement,) = file.statements
    (entry,) = statement.entries
    assert (statement.sequence, statement.closing_on) == ("001", date(2017, 8, 1))
    assert (statement.opening_minor, statement.closing_minor) == (0, 10000)
    assert (entry.booked_on, entry.amount_minor, entry.text) == (
        date(2017, 7, 19),
        10000,
        "COMMUNICATION",
    )
    assert (entry.bank_reference, codes(file)) == ("REF BANK", [])


def test_record_nine_is_checked_and_both_figures_are_named():
    lines = (old(), move(1000), move(-250), new(750))
    good = coda(*lines, end(4, 250, 1000))
    assert codes(read_text(good)) == []
    found = read_text(coda(*lines, end(5, 250, 999))).statements[0].findings
    assert [f.reason for f in found] == [
        f"record 9 tells 5 records, the statement holds 4{AGAIN}",
        f"record 9 tells 9.99 EUR credits, the statement holds 10.00 EUR{AGAIN}",
    ]


def test_a_total_of_payments_is_split_where_its_details_add_up():
    total = move(3000, code="10150000")
    details = [
        move(1000, detail="0001", code="50150000"),
        move(2000, detail="0002", code="50150000"),
    ]
    entries = only(total, *details)
    assert [(e.amount_minor, e.group_id) for e in entries] == [(1000, "B1"), (2000, "B1")]
    (entry,) = only(move(3001, code="10150000"), *details)
    assert [part.amount_minor for part in entry.parts] == [1000, 2000]


def test_a_direct_debit_tells_mandate_text_and_reason():
    text = "127" + placed((1, "030126112"), (10, "CREDITOR"), (45, "MANDATE-9"), (80, "INVOICE 7"))
    (entry,) = only(
        move(-500, structured=text[:53]),
        more((11, text[53:106]), (64, "E2E-7"), (113, "2MS03")),
    )
    assert (entry.mandate, entry.text, entry.end_to_end) == ("MANDATE-9", "INVOICE 7", "E2E-7")
    assert (entry.is_reversal, entry.return_reason) == (True, "MS03")


def test_a_communication_with_wrong_check_digits_stays_text():
    (entry,) = only(move(500, structured="101090933755494"))
    assert (entry.reference, entry.text) == ("", "090933755494")
    (entry,) = only(move(500, structured="101090933755493"))
    assert entry.reference == "+++090/9337/55493+++"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (coda(), "line 1", "the statement has no closing record 9: the file is cut off"),
        (coda(move(1)), "line 2", "a movement comes before the old balance (record 1)"),
        (coda(old(), end(1, 0, 0)), "line 3", "the statement has no new balance (record 8)"),
        (coda(old(), "7"), "line 3", "'7 ' is no record of CODA"),
        (
            coda(old(), move(1).replace("030126", "310226")),
            "line 3",
            "'310226' is no day of the calendar",
        ),
        (coda(old(currency="EUX")), "line 2", "'EUX' is no currency code of ISO 4217"),
        (
            coda(old(), move(1, amount="00000000000001X0")),
            "line 3",
            "amount '0000000000001X0' is not a number",
        ),
        (coda(old(), "2200010000"), "line 3", "the record continues a movement that is not there"),
        (
            coda(old(), move(1), "2200020000"),
            "line 4",
            "the record continues movement 0002/0000, but follows 0001/0000",
        ),
    ],
)
def test_damage_is_refused_with_its_line(text, place, reason):
    found = refusal(text)
    assert found[1] == place
    assert found[2].startswith(reason)


def test_an_amount_finer_than_the_currency_is_refused():
    text = coda(old(), move(0, amount="0000000000000015"))
    assert refusal(text)[2].startswith("0.015 has more decimals than EUR allows")


def test_several_statements_and_files_without_line_ends_are_read():
    one = coda(old(), move(1000), new(1000), end(3, 0, 1000))
    assert len(read_text(one + one).statements) == 2
    joined = one.replace("\n", "")
    assert short(read_coda(joined.encode(), "f").statements[0].entries) == [
        ("2026-01-03", 1000, "EUR")
    ]
