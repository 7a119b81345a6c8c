"""CII invoices (D16B, Factur-X, and ZUGFeRD 1.0 by its older names) as documents."""

from datetime import date

from lxml import etree

from dunwell.engine.invoice_document import (
    INVOICE,
    Allowance,
    DocumentLine,
    DocumentParty,
    DocumentTotals,
    Enclosed,
    InvoiceDocument,
    PayBy,
    VatSum,
)
from dunwell.formats.einvoice.elements import Node, local_name
from dunwell.formats.einvoice.terms import Terms, is_true
from dunwell.formats.einvoice.ubl_read import STANDARD, enclosed_of
from dunwell.formats.einvoice.wanted import needed_day, needed_text, price_of

SUPPORTING = frozenset({"", "916"})

OLD_NAMES = {
    "CrossIndustryDocument": "CrossIndustryInvoice",
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
"""Elements of ZUGFeRD 1.0 that CII D16B calls otherwise."""

OLD_SUMS = {
    "ApplicableHeaderTradeSettlement": "SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedLineTradeSettlement": "SpecifiedTradeSettlementLineMonetarySummation",
}
"""What ZUGFeRD 1.0 calls SpecifiedTradeSettlementMonetarySummation, by where it stands."""


def renamed(root: etree._Element) -> None:
    """Give the elements of a ZUGFeRD 1.0 file the names of CII D16B, in place."""
    for one in root.iter():
        name = local_name(one)
        parent = one.getparent()
        if name in OLD_NAMES:
            one.tag = OLD_NAMES[name]
        elif name == "SpecifiedTradeSettlementMonetarySummation" and parent is not None:
            one.tag = OLD_SUMS.get(local_name(parent), name)


def currency_of(root: Node) -> str:
    """Return the currency of the invoice (BT-5)."""
    return root.text(
        "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement/InvoiceCurrencyCode"
    )


def read_cii(root: Node, terms: Terms) -> InvoiceDocument:
    """Return the document of a CrossIndustryInvoice; raises EInvoiceError without BT-1 to 5.

    `terms` was made with the currency of the document and takes the findings.
    """
    head = root.one("ExchangedDocument") or root
    trade = root.one("SupplyChainTradeTransaction") or root
    agreed = trade.one("ApplicableHeaderTradeAgreement") or trade
    delivered = trade.one("ApplicableHeaderTradeDelivery") or trade
    settled = trade.one("ApplicableHeaderTradeSettlement") or trade
    head.text("Name")
    from_on, to_on = _period(settled, terms)
    context = root.one("ExchangedDocumentContext") or root
    return InvoiceDocument(
        number=needed_text(head, "ID", rule="BR-02", name="The number of the invoice (BT-1)"),
        kind=head.text("TypeCode") or INVOICE,
        issued_on=needed_day(head, "IssueDateTime/DateTimeString", terms),
        currency=terms.currency,
        tax_currency=settled.text("TaxCurrencyCode"),
        due_on=_due(settled, terms),
        delivered_on=terms.day(
            delivered, "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"
        ),
        buyer_reference=agreed.text("BuyerReference"),
        order=_reference(agreed, "BuyerOrderReferencedDocument"),
        sales_order=_reference(agreed, "SellerOrderReferencedDocument"),
        contract=_reference(agreed, "ContractReferencedDocument"),
        project=_project(agreed),
        despatch=_reference(delivered, "DespatchAdviceReferencedDocument"),
        preceding=tuple(
            (_own_reference(one), terms.day(one, "FormattedIssueDateTime/DateTimeString"))
            for one in settled.all("InvoiceReferencedDocument")
        ),
        notes=tuple(text for one in head.all("IncludedNote") if (text := _note(one))),
        terms=settled.text("SpecifiedTradePaymentTerms/Description"),
        seller=_party(agreed.one("SellerTradeParty")) or DocumentParty(name=""),
        buyer=_party(agreed.one("BuyerTradeParty")) or DocumentParty(name=""),
        representative=_party(agreed.one("SellerTaxRepresentativeTradeParty")),
        payee=_party(settled.one("PayeeTradeParty")),
        deliver_to=_party(delivered.one("ShipToTradeParty")),
        pay_by=_pay_by(settled),
        allowances=(
            *(_allowance(one, terms) for one in settled.all("SpecifiedTradeAllowanceCharge")),
            *(_service(one, terms) for one in settled.all("SpecifiedLogisticsServiceCharge")),
        ),
        lines=tuple(_line(one, terms) for one in trade.all("IncludedSupplyChainTradeLineItem")),
        vat=tuple(_vat(one, terms) for one in settled.all("ApplicableTradeTax")),
        totals=_totals(settled, terms),
        enclosed=tuple(_papers(agreed, terms)),
        customization=context.text("GuidelineSpecifiedDocumentContextParameter/ID"),
        profile=context.text("BusinessProcessSpecifiedDocumentContextParameter/ID"),
        from_on=from_on,
        to_on=to_on,
    )


def _reference(node: Node, name: str) -> str:
    found = node.one(name)
    return _own_reference(found) if found else ""


def _own_reference(node: Node) -> str:
    return node.text("IssuerAssignedID") or node.text("ID")


def _project(agreed: Node) -> str:
    """Return the project (BT-11); its name, which CII asks for besides, says nothing more."""
    agreed.text("SpecifiedProcuringProject/Name")
    return agreed.text("SpecifiedProcuringProject/ID")


def _note(one: Node) -> str:
    code, text = one.text("SubjectCode"), one.text("Content")
    return f"#{code}#{text}" if code and text else text


def _due(settled: Node, terms: Terms) -> date | None:
    days = [
        day
        for one in settled.all("SpecifiedTradePaymentTerms")
        if (day := terms.day(one, "DueDateDateTime/DateTimeString"))
    ]
    return max(days) if days else None


def _period(node: Node | None, terms: Terms) -> tuple[date | None, date | None]:
    period = node.one("BillingSpecifiedPeriod") if node else None
    return (
        terms.day(period, "StartDateTime/DateTimeString"),
        terms.day(period, "EndDateTime/DateTimeString"),
    )


def _party(party: Node | None) -> DocumentParty | None:
    if party is None:
        return None
    known = party.one("GlobalID") or party.one("ID")
    legal, at = party.one("SpecifiedLegalOrganization"), party.one("PostalTradeAddress")
    legal_id = legal.one("ID") if legal else None
    end = party.one("URIUniversalCommunication/URIID")
    who = party.one("DefinedTradeContact")
    return DocumentParty(
        name=party.text("Name"),
        trading_name=legal.text("TradingBusinessName") if legal else "",
        identifier=known.own_text() if known else "",
        identifier_scheme=known.attribute("schemeID") if known else "",
        registration=legal_id.own_text() if legal_id else "",
        registration_scheme=legal_id.attribute("schemeID") if legal_id else "",
        legal_note=party.text("Description"),
        vat_id=_tax_number(party, "VA"),
        tax_number=_tax_number(party, "FC"),
        endpoint=end.own_text() if end else "",
        endpoint_scheme=end.attribute("schemeID") if end else "",
        street=at.text("LineOne") if at else "",
        street_more=at.text("LineTwo") if at else "",
        city=at.text("CityName") if at else "",
        postcode=at.text("PostcodeCode") if at else "",
        region=at.text("CountrySubDivisionName") if at else "",
        country=at.text("CountryID") if at else "",
        contact=(who.text("PersonName") or who.text("DepartmentName")) if who else "",
        phone=who.text("TelephoneUniversalCommunication/CompleteNumber") if who else "",
        email=who.text("EmailURIUniversalCommunication/URIID") if who else "",
    )


def _tax_number(party: Node, scheme: str) -> str:
    for one in party.all("SpecifiedTaxRegistration/ID"):
        if one.element.get("schemeID") == scheme:
            one.attribute("schemeID")
            return one.own_text()
    return ""


def _pay_by(settled: Node) -> PayBy | None:
    means = settled.one("SpecifiedTradeSettlementPaymentMeans")
    reference, creditor = settled.text("PaymentReference"), settled.text("CreditorReferenceID")
    mandate = settled.text("SpecifiedTradePaymentTerms/DirectDebitMandateID")
    if means is None:
        if not (reference or creditor or mandate):
            return None
        return PayBy(code="", reference=reference, creditor=creditor, mandate=mandate)
    account = means.one("PayeePartyCreditorFinancialAccount")
    return PayBy(
        code=means.text("TypeCode"),
        text=means.text("Information"),
        reference=reference,
        iban=(account.text("IBANID") or account.text("ProprietaryID")) if account else "",
        bic=means.text("PayeeSpecifiedCreditorFinancialInstitution/BICID"),
        account_name=account.text("AccountName") if account else "",
        mandate=mandate,
        creditor=creditor,
        debited_iban=means.text("PayerPartyDebtorFinancialAccount/IBANID"),
    )


def _allowance(one: Node, terms: Terms) -> Allowance:
    category, rate = _rated(one.one("CategoryTradeTax"), terms)
    return Allowance(
        is_charge=is_true(one.text("ChargeIndicator/Indicator") or one.text("ChargeIndicator")),
        amount_minor=terms.sum_of(one, "ActualAmount"),
        base_minor=terms.amount(one, "BasisAmount"),
        percent_ppm=terms.ppm(one, "CalculationPercent"),
        reason=one.text("Reason"),
        reason_code=one.text("ReasonCode"),
        vat_category=category or STANDARD,
        vat_rate_ppm=rate,
    )


def _service(one: Node, terms: Terms) -> Allowance:
    """Return a charge for a service, as the EXTENDED profiles carry freight."""
    category, rate = _rated(one.one("AppliedTradeTax"), terms)
    return Allowance(
        is_charge=True,
        amount_minor=terms.sum_of(one, "AppliedAmount"),
        reason=one.text("Description"),
        vat_category=category or STANDARD,
        vat_rate_ppm=rate,
    )


def _rated(tax: Node | None, terms: Terms) -> tuple[str, int]:
    """Return category and rate of VAT."""
    if tax is None:
        return "", 0
    tax.text("TypeCode")
    return tax.text("CategoryCode"), terms.ppm(tax, "RateApplicablePercent") or 0


def _vat(one: Node, terms: Terms) -> VatSum:
    category, rate = _rated(one, terms)
    return VatSum(
        category=category,
        rate_ppm=rate,
        taxable_minor=terms.sum_of(one, "BasisAmount"),
        tax_minor=terms.sum_of(one, "CalculatedAmount"),
        exemption=one.text("ExemptionReason"),
        exemption_code=one.text("ExemptionReasonCode"),
    )


def _totals(settled: Node, terms: Terms) -> DocumentTotals:
    sums = settled.one("SpecifiedTradeSettlementHeaderMonetarySummation")
    taxes = sums.all("TaxTotalAmount") if sums else []
    second = settled.text("TaxCurrencyCode")
    inside = [
        one for one in taxes if one.element.get("currencyID", terms.currency) == terms.currency
    ]
    other = [one for one in taxes if second and one.element.get("currencyID") == second]
    gross = terms.needed(
        sums, "GrandTotalAmount", rule="BR-14", name="The total with VAT (BT-112)"
    )
    payable = terms.amount(sums, "DuePayableAmount")
    return DocumentTotals(
        lines_minor=terms.sum_of(sums, "LineTotalAmount"),
        net_minor=terms.needed(
            sums, "TaxBasisTotalAmount", rule="BR-13", name="The total without VAT (BT-109)"
        ),
        tax_minor=sum(terms.sum_of(one, "") for one in inside),
        gross_minor=gross,
        payable_minor=_payable(settled, gross, payable, terms),
        allowances_minor=terms.sum_of(sums, "AllowanceTotalAmount"),
        charges_minor=terms.sum_of(sums, "ChargeTotalAmount"),
        prepaid_minor=terms.sum_of(sums, "TotalPrepaidAmount"),
        rounding_minor=terms.sum_of(sums, "RoundingAmount"),
        tax_accounting_minor=(
            terms.amount(other[0], "", currency=second)
            if other and second != terms.currency
            else None
        ),
    )


def _payable(settled: Node, gross: int, payable: int | None, terms: Terms) -> int:
    """Return the amount due (BT-115); ZUGFeRD 1.0 may leave it out where nothing is prepaid."""
    sums = settled.one("SpecifiedTradeSettlementHeaderMonetarySummation")
    if (
        payable is None
        and sums is not None
        and sums.element.tag == OLD_SUMS["ApplicableHeaderTradeSettlement"]
    ):
        return gross - terms.sum_of(sums, "TotalPrepaidAmount")
    return terms.needed(sums, "DuePayableAmount", rule="BR-15", name="The amount due (BT-115)")


def _papers(agreed: Node, terms: Terms) -> list[Enclosed]:
    return [
        enclosed_of(
            _own_reference(one),
            one.one("AttachmentBinaryObject"),
            terms,
            description=one.text("Name"),
            address=one.text("URIID"),
        )
        for one in agreed.all("AdditionalReferencedDocument")
        if one.text("TypeCode") in SUPPORTING
    ]


def _line(one: Node, terms: Terms) -> DocumentLine:
    head, product = one.one("AssociatedDocumentLineDocument"), one.one("SpecifiedTradeProduct")
    agreed, settled = (
        one.one("SpecifiedLineTradeAgreement"),
        one.one("SpecifiedLineTradeSettlement"),
    )
    price = agreed.one("NetPriceProductTradePrice") if agreed else None
    quantity = one.one("SpecifiedLineTradeDelivery/BilledQuantity")
    unit = quantity.attribute("unitCode") if quantity else ""
    base = price.one("BasisQuantity") if price else None
    if base is not None and base.element.get("unitCode", unit) == unit:
        base.attribute("unitCode")
    standard = product.one("GlobalID") if product else None
    category, rate = _rated(settled.one("ApplicableTradeTax") if settled else None, terms)
    sums = settled.one("SpecifiedTradeSettlementLineMonetarySummation") if settled else None
    from_on, to_on = _period(settled, terms)
    return DocumentLine(
        number=head.text("LineID") if head else "",
        name=product.text("Name") if product else "",
        quantity_micros=terms.micros(quantity, "") or 0,
        unit=unit,
        price_micros=price_of(one, price, "ChargeAmount", terms),
        base_quantity_micros=terms.micros(base, "") or 10**6,
        net_minor=terms.sum_of(sums, "LineTotalAmount"),
        vat_category=category,
        vat_rate_ppm=rate,
        description=product.text("Description") if product else "",
        seller_item=product.text("SellerAssignedID") if product else "",
        buyer_item=product.text("BuyerAssignedID") if product else "",
        standard_item=standard.own_text() if standard else "",
        standard_item_scheme=standard.attribute("schemeID") if standard else "",
        note=head.text("IncludedNote/Content") if head else "",
        order_line=agreed.text("BuyerOrderReferencedDocument/LineID") if agreed else "",
        allowances=tuple(
            _allowance(each, terms)
            for each in (settled.all("SpecifiedTradeAllowanceCharge") if settled else ())
        ),
        from_on=from_on,
        to_on=to_on,
    )
