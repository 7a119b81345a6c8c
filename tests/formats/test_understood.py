"""A text to the assistant with all that stands in it, in ten languages."""

from datetime import date

import pytest

from dunwell.formats.extracts.finds import Around
from dunwell.formats.extracts.reading import extracts
from dunwell.formats.extracts.understood import understood

TODAY = date(2026, 11, 27)

PROMISES = [
    ("en", "I will pay 1,250.00 EUR on 4 December 2026"),
    ("de", "Ich zahle 1.250,00 EUR am 4. Dezember 2026"),
    ("fr", "Je paierai 1 250,00 EUR le 4 décembre 2026"),
    ("es", "Pagaré 1.250,00 EUR el 4 de diciembre de 2026"),
    ("it", "Pagherò 1.250,00 EUR il 4 dicembre 2026"),
    ("nl", "Ik betaal 1.250,00 EUR op 4 december 2026"),
    ("pl", "Zapłacę 1250,00 EUR 4 grudnia 2026"),
    ("pt", "Vou pagar 1.250,00 EUR em 4 de dezembro de 2026"),
    ("sv", "Jag betalar 1 250,00 EUR den 4 december 2026"),
    ("tr", "1.250,00 EUR tutar\u0131n\u0131 4 Aral\u0131k 2026'da ödeyeceğim"),
]


@pytest.mark.parametrize(("language", "text"), PROMISES)
def test_a_promise_is_understood_with_its_day_and_amount(language: str, text: str) -> None:
    """Intent, language, ISO day and minor units come out the same in every language."""
    read = understood(text, Around(day=TODAY, language="en", currency="EUR"))
    assert (read.intent, read.language) == ("promise", language)
    assert read.days == (date(2026, 12, 4),)
    assert read.amounts == ((125_000, "EUR"),)
    assert all(text[one.start : one.end] == one.quote for one in read.extracts)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("it", "pago venerdì", "2026-12-04"),
        ("nl", "ik betaal overmorgen", "2026-11-29"),
        ("pl", "przelew za 10 dni", "2026-12-07"),
        ("pt", "pago na segunda-feira", "2026-11-30"),
        ("sv", "om 2 veckor", "2026-12-11"),
        ("tr", "cumaya öderim", "2026-12-04"),
        ("tr", "10 gün içinde", "2026-12-07"),
    ],
)
def test_days_in_words_count_from_the_day_of_the_text(language: str, text: str, day: str) -> None:
    """A weekday is the next one, a span is added to today."""
    found = extracts(text, Around(day=TODAY, language=language))
    assert [one.value for one in found if one.kind == "date"] == [day]
