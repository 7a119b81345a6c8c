"""Invoices and credit notes as UN/CEFACT CII D16B, by the bindings of EN 16931-3-3."""

from datetime import date

from lxml import etree

from dunwell.engine.invoice_document import (
    Allowance,
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
)
from dunwell.formats.einvoice.basic import as_basic
from dunwell.formats.einvoice.elements import Writer
from dunwell.formats.einvoice.figures import (
    amount_text,
    compact_date,
    micros_text,
    percent_text,
)
from dunwell.formats.einvoice.names import CII, CII_PROFILES, QDT, RAM, UDT, Profile, profile
from dunwell.formats.einvoice.parts import SUBJECT, attachment_text, notes_of

SUPPORTING = "916"
"""UNTDID 1001 of a supporting document (BG-24)."""

NOT_SUBJECT = "O"
"""UNTDID 5305 of what VAT does not touch: its lines have no rate (BR-O-05)."""

FORMAT = "102"
"""UNTDID 2379: a day as CCYYMMDD."""


def write_cii(document: InvoiceDocument, key: str) -> bytes:
    """Return a document as CII that names the profile `key`.

    Raises EInvoiceError for an unknown profile and for an amount the standard has no room for.
    """
    kept = profile(key, CII_PROFILES)
    if key == "basic":
        document = as_basic(document)
    spaces = {"rsm": CII, "ram": RAM, "qdt": QDT, "udt": UDT}
    root = etree.Element(f"{{{CII}}}CrossIndustryInvoice", nsmap=spaces)
    out = Writer(root, spaces)
    _head(out, document, kept, one_note=key == "peppol")
    trade = out.group("rsm:SupplyChainTradeTransaction")
    for line in document.lines:
        _line(trade, line, document.currency)
    _agreement(trade.group("ram:ApplicableHeaderTradeAgreement"), document)
    _delivery(trade.group("ram:ApplicableHeaderTradeDelivery"), document)
    _settlement(trade.group("ram:ApplicableHeaderTradeSettlement"), document)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _head(out: Writer, document: InvoiceDocument, kept: Profile, *, one_note: bool) -> None:
    context = out.group("rsm:ExchangedDocumentContext")
    context.add("ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID", kept.process)
    context.add("ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", kept.customization)
    head = out.group("rsm:ExchangedDocument")
    head.add("ram:ID", document.number)
    head.add("ram:TypeCode", document.kind)
    _date(head, "ram:IssueDateTime", document.issued_on)
    for note in notes_of(document, one=one_note):
        to = head.group("ram:IncludedNote")
        found = SUBJECT.match(note)
        to.add("ram:Content", found["text"] if found else note)
        to.add("ram:SubjectCode", found["code"] if found else "")


def _agreement(to: Writer, document: InvoiceDocument) -> None:
    to.add("ram:BuyerReference", document.buyer_reference)
    _party(to.group("ram:SellerTradeParty"), document.seller)
    _party(to.group("ram:BuyerTradeParty"), document.buyer)
    if document.representative is not None:
        _party(to.group("ram:SellerTaxRepresentativeTradeParty"), document.representative)
    to.add("ram:SellerOrderReferencedDocument/ram:IssuerAssignedID", document.sales_order)
    to.add("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", document.order)
    to.add("ram:ContractReferencedDocument/ram:IssuerAssignedID", document.contract)
    for one in document.enclosed:
        paper = to.group("ram:AdditionalReferencedDocument")
        paper.add("ram:IssuerAssignedID", one.name)
        paper.add("ram:URIID", one.address)
        paper.add("ram:TypeCode", SUPPORTING)
        paper.add("ram:Name", one.description)
        paper.add(
            "ram:AttachmentBinaryObject",
            attachment_text(one),
            mimeCode=one.media_type,
            filename=one.name,
        )
    if document.project:
        project = to.group("ram:SpecifiedProcuringProject")
        project.add("ram:ID", document.project)
        project.add("ram:Name", "Project reference")


