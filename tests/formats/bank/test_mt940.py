"""MT940 and MT942: the dialects of 29 real files, and what each structured text says."""

from datetime import date

import pytest

from dunwell.formats.bank.statement import StatementError
from tests.formats.bank.bank_files import bank_files, codes, read, read_text, refusal, short

WOLPH = "mt940_wolph"
NO_STATEMENT = {"empty_non_swift.sta", "invalid_statement.sta", "LICENSE"}
DIALECTS = [p for p in bank_files(f"{WOLPH}/**/*.*") if p.name not in NO_STATEMENT]


def mt940(*lines, opening="C260101EUR100,00", closing=""):
    end = f":62F:{closing}\n-\n" if closing else "-\n"
    body = "\n".join(lines)
    return f":20:S\n:25:DE89370400440532013000\n:28C:7/1\n:60F:{opening}\n{body}\n{end}"


def only(*lines):
    (entry,) = read_text(mt940(*lines)).statements[0].entries
    return entry


@pytest.mark.parametrize("path", DIALECTS, ids=lambda path: path.name)
def test_every_dialect_file_is_read_with_all_its_lines(path):
    file = read(str(path.relative_to(path.parents[2])))
    lines = path.read_bytes().decode("utf-8", "replace").replace("\r", "").split("\n")
    assert len(file.statements) == max(1, sum(line.startswith(":20:") for line in lines))
    told = sum(line.startswith(":61:") for line in lines)
    assert sum(len(statement.entries) for statement in file.statements) == told


def test_at_least_28_dialect_files_are_read():
    assert len(DIALECTS) >= 28 or not DIALECTS


@pytest.mark.parametrize(
    ("name", "gaps"),
    [
        ("ASNB/mt940.txt", 0),
        ("ASNB/mt940_with_spaces_for_entry_date.txt", 0),
        ("citi/mt940.txt", 1),
        ("jejik/generic.sta", 0),
        ("jejik/rabobank-iban.sta", 0),
        ("jejik/sns.sta", 0),
        ("mBank/mt940.sta", 0),
        ("sberbank/171011_01234945.sta", 0),
        ("self-provided/raphaelm.sta", 0),
        ("self-provided/february_30.sta", 0),
        ("self-provided/wrapped_timestamp.sta", 0),
    ],
)
def test_sums_of_real_files_prove_the_signs(name, gaps):
    assert codes(read(f"{WOLPH}/{name}")).count("balance_gap") in {0, gaps}


def test_every_kind_of_mark_has_its_sign():
    lines = [
        f":61:2601050105{mark}10,00NTRFNONREF" for mark in ("C", "D", "RC", "RD", "EC", "CR", "DR")
    ]
    entries = read_text(mt940(*lines)).statements[0].entries
    assert [(e.amount_minor, e.is_reversal, e.status) for e in entries] == [
        (1000, False, "booked"),
        (-1000, False, "booked"),
        (-1000, True, "booked"),
        (1000, True, "booked"),
        (1000, False, "pending"),
        (1000, False, "booked"),
        (-1000, False, "booked"),
    ]


def test_the_booking_day_lies_next_to_the_value_day_across_the_year():
    entry = only(":61:2601021231C1,NTRFNONREF")
    assert (entry.value_on, entry.booked_on) == (date(2026, 1, 2), date(2025, 12, 31))


def test_a_value_day_of_30_february_is_the_last_day_of_the_month():
    file = read(f"{WOLPH}/self-provided/february_30.sta")
    assert short(file.statements[0].entries) == [("2016-02-29", -600, "EUR")]
    assert "value_day_moved" in codes(file)


def test_german_subfields_and_sepa_words_are_taken_apart():
    entry = only(
        ":61:2601050105C233,15NTRFNONREF//BANK1",
        ":86:166?00SEPA GUTSCHRIFT?109310?20EREF+R-2026-4711?21MREF+M-1?22CRED+DE99ZZZ0000",
        "0012345?23SVWZ+Rechnung 4711 vom 01.?2401.2026?30BYLADEMM?31DE0270050000",
        "0000012345?32Hammer und Nagel Werkzeug?33e GmbH?34997",
    )
    assert (entry.reference, entry.end_to_end, entry.mandate) == (
        "R-2026-4711",
        "R-2026-4711",
        "M-1",
    )
    assert entry.text == "Rechnung 4711 vom 01. 01.2026"
    assert entry.counterparty_account == "DE02700500000000012345"
    assert entry.counterparty_bank == "BYLADEMM"
    assert (entry.code, entry.bank_reference) == ("166", "BANK1")
    assert dict(entry.details)["CRED"] == "DE99ZZZ00000012345"


def test_subfields_of_full_width_run_on_and_shorter_ones_end():
    file = read(f"{WOLPH}/self-provided/malformed_details.sta")
    (entry,) = file.statements[0].entries
    assert entry.reference == "123/123/12345-----L1101234567890123"
    assert entry.mandate == "BYA12345678901"
    assert entry.counterparty == "Finanzamt Muenchen Abteilung Erhebung"
    assert entry.text.startswith("STEUERNR 123/123/12345 KOERPST 3VJ.17 233,15EUR")


