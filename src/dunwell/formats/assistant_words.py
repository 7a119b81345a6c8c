"""The assistant's sentences in each language, and how their gaps are filled.

A language without wordings is answered in English, with a notice: a text is never half translated.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from dunwell.engine.assistant_answers import SHOWN_PAYMENTS
from dunwell.engine.assistant_facts import Facts, ItemFact
from dunwell.engine.assistant_moves import Say, Slot
from dunwell.engine.money import from_minor, minor_digits
from dunwell.formats.assistant_sentences import SENTENCES

FALLBACK = "en"


def spoken_language(wish: str) -> str:
    """Return the language the assistant answers in: the wished one where it has wordings."""
    return wish if wish in SENTENCES else FALLBACK


def said(sentences: Iterable[Say], *, language: str) -> str:
    """Return an answer, one sentence a line; begins with a notice for an unknown language."""
    spoken = spoken_language(language)
    lines = [] if spoken == language else [SENTENCES[spoken]["other_language"]]
    lines += [
        SENTENCES[spoken][one.key].format_map(_filled(one.slots, spoken)) for one in sentences
    ]
    return "\n".join(lines)


def evidence_of(facts: Facts, sentences: Iterable[Say], proof: Iterable[Slot] = ()) -> list[str]:
    """Return what proves an answer, plain: results of the tools, and `proof` of a read-back.

    Of invoices only those count that a sentence names; their figures are the facts' own.
    """
    named = {str(one.slots["number"]) for one in sentences if "number" in one.slots}
    found = [str(facts.latest_on)] if facts.latest_on else []
    for balance in facts.balances:
        found += [
            _plain(balance.owed_minor, balance.currency),
            _plain(balance.overdue_minor, balance.currency),
        ]
    for item in facts.items:
        if item.number in named:
            found += [item.number, *_item_evidence(item)]
    found += [number for number in facts.settled if number in named]
    for payment in facts.payments[:SHOWN_PAYMENTS]:
        found += [_plain(payment.amount_minor, payment.currency), payment.value_on.isoformat()]
    found += [str(facts.documents), facts.account_name, facts.iban]
    found += [_plain(*one) if isinstance(one, tuple) else str(one) for one in proof]
    return list(dict.fromkeys(one for one in found if one))


def _item_evidence(item: ItemFact) -> list[str]:
    amounts = (item.open_minor, item.disputed_minor)
    days = (item.due_on, item.promised_on)
    return [
        *(_plain(minor, item.currency) for minor in amounts if minor),
        *(day.isoformat() for day in days if day),
    ]


def _plain(minor: int, currency: str) -> str:
    return f"{from_minor(minor, currency)} {currency}"


def _filled(slots: Mapping[str, Slot], language: str) -> dict[str, str]:
    return {name: _text(slot, language) for name, slot in slots.items()}


def _text(slot: Slot, language: str) -> str:
    """Return a slot as the language writes it; amounts with their ISO code, days written out."""
    if isinstance(slot, tuple):
        minor, currency = slot
        digits = minor_digits(currency)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        number = format_decimal(
            from_minor(minor, currency), format=pattern, locale=_locale(language)
        )
        return f"{number}\N{NO-BREAK SPACE}{currency}"
    if isinstance(slot, date):
        return format_date(slot, format="long", locale=_locale(language))
    return str(slot)


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(language)
