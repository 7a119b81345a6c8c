"""What is picked out of messages: cases labelled by hand, and laws that hold for any text."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import months_after
from dunwell.engine.intents import EXTRACT_KINDS
from dunwell.formats.extracts.amounts import number_of
from dunwell.formats.extracts.day_rules import numbered_week, with_month, with_year
from dunwell.formats.extracts.finds import Around, plain
from dunwell.formats.extracts.reading import extracts
from dunwell.ml.intents.shipped import shipped_messages

DAY = date(2026, 11, 26)
ITEMS = ("INV-20418", "RE-2026-0815", "0004410", "F-2201", "9001", "9002", "88")
CASES = Path(__file__).with_name("extract_cases.txt")


def cases():
    """(language, country, text, wanted) of every line."""
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, _, wanted = line.partition(" =>")
        language, country, text = head.split("|", 2)
        told = tuple(one.strip() for one in wanted.split(";") if one.strip())
        yield language, country, text.replace("\\n", "\n"), told


def found(language, country, text):
    around = Around(day=DAY, language=language, country=country, currency="EUR", items=ITEMS)
    return extracts(text, around)


def told(one, wanted):
    """An extract as a case writes it; its role only where one of the cases asks for it."""
    plainly = f"{one.kind}={one.value}"
    with_role = f"{plainly}:{one.role}"
    return with_role if with_role in wanted else plainly


def test_there_are_enough_cases_in_every_language():
    counted = Counter(language for language, _, _, _ in cases())

    assert sum(counted.values()) >= 170
    assert min(counted.values()) >= 25


@pytest.mark.parametrize(
    ("language", "country", "text", "wanted"),
    list(cases()),
    ids=lambda value: value if isinstance(value, str) and len(value) > 2 else "",
)
def test_what_stands_in_a_text_is_found_and_nothing_else(language, country, text, wanted):
    assert sorted(told(one, wanted) for one in found(language, country, text)) == sorted(wanted)


FRAGMENTS = """
pay|paid|Freitag|next|vendredi|15|15.|3/4|12.11.2026|2026-13-45|1.250,00|\u20ac|\u00a3|12%|KW|60
week 53|31 February|fin du mois|a month|INV-20418|4410|+44 161|PO 450|@|x@y.example|>|DE89|Ende
29.02.|Mr|in 999 months|0|..|,,
"""
WORDS = st.sampled_from([*FRAGMENTS.replace("\n", "|").strip("|").split("|"), "\n"])


@given(st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=200))
def test_every_quote_stands_where_it_says_and_none_overlap(text):
    around = Around(day=DAY, language="en", country="GB", currency="EUR", items=ITEMS)
    last = 0
    for one in extracts(text, around):
        assert text[one.start : one.end] == one.quote
        assert one.quote
        assert last <= one.start < one.end
        assert one.kind in EXTRACT_KINDS
        last = one.end
        if one.kind == "amount":
            assert one.money[0] > 0
        if one.kind == "date" and one.role in ("pay_by", "until"):
            assert one.day >= DAY
        if one.kind == "date" and one.role == "paid_on":
            assert one.day <= DAY


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.sampled_from(
    ["We will pay {}.", "will be paid by {}", "Wir zahlen {}", "Nous paierons {}", "Pagaremos {}"]
), st.sampled_from(
    ["next Friday", "on Monday", "am 15.", "le 3", "el lunes", "3 March", "on 29/02", "KW 1",
     "tomorrow", "Ende nächster Woche", "fin du mois", "in 10 days", "mid January"]
))  # fmt: skip
def test_a_day_to_pay_by_never_lies_before_the_message(day, frame, when):
    for one in extracts(frame.format(when), Around(day=day, language="en", currency="EUR")):
        if one.kind == "date":
            assert one.day >= day
            assert one.day <= day + timedelta(days=366 * 8)


def test_shipped_messages_are_looked_through_without_failing():
    for one in shipped_messages():
        around = Around(day=DAY, language=one.language, currency="EUR", items=ITEMS)
        for extract in extracts(one.text, around):
            assert one.text[extract.start : extract.end] == extract.quote


def test_a_changed_bank_account_is_marked_as_sensitive_only():
    (one,) = found("de", "DE", "Bitte auf DE89 3704 0044 0532 0130 00 zahlen")

    assert (one.kind, one.role) == ("iban", "sensitive")


def test_an_iban_with_wrong_check_digits_is_none():
    assert [one.kind for one in found("de", "DE", "DE88 3704 0044 0532 0130 00")] != ["iban"]


@pytest.mark.parametrize(
    ("text", "digits", "number"),
    [
        ("1.250,00", 2, "1250.00"),
        ("1,250.00", 2, "1250.00"),
        ("1'250.50", 2, "1250.50"),
        ("1.250", 2, "1250"),
        ("12.345", 3, "12.345"),
        ("1.234.567", 2, "1234567"),
        ("12,5", 2, "12.5"),
        ("12,5", 0, "None"),
    ],
)
def test_marks_in_numbers_are_read_by_where_they_stand(text, digits, number):
    assert str(number_of(text, digits=digits)) == number


def test_days_without_year_or_month_are_the_next_that_there_is():
    assert with_year(date(2026, 11, 26), month=2, number=29, lies=1) is None
    assert with_year(date(2027, 11, 26), month=2, number=29, lies=1) == date(2028, 2, 29)
    assert with_month(date(2026, 11, 26), number=31, lies=1) == date(2026, 12, 31)
    assert with_month(date(2026, 11, 26), number=31, lies=-1) == date(2026, 10, 31)
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert numbered_week(date(2026, 11, 26), 1) == date(2027, 1, 8)
    assert numbered_week(date(2027, 11, 26), 53) is None


def test_a_plain_text_keeps_its_length():
    text = "Überfällig: ﬁnale ß Straße İ"

    assert len(plain(text)) == len(text)


@pytest.mark.parametrize("text", ["12.11. ", "invoice 4410, ", "Monday ", "1.250,00 € "])
def test_a_list_without_end_gives_three_hundred_of_a_kind_and_no_more(text):
    assert len(found("en", "GB", text * 1_500)) == 300
