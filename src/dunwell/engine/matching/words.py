"""Words that change what a payment means: deductions, instalments, advances, returns, alarms.

Each list is data: stems in the languages of our customers, matched at a word's start in folded
text (lower case, no accents).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

DEDUCTIONS = {
    "freight": "freight|fracht|transport|shipping|carriage|porto",
    "damage": "damage|broken|beschadig|casse|avarie",
    "shortage": "short ship|short deliver|shortage|missing|undelivered|fehlmenge|manquant",
    "pricing": "pric|overcharge|rate differ|preis|prix|precio|billing error",
    "promotion": "promo|allowance|rebate|bonus|co-?op|marketing|bonifi|ruckvergut|remise",
    "returns": "return credit|returned goods|goods return|retoure|avoir|rma|returns",
    "quality": "quality|defect|warrant|mangel|defaut",
    "penalty": "penalt|late deliver|vertragsstrafe|penalite",
    "tax": "withholding|wht|tds|tax|steuer|retenue|retencion",
    "other": "deduct|abzug|kurzung|deduction|less|minus|claim|short pa|disput|reklamation",
}
"""Reason code of a deduction by the stems that name it, most telling first."""
_ANY_DEDUCTION = "|".join(DEDUCTIONS.values())
DISCOUNT = (
    r"discount|disc\b|skonto|skto|escompte|descuento|sconto|early pay|prompt pay|"
    r"payment terms applied|net \d+ terms|terms applied|2pct|cash disc"
)
PART = (
    r"partial|part pa|progress|instal|tranche|on acc|on account|pmt on|acompte|abschlag|"
    r"teilzahlung|rate \d|anticipo parcial|a ?conto|ratenzahlung"
)
ADVANCE = (
    r"advance|prepay|pre-pay|deposit|vorauszahlung|vorkasse|anzahlung|proforma|pro forma|"
    r"anticipo|downpayment|down payment|retainer|future order"
)
NETTING = (
    r"intercompany|interco|netting|net settle|set-?off|offset|contra|verrechnung|compensation"
)
FX = (
    r"\b(?:eur|usd|gbp|chf|cad|aud|jpy|sek|nok|dkk|pln|czk|huf|cny|inr|mxn|nzd|sgd|hkd|zar)"
    r"\s*[\d.,]+|[@x]\s*\d+[.,]\d{2,}|\bfx\b|exchange rate|wechselkurs|taux de change|"
    r"currency conver|converted at"
)
FEE = r"bank fee|bank charge|wire fee|transfer fee|less fee|charges?\b|spesen|gebuhr|frais"
THIRD_PARTY = r"on behalf|behalf of|factor|im auftrag|pour le compte|for and on|o/b/o|abgetreten"
RETURNED = (
    r"nsf\b|insufficient funds|returned (?:ach|item|payment|check|cheque|debit|direct)|"
    r"return(?:ed)? of (?:ach|payment|dd|direct)|rucklastschrift|ruckbuchung|rejet|impaye|"
    r"devolucion|chargeback|reversal of|r\d\d insufficient|stop payment|recalled"
)
LEGAL = (
    r"under protest|without prejudice|unter vorbehalt|sous reserve|bajo protesta|court|garnish|"
    r"attorney|lawsuit|litigation|insolven|bankrupt|liquidat|administrator|receivership|"
    r"pfandung|saisie|embargo|frozen|freeze|legal hold|levy"
)
SANCTION = r"ofac|sanction|\bsdn\b|blocked person|embargoed"
CONTESTED = r"disput|contest|bestritten|conteste|reklam"
CREDIT = r"credit|gutschrift|avoir|\bcn\b|\bcm\b|abono|netted|net of"
DUPLICATE = r"duplicate|paid twice|doppelt|double pai"

_COMPILED: dict[str, re.Pattern[str]] = {}


def folded(text: str) -> str:
    """Return the text in lower case without accents, blanks made single."""
    if text.isascii():
        return " ".join(text.lower().split())
    spread = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return " ".join("".join(c for c in spread if not unicodedata.combining(c)).split())


@lru_cache(maxsize=4_096)
def says(stems: str, text: str) -> bool:
    """Return whether the folded text has a word that starts with one of the stems."""
    if stems not in _COMPILED:
        _COMPILED[stems] = re.compile(rf"(?<![a-z0-9])(?:{stems})")
    return _COMPILED[stems].search(text) is not None


def deduction_kind(text: str) -> str:
    """Return the reason code of the deduction a folded text names, empty when it names none."""
    if not says(_ANY_DEDUCTION, text):
        return ""
    return next((kind for kind, stems in DEDUCTIONS.items() if says(stems, text)), "")


def names_one(text: str, words: Iterable[str]) -> str:
    """Return the first of the words the folded text holds as a whole word, else empty text."""
    for word in words:
        if re.search(rf"(?<![a-z0-9]){re.escape(folded(word))}(?![a-z0-9])", text):
            return word
    return ""
