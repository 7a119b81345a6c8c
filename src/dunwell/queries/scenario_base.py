"""What scenarios are laid over: the outlook by currency at home value, with the book of today."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.db.models import Sum

from dunwell.engine.money import part
from dunwell.engine.movements import SALES_KINDS
from dunwell.engine.scenarios import QUANTILES, Base, Period, Stream
from dunwell.ml.cash_claims import BOOK
from dunwell.models import CashPeriod, Company, Item, ItemPrediction, KpiValue, OpenItem
from dunwell.queries.cash_outlook import CashOutlook, OutlookPeriod, cash_outlook
from dunwell.queries.home_rates import at_home, home_rates

SALES_DAYS = 90
PPM = 1_000_000
TENTH, HALF, NINE_TENTHS = 100_000, 500_000, 900_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioBase:
    """The base of the weeks or months; None with `missing_rates`, or without a forecast."""

    as_of: date | None
    base: Base | None
    missing_rates: tuple[str, ...]


def scenario_base(
    company: Company, *, as_of: date, kind: str = "week", customers: Collection[int] = ()
) -> ScenarioBase:
    """Return what scenarios are laid over, with the cash of the customers they name.

    Quantiles are those of the consolidated outlook, shared among currencies by their own, so that
    the base is what the forecast and the liquidity show. A fixed number of queries.
    """
    outlook = cash_outlook(company, as_of=as_of, scope=CashPeriod.Scope.ALL)
    if outlook is None:
        return ScenarioBase(as_of=None, base=None, missing_rates=())
    rates = home_rates(company, as_of=outlook.as_of)
    held, sold = _book(company, as_of=outlook.as_of)
    codes = {*held, *sold, *outlook.currencies}
    missing = {code for code in codes if code not in rates} | set(outlook.missing_rates)
    if missing:
        return ScenarioBase(as_of=outlook.as_of, base=None, missing_rates=tuple(sorted(missing)))
    together = outlook.together(kind)
    periods = tuple(Period(starts_on=row.starts_on, ends_on=row.ends_on) for row in together)
    named = _by_customer(company, customers, periods, rates, as_of=outlook.as_of)
    base = Base(
        periods=periods,
        streams=_streams(outlook, together, kind, rates, named),
        receivables={code: at_home(minor, code, rates) or 0 for code, minor in held.items()},
        sales_minor=sum(at_home(minor, code, rates) or 0 for code, minor in sold.items()),
        sales_days=SALES_DAYS,
    )
    return ScenarioBase(as_of=outlook.as_of, base=base, missing_rates=())


def _book(company: Company, *, as_of: date) -> tuple[dict[str, int], dict[str, int]]:
    """Return receivables and sales by currency: the cycle's figures, else from the records."""
    kept = KpiValue.objects.filter(company=company, as_of=as_of, kpi="dso")
    if rows := list(kept.values_list("currency", "inputs")):
        return (
            {code: int(inputs.get("receivables_minor", 0)) for code, inputs in rows},
            {code: int(inputs.get("sales_minor", 0)) for code, inputs in rows},
        )
    opened = OpenItem.objects.filter(company=company).order_by().values_list("currency")
    sales = Item.objects.filter(
        company=company,
        kind__in=SALES_KINDS,
        issued_on__gt=as_of - timedelta(days=SALES_DAYS),
        issued_on__lte=as_of,
    )
    return (
        dict(opened.annotate(total=Sum("open_minor"))),
        dict(sales.order_by().values_list("currency").annotate(total=Sum("amount_minor"))),
    )


def _streams(
    outlook: CashOutlook,
    together: Sequence[OutlookPeriod],
    kind: str,
    rates: Mapping[str, int],
    named: Mapping[str, Mapping[int, tuple[int, ...]]],
) -> tuple[Stream, ...]:
    own = {code: outlook.of(code, kind) for code in outlook.currencies}
    cash: dict[tuple[str, bool], dict[str, list[int]]] = {}
    for at, whole in enumerate(together):
        rows = {code: found[at] for code, found in own.items() if at < len(found)}
        for name in QUANTILES:
            weights = {
                (code, is_new): minor
                for code, row in rows.items()
                for is_new, minor in _halves(row, code, name, rates)
            }
            for key, minor in _shared(getattr(whole, f"{name}_minor"), weights).items():
                cash.setdefault(key, {one: [] for one in QUANTILES})[name].append(minor)
    return tuple(
        Stream(
            currency=code,
            is_new=is_new,
            cash={name: tuple(values) for name, values in found.items()},
            by_customer={} if is_new else named.get(code, {}),
        )
        for (code, is_new), found in sorted(cash.items())
    )


def _halves(
    row: OutlookPeriod, code: str, name: str, rates: Mapping[str, int]
) -> tuple[tuple[bool, int], tuple[bool, int]]:
    """Return a period's cash at home, on the book and new, split as what is expected is."""
    whole = at_home(getattr(row, f"{name}_minor"), code, rates) or 0
    book = sum(row.components.get(one, 0) for one in BOOK)
    booked = part(whole, book, row.expected_minor) if row.expected_minor else whole
    return (False, booked), (True, whole - booked)


def _shared(whole: int, weights: Mapping[tuple[str, bool], int]) -> dict[tuple[str, bool], int]:
    """Return the whole shared by weights, to the last unit; the largest takes what is left."""
    total = sum(weights.values())
    if not total:
        first = next(iter(weights), None)
        return {key: whole if key == first else 0 for key in weights}
    found = {key: part(whole, weight, total) for key, weight in weights.items()}
    largest = max(weights, key=lambda key: (abs(weights[key]), key))
    found[largest] += whole - sum(found.values())
    return found


def _by_customer(
    company: Company,
    customers: Collection[int],
    periods: Sequence[Period],
    rates: Mapping[str, int],
    *,
    as_of: date,
) -> dict[str, dict[int, tuple[int, ...]]]:
    """Return what named customers are expected to pay by period, by currency.

    Each item is paid along straight lines through its days of 10, 50 and 90 percent; what is then
    left comes in as many days after them as lie between the last two, less its chance of loss.
    """
    if not customers:
        return {}
    found: dict[str, dict[int, list[int]]] = {}
    for row in ItemPrediction.objects.filter(company=company, customer__in=list(customers)):
        values = found.setdefault(row.currency, {}).setdefault(row.customer_id, [0] * len(periods))
        minor = at_home(row.open_minor, row.currency, rates) or 0
        before = _paid_ppm(row, as_of)
        for at, period in enumerate(periods):
            after = _paid_ppm(row, period.ends_on)
            values[at] += part(minor, max(0, after - before), PPM)
            before = max(before, after)
    return {
        code: {key: tuple(values) for key, values in rows.items()} for code, rows in found.items()
    }


def _paid_ppm(row: ItemPrediction, on: date) -> int:
    """Return the chance that an item is paid by a day, ppm."""
    tail = row.q90_on + max(row.q90_on - row.q50_on, timedelta(days=1))
    knots = (
        (row.as_of, 0),
        (row.q10_on, TENTH),
        (row.q50_on, HALF),
        (row.q90_on, NINE_TENTHS),
        (tail, max(NINE_TENTHS, PPM - row.p_loss_ppm)),
    )
    reached = 0
    for (first, low), (last, high) in pairwise(knots):
        if on >= last:
            reached = high
        elif on > first:
            return low + part(high - low, (on - first).days, (last - first).days)
    return reached
