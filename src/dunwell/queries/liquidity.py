"""Liquidity: cash in the bank, what is expected to come and to go out, and the buffer kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from dunwell.engine.liquidity import (
    LiquidityFigures,
    WeekBalance,
    WeekFlow,
    buffer_minor,
    liquidity_figures,
)
from dunwell.models import (
    BankStatement,
    CashPeriod,
    CashPosition,
    Company,
    LiquidityRule,
    PlannedPayment,
)
from dunwell.queries.cash_outlook import OutlookPeriod, cash_outlook
from dunwell.queries.home_rates import at_home, home_rates

DEFAULT_MISS_PPM = 100_000
"""A budget missed by a tenth is worth an alert where nobody said otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceRow:
    """What lay on an account on the last day it was told; `home_minor` None without a rate."""

    id: int | None
    account: str
    on: date
    currency: str
    balance_minor: int
    home_minor: int | None
    source: str
    recorded_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The buffer rule in force; `kind` is empty where nobody made one."""

    kind: str = ""
    amount_minor: int = 0
    days: int = 0
    miss_ppm: int = DEFAULT_MISS_PPM
    from_on: date | None = None
    recorded_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Liquidity:
    """The balance at the end of every week in the home currency, minor units.

    `as_of` is the day of the forecast it rests on, None where there is none yet; balances and
    payments out count from that day. `rows` is empty while something is unknown: no forecast, no
    balance, or currencies without a rate (`missing_rates`). `breach_on` is the last day of the
    first week whose P10 balance is below the buffer; `days_covered` how many days of planned
    payments out today's cash pays for; `cash_at_risk_minor` the most that P5 lies below the
    middle.
    """

    as_of: date | None
    currency: str
    opening_minor: int | None
    opening_on: date | None
    buffer_minor: int
    rule: Rule
    rows: tuple[WeekBalance, ...]
    breach_on: date | None
    days_covered: int | None
    cash_at_risk_minor: int
    missing_rates: tuple[str, ...]

    @property
    def lowest(self) -> WeekBalance | None:
        """The week with the lowest P10 balance, None without weeks."""
        return min(self.rows, key=lambda row: row.p10_minor, default=None)

    @property
    def out_minor(self) -> int:
        """Payments out of all weeks."""
        return sum(row.out_minor for row in self.rows)


def liquidity(company: Company, *, as_of: date) -> Liquidity:
    """Return the liquidity of the company as seen on a day; a fixed number of queries."""
    outlook = cash_outlook(company, as_of=as_of, scope=CashPeriod.Scope.ALL)
    rule = rule_in_force(company, as_of=as_of)
    day = as_of if outlook is None else outlook.as_of
    rates = home_rates(company, as_of=day)
    balances = cash_balances(company, as_of=day, rates=rates)
    weeks = () if outlook is None else outlook.together("week")
    flows, unrated = _flows(company, weeks, rates)
    missing = {row.currency for row in balances if row.home_minor is None} | unrated
    missing |= set(() if outlook is None else outlook.missing_rates)
    opening = None
    if balances and not any(row.home_minor is None for row in balances):
        opening = sum(row.home_minor or 0 for row in balances)
    buffer = buffer_minor(
        kind=rule.kind or "amount", amount_minor=rule.amount_minor, days=rule.days, flows=flows
    )
    figures = LiquidityFigures(weeks=(), breach_on=None, cash_at_risk_minor=0, days_covered=None)
    if opening is not None and not missing:
        figures = liquidity_figures(flows, opening_minor=opening, buffer=buffer)
    return Liquidity(
        as_of=None if outlook is None else outlook.as_of,
        currency=company.currency,
        opening_minor=opening,
        opening_on=min((row.on for row in balances), default=None),
        buffer_minor=buffer,
        rule=rule,
        rows=figures.weeks,
        breach_on=figures.breach_on,
        days_covered=figures.days_covered,
        cash_at_risk_minor=figures.cash_at_risk_minor,
        missing_rates=tuple(sorted(missing)),
    )


def rule_in_force(company: Company, *, as_of: date) -> Rule:
    """Return the newest rule not after a day; an empty one where there is none."""
    row = (
        LiquidityRule.objects.filter(company=company, from_on__lte=as_of)
        .order_by("-from_on", "-id")
        .first()
    )
    if row is None:
        return Rule()
    return Rule(
        kind=row.kind,
        amount_minor=row.amount_minor,
        days=row.days,
        miss_ppm=row.miss_ppm,
        from_on=row.from_on,
        recorded_by=row.recorded_by,
    )


def cash_balances(
    company: Company, *, as_of: date, rates: dict[str, int]
) -> tuple[BalanceRow, ...]:
    """Return the last known balance of every account: typed in, or closing a bank statement.

    Where both know an account the newer one counts, on the same day the bank's. Two queries.
    """
    found: dict[tuple[str, str], BalanceRow] = {}
    typed = CashPosition.objects.filter(company=company, on__lte=as_of, withdrawn_on=None)
    for row in typed.order_by("on", "id"):
        found[row.account, row.currency] = BalanceRow(
            id=row.pk,
            account=row.account,
            on=row.on,
            currency=row.currency,
            balance_minor=row.balance_minor,
            home_minor=at_home(row.balance_minor, row.currency, rates),
            source=row.source,
            recorded_by=row.recorded_by,
        )
    for account, code, minor, on in _closings(company, as_of=as_of):
        known = found.get((account, code))
        if known is None or known.on <= on:
            found[account, code] = BalanceRow(
                id=None,
                account=account,
                on=on,
                currency=code,
                balance_minor=minor,
                home_minor=at_home(minor, code, rates),
                source="bank",
                recorded_by="",
            )
    return tuple(found[key] for key in sorted(found))


def _closings(company: Company, *, as_of: date) -> list[tuple[str, str, int, date]]:
    rows = (
        BankStatement.objects.filter(
            company=company,
            closing_minor__isnull=False,
            closing_on__lte=as_of,
            account__is_active=True,
        )
        .order_by("account", "-closing_on", "-id")
        .values_list("account__account", "account__currency", "closing_minor", "closing_on")
    )
    newest: dict[tuple[str, str], tuple[str, str, int, date]] = {}
    for account, code, minor, on in rows:
        newest.setdefault((account, code), (account, code, minor or 0, on or as_of))
    return list(newest.values())


def _flows(
    company: Company, weeks: Sequence[OutlookPeriod], rates: dict[str, int]
) -> tuple[list[WeekFlow], set[str]]:
    """Return the weeks with their payments out, and currencies of those without a rate."""
    if not weeks:
        return [], set()
    planned = (
        PlannedPayment.objects.filter(
            company=company,
            on__gte=weeks[0].starts_on,
            on__lte=weeks[-1].ends_on,
            withdrawn_on=None,
        )
        .order_by()
        .values_list("on", "currency")
        .annotate(total=Sum("amount_minor"))
    )
    going: dict[date, int] = {}
    missing: set[str] = set()
    for on, code, total in planned:
        minor = at_home(total, code, rates)
        if minor is None:
            missing.add(code)
        else:
            going[on] = going.get(on, 0) + minor
    return [
        WeekFlow(
            starts_on=week.starts_on,
            ends_on=week.ends_on,
            expected_minor=week.expected_minor,
            p5_minor=week.p5_minor,
            p10_minor=week.p10_minor,
            p50_minor=week.p50_minor,
            p90_minor=week.p90_minor,
            p95_minor=week.p95_minor,
            out_minor=sum(
                minor for on, minor in going.items() if week.starts_on <= on <= week.ends_on
            ),
        )
        for week in weeks
    ], missing
