"""Planning workbooks with live formulas: scenarios over their base, and a budget beside actuals.

Every figure that follows from others is a formula, so that a planner can change an assumption or
a line and see what follows. What people typed is written as text and can never run. A formula
carries its value as well, for programs that do not calculate.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell  # type: ignore[import-untyped]

from dunwell.engine.money import minor_digits
from dunwell.formats.exports import LONGEST_CELL, safe_text

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioSheet:
    """What one scenario assumes and gives: cash by period, in minor units of the home currency."""

    name: str
    facts: Sequence[tuple[str, str | int | Decimal]]
    cash: Sequence[int]
    later_minor: int
    lost_minor: int
    receivables_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioBook:
    """The base by period with its chances, the book of today, and the scenarios."""

    as_of: date
    currency: str
    periods: Sequence[tuple[date, date]]
    base: Mapping[str, Sequence[int]]
    receivables_minor: int
    sales_minor: int
    sales_days: int
    scenarios: Sequence[ScenarioSheet]


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetSheetRow:
    """One figure of one slice by month: planned and happened, as people read it, None unknown."""

    figure: str
    dimension: str
    key: str
    is_flow: bool
    budget: Sequence[Decimal | None]
    actual: Sequence[Decimal | None]


class _Page:
    """A sheet that writes text safely and formulas with their values."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, *, digits: int) -> None:
        self.sheet = book.add_worksheet(name)
        money = "#,##0" + ("." + "0" * digits if digits else "")
        self.bold = book.add_format({"bold": True})
        self.money = book.add_format({"num_format": money})
        self.percent = book.add_format({"num_format": "0.0%"})
        self.typed = book.add_format({"num_format": money, "font_color": "#1f4e9e"})

    def text(self, row: int, column: int, value: str, *, bold: bool = False) -> None:
        shown = str(safe_text(value))[:LONGEST_CELL]
        self.sheet.write_string(row, column, shown, self.bold if bold else None)

    def number(self, row: int, column: int, value: Decimal | None, *, typed: bool = False) -> None:
        if value is not None:
            self.sheet.write_number(row, column, value, self.typed if typed else self.money)

    def formula(
        self, row: int, column: int, text: str, value: Decimal | str, *, share: bool = False
    ) -> None:
        shown = value if isinstance(value, str) else float(value)
        self.sheet.write_formula(row, column, text, self.percent if share else self.money, shown)

    def header(self, row: int, names: Sequence[str | date]) -> None:
        for at, name in enumerate(names):
            if isinstance(name, date):
                self.sheet.write_datetime(row, at, name, None)
            else:
                self.text(row, at, name, bold=True)


def write_scenarios(told: ScenarioBook, *, words: Mapping[str, str]) -> bytes:
    """Return a workbook with the sheets Assumptions, Base, Scenarios and Variance.

    Totals, DSO, what is tied up and every variance are formulas over the sheets before.
    """
    target = io.BytesIO()
    digits = minor_digits(told.currency)
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        pages = [_Page(book, name, digits=digits) for name in SHEETS]
        _assumptions(pages[0], told, words)
        _base(pages[1], told, words)
        _scenarios(pages[2], told, words)
        _variance(pages[3], told, words)
    return target.getvalue()


SHEETS = ("Assumptions", "Base", "Scenarios", "Variance")
BUDGET_SHEETS = ("Budget", "Actual", "Variance")


def _units(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-minor_digits(currency))


def _assumptions(page: _Page, told: ScenarioBook, words: Mapping[str, str]) -> None:
    page.header(0, [words["assumption"], *(one.name for one in told.scenarios)])
    facts = told.scenarios[0].facts if told.scenarios else ()
    for row, (label, _) in enumerate(facts, start=1):
        page.text(row, 0, label)
        for column, one in enumerate(told.scenarios, start=1):
            value = one.facts[row - 1][1]
            if isinstance(value, str):
                page.text(row, column, value)
            else:
                page.number(row, column, Decimal(value), typed=True)
    below = len(facts) + 2
    rows: tuple[tuple[str, Decimal], ...] = (
        (words["receivables"], _units(told.receivables_minor, told.currency)),
        (words["sales"], _units(told.sales_minor, told.currency)),
        (words["sales_days"], Decimal(told.sales_days)),
    )
    for row, (label, number) in enumerate(rows, start=below):
        page.text(row, 0, label)
        page.number(row, 1, number, typed=True)
    page.text(below + 3, 0, words["as_of"])
    page.sheet.write_datetime(below + 3, 1, told.as_of)
    page.text(below + 4, 0, words["currency"])
    page.text(below + 4, 1, told.currency)
    page.sheet.set_column(0, 0, 44)


