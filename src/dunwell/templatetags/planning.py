"""How plans read: figures in their units, labels of kinds, and charts with a table beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.calendars import months_after
from dunwell.engine.liquidity import WeekBalance
from dunwell.engine.scenarios import Assumptions
from dunwell.models import BudgetLine, Covenant, GapAlert, PlannedPayment
from dunwell.queries.budgets import BudgetCell
from dunwell.queries.gaps import AlertRow
from dunwell.queries.scenarios import Comparison
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import NO_VALUE, locale, money, money_whole

register = template.Library()
PPM = 1_000_000

LEVERS: Mapping[str, tuple[Promise, str]] = {
    "discount": (_("Offer a discount for earlier money"), "early-payment"),
    "factoring": (_("Sell or borrow against receivables"), "financing"),
    "plan": (_("Agree payment plans with late customers"), "plans"),
    "limit": (_("Cut limits of late customers"), "limits"),
}
"""What a lever is called, and the page where one pulls it."""

TABS = (
    ("planning", _("Liquidity")),
    ("budgets", _("Budgets")),
    ("scenarios", _("Scenarios")),
    ("covenants", _("Covenants")),
    ("cash-plan", _("Balances and payments out")),
    ("working-capital", _("Working capital")),
    ("gap-alerts", _("Gap alerts")),
)


@dataclass(frozen=True, slots=True)
class LeverLink:
    """A lever of an alert as the page shows it; `href` is empty where there is no page for it."""

    label: str
    href: str
    amount_minor: int
    closes: bool


@register.inclusion_tag("web/planning_tabs.html")
def planning_tabs(chosen: str) -> dict[str, Any]:
    """Show the pages of planning side by side."""
    return {"tabs": TABS, "chosen": chosen}


@register.simple_tag
def plan_value(value: int | None, unit: str, currency: str) -> str:
    """Return a figure in its unit: minor, ppm (as percent) or days_x100."""
    if value is None:
        return NO_VALUE
    if unit == "minor":
        return money(value, currency)
    if unit == "ppm":
        return percent_ppm(value)
    return days_x100(value)


@register.filter
def percent_ppm(value: int | None) -> str:
    """Return parts per million as percent with one decimal in the reader's style."""
    if value is None:
        return NO_VALUE
    text: str = format_decimal(Decimal(value).scaleb(-4), "0.0", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}%"


@register.filter
def days_x100(value: int | None) -> str:
    """Return hundredths of a day as days with one decimal."""
    if value is None:
        return NO_VALUE
    shown = format_decimal(Decimal(value).scaleb(-2), "0.0", locale=locale())
    return gettext("%(days)s days") % {"days": shown}


@register.filter
def figure_label(figure: str) -> str:
    """Return what a figure of a budget is called."""
    return str(BudgetLine.Figure(figure).label)


@register.filter
def dimension_label(dimension: str) -> str:
    """Return what a dimension of a budget is called."""
    return str(BudgetLine.Dimension(dimension).label)


@register.filter
def figure_unit(figure: str) -> str:
    """Return the unit of a figure of a budget."""
    return "days_x100" if figure == BudgetLine.Figure.DSO else "minor"


@register.filter
def measure_name(measure: str) -> str:
    """Return what a covenant measures."""
    return str(Covenant.Measure(measure).label)


@register.filter
def payment_kind(kind: str) -> str:
    """Return what a kind of payment out is called."""
    return str(PlannedPayment.Kind(kind).label)


@register.filter
def gap_kind(kind: str) -> str:
    """Return what a kind of gap is called."""
    return str(GapAlert.Kind(kind).label)


@register.filter
def gap_label(row: AlertRow) -> str:
    """Return what an alert is about, in words."""
    if row.kind != GapAlert.Kind.BUDGET:
        return row.label
    name, figure, key = [*row.label.split("|"), "", ""][:3]
    parts = (name, figure_label(figure) if figure in BudgetLine.Figure.values else figure, key)
    return ", ".join(part for part in parts if part)


@register.filter
def lever_links(row: AlertRow) -> list[LeverLink]:
    """Return the levers of an alert with the pages where they are pulled."""
    found = []
    for lever in row.levers:
        label, page = LEVERS[lever.name]
        try:
            href = reverse(page)
        except NoReverseMatch:
            href = ""
        found.append(LeverLink(str(label), href, lever.amount_minor, lever.closes))
    return found


@register.filter
def told(assumptions: Assumptions) -> list[str]:
    """Return in words what a scenario assumes; nothing for what it leaves as it is."""
    said = []
    if assumptions.volume_ppm:
        said.append(gettext("sales %(n)s") % {"n": _signed(assumptions.volume_ppm)})
    if assumptions.delay_days:
        said.append(gettext("paid %(n)s days later") % {"n": assumptions.delay_days})
    if assumptions.dispute_ppm:
        said.append(
            gettext("%(n)s disputed, %(days)s days later")
            % {"n": percent_ppm(assumptions.dispute_ppm), "days": assumptions.dispute_days}
        )
    if assumptions.defaults:
        said.append(gettext("%(n)s customers default") % {"n": len(assumptions.defaults)})
    if assumptions.discount_uptake_ppm:
        said.append(
            gettext("%(n)s take %(rate)s for %(days)s days")
            % {
                "n": percent_ppm(assumptions.discount_uptake_ppm),
                "rate": percent_ppm(assumptions.discount_ppm),
                "days": assumptions.discount_days,
            }
        )
    if assumptions.terms_days:
        said.append(gettext("terms %(n)s days") % {"n": f"{assumptions.terms_days:+d}"})
    said += [f"{code} {_signed(change)}" for code, change in assumptions.fx_ppm.items() if change]
    return said


