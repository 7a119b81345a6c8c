"""Answers to invoices as platforms tell them by API or in a list: JSON and CSV.

A row: id, invoice_number, code, effective_on, and where known scheme, reason_codes, action_codes,
note, sender, expected_pay_on, amount, currency. Several codes of a CSV cell are parted by spaces.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from dunwell.formats.encoding import decode
from dunwell.formats.findings import TableError
from dunwell.formats.invoice_responses import (
    FRENCH,
    FRENCH_CODES,
    LONGEST_ID,
    MOST_BYTES,
    MOST_RESPONSES,
    PEPPOL,
    InvoiceResponseError,
    ReadResponse,
    checked_response,
    joined_note,
    looks_like_response,
    read_response_xml,
)

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "document_id", "message_id", "statusId"),
    "invoice_number": ("invoice_number", "invoice", "invoiceId", "invoiceNumber", "number"),
    "code": ("code", "status", "statusCode", "status_code"),
    "effective_on": ("effective_on", "date", "on", "statusDate", "effective_date"),
    "scheme": ("scheme",),
    "reason_codes": ("reason_codes", "reason_code", "reasonCode", "reason"),
    "action_codes": ("action_codes", "action_code", "actionCode", "action"),
    "note": ("note", "reason_text", "reasonText", "comment", "message"),
    "sender": ("sender", "from"),
    "expected_pay_on": ("expected_pay_on", "expected_payment_date", "expectedPaymentDate"),
    "amount": ("amount",),
    "currency": ("currency",),
}
"""The fields of a row, and what platforms call them."""

DELIMITERS = ",;\t|"


def read_invoice_responses(data: bytes, name: str) -> tuple[ReadResponse, ...]:
    """Return the answers of a file, whatever it is: told by its content, not by its name.

    Raises InvoiceResponseError saying what is wrong, where, and what to do.
    """
    if not data.strip():
        raise InvoiceResponseError(f"{name}: the file is empty.")
    if len(data) > MOST_BYTES:
        raise InvoiceResponseError(
            f"{name}: more than {MOST_BYTES // 1024**2} MB; answers to invoices are small."
        )
    begin = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if looks_like_response(data) or begin == b"<":
        return read_response_xml(data, name)
    if begin in {b"{", b"["}:
        return _json(data, name)
    return _csv(data, name)


def _json(data: bytes, name: str) -> tuple[ReadResponse, ...]:
    try:
        told = json.loads(data, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise InvoiceResponseError(f"{name}: this is no JSON that can be read.") from error
    listed = told.get("responses", [told]) if isinstance(told, dict) else told
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise InvoiceResponseError(
            f"{name}: send an answer as an object, or a list of them named responses."
        )
    return _rows(listed, name)


def _csv(data: bytes, name: str) -> tuple[ReadResponse, ...]:
    try:
        text = decode(data, name=name).data.decode("utf-8")
    except (TableError, UnicodeError) as error:
        raise InvoiceResponseError(f"{name}: this is no text that can be read.") from error
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))
    except csv.Error as error:
        raise InvoiceResponseError(f"{name}: the table is damaged ({error}).") from error
    if not rows:
        raise InvoiceResponseError(
            f"{name}: this is no answer to an invoice: no XML, no JSON, and no table with rows."
        )
    return _rows([{str(key): value for key, value in row.items()} for row in rows], name)


def _rows(listed: list[dict[str, object]], name: str) -> tuple[ReadResponse, ...]:
    if not listed or len(listed) > MOST_RESPONSES:
        raise InvoiceResponseError(f"{name}: send 1 to {MOST_RESPONSES:,} answers at once.")
    return tuple(_row(row, f"{name}: row {number}") for number, row in enumerate(listed, 1))


def _row(row: Mapping[str, object], place: str) -> ReadResponse:
    code = _text(row, "code").upper().rpartition(":")[2]
    invoice = _text(row, "invoice_number")
    effective = _day(row, "effective_on", place)
    if not code or not invoice or effective is None:
        raise InvoiceResponseError(
            f"{place}: an answer names the invoice (invoice_number), the code (code) and its day "
            "(effective_on)."
        )
    scheme = _text(row, "scheme") or (FRENCH if code in FRENCH_CODES else PEPPOL)
    identity = _text(row, "id") or _identity(row)
    amount = _value(row, "amount")
    return checked_response(
        ReadResponse(
            scheme=scheme,
            document_id=identity[:LONGEST_ID],
            code=code,
            invoice_number=invoice,
            effective_on=effective,
            reason_codes=_codes(_value(row, "reason_codes")),
            action_codes=_codes(_value(row, "action_codes")),
            note=joined_note([_text(row, "note")]),
            sender=_text(row, "sender")[:200],
            expected_pay_on=_day(row, "expected_pay_on", place),
            amount=None if amount is None else _decimal(amount, place),
            currency=_text(row, "currency").upper()[:3],
        ),
        place,
    )


def _identity(row: Mapping[str, object]) -> str:
    """Return the identity of an answer that has none: the hash of what it says."""
    told = json.dumps({key: str(row[key]) for key in sorted(row)}, ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def _value(row: Mapping[str, object], name: str) -> object:
    told = (row.get(known) for known in NAMES[name])
    return next((value for value in told if value is not None and value != ""), None)


def _text(row: Mapping[str, object], name: str) -> str:
    value = _value(row, name)
    return "" if value is None else " ".join(str(value).replace("\0", "").split())


def _codes(value: object) -> tuple[str, ...]:
    told = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
    return tuple(dict.fromkeys(str(code).strip().upper()[:40] for code in told if code))[:20]


def _day(row: Mapping[str, object], name: str, place: str) -> date | None:
    text = _text(row, name)
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise InvoiceResponseError(
            f"{place}: {name} {text[:20]!r} is no day; the form is 2026-11-27."
        ) from error


def _decimal(value: object, place: str) -> Decimal:
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise InvoiceResponseError(f"{place}: {str(value)[:20]!r} is no amount.") from error
    if not amount.is_finite():
        raise InvoiceResponseError(f"{place}: {str(value)[:20]!r} is no amount.")
    return amount