def _anchor(told: ScenarioBook) -> int:
    """Return the row of the receivables on the sheet of assumptions, counted from 1."""
    return (len(told.scenarios[0].facts) if told.scenarios else 0) + 3


def _base(page: _Page, told: ScenarioBook, words: Mapping[str, str]) -> None:
    names = list(told.base)
    page.header(0, [words["from"], words["until"], *(words[name] for name in names)])
    for row, (first, last) in enumerate(told.periods, start=1):
        page.sheet.write_datetime(row, 0, first)
        page.sheet.write_datetime(row, 1, last)
        for column, name in enumerate(names, start=2):
            page.number(row, column, _units(told.base[name][row - 1], told.currency), typed=True)
    end = len(told.periods) + 1
    page.text(end, 0, words["total"], bold=True)
    for column, name in enumerate(names, start=2):
        letter = xl_col_to_name(column)
        total = _units(sum(told.base[name]), told.currency)
        page.formula(end, column, f"=SUM({letter}2:{letter}{end})", total)
    page.sheet.set_column(0, len(names) + 1, 14)


def _scenarios(page: _Page, told: ScenarioBook, words: Mapping[str, str]) -> None:
    page.header(0, [words["from"], words["base"], *(one.name for one in told.scenarios)])
    size = len(told.periods)
    for row, (first, _) in enumerate(told.periods, start=1):
        page.sheet.write_datetime(row, 0, first)
        base = _units(told.base["expected"][row - 1], told.currency)
        page.formula(row, 1, f"=Base!C{row + 1}", base)
        for column, one in enumerate(told.scenarios, start=2):
            page.number(row, column, _units(one.cash[row - 1], told.currency), typed=True)
    anchor = _anchor(told)
    labels = ("total", "later", "lost", "receivables", "dso", "tied")
    for offset, label in enumerate(labels, start=1):
        page.text(size + offset, 0, words[label], bold=offset == 1)
    base_total = sum(told.base["expected"])
    columns = [(base_total, 0, 0, told.receivables_minor)]
    columns += [
        (sum(one.cash), one.later_minor, one.lost_minor, one.receivables_minor)
        for one in told.scenarios
    ]
    for column, (total, later, lost, receivables) in enumerate(columns, start=1):
        letter, end = xl_col_to_name(column), size + 1
        page.formula(end, column, f"=SUM({letter}2:{letter}{end})", _units(total, told.currency))
        page.number(end + 1, column, _units(later, told.currency), typed=True)
        page.number(end + 2, column, _units(lost, told.currency), typed=True)
        page.number(end + 3, column, _units(receivables, told.currency), typed=True)
        sales = f"Assumptions!$B${anchor + 1}"
        page.formula(
            end + 4,
            column,
            f'=IF({sales}=0,"",{letter}{end + 4}*Assumptions!$B${anchor + 2}/{sales})',
            _dso(receivables, told),
        )
        tied = _units(receivables - told.receivables_minor, told.currency)
        page.formula(end + 5, column, f"={letter}{end + 4}-$B{end + 4}", tied)
    page.sheet.set_column(0, len(columns), 18)


def _dso(receivables: int, told: ScenarioBook) -> Decimal | str:
    if told.sales_minor == 0:
        return ""
    return Decimal(receivables) * told.sales_days / Decimal(told.sales_minor)


