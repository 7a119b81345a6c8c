"""Financial statements in one fixed layout: named lines, what follows from them, what is wrong.

Amounts are whole minor units of the statement's currency. Costs, interest and liabilities are
stated as positive figures. A line that was not told is absent, never 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.money import minor_digits

YEAR_DAYS = 365
FULL_YEAR = range(350, 381)
"""Lengths in days of a period whose flows are those of a year: 50 to 54 weeks."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the layout: its name for people, its part, and whether it may be negative."""

    label: str
    section: str
    may_be_negative: bool = False


SECTIONS: Mapping[str, str] = {
    "income": "Income statement",
    "assets": "Assets",
    "capital": "Liabilities and equity",
}
LINES: Mapping[str, Line] = {
    "revenue": Line("Revenue", "income"),
    "cost_of_sales": Line("Cost of sales", "income"),
    "gross_profit": Line("Gross profit", "income", may_be_negative=True),
    "ebitda": Line("EBITDA", "income", may_be_negative=True),
    "depreciation": Line("Depreciation and amortisation", "income"),
    "ebit": Line("Operating profit (EBIT)", "income", may_be_negative=True),
    "interest": Line("Interest expense", "income"),
    "tax": Line("Income tax", "income", may_be_negative=True),
    "net_income": Line("Net income", "income", may_be_negative=True),
    "cash": Line("Cash and equivalents", "assets"),
    "receivables": Line("Trade receivables", "assets"),
    "inventory": Line("Inventory", "assets"),
    "current_assets": Line("Current assets", "assets"),
    "fixed_assets": Line("Fixed assets", "assets"),
    "total_assets": Line("Total assets", "assets"),
    "payables": Line("Trade payables", "capital"),
    "short_debt": Line("Short-term debt", "capital"),
    "current_liabilities": Line("Current liabilities", "capital"),
    "long_debt": Line("Long-term debt", "capital"),
    "non_current_liabilities": Line("Non-current liabilities", "capital"),
    "total_liabilities": Line("Total liabilities", "capital"),
    "retained_earnings": Line("Retained earnings", "capital", may_be_negative=True),
    "equity": Line("Equity", "capital", may_be_negative=True),
    "market_value_equity": Line("Market value of equity", "capital"),
}
"""The layout, in the order in which it is read. Liabilities hold provisions and deferrals."""

DERIVED: Mapping[str, Line] = {
    "working_capital": Line("Working capital", "assets", may_be_negative=True)
}
"""Lines that are always worked out."""

FLOWS = frozenset(name for name, line in LINES.items() if line.section == "income")
"""Lines of a period; the others are of its last day."""

SUMS: Sequence[tuple[str, str, str]] = (
    ("revenue", "cost_of_sales", "gross_profit"),
    ("ebitda", "depreciation", "ebit"),
    ("total_assets", "equity", "total_liabilities"),
    ("total_liabilities", "current_liabilities", "non_current_liabilities"),
)
"""(whole, part, rest): whole = part + rest. Where two are told, the third follows."""

WITHIN: Sequence[tuple[str, tuple[str, ...]]] = (
    ("current_assets", ("cash", "receivables", "inventory")),
    ("total_assets", ("current_assets", "fixed_assets")),
    ("current_liabilities", ("payables", "short_debt")),
    ("non_current_liabilities", ("long_debt",)),
)
"""(whole, parts): the parts told are not more than the whole; others may be in it."""

NEEDED = (
    *("revenue", "ebit", "interest", "net_income", "current_assets", "total_assets"),
    *("current_liabilities", "total_liabilities", "retained_earnings", "equity"),
)
"""Lines the common ratios rest on; a statement without one of them says so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A balance sheet and income statement of a period, both days inclusive.

    `available_on` is the first day on which it could be known; `scale` the unit the figures were
    stated in (1, 1,000, 1,000,000 of the currency).
    """

    period_from: date
    period_to: date
    currency: str
    lines: Mapping[str, int]
    kind: str = "annual"
    available_on: date | None = None
    is_audited: bool = False
    scale: int = 1

    @property
    def days(self) -> int:
        """Return the length of the period in days."""
        return (self.period_to - self.period_from).days + 1

    @property
    def is_full_year(self) -> bool:
        """Return whether flows are those of a year as they stand."""
        return self.days in FULL_YEAR

    @property
    def tolerance_minor(self) -> int:
        """Return what figures rounded to `scale` may be apart: a unit per line of a sum."""
        if self.scale == 1:
            return 0
        return 2 * self.scale * int(10 ** minor_digits(self.currency))


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialFinding:
    """What is wrong or missing in a statement: a code of FINDINGS, the lines, how far apart."""

    code: str
    lines: tuple[str, ...]
    off_minor: int = 0
    is_error: bool = True


