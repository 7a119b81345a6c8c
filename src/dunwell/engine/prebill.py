"""What is wrong with an invoice before it is issued: each rule looks at one thing.

An error keeps it from being issued; a warning has to be confirmed. Findings are codes with the
values their sentence needs; the words are the surfaces'. Sources: EN 16931-1 (BR-…), VAT
directive 2006/112/EC art. 226 (what an invoice names), Peppol BIS Billing 3 and XRechnung.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from dunwell.engine.invoice_document import CREDIT_NOTE, InvoiceDocument
from dunwell.engine.money import minor_digits

Severity = Literal["error", "warning"]
ERROR, WARNING = "error", "warning"

XRECHNUNG = ("xrechnung_ubl", "xrechnung_cii")
WIRED = (*XRECHNUNG, "peppol", "facturx")
"""Formats whose amounts have two decimals at most (BR-DEC)."""

BUYER_TAXED = ("AE", "K")
"""Categories where the buyer owes the tax: its VAT number has to stand there (BR-AE-02)."""

MOST_DIGITS = 2
DUPLICATE_DAYS = 45
"""The same amount to the same customer within so many days may be the same invoice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierInvoice:
    """What is compared to find an invoice written twice; amount in minor units."""

    number: str
    amount_minor: int
    currency: str
    order: str
    issued_on: date
    delivered_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierDispute:
    """A reason the customer was right about more than once; `product` empty for whole items."""

    reason: str
    product: str
    cases: int
    last_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PrebillFacts:
    """A draft as the document it would be, and what is known around it on the day.

    `order_left_minor`: what is not billed of the order yet; `agreed_prices`: by line number, in
    millionths; `is_buyer_vat_valid`: None without a number. None or empty is not known.
    """

    document: InvoiceDocument
    as_of: date
    wire: str = "pdf"
    is_po_required: bool = False
    agreed_terms: str = ""
    earlier: Sequence[EarlierInvoice] = ()
    order_left_minor: int | None = None
    order_currency: str = ""
    agreed_prices: Mapping[str, int] = field(default_factory=dict)
    closed_until: date | None = None
    is_on_hold: bool = False
    is_buyer_vat_valid: bool | None = None
    is_seller_vat_valid: bool | None = None
    disputed: Sequence[EarlierDispute] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PrebillFinding:
    """One thing found: its code, how bad, the field it is about, and values for the sentence."""

    code: str
    severity: Severity
    about: str
    values: Mapping[str, str] = field(default_factory=dict)


Rule = Callable[[PrebillFacts], Iterator[PrebillFinding]]


def prebill_findings(facts: PrebillFacts) -> tuple[PrebillFinding, ...]:
    """Return all that is found, errors first, otherwise in the order of the rules."""
    found = [one for rule in RULES for one in rule(facts)]
    return tuple(sorted(found, key=lambda one: one.severity != ERROR))


def _error(code: str, about: str, **values: str) -> PrebillFinding:
    return PrebillFinding(code=code, severity="error", about=about, values=values)


def _warning(code: str, about: str, **values: str) -> PrebillFinding:
    return PrebillFinding(code=code, severity="warning", about=about, values=values)


