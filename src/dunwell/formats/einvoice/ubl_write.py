"""Invoices and credit notes as UBL 2.1, by the bindings of EN 16931-3-2."""

from datetime import date

from lxml import etree

from dunwell.engine.invoice_document import (
    CREDIT_NOTE,
    Allowance,
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
    PayBy,
)
from dunwell.formats.einvoice.elements import Writer
from dunwell.formats.einvoice.figures import amount_text, micros_text, percent_text
from dunwell.formats.einvoice.names import (
    CAC,
    CBC,
    UBL_CREDIT_NOTE,
    UBL_INVOICE,
    UBL_PROFILES,
    Profile,
    profile,
)
from dunwell.formats.einvoice.parts import attachment_text, notes_of

NO_ORDER = "NA"
"""UBL has no sales order (BT-14) without an order (BT-13); this stands for none."""

NO_MEANS = "1"
"""UNTDID 4461: instrument not defined; a credit note's due date (BT-9) hangs on a way to pay."""

PROJECT = "50"
"""UNTDID 1001 of a project (BT-11): a credit note in UBL has no element for it."""

NOT_SUBJECT = "O"
"""UNTDID 5305 of what VAT does not touch: its lines have no rate (BR-O-05)."""

ONE_NOTE = frozenset({"peppol"})
"""Profiles with room for one note (PEPPOL-EN16931-R002)."""


def write_ubl(document: InvoiceDocument, key: str) -> bytes:
    """Return a document as UBL, a credit note as UBL CreditNote, that names the profile `key`.

    Raises EInvoiceError for an unknown profile and for an amount the standard has no room for.
    """
    kept = profile(key, UBL_PROFILES)
    is_credit = document.kind == CREDIT_NOTE
    space = UBL_CREDIT_NOTE if is_credit else UBL_INVOICE
    name = "CreditNote" if is_credit else "Invoice"
    root = etree.Element(f"{{{space}}}{name}", nsmap={None: space, "cac": CAC, "cbc": CBC})
    out = Writer(root, {"cac": CAC, "cbc": CBC})
    _head(out, document, kept, one_note=key in ONE_NOTE)
    _references(out, document)
    _parties(out, document)
    _payment(out, document)
    for one in document.allowances:
        _allowance(out, one, document.currency, with_vat=True)
    _sums(out, document)
    for line in document.lines:
        _line(out, line, document)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _head(out: Writer, document: InvoiceDocument, kept: Profile, *, one_note: bool) -> None:
    is_credit = document.kind == CREDIT_NOTE
    out.add("cbc:CustomizationID", kept.customization)
    out.add("cbc:ProfileID", kept.process)
    out.add("cbc:ID", document.number)
    out.add("cbc:IssueDate", document.issued_on.isoformat())
    if not is_credit:
        out.add("cbc:DueDate", _day(document.due_on))
    out.add("cbc:CreditNoteTypeCode" if is_credit else "cbc:InvoiceTypeCode", document.kind)
    for note in notes_of(document, one=one_note):
        out.add("cbc:Note", note)
    out.add("cbc:DocumentCurrencyCode", document.currency)
    out.add("cbc:TaxCurrencyCode", document.tax_currency)
    out.add("cbc:BuyerReference", document.buyer_reference)
    _period(out, document.from_on, document.to_on)


def _references(out: Writer, document: InvoiceDocument) -> None:
    if document.order or document.sales_order:
        order = out.group("cac:OrderReference")
        order.add("cbc:ID", document.order or NO_ORDER)
        order.add("cbc:SalesOrderID", document.sales_order)
    for number, day in document.preceding:
        before = out.group("cac:BillingReference").group("cac:InvoiceDocumentReference")
        before.add("cbc:ID", number)
        before.add("cbc:IssueDate", _day(day))
    out.add("cac:DespatchDocumentReference/cbc:ID", document.despatch)
    out.add("cac:ContractDocumentReference/cbc:ID", document.contract)
    for one in document.enclosed:
        reference = out.group("cac:AdditionalDocumentReference")
        reference.add("cbc:ID", one.name)
        reference.add("cbc:DocumentDescription", one.description)
        if one.data or one.address:
            held = reference.group("cac:Attachment")
            held.add(
                "cbc:EmbeddedDocumentBinaryObject",
                attachment_text(one),
                mimeCode=one.media_type,
                filename=one.name,
            )
            held.add("cac:ExternalReference/cbc:URI", one.address)
    if document.project and document.kind == CREDIT_NOTE:
        reference = out.group("cac:AdditionalDocumentReference")
        reference.add("cbc:ID", document.project)
        reference.add("cbc:DocumentTypeCode", PROJECT)
    elif document.project:
        out.add("cac:ProjectReference/cbc:ID", document.project)


