"""Sums of an invoice as EN 16931 has them: lines, allowances and charges, VAT per rate, totals.

Everything is whole minor units; each line is rounded once (half away from zero), VAT once for
each category and rate, on the sum of what it is charged on (BR-CO-17). So the totals tie exactly:
BR-CO-10 to BR-CO-16, with no cent of their own.
"""

from collections.abc import Iterable, Mapping, Sequence

from dunwell.engine.invoice_document import Allowance, DocumentLine, DocumentTotals, VatSum
from dunwell.engine.money import LARGEST_MINOR, minor_digits, part

MICROS = 1_000_000
"""Quantities, prices and rates are counted in millionths."""

Exemptions = Mapping[tuple[str, int], tuple[str, str]]
"""By category and rate: why no VAT is charged (BT-120), and its code (BT-121)."""


class TotalsError(ValueError):
    """The amounts cannot be those of an invoice; the message is a sentence for the person."""


def line_net(
    *,
    quantity_micros: int,
    price_micros: int,
    currency: str,
    base_quantity_micros: int = MICROS,
    allowances: Iterable[Allowance] = (),
) -> int:
    """Return what a line comes to (BT-131) in minor units: quantity times price, less allowances.

    Raises TotalsError for a price below 0 (BR-27), a base of nothing, and an amount beyond what
    a ledger holds.
    """
    if price_micros < 0:
        raise TotalsError("A price must not be below 0; take back with a quantity below 0.")
    if base_quantity_micros <= 0:
        raise TotalsError("A price is for a quantity above 0.")
    scale = 10 ** minor_digits(currency)
    gross = part(quantity_micros * price_micros, scale, base_quantity_micros * MICROS)
    net = gross + _charged(allowances)
    if abs(net) > LARGEST_MINOR:
        raise TotalsError("A line comes to more than a ledger can hold.")
    return net


def percent_of(base_minor: int, percent_ppm: int) -> int:
    """Return an allowance or charge of so many ppm of an amount, minor units."""
    return part(base_minor, percent_ppm, MICROS)


def invoice_totals(
    lines: Sequence[DocumentLine],
    allowances: Sequence[Allowance] = (),
    *,
    prepaid_minor: int = 0,
    rounding_minor: int = 0,
    exemptions: Exemptions | None = None,
) -> tuple[tuple[VatSum, ...], DocumentTotals]:
    """Return VAT for each category and rate, highest rate first, and the document's totals.

    Raises TotalsError for an invoice without lines (BR-16) and for one that comes to less than
    nothing: that is a credit note.
    """
    if not lines:
        raise TotalsError("An invoice has at least one line.")
    vat = _vat(lines, allowances, exemptions or {})
    lines_minor = sum(line.net_minor for line in lines)
    taken = sum(one.amount_minor for one in allowances if not one.is_charge)
    added = sum(one.amount_minor for one in allowances if one.is_charge)
    net = lines_minor - taken + added
    tax = sum(one.tax_minor for one in vat)
    gross = net + tax
    if gross < 0:
        raise TotalsError("It comes to less than nothing; write a credit note instead.")
    if not 0 <= prepaid_minor <= gross:
        raise TotalsError("What is prepaid lies between nothing and the whole amount.")
    return vat, DocumentTotals(
        lines_minor=lines_minor,
        allowances_minor=taken,
        charges_minor=added,
        net_minor=net,
        tax_minor=tax,
        gross_minor=gross,
        prepaid_minor=prepaid_minor,
        rounding_minor=rounding_minor,
        payable_minor=gross - prepaid_minor + rounding_minor,
    )


def _vat(
    lines: Sequence[DocumentLine], allowances: Sequence[Allowance], exemptions: Exemptions
) -> tuple[VatSum, ...]:
    taxable: dict[tuple[str, int], int] = {}
    for line in lines:
        key = (line.vat_category, line.vat_rate_ppm)
        taxable[key] = taxable.get(key, 0) + line.net_minor
    for one in allowances:
        key = (one.vat_category, one.vat_rate_ppm)
        amount = one.amount_minor if one.is_charge else -one.amount_minor
        taxable[key] = taxable.get(key, 0) + amount
    return tuple(
        VatSum(
            category=category,
            rate_ppm=rate,
            taxable_minor=amount,
            tax_minor=part(amount, rate, MICROS),
            exemption=exemptions.get((category, rate), ("", ""))[0],
            exemption_code=exemptions.get((category, rate), ("", ""))[1],
        )
        for (category, rate), amount in sorted(taxable.items(), key=lambda one: (-one[0][1], one))
    )


def _charged(allowances: Iterable[Allowance]) -> int:
    return sum(one.amount_minor if one.is_charge else -one.amount_minor for one in allowances)
