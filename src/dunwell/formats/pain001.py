"""pain.001: refunds as a file of transfers that a bank takes, checked against ISO's schema.

The same transfers always give the same bytes: message id and moment are given, not drawn. Each
transfer is booked by itself (no batch booking), so that its number stands on the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import SubElement

from sepaxml import SepaTransfer

from dunwell.formats.pain008 import (
    LARGEST_MINOR,
    LONGEST_ID,
    LONGEST_NAME,
    LONGEST_TEXT,
    schema_fault,
    sepa_text,
)

SCHEMAS = ("pain.001.001.09", "pain.001.001.03")
"""Versions that can be written, the present one of the rulebooks first."""

CURRENCY = "EUR"
"""SEPA moves euro only."""


class TransferFileError(ValueError):
    """Transfers cannot be written as pain.001; the message says what, where and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Payer:
    """Whose account is debited: ours."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfer:
    """One transfer; the amount is in cents, `end_to_end` comes back on the statement."""

    end_to_end: str
    amount_minor: int
    name: str
    iban: str
    bic: str
    text: str


class _Document(SepaTransfer):  # type: ignore[misc]  # sepaxml has no types
    """sepaxml's document with ids and a moment of our own instead of drawn ones."""

    def __init__(
        self, config: dict[str, Any], *, schema: str, message_id: str, made_at: datetime
    ) -> None:
        super().__init__(config, schema=schema, clean=False)
        self.msg_id = message_id
        head = self._xml.find("CstmrCdtTrfInitn/GrpHdr")
        head.find("MsgId").text = message_id
        head.find("CreDtTm").text = made_at.strftime("%Y-%m-%dT%H:%M:%S")

    def _finalize_batch(self) -> None:
        """Name the batch by the message, and ask for a booking of each transfer by itself.

        A bank whose code is not known is said to be that, as EPC132-08 asks.
        """
        super()._finalize_batch()
        for batch in self._xml.iter("PmtInf"):
            batch.find("PmtInfId").text = self.msg_id
            batch.find("BtchBookg").text = "false"
        for bank in self._xml.iter("FinInstnId"):
            if not len(bank):
                SubElement(SubElement(bank, "Othr"), "Id").text = "NOTPROVIDED"


def write_pain001(
    *,
    payer: Payer,
    transfers: Sequence[Transfer],
    execute_on: date,
    message_id: str,
    made_at: datetime,
    schema: str = SCHEMAS[0],
) -> bytes:
    """Return the transfers as XML that is valid by the schema.

    Raises TransferFileError for no transfer, an id or amount that does not fit, a name that has
    no Latin letters, and for whatever else the schema refuses.
    """
    if schema not in SCHEMAS:
        raise TransferFileError(f"{schema} cannot be written; use one of {', '.join(SCHEMAS)}.")
    _check(transfers, message_id)
    config = {
        "name": _named(payer.name, "our own company"),
        "IBAN": payer.iban,
        "batch": True,
        "currency": CURRENCY,
        **({"BIC": payer.bic} if payer.bic else {}),
    }
    document = _Document(config, schema=schema, message_id=message_id, made_at=made_at)
    for one in transfers:
        document.add_payment(
            {
                "name": _named(one.name, f"the payee of {one.end_to_end}"),
                "IBAN": one.iban,
                **({"BIC": one.bic} if one.bic else {}),
                "amount": one.amount_minor,
                "execution_date": execute_on,
                "description": sepa_text(one.text, most=LONGEST_TEXT) or one.end_to_end,
                "endtoend_id": one.end_to_end,
            }
        )
    written: bytes = document.export(validate=False)
    if fault := schema_fault(written, schema):
        place, reason = fault
        raise TransferFileError(f"The bank would refuse the file at {place}: {reason}")
    return written


def _check(transfers: Sequence[Transfer], message_id: str) -> None:
    if not transfers:
        raise TransferFileError("There is no transfer to write.")
    if not 0 < len(message_id) <= LONGEST_ID:
        raise TransferFileError(f"The message id {message_id} has no length that fits.")
    names = [one.end_to_end for one in transfers]
    if len(set(names)) != len(names):
        raise TransferFileError("Two transfers have the same end-to-end id.")
    for one in transfers:
        if not 0 < len(one.end_to_end) <= LONGEST_ID:
            raise TransferFileError(f"The end-to-end id {one.end_to_end} has no length that fits.")
        if not 0 < one.amount_minor <= LARGEST_MINOR:
            raise TransferFileError(
                f"Transfer {one.end_to_end}: the amount must lie between 0.01 and "
                "999,999,999.99 EUR."
            )


def _named(name: str, whose: str) -> str:
    found = sepa_text(name, most=LONGEST_NAME)
    if not found:
        raise TransferFileError(
            f"The name of {whose} cannot be written in Latin letters; enter it that way."
        )
    return found
