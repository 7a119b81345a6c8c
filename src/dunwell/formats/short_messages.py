"""Short messages: how many segments a text takes, and phone numbers as carriers want them.

Segments by 3GPP TS 23.038 and 23.040: 160 septets of the GSM alphabet or 70 UTF-16 units alone,
153 or 67 where a text is split.
"""

from dataclasses import dataclass

import phonenumbers

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Characters that take two septets: the escape and their own."""

GSM_ALONE, GSM_PART = 160, 153
UNITS_ALONE, UNITS_PART = 70, 67
SHORTEST_NUMBER = len("+2901234")
"""What is shorter is an extension or a short code, not somebody's number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segments:
    """How a text is sent: `alphabet` is gsm7 or ucs2, `length` counts septets or UTF-16 units."""

    alphabet: str
    length: int
    segments: int


def segments_of(text: str) -> Segments:
    """Return the segments a text takes; an empty text takes one.

    A character of two septets, or of two UTF-16 units, is never split between segments.
    """
    if all(sign in GSM_BASIC or sign in GSM_EXTENDED for sign in text):
        sizes = [2 if sign in GSM_EXTENDED else 1 for sign in text]
        return Segments(
            alphabet="gsm7",
            length=sum(sizes),
            segments=_parts(sizes, alone=GSM_ALONE, part=GSM_PART),
        )
    sizes = [2 if ord(sign) > 0xFFFF else 1 for sign in text]  # noqa: PLR2004  surrogate pairs
    return Segments(
        alphabet="ucs2",
        length=sum(sizes),
        segments=_parts(sizes, alone=UNITS_ALONE, part=UNITS_PART),
    )


def _parts(sizes: list[int], *, alone: int, part: int) -> int:
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts


def phone_number(text: str, *, country: str) -> str:
    """Return a phone number in E.164 (+4930123456), "" where it is none that can be dialled.

    `country` is where a number without an international prefix is at home (ISO 3166-1).
    """
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    told = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return told if len(told) >= SHORTEST_NUMBER else ""
