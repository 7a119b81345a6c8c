"""The sums of an invoice that was read, worked out again and compared (BR-CO-10 to BR-CO-17)."""

from collections.abc import Iterator

from dunwell.engine.invoice_document import InvoiceDocument
from dunwell.engine.money import amount_words, minor_digits, part
from dunwell.formats.einvoice.findings import FATAL, WARNING, Finding

MICROS = 10**6
RATE_SLACK = 1
"""Whole units of the currency by which VAT of a rate may differ, as the rules themselves allow:
systems that round each line come out so."""

LINE_SLACK = 2
"""Cents by which a line may differ from quantity times price (PEPPOL-EN16931-R120)."""


def sum_findings(document: InvoiceDocument) -> tuple[Finding, ...]:
    """Return which totals are not what the invoice's own figures come to."""
    return tuple(_totals(document)) + tuple(_vat(document)) + tuple(_lines(document))


def _totals(document: InvoiceDocument) -> Iterator[Finding]:
    totals = document.totals
    taken = sum(one.amount_minor for one in document.allowances if not one.is_charge)
    added = sum(one.amount_minor for one in document.allowances if one.is_charge)
    lines = totals.lines_minor
    if document.lines:
        yield from _same(
            document,
            "BR-CO-10",
            "The sum of the lines (BT-106)",
            lines,
            sum(line.net_minor for line in document.lines),
        )
        yield from _same(
            document, "BR-CO-11", "The allowances (BT-107)", totals.allowances_minor, taken
        )
        yield from _same(document, "BR-CO-12", "The charges (BT-108)", totals.charges_minor, added)
    if document.lines or lines:
        yield from _same(
            document,
            "BR-CO-13",
            "The total without VAT (BT-109)",
            totals.net_minor,
            lines - totals.allowances_minor + totals.charges_minor,
        )
    if document.vat:
        tax = sum(one.tax_minor for one in document.vat)
        yield from _same(document, "BR-CO-14", "The VAT (BT-110)", totals.tax_minor, tax)
    yield from _same(
        document,
        "BR-CO-15",
        "The total with VAT (BT-112)",
        totals.gross_minor,
        totals.net_minor + totals.tax_minor,
    )
    if document.lines or lines:  # MINIMUM does not carry what is prepaid
        yield from _same(
            document,
            "BR-CO-16",
            "The amount due (BT-115)",
            totals.payable_minor,
            totals.gross_minor - totals.prepaid_minor + totals.rounding_minor,
        )


def _vat(document: InvoiceDocument) -> Iterator[Finding]:
    slack = RATE_SLACK * 10 ** minor_digits(document.currency)
    for one in document.vat:
        due = part(one.taxable_minor, one.rate_ppm, MICROS)
        if abs(abs(due) - abs(one.tax_minor)) >= slack:
            yield _differs(
                document,
                "BR-CO-17",
                f"The VAT of {one.category} {one.rate_ppm / 10_000:g} % (BT-117)",
                one.tax_minor,
                due,
            )


def _lines(document: InvoiceDocument) -> Iterator[Finding]:
    scale = 10 ** minor_digits(document.currency)
    for line in document.lines:
        gross = part(
            line.quantity_micros * line.price_micros, scale, line.base_quantity_micros * MICROS
        )
        due = gross + sum(
            one.amount_minor if one.is_charge else -one.amount_minor for one in line.allowances
        )
        if abs(due - line.net_minor) > LINE_SLACK:
            yield Finding(
                rule="PEPPOL-EN16931-R120",
                level=WARNING,
                text=(
                    f"Line {line.number[:20]} says {_words(document, line.net_minor)}; quantity"
                    f" times price comes to {_words(document, due)}."
                ),
                where=f"BT-131 of line {line.number[:20]}",
            )


def _same(
    document: InvoiceDocument, rule: str, name: str, said: int, due: int
) -> Iterator[Finding]:
    if said != due:
        yield _differs(document, rule, name, said, due)


def _differs(document: InvoiceDocument, rule: str, name: str, said: int, due: int) -> Finding:
    return Finding(
        rule=rule,
        level=FATAL,
        text=(
            f"{name} is {_words(document, said)}, and the invoice's own figures come to"
            f" {_words(document, due)}."
        ),
        where=name[name.find("(") + 1 : name.find(")")],
    )


def _words(document: InvoiceDocument, minor: int) -> str:
    return amount_words(minor, document.currency)