def test_slash_words_are_taken_apart():
    entry = only(
        ":61:2601050105C10,N102EREF",
        ":86:/TRTP/SEPA/IBAN/NL70ABNA0987654321/BIC/ABNANL2A/NAME/J DOE/REMI/USTD//Invoice 12",
        "/EREF/E2E-9/MARF/M9/CSID/C9/OCMT/USD12,50//CHGS/EUR0,5/",
    )
    assert (entry.counterparty, entry.counterparty_account) == ("J DOE", "NL70ABNA0987654321")
    assert (entry.text, entry.reference, entry.mandate) == ("Invoice 12", "E2E-9", "M9")
    assert (entry.original_minor, entry.original_currency) == (1250, "USD")
    assert entry.charges_minor == 50


def test_a_structured_reference_comes_before_the_end_to_end_id():
    entry = only(
        ":61:2601050105C10,NTRFNONREF",
        ":86:/EREF/E2E-9/REMI/STRD//CDTRREF/RF18539007547034/NAME/J DOE",
    )
    assert (entry.reference, entry.end_to_end) == ("RF18539007547034", "E2E-9")


@pytest.mark.parametrize(
    ("name", "counterparty", "account"),
    [
        ("ASNB/mt940.txt", "hr gjlm paulissen", "NL47INGB9999999999"),
        ("jejik/rabobank.sta", "W.P. Jansen", "0121470966"),
        ("jejik/rabobank-iban.sta", "CONTRA ACCOUNT HOLDER", "NL70ABNA0987654321"),
        ("jejik/sns.sta", "marechal s", "0987654321"),
        ("sberbank/171011_01234945.sta", "ERGO Versicherung AG Fioktelep", "0000004279070017"),
        (
            "mBank/mt940.sta",
            "JAN NOWAK UL. NIJAKA 1 M 2 31-234 KRAKOW",
            "56114010810000267002001001",
        ),
        ("self-provided/raphaelm.sta", "Empfänger", ""),
        ("self-provided/whitespace.sta", "DEUTSCHE KREDITBANK AG", "9003932309"),
    ],
)
def test_the_other_side_is_found_in_each_dialect(name, counterparty, account):
    entry = read(f"{WOLPH}/{name}").statements[0].entries[0]
    assert (entry.counterparty, entry.counterparty_account) == (counterparty, account)


def test_times_and_hyphens_at_the_start_of_a_text_line_stay_text():
    file = read_text(
        mt940(
            ":61:2601050105C10,NTRFNONREF",
            ":86:Card 2026-01-05T16",
            ":20:37 shop",
            "-",
            "-12 % off",
            ":61:2601050105C5,NTRFNONREF",
            closing="C260105EUR115,00",
        )
    )
    assert [len(s.entries) for s in file.statements] == [2]
    assert file.statements[0].entries[0].text == "Card 2026-01-05T16 :20:37 shop - -12 % off"
    assert codes(file) == []


def test_an_interim_report_is_no_statement_and_its_totals_are_proved():
    text = (
        ":20:S\n:25:123\n:28C:1/1\n:34F:EURD0,00\n:13D:2601051815+0100\n"
        ":61:2601050105D10,NTRFNONREF\n:90D:1EUR{}\n:90C:0EUR0,00\n-\n"
    )
    right, wrong = read_text(text.format("10,00")), read_text(text.format("11,00"))
    assert (right.format, right.statements[0].kind) == ("mt942", "interim")
    assert (codes(right), codes(wrong)) == ([], ["control_total"])


def test_lines_after_the_end_are_counted_and_said():
    file = read(f"{WOLPH}/self-provided/multiline.sta")
    assert codes(file) == ["after_end", "balance_gap"]


def test_a_file_without_currency_is_read_under_xxx_and_says_so():
    file = read(f"{WOLPH}/self-provided/sparkassen.sta")
    assert short(file.statements[0].entries) == [("2018-11-26", 3000, "XXX")]
    assert file.statements[0].entries[0].text == "Test"
    assert "no_currency" in codes(file)


def test_swift_blocks_on_the_line_of_the_first_tag_are_left_out():
    block = "{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{3:{108:X}}{4:"
    text = mt940(":61:2601050105C10,NTRFNONREF").replace("-\n", "-}{5:{CHK:123456789ABC}}\n")
    assert len(read_text(block + text + block + text).statements) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (":61:260105C1.000,00NTRF", "'1.000,00' is not an amount"),
        (":61:260105C10,001NTRF", "10.001 has more decimals than EUR allows"),
        (":61:261305C10,00NTRF", "'261305' is no day of the calendar"),
        (":61:2601051345C10,00NTRF", "'1345' is no day of the calendar"),
        (":61:260105X10,00NTRF", "is no statement line (:61:)"),
        (":62F:C260105EUR", "is no balance"),
        (":62F:C260105EUX1,00", "'EUX' is no currency code"),
    ],
)
def test_what_cannot_be_read_exactly_is_refused_with_its_line(line, reason):
    file, place, why = refusal(mt940(line))
    assert (file, place) == ("f", "line 5")
    assert reason in why


@pytest.mark.parametrize("name", ["empty_non_swift.sta", "invalid_statement.sta"])
def test_files_that_hold_no_statement_are_refused(name):
    with pytest.raises(StatementError, match=name):
        read(f"{WOLPH}/self-provided/{name}")
