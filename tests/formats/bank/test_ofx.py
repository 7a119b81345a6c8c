"""OFX 1.x, 2.x and QFX, well formed and not, and QIF."""

import pytest

from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.unstated import in_currency
from tests.formats.bank.bank_files import (
    bank_files,
    codes,
    read,
    read_text,
    refusal,
    short,
)

BROKEN = {"date_missing.ofx", "decimal_error.ofx", "test_ofx_wrong.ofx"}
WELL_FORMED = [
    path
    for pattern in ("ofx_ofxparse/**/*.ofx", "oca_camt_ofx_sheet/**/*.ofx", "mixed_bsp/*.?fx")
    for path in bank_files(pattern)
    if path.name not in BROKEN
]


def ofx(inner, currency="<CURDEF>USD"):
    return (
        f"OFXHEADER:100\nDATA:OFXSGML\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>"
        f"{currency}<BANKACCTFROM><ACCTID>12<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>{inner}"
        "</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def movement(amount="10.50", day="20260105120000[-5:EST]", fitid="F1", more=""):
    return f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{fitid}{more}</STMTTRN>"


@pytest.mark.parametrize("path", WELL_FORMED, ids=lambda path: path.name)
def test_every_well_formed_file_is_read_with_all_its_transactions(path):
    file = read_bank_file(path.read_bytes(), path.name)
    told = path.read_bytes().upper().count(b"<STMTTRN>")
    refused = codes(file).count("entry_refused")
    assert sum(len(s.entries) for s in file.statements) + refused == told
    assert refused == (3 if path.name == "fidelity-savings.ofx" else 0)


@pytest.mark.parametrize(
    ("name", "accounts", "entries"),
    [
        ("ofx_ofxparse/anzcc.ofx", [("1234123412341234", "AUD", -12345)], [-550]),
        (
            "ofx_ofxparse/bank_medium.ofx",
            [("12300 000012345678", "CAD", 38234)],
            [-660, -31667, -2200],
        ),
        ("ofx_ofxparse/checking.ofx", [("1452687~7", "USD", 10099)], [1, -3451, -2500]),
        ("ofx_ofxparse/suncorp.ofx", [("123456789", "AUD", 123412)], [-1685]),
        (
            "ofx_ofxparse/multiple_accounts.ofx",
            [("9100", "USD", 11100), ("9200", "USD", 22200)],
            [],
        ),
        ("ofx_ofxparse/investment_medium.ofx", [("ABC123", "CAD", None)], [-365, 335, -365]),
        ("ofx_ofxparse/fidelity.ofx", [("01234567890", "USD", None)], [24, -97, 16]),
        ("ofx_ofxparse/ofx-v102-empty-tags.ofx", [("12345678", "AUD", None)], [1234]),
        ("mixed_bsp/sample.ofx", [("BE4455667788", "EUR", None)], [125050, -8025]),
        ("tryton/ofx/OFX.txt", [("01234567890", "EUR", 50000)], [10000]),
    ],
)
def test_accounts_balances_and_amounts_are_those_in_the_file(name, accounts, entries):
    file = read(name)
    assert [(s.account, s.currency, s.closing_minor) for s in file.statements] == accounts
    assert [e.amount_minor for s in file.statements for e in s.entries] == entries


def test_names_and_memos_are_read_from_both_versions():
    old = read("ofx_ofxparse/bank_medium.ofx").statements[0].entries[1]
    assert (old.counterparty, old.text, old.code) == (
        "Joe's Bald Hairstyles",
        "MISCELLANEOUS PAYMENTS;Joe's Bald Hairstyles",
        "CHECK",
    )
    new = read("ofx_ofxparse/suncorp.ofx").statements[0].entries[0]
    assert (new.counterparty, new.text) == (
        "EFTPOS WDL HANDYWAY ALDI STORE",
        "EFTPOS WDL HANDYWAY ALDI STORE GEELONG WEST VICAU",
    )


def test_files_without_a_statement_say_what_they_are():
    assert codes(read("ofx_ofxparse/signon_success.ofx")) == ["no_statement"]
    assert codes(read("ofx_ofxparse/bank_small.ofx")) == ["no_statement"]
    failed = read("ofx_ofxparse/error_message.ofx")
    assert [f.code for f in failed.findings] == ["bank_error", "no_statement"]
    assert failed.findings[0].reason == "the bank answered error 2000: General Server Error"


def test_files_that_are_broken_on_purpose_are_refused_with_a_place():
    with pytest.raises(StatementError, match=r"transaction 1 \(line 33\): it has no day"):
        read("ofx_ofxparse/fail_nice/date_missing.ofx")
    with pytest.raises(StatementError, match=r"transaction 1 \(line 34\): '201120000000' is no"):
        read("ofx_ofxparse/fail_nice/decimal_error.ofx")
    assert "no_balance" in codes(read("ofx_ofxparse/fail_nice/empty_balance.ofx"))


def test_the_day_is_the_banks_own_and_funds_may_come_later():
    more = "<DTAVAIL>20260108<DTUSER>20251231<NAME>A &amp; B"
    (entry,) = (
        read_text(ofx(movement(day="20260105233000.000[-8:PST]", more=more))).statements[0].entries
    )
    assert (entry.booked_on.isoformat(), entry.value_on.isoformat()) == (
        "2026-01-05",
        "2026-01-08",
    )
    assert entry.counterparty == "A & B"


def test_amounts_in_another_currency_than_the_account_keep_it():
    more = "<CURRENCY><CURRATE>1.1<CURSYM>JPY</CURRENCY>"
    (entry,) = read_text(ofx(movement("1500", more=more))).statements[0].entries
    assert (entry.amount_minor, entry.currency) == (1500, "JPY")


def test_the_code_page_of_the_header_is_used_where_the_bytes_are_no_utf8():
    text = ofx(movement(more="<NAME>Müller Łódź")).replace("CHARSET:1252", "CHARSET:1250")
    for data in (text.encode("cp1250", "replace"), text.encode(), text.encode("utf-8-sig")):
        (entry,) = read_bank_file(data, "f").statements[0].entries
        assert entry.counterparty == "Müller Łódź"


def test_a_replacement_the_bank_asks_for_is_a_finding():
    more = "<CORRECTFITID>F0<CORRECTACTION>REPLACE"
    assert "correction" in codes(read_text(ofx(movement(more=more))))


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (ofx(movement("1.234")), "transaction 1 (line 5)", "more decimals than USD allows"),
        (ofx(movement("$5")), "transaction 1 (line 5)", "'$5' is not an amount"),
        (ofx(movement(day="20260230")), "transaction 1 (line 5)", "no day of the calendar"),
        (ofx(movement(), "<CURDEF>US$"), "line 5", "'US$' is no currency code"),
        ("<!DOCTYPE x><OFX></OFX>", "whole file", "declares a document type"),
        (ofx("<A>" * 60 + "</A>" * 60), "line 5", "nests deeper"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused_with_its_place(text, place, reason):
    file, where, why = refusal(text)
    assert (file, where) == ("f", place)
    assert reason in why


def test_a_qif_file_is_read_without_a_currency_until_one_is_chosen():
    file = read("oca_camt_ofx_sheet/account_statement_import_qif/tests/test_qif.qif")
    assert short(file.statements[0].entries) == [
        ("2013-08-12", -100000, "XXX"),
        ("2013-08-15", -7546, "XXX"),
        ("2013-03-03", -37900, "XXX"),
        ("2013-03-04", -2028, "XXX"),
        ("2013-03-03", -42135, "XXX"),
    ]
    assert file.statements[0].entries[0].counterparty == "Delta PC"
    assert "no_currency" in codes(file)
    chosen = in_currency(file, "USD", name="f").statements[0]
    assert (chosen.currency, chosen.entries[0].amount_minor) == ("USD", -100000)
    assert [e.entry_id for e in chosen.entries] == [e.entry_id for e in file.statements[0].entries]
    with pytest.raises(StatementError, match="more decimals than JPY allows"):
        in_currency(file, "JPY", name="f")


@pytest.mark.parametrize(
    ("dates", "read_as", "is_guess"),
    [
        (["13/08/2012", "1/2/2013"], ["2012-08-13", "2013-02-01"], False),
        (["8/13/12", "1/2'13"], ["2012-08-13", "2013-01-02"], False),
        (["2012-08-13", "2013-02-01"], ["2012-08-13", "2013-02-01"], False),
        (["1/2/2013"], ["2013-01-02"], True),
    ],
)
def test_the_order_of_day_and_month_is_that_of_the_whole_qif_file(dates, read_as, is_guess):
    text = "!Type:Bank\n" + "".join(f"D{day}\nT1,234.50\nPA\n^\n" for day in dates)
    file = read_text(text)
    entries = file.statements[0].entries
    assert [(e.value_on.isoformat(), e.amount_minor) for e in entries] == [
        (day, 123450) for day in read_as
    ]
    assert ("date_order" in codes(file)) == is_guess


def test_a_decimal_comma_in_qif_is_that_of_the_whole_file():
    text = "!Account\nNGiro\n^\n!Type:Bank\nD13/01/2026\nT-1.234,5\n^\nD14/01/2026\nT1.000\n^\n"
    (statement,) = read_text(text).statements
    assert statement.account == "Giro"
    assert [e.amount_minor for e in statement.entries] == [-123450, 100000]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("Dsoon\nT1\n^\n", "'soon' is not a day"),
        ("D1/15/2026\nT1..2\n^\n", "'1..2' is not an amount"),
        ("D1/15/2026\nPA\n^\n", "the entry has no amount (T)"),
        ("T5\n^\n", "the entry has no day (D)"),
    ],
)
def test_what_cannot_be_read_in_qif_is_refused_with_its_line(lines, reason):
    file, place, why = refusal("!Type:Bank\n" + lines)
    assert (file, place) == ("f", "line 2")
    assert reason in why