def _parties(out: Writer, document: InvoiceDocument) -> None:
    creditor = document.pay_by.creditor if document.pay_by else ""
    seller_creditor = "" if document.payee else creditor
    _party(out.group("cac:AccountingSupplierParty"), document.seller, creditor=seller_creditor)
    _party(out.group("cac:AccountingCustomerParty"), document.buyer)
    if (payee := document.payee) is not None:
        to = out.group("cac:PayeeParty")
        _identify(to, payee, creditor=creditor)
        to.add("cac:PartyName/cbc:Name", payee.name)
        to.add(
            "cac:PartyLegalEntity/cbc:CompanyID",
            payee.registration,
            schemeID=payee.registration_scheme,
        )
    if (agent := document.representative) is not None:
        to = out.group("cac:TaxRepresentativeParty")
        to.add("cac:PartyName/cbc:Name", agent.name)
        _address(to, "cac:PostalAddress", agent)
        _tax_scheme(to, agent.vat_id, "VAT")
    place = document.deliver_to
    if place is not None or document.delivered_on:
        to = out.group("cac:Delivery")
        to.add("cbc:ActualDeliveryDate", _day(document.delivered_on))
        if place is not None:
            if place.identifier or place.country:
                at = to.group("cac:DeliveryLocation")
                at.add("cbc:ID", place.identifier, schemeID=place.identifier_scheme)
                _address(at, "cac:Address", place)
            to.add("cac:DeliveryParty/cac:PartyName/cbc:Name", place.name)


def _party(role: Writer, party: DocumentParty, *, creditor: str = "") -> None:
    to = role.group("cac:Party")
    to.add("cbc:EndpointID", party.endpoint, schemeID=party.endpoint_scheme)
    _identify(to, party, creditor=creditor)
    to.add("cac:PartyName/cbc:Name", party.trading_name)
    _address(to, "cac:PostalAddress", party)
    _tax_scheme(to, party.vat_id, "VAT")
    _tax_scheme(to, party.tax_number, "FC")
    legal = to.group("cac:PartyLegalEntity")
    legal.add("cbc:RegistrationName", party.name)
    legal.add("cbc:CompanyID", party.registration, schemeID=party.registration_scheme)
    legal.add("cbc:CompanyLegalForm", party.legal_note)
    if party.contact or party.phone or party.email:
        who = to.group("cac:Contact")
        who.add("cbc:Name", party.contact)
        who.add("cbc:Telephone", party.phone)
        who.add("cbc:ElectronicMail", party.email)


def _identify(to: Writer, party: DocumentParty, *, creditor: str) -> None:
    to.add("cac:PartyIdentification/cbc:ID", party.identifier, schemeID=party.identifier_scheme)
    to.add("cac:PartyIdentification/cbc:ID", creditor, schemeID="SEPA")


def _tax_scheme(to: Writer, number: str, scheme: str) -> None:
    if number:
        tax = to.group("cac:PartyTaxScheme")
        tax.add("cbc:CompanyID", number)
        tax.add("cac:TaxScheme/cbc:ID", scheme)


def _address(to: Writer, name: str, party: DocumentParty) -> None:
    if not party.country:
        return
    at = to.group(name)
    at.add("cbc:StreetName", party.street)
    at.add("cbc:AdditionalStreetName", party.street_more)
    at.add("cbc:CityName", party.city)
    at.add("cbc:PostalZone", party.postcode)
    at.add("cbc:CountrySubentity", party.region)
    at.add("cac:Country/cbc:IdentificationCode", party.country)


def _payment(out: Writer, document: InvoiceDocument) -> None:
    due = _day(document.due_on) if document.kind == CREDIT_NOTE else ""
    pay_by = document.pay_by
    if pay_by is None and due:
        pay_by = PayBy(code=NO_MEANS)
    if pay_by is not None:
        means = out.group("cac:PaymentMeans")
        means.add("cbc:PaymentMeansCode", pay_by.code, name=pay_by.text)
        means.add("cbc:PaymentDueDate", due)
        means.add("cbc:PaymentID", pay_by.reference)
        if pay_by.iban:
            account = means.group("cac:PayeeFinancialAccount")
            account.add("cbc:ID", pay_by.iban)
            account.add("cbc:Name", pay_by.account_name)
            account.add("cac:FinancialInstitutionBranch/cbc:ID", pay_by.bic)
        if pay_by.mandate or pay_by.debited_iban:
            mandate = means.group("cac:PaymentMandate")
            mandate.add("cbc:ID", pay_by.mandate)
            mandate.add("cac:PayerFinancialAccount/cbc:ID", pay_by.debited_iban)
    out.add("cac:PaymentTerms/cbc:Note", document.terms)


