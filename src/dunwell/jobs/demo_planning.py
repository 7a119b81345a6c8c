"""Planning in the demo: thirteen weeks of money out, a buffer, a budget, scenarios, a covenant."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from dunwell.actions.budgets import LineKey, approve_budget, draft_budget, fill_budget
from dunwell.actions.budgets import hand_in_budget as hand_in
from dunwell.actions.covenants import add_covenant
from dunwell.actions.gap_alerts import raise_gap_alerts
from dunwell.actions.gate import system
from dunwell.actions.liquidity import (
    plan_payment,
    record_position,
    record_working_capital,
    set_buffer,
)
from dunwell.actions.month_actuals import keep_actuals
from dunwell.actions.scenarios import save_scenario
from dunwell.engine.budgets import months_of
from dunwell.engine.calendars import months_after
from dunwell.engine.scenarios import Assumptions
from dunwell.jobs.demo_credit_desk import ANALYST, DIRECTOR, HOME, THOUSAND, CreditDesk
from dunwell.models import (
    Budget,
    CashPosition,
    Covenant,
    GapAlert,
    LiquidityRule,
    PlannedPayment,
    Scenario,
    WorkingCapitalRow,
)
from dunwell.queries.gaps import gaps_due
from dunwell.queries.ledgers import Books
from dunwell.queries.liquidity import Liquidity, liquidity
from dunwell.queries.month_actuals import month_facts

Out = PlannedPayment.Kind
SAVINGS_MINOR = 60 * THOUSAND
SUPPLIERS_PERCENT, OTHER_PERCENT = 45, 25
"""Of what each week brings even in bad weeks; wages and taxes take turns."""
BIG_WEEK = 4
"""In the fifth week a machine is paid for; only that week ends below the buffer."""
WHOLE_MINOR = 100_00

FEWEST_MONTHS = 3
GOOD_PERCENT, BAD_PERCENT = 94, 108
"""Of the mean month so far: what is budgeted of sales and cash, and of what should stay low."""
MISS_PPM = 300_000
DSO_MOST = 60_00
SCENARIOS = (
    ("Slow winter", "Everybody pays two weeks later and a tenth less is sold.", {
        "delay_days": 14, "volume_ppm": -100_000,
    }),
    ("Early payment", "A third takes two percent for paying 20 days earlier.", {
        "discount_uptake_ppm": 330_000, "discount_ppm": 20_000, "discount_days": 20,
    }),
)  # fmt: skip
CAPITAL = ((18, 44, 33), (6, 41, 35))
"""Months ago, days of stock, days of payables."""


def _money_out_is_planned(desk: CreditDesk) -> bool:
    """Tell the savings account, and what goes out in each of the weeks that are forecast."""
    if desk.has(PlannedPayment):
        return False
    actor = desk.actor(ANALYST)
    if not desk.has(CashPosition):
        record_position(
            actor=actor,
            account="Savings account",
            on=desk.as_of - timedelta(days=1),
            currency=HOME,
            balance_minor=SAVINGS_MINOR,
            source="Letter of the bank",
            **desk.when,
        )
    told = liquidity(desk.company, as_of=desk.as_of)
    for on, kind, label, amount in _money_out(told):
        plan_payment(
            actor=actor,
            on=on,
            kind=kind,
            label=label,
            currency=HOME,
            amount_minor=amount,
            source="Payables run",
            **desk.when,
        )
    return bool(told.rows)


def _money_out(told: Liquidity) -> list[tuple[date, str, str, int]]:
    """Return day, kind, words and amount of every payment; none without a forecast."""
    if not told.rows or told.opening_minor is None:
        return []
    found: list[tuple[date, str, str, int]] = []
    left = told.opening_minor
    ends = [told.opening_minor, *(week.p10_minor for week in told.rows)]
    for number, (week, (before, after)) in enumerate(zip(told.rows, pairwise(ends), strict=True)):
        brought = max(0, after - before)
        suppliers = _whole(brought * SUPPLIERS_PERCENT // 100)
        other = _whole(brought * OTHER_PERCENT // 100)
        left += brought - suppliers - other
        found.append((week.ends_on, Out.SUPPLIERS, "Suppliers of the week", suppliers))
        is_wages = number % 2 == 0
        label = "Wages and salaries" if is_wages else "Taxes and social security"
        found.append((week.ends_on, Out.WAGES if is_wages else Out.TAX, label, other))
        if number == BIG_WEEK:
            machine = _whole(left - told.opening_minor // 2)
            left -= machine
            found.append((week.ends_on, Out.INVESTMENT, "Packing machine, second half", machine))
    return [one for one in found if one[-1] > 0]


def _buffer_is_kept(desk: CreditDesk) -> bool:
    """Keep a buffer that the week of the machine ends below, and no other."""
    if desk.has(LiquidityRule):
        return False
    told = liquidity(desk.company, as_of=desk.as_of)
    if not told.rows:
        return False
    lowest, second = sorted(week.p10_minor for week in told.rows)[:2]
    set_buffer(
        actor=desk.actor(ANALYST),
        kind=LiquidityRule.Kind.AMOUNT,
        amount_minor=max(0, _whole((lowest + second) // 2)),
        days=0,
        miss_ppm=MISS_PPM,
        **desk.when,
    )
    return True


def _year_is_budgeted(desk: CreditDesk) -> bool:
    """Let Dora budget the year by its mean month, and Felix approve it; keep the actuals."""
    if desk.has(Budget):
        return False
    begins = desk.as_of.replace(month=1, day=1)
    months = max(FEWEST_MONTHS, desk.as_of.month - 1)
    facts = month_facts(Books(desk.company), as_of=desk.as_of, months=months)
    actor = desk.actor(ANALYST)
    draft = draft_budget(
        actor=actor, name=f"Budget {begins.year}", starts_on=begins, months=12, currency=HOME,
        note="The mean of the months known when it was written.", at=desk.at,
    )  # fmt: skip
    known: dict[str, list[int]] = {}
    for (code, month_on, figure, dimension, _), value in facts.values.items():
        if code == HOME and not dimension and month_on < desk.as_of.replace(day=1):
            known.setdefault(figure, []).append(value)
    lines: dict[LineKey, int | None] = {
        (month, figure, "", ""): _budgeted(figure, values)
        for month in months_of(begins, 12)
        for figure, values in known.items()
    }
    filled = fill_budget(
        actor=actor, budget=draft, revision=draft.revision, lines=lines, at=desk.at
    )
    handed = hand_in(actor=actor, budget=filled, revision=filled.revision, at=desk.at)
    approve_budget(actor=desk.actor(DIRECTOR), budget=handed, **desk.when)
    keep_actuals(actor=system(desk.company), facts=facts, at=desk.at)
    return True


def _budgeted(figure: str, values: list[int]) -> int:
    """Return what is budgeted of a figure each month."""
    percent = GOOD_PERCENT if figure in {"sales", "cash_in"} else BAD_PERCENT
    minor = sum(values) // len(values) * percent // 100
    return minor if figure == "dso" else _whole(minor)


def _scenarios_are_kept(desk: CreditDesk) -> bool:
    """Keep two scenarios to lay over the forecast."""
    if desk.has(Scenario):
        return False
    for name, note, changes in SCENARIOS:
        told = Assumptions(**changes)  # type: ignore[arg-type]  # numbers of fields above
        save_scenario(
            actor=desk.actor(ANALYST), name=name, note=note, assumptions=told, at=desk.at
        )
    return True


def _bank_was_promised(desk: CreditDesk) -> bool:
    """Write a covenant down that is kept with some headroom."""
    if desk.has(Covenant):
        return False
    add_covenant(
        actor=desk.actor(DIRECTOR),
        name="DSO of the credit line",
        lender="Demo Bank",
        measure=Covenant.Measure.DSO,
        currency=HOME,
        threshold=DSO_MOST,
        first_test_on=months_after(desk.as_of.replace(day=1), 1) - timedelta(days=1),
        every_months=3,
        note="Loan agreement, annex 2.",
        at=desk.at,
    )
    return True


def _capital_is_told(desk: CreditDesk) -> bool:
    """Tell days of stock and payables of two moments."""
    if desk.has(WorkingCapitalRow):
        return False
    for months, stock, payables in CAPITAL:
        record_working_capital(
            actor=desk.actor(ANALYST),
            from_on=months_after(desk.as_of.replace(day=1), -months),
            inventory_days=stock,
            payables_days=payables,
            cost_of_sales_minor=None,
            source="Monthly accounts",
            **desk.when,
        )
    return True


def _gap_is_seen(desk: CreditDesk) -> bool:
    """Raise the alerts of the day, as tomorrow's cycle would."""
    if desk.has(GapAlert):
        return False
    due = gaps_due(desk.company, as_of=desk.as_of)
    return raise_gap_alerts(actor=system(desk.company), due=due, **desk.when) > 0


def _whole(minor: int) -> int:
    """Return an amount in whole hundreds of the currency."""
    return minor // WHOLE_MINOR * WHOLE_MINOR


PLANNING: tuple[Callable[[CreditDesk], bool], ...] = (
    _money_out_is_planned,
    _buffer_is_kept,
    _year_is_budgeted,
    _scenarios_are_kept,
    _bank_was_promised,
    _capital_is_told,
    _gap_is_seen,
)
"""In this order: the buffer looks at what is planned, alerts look at all of it."""
