"""The cash conversion cycle and the money it ties up, from days of stock, sales and payables."""

from dataclasses import dataclass

from dunwell.engine.money import part

YEAR = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkingCapital:
    """Days in hundredths, amounts in minor units; None where an input is missing.

    cycle = DSO + days of stock - days of payables; need = receivables + stock - payables;
    a DSO day is worth the sales of a day (Hackett Group, working capital scorecard).
    """

    dso_x100: int | None
    inventory_days: int | None
    payables_days: int | None
    cycle_x100: int | None
    receivables_minor: int
    inventory_minor: int | None
    payables_minor: int | None
    need_minor: int | None
    dso_day_minor: int | None


def working_capital(
    *,
    receivables_minor: int,
    sales_minor: int,
    sales_days: int,
    inventory_days: int | None,
    payables_days: int | None,
    cost_of_sales_minor: int | None,
) -> WorkingCapital:
    """Return the cycle and the need; `cost_of_sales_minor` is that of a year."""
    dso = part(receivables_minor * sales_days, 100, sales_minor) if sales_minor > 0 else None
    cycle = None
    if dso is not None and inventory_days is not None and payables_days is not None:
        cycle = dso + 100 * (inventory_days - payables_days)

    def behind(days: int | None) -> int | None:
        if days is None or cost_of_sales_minor is None:
            return None
        return part(cost_of_sales_minor, days, YEAR)

    stock, owed = behind(inventory_days), behind(payables_days)
    need = None if stock is None or owed is None else receivables_minor + stock - owed
    return WorkingCapital(
        dso_x100=dso,
        inventory_days=inventory_days,
        payables_days=payables_days,
        cycle_x100=cycle,
        receivables_minor=receivables_minor,
        inventory_minor=stock,
        payables_minor=owed,
        need_minor=need,
        dso_day_minor=part(sales_minor, 1, sales_days) if sales_minor > 0 else None,
    )