def _allowance(out: Writer, one: Allowance, currency: str, *, with_vat: bool) -> None:
    to = out.group("cac:AllowanceCharge")
    to.add("cbc:ChargeIndicator", "true" if one.is_charge else "false")
    to.add("cbc:AllowanceChargeReasonCode", one.reason_code)
    to.add("cbc:AllowanceChargeReason", one.reason)
    if one.percent_ppm is not None:
        to.add("cbc:MultiplierFactorNumeric", percent_text(one.percent_ppm))
    _amount(to, "cbc:Amount", one.amount_minor, currency)
    if one.base_minor is not None:
        _amount(to, "cbc:BaseAmount", one.base_minor, currency)
    if with_vat:
        _category(to, "cac:TaxCategory", one.vat_category, one.vat_rate_ppm)


def _category(to: Writer, name: str, category: str, rate_ppm: int, *reasons: str) -> None:
    tax = to.group(name)
    tax.add("cbc:ID", category)
    if category != NOT_SUBJECT or reasons:  # BT-119 stands even so (BR-DE-14), BT-152 must not
        tax.add("cbc:Percent", percent_text(rate_ppm))
    for tag, text in zip(
        ("cbc:TaxExemptionReasonCode", "cbc:TaxExemptionReason"), reasons, strict=False
    ):
        tax.add(tag, text)
    tax.add("cac:TaxScheme/cbc:ID", "VAT")


def _sums(out: Writer, document: InvoiceDocument) -> None:
    currency, totals = document.currency, document.totals
    tax = out.group("cac:TaxTotal")
    _amount(tax, "cbc:TaxAmount", totals.tax_minor, currency)
    for one in document.vat:
        part = tax.group("cac:TaxSubtotal")
        _amount(part, "cbc:TaxableAmount", one.taxable_minor, currency)
        _amount(part, "cbc:TaxAmount", one.tax_minor, currency)
        _category(
            part,
            "cac:TaxCategory",
            one.category,
            one.rate_ppm,
            one.exemption_code,
            one.exemption,
        )
    if document.tax_currency and totals.tax_accounting_minor is not None:
        second = out.group("cac:TaxTotal")
        _amount(second, "cbc:TaxAmount", totals.tax_accounting_minor, document.tax_currency)
    to = out.group("cac:LegalMonetaryTotal")
    _amount(to, "cbc:LineExtensionAmount", totals.lines_minor, currency)
    _amount(to, "cbc:TaxExclusiveAmount", totals.net_minor, currency)
    _amount(to, "cbc:TaxInclusiveAmount", totals.gross_minor, currency)
    for name, minor in (
        ("AllowanceTotalAmount", totals.allowances_minor),
        ("ChargeTotalAmount", totals.charges_minor),
        ("PrepaidAmount", totals.prepaid_minor),
        ("PayableRoundingAmount", totals.rounding_minor),
    ):
        if minor:
            _amount(to, f"cbc:{name}", minor, currency)
    _amount(to, "cbc:PayableAmount", totals.payable_minor, currency)


def _line(out: Writer, line: DocumentLine, document: InvoiceDocument) -> None:
    is_credit = document.kind == CREDIT_NOTE
    to = out.group("cac:CreditNoteLine" if is_credit else "cac:InvoiceLine")
    to.add("cbc:ID", line.number)
    to.add("cbc:Note", line.note)
    quantity = "cbc:CreditedQuantity" if is_credit else "cbc:InvoicedQuantity"
    to.add(quantity, micros_text(line.quantity_micros), unitCode=line.unit)
    _amount(to, "cbc:LineExtensionAmount", line.net_minor, document.currency)
    _period(to, line.from_on, line.to_on)
    to.add("cac:OrderLineReference/cbc:LineID", line.order_line)
    for one in line.allowances:
        _allowance(to, one, document.currency, with_vat=False)
    item = to.group("cac:Item")
    item.add("cbc:Description", line.description)
    item.add("cbc:Name", line.name)
    item.add("cac:BuyersItemIdentification/cbc:ID", line.buyer_item)
    item.add("cac:SellersItemIdentification/cbc:ID", line.seller_item)
    item.add(
        "cac:StandardItemIdentification/cbc:ID",
        line.standard_item,
        schemeID=line.standard_item_scheme,
    )
    _category(item, "cac:ClassifiedTaxCategory", line.vat_category, line.vat_rate_ppm)
    price = to.group("cac:Price")
    price.add("cbc:PriceAmount", micros_text(line.price_micros), currencyID=document.currency)
    if line.base_quantity_micros != 10**6:
        price.add("cbc:BaseQuantity", micros_text(line.base_quantity_micros), unitCode=line.unit)


def _period(out: Writer, from_on: date | None, to_on: date | None) -> None:
    if from_on or to_on:
        period = out.group("cac:InvoicePeriod")
        period.add("cbc:StartDate", _day(from_on))
        period.add("cbc:EndDate", _day(to_on))


def _amount(out: Writer, name: str, minor: int, currency: str) -> None:
    where = name.partition(":")[2]
    out.add(name, amount_text(minor, currency, where=where), currencyID=currency)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
