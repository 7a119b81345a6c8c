"""What may be said: nothing but what evidence holds, in ten languages, however it is written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.assistant_intents import LANGUAGES
from dunwell.engine.claim_words import MONTHS
from dunwell.engine.evidence import unproven
from tests.conftest import examples

FACTS = (
    *("1250.00 EUR", "2026-12-04", "INV-2026/0012", "billing@acme.example", "5 %", "3"),
    *("DE89 3704 0044 0532 0130 00", "+49 30 1234567"),
)

SAID = {
    "de": "Offen: 1.250,00 € bis zum 4. Dezember 2026 (Freitag), Rechnung INV-2026/0012.",
    "en": "You owe €1,250.00 by Friday, December 4th, 2026 for INV-2026/0012; 3 items, 5%.",
    "es": "Debe 1.250,00 € antes del viernes 4 de diciembre de 2026.",
    "fr": "Vous devez 1 250,00 € avant le vendredi 4 décembre 2026.",
    "it": "Deve 1.250,00 € entro venerdì 4 dicembre 2026.",
    "nl": "U bent € 1.250,00 verschuldigd vóór vrijdag 4 december 2026.",
    "pl": "Do zapłaty 1250,00 EUR do piątku 4 grudnia 2026.",
    "pt": "Deve 1.250,00 € até sexta-feira, 4 de dezembro de 2026.",
    "sv": "Ni är skyldiga 1 250,00 EUR senast fredag den 4 december 2026.",
    "tr": "Borcunuz 1.250,00 EUR, vade 4 Aral\u0131k 2026 cuma.",
}

FALSE = {
    "de": ("zweitausend Euro", "am Montag", "übermorgen", "im Januar"),
    "en": ("two thousand euros", "on Monday", "tomorrow", "in January"),
    "es": ("dos mil euros", "el lunes", "mañana", "en enero"),
    "fr": ("deux mille euros", "lundi", "demain", "en janvier"),
    "it": ("duemila euro", "lunedì", "domani", "a gennaio"),
    "nl": ("tweeduizend euro", "op maandag", "overmorgen", "in januari"),
    "pl": ("dwa tysiące euro", "w poniedziałek", "jutro", "w styczniu"),
    "pt": ("dois mil euros", "na segunda-feira", "amanhã", "em janeiro"),
    "sv": ("tvåtusen euro", "på måndag", "imorgon", "i januari"),
    "tr": ("iki bin euro", "pazartesiye", "yar\u0131n", "ocakta"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_may_be_said_in_every_language_and_nothing_else(language: str) -> None:
    """What stands in evidence passes however it is written; what is made up is named."""
    assert unproven(SAID[language], FACTS, language=language) == ()
    assert unproven(SAID[language], (), language=language) != ()
    passed = [one for one in FALSE[language] if not unproven(one, FACTS, language=language)]
    assert passed == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("You owe $1,250.00.", ("$1,250.00",)),
        ("You owe €1,250.01.", ("€1,250.01",)),
        ("You owe €١٢٥١", ("€1251",)),
        ("You owe €1\u200b2\u200b51", ("€1251",)),
        ("Pay to DE44 5001 0517 5407 3249 31", ("de44 5001 0517 5407 3249 31",)),
        ("See www.pay-here.example/x", ("www.pay-here.example/x",)),
        ("Mail evil@acme.example", ("evil@acme.example",)),
        ("Call +49 30 7654321", ("+49 30 7654321",)),
        ("Interest is 8 %", ("8 %",)),
        ("By 5 December 2026", ("5 december 2026",)),
        ("By 12/05/2026", ("12/05/2026",)),
        ("Come to 12 High Street", ("12", "high street")),
        ("Invoice INV-2026/0013", ("inv-2026/0013",)),
        ("At 14:30", ("14:30",)),
        ("We will be glad to help one of you.", ()),
    ],
)
def test_what_no_fact_holds_is_named(text: str, named: tuple[str, ...]) -> None:
    """Another currency, cent, day, account, address: each is named as it is claimed."""
    assert unproven(text, FACTS, language="en") == named


@examples(40, release=400)
@given(
    minor=st.integers(min_value=1, max_value=10**10),
    other=st.integers(min_value=1, max_value=10**10),
    language=st.sampled_from(LANGUAGES),
)
def test_an_amount_is_proven_by_itself_alone(minor: int, other: int, language: str) -> None:
    """However it is grouped an amount proves itself, and no other one."""
    fact = f"{minor // 100}.{minor % 100:02d} EUR"
    plain = f"{minor / 100:,.2f}"
    forms = (plain, plain.translate(str.maketrans(",.", ".,")), plain.replace(",", "\u202f"))
    for form in forms:
        assert unproven(f"{form} EUR", (fact,), language=language) == ()
        assert unproven(f"€ {form}", (fact,), language=language) == ()
        assert unproven(f"{form} USD", (fact,), language=language) != ()
    fils, dinars = f"{minor / 1000:,.3f}", (f"{minor // 1000}.{minor % 1000:03d} KWD",)
    for form in (fils, fils.translate(str.maketrans(",.", ".,"))):
        assert unproven(f"{form} KWD", dinars, language=language) == ()
        assert unproven(f"{form.replace('.', '').replace(',', '')},000 KWD", dinars, language="en")
    is_same = minor == other
    said = unproven(f"{other // 100},{other % 100:02d} EUR", (fact,), language=language)
    assert (said == ()) is is_same


@examples(40, release=400)
@given(
    day=st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)),
    other=st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)),
    language=st.sampled_from(LANGUAGES),
)
def test_a_day_is_proven_by_itself_alone(day: date, other: date, language: str) -> None:
    """A written-out day is proven by the ISO day of the ledger and by no other."""
    name = MONTHS[language][day.month - 1].split()[0]
    written = (f"{day.day} {name} {day.year}", f"{day.day}.{day.month}.{day.year}")
    for form in written:
        assert unproven(form, (day.isoformat(),), language=language) == ()
        assert (unproven(form, (other.isoformat(),), language=language) == ()) is (day == other)


@examples(60, release=600)
@given(text=st.text(max_size=200), language=st.sampled_from((*LANGUAGES, "xx")))
def test_every_digit_needs_evidence_and_a_text_proves_itself(text: str, language: str) -> None:
    """No text with a digit passes without evidence; any text passes with itself as evidence."""
    if any(one.isdecimal() for one in text):
        assert unproven(text, (), language=language) != ()
    assert unproven(text, (text,), language=language) == ()