def _signed(ppm: int) -> str:
    return ("+" if ppm > 0 else "") + percent_ppm(ppm)


@register.inclusion_tag("web/charts/balances.html")
def balance_chart(weeks: Sequence[WeekBalance], buffer: int, currency: str) -> dict[str, Any]:
    """Draw closing balances: the range from P5 to P95, the middle, P10 and the buffer."""
    if len(weeks) < 2:  # noqa: PLR2004  a line needs two points
        return {"weeks": ()}
    low = min(0, buffer, *(week.p5_minor for week in weeks))
    high = max(1, buffer, *(week.p95_minor for week in weeks))

    def y(minor: int) -> float:
        return round(98 - 96 * (minor - low) / max(1, high - low), 2)

    def path(name: str) -> str:
        return _line([y(getattr(week, name)) for week in weeks])

    upper = [(x, y(week.p95_minor)) for x, week in _spread(weeks)]
    lower = [(x, y(week.p5_minor)) for x, week in reversed(list(_spread(weeks)))]
    area = "M" + "L".join(f"{x:.2f} {value:.2f}" for x, value in [*upper, *lower]) + "Z"
    return {
        "weeks": weeks,
        "area": area,
        "middle": path("p50_minor"),
        "cautious": path("p10_minor"),
        "buffer": f"{y(buffer):.2f}",
        "nothing": f"{y(0):.2f}",
        "top": money_whole(high, currency),
        "bottom": money_whole(low, currency),
        "first": weeks[0].ends_on,
        "last": weeks[-1].ends_on,
    }


@register.inclusion_tag("web/charts/scenarios.html")
def scenario_chart(found: Comparison) -> dict[str, Any]:
    """Draw cumulated expected cash of the base and each scenario."""
    if len(found.periods) < 2:  # noqa: PLR2004
        return {"lines": ()}
    courses = []
    for column in found.columns:
        total, course = 0, []
        for minor in column.result.cash["expected"]:
            total += minor
            course.append(total)
        courses.append(course)
    low, high = min(0, *(min(one) for one in courses)), max(1, *(max(one) for one in courses))
    lines = [
        {
            "name": column.row.name if column.row else gettext("Base"),
            "number": number,
            "path": _line([round(98 - 96 * (minor - low) / (high - low), 2) for minor in course]),
        }
        for number, (column, course) in enumerate(zip(found.columns, courses, strict=True))
    ]
    return {
        "lines": lines,
        "top": money_whole(high, found.currency),
        "bottom": money_whole(low, found.currency),
        "first": found.periods[0].starts_on,
        "last": found.periods[-1].ends_on,
    }


def _spread(rows: Sequence[Any]) -> list[tuple[float, Any]]:
    return [(round(100 * at / (len(rows) - 1), 2), row) for at, row in enumerate(rows)]


def _line(heights: Sequence[float]) -> str:
    return "".join(
        f"{'M' if at == 0 else 'L'}{x:.2f} {y:.2f}" for at, (x, y) in enumerate(_spread(heights))
    )


INPUTS: Mapping[str, Promise] = {
    "cash_minor": _("Cash"),
    "largest_minor": _("Largest customer"),
    "owed_minor": _("Owed by all customers"),
    "eligible_minor": _("Eligible items"),
    "drawn_minor": _("Drawn"),
    "overdue_minor": _("Overdue"),
    "open_minor": _("Open items"),
    "receivables_minor": _("Receivables"),
    "sales_minor": _("Sales of the window"),
    "days": _("Days of the window"),
    "as_of": _("As of"),
}
"""Inputs of covenants as pages call them."""


@register.filter
def input_name(name: str) -> str:
    """Return what an input of a covenant is called."""
    return str(INPUTS.get(name, name))


@register.simple_tag
def input_value(name: str, value: int | str, currency: str) -> str:
    """Return an input of a covenant in its unit."""
    if isinstance(value, int) and name.endswith("_minor"):
        return money(value, currency)
    if name == "as_of" and value:
        return day_text(date.fromisoformat(str(value)))
    return str(value) or NO_VALUE


@register.filter
def by_period(found: Comparison) -> list[tuple[date, list[int]]]:
    """Return expected cash by period, a column for the base and each scenario."""
    return [
        (period.starts_on, [column.result.cash["expected"][at] for column in found.columns])
        for at, period in enumerate(found.periods)
    ]


@register.filter
def cell_day(cell: BudgetCell) -> str:
    """Return the day for which a level of a month was counted, as addresses write it."""
    ends_on = months_after(cell.month_on, 1) - timedelta(days=1)
    return min(ends_on, cell.counted_to or ends_on).isoformat()
