"""An invoice or credit note as a document: the terms of EN 16931 that we write and read.

Field names are ours; the business term (BT) or group (BG) of EN 16931-1:2017 stands behind each.
Amounts are whole minor units of `currency`, positive on a credit note too; rates are ppm of 1
(19 % is 190 000); quantities and prices are whole millionths (`_micros`: 1.5 pieces are
1 500 000; a price of 0.125 is 125 000).
"""

from dataclasses import dataclass
from datetime import date

INVOICE, CREDIT_NOTE, CORRECTED, PREPAYMENT = "380", "381", "384", "386"
"""UNTDID 1001 codes of documents (BT-3)."""

TRANSFER, SEPA_TRANSFER, CARD, DIRECT_DEBIT = "30", "58", "48", "59"
"""UNTDID 4461 codes of ways to pay (BT-81)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentParty:
    """Seller (BG-4), buyer (BG-7), payee (BG-10) or tax representative (BG-11)."""

    name: str
    """BT-27/44."""
    trading_name: str = ""
    """BT-28/45."""
    identifier: str = ""
    identifier_scheme: str = ""
    """BT-29/46, ISO 6523 scheme."""
    registration: str = ""
    registration_scheme: str = ""
    """BT-30/47."""
    vat_id: str = ""
    """BT-31/48, with its country's letters."""
    tax_number: str = ""
    """BT-32."""
    legal_note: str = ""
    """BT-33."""
    endpoint: str = ""
    endpoint_scheme: str = ""
    """BT-34/49, EAS code."""
    street: str = ""
    street_more: str = ""
    city: str = ""
    postcode: str = ""
    region: str = ""
    country: str = ""
    """BG-5/8."""
    contact: str = ""
    phone: str = ""
    email: str = ""
    """BG-6/9."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """An allowance or charge, of the document (BG-20/21) or of a line (BG-27/28)."""

    is_charge: bool = False
    amount_minor: int = 0
    base_minor: int | None = None
    percent_ppm: int | None = None
    reason: str = ""
    reason_code: str = ""
    vat_category: str = "S"
    vat_rate_ppm: int = 0
    """VAT only on the document's own; a line's follow the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentLine:
    """One line (BG-25)."""

    number: str
    """BT-126."""
    name: str
    """BT-153."""
    quantity_micros: int
    unit: str
    """BT-130, UN/ECE Rec 20."""
    price_micros: int
    """BT-146, net of one `base_quantity_micros`, in millionths of the currency's unit."""
    net_minor: int
    """BT-131."""
    vat_category: str
    vat_rate_ppm: int = 0
    base_quantity_micros: int = 1_000_000
    description: str = ""
    seller_item: str = ""
    buyer_item: str = ""
    standard_item: str = ""
    standard_item_scheme: str = ""
    note: str = ""
    order_line: str = ""
    from_on: date | None = None
    to_on: date | None = None
    allowances: tuple[Allowance, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VatSum:
    """VAT of one category and rate (BG-23)."""

    category: str
    rate_ppm: int
    taxable_minor: int
    tax_minor: int
    exemption: str = ""
    exemption_code: str = ""
    """BT-120, BT-121 (VATEX)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PayBy:
    """How to pay (BG-16 to BG-19)."""

    code: str = TRANSFER
    text: str = ""
    reference: str = ""
    """BT-83."""
    iban: str = ""
    bic: str = ""
    account_name: str = ""
    mandate: str = ""
    creditor: str = ""
    debited_iban: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentTotals:
    """The sums of the document (BG-22)."""

    lines_minor: int
    """BT-106."""
    net_minor: int
    """BT-109."""
    tax_minor: int
    """BT-110."""
    gross_minor: int
    """BT-112."""
    payable_minor: int
    """BT-115."""
    allowances_minor: int = 0
    """BT-107."""
    charges_minor: int = 0
    """BT-108."""
    prepaid_minor: int = 0
    """BT-113."""
    rounding_minor: int = 0
    """BT-114, may be below 0."""
    tax_accounting_minor: int | None = None
    """BT-111, in `InvoiceDocument.tax_currency`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosed:
    """A supporting document (BG-24)."""

    name: str
    description: str = ""
    media_type: str = ""
    data: bytes = b""
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceDocument:
    """An invoice or a credit note."""

    number: str
    """BT-1."""
    kind: str
    """BT-3."""
    issued_on: date
    """BT-2."""
    currency: str
    """BT-5."""
    seller: DocumentParty
    buyer: DocumentParty
    lines: tuple[DocumentLine, ...]
    vat: tuple[VatSum, ...]
    totals: DocumentTotals
    due_on: date | None = None
    """BT-9."""
    tax_currency: str = ""
    """BT-6."""
    delivered_on: date | None = None
    """BT-72."""
    from_on: date | None = None
    to_on: date | None = None
    """BG-14."""
    buyer_reference: str = ""
    """BT-10; the Leitweg-ID in Germany."""
    order: str = ""
    """BT-13."""
    sales_order: str = ""
    """BT-14."""
    contract: str = ""
    """BT-12."""
    project: str = ""
    """BT-11."""
    despatch: str = ""
    """BT-16."""
    preceding: tuple[tuple[str, date | None], ...] = ()
    """BG-3."""
    notes: tuple[str, ...] = ()
    """BT-22."""
    terms: str = ""
    """BT-20."""
    allowances: tuple[Allowance, ...] = ()
    pay_by: PayBy | None = None
    payee: DocumentParty | None = None
    representative: DocumentParty | None = None
    deliver_to: DocumentParty | None = None
    enclosed: tuple[Enclosed, ...] = ()
    customization: str = ""
    """BT-24: the specification it says it keeps to."""
    profile: str = ""
    """BT-23."""
