"""The payment code of a transfer in euro as a picture: what a banking app reads from a letter.

EPC069-12, version 002: it names who is paid, the account, the amount and the purpose. Only
transfers in euro to an IBAN have one.
"""

import re
from io import BytesIO

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from segno import QRCode
from segno.helpers import make_epc_qr

from dunwell.engine.money import from_minor

CURRENCY = "EUR"
MEDIA_TYPE = "image/png"
LARGEST_MINOR = 99_999_999_999
"""999 999 999.99 euro: what the standard allows."""
MOST_NAME = 70
MOST_TEXT = 140
IN_TEXT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \t\u00a0]?[A-Z0-9]){11,40}")
SHORTEST, LONGEST = 15, 34
SCALE = 4
"""Pixels of a module: 33 modules at most become a picture of some 160 pixels."""


class PaymentCodeError(ValueError):
    """There is no payment code for such a transfer: what stands against it."""


def payment_code_png(
    *, name: str, iban: str, bic: str = "", amount_minor: int, currency: str, text: str
) -> bytes:
    """Return the code as a PNG, the same bytes each time; the text is what the payee reads.

    Name and text are cut to what the standard takes. Raises PaymentCodeError for another
    currency than the euro, an account that is no IBAN, an amount of nothing or too much, no
    name, and no text.
    """
    transfer = (name, iban, bic, amount_minor, currency, text)
    return _saved(_code(*transfer), "png")


def payment_code_svg(
    *, name: str, iban: str, bic: str = "", amount_minor: int, currency: str, text: str
) -> str:
    """Return the code as an SVG, to be set into a document; otherwise as `payment_code_png`."""
    transfer = (name, iban, bic, amount_minor, currency, text)
    return _saved(_code(*transfer), "svg").decode()


def _code(name: str, iban: str, bic: str, amount_minor: int, currency: str, text: str) -> QRCode:
    if currency != CURRENCY:
        raise PaymentCodeError(f"A payment code is for euro; this is in {currency}.")
    if not 0 < amount_minor <= LARGEST_MINOR:
        raise PaymentCodeError("A payment code is for 0.01 to 999999999.99 euro.")
    account = known_iban(iban)
    if not account:
        raise PaymentCodeError(f"{iban[:40] or 'The empty account'} is no IBAN.")
    payee = " ".join(name.split())[:MOST_NAME].strip()
    told = " ".join(text.split())[:MOST_TEXT].strip()
    if not payee or not told:
        raise PaymentCodeError("A payment code needs the name of who is paid, and a text.")
    return make_epc_qr(
        name=payee,
        iban=account,
        amount=from_minor(amount_minor, currency),
        text=told,
        bic=bic or None,
        encoding="utf-8",
    )


def _saved(code: QRCode, kind: str) -> bytes:
    out = BytesIO()
    code.save(out, kind=kind, scale=SCALE)
    return out.getvalue()


def iban_in(text: str) -> str:
    """Return the first IBAN that stands in a text such as a bank detail, empty for none."""
    for start in IN_TEXT.finditer(text.upper()):
        signs = re.sub(r"[ \t\u00a0]", "", start.group())
        # its end is not marked: another word may follow after a blank
        for length in range(min(len(signs), LONGEST), SHORTEST - 1, -1):
            if found := known_iban(signs[:length]):
                return found
    return ""


def known_iban(text: str) -> str:
    """Return the IBAN without blanks in capitals, an empty text where it is none."""
    try:
        return str(IBAN(text).compact)
    except SchwiftyException:
        return ""
