"""The `:86:` and `:NS:` texts of MT940: German subfields, SEPA words, slash words, plain text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from dunwell.formats.bank.references import given, is_iban, plain, structured_reference

WHOLE_LINE = 65
WHOLE_SUBFIELD = 27
"""A line or subfield of full width was cut by the bank; a shorter one ended by itself."""

_STRUCTURED = re.compile(r"(\d{3})([^\w\s/.,;:-])(\d\d)")
_SEPA_WORDS = "EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC"
_SEPA = re.compile(rf"(?:(?<=\s)|^)({_SEPA_WORDS})\+", re.MULTILINE)
_SEPA_INSIDE = re.compile(rf"({_SEPA_WORDS})\+")
IDENTIFIERS = frozenset({"IBAN", "BIC", "EREF", "KREF", "MREF", "CRED", "DEBT"})
_SLASH_WORDS = (
    "TRTP|EREF|PREF|KREF|IREF|MARF|CSID|CNTP|REMI|ORDP|BENM|NAME|IBAN|BIC|ADDR|ISDT|RTRN|PURP|"
    "ULTC|ULTD|ULTB|OCMT|CHGS|EXCH|RTYP|RREF|TRCD|SVCL|USTD|STRD|CDTRREFTP|CDTRREF|CD|SCOR|ID|"
    "ACCW|BUSP|INIT|TRDA|VALD|ORIG|UDTR|UCRD|IACC|PY|PT"
)
_SLASH = re.compile(rf"/({_SLASH_WORDS})(?=/)")
_ACCOUNT_LINE = re.compile(r"([A-Z]{2}\d{2}[A-Z0-9]{8,30}|\d{7,10})\s+(\S.*)")
_WORDED = (
    re.compile(r"REK:\s*(?P<account>[A-Z0-9 ]+)/NAAM:\s*(?P<name>[^\n/]+)"),
    re.compile(r"Z RACH\.:\s*(?P<account>[0-9 ]+);\s*OD:\s*(?P<name>[^;]+?)\s*;"),
    re.compile(r"AUFTRAGGEBER:\s*(?P<name>.+?)(?=\s+MITTEILUNGEN:|\s+\d{6}CH|$)", re.DOTALL),
)
_SUBJECT = re.compile(r"(?:TYT\.|MITTEILUNGEN):\s*(?P<text>.+?)(?=\s*;\s*TNR:|$)", re.DOTALL)
_MONEY = re.compile(r"([A-Z]{3})(\d[\d.]*,\d*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrative:
    """What the texts of a movement say; empty where they say nothing of it."""

    counterparty: str = ""
    counterparty_account: str = ""
    counterparty_bank: str = ""
    reference: str = ""
    end_to_end: str = ""
    mandate: str = ""
    return_reason: str = ""
    text: str = ""
    code: str = ""
    original: tuple[str, str] = ("", "")
    """(currency, amount as written) of the instructed amount."""
    charges: tuple[str, str] = ("", "")
    details: tuple[tuple[str, str], ...] = ()


def narrative(
    lines: Sequence[str], *, national: Sequence[str] = (), customer: str = ""
) -> Narrative:
    """Return what the lines of `:86:` say; `national` are the lines of a `:NS:` field.

    `customer` is the customer reference of the statement line: some banks write the other side's
    account there and again before its name.
    """
    if any(line.strip() for line in national):
        return _national(national)
    raw = "".join(lines)
    match = _STRUCTURED.match(raw)
    if match:
        return _subfields(raw, code=match[1], mark=match[2])
    words = _slash_words(raw)
    if words:
        return _slashed(words, raw)
    return _free(lines, customer)


def _flowed(pieces: Iterable[str], width: int) -> str:
    """Return pieces as one text: those of full width run on, shorter ones end with a space."""
    text = ""
    for piece in pieces:
        text += piece if len(piece) == width else piece + " "
    return " ".join(text.split())


def _subfields(raw: str, *, code: str, mark: str) -> Narrative:
    """Return the German form: a business code, then subfields such as ?20 to ?29, ?60 to ?63."""
    pieces: dict[str, str] = {}
    for piece in re.split(rf"{re.escape(mark)}(?=\d\d)", raw[3:])[1:]:
        key = piece[:2]
        pieces[key] = pieces.get(key, "") + piece[2:]
    words = _sepa_words(pieces)
    account = "".join(pieces.get("31", pieces.get("38", "")).split())
    text = " ".join(part for part in (words.get("SVWZ", ""), words.get("", "")) if part)
    end_to_end = given(words.get("EREF", ""))
    other = pieces.get("10", "").strip() if mark == ">" else ""
    known = {"00": "booking text", "10": "primanota", "34": "text key"}
    details = [(name, pieces[key].strip()) for key, name in known.items() if pieces.get(key)]
    details += [(name, value) for name, value in words.items() if name not in {"", "SVWZ", "EREF"}]
    return Narrative(
        counterparty=_flowed(
            (pieces[key] for key in ("32", "33") if key in pieces), WHOLE_SUBFIELD
        ),
        counterparty_account=words.get("IBAN", "") or account or other,
        counterparty_bank=words.get("BIC", "") or pieces.get("30", "").strip(),
        reference=structured_reference(text) or end_to_end or given(words.get("KREF", "")),
        end_to_end=end_to_end,
        mandate=given(words.get("MREF", "")),
        text=text or pieces.get("00", "").strip(),
        code=code,
        original=_money(words.get("OAMT", "")),
        charges=_money(words.get("COAM", "")),
        details=tuple(details),
    )


def _sepa_words(pieces: Mapping[str, str]) -> dict[str, str]:
    """Return the texts behind EREF+, SVWZ+ ...; all other text under an empty word.

    An identifier ends with its line: what follows it without a word of its own is text.
    """
    text = ""
    keys = [key for key in sorted(pieces) if "20" <= key <= "29" or key >= "60"]
    for key, following in zip_longest(keys, keys[1:], fillvalue=""):
        runs_on = following == str(int(key) + 1) or (key, following) == ("29", "60")
        is_whole = len(pieces[key]) == WHOLE_SUBFIELD
        text += pieces[key] if is_whole and runs_on else pieces[key].rstrip() + "\n"
    pattern = _SEPA if _SEPA.search(text) else _SEPA_INSIDE
    parts = pattern.split(text)
    words, rest = {"": ""}, [parts[0]]
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        kept = value
        if word in IDENTIFIERS:
            kept, _, more = value.strip().partition("\n")
            rest.append(more)
        clean = " ".join(kept.split())
        words[word] = (f"{words[word]} {clean}" if word in words else clean).strip()
    words[""] = " ".join(" ".join(rest).split())
    return words


def _slash_words(raw: str) -> list[tuple[str, str]]:
    """Return (word, text) of the form /EREF/.../NAME/..., or nothing where it is not that form."""
    if not raw.startswith("/") or not _SLASH.match(raw):
        return []
    parts = _SLASH.split(raw)
    return [
        (word, value.strip("/ ") if word != "CNTP" else value.strip())
        for word, value in zip(parts[1::2], parts[2::2], strict=True)
    ]


def _slashed(words: Sequence[tuple[str, str]], raw: str) -> Narrative:
    values: dict[str, str] = {}
    for word, value in words:
        if value and word not in values:
            values[word] = " ".join(value.split())
    name, account, bank = values.get("NAME", ""), values.get("IBAN", ""), values.get("BIC", "")
    if "CNTP" in values:
        slots = [*values["CNTP"].removeprefix("/").split("/"), "", "", ""]
        account, bank, name = slots[0] or account, slots[1] or bank, slots[2] or name
    text = values.get("USTD", "") or values.get("REMI", "") or values.get("STRD", "")
    end_to_end = given(values.get("EREF", ""))
    reference = (
        values.get("CDTRREF", "")
        or structured_reference(text)
        or end_to_end
        or given(values.get("KREF", ""))
        or given(values.get("PREF", ""))
    )
    kept = {"NAME", "IBAN", "BIC", "USTD", "REMI", "EREF"}
    return Narrative(
        counterparty=name,
        counterparty_account=account,
        counterparty_bank=bank,
        reference=reference,
        end_to_end=end_to_end,
        mandate=given(values.get("MARF", "")),
        return_reason=values.get("RTRN", ""),
        text=text or " ".join(raw.split()),
        code=values.get("TRCD", ""),
        original=_money(values.get("OCMT", "")),
        charges=_money(values.get("CHGS", "")),
        details=tuple((word, value) for word, value in values.items() if word not in kept),
    )


def _free(lines: Sequence[str], customer: str) -> Narrative:
    """Return plain text; the counterparty where a known bank's wording shows it."""
    text = _flowed((line for line in lines if line.strip()), WHOLE_LINE)
    name, account = "", ""
    whole = "\n".join(line.strip() for line in lines)
    for pattern in _WORDED:
        if match := pattern.search(whole if "REK:" in whole else text):
            found = match.groupdict()
            name, account = found.get("name", ""), plain(found.get("account") or "")
            break
    else:
        first = lines[0].strip() if lines else ""
        match = _ACCOUNT_LINE.fullmatch(first)
        is_account = match and (match[1].isdigit() or match[1] == customer or is_iban(match[1]))
        if match and is_account and len(lines) > 1:
            account, name = match[1], match[2]
            rest = _flowed((line for line in lines[1:] if line.strip()), WHOLE_LINE)
            text = rest or text
    subject = _SUBJECT.search(text)
    return Narrative(
        counterparty=" ".join(name.split()),
        counterparty_account=account,
        reference=structured_reference(text),
        text=text,
        details=(("subject", subject["text"].strip()),) if subject else (),
    )