FINDINGS: Mapping[str, str] = {
    "unbalanced": "Assets are not liabilities plus equity",
    "sum_differs": "A sum is not what its parts come to",
    "parts_exceed_total": "Parts come to more than their total",
    "negative": "A figure is below 0 that cannot be",
    "negative_equity": "The equity is used up",
    "missing": "Lines that ratios rest on are missing",
    "annualised": "The period is not a year: ratios of flows are taken to a year",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """A statement with everything that follows from it; `derived` names what was not told."""

    statement: Statement
    figures: Mapping[str, int]
    derived: frozenset[str] = field(default_factory=frozenset)
    findings: tuple[FinancialFinding, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Return whether nothing in it is wrong."""
        return not any(finding.is_error for finding in self.findings)


def spread(statement: Statement) -> Spread:
    """Return the statement with derived lines and findings.

    What follows from two told lines (SUMS) is filled in. Raises ValueError for a line that the
    layout does not know.
    """
    if unknown := sorted(set(statement.lines) - set(LINES)):
        raise ValueError(f"The layout has no line {unknown[0]}; use one of {', '.join(LINES)}.")
    figures = dict(statement.lines)
    while True:
        before = len(figures)
        for whole, first, rest in SUMS:
            _complete(figures, whole, first, rest)
        if len(figures) == before:
            break
    current, owed = figures.get("current_assets"), figures.get("current_liabilities")
    if current is not None and owed is not None:
        figures["working_capital"] = current - owed
    return Spread(
        statement=statement,
        figures=figures,
        derived=frozenset(set(figures) - set(statement.lines)),
        findings=tuple(_findings(statement, figures)),
    )


def _complete(figures: dict[str, int], whole: str, first: str, rest: str) -> None:
    """Fill in the one line of a sum that is missing."""
    absent = [name for name in (whole, first, rest) if name not in figures]
    if absent == [whole]:
        figures[whole] = figures[first] + figures[rest]
    elif absent == [first]:
        figures[first] = figures[whole] - figures[rest]
    elif absent == [rest]:
        figures[rest] = figures[whole] - figures[first]


def _findings(statement: Statement, figures: Mapping[str, int]) -> list[FinancialFinding]:
    """Return what is wrong, the gravest first."""
    allowed, lines = statement.tolerance_minor, statement.lines
    found = []
    for whole, first, rest in SUMS:
        if all(name in lines for name in (whole, first, rest)):
            off = lines[whole] - lines[first] - lines[rest]
            if abs(off) > allowed:
                code = "unbalanced" if whole == "total_assets" else "sum_differs"
                found.append(
                    FinancialFinding(code=code, lines=(whole, first, rest), off_minor=off)
                )
    for whole, parts in WITHIN:
        told = tuple(name for name in parts if name in figures)
        off = sum(figures[name] for name in told) - figures.get(whole, 0)
        if whole in figures and told and off > allowed:
            found.append(
                FinancialFinding(code="parts_exceed_total", lines=(whole, *told), off_minor=off)
            )
    known = {**LINES, **DERIVED}
    found += [
        FinancialFinding(code="negative", lines=(name,), off_minor=amount)
        for name, amount in figures.items()
        if amount < 0 and not known[name].may_be_negative
    ]
    if figures.get("equity", 0) < 0:
        found.append(
            FinancialFinding(
                code="negative_equity",
                lines=("equity",),
                off_minor=figures["equity"],
                is_error=False,
            )
        )
    if missing := tuple(name for name in NEEDED if name not in figures):
        found.append(FinancialFinding(code="missing", lines=missing, is_error=False))
    if not statement.is_full_year:
        found.append(FinancialFinding(code="annualised", lines=(), is_error=False))
    return found
