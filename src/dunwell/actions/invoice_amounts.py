"""What a line, an allowance and a whole draft come to, with the tax of their codes."""

from collections.abc import Mapping, Sequence

from dunwell.actions.gate import Refused
from dunwell.engine.invoice_document import Allowance, DocumentLine, DocumentTotals
from dunwell.engine.invoice_totals import TotalsError, invoice_totals, line_net
from dunwell.models import InvoiceLine, TaxRate
from dunwell.queries.invoice_drafts import AllowanceDraft, LineDraft

LONGEST = 1_000_000_000_000_000
"""Largest quantity and price in millionths: a thousand million."""


def invoice_line(
    one: LineDraft, place: int, rates: Mapping[str, TaxRate], currency: str
) -> InvoiceLine:
    """Return a line with its net amount and tax; raise Refused naming what is wrong."""
    if not one.name.strip():
        raise Refused(f"Line {place} has no name; say what is billed.")
    if one.quantity_micros == 0 or abs(one.quantity_micros) > LONGEST:
        raise Refused(f"Line {place}: the quantity must not be 0 nor beyond 1,000,000,000.")
    if not 0 <= one.price_micros <= LONGEST:
        raise Refused(f"Line {place}: the price must lie between 0 and 1,000,000,000.")
    if one.discount_minor < 0:
        raise Refused(f"Line {place}: a discount must not be below 0.")
    rate = _rate(rates, one.tax_code, f"Line {place}")
    off = [Allowance(amount_minor=one.discount_minor)] if one.discount_minor else []
    return InvoiceLine(
        position=place,
        name=one.name.strip()[:120],
        description=one.description.strip()[:500],
        seller_item=one.seller_item.strip()[:40],
        quantity_micros=one.quantity_micros,
        unit=one.unit,
        price_micros=one.price_micros,
        agreed_price_micros=one.agreed_price_micros,
        discount_minor=one.discount_minor,
        discount_reason=one.discount_reason.strip()[:80],
        net_minor=line_net(
            quantity_micros=one.quantity_micros,
            price_micros=one.price_micros,
            currency=currency,
            allowances=off,
        ),
        tax_code=rate.code,
        category=rate.category,
        rate_ppm=rate.rate_ppm,
        exemption=rate.exemption,
        exemption_code=rate.exemption_code,
        order_line=one.order_line.strip()[:40],
    )


def document_allowance(one: AllowanceDraft, rates: Mapping[str, TaxRate]) -> Allowance:
    """Return an allowance or charge with the tax of its code; raise Refused where it cannot be."""
    if one.amount_minor <= 0 or not one.reason.strip():
        raise Refused("An allowance or charge has an amount above 0 and a reason.")
    rate = _rate(rates, one.tax_code, "The allowance")
    return Allowance(
        is_charge=one.is_charge,
        amount_minor=one.amount_minor,
        reason=one.reason.strip()[:80],
        vat_category=rate.category,
        vat_rate_ppm=rate.rate_ppm,
    )


def _rate(rates: Mapping[str, TaxRate], code: str, what: str) -> TaxRate:
    if code not in rates:
        raise Refused(f"{what}: there is no tax code {code!r} on that day; add it in settings.")
    return rates[code]


def invoice_sums(
    lines: Sequence[InvoiceLine], allowances: Sequence[Allowance], prepaid_minor: int
) -> DocumentTotals:
    """Return the totals of lines and allowances; raise TotalsError where they make no invoice."""
    rows = [
        DocumentLine(
            number=str(one.position), name=one.name, quantity_micros=one.quantity_micros,
            unit=one.unit, price_micros=one.price_micros, net_minor=one.net_minor,
            vat_category=one.category, vat_rate_ppm=one.rate_ppm,
        )
        for one in lines
    ]  # fmt: skip
    return invoice_totals(rows, allowances, prepaid_minor=prepaid_minor)[1]


def sums_of(
    lines: Sequence[LineDraft], currency: str, rates: Mapping[str, TaxRate]
) -> DocumentTotals | None:
    """Return what lines come to before they are saved, None where they do not make an invoice."""
    try:
        rows = [invoice_line(one, at, rates, currency) for at, one in enumerate(lines, 1)]
        return invoice_sums(rows, (), 0)
    except (Refused, TotalsError):
        return None
