"""Financial statements of one customer over the years: which counts, how much still, the trend."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from dunwell.engine.financial_ratios import PPM, altman, ratios, rounded
from dunwell.engine.financial_statements import YEAR_DAYS, Spread, Statement, spread

FULL_DAYS = YEAR_DAYS
"""A statement counts in full for a year after its period: the next one is not due before."""

ZERO_DAYS = 3 * YEAR_DAYS
"""From then on it says nothing any more."""

SAME_LENGTH_DAYS = 15
"""Periods are compared where their lengths differ by at most so much."""

NEXT_YEAR = range(300, 431)
"""Days between the ends of two periods that are one year apart."""


def weight_ppm(age_days: int) -> int:
    """Return how much a statement still counts so many days after its period, in ppm.

    1,000,000 up to FULL_DAYS, falling in a straight line to 0 at ZERO_DAYS:
    (ZERO_DAYS - age) / (ZERO_DAYS - FULL_DAYS).
    """
    left = min(max(ZERO_DAYS - age_days, 0), ZERO_DAYS - FULL_DAYS)
    return rounded(Fraction(left * PPM, ZERO_DAYS - FULL_DAYS))


def known_statements(statements: Sequence[Statement], *, as_of: date) -> list[Statement]:
    """Return what could be known on a day, the oldest period first."""
    known = [one for one in statements if (one.available_on or one.period_to) <= as_of]
    return sorted(known, key=lambda one: (one.period_to, one.kind))


def leading_statement(statements: Sequence[Statement], *, as_of: date) -> Statement | None:
    """Return the statement that counts on a day: the latest annual one, else the latest."""
    known = known_statements(statements, as_of=as_of)
    annual = [one for one in known if one.kind == "annual"]
    chosen = annual or known
    return chosen[-1] if chosen else None


def change_ppm(before: Spread, after: Spread, line: str) -> int | None:
    """Return how much a line grew, in ppm of what it was.

    None where one lacks it, it was 0, or currency or length of the periods differ.
    """
    was, now = before.figures.get(line), after.figures.get(line)
    first, second = before.statement, after.statement
    if was is None or now is None or was == 0 or first.currency != second.currency:
        return None
    if abs(first.days - second.days) > SAME_LENGTH_DAYS:
        return None
    return rounded(Fraction((now - was) * PPM, abs(was)))


def year_before(statement: Statement, statements: Sequence[Statement]) -> Statement | None:
    """Return the statement of the same kind one year earlier, None without one."""
    found = [
        one
        for one in statements
        if one.kind == statement.kind and (statement.period_to - one.period_to).days in NEXT_YEAR
    ]
    return max(found, key=lambda one: one.period_to) if found else None


def statement_facts(
    statements: Sequence[Statement], *, as_of: date
) -> dict[str, int | str | bool | None]:
    """Return the facts fs_* of `credit_fact_names.FACTS` that one customer's statements give.

    Amounts are minor units of the statement's currency (`fs_currency`). Empty without one.
    """
    chosen = leading_statement(statements, as_of=as_of)
    if chosen is None:
        return {}
    spreaded, age = spread(chosen), (as_of - chosen.period_to).days
    before = year_before(chosen, known_statements(statements, as_of=as_of))
    shares, score = ratios(spreaded), altman(spreaded, "z2")
    figures = spreaded.figures
    return {
        "fs_age_days": age,
        "fs_weight_ppm": weight_ppm(age),
        "fs_is_audited": chosen.is_audited,
        "fs_is_sound": spreaded.is_sound,
        "fs_currency": chosen.currency,
        "fs_revenue_minor": figures.get("revenue"),
        "fs_equity_minor": figures.get("equity"),
        "fs_total_assets_minor": figures.get("total_assets"),
        "fs_net_income_minor": figures.get("net_income"),
        "fs_equity_ratio_ppm": shares["equity_ratio"],
        "fs_current_ratio_ppm": shares["current_ratio"],
        "fs_quick_ratio_ppm": shares["quick_ratio"],
        "fs_debt_to_equity_ppm": shares["debt_to_equity"],
        "fs_interest_cover_ppm": shares["interest_cover"],
        "fs_net_margin_ppm": shares["net_margin"],
        "fs_return_on_assets_ppm": shares["return_on_assets"],
        "fs_receivable_days": shares["receivable_days"],
        "fs_altman_z_milli": altman(spreaded, "z").z_milli,
        "fs_altman_z1_milli": altman(spreaded, "z1").z_milli,
        "fs_altman_z2_milli": score.z_milli,
        "fs_altman_zone": score.zone or None,
        "fs_revenue_trend_ppm": change_ppm(spread(before), spreaded, "revenue")
        if before
        else None,
    }
