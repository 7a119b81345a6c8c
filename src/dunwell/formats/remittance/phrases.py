"""Document numbers and amounts in prose: what mail and extracted text say about payments."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dunwell.engine.money import UNKNOWN_CURRENCY, minor_digits, to_minor
from dunwell.formats.bank.references import structured_reference
from dunwell.formats.currencies import ISO_CODES, SYMBOLS, currency_code

_CODES = "|".join(sorted(ISO_CODES))
_MARK = rf"(?:{_CODES}|US\$|CA\$|AU\$|[€£¥₹₺₩$]|zł|Kč)"
_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f'\u2019]\d{3})+|\d{1,3}(?:[.,]\d{3})+|\d+"
_NUMBER = rf"(?:{_GROUPED})(?:[.,]\d{{1,4}})?(?![\d])"
AMOUNT = re.compile(
    rf"(?<![\w.,/@#-])(?P<sign>[-\u2212\u2013(]\s?)?(?:(?P<before>{_MARK})\s?)?(?P<minus>[-\u2212]\s?)?"
    rf"(?P<number>{_NUMBER})(?:\s?(?P<after>{_MARK}))?(?P<end>-(?!\w)|\))?(?:\s?(?P<late>{_MARK})(?![A-Z]))?(?![\w%/]|[.,-]\d)",
    re.IGNORECASE,
)
_WORD = r"[A-Z0-9](?:[A-Z0-9]|[-_/.](?=[A-Z0-9])){0,30}"
_LABEL = (
    r"invoices?|inv|bills?|documents?|doc|credit\s?(?:notes?|memos?)|credits?|rechnung(?:en)?|"
    r"rechnungsnummer|rechn|rg|belege?|gutschrift(?:en)?|factures?|fact|avoirs?|facturas?|fra|abonos?|"
    r"factu(?:ur|ren)|fattur[ae]|items?|purchase\sorder|po"
)
_NO = r"(?:\s?(?:numbers?|nos?|nr|num|ref|n°|nº|id)\b\.?)?"
_AND = r"\s*(?:,|;|&|\+|\band\b|\bund\b|\bet\b|\by\b|\ben\b)\s*"
LABELLED = re.compile(
    rf"(?<![A-Z0-9])(?:{_LABEL})(?![A-Z]){_NO}\.?\s*[:#]?\s*#?\s*"
    rf"(?P<list>{_WORD}(?:{_AND}#?{_WORD})*)",
    re.IGNORECASE,
)
BARE = re.compile(
    r"(?<![A-Z0-9/.-])(?P<one>[A-Z]{1,10}[-_/]?(?:[A-Z0-9]{1,6}[-_/])*\d(?:[\d/_-]*\d)?)(?![A-Z0-9]|[.,]\d)",
    re.IGNORECASE,
)
NOT_DOCUMENTS = frozenset(
    (
        *("q", "fy", "h", "ck", "chk", "check", "cheque", "wire", "ach", "eft", "pmt", "payment"),
        *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        *("january", "february", "march", "april", "june", "july", "august", "september"),
        *("october", "november", "december", "kw", "tel", "fax", "page", "seite", "abn", "vat"),
        *(code.lower() for code in ISO_CODES),
    )
)
"""Letters before digits that make no document number."""
_OTHER_NUMBER = re.compile(
    r"\b(?:account|acct|a/c|customer|client|vendor|supplier|kunde\w*|konto\w*|lieferant\w*|"
    r"compte|cuenta|phone|tel|fax|ticket|case)\b\.?\s?(?:numbers?|no|nr|id)?\.?\s*[:#]?\s*$",
    re.IGNORECASE,
)
"""Words before a number that say it is no document."""
_RATE = re.compile(r"(?:@|\b(?:rate|kurs|taux|cambio|x))\s*:?\s*$", re.IGNORECASE)
_ONE_SEPARATOR_DIGITS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A document number or an amount and where it stands in its line."""

    start: int
    end: int
    text: str
    currency: str = ""
    minor: int | None = None


