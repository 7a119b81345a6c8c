"""The French status 212 (cashed) as the seller reports it: CDAR messages for a platform.

UN/CEFACT Cross Domain Acknowledgement and Response, guideline urn.cpro.gouv.fr:1p0:CDV:invoice;
amounts cashed stand in a characteristic MEN (montant encaissé). Article 290 A of the code général
des impôts asks sellers of services to report payments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

RSM = "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
GUIDELINE = "urn.cpro.gouv.fr:1p0:CDV:invoice"
CASHED, CASHED_NAME = "212", "Encaissée"


@dataclass(frozen=True, kw_only=True, slots=True)
class CashedInvoice:
    """An invoice whose money came: `document_id` stays the same however often it is told."""

    document_id: str
    invoice_number: str
    issued_on: date
    cashed_on: date
    amount: Decimal
    currency: str


def write_cashed(
    cashed: Sequence[CashedInvoice], *, message_id: str, seller: str, made_on: date
) -> bytes:
    """Return one message that says of every invoice that it was cashed, as UTF-8."""
    for prefix, space in (("rsm", RSM), ("ram", RAM), ("udt", UDT)):
        register_namespace(prefix, space)
    root = Element(f"{{{RSM}}}CrossDomainAcknowledgementAndResponse")
    context = SubElement(root, f"{{{RSM}}}ExchangedDocumentContext")
    guideline = SubElement(context, f"{{{RAM}}}GuidelineSpecifiedDocumentContextParameter")
    _text(guideline, "ID", GUIDELINE)
    document = SubElement(root, f"{{{RSM}}}ExchangedDocument")
    _text(document, "ID", message_id)
    _moment(document, made_on)
    sender = SubElement(document, f"{{{RAM}}}SenderTradeParty")
    _text(sender, "Name", seller)
    _text(sender, "RoleCode", "SE")
    for one in cashed:
        _invoice(root, one)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _invoice(root: Element, one: CashedInvoice) -> None:
    told = SubElement(root, f"{{{RSM}}}AcknowledgementDocument")
    _text(told, "ID", one.document_id)
    _text(told, "TypeCode", "23")
    _moment(told, one.cashed_on)
    about = SubElement(told, f"{{{RAM}}}ReferenceReferencedDocument")
    _text(about, "IssuerAssignedID", one.invoice_number)
    _text(about, "ProcessConditionCode", CASHED)
    _text(about, "ProcessCondition", CASHED_NAME)
    status = SubElement(about, f"{{{RAM}}}SpecifiedDocumentStatus")
    _text(status, "ProcessConditionCode", CASHED)
    amount = SubElement(status, f"{{{RAM}}}SpecifiedDocumentCharacteristic")
    _text(amount, "TypeCode", "MEN")
    value = SubElement(amount, f"{{{RAM}}}ValueAmount", currencyID=one.currency)
    value.text = str(one.amount)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{RAM}}}{name}").text = text


def _moment(parent: Element, on: date) -> None:
    issued = SubElement(parent, f"{{{RAM}}}IssueDateTime")
    SubElement(issued, f"{{{UDT}}}DateTimeString", format="102").text = on.strftime("%Y%m%d")
