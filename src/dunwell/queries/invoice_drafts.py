"""What a draft of an invoice says, as it is asked for by a page, the API, a file or a schedule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.models import CreditRequest, Invoice, InvoiceSchedule, Order


@dataclass(frozen=True, kw_only=True, slots=True)
class LineDraft:
    """One line as it is asked for: quantity and price in millionths, the tax by its code."""

    name: str
    quantity_micros: int
    price_micros: int
    tax_code: str
    unit: str = "C62"
    description: str = ""
    seller_item: str = ""
    discount_minor: int = 0
    discount_reason: str = ""
    order_line: str = ""
    agreed_price_micros: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AllowanceDraft:
    """An allowance or charge of the whole document, minor units above 0."""

    amount_minor: int
    tax_code: str
    reason: str
    is_charge: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An invoice as it is asked for. Empty terms are those agreed with the customer."""

    lines: Sequence[LineDraft]
    currency: str
    kind: str = Invoice.Kind.INVOICE
    terms: str = ""
    due_on: date | None = None
    delivered_on: date | None = None
    from_on: date | None = None
    to_on: date | None = None
    order: Order | None = None
    order_number: str = ""
    buyer_reference: str = ""
    contract: str = ""
    note: str = ""
    allowances: Sequence[AllowanceDraft] = ()
    prepaid_minor: int = 0
    preceding: Invoice | None = None
    is_allocated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a draft comes from; the same source and key are the same invoice."""

    source: str = Invoice.Source.MANUAL
    key: str = ""
    schedule: InvoiceSchedule | None = None
    request: CreditRequest | None = None
