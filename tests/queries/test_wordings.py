"""Amounts, days and hours as their readers know them."""

from datetime import UTC, date, datetime

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.money import from_minor
from dunwell.engine.wording import REPLY_TEMPLATES, TEMPLATES
from dunwell.queries.deliveries import local_minute
from dunwell.queries.wordings import (
    LANGUAGES,
    day_text,
    language_of,
    money_text,
    shipped_wordings,
)


@given(
    st.integers(-(10**13), 10**13),
    st.sampled_from(["EUR", "USD", "GBP", "CHF", "JPY", "KWD", "SEK", "INR"]),
    st.sampled_from(LANGUAGES),
)
def test_amounts_are_written_as_babel_writes_them(amount, currency, language):
    expected = format_currency(from_minor(amount, currency), currency, locale=language)
    assert money_text(amount, currency, language) == expected


def test_days_follow_the_language():
    assert [day_text(date(2026, 3, 5), language) for language in LANGUAGES] == [
        "Mar 5, 2026",
        "05.03.2026",
        "5 mars 2026",
        "5 mar 2026",
    ]


@given(st.dates(), st.sampled_from(LANGUAGES))
def test_days_are_written_as_babel_writes_them(on, language):
    assert day_text(on, language) == format_date(on, "medium", locale=language)


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (("de-AT", "en"), "de"),
        (("fr-CA", "de"), "fr"),
        (("it", "de"), "de"),
        (("", "en"), "en"),
        (("it", ""), "en"),
        ((), "en"),
    ],
)
def test_the_first_language_there_are_wordings_in_is_taken(wishes, language):
    assert language_of(*wishes) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_a_strategy_may_name_has_words(language):
    assert set(shipped_wordings(language)) == {*TEMPLATES, *REPLY_TEMPLATES}


@pytest.mark.parametrize(
    ("country", "moment", "minute"),
    [
        ("DE", datetime(2026, 3, 28, 7, tzinfo=UTC), 480),
        ("DE", datetime(2026, 3, 29, 7, tzinfo=UTC), 540),
        ("GB", datetime(2026, 10, 24, 7, tzinfo=UTC), 480),
        ("GB", datetime(2026, 10, 25, 7, tzinfo=UTC), 420),
        # New York is at 12:30, Honolulu at 06:30: the one further from noon decides
        ("US", datetime(2026, 7, 1, 16, 30, tzinfo=UTC), 390),
        # Lord Howe Island is half an hour ahead of Sydney
        ("AU", datetime(2026, 7, 1, 6, tzinfo=UTC), 990),
        # no common office hours between Kaliningrad and Kamchatka: the company's own clock
        ("RU", datetime(2026, 7, 1, 10, tzinfo=UTC), 720),
        ("ZZ", datetime(2026, 7, 1, 10, tzinfo=UTC), 720),
        # thirteen hours ahead it is midnight
        ("KI", datetime(2026, 7, 1, 11, tzinfo=UTC), 0),
    ],
)
def test_the_hour_of_a_customer_is_the_hour_of_its_country(country, moment, minute):
    assert local_minute(country, "Europe/Berlin", at=moment) == minute
