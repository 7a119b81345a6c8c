"""Structured references and account numbers: what their check digits prove, and finding them."""

import re

from dunwell.engine.matching.check_digits import modulo_97

NOT_GIVEN = frozenset(
    {"", "NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF", "NONE", "KEINE REFERENZ", "NA", "N/A"}
)
"""What banks and payers write where there is no reference."""

_RF = re.compile(r"(?<![A-Z0-9])RF\d{2}(?: ?[A-Z0-9]){1,21}(?![A-Z0-9])", re.IGNORECASE)
_RF_SHORTEST, _RF_LONGEST = 5, 25
_BELGIAN = re.compile(r"(?:\+\+\+|\*\*\*)\s?(\d{3})/?(\d{4})/?(\d{5})\s?(?:\+\+\+|\*\*\*)")
_QR = re.compile(r"(?<!\d)\d{27}(?!\d)|(?<!\d)\d{2}(?: \d{5}){5}(?!\d)")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_QR_TABLE = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
"""Row of the recursive modulo 10 table (Swiss payment standards, QR reference)."""
_QR_IID = range(30000, 32000)
"""Bank ids of QR-IBANs."""


def plain(text: str) -> str:
    """Return letters and digits in upper case only: how references and accounts are compared."""
    return "".join(text.split()).upper()


def given(text: str) -> str:
    """Return the reference, or an empty text where the file only says that there is none."""
    kept = " ".join(text.split())
    return "" if kept.upper() in NOT_GIVEN else kept


def is_rf(text: str) -> bool:
    """Return whether this is a creditor reference with right check digits (ISO 11649)."""
    code = plain(text)
    return (
        _RF_SHORTEST <= len(code) <= _RF_LONGEST
        and code.isascii()
        and code.isalnum()
        and code.startswith("RF")
        and code[2:4].isdigit()
        and modulo_97(code[4:] + code[:4]) == 1
    )


def is_iban(text: str) -> bool:
    """Return whether this is an IBAN with right check digits (ISO 13616; lengths not judged)."""
    code = plain(text)
    return (
        code.isascii()
        and _IBAN.fullmatch(code) is not None
        and modulo_97(code[4:] + code[:4]) == 1
    )


def is_qr_iban(text: str) -> bool:
    """Return whether this is a Swiss or Liechtenstein IBAN that only takes QR references."""
    code = plain(text)
    return (
        is_iban(code)
        and code[:2] in {"CH", "LI"}
        and code[4:9].isdigit()
        and int(code[4:9]) in _QR_IID
    )


def is_qr_reference(text: str) -> bool:
    """Return whether these are 27 digits with a right recursive modulo 10 check digit, not 0."""
    code = plain(text)
    if len(code) != 27 or not (code.isascii() and code.isdigit()) or not int(code):  # noqa: PLR2004
        return False
    carry = 0
    for digit in code[:-1]:
        carry = _QR_TABLE[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(code[-1])


def is_belgian(text: str) -> bool:
    """Return whether these are the 12 digits of a Belgian structured communication."""
    code = "".join(character for character in text if character not in "+*/ ")
    if len(code) != 12 or not (code.isascii() and code.isdigit()):  # noqa: PLR2004
        return False
    return (int(code[:10]) % 97 or 97) == int(code[10:])


def structured_reference(text: str) -> str:
    """Return the first reference in free text that its check digits prove, or an empty text.

    An RF reference comes without spaces, a QR reference as 27 digits, a Belgian communication as
    `+++090/9337/55493+++`.
    """
    if found := _BELGIAN.search(text):
        code = "".join(found.groups())
        if is_belgian(code):
            return f"+++{code[:3]}/{code[3:7]}/{code[7:]}+++"
    for match in _RF.finditer(text):
        if code := _longest_rf(match.group()):
            return code
    for match in _QR.finditer(text):
        if is_qr_reference(match.group()):
            return plain(match.group())
    return ""


def _longest_rf(text: str) -> str:
    """Return the longest beginning that is a right RF reference: words of the text may follow."""
    words = text.split(" ")
    for count in range(len(words), 0, -1):
        if is_rf("".join(words[:count])):
            return plain("".join(words[:count]))
    return ""
