"""The shipped message wordings, and amounts and days as their readers write them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from babel.dates import format_date
from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol

from dunwell.engine.money import minor_digits
from dunwell.engine.wording import Wording, read_wordings
from dunwell.formats.policies import read_policy

LANGUAGES = ("en", "de")
"""Languages there are wordings in; the first one stands in for all others."""

HOW_TO_PAY = {
    "en": "by bank transfer to the account printed on the invoice",
    "de": "per Überweisung auf das auf der Rechnung genannte Konto",
}
"""What is said where a company has not stored its bank details yet."""

KINDS = {
    "en": {
        "invoice": "Invoice",
        "credit_note": "Credit note",
        "fee": "Fee",
        "interest": "Interest",
        "opening": "Opening balance",
        "refund": "Refund",
        "payment": "Payment",
    },
    "de": {
        "invoice": "Rechnung",
        "credit_note": "Gutschrift",
        "fee": "Gebühr",
        "interest": "Zinsen",
        "opening": "Saldovortrag",
        "refund": "Erstattung",
        "payment": "Zahlung",
    },
}
"""What a line calls a document, by `Item.Kind`; a payment is cash not yet put on an item."""


@lru_cache
def shipped_wordings(language: str) -> Mapping[str, Wording]:
    """Return the wordings of a language of LANGUAGES, by template."""
    path = files("dunwell") / "policies" / f"wordings_{language}.yaml"
    return read_wordings(read_policy(path.read_text(encoding="utf-8")).document)


def language_of(*wishes: str) -> str:
    """Return the first wished language there are wordings in, else the first of LANGUAGES."""
    spoken = (wish[:2].lower() for wish in wishes if wish)
    return next((language for language in spoken if language in LANGUAGES), LANGUAGES[0])


def money_text(amount_minor: int, currency: str, language: str) -> str:
    """Return an amount as Babel writes it in the language: €1,234.50 or -1.234,50 €."""
    before, after, group, point = _money_form(currency, language)
    digits = minor_digits(currency)
    whole, rest = divmod(abs(amount_minor), 10**digits)
    number = f"{whole:,}".replace(",", group)
    if digits:
        number = f"{number}{point}{rest:0{digits}d}"
    return f"{'-' if amount_minor < 0 else ''}{before}{number}{after}"


@lru_cache(maxsize=4096)
def day_text(on: date, language: str) -> str:
    """Return a day as readers of the language write it: Mar 5, 2026 or 05.03.2026."""
    return str(format_date(on, "medium", locale=language))


@lru_cache
def _money_form(currency: str, language: str) -> tuple[str, str, str, str]:
    """Return what stands before and after the number, and its two separators.

    Read off one example of Babel's, because a day's cycle formats a hundred thousand amounts.
    """
    example = format_currency(Decimal(1), currency, locale=language)
    first = example.index("1")
    last = max(n for n, character in enumerate(example) if character.isdigit())
    return (
        example[:first],
        example[last + 1 :],
        get_group_symbol(language),
        get_decimal_symbol(language),
    )