def document_numbers(line: str) -> list[Found]:
    """Return the document numbers of a line: after a word such as invoice, or by their form.

    A number needs a digit; one after a word may be digits only (`Invoice #150`).
    """
    found: list[Found] = []
    for match in LABELLED.finditer(line):
        for token in re.finditer(_WORD, match["list"], re.IGNORECASE):
            text, start = token.group(), match.start("list") + token.start()
            if any(letter.isdigit() for letter in text) and not _is_amount(line, start, text):
                found.append(Found(start=start, end=start + len(text), text=text))
    taken = [(one.start, one.end) for one in found]
    structured = structured_reference(line)
    for match in BARE.finditer(line):
        text = match["one"]
        letters = re.match(r"[A-Za-z]*", text)
        is_known = any(start < match.end() and match.start() < end for start, end in taken)
        is_other = _OTHER_NUMBER.search(line[: match.start()])
        is_short = sum(map(str.isdigit, text)) < 2 and text.isalnum()  # noqa: PLR2004
        is_structured = bool(structured) and structured.startswith(text.upper())
        if (
            not (is_known or is_other or is_short or is_structured)
            and letters
            and letters.group().lower() not in NOT_DOCUMENTS
        ):
            found.append(Found(start=match.start(), end=match.end(), text=text))
    return sorted(found, key=lambda one: one.start)


def _is_amount(line: str, start: int, text: str) -> bool:
    """Return whether a token is rather an amount: two decimals, or a currency beside it."""
    if re.fullmatch(r"\d+[.,]\d{1,2}|\d{1,3}(?:[.,]\d{3})+[.,]\d{1,2}", text):
        return True
    before, after = line[:start].rstrip(), line[start + len(text) :]
    return bool(
        re.search(rf"{_MARK}$", before)
        or re.match(rf"[.,]\d|\s?(?:{_CODES}|[€£¥$])(?![A-Z]|\s?\d)", after, re.IGNORECASE)
    )


def amounts(line: str, *, outside: list[Found], currency: str) -> Iterator[Found]:
    """Yield the amounts of a line that are no part of document numbers, dates or rates.

    A number is an amount when a currency stands beside it, or it has one or two decimals, or it
    stands alone in a column (two spaces, a tab or a colon before it). `currency` counts where
    none stands beside it. An amount that fits two readings has no `minor`.
    """
    for match in AMOUNT.finditer(line):
        if any(one.start < match.end() and match.start() < one.end for one in outside):
            continue
        if _RATE.search(line[: match.start()]):
            continue
        mark = match["before"] or match["after"] or match["late"] or ""
        code = currency_code(mark) if mark else ""
        number = match["number"]
        is_money = bool(code) or bool(re.search(r"[.,]\d{1,2}$", number))
        if not (is_money or _is_alone(line, match.start(), match.end())):
            continue
        own = code or currency or UNKNOWN_CURRENCY
        minor = prose_minor(number, own)
        is_negative = bool(match["sign"] or match["minus"] or match["end"] == "-")
        if match["sign"] and match["sign"].startswith("(") and match["end"] != ")":
            is_negative = bool(match["minus"])
        yield Found(
            start=match.start(),
            end=match.end(),
            text=match.group().strip(),
            currency=code,
            minor=-minor if minor is not None and is_negative else minor,
        )


def _is_alone(line: str, start: int, end: int) -> bool:
    before, after = line[:start], line[end:]
    return bool(re.search(r"(?:\t|\s{2,}|[:;|=]\s?)$", before)) and not after.strip(" \t|;.)")


def prose_minor(number: str, currency: str) -> int | None:
    """Return the amount in minor units; None where it fits two readings or is too fine.

    With one separator before exactly three digits it groups thousands, for hardly a currency has
    three decimals; for one that has, the amount is left open.
    """
    plain = re.sub(r"[ \u00a0\u202f'\u2019]", "", number)
    marks = [letter for letter in plain if letter in ".,"]
    if len(set(marks)) > 1:
        decimal = marks[-1]
        if marks.count(decimal) > 1:
            return None
        plain = plain.replace("," if decimal == "." else ".", "").replace(decimal, ".")
    elif len(marks) > 1:
        plain = plain.replace(marks[0], "")
    elif marks:
        after = len(plain) - plain.index(marks[0]) - 1
        if after == _ONE_SEPARATOR_DIGITS:
            if minor_digits(currency) >= _ONE_SEPARATOR_DIGITS:
                return None
            plain = plain.replace(marks[0], "")
        plain = plain.replace(",", ".")
    try:
        return to_minor(Decimal(plain), currency)
    except (ArithmeticError, ValueError):
        return None


def line_currencies(text: str) -> set[str]:
    """Return the currencies that stand beside amounts in a text; a dollar sign is US dollars."""
    found = set()
    for match in AMOUNT.finditer(text):
        mark = match["before"] or match["after"] or match["late"]
        if mark:
            found.add(currency_code(mark) or SYMBOLS.get(mark, ""))
    return found - {""}
