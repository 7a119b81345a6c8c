"""The assistant's sentences in each language, and how their gaps are filled.

A language without wordings is answered in English, with a notice: a text is never half translated.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from dunwell.engine.assistant import Facts, Say, Slot
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


def evidence_of(facts: Facts) -> list[str]:
    """Return what proves an answer: every figure, day and account of the tools' results, plain."""
    found = [str(facts.latest_on)] if facts.latest_on else []
    for balance in facts.balances:
        found += [
            _plain(balance.owed_minor, balance.currency),
            _plain(balance.overdue_minor, balance.currency),
        ]
    for item in facts.items:
        found += [item.number, _plain(item.open_minor, item.currency), item.due_on.isoformat()]
    if facts.plan is not None:
        plan = facts.plan
        found += [
            str(plan.number),
            _plain(plan.level_minor, plan.currency),
            _plain(plan.total_minor, plan.currency),
            plan.first_on.isoformat(),
            plan.last_on.isoformat(),
        ]
    return [*found, *(one for one in (facts.account_name, facts.iban) if one)]


def commitment_evidence(sentences: Iterable[Say]) -> list[str]:
    """Return the figures of a read-back, which the dialogue bounded by facts and the policy."""
    found: list[str] = []
    for one in sentences:
        if one.key == "confirm_promise":
            found += [
                _plain(*slot) if isinstance(slot, tuple) else str(slot)
                for slot in one.slots.values()
            ]
    return found


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
