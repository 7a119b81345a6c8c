"""Cash at the end of each week, cautious and likely, beside the buffer a company means to keep.

Everything is in one currency, minor units. The quantiles of a closing balance are those of the
weeks added up, as if every week turned out equally bad: the cautious bound, for payers that are
late in one week tend to be late in the next. The true spread is narrower, never wider.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import part


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekFlow:
    """Money of one week: coming in with its chances (p5: 5 in 100 are below), going out."""

    starts_on: date
    ends_on: date
    expected_minor: int
    p5_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int
    p95_minor: int
    out_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekBalance:
    """What lies in the bank at a week's end; `below_minor` is what P10 lacks of the buffer."""

    starts_on: date
    ends_on: date
    in_minor: int
    out_minor: int
    expected_minor: int
    p5_minor: int
    p10_minor: int
    p50_minor: int
    p90_minor: int
    p95_minor: int
    below_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LiquidityFigures:
    """The weeks and what they come to.

    `breach_on` is the last day of the first week whose P10 balance is below the buffer, None
    where none is. `cash_at_risk_minor` is the largest distance between the middle and P5 of a
    closing balance. `days_covered` is how many days the cash of today pays for at the planned
    pace of payments out, None where none are planned.
    """

    weeks: tuple[WeekBalance, ...]
    breach_on: date | None
    cash_at_risk_minor: int
    days_covered: int | None


def buffer_minor(*, kind: str, amount_minor: int, days: int, flows: Sequence[WeekFlow]) -> int:
    """Return the buffer: the amount, or `days` of the mean payments out of the weeks given."""
    if kind == "amount":
        return amount_minor
    return part(sum(flow.out_minor for flow in flows), days, span_days(flows)) if flows else 0


def span_days(flows: Sequence[WeekFlow]) -> int:
    """Return how many days the weeks have together, at least one."""
    return max(1, (flows[-1].ends_on - flows[0].starts_on).days + 1) if flows else 1


def liquidity_figures(
    flows: Sequence[WeekFlow], *, opening_minor: int, buffer: int
) -> LiquidityFigures:
    """Return the balance at the end of every week and where it falls below the buffer."""
    weeks: list[WeekBalance] = []
    names = ("expected_minor", "p5_minor", "p10_minor", "p50_minor", "p90_minor", "p95_minor")
    closing = dict.fromkeys(names, opening_minor)
    for flow in flows:
        closing = {name: closing[name] + getattr(flow, name) - flow.out_minor for name in names}
        weeks.append(
            WeekBalance(
                starts_on=flow.starts_on,
                ends_on=flow.ends_on,
                in_minor=flow.expected_minor,
                out_minor=flow.out_minor,
                below_minor=max(0, buffer - closing["p10_minor"]),
                **closing,
            )
        )
    going_out = sum(flow.out_minor for flow in flows)
    return LiquidityFigures(
        weeks=tuple(weeks),
        breach_on=next((week.ends_on for week in weeks if week.below_minor), None),
        cash_at_risk_minor=max((week.p50_minor - week.p5_minor for week in weeks), default=0),
        days_covered=max(0, opening_minor) * span_days(flows) // going_out if going_out else None,
    )