def _party(to: Writer, party: DocumentParty) -> None:
    if party.identifier_scheme:
        to.add("ram:GlobalID", party.identifier, schemeID=party.identifier_scheme)
    else:
        to.add("ram:ID", party.identifier)
    to.add("ram:Name", party.name)
    to.add("ram:Description", party.legal_note)
    if party.registration or party.trading_name:
        legal = to.group("ram:SpecifiedLegalOrganization")
        legal.add("ram:ID", party.registration, schemeID=party.registration_scheme)
        legal.add("ram:TradingBusinessName", party.trading_name)
    if party.contact or party.phone or party.email:
        who = to.group("ram:DefinedTradeContact")
        who.add("ram:PersonName", party.contact)
        who.add("ram:TelephoneUniversalCommunication/ram:CompleteNumber", party.phone)
        who.add("ram:EmailURIUniversalCommunication/ram:URIID", party.email)
    if party.country:
        at = to.group("ram:PostalTradeAddress")
        at.add("ram:PostcodeCode", party.postcode)
        at.add("ram:LineOne", party.street)
        at.add("ram:LineTwo", party.street_more)
        at.add("ram:CityName", party.city)
        at.add("ram:CountryID", party.country)
        at.add("ram:CountrySubDivisionName", party.region)
    to.add(
        "ram:URIUniversalCommunication/ram:URIID", party.endpoint, schemeID=party.endpoint_scheme
    )
    to.add("ram:SpecifiedTaxRegistration/ram:ID", party.vat_id, schemeID="VA")
    to.add("ram:SpecifiedTaxRegistration/ram:ID", party.tax_number, schemeID="FC")


def _delivery(to: Writer, document: InvoiceDocument) -> None:
    if document.deliver_to is not None:
        _party(to.group("ram:ShipToTradeParty"), document.deliver_to)
    if document.delivered_on:
        event = to.group("ram:ActualDeliverySupplyChainEvent")
        _date(event, "ram:OccurrenceDateTime", document.delivered_on)
    to.add("ram:DespatchAdviceReferencedDocument/ram:IssuerAssignedID", document.despatch)


def _settlement(to: Writer, document: InvoiceDocument) -> None:
    pay_by = document.pay_by
    to.add("ram:CreditorReferenceID", pay_by.creditor if pay_by else "")
    to.add("ram:PaymentReference", pay_by.reference if pay_by else "")
    to.add("ram:TaxCurrencyCode", document.tax_currency)
    to.add("ram:InvoiceCurrencyCode", document.currency)
    if document.payee is not None:
        _party(to.group("ram:PayeeTradeParty"), document.payee)
    if pay_by is not None:
        means = to.group("ram:SpecifiedTradeSettlementPaymentMeans")
        means.add("ram:TypeCode", pay_by.code)
        means.add("ram:Information", pay_by.text)
        means.add("ram:PayerPartyDebtorFinancialAccount/ram:IBANID", pay_by.debited_iban)
        if pay_by.iban:
            account = means.group("ram:PayeePartyCreditorFinancialAccount")
            account.add("ram:IBANID", pay_by.iban)
            account.add("ram:AccountName", pay_by.account_name)
            means.add("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", pay_by.bic)
    _vat(to, document)
    _period(to, document.from_on, document.to_on)
    for one in document.allowances:
        _allowance(to, one, document.currency, with_vat=True)
    mandate = pay_by.mandate if pay_by else ""
    if document.terms or document.due_on or mandate:
        terms = to.group("ram:SpecifiedTradePaymentTerms")
        terms.add("ram:Description", document.terms)
        if document.due_on:
            _date(terms, "ram:DueDateDateTime", document.due_on)
        terms.add("ram:DirectDebitMandateID", mandate)
    _totals(to, document)
    for number, day in document.preceding:
        before = to.group("ram:InvoiceReferencedDocument")
        before.add("ram:IssuerAssignedID", number)
        if day:
            stamp = before.group("ram:FormattedIssueDateTime")
            stamp.add("qdt:DateTimeString", compact_date(day), format=FORMAT)


def _vat(to: Writer, document: InvoiceDocument) -> None:
    for one in document.vat:
        tax = to.group("ram:ApplicableTradeTax")
        _amount(tax, "ram:CalculatedAmount", one.tax_minor, document.currency)
        tax.add("ram:TypeCode", "VAT")
        tax.add("ram:ExemptionReason", one.exemption)
        _amount(tax, "ram:BasisAmount", one.taxable_minor, document.currency)
        tax.add("ram:CategoryCode", one.category)
        tax.add("ram:ExemptionReasonCode", one.exemption_code)
        tax.add("ram:RateApplicablePercent", percent_text(one.rate_ppm))


