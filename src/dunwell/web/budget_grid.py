"""The grid of a draft budget: one field a figure and month, read in the reader's number style."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from django.http import QueryDict
from django.utils.translation import gettext

from dunwell.engine.budgets import months_of
from dunwell.engine.money import minor_digits
from dunwell.formats.budget_rows import DSO, FIGURES, shown, typed_value
from dunwell.models import Budget
from dunwell.templatetags.money import locale
from dunwell.web.keys import read_key

LineKey = tuple[date, str, str, str]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One field: its name, what stands in it, and what is wrong with it."""

    name: str
    month: date
    text: str
    error: str


@dataclass(frozen=True, slots=True)
class GridRow:
    """One figure of the company or of a slice, with its months."""

    figure: str
    dimension: str
    key: str
    cells: tuple[GridCell, ...]


class BudgetGrid:
    """The lines of a budget as fields; what was typed stays as it was typed."""

    def __init__(
        self, budget: Budget, lines: Mapping[LineKey, int], posted: QueryDict | None
    ) -> None:
        self._budget, self._lines, self._posted = budget, lines, posted
        self.months = months_of(budget.starts_on, budget.months)
        self.has_errors = False
        self.revision = budget.revision
        if posted is not None:
            self.revision = read_key(posted.get("revision", "")) or 0
        self._told: dict[LineKey, int | None] = {}
        self.rows = tuple(self._row(number, one) for number, one in enumerate(self._slices()))

    def is_valid(self) -> bool:
        """Return whether something was sent and every field of it can be read."""
        return self._posted is not None and not self.has_errors

    def lines(self) -> dict[LineKey, int | None]:
        """Return what was typed; None for a field left empty."""
        return dict(self._told)

    def _slices(self) -> list[tuple[str, str, str]]:
        order = list(FIGURES)
        found = {(figure, dimension, key) for _, figure, dimension, key in self._lines}
        found |= {(figure, "", "") for figure in FIGURES}
        return sorted(found, key=lambda one: (one[1], one[2], order.index(one[0])))

    def _row(self, number: int, one: tuple[str, str, str]) -> GridRow:
        cells = tuple(self._cell(f"v{number}-{month:%Y%m}", month, one) for month in self.months)
        return GridRow(*one, cells)

    def _cell(self, name: str, month: date, one: tuple[str, str, str]) -> GridCell:
        value = shown(one[0], self._lines.get((month, *one)), self._budget.currency)
        text = "" if value is None else self._text(value, one[0])
        if self._posted is None or name not in self._posted:
            return GridCell(name, month, text, "")
        text, error = str(self._posted[name]).strip(), ""
        try:
            self._told[month, *one] = self._read(text, one[0])
        except ValueError as problem:
            error, self.has_errors = f"{problem}", True
        return GridCell(name, month, text, error)

    def _text(self, value: Decimal, figure: str) -> str:
        digits = 2 if figure == DSO else minor_digits(self._budget.currency)
        shape = "0." + "0" * digits if digits else "0"
        text: str = format_decimal(value, shape, locale=locale())
        return text

    def _read(self, text: str, figure: str) -> int | None:
        if not text:
            return None
        try:
            amount = parse_decimal(text, locale=locale(), strict=True)
        except NumberFormatError as error:
            raise ValueError(gettext("%(text)s is no number") % {"text": text}) from error
        return typed_value(f"{amount:f}", figure, self._budget.currency)
