"""Log lines without what must not stand in them: accounts, cards, addresses, phones, secrets.

Too much is hidden rather than too little: a log is read by others than the records.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

ACCOUNT, MAIL, PHONE, SECRET, TAX_ID = "[account]", "[mail]", "[phone]", "[secret]", "[tax id]"
"""What stands in the place of each."""

_GAP = r"(?:[ +-]|%20)?"
_ACCOUNT = re.compile(
    rf"(?<![A-Za-z0-9])[A-Za-z]{{2}}{_GAP}\d{_GAP}\d(?:{_GAP}[A-Za-z0-9]){{11,30}}"
)
_WORD = r"[^\s@%<>\"'(),;:=&?/\\\[\]]"
# begins where a word does, so that a long text is walked through once
_MAIL = re.compile(rf"(?<!{_WORD}){_WORD}+(?:@|%40){_WORD}+\.[A-Za-z]{{2,24}}")
# an international number: + or 00, then seven to fifteen digits, however they are parted (E.164)
_PHONE = re.compile(r"(?<![\w.,-])(?:\+|%2B|00)[1-9](?:(?:[ +()/.-]|%20){0,2}\d){6,14}(?!\d)")
# numbers for value added tax of the Union, its neighbours and Northern Ireland
_TAX_ID = re.compile(
    r"(?<![A-Za-z0-9])(?:AT ?U|BE|BG|CHE-?|CY|CZ|DE|DK|EE|EL|ES ?[A-Z]?|FI|FR ?[A-Z]{0,2}|GB|HR"
    r"|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI) ?\d(?:[ .]?\d){6,11}(?:B\d\d|[A-Z]{1,3})?"
    r"(?![A-Za-z0-9])"
)
_LONG = re.compile(r"[A-Za-z0-9_-]{20,}")
_HEX = re.compile(r"[0-9a-fA-F]{32,}")
_NAMED = re.compile(r"passw|secret|token|authorization|cookie|iban|api_?key|otp", re.IGNORECASE)
_SHORTEST, _LONGEST = 15, 34


def redacted(text: str) -> str:
    """Return a text without accounts, cards, mail addresses, phones, tax ids and long secrets."""
    # the tables of matching are not loaded before the first line is logged
    from dunwell.engine.card_numbers import masked  # noqa: PLC0415

    hidden = _ACCOUNT.sub(_account, text)
    hidden = _MAIL.sub(MAIL, hidden)
    hidden = _TAX_ID.sub(TAX_ID, hidden)
    hidden = _PHONE.sub(PHONE, hidden)
    hidden = _LONG.sub(_secret, hidden)
    return masked(hidden)


def redacted_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return a structlog event with every text in it redacted; a processor."""
    for name, value in event.items():
        event[name] = _value(name, value)
    return event


def _value(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if _NAMED.search(name):
        return SECRET
    if isinstance(value, Mapping):
        return {str(key): _value(str(key), one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(name, one) for one in value]
    return redacted(value if isinstance(value, str) else repr(value))


def _account(found: re.Match[str]) -> str:
    """Hide the longest beginning that has the check digits of an IBAN (ISO 13616)."""
    text = found[0]
    plain = re.sub(r"%20|[ +-]", "", text).upper()
    for length in range(min(len(plain), _LONGEST), _SHORTEST - 1, -1):
        turned = plain[4:length] + plain[:4]
        if int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1:
            return ACCOUNT + text[_ends_at(text, length) :]
    return text


def _ends_at(text: str, length: int) -> int:
    """Return where so many letters and digits of a text, without its gaps, end."""
    at = seen = 0
    while seen < length:
        gap = re.compile(r"%20|[ +-]").match(text, at)
        at = gap.end() if gap else at + 1
        seen += 0 if gap else 1
    return at


def _secret(found: re.Match[str]) -> str:
    """Hide what no name looks like: capitals, small letters and digits in one, or long hex."""
    text = found[0]
    is_mixed = all(any(test(sign) for sign in text) for test in (str.isupper, str.islower))
    is_mixed &= any(sign.isdigit() for sign in text)
    return SECRET if is_mixed or _HEX.fullmatch(text) else text