def _totals(to: Writer, document: InvoiceDocument) -> None:
    currency, totals = document.currency, document.totals
    sums = to.group("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _amount(sums, "ram:LineTotalAmount", totals.lines_minor, currency)
    if totals.charges_minor:
        _amount(sums, "ram:ChargeTotalAmount", totals.charges_minor, currency)
    if totals.allowances_minor:
        _amount(sums, "ram:AllowanceTotalAmount", totals.allowances_minor, currency)
    _amount(sums, "ram:TaxBasisTotalAmount", totals.net_minor, currency)
    _tax_total(sums, totals.tax_minor, currency)
    if document.tax_currency and totals.tax_accounting_minor is not None:
        _tax_total(sums, totals.tax_accounting_minor, document.tax_currency)
    if totals.rounding_minor:
        _amount(sums, "ram:RoundingAmount", totals.rounding_minor, currency)
    _amount(sums, "ram:GrandTotalAmount", totals.gross_minor, currency)
    if totals.prepaid_minor:
        _amount(sums, "ram:TotalPrepaidAmount", totals.prepaid_minor, currency)
    _amount(sums, "ram:DuePayableAmount", totals.payable_minor, currency)


def _tax_total(sums: Writer, minor: int, currency: str) -> None:
    text = amount_text(minor, currency, where="TaxTotalAmount")
    sums.add("ram:TaxTotalAmount", text, currencyID=currency)


def _allowance(out: Writer, one: Allowance, currency: str, *, with_vat: bool) -> None:
    to = out.group("ram:SpecifiedTradeAllowanceCharge")
    to.add("ram:ChargeIndicator/udt:Indicator", "true" if one.is_charge else "false")
    if one.percent_ppm is not None:
        to.add("ram:CalculationPercent", percent_text(one.percent_ppm))
    if one.base_minor is not None:
        _amount(to, "ram:BasisAmount", one.base_minor, currency)
    _amount(to, "ram:ActualAmount", one.amount_minor, currency)
    to.add("ram:ReasonCode", one.reason_code)
    to.add("ram:Reason", one.reason)
    if with_vat:
        tax = to.group("ram:CategoryTradeTax")
        tax.add("ram:TypeCode", "VAT")
        tax.add("ram:CategoryCode", one.vat_category)
        _rate(tax, one.vat_category, one.vat_rate_ppm)


def _line(trade: Writer, line: DocumentLine, currency: str) -> None:
    to = trade.group("ram:IncludedSupplyChainTradeLineItem")
    head = to.group("ram:AssociatedDocumentLineDocument")
    head.add("ram:LineID", line.number)
    head.add("ram:IncludedNote/ram:Content", line.note)
    product = to.group("ram:SpecifiedTradeProduct")
    product.add("ram:GlobalID", line.standard_item, schemeID=line.standard_item_scheme)
    product.add("ram:SellerAssignedID", line.seller_item)
    product.add("ram:BuyerAssignedID", line.buyer_item)
    product.add("ram:Name", line.name)
    product.add("ram:Description", line.description)
    agreed = to.group("ram:SpecifiedLineTradeAgreement")
    agreed.add("ram:BuyerOrderReferencedDocument/ram:LineID", line.order_line)
    price = agreed.group("ram:NetPriceProductTradePrice")
    price.add("ram:ChargeAmount", micros_text(line.price_micros))
    if line.base_quantity_micros != 10**6:
        price.add("ram:BasisQuantity", micros_text(line.base_quantity_micros), unitCode=line.unit)
    billed = to.group("ram:SpecifiedLineTradeDelivery")
    billed.add("ram:BilledQuantity", micros_text(line.quantity_micros), unitCode=line.unit)
    settled = to.group("ram:SpecifiedLineTradeSettlement")
    tax = settled.group("ram:ApplicableTradeTax")
    tax.add("ram:TypeCode", "VAT")
    tax.add("ram:CategoryCode", line.vat_category)
    _rate(tax, line.vat_category, line.vat_rate_ppm)
    _period(settled, line.from_on, line.to_on)
    for one in line.allowances:
        _allowance(settled, one, currency, with_vat=False)
    sums = settled.group("ram:SpecifiedTradeSettlementLineMonetarySummation")
    _amount(sums, "ram:LineTotalAmount", line.net_minor, currency)


def _rate(tax: Writer, category: str, rate_ppm: int) -> None:
    if category != NOT_SUBJECT:
        tax.add("ram:RateApplicablePercent", percent_text(rate_ppm))


def _period(out: Writer, from_on: date | None, to_on: date | None) -> None:
    if from_on or to_on:
        period = out.group("ram:BillingSpecifiedPeriod")
        if from_on:
            _date(period, "ram:StartDateTime", from_on)
        if to_on:
            _date(period, "ram:EndDateTime", to_on)


def _date(out: Writer, name: str, day: date) -> None:
    out.group(name).add("udt:DateTimeString", compact_date(day), format=FORMAT)


def _amount(out: Writer, name: str, minor: int, currency: str) -> None:
    out.add(name, amount_text(minor, currency, where=name.partition(":")[2]))
