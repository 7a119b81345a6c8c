"""Answers of customers' systems to invoices: Peppol, French life cycle, JSON and CSV of platforms.

Peppol Invoice Response 3 (UBL ApplicationResponse 2.1, transaction T111, BIS 63) and Message Level
Response 3 (T71) as documented on docs.peppol.eu/poacc/upgrade-3 (codelists UNCL4343-T111,
OPStatusReason, OPStatusAction). French life cycle as the UN/CEFACT message CDAR (Cross Domain
Acknowledgement and Response, D22B) of AFNOR XP Z12-012, or UBL with codes like VRBL:FR:212.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from dunwell.engine.card_numbers import masked
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.xml_tree import Node, read_xml

PEPPOL, PEPPOL_MLR, FRENCH, OTHER = "peppol", "peppol_mlr", "fr_pdp", "other"
SCHEMES = (PEPPOL, PEPPOL_MLR, FRENCH, OTHER)
PEPPOL_CODES = ("AB", "IP", "UQ", "CA", "RE", "AP", "PD")
"""Message acknowledged, in process, under query, conditionally accepted, rejected, accepted, paid
(UNCL4343 as restricted by Peppol BIS 63)."""

MLR_CODES = ("AB", "AP", "RE")
FRENCH_CODES = tuple(str(code) for code in range(200, 214))
"""200 deposited, 201 issued, 202 received, 203 made available, 204 taken in charge, 205 approved,
206 approved in part, 207 in dispute, 208 suspended, 209 completed, 210 refused, 211 payment
transmitted, 212 cashed, 213 rejected by the platform."""

MOST_BYTES = 5 * 1024 * 1024
MOST_RESPONSES = 2_000
LONGEST_ID = 120
LONGEST_NOTE = 1_000
PAY_DAYS = frozenset(
    {"BT-9", "PaymentDueDate", "ExpectedPaymentDate", "EXPECTED_PAYMENT_DATE", "PAYMENT_DATE"}
)
"""Names under which a condition (cac:Condition) tells the day on which payment is expected."""

_ACTIONS, _REASONS = "OPStatusAction", "OPStatusReason"


class InvoiceResponseError(ValueError):
    """What came is no answer to an invoice that can be read; says what, where, what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadResponse:
    """One answer to one invoice, as its sender wrote it; `amount` in units of `currency`.

    `effective_on` is the day it holds from, `expected_pay_on` when the customer means to pay.
    """

    scheme: str
    document_id: str
    code: str
    invoice_number: str
    effective_on: date
    reason_codes: tuple[str, ...] = ()
    action_codes: tuple[str, ...] = ()
    note: str = ""
    sender: str = ""
    expected_pay_on: date | None = None
    amount: Decimal | None = None
    currency: str = ""


def looks_like_response(data: bytes) -> bool:
    """Return whether bytes may be an answer in XML: told by the name of its element alone."""
    head = data[:4096]
    return b"<" in head and (
        b"ApplicationResponse" in head or b"CrossDomainAcknowledgementAndResponse" in head
    )


def read_response_xml(data: bytes, name: str) -> tuple[ReadResponse, ...]:
    """Return the answers of an XML file, one per invoice it speaks of.

    Raises InvoiceResponseError for damaged XML, a document type or entity, too many bytes,
    another kind of document, and an answer without identity, invoice, code or day.
    """
    if len(data) > MOST_BYTES:
        raise InvoiceResponseError(
            f"{name}: more than {MOST_BYTES // 1024**2} MB; an answer to an invoice is small."
        )
    try:
        root = read_xml(data, name)
    except StatementError as error:
        why = (
            "declares a document type or an entity and was not opened"
            if "document type" in error.reason
            else "is damaged or nests too deep"
        )
        raise InvoiceResponseError(
            f"{name}: {error.place}: the XML {why}. Ask the platform for it again."
        ) from error
    if root.name == "ApplicationResponse":
        return _application_response(root, name)
    if root.name == "CrossDomainAcknowledgementAndResponse":
        return _cdar(root, name)
    raise InvoiceResponseError(
        f"{name}: line {root.line}: a document {root.name[:60]}, no answer to an invoice. Upload "
        "an ApplicationResponse (Peppol) or a CDAR (French life cycle)."
    )


