"""Identities, sums and continuity: the same money again adds nothing, missing money is seen."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.bank.answer import statement_answer
from dunwell.formats.bank.balances import balance_findings, continuity_findings
from dunwell.formats.bank.identities import (
    identified,
    identified_statements,
    money_identity,
    statement_content,
    statement_identity,
)
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.statement import BankFile, Entry, Statement
from tests.formats.bank.bank_files import bank_files, read_text

DAY = date(2026, 1, 5)


def entry(amount, text="", *, on=DAY, **more):
    return Entry(value_on=on, booked_on=on, amount_minor=amount, currency="EUR", text=text, **more)


def statement(*entries, opening=0, number="1", on=DAY, **more):
    closing = opening + sum(e.amount_minor for e in entries)
    told = {"opening_minor": opening, "closing_minor": closing, "opening_on": on, "closing_on": on}
    return Statement(
        id="S", account="A", currency="EUR", sequence=number, entries=entries, **{**told, **more}
    )


def ids(*statements):
    return [e.entry_id for one in statements for e in one.entries]


def test_a_file_delivered_a_hundred_times_adds_nothing():
    for pattern in ("camt_genkgo/*.xml", "mt940_wolph/jejik/*.sta", "bai2_moov/*.txt"):
        for path in bank_files(pattern):
            if "wrong" in path.name:
                continue
            content = path.read_bytes()
            first = read_bank_file(content, path.name)
            assert read_bank_file(content, "again") == first
            assert len(set(ids(*first.statements))) == len(ids(*first.statements))


def test_line_ends_encoding_and_name_do_not_change_identities():
    text = (
        ":20:S\n:25:1\n:28C:1/1\n:60F:C260101EUR0,00\n:61:2601050105C10,00NTRFNONREF\n"
        ":86:Käse\n:61:2601050105C10,00NTRFNONREF\n:86:Käse\n:62F:C260105EUR20,00\n-\n"
    )
    forms = [
        text.encode(),
        text.replace("\n", "\r\n").encode(),
        text.encode("utf-8-sig"),
        text.encode("cp1252"),
        text.encode("utf-16"),
    ]
    found = [read_bank_file(form, f"f{n}") for n, form in enumerate(forms)]
    assert {tuple(ids(*file.statements)) for file in found} == {tuple(ids(*found[0].statements))}
    assert len(set(ids(*found[0].statements))) == 2
    assert len({file.content_sha256 for file in found}) == len(forms)


def test_equal_lines_of_numbered_statements_stay_two_and_of_downloads_meet():
    first = statement(entry(-450, "coffee"), number="1")
    second = statement(entry(-450, "coffee"), number="2")
    apart = ids(identified(first, is_numbered=True), identified(second, is_numbered=True))
    together = ids(identified(first, is_numbered=False), identified(second, is_numbered=False))
    assert (len(set(apart)), len(set(together))) == (2, 1)


def test_overlapping_downloads_meet_in_the_same_entries():
    monday = [entry(5, "a"), entry(5, "a"), entry(7, "b")]
    longer = [*monday, entry(5, "a", on=DAY + timedelta(days=1))]
    short, long = (identified(statement(*e), is_numbered=False) for e in (monday, longer))
    assert ids(long)[:3] == ids(short)
    assert len(set(ids(long))) == 4


def test_statements_of_one_file_that_share_a_name_stay_two_unless_they_are_the_same():
    page, other = statement(entry(5)), statement(entry(5), opening=5)
    found = identified_statements([page, other, page], is_numbered=True)
    assert ids(found[0]) == ids(found[2]) != ids(found[1])
    assert statement_identity(page) == statement_identity(other)
    assert statement_content(page) != statement_content(other)


def test_the_same_money_is_found_again_in_another_message():
    report = entry(100, "x", bank_reference="B1", status="pending")
    booked = entry(100, "other words", bank_reference="B1")
    assert money_identity("A", report) == money_identity("A", booked)
    assert money_identity("A", booked) != money_identity("B", booked)


TEXTS = st.sampled_from(["", "a", "b", "coffee"])
ENTRIES = st.lists(
    st.builds(entry, st.integers(-300, 300), TEXTS, bank_reference=TEXTS), max_size=12
)


@given(ENTRIES, st.booleans())
def test_identities_are_unique_and_do_not_depend_on_the_order_of_other_lines(entries, is_numbered):
    one = identified(statement(*entries), is_numbered=is_numbered)
    assert len(set(ids(one))) == len(entries)
    back = identified(
        replace(statement(*entries), entries=tuple(reversed(entries))), is_numbered=is_numbered
    )
    assert Counter(ids(back)) == Counter(ids(one))


@given(ENTRIES, st.integers(-9, 9))
def test_a_statement_adds_up_exactly_when_opening_and_entries_make_the_closing(entries, off):
    right = statement(*entries, opening=100)
    wrong = replace(right, closing_minor=(right.closing_minor or 0) + off)
    assert balance_findings(right) == ()
    assert [f.code for f in balance_findings(wrong)] == (["balance_gap"] if off else [])


def test_entries_in_another_currency_cannot_be_proved():
    found = balance_findings(statement(entry(5), replace(entry(5), currency="USD")))
    assert [f.code for f in found] == ["mixed_currencies"]


def chain(*amounts):
    found, opening = [], 0
    for number, amount in enumerate(amounts, 1):
        on = DAY + timedelta(days=number)
        found.append(statement(entry(amount), opening=opening, number=str(number), on=on))
        opening += amount
    return found


@given(st.lists(st.integers(1, 99), min_size=3, max_size=8), st.data())
def test_a_missing_statement_is_seen_whatever_the_order_of_delivery(amounts, data):
    days = chain(*amounts)
    gone = data.draw(st.integers(1, len(days) - 2))
    mixed = data.draw(st.permutations(days))
    assert continuity_findings([*mixed, *days]) == ()
    (found,) = continuity_findings([day for day in mixed if day is not days[gone]])
    assert (found.code, found.place) == ("statement_gap", f"statement {gone + 2} A")


def test_ten_statements_of_a_day_follow_by_number_and_accounts_are_apart():
    day = [replace(s, closing_on=DAY) for s in chain(*range(1, 13))]
    assert continuity_findings(reversed(day)) == ()
    other = replace(day[5], account="B")
    assert [f.place for f in continuity_findings([*day[:5], *day[6:], other])] == ["statement 7 A"]


def test_the_printed_answer_holds_what_the_command_promises():
    file = read_text("!Type:Bank\nD13/01/2026\nT5\nPAnn\nN1001\nMInvoice 7\n^\n")
    answer = statement_answer(file)
    assert set(answer) == {"format", "account", "statements", "findings"}
    (printed,) = answer["statements"][0]["entries"]
    assert {"entry_id", "value_on", "amount_minor", "currency", "counterparty", "reference"} < set(
        printed
    )
    assert (printed["value_on"], printed["amount_minor"], printed["counterparty"]) == (
        "2026-01-13",
        500,
        "Ann",
    )
    assert statement_answer(BankFile(format="x", statements=())) == {
        "format": "x",
        "account": "",
        "statements": [],
        "findings": [],
    }


def test_a_delivery_made_anew_names_its_statements_as_before():
    mt940 = (
        ":20:{}\n:25:1\n:28C:{}\n:60F:C260101EUR0,00\n:61:2601050105C10,00NTRFNONREF\n"
        ":62F:C260105EUR10,00\n-\n"
    )
    bai2 = (
        "01,A,B,260106,0800,{},80,,2/\n02,B,A,1,260105,,USD,2/\n03,1,USD,015,1,,/\n"
        "16,195,5,,,,x/\n49,6,3/\n98,6,1,5/\n99,6,1,7/\n"
    )
    for again in ((mt940, ("MADE1", "7/1"), ("MADE2", "7/1")), (bai2, ("1",), ("2",))):
        text, first, second = again
        one, two = (read_text(text.format(*told)).statements for told in (first, second))
        assert ids(*one) == ids(*two)
    unnumbered = [read_text(mt940.format(made, "0")).statements for made in ("S1", "S2")]
    assert ids(*unnumbered[0]) != ids(*unnumbered[1])