def _variance(page: _Page, told: ScenarioBook, words: Mapping[str, str]) -> None:
    page.header(0, [words["from"], *(one.name for one in told.scenarios)])
    size = len(told.periods)
    for row in range(1, size + 1):
        page.sheet.write_datetime(row, 0, told.periods[row - 1][0])
        for column, one in enumerate(told.scenarios, start=1):
            cell = xl_rowcol_to_cell(row, column + 1)
            less = one.cash[row - 1] - told.base["expected"][row - 1]
            page.formula(
                row, column, f"=Scenarios!{cell}-Scenarios!B{row + 1}", _units(less, told.currency)
            )
    page.text(size + 1, 0, words["total"], bold=True)
    page.text(size + 2, 0, words["share"])
    base = sum(told.base["expected"])
    for column, one in enumerate(told.scenarios, start=1):
        letter = xl_col_to_name(column)
        less = sum(one.cash) - base
        page.formula(
            size + 1, column, f"=SUM({letter}2:{letter}{size + 1})", _units(less, told.currency)
        )
        page.formula(
            size + 2,
            column,
            f'=IF(Scenarios!$B${size + 2}=0,"",{letter}{size + 2}/Scenarios!$B${size + 2})',
            Decimal(less) / base if base else "",
            share=True,
        )
    page.sheet.set_column(0, len(told.scenarios), 18)


def write_budget(
    rows: Sequence[BudgetSheetRow],
    *,
    months: Sequence[date],
    currency: str,
    words: Mapping[str, str],
) -> bytes:
    """Return a workbook with the sheets Budget, Actual and Variance; totals and variances live.

    The sheet Budget has the columns `budget_rows` reads, so that it can be sent back.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        pages = [_Page(book, name, digits=minor_digits(currency)) for name in BUDGET_SHEETS]
        for page, values in zip(pages[:2], ("budget", "actual"), strict=True):
            page.header(0, [*HEADER, *(f"{month:%Y-%m}" for month in months), words["total"]])
            for at, row in enumerate(rows, start=1):
                _lead(page, at, row)
                _line(
                    page,
                    at,
                    getattr(row, values),
                    is_flow=row.is_flow,
                    typed=values == "budget",
                )
        _budget_variance(pages[2], rows, months, words)
    return target.getvalue()


HEADER = ("Figure", "Slice", "Name")


def _lead(page: _Page, at: int, row: BudgetSheetRow) -> None:
    for column, text in enumerate((row.figure, row.dimension, row.key)):
        page.text(at, column, text)


def _line(
    page: _Page, at: int, values: Sequence[Decimal | None], *, is_flow: bool, typed: bool
) -> None:
    for column, value in enumerate(values, start=len(HEADER)):
        page.number(at, column, value, typed=typed)
    if is_flow:
        first, last = xl_col_to_name(len(HEADER)), xl_col_to_name(len(HEADER) + len(values) - 1)
        total = sum((value for value in values if value is not None), Decimal(0))
        page.formula(at, len(HEADER) + len(values), f"=SUM({first}{at + 1}:{last}{at + 1})", total)


def _budget_variance(
    page: _Page, rows: Sequence[BudgetSheetRow], months: Sequence[date], words: Mapping[str, str]
) -> None:
    """Write actual less budget of each month that both know, and its share of the budget."""
    size = len(months)
    shown = [f"{month:%Y-%m}" for month in months]
    page.header(0, [*HEADER, *shown, *(f"{month} %" for month in shown)])
    for at, row in enumerate(rows, start=1):
        _lead(page, at, row)
        for number in range(size):
            column = len(HEADER) + number
            cell = xl_rowcol_to_cell(at, column)
            both = f'OR(Budget!{cell}="",Actual!{cell}="")'
            planned, happened = row.budget[number], row.actual[number]
            less: Decimal | str = ""
            part: Decimal | str = ""
            if planned is not None and happened is not None:
                less = happened - planned
                part = less / planned if planned else ""
            page.formula(at, column, f'=IF({both},"",Actual!{cell}-Budget!{cell})', less)
            page.formula(
                at,
                column + size,
                f'=IF({both},"",IF(Budget!{cell}=0,"",{cell}/Budget!{cell}))',
                part,
                share=True,
            )
    page.text(len(rows) + 2, 0, words["note"])