def checked_response(told: ReadResponse, place: str) -> ReadResponse:
    """Return an answer that can be used; raise InvoiceResponseError for any other, naming it."""
    codes = {
        PEPPOL: PEPPOL_CODES,
        PEPPOL_MLR: MLR_CODES,
        FRENCH: FRENCH_CODES,
        OTHER: (*PEPPOL_CODES, *FRENCH_CODES),
    }
    if told.scheme not in codes:
        raise InvoiceResponseError(
            f"{place}: there is no scheme {told.scheme[:20]!r}; use {', '.join(SCHEMES)}."
        )
    if told.code not in codes[told.scheme]:
        raise InvoiceResponseError(
            f"{place}: the code {told.code[:20]!r} is not one of {', '.join(codes[told.scheme])}."
        )
    for what, value in (("identity", told.document_id), ("invoice", told.invoice_number)):
        if not value or len(value) > LONGEST_ID:
            raise InvoiceResponseError(
                f"{place}: the answer names no {what}, or one of more than {LONGEST_ID} "
                "characters. Ask its sender for a complete one."
            )
    return told


def _application_response(root: Node, name: str) -> tuple[ReadResponse, ...]:
    """Return the answers of a UBL document: Peppol's, or a French one with codes of its own."""
    is_mlr = ":mlr:" in root.value("CustomizationID")
    listed = root.all("DocumentResponse")
    if not listed or len(listed) > MOST_RESPONSES:
        raise InvoiceResponseError(
            f"{name}: line {root.line}: the answer speaks of no document, or of more than "
            f"{MOST_RESPONSES:,}."
        )
    sender = root.value(
        "SenderParty/PartyLegalEntity/RegistrationName",
        "SenderParty/PartyName/Name",
        "SenderParty/EndpointID",
    )
    return tuple(
        _document_response(root, one, sender=sender, is_mlr=is_mlr, name=name) for one in listed
    )


def _document_response(
    root: Node, about: Node, *, sender: str, is_mlr: bool, name: str
) -> ReadResponse:
    place = f"{name}: line {about.line}"
    code = about.value("Response/ResponseCode").upper()
    is_french = code.startswith("VRBL:FR:") or code.rpartition(":")[2] in FRENCH_CODES
    reasons: list[str] = []
    actions: list[str] = []
    notes = [about.value("Response/Description")]
    expected: date | None = None
    for status in about.all("Response/Status"):
        told = status.first("StatusReasonCode")
        listed = reasons
        if told is not None and told.attributes.get("listID", _REASONS) == _ACTIONS:
            listed = actions
        if told is not None and told.text.strip():
            listed.append(told.text.strip().upper()[:40])
        notes.append(status.value("StatusReason"))
        for condition in status.all("Condition"):
            value = condition.value("Description")
            if condition.value("AttributeID") in PAY_DAYS:
                expected = _iso(value, f"{name}: line {condition.line}")
            else:
                notes.append(f"{condition.value('AttributeID')}: {value}")
    effective = about.value("Response/EffectiveDate") or root.value("IssueDate")
    scheme = FRENCH if is_french else (PEPPOL_MLR if is_mlr else PEPPOL)
    return checked_response(
        ReadResponse(
            scheme=scheme,
            document_id=root.value("ID"),
            code=code.rpartition(":")[2],
            invoice_number=about.value("DocumentReference/ID"),
            effective_on=_iso(effective, place),
            reason_codes=_once(reasons),
            action_codes=_once(actions),
            note=joined_note(notes),
            sender=sender[:200],
            expected_pay_on=expected,
        ),
        place,
    )