def _references(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    document = facts.document
    if facts.is_po_required and not document.order:
        yield _error("po_missing", "order_number")
    if facts.wire in XRECHNUNG and not document.buyer_reference:
        yield _error("buyer_reference_missing", "buyer_reference")
    if facts.wire == "peppol" and not (document.buyer_reference or document.order):
        yield _error("reference_missing", "buyer_reference")
    if facts.wire in (*XRECHNUNG, "peppol"):
        for party, about in ((document.buyer, "customer"), (document.seller, "profile")):
            if not party.endpoint:
                yield _error(f"{about}_endpoint_missing", about)
    if facts.wire in XRECHNUNG and not all(
        (document.seller.contact, document.seller.phone, document.seller.email)
    ):
        yield _error("contact_missing", "profile")


def _parties(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    document = facts.document
    for party, about in ((document.buyer, "customer"), (document.seller, "profile")):
        missing = [
            name for name in ("street", "postcode", "city", "country") if not getattr(party, name)
        ]
        if missing:
            yield _error(f"{about}_address_incomplete", about, missing=", ".join(missing))
    if not (document.seller.vat_id or document.seller.tax_number):
        yield _error("seller_tax_missing", "profile")
    if facts.is_seller_vat_valid is False:
        yield _error("seller_vat_invalid", "profile", number=document.seller.vat_id)
    if document.kind != CREDIT_NOTE and (document.pay_by is None or not document.pay_by.iban):
        yield _warning("bank_missing", "profile")


def _vat(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    document = facts.document
    categories = {one.category for one in document.vat}
    taxed_there = sorted(categories.intersection(BUYER_TAXED))
    if taxed_there and not document.buyer.vat_id:
        yield _error("buyer_vat_missing", "customer", category=taxed_there[0])
    elif facts.is_buyer_vat_valid is False:
        found = _error if taxed_there else _warning
        yield found("buyer_vat_invalid", "customer", number=document.buyer.vat_id)
    if "K" in categories and document.buyer.country == document.seller.country:
        yield _error("not_abroad", "lines", country=document.buyer.country)
    if "O" in categories and len(categories) > 1:
        yield _error("outside_mixed", "lines")
    for one in document.vat:
        if one.category in ("E", "AE", "K", "G", "O") and not (
            one.exemption or one.exemption_code
        ):
            yield _error("exemption_missing", "lines", category=one.category)


def _amounts(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    document = facts.document
    if document.totals.payable_minor == 0:
        yield _error("nothing_due", "lines")
    if facts.wire in WIRED and minor_digits(document.currency) > MOST_DIGITS:
        yield _error("too_many_decimals", "currency", currency=document.currency)
    if document.kind == CREDIT_NOTE:
        return
    for line in document.lines:
        agreed = facts.agreed_prices.get(line.number)
        if agreed is not None and agreed != line.price_micros:
            yield _warning(
                "price_differs",
                "lines",
                line=line.number,
                price=_price(line.price_micros),
                agreed=_price(agreed),
            )
    left = facts.order_left_minor
    if left is None:
        return
    if facts.order_currency != document.currency:
        yield _warning("order_currency", "order_number", currency=facts.order_currency)
    elif document.totals.net_minor > left and document.totals.gross_minor > left:
        yield _error("over_order", "order_number", order=document.order)


def _price(micros: int) -> str:
    whole, rest = divmod(micros, 1_000_000)
    decimals = f"{rest:06}".rstrip("0").ljust(2, "0")
    return f"{whole}.{decimals}"


def _duplicates(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    document = facts.document
    if document.kind == CREDIT_NOTE:
        return
    for one in facts.earlier:
        if (one.currency, one.amount_minor) != (
            document.currency,
            document.totals.payable_minor,
        ):
            continue
        if abs((facts.as_of - one.issued_on).days) > DUPLICATE_DAYS:
            continue
        if one.order and document.order and one.order != document.order:
            continue
        is_same_day = one.delivered_on is not None and one.delivered_on == document.delivered_on
        if is_same_day or one.delivered_on is None or document.delivered_on is None:
            yield _warning("duplicate", "lines", number=one.number, day=one.issued_on.isoformat())


def _terms(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    terms, agreed = facts.document.terms, facts.agreed_terms
    if agreed and terms.casefold().split() != agreed.casefold().split():
        yield _warning("terms_differ", "terms", terms=terms, agreed=agreed)
    if facts.document.kind != CREDIT_NOTE and facts.document.due_on is None:
        yield _error("terms_unknown", "terms", terms=terms)


def _days(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    document = facts.document
    if facts.closed_until is not None and facts.as_of <= facts.closed_until:
        yield _error("period_closed", "issued_on", until=facts.closed_until.isoformat())
    if document.kind == CREDIT_NOTE:
        return
    if document.delivered_on is None and document.from_on is None:
        categories = {one.category for one in document.vat}
        found = _error if "K" in categories else _warning
        yield found("delivery_missing", "delivered_on")
    if document.delivered_on is not None and document.delivered_on > facts.as_of:
        yield _warning("delivery_ahead", "delivered_on", day=document.delivered_on.isoformat())
    if facts.is_on_hold:
        yield _warning("on_hold", "customer")


def _disputed_before(facts: PrebillFacts) -> Iterator[PrebillFinding]:
    """Warn of what the customer was right about before: of the whole, or of a line billed here."""
    document = facts.document
    if document.kind == CREDIT_NOTE:
        return
    named = (text for line in document.lines for text in (line.name, line.description))
    billed = {text.casefold() for text in named if text}
    for one in facts.disputed:
        told = {"reason": one.reason, "n": str(one.cases), "day": one.last_on.isoformat()}
        if not one.product:
            yield _warning("disputed_before", "lines", **told)
        elif one.product.casefold() in billed:
            yield _warning("line_disputed_before", "lines", product=one.product, **told)


RULES: tuple[Rule, ...] = (
    _references, _parties, _vat, _amounts, _duplicates, _terms, _days, _disputed_before,
)  # fmt: skip
