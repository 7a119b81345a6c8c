"""What holds for invoices on a day: tax codes, whose approval is needed, how numbers look."""

import re
from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, Invoice, InvoicingProfile, NumberSeries, TaxRate
from dunwell.queries.authority import home_amount

PATTERN = re.compile(r"[A-Za-z0-9/._-]*(\{year\}[A-Za-z0-9/._-]*)?\{number(:[1-9])?\}")
"""What a pattern of numbers looks like: signs that travel well, the year, the number."""

DEFAULT_PATTERNS = {
    NumberSeries.Kind.INVOICE: "INV-{year}-{number:5}",
    NumberSeries.Kind.CREDIT_NOTE: "CN-{year}-{number:5}",
}


def tax_rates_on(company: Company, *, as_of: date) -> dict[str, TaxRate]:
    """Return the tax code rows in force on a day, by code."""
    rows = TaxRate.objects.filter(company=company, valid_from__lte=as_of)
    return {row.code: row for row in rows.order_by("valid_from", "pk")}


def needs_approval(invoice: Invoice, *, as_of: date) -> bool:
    """Return whether somebody else has to approve: over the amount, or its value is not known."""
    profile = InvoicingProfile.objects.filter(company=invoice.company_id).first()
    if profile is None or profile.approve_over_minor is None:
        return False
    home = home_amount(invoice.company, invoice.gross_minor, invoice.currency, as_of=as_of)
    return home is None or home > profile.approve_over_minor


def series_kind(kind: str) -> NumberSeries.Kind:
    """Return the series a kind of document is numbered in."""
    if kind == Invoice.Kind.CREDIT_NOTE:
        return NumberSeries.Kind.CREDIT_NOTE
    return NumberSeries.Kind.INVOICE


def pattern_of(company: Company, kind: NumberSeries.Kind) -> str:
    """Return the newest pattern of a series, the one we ship before there is any."""
    newest = NumberSeries.objects.filter(company=company, kind=kind).order_by("-year").first()
    return newest.pattern if newest else DEFAULT_PATTERNS[kind]


def shown_number(pattern: str, *, year: int, number: int) -> str:
    """Return the number as a pattern writes it: INV-{year}-{number:5} -> INV-2026-00012."""

    def digits(found: re.Match[str]) -> str:
        return f"{number:0{int((found.group(1) or ':1')[1:])}}"

    return re.sub(r"\{number(:[1-9])?\}", digits, pattern.replace("{year}", str(year)))


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesRow:
    """A number series: how its numbers look, and the next one as it would be written."""

    kind: str
    kind_label: str
    pattern: str
    year: int
    next_number: int
    shown: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxRateRow:
    """A tax code from a day on."""

    id: int
    code: str
    name: str
    country: str
    category: str
    category_label: str
    rate_ppm: int
    exemption: str
    exemption_code: str
    valid_from: date


def series_rows(company: Company) -> tuple[SeriesRow, ...]:
    """Return the number series of a company, the newest first."""
    rows = NumberSeries.objects.filter(company=company).order_by("kind", "-year")
    return tuple(
        SeriesRow(
            kind=one.kind, kind_label=one.get_kind_display(), pattern=one.pattern,
            year=one.year, next_number=one.next_number,
            shown=shown_number(one.pattern, year=one.year, number=one.next_number),
        )
        for one in rows
    )  # fmt: skip


def tax_rate_rows(company: Company) -> tuple[TaxRateRow, ...]:
    """Return the tax codes of a company with all their days, by code, the newest first."""
    rows = TaxRate.objects.filter(company=company).order_by("code", "-valid_from")
    return tuple(
        TaxRateRow(
            id=one.pk, code=one.code, name=one.name, country=one.country,
            category=one.category, category_label=one.get_category_display(),
            rate_ppm=one.rate_ppm, exemption=one.exemption,
            exemption_code=one.exemption_code, valid_from=one.valid_from,
        )
        for one in rows
    )  # fmt: skip