def _cdar(root: Node, name: str) -> tuple[ReadResponse, ...]:
    """Return the statuses of a life-cycle message; a status of several invoices is one each."""
    identity = root.value("ExchangedDocument/ID")
    sender = root.value(
        "ExchangedDocument/SenderTradeParty/Name",
        "ExchangedDocument/IssuerTradeParty/Name",
        "ExchangedDocument/SenderTradeParty/GlobalID",
        "ExchangedDocument/IssuerTradeParty/GlobalID",
    )
    issued = root.value("ExchangedDocument/IssueDateTime/DateTimeString")
    found = []
    for acknowledged in root.all("AcknowledgementDocument"):
        day = acknowledged.value("IssueDateTime/DateTimeString") or issued
        for about in acknowledged.all("ReferenceReferencedDocument"):
            place = f"{name}: line {about.line}"
            found.append(_status(about, identity=identity, sender=sender, day=day, place=place))
    if not found or len(found) > MOST_RESPONSES:
        raise InvoiceResponseError(
            f"{name}: line {root.line}: the message speaks of no invoice, or of more than "
            f"{MOST_RESPONSES:,}."
        )
    return tuple(found)


def _status(about: Node, *, identity: str, sender: str, day: str, place: str) -> ReadResponse:
    reasons: list[str] = []
    actions: list[str] = []
    notes: list[str] = []
    amount: Decimal | None = None
    expected: date | None = None
    currency = ""
    for status in about.all("SpecifiedDocumentStatus"):
        reasons.append(status.value("ReasonCode").upper()[:40])
        actions.append(status.value("RequestedActionCode").upper()[:40])
        notes += [status.value("Reason"), status.value("IncludedNote/Content")]
        for told in status.all("SpecifiedDocumentCharacteristic"):
            kind, value = told.value("TypeCode"), told.first("ValueAmount")
            if kind in {"MEN", "MPA", "MAP"} and value is not None:
                amount = (amount or Decimal(0)) + _amount(value.text, place)
                currency = value.attributes.get("currencyID", currency)
            if when := told.value("ValueDateTime/DateTimeString"):
                expected = _compact(when, place)
    code = about.value("ProcessConditionCode") or about.value(
        "SpecifiedDocumentStatus/ProcessConditionCode"
    )
    return checked_response(
        ReadResponse(
            scheme=FRENCH,
            document_id=identity,
            code=code,
            invoice_number=about.value("IssuerAssignedID"),
            effective_on=_compact(day, place),
            reason_codes=_once(reasons),
            action_codes=_once(actions),
            note=joined_note(notes),
            sender=sender[:200],
            expected_pay_on=expected,
            amount=amount,
            currency=currency,
        ),
        place,
    )


def joined_note(parts: list[str]) -> str:
    """Return the texts of an answer as one, each once, on one line, card numbers masked."""
    told = dict.fromkeys(" ".join(part.replace("\0", "").split()) for part in parts)
    return masked("; ".join(part for part in told if part))[:LONGEST_NOTE]


def _once(codes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for code in codes if code))


def _iso(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise InvoiceResponseError(
            f"{place}: {text[:20]!r} is no day; the form is 2026-11-27."
        ) from error


def _compact(text: str, place: str) -> date:
    """Return the day of a date in the forms 102 (YYYYMMDD), 204 (with a time) or ISO."""
    told = text.strip()
    if len(told) >= 8 and told[:8].isdigit():  # noqa: PLR2004  year, month, day
        told = f"{told[:4]}-{told[4:6]}-{told[6:8]}"
    return _iso(told, place)


def _amount(text: str, place: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation as error:
        raise InvoiceResponseError(f"{place}: {text[:20]!r} is no amount.") from error
    if not amount.is_finite():
        raise InvoiceResponseError(f"{place}: {text[:20]!r} is no amount.")
    return amount