def _national(lines: Sequence[str]) -> Narrative:
    """Return the `:NS:` form: 01 to 14 purpose, 15 and 16 name, 33 and 34 bank and account."""
    pieces: dict[str, str] = {}
    key = ""
    for line in lines:
        if line[:2].isdigit():
            key = line[:2]
            pieces[key] = pieces.get(key, "") + line[2:]
        elif key:
            pieces[key] += line
    purpose = " ".join(
        " ".join(pieces[key].split()) for key in sorted(pieces) if "01" <= key <= "14"
    )
    known = {"17": "booking text", "18": "primanota", "19": "text key", "20": "20"}
    return Narrative(
        counterparty=_flowed((pieces[k] for k in ("15", "16") if k in pieces), WHOLE_SUBFIELD),
        counterparty_account=pieces.get("34", "").strip(),
        counterparty_bank=pieces.get("33", "").strip(),
        reference=structured_reference(purpose),
        text=purpose or pieces.get("17", "").strip(),
        details=tuple((n, pieces[k].strip()) for k, n in known.items() if pieces.get(k)),
    )


def _money(text: str) -> tuple[str, str]:
    """Return (currency, amount) of a text such as EUR4,5, or empty texts."""
    match = _MONEY.search(text.replace(" ", ""))
    return (match[1], match[2]) if match else ("", "")
