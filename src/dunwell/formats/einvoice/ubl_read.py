"""UBL 2.1 invoices and credit notes as documents."""

from dataclasses import replace

from dunwell.engine.invoice_document import (
    CREDIT_NOTE,
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
from dunwell.formats.einvoice.elements import Node
from dunwell.formats.einvoice.parts import attachment_bytes
from dunwell.formats.einvoice.terms import NO_RULE, Terms, is_true
from dunwell.formats.einvoice.ubl_write import NO_MEANS, NO_ORDER, PROJECT
from dunwell.formats.einvoice.wanted import needed_day, needed_text, price_of

FISCAL = "VAT"
STANDARD = "S"
"""What an allowance of a line has for its own VAT category; it follows its line."""


def read_ubl(root: Node, terms: Terms) -> InvoiceDocument:
    """Return the document of a UBL Invoice or CreditNote; raises EInvoiceError without BT-1 to 5.

    `terms` was made with the currency of the document and takes the findings.
    """
    root.text("UBLVersionID")
    root.attribute("schemaLocation")
    means = root.one("PaymentMeans")
    is_credit = root.one("CreditNoteTypeCode") is not None or root.where == "CreditNote"
    type_code = root.text("CreditNoteTypeCode") if is_credit else root.text("InvoiceTypeCode")
    total = root.one("LegalMonetaryTotal")
    delivery = root.one("Delivery")
    project, enclosed = _papers(root, terms)
    return InvoiceDocument(
        number=needed_text(root, "ID", rule="BR-02", name="The number of the invoice (BT-1)"),
        kind=type_code or (CREDIT_NOTE if is_credit else INVOICE),
        issued_on=needed_day(root, "IssueDate", terms),
        currency=terms.currency,
        tax_currency=root.text("TaxCurrencyCode"),
        due_on=terms.day(root, "DueDate") or terms.day(means, "PaymentDueDate"),
        delivered_on=terms.day(delivery, "ActualDeliveryDate"),
        from_on=terms.day(root.one("InvoicePeriod"), "StartDate"),
        to_on=terms.day(root.one("InvoicePeriod"), "EndDate"),
        buyer_reference=root.text("BuyerReference"),
        order=_unless(root.text("OrderReference/ID"), NO_ORDER),
        sales_order=root.text("OrderReference/SalesOrderID"),
        contract=root.text("ContractDocumentReference/ID"),
        project=root.text("ProjectReference/ID") or project,
        despatch=root.text("DespatchDocumentReference/ID"),
        preceding=tuple(
            (one.text("ID"), terms.day(one, "IssueDate"))
            for one in root.all("BillingReference/InvoiceDocumentReference")
        ),
        notes=tuple(text for one in root.all("Note") if (text := one.own_text())),
        terms=root.text("PaymentTerms/Note"),
        seller=_party(root.one("AccountingSupplierParty/Party")),
        buyer=_party(root.one("AccountingCustomerParty/Party")),
        payee=_payee(root.one("PayeeParty")),
        representative=_agent(root.one("TaxRepresentativeParty")),
        deliver_to=_place(delivery),
        pay_by=_pay_by(root, means),
        allowances=tuple(_allowance(one, terms) for one in root.all("AllowanceCharge")),
        lines=tuple(
            _line(one, terms) for one in root.all("CreditNoteLine" if is_credit else "InvoiceLine")
        ),
        vat=tuple(
            _vat(one, terms) for tax in _tax_totals(root, terms) for one in tax.all("TaxSubtotal")
        ),
        totals=_totals(root, total, terms),
        enclosed=enclosed,
        customization=root.text("CustomizationID"),
        profile=root.text("ProfileID"),
    )


def _unless(text: str, nothing: str) -> str:
    return "" if text == nothing else text


def _papers(root: Node, terms: Terms) -> tuple[str, tuple[Enclosed, ...]]:
    """Return the project a credit note refers to (BT-11), and the supporting documents (BG-24)."""
    project, found = "", []
    for one in root.all("AdditionalDocumentReference"):
        code = one.text("DocumentTypeCode")
        if code == PROJECT:
            project = one.text("ID")
        elif not code or code == "916":
            held = one.one("Attachment/EmbeddedDocumentBinaryObject")
            found.append(
                enclosed_of(
                    one.text("ID"),
                    held,
                    terms,
                    description=one.text("DocumentDescription"),
                    address=one.text("Attachment/ExternalReference/URI"),
                )
            )
    return project, tuple(found)


def enclosed_of(
    name: str, held: Node | None, terms: Terms, *, description: str, address: str
) -> Enclosed:
    """Return a supporting document; bytes that are no base64 become a finding and are left out."""
    data = b""
    if held is not None:
        found = attachment_bytes(held.own_text())
        if found is None:
            terms.find(f"{NO_RULE}BASE64", f"The attachment {name[:60]} is damaged.", held.where)
        data = found or b""
        held.attribute("filename")
    return Enclosed(
        name=name,
        description=description,
        media_type=held.attribute("mimeCode") if held is not None else "",
        data=data,
        address=address,
    )


def _party(party: Node | None) -> DocumentParty:
    if party is None:
        return DocumentParty(name="")
    end, legal = party.one("EndpointID"), party.one("PartyLegalEntity")
    trading = party.text("PartyName/Name")
    name = legal.text("RegistrationName") if legal else ""
    return replace(
        _identified(party, name=name or trading),
        trading_name=trading if name else "",
        registration=legal.text("CompanyID") if legal else "",
        registration_scheme=_scheme(legal, "CompanyID"),
        legal_note=legal.text("CompanyLegalForm") if legal else "",
        vat_id=_tax_number(party, vat=True),
        tax_number=_tax_number(party, vat=False),
        endpoint=end.own_text() if end else "",
        endpoint_scheme=end.attribute("schemeID") if end else "",
        contact=party.text("Contact/Name"),
        phone=party.text("Contact/Telephone"),
        email=party.text("Contact/ElectronicMail"),
        **_address(party.one("PostalAddress")),
    )


def _identified(party: Node, *, name: str) -> DocumentParty:
    """Return a party with its identifier; the bank's for direct debits (BT-90) is not that."""
    for one in party.all("PartyIdentification/ID"):
        if one.element.get("schemeID") != "SEPA":
            return DocumentParty(
                name=name,
                identifier=one.own_text(),
                identifier_scheme=one.attribute("schemeID"),
            )
    return DocumentParty(name=name)


def _scheme(node: Node | None, path: str) -> str:
    found = node.one(path) if node else None
    return found.attribute("schemeID") if found else ""


def _tax_number(party: Node, *, vat: bool) -> str:
    for one in party.all("PartyTaxScheme"):
        is_vat = one.text("TaxScheme/ID").upper() in {FISCAL, ""}
        if is_vat == vat:
            return one.text("CompanyID")
    return ""


def _address(at: Node | None) -> dict[str, str]:
    if at is None:
        return {}
    return {
        "street": at.text("StreetName"),
        "street_more": at.text("AdditionalStreetName"),
        "city": at.text("CityName"),
        "postcode": at.text("PostalZone"),
        "region": at.text("CountrySubentity"),
        "country": at.text("Country/IdentificationCode"),
    }


def _payee(party: Node | None) -> DocumentParty | None:
    if party is None:
        return None
    return replace(
        _identified(party, name=party.text("PartyName/Name")),
        registration=party.text("PartyLegalEntity/CompanyID"),
        registration_scheme=_scheme(party, "PartyLegalEntity/CompanyID"),
    )


def _agent(party: Node | None) -> DocumentParty | None:
    if party is None:
        return None
    return DocumentParty(
        name=party.text("PartyName/Name"),
        vat_id=_tax_number(party, vat=True),
        **_address(party.one("PostalAddress")),
    )


def _place(delivery: Node | None) -> DocumentParty | None:
    if delivery is None:
        return None
    at = delivery.one("DeliveryLocation")
    found = DocumentParty(
        name=delivery.text("DeliveryParty/PartyName/Name"),
        identifier=at.text("ID") if at else "",
        identifier_scheme=_scheme(at, "ID"),
        **_address(at.one("Address") if at else None),
    )
    return None if found == DocumentParty(name="") else found


def _pay_by(root: Node, means: Node | None) -> PayBy | None:
    if means is None:
        return None
    code = means.one("PaymentMeansCode")
    account = means.one("PayeeFinancialAccount")
    creditors = [
        one.own_text()
        for path in ("PayeeParty", "AccountingSupplierParty/Party")
        for one in root.all(f"{path}/PartyIdentification/ID")
        if one.attribute("schemeID") == "SEPA"
    ]
    found = PayBy(
        code=code.own_text() if code else "",
        text=code.attribute("name") if code else "",
        reference=means.text("PaymentID"),
        iban=account.text("ID") if account else "",
        bic=account.text("FinancialInstitutionBranch/ID") if account else "",
        account_name=account.text("Name") if account else "",
        mandate=means.text("PaymentMandate/ID"),
        debited_iban=means.text("PaymentMandate/PayerFinancialAccount/ID"),
        creditor=creditors[0] if creditors else "",
    )
    return None if found == PayBy(code=NO_MEANS) else found


def _allowance(one: Node, terms: Terms) -> Allowance:
    category, rate = _rated(one.one("TaxCategory"), terms)
    return Allowance(
        is_charge=is_true(one.text("ChargeIndicator")),
        amount_minor=terms.sum_of(one, "Amount"),
        base_minor=terms.amount(one, "BaseAmount"),
        percent_ppm=terms.ppm(one, "MultiplierFactorNumeric"),
        reason=one.text("AllowanceChargeReason"),
        reason_code=one.text("AllowanceChargeReasonCode"),
        vat_category=category or STANDARD,
        vat_rate_ppm=rate,
    )


def _rated(tax: Node | None, terms: Terms) -> tuple[str, int]:
    """Return category and rate of VAT."""
    if tax is None:
        return "", 0
    tax.text("TaxScheme/ID")
    return tax.text("ID"), terms.ppm(tax, "Percent") or 0


def _tax_totals(root: Node, terms: Terms) -> list[Node]:
    """Return the sums of VAT in the document's currency; others are BT-111."""
    found = root.all("TaxTotal")
    return [
        one
        for one in found
        if (amount := one.one("TaxAmount")) is None
        or amount.element.get("currencyID", terms.currency) == terms.currency
    ]


def _vat(one: Node, terms: Terms) -> VatSum:
    tax = one.one("TaxCategory")
    category, rate = _rated(tax, terms)
    return VatSum(
        category=category,
        rate_ppm=rate,
        taxable_minor=terms.sum_of(one, "TaxableAmount"),
        tax_minor=terms.sum_of(one, "TaxAmount"),
        exemption=tax.text("TaxExemptionReason") if tax else "",
        exemption_code=tax.text("TaxExemptionReasonCode") if tax else "",
    )


def _totals(root: Node, total: Node | None, terms: Terms) -> DocumentTotals:
    inside = _tax_totals(root, terms)
    known = {one.element for one in inside}
    other = [one for one in root.all("TaxTotal") if one.element not in known]
    second = root.text("TaxCurrencyCode")
    return DocumentTotals(
        lines_minor=terms.sum_of(total, "LineExtensionAmount"),
        net_minor=terms.needed(
            total, "TaxExclusiveAmount", rule="BR-13", name="The total without VAT (BT-109)"
        ),
        tax_minor=sum(terms.sum_of(one, "TaxAmount") for one in inside),
        gross_minor=terms.needed(
            total, "TaxInclusiveAmount", rule="BR-14", name="The total with VAT (BT-112)"
        ),
        payable_minor=terms.needed(
            total, "PayableAmount", rule="BR-15", name="The amount due (BT-115)"
        ),
        allowances_minor=terms.sum_of(total, "AllowanceTotalAmount"),
        charges_minor=terms.sum_of(total, "ChargeTotalAmount"),
        prepaid_minor=terms.sum_of(total, "PrepaidAmount"),
        rounding_minor=terms.sum_of(total, "PayableRoundingAmount"),
        tax_accounting_minor=(
            terms.amount(other[0], "TaxAmount", currency=second) if other and second else None
        ),
    )


def _line(one: Node, terms: Terms) -> DocumentLine:
    quantity = one.one("InvoicedQuantity") or one.one("CreditedQuantity")
    item, price = one.one("Item"), one.one("Price")
    tax = item.one("ClassifiedTaxCategory") if item else None
    period = one.one("InvoicePeriod")
    base = price.one("BaseQuantity") if price else None
    unit = quantity.attribute("unitCode") if quantity else ""
    if base is not None and base.element.get("unitCode", unit) == unit:
        base.attribute("unitCode")
    standard = "StandardItemIdentification/ID"
    category, rate = _rated(tax, terms)
    return DocumentLine(
        number=one.text("ID"),
        name=item.text("Name") if item else "",
        quantity_micros=terms.micros(quantity, "") or 0,
        unit=unit,
        price_micros=price_of(one, price, "PriceAmount", terms),
        base_quantity_micros=terms.micros(base, "") or 10**6,
        net_minor=terms.sum_of(one, "LineExtensionAmount"),
        vat_category=category,
        vat_rate_ppm=rate,
        description=item.text("Description") if item else "",
        seller_item=item.text("SellersItemIdentification/ID") if item else "",
        buyer_item=item.text("BuyersItemIdentification/ID") if item else "",
        standard_item=item.text(standard) if item else "",
        standard_item_scheme=_scheme(item, standard),
        note=one.text("Note"),
        order_line=one.text("OrderLineReference/LineID"),
        from_on=terms.day(period, "StartDate"),
        to_on=terms.day(period, "EndDate"),
        allowances=tuple(_allowance(each, terms) for each in one.all("AllowanceCharge")),
    )
