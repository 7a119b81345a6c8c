"""The accuracy of kept forecasts of cash: the league, by horizon, and the periods behind it."""

from dataclasses import dataclass
from datetime import date

from dunwell.ml.cash_accuracy import FEW_WEEKS, CashScore, JudgedCash, by_number, cash_league
from dunwell.models import CashPeriod, Company
from dunwell.queries.cash_past import weekly_days

LOOKED_BACK = 60
"""Weekly forecasts that are judged: a year and what is needed to see it over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedPeriod:
    """One kept forecast of a period that is over, beside what came; minor units."""

    as_of: date
    number: int
    starts_on: date
    ends_on: date
    expected_minor: int
    p10_minor: int
    p90_minor: int
    came_minor: int

    @property
    def error_minor(self) -> int:
        """Expected less what came: above 0 too much was said."""
        return self.expected_minor - self.came_minor

    @property
    def is_held(self) -> bool:
        """Whether what came lay within the 80 % range."""
        return self.p10_minor <= self.came_minor <= self.p90_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Horizon:
    """The league of the forecasts made so many periods ahead."""

    number: int
    scores: tuple[CashScore, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CashAccuracy:
    """How the forecasts of one currency, kind and scope did.

    One day per calendar week counts, so that a week is not judged seven times over. `weeks` is
    how many such days have a judged period; below `needed` nobody is said to be better.
    """

    currency: str
    currencies: tuple[str, ...]
    kind: str
    scope: str
    weeks: int
    needed: int
    league: tuple[CashScore, ...]
    horizons: tuple[Horizon, ...]
    periods: tuple[JudgedPeriod, ...]

    @property
    def is_enough(self) -> bool:
        """Whether there is enough to say who is better."""
        return self.weeks >= self.needed

    @property
    def contenders(self) -> tuple[str, ...]:
        """Names of the contenders in the order of the league."""
        return tuple(row.contender for row in self.league)


def cash_accuracy(
    company: Company,
    *,
    as_of: date,
    currency: str = "",
    kind: str = CashPeriod.Kind.WEEK,
    scope: str = CashPeriod.Scope.ALL,
    number: int | None = None,
) -> CashAccuracy:
    """Return how kept forecasts did; without a currency the company's own, or the first there is.

    `number` narrows all to the forecasts made so many periods ahead. Four queries.
    """
    days = weekly_days(company, as_of=as_of)[-LOOKED_BACK:]
    judged = CashPeriod.objects.filter(
        company=company,
        as_of__in=days,
        is_consolidated=False,
        kind=kind,
        scope=scope,
        came_minor__isnull=False,
    )
    currencies = tuple(judged.order_by("currency").values_list("currency", flat=True).distinct())
    own = company.currency if company.currency in currencies or not currencies else currencies[0]
    chosen = currency if currency in currencies else own
    found = judged.filter(currency=chosen)
    if number is not None:
        found = found.filter(number=number)
    rows = list(found.order_by("-as_of", "number"))
    told = [_judged(row) for row in rows]
    return CashAccuracy(
        currency=chosen,
        currencies=currencies,
        kind=kind,
        scope=scope,
        weeks=len({row.as_of for row in rows}),
        needed=FEW_WEEKS,
        league=cash_league(told),
        horizons=tuple(
            Horizon(number=ahead, scores=scores) for ahead, scores in by_number(told).items()
        ),
        periods=tuple(_period(row) for row in rows),
    )


def _judged(row: CashPeriod) -> JudgedCash:
    return JudgedCash(
        number=row.number,
        expected_minor=row.expected_minor,
        levels=(row.p5_minor, row.p10_minor, row.p50_minor, row.p90_minor, row.p95_minor),
        naive=row.naive,
        came_minor=row.came_minor or 0,
    )


def _period(row: CashPeriod) -> JudgedPeriod:
    return JudgedPeriod(
        as_of=row.as_of,
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        expected_minor=row.expected_minor,
        p10_minor=row.p10_minor,
        p90_minor=row.p90_minor,
        came_minor=row.came_minor or 0,
    )
