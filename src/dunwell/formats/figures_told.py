"""Days, amounts, shares and counts within English sentences, as another language writes them.

Rules write their sentences in English with figures of one form; who reads another language is
told the same figures in the form of that language.
"""

import re
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol, is_currency

from dunwell.engine.money import minor_digits

SPACE = "\N{NO-BREAK SPACE}"

FIGURES = re.compile(
    r"(?<![\w.,-])(?:"
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"|(?P<amount>-?\d{1,3}(?:,\d{3})*(?:\.\d+)?) (?P<currency>[A-Z]{3})"
    r"|(?P<share>-?\d+(?:\.\d+)?) %"
    r"|(?P<count>-?\d{1,3}(?:,\d{3})+)"
    r")(?![\w,-])(?!\.\d)"
)
"""What the rules write: 2026-05-03, 1,234.50 EUR, 95.5 %, 12,345."""


def figures_told(text: str, language: str) -> str:
    """Return a text with its figures in a language's form; English stays as it is."""
    if language.startswith("en"):
        return text
    locale = language.replace("-", "_")
    return FIGURES.sub(lambda match: _figure(match, locale), text)


def _figure(match: re.Match[str], locale: str) -> str:
    if match["day"]:
        try:
            return str(format_date(date.fromisoformat(match["day"]), "medium", locale=locale))
        except ValueError:
            return match[0]
    if match["share"]:
        share = format_decimal(Decimal(match["share"]), locale=locale)
        return f"{share}{SPACE}%"
    if match["count"]:
        return str(format_decimal(_number(match["count"]), locale=locale))
    amount, currency = _number(match["amount"]), match["currency"]
    digits = minor_digits(currency) if is_currency(currency) else -1
    if -int(amount.as_tuple().exponent) != digits:
        return match[0]
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    symbol = get_currency_symbol(currency, locale=locale)
    return f"{format_decimal(amount, pattern, locale=locale)}{SPACE}{symbol}"


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))
