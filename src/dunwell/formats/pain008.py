"""pain.008: the collection of direct debits as a bank takes it, checked against ISO's schema.

The same collection always gives the same bytes: message id, moment and the ids of its batches
are given, not drawn. Texts are carried over to the characters that SEPA banks must accept
(EPC217-08).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sepaxml
import text_unidecode
from lxml import etree
from sepaxml import SepaDD

from dunwell.engine.matching.check_digits import modulo_97
from dunwell.formats.schema_errors import schema_errors

SCHEMAS = ("pain.008.001.08", "pain.008.001.02")
"""Versions that can be written, the present one of the rulebooks first."""

LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 35, 70, 140
LARGEST_MINOR = 99_999_999_999
"""Most cents of one direct debit: 999,999,999.99 EUR."""

_FOLDER = Path(sepaxml.__file__).parent / "schemas"
_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")
_OUTSIDE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "&": "+"}
)


class DebitFileError(ValueError):
    """A collection cannot be written as pain.008; the message says what, where and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Creditor:
    """Who collects: name, account, and the creditor identifier of the national bank."""

    name: str
    iban: str
    bic: str
    creditor_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """One direct debit of one mandate; the amount is in cents."""

    end_to_end: str
    sequence: str
    amount_minor: int
    mandate: str
    signed_on: date
    debtor: str
    iban: str
    bic: str
    text: str


class _Document(SepaDD):  # type: ignore[misc]  # sepaxml has no types
    """sepaxml's document with ids and a moment of our own instead of drawn ones."""

    def __init__(
        self, config: dict[str, Any], *, schema: str, message_id: str, made_at: datetime
    ) -> None:
        super().__init__(config, schema=schema, clean=False)
        self.msg_id = message_id
        head = self._xml.find("CstmrDrctDbtInitn/GrpHdr")
        head.find("MsgId").text = message_id
        head.find("CreDtTm").text = made_at.strftime("%Y-%m-%dT%H:%M:%S")

    def _finalize_batch(self) -> None:
        """Name each batch by the message and its sequence type."""
        super()._finalize_batch()
        for batch in self._xml.iter("PmtInf"):
            batch.find("PmtInfId").text = batch_id(
                self.msg_id, batch.find("PmtTpInf/SeqTp").text or ""
            )


def batch_id(message_id: str, sequence: str) -> str:
    """Return the id of a batch: banks book the debits of one sequence type as one amount."""
    return f"{message_id}-{sequence}"


def is_creditor_id(text: str) -> bool:
    """Return whether a creditor identifier has its form and check digits (EPC262-08).

    Two letters of the country, two check digits over everything but the three characters of the
    business code, and the national part.
    """
    if not _CREDITOR_ID.fullmatch(text):
        return False
    checked = text[7:] + text[:4]
    return modulo_97(checked) == 1


def sepa_text(text: str, *, most: int) -> str:
    """Return a text in SEPA's characters, at most so long: Müller & Söhne is Mueller + Soehne."""
    plain = text_unidecode.unidecode(unicodedata.normalize("NFC", text).translate(_UMLAUTS))
    found = " ".join(_OUTSIDE.sub(" ", plain).split())
    # a text may neither begin nor end with a slash nor hold two in a row (EPC217-08)
    return re.sub(r"/{2,}", "/", found).strip("/ ")[:most].strip("/ ")


def schema_fault(written: bytes, schema: str) -> tuple[str, str] | None:
    """Return where a file breaks its schema and why; None for a file that is valid.

    sepaxml checks too, but reads the schema anew for every file.
    """
    root = etree.fromstring(written)
    for error in schema_errors(root, _FOLDER / f"{schema}.xsd", most=1):
        return _place(root.getroottree().xpath(error.path)[0]), error.text
    return None


def _place(element: etree._Element) -> str:
    """Return the names from the root to an element, numbered where several have one name."""
    names = [_step(one) for one in (element, *element.iterancestors())]
    return "".join(f"/{name}" for name in reversed(names))


def _step(element: etree._Element) -> str:
    name = etree.QName(element).localname
    parent = element.getparent()
    alike = [] if parent is None else parent.findall(element.tag)
    return f"{name}[{alike.index(element) + 1}]" if len(alike) > 1 else name


def write_pain008(
    *,
    creditor: Creditor,
    collections: Sequence[Collection],
    scheme: str,
    collect_on: date,
    message_id: str,
    made_at: datetime,
    schema: str = SCHEMAS[0],
) -> bytes:
    """Return the collection as XML that is valid by the schema.

    Raises DebitFileError for no debit, an id or amount that does not fit, a name that has no
    Latin letters, and for whatever else the schema refuses.
    """
    if schema not in SCHEMAS:
        raise DebitFileError(f"{schema} cannot be written; use one of {', '.join(SCHEMAS)}.")
    _check(creditor, collections, message_id)
    config = {
        "name": _named(creditor.name, "our own company"),
        "IBAN": creditor.iban,
        "batch": True,
        "creditor_id": creditor.creditor_id,
        "currency": "EUR",
        "instrument": scheme,
        **({"BIC": creditor.bic} if creditor.bic else {}),
    }
    document = _Document(config, schema=schema, message_id=message_id, made_at=made_at)
    for one in collections:
        document.add_payment(_payment(one, collect_on))
    written: bytes = document.export(validate=False)
    if fault := schema_fault(written, schema):
        place, reason = fault
        raise DebitFileError(f"The bank would refuse the file at {place}: {reason}")
    return written


def _check(creditor: Creditor, collections: Sequence[Collection], message_id: str) -> None:
    if not collections:
        raise DebitFileError("There is no direct debit to write.")
    if not is_creditor_id(creditor.creditor_id):
        raise DebitFileError(
            f"The creditor identifier {creditor.creditor_id} cannot be right; compare it with the "
            "letter of your national bank and correct it at the bank account."
        )
    longest = max(len(batch_id(message_id, one.sequence)) for one in collections)
    if longest > LONGEST_ID:
        raise DebitFileError(f"The message id {message_id} is too long for the bank.")
    names = [one.end_to_end for one in collections]
    if len(set(names)) != len(names):
        raise DebitFileError("Two direct debits have the same end-to-end id.")
    for one in collections:
        if not 0 < len(one.end_to_end) <= LONGEST_ID:
            raise DebitFileError(f"The end-to-end id {one.end_to_end} has no length that fits.")
        if not 0 < one.amount_minor <= LARGEST_MINOR:
            raise DebitFileError(
                f"Direct debit {one.end_to_end}: the amount must lie between 0.01 and "
                "999,999,999.99 EUR."
            )


def _payment(one: Collection, collect_on: date) -> dict[str, Any]:
    return {
        "name": _named(one.debtor, f"mandate {one.mandate}"),
        "IBAN": one.iban,
        **({"BIC": one.bic} if one.bic else {}),
        "amount": one.amount_minor,
        "type": one.sequence,
        "collection_date": collect_on,
        "mandate_id": one.mandate,
        "mandate_date": one.signed_on,
        "description": sepa_text(one.text, most=LONGEST_TEXT) or one.end_to_end,
        "endtoend_id": one.end_to_end,
    }


def _named(name: str, whose: str) -> str:
    found = sepa_text(name, most=LONGEST_NAME)
    if not found:
        raise DebitFileError(
            f"The name of {whose} cannot be written in Latin letters; enter it that way."
        )
    return found
