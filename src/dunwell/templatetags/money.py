"""How amounts look and are typed: minor units and a currency, text in the reader's language."""

import re
from copy import copy
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import (
    NumberFormatError,
    NumberPattern,
    format_decimal,
    get_currency_symbol,
    parse_decimal,
)
from django import forms, template
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext

from dunwell.engine.money import UNKNOWN_CURRENCY, from_minor, minor_digits, to_minor

register = template.Library()

NO_VALUE = "\N{EN DASH}"


def reader_language() -> str:
    """Return the code of the reader's language."""
    return get_language() or "en"


def locale() -> Locale:
    """Return the reader's language as Babel knows it."""
    return locale_of(reader_language())


@lru_cache(maxsize=16)
def locale_of(language: str) -> Locale:
    """Return a language as Babel knows it."""
    return Locale.parse(language, sep="-")


@lru_cache(maxsize=256)
def _pattern(language: str, digits: int) -> NumberPattern:
    """Return the language's money pattern with our own number of decimals (ISO 4217, not CLDR)."""
    pattern: NumberPattern = copy(locale_of(language).currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    return pattern


@lru_cache(maxsize=16384)
def _text(language: str, amount_minor: int, currency: str, is_whole: bool) -> str:  # noqa: FBT001
    value = from_minor(amount_minor, currency)
    digits = 0 if is_whole else minor_digits(currency)
    if is_whole:
        value = value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    text: str = _pattern(language, digits).apply(
        value, locale_of(language), currency=currency, currency_digits=False
    )
    symbol = get_currency_symbol(currency, locale_of(language))
    if currency == UNKNOWN_CURRENCY:
        text, symbol = text.replace(symbol, currency), currency
    if symbol.isalpha():  # a code needs a space before the digits, a sign does not
        text = re.sub(rf"{symbol}(?=\d)", f"{symbol}\N{NO-BREAK SPACE}", text)
    return text


@register.simple_tag
def money(amount_minor: int | None, currency: str) -> str:
    """Return an amount to the last minor unit; a dash for none."""
    if amount_minor is None:
        return NO_VALUE
    return _text(reader_language(), amount_minor, currency, is_whole=False)


@register.simple_tag
def money_whole(amount_minor: int | None, currency: str) -> str:
    """Return an amount in whole units for sentences and charts, rounded half away from zero."""
    if amount_minor is None:
        return NO_VALUE
    return _text(reader_language(), amount_minor, currency, is_whole=True)


@register.filter
def money_input(amount_minor: int, currency: str) -> str:
    """Return an amount as it is typed into a field: no symbol, the reader's decimal sign."""
    digits = minor_digits(currency)
    pattern = "0." + "0" * digits if digits else "0"
    return format_decimal(from_minor(amount_minor, currency), pattern, locale=locale())


def read_money(text: str, currency: str) -> int:
    """Return typed text as minor units in the reader's number style.

    Raises ValueError with a sentence for the person: not a number, finer than the currency.
    """
    try:
        amount = parse_decimal(text.strip(), locale=locale(), strict=True)
    except NumberFormatError as error:
        sample = money_input(123450, "EUR")
        raise ValueError(
            gettext("%(text)s is not an amount; write it like %(sample)s.")
            % {"text": text.strip() or NO_VALUE, "sample": sample}
        ) from error
    return to_minor(amount, currency)


class MoneyField(forms.CharField):
    """An amount of one currency, typed in the reader's style; cleans to minor units."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        super().__init__(
            max_length=30,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )
        self.currency = currency

    def prepare_value(self, value: Any) -> Any:
        """Show minor units as an amount; show again what was typed."""
        return money_input(value, self.currency) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Return minor units, None when left empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_money(text, self.currency)
        except ValueError as error:
            raise ValidationError(str(error)) from error
